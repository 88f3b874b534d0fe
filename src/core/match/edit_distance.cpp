// SPDX-License-Identifier: PostgreSQL
// Levenshtein distance and optimal string alignment, 64 rows of the matrix at a time.
#include <algorithm>
#include <type_traits>

#include "core/interrupt.hpp"
#include "core/match/characters.hpp"
#include "core/match/pattern_mask.hpp"
#include "core/match/text_distance.hpp"

namespace meshline::match {

namespace {

// Column j of the matrix against the rows of one block, as differences of neighbouring cells. Names of the
// bits as in the papers: D0 diagonal, H horizontal, V vertical; P plus one, N minus one.
template <bool has_swaps> struct Column {
	std::uint64_t vp = ~std::uint64_t{0};
	std::uint64_t vn = 0;
	std::uint64_t d0 = 0;
	std::uint64_t pattern_before = 0;
	std::uint64_t hp = 0;
	std::uint64_t hn = 0;

	// The bits that come in from the block above.
	struct Above {
		std::uint64_t hp;
		std::uint64_t hn;
		std::uint64_t swap;
	};

	void
	Step(std::uint64_t pattern, Above above) noexcept {
		std::uint64_t swapped = 0;
		if constexpr (has_swaps) {
			swapped = ((~d0 & pattern) << 1 | above.swap) & pattern_before;
			pattern_before = pattern;
		}
		const std::uint64_t x = pattern | above.hn;
		d0 = (((x & vp) + vp) ^ vp) | x | vn | swapped;
		hp = vn | ~(d0 | vp);
		hn = d0 & vp;
		const std::uint64_t hp_below = hp << 1 | above.hp, hn_below = hn << 1 | above.hn;
		vp = hn_below | ~(d0 | hp_below);
		vn = hp_below & d0;
	}
};

// `pattern` has at most 64 characters, neither text is empty.
template <bool has_swaps, typename Mask, typename Text>
std::size_t
DistanceToBlock(const Mask &mask, std::size_t pattern_size, Text text, std::size_t cutoff) noexcept {
	Column<has_swaps> column;
	const unsigned last = static_cast<unsigned>(pattern_size - 1);
	// Each character that is left lowers the distance by one at most; unsigned, so that no_cutoff is never
	// passed.
	const std::size_t limit =
	    cutoff == no_cutoff ? no_cutoff : std::min(cutoff, pattern_size + text.size()) + text.size();
	std::size_t distance = pattern_size, done = 0;
	for (const auto c : text) {
		column.Step(mask[c], {1, 0, 0});
		distance += (column.hp >> last) & 1;
		distance -= (column.hn >> last) & 1;
		if (distance + ++done > limit) {
			return cutoff + 1;
		}
	}
	return distance;
}

// One bit for each character of the text.
class Bits {
public:
	Bits(std::size_t size, std::uint64_t fill) : words_(size / 64 + 1, fill) {
	}
	std::uint64_t
	operator[](std::size_t i) const noexcept {
		return (words_[i / 64] >> (i % 64)) & 1;
	}
	void
	Set(std::size_t i, std::uint64_t bit) noexcept {
		const std::uint64_t mask = std::uint64_t{1} << (i % 64);
		words_[i / 64] = (words_[i / 64] & ~mask) | (bit << (i % 64));
	}

private:
	WorkingVector<std::uint64_t, 16> words_;
};

// Blocks of 64 rows one below the other; what a block hands down is a few bits for each column. Only cells
// within `cutoff` of the diagonal are computed: an alignment that leaves this band costs more. Cells outside
// are taken for larger than they are, which changes nothing inside.
template <bool has_swaps, typename Text>
std::size_t
DistanceByBlocks(Text pattern, Text text, std::size_t cutoff) {
	using Character = std::remove_const_t<typename Text::element_type>;
	const std::size_t band = std::min(cutoff, std::max(pattern.size(), text.size()));
	Bits hp(text.size(), ~std::uint64_t{0}), hn(text.size(), 0), swaps(has_swaps ? text.size() : 0, 0);
	std::size_t first = 0;    // the column that the band begins at
	std::size_t at_first = 0; // the distance there, in the row above the block
	std::size_t distance = 0;
	for (std::size_t row = 0; row < pattern.size(); row += block_size) {
		poll_interrupts();
		const Text block = pattern.subspan(row, std::min(block_size, pattern.size() - row));
		const PatternMask<Character> mask(block);
		const unsigned last = static_cast<unsigned>(block.size() - 1);
		const std::size_t next_row = row + block_size;
		const std::size_t next_first = next_row > band ? next_row - band : 0;
		const std::size_t end = std::min(text.size(), next_row + band);
		Column<has_swaps> column;
		distance = at_first + block.size();
		std::size_t at_next_first = distance;
		for (std::size_t j = first; j < end; ++j) {
			if (j == next_first) {
				at_next_first = distance;
			}
			const std::uint64_t bits = mask[text[j]];
			const std::uint64_t swap_below = has_swaps ? (~column.d0 & bits) >> (block_size - 1) : 0;
			column.Step(bits, {hp[j], hn[j], has_swaps ? swaps[j] : 0});
			const std::uint64_t up = (column.hp >> last) & 1, down = (column.hn >> last) & 1;
			distance += up;
			distance -= down;
			hp.Set(j, up);
			hn.Set(j, down);
			if constexpr (has_swaps) {
				swaps.Set(j, swap_below);
			}
		}
		if (next_first >= end) {
			at_next_first = distance;
		}
		first = next_first;
		at_first = at_next_first;
	}
	return distance;
}

template <bool has_swaps, typename Text>
std::size_t
EditDistance(Text a, Text b, std::size_t cutoff) {
	RemoveCommonEnds(a, b);
	if (a.size() < b.size()) {
		std::swap(a, b);
	}
	// a is the longer one.
	if (a.size() - b.size() > cutoff) {
		return cutoff + 1;
	}
	if (b.empty()) {
		return a.size();
	}
	if (b.size() <= block_size) {
		// Fewer steps with the longer one as bits, if it fits.
		if (a.size() <= block_size) {
			std::swap(a, b);
		}
		const std::size_t distance = WithMask(
		    b, [=](const auto &mask) { return DistanceToBlock<has_swaps>(mask, b.size(), a, cutoff); });
		return distance > cutoff ? cutoff + 1 : distance;
	}
	const std::size_t distance = DistanceByBlocks<has_swaps>(b, a, cutoff);
	return distance > cutoff ? cutoff + 1 : distance;
}

} // namespace

std::size_t
Levenshtein(std::string_view a, std::string_view b, std::size_t cutoff) {
	return WithCharacters(a, b, [=](auto x, auto y) { return EditDistance<false>(x, y, cutoff); });
}

std::size_t
OptimalStringAlignment(std::string_view a, std::string_view b, std::size_t cutoff) {
	return WithCharacters(a, b, [=](auto x, auto y) { return EditDistance<true>(x, y, cutoff); });
}

} // namespace meshline::match
