// SPDX-License-Identifier: PostgreSQL
// Runs the expressions of a compiled definition over the tree of one payload.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>

#include "core/function_ref.hpp"
#include "core/money.hpp"
#include "core/payload.hpp"
#include "core/program.hpp"
#include "core/text.hpp"

namespace meshline {

// The fact that is being read.
struct Frame {
	NodeIndex node = root_node;
	const Frame *parent = nullptr; // the fact around it
	const ObjectProgram *program = nullptr;
	std::size_t position = 0; // in its list
};

struct AmountReading {
	Money money;
	std::string_view text; // what could not be read; empty for sums
};

class Evaluator {
public:
	// Called with each text; false ends the evaluation.
	using Sink = FunctionRef<bool(std::string_view)>;
	using NodeSink = FunctionRef<bool(NodeIndex)>;

	// Texts that are made up on the way are put into `texts`.
	Evaluator(const PayloadReader &payload, const Vocabulary &vocabulary, KeyId id_key,
	          TextArena &texts) noexcept
	    : payload_(payload), nodes_(payload.nodes()), vocabulary_(vocabulary), id_key_(id_key),
	      texts_(texts) {
	}

	// The texts of an expression. False when the sink ended it.
	bool Each(const Expression &expression, const Frame &frame, Sink sink);
	// The first that is not empty.
	std::optional<std::string_view> First(const Expression &expression, const Frame &frame);
	bool Holds(const Condition &condition, const Frame &frame);
	// An amount, its text x 10^scale, or a sum of such. Nothing when there is none.
	std::optional<AmountReading> Amount(const Expression &expression, const Frame &frame, int scale);
	// The values at a path that are not null. False when the sink ended it.
	bool EachNode(const Path &path, const Frame &frame, NodeSink sink);

	// Why a value was passed over since the last call, or "": a sentence that begins with "is" or "holds".
	std::string_view TakeMisfit() noexcept;

private:
	bool EachNodeFrom(const PathStep *step, const PathStep *end, NodeIndex node, NodeSink sink);
	bool EachElement(const PathStep *step, const PathStep *end, NodeIndex node, NodeSink sink);
	bool EachOfPath(const Expression &expression, const Frame &frame, Sink sink);
	bool EachInText(const PathStep *step, const PathStep *end, std::string_view text, Sink sink);
	bool EachOfFirst(const Expression &expression, const Frame &frame, Sink sink);
	bool EachRaw(const Expression &expression, const Frame &frame, Sink sink);
	bool Joined(const Expression &expression, const Frame &frame, Sink sink);
	bool Counted(const Expression &expression, const Frame &frame, Sink sink);
	std::optional<AmountReading> Sum(const Expression &expression, const Frame &frame, int scale);
	std::optional<AmountReading> Total(const Expression &expression, const Frame &frame, int scale);
	const Expression *Choose(const Expression &when, const Frame &frame);
	std::optional<std::string_view> ScalarText(NodeIndex node);
	bool MatchesWhere(const PathStep &step, NodeIndex node);

	const PayloadReader &payload_;
	const std::vector<Node> &nodes_;
	const Vocabulary &vocabulary_;
	KeyId id_key_;
	TextArena &texts_;
	std::string_view misfit_;
	// Where the last path met a text of JSON in place of an object; null when it met none.
	const PathStep *text_step_ = nullptr;
	NodeIndex text_node_ = no_node;
	std::unique_ptr<PayloadReader> inner_; // of the text that was read last
	std::string_view inner_text_;
};

} // namespace meshline

#ifdef POSTGRES_H
#error "the core sees no PostgreSQL header"
#endif
