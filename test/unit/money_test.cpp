// SPDX-License-Identifier: PostgreSQL
#include "core/money.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <random>
#include <string>

#include "core/currency.hpp"

namespace meshline {
namespace {

constexpr Minor most = std::numeric_limits<Minor>::max();
constexpr Minor least = std::numeric_limits<Minor>::min();

void
ExpectAmount(std::string_view text, int scale, Minor amount) {
	const Money money = ParseMoney(text, scale);
	EXPECT_EQ(money.error, MoneyError::none) << text;
	EXPECT_EQ(money.amount, amount) << text;
}

void
ExpectError(std::string_view text, int scale, MoneyError error) {
	EXPECT_EQ(ParseMoney(text, scale).error, error) << text;
}

TEST(Money, ReadsMajorUnits) {
	ExpectAmount("598.94", 2, 59894);
	ExpectAmount("598.9", 2, 59890);
	ExpectAmount("598", 2, 59800);
	ExpectAmount("0.1", 2, 10); // in binary floating point it is not a tenth
	ExpectAmount("1.005", 3, 1005);
	ExpectAmount("-0.01", 2, -1);
	ExpectAmount("+5", 2, 500);
	ExpectAmount(".5", 2, 50);
	ExpectAmount("5.", 2, 500);
	ExpectAmount("  7.00 ", 2, 700);
	ExpectAmount("0", 2, 0);
	ExpectAmount("-0.00", 2, 0);
}

TEST(Money, FollowsTheCurrency) {
	ExpectAmount("11840", *CurrencyExponent("JPY"), 11840);
	ExpectAmount("11840.00", *CurrencyExponent("JPY"), 11840);
	ExpectError("118.4", *CurrencyExponent("JPY"), MoneyError::too_precise);
	ExpectAmount("1.234", *CurrencyExponent("KWD"), 1234);
	ExpectAmount("1.2345", *CurrencyExponent("CLF"), 12345);
	ExpectError("1.2345", *CurrencyExponent("KWD"), MoneyError::too_precise);
}

TEST(Money, DropsOnlyZeros) {
	ExpectAmount("598.940000000", 2, 59894);
	ExpectError("598.940000001", 2, MoneyError::too_precise);
	ExpectAmount("0.000000000000000000000000000000", 2, 0);
	ExpectAmount("00000000000000000000000000012.50", 2, 1250);
	ExpectAmount("1200", -2, 12); // minor units of a system with more decimals
	ExpectError("1250", -2, MoneyError::too_precise);
}

TEST(Money, ReadsExponents) {
	ExpectAmount("1.2e3", 2, 120000);
	ExpectAmount("125E-2", 2, 125);
	ExpectAmount("0e999999999999", 2, 0);
	ExpectError("1e999999999999", 2, MoneyError::out_of_range);
	ExpectError("1e-999999999999", 2, MoneyError::too_precise);
	ExpectError("1e", 2, MoneyError::not_a_number);
	ExpectError("1e+", 2, MoneyError::not_a_number);
	ExpectError("e5", 2, MoneyError::not_a_number);
}

TEST(Money, ReadsThousands) {
	ExpectAmount("1,234.50", 2, 123450);
	ExpectAmount("-12,345,678", 2, -1234567800);
	for (const char *text : {"1,5", "1,23.4", ",123", "1234,567", "1,,234", "1,2345", "1,", "1.234,50"}) {
		ExpectError(text, 2, MoneyError::not_a_number);
	}
}

TEST(Money, KeepsToTheRange) {
	ExpectAmount("9223372036854775807", 0, most);
	ExpectAmount("92233720368547758.07", 2, most);
	ExpectAmount("-9223372036854775808", 0, least);
	ExpectError("9223372036854775808", 0, MoneyError::out_of_range);
	ExpectError("-9223372036854775809", 0, MoneyError::out_of_range);
	ExpectError("92233720368547758.08", 2, MoneyError::out_of_range);
	ExpectError("18446744073709551616", 0, MoneyError::out_of_range);
	ExpectError(std::string(400, '9'), 0, MoneyError::out_of_range);
	ExpectError("0." + std::string(400, '9'), 2, MoneyError::too_precise);
	ExpectError(std::string(2'000'000, '1'), 0, MoneyError::not_a_number);
}

TEST(Money, RefusesWhatIsNoNumber) {
	for (const char *text :
	     {"", " ", "-", "+", ".", "abc", "12a", "1 2", "--1", "$5", "NaN", "inf", "0x10", "1.2.3", "٣"}) {
		ExpectError(text, 2, MoneyError::not_a_number);
	}
}

TEST(Money, AddsWithinTheRange) {
	EXPECT_EQ(AddMoney(most - 1, 1).amount, most);
	EXPECT_EQ(AddMoney(most, 1).error, MoneyError::out_of_range);
	EXPECT_EQ(AddMoney(least, -1).error, MoneyError::out_of_range);
}

// What is formatted reads back as itself.
TEST(Money, RoundTripsThroughText) {
	std::mt19937_64 random(7);
	for (const char *currency : {"USD", "JPY", "KWD", "CLF"}) {
		for (int i = 0; i < 2000; ++i) {
			const auto amount = static_cast<Minor>(random()) >> (random() % 64);
			char buffer[minor_text_size];
			ExpectAmount(FormatMinor(amount, currency, buffer), *CurrencyExponent(currency), amount);
		}
	}
}

} // namespace
} // namespace meshline
