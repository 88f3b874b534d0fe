// SPDX-License-Identifier: PostgreSQL
// Family fulfillment, of the lines of an order: what was ordered, shipped and captured of each.
#include <algorithm>
#include <charconv>

#include "core/item_book.hpp"
#include "core/wide.hpp"

namespace meshline {

namespace {

// "SKU-1" or what else names a line.
std::string_view
NameOf(const Item &item) noexcept {
	return !item.sku.empty() ? item.sku : !item.line.empty() ? item.line : item.product;
}

// Numbers of pieces of the lines that one finding is about.
struct Pieces {
	Wide ordered = 0;
	Wide shipped = 0;
	Wide value = 0; // of the difference, in minor units
	std::string_view names;

	void
	Add(const ItemLine &line, Minor target, Minor difference, const Sink &sink) {
		ordered += target;
		shipped += line.shipped;
		value += ValueOf(*line.ordered, difference);
		const std::string_view name = NameOf(*line.ordered);
		names = names.empty() ? name : sink.Text({names, ", ", name});
	}
	bool
	IsEmpty() const noexcept {
		return ordered == 0 && shipped == 0;
	}
};

std::string_view
Number(Wide pieces, const Sink &sink) {
	char digits[24];
	const auto *const end = std::to_chars(digits, digits + sizeof(digits), Clamp(pieces)).ptr;
	return sink.Text({{digits, static_cast<std::size_t>(end - digits)}});
}

// "1 piece", "4 pieces"
std::string_view
Count(Wide pieces, std::string_view what, const Sink &sink) {
	return sink.Text({Number(pieces, sink), " ", what, pieces == 1 ? "" : "s"});
}

void
Describe(const ItemBook &items, const OrderBook &book, const Pieces &pieces, std::string_view target,
         Finding &finding, Sink &sink) {
	finding.at_risk = Clamp(pieces.value);
	sink.AddRecord(finding, *book.order);
	for (const RecordView *record : items.shipments) {
		sink.AddRecord(finding, *record);
	}
	finding.terms.push_back({"shipped", Clamp(pieces.shipped), {}, true});
	finding.terms.push_back({target, Clamp(pieces.ordered), sink.Id(*book.order), true});
}

void
CheckTooMany(const ItemBook &items, const OrderBook &book, Sink &sink) {
	Pieces pieces;
	for (const ItemLine &line : items.lines) {
		const Minor most = Minus(line.ordered->quantity, line.cancelled);
		if (line.shipped > most) {
			pieces.Add(line, most, Minus(line.shipped, most), sink);
		}
	}
	Finding *finding =
	    pieces.IsEmpty() ? nullptr : sink.Raise(Reason::over_fulfilled, {}, book.totals.currency);
	if (finding == nullptr) {
		return;
	}
	Describe(items, book, pieces, "ordered", *finding, sink);
	finding->formula = "shipped <= ordered";
	finding->explanation = sink.Text({Number(pieces.shipped, sink), " of ", pieces.names, " have left, and ",
	                                  Number(pieces.ordered, sink), " were ordered"});
	finding->remedy = sink.Text({"one of the shipments cancelled, or ",
	                             Count(pieces.shipped - pieces.ordered, "piece", sink), " more ordered"});
}

// Something has left and something has not: of a closed order that is all that will come; of another one it
// is late when the time is up that the merchant promises.
void
CheckTooFew(const ItemBook &items, const OrderBook &book, Sink &sink) {
	Pieces pieces;
	for (const ItemLine &line : items.lines) {
		if (line.shipped < line.wanted) {
			pieces.Add(line, line.wanted, Minus(line.wanted, line.shipped), sink);
		}
	}
	const bool is_closed = book.order->is_closed;
	const auto days = book.policy.FulfillmentDaysOf(book.order->connection_id);
	if (pieces.IsEmpty() || (!is_closed && !days)) {
		return;
	}
	const std::string_view missing = Count(pieces.ordered - pieces.shipped, "piece", sink);
	Finding *finding = is_closed
	                       ? sink.Raise(Reason::under_fulfilled, {}, book.totals.currency)
	                       : sink.RaiseIfDue(Reason::split_shipment_incomplete, {}, book.totals.currency,
	                                         DaysAfter(book.PaidAt(), *days), Clamp(pieces.value),
	                                         sink.Text({missing, " of ", pieces.names, " to be shipped"}));
	if (finding == nullptr) {
		return;
	}
	Describe(items, book, pieces, "wanted", *finding, sink);
	finding->formula = "shipped >= wanted";
	finding->explanation =
	    sink.Text({is_closed ? "the order is closed, and of " : "of ", pieces.names, " have left ",
	               Number(pieces.shipped, sink), " of ", Count(pieces.ordered, "piece", sink)});
	finding->remedy = sink.Text({"a shipment of ", missing, ", or their money given back"});
}

// A line that names nothing that is sold cannot be booked, nor taken out of a stock.
void
CheckNames(const OrderBook &book, Sink &sink) {
	Minor nameless = 0;
	Wide value = 0;
	for (const Item &item : book.order->items) {
		if (item.sku.empty() && item.product.empty() && item.current.value_or(item.quantity) > 0) {
			++nameless;
			value += item.amount.value_or(0);
		}
	}
	Finding *finding = nameless == 0 ? nullptr : sink.Raise(Reason::unmapped_sku, {}, book.totals.currency);
	if (finding == nullptr) {
		return;
	}
	sink.AddRecord(*finding, *book.order);
	finding->terms.push_back({"nameless", nameless, sink.Id(*book.order), true});
	finding->formula = "nameless = 0";
	finding->explanation =
	    sink.Text({"neither a SKU nor a product is named by ", Count(nameless, "line", sink),
	               " of the order, of ", sink.Money(Clamp(value), book.totals.currency)});
	finding->remedy = "a SKU for each line in the shop";
}

// Captures are told apart by their records: those of one authorization are one movement.
std::ptrdiff_t
CountCaptures(const OrderBook &book) {
	std::ptrdiff_t captures = 0;
	for (const Movement &payment : book.payments) {
		captures +=
		    std::count_if(payment.records.begin(), payment.records.end(), [&](const RecordView *record) {
			    return HasMoved(record->status) &&
			           record->connection_id == payment.authority->connection_id &&
			           record->object == payment.authority->object;
		    });
	}
	return captures;
}

// Money that is captured shipment by shipment is what has left: its lines' share of the total, with the
// shipping charge in any of the captures.
void
CheckCaptures(const ItemBook &items, const OrderBook &book, Sink &sink) {
	Wide ordered = 0, shipped = 0;
	for (const ItemLine &line : items.lines) {
		ordered += ValueOf(*line.ordered, line.ordered->quantity);
		shipped += ValueOf(*line.ordered, std::min(line.shipped, line.ordered->quantity));
	}
	const Minor tolerance = book.Tolerance(Reason::multi_capture_mismatch);
	const Minor total = book.totals.total.value_or(0);
	const Minor captured = book.totals.captured;
	const Minor kept = Minus(captured, book.totals.refunded);
	if (items.shipments.size() < 2 || total <= 0 || shipped < 0 || shipped >= ordered ||
	    captured >= Minus(total, tolerance) || CountCaptures(book) < 2) {
		return;
	}
	const Minor charge = std::clamp<Minor>(book.order->parts[Part::shipping].value_or(0), 0, total);
	const Minor least = Clamp((Wide{total} - charge) * Clamp(shipped) / Clamp(ordered));
	const Minor most = Plus(least, charge);
	// What came back was shipped, so its money is missed by nobody.
	const bool is_short = captured < least;
	const Minor gap = is_short ? Minus(least, captured) : Minus(kept, most);
	Finding *finding =
	    gap <= tolerance ? nullptr : sink.Raise(Reason::multi_capture_mismatch, {}, book.totals.currency);
	if (finding == nullptr) {
		return;
	}
	finding->expected = is_short ? least : most;
	finding->actual = is_short ? captured : kept;
	finding->at_risk = gap;
	sink.AddRecord(*finding, *book.order);
	for (const RecordView *record : items.shipments) {
		sink.AddRecord(*finding, *record);
	}
	for (const Movement &payment : book.payments) {
		sink.AddRecords(*finding, payment);
	}
	finding->terms.push_back({"captured", captured, {}});
	finding->terms.push_back({"refunded", book.totals.refunded, {}});
	finding->terms.push_back({"least", least, {}});
	finding->terms.push_back({"most", most, {}});
	finding->terms.push_back({"tolerance", tolerance, {}});
	finding->formula = "captured >= least - tolerance and captured - refunded <= most + tolerance";
	finding->explanation = sink.Text(
	    {"what has left of the order is worth ", sink.Money(least, book.totals.currency), " to ",
	     sink.Money(most, book.totals.currency), ", and ", sink.Money(*finding->actual, book.totals.currency),
	     is_short ? " are captured" : " are captured and not given back"});
	finding->remedy =
	    sink.Text({is_short ? "a capture of " : "a refund of ", sink.Money(gap, book.totals.currency)});
}

} // namespace

void
CheckItems(const ItemBook &items, const OrderBook &book, Sink &sink) {
	if (items.lines.empty() || book.IsOrderDead()) {
		return;
	}
	CheckNames(book, sink);
	if (items.is_shipped_known) {
		CheckTooMany(items, book, sink);
		CheckTooFew(items, book, sink);
		CheckCaptures(items, book, sink);
	}
}

} // namespace meshline
