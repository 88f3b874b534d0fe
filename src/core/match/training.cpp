// SPDX-License-Identifier: PostgreSQL
#include "core/match/training.hpp"

#include <algorithm>
#include <cmath>

#include "core/match/text_hash.hpp"

namespace meshline::match {

namespace {

constexpr std::size_t random_pair_count = 200'000;
constexpr double pairs_per_rule = 8'000;
constexpr std::size_t most_rounds = 100;
constexpr double enough_change = 1e-4;
constexpr double fewest_matches = 20; // that a level's m may be learnt from
constexpr double smoothing = 0.5;

// Levels of a pair, 4 bits for each of up to 16 columns; 0 is a missing value.
using Pattern = std::uint64_t;

int
LevelIn(Pattern pattern, std::size_t column) noexcept {
	return static_cast<int>(pattern >> (4 * column) & 15) - 1;
}

struct Counted {
	Pattern pattern;
	double pairs;       // of the rule
	double first_pairs; // that no earlier rule has
};

class Trainer {
public:
	Trainer(const Table &table, Blocking &blocking, std::pmr::memory_resource *arena)
	    : table_(table), blocking_(blocking), arena_(arena), comparer_(table, arena), weights_(arena),
	      of_rule_(arena), shares_(arena) {
	}

	Weights
	Run(TrainingReport &report) {
		EstimateU(report);
		CountPatterns(report);
		EstimateM(report);
		EstimateMatches();
		weights_.Complete(table_);
		return std::move(weights_);
	}

private:
	void
	EstimateU(TrainingReport &report) {
		Vector<Vector<double>> counts(arena_);
		for (const Column &column : table_.columns) {
			counts.emplace_back(LevelNames(column.role()).size(), 0.0, arena_);
			weights_.columns.emplace_back(arena_);
		}
		const std::uint32_t n = table_.size();
		for (std::uint64_t i = 0; n > 1 && i < random_pair_count; ++i) {
			if (i % 1024 == 0) {
				poll_interrupts();
			}
			const auto a = static_cast<std::uint32_t>(hash_detail::Spread(2 * i + 1) % n),
			           b = static_cast<std::uint32_t>(hash_detail::Spread(2 * i + 2) % n);
			if (a == b || !table_.IsPair(a, b)) {
				continue;
			}
			++report.random_pairs;
			for (std::uint32_t c = 0; c < counts.size(); ++c) {
				const int level = comparer_.LevelAt(c, a, b);
				if (level != no_level) {
					++counts[c][static_cast<std::size_t>(level)];
				}
			}
		}
		for (std::uint32_t c = 0; c < counts.size(); ++c) {
			SetU(c, counts[c]);
		}
	}

	void
	SetU(std::uint32_t column, const Vector<double> &counts) {
		Vector<LevelWeight> &levels = weights_.columns[column].levels;
		const std::size_t worse = counts.size() - 1;
		double seen = 0;
		for (std::size_t level = 0; level < worse; ++level) {
			seen += counts[level] + smoothing;
		}
		// One more pair of equals than there is keeps it above zero.
		const double equal =
		    std::max(table_.columns[column].EqualShare(), 1 / std::max(table_.pair_count(), 2.0));
		for (std::size_t level = 0; level < worse; ++level) {
			const double u = (counts[level] + smoothing) / seen * (1 - equal);
			levels.push_back({0.3 / static_cast<double>(worse), u, 0});
		}
		levels.push_back({0.7, equal, 0});
	}

	void
	CountPatterns(TrainingReport &report) {
		Vector<std::pair<Pattern, bool>> seen(arena_);
		for (std::size_t rule = 0; rule < blocking_.rules().size(); ++rule) {
			// One in so many pairs: some of the keys, and some of their pairs, since keys can be large.
			const auto stride = static_cast<std::uint64_t>(
			    std::max(std::floor(blocking_.rules()[rule].pairs / pairs_per_rule), 1.0));
			const std::uint64_t key_stride = std::max<std::uint64_t>(stride / 16, 1),
			                    pair_stride = stride / key_stride;
			std::uint64_t number = 0;
			seen.clear();
			blocking_.ForEachPair(
			    rule,
			    [&](std::uint32_t a, std::uint32_t b) {
				    if (hash_detail::Spread(number++) % pair_stride == 0) {
					    seen.emplace_back(PatternOf(a, b), blocking_.IsFirst(rule, a, b));
				    }
			    },
			    key_stride);
			report.blocked_pairs += seen.size();
			const double each =
			    seen.empty() ? 0
			                 : static_cast<double>(number * key_stride) / static_cast<double>(seen.size());
			std::sort(seen.begin(), seen.end());
			auto &counted = of_rule_.emplace_back(arena_);
			for (const auto &[pattern, is_first] : seen) {
				if (counted.empty() || counted.back().pattern != pattern) {
					counted.push_back({pattern, 0, 0});
				}
				counted.back().pairs += 1;
				counted.back().first_pairs += is_first ? each : 0;
			}
		}
	}

