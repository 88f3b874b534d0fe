// SPDX-License-Identifier: PostgreSQL
// Decimal text to whole minor units, exactly: no number passes through floating point.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/fact.hpp"

namespace meshline {

enum class MoneyError : std::uint8_t {
	none,
	not_a_number,
	too_precise, // non-zero digits beyond the minor unit
	out_of_range,
};

struct Money {
	Minor amount = 0;
	MoneyError error = MoneyError::none;
};

// The amount `text` x 10^scale, where it is a whole number in the range of Minor. Major units are
// read with the currency's exponent as `scale`, minor units with 0. Takes a sign, digits with or
// without commas between thousands, a fraction and an exponent: "-1,234.50", "1.2e3", ".5".
Money ParseMoney(std::string_view text, int scale) noexcept;

// Sums that say when they leave the range.
Money AddMoney(Minor a, Minor b) noexcept;

} // namespace meshline

#ifdef POSTGRES_H
#error "the core sees no PostgreSQL header"
#endif
