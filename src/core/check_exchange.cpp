// SPDX-License-Identifier: PostgreSQL
// Family payment, of exchanges: what was added to an order, less what was given back of it, against the
// money.
#include <algorithm>

#include "core/item_book.hpp"
#include "core/wide.hpp"

namespace meshline {

namespace {

// What goods that were given back cost, and the tax on them: as stated, else their share of the order's, of
// which the shipping charge may bear none.
struct GivenBack {
	Wide goods = 0;
	Wide tax = 0;

	GivenBack(const ItemBook &items, const OrderBook &book) {
		const Minor total = *book.totals.total;
		const Minor tax_of_all = std::clamp<Minor>(book.order->parts[Part::tax].value_or(0), 0, total);
		const Minor shipping = std::clamp<Minor>(book.order->parts[Part::shipping].value_or(0), 0, total);
		const Minor goods_of_all = Minus(Minus(total, tax_of_all), shipping);
		for (const RecordView *record : items.returns) {
			Wide value = 0;
			for (const Item &item : record->items) {
				value += item.amount.value_or(0);
			}
			goods += value;
			if (const auto stated = record->parts[Part::tax]) {
				tax += *stated;
			} else if (goods_of_all > 0) {
				tax += Wide{tax_of_all} * Clamp(value) / goods_of_all;
			}
		}
	}
};

} // namespace

bool
CheckExchange(const ItemBook &items, const OrderBook &book, Sink &sink) {
	const auto original = book.order->parts[Part::original];
	const Minor total = *book.totals.total;
	const GivenBack returned(items, book);
	if (!original || total <= *original || returned.goods <= 0 || returned.goods > total) {
		return false;
	}
	// A return states its goods without their tax where the shop adds it on top.
	const Minor most = Clamp(total - returned.goods);
	const Minor least = std::max<Minor>(Clamp(most - std::max<Wide>(returned.tax, 0)), 0);
	const Minor kept = Minus(book.totals.captured, book.totals.refunded);
	const Minor tolerance = book.Tolerance(Reason::exchange_imbalance);
	const Minor gap = std::max(Minus(least, kept), Minus(kept, most));
	if (gap <= tolerance) {
		return true;
	}
	Finding *finding = sink.Raise(Reason::exchange_imbalance, {}, book.totals.currency);
	if (finding == nullptr) {
		return true;
	}
	finding->expected = kept < least ? least : most;
	finding->actual = kept;
	finding->at_risk = gap;
	sink.AddRecord(*finding, *book.order);
	for (const auto *movements : {&book.payments, &book.refunds}) {
		for (const Movement &movement : *movements) {
			sink.AddRecords(*finding, movement);
		}
	}
	for (const RecordView *record : items.returns) {
		sink.AddRecord(*finding, *record);
	}
	finding->terms.push_back({"captured", book.totals.captured, {}});
	finding->terms.push_back({"refunded", book.totals.refunded, {}});
	finding->terms.push_back({"least", least, {}});
	finding->terms.push_back({"most", most, {}});
	finding->terms.push_back({"tolerance", tolerance, {}});
	finding->formula = "captured - refunded >= least - tolerance and captured - refunded <= most + tolerance";
	finding->explanation = sink.Text({"after the exchange the order is worth ",
	                                  sink.Money(*finding->expected, book.totals.currency), ", and ",
	                                  sink.Money(kept, book.totals.currency), " of its money are kept"});
	finding->remedy =
	    sink.Text({kept < least ? "a capture of " : "a refund of ", sink.Money(gap, book.totals.currency)});
	return true;
}

} // namespace meshline
