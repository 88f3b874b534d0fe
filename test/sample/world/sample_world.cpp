// SPDX-License-Identifier: PostgreSQL
// sample_world: three businesses over nine systems, their bank and a warehouse, with planted discrepancies
// and the truth about them. See docs/sample.md.
#include <array>
#include <cstdio>
#include <exception>
#include <span>
#include <stdexcept>

#include "../options.hpp"
#include "world.hpp"

namespace meshline::sample {

namespace {

constexpr const char *usage =
    "usage: sample_world --out DIR [--seed N] [--orders N] [--start YYYY-MM-DD] [--days N] [--clean]\n";

constexpr std::int64_t most = 100'000'000; // of every number

WorldOptions
ParseOptions(std::span<char *> arguments) {
	WorldOptions options;
	options.start = ParseDate("2026-07-01");
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
			options.seed = ParseNumber<std::uint64_t>(name, value, 0, most);
		} else if (name == "--orders") {
			options.orders = ParseNumber<std::int64_t>(name, value, 1, most);
		} else if (name == "--days") {
			options.days = ParseNumber<int>(name, value, 50, most);
		} else if (name == "--start") {
			options.start = ParseDate(value);
		} else if (name == "--out") {
			options.out = value;
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
MakeWorld(const WorldOptions &options) {
	World world(options);
	const std::unique_ptr<Business> outdoor = MakeOutdoorShop(world);
	const std::unique_ptr<Business> atelier = MakeAtelier(world);
	const std::unique_ptr<Business> trader = MakeTrader(world);
	const std::array<Business *, 10> turns = {outdoor.get(), atelier.get(), outdoor.get(), trader.get(),
	                                          outdoor.get(), atelier.get(), outdoor.get(), trader.get(),
	                                          outdoor.get(), atelier.get()};
	Seconds midnight = options.start + day;
	for (std::int64_t i = 0; i < options.orders; ++i) {
		const Seconds at = options.start + i * (options.days * day) / options.orders;
		for (; midnight <= at; midnight += day) {
			for (Business *business : {outdoor.get(), atelier.get(), trader.get()}) {
				business->CloseDay(midnight);
			}
		}
		world.WriteUntil(at);
		turns[static_cast<std::size_t>(i) % turns.size()]->Sell(i + 1, at);
	}
	for (; midnight <= world.last_day(); midnight += day) {
		for (Business *business : {outdoor.get(), atelier.get(), trader.get()}) {
			business->CloseDay(midnight);
		}
	}
	world.Finish();
	std::printf("%lld orders, %lld payloads, %lld truth rows in %s\n", static_cast<long long>(options.orders),
	            static_cast<long long>(world.payloads()), static_cast<long long>(world.planted()),
	            options.out.c_str());
}

} // namespace

} // namespace meshline::sample

int
main(int count, char **values) {
	try {
		meshline::sample::MakeWorld(meshline::sample::ParseOptions(
		    {values + 1, static_cast<std::size_t>(count > 0 ? count - 1 : 0)}));
		return 0;
	} catch (const std::invalid_argument &error) {
		std::fprintf(stderr, "sample_world: %s\n%s", error.what(), meshline::sample::usage);
		return 2;
	} catch (const std::exception &error) {
		std::fprintf(stderr, "sample_world: %s\n", error.what());
		return 1;
	}
}
