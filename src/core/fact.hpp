// SPDX-License-Identifier: PostgreSQL
// What extraction gives and everything after it works on: facts, and the words they use.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "core/memory.hpp"

namespace meshline {

// A moment, in microseconds since 1970-01-01 00:00:00 UTC.
using Instant = std::int64_t;
// An amount in the minor unit of its ISO 4217 currency.
using Minor = std::int64_t;

// 128 bits of a hash; ordered, so that ties between versions are broken the same way everywhere.
struct Hash128 {
	std::uint64_t high = 0;
	std::uint64_t low = 0;
	auto operator<=>(const Hash128 &) const = default;
};

// What a record is to reconciliation. The names are the values of record.kind.
enum class Kind : std::uint8_t {
	order,
	order_line,
	payment,
	refund,
	dispute,
	fee,
	payout,
	settlement_line,
	bank_line,
	fulfillment,
	stock_movement,
	posting,
	customer,
	product,
};

// What a source's own status means. The names are the values of record.status; the numbers
// rise along a life, so that they break ties between versions of equal source time.
enum class Status : std::uint8_t {
	unknown = 0,
	pending = 1,            // promised, no money has moved
	authorized = 2,         // reserved, not captured
	partially_paid = 3,     // of an order
	paid = 4,               // money moved: captured, refunded (of a refund), paid out, posted (of a posting)
	partially_refunded = 5, // of an order
	refunded = 6,           // of an order
	failed = 7,             // no money moved and none will
	voided = 8,             // cancelled
	deleted = 9,            // gone from the source
};

// The part a connector plays; decides whose word counts for which fact.
enum class Role : std::uint8_t { store, marketplace, processor, ledger, crm, bank };

// What a posting books. The names are the values of record.posting_type.
enum class Posting : std::uint8_t { none, sale, payment, refund };

// own:  the record's own id.  same: the id of the same movement or document in another system
// (the charge behind a shop transaction).  ref: something the record belongs to (its order, the
// capture a refund pays back).  All three tie the record to its canonical order when strong; only
// own and same say that two records are one movement of money.
enum class IdentifierRole : std::uint8_t { own, same, ref };

// Where a value is unique: everywhere; within the connection it came from; within the merchant's
// store (the store connection itself, or the one that a ledger or processor connection serves).
enum class Scope : std::uint8_t { global, connection, store };

// `name` is a namespace such as "stripe.charge". A name that begins with "$store." stands for the
// connector of the store in question ("$store.order" -> "shopify.order").
struct Identifier {
	std::string_view name;
	std::string_view value;
	IdentifierRole role = IdentifierRole::own;
	Scope scope = Scope::global;
	bool is_strong = true;
};

// What is known of whom an order or a customer record is about, to find one that is there twice. The names
// are the words of "party" in definitions, the members of record.party and the columns of its match models.
enum class PartyField : std::uint8_t { name, email, phone, address, postcode, city };
inline constexpr std::size_t party_field_count = 6;
using Party = std::array<std::string_view, party_field_count>; // "" is not known

// What an order's total or a document's amount is made up of. The names are the words of "parts" in
// definitions and the members of record.parts.
enum class Part : std::uint8_t {
	tax,
	shipping,
	discount,   // given, positive
	tip,        // of an order or of a payment
	gift_card,  // paid with gift cards or store credit: of an order, or of a payment that is one
	original,   // what an order's total was before it was edited
	authorized, // what was reserved for a payment that captured less of it
	reserve,    // of a settlement line that keeps money back (below zero) or lets it go, its amount
};
inline constexpr std::size_t part_count = 8;
struct Parts : std::array<std::optional<Minor>, part_count> {
	std::optional<Minor> &
	operator[](Part part) noexcept {
		return data()[static_cast<std::size_t>(part)];
	}
	const std::optional<Minor> &
	operator[](Part part) const noexcept {
		return data()[static_cast<std::size_t>(part)];
	}
};

// What became of the goods that a refund gives money for. The names are the values of "returned" in
// definitions and in record.items.
enum class Returned : std::uint8_t {
	unknown,
	cancelled, // they never left
	restocked, // they came back and can be sold again
	kept,      // they stayed with the buyer, or came back broken
};

// A line of an order, or what of it was shipped, given back or moved in a stock.
struct Item {
	std::string_view line;    // the order line's id in its own source; "" not known
	std::string_view sku;     // "" not known
	std::string_view product; // the source's own id of what is sold; "" not known
	Minor quantity = 0;       // ordered, shipped or given back; of a movement of stock signed
	Returned returned = Returned::unknown;
	std::optional<Minor> current;   // of an order: how many are still wanted
	std::optional<Minor> available; // of a stock: how many can still be promised
	std::optional<Minor> amount;    // what `quantity` costs, without tax added on top
};

// Why a payload, or a part of one, cannot be used as it is. `field` is the word of the definition
// ("amount"), `path` where it was looked for ("total_price"), `reason` a plain sentence.
struct Problem {
	std::string_view field;
	std::string_view path;
	std::string_view reason;
};

// One object of a source as one payload states it. All text lives in the extraction's arena.
struct Fact {
	explicit Fact(std::pmr::memory_resource *arena) : items(arena), identifiers(arena), problems(arena) {
	}

