// SPDX-License-Identifier: PostgreSQL
#include "core/compile_object.hpp"

#include <algorithm>

#include "core/text.hpp"

namespace meshline {

namespace {

constexpr std::string_view word_names[word_count] = {
    "id",       "version", "occurred",  "expected", "amount", "fee",   "net",
    "currency", "status",  "processor", "posting",  "about",  "payout"};

template <typename Enum>
Enum
ReadWord(const JsonReader &json, std::initializer_list<std::pair<std::string_view, Enum>> words) {
	const std::string text = json.Text();
	std::string known;
	for (const auto &[name, value] : words) {
		if (text == name) {
			return value;
		}
		known.append(known.empty() ? "" : ", ").append(name);
	}
	json.Refuse("\"" + Quotable(text) + "\" is not known here", "Allowed are: " + known + ".");
}

template <typename Enum>
std::string
AllNames(Enum last) {
	std::string names = "Allowed are: ";
	for (std::uint8_t i = 0; i <= static_cast<std::uint8_t>(last); ++i) {
		names.append(i == 0 ? "" : ", ").append(Name(static_cast<Enum>(i)));
	}
	return names + ".";
}

// What an expression that is checked by CheckOutcomes usually gives: its default, else its first text.
std::string_view
UsualOutcome(const Expression &expression) {
	if (!expression.transforms.empty()) {
		const Transform &map = expression.transforms.back();
		return map.fallback ? *map.fallback : map.map.front().second;
	}
	if (!expression.parts.empty()) {
		return UsualOutcome(expression.parts.back());
	}
	return expression.cases.empty() ? std::string_view(expression.constant)
	                                : UsualOutcome(expression.cases.front().value);
}

// "a.b[].c" as "a.b[]" and "c"; "." as itself.
std::vector<Path>
CutBehindLists(const Path &whole) {
	std::vector<Path> parts;
	std::string_view text = whole.text;
	auto from = whole.steps.begin();
	do {
		const auto list = std::find_if(from, whole.steps.end(),
		                               [](const PathStep &step) { return step.op == PathStep::Op::every; });
		const auto end = list == whole.steps.end() ? list : list + 1;
		const std::size_t bracket = text.find("[]");
		Path &part = parts.emplace_back();
		part.text = text.substr(0, bracket == std::string_view::npos ? bracket : bracket + 2);
		part.steps.assign(from, end);
		text.remove_prefix(std::min(part.text.size() + 1, text.size()));
		from = end;
	} while (from != whole.steps.end());
	return parts;
}

} // namespace

std::string_view
Name(Word word) noexcept {
	return word_names[static_cast<std::size_t>(word)];
}

Scope
ReadScope(const JsonReader &json) {
	return ReadWord<Scope>(
	    json, {{"global", Scope::global}, {"connection", Scope::connection}, {"store", Scope::store}});
}

ObjectProgram
ObjectCompiler::Read(const std::string &name, const JsonReader &json) {
	ObjectProgram program;
	program.name = name;
	program.pooled_name = Pool(name);
	if (json.Has("envelope")) {
		ReadEnvelope(program, json);
		return program;
	}
	json.AllowOnly({"description",
	                "kind",
	                "id",
	                "keyless",
	                "version",
	                "occurred",
	                "expected",
	                "required",
	                "amount",
	                "fee",
	                "net",
	                "currency",
	                "currency_fallback",
	                "status",
	                "test",
	                "deleted",
	                "processor",
	                "posting",
	                "summary",
	                "authority",
	                "line_count",
	                "about",
	                "payout",
	                "identifiers",
	                "nested",
	                "when",
	                "only_nested",
	                "unwrap",
	                "party",
	                "parts",
	                "items",
	                "presentment",
	                "presentment_currency",
	                "closed"});
	ReadKind(program, json);
	ReadKeyless(program, json);
	program.id = Optional(json, "id");
	ReadTimes(program, json);
	ReadMoney(program, json);
	ReadState(program, json);
	program.about = ReadLinks(json, "about");
	program.payout = ReadLinks(json, "payout");
	if (const auto list = json.Find("identifiers")) {
		for (const JsonReader &each : list->Elements()) {
			program.identifiers.push_back(ReadIdentifier(each, false));
		}
	}
	ReadParty(program, json);
	ReadParts(program, json);
	ReadItems(program, json);
	ReadNested(program, json);
	ReadRequired(program, json);
	return program;
}

void
ObjectCompiler::ReadEnvelope(ObjectProgram &program, const JsonReader &json) {
	json.AllowOnly({"description", "kind", "envelope", "test"});
	program.kind = Kind::payment;
	if (json.Has("kind")) {
		ReadKind(program, json);
	}
	const JsonReader envelope = json.Require("envelope");
	envelope.AllowOnly({"body", "event_id", "version_time", "object"});
	EnvelopeProgram read;
	read.body = expressions_.ReadPath(envelope.Require("body"));
	read.event_id = Optional(envelope, "event_id");
	read.version_time = Optional(envelope, "version_time");
	const JsonReader object = envelope.Require("object");
	read.object = expressions_.ReadExpression(object);
	const auto is_object = [&](std::string_view text) {
		return text != program.name && std::find(names_.begin(), names_.end(), text) != names_.end();
	};
	CheckOutcomes(read.object, object, "an object of this definition", is_object,
	              "Name another one of its objects.");
	program.envelope = std::move(read);
	program.test = OptionalCondition(json, "test");
}

void
ObjectCompiler::ReadKind(ObjectProgram &program, const JsonReader &json) {
	const JsonReader kind = json.Require("kind");
	const std::string hint = AllNames(Kind::product);
	std::string usual;
	if (kind.IsText()) {
		usual = kind.Text();
	} else {
		program.kind_of = expressions_.ReadExpression(kind);
		CheckOutcomes(
		    *program.kind_of, kind, "a kind",
		    [](std::string_view text) { return ParseKind(text).has_value(); }, hint);
		usual = UsualOutcome(*program.kind_of);
	}
	const auto parsed = ParseKind(usual);
	if (!parsed) {
		kind.Refuse("\"" + Quotable(usual) + "\" is not a kind", hint);
	}
	program.kind = *parsed;
}

void
ObjectCompiler::ReadKeyless(ObjectProgram &program, const JsonReader &json) {
	if (const auto keyless = json.Find("keyless"); keyless && keyless->IsArray()) {
		for (const JsonReader &each : keyless->Elements()) {
			program.keyless_values.push_back(expressions_.ReadExpression(each));
		}
		if (program.keyless_values.empty()) {
			keyless->Refuse("must have an element");
		}
		program.is_keyless = true;
	} else if (keyless) {
		if (!keyless->IsBoolean()) {
			keyless->Refuse("must be true, false or a list of expressions");
		}
		program.is_keyless = keyless->Boolean();
	}
	if (!program.is_keyless) {
		json.Require("id");
	}
}

void
ObjectCompiler::ReadTimes(ObjectProgram &program, const JsonReader &json) {
	program.occurred = Optional(json, "occurred");
	program.expected = Optional(json, "expected");
	if (const auto version = json.Find("version")) {
		version->AllowOnly({"time", "sequence"});
		program.version_time = Optional(*version, "time");
		program.version_sequence = Optional(*version, "sequence");
	}
}

void
ObjectCompiler::ReadMoney(ObjectProgram &program, const JsonReader &json) {
	program.amount = ReadAmount(json, "amount");
	program.fee = ReadAmount(json, "fee");
	program.net = ReadAmount(json, "net");
	program.presentment = ReadAmount(json, "presentment");
	program.presentment_currency = Optional(json, "presentment_currency");
	program.currency = Optional(json, "currency");
	if (const auto fallback = json.Find("currency_fallback")) {
		program.currency_fallback =
		    ReadWord<CurrencyFallback>(*fallback, {{"merchant", CurrencyFallback::merchant},
		                                           {"order", CurrencyFallback::order},
		                                           {"none", CurrencyFallback::none}});
	}
}

void
ObjectCompiler::ReadState(ObjectProgram &program, const JsonReader &json) {
	if (const auto status = json.Find("status")) {
		program.status = expressions_.ReadExpression(*status);
		CheckOutcomes(
		    *program.status, *status, "a status",
		    [](std::string_view text) { return ParseStatus(text).has_value(); }, AllNames(Status::deleted));
	}
	if (const auto posting = json.Find("posting")) {
		Expression constant;
		constant.constant = posting->IsText() ? posting->Text() : std::string();
		program.posting = posting->IsText() ? constant : expressions_.ReadExpression(*posting);
		CheckOutcomes(
		    *program.posting, *posting, "a posting type",
		    [](std::string_view text) { return ParsePosting(text).has_value(); }, AllNames(Posting::refund));
	}
	program.processor = Optional(json, "processor");
	program.line_count = Optional(json, "line_count");
	program.test = OptionalCondition(json, "test");
	program.deleted = OptionalCondition(json, "deleted");
	program.when = OptionalCondition(json, "when");
	program.only_nested = OptionalCondition(json, "only_nested");
	program.closed = OptionalCondition(json, "closed");
	program.summary = AlwaysOrCondition(json, "summary");
	program.authority = AlwaysOrCondition(json, "authority");
	const bool can_be_authority = program.kind_of || program.kind == Kind::order ||
	                              program.kind == Kind::payment || program.kind == Kind::refund;
	if (program.authority && !can_be_authority) {
		json.Require("authority").Refuse("only orders, payments and refunds are told by several systems");
	}
	if (const auto unwrap = json.Find("unwrap")) {
		for (const JsonReader &each : unwrap->Elements()) {
			program.unwrap.push_back(definition_.vocabulary_.Add(each.NonEmptyText()));
		}
	}
}

void
ObjectCompiler::ReadParty(ObjectProgram &program, const JsonReader &json) {
	const auto party = json.Find("party");
	if (!party) {
		return;
	}
	party->AllowOnly({"name", "email", "phone", "address", "postcode", "city"});
	for (const auto &[name, value] : party->Members()) {
		program.party.emplace_back(ParsePartyField(name).value(), expressions_.ReadExpression(value));
	}
}

void
ObjectCompiler::ReadParts(ObjectProgram &program, const JsonReader &json) {
	const auto parts = json.Find("parts");
	if (!parts) {
		return;
	}
	for (const auto &[name, value] : parts->Members()) {
		const auto part = ParsePart(name);
		if (!part) {
			value.Refuse("\"" + Quotable(name) + "\" is no part of an amount", AllNames(Part::reserve));
		}
		program.parts.emplace_back(*part, *ReadAmount(*parts, name));
	}
}

void
ObjectCompiler::ReadItems(ObjectProgram &program, const JsonReader &json) {
	const auto items = json.Find("items");
	if (!items) {
		return;
	}
	for (const JsonReader &list : items->Elements()) {
		list.AllowOnly({"path", "if", "line", "sku", "product", "quantity", "current", "available",
		                "returned", "amount", "amount_of"});
		ItemsProgram read;
		read.condition = OptionalCondition(list, "if");
		read.line = Optional(list, "line");
		read.sku = Optional(list, "sku");
		read.product = Optional(list, "product");
		read.quantity = Optional(list, "quantity");
		read.current = Optional(list, "current");
		read.available = Optional(list, "available");
		if (!read.quantity && !read.available) {
			list.Refuse("has neither \"quantity\" nor \"available\"");
		}
		if (const auto returned = list.Find("returned")) {
			read.returned = expressions_.ReadExpression(*returned);
			CheckOutcomes(
			    *read.returned, *returned, "what became of goods",
			    [](std::string_view text) { return ParseReturned(text).has_value(); },
			    AllNames(Returned::kept));
		}
		read.amount = ReadAmount(list, "amount");
		if (const auto of = list.Find("amount_of")) {
			read.is_unit_amount = ReadWord<bool>(*of, {{"unit", true}, {"line", false}});
		}
		// The same in several places: one shape of the source writes its lists otherwise than another.
		const JsonReader path = list.Require("path");
		for (const JsonReader &place : path.IsText() ? std::vector<JsonReader>{path} : path.Elements()) {
			read.path = expressions_.ReadPath(place);
			program.items.push_back(read);
		}
	}
}

void
ObjectCompiler::ReadRequired(ObjectProgram &program, const JsonReader &json) {
	const auto required = json.Find("required");
	if (!required) {
		return;
	}
	for (const JsonReader &each : required->Elements()) {
		const auto found = std::find(std::begin(word_names), std::end(word_names), each.Text());
		if (found == std::end(word_names)) {
			std::string known;
			for (const std::string_view word : word_names) {
				known.append(known.empty() ? "" : ", ").append(word);
			}
			each.Refuse("\"" + Quotable(each.Text()) + "\" is no word that can be required",
			            "Allowed are: " + known + ".");
		}
		if (!json.Has(*found)) {
			each.Refuse("the object does not say where \"" + std::string(*found) + "\" is");
		}
		program.is_required[static_cast<std::size_t>(found - std::begin(word_names))] = true;
	}
}

void
ObjectCompiler::ReadNested(ObjectProgram &program, const JsonReader &json) {
	const auto list = json.Find("nested");
	if (!list) {
		if (const auto only = json.Find("only_nested")) {
			only->Refuse("the object has nothing nested");
		}
		return;
	}
	for (const JsonReader &each : list->Elements()) {
		program.nested.push_back(ReadNestedObject(each));
	}
}

NestedProgram
ObjectCompiler::ReadNestedObject(const JsonReader &json) {
	json.AllowOnly({"object", "path", "inherit"});
	NestedProgram nested;
	nested.object = IndexOf(json.Require("object"));
	const JsonReader text = json.Require("path");
	const Path whole = expressions_.ReadPath(text);
	nested.text = whole.text;
	const bool is_plain =
	    whole.start == Path::Start::here &&
	    std::none_of(whole.steps.begin(), whole.steps.end(),
	                 [](const PathStep &step) { return step.op == PathStep::Op::where; }) &&
	    std::adjacent_find(whole.steps.begin(), whole.steps.end(), [](const auto &a, const auto &b) {
		    return a.op == PathStep::Op::every && b.op == PathStep::Op::every;
	    }) == whole.steps.end();
	if (!is_plain) {
		text.Refuse(
		    "must be \".\" or a path of members, each with or without \"[]\", perhaps behind a first \"[]\"");
	}
	nested.parts = CutBehindLists(whole);
	nested.is_of_list = !whole.steps.empty() && whole.steps.front().op == PathStep::Op::every;
	if (const auto inherit = json.Find("inherit")) {
		for (const JsonReader &word : inherit->Elements()) {
			*ReadWord<bool *>(word, {{"currency", &nested.inherits_currency},
			                         {"test", &nested.inherits_test},
			                         {"occurred", &nested.inherits_occurred},
			                         {"processor", &nested.inherits_processor}}) = true;
		}
	}
	return nested;
}

std::optional<Expression>
ObjectCompiler::Optional(const JsonReader &json, std::string_view key) {
	const auto found = json.Find(key);
	return found ? std::optional(expressions_.ReadExpression(*found)) : std::nullopt;
}

std::optional<Condition>
ObjectCompiler::AlwaysOrCondition(const JsonReader &json, std::string_view key) {
	const auto word = json.Find(key);
	if (!word || !word->IsBoolean()) {
		return OptionalCondition(json, key);
	}
	Condition always; // "all of nothing" holds
	always.op = word->Boolean() ? Condition::Op::all : Condition::Op::any;
	return always;
}

std::optional<Condition>
ObjectCompiler::OptionalCondition(const JsonReader &json, std::string_view key) {
	const auto found = json.Find(key);
	return found ? std::optional(expressions_.ReadCondition(*found)) : std::nullopt;
}

std::optional<AmountProgram>
ObjectCompiler::ReadAmount(const JsonReader &json, std::string_view key) {
	const auto found = json.Find(key);
	if (!found) {
		return std::nullopt;
	}
	AmountProgram amount;
	found->AllowOnly({"value", "unit", "sign"});
	amount.value = expressions_.ReadAmount(found->Require("value"));
	amount.is_minor = ReadWord<bool>(found->Require("unit"), {{"major", false}, {"minor", true}});
	if (const auto sign = found->Find("sign")) {
		amount.sign = ReadWord<Sign>(
		    *sign, {{"keep", Sign::keep}, {"absolute", Sign::absolute}, {"negate", Sign::negate}});
	}
	return amount;
}

// One link or several to choose from.
std::vector<IdentifierProgram>
ObjectCompiler::ReadLinks(const JsonReader &json, std::string_view key) {
	std::vector<IdentifierProgram> links;
	const auto found = json.Find(key);
	if (found && found->IsArray()) {
		for (const JsonReader &each : found->Elements()) {
			links.push_back(ReadIdentifier(each, true));
		}
	} else if (found) {
		links.push_back(ReadIdentifier(*found, true));
	}
	return links;
}

IdentifierProgram
ObjectCompiler::ReadIdentifier(const JsonReader &json, bool is_link) {
	IdentifierProgram identifier;
	if (is_link) {
		json.AllowOnly({"namespace", "value", "scope", "if"});
		identifier.role = IdentifierRole::ref;
	} else {
		json.AllowOnly({"namespace", "value", "role", "strength", "scope", "single", "if"});
		identifier.role = ReadWord<IdentifierRole>(
		    json.Require("role"),
		    {{"own", IdentifierRole::own}, {"same", IdentifierRole::same}, {"ref", IdentifierRole::ref}});
		if (const auto strength = json.Find("strength")) {
			identifier.is_strong = ReadWord<bool>(*strength, {{"strong", true}, {"weak", false}});
		}
		const auto single = json.Find("single");
		identifier.is_single = single && single->Boolean();
	}
	const std::string name = json.Require("namespace").NonEmptyText();
	identifier.name = Pool(name);
	for (const Definition::Namespace &declared : definition_.namespaces_) {
		identifier.scope = declared.name == name ? declared.scope : identifier.scope;
	}
	if (const auto scope = json.Find("scope")) {
		identifier.scope = ReadScope(*scope);
	}
	identifier.value = expressions_.ReadExpression(json.Require("value"));
	identifier.condition = OptionalCondition(json, "if");
	return identifier;
}

// Keeps a text once, however often it is used.
PooledText
ObjectCompiler::Pool(std::string_view text) {
	std::string &pool = definition_.pool_;
	std::size_t at = pool.find(text);
	if (at == std::string::npos) {
		at = pool.size();
		pool.append(text);
	}
	return {static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(text.size())};
}

std::size_t
ObjectCompiler::IndexOf(const JsonReader &json) const {
	const std::string name = json.Text();
	const auto found = std::find(names_.begin(), names_.end(), name);
	if (found == names_.end()) {
		json.Refuse("\"" + Quotable(name) + "\" is not an object of this definition");
	}
	return static_cast<std::size_t>(found - names_.begin());
}

} // namespace meshline
