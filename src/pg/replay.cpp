// SPDX-License-Identifier: PostgreSQL
// Taking in staged rows again, and reconciling stored entities again: what replay, rescan, sweep and
// process_pending are made of.
#include <string_view>

#include "core/definition.hpp"
#include "pg/exception_write.hpp"
#include "pg/keyless.hpp"
#include "pg/memory_resource.hpp"
#include "pg/pipeline.hpp"
#include "pg/spi.hpp"

namespace meshline::pg {

namespace {

struct Elements {
	Datum *values;
	bool *nulls;
	int count;
};

Elements
Unpack(Datum array, Oid type, std::int16_t length, bool by_value, char alignment) {
	return PgCall([&] {
		Elements e{};
		deconstruct_array(DatumGetArrayTypeP(array), type, length, by_value, alignment, &e.values, &e.nulls,
		                  &e.count);
		return e;
	});
}

std::string_view
ElementText(const Elements &elements, int i) {
	return elements.nulls[i] ? std::string_view{} : TextView(elements.values[i]);
}

Uuid
ElementId(const Elements &elements, int i) {
	Uuid id;
	if (!elements.nulls[i]) {
		std::memcpy(id.bytes.data(), DatumGetPointer(elements.values[i]), sizeof(id.bytes));
	}
	return id;
}

// (merchant_id, connection_id, connector, object, is_attached, mode, stage_ids, payloads,
// source_event_ids, received_ats, event_ids, event_keys, are_rows, written_by, headers); mode: new, replay,
// pending, scan or pending scan.
void
TakeInArrays(FunctionCallInfo fcinfo) {
	ContextResource memory;
	StagedSource source;
	source.merchant_id = PG_GETARG_INT64(0);
	source.connection_id = PG_GETARG_INT64(1);
	source.connector = TextView(PG_GETARG_DATUM(2));
	source.object = TextView(PG_GETARG_DATUM(3));
	source.is_attached = PG_GETARG_BOOL(4);
	const std::string_view mode = TextView(PG_GETARG_DATUM(5));
	source.is_typed_row = PG_GETARG_BOOL(12);
	source.is_replay = mode == "replay";
	source.is_scan = mode == "scan" || mode == "pending scan";
	source.is_pending = mode != "new";
	source.judges_later = mode.starts_with("pending");
	const Elements stage_ids = Unpack(PG_GETARG_DATUM(6), INT8OID, 8, FLOAT8PASSBYVAL, TYPALIGN_DOUBLE);
	const Elements payloads = Unpack(PG_GETARG_DATUM(7), TEXTOID, -1, false, TYPALIGN_INT);
	const Elements source_ids = Unpack(PG_GETARG_DATUM(8), TEXTOID, -1, false, TYPALIGN_INT);
	const Elements received = Unpack(PG_GETARG_DATUM(9), TIMESTAMPTZOID, 8, FLOAT8PASSBYVAL, TYPALIGN_DOUBLE);
	const Elements event_ids = Unpack(PG_GETARG_DATUM(10), INT8OID, 8, FLOAT8PASSBYVAL, TYPALIGN_DOUBLE);
	const Elements keys = Unpack(PG_GETARG_DATUM(11), UUIDOID, 16, false, TYPALIGN_CHAR);
	const Elements writers = Unpack(PG_GETARG_DATUM(13), INT8OID, 8, FLOAT8PASSBYVAL, TYPALIGN_DOUBLE);
	const Elements headers = Unpack(PG_GETARG_DATUM(14), TEXTOID, -1, false, TYPALIGN_INT);
	const std::int64_t delivery = NewDelivery();
	Vector<StagedRow> rows(&memory);
	for (int i = 0; i < stage_ids.count; ++i) {
		StagedRow &row = rows.emplace_back();
		row.stage_id = DatumGetInt64(stage_ids.values[i]);
		row.payload = ElementText(payloads, i);
		row.source_event_id = ElementText(source_ids, i);
		row.headers = ElementText(headers, i);
		row.received_at = ToInstant(DatumGetTimestampTz(received.values[i]));
		row.delivery = delivery;
		row.written_by = DatumGetInt64(writers.values[i]);
		if (source.is_replay) {
			row.event_id = DatumGetInt64(event_ids.values[i]);
			row.event_key = ElementId(keys, i);
		}
	}
	TakeIn(source, Span(rows));
}

// The elements of a uuid[].
Vector<Uuid>
Ids(Datum array, std::pmr::memory_resource *memory) {
	const Elements elements = Unpack(array, UUIDOID, 16, false, TYPALIGN_CHAR);
	Vector<Uuid> ids(memory);
	for (int i = 0; i < elements.count; ++i) {
		ids.push_back(ElementId(elements, i));
	}
	return ids;
}

} // namespace

} // namespace meshline::pg

MESHLINE_FUNCTION(meshline_take_in) {
	meshline::pg::TakeInArrays(fcinfo);
	PG_RETURN_VOID();
}

// (merchant_id, canonical_ids, as_of, with_likes)
MESHLINE_FUNCTION(meshline_reconcile_stored) {
	using namespace meshline::pg;
	ContextResource memory;
	const auto wanted = Ids(PG_GETARG_DATUM(1), &memory);
	ConnectSpi();
	ReconcileStored(PG_GETARG_INT64(0), meshline::Span(wanted), ToInstant(PG_GETARG_TIMESTAMPTZ(2)),
	                PG_GETARG_BOOL(3), &memory);
	FinishSpi();
	PG_RETURN_VOID();
}

// (merchant_id, canonical_ids)
MESHLINE_FUNCTION(meshline_count_open) {
	using namespace meshline::pg;
	ContextResource memory;
	const auto ids = Ids(PG_GETARG_DATUM(1), &memory);
	ConnectSpi();
	CountOpen(PG_GETARG_INT64(0), meshline::Span(ids));
	FinishSpi();
	PG_RETURN_VOID();
}

// The current moment of checks: meshline.as_of where it is set.
MESHLINE_FUNCTION(meshline_as_of) {
	PG_RETURN_TIMESTAMPTZ(meshline::pg::ToTimestamp(meshline::pg::AsOf()));
}
