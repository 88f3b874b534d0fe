// SPDX-License-Identifier: PostgreSQL
// Links of which every record has one at most.
#pragma once

#include "core/match/linkage.hpp"

namespace meshline::match {

// Of the edges that weigh at least `threshold`, those that together exceed it most, no record of either side
// (records below `left` and from there on) in two of them; by the order of records where several choices do.
// Formula: assignment by shortest augmenting paths (Jonker and Volgenant 1987), over the edges there are.
Vector<Edge> AssignOneToOne(std::uint32_t left, std::uint32_t records, const Vector<Edge> &edges,
                            double threshold, std::pmr::memory_resource *arena);

} // namespace meshline::match

#ifdef POSTGRES_H
#error "the core sees no PostgreSQL header"
#endif
