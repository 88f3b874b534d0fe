// SPDX-License-Identifier: PostgreSQL
// Family dispute: money that the payer's bank takes back, against refunds and against the balance.
#include <algorithm>

#include "core/order_book.hpp"
#include "core/wide.hpp"

namespace meshline {

namespace {

// A dispute that nobody has decided yet: its money is gone, and evidence may bring it back.
void
RaiseOpen(const RecordView &dispute, Sink &sink) {
	const std::string_view subject = sink.Id(dispute);
	Finding *finding = sink.Raise(Reason::chargeback_open, subject, dispute.currency);
	if (finding == nullptr) {
		return;
	}
	const Minor amount = dispute.amount.value_or(0);
	finding->expected = 0;
	finding->actual = amount;
	finding->at_risk = std::max<Minor>(0, amount);
	finding->due_at = dispute.expected_at;
	sink.AddRecord(*finding, dispute);
	finding->terms.push_back({"open_disputes", 1, subject, true});
	finding->terms.push_back({"disputed", amount, subject});
	finding->formula = "open_disputes = 0";
	finding->explanation =
	    sink.Text({"the payer's bank has taken back ", sink.Money(amount, dispute.currency), " in ", subject,
	               dispute.expected_at ? ", and evidence is due" : ""});
	finding->remedy = sink.Text({"the dispute ", subject, " won or lost at its source"});
}

// D + R > C on one capture: the customer has been paid back by the shop and by the bank.
void
RaisePaidTwice(const DisputedCapture &capture, const OrderBook &book, Sink &sink) {
	const Movement &payment = *capture.payment;
	const Minor excess = ExcessOf(capture, book);
	if (excess <= 0) {
		return;
	}
	const std::string_view subject = sink.Id(*payment.authority);
	Finding *finding = sink.Raise(Reason::chargeback_and_refund, subject, payment.currency);
	if (finding == nullptr) {
		return;
	}
	finding->expected = payment.moved;
	finding->actual = Plus(capture.refunded, capture.disputed);
	finding->at_risk = excess;
	sink.AddRecords(*finding, payment);
	for (const Movement &refund : book.refunds) {
		sink.AddRecords(*finding, refund);
	}
	for (const RecordView *dispute : book.disputes) {
		sink.AddRecord(*finding, *dispute);
	}
	finding->terms.push_back({"captured", payment.moved, subject});
	finding->terms.push_back({"refunded", capture.refunded, {}});
	finding->terms.push_back({"disputed", capture.disputed, {}});
	finding->terms.push_back({"tolerance", book.Tolerance(Reason::chargeback_and_refund), {}});
	finding->formula = "refunded + disputed <= captured + tolerance";
	finding->explanation = sink.Text({sink.Money(capture.refunded, payment.currency), " refunded and ",
	                                  sink.Money(capture.disputed, payment.currency), " disputed of ",
	                                  sink.Money(payment.moved, payment.currency), " in ", subject, ": ",
	                                  sink.Money(excess, payment.currency), " are paid back twice"});
	finding->remedy = sink.Text({"the dispute won with the refund as evidence, or ",
	                             sink.Money(excess, payment.currency), " less refunded"});
}

// The settlement lines of a dispute, in its currency.
Vector<const RecordView *>
LinesOf(const RecordView &dispute, const OrderBook &book) {
	Vector<const RecordView *> lines(book.arena);
	for (const RecordView *line : book.records) {
		if (line->kind == Kind::settlement_line && line->role != Role::ledger && IsUsable(*line) &&
		    !IsDead(line->status) && line->currency == dispute.currency && IsAbout(*line, dispute)) {
			lines.push_back(line);
		}
	}
	return lines;
}

// What the processor keeps of a dispute is not what was agreed.
void
CheckFee(const RecordView &dispute, const RecordView &line, const OrderBook &book, Sink &sink) {
	const ConnectionPolicy *policy = book.policy.Of(line.connection_id);
	// The line that takes the money away carries the fee; one that brings it back may return it.
	if (policy == nullptr || !policy->dispute_fee || !line.fee || line.amount.value_or(0) >= 0) {
		return;
	}
	const Minor agreed = *policy->dispute_fee;
	const Minor tolerance = book.policy.Tolerance(Reason::fee_mismatch, 0);
	const std::string_view subject = sink.Id(line);
	Finding *finding = Apart(*line.fee, agreed) <= tolerance
	                       ? nullptr
	                       : sink.Raise(Reason::fee_mismatch, subject, line.currency);
	if (finding == nullptr) {
		return;
	}
	finding->expected = agreed;
	finding->actual = *line.fee;
	finding->at_risk = Apart(*line.fee, agreed);
	sink.AddRecord(*finding, line);
	sink.AddRecord(*finding, dispute);
	finding->terms.push_back({"fee", *line.fee, subject});
	finding->terms.push_back({"agreed", agreed, {}});
	finding->terms.push_back({"tolerance", tolerance, {}});
	finding->formula = "fee - agreed <= tolerance and agreed - fee <= tolerance";
	finding->explanation = sink.Text(
	    {subject, " costs ", sink.Money(*line.fee, line.currency), " for the dispute ", sink.Id(dispute),
	     ", and ", sink.Money(agreed, line.currency),
	     *line.fee > agreed ? " were agreed: too much was kept" : " were agreed: too little was kept"});
	finding->remedy = sink.Text({"a fee of ", sink.Money(agreed, line.currency),
	                             ", or a policy dispute_fee_minor that says what was agreed"});
}

// A dispute that was won, and whose money the balance does not show to have come back.
void
RaiseNotCredited(const RecordView &dispute, const Vector<const RecordView *> &lines, const OrderBook &book,
                 Sink &sink) {
	Wide withdrawn_sum = 0;
	Wide credited_sum = 0;
	for (const RecordView *line : lines) {
		const Minor amount = line->amount.value_or(0);
		(amount < 0 ? withdrawn_sum : credited_sum) += amount < 0 ? -Wide{amount} : Wide{amount};
	}
	const Minor withdrawn = Clamp(withdrawn_sum);
	const Minor credited = Clamp(credited_sum);
	const Minor missing = Minus(withdrawn, credited);
	const Minor tolerance = book.Tolerance(Reason::chargeback_won_not_credited);
	if (missing <= tolerance) {
		return;
	}
	const std::string_view subject = sink.Id(dispute);
	const std::string_view money = sink.Money(missing, dispute.currency);
	Finding *finding =
	    sink.RaiseIfDue(Reason::chargeback_won_not_credited, subject, dispute.currency,
	                    DaysAfter(dispute.version_at, book.policy.dispute_credit_window_days), missing,
	                    sink.Text({money, " of the dispute won in ", subject, " are to come back"}));
	if (finding == nullptr) {
		return;
	}
	finding->expected = withdrawn;
	finding->actual = credited;
	finding->at_risk = missing;
	sink.AddRecord(*finding, dispute);
	for (const RecordView *line : lines) {
		sink.AddRecord(*finding, *line);
	}
	finding->terms.push_back({"withdrawn", withdrawn, {}});
	finding->terms.push_back({"credited", credited, {}});
	finding->terms.push_back({"tolerance", tolerance, {}});
	finding->formula = "credited >= withdrawn - tolerance";
	finding->explanation = sink.Text({subject, " was won, but of ", sink.Money(withdrawn, dispute.currency),
	                                  " withdrawn ", money, " have not come back to the balance"});
	finding->remedy = sink.Text({"a settlement line of ", money, " for ", subject});
}

} // namespace

Minor
ExcessOf(const DisputedCapture &capture, const OrderBook &book) noexcept {
	const Wide excess = Wide{capture.refunded} + capture.disputed - capture.payment->moved;
	const bool is_both = capture.refunded > 0 && capture.disputed > 0;
	return is_both && excess > book.Tolerance(Reason::chargeback_and_refund) ? Clamp(excess) : 0;
}

void
CheckDispute(const OrderBook &book, Sink &sink) {
	for (const RecordView *dispute : book.disputes) {
		const Vector<const RecordView *> lines = LinesOf(*dispute, book);
		for (const RecordView *line : lines) {
			CheckFee(*dispute, *line, book, sink);
		}
		if (dispute->status == Status::pending) {
			RaiseOpen(*dispute, sink);
		} else if (dispute->status == Status::voided) {
			RaiseNotCredited(*dispute, lines, book, sink);
		}
	}
	for (const DisputedCapture &capture : book.disputed_captures) {
		RaisePaidTwice(capture, book, sink);
	}
}

} // namespace meshline
