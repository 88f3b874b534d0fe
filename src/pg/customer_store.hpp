// SPDX-License-Identifier: PostgreSQL
// Whom an order is from, where a store has to say it.
#pragma once

#include "pg/reconcile_store.hpp"

namespace meshline::pg {

// Marks the orders that name no customer, of stores that require one.
void ReadCustomers(ReconcileSet &set);

} // namespace meshline::pg
