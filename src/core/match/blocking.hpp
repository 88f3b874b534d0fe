// SPDX-License-Identifier: PostgreSQL
// Which pairs of records are worth comparing: those that share a key of at least one rule.
#pragma once

#include <boost/container/static_vector.hpp>

#include <algorithm>
#include <cstdint>
#include <string>

#include "core/interrupt.hpp"
#include "core/match/table.hpp"

namespace meshline::match {

// A part of a column's value, by its number in KeyNames().
struct BlockingKey {
	std::uint32_t column;
	std::uint32_t kind;
};

// Records agree on a rule when they agree on each of its keys.
struct BlockingRule {
	boost::container::static_vector<std::uint32_t, 3> keys; // indexes into Blocking::keys()
	std::uint64_t mask = 0;                                 // a bit for each of them
	double pairs = 0;                                       // about how many pairs it brings together
};

struct BlockingBudget {
	double all_rules;
	double one_rule;
};

// 5 million pairs, or 8 for each record where that is more; a tenth of it for one rule.
BlockingBudget DefaultBudget(std::uint32_t records) noexcept;

class Blocking {
public:
	// Keys of every column of the table, which must outlive this.
	Blocking(const Table &table, std::pmr::memory_resource *arena);

	// Takes the cheapest rules of one key, then those of two, that no rule taken before covers, as long as
	// the budget lasts. Deterministic.
	void ChooseRules(const BlockingBudget &budget);

	const Vector<BlockingKey> &
	keys() const noexcept {
		return keys_;
	}
	const Vector<BlockingRule> &
	rules() const noexcept {
		return rules_;
	}
	bool UsesColumn(const BlockingRule &rule, std::uint32_t column) const noexcept;
	// "surname/whole and dob/year"
	std::string Describe(const BlockingRule &rule) const;

	// Records in blocks too large to compare all pairs of, over all rules walked; there a record is compared
	// with its next neighbours only, in the order of their values.
	std::uint64_t
	oversized_records() const noexcept {
		return oversized_records_;
	}

	// Whether a pair agrees on no earlier rule: whoever walks all rules meets it here first.
	bool
	IsFirst(std::size_t rule, std::uint32_t a, std::uint32_t b) const noexcept {
		const std::uint32_t *const x = &hashes_[a * keys_.size()], *const y = &hashes_[b * keys_.size()];
		std::uint64_t agreed = 0;
		for (std::size_t key = 0; key < keys_.size(); ++key) {
			agreed |= std::uint64_t{x[key] == y[key] && x[key] != 0} << key;
		}
		for (std::size_t earlier = 0; earlier < rule; ++earlier) {
			if ((agreed & rules_[earlier].mask) == rules_[earlier].mask) {
				return false;
			}
		}
		return true;
	}

	// Calls f(a, b) with a < b for each pair that agrees on a rule; of one in `stride` of its keys, chosen by
	// their hashes, if that is more than 1.
	template <typename F>
	void
	ForEachPair(std::size_t rule, F &&f, std::uint64_t stride = 1) {
		Gather(rules_[rule], stride);
		for (std::size_t start = 0, end = 0; start < gathered_.size(); start = end) {
			while (end < gathered_.size() && gathered_[end].hash == gathered_[start].hash) {
				++end;
			}
			const bool is_oversized = end - start > largest_block;
			if (is_oversized) {
				oversized_records_ += end - start;
				SortByValues(start, end);
			}
			for (std::size_t i = start; i < end; ++i) {
				poll_interrupts();
				const std::size_t stop = is_oversized ? std::min(end, i + 1 + window) : end;
				for (std::size_t j = i + 1; j < stop; ++j) {
					const auto [a, b] = std::minmax(gathered_[i].record, gathered_[j].record);
					if (table_.IsPair(a, b)) {
						f(a, b);
					}
				}
			}
		}
	}

	static constexpr std::size_t largest_block = 2000;
	static constexpr std::size_t window = 50;

private:
	struct Gathered {
		std::uint64_t hash;
		std::uint32_t record;
	};

	// 0: the record lacks a key.
	std::uint64_t
	HashOf(const BlockingRule &rule, std::uint32_t record) const noexcept {
		std::uint64_t hash = 0;
		for (const auto key : rule.keys) {
			const std::uint32_t part = hashes_[record * keys_.size() + key];
			if (part == 0) {
				return 0;
			}
			hash = Mixed(hash, part);
		}
		return hash;
	}
	static std::uint64_t Mixed(std::uint64_t hash, std::uint64_t part) noexcept;
	double EstimatePairs(const BlockingRule &rule);
	bool IsCovered(const BlockingRule &rule) const noexcept;
	void Take(Vector<BlockingRule> &candidates, double &left);
	void Gather(const BlockingRule &rule, std::uint64_t stride);
	void SortByValues(std::size_t start, std::size_t end);

	const Table &table_;
	std::pmr::memory_resource *arena_;
	std::size_t records_;
	Vector<BlockingKey> keys_;
	Vector<std::uint32_t> hashes_; // by record, then by key; 0: none
	Vector<BlockingRule> rules_;
	Vector<Gathered> gathered_; // records that share a key of the rule being walked, by key
	Vector<std::uint64_t> hash_of_;
	Vector<std::uint32_t> bucket_end_;
	Vector<std::uint64_t> sample_;
	std::uint64_t oversized_records_ = 0;
};

} // namespace meshline::match

#ifdef POSTGRES_H
#error "the core sees no PostgreSQL header"
#endif
