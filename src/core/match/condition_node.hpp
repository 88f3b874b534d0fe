// SPDX-License-Identifier: PostgreSQL
// What a compiled condition is made of.
#pragma once

#include <re2/re2.h>

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/match/condition.hpp"

namespace meshline::match {

struct Null {};
using SqlValue = std::variant<Null, bool, double, std::string>;

enum class Operation : unsigned char {
	left_column,
	right_column,
	constant,
	is_null,
	logical_not,
	logical_and,
	logical_or,
	equal,
	not_equal,
	less,
	less_or_equal,
	greater,
	greater_or_equal,
	add,
	subtract,
	multiply,
	divide,
	negate,
	abs,
	damerau_levenshtein,
	epoch,
	jaccard,
	jaro_similarity,
	jaro_winkler_similarity,
	length,
	levenshtein,
	lower,
	nullif,
	regexp_extract,
	substring,
	try_strptime,
};

class ConditionNode {
public:
	ConditionNode(Operation what, std::vector<std::shared_ptr<const ConditionNode>> arguments)
	    : operation(what), operands(std::move(arguments)) {
	}

	SqlValue Evaluate(const RecordValues &left, const RecordValues &right) const;

	Operation operation;
	std::vector<std::shared_ptr<const ConditionNode>> operands;
	std::size_t column = 0;             // of a column
	SqlValue value;                     // of a constant
	std::shared_ptr<const RE2> pattern; // of regexp_extract

private:
	// Of functions whose first argument is a text.
	SqlValue OfText(const RecordValues &left, const RecordValues &right) const;
};

using NodePointer = std::shared_ptr<const ConditionNode>;

// A function by its name, and how many arguments it takes; none if there is no such one.
struct FunctionEntry {
	std::string_view name;
	Operation operation;
	std::size_t least;
	std::size_t most;
};
const FunctionEntry *FindFunction(std::string_view lower_name) noexcept;

} // namespace meshline::match

#ifdef POSTGRES_H
#error "the core sees no PostgreSQL header"
#endif
