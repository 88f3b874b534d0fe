// SPDX-License-Identifier: PostgreSQL
// A generator of pseudo-random numbers that is the same on every machine and standard library.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace meshline::sample {

// xoshiro256** (Blackman and Vigna, 2018), its state filled by splitmix64. A (seed, stream, index)
// names one independent sequence, so that one order's numbers do not depend on another's.
class Random {
public:
	explicit Random(std::uint64_t seed, std::uint64_t stream = 0, std::uint64_t index = 0) {
		std::uint64_t mixer = Mix(Mix(Mix(seed + golden) + stream + golden) + index + golden);
		for (std::uint64_t &word : state_) {
			mixer += golden;
			word = Mix(mixer);
		}
	}

	std::uint64_t
	Next() {
		const std::uint64_t result = Rotate(state_[1] * 5, 7) * 9;
		const std::uint64_t shifted = state_[1] << 17;
		state_[2] ^= state_[0];
		state_[3] ^= state_[1];
		state_[1] ^= state_[2];
		state_[0] ^= state_[3];
		state_[2] ^= shifted;
		state_[3] = Rotate(state_[3], 45);
		return result;
	}

	// Uniform in [0, bound); 0 for bound 0. Draws again where a remainder would favour small numbers.
	std::uint64_t
	Below(std::uint64_t bound) {
		if (bound < 2) {
			return 0;
		}
		const std::uint64_t limit = UINT64_MAX - UINT64_MAX % bound;
		std::uint64_t drawn = Next();
		while (drawn >= limit) {
			drawn = Next();
		}
		return drawn % bound;
	}

	// Uniform in [low, high].
	std::int64_t
	Between(std::int64_t low, std::int64_t high) {
		return low + static_cast<std::int64_t>(Below(static_cast<std::uint64_t>(high - low + 1)));
	}

	bool
	PerMille(int share) {
		return static_cast<int>(Below(1000)) < share;
	}

	// `length` characters of `alphabet`.
	std::string
	Token(std::string_view alphabet, std::size_t length) {
		std::string token;
		token.reserve(length);
		for (std::size_t i = 0; i < length; ++i) {
			token.push_back(alphabet[Below(alphabet.size())]);
		}
		return token;
	}

private:
	static std::uint64_t
	Rotate(std::uint64_t word, int bits) {
		return (word << bits) | (word >> (64 - bits));
	}

	static std::uint64_t
	Mix(std::uint64_t word) {
		word = (word ^ (word >> 30)) * 0xbf58476d1ce4e5b9ULL;
		word = (word ^ (word >> 27)) * 0x94d049bb133111ebULL;
		return word ^ (word >> 31);
	}

	static constexpr std::uint64_t golden = 0x9e3779b97f4a7c15ULL;

	std::uint64_t state_[4];
};

} // namespace meshline::sample
