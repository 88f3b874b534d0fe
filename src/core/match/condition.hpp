// SPDX-License-Identifier: PostgreSQL
// The SQL conditions that saved Splink models tell levels of agreement by, compiled.
//
// Understood: columns as "name_l" and "name_r", or l."name" and r."name", texts, numbers, = <> < <= > >=, IS
// [NOT] NULL, AND, OR, NOT,
// + - * /, and the functions abs, damerau_levenshtein, epoch, jaccard, jaro_similarity,
// jaro_winkler_similarity, length, levenshtein, lower, nullif, regexp_extract, substr, substring,
// try_strptime. Nulls as in SQL.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace meshline::match {

// Values by the index of their column in ColumnNames; none is NULL.
using RecordValues = std::vector<std::optional<std::string>>;

class ColumnNames {
public:
	// The index of a column, which is added if it is new.
	std::size_t Index(std::string_view name);
	const std::vector<std::string> &
	all() const noexcept {
		return names_;
	}

private:
	std::vector<std::string> names_;
};

class ConditionNode;

class Condition {
public:
	// Throws Error (invalid_definition) that tells what is not understood and where.
	static Condition Compile(std::string_view sql, ColumnNames &columns);

	// None when it is unknown, as a comparison with NULL is.
	std::optional<bool> Evaluate(const RecordValues &left, const RecordValues &right) const;

	// The column that it demands to be equal on both sides, if that is all it does.
	std::optional<std::size_t> EqualColumn() const noexcept;

	// The equalities between an expression of the left record and one of the right that must all hold for it
	// to hold, each as those expressions, left first. `is_all`: nothing else is demanded.
	std::vector<std::pair<Condition, Condition>> Equalities(bool &is_all) const;

	// Of an expression, which any value is: what it is for a record on either side, as text; none for NULL.
	std::optional<std::string> Text(const RecordValues &record) const;

	// Columns that it reads, each once.
	std::vector<std::size_t> Columns() const;

private:
	explicit Condition(std::shared_ptr<const ConditionNode> root) : root_(std::move(root)) {
	}

	std::shared_ptr<const ConditionNode> root_;
};

} // namespace meshline::match

#ifdef POSTGRES_H
#error "the core sees no PostgreSQL header"
#endif
