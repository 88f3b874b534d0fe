// SPDX-License-Identifier: PostgreSQL
// Jaro and Jaro-Winkler similarity.
#include <algorithm>
#include <bit>
#include <type_traits>

#include "core/interrupt.hpp"
#include "core/match/characters.hpp"
#include "core/match/pattern_mask.hpp"
#include "core/match/text_distance.hpp"

namespace meshline::match {

namespace {

constexpr double boost_above = 0.7;
constexpr double prefix_weight = 0.1;
constexpr std::size_t longest_prefix = 4;

double
Similarity(std::size_t common, std::size_t swapped, std::size_t size_a, std::size_t size_b) noexcept {
	const auto m = static_cast<double>(common);
	const std::size_t transpositions = swapped / 2; // whole ones
	return (m / static_cast<double>(size_a) + m / static_cast<double>(size_b) +
	        (m - static_cast<double>(transpositions)) / m) /
	       3;
}

// Which characters of the longer and of the shorter text have a partner.
struct Flags {
	std::uint64_t longer;
	std::uint64_t shorter;
};

// Each character of the shorter text takes the first free equal one within `reach` of its place.
template <typename Mask, typename Text>
Flags
FlagCommon(const Mask &mask, Text shorter, std::size_t reach) noexcept {
	Flags flags{};
	std::uint64_t window = (std::uint64_t{2} << reach) - 1, bit = 1;
	for (std::size_t j = 0; j < shorter.size(); ++j) {
		const std::uint64_t free = mask[shorter[j]] & window & ~flags.longer;
		flags.longer |= free & (0 - free);
		flags.shorter |= free != 0 ? bit : 0;
		window = window << 1 | (j < reach ? 1u : 0u);
		bit <<= 1;
	}
	return flags;
}

template <typename Text>
std::size_t
CountSwapped(Text longer, Text shorter, Flags flags) noexcept {
	std::size_t swapped = 0;
	while (flags.shorter != 0) {
		swapped += longer[static_cast<std::size_t>(std::countr_zero(flags.longer))] !=
		           shorter[static_cast<std::size_t>(std::countr_zero(flags.shorter))];
		flags.longer &= flags.longer - 1;
		flags.shorter &= flags.shorter - 1;
	}
	return swapped;
}

// Texts of any length, 64 characters of the longer one at a time: a character looks into a block only when
// the blocks before had none for it, so that it still takes the first one.
template <typename Text>
double
JaroByBlocks(Text longer, Text shorter, std::size_t reach) {
	using Character = std::remove_const_t<typename Text::element_type>;
	WorkingVector<bool, 256> is_common(shorter.size(), false);
	WorkingVector<Character, 256> found; // common characters in the order of the longer
	for (std::size_t start = 0; start < longer.size(); start += block_size) {
		poll_interrupts();
		const Text block = longer.subspan(start, std::min(block_size, longer.size() - start));
		const PatternMask<Character> mask(block);
		std::uint64_t taken = 0;
		const std::size_t end = std::min(shorter.size(), start + block.size() + reach);
		for (std::size_t j = start > reach ? start - reach : 0; j < end; ++j) {
			if (is_common[j]) {
				continue;
			}
			std::uint64_t window = ~std::uint64_t{0};
			if (j > start + reach) {
				window <<= j - reach - start;
			}
			if (j + reach < start + block_size - 1) {
				window &= ~std::uint64_t{0} >> (start + block_size - 1 - j - reach);
			}
			const std::uint64_t free = mask[shorter[j]] & window & ~taken;
			taken |= free & (0 - free);
			is_common[j] = free != 0;
		}
		for (; taken != 0; taken &= taken - 1) {
			found.push_back(block[static_cast<std::size_t>(std::countr_zero(taken))]);
		}
	}
	if (found.empty()) {
		return 0;
	}
	std::size_t swapped = 0, at = 0;
	for (std::size_t j = 0; j < shorter.size(); ++j) {
		if (is_common[j]) {
			swapped += shorter[j] != found[at++];
		}
	}
	return Similarity(found.size(), swapped, longer.size(), shorter.size());
}

template <typename Text>
double
Jaro(Text a, Text b, double cutoff) {
	// The shorter one looks for partners, or else the lesser: the result does not depend on who is named
	// first.
	if (a.size() < b.size() ||
	    (a.size() == b.size() && std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end()))) {
		std::swap(a, b);
	}
	if (b.empty()) {
		return a.empty() ? 1 : 0;
	}
	if (cutoff > 0 && Similarity(b.size(), 0, a.size(), b.size()) < cutoff) {
		return 0;
	}
	const std::size_t reach = a.size() / 2 > 0 ? a.size() / 2 - 1 : 0;
	if (a.size() > block_size) {
		return JaroByBlocks(a, b, reach);
	}
	const Flags flags = WithMask(a, [=](const auto &mask) { return FlagCommon(mask, b, reach); });
	const auto common = static_cast<std::size_t>(std::popcount(flags.shorter));
	if (common == 0 || (cutoff > 0 && Similarity(common, 0, a.size(), b.size()) < cutoff)) {
		return 0;
	}
	return Similarity(common, CountSwapped(a, b, flags), a.size(), b.size());
}

template <typename Text>
double
JaroWinkler(Text a, Text b, double cutoff) {
	const std::size_t limit = std::min({a.size(), b.size(), longest_prefix});
	std::size_t prefix = 0;
	while (prefix < limit && a[prefix] == b[prefix]) {
		++prefix;
	}
	const double share = prefix_weight * static_cast<double>(prefix);
	// The Jaro similarity from which on the result can be as much as the cutoff, less what rounding costs.
	const double needed = cutoff <= boost_above ? cutoff : (cutoff - share) / (1 - share) - 1e-9;
	const double jaro = Jaro(a, b, std::min(needed, cutoff));
	return jaro > boost_above ? jaro + share * (1 - jaro) : jaro;
}

} // namespace

double
JaroSimilarity(std::string_view a, std::string_view b, double cutoff) {
	return WithCharacters(a, b, [=](auto x, auto y) { return Jaro(x, y, cutoff); });
}

double
JaroWinklerSimilarity(std::string_view a, std::string_view b, double cutoff) {
	return WithCharacters(a, b, [=](auto x, auto y) { return JaroWinkler(x, y, cutoff); });
}

} // namespace meshline::match
