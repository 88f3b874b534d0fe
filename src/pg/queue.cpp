// SPDX-License-Identifier: PostgreSQL
#include "pg/queue.hpp"

#include "pg/exception_write.hpp"
#include "pg/spi.hpp"

namespace meshline::pg {

void
QueueRows(const StagedSource &source, std::span<const StagedRow> rows, std::string_view reason) {
	static RowsPlan plan(
	    "INSERT INTO meshline.pending_event (merchant_id, connection_id, connector, object, is_attached,"
	    " stage_id, queued_at, reason, is_scan, is_tried) SELECT $1, $2, $7, $3, $4, u.stage_id, $5, $6, $9, "
	    "$8"
	    " FROM {rows} ON CONFLICT DO NOTHING",
	    {INT8OID, INT8OID, TEXTOID, BOOLOID, TIMESTAMPTZOID, TEXTOID, TEXTOID, BOOLOID, BOOLOID},
	    {{"stage_id", INT8OID}});
	Column ids(INT8OID, rows.size());
	for (const StagedRow &row : rows) {
		ids.Int8(row.stage_id);
	}
	plan.Run({Int64GetDatum(source.merchant_id), Int64GetDatum(source.connection_id),
	          TextDatum(source.object), BoolGetDatum(source.is_attached),
	          TimestampTzGetDatum(GetCurrentTransactionStartTimestamp()), TextDatum(reason),
	          TextDatum(source.connector), BoolGetDatum(source.is_pending), BoolGetDatum(source.is_scan)},
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

void
JudgeLater(const ReconcileSet &set) {
	static RowsPlan plan(
	    "INSERT INTO meshline.canonical AS c (merchant_id, canonical_id, kind, anchor_rank, anchor_name,"
	    " anchor_value) SELECT $1, u.canonical_id, u.kind, u.anchor_rank, u.anchor_name, u.anchor_value"
	    " FROM {rows} ON CONFLICT (merchant_id, canonical_id) DO UPDATE SET"
	    " anchor_rank = excluded.anchor_rank, anchor_name = excluded.anchor_name, anchor_value ="
	    " excluded.anchor_value",
	    {INT8OID},
	    {{"canonical_id", UUIDOID},
	     {"kind", TEXTOID},
	     {"anchor_rank", INT4OID},
	     {"anchor_name", TEXTOID},
	     {"anchor_value", TEXTOID}});
	const std::size_t n = set.entities.size();
	Column ids(UUIDOID, n), kinds(TEXTOID, n), ranks(INT4OID, n), names(TEXTOID, n), values(TEXTOID, n);
	Vector<Uuid> merged(set.arena);
	for (const Entity &entity : set.entities) {
		if (entity.is_inserted || entity.is_merged) {
			ids.Id(entity.canonical_id);
			kinds.Text(entity.kind);
			ranks.Int4(entity.anchor_rank);
			names.Text(entity.anchor_name);
			values.Text(entity.anchor_value);
		}
		if (entity.is_merged) {
			merged.push_back(entity.canonical_id);
		}
	}
	if (ids.size() > 0) {
		plan.Run({Int64GetDatum(set.merchant_id)}, {&ids, &kinds, &ranks, &names, &values});
	}
	if (!merged.empty()) {
		CountOpen(set.merchant_id, Span(merged));
	}
	QueueEntities(set);
}

} // namespace meshline::pg
