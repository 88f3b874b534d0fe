// SPDX-License-Identifier: PostgreSQL
// Small work on UTF-8 text that extraction needs; no locale, no allocation beyond the given resource.
#pragma once

#include <cstddef>
#include <memory_resource>
#include <optional>
#include <string>
#include <string_view>

#include "core/memory.hpp"

namespace meshline {

constexpr bool
IsDigit(char c) noexcept {
	return c >= '0' && c <= '9';
}

// Without white space (ASCII) at both ends.
std::string_view Trim(std::string_view text) noexcept;

// The longest prefix of at most `limit` bytes that does not end inside a UTF-8 character.
std::string_view ClipUtf8(std::string_view text, std::size_t limit) noexcept;

// The offset of the first byte that is not UTF-8, if there is one.
std::optional<std::size_t> FindInvalidUtf8(std::string_view text) noexcept;

bool EqualsIgnoringCase(std::string_view text, std::string_view lower) noexcept;

// "", "null", "0", "N/A", "none", "undefined" and white space: what systems write for no value at all.
// As identifiers they would tie strangers together.
bool IsPlaceholder(std::string_view text) noexcept;

// The text for a sentence: clipped to 80 characters and without control characters.
std::string Quotable(std::string_view text);

// Copies texts into blocks of a resource: few allocations for many short texts.
class TextArena {
public:
	explicit TextArena(std::pmr::memory_resource *arena) noexcept : arena_(arena) {
	}

	std::pmr::memory_resource *
	resource() const noexcept {
		return arena_;
	}
	// Space for `size` bytes, which live as long as the resource's memory does.
	char *
	Allocate(std::size_t size) {
		if (size > left_) {
			Refill(size);
		}
		char *start = next_;
		next_ += size;
		left_ -= size;
		return start;
	}
	std::string_view Copy(std::string_view text);
	std::string_view LowerCopy(std::string_view text);
	std::string_view UpperCopy(std::string_view text);

private:
	void Refill(std::size_t size);

	std::pmr::memory_resource *arena_;
	char *next_ = nullptr;
	std::size_t left_ = 0;
};

} // namespace meshline

#ifdef POSTGRES_H
#error "the core sees no PostgreSQL header"
#endif
