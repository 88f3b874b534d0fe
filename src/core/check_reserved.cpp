// SPDX-License-Identifier: PostgreSQL
// Family payment, of money that is missing and was reserved, released or announced.
#include <algorithm>

#include "core/order_book.hpp"
#include "core/wide.hpp"

namespace meshline {

namespace {

constexpr Instant microseconds_per_hour = 3'600'000'000;

// What is missing of an order, and what it is compared with.
struct Missing {
	Minor tolerance;
	std::string_view name; // of the amount in question, in the formula
	Minor amount;
};

// Names the order and the payment, and states the rule that neither of both ways keeps.
void
Describe(const OrderBook &book, const Movement &payment, const Missing &missing, Finding &finding,
         Sink &sink) {
	finding.expected = book.totals.total;
	finding.actual = book.totals.captured;
	finding.at_risk = missing.amount;
	sink.AddRecord(finding, *book.order);
	sink.AddRecords(finding, payment);
	finding.terms.push_back({"captured", book.totals.captured, {}});
	finding.terms.push_back({"total", *book.totals.total, sink.Id(*book.order)});
	finding.terms.push_back({"tolerance", missing.tolerance, {}});
	finding.terms.push_back({missing.name, missing.amount, sink.Id(*payment.authority)});
	finding.formula = sink.Text({"captured >= total - tolerance or ", missing.name, " = 0"});
}

// The highest amount of the payment's records that have a status; null when there is none.
const RecordView *
Highest(const Movement &payment, Status status) {
	const RecordView *highest = nullptr;
	for (const RecordView *record : payment.records) {
		if (record->status == status && record->currency == payment.currency && record->amount &&
		    (highest == nullptr || *record->amount > *highest->amount)) {
			highest = record;
		}
	}
	return highest;
}

// When the authorization of a payment expires: as its source says, else as its connection's window does.
std::optional<Instant>
ExpiryOf(const OrderBook &book, const Movement &payment) {
	const RecordView *record = Highest(payment, Status::authorized);
	if (record == nullptr) {
		return std::nullopt;
	}
	if (record->expected_at) {
		return record->expected_at;
	}
	const ConnectionPolicy *policy = book.policy.Of(record->connection_id);
	if (policy == nullptr || !policy->authorization_window_days) {
		return std::nullopt;
	}
	return DaysAfter(record->occurred_at, *policy->authorization_window_days);
}

// Money that is reserved and not captured: an alert some hours before it is lost, another thing afterwards.
bool
RaiseAuthorization(const OrderBook &book, const Movement &payment, Minor tolerance, Sink &sink) {
	const std::optional<Instant> expiry = ExpiryOf(book, payment);
	if (!expiry) {
		return false;
	}
	const std::string_view subject = sink.Id(*payment.authority);
	const std::string_view money = sink.Money(payment.reserved, payment.currency);
	const Missing missing{tolerance, "reserved", payment.reserved};
	const Instant alert_at =
	    Clamp(*expiry - Wide{book.policy.authorization_alert_lead_hours} * microseconds_per_hour);
	if (book.as_of < *expiry && alert_at < *expiry) {
		if (Finding *finding =
		        sink.RaiseIfDue(Reason::authorized_not_captured, subject, payment.currency, alert_at,
		                        payment.reserved, sink.Text({money, " are to be captured in ", subject}))) {
			Describe(book, payment, missing, *finding, sink);
			finding->explanation =
			    sink.Text({money, " are reserved in ", subject, ", not captured, and about to expire"});
			finding->remedy = sink.Text({"a capture of ", money, " in ", subject});
		}
	}
	if (Finding *finding =
	        sink.RaiseIfDue(Reason::authorization_expired, subject, payment.currency, *expiry,
	                        payment.reserved, sink.Text({"the authorization ", subject, " expires"}))) {
		Describe(book, payment, missing, *finding, sink);
		finding->explanation =
		    sink.Text({"the authorization of ", money, " in ", subject, " has expired without a capture"});
		finding->remedy = sink.Text({"a new payment of ", money, ", or the order cancelled"});
	}
	return true;
}

// A capture of less than was reserved, which gave up the rest.
void
RaisePartial(const OrderBook &book, const Movement &payment, Minor released, Minor tolerance, Sink &sink) {
	const std::string_view subject = sink.Id(*payment.authority);
	Finding *finding = sink.Raise(Reason::partial_capture, subject, payment.currency);
	if (finding == nullptr) {
		return;
	}
	Describe(book, payment, {tolerance, "released", released}, *finding, sink);
	finding->explanation =
	    sink.Text({subject, " captured ", sink.Money(payment.moved, payment.currency), " and released ",
	               sink.Money(released, payment.currency), " that the order still needs"});
	finding->remedy = sink.Text({"a further capture of ", sink.Money(released, payment.currency),
	                             ", or an order total lowered by as much"});
}

// A payment that has been announced for longer than payments take.
void
RaisePending(const OrderBook &book, const Movement &payment, Minor amount, Minor tolerance, Sink &sink) {
	const std::string_view subject = sink.Id(*payment.authority);
	const std::string_view money = sink.Money(amount, payment.currency);
	Finding *finding = sink.RaiseIfDue(Reason::payment_pending_too_long, subject, payment.currency,
	                                   DaysAfter(payment.occurred_at, book.policy.pending_payment_days),
	                                   amount, sink.Text({money, " of ", subject, " are to arrive"}));
	if (finding == nullptr) {
		return;
	}
	Describe(book, payment, {tolerance, "pending", amount}, *finding, sink);
	finding->explanation = sink.Text({"the payment of ", money, " in ", subject, " is still pending"});
	finding->remedy = sink.Text({subject, " paid, or failed at its source"});
}

} // namespace

bool
CheckReserved(const OrderBook &book, Minor missing, Minor tolerance, Sink &sink) {
	Wide explained = 0;
	for (const Movement &payment : book.payments) {
		if (!payment.IsIn(book.totals.currency)) {
			continue;
		}
		const RecordView *voided = Highest(payment, Status::voided);
		if (payment.reserved > 0 && voided == nullptr) {
			explained += RaiseAuthorization(book, payment, tolerance, sink)
			                 ? payment.ReservedIn(book.totals.currency)
			                 : 0;
		} else if (payment.currency != book.totals.currency) {
			continue; // what was given up, or is announced, in the buyer's money: not known in the shop's
		} else if (payment.moved > 0) {
			// A shop keeps the authorization beside the note that it was given up; a processor may state what
			// it was in the capture itself.
			const auto authorized = payment.authority->parts[Part::authorized];
			const Minor released = voided == nullptr
			                           ? Minus(authorized.value_or(payment.moved), payment.moved)
			                       : payment.reserved > 0 ? payment.reserved
			                                              : Minus(*voided->amount, payment.moved);
			if (released > tolerance) {
				RaisePartial(book, payment, released, tolerance, sink);
				explained += released;
			}
		} else if (payment.is_pending && payment.authority->amount.value_or(0) > 0) {
			RaisePending(book, payment, *payment.authority->amount, tolerance, sink);
			explained += *payment.authority->amount;
		}
	}
	return explained >= Wide{missing} - tolerance;
}

} // namespace meshline
