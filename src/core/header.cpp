// SPDX-License-Identifier: PostgreSQL
#include "core/header.hpp"

#include <simdjson.h>

#include <algorithm>
#include <new>

#include "core/text.hpp"

namespace meshline {

namespace {

bool
IsSameName(std::string_view a, std::string_view b) noexcept {
	const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; };
	return std::equal(a.begin(), a.end(), b.begin(), b.end(),
	                  [&](char x, char y) { return lower(x) == lower(y); });
}

// "" when the header is not there or is no text.
std::string_view
ValueOf(const simdjson::dom::object &headers, std::string_view name) {
	for (const auto &[key, value] : headers) {
		if (!IsSameName(key, name)) {
			continue;
		}
		simdjson::dom::element element = value;
		if (element.is_array() && element.at(0).get(element) != simdjson::SUCCESS) {
			return {};
		}
		std::string_view text;
		return element.get_string().get(text) == simdjson::SUCCESS ? Trim(text) : std::string_view{};
	}
	return {};
}

} // namespace

std::string_view
EventIdOfHeaders(std::string_view headers, const std::vector<std::vector<std::string>> &names,
                 std::pmr::memory_resource *arena) {
	if (names.empty()) {
		return {};
	}
	simdjson::dom::parser parser;
	simdjson::dom::object object;
	const simdjson::padded_string text(headers);
	const simdjson::error_code error = parser.parse(text).get_object().get(object);
	if (error == simdjson::MEMALLOC) {
		throw std::bad_alloc();
	}
	if (error != simdjson::SUCCESS) {
		return {};
	}
	for (const auto &parts : names) {
		std::string id;
		const bool is_whole = std::all_of(parts.begin(), parts.end(), [&](const std::string &part) {
			const std::string_view value = ValueOf(object, part);
			id.append(id.empty() ? "" : ":").append(value);
			return !value.empty();
		});
		if (is_whole) {
			return Intern(id, arena);
		}
	}
	return {};
}

} // namespace meshline
