// SPDX-License-Identifier: PostgreSQL
#include <algorithm>

#include "core/key_hash.hpp"
#include "pg/event_store.hpp"
#include "pg/spi.hpp"

namespace meshline::pg {

namespace {

std::string_view
OutcomeName(Outcome outcome) {
	switch (outcome) {
	case Outcome::applied:
		return "applied";
	case Outcome::stale:
		return "stale";
	case Outcome::invalid:
		return "invalid";
	case Outcome::excluded:
		return "excluded";
	case Outcome::held:
		return "held";
	case Outcome::repeat:
		return "repeat";
	}
	return "";
}

std::string_view
SourceEventId(const Event &event) {
	return event.row.source_event_id.empty() ? event.extraction.source_event_id : event.row.source_event_id;
}

std::string_view
ExternalId(const Event &event) {
	const Fact *fact = event.main_fact();
	return fact == nullptr ? std::string_view{} : fact->external_id;
}

// The key of an event with a source event id is that id; without one it is what the payload is about
// and what it says. A row ordered by arrival that returns to an earlier content is news, not a
// repeat, so its arrival is part of the key.
Uuid
KeyOf(const Batch &batch, const Event &event) {
	const std::string_view id = SourceEventId(event);
	KeyHash hash(batch.arena);
	hash.Add(batch.object);
	if (!id.empty()) {
		hash.Add("event").Add(id);
	} else {
		hash.Add("payload").Add(ExternalId(event)).Add(event.extraction.payload_hash);
		if (event.is_ordered_by_arrival) {
			hash.Add(static_cast<std::uint64_t>(event.row.received_at))
			    .Add(static_cast<std::uint64_t>(event.row.stage_id));
		}
	}
	return ToUuid(hash.Finish());
}

Uuid
ReusedKey(const Batch &batch, const Event &event) {
	KeyHash hash(batch.arena);
	hash.Add("reused").Add(ToHash(event.key)).Add(event.extraction.payload_hash);
	return ToUuid(hash.Finish());
}

Outcome
FirstOutcome(const Event &event) {
	const Fact *fact = event.main_fact();
	if (fact == nullptr || !fact->problems.empty()) {
		return Outcome::invalid;
	}
	return fact->is_test ? Outcome::excluded : Outcome::applied;
}

using EventIndexes = Vector<std::uint32_t>;

// Inserts the given events, which must be sorted by key and without repeats, and gives the new ones
// their ids; those that were there keep event_id 0.
void
Insert(Batch &batch, const EventIndexes &indexes) {
	static RowsPlan plan(
	    "INSERT INTO meshline.event AS e (merchant_id, connection_id, event_key, stage_id, is_attached,"
	    " object, record_object, external_id, source_event_id, version_at, payload_hash, outcome,"
	    " received_at) SELECT $1, $2, u.event_key, u.stage_id, $3, $4, u.record_object, u.external_id,"
	    " u.source_event_id, u.version_at, u.payload_hash, u.outcome, u.received_at FROM {rows} ON"
	    " CONFLICT DO NOTHING RETURNING e.event_key, e.event_id",
	    {INT8OID, INT8OID, BOOLOID, TEXTOID},
	    {{"event_key", UUIDOID},
	     {"stage_id", INT8OID},
	     {"external_id", TEXTOID},
	     {"source_event_id", TEXTOID},
	     {"version_at", TIMESTAMPTZOID},
	     {"payload_hash", UUIDOID},
	     {"outcome", TEXTOID},
	     {"received_at", TIMESTAMPTZOID},
	     {"record_object", TEXTOID}});
	const std::size_t n = indexes.size();
	Column keys(UUIDOID, n), stage_ids(INT8OID, n), external_ids(TEXTOID, n), source_ids(TEXTOID, n),
	    versions(TIMESTAMPTZOID, n), hashes(UUIDOID, n), outcomes(TEXTOID, n), received(TIMESTAMPTZOID, n),
	    objects(TEXTOID, n);
	for (const auto index : indexes) {
		const Event &event = batch.events[index];
		const Fact *fact = event.main_fact();
		keys.Id(event.key);
		stage_ids.Int8(event.row.stage_id);
		external_ids.TextOrNull(ExternalId(event));
		source_ids.TextOrNull(SourceEventId(event));
		versions.Time(fact == nullptr ? std::nullopt : fact->version_at);
		hashes.Id(ToUuid(event.extraction.payload_hash));
		outcomes.Text(OutcomeName(event.outcome));
		received.Time(event.row.received_at);
		objects.TextOrNull(fact == nullptr ? std::string_view{} : fact->object);
	}
	const Rows rows = plan.Run(
	    {Int64GetDatum(batch.connection.merchant_id), Int64GetDatum(batch.connection.connection_id),
	     BoolGetDatum(batch.is_attached), TextDatum(batch.object)},
	    {&keys, &stage_ids, &external_ids, &source_ids, &versions, &hashes, &outcomes, &received, &objects});
	// RETURNING keeps the order of the input and leaves out what was there.
	std::size_t at = 0;
	for (std::uint64_t i = 0; i < rows.count(); ++i) {
		const Uuid key = rows.Id(i, 1);
		while (batch.events[indexes[at]].key != key) {
			++at;
		}
		batch.events[indexes[at]].event_id = rows.Int8(i, 2);
	}
}

// Compares events that were not new with what is stored under their key: equal payloads are
// repeats, others a reused event id.
void
JudgeKnown(Batch &batch, const EventIndexes &known, EventIndexes &reused) {
	static RowsPlan plan("SELECT e.event_key, e.payload_hash, e.event_id FROM {rows} JOIN meshline.event AS e"
	                     " ON e.merchant_id = $1 AND e.connection_id = $2 AND e.event_key = u.event_key",
	                     {INT8OID, INT8OID}, {{"event_key", UUIDOID}});
	Column keys(UUIDOID, known.size());
	for (const auto index : known) {
		keys.Id(batch.events[index].key);
	}
	const Rows rows =
	    plan.Run({Int64GetDatum(batch.connection.merchant_id), Int64GetDatum(batch.connection.connection_id)},
	             {&keys});
	Vector<std::pair<Uuid, std::uint64_t>> stored(batch.arena);
	for (std::uint64_t i = 0; i < rows.count(); ++i) {
		stored.emplace_back(rows.Id(i, 1), i);
	}
	std::sort(stored.begin(), stored.end());
	for (const auto index : known) {
		Event &event = batch.events[index];
		const auto at =
		    std::lower_bound(stored.begin(), stored.end(), std::pair(event.key, std::uint64_t{0}));
		// Not visible: another session wrote it, and this transaction's snapshot is older. The same
		// key without a source id means the same payload in any case.
		const bool is_equal = at == stored.end() || at->first != event.key ||
		                      rows.Id(at->second, 2) == ToUuid(event.extraction.payload_hash);
		if (is_equal) {
			event.outcome = Outcome::repeat;
			event.event_id = at == stored.end() || at->first != event.key ? 0 : rows.Int8(at->second, 3);
		} else {
			reused.push_back(index);
		}
	}
}

// Splits events sorted by key into the first of each key and the rest; of the rest, equal payloads
// are repeats and others reuse the event id.
void
SplitByKey(Batch &batch, const EventIndexes &sorted, EventIndexes &first, EventIndexes &reused) {
	for (const auto index : sorted) {
		Event &event = batch.events[index];
		if (first.empty() || batch.events[first.back()].key != event.key) {
			first.push_back(index);
		} else if (batch.events[first.back()].extraction.payload_hash == event.extraction.payload_hash) {
			event.outcome = Outcome::repeat;
		} else {
			reused.push_back(index);
		}
	}
}

void
SortByKey(const Batch &batch, EventIndexes &indexes) {
	std::sort(indexes.begin(), indexes.end(), [&](std::uint32_t a, std::uint32_t b) {
		const Event &left = batch.events[a];
		const Event &right = batch.events[b];
		return std::pair(left.key, a) < std::pair(right.key, b);
	});
}

// Stores an event id's further payloads under keys of their own, so that each is kept once too.
void
StoreReused(Batch &batch, EventIndexes &reused) {
	for (const auto index : reused) {
		Event &event = batch.events[index];
		event.first_key = event.key;
		event.key = ReusedKey(batch, event);
		event.is_reused = true;
		event.outcome = Outcome::held;
	}
	SortByKey(batch, reused);
	EventIndexes first(batch.arena), again(batch.arena), known(batch.arena);
	SplitByKey(batch, reused, first, again);
	Insert(batch, first);
	for (const auto index : first) {
		if (batch.events[index].event_id == 0) {
			batch.events[index].outcome = Outcome::repeat;
		}
	}
	for (const auto index : reused) {
		// A further copy of a payload that came under the id before is a repeat, and no more than that.
		batch.events[index].is_reused = batch.events[index].outcome != Outcome::repeat;
	}
}

// A row ordered by arrival whose record already says the same is a repeat, whenever it came.
void
FindUnchanged(Batch &batch) {
	static RowsPlan plan("SELECT r.external_id, r.content_hash FROM {rows} JOIN meshline.record AS r"
	                     " ON r.merchant_id = $1 AND r.connection_id = $2 AND r.object = $3"
	                     " AND r.external_id = u.external_id",
	                     {INT8OID, INT8OID, TEXTOID}, {{"external_id", TEXTOID}});
	EventIndexes arrivals(batch.arena);
	for (std::uint32_t i = 0; i < batch.events.size(); ++i) {
		if (batch.events[i].is_ordered_by_arrival) {
			arrivals.push_back(i);
		}
	}
	if (arrivals.empty()) {
		return;
	}
	Column ids(TEXTOID, arrivals.size());
	for (const auto index : arrivals) {
		ids.Text(ExternalId(batch.events[index]));
	}
	const Rows rows =
	    plan.Run({Int64GetDatum(batch.connection.merchant_id), Int64GetDatum(batch.connection.connection_id),
	              TextDatum(batch.events[arrivals.front()].main_fact()->object)},
	             {&ids});
	Vector<std::pair<std::string_view, Uuid>> stored(batch.arena);
	for (std::uint64_t i = 0; i < rows.count(); ++i) {
		stored.emplace_back(rows.Text(i, 1), rows.Id(i, 2));
	}
	std::sort(stored.begin(), stored.end());
	for (const auto index : arrivals) {
		Event &event = batch.events[index];
		const std::pair wanted(ExternalId(event), ToUuid(event.main_fact()->content_hash));
		if (std::binary_search(stored.begin(), stored.end(), wanted)) {
			event.outcome = Outcome::repeat;
		}
	}
}

} // namespace

void
StoreEvents(Batch &batch) {
	EventIndexes sorted(batch.arena), first(batch.arena), reused(batch.arena), known(batch.arena);
	for (Event &event : batch.events) {
		event.outcome = FirstOutcome(event);
		event.key = KeyOf(batch, event);
		if (batch.is_replay) {
			if (ReusedKey(batch, event) == event.row.event_key) {
				event.outcome = Outcome::held;
			}
			event.key = event.row.event_key;
			event.event_id = event.row.event_id;
		}
	}
	if (batch.is_replay) {
		return;
	}
	FindUnchanged(batch);
	for (std::uint32_t i = 0; i < batch.events.size(); ++i) {
		if (batch.events[i].outcome != Outcome::repeat) {
			sorted.push_back(i);
		}
	}
	if (sorted.empty()) {
		return;
	}
	SortByKey(batch, sorted);
	SplitByKey(batch, sorted, first, reused);
	Insert(batch, first);
	for (const auto index : first) {
		if (batch.events[index].event_id == 0) {
			known.push_back(index);
		}
	}
	if (!known.empty()) {
		JudgeKnown(batch, known, reused);
	}
	if (!reused.empty()) {
		StoreReused(batch, reused);
	}
}

void
UpdateOutcomes(const Batch &batch) {
	// What was applied when it came, and is read again after newer versions, was no stale one.
	static RowsPlan plan(
	    "UPDATE meshline.event AS e SET outcome = u.outcome FROM {rows} WHERE e.merchant_id = $1 AND"
	    " e.connection_id = $2 AND e.event_key = u.event_key AND e.outcome <> u.outcome"
	    " AND ($3 IS FALSE OR e.outcome <> 'applied' OR u.outcome <> 'stale')",
	    {INT8OID, INT8OID, BOOLOID}, {{"event_key", UUIDOID}, {"outcome", TEXTOID}});
	Column keys(UUIDOID, batch.events.size()), outcomes(TEXTOID, batch.events.size());
	std::size_t n = 0;
	for (const Event &event : batch.events) {
		if (event.outcome == Outcome::stale || (batch.is_replay && event.outcome != Outcome::repeat)) {
			keys.Id(event.key);
			outcomes.Text(OutcomeName(event.outcome));
			++n;
		}
	}
	if (n > 0) {
		plan.Run({Int64GetDatum(batch.connection.merchant_id), Int64GetDatum(batch.connection.connection_id),
		          BoolGetDatum(batch.is_replay)},
		         {&keys, &outcomes});
	}
}

void
DropKnownCopies(const Batch &batch) {
	static Plan plan(
	    "DELETE FROM meshline.attached_payload AS s WHERE s.merchant_id = $1 AND s.stage_id = ANY ($2)",
	    {INT8OID, INT8ARRAYOID});
	Column ids(INT8OID, batch.events.size());
	for (const Event &event : batch.events) {
		if (event.outcome == Outcome::repeat) {
			ids.Int8(event.row.stage_id);
		}
	}
	if (ids.size() > 0) {
		plan.Run({Int64GetDatum(batch.connection.merchant_id), ids.Array()});
	}
}

} // namespace meshline::pg
