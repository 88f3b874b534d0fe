// SPDX-License-Identifier: PostgreSQL
#include "core/match/text_distance.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "text_reference.hpp"

namespace meshline::match {
namespace {

// Few different characters make many partial matches; long texts cross the blocks of 64.
class RandomTexts {
public:
	explicit RandomTexts(unsigned seed) : random_(seed) {
	}

	std::pair<std::string, std::string>
	Pair(std::size_t longest) {
		const bool is_wide = Below(2) == 0;
		std::u32string a = Text(Below(longest + 1), is_wide), b;
		if (Below(3) == 0) {
			b = Text(Below(longest + 1), is_wide);
		} else {
			b = a;
			for (std::size_t edits = Below(8); edits > 0; --edits) {
				Edit(b, is_wide);
			}
		}
		return {reference::Encode(a), reference::Encode(b)};
	}
	std::size_t
	Below(std::size_t limit) {
		return random_() % limit;
	}

private:
	char32_t
	Character(bool is_wide) {
		static constexpr std::u32string_view narrow = U"abcdeß", wide = U"abcß€漢𝄞д";
		return is_wide ? wide[Below(wide.size())] : narrow[Below(narrow.size() - 1)];
	}
	std::u32string
	Text(std::size_t size, bool is_wide) {
		std::u32string text;
		while (text.size() < size) {
			text += Character(is_wide);
		}
		return text;
	}
	void
	Edit(std::u32string &text, bool is_wide) {
		const std::size_t at = Below(text.size() + 1);
		switch (Below(4)) {
		case 0:
			text.insert(at, 1, Character(is_wide));
			break;
		case 1:
			if (at < text.size()) {
				text.erase(at, 1);
			}
			break;
		case 2:
			if (at < text.size()) {
				text[at] = Character(is_wide);
			}
			break;
		default:
			if (at + 1 < text.size()) {
				std::swap(text[at], text[at + 1]);
			}
		}
	}

