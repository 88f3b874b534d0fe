// SPDX-License-Identifier: PostgreSQL
#include "core/match/splink_model.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "core/text.hpp"

namespace meshline::match {

namespace {

double
Probability(const JsonReader &json, std::string_view name) {
	const auto found = json.Find(name);
	if (!found || found->IsNull()) {
		json.Refuse("lacks " + std::string(name), "Train the model before it is saved.");
	}
	const double value = found->Number();
	if (!(value > 0 && value <= 1)) {
		found->Refuse("must be above 0 and at most 1");
	}
	return value;
}

double
NumberOr(const JsonReader &json, std::string_view name, double otherwise) {
	const auto found = json.Find(name);
	return found && !found->IsNull() ? found->Number() : otherwise;
}

bool
IsSet(const JsonReader &json, std::string_view name) {
	const auto found = json.Find(name);
	return found && !found->IsNull() && found->Boolean();
}

std::optional<std::string>
Joined(const std::vector<std::size_t> &columns, const RecordValues &record) {
	std::optional<std::string> all;
	for (const auto column : columns) {
		if (record[column]) {
			all = all ? *all + " | " + *record[column] : *record[column];
		}
	}
	return all;
}

} // namespace

std::optional<double>
TermFrequency(const std::optional<std::string> &text) {
	double value = 0;
	if (!text || std::from_chars(text->data(), text->data() + text->size(), value).ec != std::errc() ||
	    !(value > 0)) {
		return std::nullopt;
	}
	return value;
}

SplinkLevel
SplinkModel::ReadLevel(const JsonReader &json) {
	SplinkLevel level;
	const std::string sql = json.Require("sql_condition").NonEmptyText();
	if (!EqualsIgnoringCase(Trim(sql), "else")) {
		level.condition = Condition::Compile(sql, columns_);
	}
	const auto label = json.Find("label_for_charts");
	level.label = label && label->IsText() ? label->Text() : sql;
	level.is_null_level = IsSet(json, "is_null_level");
	if (!level.is_null_level) {
		level.m = Probability(json, "m_probability");
		level.u = Probability(json, "u_probability");
	}
	if (const auto column = json.Find("tf_adjustment_column"); column && !column->IsNull()) {
		const std::string name = column->NonEmptyText();
		columns_.Index(name);
		level.frequency_column = columns_.Index("tf_" + name);
		level.frequency_weight = NumberOr(json, "tf_adjustment_weight", 1);
		level.least_frequency = NumberOr(json, "tf_minimum_u_value", 0);
		level.exact_u = level.u;
	}
	return level;
}

SplinkComparison
SplinkModel::ReadComparison(const JsonReader &json) {
	SplinkComparison comparison;
	comparison.name = json.Require("output_column_name").NonEmptyText();
	for (const JsonReader &level : json.Require("comparison_levels").Elements()) {
		comparison.levels.push_back(ReadLevel(level));
	}
	for (SplinkLevel &level : comparison.levels) {
		if (level.condition) {
			for (const auto column : level.condition->Columns()) {
				if (std::find(comparison.columns.begin(), comparison.columns.end(), column) ==
				    comparison.columns.end()) {
					comparison.columns.push_back(column);
				}
			}
		}
		if (!level.frequency_column) {
			continue;
		}
		for (const SplinkLevel &exact : comparison.levels) {
			const auto column = exact.condition ? exact.condition->EqualColumn() : std::nullopt;
			if (column && "tf_" + columns_.all()[*column] == columns_.all()[*level.frequency_column]) {
				level.exact_u = exact.u;
			}
		}
	}
	return comparison;
}

SplinkModel
SplinkModel::Read(const JsonReader &json) {
	SplinkModel model;
	const double prior = Probability(json, "probability_two_random_records_match");
	model.prior_weight_ = std::log2(prior / (1 - prior));
	for (const JsonReader &comparison : json.Require("comparisons").Elements()) {
		model.comparisons_.push_back(model.ReadComparison(comparison));
	}
	return model;
}

std::vector<ScoreStep>
SplinkModel::Score(const RecordValues &left, const RecordValues &right) const {
	std::vector<ScoreStep> steps;
	for (const SplinkComparison &comparison : comparisons_) {
		ScoreStep &step = steps.emplace_back();
		step.comparison = comparison.name;
		step.left = Joined(comparison.columns, left);
		step.right = Joined(comparison.columns, right);
		const auto level =
		    std::find_if(comparison.levels.begin(), comparison.levels.end(), [&](const SplinkLevel &l) {
			    return !l.condition || l.condition->Evaluate(left, right) == true;
		    });
		if (level == comparison.levels.end()) {
			step.level = "no level";
			continue;
		}
		step.level = level->label;
		if (level->is_null_level) {
			continue;
		}
		step.m = level->m;
		step.u = level->u;
		step.weight = std::log2(level->m / level->u);
		if (level->frequency_column) {
			const auto a = TermFrequency(left[*level->frequency_column]),
			           b = TermFrequency(right[*level->frequency_column]);
			if (a && b) {
				const double frequency = std::max({*a, *b, level->least_frequency});
				step.weight += level->frequency_weight * std::log2(level->exact_u / frequency);
			}
		}
	}
	return steps;
}

} // namespace meshline::match
