// SPDX-License-Identifier: PostgreSQL
#include "core/calendar.hpp"

#include <cstdio>

namespace meshline {

namespace {

constexpr std::int64_t microseconds_per_day = 86'400'000'000;

struct Date {
	std::int64_t year;
	int month; // from 1
	int day;
};

// Of the proleptic Gregorian calendar (H. Hinnant, "civil_from_days").
Date
DateOf(Day day) noexcept {
	constexpr std::int64_t days_of_era = 146'097;
	const std::int64_t shifted = day + 719'468; // since 0000-03-01
	const std::int64_t era = (shifted >= 0 ? shifted : shifted - days_of_era + 1) / days_of_era;
	const std::int64_t of_era = shifted - era * days_of_era;
	const std::int64_t year = (of_era - of_era / 1460 + of_era / 36'524 - of_era / 146'096) / 365;
	const std::int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
	const auto from_march = static_cast<int>((5 * of_year + 2) / 153);
	const int month = from_march < 10 ? from_march + 3 : from_march - 9;
	return {year + era * 400 + (month <= 2 ? 1 : 0), month,
	        static_cast<int>(of_year - (153 * from_march + 2) / 5 + 1)};
}

} // namespace

Day
DayInUtc(Instant moment) noexcept {
	const Day day = moment / microseconds_per_day;
	return moment % microseconds_per_day < 0 ? day - 1 : day;
}

std::int64_t
MonthOf(Day day) noexcept {
	const Date date = DateOf(day);
	return (date.year - 1970) * 12 + date.month - 1;
}

std::string_view
FormatDay(Day day, char (&buffer)[day_text_size]) noexcept {
	const Date date = DateOf(day);
	const int size = std::snprintf(buffer, day_text_size, "%04lld-%02d-%02d",
	                               static_cast<long long>(date.year), date.month, date.day);
	return {buffer, static_cast<std::size_t>(size)};
}

} // namespace meshline
