// SPDX-License-Identifier: PostgreSQL
// Finding the records of a table that one record may be a duplicate of, by an index of keys.
#include <algorithm>
#include <memory>
#include <string>

#include "core/error.hpp"
#include "core/function_ref.hpp"
#include "core/match/record_keys.hpp"
#include "core/match/role_model.hpp"
#include "core/match/weights.hpp"
#include "pg/guard.hpp"
#include "pg/json_document.hpp"
#include "pg/relation_reader.hpp"
#include "pg/rows_out.hpp"
#include "pg/spi.hpp"

namespace meshline::pg {

namespace {

// The rules of the last call are kept: calls come in rows.
const match::RecordKeys &
CompiledKeys(std::string_view rules) {
	static std::string text;
	static std::unique_ptr<const match::RecordKeys> keys;
	if (keys == nullptr || text != rules) {
		keys.reset();
		keys = std::make_unique<const match::RecordKeys>(match::RecordKeys::Parse(rules));
		text = rules;
	}
	return *keys;
}

Datum
KeyArray(const std::vector<std::int64_t> &keys) {
	Column column(INT8OID, keys.size());
	for (const auto key : keys) {
		column.Int8(key);
	}
	return column.Array();
}

// A model that is asked for duplicates of one record after another, with the plan that finds candidates.
struct Probe {
	std::string bytes; // of the model as jsonb
	match::RoleModel model;
	std::vector<std::size_t> columns; // of the values, among the model's columns
	SPIPlanPtr plan;
};

std::string
ProbeStatement(const match::RoleModel &model, const JsonReader &json,
               const std::vector<std::size_t> &columns) {
	const std::string given = json.Require("relation").NonEmptyText(), rules = model.KeyRules();
	// The name goes through regclass: a model is data, and must not bring SQL of its own.
	const std::string relation = QuotedRelation(PgCall(
	    [&] { return DatumGetObjectId(DirectFunctionCall1(regclassin, CStringGetDatum(given.c_str()))); }));
	std::string values;
	for (const auto column : columns) {
		values += (values.empty() ? "t." : ", t.") + QuotedIdentifier(model.columns().all()[column]) +
		          "::pg_catalog.text";
	}
	const std::string literal = PgCall([&] { return quote_literal_cstr(rules.c_str()); });
	return "SELECT t." + QuotedIdentifier(json.Require("id").NonEmptyText()) + "::pg_catalog.text, " +
	       values + " FROM " + relation + " AS t WHERE meshline.match_keys(" + literal + ", ARRAY[" + values +
	       "]) OPERATOR(pg_catalog.&&) $1";
}

std::string
TextOf(Datum json) {
	return PgCall([&] { return JsonbToCString(nullptr, &DatumGetJsonbP(json)->root, 0); });
}

// The probe of the last call is kept. SPI must be connected.
const Probe &
PreparedProbe(Datum jsonb) {
	static std::unique_ptr<Probe> probe;
	const std::string_view bytes = TextView(jsonb); // a jsonb is bytes behind a length, as a text is
	if (probe == nullptr || probe->bytes != bytes) {
		if (probe != nullptr) {
			PgCall([&] { SPI_freeplan(probe->plan); });
			probe.reset();
		}
		const JsonDocument document(TextOf(jsonb));
		const JsonReader json(document.root(), {}, "match model");
		if (!json.Has("relation")) {
			json.Refuse("lacks a relation", "create_match_index() gives the model of an index.");
		}
		auto made =
		    std::make_unique<Probe>(Probe{std::string(bytes), match::RoleModel::Read(json), {}, nullptr});
		made->columns = made->model.ValueColumns();
		const std::string statement = ProbeStatement(made->model, json, made->columns);
		made->plan = PgCall([&] {
			Oid types[] = {INT8ARRAYOID};
			SPIPlanPtr plan = SPI_prepare(statement.c_str(), 1, types);
			SPI_keepplan(plan);
			return plan;
		});
		probe = std::move(made);
	}
	return *probe;
}

struct Candidate {
	std::string id;
	double weight;
};

// Those that weigh most first, equals in the order of ids.
std::vector<Candidate>
FindCandidates(const Probe &probe, std::string_view record, std::pmr::memory_resource *arena) {
	match::Table table = probe.model.EmptyTable(arena);
	const match::RecordValues values = ReadRecord(record, probe.model.columns());
	probe.model.AddRecord(table, values);
	std::vector<std::string_view> prepared;
	for (std::size_t c = 0; c < table.columns.size(); ++c) {
		const std::uint32_t value = table.columns[c][0];
		prepared.push_back(value == match::no_value ? std::string_view{} : table.columns[c].value(value));
	}
	const Datum keys = KeyArray(CompiledKeys(probe.model.KeyRules()).Of(prepared));
	PgCall([&] {
		Datum arguments[] = {keys};
		if (SPI_execute_plan(probe.plan, arguments, nullptr, true, 0) != SPI_OK_SELECT) {
			ereport(ERROR, (errmsg_internal("candidates could not be looked up")));
		}
	});
	const Rows rows(SPI_tuptable, SPI_processed);
	std::vector<Candidate> candidates;
	match::RecordValues other(values.size());
	for (std::uint64_t row = 0; row < rows.count(); ++row) {
		for (std::size_t c = 0; c < probe.columns.size(); ++c) {
			const int at = static_cast<int>(c) + 2;
			other[probe.columns[c]] =
			    rows.IsNull(row, at) ? std::nullopt : std::optional(std::string(rows.Text(row, at)));
		}
		probe.model.AddRecord(table, other);
		candidates.push_back({std::string(rows.Text(row, 1)), 0});
	}
	const auto weights = probe.model.WeighFirst(table);
	for (std::size_t i = 0; i < candidates.size(); ++i) {
		candidates[i].weight = weights[i];
	}
	std::sort(candidates.begin(), candidates.end(), [](const Candidate &a, const Candidate &b) {
		return a.weight != b.weight ? a.weight > b.weight : a.id < b.id;
	});
	return candidates;
}

} // namespace

} // namespace meshline::pg

