// SPDX-License-Identifier: PostgreSQL
#include "core/item_text.hpp"
#include "core/json_text.hpp"
#include "core/stated_totals.hpp"
#include "pg/record_store.hpp"

#include <algorithm>
#include <string>
#include <tuple>

#include "pg/spi.hpp"

namespace meshline::pg {

namespace {

auto
KeyOf(const BatchRecord &record) {
	return std::tie(record.fact->object, record.fact->external_id);
}

auto
VersionOf(const BatchRecord &record) {
	return std::tie(record.version_at, record.fact->version_sequence);
}

// {"name": ..., "email": ...} of what is known; "" when nothing is.
std::string
PartyJson(const Party &party) {
	std::string json;
	for (std::size_t field = 0; field < party.size(); ++field) {
		if (!party[field].empty()) {
			json += json.empty() ? "{" : ", ";
			AppendJsonString(json, Name(static_cast<PartyField>(field)));
			json += ": ";
			AppendJsonString(json, party[field]);
		}
	}
	return json.empty() ? json : json + "}";
}

// "{800,NULL,...}" of what is known, without what is unknown at its end; "" when nothing is.
std::string
PartsArray(const Parts &parts) {
	std::string array;
	std::string unknown;
	for (const auto &part : parts) {
		if (!part) {
			unknown += "NULL,";
			continue;
		}
		array += unknown;
		unknown.clear();
		AppendNumber(array, *part);
		array += ',';
	}
	if (array.empty()) {
		return array;
	}
	array.back() = '}';
	return "{" + array;
}

// The total that a version of an order states, where it can be trusted.
std::optional<Minor>
TotalOf(const BatchRecord &record) {
	return record.fact->kind == Kind::order && record.problems.empty() ? record.fact->amount : std::nullopt;
}

// Adds what an older version of an order in the same batch states.
void
AddStated(BatchRecord &record, const BatchRecord &older, std::pmr::memory_resource *arena) {
	StatedTotals stated(arena);
	for (const Minor total : record.stated) {
		stated.Add(total);
	}
	stated.Add(TotalOf(older));
	stated.Add(TotalOf(record));
	if (!stated.IsOnly(TotalOf(record))) {
		const auto totals = stated.totals();
		auto *copy = static_cast<Minor *>(arena->allocate(totals.size_bytes(), alignof(Minor)));
		std::copy(totals.begin(), totals.end(), copy);
		record.stated = {copy, totals.size()};
	}
}

// "{3000,5000}", or "" for none.
std::string
TotalsArray(std::span<const Minor> totals) {
	std::string array;
	for (const Minor total : totals) {
		array += array.empty() ? '{' : ',';
		AppendNumber(array, total);
	}
	return array.empty() ? array : array + '}';
}

// What a version of an order that is older than the stored one says of its total is kept with that one.
void
KeepStated(const Batch &batch) {
	static Plan plan("UPDATE meshline.record AS r SET stated_minor = s.stated_minor"
	                 " FROM unnest($3::pg_catalog.text[], $4::pg_catalog.text[], $5::pg_catalog.int8[],"
	                 " $6::pg_catalog.text[]) AS u (object, external_id, amount_minor, stated),"
	                 " LATERAL (SELECT meshline._stated_totals(k.stated_minor,"
	                 " u.stated::pg_catalog.int8[], CASE WHEN k.problems IS NULL THEN k.amount_minor END,"
	                 " u.amount_minor) AS stated_minor FROM meshline.record AS k WHERE k.merchant_id = $1"
	                 " AND k.connection_id = $2 AND k.object = u.object AND k.external_id = u.external_id"
	                 " AND k.kind = 'order') AS s"
	                 " WHERE r.merchant_id = $1 AND r.connection_id = $2 AND r.object = u.object"
	                 " AND r.external_id = u.external_id AND r.stated_minor IS DISTINCT FROM s.stated_minor",
	                 {INT8OID, INT8OID, TEXTARRAYOID, TEXTARRAYOID, INT8ARRAYOID, TEXTARRAYOID});
	Column objects(TEXTOID, batch.records.size()), external_ids(TEXTOID, batch.records.size()),
	    amounts(INT8OID, batch.records.size()), stated(TEXTOID, batch.records.size());
	for (const BatchRecord &record : batch.records) {
		if (!record.is_applied && (TotalOf(record) || !record.stated.empty())) {
			objects.Text(record.fact->object);
			external_ids.Text(record.fact->external_id);
			amounts.Int8(TotalOf(record));
			stated.TextOrNull(TotalsArray(record.stated));
		}
	}
	if (objects.size() > 0) {
		plan.Run({Int64GetDatum(batch.connection.merchant_id), Int64GetDatum(batch.connection.connection_id),
		          objects.Array(), external_ids.Array(), amounts.Array(), stated.Array()});
	}
}

// An event whose own record was not applied is stale, unless the stored record says the very same.
void
JudgeStale(Batch &batch) {
	static Plan plan("SELECT r.content_hash"
	                 " FROM unnest($3::pg_catalog.text[], $4::pg_catalog.text[]) WITH ORDINALITY"
	                 " AS u (object, external_id, position)"
	                 " LEFT JOIN meshline.record AS r ON r.merchant_id = $1 AND r.connection_id = $2"
	                 " AND r.object = u.object AND r.external_id = u.external_id ORDER BY u.position",
	                 {INT8OID, INT8OID, TEXTARRAYOID, TEXTARRAYOID});
	const auto is_asked = [&](const BatchRecord &record) {
		return !record.is_applied && record.is_main && batch.events[record.event].outcome == Outcome::applied;
	};
	Column objects(TEXTOID, batch.records.size()), external_ids(TEXTOID, batch.records.size());
	for (const BatchRecord &record : batch.records) {
		if (is_asked(record)) {
			objects.Text(record.fact->object);
			external_ids.Text(record.fact->external_id);
		}
	}
	const Rows rows =
	    plan.Run({Int64GetDatum(batch.connection.merchant_id), Int64GetDatum(batch.connection.connection_id),
	              objects.Array(), external_ids.Array()});
	std::uint64_t row = 0;
	for (const BatchRecord &record : batch.records) {
		if (is_asked(record) && rows.Id(row++, 1) != ToUuid(record.fact->content_hash)) {
			batch.events[record.event].outcome = Outcome::stale;
		}
	}
}

} // namespace

void
KeepNewest(Batch &batch) {
	std::sort(batch.records.begin(), batch.records.end(), [&](const BatchRecord &a, const BatchRecord &b) {
		if (KeyOf(a) != KeyOf(b)) {
			return KeyOf(a) < KeyOf(b);
		}
		if (VersionOf(a) != VersionOf(b)) {
			return VersionOf(a) > VersionOf(b);
		}
		if (a.fact->content_hash != b.fact->content_hash) {
			return batch.is_typed_row ? a.event > b.event : a.fact->content_hash > b.fact->content_hash;
		}
		return std::pair(!a.is_main, a.event) < std::pair(!b.is_main, b.event);
	});
	Vector<BatchRecord> kept(batch.arena);
	kept.reserve(batch.records.size());
	for (BatchRecord &record : batch.records) {
		if (kept.empty() || KeyOf(kept.back()) != KeyOf(record)) {
			kept.push_back(std::move(record));
			continue;
		}
		AddStated(kept.back(), record, batch.arena);
		if (record.is_main && record.event > kept.back().event && // it came after the newer one
		    record.fact->content_hash != kept.back().fact->content_hash &&
		    batch.events[record.event].outcome == Outcome::applied) {
			batch.events[record.event].outcome = Outcome::stale;
		}
	}
	batch.records = std::move(kept);
}

// Between equal versions of different content the greater hash stands, so that the order of arrival does
// not matter; a typed row was changed in its table, so what came later is what the table says. What a replay
// does not change is as old as it was.
void
StoreRecords(Batch &batch) {
	static RowsPlan plan(
	    "INSERT INTO meshline.record AS r (merchant_id, connection_id, object, external_id,"
	    " canonical_id, kind, status, posting_type, is_test, is_summary, is_authority, is_currency_assumed, "
	    "amount_minor, "
	    "fee_minor,"
	    " net_minor, currency, processor, about, payout_id, occurred_at, expected_at, version_at,"
	    " version_sequence, content_hash, line_count, same_ids, ref_ids, weak_ids, problems,"
	    " party, parts, items, stated_minor, is_closed, presentment_minor, presentment_currency, "
	    "payload_path,"
	    " event_id, applied_at) SELECT $1, $2, u.object,"
	    " u.external_id, u.canonical_id,"
	    " u.kind, u.status, u.posting_type, u.is_test, u.is_summary, u.is_authority, u.is_currency_assumed, "
	    "u.amount_minor, "
	    "u.fee_minor,"
	    " u.net_minor, u.currency, u.processor, u.about, u.payout_id, u.occurred_at, u.expected_at,"
	    " u.version_at, u.version_sequence, u.content_hash, u.line_count,"
	    " pg_catalog.string_to_array(u.same_ids, E'\\x1f'), pg_catalog.string_to_array(u.ref_ids,"
	    " E'\\x1f'), pg_catalog.string_to_array(u.weak_ids, E'\\x1f'), u.problems,"
	    " u.party::pg_catalog.json, u.parts::pg_catalog.int8[], u.items::pg_catalog.json,"
	    " u.stated::pg_catalog.int8[], u.is_closed,"
	    " u.presentment_minor, u.presentment_currency, u.payload_path,"
	    " u.event_id, $3 FROM {rows} ON CONFLICT (merchant_id, connection_id, object, external_id) DO"
	    " UPDATE SET canonical_id = excluded.canonical_id, kind = excluded.kind, status ="
	    " excluded.status, posting_type = excluded.posting_type, is_test = excluded.is_test, is_summary"
	    " = excluded.is_summary, is_authority = excluded.is_authority, is_currency_assumed = "
	    "excluded.is_currency_assumed, amount_minor = excluded.amount_minor, "
	    "fee_minor = excluded.fee_minor,"
	    " net_minor = excluded.net_minor, currency = excluded.currency, processor = excluded.processor,"
	    " about = excluded.about, payout_id = excluded.payout_id, occurred_at = excluded.occurred_at,"
	    " expected_at = excluded.expected_at, version_at = excluded.version_at, version_sequence ="
	    " excluded.version_sequence, content_hash = excluded.content_hash, line_count ="
	    " excluded.line_count, same_ids = excluded.same_ids, ref_ids = excluded.ref_ids, weak_ids ="
	    " excluded.weak_ids, problems = excluded.problems, party ="
	    " excluded.party, parts = excluded.parts, items = excluded.items, stated_minor = CASE"
	    " WHEN excluded.kind = 'order' AND (r.amount_minor IS DISTINCT FROM excluded.amount_minor OR"
	    " r.stated_minor IS NOT NULL OR excluded.stated_minor IS NOT NULL) THEN"
	    " meshline._stated_totals(r.stated_minor, excluded.stated_minor, CASE WHEN excluded.problems IS NULL"
	    " THEN excluded.amount_minor END, CASE WHEN r.problems IS NULL THEN r.amount_minor END) END,"
	    " is_closed = excluded.is_closed,"
	    " presentment_minor = excluded.presentment_minor, presentment_currency ="
	    " excluded.presentment_currency, payload_path = excluded.payload_path,"
	    " event_id = excluded.event_id, applied_at = CASE WHEN $4 AND pg_catalog.to_jsonb(r) - "
	    "'{applied_at,stated_minor}'::pg_catalog.text[] ="
	    " pg_catalog.to_jsonb(excluded) - '{applied_at,stated_minor}'::pg_catalog.text[] THEN r.applied_at "
	    "ELSE excluded.applied_at END WHERE"
	    " (r.version_at,"
	    " r.version_sequence) < (excluded.version_at, excluded.version_sequence) OR ((r.version_at,"
	    " r.version_sequence) = (excluded.version_at, excluded.version_sequence) AND CASE WHEN $5 THEN"
	    " NOT $4 AND r.event_id < excluded.event_id ELSE r.content_hash < excluded.content_hash END) OR ($4 "
	    "AND"
	    " r.event_id = excluded.event_id) RETURNING r.object, r.external_id",
	    {INT8OID, INT8OID, TIMESTAMPTZOID, BOOLOID, BOOLOID},
	    {{"object", TEXTOID},
	     {"external_id", TEXTOID},
	     {"canonical_id", UUIDOID},
	     {"kind", TEXTOID},
	     {"status", TEXTOID},
	     {"posting_type", TEXTOID},
	     {"is_test", BOOLOID},
	     {"is_summary", BOOLOID},
	     {"is_authority", BOOLOID},
	     {"is_currency_assumed", BOOLOID},
	     {"amount_minor", INT8OID},
	     {"fee_minor", INT8OID},
	     {"net_minor", INT8OID},
	     {"currency", TEXTOID},
	     {"processor", TEXTOID},
	     {"about", TEXTOID},
	     {"payout_id", UUIDOID},
	     {"occurred_at", TIMESTAMPTZOID},
	     {"expected_at", TIMESTAMPTZOID},
	     {"version_at", TIMESTAMPTZOID},
	     {"version_sequence", INT8OID},
	     {"content_hash", UUIDOID},
	     {"line_count", INT4OID},
	     {"same_ids", TEXTOID},
	     {"ref_ids", TEXTOID},
	     {"weak_ids", TEXTOID},
	     {"problems", TEXTOID},
	     {"party", TEXTOID},
	     {"parts", TEXTOID},
	     {"items", TEXTOID},
	     {"stated", TEXTOID},
	     {"is_closed", BOOLOID},
	     {"presentment_minor", INT8OID},
	     {"presentment_currency", TEXTOID},
	     {"payload_path", TEXTOID},
	     {"event_id", INT8OID}});
	const std::size_t n = batch.records.size();
	Column objects(TEXTOID, n), external_ids(TEXTOID, n), canonical_ids(UUIDOID, n), kinds(TEXTOID, n),
	    statuses(TEXTOID, n), postings(TEXTOID, n), tests(BOOLOID, n), summaries(BOOLOID, n),
	    authorities(BOOLOID, n), assumed(BOOLOID, n), amounts(INT8OID, n), fees(INT8OID, n), nets(INT8OID, n),
	    currencies(TEXTOID, n), processors(TEXTOID, n), abouts(TEXTOID, n), payouts(UUIDOID, n),
	    occurred(TIMESTAMPTZOID, n), expected(TIMESTAMPTZOID, n), versions(TIMESTAMPTZOID, n),
	    sequences(INT8OID, n), hashes(UUIDOID, n), lines(INT4OID, n), same(TEXTOID, n), ref(TEXTOID, n),
	    weak(TEXTOID, n), problems(TEXTOID, n), parties(TEXTOID, n), parts(TEXTOID, n), items(TEXTOID, n),
	    stated(TEXTOID, n), closed(BOOLOID, n), presentments(INT8OID, n), presentment_currencies(TEXTOID, n),
	    paths(TEXTOID, n), events(INT8OID, n);
	for (const BatchRecord &record : batch.records) {
		const Fact &fact = *record.fact;
		objects.Text(fact.object);
		external_ids.Text(fact.external_id);
		canonical_ids.Id(batch.clusters[record.cluster].canonical_id);
		kinds.Text(Name(fact.kind));
		statuses.Text(Name(fact.status));
		fact.posting == Posting::none ? postings.Null() : postings.Text(Name(fact.posting));
		tests.Bool(fact.is_test);
		summaries.Bool(fact.is_summary);
		authorities.Bool(fact.is_authority);
		assumed.Bool(fact.is_currency_assumed);
		amounts.Int8(fact.amount);
		fees.Int8(fact.fee);
		nets.Int8(fact.net);
		currencies.TextOrNull(fact.currency);
		processors.TextOrNull(fact.processor);
		abouts.TextOrNull(record.about);
		record.payout_id ? payouts.Id(*record.payout_id) : payouts.Null();
		occurred.Time(fact.occurred_at);
		expected.Time(fact.expected_at);
		versions.Time(record.version_at);
		sequences.Int8(fact.version_sequence);
		hashes.Id(ToUuid(fact.content_hash));
		lines.Int4(fact.line_count);
		same.Text(record.same_ids);
		ref.Text(record.ref_ids);
		weak.Text(record.weak_ids);
		problems.TextOrNull(record.problems);
		parties.TextOrNull(PartyJson(fact.party));
		parts.TextOrNull(PartsArray(fact.parts));
		items.TextOrNull(ItemsText(Span(fact.items)));
		stated.TextOrNull(TotalsArray(record.stated));
		closed.Bool(fact.is_closed);
		presentments.Int8(fact.presentment);
		presentment_currencies.TextOrNull(fact.presentment_currency);
		paths.Text(fact.path);
		events.Int8(batch.events[record.event].event_id);
	}
	const Rows rows =
	    plan.Run({Int64GetDatum(batch.connection.merchant_id), Int64GetDatum(batch.connection.connection_id),
	              TimestampTzGetDatum(ToTimestamp(batch.as_of)), BoolGetDatum(batch.is_replay),
	              BoolGetDatum(batch.is_typed_row)},
	             {&objects,       &external_ids,
	              &canonical_ids, &kinds,
	              &statuses,      &postings,
	              &tests,         &summaries,
	              &authorities,   &assumed,
	              &amounts,       &fees,
	              &nets,          &currencies,
	              &processors,    &abouts,
	              &payouts,       &occurred,
	              &expected,      &versions,
	              &sequences,     &hashes,
	              &lines,         &same,
	              &ref,           &weak,
	              &problems,      &parties,
	              &parts,         &items,
	              &stated,        &closed,
	              &presentments,  &presentment_currencies,
	              &paths,         &events});
	// RETURNING keeps the order of the input and leaves out what is older than the stored version.
	std::size_t at = 0;
	for (std::uint64_t row = 0; row < rows.count(); ++row) {
		while (batch.records[at].fact->object != rows.Text(row, 1) ||
		       batch.records[at].fact->external_id != rows.Text(row, 2)) {
			++at;
		}
		batch.records[at].is_applied = true;
	}
	if (rows.count() < n) {
		KeepStated(batch);
		JudgeStale(batch);
	}
}

} // namespace meshline::pg
