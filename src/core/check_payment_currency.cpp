// SPDX-License-Identifier: PostgreSQL
// Family payment: the currency in which an order was paid.
#include "core/given_back.hpp"

namespace meshline {

namespace {

// What was given back of a payment in its own currency.
Minor
RefundedOf(const Movement &payment, const OrderBook &book) {
	Wide sum = 0;
	for (const Movement &refund : book.refunds) {
		sum += refund.payment == &payment && refund.currency == payment.currency ? refund.moved : 0;
	}
	return Clamp(sum);
}

// True when a payment that was not given back is in another currency than the order, so that the sums cannot
// be compared.
bool
RaiseMixed(const OrderBook &book, Sink &sink) {
	bool is_mixed = false;
	for (const Movement &payment : book.payments) {
		const Minor kept =
		    payment.IsIn(book.totals.currency) ? 0 : Minus(payment.moved, RefundedOf(payment, book));
		if (kept <= 0) {
			continue;
		}
		is_mixed = true;
		Finding *finding =
		    sink.Raise(Reason::currency_mismatch, sink.Id(*payment.authority), book.totals.currency);
		if (finding == nullptr) {
			continue;
		}
		const Minor missing = Minus(book.totals.total.value_or(0), book.totals.captured);
		finding->at_risk = missing > 0 ? missing : kept;
		finding->expected = book.totals.total;
		finding->actual = book.totals.captured;
		sink.AddRecord(*finding, *book.order);
		sink.AddRecords(*finding, payment);
		finding->terms.push_back({"payments_in_other_currencies", 1, sink.Id(*payment.authority), true});
		finding->formula = "payments_in_other_currencies = 0";
		finding->explanation = sink.Text({"the order is in ", book.totals.currency, ", but ",
		                                  sink.Money(payment.moved, payment.currency), " were captured"});
		finding->remedy = sink.Text({"the payment in ", book.totals.currency, ", and a refund of ",
		                             sink.Money(kept, payment.currency)});
	}
	return is_mixed;
}

// The number of the shop's money was taken in the buyer's currency, or the other way round.
bool
RaiseConfusion(const OrderBook &book, Sink &sink) {
	const RecordView &order = *book.order;
	if (!order.presentment) {
		return false;
	}
	const auto taken = [&](std::string_view currency) {
		Wide sum = 0;
		for (const Movement &payment : book.payments) {
			sum += payment.currency == currency ? payment.moved : 0;
		}
		return Clamp(sum);
	};
	const struct {
		std::string_view currency;
		Minor right;
		Minor wrong;
	} both[] = {{book.totals.currency, *book.totals.total, *order.presentment},
	            {order.presentment_currency, *order.presentment, *book.totals.total}};
	for (const auto &[currency, right, wrong] : both) {
		const Minor captured = taken(currency);
		if (captured <= 0 || captured != wrong ||
		    Apart(right, wrong) <= book.Tolerance(Reason::presentment_settlement_confusion)) {
			continue;
		}
		const GivenBack back(book, currency);
		const Minor gap = captured > right ? back.LeftOf(Minus(captured, right)) : Minus(right, captured);
		Finding *finding = gap > book.Tolerance(Reason::presentment_settlement_confusion)
		                       ? sink.Raise(Reason::presentment_settlement_confusion, {}, currency)
		                       : nullptr;
		if (finding != nullptr) {
			finding->expected = right;
			finding->actual = captured;
			finding->at_risk = gap;
			sink.AddPayments(*finding);
			finding->terms.push_back({"captured", captured, {}});
			finding->terms.push_back({"total", right, sink.Id(order)});
			back.AddTo(*finding, sink);
			finding->formula = "captured - given_back <= total and captured >= total";
			finding->explanation =
			    sink.Text({"captured ", sink.Money(captured, currency), " for an order of ",
			               sink.Money(right, currency), ": the number of its other currency"});
			finding->remedy =
			    sink.Text({captured > right ? "a refund of " : "a further capture of ",
			               sink.Money(gap, currency), captured > right ? " that names no goods" : ""});
		}
		return true;
	}
	return false;
}

// The buyer has paid to the cent what was shown, and the shop's money for it differs by what was rounded.
void
RaiseRounding(const OrderBook &book, Sink &sink) {
	const RecordView &order = *book.order;
	const Minor gap = Apart(book.totals.captured, *book.totals.total);
	Wide shown = 0;
	for (const Movement &payment : book.payments) {
		shown += payment.MovedIn(order.presentment_currency);
	}
	if (!order.presentment || shown != *order.presentment || gap == 0 ||
	    gap > book.Tolerance(Reason::fx_rounding)) {
		return;
	}
	if (Finding *finding = sink.Raise(Reason::fx_rounding, {}, book.totals.currency)) {
		finding->at_risk = gap;
		sink.AddCaptured(*finding, 0);
		finding->formula = "captured = total";
		finding->explanation =
		    sink.Text({"paid in full in ", order.presentment_currency, "; converting it left ",
		               sink.Money(gap, book.totals.currency), " of rounding"});
		finding->remedy = sink.Text({"a rounding line of ", sink.Money(gap, book.totals.currency)});
		finding->correction = Correction{"rounding", Minus(*book.totals.total, book.totals.captured)};
	}
}

} // namespace

bool
CheckPaymentCurrency(const OrderBook &book, Sink &sink) {
	if (RaiseMixed(book, sink) || RaiseConfusion(book, sink)) {
		return true;
	}
	RaiseRounding(book, sink);
	return false;
}

} // namespace meshline
