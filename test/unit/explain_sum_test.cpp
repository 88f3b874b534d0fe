// SPDX-License-Identifier: PostgreSQL
#include "core/match/explain_sum.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <map>
#include <random>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "core/error.hpp"
#include "core/interrupt.hpp"
#include "core/wide.hpp"
#include "sum_pool.hpp"

namespace meshline::match {
namespace {

using Amounts = std::vector<std::int64_t>;
using Members = std::vector<std::uint32_t>;

constexpr std::int64_t lowest = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t highest = std::numeric_limits<std::int64_t>::max();

// What ExplainSum() promises, sorted by its promise.
struct Explained {
	std::int64_t count = 0;
	std::vector<std::tuple<Wide, std::size_t, Members, std::int64_t>> sets;

	bool operator==(const Explained &) const = default;
};

Explained
Explain(const SumQuery &query, const Amounts &amounts) {
	const SumExplanations result = ExplainSum(query, amounts, std::pmr::new_delete_resource());
	Explained explained{result.count, {}};
	for (const SumSet &set : result.sets) {
		const Wide difference = set.difference;
		explained.sets.emplace_back(difference < 0 ? -difference : difference, set.members.size(),
		                            Members(set.members.begin(), set.members.end()), set.difference);
	}
	return explained;
}

// Every subset, one after the other.
Explained
ExplainSlowly(const SumQuery &query, const Amounts &amounts) {
	Explained explained;
	for (std::uint32_t mask = 1; mask < std::uint32_t{1} << amounts.size(); ++mask) {
		Wide difference = -Wide{query.target};
		Members members;
		for (std::uint32_t i = 0; i < amounts.size(); ++i) {
			if ((mask >> i & 1) != 0) {
				difference += amounts[i];
				members.push_back(i);
			}
		}
		const Wide distance = difference < 0 ? -difference : difference;
		if (distance <= query.tolerance && members.size() <= query.max_size.value_or(amounts.size())) {
			explained.sets.emplace_back(distance, members.size(), members,
			                            static_cast<std::int64_t>(difference));
		}
	}
	explained.count = static_cast<std::int64_t>(explained.sets.size());
	std::sort(explained.sets.begin(), explained.sets.end());
	explained.sets.resize(std::min(explained.sets.size(), query.max_sets));
	return explained;
}

std::string
Describe(const SumQuery &query, const Amounts &amounts) {
	std::string text = "target " + std::to_string(query.target) + ", tolerance " +
	                   std::to_string(query.tolerance) + ", max_size " +
	                   (query.max_size ? std::to_string(*query.max_size) : "none") + ", amounts";
	for (const std::int64_t amount : amounts) {
		text += ' ' + std::to_string(amount);
	}
	return text;
}

TEST(ExplainSum, FindsEverySetThatBruteForceFinds) {
	std::mt19937_64 random(11);
	const std::array<std::int64_t, 8> ranges{1, 3, 10, 100, 1'000, 100'000, highest / 8, highest};
	std::int64_t explained = 0;
	for (int i = 0; i < 6'000; ++i) {
		const std::int64_t range = ranges[random() % ranges.size()];
		std::uniform_int_distribution<std::int64_t> draw(random() % 2 == 0 ? 0 : -range, range);
		Amounts amounts(random() % 13);
		std::generate(amounts.begin(), amounts.end(), [&] { return draw(random); });
		SumQuery query{draw(random)};
		if (random() % 2 == 0) {
			Wide sum = 0;
			for (const std::int64_t amount : amounts) {
				sum += random() % 2 == 0 ? amount : 0;
			}
			query.target = Clamp(sum);
		}
		query.tolerance =
		    random() % 2 == 0 ? 0 : std::uniform_int_distribution<std::int64_t>(0, range)(random);
		if (random() % 2 == 0) {
			query.max_size = 1 + random() % 6;
		}
		query.max_sets = 1 + random() % 8;
		const Explained expected = ExplainSlowly(query, amounts);
		EXPECT_EQ(Explain(query, amounts), expected) << Describe(query, amounts);
		explained += expected.count > 0 ? 1 : 0;

		std::shuffle(amounts.begin(), amounts.end(), random);
		const Explained shuffled = Explain(query, amounts);
		EXPECT_EQ(shuffled, ExplainSlowly(query, amounts)) << Describe(query, amounts);
		EXPECT_EQ(shuffled.count, expected.count) << Describe(query, amounts);
	}
	EXPECT_GT(explained, 2'000);
}

// The subsets small enough, counted by size and sum while one amount after the other is added.
std::int64_t
CountByTable(const SumQuery &query, const Amounts &amounts) {
	std::map<std::pair<std::size_t, std::int64_t>, std::int64_t> counts{{{0, 0}, 1}};
	for (const std::int64_t amount : amounts) {
		auto grown = counts;
		for (const auto &[key, count] : counts) {
			if (key.first < query.max_size.value_or(amounts.size())) {
				grown[{key.first + 1, key.second + amount}] += count;
			}
		}
		counts = std::move(grown);
	}
	std::int64_t total = 0;
	for (const auto &[key, count] : counts) {
		const auto [size, sum] = key;
		total += size > 0 && std::abs(sum - query.target) <= query.tolerance ? count : 0;
	}
	return total;
}

TEST(ExplainSum, CountsLargePoolsExactly) {
	std::mt19937_64 random(12);
	for (int i = 0; i < 40; ++i) {
		Amounts amounts(12 + random() % 21);
		std::generate(amounts.begin(), amounts.end(),
		              [&] { return static_cast<std::int64_t>(random() % 60) - 15; });
		SumQuery query{static_cast<std::int64_t>(random() % 400), static_cast<std::int64_t>(random() % 5)};
		if (random() % 2 == 0) {
			query.max_size = 1 + random() % 20;
		}
		EXPECT_EQ(Explain(query, amounts).count, CountByTable(query, amounts)) << Describe(query, amounts);
	}
	// Many candidates, few members.
	for (const auto &[candidates, max_size] : {std::pair(45, 7), std::pair(84, 5), std::pair(112, 3)}) {
		Amounts amounts(static_cast<std::size_t>(candidates));
		std::generate(amounts.begin(), amounts.end(),
		              [&] { return static_cast<std::int64_t>(random() % 90); });
		const SumQuery query{150, 1, static_cast<std::size_t>(max_size)};
		EXPECT_EQ(Explain(query, amounts).count, CountByTable(query, amounts)) << Describe(query, amounts);
	}
}

TEST(ExplainSum, SearchesFortyAmounts) {
	Amounts powers;
	for (int i = 0; i < 40; ++i) {
		powers.push_back(std::int64_t{1} << i);
	}
	const std::int64_t target = 0xA5'0F0F'3C01;
	const Explained explained = Explain({target}, powers);
	ASSERT_EQ(explained.count, 1);
	std::int64_t sum = 0;
	for (const std::uint32_t member : std::get<Members>(explained.sets[0])) {
		sum += powers[member];
	}
	EXPECT_EQ(sum, target);

	// 40 over 10; the first of so many alike.
	const Explained alike = Explain({1'000}, Amounts(40, 100));
	EXPECT_EQ(alike.count, 847'660'528);
	ASSERT_EQ(alike.sets.size(), 2U);
	EXPECT_EQ(std::get<Members>(alike.sets[0]), (Members{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}));
	EXPECT_EQ(std::get<Members>(alike.sets[1]), (Members{0, 1, 2, 3, 4, 5, 6, 7, 8, 10}));

	// Everything explains, in one sum and in a million.
	const Explained zeros = Explain({0, 0, std::nullopt, 42}, Amounts(40, 0));
	EXPECT_EQ(zeros.count, (std::int64_t{1} << 40) - 1);
	EXPECT_EQ(std::get<Members>(zeros.sets[0]), Members{0});
	EXPECT_EQ(std::get<Members>(zeros.sets[39]), Members{39});
	EXPECT_EQ(std::get<Members>(zeros.sets[41]), (Members{0, 2}));
	const Explained all = Explain({0, highest / 2}, powers);
	EXPECT_EQ(all.count, (std::int64_t{1} << 40) - 1);
	EXPECT_EQ(std::get<Members>(all.sets[0]), Members{0});
}

TEST(ExplainSum, HidesNoInterchangeableAmount) {
	EXPECT_EQ(Explain({700}, {500, 200, 900}).count, 1);
	const Explained explained = Explain({700}, {500, 200, 500, 900});
	EXPECT_EQ(explained.count, 2);
	ASSERT_EQ(explained.sets.size(), 2U);
	EXPECT_EQ(std::get<Members>(explained.sets[0]), (Members{0, 1}));
	EXPECT_EQ(std::get<Members>(explained.sets[1]), (Members{1, 2}));
	// An amount of nothing may belong to it or not.
	EXPECT_EQ(Explain({700}, {500, 200, 0}).count, 2);
}

TEST(ExplainSum, PutsTheNearestFirst) {
	const Explained explained = Explain({1'000, 3, std::nullopt, 10}, {998, 400, 600, 1'003, 1'000});
	ASSERT_EQ(explained.count, 4);
	EXPECT_EQ(std::get<Members>(explained.sets[0]), Members{4});
	EXPECT_EQ(std::get<Members>(explained.sets[1]), (Members{1, 2}));
	EXPECT_EQ(std::get<Members>(explained.sets[2]), Members{0});
	EXPECT_EQ(std::get<3>(explained.sets[2]), -2);
	EXPECT_EQ(std::get<Members>(explained.sets[3]), Members{3});
	EXPECT_EQ(std::get<3>(explained.sets[3]), 3);
}

TEST(ExplainSum, EmptySetExplainsNothing) {
	EXPECT_EQ(Explain({0}, {}), Explained{});
	EXPECT_EQ(Explain({5, 10}, {}), Explained{});
	EXPECT_EQ(Explain({0}, {1, 2, 3}), Explained{});
	EXPECT_EQ(Explain({0, 0, 1}, {1, 2, 3}), Explained{});
	EXPECT_EQ(Explain({0}, {5, -5, 3}).count, 1);
	EXPECT_EQ(Explain({7}, {1, 2, 3}), Explained{});
}

TEST(ExplainSum, SumsDoNotOverflow) {
	EXPECT_EQ(Explain({highest}, Amounts(40, highest)).count, 40);
	EXPECT_EQ(Explain({lowest}, Amounts(40, lowest)).count, 40);
	// Four times the highest is -4 where sums wrap.
	EXPECT_EQ(Explain({-4}, Amounts(4, highest)).count, 0);
	EXPECT_EQ(Explain({0}, Amounts(2, lowest)).count, 0);
	EXPECT_EQ(Explain({-1}, {lowest, highest}).count, 1);
	const Explained far = Explain({lowest, highest}, {-1, 0, lowest, highest});
	EXPECT_EQ(far, ExplainSlowly({lowest, highest}, {-1, 0, lowest, highest}));
	EXPECT_EQ(std::get<3>(far.sets[0]), 0);
}

std::string
Refusal(const SumQuery &query, std::size_t amounts) {
	try {
		ExplainSum(query, Amounts(amounts, 1), std::pmr::new_delete_resource());
	} catch (const Error &error) {
		EXPECT_TRUE(std::string_view(error.sqlstate()) != sqlstate::limit_exceeded ||
		            !std::string_view(error.hint()).empty());
		return error.sqlstate();
	}
	return "";
}

TEST(ExplainSum, RefusesWhatItCannotSearch) {
	EXPECT_EQ(Refusal({1, -1}, 3), sqlstate::invalid_parameter);
	EXPECT_EQ(Refusal({1, 0, 0}, 3), sqlstate::invalid_parameter);
	EXPECT_EQ(Refusal({1, 0, std::nullopt, 0}, 3), sqlstate::invalid_parameter);
	EXPECT_EQ(Refusal({1, 0, std::nullopt, max_sum_sets + 1}, 3), sqlstate::invalid_parameter);
	EXPECT_EQ(Refusal({1}, 41), sqlstate::limit_exceeded);
	EXPECT_EQ(Refusal({1, 0, 40}, 41), sqlstate::limit_exceeded);
	EXPECT_EQ(Refusal({1, 0, 4}, 112), "");
	EXPECT_EQ(Refusal({1, 0, 5}, 112), sqlstate::limit_exceeded);
	EXPECT_EQ(Refusal({1, 0, 5}, 84), "");
	EXPECT_EQ(Refusal({1, 0, 1}, 113), sqlstate::limit_exceeded);
	EXPECT_EQ(Refusal({1, 0, 1}, 1'000'000), sqlstate::limit_exceeded);
}

// Fails at its n-th allocation, and counts what is not given back.
class FailingResource : public std::pmr::memory_resource {
public:
	explicit FailingResource(int allowed) : allowed_(allowed) {
	}
	~FailingResource() override {
		EXPECT_EQ(held_, 0U);
	}
	std::size_t
	peak() const {
		return peak_;
	}

private:
	void *
	do_allocate(std::size_t size, std::size_t alignment) override {
		if (--allowed_ < 0) {
			throw std::bad_alloc();
		}
		held_ += size;
		peak_ = std::max(peak_, held_);
		return std::pmr::new_delete_resource()->allocate(size, alignment);
	}
	void
	do_deallocate(void *memory, std::size_t size, std::size_t alignment) override {
		held_ -= size;
		std::pmr::new_delete_resource()->deallocate(memory, size, alignment);
	}
	bool
	do_is_equal(const std::pmr::memory_resource &other) const noexcept override {
		return this == &other;
	}

	int allowed_;
	std::size_t held_ = 0;
	std::size_t peak_ = 0;
};

TEST(ExplainSum, SurvivesEveryFailingAllocation) {
	const Amounts amounts{500, 200, 500, 900, -100, 300, highest};
	for (const SumQuery &query : {SumQuery{700}, SumQuery{700, 100, 3, 5}}) {
		bool is_complete = false;
		for (int allowed = 0; !is_complete; ++allowed) {
			ASSERT_LT(allowed, 100);
			FailingResource memory(allowed);
			try {
				EXPECT_GT(ExplainSum(query, amounts, &memory).count, 1);
				is_complete = true;
			} catch (const std::bad_alloc &) {
			}
		}
	}
}

TEST(ExplainSum, KeepsToItsMemory) {
	Amounts amounts(40);
	for (std::size_t i = 0; i < amounts.size(); ++i) {
		amounts[i] = static_cast<std::int64_t>(i * 7 + 1);
	}
	FailingResource narrow(1'000), wide(1'000), limited(1'000);
	ExplainSum({1'000, 5}, amounts, &narrow);
	ExplainSum({1'000, 5, 30}, amounts, &limited);
	amounts[0] = highest;
	ExplainSum({1'000, 5}, amounts, &wide);
	constexpr std::size_t rest = 10'000;
	EXPECT_LE(narrow.peak(), (std::size_t{32} << 20) + rest);
	EXPECT_LE(limited.peak(), (std::size_t{32} << 20) + rest);
	EXPECT_LE(wide.peak(), (std::size_t{64} << 20) + rest);
}

TEST(ExplainSum, CanBeInterrupted) {
	struct Interrupted {};
	auto *const before = std::exchange(poll_interrupts, [] { throw Interrupted{}; });
	FailingResource memory(1'000);
	EXPECT_THROW(ExplainSum({1'000}, Amounts(30, 100), &memory), Interrupted);
	poll_interrupts = before;
}

std::uint64_t
Setting(const char *name, std::uint64_t otherwise) {
	const char *value = std::getenv(name);
	return value == nullptr ? otherwise : std::strtoull(value, nullptr, 10);
}

// What may link automatically: a total with a single explanation. MESHLINE_POOLS and MESHLINE_SEED.
TEST(ExplainSum, LinksNoPoolWrongly) {
	const std::uint64_t pools = Setting("MESHLINE_POOLS", 300), first = Setting("MESHLINE_SEED", 1);
	std::uint64_t wrong = 0, unexplained = 0, unique[2] = {}, ambiguous[2] = {};
	for (std::uint64_t seed = first; seed < first + pools; ++seed) {
		const SumPool pool = RandomSumPool(seed, 30);
		const bool is_invoices = seed % 2 == 1;
		// Half of the pools of each kind say how many members the truth can have.
		const SumQuery query{pool.target, 0, seed % 4 < 2 ? std::optional<std::size_t>(8) : std::nullopt};
		const Explained explained = Explain(query, pool.amounts);
		unexplained += explained.count == 0 ? 1 : 0;
		if (explained.count == 1) {
			++unique[is_invoices];
			wrong += std::get<Members>(explained.sets.at(0)) == pool.members ? 0 : 1;
		} else {
			++ambiguous[is_invoices];
		}
	}
	std::printf("%llu pools of 30: orders %llu unique, %llu ambiguous; invoices %llu unique, %llu ambiguous; "
	            "%llu wrong links\n",
	            static_cast<unsigned long long>(pools), static_cast<unsigned long long>(unique[0]),
	            static_cast<unsigned long long>(ambiguous[0]), static_cast<unsigned long long>(unique[1]),
	            static_cast<unsigned long long>(ambiguous[1]), static_cast<unsigned long long>(wrong));
	EXPECT_EQ(wrong, 0U);
	EXPECT_EQ(unexplained, 0U);
}

} // namespace
} // namespace meshline::match
