// SPDX-License-Identifier: PostgreSQL
#include "core/match/record_keys.hpp"

#include <algorithm>
#include <charconv>

#include "core/error.hpp"
#include "core/match/text_hash.hpp"
#include "core/text.hpp"

namespace meshline::match {

namespace {

[[noreturn]] void
Refuse(std::string_view what) {
	throw Error(sqlstate::invalid_parameter, "\"" + Quotable(what) + "\" does not say how keys are made", {},
	            "create_match_index() makes it of a model.");
}

// Takes what stands before the first `separator`, and that, off the text.
std::string_view
TakePart(std::string_view &text, char separator) noexcept {
	const std::size_t end = std::min(text.find(separator), text.size());
	const std::string_view part = text.substr(0, end);
	text.remove_prefix(std::min(end + 1, text.size()));
	return part;
}

std::size_t
ParseNumber(std::string_view text) {
	std::size_t number = 0;
	const char *const end = text.data() + text.size();
	const auto [stop, error] = std::from_chars(text.data(), end, number);
	if (error != std::errc() || stop != end) {
		Refuse(text);
	}
	return number;
}

} // namespace

RecordKeys
RecordKeys::Parse(std::string_view text) {
	RecordKeys keys;
	std::string_view roles = TakePart(text, ';');
	while (!roles.empty()) {
		const std::string_view name = TakePart(roles, ' ');
		const auto role = ParseRole(name);
		if (!role) {
			Refuse(name);
		}
		keys.roles_.push_back(*role);
	}
	while (!text.empty()) {
		std::string_view rule = TakePart(text, ';');
		auto &parts = keys.rules_.emplace_back();
		while (!rule.empty()) {
			const std::string_view text_of_part = TakePart(rule, ' ');
			std::string_view kind = text_of_part;
			const std::string_view value = TakePart(kind, '/');
			const Part part(ParseNumber(value), ParseNumber(kind));
			if (part.first >= keys.roles_.size() || part.second >= KeyNames(keys.roles_[part.first]).size()) {
				Refuse(text_of_part);
			}
			parts.push_back(part);
		}
		if (parts.empty()) {
			Refuse(rule);
		}
	}
	return keys;
}

std::vector<std::int64_t>
RecordKeys::Of(std::span<const std::string_view> prepared) const {
	std::vector<std::int64_t> keys;
	std::string buffer;
	for (std::size_t r = 0; r < rules_.size(); ++r) {
		std::uint64_t hash = r + 1;
		for (const auto &[value, kind] : rules_[r]) {
			const std::string_view key = KeyOf(roles_[value], kind, prepared[value], buffer);
			if (key.empty()) {
				hash = 0;
				break;
			}
			hash = Combine(hash, TextHash(key)) | 1;
		}
		if (hash != 0) {
			keys.push_back(static_cast<std::int64_t>(hash));
		}
	}
	std::sort(keys.begin(), keys.end());
	keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
	return keys;
}

} // namespace meshline::match
