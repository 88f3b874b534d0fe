// SPDX-License-Identifier: PostgreSQL
// What a column of people, orders or products means, and with that how two of its values are compared and
// by which keys records are brought together.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace meshline::match {

enum class Role : std::uint8_t {
	given_name,
	surname,
	full_name,
	company,
	email,
	phone,
	date,
	event_date, // when something happened, which another system may notice days later
	postcode,
	address,
	place,    // a town, a region: where a postcode leads to
	category, // an occupation, a kind: one of a limited number of names
	reference,
	amount, // of money, which fees and exchange rates change a little
	memo,   // of a payment: cut off or with something behind it
	text,
};

std::string_view Name(Role role) noexcept;
std::optional<Role> ParseRole(std::string_view name) noexcept;

// All of them, for a message.
std::string RoleNames();

// The role that the name of a column suggests: "dob" is a date, "city" a category. None for ids and what
// it does not know.
std::optional<Role> GuessRole(std::string_view column) noexcept;

// A value in the form that is compared; "" when nothing of it can be. It is in the arena, or is the text
// itself.
std::string_view Prepare(Role role, std::string_view value, std::pmr::memory_resource *arena);

// The levels at which two prepared values agree, the worst ("else") first, equality last.
std::span<const std::string_view> LevelNames(Role role) noexcept;

// The level of two prepared values, neither of them empty.
std::size_t LevelOf(Role role, std::string_view a, std::string_view b);

// Kinds of keys: kind 0 is the whole value, others are parts that errors seldom touch.
std::span<const std::string_view> KeyNames(Role role) noexcept;

// The key of a prepared value; "" for none. It may live in `buffer`.
std::string_view KeyOf(Role role, std::size_t kind, std::string_view value, std::string &buffer);

} // namespace meshline::match

#ifdef POSTGRES_H
#error "the core sees no PostgreSQL header"
#endif
