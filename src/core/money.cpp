// SPDX-License-Identifier: PostgreSQL
#include "core/money.hpp"

#include <limits>

#include "core/text.hpp"

namespace meshline {

namespace {

// More than any amount has and small enough to add without overflow.
constexpr int exponent_limit = 1'000'000;

// A decimal number as mantissa x 10^exponent; the mantissa has no trailing zero.
struct Decimal {
	std::uint64_t mantissa = 0;
	int exponent = 0;
	int zeros = 0; // seen since the last other digit
	bool is_huge = false;

	void
	Append(char digit) noexcept {
		if (digit == '0') {
			++zeros;
			return;
		}
		if (mantissa != 0 && !is_huge) {
			Scale(zeros + 1);
		}
		zeros = 0;
		if (!is_huge &&
		    __builtin_add_overflow(mantissa, static_cast<std::uint64_t>(digit - '0'), &mantissa)) {
			is_huge = true;
		}
	}
	void
	Scale(int power) noexcept {
		for (; power > 0 && !is_huge; --power) {
			is_huge = __builtin_mul_overflow(mantissa, 10U, &mantissa);
		}
	}
};

// Digits before the point. Commas must stand between thousands: "1,5" is no number here, because in
// half the world it means one and a half.
bool
ReadWhole(std::string_view text, std::size_t &at, Decimal &decimal, std::size_t &digits) noexcept {
	bool has_comma = false;
	std::size_t group = 0;
	for (; at < text.size() && (IsDigit(text[at]) || text[at] == ','); ++at) {
		if (text[at] == ',') {
			if (group == 0 || group > 3 || (has_comma && group != 3)) {
				return false;
			}
			has_comma = true;
			group = 0;
			continue;
		}
		decimal.Append(text[at]);
		++group;
		++digits;
	}
	return !has_comma || group == 3;
}

bool
ReadExponent(std::string_view text, std::size_t &at, int &exponent) noexcept {
	if (at == text.size() || (text[at] != 'e' && text[at] != 'E')) {
		return true;
	}
	++at;
	const bool is_negative = at < text.size() && text[at] == '-';
	if (at < text.size() && (text[at] == '-' || text[at] == '+')) {
		++at;
	}
	if (at == text.size()) {
		return false;
	}
	int value = 0;
	for (; at < text.size() && IsDigit(text[at]); ++at) {
		if (value < exponent_limit) {
			value = value * 10 + (text[at] - '0');
		}
	}
	exponent = is_negative ? -value : value;
	return at == text.size();
}

bool
ReadDecimal(std::string_view text, std::size_t at, Decimal &decimal) noexcept {
	std::size_t digits = 0;
	if (!ReadWhole(text, at, decimal, digits)) {
		return false;
	}
	int fraction = 0;
	if (at < text.size() && text[at] == '.') {
		for (++at; at < text.size() && IsDigit(text[at]); ++at) {
			decimal.Append(text[at]);
			++fraction;
			++digits;
		}
	}
	int exponent = 0;
	if (digits == 0 || !ReadExponent(text, at, exponent)) {
		return false;
	}
	decimal.exponent = exponent + decimal.zeros - fraction;
	return at == text.size();
}

Money
Failure(MoneyError error) noexcept {
	return {0, error};
}

} // namespace

Money
ParseMoney(std::string_view text, int scale) noexcept {
	text = Trim(text);
	// A longer text is no amount, and its digit counts stay within int.
	if (text.empty() || text.size() > exponent_limit) {
		return Failure(MoneyError::not_a_number);
	}
	const bool is_negative = text.front() == '-';
	const std::size_t start = is_negative || text.front() == '+' ? 1 : 0;
	Decimal decimal;
	if (!ReadDecimal(text, start, decimal)) {
		return Failure(MoneyError::not_a_number);
	}
	if (decimal.mantissa == 0 && !decimal.is_huge) {
		return {};
	}
	const int power = decimal.exponent + scale;
	if (power < 0) {
		return Failure(MoneyError::too_precise);
	}
	decimal.Scale(power);
	constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<Minor>::max());
	if (decimal.is_huge || decimal.mantissa > most + (is_negative ? 1 : 0)) {
		return Failure(MoneyError::out_of_range);
	}
	// In two's complement, so that the lowest value needs no case of its own.
	const std::uint64_t bits = is_negative ? 0 - decimal.mantissa : decimal.mantissa;
	return {static_cast<Minor>(bits), MoneyError::none};
}

Money
AddMoney(Minor a, Minor b) noexcept {
	Money sum;
	if (__builtin_add_overflow(a, b, &sum.amount)) {
		return Failure(MoneyError::out_of_range);
	}
	return sum;
}

} // namespace meshline
