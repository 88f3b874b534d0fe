// SPDX-License-Identifier: PostgreSQL
#include "core/compile_expression.hpp"

#include <algorithm>

#include "core/date_format.hpp"
#include "core/text.hpp"

namespace meshline {

namespace {

constexpr char transform_hint[] =
    "A transform is \"lower\", \"upper\", \"trim\", \"gid\", \"decimal_comma\", \"plain\", "
    "{\"strip_prefix\": text}, "
    "{\"strip_suffix\": text}, {\"date_format\": format}, {\"scale\": power of ten}, "
    "{\"regex\": pattern, \"group\": number} or {\"map\": {text: text}, \"default\": text}.";
constexpr char expression_hint[] =
    "An expression is a path, {\"path\": path, \"transform\": [...]}, {\"const\": text}, {\"first\": [...]}, "
    "{\"join\": [...], \"with\": text}, {\"when\": [{\"if\": condition, \"then\": expression}], \"else\": "
    "expression}, "
    "{\"map\": {...}, \"of\": expression}, {\"count\": path} or, in amounts, {\"sum\": path} and "
    "{\"sum\": [...]}.";
constexpr char condition_hint[] = "A condition is a path (true?), {\"path\": path, "
                                  "\"is\"|\"in\"|\"exists\"|\"matches\": ...}, {\"all\": [...]}, "
                                  "{\"any\": [...]} or {\"not\": condition}.";
constexpr char path_hint[] =
    "Paths look like \"a.b\", \"a[].b\", \"a[name=x].b\", \"^.b\", \"^order.b\", \".\" or \"#\".";

std::shared_ptr<const RE2>
ReadRegex(const JsonReader &json) {
	RE2::Options options;
	options.set_log_errors(false);
	auto regex = std::make_shared<const RE2>(json.NonEmptyText(), options);
	if (!regex->ok()) {
		json.Refuse("is not a regular expression: " + regex->error(), "The syntax is that of RE2.");
	}
	return regex;
}

void
ReadMap(const JsonReader &json, Transform &transform) {
	transform.op = Transform::Op::map;
	const JsonReader map = json.Require("map");
	for (const auto &[from, to] : map.Members()) {
		transform.map.emplace_back(from, to.ScalarText());
	}
	if (transform.map.empty()) {
		map.Refuse("must have a member");
	}
	std::sort(transform.map.begin(), transform.map.end());
	const auto fallback = json.Find("default");
	if (fallback && !fallback->IsNull()) {
		transform.fallback = fallback->ScalarText();
	}
}

} // namespace

Path
ExpressionCompiler::ReadPath(const JsonReader &json) {
	Path path;
	path.text = json.NonEmptyText();
	const std::string_view rest = ReadStart(path.text, path, json);
	if (!rest.empty()) {
		ReadSteps(rest, path, json);
	}
	return path;
}

// Takes ".", "#", "^." and "^name." off the front.
std::string_view
ExpressionCompiler::ReadStart(std::string_view text, Path &path, const JsonReader &json) const {
	if (text == ".") {
		return {};
	}
	if (text == "#") {
		path.start = Path::Start::position;
		return {};
	}
	while (text.starts_with("^.")) {
		path.start = Path::Start::parent;
		++path.up;
		text.remove_prefix(2);
	}
	if (text.starts_with('^')) {
		const std::size_t dot = text.find('.');
		path.ancestor = text.substr(1, dot == std::string_view::npos ? dot : dot - 1);
		const bool is_known = std::find(objects_.begin(), objects_.end(), path.ancestor) != objects_.end();
		if (path.start == Path::Start::parent || dot == std::string_view::npos || !is_known) {
			json.Refuse("\"^\" must be followed by a point, or by the name of an object and a point",
			            path_hint);
		}
		path.start = Path::Start::ancestor;
		text.remove_prefix(dot + 1);
	}
	if (text.empty()) {
		json.Refuse("a path must not end in a point", path_hint);
	}
	return text;
}

void
ExpressionCompiler::ReadSteps(std::string_view text, Path &path, const JsonReader &json) {
	for (bool is_more = true; is_more;) {
		const std::size_t end = std::min(text.find_first_of(".["), text.size());
		const std::string_view name = text.substr(0, end);
		if (name.find(']') != std::string_view::npos ||
		    (name.empty() && (end == text.size() || text[end] == '.'))) {
			json.Refuse("is not a path", path_hint);
		}
		if (!name.empty()) {
			path.steps.push_back({PathStep::Op::member, vocabulary_.Add(name), {}});
		}
		text.remove_prefix(end);
		while (text.starts_with('[')) {
			const std::size_t close = text.find(']');
			if (close == std::string_view::npos) {
				json.Refuse("a \"]\" is missing", path_hint);
			}
			ReadBracket(text.substr(1, close - 1), path, json);
			text.remove_prefix(close + 1);
		}
		is_more = text.starts_with('.');
		if (is_more) {
			text.remove_prefix(1);
		} else if (!text.empty()) {
			json.Refuse("a point is missing behind \"]\"", path_hint);
		}
	}
}

void
ExpressionCompiler::ReadBracket(std::string_view inside, Path &path, const JsonReader &json) {
	if (inside.empty()) {
		path.steps.push_back({PathStep::Op::every, no_key, {}});
		return;
	}
	const std::size_t equals = inside.find('=');
	if (equals == std::string_view::npos || equals == 0) {
		json.Refuse("a filter must look like [name=value]", path_hint);
	}
	path.steps.push_back({PathStep::Op::where, vocabulary_.Add(inside.substr(0, equals)),
	                      std::string(inside.substr(equals + 1))});
}

Expression
ExpressionCompiler::ReadExpression(const JsonReader &json) {
	return Read(json, false);
}

Expression
ExpressionCompiler::ReadAmount(const JsonReader &json) {
	return Read(json, true);
}

Expression
ExpressionCompiler::Read(const JsonReader &json, bool allows_sum) {
	if (json.IsText()) {
		Expression expression;
		expression.op = Expression::Op::path;
		expression.path = ReadPath(json);
		expression.label = expression.path.text;
		return expression;
	}
	if (!json.IsObject()) {
		json.Refuse("is not an expression", expression_hint);
	}
	if (json.Has("map")) {
		return ReadMapped(json, allows_sum);
	}
	if (json.Has("first") || json.Has("join")) {
		return ReadParts(json, allows_sum);
	}
	if (json.Has("when")) {
		return ReadCases(json, allows_sum);
	}
	if (const auto sum = json.Find("sum"); sum && sum->IsArray()) {
		return ReadTotal(json, allows_sum);
	}
	if (json.Has("sum") || json.Has("count")) {
		return ReadOfList(json, allows_sum);
	}
	Expression expression;
	if (const auto constant = json.Find("const")) {
		json.AllowOnly({"const"});
		expression.constant = constant->ScalarText();
		return expression;
	}
	if (!json.Has("path")) {
		json.Refuse("is not an expression", expression_hint);
	}
	json.AllowOnly({"path", "transform"});
	expression = Read(json.Require("path"), false);
	expression.transforms = ReadTransforms(json);
	return expression;
}

// {"map": {...}, "of": expression}: the expression with a map behind its own transforms.
Expression
ExpressionCompiler::ReadMapped(const JsonReader &json, bool allows_sum) {
	json.AllowOnly({"map", "of", "default"});
	(void)allows_sum; // a map of a sum makes no sense: sums are numbers, not texts
	Expression expression = Read(json.Require("of"), false);
	ReadMap(json, expression.transforms.emplace_back());
	return expression;
}

Expression
ExpressionCompiler::ReadParts(const JsonReader &json, bool allows_sum) {
	const bool is_first = json.Has("first");
	if (is_first) {
		json.AllowOnly({"first", "transform"});
	} else {
		json.AllowOnly({"join", "with", "transform"});
	}
	Expression expression;
	expression.op = is_first ? Expression::Op::first : Expression::Op::join;
	const JsonReader list = json.Require(is_first ? "first" : "join");
	for (const JsonReader &part : list.Elements()) {
		expression.parts.push_back(Read(part, allows_sum && is_first));
	}
	if (expression.parts.empty()) {
		list.Refuse("must have an element");
	}
	if (!is_first) {
		expression.constant = json.Require("with").Text();
	}
	expression.label = expression.parts.front().label;
	expression.transforms = ReadTransforms(json);
	return expression;
}

Expression
ExpressionCompiler::ReadCases(const JsonReader &json, bool allows_sum) {
	json.AllowOnly({"when", "else", "transform"});
	Expression expression;
	expression.op = Expression::Op::when;
	const JsonReader list = json.Require("when");
	for (const JsonReader &each : list.Elements()) {
		each.AllowOnly({"if", "then"});
		expression.cases.push_back(
		    {ReadCondition(each.Require("if")), Read(each.Require("then"), allows_sum)});
	}
	if (expression.cases.empty()) {
		list.Refuse("must have an element");
	}
	expression.label = expression.cases.front().value.label;
	if (const auto otherwise = json.Find("else")) {
		expression.parts.push_back(Read(*otherwise, allows_sum));
		if (expression.label.empty()) {
			expression.label = expression.parts.front().label;
		}
	}
	expression.transforms = ReadTransforms(json);
	return expression;
}

// {"sum": [...]}: amounts, each of which may be a sum over a list.
Expression
ExpressionCompiler::ReadTotal(const JsonReader &json, bool allows_sum) {
	json.AllowOnly({"sum"});
	if (!allows_sum) {
		json.Refuse("a sum can only be an amount");
	}
	const JsonReader list = json.Require("sum");
	Expression expression;
	expression.op = Expression::Op::total;
	for (const JsonReader &part : list.Elements()) {
		expression.parts.push_back(Read(part, true));
	}
	if (expression.parts.empty()) {
		list.Refuse("must have an element");
	}
	expression.label = expression.parts.front().label;
	return expression;
}

// A sum or a count over a list. The condition reads each element of the path's last [].
Expression
ExpressionCompiler::ReadOfList(const JsonReader &json, bool allows_sum) {
	const bool is_sum = json.Has("sum");
	json.AllowOnly({is_sum ? "sum" : "count", "if"});
	const JsonReader text = json.Require(is_sum ? "sum" : "count");
	if (is_sum && !allows_sum) {
		json.Refuse("a sum can only be an amount");
	}
	Expression expression;
	expression.op = is_sum ? Expression::Op::sum : Expression::Op::count;
	expression.path = ReadPath(text);
	expression.label = expression.path.text;
	auto &steps = expression.path.steps;
	const auto last = std::find_if(steps.rbegin(), steps.rend(),
	                               [](const PathStep &step) { return step.op != PathStep::Op::member; });
	if (last == steps.rend()) {
		text.Refuse("must go through a list: \"lines[].price\"");
	}
	expression.rest.text = expression.path.text;
	expression.rest.steps.assign(last.base(), steps.end());
	steps.erase(last.base(), steps.end());
	if (const auto condition = json.Find("if")) {
		expression.only.push_back(ReadCondition(*condition));
	}
	return expression;
}

std::vector<Transform>
ExpressionCompiler::ReadTransforms(const JsonReader &json) {
	std::vector<Transform> transforms;
	const auto found = json.Find("transform");
	if (!found) {
		return transforms;
	}
	if (!found->IsArray()) {
		transforms.push_back(ReadTransform(*found));
		return transforms;
	}
	for (const JsonReader &each : found->Elements()) {
		transforms.push_back(ReadTransform(each));
	}
	return transforms;
}

Transform
ExpressionCompiler::ReadTransform(const JsonReader &json) {
	using Op = Transform::Op;
	static constexpr std::pair<std::string_view, Op> words[] = {{"lower", Op::lower},
	                                                            {"upper", Op::upper},
	                                                            {"trim", Op::trim},
	                                                            {"gid", Op::gid},
	                                                            {"decimal_comma", Op::decimal_comma},
	                                                            {"plain", Op::plain}};
	Transform transform;
	if (json.IsText()) {
		const std::string name = json.Text();
		for (const auto &[word, op] : words) {
			if (name == word) {
				transform.op = op;
				return transform;
			}
		}
	} else if (json.IsObject() && json.Has("regex")) {
		json.AllowOnly({"regex", "group"});
		transform.op = Op::regex;
		transform.regex = ReadRegex(json.Require("regex"));
		if (const auto group = json.Find("group")) {
			transform.group = group->Integer(0, std::min(transform.regex->NumberOfCapturingGroups(), 9));
		}
		return transform;
	} else if (json.IsObject() && json.Has("map")) {
		json.AllowOnly({"map", "default"});
		ReadMap(json, transform);
		return transform;
	} else if (json.IsObject() && json.Has("date_format")) {
		json.AllowOnly({"date_format"});
		const JsonReader format = json.Require("date_format");
		transform.op = Op::date_format;
		transform.text = format.NonEmptyText();
		if (const std::string reason = CheckDateFormat(transform.text); !reason.empty()) {
			format.Refuse(reason, "It is made of %Y %y %m %b %d %H %I %M %S %f %p %z %% and plain text.");
		}
		return transform;
	} else if (json.IsObject() && json.Has("scale")) {
		json.AllowOnly({"scale"});
		transform.op = Op::scale;
		transform.power = json.Require("scale").Integer(-18, 18);
		return transform;
	} else if (json.IsObject() && (json.Has("strip_prefix") || json.Has("strip_suffix"))) {
		const bool is_prefix = json.Has("strip_prefix");
		json.AllowOnly({is_prefix ? "strip_prefix" : "strip_suffix"});
		transform.op = is_prefix ? Op::strip_prefix : Op::strip_suffix;
		transform.text = json.Require(is_prefix ? "strip_prefix" : "strip_suffix").NonEmptyText();
		return transform;
	}
	json.Refuse("is not a transform", transform_hint);
}

Condition
ExpressionCompiler::ReadCondition(const JsonReader &json) {
	using Op = Condition::Op;
	Condition condition;
	if (json.IsText()) {
		condition.operand = Read(json, false);
		return condition;
	}
	if (!json.IsObject()) {
		json.Refuse("is not a condition", condition_hint);
	}
	for (const auto &[word, op] : {std::pair("all", Op::all), std::pair("any", Op::any)}) {
		if (const auto list = json.Find(word)) {
			json.AllowOnly({word});
			condition.op = op;
			for (const JsonReader &part : list->Elements()) {
				condition.parts.push_back(ReadCondition(part));
			}
			if (condition.parts.empty()) {
				list->Refuse("must have an element");
			}
			return condition;
		}
	}
	if (const auto negated = json.Find("not")) {
		json.AllowOnly({"not"});
		condition.op = Op::negation;
		condition.parts.push_back(ReadCondition(*negated));
		return condition;
	}
	return ReadTest(json);
}

Condition
ExpressionCompiler::ReadTest(const JsonReader &json) {
	using Op = Condition::Op;
	Condition condition;
	if (!json.Has("path")) {
		json.Refuse("is not a condition", condition_hint);
	}
	condition.operand = Read(json.Require("path"), false);
	if (const auto value = json.Find("is")) {
		json.AllowOnly({"path", "is"});
		condition.op = Op::in;
		condition.values.push_back(value->ScalarText());
	} else if (const auto values = json.Find("in")) {
		json.AllowOnly({"path", "in"});
		condition.op = Op::in;
		for (const JsonReader &each : values->Elements()) {
			condition.values.push_back(each.ScalarText());
		}
	} else if (const auto wanted = json.Find("exists")) {
		json.AllowOnly({"path", "exists"});
		condition.op = Op::exists;
		condition.wanted = wanted->Boolean();
	} else if (const auto pattern = json.Find("matches")) {
		json.AllowOnly({"path", "matches"});
		condition.op = Op::matches;
		condition.regex = ReadRegex(*pattern);
	} else {
		json.AllowOnly({"path"});
	}
	return condition;
}

void
CheckOutcomes(const Expression &expression, const JsonReader &json, const std::string &what,
              const std::function<bool(std::string_view)> &is_allowed, const std::string &hint) {
	const auto check = [&](const std::string &text) {
		if (!is_allowed(text)) {
			json.Refuse("\"" + Quotable(text) + "\" is not " + what, hint);
		}
	};
	if (!expression.transforms.empty() && expression.transforms.back().op == Transform::Op::map) {
		const Transform &map = expression.transforms.back();
		for (const auto &[from, to] : map.map) {
			check(to);
		}
		if (map.fallback) {
			check(*map.fallback);
		}
		return;
	}
	using Op = Expression::Op;
	const bool is_choice = expression.op == Op::first || expression.op == Op::when;
	if (!expression.transforms.empty() || (expression.op != Op::constant && !is_choice)) {
		json.Refuse(what + " must come out of a \"map\" or a \"const\"", hint);
	}
	if (expression.op == Op::constant) {
		check(expression.constant);
	}
	for (const Case &each : expression.cases) {
		CheckOutcomes(each.value, json, what, is_allowed, hint);
	}
	for (const Expression &part : expression.parts) {
		CheckOutcomes(part, json, what, is_allowed, hint);
	}
}

} // namespace meshline
