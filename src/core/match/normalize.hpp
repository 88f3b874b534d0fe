// SPDX-License-Identifier: PostgreSQL
// Forms of names, addresses and the like in which two spellings of one thing are equal.
//
// Texts are UTF-8; what is not counts as a break between words. Every function gives its own result back
// unchanged, so that keys can be normalised again. Results live as long as the resource's memory does.
// Unicode is ICU's (NFKC case folding, transliteration), so results may change with its version.
#pragma once

#include <memory_resource>
#include <optional>
#include <string_view>

namespace meshline::match {

// Words of letters and digits with one space between them: compatibility forms and case are folded,
// accents and punctuation removed. Vowel signs of scripts that need them are kept.
std::string_view NormalizeText(std::string_view text, std::pmr::memory_resource *arena);

// As NormalizeText, but an apostrophe inside a word leaves no gap (O'Brien is obrien), and titles before
// and suffixes behind the name go (Dr, Jr, III) as long as a word is left. The order of words is kept.
std::string_view NormalizeName(std::string_view name, std::pmr::memory_resource *arena);

// As NormalizeName for companies: "&" is "and", initials are joined (I.B.M. is ibm), "the" in front and
// legal forms at the end go (GmbH & Co. KG, S.p.A., Pty Ltd) as long as a word is left.
std::string_view NormalizeCompany(std::string_view company, std::pmr::memory_resource *arena);

// As NormalizeText with abbreviations of streets, directions and units written out: apt, suite, flat and
// # are all "unit", P.O. Box is "po box". "St" and "Dr" are saint and doctor at the start and behind a
// house number where a word follows, street and drive elsewhere.
std::string_view NormalizeAddress(std::string_view address, std::pmr::memory_resource *arena);

// The mailbox that an address delivers to: lower case, without a plus-tag, the domain in ASCII (IDNA 2008,
// UTS 46). For Gmail, which ignores dots, without dots and under gmail.com. None for what is no address
// of a mailbox in a public domain, comments, quoted local parts and display names included.
std::optional<std::string_view> NormalizeEmail(std::string_view email, std::pmr::memory_resource *arena);

// A phone number in E.164 (+14155550132), extensions dropped. `region`, an ISO 3166 code (US) or a calling
// code (+1), is where numbers without a country code belong. Numbers need a possible length only: lists
// of ranges in use are always behind. None for everything else, and for unassigned numbers of one digit
// repeated, which people type when they have to type something.
// Throws Error (invalid_parameter) for an unknown region.
std::optional<std::string_view> NormalizePhone(std::string_view phone, std::string_view region,
                                               std::pmr::memory_resource *arena);

// Text of any script in ASCII (Any-Latin; Latin-ASCII). What ICU cannot transliterate is left out.
std::string_view Transliterate(std::string_view text, std::pmr::memory_resource *arena);

} // namespace meshline::match

#ifdef POSTGRES_H
#error "the core sees no PostgreSQL header"
#endif
