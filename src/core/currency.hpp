// SPDX-License-Identifier: PostgreSQL
// The currencies of ISO 4217: how many decimals their minor unit has, and amounts as text.
#pragma once

#include <memory_resource>
#include <optional>
#include <string_view>

#include "core/fact.hpp"

namespace meshline {

// The decimals of a currency, given its upper-case code; nothing for a code that ISO 4217 does not
// list. Codes retired since 2010 are kept: old orders carry them.
std::optional<int> CurrencyExponent(std::string_view code) noexcept;

// Enough for every amount with its sign, point and leading zeros.
inline constexpr std::size_t minor_text_size = 32;

// An amount in major units: 1234 "USD" gives "12.34", 1234 "JPY" gives "1234". An unknown currency is
// taken to have two decimals. The text lies in `buffer` or `arena`.
std::string_view FormatMinor(Minor amount, std::string_view currency,
                             char (&buffer)[minor_text_size]) noexcept;
std::string_view FormatMinor(Minor amount, std::string_view currency, std::pmr::memory_resource *arena);

} // namespace meshline

#ifdef POSTGRES_H
#error "the core sees no PostgreSQL header"
#endif
