// SPDX-License-Identifier: PostgreSQL
// Pairs of a table by a model that Splink has saved: those that its blocking rules bring together, weighed.
#pragma once

#include <cstdint>
#include <memory_resource>
#include <string>
#include <vector>

#include "core/match/linkage.hpp"
#include "core/match/splink_model.hpp"

namespace meshline::match {

struct SplinkTable {
	std::vector<std::string> ids;
	std::vector<RecordValues> records; // values in the order of the model's columns
	std::uint32_t left_size = 0;       // records of the left one of two tables come first; 0: one table

	std::uint32_t
	size() const noexcept {
		return static_cast<std::uint32_t>(ids.size());
	}
	// Fills in the term frequencies: the share of a value among all values of its column that are there.
	void AddFrequencies(const SplinkModel &model);
};

struct SplinkPairs {
	Vector<Edge> edges;                  // those that weigh at least the threshold, in the order of records
	std::uint64_t compared = 0;          // pairs
	std::uint64_t oversized_records = 0; // records in blocks too large to compare all pairs of
};

// Each pair once, the record with the lesser id on the left, as Splink has it. In a block of more than
// `largest_block` records each is compared with the next `window` only. The table must have its frequencies.
SplinkPairs FindSplinkPairs(const SplinkModel &model, const SplinkTable &table, double threshold,
                            std::pmr::memory_resource *arena, std::size_t largest_block = 10'000);

} // namespace meshline::match

#ifdef POSTGRES_H
#error "the core sees no PostgreSQL header"
#endif
