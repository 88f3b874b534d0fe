// SPDX-License-Identifier: PostgreSQL
#include "pg/own_check.hpp"

#include <algorithm>
#include <deque>
#include <map>
#include <string>
#include <tuple>

#include "core/error.hpp"
#include "pg/as_owner.hpp"
#include "pg/exception_update.hpp"
#include "pg/internal_subtransaction.hpp"
#include "pg/spi.hpp"

extern "C" {
#include "storage/lmgr.h"
}

namespace meshline::pg {

namespace {

struct OwnCheck {
	ReasonRule rule;
	std::string_view definition;
	std::string_view function; // as it is called in a sentence
	std::string_view call;     // the statement; "" when there is no such function
	Oid owner = InvalidOid;
};

// A row that a check returned.
struct OwnFinding {
	std::uint32_t entity;
	Finding finding;
};

struct Checks {
	std::deque<OwnCheck> all;
	ReasonRule failed;
};

// A dropped check must find nothing more once its exceptions are closed: drop_check() waits for this lock.
void
Lock(Oid table) {
	PgCall([table] { LockRelationOid(table, RowShareLock); });
}

Checks
ReadChecks(const ReconcileSet &set) {
	static Plan plan(
	    "SELECT r.reason_code, r.owner_queue, r.severity, r.is_holding, r.definition, p.proowner,"
	    " CASE WHEN c.reason_code IS NOT NULL THEN pg_catalog.format('%I.%I', c.schema_name,"
	    " c.function_name) END, CASE WHEN p.oid IS NOT NULL THEN"
	    " pg_catalog.format('SELECT f.canonical_id::pg_catalog.uuid, f.subject::pg_catalog.text,"
	    " f.expected_minor::pg_catalog.int8, f.actual_minor::pg_catalog.int8,"
	    " f.amount_at_risk_minor::pg_catalog.int8, f.currency::pg_catalog.text,"
	    " f.explanation::pg_catalog.text FROM %I.%I($1, $2, $3) AS f', c.schema_name, c.function_name) END"
	    " FROM meshline.reasons AS r"
	    " LEFT JOIN meshline.own_check AS c ON c.reason_code = r.reason_code"
	    " LEFT JOIN pg_catalog.pg_namespace AS n ON n.nspname = c.schema_name"
	    " LEFT JOIN pg_catalog.pg_proc AS p ON p.pronamespace = n.oid AND p.proname = c.function_name"
	    " AND p.proargtypes = '20 2951 1184'::pg_catalog.oidvector AND p.prokind = 'f'"
	    " WHERE r.merchant_id = $1"
	    " AND (c.reason_code IS NOT NULL AND r.is_enabled OR r.reason_code = 'CHECK_FAILED')"
	    " ORDER BY r.reason_code",
	    {INT8OID});
	Checks checks;
	const Rows rows = plan.Run({Int64GetDatum(set.merchant_id)});
	for (std::uint64_t i = 0; i < rows.count(); ++i) {
		const ReasonRule rule{std::string(rows.Text(i, 1)),
		                      std::string(rows.Text(i, 2)),
		                      std::string(rows.Text(i, 3)),
		                      rows.Bool(i, 4),
		                      false,
		                      true};
		if (rule.name == check_failed) {
			checks.failed = rule;
		} else {
			checks.all.push_back(
			    {rule, rows.Text(i, 5), rows.Text(i, 7), rows.Text(i, 8), static_cast<Oid>(rows.Int4(i, 6))});
		}
	}
	return checks;
}

// Like RunKept(), but planned as its owner would have it planned.
Rows
Call(std::string_view sql, const ReconcileSet &set, Datum ids) {
	static std::map<std::string, SPIPlanPtr, std::less<>> plans;
	const auto [at, is_new] = plans.try_emplace(std::string(sql), nullptr);
	struct Done {
		SPITupleTable *table;
		std::uint64_t count;
	};
	SPIPlanPtr *plan = &at->second;
	const char *text = at->first.c_str();
	Datum values[] = {Int64GetDatum(set.merchant_id), ids, TimestampTzGetDatum(ToTimestamp(set.as_of))};
	Datum *arguments = values;
	const Done done = PgCall([plan, text, arguments] {
		if (*plan == nullptr) {
			Oid types[] = {INT8OID, UUIDARRAYOID, TIMESTAMPTZOID};
			SPIPlanPtr fresh = SPI_prepare(text, 3, types);
			if (fresh == nullptr) {
				elog(ERROR, "cannot prepare \"%s\": %s", text, SPI_result_code_string(SPI_result));
			}
			SPI_keepplan(fresh);
			*plan = fresh;
		}
		const int code = SPI_execute_plan(*plan, arguments, nullptr, false, 0);
		if (code < 0) {
			elog(ERROR, "cannot execute \"%s\": %s", text, SPI_result_code_string(code));
		}
		return Done{SPI_tuptable, SPI_processed};
	});
	return {done.table, done.count};
}

// The settings of whoever loads must not decide what a name in somebody else's function means, nor the
// function what names mean from then on. A check only reads: what it wrote would be done again and again.
int
BeginSettings() {
	return PgCall([] {
		const int level = NewGUCNestLevel();
		const auto set = [](const char *name, const char *value) {
			set_config_option(name, value, PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
		};
		set("search_path", "pg_catalog, pg_temp");
		set("transaction_read_only", "on");
		return level;
	});
}

void
EndSettings(int level) {
	PgCall([level] { AtEOXact_GUC(false, level); });
}

[[noreturn]] void
Refuse(const std::string &what) {
	throw Error("22023", what);
}

// The records that a finding is about: the one that its subject names, else what the entity itself is, else
// all that is known of it.
void
NameRecords(const Entity &entity, Finding &finding, std::pmr::memory_resource *arena) {
	const bool has_own = std::any_of(entity.records.begin(), entity.records.end(),
	                                 [&](const RecordView &r) { return Name(r.kind) == entity.kind; });
	for (const RecordView &record : entity.records) {
		const std::string_view id = RecordId(record.system, record.object, record.external_id, arena);
		if (id == finding.subject) {
			finding.record_ids.assign(1, id);
			return;
		}
		if (!has_own || Name(record.kind) == entity.kind) {
			finding.record_ids.push_back(id);
		}
	}
	std::sort(finding.record_ids.begin(), finding.record_ids.end());
}

Finding
ReadFinding(const OwnCheck &check, const Rows &rows, std::uint64_t i, std::pmr::memory_resource *arena) {
	Finding finding(arena);
	finding.subject = Intern(rows.Text(i, 2), arena);
	finding.expected = rows.OptionalInt8(i, 3);
	finding.actual = rows.OptionalInt8(i, 4);
	finding.at_risk = rows.Int8(i, 5);
	finding.currency = Intern(rows.Text(i, 6), arena);
	finding.explanation = rows.IsNull(i, 7) ? check.definition : Intern(rows.Text(i, 7), arena);
	finding.terms.push_back({"findings", 1, {}, true});
	if (finding.expected) {
		finding.terms.push_back({"expected", *finding.expected, {}, false});
	}
	if (finding.actual) {
		finding.terms.push_back({"actual", *finding.actual, {}, false});
	}
	finding.formula = "findings = 0";
	finding.remedy = Intern("what " + std::string(check.function) + "() looks for set right", arena);
	if (finding.at_risk < 0) {
		Refuse("it returned an amount_at_risk_minor below zero");
	}
	return finding;
}

// Runs as the check's owner in a subtransaction of its own; what it keeps is in the arena.
void
Ask(const OwnCheck &check, const ReconcileSet &set, Datum ids, Vector<OwnFinding> &findings) {
	if (check.call.empty()) {
		throw Error("42883", "function " + std::string(check.function) +
		                         "(bigint, uuid[], timestamp with time zone) does not exist");
	}
	const Config::Pin pin;
	const AsOwner owner(check.owner);
	ConnectSpi();
	const int level = BeginSettings();
	const Rows rows = Call(check.call, set, ids);
	for (std::uint64_t i = 0; i < rows.count(); ++i) {
		const Uuid id = rows.Id(i, 1);
		const auto at = std::lower_bound(
		    set.entities.begin(), set.entities.end(), id,
		    [](const Entity &entity, const Uuid &wanted) { return entity.canonical_id < wanted; });
		if (at == set.entities.end() || at->canonical_id != id) {
			Refuse("it returned a canonical_id that it was not asked about");
		}
		findings.push_back(
		    {static_cast<std::uint32_t>(at - set.entities.begin()), ReadFinding(check, rows, i, set.arena)});
		NameRecords(*at, findings.back().finding, set.arena);
	}
	EndSettings(level);
	FinishSpi();
	const auto key = [](const OwnFinding &f) { return std::tie(f.entity, f.finding.subject); };
	std::sort(findings.begin(), findings.end(),
	          [&](const OwnFinding &a, const OwnFinding &b) { return key(a) < key(b); });
	if (std::adjacent_find(findings.begin(), findings.end(), [&](const OwnFinding &a, const OwnFinding &b) {
		    return key(a) == key(b);
	    }) != findings.end()) {
		Refuse("it returned two rows of one canonical_id and subject");
	}
}

// What is said of each entity that a check could not look at.
Finding
FailureOf(const OwnCheck &check, const ErrorData *error, const Entity &entity,
          std::pmr::memory_resource *arena) {
	Finding finding(arena);
	finding.subject = Intern(check.rule.name, arena);
	finding.explanation = Intern("the check " + check.rule.name +
	                                 " failed: " + (error->message == nullptr ? "" : error->message),
	                             arena);
	finding.terms.push_back({"failures", 1, {}, true});
	finding.formula = "failures = 0";
	finding.remedy =
	    Intern(std::string(check.function) +
	               "() mended and the order reconciled again, or the check dropped with drop_check()",
	           arena);
	NameRecords(entity, finding, arena);
	return finding;
}

} // namespace

void
RunOwnChecks(const ReconcileSet &set) {
	if (set.entities.empty()) {
		return;
	}
	Lock(set.config.own_checks());
	const Checks checks = ReadChecks(set);
	ExceptionUpdate update(set, Finder::own_check);
	Column ids(UUIDOID, set.entities.size());
	for (const Entity &entity : set.entities) {
		ids.Id(entity.canonical_id);
	}
	const Datum array = ids.Array();
	std::deque<Vector<OwnFinding>> found; // the update keeps pointers
	for (const OwnCheck &check : checks.all) {
		auto &findings = found.emplace_back(set.arena);
		ErrorData *error = nullptr;
		if (InSubtransaction([&] { Ask(check, set, array, findings); }, &error)) {
			for (const OwnFinding &f : findings) {
				update.Found(f.entity, f.finding, check.rule);
			}
			continue;
		}
		if (ERRCODE_TO_CATEGORY(error->sqlerrcode) == ERRCODE_TRANSACTION_ROLLBACK) {
			throw PgError(error);
		}
		findings.clear();
		update.Keep(check.rule.name);
		for (std::uint32_t i = 0; i < set.entities.size(); ++i) {
			findings.push_back({i, FailureOf(check, error, set.entities[i], set.arena)});
		}
		for (const OwnFinding &f : findings) {
			update.Found(f.entity, f.finding, checks.failed);
		}
	}
	update.Write();
}

} // namespace meshline::pg
