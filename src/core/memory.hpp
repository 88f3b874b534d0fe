// SPDX-License-Identifier: PostgreSQL
// Containers whose memory comes from a std::pmr::memory_resource that the caller names.
#pragma once

#include <boost/container/flat_map.hpp>
#include <boost/container/small_vector.hpp>
#include <boost/container/vector.hpp>

#include <cstddef>
#include <cstring>
#include <memory_resource>
#include <span>
#include <string_view>

namespace meshline {

// A typed allocator over a memory resource. Boost's own polymorphic allocator would need
// libboost_container at run time; this one keeps Boost.Container header-only.
template <typename T> class Allocator {
public:
	using value_type = T;

	Allocator(std::pmr::memory_resource *resource) noexcept : resource_(resource) {
	}
	template <typename U> Allocator(const Allocator<U> &other) noexcept : resource_(other.resource()) {
	}

	T *
	allocate(std::size_t n) {
		return static_cast<T *>(resource_->allocate(n * sizeof(T), alignof(T)));
	}
	void
	deallocate(T *p, std::size_t n) noexcept {
		resource_->deallocate(p, n * sizeof(T), alignof(T));
	}
	std::pmr::memory_resource *
	resource() const noexcept {
		return resource_;
	}
	template <typename U>
	bool
	operator==(const Allocator<U> &other) const noexcept {
		return resource_ == other.resource();
	}

private:
	std::pmr::memory_resource *resource_;
};

template <typename T> using Vector = boost::container::vector<T, Allocator<T>>;

template <typename T, std::size_t N> using SmallVector = boost::container::small_vector<T, N, Allocator<T>>;

template <typename K, typename V, typename Less = std::less<K>>
using FlatMap = boost::container::flat_map<K, V, Less, Allocator<std::pair<K, V>>>;

// The elements of a vector of ours; Boost's iterators are not contiguous ones to std::span.
template <typename V>
auto
Span(const V &vector) noexcept {
	return std::span<const typename V::value_type>(vector.data(), vector.size());
}

// Copies text into the resource; the copy lives as long as the resource's memory does.
inline std::string_view
Intern(std::string_view text, std::pmr::memory_resource *arena) {
	if (text.empty()) {
		return {};
	}
	auto *copy = static_cast<char *>(arena->allocate(text.size(), 1));
	std::memcpy(copy, text.data(), text.size());
	return {copy, text.size()};
}

} // namespace meshline

#ifdef POSTGRES_H
#error "the core sees no PostgreSQL header"
#endif
