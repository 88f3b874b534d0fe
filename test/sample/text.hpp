// SPDX-License-Identifier: PostgreSQL
// Text that the sample month is written in: JSON, decimal amounts, times, COPY lines.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace meshline::sample {

using Minor = std::int64_t;   // an amount in minor units
using Seconds = std::int64_t; // since 1970-01-01 00:00:00 UTC

// Writes one JSON value on one line, member by member. An empty key writes an array element.
class JsonWriter {
public:
	JsonWriter &Object(std::string_view key = {});
	JsonWriter &Array(std::string_view key = {});
	JsonWriter &End();
	JsonWriter &Text(std::string_view key, std::string_view value);
	JsonWriter &Number(std::string_view key, std::int64_t value);
	JsonWriter &Raw(std::string_view key, std::string_view value);
	JsonWriter &Bool(std::string_view key, bool value);
	JsonWriter &Null(std::string_view key);
	std::string Take();

private:
	void Open(std::string_view key, char opening, char closing);
	void Lead(std::string_view key);
	void Quote(std::string_view value);

	std::string out_;
	std::string closing_;
	bool needs_comma_ = false;
};

// "12.34" for (1234, 2), "500" for (500, 0), "-0.050" for (-50, 3).
std::string Decimal(Minor amount, int exponent);

// "2026-09-01T08:00:00-05:00": the moment on a clock `offset_hours` from UTC.
std::string IsoTime(Seconds time, int offset_hours);

// "2026-09-01": the day of the moment on a clock `offset_hours` from UTC.
std::string IsoDate(Seconds time, int offset_hours);

// Midnight UTC of "YYYY-MM-DD"; throws std::invalid_argument for anything else.
Seconds ParseDate(std::string_view text);

// `text` as a field of COPY's text format.
std::string CopyField(std::string_view text);

} // namespace meshline::sample
