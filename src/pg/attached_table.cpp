// SPDX-License-Identifier: PostgreSQL
// What rescan() and the triggers on structure need of an attached table: its rows as payloads, and the ids
// of what they are about.
#include <string>

#include "pg/as_owner.hpp"
#include "pg/config.hpp"
#include "pg/memory_resource.hpp"
#include "pg/rows_out.hpp"

namespace meshline::pg {

namespace {

constexpr long fetched_rows = 1000;

// The owner of a table that the caller may read.
Oid
OwnerOf(Oid relation) {
	return PgCall([&] {
		const AclResult allowed = pg_class_aclcheck(relation, GetUserId(), ACL_SELECT);
		if (allowed != ACLCHECK_OK) {
			aclcheck_error(allowed, OBJECT_TABLE, get_rel_name(relation));
		}
		HeapTuple tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relation));
		if (!HeapTupleIsValid(tuple)) {
			ereport(ERROR, (errcode(ERRCODE_UNDEFINED_TABLE), errmsg("the table is gone")));
		}
		const Oid owner = reinterpret_cast<Form_pg_class>(GETSTRUCT(tuple))->relowner;
		ReleaseSysCache(tuple);
		return owner;
	});
}

std::string
ReadingStatement(Oid relation, std::string_view payload_column) {
	const std::string name = PgCall([&] {
		return quote_qualified_identifier(get_namespace_name(get_rel_namespace(relation)),
		                                  get_rel_name(relation));
	});
	if (payload_column.empty()) {
		return "SELECT pg_catalog.row_to_json(t)::pg_catalog.text FROM " + name + " AS t";
	}
	const std::string plain(payload_column);
	const std::string column = PgCall([&] { return quote_identifier(plain.c_str()); });
	return "SELECT t." + column + "::pg_catalog.text FROM " + name + " AS t WHERE t." + column +
	       " IS NOT NULL";
}

void
PutRows(Oid relation, std::string_view payload_column, RowsOut &out) {
	const std::string statement = ReadingStatement(relation, payload_column);
	const AsOwner owner(OwnerOf(relation));
	ConnectSpi();
	Portal portal = PgCall([&] {
		SPIPlanPtr plan = SPI_prepare(statement.c_str(), 0, nullptr);
		return SPI_cursor_open(nullptr, plan, nullptr, nullptr, true);
	});
	std::int64_t place = 0;
	for (;;) {
		CheckInterrupts();
		PgCall([&] { SPI_cursor_fetch(portal, true, fetched_rows); });
		const Rows rows(SPI_tuptable, SPI_processed);
		if (rows.count() == 0) {
			break;
		}
		for (std::uint64_t row = 0; row < rows.count(); ++row) {
			bool is_null;
			const Datum payload = rows.Value(row, 1, &is_null);
			out.Begin().Int8(place++).Value(payload).Put();
		}
		PgCall([] { SPI_freetuptable(SPI_tuptable); });
	}
	PgCall([&] { SPI_cursor_close(portal); });
	FinishSpi();
}

std::string_view
ExternalIdOf(const Connection &connection, std::string_view object, std::string_view payload,
             Extractor &extractor, std::pmr::memory_resource *memory) {
	std::pmr::monotonic_buffer_resource arena(memory);
	const ExtractOptions options{{LocalToInstant, connection.time_zone}, connection.base_currency};
	const Extraction read = extractor.Extract(*connection.definition, object, payload, options, &arena);
	return read.facts.empty() ? std::string_view{} : Intern(read.facts.front().external_id, memory);
}

// (merchant_id, connection_id, object, payloads)
Datum
ExternalIds(FunctionCallInfo fcinfo) {
	ContextResource memory;
	const std::string_view object = TextView(PG_GETARG_DATUM(2));
	const Datum payloads = PG_GETARG_DATUM(3);
	struct {
		Datum *values;
		bool *nulls;
		int count;
	} given{};
	PgCall([&] {
		deconstruct_array(DatumGetArrayTypeP(payloads), TEXTOID, -1, false, TYPALIGN_INT, &given.values,
		                  &given.nulls, &given.count);
	});
	ConnectSpi();
	const Connection *connection = Config::Current().Find(PG_GETARG_INT64(0), PG_GETARG_INT64(1));
	FinishSpi();
	const bool is_readable = connection != nullptr && connection->definition != nullptr;
	Extractor extractor;
	Column ids(TEXTOID, static_cast<std::size_t>(given.count));
	for (int i = 0; i < given.count; ++i) {
		CheckInterrupts();
		ids.TextOrNull(is_readable && !given.nulls[i]
		                   ? ExternalIdOf(*connection, object, TextView(given.values[i]), extractor, &memory)
		                   : std::string_view{});
	}
	return ids.Array();
}

} // namespace

} // namespace meshline::pg

// (relation, payload_column), which is empty where the row itself is the payload
MESHLINE_FUNCTION(meshline_attached_rows) {
	using namespace meshline::pg;
	RowsOut out(fcinfo);
	PutRows(PG_GETARG_OID(0), NameStr(*PG_GETARG_NAME(1)), out);
	return Datum{0};
}

MESHLINE_FUNCTION(meshline_external_ids) {
	return meshline::pg::ExternalIds(fcinfo);
}
