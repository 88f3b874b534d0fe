// SPDX-License-Identifier: PostgreSQL
#include "core/match/weights.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "core/match/text_distance.hpp"
#include "core/match/text_hash.hpp"

namespace meshline::match {

namespace {

constexpr std::size_t known_per_column = 1 << 15;
constexpr std::size_t many_values = 30'000; // of which few pairs come again
constexpr std::uint32_t few_records = 1000; // too few for pairs of values to come again

} // namespace

void
Weights::Complete(const Table &table) {
	const double others = std::max(table.pair_count() - matching_pairs, 1.0);
	prior_weight = std::log2(std::max(matching_pairs, 1e-9) / others);
	for (std::uint32_t c = 0; c < columns.size(); ++c) {
		ColumnWeights &column = columns[c];
		column.greatest_unequal = 0;
		for (LevelWeight &level : column.levels) {
			level.weight = std::log2(level.m / level.u);
			if (&level != &column.levels.back()) {
				column.greatest_unequal = std::max(column.greatest_unequal, level.weight);
			}
		}
		const LevelWeight &equal = column.levels.back();
		const Column &values = table.columns[c];
		column.equal.clear();
		for (std::uint32_t v = 0; v < values.value_count(); ++v) {
			column.equal.push_back(equal.weight + std::log2(equal.u / values.Frequency(v)));
		}
	}
	order.resize(columns.size());
	std::iota(order.begin(), order.end(), 0u);
	const auto spread = [&](std::uint32_t c) {
		return columns[c].greatest_unequal - columns[c].levels.front().weight;
	};
	std::stable_sort(order.begin(), order.end(),
	                 [&](std::uint32_t a, std::uint32_t b) { return spread(a) > spread(b); });
}

Comparer::Comparer(const Table &table, std::pmr::memory_resource *arena)
    : table_(table), equal_(arena), has_other_(table.columns.size(), false, arena),
      known_(table.size() > few_records ? known_per_column * table.columns.size() : 0, Known{}, arena) {
	for (std::uint32_t c = 0; c < table.columns.size(); ++c) {
		const Role role = table.columns[c].role();
		equal_.push_back(static_cast<int>(LevelNames(role).size()) - 1);
		std::uint32_t *const only = role == Role::given_name ? &given_name_
		                            : role == Role::surname  ? &surname_
		                            : role == Role::postcode ? &postcode_
		                                                     : nullptr;
		if (only != nullptr && *only == no_value) {
			*only = c;
		}
	}
	const bool has_names = given_name_ != no_value && surname_ != no_value;
	for (std::uint32_t c = 0; c < table.columns.size(); ++c) {
		const Role role = table.columns[c].role();
		has_other_[c] = (has_names && (c == given_name_ || c == surname_ || role == Role::email)) ||
		                (postcode_ != no_value && role == Role::place);
	}
}

int
Comparer::LevelBesideOther(std::uint32_t column, int level, std::uint32_t a, std::uint32_t b) {
	if (table_.columns[column].role() == Role::place) {
		// A postcode in common says already that the place is the same.
		return level > 0 && LevelAt(postcode_, a, b) > 0 ? no_level : level;
	}
	if (table_.columns[column].role() == Role::email) {
		return level > 0 && level < equal_[column] && AreNamesAlike(a, b) && IsMadeOfNames(column, level, a)
		           ? no_level
		           : level;
	}
	return level < equal_[column] - 1 && IsSwapped(a, b) ? equal_[column] - 1 : level;
}

bool
Comparer::AreNamesAlike(std::uint32_t a, std::uint32_t b) {
	return LevelAt(given_name_, a, b) >= 2 && LevelAt(surname_, a, b) >= 2;
}

// People of one name have mailboxes that are alike, but for the numbers behind the names.
bool
Comparer::IsMadeOfNames(std::uint32_t column, int level, std::uint32_t record) const noexcept {
	const Column &email = table_.columns[column];
	const std::string_view mailbox =
	    email.value(email[record]).substr(0, email.value(email[record]).find('@'));
	return level == 1 ||
	       std::none_of(mailbox.begin(), mailbox.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// Whether given name and surname changed places.
bool
Comparer::IsSwapped(std::uint32_t a, std::uint32_t b) const {
	const Column &given = table_.columns[given_name_], &surname = table_.columns[surname_];
	const auto is_same = [&](std::uint32_t x, std::uint32_t y) {
		if (given[x] == no_value || surname[y] == no_value) {
			return false;
		}
		const std::string_view g = given.value(given[x]), s = surname.value(surname[y]);
		return g[0] == s[0] && g.size() > 1 && OptimalStringAlignment(g, s, 1) <= 1;
	};
	return is_same(a, b) && is_same(b, a);
}

int
Comparer::LevelOfValues(std::uint32_t column, std::uint32_t x, std::uint32_t y) {
	const Column &c = table_.columns[column];
	const std::uint32_t low = std::min(x, y), high = std::max(x, y);
	if (known_.empty() || c.value_count() > many_values) {
		return static_cast<int>(LevelOf(c.role(), c.value(low), c.value(high)));
	}
	const std::uint64_t values = std::uint64_t{low} << 32 | high; // not equal: never 0
	Known &known = known_[column * known_per_column + hash_detail::Spread(values) % known_per_column];
	if (known.values != values) {
		known = {values, static_cast<int>(LevelOf(c.role(), c.value(low), c.value(high)))};
	}
	return known.level;
}

double
Comparer::Weight(const Weights &weights, std::uint32_t a, std::uint32_t b, double threshold) {
	// What the pair weighs at most: equal values are known without looking at them.
	double most = weights.prior_weight;
	const auto most_of = [&](std::uint32_t column) {
		const std::uint32_t x = table_.columns[column][a], y = table_.columns[column][b];
		const ColumnWeights &w = weights.columns[column];
		return x == no_value || y == no_value ? 0 : x == y ? std::max(w.equal[x], 0.0) : w.greatest_unequal;
	};
	for (std::uint32_t column = 0; column < weights.columns.size(); ++column) {
		most += most_of(column);
	}
	double weight = weights.prior_weight;
	for (const auto column : weights.order) {
		if (most < threshold) {
			return -std::numeric_limits<double>::infinity();
		}
		const int level = LevelAt(column, a, b);
		double found = 0;
		if (level == equal_[column]) {
			found = weights.columns[column].equal[table_.columns[column][a]];
		} else if (level != no_level) {
			found = weights.columns[column].levels[static_cast<std::size_t>(level)].weight;
		}
		weight += found;
		most += found - most_of(column);
	}
	return weight;
}

double
ProbabilityOf(double weight) noexcept {
	return weight > 0 ? 1 / (1 + std::exp2(-weight)) : std::exp2(weight) / (1 + std::exp2(weight));
}

} // namespace meshline::match
