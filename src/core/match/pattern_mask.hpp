// SPDX-License-Identifier: PostgreSQL
// Where each character occurs in up to 64 characters of a text, as bits: what bit-parallel kernels read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace meshline::match {

inline constexpr std::size_t block_size = 64;

template <typename Character> class PatternMask;

template <> class PatternMask<unsigned char> {
public:
	PatternMask() noexcept {
		std::memset(masks_, 0, sizeof(masks_));
	}
	explicit PatternMask(std::span<const unsigned char> block) noexcept : PatternMask() {
		std::uint64_t bit = 1;
		for (const unsigned char c : block) {
			masks_[c & 0x7F] |= bit;
			bit <<= 1;
		}
	}

	// Bit i is set where block[i] is c, an ASCII character.
	std::uint64_t
	operator[](unsigned char c) const noexcept {
		return masks_[c & 0x7F];
	}

private:
	std::uint64_t masks_[128];
};

// Calls f with the mask of a block of ASCII characters. Most names fit a vector register, which is compared
// with each character anew: for so few, that is less work than to fill a table.
template <typename F>
auto
WithMask(std::span<const unsigned char> block, F &&f) {
#ifdef __SSE2__
	struct VectorMask {
		__m128i characters;

		std::uint64_t
		operator[](unsigned char c) const noexcept {
			return static_cast<std::uint32_t>(
			    _mm_movemask_epi8(_mm_cmpeq_epi8(characters, _mm_set1_epi8(static_cast<char>(c)))));
		}
	};
	if (block.size() <= sizeof(__m128i)) {
		alignas(__m128i) unsigned char padded[sizeof(__m128i)];
		std::memset(padded, 0xFF, sizeof(padded)); // no ASCII character
		std::memcpy(padded, block.data(), block.size());
		return f(VectorMask{_mm_load_si128(reinterpret_cast<const __m128i *>(padded))});
	}
#endif
	return f(PatternMask<unsigned char>(block));
}

// Characters beyond ASCII live in a hash table, which at most 64 of 128 places of can be taken.
template <> class PatternMask<char32_t> {
public:
	PatternMask() noexcept {
		std::memset(ascii_, 0, sizeof(ascii_));
		std::memset(slots_, 0, sizeof(slots_));
	}
	explicit PatternMask(std::span<const char32_t> block) noexcept : PatternMask() {
		std::uint64_t bit = 1;
		for (const char32_t c : block) {
			if (c < 0x80) {
				ascii_[c] |= bit;
			} else {
				Slot &slot = slots_[Find(c)];
				slot.character = c;
				slot.mask |= bit;
			}
			bit <<= 1;
		}
	}

	std::uint64_t
	operator[](char32_t c) const noexcept {
		return c < 0x80 ? ascii_[c] : slots_[Find(c)].mask;
	}

private:
	struct Slot {
		char32_t character;
		std::uint64_t mask; // 0: free
	};

	std::size_t
	Find(char32_t c) const noexcept {
		// Fibonacci hashing: neighbours in an alphabet are spread.
		std::size_t at = static_cast<std::uint32_t>(c) * 2654435769u >> 25;
		while (slots_[at].mask != 0 && slots_[at].character != c) {
			at = (at + 1) % std::size(slots_);
		}
		return at;
	}

	std::uint64_t ascii_[128];
	Slot slots_[128];
};

template <typename F>
auto
WithMask(std::span<const char32_t> block, F &&f) {
	return f(PatternMask<char32_t>(block));
}

} // namespace meshline::match

#ifdef POSTGRES_H
#error "the core sees no PostgreSQL header"
#endif
