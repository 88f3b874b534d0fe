// SPDX-License-Identifier: PostgreSQL
// The lines of an order, with what was shipped, given back and moved in stock of each.
#pragma once

#include "core/order_book.hpp"

namespace meshline {

// Numbers of pieces of one line of an order.
struct ItemLine {
	const Item *ordered = nullptr;
	Minor wanted = 0;     // to be shipped, or shipped and kept
	Minor given_back = 0; // refunded, whatever became of them
	Minor cancelled = 0;  // of those: they never left
	Minor shipped = 0;    // have left
	Minor restocked = 0;  // of those given back: meant to be in stock again
	Minor taken_out = 0;  // of a stock
	Minor put_back = 0;   // into a stock
};

// Only what the order's own source ships counts; what others ship where it ships nothing. The same goes for
// what is given back: a ledger's document of a return is no second return.
struct ItemBook {
	explicit ItemBook(const OrderBook &book);

	Vector<ItemLine> lines;               // empty: what was ordered is not known
	Vector<const RecordView *> shipments; // that have left
	Vector<const RecordView *> returns;   // refunds that name pieces
	Vector<const RecordView *> movements; // of stock
	bool is_shipped_known = false;        // of every shipment it is known what it carried
	std::optional<Instant> returned_at;   // the latest of the returns
	std::optional<Instant> put_back_at;   // the latest of the movements into a stock

private:
	void AddShipments(const OrderBook &book);
	void AddReturns(const OrderBook &book);
	void AddMovements(const OrderBook &book);
};

// What so many pieces of a line cost, to the nearest minor unit; 0 when the order does not say, or gives them
// away.
Minor ValueOf(const Item &ordered, Minor quantity) noexcept;

} // namespace meshline

#ifdef POSTGRES_H
#error "the core sees no PostgreSQL header"
#endif
