// SPDX-License-Identifier: PostgreSQL
// Records whose payload names no currency take that of their order, whichever comes first.
#pragma once

#include "pg/reconcile_store.hpp"

namespace meshline::pg {

// Among the records that were read, and that stay where they are from now on.
void TakeOrderCurrencies(ReconcileSet &set);

// What that changed, on the stored rows: seldom anything, as it is kept.
void StoreOrderCurrencies(const ReconcileSet &set);

} // namespace meshline::pg
