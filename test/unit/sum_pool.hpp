// SPDX-License-Identifier: PostgreSQL
// Pools of amounts with a planted truth: a payout or payment that some of the open orders or invoices make
// up, and the others of the same days.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <numeric>
#include <random>
#include <vector>

namespace meshline {

struct SumPool {
	std::vector<std::int64_t> amounts;  // cents
	std::vector<std::uint32_t> members; // of the truth, ascending
	std::int64_t target = 0;            // their sum
};

// An order of a shop: one to four articles with the endings that prices have, freight, often sales tax.
inline std::int64_t
RandomOrderAmount(std::mt19937_64 &random) {
	static constexpr std::int64_t endings[] = {99, 99, 95, 50, 0, 0};
	static constexpr std::int64_t freights[] = {0, 0, 495, 795};
	std::int64_t amount = freights[random() % std::size(freights)];
	for (std::uint64_t articles = 1 + random() % 4; articles > 0; --articles) {
		const auto price =
		    static_cast<std::int64_t>(500 * std::exp(static_cast<double>(random() % 300) / 100));
		amount += price / 100 * 100 + endings[random() % std::size(endings)];
	}
	return random() % 2 == 0 ? amount : amount + amount * 825 / 10'000;
}

// An invoice between companies: from a hundred to twenty thousand, in odd cents.
inline std::int64_t
RandomInvoiceAmount(std::mt19937_64 &random) {
	return static_cast<std::int64_t>(10'000 * std::exp(static_cast<double>(random() % 530'000) / 100'000));
}

// Orders and refunds of a shop for an even seed, invoices for an odd one; two to eight members.
inline SumPool
RandomSumPool(std::uint64_t seed, std::size_t candidates) {
	std::mt19937_64 random(seed);
	SumPool pool;
	for (std::size_t i = 0; i < candidates; ++i) {
		if (seed % 2 == 1) {
			pool.amounts.push_back(RandomInvoiceAmount(random));
		} else if (i > 0 && random() % 12 == 0) {
			const std::int64_t refunded = pool.amounts[random() % i];
			pool.amounts.push_back(random() % 2 == 0 ? -refunded : -refunded / 2);
		} else {
			pool.amounts.push_back(RandomOrderAmount(random));
		}
	}
	std::vector<std::uint32_t> indexes(candidates);
	std::iota(indexes.begin(), indexes.end(), 0);
	std::shuffle(indexes.begin(), indexes.end(), random);
	pool.members.assign(indexes.begin(), indexes.begin() + static_cast<std::ptrdiff_t>(2 + random() % 7));
	std::sort(pool.members.begin(), pool.members.end());
	for (const std::uint32_t member : pool.members) {
		pool.target += pool.amounts[member];
	}
	return pool;
}

} // namespace meshline
