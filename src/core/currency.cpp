// SPDX-License-Identifier: PostgreSQL
#include "core/currency.hpp"

#include <array>
#include <charconv>
#include <cstdint>

#include "core/memory.hpp"

namespace meshline {

namespace {

constexpr std::string_view no_decimals =
    "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF ";
constexpr std::string_view two_decimals = "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND "
                                          "BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE "
                                          "CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR "
                                          "FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL "
                                          "HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR "
                                          "LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR "
                                          "MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP "
                                          "PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK "
                                          "SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD "
                                          "TWD TZS UAH USD USN UYU UZS VED VES WST XCD "
                                          "XCG YER ZAR ZMW ZWG ";
constexpr std::string_view three_decimals = "BHD IQD JOD KWD LYD OMR TND ";
constexpr std::string_view four_decimals = "CLF UYW ";
constexpr std::string_view retired_no_decimals = "BYR ";
constexpr std::string_view retired_two_decimals = "CUC EEK HRK LTL LVL MRO SLL STD VEF ZMK ZWL ";

constexpr std::size_t letters = 26;
constexpr std::int8_t unknown = -1;
using Table = std::array<std::int8_t, letters * letters * letters>;

constexpr std::size_t
Place(std::string_view code) {
	const auto letter = [&](std::size_t i) { return static_cast<std::size_t>(code[i] - 'A'); };
	return (letter(0) * letters + letter(1)) * letters + letter(2);
}

constexpr void
Enter(Table &table, std::string_view codes, std::int8_t exponent) {
	for (std::size_t at = 0; at < codes.size(); at += 4) {
		table[Place(codes.substr(at, 3))] = exponent;
	}
}

constexpr Table exponents = [] {
	Table table{};
	table.fill(unknown);
	Enter(table, no_decimals, 0);
	Enter(table, two_decimals, 2);
	Enter(table, three_decimals, 3);
	Enter(table, four_decimals, 4);
	Enter(table, retired_no_decimals, 0);
	Enter(table, retired_two_decimals, 2);
	return table;
}();

} // namespace

std::optional<int>
CurrencyExponent(std::string_view code) noexcept {
	if (code.size() != 3) {
		return std::nullopt;
	}
	for (const char c : code) {
		if (c < 'A' || c > 'Z') {
			return std::nullopt;
		}
	}
	const std::int8_t exponent = exponents[Place(code)];
	return exponent == unknown ? std::nullopt : std::optional<int>(exponent);
}

std::string_view
FormatMinor(Minor amount, std::string_view currency, char (&buffer)[minor_text_size]) noexcept {
	const auto decimals = static_cast<std::size_t>(CurrencyExponent(currency).value_or(2));
	// Unsigned, because the lowest Minor has no positive twin.
	const bool is_negative = amount < 0;
	const std::uint64_t size =
	    is_negative ? 0 - static_cast<std::uint64_t>(amount) : static_cast<std::uint64_t>(amount);
	char digits[24];
	const auto count =
	    static_cast<std::size_t>(std::to_chars(digits, digits + sizeof(digits), size).ptr - digits);
	char *at = buffer;
	if (is_negative) {
		*at++ = '-';
	}
	if (count <= decimals) {
		*at++ = '0';
	}
	for (std::size_t left = count > decimals ? count : decimals; left > 0; --left) {
		if (left == decimals) {
			*at++ = '.';
		}
		*at++ = left > count ? '0' : digits[count - left];
	}
	return {buffer, static_cast<std::size_t>(at - buffer)};
}

std::string_view
FormatMinor(Minor amount, std::string_view currency, std::pmr::memory_resource *arena) {
	char buffer[minor_text_size];
	return Intern(FormatMinor(amount, currency, buffer), arena);
}

} // namespace meshline
