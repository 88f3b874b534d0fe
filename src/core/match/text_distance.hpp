// SPDX-License-Identifier: PostgreSQL
// Distances and similarities of two texts, in characters (Unicode code points), of any length.
//
// Texts are UTF-8; a byte that is not part of a character counts as a character of its own. Case, accents
// and white space are kept: normalise first where they should not count.
#pragma once

#include <cstddef>
#include <limits>
#include <string_view>

namespace meshline::match {

inline constexpr std::size_t no_cutoff = std::numeric_limits<std::size_t>::max();

// Distances: the least number of edits that turn one text into the other. When it is more than `cutoff`
// the result is cutoff + 1, which is found early.

// Insertions, deletions and substitutions. Formula: Myers 1999 and Hyyrö 2003, bit-parallel.
std::size_t Levenshtein(std::string_view a, std::string_view b, std::size_t cutoff = no_cutoff);

// Those and swaps of neighbours, no part of the text being edited twice (optimal string alignment).
// Formula: Hyyrö 2003, bit-parallel.
std::size_t OptimalStringAlignment(std::string_view a, std::string_view b, std::size_t cutoff = no_cutoff);

// Those and swaps of characters that may have been edited in between (a metric, unlike the above).
// Formula: Lowrance and Wagner 1975, in the linear space of Zhao and Sahni 2019.
std::size_t DamerauLevenshtein(std::string_view a, std::string_view b, std::size_t cutoff = no_cutoff);

// Similarities: 1 for equal texts, 0 for texts that share nothing. Two empty texts are equal. When the
// result is less than `cutoff` it may be given as 0, which is found early.

// Formula: Jaro 1989. Characters match within a window of max(|a|, |b|) / 2 - 1.
double JaroSimilarity(std::string_view a, std::string_view b, double cutoff = 0);

// Jaro, and for a Jaro above 0.7 a further 0.1 of what is missing for each of up to four characters that
// begin both. Formula: Winkler 1990.
double JaroWinklerSimilarity(std::string_view a, std::string_view b, double cutoff = 0);

// Length of the longest common subsequence, in characters.
std::size_t LongestCommonSubsequence(std::string_view a, std::string_view b);

// 2 * LCS / (|a| + |b|).
double LcsRatio(std::string_view a, std::string_view b);

} // namespace meshline::match

#ifdef POSTGRES_H
#error "the core sees no PostgreSQL header"
#endif
