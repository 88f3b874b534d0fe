// SPDX-License-Identifier: PostgreSQL
#include "core/definition.hpp"

#include <simdjson.h>

#include <algorithm>
#include <new>

#include "core/compile_object.hpp"
#include "core/currency.hpp"
#include "core/error.hpp"
#include "core/json_reader.hpp"
#include "core/payload.hpp"
#include "core/program.hpp"
#include "core/text.hpp"

namespace meshline {

namespace {

// Expressions are evaluated by recursion: a definition as deep as this is no honest one.
constexpr std::size_t max_depth = 100;
constexpr int default_rank = 50;
constexpr std::string_view tool_columns[] = {"_airbyte_*", "_fivetran_*", "_sdc_*", "_dlt_*"};

bool
IsName(std::string_view text) {
	const auto is_allowed = [](char c) {
		return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
	};
	return !text.empty() && text.size() <= 40 && text.front() >= 'a' && text.front() <= 'z' &&
	       std::all_of(text.begin(), text.end(), is_allowed);
}

// Part of table names and identifiers, so nothing that would need quoting.
std::string
ReadName(const JsonReader &json, const std::string &text) {
	if (!IsName(text)) {
		json.Refuse(
		    "\"" + Quotable(text) + "\" is not a name",
		    "A name has up to 40 lower-case letters, digits and underscores and begins with a letter.");
	}
	return text;
}

void
ReadHead(CompiledDefinition &definition, const JsonReader &json) {
	json.AllowOnly({"$schema", "description", "connector", "version", "title", "role", "namespaces",
	                "expectations", "currency_exponents", "event_id_headers", "ignore", "objects"});
	const JsonReader connector = json.Require("connector");
	definition.name_ = ReadName(connector, connector.Text());
	definition.version_ = json.Require("version").NonEmptyText();
	definition.title_ = json.Require("title").NonEmptyText();
	const JsonReader role = json.Require("role");
	const auto parsed = ParseRole(role.Text());
	if (!parsed) {
		role.Refuse("\"" + Quotable(role.Text()) + "\" is not a role",
		            "Allowed are: store, marketplace, processor, ledger, crm, bank.");
	}
	definition.role_ = *parsed;
}

void
ReadNamespaces(CompiledDefinition &definition, const JsonReader &json) {
	const auto namespaces = json.Find("namespaces");
	if (!namespaces) {
		return;
	}
	for (const auto &[name, each] : namespaces->Members()) {
		each.AllowOnly({"rank", "scope"});
		Definition::Namespace declared{name, default_rank, Scope::global};
		if (const auto rank = each.Find("rank")) {
			declared.rank = rank->Integer(0, 1000);
		}
		if (const auto scope = each.Find("scope")) {
			declared.scope = ReadScope(*scope);
		}
		definition.namespaces_.push_back(std::move(declared));
	}
}

void
ReadFees(CompiledDefinition &definition, const JsonReader &json) {
	for (const auto &[currency, fee] : json.Members()) {
		if (!CurrencyExponent(currency)) {
			fee.Refuse("\"" + Quotable(currency) + "\" is not an ISO 4217 currency");
		}
		fee.AllowOnly({"basis_points", "fixed_minor"});
		definition.defaults_.fee_schedule.push_back({currency, fee.Require("basis_points").Integer(0, 10'000),
		                                             fee.Require("fixed_minor").Integer(0, 1'000'000'000)});
	}
}

void
ReadSettings(CompiledDefinition &definition, const JsonReader &json) {
	if (const auto expectations = json.Find("expectations")) {
		expectations->AllowOnly(
		    {"settlement_window_days", "authorization_window_days", "event_gap_hours", "fee_schedule"});
		if (const auto days = expectations->Find("settlement_window_days")) {
			definition.defaults_.settlement_window_days = days->Integer(0, 3650);
		}
		if (const auto days = expectations->Find("authorization_window_days")) {
			definition.defaults_.authorization_window_days = days->Integer(0, 3650);
		}
		if (const auto hours = expectations->Find("event_gap_hours")) {
			definition.defaults_.event_gap_hours = hours->Integer(1, 87600);
		}
		if (const auto fees = expectations->Find("fee_schedule")) {
			ReadFees(definition, *fees);
		}
	}
	if (const auto exponents = json.Find("currency_exponents")) {
		for (const auto &[code, exponent] : exponents->Members()) {
			if (!CurrencyExponent(code)) {
				exponent.Refuse("\"" + Quotable(code) + "\" is not an ISO 4217 currency");
			}
			definition.currency_exponents_.emplace_back(code, exponent.Integer(0, 6));
		}
	}
	if (const auto headers = json.Find("event_id_headers")) {
		for (const JsonReader &each : headers->Elements()) {
			auto &names = definition.event_id_headers_.emplace_back();
			if (each.IsText()) {
				names.push_back(each.NonEmptyText());
				continue;
			}
			for (const JsonReader &part : each.Elements()) {
				names.push_back(part.NonEmptyText());
			}
			if (names.empty()) {
				each.Refuse("must have a header");
			}
		}
	}
	for (const std::string_view column : tool_columns) {
		definition.vocabulary_.AddIgnored(column);
	}
	if (const auto ignore = json.Find("ignore")) {
		for (const JsonReader &each : ignore->Elements()) {
			const std::string pattern = each.NonEmptyText();
			if (pattern.find('*') < pattern.size() - 1 || pattern == "*") {
				each.Refuse("a \"*\" may only stand at the end, behind a prefix");
			}
			definition.vocabulary_.AddIgnored(pattern);
		}
	}
}

void
ReadObjects(CompiledDefinition &definition, const JsonReader &json) {
	const JsonReader objects = json.Require("objects");
	const auto members = objects.Members();
	if (members.empty()) {
		objects.Refuse("must have an object");
	}
	std::vector<std::string> names;
	names.reserve(members.size());
	for (const auto &[name, each] : members) {
		names.push_back(ReadName(each, name));
	}
	ObjectCompiler compiler(definition, names);
	for (const auto &[name, each] : members) {
		definition.programs_.push_back(compiler.Read(name, each));
		definition.objects_.push_back({name, definition.programs_.back().kind});
	}
	definition.id_key_ = definition.vocabulary_.Add("id");
}

// A nested object that contains itself would never end.
void
RefuseCycles(const CompiledDefinition &definition, const JsonReader &json) {
	const std::size_t count = definition.programs_.size();
	std::vector<std::size_t> depth(count, 0);
	for (std::size_t round = 0; round <= count; ++round) {
		bool is_deeper = false;
		for (std::size_t i = 0; i < count; ++i) {
			for (const NestedProgram &nested : definition.programs_[i].nested) {
				if (definition.programs_[nested.object].envelope) {
					json.Refuse("the envelope \"" + definition.programs_[nested.object].name +
					            "\" cannot be nested");
				}
				// Only a payload itself is read as a list, so that this ends.
				if (!nested.is_of_list && depth[nested.object] < depth[i] + 1) {
					depth[nested.object] = depth[i] + 1;
					is_deeper = true;
				}
			}
		}
		if (!is_deeper) {
			return;
		}
	}
	json.Refuse("objects are nested in each other without end");
}

// An envelope in an envelope would be read without end.
void
RefuseEnvelopeBodies(const CompiledDefinition &definition, const JsonReader &json) {
	const auto envelopes =
	    std::count_if(definition.programs_.begin(), definition.programs_.end(),
	                  [](const ObjectProgram &program) { return program.envelope.has_value(); });
	if (envelopes > 1) {
		json.Refuse("has more than one envelope");
	}
}

[[noreturn]] void
RefuseText(const std::string &reason) {
	throw Error(sqlstate::invalid_definition, "invalid connector definition", "the definition is " + reason);
}

} // namespace

std::shared_ptr<const Definition>
Definition::Compile(std::string_view json) {
	PayloadReader syntax; // says where the error is, which simdjson's DOM does not
	if (!syntax.Read(json, Vocabulary())) {
		RefuseText(syntax.error());
	}
	simdjson::dom::parser parser;
	simdjson::dom::element root;
	const simdjson::padded_string text(json);
	simdjson::error_code error = parser.allocate(std::max<std::size_t>(text.size(), 64), max_depth);
	if (error == simdjson::SUCCESS) {
		error = parser.parse(text).get(root);
	}
	if (error == simdjson::MEMALLOC) {
		throw std::bad_alloc();
	}
	if (error == simdjson::DEPTH_ERROR) {
		RefuseText("nested deeper than " + std::to_string(max_depth) + " levels");
	}
	if (error != simdjson::SUCCESS) {
		RefuseText(std::string("not usable: ") + simdjson::error_message(error));
	}
	const JsonReader reader(root, {});
	auto definition = std::make_shared<CompiledDefinition>();
	ReadHead(*definition, reader);
	ReadNamespaces(*definition, reader);
	ReadSettings(*definition, reader);
	ReadObjects(*definition, reader);
	RefuseCycles(*definition, reader.Require("objects"));
	RefuseEnvelopeBodies(*definition, reader.Require("objects"));
	return definition;
}

const ObjectProgram *
CompiledDefinition::Find(std::string_view object) const noexcept {
	for (const ObjectProgram &program : programs_) {
		if (program.name == object) {
			return &program;
		}
	}
	return nullptr;
}

int
CompiledDefinition::MinorExponent(std::string_view currency, int iso_exponent) const noexcept {
	for (const auto &[code, exponent] : currency_exponents_) {
		if (code == currency) {
			return exponent;
		}
	}
	return iso_exponent;
}

} // namespace meshline
