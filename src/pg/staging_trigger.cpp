// SPDX-License-Identifier: PostgreSQL
// The two doors: meshline's own staging tables, and tables of ETL tools that were attached.
#include <algorithm>
#include <charconv>
#include <memory>
#include <vector>

#include "core/fact.hpp"
#include "pg/internal_subtransaction.hpp"
#include "pg/keyless.hpp"
#include "pg/memory_resource.hpp"
#include "pg/pipeline.hpp"
#include "pg/transition_table.hpp"

namespace meshline::pg {

namespace {

constexpr std::size_t portion_rows = 1000;
constexpr std::size_t portion_bytes = 16 << 20;

// Memory for one portion of rows, given back at once: a COPY of a million rows must not pile up.
class Portion {
public:
	explicit Portion(MemoryContext parent)
	    : context_(PgCall(
	          [&] { return AllocSetContextCreate(parent, "meshline portion", ALLOCSET_DEFAULT_SIZES); })),
	      resource_(context_), before_(MemoryContextSwitchTo(context_)) {
	}
	~Portion() {
		MemoryContextSwitchTo(before_);
		MemoryContextDelete(context_);
	}
	Portion(const Portion &) = delete;
	Portion &operator=(const Portion &) = delete;
	std::pmr::memory_resource *
	resource() noexcept {
		return &resource_;
	}

private:
	MemoryContext context_;
	ContextResource resource_;
	MemoryContext before_;
};

struct StagedFrom {
	std::int64_t merchant_id;
	std::int64_t connection_id;
	StagedRow row;
};

// Hands rows over per merchant and connection; nearly always all of them are of one.
void
TakeInBySource(StagedSource source, Vector<StagedFrom> &rows, std::pmr::memory_resource *arena) {
	const auto key = [](const StagedFrom &r) { return std::pair(r.merchant_id, r.connection_id); };
	std::stable_sort(rows.begin(), rows.end(),
	                 [&](const StagedFrom &a, const StagedFrom &b) { return key(a) < key(b); });
	Vector<StagedRow> same(arena);
	for (std::size_t i = 0, end = 0; i < rows.size(); i = end) {
		same.clear();
		while (end < rows.size() && key(rows[end]) == key(rows[i])) {
			same.push_back(rows[end++].row);
		}
		source.merchant_id = rows[i].merchant_id;
		source.connection_id = rows[i].connection_id;
		TakeIn(source, Span(same));
	}
}

std::int64_t
ToInteger(std::string_view text) {
	std::int64_t value = 0;
	std::from_chars(text.data(), text.data() + text.size(), value);
	return value;
}

// Keeps the payloads of an attached table's rows and gives them their stage ids.
void
Preserve(const StagedSource &source, Vector<StagedRow> &rows) {
	static RowsPlan plan("INSERT INTO meshline.attached_payload (merchant_id, connection_id, object, payload,"
	                     " is_row, received_at) SELECT $1, $2, $3, u.payload, $4, u.received_at FROM {rows}"
	                     " RETURNING stage_id",
	                     {INT8OID, INT8OID, TEXTOID, BOOLOID},
	                     {{"payload", TEXTOID}, {"received_at", TIMESTAMPTZOID}});
	ConnectSpi();
	Column payloads(TEXTOID, rows.size()), received(TIMESTAMPTZOID, rows.size());
	for (const StagedRow &row : rows) {
		payloads.Text(row.payload);
		received.Time(row.received_at);
	}
	const Rows stored = plan.Run({Int64GetDatum(source.merchant_id), Int64GetDatum(source.connection_id),
	                              TextDatum(source.object), BoolGetDatum(source.is_typed_row)},
	                             {&payloads, &received});
	for (std::uint64_t i = 0; i < stored.count(); ++i) {
		rows[i].stage_id = stored.Int8(i, 1);
	}
	FinishSpi();
}

void
TakeInStaged(TransitionTable &table) {
	const int stage_id = table.ColumnNumber("stage_id"), merchant_id = table.ColumnNumber("merchant_id"),
	          connection_id = table.ColumnNumber("connection_id"), event_id = table.ColumnNumber("event_id"),
	          payload = table.ColumnNumber("payload"), received_at = table.ColumnNumber("received_at");
	StagedSource source;
	source.connector = table.Argument(0);
	source.object = table.Argument(1);
	bool is_more = table.Next();
	while (is_more) {
		Portion portion(CurrentMemoryContext);
		Vector<StagedFrom> rows(portion.resource());
		for (std::size_t bytes = 0; is_more && rows.size() < portion_rows && bytes < portion_bytes;
		     is_more = table.Next()) {
			StagedFrom &from = rows.emplace_back();
			from.merchant_id = table.Int8(merchant_id);
			from.connection_id = table.Int8(connection_id);
			from.row.stage_id = table.Int8(stage_id);
			from.row.payload = Intern(table.Text(payload), portion.resource());
			from.row.source_event_id = Intern(table.Text(event_id), portion.resource());
			from.row.received_at = ToInstant(table.Time(received_at));
			bytes += from.row.payload.size();
		}
		TakeInBySource(source, rows, portion.resource());
	}
}

void
TakeInAttached(TransitionTable &table) {
	StagedSource source;
	source.merchant_id = ToInteger(table.Argument(0));
	source.connection_id = ToInteger(table.Argument(1));
	source.object = table.Argument(2);
	source.is_attached = true;
	const std::string payload_column(table.Argument(3));
	source.is_typed_row = payload_column.empty();
	const int payload = source.is_typed_row ? 0 : table.ColumnNumber(payload_column.c_str());
	Instant arrival = ToInstant(GetCurrentTimestamp());
	// A tool may write a row and touch it in one transaction.
	const std::int64_t delivery = NewDelivery();
	bool is_more = table.Next();
	while (is_more) {
		Portion portion(CurrentMemoryContext);
		Vector<StagedRow> rows(portion.resource());
		for (std::size_t bytes = 0; is_more && rows.size() < portion_rows && bytes < portion_bytes;
		     is_more = table.Next()) {
			StagedRow &row = rows.emplace_back();
			row.payload =
			    Intern(source.is_typed_row ? table.RowAsJson() : table.AnyText(payload), portion.resource());
			row.delivery = delivery;
			row.received_at = arrival++; // rows of one statement come one after the other
			bytes += row.payload.size();
		}
		Preserve(source, rows);
		TakeIn(source, Span(rows));
	}
}

} // namespace

} // namespace meshline::pg

MESHLINE_FUNCTION(meshline_staging_insert) {
	meshline::pg::TransitionTable table(fcinfo);
	meshline::pg::TakeInStaged(table);
	return PointerGetDatum(nullptr);
}

MESHLINE_FUNCTION(meshline_attached_change) {
	meshline::pg::TransitionTable table(fcinfo);
	meshline::pg::TakeInAttached(table);
	return PointerGetDatum(nullptr);
}
