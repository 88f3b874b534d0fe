// SPDX-License-Identifier: PostgreSQL
#include "core/match/role_model.hpp"

#include <algorithm>
#include <cmath>

#include "core/match/weights.hpp"

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
	const double matches = json.Require("matches_per_record").Number() * records;
	const double pairs = std::max(records * (records - 1) / 2, 1.0);
	model.prior_weight_ = std::log2(std::max(matches, 1e-9) / std::max(pairs - matches, 1.0));
	return model;
}

std::vector<ScoreStep>
RoleModel::Score(const RecordValues &left, const RecordValues &right) const {
	std::pmr::monotonic_buffer_resource arena;
	Table table(&arena);
	table.AddId({});
	table.AddId({});
	for (const ModelColumn &c : columns_) {
		Column &column = table.columns.emplace_back(names_.all()[c.value], c.role, &arena);
		for (const RecordValues *record : {&left, &right}) {
			const auto &value = (*record)[c.value];
			column.Add(value ? Prepare(c.role, *value, &arena) : std::string_view{});
		}
	}
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