// (rules, values): the keys of a record.
MESHLINE_FUNCTION(meshline_match_keys) {
	using namespace meshline;
	const match::RecordKeys &keys = pg::CompiledKeys(pg::TextView(PG_GETARG_DATUM(0)));
	Datum *values = nullptr;
	bool *nulls = nullptr;
	int count = 0;
	pg::PgCall([&] {
		deconstruct_array(PG_GETARG_ARRAYTYPE_P(1), TEXTOID, -1, false, TYPALIGN_INT, &values, &nulls,
		                  &count);
	});
	if (static_cast<std::size_t>(count) != keys.roles().size()) {
		throw Error(sqlstate::invalid_parameter, "there must be a value for each role",
		            std::to_string(count) + " values for " + std::to_string(keys.roles().size()) + " roles.");
	}
	std::pmr::monotonic_buffer_resource arena;
	std::vector<std::string_view> prepared;
	prepared.reserve(keys.roles().size());
	for (int i = 0; i < count; ++i) {
		prepared.push_back(nulls[i] ? std::string_view{}
		                            : match::Prepare(keys.roles()[static_cast<std::size_t>(i)],
		                                             pg::TextView(values[i]), &arena));
	}
	return pg::KeyArray(keys.Of(prepared));
}

// (model): the rules of its keys.
MESHLINE_FUNCTION(meshline_key_rules) {
	using namespace meshline;
	const pg::JsonDocument document(pg::TextView(PG_GETARG_DATUM(0)));
	return pg::TextDatum(match::RoleModel::Read(JsonReader(document.root(), {}, "match model")).KeyRules());
}

// (model, record, k): rows of id, weight, probability.
MESHLINE_FUNCTION(meshline_match_record) {
	using namespace meshline;
	pg::RowsOut rows(fcinfo);
	const std::int32_t k = PG_GETARG_INT32(2);
	std::pmr::monotonic_buffer_resource arena;
	pg::ConnectSpi();
	const auto candidates =
	    pg::FindCandidates(pg::PreparedProbe(PG_GETARG_DATUM(0)), pg::TextOf(PG_GETARG_DATUM(1)), &arena);
	pg::FinishSpi();
	for (std::size_t i = 0; i < candidates.size() && i < static_cast<std::size_t>(std::max(k, 0)); ++i) {
		const pg::Candidate &found = candidates[i];
		rows.Begin()
		    .Text(std::string_view(found.id))
		    .Double(found.weight)
		    .Double(match::ProbabilityOf(found.weight))
		    .Put();
	}
	return Datum{0};
}
