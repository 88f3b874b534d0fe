// SPDX-License-Identifier: PostgreSQL
// Family settlement: captures against settlement lines, payouts against the sum of their lines.
#include <algorithm>

#include "core/order_book.hpp"
#include "core/wide.hpp"

namespace meshline {

namespace {

// Whether a live settlement line refers to the payment; a deposit in a ledger proves none.
bool
IsSettled(const OrderBook &book, const Movement &payment) {
	return std::any_of(book.records.begin(), book.records.end(), [&](const RecordView *record) {
		return record->kind == Kind::settlement_line && record->role != Role::ledger && IsUsable(*record) &&
		       !IsDead(record->status) && IsAbout(*record, payment);
	});
}

// A payout that the bank has sent back: the processor still owes it.
void
RaiseFailed(const RecordView &payout, Sink &sink) {
	const std::string_view subject = sink.Id(payout);
	Finding *finding = sink.Raise(Reason::payout_failed, subject, payout.currency);
	if (finding == nullptr) {
		return;
	}
	const Minor amount = payout.amount.value_or(0);
	finding->expected = amount;
	finding->actual = 0;
	finding->at_risk = std::max<Minor>(0, amount);
	sink.AddRecord(*finding, payout);
	finding->terms.push_back({"failed_payouts", 1, subject, true});
	finding->terms.push_back({"payout", amount, subject});
	finding->formula = "failed_payouts = 0";
	finding->explanation = sink.Text(
	    {subject, " of ", sink.Money(amount, payout.currency), " has failed: nothing was paid out"});
	finding->remedy = sink.Text({subject, " paid out after all, or cancelled, at its source"});
}

} // namespace

void
CheckSettlement(const OrderBook &book, Sink &sink) {
	for (const Movement &payment : book.payments) {
		const RecordView &record = *payment.authority;
		const ConnectionPolicy *policy = book.policy.Of(record.connection_id);
		const bool pays_out = record.role == Role::processor || record.role == Role::marketplace;
		if (payment.moved <= 0 || !pays_out || policy == nullptr || !policy->settlement_window_days ||
		    IsSettled(book, payment)) {
			continue;
		}
		const std::string_view subject = sink.Id(record);
		const std::string_view money = sink.Money(payment.moved, payment.currency);
		Finding *finding =
		    sink.RaiseIfDue(Reason::missing_settlement, subject, payment.currency,
		                    DaysAfter(payment.occurred_at, *policy->settlement_window_days), payment.moved,
		                    sink.Text({money, " captured in ", subject, " are to be settled"}));
		if (finding == nullptr) {
			continue;
		}
		finding->expected = payment.moved;
		finding->actual = 0;
		finding->at_risk = payment.moved;
		sink.AddRecords(*finding, payment);
		finding->terms.push_back({"captured", payment.moved, subject});
		finding->terms.push_back({"settled", 0, {}});
		finding->formula = "settled >= captured";
		finding->explanation = sink.Text({money, " captured in ", subject, " appear in no settlement"});
		finding->remedy = sink.Text({"a settlement line for ", subject});
	}
}

void
CheckPayout(const RecordView &payout, std::span<const PayoutLines> lines, const OrderBook &book, Sink &sink) {
	if (IsUsable(payout) && payout.status == Status::failed) {
		RaiseFailed(payout, sink);
	}
	if (!IsUsable(payout) || IsDead(payout.status) || !payout.amount || lines.empty()) {
		return;
	}
	CheckSettlementMonth(payout, lines, book, sink);
	Wide total = 0;
	bool has_other_currency = false;
	for (const PayoutLines &line : lines) {
		if (line.currency == payout.currency) {
			total += line.net;
		} else {
			has_other_currency = true;
		}
	}
	const Minor tolerance = std::max<Minor>(
	    0, book.policy.tolerance_minor[static_cast<std::size_t>(Reason::settlement_total_mismatch)]);
	const Minor sum = Clamp(total);
	const Minor difference = Minus(*payout.amount, sum);
	const Minor gap = Apart(*payout.amount, sum);
	if (gap <= tolerance && !has_other_currency) {
		return;
	}
	const std::string_view subject = sink.Id(payout);
	const auto &arrival = payout.expected_at ? payout.expected_at : payout.occurred_at;
	Finding *finding = sink.RaiseIfDue(
	    Reason::settlement_total_mismatch, subject, payout.currency,
	    DaysAfter(arrival, book.policy.settlement_grace_days), gap,
	    sink.Text({"lines of ", sink.Money(difference, payout.currency), " are to come in for ", subject}));
	if (finding == nullptr) {
		return;
	}
	finding->expected = *payout.amount;
	finding->actual = sum;
	finding->at_risk = gap;
	sink.AddRecord(*finding, payout);
	finding->terms.push_back({"payout", *payout.amount, subject});
	finding->terms.push_back({"lines", sum, {}});
	finding->terms.push_back({"lines_in_other_currencies", has_other_currency ? 1 : 0, {}, true});
	finding->terms.push_back({"tolerance", tolerance, {}});
	finding->formula =
	    "payout - lines <= tolerance and lines - payout <= tolerance and lines_in_other_currencies = 0";
	const bool is_apart = gap > tolerance;
	finding->explanation =
	    sink.Text({subject, " is ", sink.Money(*payout.amount, payout.currency),
	               is_apart ? ", but its lines add up to " : ", but has lines in another currency beside ",
	               sink.Money(sum, payout.currency)});
	finding->remedy =
	    is_apart ? sink.Text({"lines of ", sink.Money(difference, payout.currency), " for ", subject})
	             : sink.Text({"the lines in another currency taken out of ", subject});
}

} // namespace meshline
