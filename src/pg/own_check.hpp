// SPDX-License-Identifier: PostgreSQL
// Checks that merchants add with add_check(): SQL functions that are asked about each batch of entities.
#pragma once

#include <string_view>

#include "pg/reconcile_store.hpp"

namespace meshline::pg {

inline constexpr std::string_view check_failed = "CHECK_FAILED";

// Whether an exception is from such a check, or about one that failed.
inline bool
IsOfOwnCheck(std::string_view reason) noexcept {
	return reason.starts_with("X_") || reason == check_failed;
}

// Asks the checks that are switched on about the set's entities, whose sums are stored, and stores what they
// find. One that fails is an exception of each entity; only what must end the batch is thrown.
void RunOwnChecks(const ReconcileSet &set);

} // namespace meshline::pg
