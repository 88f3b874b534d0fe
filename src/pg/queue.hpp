// SPDX-License-Identifier: PostgreSQL
// What is put aside for meshline.process_pending().
#pragma once

#include <span>
#include <string_view>

#include "pg/pipeline.hpp"
#include "pg/reconcile_store.hpp"

namespace meshline::pg {

// Queues staged rows, with the reason in words. SPI must be connected.
void QueueRows(const StagedSource &source, std::span<const StagedRow> rows, std::string_view reason);

// Queues entities to be reconciled again by a transaction that sees more.
void QueueEntities(const ReconcileSet &set);
void QueueEntities(const ReconcileSet &set, std::span<const Uuid> ids);
// Queues a batch's entities instead of judging them, with what their rows need until then.
void JudgeLater(const ReconcileSet &set);

} // namespace meshline::pg
