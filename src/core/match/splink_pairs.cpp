// SPDX-License-Identifier: PostgreSQL
#include "core/match/splink_pairs.hpp"

#include <algorithm>
#include <charconv>
#include <unordered_map>

#include "core/interrupt.hpp"
#include "core/match/text_hash.hpp"

namespace meshline::match {

namespace {

constexpr std::size_t window = 50;

struct Keyed {
	std::uint64_t key;
	std::uint32_t record;
	auto operator<=>(const Keyed &) const = default;
};

// The keys of all records under one rule as the left and as the right record of a pair; 0: a value is
// missing.
struct RuleKeys {
	std::vector<std::uint64_t> left;
	std::vector<std::uint64_t> right;
};

std::uint64_t
KeyOf(const SplinkRule &rule, bool is_left, const RecordValues &record) {
	std::uint64_t key = 0;
	for (const auto &[left, right] : rule.keys) {
		const auto text = (is_left ? left : right).Text(record);
		if (!text) {
			return 0;
		}
		key = Combine(key, TextHash(*text)) | 1;
	}
	return key;
}

class Walk {
public:
	Walk(const SplinkModel &model, const SplinkTable &table, double threshold, std::size_t largest_block,
	     SplinkPairs &pairs)
	    : model_(model), table_(table), threshold_(threshold), largest_block_(largest_block), pairs_(pairs) {
		for (const SplinkRule &rule : model.rules()) {
			RuleKeys &keys = keys_.emplace_back();
			for (const RecordValues &record : table.records) {
				poll_interrupts();
				keys.left.push_back(KeyOf(rule, true, record));
				keys.right.push_back(KeyOf(rule, false, record));
			}
		}
	}

	void
	TakeRule(std::size_t rule) {
		const std::vector<Keyed> left = Sorted(keys_[rule].left, true),
		                         right = Sorted(keys_[rule].right, false);
		for (std::size_t l = 0, r = 0; l < left.size(); ++l) {
			const std::uint64_t key = left[l].key;
			const bool is_next = l == 0 || key != left[l - 1].key;
			while (r < right.size() && right[r].key < key) {
				++r;
			}
			std::size_t end = r;
			while (end < right.size() && right[end].key == key) {
				++end;
			}
			const bool is_oversized = end - r > largest_block_;
			pairs_.oversized_records += is_oversized && is_next ? end - r : 0;
			const auto first = table_.left_size > 0
			                       ? right.begin() + static_cast<std::ptrdiff_t>(r)
			                       : std::upper_bound(right.begin() + static_cast<std::ptrdiff_t>(r),
			                                          right.begin() + static_cast<std::ptrdiff_t>(end),
			                                          Keyed{key, left[l].record});
			const auto last = right.begin() + static_cast<std::ptrdiff_t>(end);
			const auto stop = is_oversized && last - first > static_cast<std::ptrdiff_t>(window)
			                      ? first + static_cast<std::ptrdiff_t>(window)
			                      : last;
			for (auto at = first; at != stop; ++at) {
				Compare(rule, left[l].record, at->record);
			}
		}
	}

private:
	std::vector<Keyed>
	Sorted(const std::vector<std::uint64_t> &keys, bool is_left) const {
		const std::uint32_t begin = table_.left_size > 0 && !is_left ? table_.left_size : 0;
		const std::uint32_t end = table_.left_size > 0 && is_left ? table_.left_size : table_.size();
		std::vector<Keyed> sorted;
		for (std::uint32_t record = begin; record < end; ++record) {
			if (keys[record] != 0) {
				sorted.push_back({keys[record], record});
			}
		}
		std::sort(sorted.begin(), sorted.end());
		return sorted;
	}

	bool
	Holds(std::size_t rule, std::uint32_t a, std::uint32_t b) const {
		const SplinkRule &tested = model_.rules()[rule];
		return keys_[rule].left[a] != 0 && keys_[rule].left[a] == keys_[rule].right[b] &&
		       (tested.is_keys_only ||
		        tested.condition.Evaluate(table_.records[a], table_.records[b]) == true);
	}

	void
	Compare(std::size_t rule, std::uint32_t a, std::uint32_t b) {
		poll_interrupts();
		if (!Holds(rule, a, b)) {
			return;
		}
		for (std::size_t earlier = 0; earlier < rule; ++earlier) {
			if (Holds(earlier, a, b)) {
				return;
			}
		}
		++pairs_.compared;
		const double weight = model_.Weight(table_.records[a], table_.records[b]);
		if (weight >= threshold_) {
			pairs_.edges.push_back({a, b, weight});
		}
	}

	const SplinkModel &model_;
	const SplinkTable &table_;
	double threshold_;
	std::size_t largest_block_;
	SplinkPairs &pairs_;
	std::vector<RuleKeys> keys_;
};

} // namespace

void
SplinkTable::AddFrequencies(const SplinkModel &model) {
	const auto columns = model.FrequencyColumns();
	for (std::size_t column = 0; column < columns.size(); ++column) {
		if (!columns[column]) {
			continue;
		}
		const std::size_t of = *columns[column];
		std::unordered_map<std::string_view, std::size_t> counts;
		std::size_t present = 0;
		for (const RecordValues &record : records) {
			if (record[of]) {
				++counts[*record[of]];
				++present;
			}
		}
		for (RecordValues &record : records) {
			if (record[of]) {
				char digits[40];
				const double share = static_cast<double>(counts[*record[of]]) / static_cast<double>(present);
				record[column].emplace(digits, std::to_chars(digits, digits + sizeof(digits), share).ptr);
			}
		}
	}
}

SplinkPairs
FindSplinkPairs(const SplinkModel &model, const SplinkTable &table, double threshold,
                std::pmr::memory_resource *arena, std::size_t largest_block) {
	SplinkPairs pairs{Vector<Edge>(arena)};
	Walk walk(model, table, threshold, largest_block, pairs);
	for (std::size_t rule = 0; rule < model.rules().size(); ++rule) {
		walk.TakeRule(rule);
	}
	std::sort(pairs.edges.begin(), pairs.edges.end(),
	          [](const Edge &x, const Edge &y) { return std::pair(x.a, x.b) < std::pair(y.a, y.b); });
	return pairs;
}

} // namespace meshline::match
