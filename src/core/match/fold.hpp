// SPDX-License-Identifier: PostgreSQL
// What the normalisers share: folding text to words, and lists of words.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <string_view>

#include "core/memory.hpp"

namespace meshline::match {

// What folding makes of characters that mean different things to different subjects.
struct FoldRules {
	bool joins_apostrophes = false; // one between letters or digits leaves no gap
	std::string_view ampersand{};   // the word that "&" stands for; none: punctuation
	std::string_view number_sign{}; // the word that "#" stands for; none: punctuation
};

// Words of folded letters and digits, one space between them (see NormalizeText). Text in ASCII does not
// reach ICU. Polls for interrupts.
std::string_view FoldText(std::string_view text, const FoldRules &rules, std::pmr::memory_resource *arena);

using Words = SmallVector<std::string_view, 16>;

// The words of a folded text, pointing into it.
Words SplitWords(std::string_view folded, std::pmr::memory_resource *arena);

std::string_view JoinWords(const Words &words, std::pmr::memory_resource *arena);

bool IsAscii(std::string_view text) noexcept;

namespace detail {

// FoldText by ICU whatever the text, for tests that compare.
std::string_view FoldByIcu(std::string_view text, const FoldRules &rules, std::pmr::memory_resource *arena);

} // namespace detail

} // namespace meshline::match

#ifdef POSTGRES_H
#error "the core sees no PostgreSQL header"
#endif
