// SPDX-License-Identifier: PostgreSQL
#include "core/currency.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <memory_resource>
#include <string>

namespace meshline {
namespace {

TEST(Currency, KnowsTheDecimals) {
	EXPECT_EQ(CurrencyExponent("USD"), 2);
	EXPECT_EQ(CurrencyExponent("EUR"), 2);
	EXPECT_EQ(CurrencyExponent("ZWG"), 2);
	EXPECT_EQ(CurrencyExponent("HRK"), 2); // retired
	for (const char *code : {"BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX",
	                         "UYI", "VND", "VUV", "XAF", "XOF", "XPF"}) {
		EXPECT_EQ(CurrencyExponent(code), 0) << code;
	}
	for (const char *code : {"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"}) {
		EXPECT_EQ(CurrencyExponent(code), 3) << code;
	}
	EXPECT_EQ(CurrencyExponent("CLF"), 4);
	EXPECT_EQ(CurrencyExponent("UYW"), 4);
}

TEST(Currency, RefusesOtherCodes) {
	for (const char *code : {"", "U", "US", "USA", "usd", "USDT", "XXX", "BTC", "€UR", "$$$", "1SD"}) {
		EXPECT_EQ(CurrencyExponent(code), std::nullopt) << code;
	}
	EXPECT_EQ(CurrencyExponent(std::string_view("US\0", 3)), std::nullopt);
}

TEST(Currency, HasAHundredAndEightyCodes) {
	int count = 0;
	for (char a = 'A'; a <= 'Z'; ++a) {
		for (char b = 'A'; b <= 'Z'; ++b) {
			for (char c = 'A'; c <= 'Z'; ++c) {
				count += CurrencyExponent(std::string{a, b, c}).has_value() ? 1 : 0;
			}
		}
	}
	EXPECT_GE(count, 165);
	EXPECT_LE(count, 195);
}

TEST(Currency, FormatsMajorUnits) {
	const auto text = [](Minor amount, std::string_view currency) {
		char buffer[minor_text_size];
		return std::string(FormatMinor(amount, currency, buffer));
	};
	EXPECT_EQ(text(1234, "USD"), "12.34");
	EXPECT_EQ(text(5, "USD"), "0.05");
	EXPECT_EQ(text(-5, "USD"), "-0.05");
	EXPECT_EQ(text(50, "USD"), "0.50");
	EXPECT_EQ(text(0, "USD"), "0.00");
	EXPECT_EQ(text(1234, "JPY"), "1234");
	EXPECT_EQ(text(0, "JPY"), "0");
	EXPECT_EQ(text(1, "KWD"), "0.001");
	EXPECT_EQ(text(12345, "CLF"), "1.2345");
	EXPECT_EQ(text(100, "???"), "1.00");
	EXPECT_EQ(text(std::numeric_limits<Minor>::min(), "USD"), "-92233720368547758.08");
	EXPECT_EQ(text(std::numeric_limits<Minor>::min(), "JPY"), "-9223372036854775808");
}

TEST(Currency, FormatsIntoAnArena) {
	std::pmr::monotonic_buffer_resource arena;
	EXPECT_EQ(FormatMinor(1234, "USD", &arena), "12.34");
}

} // namespace
} // namespace meshline
