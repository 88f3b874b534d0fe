// SPDX-License-Identifier: PostgreSQL
// Pairs, links and clusters of relations by a model, ours or Splink's.
#include <string>
#include <variant>

#include "core/function_ref.hpp"
#include "core/json_text.hpp"
#include "core/match/assignment.hpp"
#include "core/match/blocking.hpp"
#include "core/match/linkage.hpp"
#include "core/match/role_model.hpp"
#include "core/match/splink_pairs.hpp"
#include "core/match/weights.hpp"
#include "pg/guard.hpp"
#include "pg/match_model.hpp"
#include "pg/memory_resource.hpp"
#include "pg/progress.hpp"
#include "pg/relation_reader.hpp"
#include "pg/rows_out.hpp"

namespace meshline::pg {

namespace {

void
NoticePairs(std::size_t pairs, std::size_t rules, std::uint64_t oversized_records) {
	if (oversized_records > 0) {
		Notice(std::to_string(oversized_records) +
		       " times a record shared a key with too many to be compared with all of them");
	}
	Notice(std::to_string(pairs) + " pairs by " + std::to_string(rules) + " blocking rules");
}

void
AppendLevel(std::string &json, std::string_view comparison, std::string_view level) {
	json += json.size() > 1 ? ", " : "";
	AppendJsonString(json, comparison);
	json += ": ";
	AppendJsonString(json, level);
}

// Records and pairs by a model of train_model().
class RoleMatch {
public:
	RoleMatch(const match::RoleModel &model, const Relations &relations, ContextResource *memory)
	    : edges(memory), table_(model.EmptyTable(memory)) {
		ReadTable(relations, model.id_column(), table_);
	}

	// The pairs that weigh at least the threshold, each once, in the order of records.
	void
	Find(const match::RoleModel &model, double threshold) {
		match::Blocking blocking(table_, table_.arena);
		blocking.ChooseRules(match::DefaultBudget(table_.size()));
		const match::Weights weights = model.WeightsFor(table_);
		match::Comparer comparer(table_, table_.arena);
		double pairs = 0;
		for (const auto &rule : blocking.rules()) {
			pairs += rule.pairs;
		}
		Progress progress("comparing pairs", pairs);
		for (std::size_t rule = 0; rule < blocking.rules().size(); ++rule) {
			blocking.ForEachPair(rule, [&](std::uint32_t a, std::uint32_t b) {
				progress.Step();
				if (blocking.IsFirst(rule, a, b)) {
					const double weight = comparer.Weight(weights, a, b, threshold);
					if (weight >= threshold) {
						edges.push_back({a, b, weight});
					}
				}
			});
		}
		std::sort(edges.begin(), edges.end(), [](const match::Edge &x, const match::Edge &y) {
			return std::pair(x.a, x.b) < std::pair(y.a, y.b);
		});
		NoticePairs(edges.size(), blocking.rules().size(), blocking.oversized_records());
	}

	std::uint32_t
	left_size() const noexcept {
		return table_.left_size;
	}
	std::uint32_t
	size() const noexcept {
		return table_.size();
	}
	std::string_view
	Id(std::uint32_t record) const noexcept {
		return table_.ids[record];
	}
	// {"column": "level", ...} of the columns that were compared.
	std::string
	Levels(std::uint32_t a, std::uint32_t b) {
		if (!comparer_) {
			comparer_.emplace(table_, table_.arena);
		}
		std::string json = "{";
		for (std::uint32_t c = 0; c < table_.columns.size(); ++c) {
			const int level = comparer_->LevelAt(c, a, b);
			if (level != match::no_level) {
				const match::Column &column = table_.columns[c];
				AppendLevel(json, column.name(),
				            match::LevelNames(column.role())[static_cast<std::size_t>(level)]);
			}
		}
		return json + "}";
	}

	Vector<match::Edge> edges;

private:
	match::Table table_;
	std::optional<match::Comparer> comparer_;
};

// Records and pairs by a model that Splink has saved.
class SplinkMatch {
public:
	SplinkMatch(const match::SplinkModel &model, const Relations &relations, ContextResource *memory)
	    : edges(memory), model_(model) {
		Read(relations.left);
		if (OidIsValid(relations.right)) {
			table_.left_size = table_.size();
			Read(relations.right);
		}
		NoticeRecords(table_.size());
		table_.AddFrequencies(model);
	}

