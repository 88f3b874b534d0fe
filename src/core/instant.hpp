// SPDX-License-Identifier: PostgreSQL
// Times as the systems write them, to microseconds since 1970 UTC. No locale, no time zone data.
#pragma once

#include <optional>
#include <string_view>

#include "core/fact.hpp"

namespace meshline {

struct ParsedInstant {
	Instant value = 0;
	bool is_local = false; // no offset was given: `value` is the wall-clock time as if it were UTC
};

// Reads ISO 8601 ("2024-01-31T10:00:00.123-05:00", "2024-01-31 10:00", "2024-01-31", with "Z", "UTC",
// "+0100", "-08:00" or nothing behind), seconds (9 to 11 digits) and milliseconds (12 to 14 digits)
// since 1970, and "/Date(milliseconds+0000)/". Digits beyond microseconds are cut. Nothing when the
// text is none of these or names no day of the years 1 to 9999.
std::optional<ParsedInstant> ParseInstant(std::string_view text) noexcept;

} // namespace meshline

#ifdef POSTGRES_H
#error "the core sees no PostgreSQL header"
#endif
