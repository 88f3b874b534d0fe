// SPDX-License-Identifier: PostgreSQL
// The longest common subsequence, 64 rows at a time. Formula: Hyyrö 2004, bit-parallel.
#include <algorithm>
#include <bit>
#include <type_traits>

#include "core/interrupt.hpp"
#include "core/match/characters.hpp"
#include "core/match/pattern_mask.hpp"
#include "core/match/text_distance.hpp"

namespace meshline::match {

namespace {

// A zero in `open` is a row whose length has grown by one.
template <typename Text>
std::size_t
LengthInOneBlock(Text pattern, Text text) noexcept {
	return WithMask(pattern, [=](const auto &mask) {
		std::uint64_t open = ~std::uint64_t{0};
		for (const auto c : text) {
			const std::uint64_t met = open & mask[c];
			open = (open + met) | (open - met);
		}
		return static_cast<std::size_t>(std::popcount(~open));
	});
}

// What a block hands to the one below is the carry of its addition, one bit for each column.
template <typename Text>
std::size_t
LengthByBlocks(Text pattern, Text text) {
	using Character = std::remove_const_t<typename Text::element_type>;
	WorkingVector<bool, 256> carries(text.size(), false);
	std::size_t length = 0;
	for (std::size_t start = 0; start < pattern.size(); start += block_size) {
		poll_interrupts();
		const PatternMask<Character> mask(
		    pattern.subspan(start, std::min(block_size, pattern.size() - start)));
		std::uint64_t open = ~std::uint64_t{0};
		for (std::size_t j = 0; j < text.size(); ++j) {
			const std::uint64_t met = open & mask[text[j]];
			std::uint64_t sum;
			const bool first = __builtin_add_overflow(open, met, &sum);
			const bool second = __builtin_add_overflow(sum, std::uint64_t{carries[j]}, &sum);
			carries[j] = first || second;
			open = sum | (open - met);
		}
		length += static_cast<std::size_t>(std::popcount(~open));
	}
	return length;
}

template <typename Text>
std::size_t
CommonLength(Text a, Text b) {
	const std::size_t at_ends = RemoveCommonEnds(a, b);
	if (a.size() > b.size()) {
		std::swap(a, b);
	}
	if (a.empty()) {
		return at_ends;
	}
	return at_ends + (a.size() <= block_size ? LengthInOneBlock(a, b) : LengthByBlocks(a, b));
}

} // namespace

std::size_t
LongestCommonSubsequence(std::string_view a, std::string_view b) {
	return WithCharacters(a, b, [](auto x, auto y) { return CommonLength(x, y); });
}

double
LcsRatio(std::string_view a, std::string_view b) {
	return WithCharacters(a, b, [](auto x, auto y) {
		const std::size_t characters = x.size() + y.size();
		return characters == 0
		           ? 1.0
		           : 2 * static_cast<double>(CommonLength(x, y)) / static_cast<double>(characters);
	});
}

} // namespace meshline::match