	Kind kind = Kind::order;
	Status status = Status::unknown;
	Posting posting = Posting::none;
	bool is_test = false;
	// Restates money that other facts carry (a refund document beside its transactions): counted
	// only when none of those is known.
	bool is_summary = false;
	bool is_authority = false; // its system is the source of truth for it, whatever the connector's role
	bool is_closed = false;    // of an order: its shop has nothing left to do
	// The payload's own object has no id: its content's hash stands for it, and the caller numbers equal
	// ones. Those nested in a payload are numbered already.
	bool is_keyless = false;
	std::string_view object;      // the definition's object name: "order", "refund", "transaction"
	std::string_view external_id; // the source's own id, as text
	std::string_view path;        // where in the payload: "" or "refunds[0].transactions[1]"
	std::string_view currency;    // ISO 4217, upper case; "" when unknown
	// The payload names none: it is the connection's, until an order of the same source says another one.
	bool is_currency_assumed = false;
	std::string_view processor;  // of a store's payment or refund: connector that moved the money, "" unknown
	std::optional<Minor> amount; // gross, unsigned for payments and refunds, signed for settlement lines
	std::optional<Minor> fee;
	std::optional<Minor> net;
	// The same amount in the other currency that the source states it in: what the buyer saw and paid, where
	// `amount` is the shop's own money. Both are the source's; neither is ever worked out from the other.
	std::optional<Minor> presentment;
	std::string_view presentment_currency; // "" when `presentment` is absent
	std::optional<Instant> occurred_at;
	std::optional<Instant> expected_at; // of a payout: when it should arrive at the bank
	std::optional<Instant> version_at;  // the source's clock; absent: the caller falls back to arrival
	std::int64_t version_sequence = 0;  // orders versions of equal version_at: source counter * 16 + status
	std::int32_t line_count = 0;        // of an order: its lines, for the rounding tolerance
	// Identifier of the record this one is about: of a refund or settlement line, the payment.
	std::optional<Identifier> about;
	// The payout this settlement line belongs to. Groups, never merges.
	std::optional<Identifier> payout;
	Party party;
	Parts parts;
	Vector<Item> items;   // empty: not known
	Hash128 content_hash; // of the fact's own part of the payload
	Vector<Identifier> identifiers;
	Vector<Problem> problems; // not empty: the record is kept, held and named INVALID_PAYLOAD
};

// Everything one payload says.
struct Extraction {
	explicit Extraction(std::pmr::memory_resource *arena) : facts(arena), problems(arena) {
	}

	Hash128 payload_hash; // independent of member order and white space; of the bytes when not JSON
	bool is_page = false; // nothing but a list of the facts
	std::string_view source_event_id; // the envelope's own event id, "" when there is none
	Vector<Fact> facts;               // the payload's own object first, then nested ones; empty when unusable
	Vector<Problem> problems;         // why nothing at all could be read
};

std::string_view Name(Kind kind) noexcept;
std::string_view Name(Status status) noexcept;
std::string_view Name(Role role) noexcept;
std::string_view Name(Posting posting) noexcept;
std::string_view Name(PartyField field) noexcept;
std::string_view Name(Part part) noexcept;
std::string_view Name(Returned returned) noexcept;
std::optional<Kind> ParseKind(std::string_view name) noexcept;
std::optional<Status> ParseStatus(std::string_view name) noexcept;
std::optional<Role> ParseRole(std::string_view name) noexcept;
std::optional<Scope> ParseScope(std::string_view name) noexcept;
std::optional<Posting> ParsePosting(std::string_view name) noexcept;
std::optional<PartyField> ParsePartyField(std::string_view name) noexcept;
std::optional<Part> ParsePart(std::string_view name) noexcept;
std::optional<Returned> ParseReturned(std::string_view name) noexcept;

} // namespace meshline

#ifdef POSTGRES_H
#error "the core sees no PostgreSQL header"
#endif
