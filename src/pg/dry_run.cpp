// SPDX-License-Identifier: PostgreSQL
// What the checks would say under another policy: they run twice over the same records, and nothing is kept.
#include <algorithm>
#include <string>
#include <tuple>

#include "core/error.hpp"
#include "pg/config.hpp"
#include "pg/memory_resource.hpp"
#include "pg/progress.hpp"
#include "pg/reconcile_store.hpp"
#include "pg/rows_out.hpp"

namespace meshline::pg {

namespace {

constexpr std::int64_t portion = 1000;
constexpr std::uint64_t told_after = 100'000;

struct Strings {
	Datum *values;
	bool *nulls;
	int count;
};

Strings
Unpack(Datum array, Oid type, std::int16_t length, bool by_value, char alignment) {
	return PgCall([&] {
		Strings s{};
		deconstruct_array(DatumGetArrayTypeP(array), type, length, by_value, alignment, &s.values, &s.nulls,
		                  &s.count);
		return s;
	});
}

// (merchant_id, as_of, connection_ids, keys, values, reason_codes, are_enabled)
ConfigChanges
ReadChanges(FunctionCallInfo fcinfo) {
	ConfigChanges changes;
	changes.merchant_id = PG_GETARG_INT64(0);
	const Strings connections = Unpack(PG_GETARG_DATUM(2), INT8OID, 8, FLOAT8PASSBYVAL, TYPALIGN_DOUBLE);
	const Strings keys = Unpack(PG_GETARG_DATUM(3), TEXTOID, -1, false, TYPALIGN_INT);
	const Strings values = Unpack(PG_GETARG_DATUM(4), TEXTOID, -1, false, TYPALIGN_INT);
	for (int i = 0; i < keys.count; ++i) {
		changes.policies.push_back(
		    {DatumGetInt64(connections.values[i]), std::string(TextView(keys.values[i])),
		     values.nulls[i] ? std::string() : std::string(TextView(values.values[i]))});
	}
	const Strings reasons = Unpack(PG_GETARG_DATUM(5), TEXTOID, -1, false, TYPALIGN_INT);
	const Strings enabled = Unpack(PG_GETARG_DATUM(6), BOOLOID, 1, true, TYPALIGN_CHAR);
	for (int i = 0; i < reasons.count; ++i) {
		const std::string_view name = TextView(reasons.values[i]);
		const auto reason = ParseReason(name);
		if (!reason) {
			throw Error("22023", "reason code \"" + std::string(name) + "\" is not known");
		}
		changes.enabled.emplace_back(*reason, DatumGetBool(enabled.values[i]));
	}
	return changes;
}

// How far a run has come.
struct Position {
	Uuid last;
	std::uint64_t looked_at = 0;
	std::uint64_t left_out = 0;
	bool is_end = false;
};

// The next entities, without a lock. One that a record was applied to after the moment is left out: what it
// was like before is not stored.
void
ReadPortion(ReconcileSet &set, Position &position) {
	static Plan plan(
	    "SELECT c.canonical_id, c.kind, c.finding_count,"
	    " EXISTS (SELECT FROM meshline.record AS r WHERE r.merchant_id = $1 AND r.canonical_id ="
	    " c.canonical_id AND r.applied_at > $3) OR EXISTS (SELECT FROM meshline.record AS r WHERE"
	    " r.merchant_id = $1 AND r.payout_id = c.canonical_id AND r.applied_at > $3)"
	    " FROM meshline.canonical AS c"
	    " WHERE c.merchant_id = $1 AND c.canonical_id > $2"
	    " ORDER BY c.canonical_id LIMIT $4",
	    {INT8OID, UUIDOID, TIMESTAMPTZOID, INT8OID});
	const Rows rows = plan.Run({Int64GetDatum(set.merchant_id), UuidDatum(position.last),
	                            TimestampTzGetDatum(ToTimestamp(set.as_of)), Int64GetDatum(portion)});
	for (std::uint64_t i = 0; i < rows.count(); ++i) {
		position.last = rows.Id(i, 1);
		if (rows.Bool(i, 4)) {
			++position.left_out;
			continue;
		}
		Entity &entity = set.entities.emplace_back(set.arena);
		entity.canonical_id = position.last;
		entity.kind = rows.Text(i, 2);
		entity.finding_count = rows.Int4(i, 3);
	}
	position.looked_at += rows.count();
	position.is_end = rows.count() < portion;
}

bool
IsSame(const Finding &a, const Finding &b) {
	return a.expected == b.expected && a.actual == b.actual && a.at_risk == b.at_risk &&
	       a.currency == b.currency;
}

class Difference {
public:
	Difference(RowsOut &out, std::int64_t merchant_id) : out_(out), merchant_id_(merchant_id) {
	}

