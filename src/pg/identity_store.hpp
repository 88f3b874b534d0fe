// SPDX-License-Identifier: PostgreSQL
// Ties the facts of a batch to canonical entities by their strong identifiers.
#pragma once

#include "core/error.hpp"
#include "pg/batch.hpp"

namespace meshline::pg {

// Another session merged an entity while this one waited for its lock. Locks are taken in the order
// of ids, and the new entity may come earlier in it: the batch is undone and done again.
class LockOrderConflict final : public Error {
public:
	LockOrderConflict() : Error("40001", "a canonical entity was merged while it was being locked") {
	}
};

// Fills a record's identifiers with scopes resolved, and remembers the strong ones in the batch.
void CollectIdentifiers(Batch &batch, BatchRecord &record);

// Finds or makes the canonical entity of every record, merging entities that turn out to be one.
// Afterwards batch.clusters are the entities touched, all of them locked by this transaction, and
// every record's cluster is one of them. SPI must be connected. Throws LockOrderConflict.
void ResolveIdentities(Batch &batch);

} // namespace meshline::pg
