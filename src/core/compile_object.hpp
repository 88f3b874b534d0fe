// SPDX-License-Identifier: PostgreSQL
// The part of the definition's compiler that reads one object's program.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/compile_expression.hpp"
#include "core/json_reader.hpp"
#include "core/program.hpp"

namespace meshline {

class ObjectCompiler {
public:
	// `names` are the objects of the definition, in the order of its programs.
	ObjectCompiler(CompiledDefinition &definition, const std::vector<std::string> &names)
	    : definition_(definition), names_(names), expressions_(definition.vocabulary_, names) {
	}

	// Throws Error(ML001).
	ObjectProgram Read(const std::string &name, const JsonReader &json);

private:
	void ReadEnvelope(ObjectProgram &program, const JsonReader &json);
	void ReadKind(ObjectProgram &program, const JsonReader &json);
	void ReadKeyless(ObjectProgram &program, const JsonReader &json);
	void ReadTimes(ObjectProgram &program, const JsonReader &json);
	void ReadMoney(ObjectProgram &program, const JsonReader &json);
	void ReadState(ObjectProgram &program, const JsonReader &json);
	void ReadParty(ObjectProgram &program, const JsonReader &json);
	void ReadParts(ObjectProgram &program, const JsonReader &json);
	void ReadItems(ObjectProgram &program, const JsonReader &json);
	void ReadRequired(ObjectProgram &program, const JsonReader &json);
	void ReadNested(ObjectProgram &program, const JsonReader &json);
	NestedProgram ReadNestedObject(const JsonReader &json);
	std::optional<Expression> Optional(const JsonReader &json, std::string_view key);
	// Of a word that may also be true or false.
	std::optional<Condition> AlwaysOrCondition(const JsonReader &json, std::string_view key);
	std::optional<Condition> OptionalCondition(const JsonReader &json, std::string_view key);
	std::optional<AmountProgram> ReadAmount(const JsonReader &json, std::string_view key);
	std::vector<IdentifierProgram> ReadLinks(const JsonReader &json, std::string_view key);
	IdentifierProgram ReadIdentifier(const JsonReader &json, bool is_link);
	PooledText Pool(std::string_view text);
	std::size_t IndexOf(const JsonReader &json) const;

	CompiledDefinition &definition_;
	const std::vector<std::string> &names_;
	ExpressionCompiler expressions_;
};

// The scope that a word names.
Scope ReadScope(const JsonReader &json);

} // namespace meshline

#ifdef POSTGRES_H
#error "the core sees no PostgreSQL header"
#endif
