// SPDX-License-Identifier: PostgreSQL
// The part of the definition's compiler that reads paths, expressions and conditions.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/json_reader.hpp"
#include "core/program.hpp"

namespace meshline {

// All functions throw Error(ML001), which names the place and the reason.
class ExpressionCompiler {
public:
	// Names that paths read are added to `vocabulary`; `objects` are those that "^name." may name.
	ExpressionCompiler(Vocabulary &vocabulary, std::vector<std::string> objects)
	    : vocabulary_(vocabulary), objects_(std::move(objects)) {
	}

	Path ReadPath(const JsonReader &json);
	Expression ReadExpression(const JsonReader &json);
	// The same, or a sum: what amounts may be.
	Expression ReadAmount(const JsonReader &json);
	Condition ReadCondition(const JsonReader &json);

private:
	Expression Read(const JsonReader &json, bool allows_sum);
	Expression ReadMapped(const JsonReader &json, bool allows_sum);
	Expression ReadParts(const JsonReader &json, bool allows_sum);
	Expression ReadCases(const JsonReader &json, bool allows_sum);
	Expression ReadTotal(const JsonReader &json, bool allows_sum);
	Expression ReadOfList(const JsonReader &json, bool allows_sum);
	Condition ReadTest(const JsonReader &json);
	std::vector<Transform> ReadTransforms(const JsonReader &json);
	Transform ReadTransform(const JsonReader &json);

	std::string_view ReadStart(std::string_view text, Path &path, const JsonReader &json) const;
	void ReadSteps(std::string_view text, Path &path, const JsonReader &json);
	void ReadBracket(std::string_view inside, Path &path, const JsonReader &json);

	Vocabulary &vocabulary_;
	std::vector<std::string> objects_;
};

// Refuses an expression that can give a text that `is_allowed` does not know: every way through it has
// to end in a const or a map. `what` is how an outcome is called: "a status".
void CheckOutcomes(const Expression &expression, const JsonReader &json, const std::string &what,
                   const std::function<bool(std::string_view)> &is_allowed, const std::string &hint);

} // namespace meshline

#ifdef POSTGRES_H
#error "the core sees no PostgreSQL header"
#endif
