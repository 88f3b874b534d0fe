// SPDX-License-Identifier: PostgreSQL
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "core/match/assignment.hpp"
#include "core/match/linkage.hpp"
#include "core/match/training.hpp"

namespace meshline::match {
namespace {

std::pmr::memory_resource *
Memory() {
	return std::pmr::new_delete_resource();
}

// Joins the two clusters of the greatest mean, looking at all pairs of records each time.
std::vector<std::uint32_t>
ReferenceLinkage(std::uint32_t records, const Vector<Edge> &edges, double threshold) {
	std::map<std::pair<std::uint32_t, std::uint32_t>, double> weight_of;
	for (const Edge &edge : edges) {
		weight_of[{edge.a, edge.b}] = edge.weight;
	}
	std::vector<std::vector<std::uint32_t>> clusters;
	for (std::uint32_t i = 0; i < records; ++i) {
		clusters.push_back({i});
	}
	for (;;) {
		double best = threshold;
		std::pair<std::size_t, std::size_t> join{0, 0};
		for (std::size_t x = 0; x < clusters.size(); ++x) {
			for (std::size_t y = x + 1; y < clusters.size(); ++y) {
				double sum = 0;
				for (const auto i : clusters[x]) {
					for (const auto j : clusters[y]) {
						const auto at = weight_of.find(std::minmax(i, j));
						sum += at == weight_of.end() ? missing_weight : at->second;
					}
				}
				const double mean = sum / static_cast<double>(clusters[x].size() * clusters[y].size());
				if (mean > best) {
					best = mean;
					join = {x, y};
				}
			}
		}
		if (join.second == 0) {
			break;
		}
		clusters[join.first].insert(clusters[join.first].end(), clusters[join.second].begin(),
		                            clusters[join.second].end());
		clusters.erase(clusters.begin() + static_cast<std::ptrdiff_t>(join.second));
	}
	std::vector<std::uint32_t> first(records);
	for (const auto &cluster : clusters) {
		for (const auto i : cluster) {
			first[i] = *std::min_element(cluster.begin(), cluster.end());
		}
	}
	return first;
}

TEST(Linkage, AsReference) {
	std::mt19937 random(5);
	for (int round = 0; round < 300; ++round) {
		const std::uint32_t records = 2 + random() % 20;
		Vector<Edge> edges(Memory());
		for (std::uint32_t a = 0; a < records; ++a) {
			for (std::uint32_t b = a + 1; b < records; ++b) {
				if (random() % 3 == 0) {
					// No two means are equal, or nearly never.
					edges.push_back({a, b, -6 + static_cast<double>(random()) / 4294967296.0 * 16});
				}
			}
		}
		const double threshold = -2 + static_cast<double>(random() % 40) / 10;
		const auto got = AverageLinkage(records, edges, threshold, Memory());
		const auto expected = ReferenceLinkage(records, edges, threshold);
		EXPECT_EQ(std::vector<std::uint32_t>(got.begin(), got.end()), expected);
	}
}

TEST(Linkage, OneStrongEdgeDoesNotChainGroupsThatDisagree) {
	Vector<Edge> edges(Memory());
	for (const std::uint32_t start : {0u, 4u}) {
		for (std::uint32_t a = start; a < start + 4; ++a) {
			for (std::uint32_t b = a + 1; b < start + 4; ++b) {
				edges.push_back({a, b, 12});
			}
		}
	}
	edges.push_back({3, 4, 9});
	const auto first = AverageLinkage(8, edges, 0, Memory());
	EXPECT_EQ(std::vector<std::uint32_t>(first.begin(), first.end()),
	          (std::vector<std::uint32_t>{0, 0, 0, 0, 4, 4, 4, 4}));
}

// The greatest gain over the threshold that any choice of edges without a common record has.
double
BestGain(const Vector<Edge> &edges, std::size_t next, std::uint32_t used, double threshold) {
	if (next == edges.size()) {
		return 0;
	}
	double best = BestGain(edges, next + 1, used, threshold);
	const std::uint32_t records = 1u << edges[next].a | 1u << edges[next].b;
	if ((used & records) == 0 && edges[next].weight >= threshold) {
		best = std::max(best, edges[next].weight - threshold +
		                          BestGain(edges, next + 1, used | records, threshold));
	}
	return best;
}

TEST(Assignment, NoChoiceIsBetter) {
	std::mt19937 random(11);
	for (int round = 0; round < 2000; ++round) {
		const std::uint32_t left = 1 + random() % 5, right = 1 + random() % 5;
		Vector<Edge> edges(Memory());
		for (std::uint32_t a = 0; a < left; ++a) {
			for (std::uint32_t b = left; b < left + right; ++b) {
				if (random() % 2 == 0) {
					edges.push_back({a, b, static_cast<double>(random() % 16) - 4}); // many ties
				}
			}
		}
		const double threshold = static_cast<double>(random() % 6) - 3;
		const auto taken = AssignOneToOne(left, left + right, edges, threshold, Memory());
		std::set<std::uint32_t> used;
		double gain = 0;
		for (const Edge &edge : taken) {
			EXPECT_TRUE(used.insert(edge.a).second && used.insert(edge.b).second);
			EXPECT_GE(edge.weight, threshold);
			gain += edge.weight - threshold;
		}
		EXPECT_NEAR(gain, BestGain(edges, 0, 0, threshold), 1e-9);
	}
}

// People of whom a fifth come twice, the second time with a typo or without a value.
class People {
public:
	explicit People(std::uint32_t records) : table(Memory()) {
		table.columns.emplace_back("first_name", Role::given_name, Memory());
		table.columns.emplace_back("surname", Role::surname, Memory());
		table.columns.emplace_back("born", Role::date, Memory());
		table.columns.emplace_back("postcode", Role::postcode, Memory());
		std::mt19937 random(7);
		static constexpr const char *first[] = {"anna",  "boris", "carla", "dmitri",
		                                        "elena", "frank", "grace", "henry"};
		static constexpr const char *start[] = {"mil", "stan",  "wood", "har", "lin",
		                                        "cor", "black", "whit", "ash", "bur"};
		static constexpr const char *end[] = {"ton", "ley", "field", "man", "sen", "worth", "er", "by"};
		std::vector<std::string> person(4);
		for (std::uint32_t i = 0; i < records; ++i) {
			const bool is_again = i > 0 && i % 5 == 0;
			if (!is_again) {
				person = {first[random() % 8], std::string(start[random() % 10]) + end[random() % 8],
				          std::to_string(1950 + random() % 50) + std::to_string(1000 + random() % 9000),
				          "ab" + std::to_string(random() % 30) + std::to_string(random() % 10) + "xy"};
			} else {
				std::string &value = person[random() % 4];
				value = random() % 3 == 0 ? "" : value.substr(0, value.size() - 1);
			}
			twin.push_back(is_again);
			table.AddId("id" + std::to_string(i));
			for (std::size_t c = 0; c < 4; ++c) {
				table.columns[c].Add(person[c]);
			}
		}
	}

