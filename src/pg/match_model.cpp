// SPDX-License-Identifier: PostgreSQL
// Scoring a pair of records by a saved model, ours or Splink's.
#include <memory>
#include <string>
#include <variant>

#include "core/error.hpp"
#include "core/match/role_model.hpp"
#include "core/match/splink_model.hpp"
#include "core/match/weights.hpp"
#include "pg/guard.hpp"
#include "pg/json_document.hpp"
#include "pg/rows_out.hpp"
#include "pg/spi.hpp"

namespace meshline::pg {

namespace {

using Model = std::variant<match::SplinkModel, match::RoleModel>;

// The model of the last call is kept: calls come in rows.
const Model &
CompiledModel(std::string_view json) {
	static std::string text;
	static std::unique_ptr<const Model> model;
	if (model == nullptr || text != json) {
		model.reset();
		const JsonDocument document(json);
		const JsonReader reader(document.root(), {}, "match model");
		model =
		    std::make_unique<const Model>(reader.Has("comparisons") ? Model(match::SplinkModel::Read(reader))
		                                                            : Model(match::RoleModel::Read(reader)));
		text = json;
	}
	return *model;
}

struct Score {
	double prior;
	std::vector<match::ScoreStep> steps;
};

// (model, left, right)
Score
ScorePair(FunctionCallInfo fcinfo) {
	const Model &model = CompiledModel(TextView(PG_GETARG_DATUM(0)));
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
