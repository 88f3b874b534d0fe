// SPDX-License-Identifier: PostgreSQL
// A model that Splink has saved: how it scores a pair of records, step by step.
//
// Weight = log2(p / (1 - p)) + the sum over comparisons of log2(m / u) of the first level whose condition
// holds; a null level adds nothing. A level with a term frequency column adds tf_adjustment_weight * log2(u
// of exact agreement on that column / the greater of both term frequencies), where the records have them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/json_reader.hpp"
#include "core/match/condition.hpp"

namespace meshline::match {

// One comparison of a pair, as explain_match() shows it.
struct ScoreStep {
	std::string comparison;
	std::string level;
	std::optional<std::string> left; // the values that were compared
	std::optional<std::string> right;
	std::optional<double> m; // none where nothing was compared
	std::optional<double> u;
	double weight = 0;
};

// A record's "tf_" value as a number above 0; none for others.
std::optional<double> TermFrequency(const std::optional<std::string> &text);

struct SplinkLevel {
	std::optional<Condition> condition; // none: everything else
	std::string label;
	bool is_null_level = false;
	double m = 1;
	double u = 1;
	std::optional<std::size_t> frequency_column;
	double frequency_weight = 1;
	double least_frequency = 0;
	double exact_u = 1; // of exact agreement on the frequency column

	double Weight(const RecordValues &left, const RecordValues &right) const;
};

struct SplinkComparison {
	std::string name;
	std::vector<SplinkLevel> levels;
	std::vector<std::size_t> columns; // that its conditions read

	// The first whose condition holds; null: none does.
	const SplinkLevel *LevelOf(const RecordValues &left, const RecordValues &right) const;
};

// Pairs that its condition holds for are worth comparing.
struct SplinkRule {
	Condition condition;
	std::vector<std::pair<Condition, Condition>>
	    keys;          // equalities it demands: of the left record, of the right
	bool is_keys_only; // that is all it demands
};

class SplinkModel {
public:
	// Throws Error(invalid_definition) whose detail says where.
	static SplinkModel Read(const JsonReader &json);

	// Columns that records are to be given in the order of. The term frequency of a column is its own column,
	// "tf_" and its name.
	const ColumnNames &
	columns() const noexcept {
		return columns_;
	}
	// Of relations that are read by the model.
	const std::string &
	id_column() const noexcept {
		return id_column_;
	}
	double
	prior_weight() const noexcept {
		return prior_weight_;
	}
	std::vector<ScoreStep> Score(const RecordValues &left, const RecordValues &right) const;
	// The sum of the steps and the prior.
	double Weight(const RecordValues &left, const RecordValues &right) const;

	// "blocking_rules_to_generate_predictions"; may be empty.
	const std::vector<SplinkRule> &
	rules() const noexcept {
		return rules_;
	}
	// By column: the index of the column whose term frequencies it holds, none where it holds values.
	std::vector<std::optional<std::size_t>> FrequencyColumns() const;

private:
	void ReadRule(const JsonReader &json);
	SplinkLevel ReadLevel(const JsonReader &json);
	SplinkComparison ReadComparison(const JsonReader &json);

	std::string id_column_ = "unique_id";
	ColumnNames columns_;
	double prior_weight_ = 0;
	std::vector<SplinkComparison> comparisons_;
	std::vector<SplinkRule> rules_;
};

} // namespace meshline::match

#ifdef POSTGRES_H
#error "the core sees no PostgreSQL header"
#endif
