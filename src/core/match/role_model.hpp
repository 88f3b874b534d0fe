// SPDX-License-Identifier: PostgreSQL
// A model that train_model() has made: how it scores a pair of records, step by step.
#pragma once

#include <vector>

#include "core/json_reader.hpp"
#include "core/match/role.hpp"
#include "core/match/splink_model.hpp"
#include "core/match/table.hpp"
#include "core/match/weights.hpp"

namespace meshline::match {

class RoleModel {
public:
	// Throws Error(invalid_definition) whose detail says where.
	static RoleModel Read(const JsonReader &json);

	const ColumnNames &
	columns() const noexcept {
		return names_;
	}
	// Of relations that are read by the model.
	const std::string &
	id_column() const noexcept {
		return id_column_;
	}
	// For two records of a table as large as the one that the model was trained with.
	double
	prior_weight() const noexcept {
		return prior_weight_;
	}
	// As the engine compares them. Equality on a value weighs log2(m / u) more or less by the value's term
	// frequency, where both records have it as "tf_" and the column's name.
	std::vector<ScoreStep> Score(const RecordValues &left, const RecordValues &right) const;

	// What the engine weighs pairs of a table by, which EmptyTable() began. The prior follows the table's
	// size.
	Weights WeightsFor(const Table &table) const;

	// A table with the columns of the model.
	Table EmptyTable(std::pmr::memory_resource *arena) const;
	// Adds a record; values are in the order of columns().
	void AddRecord(Table &table, const RecordValues &values) const;
	// What the first record of the table and each of the others weigh, without term frequencies.
	std::vector<double> WeighFirst(const Table &table) const;

	// How keys of its blocking rules are made, for RecordKeys.
	std::string KeyRules() const;
	// Where the values of its columns are among columns(), in the order of the model.
	std::vector<std::size_t> ValueColumns() const;

private:
	struct ModelColumn {
		std::size_t value;     // index of its values
		std::size_t frequency; // index of their term frequencies
		Role role;
		std::vector<double> m; // by level
		std::vector<double> u;
	};

	using RulePart = std::pair<std::size_t, std::size_t>; // column, kind of key

	void ReadRules(const JsonReader &json);

	std::string id_column_ = "id";
	ColumnNames names_;
	double prior_weight_ = 0;
	double matches_per_record_ = 0;
	std::vector<std::vector<RulePart>> rules_;
	std::vector<ModelColumn> columns_;
};

} // namespace meshline::match

#ifdef POSTGRES_H
#error "the core sees no PostgreSQL header"
#endif
