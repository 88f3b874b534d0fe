// SPDX-License-Identifier: PostgreSQL
// Similarities of two texts as sets: of their characters, of their q-grams, of their tokens.
//
// From 0 for texts that share nothing to 1; two empty texts are equal, an empty one shares nothing with
// another. Texts are UTF-8. Tokens are what white space separates. Nothing depends on who is named first.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace meshline::match {

// |A and B| / |A or B| of the sets of characters, as DuckDB's jaccard().
double JaccardSimilarity(std::string_view a, std::string_view b);

// With A and B the sets of q-grams: |A and B| / |A or B|, 2 |A and B| / (|A| + |B|), or
// |A and B| / sqrt(|A| |B|).
enum class SetMeasure : unsigned char { jaccard, dice, cosine };
std::optional<SetMeasure> ParseSetMeasure(std::string_view name) noexcept;

// Of all runs of q characters, q > 0; a text shorter than q is its own only gram.
double QgramSimilarity(std::string_view a, std::string_view b, std::size_t q, SetMeasure measure);

// LcsRatio of the tokens in sorted order, joined by a space: the order of words does not count.
double TokenSortRatio(std::string_view a, std::string_view b);

// With I the tokens of both, A and B those of one only, all sorted and joined by a space: the greatest
// LcsRatio of I with I + A, I with I + B, and I + A with I + B. 1 if one text has all tokens of the other.
double TokenSetRatio(std::string_view a, std::string_view b);

// The mean, over the tokens of one text, of the best Jaro-Winkler similarity to a token of the other; the
// mean of both directions. Formula: Monge and Elkan 1996.
double MongeElkanSimilarity(std::string_view a, std::string_view b);

} // namespace meshline::match

#ifdef POSTGRES_H
#error "the core sees no PostgreSQL header"
#endif
