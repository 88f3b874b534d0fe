// SPDX-License-Identifier: PostgreSQL
// What the makers of samples read on their command lines.
#pragma once

#include <charconv>
#include <stdexcept>
#include <string>
#include <string_view>

namespace meshline::sample {

// The number that an option is given; throws std::invalid_argument when it is none, or out of the range.
template <typename Number>
Number
ParseNumber(std::string_view name, std::string_view text, Number low, Number high) {
	Number value{};
	const auto [stopped, error] = std::from_chars(text.data(), text.data() + text.size(), value);
	if (error != std::errc{} || stopped != text.data() + text.size() || value < low || value > high) {
		throw std::invalid_argument("bad value for " + std::string(name) + ": " + std::string(text));
	}
	return value;
}

} // namespace meshline::sample
