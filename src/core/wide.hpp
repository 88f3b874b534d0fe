// SPDX-License-Identifier: PostgreSQL
// Arithmetic on amounts and moments that cannot overflow: wide in between, saturated at the end.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>

namespace meshline {

// Holds the sum of any number of int64 that memory can hold, and their products by small factors.
using Wide = __int128;

// The nearest int64.
constexpr std::int64_t
Clamp(Wide value) noexcept {
	constexpr Wide lowest = std::numeric_limits<std::int64_t>::min();
	constexpr Wide highest = std::numeric_limits<std::int64_t>::max();
	return static_cast<std::int64_t>(std::clamp(value, lowest, highest));
}

// a + b, a - b and |a - b|, saturated.
constexpr std::int64_t
Plus(std::int64_t a, std::int64_t b) noexcept {
	return Clamp(Wide{a} + b);
}
constexpr std::int64_t
Minus(std::int64_t a, std::int64_t b) noexcept {
	return Clamp(Wide{a} - b);
}
constexpr std::int64_t
Apart(std::int64_t a, std::int64_t b) noexcept {
	return a < b ? Minus(b, a) : Minus(a, b);
}

} // namespace meshline

#ifdef POSTGRES_H
#error "the core sees no PostgreSQL header"
#endif
