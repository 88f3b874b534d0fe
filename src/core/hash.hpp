// SPDX-License-Identifier: PostgreSQL
// The fingerprint of JSON values: what is equal as JSON, member order and white space aside, has one.
// The values are stored in databases, so that a change of any of this is a change of the data.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

#include "core/fact.hpp"

namespace meshline {

inline constexpr Hash128 hash_of_null{0x6d2f9cd63f8f1c57, 0x9e3779b97f4a7c15};
inline constexpr Hash128 hash_of_true{0xd1b54a32d192ed03, 0xbf58476d1ce4e5b9};
inline constexpr Hash128 hash_of_false{0x94d049bb133111eb, 0x2545f4914f6cdd1d};

namespace hash_detail {

__extension__ using Wide = unsigned __int128;

constexpr std::uint64_t
Fold(std::uint64_t a, std::uint64_t b) noexcept {
	const Wide product = static_cast<Wide>(a) * b;
	return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64U);
}

// A bijection that spreads every bit (splitmix64's end).
constexpr std::uint64_t
Spread(std::uint64_t x) noexcept {
	x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9U;
	x = (x ^ (x >> 27U)) * 0x94d049bb133111ebU;
	return x ^ (x >> 31U);
}

template <typename Word>
Word
Load(const char *from) noexcept {
	Word word;
	std::memcpy(&word, from, sizeof(word));
	return word;
}

Hash128 HashLong(std::string_view text, std::uint64_t seed) noexcept; // XXH3

// Most names and values are short. Up to 16 bytes, their hash is the product of two words that hold all
// of them, xor secrets (as in wyhash); up to 32 bytes, two such products: a handful of instructions.
// What uses the hash mixes once more.
inline Hash128
HashText(std::string_view text, std::uint64_t seed) noexcept {
	const std::size_t size = text.size();
	const char *const data = text.data();
	std::uint64_t first = 0;
	std::uint64_t last = size;
	Wide more = 0;
	if (size > 32) {
		return HashLong(text, seed);
	}
	if (size >= 8) {
		first = Load<std::uint64_t>(data);
		last = Load<std::uint64_t>(data + size - 8);
		if (size > 16) {
			const std::uint64_t second = Load<std::uint64_t>(data + 8);
			more = static_cast<Wide>(second ^ 0x2d358dccaa6c78a5U) *
			       (Load<std::uint64_t>(data + size - 16) ^ 0x8bb84b93962eacc9U);
		}
	} else if (size >= 4) {
		first = std::uint64_t{Load<std::uint32_t>(data)} << 32U | Load<std::uint32_t>(data + size - 4);
	} else if (size > 0) {
		const auto byte = [&](std::size_t i) { return std::uint64_t{static_cast<unsigned char>(data[i])}; };
		first = byte(0) << 16U | byte(size / 2) << 8U | byte(size - 1);
	}
	const Wide product = static_cast<Wide>(first ^ seed) * (last ^ 0xe7037ed1a0b428dbU);
	// Crosswise, so that neither half is a sum of like parts. The size, because words that overlap may
	// be equal for texts of different sizes.
	return {static_cast<std::uint64_t>(product >> 64U) ^ static_cast<std::uint64_t>(more),
	        static_cast<std::uint64_t>(product) + static_cast<std::uint64_t>(more >> 64U) +
	            size * 0x9e3779b97f4a7c15U};
}

} // namespace hash_detail

// Of a member's name.
inline std::uint64_t
HashKey(std::string_view key) noexcept {
	const Hash128 hash = hash_detail::HashText(key, 0x8ebc6af09c88c6e3U);
	return hash.high ^ hash.low;
}

// Of a string's unescaped text; of a number's token as it is written.
inline Hash128
HashString(std::string_view text) noexcept {
	return hash_detail::HashText(text, 0xa0761d6478bd642fU);
}

inline Hash128
HashNumber(std::string_view token) noexcept {
	return hash_detail::HashText(token, 0x589965cc75374cc3U);
}

// Of bytes that are not JSON.
Hash128 HashBytes(std::string_view bytes) noexcept;

// Gathers an object: a sum over its members, so that their order does not count.
class ObjectHash {
public:
	void
	Add(std::uint64_t key, const Hash128 &value) noexcept {
		using hash_detail::Fold;
		const std::uint64_t low = Fold(value.low ^ 0x9ddfea08eb382d69U, key ^ 0xa0761d6478bd642fU);
		const std::uint64_t high = Fold(value.high ^ 0xe7037ed1a0b428dbU, key ^ 0x8ebc6af09c88c6e3U);
		low_ += low;
		high_ += high + (low_ < low ? 1 : 0);
		++count_;
	}
	// For a name that the object has already: these do depend on their order, as the last one wins.
	void
	AddRepeated(std::uint64_t key, const Hash128 &value) noexcept {
		Add(hash_detail::Spread(key + count_), value);
	}
	Hash128
	Finish() const noexcept {
		return {hash_detail::Spread(high_ + count_ + 0x589965cc75374cc3U),
		        hash_detail::Spread(low_ + 0x1d8e4e27c47d124fU)};
	}

private:
	std::uint64_t high_ = 0;
	std::uint64_t low_ = 0;
	std::uint64_t count_ = 0;
};

// Gathers an array: a chain over its elements.
class ArrayHash {
public:
	void
	Add(const Hash128 &value) noexcept {
		using hash_detail::Fold;
		low_ = Fold(low_ ^ 0xeb44accab455d165U, value.low ^ 0x9e6c63d0676a9a99U) + value.high;
		high_ = Fold(high_ ^ 0xc6a4a7935bd1e995U, value.high ^ 0xa24baed4963ee407U) + low_;
	}
	Hash128
	Finish() const noexcept {
		return {hash_detail::Spread(high_), hash_detail::Spread(low_)};
	}

private:
	std::uint64_t high_ = 0x2d358dccaa6c78a5U;
	std::uint64_t low_ = 0x8bb84b93962eacc9U;
};

} // namespace meshline

#ifdef POSTGRES_H
#error "the core sees no PostgreSQL header"
#endif
