// SPDX-License-Identifier: PostgreSQL
// Plans refunds and the states of an order, and answers for an order's money.
#include <algorithm>
#include <utility>

#include "plan.hpp"

namespace meshline::sample {

namespace {

Refund &
AddRefund(Order &order, Random &random, Seconds created_at) {
	const auto number = static_cast<std::int64_t>(order.refunds.size());
	const std::uint64_t roll = random.Below(100);
	Refund refund;
	refund.id = 930'000'000'000 + order.index * 256LL + number * 16 + 3;
	refund.transaction_id = 6'800'000'000'000 + order.index * 4096LL + 2048 + number * 64;
	refund.link = roll < 60 ? RefundLink::order : roll < 85 ? RefundLink::charge : RefundLink::settlement;
	refund.created_at = created_at;
	refund.is_standalone = refund.link == RefundLink::order && random.PerMille(600);
	refund.is_plain = random.PerMille(250);
	refund.refund = "re_3" + random.Token(base62, 23);
	refund.balance_transaction = "txn_3" + random.Token(base62, 23);
	order.refunds.push_back(std::move(refund));
	return order.refunds.back();
}

void
GiveGoodwill(Order &order, Refund &refund, std::int64_t percent) {
	const Minor part = RoundDown(order.total * percent / 100, *order.currency);
	refund.goodwill = std::max(order.currency->step, part);
	refund.amount = refund.goodwill;
}

void
GiveAllBack(Order &order, Refund &refund) {
	for (std::size_t i = 0; i < order.lines.size(); ++i) {
		refund.lines.push_back(i);
	}
	refund.shipping = order.shipping;
	refund.amount = order.total;
}

void
GiveOneLineBack(Order &order, Refund &refund, Random &random) {
	const std::size_t chosen = random.Below(order.lines.size());
	refund.lines.push_back(chosen);
	refund.amount = order.lines[chosen].Net() + order.lines[chosen].tax;
}

} // namespace

void
PlanRefunds(Order &order, Random &random) {
	const Seconds first = order.fulfilled_at + random.Between(20 * hour, 161 * hour);
	if (order.defect == Defect::over_refund) {
		const std::int64_t percent = random.Between(52, 60);
		GiveGoodwill(order, AddRefund(order, random, first), percent);
		GiveGoodwill(order, AddRefund(order, random, first + 26 * hour), percent + 5);
	} else if (order.defect == Defect::duplicate_refund) {
		const std::int64_t percent = random.Between(15, 45);
		GiveGoodwill(order, AddRefund(order, random, first), percent);
		GiveGoodwill(order, AddRefund(order, random, first + 2 * minute), percent);
	} else if (order.defect == Defect::none && order.fulfilled_at != 0 && order.payments.size() == 1 &&
	           order.Card() != nullptr && random.PerMille(120)) {
		order.is_late = random.PerMille(80);
		const std::uint64_t roll = random.Below(100);
		if (roll < 35) {
			GiveAllBack(order, AddRefund(order, random, first));
		} else if (roll < 65 && order.lines.size() > 1) {
			Refund &refund = AddRefund(order, random, first);
			GiveOneLineBack(order, refund, random);
		} else if (roll < 72) { // twice the same amount, but days apart: two refunds, not one twice
			const std::int64_t percent = random.Between(10, 40);
			GiveGoodwill(order, AddRefund(order, random, first), percent);
			GiveGoodwill(order, AddRefund(order, random, first + 3 * day), percent);
		} else {
			const std::int64_t percent = random.Between(5, 40);
			GiveGoodwill(order, AddRefund(order, random, first), percent);
		}
	}
	for (Refund &refund : order.refunds) { // one shop shows all its refunds in one way
		refund.link = order.refunds.front().link;
		refund.is_standalone = refund.is_standalone && refund.link == RefundLink::order;
	}
}

void
PlanVersions(Order &order) {
	OrderVersion version;
	version.updated_at = order.created_at + 50;
	version.is_captured = std::none_of(order.payments.begin(), order.payments.end(),
	                                   [](const Payment &payment) { return payment.is_authorized_first; });
	const bool changes_later = order.fulfilled_at != 0 || order.cancelled_at != 0;
	if (!(order.is_polled || order.is_late) || !changes_later) {
		order.versions.push_back(version);
	}
	version.is_captured = true;
	version.is_fulfilled = order.fulfilled_at != 0;
	version.is_cancelled = order.cancelled_at != 0;
	version.updated_at = std::max(order.fulfilled_at, order.cancelled_at);
	if (changes_later && !order.is_late) {
		order.versions.push_back(version);
	}
	for (std::size_t i = 0; i < order.refunds.size(); ++i) {
		version.updated_at = order.refunds[i].created_at + 4;
		version.refund_count = i + 1;
		if (!order.is_late || i + 1 == order.refunds.size()) {
			order.versions.push_back(version);
		}
	}
}

Minor
Payment::Fee() const {
	return (amount * 29 + 500) / 1000 + 30;
}

const Payment *
Order::Card() const {
	for (const Payment &payment : payments) {
		if (payment.tender == Tender::card) {
			return &payment;
		}
	}
	return nullptr;
}

Minor
Order::Captured() const {
	Minor sum = 0;
	for (const Payment &payment : payments) {
		sum += payment.amount;
	}
	return sum;
}

Minor
Order::Refunded(std::size_t count) const {
	Minor sum = 0;
	for (std::size_t i = 0; i < std::min(count, refunds.size()); ++i) {
		sum += refunds[i].amount;
	}
	return sum;
}

} // namespace meshline::sample
