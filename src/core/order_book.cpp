// SPDX-License-Identifier: PostgreSQL
#include "core/order_book.hpp"

#include <algorithm>
#include <limits>
#include <tuple>

#include "core/currency.hpp"

namespace meshline {

namespace {

constexpr Instant microseconds_per_day = 86'400'000'000;

auto
RecordKey(const RecordView &record) {
	return std::tie(record.system, record.object, record.external_id, record.connection_id);
}

// A store's word goes before a marketplace's; of several orders of one role the earliest counts.
auto
OrderKey(const RecordView &record) {
	return std::tuple(record.role != Role::store, record.occurred_at.value_or(std::numeric_limits<Instant>::max()),
	                  record.external_id, record.connection_id);
}

} // namespace

bool
IsUsable(const RecordView &record) noexcept {
	return !record.is_test && !record.is_invalid;
}

bool
IsDead(Status status) noexcept {
	return status == Status::voided || status == Status::deleted || status == Status::failed;
}

Instant
DaysAfter(const std::optional<Instant> &moment, int days) noexcept {
	return moment ? *moment + days * microseconds_per_day : std::numeric_limits<Instant>::min();
}

OrderBook::OrderBook(std::span<const RecordView> all, const Policy &with, Instant moment,
                     std::pmr::memory_resource *memory)
    : policy(with), as_of(moment), arena(memory), records(memory), orders(memory), payments(memory),
      refunds(memory) {
	records.reserve(all.size());
	for (const RecordView &record : all) {
		records.push_back(&record);
	}
	std::sort(records.begin(), records.end(), [](const RecordView *a, const RecordView *b) {
		return RecordKey(*a) < RecordKey(*b);
	});
	payments = GroupMovements({records.data(), records.size()}, Kind::payment, arena);
	refunds = GroupMovements({records.data(), records.size()}, Kind::refund, arena);
	ChooseOrder();
	SumOrder();
	SumMoney();
	SumPostings();
}

void
OrderBook::ChooseOrder() {
	for (const RecordView *record : records) {
		if (record->kind != Kind::order || record->is_test) {
			continue;
		}
		if (order == nullptr || OrderKey(*record) < OrderKey(*order)) {
			order = record;
		}
		if ((record->role == Role::store || record->role == Role::marketplace) && !IsDead(record->status)) {
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
	bool is_by_lines = !order->amount && !order->is_invalid && order->status != Status::deleted;
	Minor lines = 0;
	for (const RecordView *record : records) {
		if (is_by_lines && record->kind == Kind::order_line && IsUsable(*record) && !IsDead(record->status)) {
			totals.currency = totals.currency.empty() ? record->currency : totals.currency;
			lines = AddClamped(lines, record->amount.value_or(0));
		}
	}
	if (is_by_lines) {
		totals.total = lines;
	}
	is_order_known = !order->is_invalid && totals.total.has_value();
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
	for (const Movement &payment : payments) {
		if (payment.currency == totals.currency) {
			totals.captured = AddClamped(totals.captured, payment.moved);
			totals.authorized = AddClamped(totals.authorized, payment.reserved);
			totals.payment_count += payment.moved > 0 ? 1 : 0;
		}
	}
	for (const Movement &refund : refunds) {
		if (refund.currency == totals.currency) {
			totals.refunded = AddClamped(totals.refunded, refund.moved);
			totals.refund_count += refund.moved > 0 ? 1 : 0;
		}
	}
}

void
OrderBook::SumPostings() {
	for (const RecordView *record : records) {
		if (!IsUsable(*record) || IsDead(record->status) || record->currency != totals.currency) {
			continue;
		}
		const Minor amount = record->amount.value_or(0);
		if (record->kind == Kind::posting && record->posting == Posting::sale) {
			totals.posted = AddClamped(totals.posted, amount);
		} else if (record->kind == Kind::posting && record->posting == Posting::refund) {
			totals.refund_posted = AddClamped(totals.refund_posted, amount);
		} else if (record->kind == Kind::settlement_line && record->role != Role::ledger) {
			totals.settled = AddClamped(totals.settled, amount);
			totals.fee = AddClamped(totals.fee, record->fee.value_or(0));
		}
	}
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
Sink::RaiseIfDue(Reason reason, std::string_view subject, std::string_view currency, Instant due_at, Minor amount,
                 std::string_view expected) {
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

} // namespace meshline
