// SPDX-License-Identifier: PostgreSQL
#include <gtest/gtest.h>

#include <memory_resource>
#include <string>
#include <string_view>

#include "core/match/double_metaphone.hpp"

namespace meshline::match {
namespace {

// "primary/alternate", or the primary key where both are the same.
std::string
Keys(std::string_view text) {
	std::pmr::monotonic_buffer_resource arena;
	const PhoneticKeys keys = DoubleMetaphone(text, &arena);
	std::string both(keys.primary);
	if (keys.alternate != keys.primary) {
		both += '/';
		both += keys.alternate;
	}
	return both;
}

TEST(DoubleMetaphone, OfKnownNames) {
	EXPECT_EQ(Keys("Smith"), "SM0/XMT");
	EXPECT_EQ(Keys("Schmidt"), "XMT/SMT");
	EXPECT_EQ(Keys("Thompson"), "TMPSN");
	EXPECT_EQ(Keys("Thomas"), "TMS");
	EXPECT_EQ(Keys("Michael"), "MKL/MXL");
	EXPECT_EQ(Keys("Jose"), "HS");
	EXPECT_EQ(Keys("Caesar"), "SSR");
	EXPECT_EQ(Keys("Chianti"), "KNT");
	EXPECT_EQ(Keys("Bacchus"), "PKS");
	EXPECT_EQ(Keys("Bertucci"), "PRTX");
	EXPECT_EQ(Keys("Edgar"), "ATKR");
	EXPECT_EQ(Keys("Edge"), "AJ");
	EXPECT_EQ(Keys("Laugh"), "LF");
	EXPECT_EQ(Keys("Hugh"), "H");
	EXPECT_EQ(Keys("Cagney"), "KKN");
	EXPECT_EQ(Keys("Tagliaro"), "TKLR/TLR");
	EXPECT_EQ(Keys("Cabrillo"), "KPRL/KPR");
	EXPECT_EQ(Keys("Dumb"), "TM");
	EXPECT_EQ(Keys("Rogier"), "RJ/RJR");
	EXPECT_EQ(Keys("Island"), "ALNT");
	EXPECT_EQ(Keys("Resnais"), "RSN/RSNS");
	EXPECT_EQ(Keys("Schermerhorn"), "XRMRRN/SKRMRRN");
	EXPECT_EQ(Keys("Wasserman"), "ASRMN/FSRMN");
	EXPECT_EQ(Keys("Arnow"), "ARN/ARNF");
	EXPECT_EQ(Keys("Filipowicz"), "FLPTS/FLPFX");
	EXPECT_EQ(Keys("Breaux"), "PR");
	EXPECT_EQ(Keys("Xavier"), "SF/SFR");
	EXPECT_EQ(Keys("Zhao"), "J");
	EXPECT_EQ(Keys("Knight"), "NT");
	EXPECT_EQ(Keys("Wright"), "RT");
	EXPECT_EQ(Keys("McClellan"), "MKLLN");
	EXPECT_EQ(Keys("Jankelowicz"), "JNKLTS/ANKLFX");
	EXPECT_EQ(Keys("Mac Caffrey"), "MKFR");
	EXPECT_EQ(Keys("Orchestra"), "ARKSTR");
}

TEST(DoubleMetaphone, OfSpellingsThatSoundAlikeIsEqual) {
	EXPECT_EQ(Keys("Catherine"), Keys("Katherine"));
	EXPECT_EQ(Keys("Stephen"), Keys("Steven"));
	EXPECT_EQ(Keys("O'Brien"), Keys("OBRIEN"));
	EXPECT_EQ(Keys("Müller"), Keys("muller"));
	EXPECT_EQ(Keys("Philip"), Keys("Filip"));
}

TEST(DoubleMetaphone, HasNoLimit) {
	EXPECT_EQ(Keys("Constantinopolitan"), "KNSTNTNPLTN");
	EXPECT_EQ(Keys(std::string(300'000, 'T')), std::string(150'000, 'T'));
}

TEST(DoubleMetaphone, OfOtherScriptsIsNotEmpty) {
	EXPECT_EQ(Keys("Петров"), Keys("Petrov"));
	EXPECT_EQ(Keys("Παπαδόπουλος"), Keys("Papadopoulos"));
	for (const char *name : {"Юрий", "Щербаков", "Γεώργιος", "王小明", "李", "吴", "محمد", "علي", "فاطمة",
	                         "דוד", "김철수", "たなか", "สมชาย", "अमित"}) {
		EXPECT_NE(Keys(name), "") << name;
	}
}

TEST(DoubleMetaphone, OfNoLettersIsEmpty) {
	EXPECT_EQ(Keys(""), "");
	EXPECT_EQ(Keys("123 -'"), "");
	EXPECT_EQ(Keys("\xFF\xFE"), "");
}

} // namespace
} // namespace meshline::match
