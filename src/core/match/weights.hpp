// SPDX-License-Identifier: PostgreSQL
// How much each level of agreement speaks for or against two records being the same thing.
//
// Fellegi and Sunter 1969: a level weighs log2(m / u), m being how often it is met in pairs that match, u in
// pairs that do not. Equality on a rare value weighs more (Winkler's term frequencies): log2(m / u) +
// log2(u / frequency of the value). A value that is missing weighs nothing.
#pragma once

#include <cstdint>

#include "core/match/table.hpp"

namespace meshline::match {

struct LevelWeight {
	double m;
	double u;
	double weight; // log2(m / u)
};

struct ColumnWeights {
	explicit ColumnWeights(std::pmr::memory_resource *arena) : levels(arena), equal(arena) {
	}

	Vector<LevelWeight> levels;  // as LevelNames()
	Vector<double> equal;        // by value: what equality on it weighs
	double greatest_unequal = 0; // no two different values weigh more
};

struct Weights {
	explicit Weights(std::pmr::memory_resource *arena) : columns(arena), order(arena) {
	}

	// To be called when m, u and the prior stand: computes the rest for a table.
	void Complete(const Table &table);

	Vector<ColumnWeights> columns;
	double matching_pairs = 0; // expected in the table
	double prior_weight = 0;   // log2 of the odds that two records picked at random match
	// Columns in the order in which they are compared: first the one whose comparison can take most off what
	// a pair may still weigh.
	Vector<std::uint32_t> order;
};

inline constexpr int no_level = -1;

// Compares records of a table; remembers what it found for pairs of values that come again.
class Comparer {
public:
	Comparer(const Table &table, std::pmr::memory_resource *arena);

	int
	LevelAt(std::uint32_t column, std::uint32_t a, std::uint32_t b) {
		const std::uint32_t x = table_.columns[column][a], y = table_.columns[column][b];
		if (x == no_value || y == no_value) {
			return no_level;
		}
		const int level = x == y ? equal_[column] : LevelOfValues(column, x, y);
		return has_other_[column] ? LevelBesideOther(column, level, a, b) : level;
	}

	// The weight of a pair; below `threshold` it may be any value below.
	double Weight(const Weights &weights, std::uint32_t a, std::uint32_t b, double threshold);

private:
	struct Known {
		std::uint64_t values; // both indexes; 0: free
		int level;
	};

	int LevelOfValues(std::uint32_t column, std::uint32_t x, std::uint32_t y);
	int LevelBesideOther(std::uint32_t column, int level, std::uint32_t a, std::uint32_t b);
	bool AreNamesAlike(std::uint32_t a, std::uint32_t b);
	bool IsMadeOfNames(std::uint32_t column, int level, std::uint32_t record) const noexcept;
	bool IsSwapped(std::uint32_t a, std::uint32_t b) const;

	const Table &table_;
	Vector<int> equal_;
	Vector<bool> has_other_; // its level depends on another column's
	std::uint32_t given_name_ = no_value;
	std::uint32_t surname_ = no_value;
	std::uint32_t postcode_ = no_value;
	Vector<Known> known_; // a direct-mapped cache, one part for each column
};

double ProbabilityOf(double weight) noexcept; // 2^w / (1 + 2^w)

} // namespace meshline::match

#ifdef POSTGRES_H
#error "the core sees no PostgreSQL header"
#endif
