// SPDX-License-Identifier: PostgreSQL
// Any two texts: every distance is what its definition says, symmetrical where it should be, and a cutoff
// changes nothing below it.
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/match/set_similarity.hpp"
#include "core/match/text_distance.hpp"
#include "core/text.hpp"
#include "text_reference.hpp"

namespace {

using namespace meshline;

constexpr std::size_t longest = 400; // the references take the product of both lengths

void
Require(bool condition) {
	if (!condition) {
		std::abort();
	}
}

bool
IsShare(double value) {
	return value >= 0 && value <= 1;
}

using Distance = std::size_t (*)(std::string_view, std::string_view, std::size_t);

void
CheckDistance(Distance distance, std::size_t expected, std::string_view a, std::string_view b) {
	Require(distance(a, b, match::no_cutoff) == expected);
	Require(distance(b, a, match::no_cutoff) == expected);
	for (const std::size_t cutoff : {expected, expected / 2, std::size_t{0}}) {
		const std::size_t found = distance(a, b, cutoff);
		Require(expected <= cutoff ? found == expected : found > cutoff);
	}
}

} // namespace

extern "C" int
LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
	const std::string_view input(reinterpret_cast<const char *>(data), size);
	const std::size_t split = input.find('\n');
	if (split == std::string_view::npos || size > longest || FindInvalidUtf8(input)) {
		return 0;
	}
	const std::string_view a = input.substr(0, split), b = input.substr(split + 1);
	CheckDistance(match::Levenshtein, reference::Levenshtein(a, b), a, b);
	CheckDistance(match::OptimalStringAlignment, reference::OptimalStringAlignment(a, b), a, b);
	CheckDistance(match::DamerauLevenshtein, reference::DamerauLevenshtein(a, b), a, b);
	const double jaro = reference::Jaro(a, b);
	Require(std::abs(match::JaroSimilarity(a, b) - jaro) < 1e-12);
	for (const double similarity :
	     {match::JaroWinklerSimilarity(a, b), match::LcsRatio(a, b), match::JaccardSimilarity(a, b),
	      match::TokenSortRatio(a, b), match::TokenSetRatio(a, b), match::MongeElkanSimilarity(a, b)}) {
		Require(IsShare(similarity));
	}
	Require(match::JaccardSimilarity(a, b) == match::JaccardSimilarity(b, a));
	return 0;
}
