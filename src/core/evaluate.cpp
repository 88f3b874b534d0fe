// SPDX-License-Identifier: PostgreSQL
#include "core/evaluate.hpp"

#include <algorithm>
#include <charconv>

#include "core/transform.hpp"

namespace meshline {

namespace {

constexpr std::size_t number_size = 24;

const Frame *
FindFrame(const Path &path, const Frame &frame) noexcept {
	const Frame *found = &frame;
	if (path.start == Path::Start::parent) {
		for (unsigned i = 0; i < path.up && found != nullptr; ++i) {
			found = found->parent;
		}
	} else if (path.start == Path::Start::ancestor) {
		do {
			found = found->parent;
		} while (found != nullptr && found->program->name != path.ancestor);
	}
	return found;
}

bool
IsTrue(std::string_view text) noexcept {
	return EqualsIgnoringCase(text, "true") || EqualsIgnoringCase(text, "t") || text == "1" ||
	       EqualsIgnoringCase(text, "yes");
}

} // namespace

std::string_view
Evaluator::TakeMisfit() noexcept {
	const std::string_view misfit = misfit_;
	misfit_ = {};
	return misfit;
}

bool
Evaluator::EachNode(const Path &path, const Frame &frame, NodeSink sink) {
	const Frame *start = FindFrame(path, frame);
	if (start == nullptr) {
		return true;
	}
	return EachNodeFrom(path.steps.data(), path.steps.data() + path.steps.size(), start->node, sink);
}

bool
Evaluator::EachNodeFrom(const PathStep *step, const PathStep *end, NodeIndex node, NodeSink sink) {
	for (; step != end; ++step) {
		const Node &here = nodes_[node];
		if (here.type == NodeType::null) {
			return true;
		}
		if (step->op != PathStep::Op::member) {
			return EachElement(step, end, node, sink);
		}
		if (here.type != NodeType::object) {
			// Some languages write an empty object as an empty list.
			if (here.type == NodeType::string && here.text.starts_with('{')) {
				text_step_ = step;
				text_node_ = node;
			}
			if (here.type != NodeType::array || here.first_child != no_node) {
				misfit_ = here.type == NodeType::array ? "is inside a list where an object belongs"
				                                       : "is inside a single value where an object belongs";
			}
			return true;
		}
		node = payload_.Member(node, step->key);
		if (node == no_node) {
			return true;
		}
	}
	return nodes_[node].type == NodeType::null || sink(node);
}

bool
Evaluator::EachElement(const PathStep *step, const PathStep *end, NodeIndex node, NodeSink sink) {
	const auto visit = [&](NodeIndex element) {
		return (step->op == PathStep::Op::where && !MatchesWhere(*step, element)) ||
		       EachNodeFrom(step + 1, end, element, sink);
	};
	if (nodes_[node].type != NodeType::array) {
		return visit(node);
	}
	for (NodeIndex at = nodes_[node].first_child; at != no_node; at = nodes_[at].next_sibling) {
		if (!visit(at)) {
			return false;
		}
	}
	return true;
}

bool
Evaluator::MatchesWhere(const PathStep &step, NodeIndex node) {
	if (nodes_[node].type != NodeType::object) {
		return false;
	}
	const NodeIndex member = payload_.Member(node, step.key);
	return member != no_node && nodes_[member].type != NodeType::object &&
	       nodes_[member].type != NodeType::array && nodes_[member].text == step.value;
}

// The text of a scalar; of an object, that of its id: many systems write either.
std::optional<std::string_view>
Evaluator::ScalarText(NodeIndex node) {
	if (nodes_[node].type == NodeType::object) {
		const NodeIndex id = payload_.Member(node, id_key_);
		if (id == no_node) {
			misfit_ = "is an object where a single value belongs";
			return std::nullopt;
		}
		node = id;
	}
	const Node &value = nodes_[node];
	switch (value.type) {
	case NodeType::null:
		return std::nullopt;
	case NodeType::array:
		if (value.first_child != no_node) {
			misfit_ = "is a list where a single value belongs";
		}
		return std::nullopt;
	case NodeType::object:
		misfit_ = "is an object where a single value belongs";
		return std::nullopt;
	default:
		break;
	}
	if (value.has_nul) {
		misfit_ = "holds the character U+0000";
		return std::nullopt;
	}
	return value.text;
}

bool
Evaluator::Each(const Expression &expression, const Frame &frame, Sink sink) {
	if (expression.transforms.empty()) {
		return EachRaw(expression, frame, sink);
	}
	return EachRaw(expression, frame, [&](std::string_view text) {
		return EachTransformed(expression.transforms, text, texts_, sink);
	});
}

bool
Evaluator::EachRaw(const Expression &expression, const Frame &frame, Sink sink) {
	switch (expression.op) {
	case Expression::Op::path:
		return EachOfPath(expression, frame, sink);
	case Expression::Op::constant:
		return sink(expression.constant);
	case Expression::Op::first:
		return EachOfFirst(expression, frame, sink);
	case Expression::Op::join:
		return Joined(expression, frame, sink);
	case Expression::Op::when: {
		const Expression *chosen = Choose(expression, frame);
		return chosen == nullptr || Each(*chosen, frame, sink);
	}
	case Expression::Op::count:
		return Counted(expression, frame, sink);
	case Expression::Op::sum:
	case Expression::Op::total: // an amount, never a text: the compiler sees to it
		break;
	}
	return true;
}

bool
Evaluator::EachOfPath(const Expression &expression, const Frame &frame, Sink sink) {
	const Path &path = expression.path;
	if (path.start == Path::Start::position) {
		char *digits = texts_.Allocate(number_size);
		const char *end = std::to_chars(digits, digits + number_size, frame.position).ptr;
		return sink({digits, static_cast<std::size_t>(end - digits)});
	}
	text_step_ = nullptr;
	const bool goes_on = EachNode(path, frame, [&](NodeIndex node) {
		const auto text = ScalarText(node);
		return !text || sink(*text);
	});
	if (!goes_on || text_step_ == nullptr) {
		return goes_on;
	}
	return EachInText(text_step_, path.steps.data() + path.steps.size(), nodes_[text_node_].text, sink);
}

// Goes on with a path in an object that an ETL tool has written into a column as text.
bool
Evaluator::EachInText(const PathStep *step, const PathStep *end, std::string_view text, Sink sink) {
	if (inner_ == nullptr || inner_text_.data() != text.data()) {
		inner_ = inner_ == nullptr ? std::make_unique<PayloadReader>() : std::move(inner_);
		inner_text_ = text;
		inner_->Read(text, vocabulary_);
	}
	if (inner_->nodes().empty()) {
		return true;
	}
	Evaluator inner(*inner_, vocabulary_, id_key_, texts_);
	const bool goes_on = inner.EachNodeFrom(step, end, root_node, [&](NodeIndex node) {
		const auto value = inner.ScalarText(node);
		return !value || sink(texts_.Copy(*value));
	});
	misfit_ = inner.misfit_;
	return goes_on;
}

// All texts of the first part that has one.
bool
Evaluator::EachOfFirst(const Expression &expression, const Frame &frame, Sink sink) {
	for (const Expression &part : expression.parts) {
		bool has_text = false;
		const bool goes_on = Each(part, frame, [&](std::string_view text) {
			has_text = has_text || !text.empty();
			return text.empty() || sink(text);
		});
		if (!goes_on || has_text) {
			return goes_on;
		}
	}
	return true;
}

bool
Evaluator::Joined(const Expression &expression, const Frame &frame, Sink sink) {
	std::string_view joined;
	for (const Expression &part : expression.parts) {
		const auto text = First(part, frame);
		if (!text) {
			return true;
		}
		if (&part == &expression.parts.front()) {
			joined = *text;
			continue;
		}
		const std::size_t size = joined.size() + expression.constant.size() + text->size();
		char *whole = texts_.Allocate(size);
		char *at = std::copy(joined.begin(), joined.end(), whole);
		at = std::copy(expression.constant.begin(), expression.constant.end(), at);
		std::copy(text->begin(), text->end(), at);
		joined = {whole, size};
	}
	return sink(joined);
}

bool
Evaluator::Counted(const Expression &expression, const Frame &frame, Sink sink) {
	std::size_t count = 0;
	EachNode(expression.path, frame, [&](NodeIndex node) {
		const Frame element{node, frame.parent, frame.program, frame.position};
		count += expression.only.empty() || Holds(expression.only.front(), element) ? 1 : 0;
		return true;
	});
	char *digits = texts_.Allocate(number_size);
	const char *end = std::to_chars(digits, digits + number_size, count).ptr;
	return sink({digits, static_cast<std::size_t>(end - digits)});
}

const Expression *
Evaluator::Choose(const Expression &when, const Frame &frame) {
	for (const Case &each : when.cases) {
		if (Holds(each.condition, frame)) {
			return &each.value;
		}
	}
	return when.parts.empty() ? nullptr : &when.parts.front();
}

std::optional<std::string_view>
Evaluator::First(const Expression &expression, const Frame &frame) {
	std::optional<std::string_view> found;
	Each(expression, frame, [&](std::string_view text) {
		if (!text.empty()) {
			found = text;
		}
		return text.empty();
	});
	return found;
}

bool
Evaluator::Holds(const Condition &condition, const Frame &frame) {
	using Op = Condition::Op;
	const auto holds = [&](const Condition &part) { return Holds(part, frame); };
	const auto any_text = [&](auto &&accepts) {
		return !Each(condition.operand, frame, [&](std::string_view text) { return !accepts(text); });
	};
	switch (condition.op) {
	case Op::all:
		return std::all_of(condition.parts.begin(), condition.parts.end(), holds);
	case Op::any:
		return std::any_of(condition.parts.begin(), condition.parts.end(), holds);
	case Op::negation:
		return !holds(condition.parts.front());
	case Op::truth:
		return any_text(IsTrue);
	case Op::in:
		return any_text([&](std::string_view text) {
			return std::find(condition.values.begin(), condition.values.end(), text) !=
			       condition.values.end();
		});
	case Op::matches:
		return any_text([&](std::string_view text) {
			return RE2::PartialMatch({text.data(), text.size()}, *condition.regex);
		});
	case Op::exists:
		break;
	}
	const bool is_plain =
	    condition.operand.op == Expression::Op::path && condition.operand.transforms.empty();
	const bool exists = is_plain ? !EachNode(condition.operand.path, frame, [](NodeIndex) { return false; })
	                             : any_text([](std::string_view text) { return !text.empty(); });
	return exists == condition.wanted;
}

std::optional<AmountReading>
Evaluator::Amount(const Expression &expression, const Frame &frame, int scale) {
	if (expression.op == Expression::Op::sum) {
		return Sum(expression, frame, scale);
	}
	if (expression.op == Expression::Op::total) {
		return Total(expression, frame, scale);
	}
	if (expression.transforms.empty() && expression.op == Expression::Op::when) {
		const Expression *chosen = Choose(expression, frame);
		return chosen == nullptr ? std::nullopt : Amount(*chosen, frame, scale);
	}
	if (expression.transforms.empty() && expression.op == Expression::Op::first) {
		for (const Expression &part : expression.parts) {
			if (const auto reading = Amount(part, frame, scale)) {
				return reading;
			}
		}
		return std::nullopt;
	}
	const auto text = First(expression, frame);
	return text ? std::optional(AmountReading{ParseMoney(*text, scale), *text}) : std::nullopt;
}

// Nothing when none of the parts is there. The first that cannot be read is the reading.
std::optional<AmountReading>
Evaluator::Total(const Expression &expression, const Frame &frame, int scale) {
	std::optional<AmountReading> total;
	for (const Expression &part : expression.parts) {
		const auto reading = Amount(part, frame, scale);
		if (!reading) {
			continue;
		}
		if (reading->money.error != MoneyError::none) {
			return reading;
		}
		total = AmountReading{AddMoney(total ? total->money.amount : 0, reading->money.amount), {}};
		if (total->money.error != MoneyError::none) {
			return total;
		}
	}
	return total;
}

// Nothing when the list is not there; zero when none of its elements counts. The first number that
// cannot be read is the sum's reading.
std::optional<AmountReading>
Evaluator::Sum(const Expression &expression, const Frame &frame, int scale) {
	const std::vector<PathStep> &steps = expression.path.steps;
	const Frame *start = FindFrame(expression.path, frame);
	if (start == nullptr || EachNodeFrom(steps.data(), steps.data() + steps.size() - 1, start->node,
	                                     [](NodeIndex) { return false; })) {
		return std::nullopt;
	}
	AmountReading sum;
	EachNode(expression.path, frame, [&](NodeIndex node) {
		const Frame element{node, frame.parent, frame.program, frame.position};
		if (!expression.only.empty() && !Holds(expression.only.front(), element)) {
			return true;
		}
		return EachNode(expression.rest, element, [&](NodeIndex number) {
			const auto text = ScalarText(number);
			const Money money = ParseMoney(text.value_or(""), scale);
			const bool is_read = money.error == MoneyError::none;
			sum.money = is_read ? AddMoney(sum.money.amount, money.amount) : money;
			sum.text = is_read ? std::string_view{} : text.value_or("");
			return sum.money.error == MoneyError::none;
		});
	});
	return sum;
}

} // namespace meshline
