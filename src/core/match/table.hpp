// SPDX-License-Identifier: PostgreSQL
// The records of a table by columns, each distinct value once: what is compared, counted and blocked on.
#pragma once

#include <cstdint>
#include <memory_resource>
#include <string_view>

#include "core/match/role.hpp"
#include "core/memory.hpp"
#include "core/text.hpp"

namespace meshline::match {

inline constexpr std::uint32_t no_value = 0xFFFFFFFF;

class Column {
public:
	Column(std::string_view name, Role role, std::pmr::memory_resource *arena);

	std::string_view
	name() const noexcept {
		return name_;
	}
	Role
	role() const noexcept {
		return role_;
	}
	// Takes the next record's value, prepared; "" is no value.
	void Add(std::string_view prepared);

	// By record: an index into values(), or no_value.
	std::uint32_t
	operator[](std::uint32_t record) const noexcept {
		return value_of_[record];
	}
	std::string_view
	value(std::uint32_t index) const noexcept {
		return values_[index];
	}
	std::size_t
	value_count() const noexcept {
		return values_.size();
	}
	// The share of a value among all values that are there.
	double
	Frequency(std::uint32_t index) const noexcept {
		return static_cast<double>(counts_[index]) / static_cast<double>(present_);
	}
	// The probability that two records that both have a value have the same one.
	double EqualShare() const noexcept;

private:
	void Grow();

	std::string_view name_;
	Role role_;
	TextArena texts_;
	Vector<std::uint32_t> value_of_;
	Vector<std::string_view> values_;
	Vector<std::uint32_t> counts_;
	Vector<std::uint64_t> hashes_;
	Vector<std::uint32_t> slots_; // open addressing, a power of two; no_value is free
	std::uint64_t present_ = 0;
};

class Table {
public:
	explicit Table(std::pmr::memory_resource *memory)
	    : arena(memory), ids(memory), columns(memory), texts_(memory) {
	}

	// Records must come in an order that depends on their ids only, so that results do.
	void
	AddId(std::string_view id) {
		ids.push_back(texts_.Copy(id));
	}
	std::uint32_t
	size() const noexcept {
		return static_cast<std::uint32_t>(ids.size());
	}
	// Records of the left one of two tables to be linked come first, and are so many; 0 for one table.
	std::uint32_t left_size = 0;

	// Whether two records are compared at all: in linking, records of one table are not.
	bool
	IsPair(std::uint32_t a, std::uint32_t b) const noexcept {
		return left_size == 0 || (a < left_size) != (b < left_size);
	}
	double
	pair_count() const noexcept {
		const double n = size(), left = left_size;
		return left_size == 0 ? n * (n - 1) / 2 : left * (n - left);
	}

	std::pmr::memory_resource *arena;
	Vector<std::string_view> ids;
	Vector<Column> columns;

private:
	TextArena texts_;
};

} // namespace meshline::match

#ifdef POSTGRES_H
#error "the core sees no PostgreSQL header"
#endif
