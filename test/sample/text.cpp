// SPDX-License-Identifier: PostgreSQL
#include "text.hpp"

#include <charconv>
#include <chrono>
#include <stdexcept>
#include <utility>

namespace meshline::sample {

JsonWriter &
JsonWriter::Object(std::string_view key) {
	Open(key, '{', '}');
	return *this;
}

JsonWriter &
JsonWriter::Array(std::string_view key) {
	Open(key, '[', ']');
	return *this;
}

JsonWriter &
JsonWriter::End() {
	out_ += closing_.back();
	closing_.pop_back();
	needs_comma_ = true;
	return *this;
}

JsonWriter &
JsonWriter::Text(std::string_view key, std::string_view value) {
	Lead(key);
	Quote(value);
	return *this;
}

JsonWriter &
JsonWriter::Number(std::string_view key, std::int64_t value) {
	return Raw(key, std::to_string(value));
}

JsonWriter &
JsonWriter::Raw(std::string_view key, std::string_view value) {
	Lead(key);
	out_ += value;
	return *this;
}

JsonWriter &
JsonWriter::Bool(std::string_view key, bool value) {
	return Raw(key, value ? "true" : "false");
}

JsonWriter &
JsonWriter::Null(std::string_view key) {
	return Raw(key, "null");
}

std::string
JsonWriter::Take() {
	return std::move(out_);
}

void
JsonWriter::Open(std::string_view key, char opening, char closing) {
	Lead(key);
	out_ += opening;
	closing_ += closing;
	needs_comma_ = false;
}

void
JsonWriter::Lead(std::string_view key) {
	if (needs_comma_) {
		out_ += ',';
	}
	if (!key.empty()) {
		Quote(key);
		out_ += ':';
	}
	needs_comma_ = true;
}

void
JsonWriter::Quote(std::string_view value) {
	constexpr std::string_view digits = "0123456789abcdef";
	out_ += '"';
	for (const char letter : value) {
		const auto code = static_cast<unsigned char>(letter);
		if (letter == '"' || letter == '\\') {
			out_ += '\\';
			out_ += letter;
		} else if (letter == '\n') {
			out_ += "\\n";
		} else if (code < 0x20) {
			out_ += "\\u00";
			out_ += digits[code >> 4];
			out_ += digits[code & 15];
		} else {
			out_ += letter;
		}
	}
	out_ += '"';
}

std::string
Decimal(Minor amount, int exponent) {
	std::string digits = std::to_string(amount < 0 ? -amount : amount);
	const auto places = static_cast<std::size_t>(exponent);
	if (digits.size() <= places) {
		digits.insert(0, places + 1 - digits.size(), '0');
	}
	if (places > 0) {
		digits.insert(digits.size() - places, 1, '.');
	}
	return amount < 0 ? "-" + digits : digits;
}

namespace {

// Appends `value` with at least `width` digits.
void
AppendPadded(std::string &out, std::int64_t value, std::size_t width) {
	const std::string digits = std::to_string(value);
	out.append(width > digits.size() ? width - digits.size() : 0, '0').append(digits);
}

} // namespace

std::string
IsoDate(Seconds time, int offset_hours) {
	const std::chrono::sys_seconds local{std::chrono::seconds{time + Seconds{3600} * offset_hours}};
	const std::chrono::year_month_day day{std::chrono::floor<std::chrono::days>(local)};
	std::string out;
	AppendPadded(out, static_cast<int>(day.year()), 4);
	out += '-';
	AppendPadded(out, static_cast<unsigned>(day.month()), 2);
	out += '-';
	AppendPadded(out, static_cast<unsigned>(day.day()), 2);
	return out;
}

std::string
IsoTime(Seconds time, int offset_hours) {
	const Seconds local = time + Seconds{3600} * offset_hours;
	const Seconds of_day = ((local % 86400) + 86400) % 86400;
	std::string out = IsoDate(time, offset_hours);
	out += 'T';
	AppendPadded(out, of_day / 3600, 2);
	out += ':';
	AppendPadded(out, of_day / 60 % 60, 2);
	out += ':';
	AppendPadded(out, of_day % 60, 2);
	out += offset_hours < 0 ? '-' : '+';
	AppendPadded(out, offset_hours < 0 ? -offset_hours : offset_hours, 2);
	out += ":00";
	return out;
}

Seconds
ParseDate(std::string_view text) {
	const auto number = [&](std::size_t from, std::size_t length) {
		unsigned value = 0;
		const char *end = text.data() + from + length;
		const auto [stopped, error] = std::from_chars(text.data() + from, end, value);
		if (error != std::errc{} || stopped != end) {
			throw std::invalid_argument("not a date: " + std::string(text));
		}
		return value;
	};
	if (text.size() != 10 || text[4] != '-' || text[7] != '-') {
		throw std::invalid_argument("not a date: " + std::string(text));
	}
	const std::chrono::year_month_day day{std::chrono::year{static_cast<int>(number(0, 4))},
	                                      std::chrono::month{number(5, 2)}, std::chrono::day{number(8, 2)}};
	if (!day.ok()) {
		throw std::invalid_argument("not a date: " + std::string(text));
	}
	return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::sys_days{day}.time_since_epoch())
	    .count();
}

std::string
CopyField(std::string_view text) {
	std::string out;
	out.reserve(text.size() + text.size() / 16);
	for (const char letter : text) {
		switch (letter) {
		case '\\':
			out += "\\\\";
			break;
		case '\n':
			out += "\\n";
			break;
		case '\r':
			out += "\\r";
			break;
		case '\t':
			out += "\\t";
			break;
		default:
			out += letter;
		}
	}
	return out;
}

} // namespace meshline::sample
