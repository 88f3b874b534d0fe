// SPDX-License-Identifier: PostgreSQL
// Connected components of a graph whose nodes are texts, taken in edge by edge.
#pragma once

#include <cstdint>
#include <memory_resource>
#include <string_view>

#include "core/memory.hpp"
#include "core/text.hpp"

namespace meshline::match {

// Owns nothing but memory of its resource, so that it may be dropped without its destructor.
class Components {
public:
	explicit Components(std::pmr::memory_resource *memory);

	void Add(std::string_view a, std::string_view b);
	// Takes in all edges of another.
	void Add(const Components &other);

	std::uint32_t
	size() const noexcept {
		return static_cast<std::uint32_t>(names_.size());
	}
	std::string_view
	name(std::uint32_t node) const noexcept {
		return names_[node];
	}
	// Some node of its component, the same one for all of them until the next Add().
	std::uint32_t Root(std::uint32_t node) const noexcept;

	// By node, the least name of its component, byte by byte.
	Vector<std::string_view> LeastNames(std::pmr::memory_resource *memory) const;

private:
	std::uint32_t NodeOf(std::string_view name);
	void Grow();

	TextArena texts_;
	Vector<std::string_view> names_;
	mutable Vector<std::uint32_t> parent_; // paths are halved as they are walked
	Vector<std::uint64_t> hashes_;
	Vector<std::uint32_t> slots_; // open addressing, a power of two; free_slot is free
};

} // namespace meshline::match

#ifdef POSTGRES_H
#error "the core sees no PostgreSQL header"
#endif
