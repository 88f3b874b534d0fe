// SPDX-License-Identifier: PostgreSQL
// Family fulfillment: what was shipped against what was paid.
#include <algorithm>

#include "core/order_book.hpp"
#include "core/wide.hpp"

namespace meshline {

namespace {

// The first shipment that left; null when none has.
const RecordView *
FirstShipment(const OrderBook &book) {
	const RecordView *first = nullptr;
	for (const RecordView *record : book.records) {
		if (record->kind == Kind::fulfillment && IsUsable(*record) && record->status == Status::paid &&
		    (first == nullptr || record->occurred_at < first->occurred_at)) {
			first = record;
		}
	}
	return first;
}

// What both findings show of the money.
void
Describe(const OrderBook &book, Minor amount, Finding &finding, Sink &sink) {
	finding.expected = book.totals.total;
	finding.actual = book.totals.captured;
	finding.at_risk = amount;
	sink.AddRecord(finding, *book.order);
	finding.terms.push_back({"captured", book.totals.captured, {}});
	finding.terms.push_back({"total", *book.totals.total, sink.Id(*book.order)});
	finding.terms.push_back({"tolerance", book.Tolerance(Reason::unpaid_fulfilled), {}});
}

// Goods are on their way, and nothing at all was captured for them.
void
RaiseUnpaid(const OrderBook &book, const RecordView &shipment, Sink &sink) {
	const Minor total = *book.totals.total;
	const std::string_view money = sink.Money(total, book.totals.currency);
	Finding *finding = sink.RaiseIfDue(Reason::unpaid_fulfilled, {}, book.totals.currency,
	                                   DaysAfter(shipment.occurred_at, book.policy.unpaid_shipment_days),
	                                   total, sink.Text({money, " are to be captured for what was shipped"}));
	if (finding == nullptr) {
		return;
	}
	Describe(book, total, *finding, sink);
	sink.AddRecord(*finding, shipment);
	finding->terms.push_back({"shipments", 1, sink.Id(shipment), true});
	finding->formula = "shipments = 0 or captured > 0 or total <= tolerance";
	finding->explanation =
	    sink.Text({sink.Id(shipment), " has left, and nothing of the order's ", money, " was captured"});
	finding->remedy = sink.Text({"a capture of ", money, ", or the shipment cancelled"});
}

// The order is paid, and nothing has left in the time that the merchant promises.
void
RaiseUnfulfilled(const OrderBook &book, int days, Sink &sink) {
	const Minor total = *book.totals.total;
	const std::string_view money = sink.Money(total, book.totals.currency);
	Finding *finding = sink.RaiseIfDue(Reason::paid_unfulfilled, {}, book.totals.currency,
	                                   DaysAfter(book.PaidAt(), days), total, "the order is to be shipped");
	if (finding == nullptr) {
		return;
	}
	Describe(book, total, *finding, sink);
	for (const Movement &payment : book.payments) {
		if (payment.moved > 0) {
			sink.AddRecords(*finding, payment);
		}
	}
	finding->terms.push_back({"shipments", 0, {}, true});
	finding->formula = "shipments >= 1 or captured < total - tolerance";
	finding->explanation = sink.Text({"the order of ", money, " is paid, and nothing of it has left"});
	finding->remedy = "a shipment, or the money given back";
}

} // namespace

void
CheckFulfillment(const OrderBook &book, Sink &sink) {
	if (!book.is_order_known || book.IsOrderDead()) {
		return;
	}
	const Minor tolerance = book.Tolerance(Reason::unpaid_fulfilled);
	const Minor total = *book.totals.total;
	const RecordView *shipment = FirstShipment(book);
	const bool is_other_currency =
	    std::any_of(book.payments.begin(), book.payments.end(), [&](const Movement &payment) {
		    return payment.moved > 0 && !payment.IsIn(book.totals.currency);
	    });
	if (total <= tolerance || is_other_currency) {
		return;
	}
	const Wide kept = Wide{book.totals.captured} - book.totals.refunded - book.totals.disputed;
	if (shipment != nullptr && book.totals.captured <= 0) {
		RaiseUnpaid(book, *shipment, sink);
		return;
	}
	const auto days = book.policy.FulfillmentDaysOf(book.order->connection_id);
	if (shipment == nullptr && days && book.totals.captured >= Wide{total} - tolerance && kept > tolerance) {
		RaiseUnfulfilled(book, *days, sink);
	}
}

} // namespace meshline
