// SPDX-License-Identifier: PostgreSQL
// What was given back of money that was too much.
#pragma once

#include "core/order_book.hpp"
#include "core/wide.hpp"

namespace meshline {

// By disputes, and by refunds that name no goods: those that do pay for goods that the total still has.
struct GivenBack {
	GivenBack(const OrderBook &book, std::string_view currency);

	// What is left of an excess.
	Minor LeftOf(Minor excess) const noexcept;
	// Adds the number and the records that it is the sum of.
	void AddTo(Finding &finding, Sink &sink) const;

	Wide sum = 0;
	Vector<const Movement *> refunds;
	Vector<const RecordView *> disputes;
};

} // namespace meshline

#ifdef POSTGRES_H
#error "the core sees no PostgreSQL header"
#endif