	Table table;
	std::vector<bool> twin; // of the record before
};

TEST(Blocking, MeetsEachPairOnceAndNoOther) {
	People people(400);
	Blocking blocking(people.table, Memory());
	blocking.ChooseRules({1e6, 2e4});
	ASSERT_GT(blocking.rules().size(), 2u);
	std::set<std::pair<std::uint32_t, std::uint32_t>> met;
	std::vector<std::set<std::pair<std::uint32_t, std::uint32_t>>> of_rule(blocking.rules().size());
	for (std::size_t rule = 0; rule < blocking.rules().size(); ++rule) {
		blocking.ForEachPair(rule, [&](std::uint32_t a, std::uint32_t b) {
			EXPECT_LT(a, b);
			EXPECT_TRUE(of_rule[rule].emplace(a, b).second);
			EXPECT_EQ(blocking.IsFirst(rule, a, b), met.count({a, b}) == 0);
		});
		met.insert(of_rule[rule].begin(), of_rule[rule].end());
	}
	// By definition: all keys of the rule are equal.
	for (std::size_t rule = 0; rule < blocking.rules().size(); ++rule) {
		std::size_t expected = 0;
		for (std::uint32_t a = 0; a < people.table.size(); ++a) {
			for (std::uint32_t b = a + 1; b < people.table.size(); ++b) {
				bool agree = true;
				for (const auto key : blocking.rules()[rule].keys) {
					const Column &column = people.table.columns[blocking.keys()[key].column];
					std::string x, y;
					agree = agree && column[a] != no_value && column[b] != no_value &&
					        !KeyOf(column.role(), blocking.keys()[key].kind, column.value(column[a]), x)
					             .empty() &&
					        KeyOf(column.role(), blocking.keys()[key].kind, column.value(column[a]), x) ==
					            KeyOf(column.role(), blocking.keys()[key].kind, column.value(column[b]), y);
				}
				expected += agree;
			}
		}
		EXPECT_EQ(of_rule[rule].size(), expected) << blocking.Describe(blocking.rules()[rule]);
	}
}

TEST(Blocking, ComparesNeighboursOnlyInOversizedBlocks) {
	Table table(Memory());
	table.columns.emplace_back("surname", Role::surname, Memory());
	for (std::uint32_t i = 0; i < 5000; ++i) {
		table.AddId(std::to_string(i));
		table.columns[0].Add("unknown");
	}
	Blocking blocking(table, Memory());
	blocking.ChooseRules({1e9, 1e9});
	ASSERT_FALSE(blocking.rules().empty());
	std::size_t pairs = 0;
	blocking.ForEachPair(0, [&](std::uint32_t, std::uint32_t) { ++pairs; });
	EXPECT_LE(pairs, 5000 * Blocking::window);
	EXPECT_EQ(blocking.oversized_records(), 5000u);
}

TEST(Training, EstimatesWhatWasPlanted) {
	People people(4000);
	Blocking blocking(people.table, Memory());
	blocking.ChooseRules({1e6, 1e5});
	TrainingReport report;
	const Weights weights = Train(people.table, blocking, Memory(), report);
	EXPECT_TRUE(report.is_converged);
	EXPECT_NEAR(weights.matching_pairs, 799, 80); // pairs of twins
	for (const ColumnWeights &column : weights.columns) {
		double m = 0, u = 0;
		for (const LevelWeight &level : column.levels) {
			EXPECT_GT(level.m, 0);
			EXPECT_GT(level.u, 0);
			EXPECT_DOUBLE_EQ(level.weight, std::log2(level.m / level.u));
			m += level.m;
			u += level.u;
		}
		EXPECT_NEAR(m, 1, 1e-9);
		EXPECT_NEAR(u, 1, 1e-9);
	}
}

TEST(Comparer, GivesUpOnlyPairsThatCannotReachTheThreshold) {
	People people(600);
	Blocking blocking(people.table, Memory());
	blocking.ChooseRules({1e6, 1e5});
	TrainingReport report;
	const Weights weights = Train(people.table, blocking, Memory(), report);
	Comparer comparer(people.table, Memory());
	std::size_t given_up = 0;
	for (std::uint32_t a = 0; a < 200; ++a) {
		for (std::uint32_t b = a + 1; b < people.table.size(); ++b) {
			const double whole = comparer.Weight(weights, a, b, -1e9),
			             cut = comparer.Weight(weights, a, b, 2);
			EXPECT_TRUE(whole >= 2 ? cut == whole : cut < 2);
			given_up += cut != whole;
		}
	}
	EXPECT_GT(given_up, 1000u);
}

TEST(Comparer, LooksBesideTheColumn) {
	Table table(Memory());
	table.columns.emplace_back("first_name", Role::given_name, Memory());
	table.columns.emplace_back("surname", Role::surname, Memory());
	table.columns.emplace_back("email", Role::email, Memory());
	table.columns.emplace_back("postcode", Role::postcode, Memory());
	table.columns.emplace_back("city", Role::place, Memory());
	const char *rows[][5] = {{"olivia", "golding", "olivia.golding@a.org", "ab12cd", "york"},
	                         {"golding", "olivia", "olivia.golding@b.org", "ab19xx", "york"},
	                         {"olivia", "golding", "olivia.golding@c.org", "zz99zz", "york"}};
	for (const auto &row : rows) {
		table.AddId("x");
		for (std::size_t c = 0; c < 5; ++c) {
			table.columns[c].Add(row[c]);
		}
	}
	Comparer comparer(table, Memory());
	EXPECT_EQ(comparer.LevelAt(0, 0, 1), 3); // the names changed places
	EXPECT_EQ(comparer.LevelAt(1, 0, 1), 3);
	EXPECT_EQ(comparer.LevelAt(2, 0, 2), no_level); // a mailbox made of names that agree says nothing more
	EXPECT_EQ(comparer.LevelAt(4, 0, 1), no_level); // nor does the town of a postcode that agrees
	EXPECT_EQ(comparer.LevelAt(4, 0, 2), 3);
}

TEST(Role, LevelsOfMoneyAndTime) {
	std::pmr::monotonic_buffer_resource arena;
	const auto level = [&](Role role, std::string_view a, std::string_view b) {
		return LevelNames(role)[LevelOf(role, Prepare(role, a, &arena), Prepare(role, b, &arena))];
	};
	EXPECT_EQ(level(Role::amount, "1,234.50", "$ 1234.5"), "equal");
	EXPECT_EQ(level(Role::amount, "100", "100.4"), "within 0.5 %");
	EXPECT_EQ(level(Role::amount, "100", "-100"), "else");
	EXPECT_EQ(level(Role::amount, "0", "0.00"), "equal");
	EXPECT_EQ(level(Role::event_date, "2026-02-28", "2026-03-01T10:00:00Z"), "1 day");
	EXPECT_EQ(level(Role::event_date, "2026-02-28", "2026-04-30"), "else");
	EXPECT_EQ(level(Role::event_date, "soon", "2026-04-30"), "else");
	EXPECT_EQ(level(Role::memo, "Matthias C paym", "MATTHIAS C payment BGC"), "one begins with the other");
	EXPECT_EQ(level(Role::memo, "M M payment", "M M gift"), "same first word");
	EXPECT_EQ(level(Role::date, "1970-12-03", "1970-03-12"), "one edit or day and month swapped");
	EXPECT_EQ(level(Role::postcode, "AB1 2CD", "ab1 2xy"), "same sector");
	EXPECT_EQ(level(Role::given_name, "J.", "John"), "jaro_winkler >= 0.8 or initial");
	EXPECT_EQ(level(Role::phone, "+44 7700 900123", "07700900123"), "equal");
}

TEST(Role, GuessedFromTheNamesOfColumns) {
	EXPECT_EQ(GuessRole("first_name"), Role::given_name);
	EXPECT_EQ(GuessRole("customer_email"), Role::email);
	EXPECT_EQ(GuessRole("dob"), Role::date);
	EXPECT_EQ(GuessRole("billing_city"), Role::place);
	EXPECT_EQ(GuessRole("name"), Role::full_name);
	EXPECT_EQ(GuessRole("cluster"), std::nullopt);
	EXPECT_EQ(ParseRole(Name(Role::postcode)), Role::postcode);
	EXPECT_EQ(ParseRole("colour"), std::nullopt);
}

} // namespace
} // namespace meshline::match
