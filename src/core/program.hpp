// SPDX-License-Identifier: PostgreSQL
// What a connector definition is compiled into: expressions over a payload's tree, and one program per
// object that says how its facts are read. docs/connectors.md describes the language.
#pragma once

#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/definition.hpp"
#include "core/fact.hpp"
#include "core/vocabulary.hpp"

namespace meshline {

struct PathStep {
	enum class Op : std::uint8_t {
		member, // of an object
		every,  // element of an array; any other value is its own only element
		where,  // every element whose member `key` has the text `value`
	};
	Op op = Op::member;
	KeyId key = no_key;
	std::string value;
};

// Where values are in a payload.
struct Path {
	enum class Start : std::uint8_t {
		here,     // the object that is being read
		parent,   // the fact `up` levels above it
		ancestor, // the nearest fact above it of the object named `ancestor`
		position, // not a value of the payload: the place of the fact in its list, from 0
	};
	std::string text; // as it was written
	Start start = Start::here;
	unsigned up = 0;
	std::string ancestor;
	std::vector<PathStep> steps;
};

struct Transform {
	enum class Op : std::uint8_t {
		lower,
		upper,
		trim,
		strip_prefix,
		strip_suffix,
		decimal_comma,
		regex,
		gid,
		date_format,
		scale,
		plain,
		map
	};
	Op op = Op::trim;
	std::string text;                 // of strip_* and date_format
	int power = 0;                    // of scale: of ten
	std::shared_ptr<const RE2> regex; // its `group` is the value; no match, no value
	int group = 0;
	std::vector<std::pair<std::string, std::string>> map; // sorted
	std::optional<std::string> fallback;                  // of a map; absent: no value
};

struct Case;
struct Condition;

// Gives texts: none, one or several.
struct Expression {
	enum class Op : std::uint8_t { path, constant, first, join, when, sum, total, count };
	Op op = Op::constant;
	std::string label;             // the path that stands for it in a problem
	std::string constant;          // of constant; of join: what stands between
	Path path;                     // of path, sum and count; of sum and count: up to the last list
	Path rest;                     // of sum: from an element of the list to the number
	std::vector<Expression> parts; // of first, join and total; of when: what holds otherwise (0 or 1)
	std::vector<Case> cases;       // of when
	std::vector<Condition> only;   // of sum and count: which elements (0 or 1)
	std::vector<Transform> transforms;
};

struct Condition {
	enum class Op : std::uint8_t { all, any, negation, truth, in, exists, matches };
	Op op = Op::truth;
	std::vector<Condition> parts; // of all, any, negation
	Expression operand;           // of the others
	std::vector<std::string> values;
	bool wanted = true; // of exists
	std::shared_ptr<const RE2> regex;
};

struct Case {
	Condition condition;
	Expression value;
};

// The words of a program that `required` may name and that problems speak of.
enum class Word : std::uint8_t {
	id,
	version,
	occurred,
	expected,
	amount,
	fee,
	net,
	currency,
	status,
	processor,
	posting,
	about,
	payout
};
inline constexpr std::size_t word_count = 13;
std::string_view Name(Word word) noexcept;

enum class Sign : std::uint8_t { keep, absolute, negate };

// Whose currency counts where a payload names none.
enum class CurrencyFallback : std::uint8_t {
	none,
	merchant,
	order, // the merchant's, until the order is known
};

struct AmountProgram {
	Expression value;
	bool is_minor = false;
	Sign sign = Sign::keep;
};

// A text that every extraction takes from one copy of the definition's texts in its arena.
struct PooledText {
	std::uint32_t offset = 0;
	std::uint32_t size = 0;
};

struct IdentifierProgram {
	PooledText name;
	Expression value;
	IdentifierRole role = IdentifierRole::own;
	Scope scope = Scope::global;
	bool is_strong = true;
	bool is_single = false; // no value rather than several different ones
	std::optional<Condition> condition;
};

// A list of an object that says what its lines are, or which of them it carries.
struct ItemsProgram {
	Path path;
	std::optional<Condition> condition; // which elements
	std::optional<Expression> line;
	std::optional<Expression> sku;
	std::optional<Expression> product;
	std::optional<Expression> quantity;
	std::optional<Expression> current;
	std::optional<Expression> available;
	std::optional<Expression> returned;
	std::optional<AmountProgram> amount;
	bool is_unit_amount = false; // the amount is of one piece
};

struct NestedProgram {
	std::size_t object = 0;  // index
	std::string text;        // the path as it was written
	std::vector<Path> parts; // the path, cut behind each list
	bool is_of_list = false; // elements of a payload that is a list itself
	bool inherits_currency = false;
	bool inherits_test = false;
	bool inherits_occurred = false;
	bool inherits_processor = false;
};

// An object that only carries another one: a webhook's event.
struct EnvelopeProgram {
	Path body;
	std::optional<Expression> event_id;
	std::optional<Expression> version_time;
	Expression object; // the name of the body's object
};

struct ObjectProgram {
	std::string name;
	PooledText pooled_name;
	Kind kind = Kind::order;
	std::optional<Expression> kind_of; // overrides `kind` where it gives a value
	std::optional<Expression> id;
	bool is_keyless = false;                // without a value of `id` the content is the id:
	std::vector<Expression> keyless_values; // these of its values; none: all of it
	std::optional<Expression> version_time;
	std::optional<Expression> version_sequence;
	std::optional<Expression> occurred;
	std::optional<Expression> expected;
	std::optional<AmountProgram> amount;
	std::optional<AmountProgram> fee;
	std::optional<AmountProgram> net;
	std::optional<AmountProgram> presentment;
	std::optional<Expression> presentment_currency;
	std::optional<Expression> currency;
	CurrencyFallback currency_fallback = CurrencyFallback::none;
	std::optional<Expression> status;
	std::optional<Expression> processor;
	std::optional<Expression> posting;
	std::optional<Expression> line_count;
	std::optional<Condition> test;
	std::optional<Condition> deleted;
	std::optional<Condition> summary;
	std::optional<Condition> authority;
	std::optional<Condition> closed;
	std::optional<Condition> when;
	std::optional<Condition> only_nested; // a page of objects, no object of its own
	std::vector<KeyId> unwrap;            // members that may stand around the object
	std::vector<IdentifierProgram> identifiers;
	std::vector<IdentifierProgram> about; // the first that has a value
	std::vector<IdentifierProgram> payout;
	std::vector<std::pair<PartyField, Expression>> party;
	std::vector<std::pair<Part, AmountProgram>> parts;
	std::vector<ItemsProgram> items; // the first list that has elements counts
	std::vector<NestedProgram> nested;
	std::array<bool, word_count> is_required{};
	std::optional<EnvelopeProgram> envelope;

