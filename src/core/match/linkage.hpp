// SPDX-License-Identifier: PostgreSQL
// Clusters of records that are one thing, from the weights of pairs.
#pragma once

#include <cstdint>
#include <memory_resource>

#include "core/memory.hpp"

namespace meshline::match {

struct Edge {
	std::uint32_t a;
	std::uint32_t b; // a < b
	double weight;
};

// Weights of pairs that matter to clusters begin here, and pairs without an edge are taken to weigh this.
inline constexpr double missing_weight = -5;

// By record, the first record of its cluster. Clusters are joined while the mean weight of the pairs between
// two of them is at least `threshold`, the greatest mean first: one strong edge does not chain two groups
// that disagree otherwise. Equal means are joined in the order of records. `edges` must hold each pair once.
Vector<std::uint32_t> AverageLinkage(std::uint32_t records, const Vector<Edge> &edges, double threshold,
                                     std::pmr::memory_resource *arena);

} // namespace meshline::match

#ifdef POSTGRES_H
#error "the core sees no PostgreSQL header"
#endif
