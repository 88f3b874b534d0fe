// SPDX-License-Identifier: PostgreSQL
// Objects without an id of their own: equal ones of one delivery are told apart by their number, so that
// twins survive and the same delivery made again changes nothing.
#pragma once

#include "pg/batch.hpp"

namespace meshline::pg {

// A number for the rows that come with one call, unlike that of any other call. Rows whose delivery is 0
// are one delivery with all others of their transaction.
std::int64_t NewDelivery() noexcept;

// Gives the keyless objects of a batch their final ids.
void NumberKeyless(Batch &batch);

} // namespace meshline::pg
