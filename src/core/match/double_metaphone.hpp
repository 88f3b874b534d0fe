// SPDX-License-Identifier: PostgreSQL
// Phonetic keys: texts that sound alike to a speaker of English have a key in common.
#pragma once

#include <memory_resource>
#include <string_view>

namespace meshline::match {

// The way most would say it, and the other way where there is one (else the same again).
struct PhoneticKeys {
	std::string_view primary;
	std::string_view alternate;
};

// Double Metaphone (Philips 2000) without its limit of four letters. Text of other scripts is
// transliterated first, so that it has keys too; text without letters has empty ones. Several words give
// one key; the rules for the beginning of a word hold for the first. Keys live as long as the resource's
// memory does.
PhoneticKeys DoubleMetaphone(std::string_view text, std::pmr::memory_resource *arena);

} // namespace meshline::match

#ifdef POSTGRES_H
#error "the core sees no PostgreSQL header"
#endif
