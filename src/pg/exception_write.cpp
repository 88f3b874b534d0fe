// SPDX-License-Identifier: PostgreSQL
#include "core/json_text.hpp"
#include "core/key_hash.hpp"
#include "pg/exception_write.hpp"

#include <algorithm>
#include <string>

#include "pg/spi.hpp"

namespace meshline::pg {

namespace {

std::string
Joined(const Vector<std::string_view> &texts) {
	std::string all;
	for (const auto text : texts) {
		if (!all.empty()) {
			all += '\x1f';
		}
		all.append(text);
	}
	return all;
}

} // namespace

Uuid
FindingKey(std::string_view reason, std::string_view scope, std::string_view subject,
           std::pmr::memory_resource *arena) {
	KeyHash hash(arena);
	hash.Add(reason).Add(scope).Add(subject);
	return ToUuid(hash.Finish());
}

// {"terms": [{"name", "is_count", "record_id", "value_minor"}…], "remedy": …, "formula": …, "correction":
// {"account", "amount_minor"}}, as jsonb writes it; is_count is there when it is true, and the value then no
// money.
std::string
EvidenceJson(const Finding &finding) {
	std::string json = "{\"terms\": [";
	bool is_first = true;
	for (const Term &term : finding.terms) {
		json += is_first ? "{\"name\": " : ", {\"name\": ";
		is_first = false;
		AppendJsonString(json, term.name);
		json += term.is_count ? ", \"is_count\": true, \"record_id\": " : ", \"record_id\": ";
		AppendJsonString(json, term.record_id);
		json += ", \"value_minor\": ";
		AppendNumber(json, term.value);
		json += '}';
	}
	json += "], \"remedy\": ";
	AppendJsonString(json, finding.remedy);
	json += ", \"formula\": ";
	AppendJsonString(json, finding.formula);
	if (finding.correction) {
		json += ", \"correction\": {\"account\": ";
		AppendJsonString(json, finding.correction->account);
		json += ", \"amount_minor\": ";
		AppendNumber(json, finding.correction->amount);
		json += '}';
	}
	json += '}';
	return json;
}

ExceptionWriter::ExceptionWriter(const Config &config, std::int64_t merchant_id, Instant as_of,
                                 std::pmr::memory_resource *arena)
    : config_(config), merchant_id_(merchant_id), as_of_(as_of), changes_(arena), moves_(arena),
      closes_(arena), corrections_(arena), named_(arena), touched_(arena) {
}

void
ExceptionWriter::Put(const Finding &finding, const Uuid &key, std::optional<Uuid> canonical_id) {
	Put(finding, config_.RuleOf(merchant_id_, finding.reason), key, canonical_id);
}

void
ExceptionWriter::Put(const Finding &finding, const ReasonRule &rule, const Uuid &key,
                     std::optional<Uuid> canonical_id) {
	changes_.push_back({&finding, &rule, key, canonical_id, 0, {}, {}, 1});
	if (canonical_id) {
		Touch(*canonical_id);
	}
	if (finding.correction) {
		Correct(key);
	}
}

void
ExceptionWriter::PutForRecord(const Finding &finding, const Uuid &key, std::int64_t connection_id,
                              std::string_view object, std::string_view external_id, std::int32_t copies) {
	changes_.push_back({&finding, &config_.RuleOf(merchant_id_, finding.reason), key, std::nullopt,
	                    connection_id, object, external_id, copies});
}

void
ExceptionWriter::Move(std::int64_t exception_id, const Uuid &canonical_id, const Uuid &key) {
	moves_.push_back({exception_id, canonical_id, key});
	Touch(canonical_id);
}

void
ExceptionWriter::Close(std::int64_t exception_id, std::optional<Uuid> canonical_id) {
	closes_.push_back(exception_id);
	canonical_id ? Touch(*canonical_id) : named_.push_back(exception_id);
}

void
ExceptionWriter::Touch(const Uuid &canonical_id) {
	touched_.push_back(canonical_id);
}

void
ExceptionWriter::Correct(const Uuid &key) {
	corrections_.push_back(key);
}

void
ExceptionWriter::Write() {
	LockNamed();
	if (!moves_.empty()) {
		WriteMoves();
	}
	if (!changes_.empty()) {
		WriteChanges();
	}
	if (!closes_.empty()) {
		WriteCloses();
	}
	if (!corrections_.empty()) {
		WriteCorrections();
	}
	std::sort(touched_.begin(), touched_.end());
	touched_.erase(std::unique(touched_.begin(), touched_.end()), touched_.end());
	CountOpen(merchant_id_, {touched_.data(), touched_.size()});
}

// Locks the entities of exceptions that are open and named by a record, or closed and named by themselves:
// before the exceptions, as everybody does.
void
ExceptionWriter::LockNamed() {
	static RowsPlan by_record(
	    "SELECT c.canonical_id FROM {rows} JOIN meshline.record AS r ON r.merchant_id = $1 AND "
	    "r.connection_id"
	    " = u.connection_id AND r.object = u.object AND r.external_id = u.external_id JOIN meshline.canonical"
	    " AS c ON c.merchant_id = $1 AND c.canonical_id = r.canonical_id ORDER BY c.canonical_id FOR UPDATE"
	    " OF c",
	    {INT8OID}, {{"connection_id", INT8OID}, {"object", TEXTOID}, {"external_id", TEXTOID}});
	static Plan by_exception("SELECT c.canonical_id FROM meshline.recon_exception AS x"
	                         " JOIN meshline.canonical AS c ON c.merchant_id = x.merchant_id"
	                         " AND c.canonical_id = x.canonical_id"
	                         " WHERE x.merchant_id = $1 AND x.exception_id = ANY ($2)"
	                         " ORDER BY c.canonical_id FOR UPDATE OF c",
	                         {INT8OID, INT8ARRAYOID});
	const auto touch = [&](const Rows &rows) {
		for (std::uint64_t row = 0; row < rows.count(); ++row) {
			Touch(rows.Id(row, 1));
		}
	};
	Column connections(INT8OID, changes_.size()), objects(TEXTOID, changes_.size()),
	    external_ids(TEXTOID, changes_.size());
	for (const Change &change : changes_) {
		if (!change.external_id.empty() && !change.rule->is_auto_resolved) {
			connections.Int8(change.connection_id);
			objects.Text(change.object);
			external_ids.Text(change.external_id);
		}
	}
	if (connections.size() > 0) {
		touch(by_record.Run({Int64GetDatum(merchant_id_)}, {&connections, &objects, &external_ids}));
	}
	if (!named_.empty()) {
		Column ids(INT8OID, named_.size());
		for (const auto id : named_) {
			ids.Int8(id);
		}
		touch(by_exception.Run({Int64GetDatum(merchant_id_), ids.Array()}));
	}
}

void
ExceptionWriter::WriteCorrections() {
	static Plan plan("SELECT meshline._correct($1, $2, $3)", {INT8OID, TIMESTAMPTZOID, UUIDARRAYOID});
	Column keys(UUIDOID, corrections_.size());
	for (const Uuid &key : corrections_) {
		keys.Id(key);
	}
	plan.Run({Int64GetDatum(merchant_id_), TimestampTzGetDatum(ToTimestamp(as_of_)), keys.Array()});
}

void
ExceptionWriter::WriteMoves() {
	// The key may be taken by an exception that the other entity had long ago; then that one is re-opened
	// and this one ends with its entity.
	static RowsPlan plan(
	    "UPDATE meshline.recon_exception AS x SET canonical_id = CASE WHEN t.finding_key IS NULL THEN"
	    " u.canonical_id ELSE x.canonical_id END, finding_key = CASE WHEN t.finding_key IS NULL THEN"
	    " u.finding_key ELSE x.finding_key END, is_present = t.finding_key IS NULL, closed_at = CASE"
	    " WHEN t.finding_key IS NULL THEN x.closed_at ELSE COALESCE(x.closed_at, $2) END, closed_by ="
	    " CASE WHEN t.finding_key IS NULL THEN x.closed_by ELSE COALESCE(x.closed_by, 'meshline') END,"
	    " status = CASE WHEN t.finding_key IS NULL OR x.closed_at IS NOT NULL THEN x.status ELSE"
	    " 'auto_resolved' END FROM {rows} LEFT JOIN meshline.recon_exception AS t ON t.merchant_id = $1"
	    " AND t.finding_key = u.finding_key WHERE x.merchant_id = $1 AND x.exception_id = u.exception_id",
	    {INT8OID, TIMESTAMPTZOID},
	    {{"exception_id", INT8OID}, {"canonical_id", UUIDOID}, {"finding_key", UUIDOID}});
	Column ids(INT8OID, moves_.size()), canonical_ids(UUIDOID, moves_.size()), keys(UUIDOID, moves_.size());
	for (const Moved &moved : moves_) {
		ids.Int8(moved.exception_id);
		canonical_ids.Id(moved.canonical_id);
		keys.Id(moved.key);
	}
	plan.Run({Int64GetDatum(merchant_id_), TimestampTzGetDatum(ToTimestamp(as_of_))},
	         {&ids, &canonical_ids, &keys});
}

// Whether an approval that was given for an exception is void: another finding is not what was approved.
#define MESHLINE_IS_VOID "EXISTS (SELECT FROM voided AS v WHERE v.exception_id = x.exception_id)"

// Whether what people or the engine made of an exception stands when it is found once more: not when it was
// gone meanwhile, what people closed not when there is more money at risk now, and what a second person
// approved only as it was.
#define MESHLINE_STANDS                                                                                      \
	"x.is_present AND (x.closed_at IS NULL OR x.status = 'auto_resolved'"                                    \
	" OR (excluded.amount_at_risk_minor <= x.amount_at_risk_minor AND NOT " MESHLINE_IS_VOID "))"

#define MESHLINE_ACTION                                                                                      \
	"CASE WHEN " MESHLINE_IS_VOID                                                                            \
	" THEN 'seen again, not as it was approved: the approval is void' ELSE 'seen again' END"

void
ExceptionWriter::WriteChanges() {
	// Each hash of the history covers the line and the hash before it, so a line cannot be changed or
	// taken out unnoticed; meshline.verify_history() checks it.
	static RowsPlan plan(
	    "WITH given AS MATERIALIZED ( SELECT u.*, COALESCE(u.canonical_id_given, r.canonical_id) AS"
	    " canonical_id, CASE WHEN u.is_auto_resolved THEN 'auto_resolved' ELSE 'open' END AS"
	    " first_status FROM {rows} LEFT JOIN meshline.record AS r ON r.merchant_id = $1 AND"
	    " r.connection_id = u.connection_id AND r.object = u.object AND r.external_id = u.external_id),"
	    " voided AS ( UPDATE meshline.approval AS a SET state = 'void', voided_at = $2 FROM given AS g"
	    " JOIN meshline.recon_exception AS o ON o.merchant_id = $1 AND o.finding_key = g.finding_key"
	    " WHERE EXISTS (SELECT FROM meshline.approval AS e WHERE e.merchant_id = $1 AND e.state = 'approved')"
	    " AND a.merchant_id = $1 AND a.exception_id = o.exception_id AND a.state = 'approved'"
	    " AND (NOT o.is_present OR (o.expected_minor, o.actual_minor, o.amount_at_risk_minor, o.currency,"
	    " o.evidence) IS DISTINCT FROM (g.expected_minor, g.actual_minor, g.at_risk_minor, g.currency,"
	    " g.evidence::pg_catalog.jsonb)) RETURNING a.exception_id),"
	    " written AS ( INSERT INTO meshline.recon_exception AS x (merchant_id, finding_key,"
	    " canonical_id, connection_id, reason_code, subject, status, is_present, severity, owner_queue,"
	    " is_holding, expected_minor, actual_minor, amount_at_risk_minor, currency, record_ids,"
	    " opened_at, last_seen_at, due_at, closed_at, closed_by, occurrences, explanation, evidence,"
	    " history_hash) SELECT $1, g.finding_key, g.canonical_id, NULLIF(g.connection_id, 0),"
	    " g.reason_code, g.subject, g.first_status, true, g.severity, g.owner_queue, g.is_holding,"
	    " g.expected_minor, g.actual_minor, g.at_risk_minor, g.currency,"
	    " pg_catalog.string_to_array(g.record_ids, E'\\x1f'), $2, $2, g.due_at, CASE WHEN"
	    " g.is_auto_resolved THEN $2 END, CASE WHEN g.is_auto_resolved THEN 'meshline' END, g.copies,"
	    " g.explanation, g.evidence::pg_catalog.jsonb, meshline._history_hash(NULL, g.reason_code, "
	    "g.subject, $2,"
	    " 'meshline', 'opened', g.first_status, g.at_risk_minor, g.explanation) FROM given AS g ON CONFLICT "
	    "(merchant_id,"
	    " finding_key) DO UPDATE SET canonical_id = excluded.canonical_id, is_present = true, status ="
	    " CASE WHEN " MESHLINE_STANDS
	    " THEN x.status ELSE excluded.status END, closed_at = CASE WHEN " MESHLINE_STANDS
	    " THEN x.closed_at ELSE excluded.closed_at END, closed_by = CASE WHEN " MESHLINE_STANDS
	    " THEN x.closed_by ELSE excluded.closed_by END, opened_at = CASE WHEN x.is_present THEN"
	    " x.opened_at ELSE excluded.opened_at END, occurrences = x.occurrences + CASE WHEN x.reason_code"
	    " IN ('DUPLICATE_EVENT', 'STALE_EVENT') THEN excluded.occurrences WHEN x.is_present THEN 0 ELSE"
	    " 1 END, severity = CASE WHEN x.is_present THEN x.severity ELSE excluded.severity END,"
	    " owner_queue = CASE WHEN x.is_present THEN x.owner_queue ELSE excluded.owner_queue END,"
	    " is_holding = CASE WHEN " MESHLINE_IS_VOID " THEN x.is_holding OR excluded.is_holding"
	    " WHEN x.is_present THEN x.is_holding ELSE excluded.is_holding END,"
	    " expected_minor = excluded.expected_minor, actual_minor = excluded.actual_minor,"
	    " amount_at_risk_minor = excluded.amount_at_risk_minor, currency = excluded.currency, record_ids"
	    " = excluded.record_ids, last_seen_at = excluded.last_seen_at, due_at = excluded.due_at,"
	    " explanation = excluded.explanation, evidence = excluded.evidence, history_hash ="
	    " meshline._history_hash(x.history_hash, x.reason_code, x.subject, $2, 'meshline', " MESHLINE_ACTION
	    ", "
	    "CASE WHEN " MESHLINE_STANDS " THEN x.status"
	    " ELSE excluded.status END, excluded.amount_at_risk_minor, excluded.explanation) RETURNING"
	    " x.exception_id, x.occurrences, x.status, x.amount_at_risk_minor, x.explanation,"
	    " x.history_hash, CASE WHEN x.xmax = 0 THEN 'opened' ELSE " MESHLINE_ACTION
	    " END AS action) INSERT INTO meshline.exception_history (merchant_id,"
	    " exception_id, happened_at, actor, action, status, amount_at_risk_minor, explanation, hash)"
	    " SELECT $1, w.exception_id, $2, 'meshline', w.action, w.status, w.amount_at_risk_minor, "
	    "w.explanation, w.history_hash FROM written AS w",
	    {INT8OID, TIMESTAMPTZOID}, {{"finding_key", UUIDOID},      {"canonical_id_given", UUIDOID},
	                                {"connection_id", INT8OID},    {"object", TEXTOID},
	                                {"external_id", TEXTOID},      {"reason_code", TEXTOID},
	                                {"subject", TEXTOID},          {"severity", TEXTOID},
	                                {"owner_queue", TEXTOID},      {"is_holding", BOOLOID},
	                                {"is_auto_resolved", BOOLOID}, {"expected_minor", INT8OID},
	                                {"actual_minor", INT8OID},     {"at_risk_minor", INT8OID},
	                                {"currency", TEXTOID},         {"record_ids", TEXTOID},
	                                {"due_at", TIMESTAMPTZOID},    {"explanation", TEXTOID},
	                                {"evidence", TEXTOID},         {"copies", INT4OID}});
#undef MESHLINE_ACTION
#undef MESHLINE_STANDS
#undef MESHLINE_IS_VOID
	std::sort(changes_.begin(), changes_.end(),
	          [](const Change &a, const Change &b) { return a.key < b.key; });
	const std::size_t n = changes_.size();
	Column keys(UUIDOID, n), canonical_ids(UUIDOID, n), connections(INT8OID, n), objects(TEXTOID, n),
	    external_ids(TEXTOID, n), reasons(TEXTOID, n), subjects(TEXTOID, n), severities(TEXTOID, n),
	    owners(TEXTOID, n), holding(BOOLOID, n), automatic(BOOLOID, n), expected(INT8OID, n),
	    actual(INT8OID, n), at_risk(INT8OID, n), currencies(TEXTOID, n), record_ids(TEXTOID, n),
	    due(TIMESTAMPTZOID, n), explanations(TEXTOID, n), evidence(TEXTOID, n), copies(INT4OID, n);
	for (const Change &change : changes_) {
		const Finding &finding = *change.finding;
		const ReasonRule &rule = *change.rule;
		keys.Id(change.key);
		change.canonical_id ? canonical_ids.Id(*change.canonical_id) : canonical_ids.Null();
		connections.Int8(change.connection_id);
		objects.TextOrNull(change.object);
		external_ids.TextOrNull(change.external_id);
		reasons.Text(rule.name);
		subjects.Text(finding.subject);
		severities.Text(rule.severity);
		owners.Text(rule.owner_queue);
		holding.Bool(rule.is_holding);
		automatic.Bool(rule.is_auto_resolved);
		expected.Int8(finding.expected);
		actual.Int8(finding.actual);
		at_risk.Int8(finding.at_risk);
		currencies.TextOrNull(finding.currency);
		record_ids.Text(Joined(finding.record_ids));
		due.Time(finding.due_at);
		explanations.Text(finding.explanation);
		evidence.Text(EvidenceJson(finding));
		copies.Int4(change.copies);
	}
	plan.Run({Int64GetDatum(merchant_id_), TimestampTzGetDatum(ToTimestamp(as_of_))},
	         {&keys,       &canonical_ids, &connections, &objects,      &external_ids, &reasons, &subjects,
	          &severities, &owners,        &holding,     &automatic,    &expected,     &actual,  &at_risk,
	          &currencies, &record_ids,    &due,         &explanations, &evidence,     &copies});
}

void
ExceptionWriter::WriteCloses() {
	static Plan plan("SELECT meshline._close_gone($1, $2, $3)", {INT8OID, TIMESTAMPTZOID, INT8ARRAYOID});
	Column ids(INT8OID, closes_.size());
	for (const auto id : closes_) {
		ids.Int8(id);
	}
	plan.Run({Int64GetDatum(merchant_id_), TimestampTzGetDatum(ToTimestamp(as_of_)), ids.Array()});
}

void
CountOpen(std::int64_t merchant_id, std::span<const Uuid> canonical_ids) {
	// The sum is held within bigint: no amount that a payload states makes a load fail.
	static RowsPlan plan(
	    "UPDATE meshline.canonical AS c SET open_count = x.open_count, is_held = x.is_held, at_risk_minor ="
	    " x.at_risk_minor, next_owner = x.next_owner FROM ( SELECT u.canonical_id,"
	    " count(e.exception_id)::pg_catalog.int4 AS open_count, COALESCE(bool_or(e.is_holding), false) AS"
	    " is_held, LEAST(COALESCE(sum(e.amount_at_risk_minor), 0), 9223372036854775807)::pg_catalog.int8 AS"
	    " at_risk_minor, (array_agg(e.owner_queue ORDER BY e.is_holding DESC, array_position("
	    "ARRAY['critical', 'high', 'medium', 'low', 'info'], e.severity), e.exception_id))[1] AS next_owner"
	    " FROM {rows} LEFT JOIN meshline.recon_exception AS e ON e.merchant_id = $1 AND e.canonical_id ="
	    " u.canonical_id AND e.closed_at IS NULL GROUP BY u.canonical_id) AS x WHERE c.merchant_id = $1 AND"
	    " c.canonical_id = x.canonical_id AND (c.open_count, c.is_held, c.at_risk_minor, c.next_owner) IS"
	    " DISTINCT FROM (x.open_count, x.is_held, x.at_risk_minor, x.next_owner)",
	    {INT8OID}, {{"canonical_id", UUIDOID}});
	if (canonical_ids.empty()) {
		return;
	}
	Column ids(UUIDOID, canonical_ids.size());
	for (const Uuid &id : canonical_ids) {
		ids.Id(id);
	}
	plan.Run({Int64GetDatum(merchant_id)}, {&ids});
}

} // namespace meshline::pg
