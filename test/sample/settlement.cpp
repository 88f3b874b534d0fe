// SPDX-License-Identifier: PostgreSQL
// Pays the processor's balance out: one payout per currency and day, with its lines.
#include <algorithm>
#include <array>
#include <map>
#include <tuple>
#include <utility>

#include "plan.hpp"

namespace meshline::sample {

namespace {

using DayLines = std::map<Seconds, std::vector<SettlementLine>>; // by day of payout creation

Seconds
PayoutDay(Seconds time, int days_later) {
	return time - time % day + days_later * day;
}

void
CollectOrder(const Order &order, std::map<std::string_view, DayLines> &captures,
             std::map<std::string_view, DayLines> &refunds) {
	for (const Payment &payment : order.payments) {
		if (payment.tender != Tender::card || !payment.is_settled ||
		    order.defect == Defect::refund_without_order) {
			continue;
		}
		const Seconds paid_on = PayoutDay(payment.captured_at, payment.is_late ? 4 : 1);
		captures[payment.currency->code][paid_on].push_back({payment.balance_transaction, &order, &payment,
		                                                     nullptr, payment.currency, payment.amount,
		                                                     payment.Fee(), payment.captured_at});
	}
	for (const Refund &refund : order.refunds) {
		refunds[order.currency->code][PayoutDay(refund.created_at, 1)].push_back(
		    {refund.balance_transaction, &order, order.Card(), &refund, order.currency, -refund.amount, 0,
		     refund.created_at});
	}
}

Minor
Net(const std::vector<SettlementLine> &lines) {
	Minor sum = 0;
	for (const SettlementLine &line : lines) {
		sum += line.amount - line.fee;
	}
	return sum;
}

Payout
MakePayout(const Options &options, Seconds created_on, std::vector<SettlementLine> lines) {
	const Currency &currency = *lines.front().currency;
	const auto index = static_cast<std::uint64_t>(created_on + currency.code[0]);
	Random random(options.seed, 6, index);
	std::sort(lines.begin(), lines.end(), [](const SettlementLine &left, const SettlementLine &right) {
		return std::tie(left.created_at, left.id) < std::tie(right.created_at, right.id);
	});
	Payout payout;
	payout.id = "po_1" + random.Token(base62, 23);
	payout.currency = &currency;
	payout.created_at = created_on + 5 * minute;
	payout.arrival_at = created_on + 2 * day;
	payout.amount = Net(lines);
	payout.has_deposit = payout.amount > 0;
	payout.lines = std::move(lines);
	return payout;
}

// Captures are paid out on their day; a refund waits for a payout that stays positive with it.
void
PayOutCurrency(Month &month, DayLines &captures, DayLines &refunds) {
	std::vector<SettlementLine> waiting;
	for (auto &[created_on, lines] : captures) {
		while (!refunds.empty() && refunds.begin()->first <= created_on) {
			std::vector<SettlementLine> &due = refunds.begin()->second;
			waiting.insert(waiting.end(), due.begin(), due.end());
			refunds.erase(refunds.begin());
		}
		Minor net = Net(lines);
		std::vector<SettlementLine> still_waiting;
		for (const SettlementLine &refund : waiting) {
			const bool fits = net + refund.amount > 0;
			(fits ? lines : still_waiting).push_back(refund);
			net += fits ? refund.amount : 0;
		}
		waiting = std::move(still_waiting);
		month.payouts.push_back(MakePayout(month.options, created_on, std::move(lines)));
	}
	for (auto &[created_on, due] : refunds) {
		waiting.insert(waiting.end(), due.begin(), due.end());
	}
	if (!waiting.empty()) { // the processor takes the rest from the bank account
		Seconds last = 0;
		for (const SettlementLine &refund : waiting) {
			last = std::max(last, refund.created_at);
		}
		month.payouts.push_back(MakePayout(month.options, PayoutDay(last, 9), std::move(waiting)));
	}
}

// Makes some payouts, and some deposits, disagree with their lines.
void
Misstate(Month &month) {
	std::vector<Payout *> candidates;
	for (Payout &payout : month.payouts) {
		if (payout.currency == &UsDollar() && payout.has_deposit && payout.lines.size() > 1) {
			candidates.push_back(&payout);
		}
	}
	Random random(month.options.seed, 7);
	const auto share = std::min<std::size_t>(candidates.size() / 8, 3);
	const std::size_t count = 2 * std::max<std::size_t>(candidates.empty() ? 0 : 1, share);
	for (std::size_t i = 0; i < count && !candidates.empty(); ++i) {
		std::swap(candidates[random.Below(candidates.size())], candidates.back());
		Payout &payout = *candidates.back();
		candidates.pop_back();
		const Minor error = random.Between(150, 9'999);
		if (i % 2 == 0 && payout.amount > error) {
			payout.amount_error = -error;
			payout.amount -= error;
		} else {
			payout.deposit_error = error;
		}
	}
}

} // namespace

void
PlanSettlement(Month &month) {
	std::map<std::string_view, DayLines> captures;
	std::map<std::string_view, DayLines> refunds;
	for (const Order &order : month.orders) {
		CollectOrder(order, captures, refunds);
	}
	for (const Order &stray : month.strays) {
		CollectOrder(stray, captures, refunds);
	}
	for (auto &[code, days] : refunds) {
		captures.try_emplace(code);
	}
	for (auto &[code, days] : captures) {
		PayOutCurrency(month, days, refunds[code]);
	}
	std::sort(month.payouts.begin(), month.payouts.end(), [](const Payout &left, const Payout &right) {
		return std::tie(left.created_at, left.id) < std::tie(right.created_at, right.id);
	});
	int number = 0;
	for (Payout &payout : month.payouts) {
		payout.number = number++;
	}
	if (!month.options.is_clean) {
		Misstate(month);
	}
}

} // namespace meshline::sample
