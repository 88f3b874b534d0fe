// SPDX-License-Identifier: PostgreSQL
#include "core/match/blocking.hpp"

#include <algorithm>

#include "core/match/text_hash.hpp"

namespace meshline::match {

namespace {

constexpr std::size_t sampled_records = 50'000;
constexpr std::uint32_t alone = 0xFFFFFFFF;

// Pairs that a block of so many records is compared by.
double
PairsIn(std::size_t records) noexcept {
	const auto n = static_cast<double>(records);
	return records > Blocking::largest_block ? n * Blocking::window : n * (n - 1) / 2;
}

} // namespace

BlockingBudget
DefaultBudget(std::uint32_t records) noexcept {
	const double all = std::max(5e6, 8.0 * records);
	return {all, all / 10};
}

Blocking::Blocking(const Table &table, std::pmr::memory_resource *arena)
    : table_(table), arena_(arena), records_(table.size()), keys_(arena), hashes_(arena), rules_(arena),
      gathered_(arena), hash_of_(arena), bucket_end_(arena), sample_(arena) {
	for (std::uint32_t c = 0; c < table.columns.size(); ++c) {
		for (std::uint32_t kind = 0; kind < KeyNames(table.columns[c].role()).size(); ++kind) {
			keys_.push_back({c, kind});
		}
	}
	hashes_.resize(keys_.size() * records_, 0);
	Vector<std::uint32_t> of_value(arena);
	std::string buffer;
	for (std::size_t k = 0; k < keys_.size(); ++k) {
		const Column &column = table.columns[keys_[k].column];
		of_value.clear();
		for (std::uint32_t v = 0; v < column.value_count(); ++v) {
			const std::string_view key = KeyOf(column.role(), keys_[k].kind, column.value(v), buffer);
			of_value.push_back(key.empty() ? 0
			                               : static_cast<std::uint32_t>(Combine(TextHash(key), k) >> 32) | 1);
		}
		poll_interrupts();
		for (std::uint32_t record = 0; record < records_; ++record) {
			const std::uint32_t value = column[record];
			hashes_[record * keys_.size() + k] = value == no_value ? 0u : of_value[value];
		}
	}
}

std::uint64_t
Blocking::Mixed(std::uint64_t hash, std::uint64_t part) noexcept {
	return Combine(hash, part) | 1;
}

bool
Blocking::UsesColumn(const BlockingRule &rule, std::uint32_t column) const noexcept {
	return std::any_of(rule.keys.begin(), rule.keys.end(),
	                   [&](std::uint32_t key) { return keys_[key].column == column; });
}

std::string
Blocking::Describe(const BlockingRule &rule) const {
	std::string text;
	for (const auto key : rule.keys) {
		if (!text.empty()) {
			text += " and ";
		}
		const Column &column = table_.columns[keys_[key].column];
		text.append(column.name()).append("/").append(KeyNames(column.role())[keys_[key].kind]);
	}
	return text;
}

// Looks at all records of some of the keys, chosen by their hash, so that large blocks count as they should.
double
Blocking::EstimatePairs(const BlockingRule &rule) {
	poll_interrupts();
	const std::uint64_t stride = std::max<std::size_t>(records_ / sampled_records, 1);
	sample_.clear();
	for (std::uint32_t record = 0; record < records_; ++record) {
		const std::uint64_t hash = HashOf(rule, record);
		if (hash != 0 && (hash >> 8) % stride == 0) {
			sample_.push_back(hash);
		}
	}
	std::sort(sample_.begin(), sample_.end());
	double pairs = 0;
	for (std::size_t start = 0, end = 0; start < sample_.size(); start = end) {
		while (end < sample_.size() && sample_[end] == sample_[start]) {
			++end;
		}
		pairs += PairsIn(end - start);
	}
	return pairs * static_cast<double>(stride);
}

// A rule adds nothing when another asks for less: each key of the other is one of its keys, or a part of a
// value that it wants whole.
bool
Blocking::IsCovered(const BlockingRule &rule) const noexcept {
	const auto implies = [&](std::uint32_t key, std::uint32_t other) {
		return key == other || (keys_[key].column == keys_[other].column && keys_[key].kind == 0);
	};
	return std::any_of(rules_.begin(), rules_.end(), [&](const BlockingRule &taken) {
		return std::all_of(taken.keys.begin(), taken.keys.end(), [&](std::uint32_t other) {
			return std::any_of(rule.keys.begin(), rule.keys.end(),
			                   [&](std::uint32_t key) { return implies(key, other); });
		});
	});
}

void
Blocking::Take(Vector<BlockingRule> &candidates, double &left) {
	std::stable_sort(candidates.begin(), candidates.end(),
	                 [](const BlockingRule &a, const BlockingRule &b) { return a.pairs < b.pairs; });
	for (const BlockingRule &rule : candidates) {
		if (rule.pairs <= left && !IsCovered(rule)) {
			left -= rule.pairs;
			rules_.push_back(rule);
		}
	}
	candidates.clear();
}

void
Blocking::ChooseRules(const BlockingBudget &budget) {
	double left = budget.all_rules;
	Vector<BlockingRule> candidates(arena_);
	Vector<double> pairs(arena_);
	const auto consider = [&](std::initializer_list<std::uint32_t> keys) {
		BlockingRule rule;
		rule.keys.assign(keys.begin(), keys.end());
		for (const auto key : keys) {
			rule.mask |= std::uint64_t{1} << key;
		}
		rule.pairs = EstimatePairs(rule);
		if (rule.pairs > 0 && rule.pairs <= budget.one_rule) {
			candidates.push_back(rule);
		}
		return rule.pairs;
	};
	const auto count = static_cast<std::uint32_t>(keys_.size());
	for (std::uint32_t k = 0; k < count; ++k) {
		pairs.push_back(consider({k}));
	}
	Take(candidates, left);
	for (std::uint32_t a = 0; a < count; ++a) {
		for (std::uint32_t b = a + 1; b < count; ++b) {
			// Were the two independent, so many pairs would agree on both; most are less so.
			const double expected = pairs[a] * pairs[b] / std::max(table_.pair_count(), 1.0);
			if (keys_[a].column != keys_[b].column && expected <= budget.one_rule) {
				consider({a, b});
			}
		}
	}
	Take(candidates, left);
}

// Most keys have one record, and those are of no use: records are counted by a part of their hash first, and
// only those that are not alone are put in order.
void
Blocking::Gather(const BlockingRule &rule, std::uint64_t stride) {
	std::size_t buckets = 1024;
	while (buckets < records_) {
		buckets *= 2;
	}
	hash_of_.clear();
	bucket_end_.assign(buckets + 1, 0);
	for (std::uint32_t record = 0; record < records_; ++record) {
		std::uint64_t hash = HashOf(rule, record);
		if (stride > 1 && (hash >> 40) % stride != 0) {
			hash = 0;
		}
		hash_of_.push_back(hash);
		bucket_end_[(hash >> 1) & (buckets - 1)] += hash != 0;
	}
	poll_interrupts();
	// Counts become places; a bucket of one record gets none.
	std::uint32_t place = 0;
	for (std::size_t bucket = 0; bucket < buckets; ++bucket) {
		const std::uint32_t count = bucket_end_[bucket];
		bucket_end_[bucket] = count > 1 ? place : alone;
		place += count > 1 ? count : 0;
	}
	gathered_.resize(place);
	for (std::uint32_t record = 0; record < records_; ++record) {
		const std::uint64_t hash = hash_of_[record];
		std::uint32_t &end = bucket_end_[(hash >> 1) & (buckets - 1)];
		if (hash != 0 && end != alone) {
			gathered_[end++] = {hash, record};
		}
	}
	// Records came in their order, so equal keys need no more than to be brought together.
	for (std::size_t start = 0, end = 0; start < gathered_.size(); start = end) {
		const auto bucket_of = [&](std::size_t at) { return (gathered_[at].hash >> 1) & (buckets - 1); };
		while (end < gathered_.size() && bucket_of(end) == bucket_of(start)) {
			++end;
		}
		std::stable_sort(gathered_.begin() + static_cast<std::ptrdiff_t>(start),
		                 gathered_.begin() + static_cast<std::ptrdiff_t>(end),
		                 [](const Gathered &a, const Gathered &b) { return a.hash < b.hash; });
	}
}

void
Blocking::SortByValues(std::size_t start, std::size_t end) {
	std::sort(gathered_.begin() + static_cast<std::ptrdiff_t>(start),
	          gathered_.begin() + static_cast<std::ptrdiff_t>(end),
	          [&](const Gathered &a, const Gathered &b) {
		          for (const Column &column : table_.columns) {
			          if (column[a.record] != column[b.record]) {
				          return column[a.record] < column[b.record];
			          }
		          }
		          return a.record < b.record;
	          });
}

} // namespace meshline::match
