// SPDX-License-Identifier: PostgreSQL
#include "core/match/condition.hpp"

#include <algorithm>
#include <charconv>

#include "core/error.hpp"
#include "core/match/condition_node.hpp"
#include "core/text.hpp"

namespace meshline::match {

namespace {

constexpr std::size_t deepest = 100; // of parentheses and the like

struct Token {
	enum class Kind : unsigned char { end, word, quoted, text, number, symbol };
	Kind kind = Kind::end;
	std::string value; // words in lower case, texts and names without their quotes
	std::size_t at = 0;
};

char
Lower(char c) noexcept {
	return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// Recursive descent; each function reads one level of precedence, the loosest first.
class Parser {
public:
	Parser(std::string_view sql, ColumnNames &columns) : sql_(sql), columns_(columns) {
		Advance();
	}

	NodePointer
	Parse() {
		NodePointer root = Or();
		if (token_.kind != Token::Kind::end) {
			Refuse("what follows is not understood");
		}
		return root;
	}

private:
	using Kind = Token::Kind;

	[[noreturn]] void
	Refuse(const std::string &reason) const {
		throw Error(
		    sqlstate::invalid_definition, "invalid match model",
		    "the condition \"" + Quotable(sql_) + "\", character " + std::to_string(token_.at + 1) + ": " +
		        reason,
		    "Conditions compare columns name_l and name_r; docs/matching.md lists what they may hold.");
	}

	void
	Advance() {
		while (at_ < sql_.size() && (sql_[at_] == ' ' || (sql_[at_] >= '\t' && sql_[at_] <= '\r'))) {
			++at_;
		}
		token_ = {Kind::end, {}, at_};
		if (at_ == sql_.size()) {
			return;
		}
		const char c = sql_[at_];
		if (c == '"' || c == '\'') {
			ReadQuoted(c);
		} else if ((c >= '0' && c <= '9') ||
		           (c == '.' && at_ + 1 < sql_.size() && sql_[at_ + 1] >= '0' && sql_[at_ + 1] <= '9')) {
			ReadNumber();
		} else if (IsWordCharacter(c)) {
			token_.kind = Kind::word;
			while (at_ < sql_.size() &&
			       (IsWordCharacter(sql_[at_]) || (sql_[at_] >= '0' && sql_[at_] <= '9'))) {
				token_.value += sql_[at_++];
			}
		} else {
			token_.kind = Kind::symbol;
			const std::string_view two = sql_.substr(at_, 2);
			const std::size_t size = two == "<=" || two == ">=" || two == "<>" || two == "!=" ? 2 : 1;
			token_.value = sql_.substr(at_, size);
			at_ += size;
		}
	}

	static bool
	IsWordCharacter(char c) noexcept {
		return c == '_' || (Lower(c) >= 'a' && Lower(c) <= 'z') ||
		       (static_cast<unsigned char>(c) & 0x80) != 0;
	}

	void
	ReadQuoted(char quote) {
		token_.kind = quote == '"' ? Kind::quoted : Kind::text;
		for (++at_; at_ < sql_.size(); ++at_) {
			if (sql_[at_] == quote) {
				if (at_ + 1 == sql_.size() || sql_[at_ + 1] != quote) {
					++at_;
					return;
				}
				++at_; // a doubled quote is one
			}
			token_.value += sql_[at_];
		}
		Refuse("the quote is not closed");
	}

	void
	ReadNumber() {
		token_.kind = Kind::number;
		double number = 0;
		const char *const start = sql_.data() + at_;
		const char *const end = std::from_chars(start, sql_.data() + sql_.size(), number).ptr;
		token_.value.assign(start, end);
		at_ += static_cast<std::size_t>(end - start);
	}

	bool
	IsWord(std::string_view word) const noexcept {
		return token_.kind == Kind::word && EqualsIgnoringCase(token_.value, word);
	}
	bool
	TakeWord(std::string_view word) {
		if (!IsWord(word)) {
			return false;
		}
		Advance();
		return true;
	}
	bool
	TakeSymbol(std::string_view symbol) {
		if (token_.kind != Kind::symbol || token_.value != symbol) {
			return false;
		}
		Advance();
		return true;
	}
	void
	RequireSymbol(std::string_view symbol) {
		if (!TakeSymbol(symbol)) {
			Refuse("\"" + std::string(symbol) + "\" is expected");
		}
	}

	static NodePointer
	Node(Operation operation, std::vector<NodePointer> operands) {
		return std::make_shared<ConditionNode>(operation, std::move(operands));
	}

	NodePointer
	Or() {
		NodePointer node = And();
		while (TakeWord("or")) {
			node = Node(Operation::logical_or, {node, And()});
		}
		return node;
	}

	NodePointer
	And() {
		NodePointer node = Not();
		while (TakeWord("and")) {
			node = Node(Operation::logical_and, {node, Not()});
		}
		return node;
	}

	NodePointer
	Not() {
		if (TakeWord("not")) {
			const Deeper deeper(*this);
			return Node(Operation::logical_not, {Not()});
		}
		return Comparison();
	}

	NodePointer
	Comparison() {
		NodePointer node = Sum();
		if (TakeWord("is")) {
			const bool is_not = TakeWord("not");
			if (!TakeWord("null")) {
				Refuse("\"NULL\" is expected");
			}
			node = Node(Operation::is_null, {node});
			return is_not ? Node(Operation::logical_not, {node}) : node;
		}
		static constexpr std::pair<std::string_view, Operation> symbols[] = {
		    {"=", Operation::equal},
		    {"<>", Operation::not_equal},
		    {"!=", Operation::not_equal},
		    {"<", Operation::less},
		    {"<=", Operation::less_or_equal},
		    {">", Operation::greater},
		    {">=", Operation::greater_or_equal}};
		for (const auto &[symbol, operation] : symbols) {
			if (TakeSymbol(symbol)) {
				return Node(operation, {node, Sum()});
			}
		}
		return node;
	}

	NodePointer
	Sum() {
		NodePointer node = Product();
		for (;;) {
			if (TakeSymbol("+")) {
				node = Node(Operation::add, {node, Product()});
			} else if (TakeSymbol("-")) {
				node = Node(Operation::subtract, {node, Product()});
			} else {
				return node;
			}
		}
	}

	NodePointer
	Product() {
		NodePointer node = Factor();
		for (;;) {
			if (TakeSymbol("*")) {
				node = Node(Operation::multiply, {node, Factor()});
			} else if (TakeSymbol("/")) {
				node = Node(Operation::divide, {node, Factor()});
			} else {
				return node;
			}
		}
	}

	NodePointer
	Factor() {
		const Deeper deeper(*this);
		if (TakeSymbol("-")) {
			return Node(Operation::negate, {Factor()});
		}
		if (TakeSymbol("(")) {
			NodePointer node = Or();
			RequireSymbol(")");
			return node;
		}
		const Token token = token_;
		switch (token.kind) {
		case Kind::number: {
			double number = 0;
			std::from_chars(token.value.data(), token.value.data() + token.value.size(), number);
			Advance();
			return Constant(number);
		}
		case Kind::text:
			Advance();
			return Constant(token.value);
		case Kind::quoted:
			return ReadColumn(token.value);
		case Kind::word:
			return WordFactor(token);
		default:
			Refuse("a value is expected");
		}
	}

	NodePointer
	WordFactor(const Token &token) {
		std::string name;
		std::transform(token.value.begin(), token.value.end(), std::back_inserter(name), Lower);
		if (name == "null" || name == "true" || name == "false") {
			Advance();
			return Constant(name == "null" ? SqlValue(Null{}) : SqlValue(name == "true"));
		}
		const std::size_t behind = sql_.find_first_not_of(" \t\n\r", at_);
		if ((name == "l" || name == "r") && behind != std::string_view::npos && sql_[behind] == '.') {
			return QualifiedColumn(name == "l");
		}
		if (behind == std::string_view::npos || sql_[behind] != '(') {
			return ReadColumn(token.value);
		}
		const FunctionEntry *function = FindFunction(name);
		if (function == nullptr) {
			Refuse("there is no function " + Quotable(name));
		}
		Advance();
		return Call(*function);
	}

	NodePointer
	Call(const FunctionEntry &function) {
		RequireSymbol("(");
		std::vector<NodePointer> arguments{Or()};
		while (TakeSymbol(",")) {
			arguments.push_back(Or());
		}
		if (arguments.size() < function.least || arguments.size() > function.most) {
			Refuse(std::string(function.name) + "() does not take " + std::to_string(arguments.size()) +
			       " arguments");
		}
		RequireSymbol(")");
		auto node = std::make_shared<ConditionNode>(function.operation, std::move(arguments));
		if (function.operation == Operation::regexp_extract) {
			const auto *pattern = std::get_if<std::string>(&node->operands[1]->value);
			if (node->operands[1]->operation != Operation::constant || pattern == nullptr) {
				Refuse("the pattern of regexp_extract() must be a text");
			}
			auto compiled = std::make_shared<RE2>(*pattern, RE2::Quiet);
			if (!compiled->ok()) {
				Refuse("the pattern is wrong: " + compiled->error());
			}
			node->pattern = std::move(compiled);
		}
		return node;
	}

	static NodePointer
	Constant(SqlValue value) {
		auto node = std::make_shared<ConditionNode>(Operation::constant, std::vector<NodePointer>());
		node->value = std::move(value);
		return node;
	}

	NodePointer
	ReadColumn(const std::string &name) {
		const bool is_left = name.ends_with("_l");
		if (name.size() < 3 || (!is_left && !name.ends_with("_r"))) {
			Refuse("the column " + Quotable(name) + " ends neither in _l nor in _r");
		}
		return Column(is_left, std::string_view(name).substr(0, name.size() - 2));
	}

	// l.name, l."name"; the token is the side.
	NodePointer
	QualifiedColumn(bool is_left) {
		Advance();
		RequireSymbol(".");
		if (token_.kind != Kind::word && token_.kind != Kind::quoted) {
			Refuse("a column is expected");
		}
		const std::string name = token_.value;
		return Column(is_left, name);
	}

	NodePointer
	Column(bool is_left, std::string_view name) {
		Advance();
		auto node = std::make_shared<ConditionNode>(
		    is_left ? Operation::left_column : Operation::right_column, std::vector<NodePointer>());
		node->column = columns_.Index(name);
		return node;
	}

	// Counts how deep the parser is, so that no input exhausts the stack.
	class Deeper {
	public:
		explicit Deeper(Parser &parser) : parser_(parser) {
			if (++parser_.depth_ > deepest) {
				parser_.Refuse("it is nested too deeply");
			}
		}
		Deeper(const Deeper &) = delete;
		Deeper &operator=(const Deeper &) = delete;
		~Deeper() {
			--parser_.depth_;
		}

	private:
		Parser &parser_;
	};

	std::string_view sql_;
	ColumnNames &columns_;
	std::size_t at_ = 0;
	std::size_t depth_ = 0;
	Token token_;
};

// Whether columns of a side are read.
bool
Reads(const ConditionNode &node, Operation side) {
	return node.operation == side || std::any_of(node.operands.begin(), node.operands.end(),
	                                             [&](const auto &operand) { return Reads(*operand, side); });
}

// Takes conjunctions apart; returns whether they are equalities only.
bool
CollectEqualities(const NodePointer &node, std::vector<std::pair<NodePointer, NodePointer>> &equalities) {
	if (node->operation == Operation::logical_and) {
		const bool first = CollectEqualities(node->operands[0], equalities);
		return CollectEqualities(node->operands[1], equalities) && first;
	}
	if (node->operation != Operation::equal) {
		return false;
	}
	NodePointer left = node->operands[0], right = node->operands[1];
	if (Reads(*left, Operation::right_column)) {
		std::swap(left, right);
	}
	if (Reads(*left, Operation::right_column) || Reads(*right, Operation::left_column) ||
	    !Reads(*left, Operation::left_column) || !Reads(*right, Operation::right_column)) {
		return false;
	}
	equalities.emplace_back(std::move(left), std::move(right));
	return true;
}

void
CollectColumns(const ConditionNode &node, std::vector<std::size_t> &columns) {
	if (node.operation == Operation::left_column || node.operation == Operation::right_column) {
		if (std::find(columns.begin(), columns.end(), node.column) == columns.end()) {
			columns.push_back(node.column);
		}
	}
	for (const auto &operand : node.operands) {
		CollectColumns(*operand, columns);
	}
}

} // namespace

std::size_t
ColumnNames::Index(std::string_view name) {
	const auto at = std::find(names_.begin(), names_.end(), name);
	if (at != names_.end()) {
		return static_cast<std::size_t>(at - names_.begin());
	}
	names_.emplace_back(name);
	return names_.size() - 1;
}

Condition
Condition::Compile(std::string_view sql, ColumnNames &columns) {
	return Condition(Parser(sql, columns).Parse());
}

std::optional<bool>
Condition::Evaluate(const RecordValues &left, const RecordValues &right) const {
	const SqlValue value = root_->Evaluate(left, right);
	const bool *truth = std::get_if<bool>(&value);
	return truth == nullptr ? std::nullopt : std::optional(*truth);
}

std::optional<std::size_t>
Condition::EqualColumn() const noexcept {
	if (root_->operation != Operation::equal) {
		return std::nullopt;
	}
	const ConditionNode &a = *root_->operands[0], &b = *root_->operands[1];
	const bool is_pair = (a.operation == Operation::left_column && b.operation == Operation::right_column) ||
	                     (a.operation == Operation::right_column && b.operation == Operation::left_column);
	return is_pair && a.column == b.column ? std::optional(a.column) : std::nullopt;
}

std::vector<std::pair<Condition, Condition>>
Condition::Equalities(bool &is_all) const {
	std::vector<std::pair<NodePointer, NodePointer>> nodes;
	is_all = CollectEqualities(root_, nodes);
	std::vector<std::pair<Condition, Condition>> equalities;
	equalities.reserve(nodes.size());
	for (auto &[left, right] : nodes) {
		equalities.emplace_back(Condition(std::move(left)), Condition(std::move(right)));
	}
	return equalities;
}

std::optional<std::string>
Condition::Text(const RecordValues &record) const {
	const SqlValue value = root_->Evaluate(record, record);
	if (const auto *text = std::get_if<std::string>(&value)) {
		return *text;
	}
	if (const auto *number = std::get_if<double>(&value)) {
		char digits[40];
		return std::string(digits, std::to_chars(digits, digits + sizeof(digits), *number).ptr);
	}
	if (const auto *truth = std::get_if<bool>(&value)) {
		return std::string(*truth ? "true" : "false");
	}
	return std::nullopt;
}

std::vector<std::size_t>
Condition::Columns() const {
	std::vector<std::size_t> columns;
	CollectColumns(*root_, columns);
	return columns;
}

} // namespace meshline::match
