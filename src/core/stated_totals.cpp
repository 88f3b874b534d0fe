// SPDX-License-Identifier: PostgreSQL
#include "core/stated_totals.hpp"

#include <algorithm>

namespace meshline {

void
StatedTotals::Add(const std::optional<Minor> &total) {
	if (!total) {
		return;
	}
	const auto at = std::lower_bound(totals_.begin(), totals_.end(), *total);
	if (at != totals_.end() && *at == *total) {
		return;
	}
	totals_.insert(at, *total);
	if (totals_.size() > most) {
		totals_.pop_back();
	}
}

bool
StatedTotals::IsOnly(const std::optional<Minor> &current) const noexcept {
	return totals_.empty() || (totals_.size() == 1 && current == totals_.front());
}

} // namespace meshline
