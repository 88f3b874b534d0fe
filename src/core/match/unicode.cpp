// SPDX-License-Identifier: PostgreSQL
#include "core/match/unicode.hpp"

#include <unicode/normalizer2.h>
#include <unicode/translit.h>
#include <unicode/uchar.h>
#include <unicode/uscript.h>

#include <array>
#include <cstdint>
#include <memory>
#include <new>
#include <string>

#include "core/error.hpp"
#include "core/match/fold.hpp"
#include "core/match/normalize.hpp"
#include "core/match/text_buffer.hpp"

namespace meshline::match {

namespace {

constexpr char16_t acute_accent = u'\u00B4';

// Made once per process, which takes milliseconds; a failure is tried again at the next call.
std::unique_ptr<icu::Transliterator>
MakeTransliterator(const char16_t *id) {
	UErrorCode status = U_ZERO_ERROR;
	std::unique_ptr<icu::Transliterator> made(
	    icu::Transliterator::createInstance(icu::UnicodeString(id), UTRANS_FORWARD, status));
	CheckIcu(status);
	return made;
}

bool
IsAccent(UChar32 c) {
	const std::uint8_t combining_class = u_getCombiningClass(c);
	// 1: overlays; 10 to 36: Hebrew and Arabic points; from 200: accents above and below. What lies
	// between and 0, 7, 8, 9 (nukta, kana voicing, virama) makes other letters, not accented ones.
	return combining_class == 1 || (combining_class >= 10 && combining_class <= 36) ||
	       combining_class >= 200 || u_charType(c) == U_ENCLOSING_MARK;
}

bool
IsLetterOrDigit(UChar32 c) {
	return (U_GET_GC_MASK(c) & (U_GC_L_MASK | U_GC_N_MASK)) != 0;
}

bool
IsNonAsciiLatin(UChar32 c) {
	UErrorCode status = U_ZERO_ERROR;
	return c >= 0x80 && uscript_getScript(c, &status) == USCRIPT_LATIN;
}

icu::UnicodeString
Normalized(const icu::Normalizer2 *(*instance)(UErrorCode &), const icu::UnicodeString &text) {
	UErrorCode status = U_ZERO_ERROR;
	const icu::Normalizer2 *normalizer = instance(status);
	CheckIcu(status);
	icu::UnicodeString result = normalizer->normalize(text, status);
	CheckIcu(status);
	return result;
}

void
Transform(const icu::Transliterator &transliterator, icu::UnicodeString &text) {
	transliterator.transliterate(text);
	if (text.isBogus()) {
		throw std::bad_alloc();
	}
}

// The letters of European languages that are no letter and accent (ø, ł, đ, æ), each as ICU writes it in
// ASCII: asking a transliterator takes microseconds a text.
constexpr UChar32 first_known = 0x80;
constexpr UChar32 end_of_known = 0x250;
using KnownLetters = std::array<icu::UnicodeString, end_of_known - first_known>;

// Turns the Latin letters of a text into ASCII where they have a form there.
void
ToAsciiLatin(icu::UnicodeString &text) {
	static const std::unique_ptr<icu::Transliterator> latin_ascii =
	    MakeTransliterator(u"[:Latin:] Latin-ASCII");
	static const std::unique_ptr<const KnownLetters> known_letters = [] {
		auto letters = std::make_unique<KnownLetters>();
		for (UChar32 c = first_known; c < end_of_known; ++c) {
			icu::UnicodeString &letter = (*letters)[static_cast<std::size_t>(c - first_known)];
			letter.setTo(c);
			Transform(*latin_ascii, letter);
		}
		return letters;
	}();
	icu::UnicodeString result;
	for (std::int32_t at = 0; at < text.length(); at = text.moveIndex32(at, 1)) {
		const UChar32 c = text.char32At(at);
		if (c >= first_known && c < end_of_known) {
			result.append((*known_letters)[static_cast<std::size_t>(c - first_known)]);
		} else if (IsNonAsciiLatin(c)) {
			Transform(*latin_ascii, text);
			return;
		} else {
			result.append(c);
		}
	}
	if (result.isBogus()) {
		throw std::bad_alloc();
	}
	text = result;
}

} // namespace

void
CheckIcu(UErrorCode status) {
	if (status == U_MEMORY_ALLOCATION_ERROR) {
		throw std::bad_alloc();
	}
	if (U_FAILURE(status)) {
		throw Error("XX000", std::string("ICU: ") + u_errorName(status));
	}
}

icu::UnicodeString
ToUtf16(std::string_view text) {
	icu::UnicodeString result =
	    icu::UnicodeString::fromUTF8(icu::StringPiece(text.data(), static_cast<std::int32_t>(text.size())));
	if (result.isBogus()) {
		throw std::bad_alloc();
	}
	return result;
}

bool
IsApostrophe(UChar32 c) {
	switch (c) {
	case u'\'':
	case u'`':
	case 0x02B9: // modifier letters that apostrophes are written with: turned comma, half rings ...
	case 0x02BB:
	case 0x02BC:
	case 0x02BD:
	case 0x02BE:
	case 0x02BF:
	case 0x02C8:
	case 0x2018: // quotation marks
	case 0x2019:
	case 0x201B:
	case 0x2032: // prime
		return true;
	default:
		return false;
	}
}

icu::UnicodeString
FoldUnicode(std::string_view text, bool joins_apostrophes) {
	icu::UnicodeString source = ToUtf16(text);
	// NFKC would make a space and an accent of it, but it is an apostrophe to whoever types it.
	source.findAndReplace(icu::UnicodeString(acute_accent), icu::UnicodeString(u'\''));
	const icu::UnicodeString decomposed = Normalized(
	    icu::Normalizer2::getNFDInstance, Normalized(icu::Normalizer2::getNFKCCasefoldInstance, source));
	icu::UnicodeString kept;
	bool has_latin = false;
	UChar32 previous = u' ';
	for (std::int32_t at = 0; at < decomposed.length(); at = decomposed.moveIndex32(at, 1)) {
		const UChar32 c = decomposed.char32At(at);
		if (c >= 0x80 && IsAccent(c)) {
			continue;
		}
		if (joins_apostrophes && IsApostrophe(c) && !IsApostrophe(previous) && IsWordCharacter(previous)) {
			const std::int32_t next = decomposed.moveIndex32(at, 1);
			const UChar32 follower = next < decomposed.length() ? decomposed.char32At(next) : u' ';
			if (IsLetterOrDigit(follower) && !IsApostrophe(follower)) {
				continue;
			}
		}
		has_latin = has_latin || IsNonAsciiLatin(c);
		kept.append(c);
		previous = c;
	}
	icu::UnicodeString composed = Normalized(icu::Normalizer2::getNFCInstance, kept);
	if (has_latin) {
		ToAsciiLatin(composed);
	}
	return composed;
}

bool
IsWordCharacter(UChar32 c) {
	return (U_GET_GC_MASK(c) & (U_GC_L_MASK | U_GC_M_MASK | U_GC_N_MASK)) != 0;
}

std::string_view
Transliterate(std::string_view text, std::pmr::memory_resource *arena) {
	if (IsAscii(text)) {
		return Intern(text, arena);
	}
	static const std::unique_ptr<icu::Transliterator> any_ascii =
	    MakeTransliterator(u"Any-Latin; Latin-ASCII; [:^ASCII:] Remove");
	TextBuffer result(arena);
	ForEachChunk(text, [&](std::string_view chunk) {
		if (IsAscii(chunk)) {
			result.Append(chunk);
			return;
		}
		icu::UnicodeString utf16 = ToUtf16(chunk);
		Transform(*any_ascii, utf16);
		std::string ascii;
		result.Append(utf16.toUTF8String(ascii));
	});
	return result.View();
}

} // namespace meshline::match
