// SPDX-License-Identifier: PostgreSQL
// The way of staged rows: event, record, identity, reconcile, exception, all in the caller's transaction.
#pragma once

#include <cstdint>
#include <memory_resource>
#include <span>
#include <string_view>

#include "pg/batch.hpp"

namespace meshline::pg {

// Where staged rows came from.
struct StagedSource {
	std::int64_t merchant_id = 0;
	std::int64_t connection_id = 0; // 0: the merchant's only connection of the connector
	std::string_view connector;     // "" when connection_id is given
	std::string_view object;
	bool is_attached = false;
	bool is_typed_row = false; // the payload is the row of an attached table
	bool is_replay = false;
	bool is_scan = false;      // a table is read again: what is known is no delivery made twice
	bool is_pending = false;   // process_pending() works on it: a failure goes back to the queue by itself
	bool judges_later = false; // its entities are queued, and judged once all that waits has been taken in
	std::string_view failure;  // why the rows are kept as unreadable, "" when they are to be read
};

// Takes staged rows in. Never raises because of what they hold: a batch that fails is done again row by
// row, a row that fails alone is kept as INVALID_PAYLOAD, and what other sessions are in the way of is
// queued for process_pending(). Raises only for cancel, timeout and shutdown.
// SPI must not be connected.
void TakeIn(const StagedSource &source, std::span<const StagedRow> rows);

// Reconciles stored entities again as of a moment, and, when asked to, those that look like them. SPI must be
// connected.
void ReconcileStored(std::int64_t merchant_id, std::span<const Uuid> ids, Instant as_of, bool with_likes,
                     std::pmr::memory_resource *arena);

// The moment that checks of this transaction are made as of: meshline.as_of if set, else its start.
Instant AsOf();

// Defines the settings of this subject; once, when the library is loaded.
void DefineSettings();

} // namespace meshline::pg
