// SPDX-License-Identifier: PostgreSQL
// Objects without an id of their own: equal ones of one delivery are told apart by their number, so that
// twins survive and the same delivery made again changes nothing.
#pragma once

#include <cstdint>
#include <map>
#include <memory_resource>
#include <tuple>

#include "pg/batch.hpp"

namespace meshline::pg {

// Counts equal objects over the batches of one delivery.
class EqualCounter {
public:
	explicit EqualCounter(std::pmr::memory_resource *memory) : counts_(memory), taken_(memory) {
	}

	// The number of this object among its equals, from 1.
	std::int64_t Next(const Connection &connection, const StagedRow &row, const Hash128 &content);
	// What was counted has been stored.
	void Keep() noexcept;
	// What was counted since the last Keep() has not been stored, and will be counted again.
	void TakeBack();

private:
	using Key = std::tuple<std::int64_t, std::int64_t, std::int64_t, Hash128>;

	std::pmr::map<Key, std::int64_t> counts_;
	Vector<Key> taken_;
};

// Gives the keyless objects of a batch their final ids.
void NumberKeyless(Batch &batch, EqualCounter &counter);

} // namespace meshline::pg
