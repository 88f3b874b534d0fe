// SPDX-License-Identifier: PostgreSQL
// Growing text in a resource, and long text in pieces.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory_resource>
#include <string_view>

#include "core/interrupt.hpp"

namespace meshline::match {

// Text that grows in a resource and stays there: the view lives as long as the resource's memory does.
class TextBuffer {
public:
	explicit TextBuffer(std::pmr::memory_resource *arena) noexcept : arena_(arena) {
	}

	// Makes room for so many bytes more; gives where to write, never null. Throws std::bad_alloc.
	char *
	Reserve(std::size_t more) {
		if (capacity_ - size_ <= more) {
			Grow(more + 1);
		}
		return data_ + size_;
	}
	// What was written behind the text up to here is part of it.
	void
	CommitTo(const char *end) noexcept {
		size_ = static_cast<std::size_t>(end - data_);
	}
	void
	Append(std::string_view text) {
		if (!text.empty()) {
			char *at = Reserve(text.size());
			std::memcpy(at, text.data(), text.size());
			size_ += text.size();
		}
	}
	bool
	empty() const noexcept {
		return size_ == 0;
	}
	std::string_view
	View() const noexcept {
		return {data_, size_};
	}

private:
	void
	Grow(std::size_t more) {
		const std::size_t capacity = std::max(size_ + more, 2 * capacity_);
		auto *data = static_cast<char *>(arena_->allocate(capacity, 1));
		if (size_ > 0) {
			std::memcpy(data, data_, size_);
		}
		if (data_ != nullptr) {
			arena_->deallocate(data_, capacity_, 1);
		}
		data_ = data;
		capacity_ = capacity;
	}

	std::pmr::memory_resource *arena_;
	char *data_ = nullptr;
	std::size_t size_ = 0;
	std::size_t capacity_ = 0;
};

inline constexpr std::size_t chunk_size = 65536;

// The length of the first piece of a text: cut in front of an ASCII space, where no rule of Unicode looks
// across. What has no space for so long is no words, and is cut between any two characters.
inline std::size_t
ChunkLength(std::string_view text) noexcept {
	if (text.size() <= 2 * chunk_size) {
		return text.size();
	}
	const std::size_t space = text.substr(0, 2 * chunk_size).find(' ', chunk_size);
	if (space != std::string_view::npos) {
		return space;
	}
	std::size_t cut = 2 * chunk_size;
	for (int i = 0; i < 3 && (static_cast<unsigned char>(text[cut]) & 0xC0U) == 0x80U; ++i) {
		--cut;
	}
	return cut;
}

// Calls f with each piece of a text, and polls for interrupts between them.
template <typename F>
void
ForEachChunk(std::string_view text, F &&f) {
	for (;;) {
		const std::size_t length = ChunkLength(text);
		f(text.substr(0, length));
		text.remove_prefix(length);
		if (text.empty()) {
			return;
		}
		poll_interrupts();
	}
}

} // namespace meshline::match

#ifdef POSTGRES_H
#error "the core sees no PostgreSQL header"
#endif
