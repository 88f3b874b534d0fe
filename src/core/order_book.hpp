// SPDX-License-Identifier: PostgreSQL
// The records of one canonical order, sorted and summed once for all checks.
#pragma once

#include <initializer_list>
#include <memory_resource>
#include <span>
#include <string_view>

#include "core/movement.hpp"
#include "core/reconcile.hpp"

namespace meshline {

// A capture that is disputed, with what was paid back of it in its own currency.
struct DisputedCapture {
	const Movement *payment;
	Minor refunded = 0;
	Minor disputed = 0;
};

struct OrderBook {
	OrderBook(std::span<const RecordView> all, const Policy &with, Instant moment,
	          std::pmr::memory_resource *memory);
	OrderBook(const OrderBook &) = delete;
	OrderBook &operator=(const OrderBook &) = delete;

	const Policy &policy;
	Instant as_of;
	std::pmr::memory_resource *arena;
	Vector<const RecordView *> records; // sorted by (system, object, external_id, connection)
	const RecordView *order = nullptr;  // the one whose word counts; null: none has come in
	Vector<const RecordView *> orders;  // those alive of the same role, a store's or a marketplace's
	bool is_order_known = false;        // there is an order and its total is to be trusted
	Vector<Movement> payments;
	Vector<Movement> refunds;
	Vector<const RecordView *> disputes; // of the sources that move money, whatever became of them
	Vector<DisputedCapture> disputed_captures;
	OrderTotals totals;

	bool
	IsOrderDead() const noexcept {
		return order != nullptr && IsDead(order->status);
	}
	// When the last of the captured money came in; not before the order.
	std::optional<Instant> PaidAt() const noexcept;
	Minor
	Tolerance(Reason reason) const noexcept {
		return policy.Tolerance(reason, order == nullptr ? 0 : order->line_count);
	}

private:
	void ChooseOrder();
	void SumOrder();
	void ExchangeMovements();
	void SumMoney();
	void SumDisputes();
	void SumLedger();
};

// What was paid back of a disputed capture beyond it, by refund and by dispute; 0 when within tolerance.
Minor ExcessOf(const DisputedCapture &capture, const OrderBook &book) noexcept;

// Days after a moment; without a moment, long ago.
Instant DaysAfter(const std::optional<Instant> &moment, int days) noexcept;

struct ItemBook;

// Collects what checks say, in the order's arena.
class Sink {
public:
	Sink(const OrderBook &book, Reconciliation &result) noexcept : book_(book), result_(result) {
	}

	// A finding to fill in, or null when its reason is switched off. Its text is the caller's.
	Finding *Raise(Reason reason, std::string_view subject, std::string_view currency);
	// A finding when `due_at` has come, else null and an expectation with that explanation.
	Finding *RaiseIfDue(Reason reason, std::string_view subject, std::string_view currency, Instant due_at,
	                    Minor amount, std::string_view expected);

	std::string_view Text(std::initializer_list<std::string_view> parts) const;
	// "12.34 USD"
	std::string_view Money(Minor amount, std::string_view currency) const;
	std::string_view Id(const RecordView &record) const;
	void AddRecord(Finding &finding, const RecordView &record) const;
	void AddRecords(Finding &finding, const Movement &movement) const;
	// The order and every record of its captures.
	void AddPayments(Finding &finding) const;
	// Those, and the numbers that a comparison of what was captured with the total shows.
	void AddCaptured(Finding &finding, Minor tolerance) const;

private:
	const OrderBook &book_;
	Reconciliation &result_;
};

// The families of checks; each adds what it finds.
void CheckIngest(const OrderBook &book, Sink &sink);
void CheckMapping(const OrderBook &book, Sink &sink);
void CheckDuplicate(std::span<const LikeRecord> likes, const OrderBook &book, Sink &sink);
void CheckPayment(const ItemBook &items, const OrderBook &book, Sink &sink);
// In which currency it was paid: whether nothing else compares its total then.
bool CheckPaymentCurrency(const OrderBook &book, Sink &sink);
// Of an order of which things were given back and others added: whether it is one, and then whether the money
// fits; nothing else compares its total.
bool CheckExchange(const ItemBook &items, const OrderBook &book, Sink &sink);
// Raises what is reserved, released or pending of an order's missing money; true when that is all of it.
bool CheckReserved(const OrderBook &book, Minor missing, Minor tolerance, Sink &sink);
void CheckRefund(const OrderBook &book, Sink &sink);
void CheckRefundProgress(const OrderBook &book, Sink &sink);
void CheckDispute(const OrderBook &book, Sink &sink);
void CheckFulfillment(const OrderBook &book, Sink &sink);
void CheckItems(const ItemBook &items, const OrderBook &book, Sink &sink);
void CheckStock(const ItemBook &items, const OrderBook &book, Sink &sink);
void CheckSettlement(const OrderBook &book, Sink &sink);
void CheckSettlementLines(const OrderBook &book, Sink &sink);
void CheckTransfer(const OrderBook &book, Sink &sink);
void CheckPosting(const OrderBook &book, Sink &sink);
void CheckPeriod(const OrderBook &book, Sink &sink);
// A payout with lines of two months, where settlements are booked as wholes.
void CheckSettlementMonth(const RecordView &payout, std::span<const PayoutLines> lines, const OrderBook &book,
                          Sink &sink);
// The lines of a payout against the payout.
void CheckPayout(const RecordView &payout, std::span<const PayoutLines> lines, const OrderBook &book,
                 Sink &sink);

} // namespace meshline

#ifdef POSTGRES_H
#error "the core sees no PostgreSQL header"
#endif
