// SPDX-License-Identifier: PostgreSQL
// What the ledgers have booked of an order, summed as the checks of postings compare it.
#pragma once

#include <optional>
#include <string_view>

#include "core/order_book.hpp"
#include "core/wide.hpp"

namespace meshline {

// The live postings of one type in one ledger connection. A sale may be booked whole in each of several
// objects (a sales order, then its cash sale), so those are summed apart.
struct Posted {
	std::int64_t connection_id;
	std::string_view object; // "" when the objects add up
	Posting posting;
	Wide sum = 0;
	Minor count = 0;
	const RecordView *first = nullptr;
	std::optional<Instant> latest = {};
};

// Whether the record is a live posting that the merchant counts, readable or not.
bool IsPosting(const OrderBook &book, const RecordView &record);
// Whether the record is one of those that a sum is made of.
bool IsPartOf(const OrderBook &book, const RecordView &record, const Posted &posted);

// The postings in the order's currency that have an amount, summed; sorted by type, connection and object.
Vector<Posted> SumPostings(const OrderBook &book);
// Whether the posting has an amount to compare.
bool IsCounted(const OrderBook &book, const RecordView &record);
// Names the postings of a sum as evidence.
void AddPostings(const OrderBook &book, const Posted &posted, Finding &finding, Sink &sink);

// How a posting differs from what it was when its period was closed.
struct ChangeSinceClose {
	ChangeSinceClose(const OrderBook &book, const RecordView &record);

	bool
	IsAny() const noexcept {
		return posted != frozen || others > 0;
	}

	Minor frozen = 0;   // what it booked
	Minor posted = 0;   // what it books now in closed periods, in that currency
	Minor others = 0;   // changes besides the amount: of the date, of a part, of being there at all
	Minor part_gap = 0; // the largest difference of a part
};

// Whether the posting is no longer what it was when its period was closed.
bool IsAltered(const OrderBook &book, const RecordView &record);
// What those alterations have taken from a sum.
Wide TakenByAlteration(const OrderBook &book, const Posted &posted);

// A booked sale whose amount is the order's: its tax, shipping and discount against the order's.
void CheckPostedParts(const OrderBook &book, const Posted &posted, Sink &sink);
// Booked sales and refunds whose amounts are right: the periods that they are booked in.
void CheckPostedDays(const OrderBook &book, const Posted &posted, Sink &sink);

} // namespace meshline

#ifdef POSTGRES_H
#error "the core sees no PostgreSQL header"
#endif
