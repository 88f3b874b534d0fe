// SPDX-License-Identifier: PostgreSQL
// Writes down what a correct engine must find, and repeats some deliveries.
#include <algorithm>
#include <cstdlib>
#include <utility>

#include "payloads.hpp"
#include "plan.hpp"

namespace meshline::sample {

namespace {

std::string
ChargeOf(const Payment &payment) {
	return "stripe:charge:" + payment.charge;
}

std::string
CashSaleOf(const Order &order, netsuite::Sale sale) {
	return "netsuite:cash_sale:" + std::to_string(netsuite::CashSaleId(order, sale));
}

// Fills in code, subject and money for the defect of an order of the month.
void
JudgeOrder(const Order &order, Truth &truth) {
	const Payment *card = order.Card();
	const Minor captured = order.Captured();
	switch (order.defect) {
	case Defect::event_id_reused:
		truth.reason = "EVENT_ID_REUSED";
		truth.record_id = stripe::EventId("payment_intent.succeeded", card->intent);
		truth.subject = ChargeOf(*card);
		break;
	case Defect::underpayment:
		truth.reason = "UNDERPAYMENT";
		truth.amount = order.total - captured;
		break;
	case Defect::overcapture:
		truth.reason = "OVERCAPTURE";
		truth.amount = captured - order.total;
		break;
	case Defect::duplicate_payment:
		truth.reason = "DUPLICATE_PAYMENT";
		truth.subject = ChargeOf(order.payments.back());
		truth.amount = captured - order.total;
		break;
	case Defect::currency_mismatch:
		truth.reason = "CURRENCY_MISMATCH";
		truth.subject = ChargeOf(*card);
		truth.amount = order.total;
		break;
	case Defect::minor_unit_error:
		truth.reason = "MINOR_UNIT_ERROR";
		truth.subject = ChargeOf(*card);
		truth.amount = captured - order.total;
		break;
	case Defect::void_with_money:
		truth.reason = "DELETED_OR_VOID_WITH_MONEY";
		truth.amount = captured;
		break;
	case Defect::over_refund:
		truth.reason = "OVER_REFUND";
		truth.amount = order.Refunded(order.refunds.size()) - captured;
		break;
	case Defect::duplicate_refund:
		truth.reason = "DUPLICATE_REFUND";
		truth.subject = "stripe:refund:" + order.refunds.back().refund;
		truth.amount = order.refunds.back().amount;
		break;
	case Defect::posting_missing:
		truth.reason = "POSTING_MISSING";
		truth.amount = order.total;
		break;
	case Defect::posting_duplicate:
		truth.reason = "POSTING_DUPLICATE";
		truth.subject = CashSaleOf(order, netsuite::Sale::again);
		truth.amount = order.total;
		break;
	case Defect::posting_amount_mismatch:
		truth.reason = "POSTING_AMOUNT_MISMATCH";
		truth.subject = CashSaleOf(order, netsuite::Sale::first);
		truth.amount = std::abs(order.posting_error);
		break;
	case Defect::missing_settlement:
		truth.reason = "MISSING_SETTLEMENT";
		truth.subject = ChargeOf(*card);
		truth.amount = captured;
		break;
	case Defect::stale_event:
		truth.reason = "STALE_EVENT";
		truth.subject = "shopify:order:" + std::to_string(order.id);
		truth.is_open = false;
		break;
	default:
		break;
	}
}

void
JudgeStray(const Order &stray, Truth &truth) {
	const bool is_shop_order = stray.payments.empty() || stray.payments.front().is_in_shop;
	truth.subject = is_shop_order ? "shopify:order:" + std::to_string(stray.id) : ChargeOf(*stray.Card());
	truth.amount = stray.Captured();
	switch (stray.defect) {
	case Defect::unmapped_order:
		truth.reason = "UNMAPPED_ORDER";
		break;
	case Defect::orphan_payment:
		truth.reason = "ORPHAN_PAYMENT";
		break;
	case Defect::refund_without_order:
		truth.reason = "REFUND_WITHOUT_ORDER";
		truth.subject = "stripe:refund:" + stray.refunds.front().refund;
		truth.amount = stray.refunds.front().amount;
		break;
	case Defect::invalid_payload:
		truth.reason = "INVALID_PAYLOAD";
		truth.amount = 0;
		break;
	default:
		truth.reason = "TEST_MODE_RECORD";
		truth.amount = 0;
		truth.is_open = false;
		break;
	}
	truth.record_id = truth.subject.substr(truth.subject.rfind(':') + 1);
}

void
JudgePayout(const Payout &payout, std::vector<Truth> &truth) {
	if (payout.amount_error != 0) {
		truth.push_back({payout.id, "SETTLEMENT_TOTAL_MISMATCH", "stripe:payout:" + payout.id,
		                 std::abs(payout.amount_error), payout.currency->code, true});
	}
	if (payout.deposit_error != 0) {
		const std::string id = std::to_string(quickbooks::DepositId(payout));
		truth.push_back({id, "SETTLEMENT_TOTAL_MISMATCH", "quickbooks:deposit:" + id,
		                 std::abs(payout.deposit_error), payout.currency->code, true});
	}
}

} // namespace

void
PlanTruth(Month &month) {
	for (const Order &order : month.orders) {
		if (order.defect != Defect::none) {
			Truth truth;
			truth.record_id = std::to_string(order.id);
			truth.currency = order.currency->code;
			JudgeOrder(order, truth);
			month.truth.push_back(truth);
			if (order.defect == Defect::event_id_reused) { // neither of the two payloads can be trusted
				truth.subject = "stripe:payment_intent:" + order.Card()->intent;
				month.truth.push_back(truth);
			}
		}
	}
	for (const Order &stray : month.strays) {
		Truth truth;
		truth.currency = stray.currency->code;
		JudgeStray(stray, truth);
		month.truth.push_back(std::move(truth));
	}
	for (const Payout &payout : month.payouts) {
		JudgePayout(payout, month.truth);
	}
}

void
PlanRepeats(Month &month) {
	const Options &options = month.options;
	const int share = options.repeat_percent >= 0 ? options.repeat_percent * 10 : options.is_clean ? 0 : 5;
	Random random(options.seed, 10);
	const std::size_t count = month.deliveries.size();
	for (std::size_t i = 0; i < count; ++i) {
		if (!random.PerMille(share) || !month.deliveries[i].may_repeat) {
			continue;
		}
		Delivery repeat = month.deliveries[i];
		repeat.arrives_at += random.Between(1, 2880) * minute;
		repeat.sequence = month.deliveries.size();
		if (!options.is_clean) {
			month.truth.push_back({repeat.subject.substr(repeat.subject.rfind(':') + 1), "DUPLICATE_EVENT",
			                       repeat.subject, 0, "", false});
		}
		month.deliveries.push_back(std::move(repeat));
	}
}

} // namespace meshline::sample
