// SPDX-License-Identifier: PostgreSQL
#include "core/fact.hpp"

#include <algorithm>
#include <array>

namespace meshline {

namespace {

constexpr std::array<std::string_view, 14> kind_names{
    "order",           "order_line", "payment",     "refund",         "dispute", "fee",      "payout",
    "settlement_line", "bank_line",  "fulfillment", "stock_movement", "posting", "customer", "product"};
constexpr std::array<std::string_view, 10> status_names{
    "unknown",  "pending", "authorized", "partially_paid", "paid", "partially_refunded",
    "refunded", "failed",  "voided",     "deleted"};
constexpr std::array<std::string_view, 6> role_names{"store",  "marketplace", "processor",
                                                     "ledger", "crm",         "bank"};
constexpr std::array<std::string_view, 3> scope_names{"global", "connection", "store"};
constexpr std::array<std::string_view, 4> posting_names{"none", "sale", "payment", "refund"};

constexpr std::array<std::string_view, party_field_count> party_names{"name",    "email",    "phone",
                                                                      "address", "postcode", "city"};

constexpr std::array<std::string_view, part_count> part_names{
    "tax", "shipping", "discount", "tip", "gift_card", "original", "authorized", "reserve"};

constexpr std::array<std::string_view, 4> returned_names{"unknown", "cancelled", "restocked", "kept"};

template <typename E, std::size_t N>
std::optional<E>
Find(const std::array<std::string_view, N> &names, std::string_view name) noexcept {
	const auto at = std::find(names.begin(), names.end(), name);
	if (at == names.end()) {
		return std::nullopt;
	}
	return static_cast<E>(at - names.begin());
}

} // namespace

std::string_view
Name(Kind kind) noexcept {
	return kind_names[static_cast<std::size_t>(kind)];
}

std::string_view
Name(Status status) noexcept {
	return status_names[static_cast<std::size_t>(status)];
}

std::string_view
Name(Role role) noexcept {
	return role_names[static_cast<std::size_t>(role)];
}

std::string_view
Name(Posting posting) noexcept {
	return posting_names[static_cast<std::size_t>(posting)];
}

std::string_view
Name(PartyField field) noexcept {
	return party_names[static_cast<std::size_t>(field)];
}

std::string_view
Name(Part part) noexcept {
	return part_names[static_cast<std::size_t>(part)];
}

std::string_view
Name(Returned returned) noexcept {
	return returned_names[static_cast<std::size_t>(returned)];
}

std::optional<Kind>
ParseKind(std::string_view name) noexcept {
	return Find<Kind>(kind_names, name);
}

std::optional<Status>
ParseStatus(std::string_view name) noexcept {
	return Find<Status>(status_names, name);
}

std::optional<Role>
ParseRole(std::string_view name) noexcept {
	return Find<Role>(role_names, name);
}

std::optional<Scope>
ParseScope(std::string_view name) noexcept {
	return Find<Scope>(scope_names, name);
}

std::optional<Posting>
ParsePosting(std::string_view name) noexcept {
	return Find<Posting>(posting_names, name);
}

std::optional<PartyField>
ParsePartyField(std::string_view name) noexcept {
	return Find<PartyField>(party_names, name);
}

std::optional<Part>
ParsePart(std::string_view name) noexcept {
	return Find<Part>(part_names, name);
}

std::optional<Returned>
ParseReturned(std::string_view name) noexcept {
	return Find<Returned>(returned_names, name);
}

} // namespace meshline
