// SPDX-License-Identifier: PostgreSQL
// Writes JSON text; the server parses it into jsonb.
#pragma once

#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>

namespace meshline {

// Appends `text` as a JSON string with its quotes, escaped as jsonb gives it back. jsonb cannot hold U+0000,
// which is written as U+FFFD.
inline void
AppendJsonString(std::string &out, std::string_view text) {
	static constexpr char hex[] = "0123456789abcdef";
	out += '"';
	for (const char c : text) {
		const auto byte = static_cast<unsigned char>(c);
		if (c == '"' || c == '\\') {
			out += '\\';
			out += c;
		} else if (byte == 0) {
			out += "\\ufffd";
		} else if (const auto at = std::string_view("\b\f\n\r\t").find(c); at != std::string_view::npos) {
			out += '\\';
			out += "bfnrt"[at];
		} else if (byte < 0x20) {
			out += "\\u00";
			out += hex[byte >> 4];
			out += hex[byte & 15];
		} else {
			out += c;
		}
	}
	out += '"';
}

inline void
AppendNumber(std::string &out, std::int64_t number) {
	char digits[24];
	const auto end = std::to_chars(digits, digits + sizeof(digits), number).ptr;
	out.append(digits, end);
}

} // namespace meshline

#ifdef POSTGRES_H
#error "the core sees no PostgreSQL header"
#endif
