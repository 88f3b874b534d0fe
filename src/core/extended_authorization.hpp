// SPDX-License-Identifier: PostgreSQL
// Captures of an authorization that lived longer than usual.
#pragma once

#include <optional>

#include "core/order_book.hpp"
#include "core/wide.hpp"

namespace meshline {

// A capture between the usual end of its authorization and the end that the source states.
struct LateCapture {
	const RecordView *authorization;
	const RecordView *capture;
	std::int64_t hours; // begun ones since the usual end
};
std::optional<LateCapture> LateCaptureOf(const OrderBook &book, const Movement &payment);

// Names a late capture, with what it cost beyond the agreed fee; 0 where that is not known.
void RaiseExtended(const Movement &payment, const LateCapture &late, Minor extra, Sink &sink);

} // namespace meshline

#ifdef POSTGRES_H
#error "the core sees no PostgreSQL header"
#endif
