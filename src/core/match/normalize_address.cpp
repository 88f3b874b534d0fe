// SPDX-License-Identifier: PostgreSQL
// Postal addresses. Abbreviations are those of USPS Publication 28 that are in common use, and a few of
// other countries.
#include "core/match/normalize.hpp"

#include "core/match/fold.hpp"
#include "core/match/text_buffer.hpp"
#include "core/match/word_set.hpp"
#include "core/text.hpp"

namespace meshline::match {

namespace {

constexpr auto abbreviations = MakeAbbreviations({
    // streets
    {"str", "strasse"},
    {"rd", "road"},
    {"av", "avenue"},
    {"ave", "avenue"},
    {"aven", "avenue"},
    {"bd", "boulevard"},
    {"blvd", "boulevard"},
    {"boul", "boulevard"},
    {"ln", "lane"},
    {"ct", "court"},
    {"crt", "court"},
    {"pl", "place"},
    {"plz", "plaza"},
    {"sq", "square"},
    {"ter", "terrace"},
    {"terr", "terrace"},
    {"pky", "parkway"},
    {"pkwy", "parkway"},
    {"hwy", "highway"},
    {"expy", "expressway"},
    {"fwy", "freeway"},
    {"tpke", "turnpike"},
    {"rte", "route"},
    {"cir", "circle"},
    {"cres", "crescent"},
    {"trl", "trail"},
    {"xing", "crossing"},
    {"jct", "junction"},
    {"aly", "alley"},
    {"brg", "bridge"},
    {"gdns", "gardens"},
    {"grn", "green"},
    {"grv", "grove"},
    {"hts", "heights"},
    {"holw", "hollow"},
    {"mnr", "manor"},
    {"mdws", "meadows"},
    {"pt", "point"},
    {"rdg", "ridge"},
    {"spgs", "springs"},
    {"sta", "station"},
    {"vlg", "village"},
    {"vly", "valley"},
    {"vw", "view"},
    // places
    {"mt", "mount"},
    {"ft", "fort"},
    {"ctr", "center"},
    {"centre", "center"},
    {"pk", "park"},
    // directions
    {"n", "north"},
    {"e", "east"},
    {"s", "south"},
    {"w", "west"},
    {"ne", "northeast"},
    {"nw", "northwest"},
    {"se", "southeast"},
    {"sw", "southwest"},
    // inside a building: one word for all, as one sender writes what another does not
    {"apt", "unit"},
    {"apartment", "unit"},
    {"flat", "unit"},
    {"ste", "unit"},
    {"suite", "unit"},
    {"rm", "room"},
    {"bldg", "building"},
    {"flr", "floor"},
    {"lvl", "level"},
});

// 12 and 12b, but not 5th.
bool
IsHouseNumber(std::string_view word) noexcept {
	return IsDigit(word.front()) && !word.ends_with("st") && !word.ends_with("nd") && !word.ends_with("rd") &&
	       !word.ends_with("th");
}

// A street of German names is often written as one word: Hauptstr.
bool
IsGermanStreet(std::string_view word) noexcept {
	return word.size() > 5 && word.ends_with("str");
}

// The number of words from `at` on that say "PO box" in one way or another; 0 for none.
std::size_t
PostBoxWords(const Words &words, std::size_t at) noexcept {
	const auto is = [&](std::size_t offset, std::string_view word) {
		return at + offset < words.size() && words[at + offset] == word;
	};
	if (is(0, "pobox")) {
		return 1;
	}
	if (is(0, "po") && is(1, "box")) {
		return 2;
	}
	if ((is(0, "p") && is(1, "o") && is(2, "box")) || (is(0, "post") && is(1, "office") && is(2, "box"))) {
		return 3;
	}
	return 0;
}

// "St" and "Dr" lead a name where nothing but a house number is in front of them and a word follows.
bool
IsLeading(const Words &words, std::size_t at) noexcept {
	return (at == 0 || IsHouseNumber(words[at - 1])) && at + 1 < words.size() &&
	       !IsDigit(words[at + 1].front());
}

} // namespace

std::string_view
NormalizeAddress(std::string_view address, std::pmr::memory_resource *arena) {
	const std::string_view folded =
	    FoldText(address, {.joins_apostrophes = true, .number_sign = "unit"}, arena);
	const Words words = SplitWords(folded, arena);
	TextBuffer result(arena);
	result.Reserve(2 * folded.size());
	std::string_view last;
	const auto append = [&](std::string_view word) {
		if (word == "unit" && last == word) { // apt #5
			return;
		}
		if (!result.empty()) {
			result.Append(" ");
		}
		result.Append(word);
		last = word;
	};
	for (std::size_t at = 0; at < words.size(); ++at) {
		const std::string_view word = words[at];
		if (const std::size_t count = PostBoxWords(words, at); count > 0) {
			append("po");
			append("box");
			at += count - 1;
		} else if (word == "st") {
			append(IsLeading(words, at) ? "saint" : "street");
		} else if (word == "dr") {
			append(IsLeading(words, at) ? "doctor" : "drive");
		} else if (word == "fl" && at > 0 && IsDigit(words[at - 1].front())) { // elsewhere it is Florida
			append("floor");
		} else if (IsGermanStreet(word)) {
			append(word);
			result.Append("asse");
		} else {
			append(Expand(abbreviations, word));
		}
	}
	return result.View();
}

} // namespace meshline::match
