// SPDX-License-Identifier: PostgreSQL
// Findings become exceptions: opened, updated and closed in the transaction that changes them.
#pragma once

#include "pg/batch.hpp"
#include "pg/reconcile_store.hpp"

namespace meshline::pg {

// Compares the findings of the set's entities with their exceptions and stores the difference.
void StoreExceptions(const ReconcileSet &set);

// Stores what the deliveries themselves show: repeats, stale versions, reused event ids, payloads that
// no record can be made of. To be called when the batch's records are stored.
void StoreEventExceptions(const Batch &batch);

// The key of an exception about a delivery of the batch's connection; of one that no record could be read
// from, the object of its staging table is part of it.
Uuid EventFindingKey(const Batch &batch, Reason reason, std::string_view subject, bool is_readable);

// The hash of a payload that was not read: of its text.
Hash128 TextHash(std::string_view payload, std::pmr::memory_resource *arena);

// Closes what StoreEventExceptions opened for events that have now been read well.
void CloseUnreadable(const Batch &batch);

} // namespace meshline::pg
