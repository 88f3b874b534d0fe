// SPDX-License-Identifier: PostgreSQL
// What an order has come to, version by version.
#pragma once

#include <optional>

#include "core/fact.hpp"
#include "core/memory.hpp"

namespace meshline {

// The totals that the versions of one order have stated: sorted, each once, the lowest where there are very
// many. The same whatever the order in which the versions came in.
class StatedTotals {
public:
	static constexpr std::size_t most = 16;

	explicit StatedTotals(std::pmr::memory_resource *memory) : totals_(memory) {
	}

	void Add(const std::optional<Minor> &total);

	// Nothing was ever stated but `current`, or nothing at all.
	bool IsOnly(const std::optional<Minor> &current) const noexcept;

	std::span<const Minor>
	totals() const noexcept {
		return Span(totals_);
	}

private:
	Vector<Minor> totals_;
};

} // namespace meshline

#ifdef POSTGRES_H
#error "the core sees no PostgreSQL header"
#endif
