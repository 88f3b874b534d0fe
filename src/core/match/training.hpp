// SPDX-License-Identifier: PostgreSQL
// Weights learnt from a table without labels.
#pragma once

#include "core/match/blocking.hpp"
#include "core/match/weights.hpp"

namespace meshline::match {

struct TrainingReport {
	std::size_t random_pairs = 0;
	std::size_t blocked_pairs = 0;
	std::size_t rounds = 0;
	bool is_converged = false;
};

// u is counted in pairs of records picked at random (for equality, computed from how often each value
// occurs). m comes from pairs that blocking rules bring together, by expectation maximisation with u fixed:
// each rule has a share of matches of its own, and says nothing about columns that it blocks on. The number
// of matching pairs is estimated from the same pairs, each counted once, so the prior follows the table's
// size. Deterministic. The result is complete.
Weights Train(const Table &table, Blocking &blocking, std::pmr::memory_resource *arena,
              TrainingReport &report);

} // namespace meshline::match

#ifdef POSTGRES_H
#error "the core sees no PostgreSQL header"
#endif