	// Both sorted by reason and subject.
	void
	Put(const Uuid &id, const Vector<Finding> &before, const Vector<Finding> &after) {
		const auto key = [](const Finding &finding) { return std::tie(finding.reason, finding.subject); };
		std::size_t b = 0, a = 0;
		while (b < before.size() || a < after.size()) {
			if (a == after.size() || (b < before.size() && key(before[b]) < key(after[a]))) {
				PutRow(id, "would_close", &before[b++], nullptr);
			} else if (b == before.size() || key(after[a]) < key(before[b])) {
				PutRow(id, "would_open", nullptr, &after[a++]);
			} else {
				if (!IsSame(before[b], after[a])) {
					PutRow(id, "would_change", &before[b], &after[a]);
				}
				++b;
				++a;
			}
		}
	}

private:
	void
	PutRow(const Uuid &id, std::string_view outcome, const Finding *before, const Finding *after) {
		const Finding &one = after != nullptr ? *after : *before;
		const auto risk = [](const Finding *f) {
			return f == nullptr ? std::nullopt : std::optional<std::int64_t>(f->at_risk);
		};
		out_.Begin()
		    .Int8(merchant_id_)
		    .Value(UuidDatum(id))
		    .Text(Name(one.reason))
		    .Text(one.subject)
		    .Text(outcome)
		    .Int8(risk(before))
		    .Int8(risk(after))
		    .Text(one.currency)
		    .Text(one.explanation)
		    .Put();
	}

	RowsOut &out_;
	std::int64_t merchant_id_;
};

// Judges a portion by both policies.
void
Compare(const Config &before, const Config &after, ReconcileSet &set, Difference &difference) {
	ReadEntities(set);
	JudgeEntities(set, before.PolicyOf(set.merchant_id));
	Vector<Reconciliation> stood(set.arena);
	for (Entity &entity : set.entities) {
		stood.push_back(std::move(entity.result));
		entity.result = Reconciliation(set.arena);
	}
	JudgeEntities(set, after.PolicyOf(set.merchant_id));
	for (std::size_t i = 0; i < set.entities.size(); ++i) {
		difference.Put(set.entities[i].canonical_id, stood[i].findings, set.entities[i].result.findings);
	}
}

void
DryRun(FunctionCallInfo fcinfo) {
	RowsOut out(fcinfo);
	const std::int64_t merchant_id = PG_GETARG_INT64(0);
	const Instant as_of = ToInstant(PG_GETARG_TIMESTAMPTZ(1));
	const ConfigChanges changes = ReadChanges(fcinfo);
	ConnectSpi();
	const auto before = Config::With({}), after = Config::With(changes);
	FinishSpi();
	Difference difference(out, merchant_id);
	Position position;
	while (!position.is_end) {
		CheckInterrupts();
		ConnectSpi(); // once per portion: what it read is freed when it is closed
		{
			ContextResource heap;
			std::pmr::monotonic_buffer_resource arena(1 << 16, &heap);
			ReconcileSet set(*before, merchant_id, as_of, &arena);
			ReadPortion(set, position);
			Compare(*before, *after, set, difference);
		}
		FinishSpi();
		if (position.looked_at % told_after == 0 && !position.is_end) {
			Notice("dry run: " + std::to_string(position.looked_at) +
			       " orders, payouts and customers looked at");
		}
	}
	if (position.left_out > 0) {
		Notice("dry run: " + std::to_string(position.left_out) + " of " + std::to_string(position.looked_at) +
		       " were left out, because something of them came after the moment");
	}
}

} // namespace

} // namespace meshline::pg

MESHLINE_FUNCTION(meshline_dry_run) {
	meshline::pg::DryRun(fcinfo);
	return Datum{0};
}
