// SPDX-License-Identifier: PostgreSQL
#include "core/match/normalize.hpp"

#include <gtest/gtest.h>

#include <memory_resource>
#include <random>
#include <string>
#include <string_view>

#include "core/error.hpp"
#include "core/match/fold.hpp"
#include "core/text.hpp"

namespace meshline::match {
namespace {

using Normalizer = std::string_view (*)(std::string_view, std::pmr::memory_resource *);
constexpr Normalizer normalizers[] = {NormalizeText, NormalizeName, NormalizeCompany, NormalizeAddress,
                                      Transliterate};
constexpr FoldRules all_rules[] = {{},
                                   {.joins_apostrophes = true},
                                   {.joins_apostrophes = true, .ampersand = "and"},
                                   {.joins_apostrophes = true, .number_sign = "unit"}};

std::string
Apply(Normalizer normalize, std::string_view text) {
	std::pmr::monotonic_buffer_resource arena;
	return std::string(normalize(text, &arena));
}
std::string
Text(std::string_view text) {
	return Apply(NormalizeText, text);
}
std::string
Person(std::string_view text) {
	return Apply(NormalizeName, text);
}
std::string
Company(std::string_view text) {
	return Apply(NormalizeCompany, text);
}
std::string
Address(std::string_view text) {
	return Apply(NormalizeAddress, text);
}
std::string
Ascii(std::string_view text) {
	return Apply(Transliterate, text);
}
// "-" for none.
std::string
Email(std::string_view text) {
	std::pmr::monotonic_buffer_resource arena;
	return std::string(NormalizeEmail(text, &arena).value_or("-"));
}
std::string
Phone(std::string_view text, std::string_view region = "US") {
	std::pmr::monotonic_buffer_resource arena;
	return std::string(NormalizePhone(text, region, &arena).value_or("-"));
}

void
AppendUtf8(std::string &text, char32_t c) {
	if (c < 0x80) {
		text += static_cast<char>(c);
	} else if (c < 0x800) {
		text += {static_cast<char>(0xC0 | c >> 6), static_cast<char>(0x80 | (c & 0x3F))};
	} else if (c < 0x10000) {
		text += {static_cast<char>(0xE0 | c >> 12), static_cast<char>(0x80 | (c >> 6 & 0x3F)),
		         static_cast<char>(0x80 | (c & 0x3F))};
	} else {
		text += {static_cast<char>(0xF0 | c >> 18), static_cast<char>(0x80 | (c >> 12 & 0x3F)),
		         static_cast<char>(0x80 | (c >> 6 & 0x3F)), static_cast<char>(0x80 | (c & 0x3F))};
	}
}

// Letters of many scripts, marks, apostrophes, signs and words that the vocabularies know.
std::string
RandomText(std::mt19937_64 &random) {
	static constexpr std::string_view words[] = {"St",     "Dr",   "jr",  "PhD", "M.D.",     "Inc", "GmbH",
	                                             "& Co",   "S.A.", "the", "ООО", "株式会社", "Apt", "#",
	                                             "P.O.",   "Box",  "Ave", "fl",  "12b",      "sr",  "sp",
	                                             "z o.o.", "de",   "cv",  "and", "ii",       "5th", "mr"};
	static constexpr std::pair<char32_t, char32_t> ranges[] = {
	    {0x20, 0x7E},     {0x20, 0x7E},       {0xA0, 0x24F},     {0x250, 0x2FF},   {0x300, 0x36F},
	    {0x370, 0x58F},   {0x590, 0x6FF},     {0x900, 0xDFF},    {0xE00, 0xFFF},   {0x1100, 0x11FF},
	    {0x1E00, 0x214F}, {0x2000, 0x206F},   {0x3040, 0x30FF},  {0x4E00, 0x4FFF}, {0xAC00, 0xD7A3},
	    {0xF900, 0xFFFD}, {0x10000, 0x1FFFF}, {0x1D400, 0x1D7FF}};
	std::string text;
	for (std::size_t left = random() % 8; left > 0; --left) {
		switch (random() % 4) {
		case 0:
			text += words[random() % std::size(words)];
			break;
		case 1:
			text += "'. -&"[random() % 5];
			break;
		default:
			const auto &[low, high] = ranges[random() % std::size(ranges)];
			for (std::size_t n = random() % 4; n > 0; --n) {
				AppendUtf8(text, low + static_cast<char32_t>(random() % (high - low + 1)));
			}
		}
		if (random() % 2 == 0) {
			text += ' ';
		}
	}
	return text;
}

TEST(NormalizeText, FoldsCaseAccentsAndPunctuation) {
	EXPECT_EQ(Text("  Hello,\tWORLD!  "), "hello world");
	EXPECT_EQ(Text("Crème Brûlée"), "creme brulee");
	EXPECT_EQ(Text("Cre\u0300me"), "creme"); // decomposed
	EXPECT_EQ(Text("STRASSE"), Text("Straße"));
	EXPECT_EQ(Text("Søren Łukasz Đorđe Þór Æsir"), "soren lukasz dorde thor aesir");
	EXPECT_EQ(Text("ＡＢＣ１２３ ﬁne ①"), "abc123 fine 1");
	EXPECT_EQ(Text("don't"), "don t");
	EXPECT_EQ(Text("İstanbul Iğdır"), "istanbul igdir");
	EXPECT_EQ(Text("ΣΊΣΥΦΟΣ"), Text("σίσυφος"));
	EXPECT_EQ(Text("ЙОД Ёлка"), "иод елка");
}

TEST(NormalizeText, KeepsWhatMakesOtherLetters) {
	EXPECT_EQ(Text("ガラス"), "ガラス");
	EXPECT_EQ(Text("ｶﾞﾗｽ"), "ガラス"); // half-width
	EXPECT_EQ(Text("हिन्दी"), "हिन्दी");
	EXPECT_EQ(Text("한국어"), "한국어");
	EXPECT_EQ(Text("מָשִׁיחַ"), "משיח");
	EXPECT_EQ(Text("مُحَمَّد"), "محمد");
}

TEST(NormalizeText, OfNothingIsNothing) {
	for (const Normalizer normalize : normalizers) {
		EXPECT_EQ(Apply(normalize, ""), "");
		EXPECT_EQ(Text(Apply(normalize, " \t.,-!")), "");
	}
	EXPECT_EQ(Text("\u200B\u00AD☃"), "");
}

TEST(NormalizeText, SurvivesWhatIsNotUtf8) {
	EXPECT_EQ(Text("a\xFF\xC3 b\xE2\x82"), "a b");
	std::mt19937_64 random(7);
	for (int i = 0; i < 20000; ++i) {
		std::string bytes(random() % 24, '\0');
		for (char &byte : bytes) {
			byte = static_cast<char>(random());
		}
		for (const Normalizer normalize :
		     {NormalizeText, NormalizeName, NormalizeCompany, NormalizeAddress}) {
			const std::string once = Apply(normalize, bytes);
			ASSERT_FALSE(FindInvalidUtf8(once));
			ASSERT_EQ(Apply(normalize, once), once);
		}
		ASSERT_TRUE(IsAscii(Ascii(bytes)) || FindInvalidUtf8(bytes));
		Email(std::string(bytes).append("@").append(bytes).append(".com"));
		Phone(bytes);
	}
}

TEST(NormalizeText, WithoutIcuEqualsWithIcu) {
	std::mt19937_64 random(11);
	std::pmr::monotonic_buffer_resource arena;
	for (int i = 0; i < 50000; ++i) {
		std::string text(random() % 24, ' ');
		for (char &c : text) {
			c = random() % 4 == 0 ? "'`&# .-"[random() % 7] : static_cast<char>(random() % 128);
		}
		for (const FoldRules &rules : all_rules) {
			ASSERT_EQ(FoldText(text, rules, &arena), detail::FoldByIcu(text, rules, &arena)) << text;
		}
	}
}

TEST(NormalizeText, OfEveryCharacterIsNormal) {
	for (char32_t c = 1; c < 0x30000; ++c) {
		if (c >= 0xD800 && c < 0xE000) {
			continue;
		}
		std::string text = "a";
		AppendUtf8(text, c);
		text += "b ";
		AppendUtf8(text, c);
		const std::string once = Text(text);
		ASSERT_EQ(Text(once), once) << std::hex << static_cast<std::uint32_t>(c);
	}
}

TEST(Normalizers, GiveTheirOwnResultsBack) {
	std::mt19937_64 random(3);
	for (int i = 0; i < 30000; ++i) {
		const std::string text = RandomText(random);
		for (const Normalizer normalize : normalizers) {
			const std::string once = Apply(normalize, text);
			ASSERT_EQ(Apply(normalize, once), once) << text;
		}
		const std::string email = Email(std::string(text).append("@").append(text));
		ASSERT_TRUE(email == "-" || Email(email) == email) << text;
		const std::string phone = Phone(text + std::to_string(random() % 100'000'000'000));
		ASSERT_TRUE(phone == "-" || Phone(phone) == phone) << text;
	}
}

TEST(NormalizeText, OfLongTextIsThatOfItsParts) {
	std::string text;
	std::string expected;
	while (text.size() < 400'000) {
		text += text.size() % 3 == 0 ? "Été, " : "WORD- ";
		expected += expected.empty() ? "" : " ";
		expected += text.ends_with("WORD- ") ? "word" : "ete";
	}
	EXPECT_EQ(Text(text), expected);
	const std::string no_space(400'000, 'A');
	EXPECT_EQ(Text(no_space), std::string(400'000, 'a'));
	std::string letters;
	for (int i = 0; i < 150'000; ++i) {
		letters += "é";
	}
	EXPECT_EQ(Text(letters), std::string(150'000, 'e'));
}

TEST(NormalizeName, DropsTitlesAndSuffixes) {
	EXPECT_EQ(Person("Dr. John A. Smith, Jr."), "john a smith");
	EXPECT_EQ(Person("Smith Jr, John"), "smith john");
	EXPECT_EQ(Person("Prof Dr Ada Lovelace Ph.D."), "ada lovelace");
	EXPECT_EQ(Person("Henry Ford III"), "henry ford");
	EXPECT_EQ(Person("Sr. Juan García"), "juan garcia");
	EXPECT_EQ(Person("Ken Griffey Sr"), "ken griffey");
	EXPECT_EQ(Person("Dr"), "dr");
	EXPECT_EQ(Person("Mr Dr"), "dr");
	EXPECT_EQ(Person("Jr"), "jr");
	EXPECT_EQ(Person("Anthony Major"), "anthony major");
}

TEST(NormalizeName, JoinsApostrophesAndPartsHyphens) {
	EXPECT_EQ(Person("O'Brien"), "obrien");
	EXPECT_EQ(Person("O’BRIEN"), "obrien");
	EXPECT_EQ(Person("O´Brien"), "obrien");
	EXPECT_EQ(Person("Oʻahu"), "oahu");
	EXPECT_EQ(Person("Anne-Marie Smith-Jones"), "anne marie smith jones");
	EXPECT_EQ(Person("'t Hooft"), "t hooft");
	EXPECT_EQ(Person("D’Élia"), "delia");
	EXPECT_EQ(Person("Müller"), "muller");
	EXPECT_EQ(Person("Иван Петров"), "иван петров");
}

TEST(NormalizeCompany, DropsLegalForms) {
	EXPECT_EQ(Company("The Coca-Cola Company"), "coca cola");
	EXPECT_EQ(Company("Acme Corp., Inc."), "acme");
	EXPECT_EQ(Company("ACME L.L.C."), "acme");
	EXPECT_EQ(Company("Müller GmbH & Co. KG"), "muller");
	EXPECT_EQ(Company("Ferrari S.p.A."), "ferrari");
	EXPECT_EQ(Company("Novo Nordisk A/S"), "novo nordisk");
	EXPECT_EQ(Company("Nokia Oyj"), "nokia");
	EXPECT_EQ(Company("Cemex S.A.B. de C.V."), "cemex");
	EXPECT_EQ(Company("Allegro sp. z o.o."), "allegro");
	EXPECT_EQ(Company("ООО Ромашка"), "ромашка");
	EXPECT_EQ(Company("株式会社トヨタ"), Company("トヨタ株式会社"));
	EXPECT_EQ(Company("Limited"), "limited");
	EXPECT_EQ(Company("Limited Brands"), "limited brands");
	EXPECT_EQ(Company("Berlin Zoo"), "berlin zoo");
}

TEST(NormalizeCompany, WritesSignsOutAndJoinsInitials) {
	EXPECT_EQ(Company("Johnson & Johnson"), "johnson and johnson");
	EXPECT_EQ(Company("Johnson and Johnson"), "johnson and johnson");
	EXPECT_EQ(Company("I.B.M."), Company("IBM Corp"));
	EXPECT_EQ(Company("AT&T"), "at and t");
	EXPECT_EQ(Company("McDonald's"), "mcdonalds");
	EXPECT_EQ(Company("Smith & Co"), "smith");
}

TEST(NormalizeAddress, WritesAbbreviationsOut) {
	EXPECT_EQ(Address("123 N. Main St., Apt #4B"), "123 north main street unit 4b");
	EXPECT_EQ(Address("123 North Main Street Suite 4B"), "123 north main street unit 4b");
	EXPECT_EQ(Address("500 5th Ave, 2nd Fl"), "500 5th avenue 2nd floor");
	EXPECT_EQ(Address("1 Ocean Dr, Miami, FL 33139"), "1 ocean drive miami fl 33139");
	EXPECT_EQ(Address("P.O. Box 12"), "po box 12");
	EXPECT_EQ(Address("PO Box 12"), "po box 12");
	EXPECT_EQ(Address("Post Office Box 12"), "po box 12");
	EXPECT_EQ(Address("Hauptstr. 5"), "hauptstrasse 5");
	EXPECT_EQ(Address("Hauptstraße 5"), "hauptstrasse 5");
	EXPECT_EQ(Address("12 Bd de la République"), "12 boulevard de la republique");
}

TEST(NormalizeAddress, TellsSaintsFromStreets) {
	EXPECT_EQ(Address("12 St James St"), "12 saint james street");
	EXPECT_EQ(Address("St. Mary's Hospital"), "saint marys hospital");
	EXPECT_EQ(Address("100 Main St Springfield"), "100 main street springfield");
	EXPECT_EQ(Address("101 1st St"), "101 1st street");
	EXPECT_EQ(Address("5 W 42nd St New York"), "5 west 42nd street new york");
	EXPECT_EQ(Address("12 Dr Martin Luther King Dr"), "12 doctor martin luther king drive");
}

TEST(NormalizeEmail, GivesTheMailbox) {
	EXPECT_EQ(Email(" John.Smith+shop@Example.COM "), "john.smith@example.com");
	EXPECT_EQ(Email("J.o.h.n+x@googlemail.com"), "john@gmail.com");
	EXPECT_EQ(Email("john@GMAIL.com"), "john@gmail.com");
	EXPECT_EQ(Email("josé@bücher.example"), "josé@xn--bcher-kva.example");
	EXPECT_EQ(Email("a@xn--bcher-kva.example"), "a@xn--bcher-kva.example");
	EXPECT_EQ(Email("a@straße.de"), "a@xn--strae-oqa.de");
	EXPECT_EQ(Email("o'brien@example.com."), "o'brien@example.com");
	EXPECT_EQ(Email("+a@example.com"), "+a@example.com");
}

TEST(NormalizeEmail, RefusesWhatIsNoAddress) {
	for (const char *text : {"",
	                         "@",
	                         "a@",
	                         "@example.com",
	                         "example.com",
	                         "a@b",
	                         "a b@example.com",
	                         "a@@example.com",
	                         ".a@example.com",
	                         "a.@example.com",
	                         "a..b@example.com",
	                         "a@-x.com",
	                         "a@x-.com",
	                         "a@x..com",
	                         "a@1.2.3.4",
	                         "a@[1.2.3.4]",
	                         "a@exa_mple.com",
	                         "\"a b\"@example.com",
	                         "Bob <bob@example.com>",
	                         "...@gmail.com",
	                         "a@xn--a.com",
	                         "a\xFF@example.com",
	                         "n/a"}) {
		EXPECT_EQ(Email(text), "-") << text;
	}
	EXPECT_EQ(Email(std::string(65, 'a') + "@example.com"), "-");
	EXPECT_EQ(Email("a@" + std::string(64, 'x') + ".com"), "-");
	EXPECT_EQ(Email(std::string(100'000, '@')), "-");
}

TEST(NormalizePhone, GivesE164) {
	for (const char *text :
	     {"(415) 555-0132", "415.555.0132", "+1 415 555 0132", "1-415-555-0132", "+14155550132",
	      "415-555-0132 ext. 12", "tel:+1-415-555-0132", "４１５５５５０１３２"}) {
		EXPECT_EQ(Phone(text), "+14155550132") << text;
	}
	EXPECT_EQ(Phone("020 7946 0958", "GB"), "+442079460958");
	EXPECT_EQ(Phone("+44 (0)20 7946 0958"), "+442079460958");
	EXPECT_EQ(Phone("020 7946 0958", "+44"), "+442079460958");
	EXPECT_EQ(Phone("06 1234 5678", "it"), "+390612345678");
	EXPECT_EQ(Phone("0049 30 901820", "FR"), "+4930901820");
	EXPECT_EQ(Phone("1-800-FLOWERS"), "+18003569377");
}

TEST(NormalizePhone, RefusesWhatIsNone) {
	for (const char *text : {"", "n/a", "12", "555-0132", "0000000000", "999 999 9999", "415-555-01321234",
	                         "+999 1234567", "415-555-0132 or 415-555-0133", "\xFF", "a@example.com"}) {
		EXPECT_EQ(Phone(text), "-") << text;
	}
	EXPECT_EQ(Phone(std::string(100'000, '1')), "-");
	for (const char *region : {"", "XX", "USA", "+", "+000", "+800", "+9999", "0"}) {
		EXPECT_THROW(Phone("415-555-0132", region), Error) << region;
	}
}

TEST(Transliterate, GivesAscii) {
	EXPECT_EQ(Ascii("Plain Text's"), "Plain Text's");
	EXPECT_EQ(Ascii("Петров"), "Petrov");
	EXPECT_EQ(Ascii("Παπαδόπουλος"), "Papadopoulos");
	EXPECT_EQ(Ascii("王小明"), "wang xiao ming");
	EXPECT_EQ(Ascii("Łódź"), "Lodz");
	EXPECT_EQ(Ascii("☃"), "");
	for (const char *text : {"محمد", "דוד", "สมชาย", "김철수", "たなか", "अमित", "Գրիգոր", "გიორგი"}) {
		EXPECT_TRUE(IsAscii(Ascii(text))) << text;
		EXPECT_NE(Ascii(text), "") << text;
	}
}

} // namespace
} // namespace meshline::match
