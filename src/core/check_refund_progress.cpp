// SPDX-License-Identifier: PostgreSQL
// Family refund, of how far a refund has come: with the processor, in the shop, and whether both mean the
// same amount.
#include <algorithm>

#include "core/order_book.hpp"
#include "core/wide.hpp"

namespace meshline {

namespace {

// A finding about one refund and its amount.
void
Describe(const Movement &refund, Minor amount, Finding &finding, Sink &sink) {
	finding.actual = amount;
	finding.at_risk = std::max<Minor>(0, amount);
	sink.AddRecords(finding, refund);
}

// The shop gave money back that its processor, who took it, knows nothing of; or the other way round.
void
CheckKnownToBoth(const OrderBook &book, const Movement &refund, Sink &sink) {
	if (refund.has_store == refund.has_processor) {
		return;
	}
	const Movement *payment = refund.payment;
	// Only a payment that both told of makes one expect the refund of both.
	if (payment == nullptr || !payment->has_store || !payment->has_processor) {
		return;
	}
	// A shop whose refunds are not loaded may say it by the status of the order.
	const bool is_order_refunded =
	    book.order->status == Status::partially_refunded || book.order->status == Status::refunded;
	if (refund.has_processor && is_order_refunded) {
		return;
	}
	const Reason reason = refund.has_store ? Reason::refund_not_at_gateway : Reason::refund_not_in_shop;
	const std::string_view missing_at = refund.has_store ? "the processor" : "the shop";
	const std::string_view subject = sink.Id(*refund.authority);
	const std::string_view money = sink.Money(refund.moved, refund.currency);
	Finding *finding = sink.RaiseIfDue(
	    reason, subject, refund.currency, DaysAfter(refund.occurred_at, book.policy.refund_grace_days),
	    refund.moved, sink.Text({missing_at, " is to tell of the refund of ", money, " in ", subject}));
	if (finding == nullptr) {
		return;
	}
	Describe(refund, refund.moved, *finding, sink);
	sink.AddRecords(*finding, *payment);
	finding->expected = 0;
	finding->terms.push_back({"refunded", refund.moved, subject});
	finding->terms.push_back({refund.has_store ? "refunded_at_processor" : "refunded_in_shop", 0, {}});
	finding->formula =
	    refund.has_store ? "refunded_at_processor >= refunded" : "refunded_in_shop >= refunded";
	finding->explanation =
	    sink.Text({subject, " gives back ", money, ", and ", missing_at, " knows no such refund"});
	finding->remedy = refund.has_store
	                      ? sink.Text({"a refund of ", money, " at the processor, or ", subject, " deleted"})
	                      : sink.Text({"a refund of ", money, " noted in the shop"});
	if (!refund.has_store) {
		finding->correction = Correction{"refund", refund.moved};
	}
}

// Whether the money of a refund that failed was given back later.
bool
IsRepeated(const OrderBook &book, const Movement &failed, Minor amount) {
	return std::any_of(book.refunds.begin(), book.refunds.end(), [&](const Movement &refund) {
		return refund.moved >= amount && refund.moved > 0 && refund.currency == failed.currency &&
		       refund.occurred_at >= failed.occurred_at;
	});
}

// A refund that has been pending for long, or that failed and was not made again.
void
CheckArrival(const OrderBook &book, const Movement &refund, Sink &sink) {
	const Minor amount = refund.authority->amount.value_or(0);
	const bool is_failed = refund.authority->status == Status::failed;
	if (amount <= 0 || (!is_failed && !refund.is_pending) ||
	    (is_failed && IsRepeated(book, refund, amount))) {
		return;
	}
	const std::string_view subject = sink.Id(*refund.authority);
	const std::string_view money = sink.Money(amount, refund.currency);
	Finding *finding =
	    is_failed ? sink.Raise(Reason::refund_pending_or_failed, subject, refund.currency)
	              : sink.RaiseIfDue(Reason::refund_pending_or_failed, subject, refund.currency,
	                                DaysAfter(refund.occurred_at, book.policy.pending_refund_days), amount,
	                                sink.Text({"the refund of ", money, " in ", subject, " is to arrive"}));
	if (finding == nullptr) {
		return;
	}
	Describe(refund, 0, *finding, sink);
	finding->expected = amount;
	finding->at_risk = amount;
	finding->terms.push_back({"refunded", 0, subject});
	finding->terms.push_back({"to_refund", amount, subject});
	finding->formula = "refunded >= to_refund";
	finding->explanation = sink.Text(
	    {"the refund of ", money, " in ", subject, is_failed ? " has failed" : " is still pending"});
	finding->remedy =
	    is_failed ? sink.Text({"another refund of ", money}) : sink.Text({subject, " paid out, or failed"});
}

// What the shop says of a refund that its processor tells of too; nothing when it states no amount.
std::optional<Minor>
NotedAmount(const Movement &refund) {
	std::optional<Minor> of_note;
	std::optional<Minor> of_document;
	for (const RecordView *record : refund.records) {
		const bool is_note = record->role == Role::store && !record->is_authority &&
		                     HasMoved(record->status) && record->currency == refund.currency &&
		                     record->amount;
		if (is_note) {
			auto &amount = record->is_summary ? of_document : of_note;
			amount = std::max(amount, record->amount);
		}
	}
	return of_note ? of_note : of_document;
}

// The shop and the processor state different amounts of one refund.
void
CheckAmount(const OrderBook &book, const Movement &refund, Sink &sink) {
	const std::optional<Minor> in_shop = NotedAmount(refund);
	const Minor noted = in_shop.value_or(0);
	const Minor gap = Apart(noted, refund.moved);
	const Minor tolerance = book.Tolerance(Reason::refund_amount_discrepancy);
	if (!refund.has_processor || !in_shop || gap <= tolerance) {
		return;
	}
	const std::string_view subject = sink.Id(*refund.authority);
	Finding *finding = sink.Raise(Reason::refund_amount_discrepancy, subject, refund.currency);
	if (finding == nullptr) {
		return;
	}
	Describe(refund, refund.moved, *finding, sink);
	finding->expected = noted;
	finding->at_risk = gap;
	finding->terms.push_back({"refunded_in_shop", noted, {}});
	finding->terms.push_back({"refunded_at_processor", refund.moved, subject});
	finding->terms.push_back({"tolerance", tolerance, {}});
	finding->formula = "refunded_in_shop - refunded_at_processor <= tolerance and "
	                   "refunded_at_processor - refunded_in_shop <= tolerance";
	finding->explanation =
	    sink.Text({"the shop says ", sink.Money(noted, refund.currency), " of the refund ", subject,
	               ", and the processor ", sink.Money(refund.moved, refund.currency)});
	finding->remedy =
	    sink.Text({"the refund noted in the shop with ", sink.Money(refund.moved, refund.currency)});
}

} // namespace

void
CheckRefundProgress(const OrderBook &book, Sink &sink) {
	if (book.order == nullptr) {
		return;
	}
	for (const Movement &refund : book.refunds) {
		if (refund.moved > 0) {
			CheckKnownToBoth(book, refund, sink);
			CheckAmount(book, refund, sink);
		} else {
			CheckArrival(book, refund, sink);
		}
	}
}

} // namespace meshline
