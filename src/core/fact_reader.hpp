// SPDX-License-Identifier: PostgreSQL
// Reads the words of one fact by an object's program.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/evaluate.hpp"
#include "core/extract.hpp"
#include "core/program.hpp"

namespace meshline {

// What all facts of one extraction share.
struct ReadingContext {
	const CompiledDefinition &definition;
	const PayloadReader &payload;
	const ExtractOptions &options;
	Evaluator &evaluator;
	TextArena &texts;
	std::string_view pool; // the definition's texts, in the arena
};

// What a fact takes from the one around it, and from its envelope.
struct Surroundings {
	const NestedProgram *nested = nullptr; // null: the fact is the payload's own
	std::string_view currency;
	std::string_view processor;
	bool is_test = false;
	std::optional<Instant> occurred_at;
	std::optional<Instant> version_at;
	std::optional<Instant> envelope_version_at; // wins over the fact's own
};

class FactReader {
public:
	FactReader(const ReadingContext &context, const Frame &frame, Fact &fact) noexcept
	    : context_(context), evaluator_(context.evaluator), program_(*frame.program), frame_(frame),
	      fact_(fact) {
	}

	// The external id. False when there is none: then no fact can exist, and `problem` says why.
	bool ReadId(Problem &problem);
	// Everything else.
	void Read(const Surroundings &around);

private:
	Hash128 HashOfValues();
	std::string_view ContentId();
	void ReadState(const Surroundings &around);
	void ReadCurrency(const Surroundings &around);
	void ReadPresentment();
	void ReadTimes(const Surroundings &around);
	void ReadVersion(const Surroundings &around, const std::optional<Instant> &stated);
	std::optional<Minor> ReadAmount(Word word, const std::optional<AmountProgram> &program);
	std::optional<Instant> ReadTime(Word word, const std::optional<Expression> &expression);
	std::optional<std::string_view> ReadText(Word word, const std::optional<Expression> &expression);
	void ReadParty();
	void ReadParts();
	void ReadItems();
	std::optional<Item> ReadItem(const ItemsProgram &program, const Frame &element);
	std::string_view TextIfAny(const std::optional<Expression> &expression, const Frame &frame);
	std::optional<Minor> AmountIfAny(const AmountProgram &program, const Frame &frame,
	                                 std::string_view currency);
	std::optional<Minor> ItemNumber(const std::optional<Expression> &expression, const Frame &element);
	int ScaleOf(const AmountProgram &program, std::string_view currency, int exponent) const noexcept;
	void ReadIdentifiers();
	void ReadIdentifier(const IdentifierProgram &program);
	std::optional<Identifier> ReadLink(Word word, const std::vector<IdentifierProgram> &programs);
	Identifier MakeIdentifier(const IdentifierProgram &program, std::string_view value);
	bool IsUsable(const IdentifierProgram &program, std::string_view value);
	void AddIdentifier(const IdentifierProgram &program, std::string_view value);

	void AddMissing(Word word, const Expression &expression, std::string_view misfit);
	void AddProblem(std::string_view field, std::string_view path, const std::string &reason);
	std::string_view
	Pooled(PooledText text) const noexcept {
		return context_.pool.substr(text.offset, text.size);
	}

	const ReadingContext &context_;
	Evaluator &evaluator_;
	const ObjectProgram &program_;
	const Frame &frame_;
	Fact &fact_;
	bool is_currency_refused_ = false;
};

// The moment that a text names, by the rules of a connection.
std::optional<Instant> ReadInstant(std::string_view text, const LocalTime &local_time);

} // namespace meshline

#ifdef POSTGRES_H
#error "the core sees no PostgreSQL header"
#endif
