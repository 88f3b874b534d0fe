// SPDX-License-Identifier: PostgreSQL
// Training: a model of a relation, or of two that are to be linked.
#include <charconv>
#include <string>

#include "core/error.hpp"
#include "core/function_ref.hpp"
#include "core/json_text.hpp"
#include "core/match/training.hpp"
#include "pg/guard.hpp"
#include "pg/memory_resource.hpp"
#include "pg/relation_reader.hpp"

namespace meshline::pg {

namespace {

struct Texts {
	Datum *values;
	int count;
};

// The elements of a text[] argument.
Texts
TextsArgument(FunctionCallInfo fcinfo, int argument) {
	return PgCall([&] {
		Texts texts{};
		bool *nulls = nullptr;
		deconstruct_array(PG_GETARG_ARRAYTYPE_P(argument), TEXTOID, -1, false, TYPALIGN_INT, &texts.values,
		                  &nulls, &texts.count);
		for (int i = 0; i < texts.count; ++i) {
			if (nulls[i]) {
				ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("an element is null")));
			}
		}
		return texts;
	});
}

// (relation, right relation or 0, id_column, columns, roles)
void
ReadArguments(FunctionCallInfo fcinfo, match::Table &table) {
	const Texts columns = TextsArgument(fcinfo, 3), roles = TextsArgument(fcinfo, 4);
	for (int i = 0; i < columns.count; ++i) {
		const std::string_view name = TextView(roles.values[i]);
		const auto role = match::ParseRole(name);
		if (!role) {
			throw Error(sqlstate::invalid_parameter, "there is no role \"" + std::string(name) + "\"", {},
			            "Roles are " + match::RoleNames() + ".");
		}
		table.columns.emplace_back(TextView(columns.values[i]), *role, table.arena);
	}
	ReadTable({PG_GETARG_OID(0), PG_GETARG_OID(1)}, TextView(PG_GETARG_DATUM(2)), table);
}

void
AppendDouble(std::string &out, double number) {
	char digits[40];
	out.append(digits, std::to_chars(digits, digits + sizeof(digits), number).ptr);
}

std::string
ModelJson(const match::Table &table, const match::Blocking &blocking, const match::Weights &weights,
          const match::TrainingReport &report) {
	std::string json = "{\"columns\": [";
	for (std::size_t c = 0; c < table.columns.size(); ++c) {
		const match::Column &column = table.columns[c];
		json += c == 0 ? "{\"column\": " : ", {\"column\": ";
		AppendJsonString(json, column.name());
		json += ", \"role\": ";
		AppendJsonString(json, match::Name(column.role()));
		json += ", \"levels\": [";
		for (std::size_t level = 0; level < weights.columns[c].levels.size(); ++level) {
			const match::LevelWeight &w = weights.columns[c].levels[level];
			json += level == 0 ? "{\"level\": " : ", {\"level\": ";
			AppendJsonString(json, match::LevelNames(column.role())[level]);
			json += ", \"m\": ";
			AppendDouble(json, w.m);
			json += ", \"u\": ";
			AppendDouble(json, w.u);
			json += ", \"weight\": ";
			AppendDouble(json, w.weight);
			json += '}';
		}
		json += "]}";
	}
	json += "], \"matches_per_record\": ";
	AppendDouble(json, table.size() == 0 ? 0 : weights.matching_pairs / table.size());
	json += ", \"training\": {\"records\": " + std::to_string(table.size());
	json += ", \"random_pairs\": " + std::to_string(report.random_pairs);
	json += ", \"blocked_pairs\": " + std::to_string(report.blocked_pairs);
	json += ", \"rounds\": " + std::to_string(report.rounds);
	json += ", \"is_converged\": ";
	json += report.is_converged ? "true" : "false";
	json += "}, \"blocking\": [";
	for (std::size_t r = 0; r < blocking.rules().size(); ++r) {
		json += r == 0 ? "{\"rule\": " : ", {\"rule\": ";
		AppendJsonString(json, blocking.Describe(blocking.rules()[r]));
		json += ", \"pairs\": ";
		AppendDouble(json, blocking.rules()[r].pairs);
		json += '}';
	}
	return json + "]}";
}

} // namespace

} // namespace meshline::pg

// The role that a column's name suggests, or NULL.
MESHLINE_FUNCTION(meshline_guess_role) {
	const auto role = meshline::match::GuessRole(meshline::pg::TextView(PG_GETARG_DATUM(0)));
	if (!role) {
		PG_RETURN_NULL();
	}
	return meshline::pg::TextDatum(meshline::match::Name(*role));
}

// (relation, right, id_column, columns, roles): a model as JSON text.
MESHLINE_FUNCTION(meshline_train_model) {
	using namespace meshline;
	pg::ContextResource memory;
	match::Table table(&memory);
	pg::ReadArguments(fcinfo, table);
	match::Blocking blocking(table, &memory);
	blocking.ChooseRules(match::DefaultBudget(table.size()));
	match::TrainingReport report;
	const match::Weights weights = match::Train(table, blocking, &memory, report);
	return pg::TextDatum(pg::ModelJson(table, blocking, weights, report));
}
