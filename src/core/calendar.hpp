// SPDX-License-Identifier: PostgreSQL
// Days and months of a time zone. The zone's rules are the caller's: the core reads no time zone data.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/fact.hpp"
#include "core/wide.hpp"

namespace meshline {

// A day, as the number of days since 1970-01-01.
using Day = std::int64_t;

// The day of a moment in UTC.
Day DayInUtc(Instant moment) noexcept;

// The days of one time zone.
struct Calendar {
	Day (*day_of)(const void *zone, Instant moment) noexcept = nullptr; // null: UTC
	const void *zone = nullptr;

	Day
	DayOf(Instant moment) const noexcept {
		return day_of == nullptr ? DayInUtc(moment) : day_of(zone, moment);
	}
	// Whether the moment is the first of its day: all that is known of it is a date.
	bool
	IsMidnight(Instant moment) const noexcept {
		return DayOf(Minus(moment, 1)) != DayOf(moment);
	}
};

// The month of a day, as the number of months since January 1970.
std::int64_t MonthOf(Day day) noexcept;

// "2026-01-31"
inline constexpr std::size_t day_text_size = 24;
std::string_view FormatDay(Day day, char (&buffer)[day_text_size]) noexcept;

} // namespace meshline

#ifdef POSTGRES_H
#error "the core sees no PostgreSQL header"
#endif
