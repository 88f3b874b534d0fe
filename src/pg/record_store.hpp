// SPDX-License-Identifier: PostgreSQL
// The current state of every source object: newest version by the source's clock.
#pragma once

#include "pg/batch.hpp"

namespace meshline::pg {

// Chooses the newest version of each object in the batch; the others are not stored. Afterwards
// batch.records are sorted by key, one per key.
void KeepNewest(Batch &batch);

// Writes the records whose version is newer than the stored one; is_applied tells which. An event
// whose own record was not applied becomes stale. SPI must be connected.
void StoreRecords(Batch &batch);

} // namespace meshline::pg
