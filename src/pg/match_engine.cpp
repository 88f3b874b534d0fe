// SPDX-License-Identifier: PostgreSQL
// The matching engine over tables: reads a relation, trains, and gives duplicate pairs and clusters.
#include <charconv>
#include <string>

#include "core/error.hpp"
#include "core/match/assignment.hpp"
#include "core/match/linkage.hpp"
#include "core/match/training.hpp"
#include "pg/guard.hpp"
#include "pg/json_text.hpp"
#include "pg/memory_resource.hpp"
#include "pg/rows_out.hpp"
#include "pg/spi.hpp"

namespace meshline::pg {

namespace {

constexpr long fetched_rows = 10'000;

void
Notice(const std::string &text) {
	PgCall([&] { ereport(NOTICE, (errmsg_internal("%s", text.c_str()))); });
}

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

std::string
Quoted(std::string_view identifier) {
	const std::string name(identifier);
	return PgCall([&] { return quote_identifier(name.c_str()); });
}

// SELECT id, columns... FROM relation in the order of ids.
std::string
ReadingStatement(Oid relation, std::string_view id_column, const Texts &columns) {
	const char *name = PgCall([&] {
		return quote_qualified_identifier(get_namespace_name(get_rel_namespace(relation)),
		                                  get_rel_name(relation));
	});
	const std::string id = "t." + Quoted(id_column) + "::pg_catalog.text";
	std::string statement = "SELECT " + id;
	for (int i = 0; i < columns.count; ++i) {
		statement += ", t." + Quoted(TextView(columns.values[i])) + "::pg_catalog.text";
	}
	return statement + " FROM " + name + " AS t WHERE t." + Quoted(id_column) + " IS NOT NULL ORDER BY " +
	       id + " COLLATE \"C\"";
}

void
ReadRelation(Oid relation, std::string_view id_column, const Texts &columns, match::Table &table) {
	const std::string statement = ReadingStatement(relation, id_column, columns);
	ConnectSpi();
	Portal portal = PgCall([&] {
		SPIPlanPtr plan = SPI_prepare(statement.c_str(), 0, nullptr);
		return SPI_cursor_open(nullptr, plan, nullptr, nullptr, true);
	});
	for (;;) {
		CheckInterrupts();
		PgCall([&] { SPI_cursor_fetch(portal, true, fetched_rows); });
		const Rows rows(SPI_tuptable, SPI_processed);
		if (rows.count() == 0) {
			break;
		}
		for (std::uint64_t row = 0; row < rows.count(); ++row) {
			std::pmr::monotonic_buffer_resource scratch(table.arena);
			table.AddId(rows.Text(row, 1));
			for (std::size_t c = 0; c < table.columns.size(); ++c) {
				match::Column &column = table.columns[c];
				column.Add(match::Prepare(column.role(), rows.Text(row, static_cast<int>(c) + 2), &scratch));
			}
		}
		PgCall([] { SPI_freetuptable(SPI_tuptable); });
	}
	PgCall([&] { SPI_cursor_close(portal); });
	FinishSpi();
}

// (relation, right relation or 0, id_column, columns, roles, ...)
void
ReadTable(FunctionCallInfo fcinfo, match::Table &table) {
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
	const std::string_view id_column = TextView(PG_GETARG_DATUM(2));
	ReadRelation(PG_GETARG_OID(0), id_column, columns, table);
	if (const Oid right = PG_GETARG_OID(1); OidIsValid(right)) {
		table.left_size = table.size();
		ReadRelation(right, id_column, columns, table);
	}
	Notice(std::to_string(table.size()) + " records read");
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

struct Numbers {
	const double *values;
	int count;
};

Numbers
NumbersArgument(FunctionCallInfo fcinfo, int argument) {
	return PgCall([&] {
		ArrayType *array = PG_GETARG_ARRAYTYPE_P(argument);
		if (ARR_HASNULL(array)) {
			ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("the model lacks an m or a u")));
		}
		return Numbers{reinterpret_cast<const double *>(ARR_DATA_PTR(array)),
		               ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array))};
	});
}

Error
WrongLevels() {
	return {sqlstate::invalid_parameter,
	        "the model does not have the levels of its columns' roles",
	        {},
	        "Train it again with train_model()."};
}

