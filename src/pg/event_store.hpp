// SPDX-License-Identifier: PostgreSQL
// The inbox: keeps each distinct event once and says what each delivery is.
#pragma once

#include "pg/batch.hpp"

namespace meshline::pg {

// Gives every event its key and writes the new ones to meshline.event. Afterwards an event's
// outcome is `repeat` when it was there before, and `is_reused` when its source event id was, with
// another payload. SPI must be connected.
void StoreEvents(Batch &batch);

// Writes outcomes that were not known when the events were stored (stale).
void UpdateOutcomes(const Batch &batch);

// Of a table that was read again: takes back the copies of payloads that were known already.
void DropKnownCopies(const Batch &batch);

} // namespace meshline::pg
