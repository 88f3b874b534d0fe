// SPDX-License-Identifier: PostgreSQL
#include "core/order_book.hpp"

#include <algorithm>
#include <limits>
#include <tuple>

#include "core/currency.hpp"
#include "core/wide.hpp"

namespace meshline {

namespace {

constexpr Instant microseconds_per_day = 86'400'000'000;

// What tells the records of a merchant apart.
auto
RecordKey(const RecordView &record) {
	return std::tie(record.system, record.object, record.external_id, record.connection_id);
}

// The word of a source of truth goes before a store's, that before a marketplace's, and that before anybody
// else's; of several orders of one rank the earliest that is not void counts.
auto
OrderKey(const RecordView &record) {
	const int rank = record.role == Role::store ? 0 : record.role == Role::marketplace ? 1 : 2;
	return std::tuple(!record.is_authority, rank, IsDead(record.status),
	                  record.occurred_at.value_or(std::numeric_limits<Instant>::max()), record.external_id,
	                  record.connection_id);
}

// Adds up in the currency given, exactly; it stops at the ends of int64.
struct Sum {
	std::string_view currency;
	Wide value = 0;

	void
	Add(std::string_view of, std::optional<Minor> amount) noexcept {
		value += of == currency ? amount.value_or(0) : 0;
	}
};

// The capture that records give back: the one they name, else the only one; null: not known.
const Movement *
PaymentOf(std::span<const RecordView *const> records, const Vector<Movement> &payments) noexcept {
	const Movement *only = nullptr;
	int captures = 0;
	for (const Movement &payment : payments) {
		if (payment.moved <= 0) {
			continue;
		}
		only = &payment;
		++captures;
		for (const RecordView *record : records) {
			if (IsAbout(*record, payment)) {
				return &payment;
			}
		}
	}
	return captures == 1 ? only : nullptr;
}

} // namespace

Instant
DaysAfter(const std::optional<Instant> &moment, int days) noexcept {
	return moment ? Clamp(*moment + Wide{days} * microseconds_per_day) : std::numeric_limits<Instant>::min();
}

OrderBook::OrderBook(std::span<const RecordView> all, const Policy &with, Instant moment,
                     std::pmr::memory_resource *memory)
    : policy(with), as_of(moment), arena(memory), records(memory), orders(memory), payments(memory),
      refunds(memory), disputes(memory), disputed_captures(memory) {
	records.reserve(all.size());
	for (const RecordView &record : all) {
		records.push_back(&record);
	}
	std::sort(records.begin(), records.end(),
	          [](const RecordView *a, const RecordView *b) { return RecordKey(*a) < RecordKey(*b); });
	payments = GroupMovements({records.data(), records.size()}, Kind::payment, arena);
	refunds = GroupMovements({records.data(), records.size()}, Kind::refund, arena);
	ChooseOrder();
	SumOrder();
	for (Movement &refund : refunds) {
		refund.payment = PaymentOf({refund.records.data(), refund.records.size()}, payments);
	}
	ExchangeMovements();
	SumMoney();
	SumDisputes();
	SumLedger();
}

std::optional<Instant>
OrderBook::PaidAt() const noexcept {
	std::optional<Instant> paid_at = totals.ordered_at;
	for (const Movement &payment : payments) {
		if (payment.moved > 0) {
			paid_at = std::max(paid_at, payment.occurred_at);
		}
	}
	return paid_at;
}

void
OrderBook::ChooseOrder() {
	// What a CRM says of an order is somebody's note of it.
	const auto is_order = [](const RecordView *record) {
		return record->kind == Kind::order && !record->is_test && record->role != Role::crm;
	};
	for (const RecordView *record : records) {
		if (is_order(record) && (order == nullptr || OrderKey(*record) < OrderKey(*order))) {
			order = record;
		}
	}
	// A shop's copy of a marketplace's order is one order; two of one role are two.
	for (const RecordView *record : records) {
		if (is_order(record) && record->role == order->role && !IsDead(record->status) &&
		    (record->role == Role::store || record->role == Role::marketplace)) {
			orders.push_back(record);
		}
	}
}

void
OrderBook::SumOrder() {
	totals.has_order = order != nullptr;
	if (order == nullptr) {
		return;
	}
	totals.order_status = order->status;
	totals.ordered_at = order->occurred_at;
	totals.currency = order->currency;
	totals.total = order->amount;
	if (!order->amount && !order->is_invalid && order->status != Status::deleted) {
		Sum lines{totals.currency};
		for (const RecordView *record : records) {
			if (record->kind == Kind::order_line && record->role != Role::crm && IsUsable(*record) &&
			    !IsDead(record->status)) {
				lines.currency = lines.currency.empty() ? record->currency : lines.currency;
				lines.Add(record->currency, record->amount);
			}
		}
		totals.currency = lines.currency;
		totals.total = Clamp(lines.value);
	}
	is_order_known = !order->is_invalid && totals.total.has_value();
}

// Movements in the buyer's currency that do not state the shop's money themselves are of the order, which
// states both: all of the one is all of the other, and a share of it the same share, to the nearest minor
// unit in all.
void
OrderBook::ExchangeMovements() {
	if (!is_order_known || order->presentment.value_or(0) <= 0 || *totals.total <= 0) {
		return;
	}
	const auto share = [&](Wide of) {
		return Clamp((Wide{*totals.total} * Clamp(of) + *order->presentment / 2) / *order->presentment);
	};
	for (auto *movements : {&payments, &refunds}) {
		Wide moved = 0, reserved = 0;
		for (Movement &movement : *movements) {
			if (movement.currency != order->presentment_currency || movement.IsIn(totals.currency) ||
			    movement.moved < 0) {
				continue;
			}
			movement.exchanged =
			    Exchanged{totals.currency, Minus(share(moved + movement.moved), share(moved)),
			              Minus(share(reserved + movement.reserved), share(reserved))};
			moved += movement.moved;
			reserved += movement.reserved;
		}
	}
}

void
OrderBook::SumMoney() {
	// Without an order the money's own currency is all there is.
	for (const auto *movements : {&payments, &refunds}) {
		for (const Movement &movement : *movements) {
			if (totals.currency.empty()) {
				totals.currency = movement.currency;
			}
		}
	}
	Sum captured{totals.currency};
	Sum authorized{totals.currency};
	Sum refunded{totals.currency};
	for (const Movement &payment : payments) {
		captured.Add(totals.currency, payment.MovedIn(totals.currency));
		authorized.Add(totals.currency, payment.ReservedIn(totals.currency));
		totals.payment_count += payment.MovedIn(totals.currency) > 0 ? 1 : 0;
	}
	for (const Movement &refund : refunds) {
		refunded.Add(totals.currency, refund.MovedIn(totals.currency));
		totals.refund_count += refund.MovedIn(totals.currency) > 0 ? 1 : 0;
	}
	totals.captured = Clamp(captured.value);
	totals.authorized = Clamp(authorized.value);
	totals.refunded = Clamp(refunded.value);
}

void
OrderBook::SumDisputes() {
	Sum disputed{totals.currency};
	for (const RecordView *record : records) {
		if (record->kind == Kind::dispute && IsUsable(*record) && record->role != Role::ledger &&
		    record->role != Role::crm) {
			disputes.push_back(record);
			disputed.Add(record->currency, IsTaken(*record) ? record->amount : std::nullopt);
		}
	}
	totals.disputed = Clamp(disputed.value);
	if (disputes.empty()) {
		return;
	}
	for (const RecordView *dispute : disputes) {
		const Movement *payment = IsTaken(*dispute) ? PaymentOf({&dispute, 1}, payments) : nullptr;
		if (payment == nullptr || dispute->currency != payment->currency) {
			continue;
		}
		auto at = std::find_if(disputed_captures.begin(), disputed_captures.end(),
		                       [&](const DisputedCapture &capture) { return capture.payment == payment; });
		if (at == disputed_captures.end()) {
			disputed_captures.push_back({payment});
			at = disputed_captures.end() - 1;
		}
		at->disputed = Plus(at->disputed, dispute->amount.value_or(0));
	}
	for (const Movement &refund : refunds) {
		for (DisputedCapture &capture : disputed_captures) {
			if (capture.payment == refund.payment && refund.currency == capture.payment->currency) {
				capture.refunded = Plus(capture.refunded, refund.moved);
			}
		}
	}
}

void
OrderBook::SumLedger() {
	Sum posted{totals.currency};
	Sum refund_posted{totals.currency};
	Sum settled{totals.currency};
	Sum fee{totals.currency};
	for (const RecordView *record : records) {
		if (!IsUsable(*record) || IsDead(record->status)) {
			continue;
		}
		if (record->kind == Kind::posting && record->posting == Posting::sale) {
			posted.Add(record->currency, record->amount);
		} else if (record->kind == Kind::posting && record->posting == Posting::refund) {
			refund_posted.Add(record->currency, record->amount);
		} else if (record->kind == Kind::settlement_line && record->role != Role::ledger) {
			settled.Add(record->currency, record->amount);
			fee.Add(record->currency, record->fee);
		}
	}
	totals.posted = Clamp(posted.value);
	totals.refund_posted = Clamp(refund_posted.value);
	totals.settled = Clamp(settled.value);
	totals.fee = Clamp(fee.value);
}

Finding *
Sink::Raise(Reason reason, std::string_view subject, std::string_view currency) {
	if (!book_.policy.IsEnabled(reason)) {
		return nullptr;
	}
	Finding &finding = result_.findings.emplace_back(book_.arena);
	finding.reason = reason;
	finding.subject = subject;
	finding.currency = currency;
	return &finding;
}

Finding *
Sink::RaiseIfDue(Reason reason, std::string_view subject, std::string_view currency, Instant due_at,
                 Minor amount, std::string_view expected) {
	if (due_at <= book_.as_of) {
		Finding *finding = Raise(reason, subject, currency);
		if (finding != nullptr && due_at != std::numeric_limits<Instant>::min()) {
			finding->due_at = due_at;
		}
		return finding;
	}
	if (book_.policy.IsEnabled(reason)) {
		result_.expectations.push_back({reason, subject, currency, amount, due_at, expected});
	}
	return nullptr;
}

std::string_view
Sink::Text(std::initializer_list<std::string_view> parts) const {
	std::size_t size = 0;
	for (const auto part : parts) {
		size += part.size();
	}
	auto *text = static_cast<char *>(book_.arena->allocate(size + 1, 1));
	char *at = text;
	for (const auto part : parts) {
		at = std::copy(part.begin(), part.end(), at);
	}
	return {text, size};
}

std::string_view
Sink::Money(Minor amount, std::string_view currency) const {
	char buffer[minor_text_size];
	return Text({FormatMinor(amount, currency, buffer), " ", currency});
}

std::string_view
Sink::Id(const RecordView &record) const {
	return Text({record.system, ":", record.object, ":", record.external_id});
}

void
Sink::AddRecord(Finding &finding, const RecordView &record) const {
	finding.record_ids.push_back(Id(record));
}

void
Sink::AddRecords(Finding &finding, const Movement &movement) const {
	for (const RecordView *record : movement.records) {
		AddRecord(finding, *record);
	}
}

void
Sink::AddPayments(Finding &finding) const {
	if (book_.order != nullptr) {
		AddRecord(finding, *book_.order);
	}
	for (const Movement &payment : book_.payments) {
		if (payment.moved > 0) {
			AddRecords(finding, payment);
		}
	}
}

void
Sink::AddCaptured(Finding &finding, Minor tolerance) const {
	finding.expected = book_.totals.total;
	finding.actual = book_.totals.captured;
	finding.terms.push_back({"captured", book_.totals.captured, {}});
	finding.terms.push_back({"total", *book_.totals.total, Id(*book_.order)});
	finding.terms.push_back({"tolerance", tolerance, {}});
	AddPayments(finding);
}

} // namespace meshline
