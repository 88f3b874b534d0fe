// SPDX-License-Identifier: PostgreSQL
// Records whose source names no currency (see is_currency_assumed): they take that of their order in the same
// source.
#pragma once

#include "pg/batch.hpp"

namespace meshline::pg {

// Gives the batch's own what the orders say that are stored. Before the records are.
void TakeOrderCurrencies(Batch &batch);

// Gives all of the entities that the batch has orders or such records of what the stored orders say now:
// whichever came first, the result is the same. After the records are stored.
void SpreadOrderCurrencies(Batch &batch);

} // namespace meshline::pg
