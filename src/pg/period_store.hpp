// SPDX-License-Identifier: PostgreSQL
// What the ledgers held when a period was closed.
#pragma once

#include "pg/reconcile_store.hpp"

namespace meshline::pg {

// Gives the postings of the entities what they were when their period was closed.
void ReadFrozen(ReconcileSet &set);

} // namespace meshline::pg
