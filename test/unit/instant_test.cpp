// SPDX-License-Identifier: PostgreSQL
#include "core/instant.hpp"

#include <gtest/gtest.h>

#include <ctime>
#include <random>
#include <string>

namespace meshline {
namespace {

constexpr Instant second = 1'000'000;
constexpr Instant noon = 1706702400 * second; // 2024-01-31T12:00:00Z

void
ExpectInstant(std::string_view text, Instant value, bool is_local = false) {
	const auto parsed = ParseInstant(text);
	ASSERT_TRUE(parsed) << text;
	EXPECT_EQ(parsed->value, value) << text;
	EXPECT_EQ(parsed->is_local, is_local) << text;
}

TEST(Instant, ReadsIsoWithOffset) {
	for (const char *text : {"2024-01-31T12:00:00Z", "2024-01-31t12:00:00z", "2024-01-31 12:00:00 UTC",
	                         "2024-01-31 12:00 GMT", "2024-01-31T07:00:00-05:00", "2024-01-31T07:00:00-0500",
	                         "2024-01-31T07:00-05", "2024-01-31 17:30:00 +0530", "2024-01-31T12:00:00+00:00",
	                         " 2024-01-31T12:00:00.000Z ", "2024-01-31 04:00:00-08:00"}) {
		ExpectInstant(text, noon);
	}
	ExpectInstant("2024-01-31T12:00:00.123456789Z", noon + 123456);
	ExpectInstant("2024-01-31T12:00:00,5Z", noon + 500000);
	ExpectInstant("2024-01-31T23:59:60Z", noon + 12 * 3600 * second);
}

TEST(Instant, SaysWhatIsLocal) {
	ExpectInstant("2024-01-31T12:00:00", noon, true);
	ExpectInstant("2024-01-31 12:00:00.25", noon + 250000, true);
	ExpectInstant("2024-01-31 12:00", noon, true);
	ExpectInstant("2024-01-31 9:05:00", noon - (2 * 60 + 55) * 60 * second, true);
	ExpectInstant("2024-01-31", noon - 12 * 3600 * second, true);
}

TEST(Instant, ReadsDatesWithPoints) {
	ExpectInstant("31.01.2024 12:00:00 UTC", noon);
	ExpectInstant("31.1.2024 13:00 +01:00", noon);
	ExpectInstant("1.2.2024", noon + 12 * 3600 * second, true);
	for (const char *text : {"31.13.2024", "30.02.2024", "31.01.24", "31.01-2024", "2024.01.31", "31.01."}) {
		EXPECT_FALSE(ParseInstant(text)) << text;
	}
}

TEST(Instant, ReadsUnixTimes) {
	ExpectInstant("1706702400", noon);
	ExpectInstant("1706702400000", noon);
	ExpectInstant("1706702400.5", noon + 500000);
	ExpectInstant("999999999", 999999999 * second);
	for (const char *text :
	     {"0", "20240131", "12345678", "123456789012345", "-1706702400", "1e9", "1706702400Z"}) {
		EXPECT_FALSE(ParseInstant(text)) << text;
	}
}

TEST(Instant, ReadsDotNetTimes) {
	ExpectInstant("/Date(1706702400000)/", noon);
	ExpectInstant("/Date(1706702400000+0100)/", noon);
	ExpectInstant("/Date(1706702400000-0800)/", noon);
	ExpectInstant("/Date(-1000)/", -second);
	for (const char *text : {"/Date()/", "/Date(1)", "/Date(1+)/", "/Date(12345678901234567890)/", "/"}) {
		EXPECT_FALSE(ParseInstant(text)) << text;
	}
}

TEST(Instant, RefusesWhatIsNoTime) {
	for (const char *text : {"",
	                         "yesterday",
	                         "2024",
	                         "2024-1-31",
	                         "2024-13-01",
	                         "2024-00-10",
	                         "2024-02-30",
	                         "2023-02-29",
	                         "0000-01-01",
	                         "2024-01-31T",
	                         "2024-01-31T24:00:00Z",
	                         "2024-01-31T12:60:00Z",
	                         "2024-01-31T12:00:61Z",
	                         "2024-01-31T12:00:00+19:00",
	                         "2024-01-31T12:00:00+01:60",
	                         "2024-01-31T12:00:00 EST",
	                         "2024-01-31T12:00:00Zx",
	                         "2024-01-31T12:00:00.Z",
	                         "2024-01-31T12",
	                         "31/01/2024",
	                         "12024-01-31",
	                         "2024-01-31_12:00"}) {
		EXPECT_FALSE(ParseInstant(text)) << text;
	}
}

TEST(Instant, ReachesTheEndsOfTheCalendar) {
	ExpectInstant("0001-01-01T00:00:00Z", -62135596800 * second);
	ExpectInstant("9999-12-31T23:59:59Z", 253402300799 * second);
	ExpectInstant("2000-02-29T00:00:00Z", 951782400 * second);
	ExpectInstant("1969-12-31T23:59:59Z", -second);
}

// Against the C library's calendar.
TEST(Instant, AgreesWithGmtime) {
	std::mt19937_64 random(11);
	for (int i = 0; i < 5000; ++i) {
		const auto seconds = static_cast<std::time_t>(random() % 315537897600) - 62135596800;
		std::tm parts{};
		ASSERT_NE(gmtime_r(&seconds, &parts), nullptr);
		char text[64];
		ASSERT_GT(std::snprintf(text, sizeof(text), "%04d-%02d-%02dT%02d:%02d:%02dZ", parts.tm_year + 1900,
		                        parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec),
		          0);
		ExpectInstant(text, seconds * second);
	}
}

} // namespace
} // namespace meshline