	Pattern
	PatternOf(std::uint32_t a, std::uint32_t b) {
		Pattern pattern = 0;
		for (std::uint32_t c = 0; c < table_.columns.size(); ++c) {
			pattern |= static_cast<Pattern>(comparer_.LevelAt(c, a, b) + 1) << (4 * c);
		}
		return pattern;
	}

	// Natural logarithm of the Bayes factor of a pattern, without columns that the rule blocks on.
	double
	Factor(Pattern pattern, const BlockingRule *rule) const {
		double factor = 0;
		for (std::uint32_t c = 0; c < weights_.columns.size(); ++c) {
			const int level = LevelIn(pattern, c);
			if (level >= 0 && (rule == nullptr || !blocking_.UsesColumn(*rule, c))) {
				const LevelWeight &w = weights_.columns[c].levels[static_cast<std::size_t>(level)];
				factor += std::log(w.m / w.u);
			}
		}
		return factor;
	}

	void
	EstimateM(TrainingReport &report) {
		shares_.assign(of_rule_.size(), 0.3);
		for (report.rounds = 0; report.rounds < most_rounds && !report.is_converged; ++report.rounds) {
			poll_interrupts();
			report.is_converged = Round() < enough_change;
		}
	}

	// One round of expectation and maximisation; returns the greatest change of an m.
	double
	Round() {
		Vector<Vector<double>> matches(arena_);
		for (const ColumnWeights &column : weights_.columns) {
			matches.emplace_back(column.levels.size(), 0.0, arena_);
		}
		for (std::size_t r = 0; r < of_rule_.size(); ++r) {
			const BlockingRule &rule = blocking_.rules()[r];
			const double odds = std::log(shares_[r] / (1 - shares_[r]));
			double matching = 0, all = 0;
			for (const Counted &counted : of_rule_[r]) {
				const double expected =
				    counted.pairs / (1 + std::exp(-odds - Factor(counted.pattern, &rule)));
				matching += expected;
				all += counted.pairs;
				for (std::uint32_t c = 0; c < matches.size(); ++c) {
					const int level = LevelIn(counted.pattern, c);
					if (level >= 0 && !blocking_.UsesColumn(rule, c)) {
						matches[c][static_cast<std::size_t>(level)] += expected;
					}
				}
			}
			shares_[r] = all == 0 ? 0.3 : std::clamp(matching / all, 1e-6, 0.999);
		}
		double change = 0;
		for (std::uint32_t c = 0; c < matches.size(); ++c) {
			double sum = 0;
			for (const double m : matches[c]) {
				sum += m + smoothing;
			}
			for (std::size_t level = 0; sum >= fewest_matches && level < matches[c].size(); ++level) {
				const double m = (matches[c][level] + smoothing) / sum;
				change = std::max(change, std::abs(m - weights_.columns[c].levels[level].m));
				weights_.columns[c].levels[level].m = m;
			}
		}
		return change;
	}

	// The number of matching pairs that, as a prior, expects itself.
	void
	EstimateMatches() {
		double matches = std::max(0.1 * table_.size(), 1.0);
		for (int round = 0; round < 50; ++round) {
			const double odds = std::log(matches / std::max(table_.pair_count() - matches, 1.0));
			double expected = 0;
			for (const auto &counted_of_rule : of_rule_) {
				for (const Counted &counted : counted_of_rule) {
					if (counted.first_pairs > 0) {
						expected +=
						    counted.first_pairs / (1 + std::exp(-odds - Factor(counted.pattern, nullptr)));
					}
				}
			}
			matches = std::clamp(expected, 0.5, std::max(table_.pair_count() / 2, 1.0));
		}
		weights_.matching_pairs = matches;
	}

	const Table &table_;
	Blocking &blocking_;
	std::pmr::memory_resource *arena_;
	Comparer comparer_;
	Weights weights_;
	Vector<Vector<Counted>> of_rule_;
	Vector<double> shares_; // of matches among the pairs of each rule
};

} // namespace

Weights
Train(const Table &table, Blocking &blocking, std::pmr::memory_resource *arena, TrainingReport &report) {
	return Trainer(table, blocking, arena).Run(report);
}

} // namespace meshline::match
