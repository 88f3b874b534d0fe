// SPDX-License-Identifier: PostgreSQL
#include <algorithm>
#include <memory>
#include <string>

#include "core/extract.hpp"
#include "core/header.hpp"
#include "pg/event_store.hpp"
#include "pg/exception_store.hpp"
#include "pg/identity_store.hpp"
#include "pg/internal_subtransaction.hpp"
#include "pg/keyless.hpp"
#include "pg/match_store.hpp"
#include "pg/memory_resource.hpp"
#include "pg/pipeline.hpp"
#include "pg/queue.hpp"
#include "pg/reconcile_store.hpp"
#include "pg/record_store.hpp"
#include "pg/spi.hpp"

namespace meshline::pg {

namespace {

constexpr int max_attempts = 6;
constexpr std::size_t chunk_rows = 1000;

char *as_of_setting = nullptr;

Extractor &
SessionExtractor() {
	// Its buffers grow to the largest payload and are worth keeping for the session.
	static Extractor extractor;
	return extractor;
}

std::string_view
ProblemText(const Fact &fact, std::pmr::memory_resource *arena) {
	if (fact.problems.empty()) {
		return {};
	}
	std::string text;
	for (const Problem &problem : fact.problems) {
		if (!text.empty()) {
			text += "; ";
		}
		text.append(problem.field);
		if (!problem.path.empty()) {
			text.append(" (").append(problem.path).append(")");
		}
		text.append(": ").append(problem.reason);
	}
	return Intern(text, arena);
}

// A payload that no definition is there for, or that broke the processing, as an extraction.
Extraction Unusable(std::string_view payload, std::string_view reason, std::pmr::memory_resource *arena);

void
ExtractRows(Batch &batch, std::span<const StagedRow> rows, std::string_view failure) {
	const Connection &connection = batch.connection;
	const ExtractOptions options{{LocalToInstant, connection.time_zone}, connection.base_currency};
	batch.events.reserve(rows.size());
	for (StagedRow row : rows) {
		CheckInterrupts();
		if (row.source_event_id.empty() && !row.headers.empty() && connection.definition != nullptr) {
			row.source_event_id =
			    EventIdOfHeaders(row.headers, connection.definition->event_id_headers(), batch.arena);
		}
		std::string_view reason = failure;
		if (reason.empty() && connection.definition == nullptr) {
			reason = connection.definition_error;
		}
		if (reason.empty()) {
			batch.events.emplace_back(row, SessionExtractor().Extract(*connection.definition, batch.object,
			                                                          row.payload, options, batch.arena));
		} else {
			batch.events.emplace_back(row, Unusable(row.payload, reason, batch.arena));
		}
		Event &event = batch.events.back();
		const Fact *fact = event.main_fact();
		// What a page and an object without an id say, they say for ever.
		event.is_ordered_by_arrival = fact != nullptr && !fact->is_keyless && !event.extraction.is_page &&
		                              (batch.is_typed_row || !fact->version_at);
	}
}

Extraction
Unusable(std::string_view payload, std::string_view reason, std::pmr::memory_resource *arena) {
	Extraction extraction(arena);
	extraction.payload_hash = TextHash(payload, arena);
	extraction.problems.push_back({{}, {}, Intern(reason, arena)});
	return extraction;
}

// The facts of events that are news, as records to be.
void
CollectRecords(Batch &batch) {
	for (std::uint32_t i = 0; i < batch.events.size(); ++i) {
		const Event &event = batch.events[i];
		if (event.outcome == Outcome::repeat) {
			continue;
		}
		for (const Fact &fact : event.extraction.facts) {
			BatchRecord &record = batch.records.emplace_back(batch.arena);
			record.fact = &fact;
			record.event = i;
			record.is_main = &fact == event.main_fact();
			record.version_at = fact.version_at.value_or(event.row.received_at);
			record.problems = ProblemText(fact, batch.arena);
			CollectIdentifiers(batch, record);
		}
	}
}

// The stations, in the order of the data.
void
Process(Batch &batch) {
	StoreEvents(batch);
	CollectRecords(batch);
	if (!batch.records.empty()) {
		ResolveIdentities(batch);
		KeepNewest(batch);
		StoreRecords(batch);
		StoreLikes(batch);
		ReconcileSet set = EntitiesOf(batch);
		// What was found of an entity that is superseded now has to go where its records go.
		if (batch.judges_later && set.superseded.empty()) {
			JudgeLater(set);
		} else {
			RunChecks(set);
			StoreResults(set);
			ReconcileLikes(set);
			if (IsolationUsesXactSnapshot()) {
				// What other sessions committed since our snapshot was not seen: look again later.
				QueueEntities(set);
			}
		}
	}
	UpdateOutcomes(batch);
	StoreEventExceptions(batch);
	if (batch.is_scan && batch.is_attached) {
		DropKnownCopies(batch);
	}
	if (batch.is_replay) {
		CloseUnreadable(batch);
	}
}

const Connection *
FindConnection(const Config &config, const StagedSource &source) {
	return source.connection_id == 0 ? config.FindOnly(source.merchant_id, source.connector)
	                                 : config.Find(source.merchant_id, source.connection_id);
}

struct Attempt {
	const StagedSource *source;
	std::span<const StagedRow> rows;
	std::string_view failure; // why these rows are kept as unreadable, "" when they are to be read
	bool may_defer = true;
};

void
RunAttempt(const Attempt &attempt) {
	ContextResource heap;
	std::pmr::monotonic_buffer_resource arena(1 << 16, &heap);
	ConnectSpi();
	const Config &config = Config::Current();
	const Connection *connection = FindConnection(config, *attempt.source);
	if (connection == nullptr) {
		QueueRows(*attempt.source, attempt.rows,
		          "the connection is not known: give connection_id, or connect() first");
	} else if (connection->is_deferred && attempt.may_defer) {
		StagedSource source = *attempt.source;
		source.connection_id = connection->connection_id;
		QueueRows(source, attempt.rows, "deferred");
	} else {
		Batch batch(config, *connection, attempt.source->object, attempt.source->is_attached, AsOf(), &arena);
		batch.is_replay = attempt.source->is_replay;
		batch.is_scan = attempt.source->is_scan;
		batch.judges_later = attempt.source->judges_later;
		batch.is_typed_row =
		    attempt.source->is_typed_row || (attempt.source->is_attached && connection->is_mirror);
		ExtractRows(batch, attempt.rows, attempt.failure);
		NumberKeyless(batch);
		Process(batch);
	}
	FinishSpi();
}

bool
IsTransient(const ErrorData *error) {
	return ERRCODE_TO_CATEGORY(error->sqlerrcode) == ERRCODE_TRANSACTION_ROLLBACK;
}

// Null when the rows were taken in.
ErrorData *
Try(const Attempt &attempt) {
	ErrorData *error = nullptr;
	for (int i = 0; i < max_attempts; ++i) {
		if (InSubtransaction([&] { RunAttempt(attempt); }, &error)) {
			return nullptr;
		}
		// A snapshot that is as old as the transaction sees the same conflict again and again.
		if (!IsTransient(error) || IsolationUsesXactSnapshot()) {
			return error;
		}
		CheckInterrupts();
	}
	return error;
}

// Puts rows aside for process_pending(). If even that fails, the payloads are still in staging, where
// rescan() finds them; a warning says so.
void
PutAside(const StagedSource &source, std::span<const StagedRow> rows, const ErrorData *why) {
	ErrorData *error = nullptr;
	const std::string reason = why->message == nullptr ? "" : why->message;
	const auto queue = [&] {
		ConnectSpi();
		QueueRows(source, rows, reason);
		FinishSpi();
	};
	if (!InSubtransaction(queue, &error)) {
		PgCall([&] {
			ereport(WARNING,
			        (errmsg("meshline could not take in %zu staged rows: %s", rows.size(), error->message),
			         errhint("The rows are kept; call meshline.rescan() on their table.")));
		});
	}
}

void
TakeInChunk(const StagedSource &source, std::span<const StagedRow> rows) {
	ErrorData *error = Try({&source, rows, source.failure, !source.is_pending});
	if (error == nullptr) {
		return;
	}
	if (IsTransient(error)) {
		PutAside(source, rows, error);
		return;
	}
	if (rows.size() > 1) {
		for (const StagedRow &row : rows) {
			TakeInChunk(source, {&row, 1});
		}
		return;
	}
	const std::string failure =
	    std::string("processing failed: ") + (error->message == nullptr ? "" : error->message);
	if (ErrorData *again = Try({&source, rows, failure, !source.is_pending})) {
		PutAside(source, rows, again);
	}
}

} // namespace

void
TakeIn(const StagedSource &source, std::span<const StagedRow> rows) {
	for (std::size_t at = 0; at < rows.size(); at += chunk_rows) {
		TakeInChunk(source, rows.subspan(at, std::min(chunk_rows, rows.size() - at)));
	}
}

void
ReconcileStored(std::int64_t merchant_id, std::span<const Uuid> ids, Instant as_of, bool with_likes,
                std::pmr::memory_resource *arena) {
	ReconcileSet set(Config::Current(), merchant_id, as_of, arena);
	LockEntities(set, ids);
	RunChecks(set);
	StoreResults(set);
	if (with_likes) {
		ReconcileLikes(set);
	}
}

Instant
AsOf() {
	if (as_of_setting == nullptr || as_of_setting[0] == '\0') {
		return ToInstant(GetCurrentTransactionStartTimestamp());
	}
	return ToInstant(PgCall([] {
		return DatumGetTimestampTz(DirectFunctionCall3(timestamptz_in, CStringGetDatum(as_of_setting),
		                                               ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1)));
	}));
}

void
DefineSettings() {
	DefineCustomStringVariable(
	    "meshline.as_of", "The moment that checks are made as of, instead of the transaction's start.",
	    "For tests and for replaying the past.", &as_of_setting, "", PGC_SUSET, 0, nullptr, nullptr, nullptr);
	MarkGUCPrefixReserved("meshline");
}

} // namespace meshline::pg
