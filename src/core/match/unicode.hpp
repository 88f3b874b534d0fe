// SPDX-License-Identifier: PostgreSQL
// The normalisers' dealings with ICU.
#pragma once

#include <unicode/unistr.h>

#include <string_view>

namespace meshline::match {

// Ends what ICU could not do: std::bad_alloc when memory was short, else Error.
void CheckIcu(UErrorCode status);

// A byte that is not part of a character becomes U+FFFD. Throws std::bad_alloc.
icu::UnicodeString ToUtf16(std::string_view text);

// NFKC_Casefold, accents removed, Latin letters in ASCII where they have a form there, composed again.
// Accents are marks of the European, Hebrew and Arabic scripts; those that other scripts write vowels
// and consonants with are kept. With `joins_apostrophes` an apostrophe between letters or digits is gone;
// every other character that belongs to no word is as it was.
icu::UnicodeString FoldUnicode(std::string_view text, bool joins_apostrophes);

// Letters, marks and numbers.
bool IsWordCharacter(UChar32 c);

// The characters that people type for an apostrophe, modifier letters included.
bool IsApostrophe(UChar32 c);

} // namespace meshline::match

#ifdef POSTGRES_H
#error "the core sees no PostgreSQL header"
#endif