	std::mt19937 random_;
};

std::size_t
Cut(std::size_t distance, std::size_t cutoff) {
	return distance > cutoff ? cutoff + 1 : distance;
}

void
ExpectAllAsReference(const std::string &a, const std::string &b, std::size_t cutoff, double least) {
	SCOPED_TRACE("\"" + a + "\" and \"" + b + "\", cutoff " + std::to_string(cutoff));
	const std::size_t levenshtein = reference::Levenshtein(a, b);
	EXPECT_EQ(Levenshtein(a, b), levenshtein);
	EXPECT_EQ(Levenshtein(b, a, cutoff), Cut(levenshtein, cutoff));
	const std::size_t alignment = reference::OptimalStringAlignment(a, b);
	EXPECT_EQ(OptimalStringAlignment(a, b), alignment);
	EXPECT_EQ(OptimalStringAlignment(b, a, cutoff), Cut(alignment, cutoff));
	const std::size_t damerau = reference::DamerauLevenshtein(a, b);
	EXPECT_EQ(DamerauLevenshtein(a, b), damerau);
	EXPECT_EQ(DamerauLevenshtein(b, a, cutoff), Cut(damerau, cutoff));
	EXPECT_EQ(LongestCommonSubsequence(a, b), reference::LongestCommonSubsequence(a, b));
	const double jaro = reference::Jaro(a, b), winkler = reference::JaroWinkler(a, b);
	EXPECT_DOUBLE_EQ(JaroSimilarity(a, b), jaro);
	EXPECT_EQ(JaroSimilarity(a, b), JaroSimilarity(b, a));
	EXPECT_DOUBLE_EQ(JaroWinklerSimilarity(a, b), winkler);
	EXPECT_EQ(JaroWinklerSimilarity(a, b), JaroWinklerSimilarity(b, a));
	const double cut = JaroWinklerSimilarity(a, b, least);
	EXPECT_TRUE(winkler < least ? cut == 0 || cut == JaroWinklerSimilarity(a, b)
	                            : cut == JaroWinklerSimilarity(a, b));
	const double cut_jaro = JaroSimilarity(a, b, least);
	EXPECT_TRUE(jaro < least ? cut_jaro == 0 || cut_jaro == JaroSimilarity(a, b)
	                         : cut_jaro == JaroSimilarity(a, b));
}

TEST(TextDistance, AsReferenceOnNames) {
	RandomTexts texts(1);
	for (int i = 0; i < 20000; ++i) {
		const auto [a, b] = texts.Pair(16);
		ExpectAllAsReference(a, b, texts.Below(8), static_cast<double>(texts.Below(11)) / 10);
	}
}

TEST(TextDistance, AsReferenceAcrossBlocks) {
	RandomTexts texts(2);
	for (int i = 0; i < 1500; ++i) {
		const auto [a, b] = texts.Pair(i % 2 == 0 ? 70 : 300);
		ExpectAllAsReference(a, b, texts.Below(i % 3 == 0 ? 200 : 12),
		                     static_cast<double>(texts.Below(11)) / 10);
	}
}

TEST(TextDistance, CountsCharactersNotBytes) {
	EXPECT_EQ(Levenshtein("Zoë", "Zoe"), 1u);
	EXPECT_EQ(Levenshtein("漢字", "漢"), 1u);
	EXPECT_EQ(Levenshtein("𝄞", ""), 1u);
	EXPECT_DOUBLE_EQ(JaroSimilarity("Юлия", "Юлия"), 1);
}

TEST(TextDistance, KeepsCase) {
	EXPECT_EQ(Levenshtein("Ann", "ann"), 1u);
}

TEST(TextDistance, TellsTheThreeDistancesApart) {
	EXPECT_EQ(Levenshtein("ca", "abc"), 3u);
	EXPECT_EQ(OptimalStringAlignment("ca", "abc"), 3u);
	EXPECT_EQ(DamerauLevenshtein("ca", "abc"), 2u);
	EXPECT_EQ(Levenshtein("martha", "marhta"), 2u);
	EXPECT_EQ(OptimalStringAlignment("martha", "marhta"), 1u);
}

// Values of Winkler's papers.
TEST(TextDistance, PublishedSimilarities) {
	EXPECT_NEAR(JaroSimilarity("MARTHA", "MARHTA"), 0.944444, 1e-6);
	EXPECT_NEAR(JaroWinklerSimilarity("MARTHA", "MARHTA"), 0.961111, 1e-6);
	EXPECT_NEAR(JaroWinklerSimilarity("DIXON", "DICKSONX"), 0.813333, 1e-6);
	EXPECT_NEAR(JaroWinklerSimilarity("DWAYNE", "DUANE"), 0.84, 1e-6);
}

TEST(TextDistance, EmptyTexts) {
	EXPECT_EQ(Levenshtein("", ""), 0u);
	EXPECT_EQ(Levenshtein("abc", ""), 3u);
	EXPECT_EQ(DamerauLevenshtein("", "abc", 1), 2u);
	EXPECT_EQ(JaroSimilarity("", ""), 1);
	EXPECT_EQ(JaroWinklerSimilarity("", "a"), 0);
	EXPECT_EQ(LcsRatio("", ""), 1);
	EXPECT_EQ(LcsRatio("", "a"), 0);
	EXPECT_DOUBLE_EQ(LcsRatio("abcd", "abxd"), 0.75);
}

TEST(TextDistance, StrayBytesAreCharactersOfTheirOwn) {
	EXPECT_EQ(Levenshtein("a\xff", "a\xfe"), 1u);
	EXPECT_EQ(Levenshtein("a\xff", "a\xff"), 0u);
	EXPECT_EQ(Levenshtein("\xe2\x82", "\xe2\x82\xac"), 2u); // a cut-off euro sign
}

TEST(TextDistance, TextsOfAMillionCharacters) {
	std::string a(1'000'000, 'x');
	std::string b = a;
	b[10] = 'y';
	b.erase(500'000, 1);
	a += 'z';
	EXPECT_EQ(Levenshtein(a, b, 5), 3u);
	EXPECT_EQ(Levenshtein(a, std::string(1'000'000, 'q'), 5), 6u);
}

} // namespace
} // namespace meshline::match
