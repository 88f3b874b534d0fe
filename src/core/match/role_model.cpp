// SPDX-License-Identifier: PostgreSQL
#include "core/match/role_model.hpp"

#include <algorithm>
#include <cmath>

namespace meshline::match {

namespace {

double
ReadShare(const JsonReader &level, std::string_view name) {
	const JsonReader json = level.Require(name);
	const double value = json.Number();
	if (!(value > 0 && value <= 1)) {
		json.Refuse("must be above 0 and at most 1");
	}
	return value;
}

} // namespace

RoleModel
RoleModel::Read(const JsonReader &json) {
	RoleModel model;
	if (const auto id = json.Find("id")) {
		model.id_column_ = id->NonEmptyText();
	}
	for (const JsonReader &column : json.Require("columns").Elements()) {
		const std::string name = column.Require("column").NonEmptyText();
		const JsonReader role_json = column.Require("role");
		const auto role = ParseRole(role_json.NonEmptyText());
		if (!role) {
			role_json.Refuse("is no role", "Roles are " + RoleNames() + ".");
		}
		ModelColumn &read = model.columns_.emplace_back();
		read.value = model.names_.Index(name);
		read.frequency = model.names_.Index("tf_" + name);
		read.role = *role;
		const JsonReader levels = column.Require("levels");
		for (const JsonReader &level : levels.Elements()) {
			read.m.push_back(ReadShare(level, "m"));
			read.u.push_back(ReadShare(level, "u"));
		}
		if (read.m.size() != LevelNames(*role).size()) {
			levels.Refuse("must be the levels of its role", "Train the model again with train_model().");
		}
	}
	const double records = json.Require("training").Require("records").Number();
	model.matches_per_record_ = json.Require("matches_per_record").Number();
	const double matches = model.matches_per_record_ * records;
	const double pairs = std::max(records * (records - 1) / 2, 1.0);
	model.prior_weight_ = std::log2(std::max(matches, 1e-9) / std::max(pairs - matches, 1.0));
	model.ReadRules(json);
	return model;
}

// Rules as train_model() describes them: "surname/whole and dob/year".
void
RoleModel::ReadRules(const JsonReader &json) {
	const auto blocking = json.Find("blocking");
	if (!blocking) {
		return;
	}
	for (const JsonReader &entry : blocking->Elements()) {
		const JsonReader rule = entry.Require("rule");
		const std::string text = rule.NonEmptyText();
		auto &parts = rules_.emplace_back();
		constexpr std::string_view separator = " and ";
		for (std::size_t start = 0; start <= text.size();) {
			const std::size_t end = std::min(text.find(separator, start), text.size());
			const std::string_view part = std::string_view(text).substr(start, end - start);
			start = end + separator.size();
			const std::size_t slash = part.rfind('/');
			const auto column = std::find_if(columns_.begin(), columns_.end(), [&](const ModelColumn &c) {
				return names_.all()[c.value] == part.substr(0, slash);
			});
			if (slash == std::string_view::npos || column == columns_.end()) {
				rule.Refuse("names a column that the model does not have");
			}
			const auto kinds = KeyNames(column->role);
			const auto kind = std::find(kinds.begin(), kinds.end(), part.substr(slash + 1));
			if (kind == kinds.end()) {
				rule.Refuse("names a key that the role does not have");
			}
			parts.emplace_back(column - columns_.begin(), kind - kinds.begin());
		}
	}
}

std::string
RoleModel::KeyRules() const {
	std::string text;
	for (const ModelColumn &column : columns_) {
		text += text.empty() ? "" : " ";
		text.append(Name(column.role));
	}
	for (const auto &rule : rules_) {
		char separator = ';';
		for (const auto &[column, kind] : rule) {
			text += separator;
			text += std::to_string(column) + "/" + std::to_string(kind);
			separator = ' ';
		}
	}
	return text;
}

std::vector<std::size_t>
RoleModel::ValueColumns() const {
	std::vector<std::size_t> values;
	for (const ModelColumn &column : columns_) {
		values.push_back(column.value);
	}
	return values;
}

Table
RoleModel::EmptyTable(std::pmr::memory_resource *arena) const {
	Table table(arena);
	for (const ModelColumn &column : columns_) {
		table.columns.emplace_back(names_.all()[column.value], column.role, arena);
	}
	return table;
}

Weights
RoleModel::WeightsFor(const Table &table) const {
	Weights weights(table.arena);
	for (const ModelColumn &column : columns_) {
		ColumnWeights &of_column = weights.columns.emplace_back(table.arena);
		for (std::size_t level = 0; level < column.m.size(); ++level) {
			of_column.levels.push_back({column.m[level], column.u[level], 0});
		}
	}
	weights.matching_pairs = matches_per_record_ * table.size();
	weights.Complete(table);
	return weights;
}

void
RoleModel::AddRecord(Table &table, const RecordValues &values) const {
	table.AddId({});
	for (std::size_t c = 0; c < columns_.size(); ++c) {
		const auto &value = values[columns_[c].value];
		table.columns[c].Add(value ? Prepare(columns_[c].role, *value, table.arena) : std::string_view{});
	}
}

std::vector<double>
RoleModel::WeighFirst(const Table &table) const {
	Comparer comparer(table, table.arena);
	std::vector<double> weights;
	for (std::uint32_t other = 1; other < table.size(); ++other) {
		double weight = prior_weight_;
		for (std::uint32_t c = 0; c < columns_.size(); ++c) {
			const int level = comparer.LevelAt(c, 0, other);
			if (level != no_level) {
				const auto at = static_cast<std::size_t>(level);
				weight += std::log2(columns_[c].m[at] / columns_[c].u[at]);
			}
		}
		weights.push_back(weight);
	}
	return weights;
}

std::vector<ScoreStep>
RoleModel::Score(const RecordValues &left, const RecordValues &right) const {
	std::pmr::monotonic_buffer_resource arena;
	Table table = EmptyTable(&arena);
	AddRecord(table, left);
	AddRecord(table, right);
	Comparer comparer(table, &arena);
	std::vector<ScoreStep> steps;
	for (std::uint32_t c = 0; c < columns_.size(); ++c) {
		const ModelColumn &model = columns_[c];
		ScoreStep &step = steps.emplace_back();
		step.comparison = names_.all()[model.value];
		step.left = left[model.value];
		step.right = right[model.value];
		const int found = comparer.LevelAt(c, 0, 1);
		if (found == no_level) {
			const bool is_missing = table.columns[c][0] == no_value || table.columns[c][1] == no_value;
			step.level = is_missing ? "no value" : "said by another column";
			continue;
		}
		const auto level = static_cast<std::size_t>(found);
		step.level = LevelNames(model.role)[level];
		step.m = model.m[level];
		step.u = model.u[level];
		step.weight = std::log2(*step.m / *step.u);
		if (level + 1 == model.m.size()) {
			const auto a = TermFrequency(left[model.frequency]), b = TermFrequency(right[model.frequency]);
			step.weight += a && b ? std::log2(*step.u / std::max(*a, *b)) : 0;
		}
	}
	return steps;
}

} // namespace meshline::match
