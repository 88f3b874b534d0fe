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
	if (const auto id = json.Find("unique_id_column_name"); id && !id->IsNull()) {
		model.id_column_ = id->NonEmptyText();
	}
	const double prior = Probability(json, "probability_two_random_records_match");
	model.prior_weight_ = std::log2(prior / (1 - prior));
	for (const JsonReader &comparison : json.Require("comparisons").Elements()) {
		model.comparisons_.push_back(model.ReadComparison(comparison));
	}
	if (const auto rules = json.Find("blocking_rules_to_generate_predictions"); rules && !rules->IsNull()) {
		for (const JsonReader &rule : rules->Elements()) {
			model.ReadRule(rule);
		}
	}
	return model;
}

// {"blocking_rule": "l.dob = r.dob"} or only the text.
void
SplinkModel::ReadRule(const JsonReader &json) {
	const JsonReader sql = json.IsText() ? json : json.Require("blocking_rule");
	const Condition condition = Condition::Compile(sql.NonEmptyText(), columns_);
	bool is_keys_only = false;
	auto keys = condition.Equalities(is_keys_only);
	if (keys.empty()) {
		sql.Refuse("demands no equality, so that every record would be compared with all others",
		           "A blocking rule is like l.surname = r.surname AND l.dob = r.dob.");
	}
	rules_.push_back({condition, std::move(keys), is_keys_only});
}

std::vector<std::optional<std::size_t>>
SplinkModel::FrequencyColumns() const {
	const std::vector<std::string> &names = columns_.all();
	std::vector<std::optional<std::size_t>> columns(names.size());
	for (const SplinkComparison &comparison : comparisons_) {
		for (const SplinkLevel &level : comparison.levels) {
			if (level.frequency_column) {
				const auto value =
				    std::find(names.begin(), names.end(), names[*level.frequency_column].substr(3));
				columns[*level.frequency_column] = static_cast<std::size_t>(value - names.begin());
			}
		}
	}
	return columns;
}

const SplinkLevel *
SplinkComparison::LevelOf(const RecordValues &left, const RecordValues &right) const {
	const auto level = std::find_if(levels.begin(), levels.end(), [&](const SplinkLevel &l) {
		return !l.condition || l.condition->Evaluate(left, right) == true;
	});
	return level == levels.end() ? nullptr : &*level;
}

double
SplinkLevel::Weight(const RecordValues &left, const RecordValues &right) const {
	if (is_null_level) {
		return 0;
	}
	double weight = std::log2(m / u);
	if (frequency_column) {
		const auto a = TermFrequency(left[*frequency_column]), b = TermFrequency(right[*frequency_column]);
		if (a && b) {
			weight += frequency_weight * std::log2(exact_u / std::max({*a, *b, least_frequency}));
		}
	}
	return weight;
}

std::vector<ScoreStep>
SplinkModel::Score(const RecordValues &left, const RecordValues &right) const {
	std::vector<ScoreStep> steps;
	for (const SplinkComparison &comparison : comparisons_) {
		ScoreStep &step = steps.emplace_back();
		step.comparison = comparison.name;
		step.left = Joined(comparison.columns, left);
		step.right = Joined(comparison.columns, right);
		const SplinkLevel *level = comparison.LevelOf(left, right);
		if (level == nullptr) {
			step.level = "no level";
			continue;
		}
		step.level = level->label;
		if (!level->is_null_level) {
			step.m = level->m;
			step.u = level->u;
			step.weight = level->Weight(left, right);
		}
	}
	return steps;
}

double
SplinkModel::Weight(const RecordValues &left, const RecordValues &right) const {
	double weight = prior_weight_;
	for (const SplinkComparison &comparison : comparisons_) {
		const SplinkLevel *level = comparison.LevelOf(left, right);
		weight += level == nullptr ? 0 : level->Weight(left, right);
	}
	return weight;
}

} // namespace meshline::match
