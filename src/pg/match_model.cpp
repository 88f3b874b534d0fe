// SPDX-License-Identifier: PostgreSQL
// Scoring a pair of records by a saved model, ours or Splink's.
#include "pg/match_model.hpp"

#include <memory>
#include <string>

#include "core/match/weights.hpp"
#include "pg/guard.hpp"
#include "pg/json_document.hpp"
#include "pg/rows_out.hpp"
#include "pg/spi.hpp"

namespace meshline::pg {

const MatchModel &
CompiledModel(std::string_view json) {
	static std::string text;
	static std::unique_ptr<const MatchModel> model;
	if (model == nullptr || text != json) {
		model.reset();
		const JsonDocument document(json);
		const JsonReader reader(document.root(), {}, "match model");
		model = std::make_unique<const MatchModel>(reader.Has("comparisons")
		                                               ? MatchModel(match::SplinkModel::Read(reader))
		                                               : MatchModel(match::RoleModel::Read(reader)));
		text = json;
	}
	return *model;
}

namespace {

struct Score {
	double prior;
	std::vector<match::ScoreStep> steps;
};

// (model, left, right)
Score
ScorePair(FunctionCallInfo fcinfo) {
	const MatchModel &model = CompiledModel(TextView(PG_GETARG_DATUM(0)));
	return std::visit(
	    [&](const auto &m) {
		    return Score{m.prior_weight(), m.Score(ReadRecord(TextView(PG_GETARG_DATUM(1)), m.columns()),
		                                           ReadRecord(TextView(PG_GETARG_DATUM(2)), m.columns()))};
	    },
	    model);
}

} // namespace

} // namespace meshline::pg

MESHLINE_FUNCTION(meshline_match_weight) {
	const meshline::pg::Score score = meshline::pg::ScorePair(fcinfo);
	double weight = score.prior;
	for (const auto &step : score.steps) {
		weight += step.weight;
	}
	return Float8GetDatum(weight);
}

// Rows of step, comparison, level, left_value, right_value, m, u, weight, running_weight,
// running_probability.
MESHLINE_FUNCTION(meshline_explain_match) {
	using namespace meshline;
	const pg::Score score = pg::ScorePair(fcinfo);
	pg::RowsOut rows(fcinfo);
	double running = score.prior;
	std::int32_t number = 0;
	const auto put = [&](std::string_view comparison, std::string_view level, const match::ScoreStep &step) {
		rows.Begin()
		    .Int4(number++)
		    .Text(comparison)
		    .Text(level)
		    .Text(step.left)
		    .Text(step.right)
		    .Double(step.m)
		    .Double(step.u);
		rows.Double(step.weight).Double(running).Double(match::ProbabilityOf(running)).Put();
	};
	match::ScoreStep prior;
	prior.weight = running;
	put("prior", "two records at random", prior);
	for (const auto &step : score.steps) {
		running += step.weight;
		put(step.comparison, step.level, step);
	}
	return Datum{0};
}
