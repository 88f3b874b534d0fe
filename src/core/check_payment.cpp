// SPDX-License-Identifier: PostgreSQL
// Family payment: the order total against what was captured.
#include <algorithm>

#include "core/currency.hpp"
#include "core/order_book.hpp"
#include "core/wide.hpp"

namespace meshline {

namespace {

// Names the order and every record of its captures as evidence.
void
AddPayments(const OrderBook &book, Finding &finding, Sink &sink) {
	if (book.order != nullptr) {
		sink.AddRecord(finding, *book.order);
	}
	for (const Movement &payment : book.payments) {
		if (payment.moved > 0) {
			sink.AddRecords(finding, payment);
		}
	}
}

// The numbers and records that every comparison of captures with the total shows.
void
AddTerms(const OrderBook &book, Finding &finding, Minor tolerance, Sink &sink) {
	finding.expected = book.totals.total;
	finding.actual = book.totals.captured;
	finding.terms.push_back({"captured", book.totals.captured, {}});
	finding.terms.push_back({"total", *book.totals.total, sink.Id(*book.order)});
	finding.terms.push_back({"tolerance", tolerance, {}});
	AddPayments(book, finding, sink);
}

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
	AddTerms(book, *finding, 0, sink);
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

// What was given back of money that was too much: by disputes, and by refunds that name no goods. Those that
// do pay for goods that the total still has.
struct GivenBack {
	Wide sum = 0;
	Vector<const Movement *> refunds;

	explicit GivenBack(const OrderBook &book) : sum(book.totals.disputed), refunds(book.arena) {
		for (const Movement &refund : book.refunds) {
			const Minor moved = refund.MovedIn(book.totals.currency);
			const bool is_for_goods =
			    std::any_of(refund.records.begin(), refund.records.end(),
			                [](const RecordView *record) { return !record->items.empty(); });
			if (moved > 0 && !is_for_goods) {
				sum += moved;
				refunds.push_back(&refund);
			}
		}
	}

	// What is left of an excess.
	Minor
	LeftOf(Minor excess) const noexcept {
		return Clamp(std::max<Wide>(excess - sum, 0));
	}
	void
	AddTo(const OrderBook &book, Finding &finding, Sink &sink) const {
		finding.terms.push_back({"given_back", Clamp(sum), {}});
		for (const Movement *refund : refunds) {
			sink.AddRecords(finding, *refund);
		}
		for (const RecordView *dispute : book.disputes) {
			if (IsTaken(*dispute) && dispute->currency == book.totals.currency) {
				sink.AddRecord(finding, *dispute);
			}
		}
	}
};

// Whether more was captured than the total, and all of the excess was given back.
bool
IsGivenBack(const OrderBook &book) {
	const Minor excess = Minus(book.totals.captured, *book.totals.total);
	return excess > 0 && GivenBack(book).LeftOf(excess) <= book.Tolerance(Reason::overcapture);
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
RaiseEdited(const OrderBook &book, Sink &sink) {
	const Minor total = *book.totals.total;
	const Minor captured = book.totals.captured;
	const Minor tolerance = book.Tolerance(Reason::order_edited_after_payment);
	const GivenBack back(book);
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
	AddTerms(book, *finding, tolerance, sink);
	const bool is_own_word = original == book.order->parts[Part::original];
	finding->terms.push_back(
	    {"original_total", *original, is_own_word ? sink.Id(*book.order) : std::string_view{}});
	back.AddTo(book, *finding, sink);
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
RaiseOvercapture(const OrderBook &book, Sink &sink) {
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
	const GivenBack back(book);
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
	AddTerms(book, *finding, tolerance, sink);
	back.AddTo(book, *finding, sink);
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
	AddTerms(book, *finding, tolerance, sink);
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
	AddPayments(book, *finding, sink);
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

// True when a payment is in another currency than the order, so that the sums cannot be compared.
bool
CheckCurrency(const OrderBook &book, Sink &sink) {
	bool is_mixed = false;
	for (const Movement &payment : book.payments) {
		if (payment.moved <= 0 || payment.IsIn(book.totals.currency)) {
			continue;
		}
		is_mixed = true;
		Finding *finding =
		    sink.Raise(Reason::currency_mismatch, sink.Id(*payment.authority), book.totals.currency);
		if (finding == nullptr) {
			continue;
		}
		const Minor missing = Minus(book.totals.total.value_or(0), book.totals.captured);
		finding->at_risk = missing > 0 ? missing : payment.moved;
		finding->expected = book.totals.total;
		finding->actual = book.totals.captured;
		sink.AddRecord(*finding, *book.order);
		sink.AddRecords(*finding, payment);
		finding->terms.push_back({"payments_in_other_currencies", 1, sink.Id(*payment.authority), true});
		finding->formula = "payments_in_other_currencies = 0";
		finding->explanation = sink.Text({"the order is in ", book.totals.currency, ", but ",
		                                  sink.Money(payment.moved, payment.currency), " were captured"});
		finding->remedy = sink.Text({"the payment in ", book.totals.currency});
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
		Finding *finding = sink.Raise(Reason::presentment_settlement_confusion, {}, currency);
		if (finding != nullptr) {
			finding->expected = right;
			finding->actual = captured;
			finding->at_risk = Apart(captured, right);
			AddPayments(book, *finding, sink);
			finding->terms.push_back({"captured", captured, {}});
			finding->terms.push_back({"total", right, sink.Id(order)});
			finding->formula = "captured = total";
			finding->explanation =
			    sink.Text({"captured ", sink.Money(captured, currency), " for an order of ",
			               sink.Money(right, currency), ": the number of its other currency"});
			finding->remedy = sink.Text({"a capture of ", sink.Money(right, currency), " in all"});
		}
		return true;
	}
	return false;
}

// The buyer has paid to the cent what was shown, and the shop's money for it differs by what was rounded.
void
CheckRounding(const OrderBook &book, Sink &sink) {
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
		AddTerms(book, *finding, 0, sink);
		finding->formula = "captured = total";
		finding->explanation =
		    sink.Text({"paid in full in ", order.presentment_currency, "; converting it left ",
		               sink.Money(gap, book.totals.currency), " of rounding"});
		finding->remedy = sink.Text({"a rounding line of ", sink.Money(gap, book.totals.currency)});
		finding->correction = Correction{"rounding", Minus(*book.totals.total, book.totals.captured)};
	}
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
	if (CheckCurrency(book, sink) || RaiseConfusion(book, sink)) {
		return;
	}
	CheckRounding(book, sink);
	const Minor total = *book.totals.total;
	if (total < 0) {
		RaiseNegativeTotal(book, sink);
	}
	if (CheckExchange(items, book, sink)) {
		return;
	}
	if (book.totals.captured != total && IsMinorUnitError(book) && !IsGivenBack(book)) {
		RaiseMinorUnitError(book, sink);
	} else if (RaiseEdited(book, sink)) {
		return;
	} else if (book.totals.captured > total) {
		RaiseOvercapture(book, sink);
	} else {
		RaiseUnderpayment(book, sink);
	}
}

} // namespace meshline
