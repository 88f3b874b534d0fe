// SPDX-License-Identifier: PostgreSQL
// Small fixed vocabularies of the normalisers.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>
#include <utility>

namespace meshline::match {

template <std::size_t N> using WordSet = std::array<std::string_view, N>;

// A set, sorted when it is compiled.
template <typename... Word>
consteval auto
MakeWordSet(Word... words) {
	WordSet<sizeof...(words)> set{std::string_view(words)...};
	std::sort(set.begin(), set.end());
	return set;
}

template <std::size_t N>
bool
Contains(const WordSet<N> &set, std::string_view word) noexcept {
	return std::binary_search(set.begin(), set.end(), word);
}

using Abbreviation = std::pair<std::string_view, std::string_view>;

// Abbreviations and what they stand for, sorted when they are compiled.
template <std::size_t N>
consteval auto
MakeAbbreviations(const Abbreviation (&list)[N]) {
	std::array<Abbreviation, N> sorted{};
	std::copy_n(list, N, sorted.begin());
	std::sort(sorted.begin(), sorted.end());
	return sorted;
}

// What a word stands for; the word itself when it is no abbreviation.
template <std::size_t N>
std::string_view
Expand(const std::array<Abbreviation, N> &abbreviations, std::string_view word) noexcept {
	const auto found =
	    std::lower_bound(abbreviations.begin(), abbreviations.end(), word,
	                     [](const Abbreviation &a, std::string_view wanted) { return a.first < wanted; });
	return found != abbreviations.end() && found->first == word ? found->second : word;
}

} // namespace meshline::match

#ifdef POSTGRES_H
#error "the core sees no PostgreSQL header"
#endif
