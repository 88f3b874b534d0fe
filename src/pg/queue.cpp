// SPDX-License-Identifier: PostgreSQL
#include "pg/queue.hpp"

#include "pg/spi.hpp"

namespace meshline::pg {

void
QueueRows(const StagedSource &source, std::span<const StagedRow> rows, std::string_view reason) {
	static RowsPlan plan(
	    "INSERT INTO meshline.pending_event (merchant_id, connection_id, connector, object, is_attached,"
	    " stage_id, queued_at, reason, is_tried) SELECT $1, $2, $7, $3, $4, u.stage_id, $5, $6, $8 FROM"
	    " {rows} ON CONFLICT DO NOTHING",
	    {INT8OID, INT8OID, TEXTOID, BOOLOID, TIMESTAMPTZOID, TEXTOID, TEXTOID, BOOLOID},
	    {{"stage_id", INT8OID}});
	Column ids(INT8OID, rows.size());
	for (const StagedRow &row : rows) {
		ids.Int8(row.stage_id);
	}
	plan.Run({Int64GetDatum(source.merchant_id), Int64GetDatum(source.connection_id),
	          TextDatum(source.object), BoolGetDatum(source.is_attached),
	          TimestampTzGetDatum(GetCurrentTransactionStartTimestamp()), TextDatum(reason),
	          TextDatum(source.connector), BoolGetDatum(source.is_pending)},
	         {&ids});
}

void
QueueEntities(const ReconcileSet &set) {
	Vector<Uuid> ids(set.arena);
	for (const Entity &entity : set.entities) {
		ids.push_back(entity.canonical_id);
	}
	QueueEntities(set, {ids.data(), ids.size()});
}

void
QueueEntities(const ReconcileSet &set, std::span<const Uuid> entities) {
	static RowsPlan plan(
	    "INSERT INTO meshline.pending_order (merchant_id, canonical_id, queued_at) SELECT $1,"
	    " u.canonical_id, $2 FROM {rows} ON CONFLICT DO NOTHING",
	    {INT8OID, TIMESTAMPTZOID}, {{"canonical_id", UUIDOID}});
	Column ids(UUIDOID, entities.size());
	for (const Uuid &id : entities) {
		ids.Id(id);
	}
	plan.Run({Int64GetDatum(set.merchant_id), TimestampTzGetDatum(ToTimestamp(set.as_of))}, {&ids});
}

} // namespace meshline::pg
