// SPDX-License-Identifier: PostgreSQL
// Which sets of amounts explain a total: a payout without lines, a payment that covers several invoices.
//
// All subsets are looked at, by meeting in the middle (Horowitz and Sahni 1974), so that a total with one
// explanation can be told from one with several. Equal amounts are different candidates: when either of
// two could be meant, there are two explanations.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <optional>
#include <span>

#include "core/memory.hpp"

namespace meshline::match {

// What is searched at most: two halves of the amounts with this many subsets each. That is 40 amounts, or
// up to 112 where max_size keeps the subsets few; 32 MiB, and 64 MiB where sums could leave int64.
inline constexpr std::size_t max_half_subsets = std::size_t{1} << 20;
inline constexpr std::size_t max_half_amounts = 56;

inline constexpr std::size_t max_sum_sets = 100;

struct SumQuery {
	std::int64_t target = 0;
	std::int64_t tolerance = 0;               // a set explains the target when its sum is no farther from it
	std::optional<std::size_t> max_size = {}; // members of a set
	std::size_t max_sets = 2;                 // sets that are named; all are counted
};

struct SumSet {
	Vector<std::uint32_t> members; // indexes of amounts, ascending
	std::int64_t difference;       // sum - target
};

struct SumExplanations {
	std::int64_t count;  // exact, however many there are: at most 2^40
	Vector<SumSet> sets; // the best: least |difference|, then fewest members, then the first members
};

// Counts the sets of amounts that explain the target, and names the best. The empty set explains nothing;
// amounts may be negative, zero and equal. All memory, the result's too, is the resource's. Throws Error
// when the query makes no sense (22023) or the amounts are too many (54000), bad_alloc, and what
// poll_interrupts() throws.
SumExplanations ExplainSum(const SumQuery &query, std::span<const std::int64_t> amounts,
                           std::pmr::memory_resource *memory);

} // namespace meshline::match

#ifdef POSTGRES_H
#error "the core sees no PostgreSQL header"
#endif