	// A payload may be a list, of which each element is read as a nested object.
	bool
	ReadsLists() const noexcept {
		return std::any_of(nested.begin(), nested.end(),
		                   [](const NestedProgram &each) { return each.is_of_list; });
	}

	bool
	Requires(Word word) const noexcept {
		return is_required[static_cast<std::size_t>(word)];
	}
};

// The only implementation of Definition.
class CompiledDefinition final : public Definition {
public:
	const std::string &
	name() const noexcept override {
		return name_;
	}
	const std::string &
	version() const noexcept override {
		return version_;
	}
	const std::string &
	title() const noexcept override {
		return title_;
	}
	Role
	role() const noexcept override {
		return role_;
	}
	const std::vector<ObjectInfo> &
	objects() const noexcept override {
		return objects_;
	}
	const std::vector<Namespace> &
	namespaces() const noexcept override {
		return namespaces_;
	}
	const Defaults &
	defaults() const noexcept override {
		return defaults_;
	}
	const std::vector<std::vector<std::string>> &
	event_id_headers() const noexcept override {
		return event_id_headers_;
	}
	bool
	HasObject(std::string_view object) const noexcept override {
		return Find(object) != nullptr;
	}

	const ObjectProgram *Find(std::string_view object) const noexcept;
	// The decimals of this system's minor unit, given ISO 4217's.
	int MinorExponent(std::string_view currency, int iso_exponent) const noexcept;

	std::string name_;
	std::string version_;
	std::string title_;
	Role role_ = Role::store;
	std::vector<ObjectInfo> objects_;
	std::vector<Namespace> namespaces_;
	Defaults defaults_;
	std::vector<std::vector<std::string>> event_id_headers_;
	std::vector<std::pair<std::string, int>> currency_exponents_;
	std::vector<ObjectProgram> programs_;
	std::string pool_; // see PooledText
	Vocabulary vocabulary_;
	KeyId id_key_ = no_key; // "id": what stands for an object where an id is wanted
};

} // namespace meshline

#ifdef POSTGRES_H
#error "the core sees no PostgreSQL header"
#endif
