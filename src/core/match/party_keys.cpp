// SPDX-License-Identifier: PostgreSQL
#include "core/match/party_keys.hpp"

#include <algorithm>

#include "core/match/role.hpp"
#include "core/match/text_hash.hpp"

namespace meshline::match {

namespace {

constexpr std::size_t compared_digits = 9; // of a phone number: country and trunk codes are written or not

std::string_view
Of(const Fact &fact, PartyField field) noexcept {
	return fact.party[static_cast<std::size_t>(field)];
}

// The last digits of a number; "" when there are fewer.
std::string
LastDigits(std::string_view phone) {
	std::string digits;
	for (const char c : phone) {
		if (c >= '0' && c <= '9') {
			digits += c;
		}
	}
	return digits.size() < compared_digits ? std::string() : digits.substr(digits.size() - compared_digits);
}

// Words of a name, normalised, in any order.
std::uint64_t
NameHash(std::string_view name) noexcept {
	std::uint64_t hash = 0;
	while (!name.empty()) {
		const std::size_t end = std::min(name.find(' '), name.size());
		hash += TextHash(name.substr(0, end));
		name.remove_prefix(std::min(end + 1, name.size()));
	}
	return hash;
}

} // namespace

Vector<std::int64_t>
PartyKeys(const Fact &fact, std::pmr::memory_resource *arena) {
	Vector<std::int64_t> keys(arena);
	std::uint64_t base = 1;
	if (fact.kind != Kind::customer) {
		if (fact.amount.value_or(0) <= 0) {
			return keys;
		}
		base = Combine(Combine(2, static_cast<std::uint64_t>(*fact.amount)), TextHash(fact.currency));
	}
	const auto add = [&](std::uint64_t field, std::uint64_t value) {
		keys.push_back(static_cast<std::int64_t>(Combine(Combine(base, field), value) | 1));
	};
	if (const auto email = Prepare(Role::email, Of(fact, PartyField::email), arena); !email.empty()) {
		add(1, TextHash(email));
	}
	if (const std::string phone = LastDigits(Of(fact, PartyField::phone)); !phone.empty()) {
		add(2, TextHash(phone));
	}
	const auto name = Prepare(Role::full_name, Of(fact, PartyField::name), arena);
	const auto postcode = Prepare(Role::postcode, Of(fact, PartyField::postcode), arena);
	if (!name.empty() && !postcode.empty()) {
		add(3, Combine(NameHash(name), TextHash(postcode)));
	}
	std::sort(keys.begin(), keys.end());
	keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
	return keys;
}

} // namespace meshline::match
