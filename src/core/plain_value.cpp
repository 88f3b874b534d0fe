// SPDX-License-Identifier: PostgreSQL
#include "core/plain_value.hpp"

#include <algorithm>
#include <cstdio>
#include <string>

#include "core/calendar.hpp"
#include "core/instant.hpp"

namespace meshline {

namespace {

bool
IsAllDigits(std::string_view text) noexcept {
	return !text.empty() && std::all_of(text.begin(), text.end(), IsDigit);
}

// Whether the text begins like ISO 8601: "2026-".
bool
LooksLikeTime(std::string_view text) noexcept {
	return text.size() >= 10 && IsAllDigits(text.substr(0, 4)) && text[4] == '-';
}

// "2026-06-17T08:14:22.5Z"
std::string_view
PlainTime(const ParsedInstant &time, TextArena &texts) {
	constexpr Instant second = 1'000'000;
	constexpr Instant day = 86'400 * second;
	const Day date = DayInUtc(time.value);
	const Instant of_day = time.value - date * day;
	char date_buffer[day_text_size];
	char clock[32];
	const auto seconds = static_cast<int>(of_day / second);
	const int size = std::snprintf(clock, sizeof clock, "T%02d:%02d:%02d.%06d", seconds / 3600,
	                               seconds / 60 % 60, seconds % 60, static_cast<int>(of_day % second));
	std::string_view digits(clock, static_cast<std::size_t>(size));
	digits = digits.substr(0, digits.find_last_not_of('0') + 1);
	if (digits.ends_with('.')) {
		digits.remove_suffix(1);
	}
	digits = {clock, std::max<std::size_t>(digits.size(), sizeof("T00:00:00") - 1)};
	std::string plain(FormatDay(date, date_buffer));
	plain.append(digits).append(time.is_local ? "" : "Z");
	return texts.Copy(plain);
}

// The number without what does not change it; "" when the text is none.
std::string_view
PlainNumber(std::string_view text, TextArena &texts) {
	const bool is_negative = text.starts_with('-');
	if (is_negative || text.starts_with('+')) {
		text.remove_prefix(1);
	}
	const std::size_t point = std::min(text.find('.'), text.size());
	const std::string_view whole = text.substr(0, point);
	std::string_view decimals = text.substr(std::min(point + 1, text.size()));
	const bool is_number = IsAllDigits(whole) && (whole.size() == 1 || whole.front() != '0') &&
	                       (point == text.size() || IsAllDigits(decimals));
	if (!is_number) {
		return {};
	}
	decimals = decimals.substr(0, decimals.find_last_not_of('0') + 1);
	const bool is_zero = whole == "0" && decimals.empty();
	std::string plain(is_negative && !is_zero ? "-" : "");
	plain.append(whole);
	if (!decimals.empty()) {
		plain.append(".").append(decimals);
	}
	return texts.Copy(plain);
}

} // namespace

std::string_view
PlainValue(std::string_view text, TextArena &texts) {
	text = Trim(text);
	if (LooksLikeTime(text)) {
		const auto time = ParseInstant(text);
		return time ? PlainTime(*time, texts) : text;
	}
	const std::string_view number = PlainNumber(text, texts);
	return number.empty() ? text : number;
}

} // namespace meshline
