// SPDX-License-Identifier: PostgreSQL
#include "core/text.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace meshline {

namespace {

constexpr std::size_t block_size = 1024;
constexpr std::size_t quotable_characters = 80;

bool
IsSpace(char c) noexcept {
	return c == ' ' || (c >= '\t' && c <= '\r');
}

char
ToLower(char c) noexcept {
	return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

char
ToUpper(char c) noexcept {
	return c >= 'a' && c <= 'z' ? static_cast<char>(c - ('a' - 'A')) : c;
}

bool
IsContinuation(char c) noexcept {
	return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

// The length of the UTF-8 character at `at`, 0 when there is none. Refuses overlong forms,
// surrogates and what is beyond U+10FFFF, as simdjson does.
std::size_t
CharacterLength(std::string_view text, std::size_t at) noexcept {
	const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[at + i]); };
	const unsigned char lead = byte(0);
	if (lead < 0x80) {
		return 1;
	}
	const std::size_t length = lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF5 ? 4 : 0;
	if (length == 0 || at + length > text.size()) {
		return 0;
	}
	for (std::size_t i = 1; i < length; ++i) {
		if (!IsContinuation(text[at + i])) {
			return 0;
		}
	}
	const bool is_bad = (lead == 0xE0 && byte(1) < 0xA0) || (lead == 0xED && byte(1) > 0x9F) ||
	                    (lead == 0xF0 && byte(1) < 0x90) || (lead == 0xF4 && byte(1) > 0x8F);
	return is_bad ? 0 : length;
}

} // namespace

std::string_view
Trim(std::string_view text) noexcept {
	while (!text.empty() && IsSpace(text.front())) {
		text.remove_prefix(1);
	}
	while (!text.empty() && IsSpace(text.back())) {
		text.remove_suffix(1);
	}
	return text;
}

std::string_view
ClipUtf8(std::string_view text, std::size_t limit) noexcept {
	if (text.size() <= limit) {
		return text;
	}
	while (limit > 0 && IsContinuation(text[limit])) {
		--limit;
	}
	return text.substr(0, limit);
}

std::optional<std::size_t>
FindInvalidUtf8(std::string_view text) noexcept {
	for (std::size_t at = 0; at < text.size();) {
		const std::size_t length = CharacterLength(text, at);
		if (length == 0) {
			return at;
		}
		at += length;
	}
	return std::nullopt;
}

bool
EqualsIgnoringCase(std::string_view text, std::string_view lower) noexcept {
	return text.size() == lower.size() && std::equal(text.begin(), text.end(), lower.begin(),
	                                                 [](char a, char b) { return ToLower(a) == b; });
}

bool
IsPlaceholder(std::string_view text) noexcept {
	static constexpr std::array<std::string_view, 5> words{"0", "n/a", "null", "none", "undefined"};
	text = Trim(text);
	if (text.size() > 9) { // the longest of them: most ids end here
		return false;
	}
	return text.empty() || std::any_of(words.begin(), words.end(),
	                                   [&](std::string_view word) { return EqualsIgnoringCase(text, word); });
}

std::string
Quotable(std::string_view text) {
	std::string result;
	std::size_t characters = 0;
	for (std::size_t at = 0; at < text.size();) {
		if (characters == quotable_characters) {
			result += "...";
			break;
		}
		const std::size_t length = CharacterLength(text, at);
		const bool is_plain = length > 1 || (length == 1 && text[at] >= ' ' && text[at] != 0x7F);
		if (is_plain) {
			result.append(text, at, length);
		} else {
			result += '?';
		}
		at += length == 0 ? 1 : length;
		++characters;
	}
	return result;
}

void
TextArena::Refill(std::size_t size) {
	const std::size_t wanted = std::max(size, block_size);
	next_ = static_cast<char *>(arena_->allocate(wanted, 1));
	left_ = wanted;
}

std::string_view
TextArena::Copy(std::string_view text) {
	if (text.empty()) {
		return {};
	}
	char *copy = Allocate(text.size());
	std::memcpy(copy, text.data(), text.size());
	return {copy, text.size()};
}

std::string_view
TextArena::LowerCopy(std::string_view text) {
	char *copy = Allocate(text.size());
	std::transform(text.begin(), text.end(), copy, ToLower);
	return {copy, text.size()};
}

std::string_view
TextArena::UpperCopy(std::string_view text) {
	char *copy = Allocate(text.size());
	std::transform(text.begin(), text.end(), copy, ToUpper);
	return {copy, text.size()};
}

} // namespace meshline
