// SPDX-License-Identifier: PostgreSQL
// The two doors: meshline's own staging tables, and tables of ETL tools that were attached.
#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "core/fact.hpp"
#include "pg/as_owner.hpp"
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
	          headers = table.ColumnNumber("headers"), payload = table.ColumnNumber("payload"),
	          received_at = table.ColumnNumber("received_at");
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
			from.row.headers = Intern(table.AnyText(headers), portion.resource());
			from.row.received_at = ToInstant(table.Time(received_at));
			bytes += from.row.payload.size();
		}
		TakeInBySource(source, rows, portion.resource());
	}
}

// The rows that an ETL tool writes into its own table. Nothing that goes wrong here is the tool's fault:
// a row that cannot be read or kept is named, and the tool's statement goes on.
class AttachedRows {
public:
	explicit AttachedRows(TransitionTable &table) : table_(table) {
		source_.merchant_id = ToInteger(table.Argument(0));
		source_.connection_id = ToInteger(table.Argument(1));
		source_.object = table.Argument(2);
		source_.is_attached = true;
		const std::string payload_column(table.Argument(3));
		source_.is_typed_row = payload_column.empty();
		payload_ = source_.is_typed_row ? 0 : table.ColumnNumber(payload_column.c_str());
	}

	void
	TakeIn() {
		bool is_more = true;
		for (std::int64_t taken = 0; is_more; taken += read_) {
			Portion portion(CurrentMemoryContext);
			Vector<StagedRow> rows(portion.resource());
			ErrorData *error = nullptr;
			const auto keep = [&] {
				is_more = Read(rows, portion.resource());
				if (!rows.empty()) {
					Preserve(source_, rows);
				}
			};
			if (InSubtransaction(keep, &error)) {
				pg::TakeIn(source_, Span(rows));
			} else {
				table_.Seek(taken);
				is_more = TakeInSingly();
			}
		}
		WarnOfLost();
	}

private:
	// Reads rows until the portion is full; false after the last.
	bool
	Read(Vector<StagedRow> &rows, std::pmr::memory_resource *memory, std::size_t most = portion_rows) {
		const AsOwner owner(table_.Owner());
		read_ = 0;
		for (std::size_t bytes = 0; rows.size() < most && bytes < portion_bytes;) {
			if (!table_.Next()) {
				return false;
			}
			++read_;
			StagedRow &row = rows.emplace_back();
			row.payload =
			    Intern(source_.is_typed_row ? table_.RowAsJson() : table_.AnyText(payload_), memory);
			row.delivery = delivery_;
			row.received_at = arrival_++; // rows of one statement come one after the other
			bytes += row.payload.size();
		}
		return true;
	}

	// The rows of a portion one by one, because one of them does not go in.
	bool
	TakeInSingly() {
		std::int64_t done = 0;
		bool is_more = true;
		while (is_more && done < static_cast<std::int64_t>(portion_rows)) {
			Portion portion(CurrentMemoryContext);
			Vector<StagedRow> rows(portion.resource());
			ErrorData *error = nullptr;
			const auto keep = [&] {
				is_more = Read(rows, portion.resource(), 1);
				if (!rows.empty()) {
					Preserve(source_, rows);
				}
			};
			if (InSubtransaction(keep, &error)) {
				pg::TakeIn(source_, Span(rows));
			} else {
				KeepUnreadable(error, portion.resource());
			}
			done += std::max<std::int64_t>(read_, 1);
		}
		read_ = done;
		return is_more;
	}

	// A row that cannot be read is kept as what is known of it: why.
	void
	KeepUnreadable(const ErrorData *why, std::pmr::memory_resource *memory) {
		StagedSource source = source_;
		const std::string reason = why->message == nullptr ? "" : why->message;
		source.failure = Intern("the row cannot be taken out of its table: " + reason, memory);
		Vector<StagedRow> rows(memory);
		StagedRow &row = rows.emplace_back();
		row.payload = source.failure;
		row.received_at = arrival_++;
		ErrorData *error = nullptr;
		if (InSubtransaction([&] { Preserve(source, rows); }, &error)) {
			pg::TakeIn(source, Span(rows));
		} else {
			++lost_;
			lost_why_ = error->message == nullptr ? "" : error->message;
		}
	}

	void
	WarnOfLost() const {
		if (lost_ > 0) {
			PgCall([this] {
				ereport(WARNING, (errmsg("meshline could not take in %lld rows of an attached table: %s",
				                         static_cast<long long>(lost_), lost_why_.c_str()),
				                  errhint("The table keeps them; call meshline.rescan() on it.")));
			});
		}
	}

	TransitionTable &table_;
	StagedSource source_;
	int payload_;
	Instant arrival_ = ToInstant(GetCurrentTimestamp());
	// A tool may write a row and touch it in one transaction.
	std::int64_t delivery_ = NewDelivery();
	std::int64_t read_ = 0; // by the last portion
	std::int64_t lost_ = 0;
	std::string lost_why_;
};

} // namespace

} // namespace meshline::pg

MESHLINE_FUNCTION(meshline_staging_insert) {
	meshline::pg::TransitionTable table(fcinfo);
	meshline::pg::TakeInStaged(table);
	return PointerGetDatum(nullptr);
}

MESHLINE_FUNCTION(meshline_attached_change) {
	meshline::pg::TransitionTable table(fcinfo);
	meshline::pg::AttachedRows(table).TakeIn();
	return PointerGetDatum(nullptr);
}
