// SPDX-License-Identifier: PostgreSQL
// Texts as rows of characters: bytes where all is ASCII, code points otherwise.
#pragma once

#include <boost/container/small_vector.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

namespace meshline::match {

// Working space of a kernel, gone when it returns; what does not fit its N elements is on the heap.
template <typename T, std::size_t N> using WorkingVector = boost::container::small_vector<T, N>;

using AsciiText = std::span<const unsigned char>;
using WideText = std::span<const char32_t>;

inline bool
IsAscii(std::string_view text) noexcept {
	const char *at = text.data();
	std::uint64_t all = 0, eight;
	if (text.size() >= 8) {
		// The last eight bytes overlap those before; what is looked at twice does no harm.
		const char *last = at + text.size() - 8;
		for (; at < last; at += 8) {
			std::memcpy(&eight, at, 8);
			all |= eight;
		}
		std::memcpy(&eight, last, 8);
		all |= eight;
	} else {
		for (const char c : text) {
			all |= static_cast<unsigned char>(c);
		}
	}
	return (all & 0x8080808080808080) == 0;
}

inline AsciiText
Bytes(std::string_view text) noexcept {
	return {reinterpret_cast<const unsigned char *>(text.data()), text.size()};
}

// The characters of a text; most names fit without an allocation.
class Characters {
public:
	explicit Characters(std::string_view text);

	WideText
	text() const noexcept {
		return {characters_.data(), characters_.size()};
	}

private:
	WorkingVector<char32_t, 80> characters_;
};

// Calls f with both texts as bytes, if both are ASCII, else as code points.
template <typename F>
auto
WithCharacters(std::string_view a, std::string_view b, F &&f) {
	if (IsAscii(a) && IsAscii(b)) [[likely]] {
		return f(Bytes(a), Bytes(b));
	}
	const Characters wide_a(a), wide_b(b);
	return f(wide_a.text(), wide_b.text());
}

// Takes what both texts begin and end with off both, and returns how much that was.
template <typename Text>
std::size_t
RemoveCommonEnds(Text &a, Text &b) noexcept {
	const std::size_t limit = a.size() < b.size() ? a.size() : b.size();
	std::size_t prefix = 0;
	while (prefix < limit && a[prefix] == b[prefix]) {
		++prefix;
	}
	std::size_t suffix = 0;
	while (suffix < limit - prefix && a[a.size() - 1 - suffix] == b[b.size() - 1 - suffix]) {
		++suffix;
	}
	a = a.subspan(prefix, a.size() - prefix - suffix);
	b = b.subspan(prefix, b.size() - prefix - suffix);
	return prefix + suffix;
}

} // namespace meshline::match

#ifdef POSTGRES_H
#error "the core sees no PostgreSQL header"
#endif
