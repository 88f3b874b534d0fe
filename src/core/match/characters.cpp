// SPDX-License-Identifier: PostgreSQL
#include "core/match/characters.hpp"

namespace meshline::match {

namespace {

// What a byte that belongs to no character becomes: a lone surrogate, which no UTF-8 text holds.
constexpr char32_t stray_byte = 0xDC00;

// The length of a sequence by its first byte, 0 for a byte that begins none.
std::size_t
LengthOf(unsigned char first) noexcept {
	if (first < 0x80) {
		return 1;
	}
	if (first >= 0xC2 && first < 0xE0) {
		return 2;
	}
	if (first >= 0xE0 && first < 0xF0) {
		return 3;
	}
	return first >= 0xF0 && first < 0xF5 ? 4 : 0;
}

} // namespace

Characters::Characters(std::string_view text) {
	characters_.reserve(text.size());
	const AsciiText bytes = Bytes(text);
	for (std::size_t i = 0; i < bytes.size();) {
		const unsigned char first = bytes[i];
		const std::size_t length = LengthOf(first);
		char32_t character = length < 2 ? first : first & (0x7Fu >> length);
		bool is_whole = length > 0 && length <= bytes.size() - i;
		for (std::size_t k = 1; is_whole && k < length; ++k) {
			is_whole = (bytes[i + k] & 0xC0) == 0x80;
			character = character << 6 | (bytes[i + k] & 0x3F);
		}
		characters_.push_back(is_whole ? character : stray_byte + first);
		i += is_whole ? length : 1;
	}
}

} // namespace meshline::match
