// SPDX-License-Identifier: PostgreSQL
// Family payment: the order total against what was captured.
#include <algorithm>

#include "core/currency.hpp"
#include "core/given_back.hpp"
#include "core/order_book.hpp"
#include "core/wide.hpp"

namespace meshline {

namespace {

// Whether one amount is the other by a power of ten that another currency's exponent would explain.
bool
IsMinorUnitError(const OrderBook &book) {
	const auto exponent = CurrencyExponent(book.totals.currency);
	const Minor total = *book.totals.total;
	const Minor captured = book.totals.captured;
	if (!exponent || *exponent == 2 || total <= 0 || captured <= 0) {
		return false;
	}
	for (const Minor factor : {10, 100, 1000}) {
		if ((captured % factor == 0 && captured / factor == total) ||
		    (total % factor == 0 && total / factor == captured)) {
			return true;
		}
	}
	return false;
}

// Captured and total are the same digits in different units.
void
RaiseMinorUnitError(const OrderBook &book, Sink &sink) {
	Finding *finding = sink.Raise(Reason::minor_unit_error, {}, book.totals.currency);
	if (finding == nullptr) {
		return;
	}
	const Minor total = *book.totals.total;
	const Minor captured = book.totals.captured;
	finding->at_risk = Apart(captured, total);
	sink.AddCaptured(*finding, 0);
	finding->formula = "captured = total";
	finding->explanation = sink.Text({"captured ", sink.Money(captured, book.totals.currency),
	                                  " for an order of ", sink.Money(total, book.totals.currency),
	                                  ": a power of ten apart, in a currency without two decimals"});
	finding->remedy = sink.Text({"a capture of ", sink.Money(total, book.totals.currency)});
	finding->correction = Correction{"restatement", Minus(total, captured)};
}

// Whether one payment took more than the total by several captures of its processor.
bool
IsCapturedTwice(const OrderBook &book, Minor tolerance) {
	return std::any_of(book.payments.begin(), book.payments.end(), [&](const Movement &payment) {
		const auto captures =
		    std::count_if(payment.records.begin(), payment.records.end(), [&](const RecordView *record) {
			    return HasMoved(record->status) &&
			           record->connection_id == payment.authority->connection_id &&
			           record->object == payment.authority->object && record->currency == payment.currency;
		    });
		return payment.has_processor && payment.currency == book.totals.currency && captures >= 2 &&
		       payment.moved > Wide{*book.totals.total} + tolerance;
	});
}

// What the order's captures say, or else the order, that was given on top of it.
Minor
TipOf(const OrderBook &book) {
	Wide given = 0;
	for (const Movement &payment : book.payments) {
		Minor stated = 0;
		for (const RecordView *record : payment.records) {
			stated = std::max(stated, record->parts[Part::tip].value_or(0));
		}
		given += payment.moved > 0 ? stated : 0;
	}
	return given != 0 ? Clamp(given) : book.order->parts[Part::tip].value_or(0);
}

// What was paid with gift cards.
Minor
GiftCardOf(const OrderBook &book) {
	Wide paid = 0;
	for (const Movement &payment : book.payments) {
		for (const RecordView *record : payment.records) {
			if (payment.moved > 0 && record->parts[Part::gift_card]) {
				paid += payment.moved;
				break;
			}
		}
	}
	return Clamp(paid);
}

// What the order came to at another time, that is what was captured: as it says of itself, or as an earlier
// version of it said.
std::optional<Minor>
TotalOnceCaptured(const OrderBook &book, Minor tolerance) {
	const auto is_captured = [&](Minor total) { return Apart(book.totals.captured, total) <= tolerance; };
	const auto original = book.order->parts[Part::original];
	if (original && is_captured(*original)) {
		return original;
	}
	const auto stated = book.order->stated;
	const auto found = std::find_if(stated.begin(), stated.end(), is_captured);
	return found == stated.end() ? std::nullopt : std::optional(*found);
}

// What was captured is what the order came to before somebody edited it.
bool
RaiseEdited(const OrderBook &book, const GivenBack &back, Sink &sink) {
	const Minor total = *book.totals.total;
	const Minor captured = book.totals.captured;
	const Minor tolerance = book.Tolerance(Reason::order_edited_after_payment);
	const Minor gap = captured > total ? back.LeftOf(Minus(captured, total)) : Minus(total, captured);
	const auto original = captured > 0 && gap > tolerance ? TotalOnceCaptured(book, tolerance) : std::nullopt;
	if (!original) {
		return false;
	}
	Finding *finding = sink.Raise(Reason::order_edited_after_payment, {}, book.totals.currency);
	if (finding == nullptr) {
		return true;
	}
	const std::string_view money = sink.Money(gap, book.totals.currency);
	finding->at_risk = gap;
	sink.AddCaptured(*finding, tolerance);
	const bool is_own_word = original == book.order->parts[Part::original];
	finding->terms.push_back(
	    {"original_total", *original, is_own_word ? sink.Id(*book.order) : std::string_view{}});
	back.AddTo(*finding, sink);
	finding->formula = "captured - given_back <= total + tolerance and captured >= total - tolerance";
	finding->explanation =
	    sink.Text({"the order of ", sink.Money(*original, book.totals.currency),
	               " was paid and then edited to ", sink.Money(total, book.totals.currency), ": ", money,
	               captured < total ? " are still to be paid" : " are to be given back"});
	finding->remedy =
	    sink.Text({captured < total ? "a capture of " : "a refund of ", money,
	               captured < total ? "" : " that names no goods", ", or the order total set back"});
	return true;
}

// C - what was given back of it > T + tolerance; two captures or more that reach twice the total are a
// payment made twice, and several of one payment are captures made twice.
void
RaiseOvercapture(const OrderBook &book, const GivenBack &back, Sink &sink) {
	const Minor total = *book.totals.total;
	const Minor captured = book.totals.captured;
	const bool is_double = book.totals.payment_count >= 2 && total > 0 &&
	                       captured >= Wide{total} * 2 - book.Tolerance(Reason::duplicate_payment);
	const Minor tip = is_double ? 0 : TipOf(book);
	const bool is_tip = tip > 0 && Apart(Minus(captured, total), tip) <= book.Tolerance(Reason::tip_mismatch);
	const bool is_recaptured =
	    !is_double && !is_tip && IsCapturedTwice(book, book.Tolerance(Reason::duplicate_capture));
	const Reason reason = is_double       ? Reason::duplicate_payment
	                      : is_tip        ? Reason::tip_mismatch
	                      : is_recaptured ? Reason::duplicate_capture
	                                      : Reason::overcapture;
	const Minor tolerance = book.Tolerance(reason);
	const Minor excess = back.LeftOf(Minus(captured, total));
	// A total below zero is a credit; without a capture nothing has been taken.
	if (excess <= tolerance || captured <= 0) {
		return;
	}
	Finding *finding = sink.Raise(reason, {}, book.totals.currency);
	if (finding == nullptr) {
		return;
	}
	const std::string_view money = sink.Money(excess, book.totals.currency);
	finding->at_risk = excess;
	sink.AddCaptured(*finding, tolerance);
	back.AddTo(*finding, sink);
	finding->formula = "captured - given_back <= total + tolerance";
	const std::string_view given_back =
	    back.sum == 0 ? std::string_view{}
	                  : sink.Text({", of which ", sink.Money(Clamp(back.sum), book.totals.currency),
	                               " were given back,"});
	finding->explanation =
	    sink.Text({is_double       ? "paid more than once: captured "
	               : is_tip        ? "a tip that the order does not have: captured "
	               : is_recaptured ? "one payment captured more than once: captured "
	                               : "captured ",
	               sink.Money(captured, book.totals.currency), given_back, " for an order of ",
	               sink.Money(total, book.totals.currency), ": ", money, " too much"});
	finding->remedy = sink.Text({"a refund of ", money,
	                             is_double ? " that names no goods, or one of the payments voided"
	                                       : " that names no goods, or an order total raised by as much"});
	if (is_tip) {
		finding->correction = Correction{"tip", excess};
	}
}

// C < T - tolerance, once the time to pay is over.
void
RaiseUnderpayment(const OrderBook &book, Sink &sink) {
	const Minor total = *book.totals.total;
	const Minor captured = book.totals.captured;
	const Minor gift_card = GiftCardOf(book);
	const Reason reason = gift_card > 0 ? Reason::gift_card_tender_mismatch : Reason::underpayment;
	const Minor tolerance = book.Tolerance(reason);
	const Minor missing = Minus(total, captured);
	if (missing <= tolerance) {
		return;
	}
	if (CheckReserved(book, missing, tolerance, sink)) {
		return;
	}
	const Status status = book.order->status;
	const bool claims_paid =
	    status == Status::paid || status == Status::partially_refunded || status == Status::refunded;
	// An order that says it is paid waits for its payment's record only, not for the customer.
	const Instant due_at = DaysAfter(book.totals.ordered_at, claims_paid ? book.policy.mapping_grace_days
	                                                                     : book.policy.pending_payment_days);
	const std::string_view money = sink.Money(missing, book.totals.currency);
	Finding *finding = sink.RaiseIfDue(reason, {}, book.totals.currency, due_at, missing,
	                                   sink.Text({money, " are to be paid"}));
	if (finding == nullptr) {
		return;
	}
	finding->at_risk = missing;
	sink.AddCaptured(*finding, tolerance);
	if (gift_card > 0) {
		finding->terms.push_back({"paid_by_gift_card", gift_card, {}});
	}
	finding->formula = "captured >= total - tolerance";
	finding->explanation = sink.Text({"captured ", sink.Money(captured, book.totals.currency), " of ",
	                                  sink.Money(total, book.totals.currency), ": ", money,
	                                  captured == 0   ? " are unpaid"
	                                  : gift_card > 0 ? " are missing beside the gift card"
	                                                  : " are missing"});
	finding->remedy = sink.Text({"a capture of ", money});
	if (gift_card == 0 && captured > 0) {
		finding->correction = Correction{"write_off", missing};
	}
}

// C - R - D > tolerance of an order that is void or gone.
void
CheckVoid(const OrderBook &book, Sink &sink) {
	const Minor tolerance = book.Tolerance(Reason::deleted_or_void_with_money);
	const Minor kept = Clamp(Wide{book.totals.captured} - book.totals.refunded - book.totals.disputed);
	if (kept <= tolerance) {
		return;
	}
	Finding *finding = sink.Raise(Reason::deleted_or_void_with_money, {}, book.totals.currency);
	if (finding == nullptr) {
		return;
	}
	finding->expected = 0;
	finding->actual = kept;
	finding->at_risk = kept;
	finding->terms.push_back({"captured", book.totals.captured, {}});
	finding->terms.push_back({"refunded", book.totals.refunded, {}});
	finding->terms.push_back({"disputed", book.totals.disputed, {}});
	finding->terms.push_back({"tolerance", tolerance, {}});
	sink.AddPayments(*finding);
	finding->formula = "captured - refunded - disputed <= tolerance";
	finding->explanation =
	    sink.Text({"the order is ", Name(book.order->status), ", and ",
	               sink.Money(kept, book.totals.currency), " of it were captured and not paid back"});
	finding->remedy = sink.Text({"a refund of ", sink.Money(kept, book.totals.currency)});
}

// T < 0: an order cannot owe its customer money; ledgers refuse such a sale.
void
RaiseNegativeTotal(const OrderBook &book, Sink &sink) {
	Finding *finding = sink.Raise(Reason::negative_total, {}, book.totals.currency);
	if (finding == nullptr) {
		return;
	}
	const Minor total = *book.totals.total;
	finding->expected = 0;
	finding->actual = total;
	finding->at_risk = Minus(0, total);
	sink.AddRecord(*finding, *book.order);
	finding->terms.push_back({"total", total, sink.Id(*book.order)});
	finding->formula = "total >= 0";
	finding->explanation =
	    sink.Text({"the total of the order is ", sink.Money(total, book.totals.currency), ": below zero"});
	finding->remedy = "the order corrected at its source, and what is owed to the customer given as a refund";
}

} // namespace

void
CheckPayment(const ItemBook &items, const OrderBook &book, Sink &sink) {
	if (!book.is_order_known && !book.IsOrderDead()) {
		return;
	}
	if (book.IsOrderDead()) {
		CheckVoid(book, sink);
		return;
	}
	if (CheckPaymentCurrency(book, sink)) {
		return;
	}
	const Minor total = *book.totals.total;
	if (total < 0) {
		RaiseNegativeTotal(book, sink);
	}
	if (CheckExchange(items, book, sink)) {
		return;
	}
	const GivenBack back(book, book.totals.currency);
	const Minor excess = Minus(book.totals.captured, total);
	const bool is_given_back = excess > 0 && back.LeftOf(excess) <= book.Tolerance(Reason::overcapture);
	if (excess != 0 && !is_given_back && IsMinorUnitError(book)) {
		RaiseMinorUnitError(book, sink);
	} else if (RaiseEdited(book, back, sink)) {
		return;
	} else if (excess > 0) {
		RaiseOvercapture(book, back, sink);
	} else {
		RaiseUnderpayment(book, sink);
	}
}

} // namespace meshline