// (..., m, u, matches_per_record): what ModelJson() wrote.
match::Weights
WeightsArgument(FunctionCallInfo fcinfo, const match::Table &table) {
	const Numbers m = NumbersArgument(fcinfo, 5), u = NumbersArgument(fcinfo, 6);
	match::Weights weights(table.arena);
	int at = 0;
	for (const match::Column &column : table.columns) {
		match::ColumnWeights &of_column = weights.columns.emplace_back(table.arena);
		for (std::size_t level = 0; level < match::LevelNames(column.role()).size(); ++level, ++at) {
			if (at >= m.count || at >= u.count) {
				throw WrongLevels();
			}
			if (!(m.values[at] > 0 && m.values[at] <= 1 && u.values[at] > 0 && u.values[at] <= 1)) {
				throw Error(sqlstate::invalid_parameter, "m and u of column \"" + std::string(column.name()) +
				                                             "\" must be above 0 and at most 1");
			}
			of_column.levels.push_back({m.values[at], u.values[at], 0});
		}
	}
	if (at != m.count || at != u.count) {
		throw WrongLevels();
	}
	weights.matching_pairs = PG_GETARG_FLOAT8(7) * table.size();
	weights.Complete(table);
	return weights;
}

void
CollectEdges(match::Blocking &blocking, const match::Table &table, const match::Weights &weights,
             double threshold, Vector<match::Edge> &edges) {
	match::Comparer comparer(table, table.arena);
	for (std::size_t rule = 0; rule < blocking.rules().size(); ++rule) {
		blocking.ForEachPair(rule, [&](std::uint32_t a, std::uint32_t b) {
			if (blocking.IsFirst(rule, a, b)) {
				const double weight = comparer.Weight(weights, a, b, threshold);
				if (weight >= threshold) {
					edges.push_back({a, b, weight});
				}
			}
		});
	}
	if (blocking.oversized_records() > 0) {
		Notice(std::to_string(blocking.oversized_records()) +
		       " times a record shared a key with too many to be compared with all of them");
	}
}

// The pairs that weigh at least the threshold, each once, in the order of records.
void
FindEdges(FunctionCallInfo fcinfo, match::Table &table, double threshold, Vector<match::Edge> &edges) {
	ReadTable(fcinfo, table);
	match::Blocking blocking(table, table.arena);
	blocking.ChooseRules(match::DefaultBudget(table.size()));
	const match::Weights weights = WeightsArgument(fcinfo, table);
	CollectEdges(blocking, table, weights, threshold, edges);
	std::sort(edges.begin(), edges.end(), [](const match::Edge &x, const match::Edge &y) {
		return std::pair(x.a, x.b) < std::pair(y.a, y.b);
	});
	Notice(std::to_string(edges.size()) + " pairs by " + std::to_string(blocking.rules().size()) +
	       " blocking rules");
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
	pg::ReadTable(fcinfo, table);
	match::Blocking blocking(table, &memory);
	blocking.ChooseRules(match::DefaultBudget(table.size()));
	match::TrainingReport report;
	const match::Weights weights = match::Train(table, blocking, &memory, report);
	return pg::TextDatum(pg::ModelJson(table, blocking, weights, report));
}

// (relation, id_column, columns, roles, m, u, matches_per_record, threshold): rows of left_id, right_id,
// weight, probability.
MESHLINE_FUNCTION(meshline_find_duplicates) {
	using namespace meshline;
	pg::ContextResource memory;
	match::Table table(&memory);
	Vector<match::Edge> edges(&memory);
	const double threshold = PG_GETARG_FLOAT8(8);
	pg::FindEdges(fcinfo, table, threshold, edges);
	if (PG_GETARG_BOOL(9)) {
		edges = match::AssignOneToOne(table.left_size, table.size(), edges, threshold, &memory);
	}
	pg::RowsOut rows(fcinfo);
	for (const match::Edge &edge : edges) {
		rows.Begin().Text(table.ids[edge.a]).Text(table.ids[edge.b]).Double(edge.weight);
		rows.Double(match::ProbabilityOf(edge.weight)).Put();
	}
	return Datum{0};
}

// The same arguments but the last: rows of id, cluster_id, which is the least id of the cluster.
MESHLINE_FUNCTION(meshline_cluster_duplicates) {
	using namespace meshline;
	pg::ContextResource memory;
	match::Table table(&memory);
	Vector<match::Edge> edges(&memory);
	const double threshold = PG_GETARG_FLOAT8(8);
	pg::FindEdges(fcinfo, table, std::min(threshold, match::missing_weight), edges);
	const auto cluster_of = match::AverageLinkage(table.size(), edges, threshold, &memory);
	pg::RowsOut rows(fcinfo);
	for (std::uint32_t record = 0; record < table.size(); ++record) {
		rows.Begin().Text(table.ids[record]).Text(table.ids[cluster_of[record]]).Put();
	}
	return Datum{0};
}
