// SPDX-License-Identifier: PostgreSQL
#include "core/stated_totals.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>
#include <vector>

namespace meshline {

namespace {

std::vector<Minor>
Stated(const std::vector<Minor> &versions) {
	StatedTotals stated(std::pmr::new_delete_resource());
	for (const Minor total : versions) {
		stated.Add(total);
	}
	return {stated.totals().begin(), stated.totals().end()};
}

} // namespace

TEST(StatedTotals, AreTheLowestWhateverTheOrder) {
	std::mt19937 random(1);
	for (int round = 0; round < 500; ++round) {
		std::vector<Minor> versions(random() % 40);
		std::generate(versions.begin(), versions.end(),
		              [&] { return static_cast<Minor>(random() % 60) - 10; });
		const std::set<Minor> all(versions.begin(), versions.end());
		std::vector<Minor> lowest(all.begin(), all.end());
		lowest.resize(std::min(lowest.size(), StatedTotals::most));
		ASSERT_EQ(Stated(versions), lowest);
		std::shuffle(versions.begin(), versions.end(), random);
		ASSERT_EQ(Stated(versions), lowest);
	}
}

TEST(StatedTotals, AreNoNewsWhereOnlyTheCurrentOneWasStated) {
	StatedTotals stated(std::pmr::new_delete_resource());
	EXPECT_TRUE(stated.IsOnly(std::nullopt));
	EXPECT_TRUE(stated.IsOnly(5000));
	stated.Add(std::nullopt);
	stated.Add(5000);
	EXPECT_TRUE(stated.IsOnly(5000));
	EXPECT_FALSE(stated.IsOnly(std::nullopt)); // the current version cannot be read
	EXPECT_FALSE(stated.IsOnly(6000));
	stated.Add(6000);
	EXPECT_FALSE(stated.IsOnly(5000));
}

} // namespace meshline
