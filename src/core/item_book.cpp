// SPDX-License-Identifier: PostgreSQL
#include "core/item_book.hpp"

#include <algorithm>

#include "core/wide.hpp"

namespace meshline {

namespace {

bool
IsOfSource(const RecordView &record, const RecordView &order) noexcept {
	return record.connection_id == order.connection_id;
}

// A line's id says more than a SKU, which several lines of an order may have; it means something in its own
// source only.
bool
IsOfLine(const Item &item, const Item &ordered, bool is_same_source) noexcept {
	if (is_same_source && !item.line.empty() && !ordered.line.empty()) {
		return item.line == ordered.line;
	}
	return !item.sku.empty() && item.sku == ordered.sku;
}

Minor
Ordered(const ItemLine &line) noexcept {
	return line.ordered->quantity;
}

// Spreads pieces over the lines that they may be of: each takes what `space` leaves it, the last the rest.
// False when they are of no line.
template <typename Space>
bool
Spread(Vector<ItemLine> &lines, const Item &item, bool is_same_source, Minor pieces, Minor ItemLine::*to,
       Space space) {
	ItemLine *last = nullptr;
	pieces = std::max<Minor>(pieces, 0);
	for (ItemLine &line : lines) {
		if (!IsOfLine(item, *line.ordered, is_same_source)) {
			continue;
		}
		const Minor taken = std::clamp<Minor>(Minus(space(line), line.*to), 0, pieces);
		line.*to += taken;
		pieces -= taken;
		last = &line;
	}
	if (last != nullptr) {
		last->*to = Plus(last->*to, pieces);
	}
	return last != nullptr;
}

// The records of a kind that name pieces or may do so: of the order's own source if it has any, else all.
template <typename Wanted>
Vector<const RecordView *>
FromOneSource(const OrderBook &book, Wanted wanted) {
	Vector<const RecordView *> chosen(book.arena);
	for (const bool is_own_source : {true, false}) {
		for (const RecordView *record : book.records) {
			if (IsUsable(*record) && wanted(*record) && IsOfSource(*record, *book.order) == is_own_source) {
				chosen.push_back(record);
			}
		}
		if (!chosen.empty()) {
			break;
		}
	}
	return chosen;
}

} // namespace

ItemBook::ItemBook(const OrderBook &book)
    : lines(book.arena), shipments(book.arena), returns(book.arena), movements(book.arena) {
	if (book.order == nullptr || !IsUsable(*book.order)) {
		return;
	}
	lines.reserve(book.order->items.size());
	for (const Item &item : book.order->items) {
		ItemLine &line = lines.emplace_back();
		line.ordered = &item;
		line.wanted = std::min(item.current.value_or(item.quantity), item.quantity);
	}
	AddReturns(book);
	AddShipments(book);
	AddMovements(book);
}

void
ItemBook::AddReturns(const OrderBook &book) {
	returns = FromOneSource(book, [](const RecordView &record) {
		return record.kind == Kind::refund && !record.items.empty() && !IsDead(record.status);
	});
	for (const RecordView *record : returns) {
		returned_at = std::max(returned_at, record->occurred_at);
		for (const Item &item : record->items) {
			const bool is_same_source = IsOfSource(*record, *book.order);
			Spread(lines, item, is_same_source, item.quantity, &ItemLine::given_back, Ordered);
			if (item.returned == Returned::cancelled) {
				Spread(lines, item, is_same_source, item.quantity, &ItemLine::cancelled, Ordered);
			} else if (item.returned == Returned::restocked) {
				Spread(lines, item, is_same_source, item.quantity, &ItemLine::restocked, Ordered);
			}
		}
	}
	// An order's payload may be older than its refund's, and then still wants what was given back.
	for (ItemLine &line : lines) {
		const Minor left = Minus(line.ordered->quantity, line.given_back);
		line.wanted = std::max<Minor>(std::min(line.wanted, left), 0);
	}
}

void
ItemBook::AddShipments(const OrderBook &book) {
	shipments = FromOneSource(book, [](const RecordView &record) {
		return record.kind == Kind::fulfillment && record.status == Status::paid;
	});
	is_shipped_known = !shipments.empty();
	for (const RecordView *record : shipments) {
		is_shipped_known = is_shipped_known && !record->items.empty();
		for (const Item &item : record->items) {
			is_shipped_known = Spread(lines, item, IsOfSource(*record, *book.order), item.quantity,
			                          &ItemLine::shipped, Ordered) &&
			                   is_shipped_known;
		}
	}
}

void
ItemBook::AddMovements(const OrderBook &book) {
	for (const RecordView *record : book.records) {
		if (record->kind != Kind::stock_movement || !IsUsable(*record) || IsDead(record->status)) {
			continue;
		}
		movements.push_back(record);
		for (const Item &item : record->items) {
			const bool is_out = item.quantity < 0;
			if (item.quantity > 0) {
				put_back_at = std::max(put_back_at, record->occurred_at);
			}
			Spread(lines, item, IsOfSource(*record, *book.order), Apart(item.quantity, 0),
			       is_out ? &ItemLine::taken_out : &ItemLine::put_back,
			       [&](const ItemLine &line) { return is_out ? line.shipped : line.restocked; });
		}
	}
}

Minor
ValueOf(const Item &ordered, Minor quantity) noexcept {
	if (ordered.amount.value_or(0) <= 0 || ordered.quantity <= 0 || quantity <= 0) {
		return 0;
	}
	return Clamp((Wide{*ordered.amount} * quantity + ordered.quantity / 2) / ordered.quantity);
}

} // namespace meshline
