// SPDX-License-Identifier: PostgreSQL
#include "core/instant.hpp"

#include <cstdint>

#include "core/text.hpp"

namespace meshline {

namespace {

constexpr std::int64_t microseconds = 1'000'000;
constexpr std::int64_t seconds_a_day = 86'400;

class Reader {
public:
	explicit Reader(std::string_view text) noexcept : text_(text) {
	}

	bool
	AtEnd() const noexcept {
		return text_.empty();
	}
	char
	Peek() const noexcept {
		return text_.empty() ? '\0' : text_.front();
	}
	bool
	Take(char c) noexcept {
		if (Peek() != c || text_.empty()) {
			return false;
		}
		text_.remove_prefix(1);
		return true;
	}
	bool
	TakeWord(std::string_view lower) noexcept {
		if (text_.size() < lower.size() || !EqualsIgnoringCase(text_.substr(0, lower.size()), lower)) {
			return false;
		}
		text_.remove_prefix(lower.size());
		return true;
	}
	// Between `fewest` and `most` digits (18 at the most).
	std::optional<std::int64_t>
	Number(int fewest, int most) noexcept {
		std::int64_t value = 0;
		int digits = 0;
		for (; digits < most && IsDigit(Peek()); ++digits) {
			value = value * 10 + (text_.front() - '0');
			text_.remove_prefix(1);
		}
		return digits < fewest ? std::nullopt : std::optional(value);
	}
	// ".123456789" as microseconds; 0 when there is none.
	std::optional<std::int64_t>
	Fraction() noexcept {
		if (!Take('.') && !Take(',')) {
			return 0;
		}
		std::int64_t value = 0;
		std::int64_t unit = microseconds;
		if (!IsDigit(Peek())) {
			return std::nullopt;
		}
		for (; IsDigit(Peek()); text_.remove_prefix(1)) {
			unit /= 10;
			value += (text_.front() - '0') * unit;
		}
		return value;
	}
	std::size_t
	DigitsAhead() const noexcept {
		std::size_t count = 0;
		while (count < text_.size() && IsDigit(text_[count])) {
			++count;
		}
		return count;
	}

private:
	std::string_view text_;
};

bool
IsLeap(std::int64_t year) noexcept {
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

std::int64_t
DaysInMonth(std::int64_t year, std::int64_t month) noexcept {
	static constexpr std::int64_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	return days[month - 1] + (month == 2 && IsLeap(year) ? 1 : 0);
}

// Days since 1970-01-01 of the proleptic Gregorian calendar (H. Hinnant, "days_from_civil").
std::int64_t
DaysSince1970(std::int64_t year, std::int64_t month, std::int64_t day) noexcept {
	year -= month <= 2 ? 1 : 0;
	const std::int64_t era = year / 400;
	const std::int64_t year_of_era = year - era * 400;
	const std::int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	const std::int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
	return era * 146'097 + day_of_era - 719'468;
}

// "2024-01-31", or with points from the day on: "31.01.2024".
std::optional<std::int64_t>
ReadDate(Reader &reader) noexcept {
	const bool is_iso = reader.DigitsAhead() == 4;
	const char separator = is_iso ? '-' : '.';
	const auto first = is_iso ? reader.Number(4, 4) : reader.Number(1, 2);
	if (!first || !reader.Take(separator)) {
		return std::nullopt;
	}
	const auto month = is_iso ? reader.Number(2, 2) : reader.Number(1, 2);
	if (!month || !reader.Take(separator)) {
		return std::nullopt;
	}
	const auto last = is_iso ? reader.Number(2, 2) : reader.Number(4, 4);
	const auto &year = is_iso ? first : last;
	const auto &day = is_iso ? last : first;
	if (!last || *year < 1 || *month < 1 || *month > 12 || *day < 1 || *day > DaysInMonth(*year, *month)) {
		return std::nullopt;
	}
	return DaysSince1970(*year, *month, *day);
}

// The time of day in microseconds. A second 60 is the next minute's first, as PostgreSQL has it.
std::optional<std::int64_t>
ReadClock(Reader &reader) noexcept {
	const auto hour = reader.Number(1, 2);
	if (!hour || *hour > 23 || !reader.Take(':')) {
		return std::nullopt;
	}
	const auto minute = reader.Number(2, 2);
	if (!minute || *minute > 59) {
		return std::nullopt;
	}
	std::int64_t second = 0;
	std::int64_t fraction = 0;
	if (reader.Take(':')) {
		const auto read = reader.Number(2, 2);
		const auto rest = reader.Fraction();
		if (!read || *read > 60 || !rest) {
			return std::nullopt;
		}
		second = *read;
		fraction = *rest;
	}
	return ((*hour * 60 + *minute) * 60 + second) * microseconds + fraction;
}

// Seconds east of UTC: "+01", "+0100", "+01:00".
std::optional<std::int64_t>
ReadOffset(Reader &reader) noexcept {
	const bool is_west = reader.Peek() == '-';
	if (!reader.Take('-') && !reader.Take('+')) {
		return std::nullopt;
	}
	const auto hours = reader.Number(2, 2);
	if (!hours || *hours > 18) {
		return std::nullopt;
	}
	std::int64_t minutes = 0;
	if (reader.Take(':') || IsDigit(reader.Peek())) {
		const auto read = reader.Number(2, 2);
		if (!read || *read > 59) {
			return std::nullopt;
		}
		minutes = *read;
	}
	const std::int64_t east = (*hours * 60 + minutes) * 60;
	return is_west ? -east : east;
}

// What stands behind the time of day; false when it is not a zone.
bool
ReadZone(Reader &reader, ParsedInstant &parsed) noexcept {
	while (reader.Take(' ')) {
	}
	if (reader.AtEnd()) {
		parsed.is_local = true;
		return true;
	}
	if (reader.TakeWord("z") || reader.TakeWord("utc") || reader.TakeWord("gmt")) {
		return reader.AtEnd();
	}
	const auto east = ReadOffset(reader);
	if (!east) {
		return false;
	}
	parsed.value -= *east * microseconds;
	return reader.AtEnd();
}

std::optional<ParsedInstant>
ReadDateTime(Reader reader) noexcept {
	const auto days = ReadDate(reader);
	if (!days) {
		return std::nullopt;
	}
	ParsedInstant parsed;
	parsed.value = *days * seconds_a_day * microseconds;
	if (reader.AtEnd()) {
		parsed.is_local = true;
		return parsed;
	}
	if (!reader.Take('T') && !reader.Take('t') && !reader.Take(' ')) {
		return std::nullopt;
	}
	const auto clock = ReadClock(reader);
	if (!clock) {
		return std::nullopt;
	}
	parsed.value += *clock;
	return ReadZone(reader, parsed) ? std::optional(parsed) : std::nullopt;
}

// Shorter numbers are more likely to be something else, such as 20240131.
std::optional<ParsedInstant>
ReadNumber(Reader reader) noexcept {
	const std::size_t digits = reader.DigitsAhead();
	if (digits < 9 || digits > 14) {
		return std::nullopt;
	}
	const auto number = reader.Number(9, 14);
	ParsedInstant parsed;
	if (digits <= 11) {
		const auto fraction = reader.Fraction();
		if (!fraction) {
			return std::nullopt;
		}
		parsed.value = *number * microseconds + *fraction;
	} else {
		parsed.value = *number * 1000;
	}
	return reader.AtEnd() ? std::optional(parsed) : std::nullopt;
}

// "/Date(1706695200000+0000)/": the zone tells how the writer showed the time; the number is UTC.
std::optional<ParsedInstant>
ReadDotNet(Reader reader) noexcept {
	if (!reader.TakeWord("/date(")) {
		return std::nullopt;
	}
	const bool is_negative = reader.Take('-');
	const auto number = reader.Number(1, 14);
	if (!number) {
		return std::nullopt;
	}
	if (reader.Peek() != ')' && !ReadOffset(reader)) {
		return std::nullopt;
	}
	if (!reader.TakeWord(")/") || !reader.AtEnd()) {
		return std::nullopt;
	}
	return ParsedInstant{(is_negative ? -*number : *number) * 1000, false};
}

} // namespace

std::optional<ParsedInstant>
ParseInstant(std::string_view text) noexcept {
	const Reader reader(Trim(text));
	if (reader.Peek() == '/') {
		return ReadDotNet(reader);
	}
	const std::size_t digits = reader.DigitsAhead();
	return digits == 4 || digits <= 2 ? ReadDateTime(reader) : ReadNumber(reader);
}

} // namespace meshline
