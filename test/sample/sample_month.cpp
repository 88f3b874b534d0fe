// SPDX-License-Identifier: PostgreSQL
// sample_month: a shop's month over Shopify, Stripe, NetSuite and QuickBooks, with planted
// discrepancies and the truth about them. See docs/sample.md.
#include <cstdio>
#include <exception>
#include <span>
#include <stdexcept>
#include <string_view>

#include "model.hpp"
#include "options.hpp"

namespace meshline::sample {

namespace {

constexpr const char *usage =
    "usage: sample_month --out DIR [--seed N] [--orders N] [--start YYYY-MM-DD]\n"
    "                    [--clean] [--shuffle SEED] [--repeat PERCENT] [--wholesale PERCENT]\n";

Options
ParseOptions(std::span<char *> arguments) {
	Options options;
	options.start = ParseDate("2026-09-01");
	for (std::size_t i = 0; i < arguments.size(); ++i) {
		const std::string_view name = arguments[i];
		if (name == "--clean") {
			options.is_clean = true;
			continue;
		}
		if (i + 1 == arguments.size()) {
			throw std::invalid_argument("unknown option or missing value: " + std::string(name));
		}
		const std::string_view value = arguments[++i];
		if (name == "--seed") {
			options.seed = ParseNumber<std::uint64_t>(name, value, 0, UINT64_MAX);
		} else if (name == "--orders") {
			options.orders = ParseNumber(name, value, 1, 10'000'000);
		} else if (name == "--start") {
			options.start = ParseDate(value);
		} else if (name == "--out") {
			options.out = value;
		} else if (name == "--shuffle") {
			options.is_shuffled = true;
			options.shuffle_seed = ParseNumber<std::uint64_t>(name, value, 0, UINT64_MAX);
		} else if (name == "--repeat") {
			options.repeat_percent = ParseNumber(name, value, 0, 100);
		} else if (name == "--wholesale") {
			options.wholesale_percent = ParseNumber(name, value, 0, 100);
		} else {
			throw std::invalid_argument("unknown option: " + std::string(name));
		}
	}
	if (options.out.empty()) {
		throw std::invalid_argument("--out is required");
	}
	return options;
}

void
MakeMonth(const Options &options) {
	Month month;
	month.options = options;
	PlanCustomers(month);
	PlanOrders(month);
	PlanStrays(month);
	PlanSettlement(month);
	PlanDeliveries(month);
	PlanTruth(month);
	PlanRepeats(month);
	WriteMonth(month);
	std::printf("%d orders, %zu payloads, %zu truth rows in %s\n", options.orders, month.deliveries.size(),
	            month.truth.size(), options.out.c_str());
}

} // namespace

} // namespace meshline::sample

int
main(int count, char **values) {
	try {
		meshline::sample::MakeMonth(meshline::sample::ParseOptions(
		    {values + 1, static_cast<std::size_t>(count > 0 ? count - 1 : 0)}));
		return 0;
	} catch (const std::invalid_argument &error) {
		std::fprintf(stderr, "sample_month: %s\n%s", error.what(), meshline::sample::usage);
		return 2;
	} catch (const std::exception &error) {
		std::fprintf(stderr, "sample_month: %s\n", error.what());
		return 1;
	}
}
