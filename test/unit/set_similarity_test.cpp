// SPDX-License-Identifier: PostgreSQL
#include "core/match/set_similarity.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <set>
#include <string>

#include "core/match/text_distance.hpp"
#include "text_reference.hpp"

namespace meshline::match {
namespace {

double
ReferenceQgram(std::string_view text_a, std::string_view text_b, std::size_t q, SetMeasure measure) {
	const auto grams = [q](std::string_view text) {
		const std::u32string characters = reference::Decode(text);
		std::set<std::u32string> all;
		if (characters.size() < q) {
			all.insert(characters);
		}
		for (std::size_t i = 0; i + q <= characters.size(); ++i) {
			all.insert(characters.substr(i, q));
		}
		return all;
	};
	const auto a = grams(text_a), b = grams(text_b);
	double common = 0;
	for (const auto &gram : a) {
		common += static_cast<double>(b.count(gram));
	}
	const auto size_a = static_cast<double>(a.size()), size_b = static_cast<double>(b.size());
	switch (measure) {
	case SetMeasure::jaccard:
		return common / (size_a + size_b - common);
	case SetMeasure::dice:
		return 2 * common / (size_a + size_b);
	case SetMeasure::cosine:
		break;
	}
	return common / std::sqrt(size_a * size_b);
}

TEST(SetSimilarity, QgramsAsReference) {
	std::mt19937 random(3);
	static constexpr std::string_view letters[] = {"a", "b", "c", "д", "漢", " "};
	const auto text = [&] {
		std::string t = "a";
		for (std::size_t n = random() % 20; n > 0; --n) {
			t += letters[random() % std::size(letters)];
		}
		return t;
	};
	for (int i = 0; i < 5000; ++i) {
		const std::string a = text(), b = text();
		const std::size_t q = 1 + random() % 4;
		for (const auto measure : {SetMeasure::jaccard, SetMeasure::dice, SetMeasure::cosine}) {
			EXPECT_DOUBLE_EQ(QgramSimilarity(a, b, q, measure), ReferenceQgram(a, b, q, measure))
			    << a << '/' << b;
		}
		for (const auto similarity :
		     {TokenSortRatio, TokenSetRatio, MongeElkanSimilarity, JaccardSimilarity}) {
			const double s = similarity(a, b);
			EXPECT_EQ(s, similarity(b, a)) << a << '/' << b;
			EXPECT_TRUE(s >= 0 && s <= 1) << a << '/' << b;
			EXPECT_DOUBLE_EQ(similarity(a, a), 1) << a;
		}
	}
}

TEST(SetSimilarity, CharactersAreCountedOnce) {
	EXPECT_DOUBLE_EQ(JaccardSimilarity("duck", "luck"), 0.6);
	EXPECT_DOUBLE_EQ(JaccardSimilarity("aaa", "a"), 1);
	EXPECT_DOUBLE_EQ(JaccardSimilarity("Юля", "Юра"), 0.2);
}

TEST(SetSimilarity, TheOrderOfWordsDoesNotCount) {
	EXPECT_DOUBLE_EQ(TokenSortRatio("fuzzy wuzzy was a bear", "wuzzy  fuzzy\twas a bear"), 1);
	EXPECT_DOUBLE_EQ(TokenSortRatio("Иван Петров", "Петров Иван"), 1);
	EXPECT_DOUBLE_EQ(TokenSortRatio("a\u3000b", "b\u00A0a"), 1); // other white space
	EXPECT_LT(TokenSortRatio("fuzzy was a bear", "fuzzy fuzzy was a bear"), 1);
	EXPECT_DOUBLE_EQ(TokenSetRatio("fuzzy was a bear", "fuzzy fuzzy was a bear"), 1);
}

TEST(SetSimilarity, TokenSetRatioTakesTheBestOfThree) {
	// I = "acme", with A "acme inc", with B "acme ltd".
	const double expected = std::max(
	    {LcsRatio("acme", "acme inc"), LcsRatio("acme", "acme ltd"), LcsRatio("acme inc", "acme ltd")});
	EXPECT_DOUBLE_EQ(TokenSetRatio("inc acme", "ltd acme"), expected);
	EXPECT_DOUBLE_EQ(TokenSetRatio("Анна", "Олег"), LcsRatio("Анна", "Олег")); // nothing shared is no NaN
}

TEST(SetSimilarity, MongeElkanIsTheMeanOfBothDirections) {
	const double one = JaroWinklerSimilarity("jon", "john");
	EXPECT_DOUBLE_EQ(MongeElkanSimilarity("jon", "john smith"),
	                 (one + (one + JaroWinklerSimilarity("smith", "jon")) / 2) / 2);
}

TEST(SetSimilarity, EmptyTexts) {
	for (const auto similarity : {TokenSortRatio, TokenSetRatio, MongeElkanSimilarity, JaccardSimilarity}) {
		EXPECT_EQ(similarity("", ""), 1);
		EXPECT_EQ(similarity("", "a"), 0);
		EXPECT_EQ(similarity("a", ""), 0);
	}
	EXPECT_EQ(TokenSetRatio(" ", "\t"), 1);
}

TEST(SetSimilarity, MeasuresByName) {
	EXPECT_EQ(ParseSetMeasure("dice"), SetMeasure::dice);
	EXPECT_EQ(ParseSetMeasure("cosine"), SetMeasure::cosine);
	EXPECT_EQ(ParseSetMeasure("Jaccard"), std::nullopt);
}

} // namespace
} // namespace meshline::match
