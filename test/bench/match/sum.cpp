// SPDX-License-Identifier: PostgreSQL
// What explaining a total costs and how often it can be done: random pools with a planted truth.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <memory_resource>
#include <string>
#include <vector>

#include "core/match/explain_sum.hpp"
#include "sum_pool.hpp"

namespace {

using meshline::SumPool;
using meshline::match::ExplainSum;
using meshline::match::SumQuery;

double
CpuMilliseconds() {
	timespec now{};
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

// The median over pools, of orders and of invoices by turns.
double
MedianMilliseconds(std::uint64_t pools, std::size_t candidates, const SumQuery &settings) {
	std::vector<double> times;
	for (std::uint64_t seed = 1; seed <= pools; ++seed) {
		const SumPool pool = meshline::RandomSumPool(seed, candidates);
		SumQuery query = settings;
		query.target = pool.target;
		const double started = CpuMilliseconds();
		ExplainSum(query, pool.amounts, std::pmr::new_delete_resource());
		times.push_back(CpuMilliseconds() - started);
	}
	std::nth_element(times.begin(), times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2),
	                 times.end());
	return times[times.size() / 2];
}

struct Links {
	int unique = 0;
	int wrong = 0;
};

// What would be linked automatically: totals with one explanation. Without a member of the truth in the
// pool every such link is wrong.
Links
CountLinks(std::uint64_t pools, std::size_t candidates, bool is_truth_complete) {
	Links links;
	for (std::uint64_t seed = 1; seed <= pools; ++seed) {
		SumPool pool = meshline::RandomSumPool(seed, candidates);
		if (!is_truth_complete) {
			pool.amounts.erase(pool.amounts.begin() + pool.members[0]);
		}
		const auto explained = ExplainSum({pool.target, 0, 8}, pool.amounts, std::pmr::new_delete_resource());
		if (explained.count == 1) {
			++links.unique;
			links.wrong += !is_truth_complete || !std::ranges::equal(
			                                         meshline::Span(explained.sets[0].members), pool.members)
			                   ? 1
			                   : 0;
		}
	}
	return links;
}

void
Figure(const char *name, double value, const char *unit, const char *format = "figure: sum.%s %.2f %s\n") {
	std::printf(format, name, value, unit);
}

} // namespace

int
main(int argc, char **argv) {
	const std::uint64_t pools = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 10'000;
	constexpr const char *whole = "figure: sum.%s %.0f %s\n";
	Figure("30_candidates_ms", MedianMilliseconds(1'000, 30, {}), "ms");
	Figure("30_candidates_max_size_8_ms", MedianMilliseconds(1'000, 30, {.max_size = 8}), "ms");
	Figure("30_candidates_tolerance_100_ms", MedianMilliseconds(1'000, 30, {.tolerance = 100}), "ms");
	Figure("40_candidates_ms", MedianMilliseconds(20, 40, {}), "ms");
	for (const std::size_t candidates : {10, 20, 30}) {
		const Links links = CountLinks(pools, candidates, true);
		const std::string suffix = candidates == 30 ? "" : "_of_" + std::to_string(candidates);
		Figure(("links" + suffix).c_str(), links.unique, "pairs", whole);
		Figure(("wrong_links" + suffix).c_str(), links.wrong, "pairs", whole);
		Figure(("links_without_truth" + suffix).c_str(), CountLinks(pools, candidates, false).wrong, "pairs",
		       whole);
	}
}
