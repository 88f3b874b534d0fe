// SPDX-License-Identifier: PostgreSQL
// Orders and customers that arrive meet those that look like them.
#pragma once

#include "pg/batch.hpp"
#include "pg/reconcile_store.hpp"

namespace meshline::pg {

// Stores the match keys of the batch's applied records, and pairs of records that share one, weighed by the
// match model of their kind. A second session with the same key waits here until this transaction ends, and
// then finds it.
void StoreLikes(Batch &batch);

// Reads what the records of the entities look like, and whose those are.
void ReadLikes(ReconcileSet &set);

// Reconciles again the entities that look like those of the set, which has been stored; those that another
// transaction works on are queued for process_pending().
void ReconcileLikes(const ReconcileSet &set);

} // namespace meshline::pg