	void
	Find(const match::SplinkModel &model, double threshold) {
		match::SplinkPairs found =
		    match::FindSplinkPairs(model, table_, threshold, edges.get_allocator().resource());
		edges = std::move(found.edges);
		Notice(std::to_string(found.compared) + " pairs compared");
		NoticePairs(edges.size(), model.rules().size(), found.oversized_records);
	}

	std::uint32_t
	left_size() const noexcept {
		return table_.left_size;
	}
	std::uint32_t
	size() const noexcept {
		return table_.size();
	}
	std::string_view
	Id(std::uint32_t record) const noexcept {
		return table_.ids[record];
	}
	std::string
	Levels(std::uint32_t a, std::uint32_t b) const {
		std::string json = "{";
		for (const auto &step : model_.Score(table_.records[a], table_.records[b])) {
			AppendLevel(json, step.comparison, step.level);
		}
		return json + "}";
	}

	Vector<match::Edge> edges;

private:
	void
	Read(Oid relation) {
		const auto frequency_columns = model_.FrequencyColumns();
		std::vector<std::string> names;
		std::vector<std::size_t> places;
		for (std::size_t c = 0; c < frequency_columns.size(); ++c) {
			if (!frequency_columns[c]) {
				names.push_back(model_.columns().all()[c]);
				places.push_back(c);
			}
		}
		ReadRelation(relation, model_.id_column(), names, [&](const Rows &rows, std::uint64_t row) {
			table_.ids.emplace_back(rows.Text(row, 1));
			match::RecordValues &values = table_.records.emplace_back(frequency_columns.size());
			for (std::size_t c = 0; c < places.size(); ++c) {
				const int at = static_cast<int>(c) + 2;
				if (!rows.IsNull(row, at)) {
					values[places[c]] = rows.Text(row, at);
				}
			}
		});
	}

	const match::SplinkModel &model_;
	match::SplinkTable table_;
};

RoleMatch
ReadRecords(const match::RoleModel &model, const Relations &relations, ContextResource *memory) {
	return {model, relations, memory};
}
SplinkMatch
ReadRecords(const match::SplinkModel &model, const Relations &relations, ContextResource *memory) {
	return {model, relations, memory};
}

// (relation, right relation or 0, model, ...): calls give(found) with the pairs that weigh at least the
// threshold.
template <typename Give>
void
FindPairs(FunctionCallInfo fcinfo, double threshold, ContextResource *memory, Give &&give) {
	// A copy: the relation may be a view that itself calls a function with another model.
	const MatchModel model = CompiledModel(TextView(PG_GETARG_DATUM(2)));
	std::visit(
	    [&](const auto &m) {
		    auto found = ReadRecords(m, {PG_GETARG_OID(0), PG_GETARG_OID(1)}, memory);
		    found.Find(m, threshold);
		    give(found);
	    },
	    model);
}

} // namespace

} // namespace meshline::pg

// (relation, right relation or 0, model, threshold, one_to_one): rows of left_id, right_id, weight,
// probability, levels as JSON text.
MESHLINE_FUNCTION(meshline_find_duplicates) {
	using namespace meshline;
	pg::ContextResource memory;
	const double threshold = PG_GETARG_FLOAT8(3);
	pg::FindPairs(fcinfo, threshold, &memory, [&](auto &found) {
		if (PG_GETARG_BOOL(4)) {
			found.edges =
			    match::AssignOneToOne(found.left_size(), found.size(), found.edges, threshold, &memory);
		}
		pg::RowsOut rows(fcinfo);
		for (const match::Edge &edge : found.edges) {
			rows.Begin().Text(found.Id(edge.a)).Text(found.Id(edge.b)).Double(edge.weight);
			rows.Double(match::ProbabilityOf(edge.weight))
			    .Text(std::string_view(found.Levels(edge.a, edge.b)));
			rows.Put();
		}
	});
	return Datum{0};
}

// (relation, right relation or 0, model, threshold): rows of id, cluster_id, which is the least id of the
// cluster.
MESHLINE_FUNCTION(meshline_cluster_duplicates) {
	using namespace meshline;
	pg::ContextResource memory;
	const double threshold = PG_GETARG_FLOAT8(3);
	pg::FindPairs(fcinfo, std::min(threshold, match::missing_weight), &memory, [&](auto &found) {
		const auto cluster_of = match::AverageLinkage(found.size(), found.edges, threshold, &memory);
		pg::RowsOut rows(fcinfo);
		for (std::uint32_t record = 0; record < found.size(); ++record) {
			rows.Begin().Text(found.Id(record)).Text(found.Id(cluster_of[record])).Put();
		}
	});
	return Datum{0};
}
