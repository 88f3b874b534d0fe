// SPDX-License-Identifier: PostgreSQL
// Family fulfillment, of stocks: what is promised beyond them, and what shipments and returns did not move.
#include <algorithm>

#include "core/item_book.hpp"
#include "core/wide.hpp"

namespace meshline {

namespace {

void
CheckOversold(const RecordView &level, Sink &sink) {
	for (const Item &item : level.items) {
		const Minor available = item.available.value_or(0);
		Finding *finding = available < 0 ? sink.Raise(Reason::oversold, sink.Id(level), {}) : nullptr;
		if (finding == nullptr) {
			continue;
		}
		sink.AddRecord(*finding, level);
		finding->terms.push_back({"available", available, sink.Id(level), true});
		finding->formula = "available >= 0";
		finding->explanation = sink.Text({"more of ", item.sku.empty() ? item.product : item.sku,
		                                  " is promised than there is at this place"});
		finding->remedy = "stock brought in, or orders for it cancelled";
	}
}

// Pieces that should have moved, and those that did, of the lines where they differ.
struct Moved {
	Wide due = 0;
	Wide actual = 0;
	Wide value = 0;

	void
	Add(const ItemLine &line, Minor should, Minor did) noexcept {
		if (should != did) {
			due += should;
			actual += did;
			value += ValueOf(*line.ordered, Apart(should, did));
		}
	}
};

struct Wording {
	Reason reason;
	std::string_view expectation;
	std::string_view explanation;
	std::string_view remedy;
};

constexpr Wording out_wording{Reason::stock_not_decremented, "the stock is to fall by what was shipped",
                              "pieces have left that no stock has lost",
                              "a movement of stock for the shipment"};
constexpr Wording in_wording{
    Reason::return_not_restocked, "what was returned is to be back in stock",
    "the stock has not got back what was given back to be sold again, or more than was given back",
    "a movement of stock for the return"};

void
Raise(const Wording &wording, const Moved &moved, std::span<const RecordView *const> causes,
      const ItemBook &items, const OrderBook &book, Instant due_at, Sink &sink) {
	const bool agrees = moved.due == 0 && moved.actual == 0;
	Finding *finding = agrees ? nullptr
	                          : sink.RaiseIfDue(wording.reason, {}, book.totals.currency, due_at,
	                                            Clamp(moved.value), wording.expectation);
	if (finding == nullptr) {
		return;
	}
	finding->at_risk = Clamp(moved.value);
	sink.AddRecord(*finding, *book.order);
	for (const RecordView *record : causes) {
		sink.AddRecord(*finding, *record);
	}
	for (const RecordView *record : items.movements) {
		sink.AddRecord(*finding, *record);
	}
	finding->terms.push_back({"moved", Clamp(moved.actual), {}, true});
	finding->terms.push_back({"due", Clamp(moved.due), {}, true});
	finding->formula = "moved = due";
	finding->explanation = wording.explanation;
	finding->remedy = wording.remedy;
}

} // namespace

void
CheckStock(const ItemBook &items, const OrderBook &book, Sink &sink) {
	for (const RecordView *record : book.records) {
		if (record->kind == Kind::stock_movement && IsUsable(*record) && !IsDead(record->status)) {
			CheckOversold(*record, sink);
		}
	}
	if (items.lines.empty() || !book.policy.stock_grace_days) {
		return;
	}
	const int grace = *book.policy.stock_grace_days;
	Moved out, in;
	for (const ItemLine &line : items.lines) {
		// What names no SKU is found in no stock.
		if (line.ordered->sku.empty() && line.taken_out == 0 && line.put_back == 0) {
			continue;
		}
		// Some shops take out what is ordered, before it leaves, and put back what never left.
		const Minor unshipped = std::max<Minor>(Minus(line.taken_out, line.shipped), 0);
		const Minor most = std::max(
		    {line.restocked, line.given_back, Plus(Minus(line.given_back, line.cancelled), unshipped)});
		out.Add(line, line.shipped, std::min(line.shipped, line.taken_out));
		in.Add(line, std::clamp(line.put_back, line.restocked, most), line.put_back);
	}
	std::optional<Instant> shipped_at;
	for (const RecordView *shipment : items.shipments) {
		shipped_at = std::max(shipped_at, shipment->occurred_at);
	}
	if (items.is_shipped_known) {
		Raise(out_wording, out, Span(items.shipments), items, book, DaysAfter(shipped_at, grace), sink);
	}
	// The warehouse may have the goods before the shop gives their money back.
	const auto returned_at = std::max(items.returned_at, items.put_back_at);
	Raise(in_wording, in, Span(items.returns), items, book, DaysAfter(returned_at, grace), sink);
}

} // namespace meshline
