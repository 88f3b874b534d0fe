// SPDX-License-Identifier: PostgreSQL
// What is given back, disputed and paid out.
#include "outdoor.hpp"

namespace meshline::sample {

namespace outdoor {

void
OutdoorShop::GiveBack(const Story &story, Return back, std::vector<shopify_world::RefundNote> &notes) {
	const Sale &sale = story.sale;
	const std::string id = Code("re_3W" + std::to_string(back.index), sale.number, base62, 16);
	const std::string charge = ChargeId(sale.number, back.charge);
	const bool has_moved = back.status == "succeeded";
	if (back.is_in_shop) {
		shopify_world::RefundNote note;
		note.id = 800'000'000'000 + sale.number * 10 + back.index;
		note.transaction = 6'600'000'000'000 + sale.number * 10 + back.index;
		note.parent = sale.id * 4 + back.charge;
		note.authorization = back.is_at_processor ? id : "";
		note.amount = back.noted != 0 ? back.noted : back.amount;
		note.at = back.at;
		note.status = has_moved ? "success" : "pending";
		note.lines = back.lines;
		notes.push_back(note);
		if (back.is_by_itself) {
			world_.Send(back.at + minute, shop, "refund", shopify_world::Refund(sale, note));
		}
		Minor noted = 0;
		for (const shopify_world::RefundNote &earlier : notes) {
			noted += earlier.amount;
		}
		world_.Send(back.at + 2 * minute + story.delay, shop, "order",
		            shopify_world::Order(sale,
		                                 !has_moved                ? "paid"
		                                 : noted >= story.captured ? "refunded"
		                                                           : "partially_refunded",
		                                 back.at + minute, notes));
	}
	if (back.is_at_processor) {
		world_.Send(back.at + 30, processor, "refund",
		            stripe_world::RefundPayload(id, charge, back.amount, sale.money, back.at, back.status));
		if (has_moved) {
			balance_.Add(sale.money, {"refund", id, -back.amount, 0, back.at});
		}
		world_.Group(sale.number, "stripe:refund:" + id);
	}
	if (has_moved) {
		const std::string document = std::to_string(8'000'000 + sale.number * 10 + back.index);
		world_.Send(back.at + 10 * hour, books, "customer_refund",
		            netsuite_world::Document(document, "cr-" + sale.name, "", back.amount, sale.money,
		                                     back.posted_at != 0 ? back.posted_at : back.at + 10 * hour));
	}
}

void
OutdoorShop::TellReturns(const Story &story, Random &random) {
	const Sale &sale = story.sale;
	const Minor total = sale.Total();
	const Minor unit = sale.money.exponent == 3 ? 10 : 1;
	const Minor half = total / 2 / unit * unit;
	const Seconds at = sale.at + 4 * day;
	const std::string record = OrderRecord(sale);
	std::vector<shopify_world::RefundNote> notes;
	const std::string_view defect = story.defect;
	if (IsExchange(story)) {
		ExchangeGoods(story);
	} else if (story.goods == "RETURN" || story.goods == "KEPT" || story.goods == "CANCELLED") {
		ReturnGoods(story);
	} else if (defect.empty()) {
		if (random.PerMille(100)) { // one refund, or two equal ones days apart
			GiveBack(story, {1, half, 0, at, true, true, true, "succeeded"}, notes);
			if (random.PerMille(300)) {
				GiveBack(story, {2, half, 0, at + 3 * day, true, true, true, "succeeded"}, notes);
			}
		} else if (random.PerMille(30)) {
			Dispute(story, "lost", false);
		} else if (random.PerMille(30)) {
			Dispute(story, "won", true);
		} else if (random.PerMille(40)) { // paid twice, and the second payment given back
			Story twice = story;
			twice.captured *= 2;
			Charge(twice, 2, total, sale.at + 40 * minute);
			GiveBack(twice, {.index = 1, .amount = total, .at = at, .charge = 2}, notes);
		}
	} else if (defect == "OVER_REFUND") {
		GiveBack(story, {1, total, 0, at, true, true, true, "succeeded"}, notes);
		GiveBack(story, {2, half, 0, at + 26 * hour, true, true, true, "succeeded"}, notes);
		Plant(story, record, half);
	} else if (defect == "DUPLICATE_REFUND") {
		GiveBack(story, {1, half, 0, at, true, true, true, "succeeded"}, notes);
		GiveBack(story, {2, half, 0, at + 2 * minute, true, true, true, "succeeded"}, notes);
		Plant(story, record, half);
	} else if (defect == "REFUND_NOT_AT_GATEWAY") {
		GiveBack(story, {1, half, 0, at, true, false, true, "succeeded"}, notes);
		Plant(story, record, half);
	} else if (defect == "REFUND_NOT_IN_SHOP") {
		GiveBack(story, {1, half, 0, at, false, true, true, "succeeded"}, notes);
		Plant(story, record, half);
	} else if (defect == "REFUND_PENDING_OR_FAILED") {
		GiveBack(story, {1, half, 0, at, true, true, true, sale.number / 4 % 2 == 0 ? "pending" : "failed"},
		         notes);
		Plant(story, record, half);
	} else if (defect == "REFUND_AMOUNT_DISCREPANCY") {
		GiveBack(story, {1, half, half + 150, at, true, true, true, "succeeded"}, notes);
		Plant(story, record, 150);
	} else if (defect == "REFUND_WRONG_PERIOD") { // booked on the day of the order
		GiveBack(story, {1, half, 0, at, true, true, true, "succeeded", sale.at}, notes);
		Plant(story, record, half);
	} else if (defect == "MISSING_IN_SOURCE_SYNC") {
		GiveBack(story, {1, half, 0, at, true, true, false, "succeeded"}, notes);
		Plant(story, record, 0); // the order tells of it: no money is lost from sight
	} else if (defect == "CHARGEBACK_OPEN") {
		Dispute(story, "needs_response", false);
		Plant(story, record, total);
	} else if (defect == "CHARGEBACK_AND_REFUND") {
		GiveBack(story, {1, half, 0, at, true, true, true, "succeeded"}, notes);
		Dispute(story, "lost", false);
		Plant(story, record, half);
	} else if (defect == "CHARGEBACK_WON_NOT_CREDITED") {
		Dispute(story, "won", false);
		Plant(story, record, total);
	}
}

// The bank takes the money back; later it is decided who keeps it.
void
OutdoorShop::Dispute(const Story &story, std::string_view status, bool is_credited) {
	const Sale &sale = story.sale;
	const std::string id = Code("dp_1W", sale.number, base62, 18);
	const std::string charge = ChargeId(sale.number, 1);
	const Seconds at = sale.at + 6 * day;
	const std::string opened = Code("evt_1Wdo", sale.number, base62, 16);
	const std::string closed = Code("evt_1Wdc", sale.number, base62, 16);
	world_.Send(at, processor, "event",
	            stripe_world::Event(opened, "charge.dispute.created",
	                                stripe_world::DisputePayload(id, charge, story.captured, sale.money, at,
	                                                             "needs_response"),
	                                at),
	            opened);
	balance_.Add(sale.money, {"adjustment", id, -story.captured, dispute_fee, at});
	if (status == "needs_response") {
		return;
	}
	world_.Send(
	    at + 5 * day, processor, "event",
	    stripe_world::Event(closed, "charge.dispute.closed",
	                        stripe_world::DisputePayload(id, charge, story.captured, sale.money, at, status),
	                        at + 5 * day),
	    closed);
	if (is_credited) {
		balance_.Add(sale.money, {"adjustment", id, story.captured, 0, at + 5 * day});
	}
}

void
OutdoorShop::CloseDay(Seconds midnight) {
	const bool is_clean = world_.options().is_clean;
	std::string_view fault;
	const auto decide = [&](const PaidOut &payout) {
		PayoutFault wrong;
		fault = {};
		// What settles the account in the end is right: its faults would not be late yet.
		if (is_clean || payout.money.code != us_dollar.code || midnight >= world_.last_day()) {
			return wrong;
		}
		constexpr std::string_view faults[] = {"PAYOUT_FAILED",
		                                       "",
		                                       "PAYOUT_NOT_IN_BANK",
		                                       "",
		                                       "SETTLEMENT_TOTAL_MISMATCH",
		                                       "",
		                                       "BANK_LINE_UNEXPLAINED",
		                                       "",
		                                       "DEPOSIT"};
		const std::int64_t number = payout_count_++;
		fault = number % 18 < 9 ? faults[number % 18] : "";
		wrong.is_failed = fault == "PAYOUT_FAILED";
		wrong.amount_error = fault == "SETTLEMENT_TOTAL_MISMATCH" ? -1234 : 0;
		const std::string record = "stripe:payout:" + payout.id;
		if (wrong.is_failed || fault == "PAYOUT_NOT_IN_BANK") {
			world_.Plant(fault, record, payout.amount, payout.money);
		} else if (wrong.amount_error != 0) {
			world_.Plant(fault, record, -wrong.amount_error, payout.money);
		}
		return wrong;
	};
	// One payout at a time, because the fault decided last is the fault of the payout that is written.
	std::map<std::string, std::string_view> fault_of;
	for (const PaidOut &payout :
	     balance_.PayOut(midnight, midnight >= world_.last_day(), [&](const PaidOut &next) {
		     const PayoutFault wrong = decide(next);
		     fault_of[next.id] = fault;
		     return wrong;
	     })) {
		const std::string_view wrong = fault_of[payout.id];
		if (wrong == "PAYOUT_FAILED") {
			continue;
		}
		const Seconds booked =
		    payout.arrival_at + (payout.lines.size() % 3 == 0 ? 3 * day : 0); // late, in its window
		if (wrong != "PAYOUT_NOT_IN_BANK") {
			world_.Send(booked + 5 * hour, bank, "line",
			            bank_world::Line("stm-" + payout.id, payout.amount, payout.money, booked,
			                             "STRIPE TRANSFER " + payout.id));
		}
		if (wrong == "BANK_LINE_UNEXPLAINED") {
			world_.Send(booked + 6 * hour, bank, "line",
			            bank_world::Line("stm-x-" + payout.id, 777'700 + payout_count_, payout.money, booked,
			                             "SEPA CREDIT UNKNOWN SENDER"));
			world_.Plant(wrong, "bank:line:stm-x-" + payout.id, 777'700 + payout_count_, payout.money);
		}
		std::vector<quickbooks_world::DepositLine> lines;
		for (const BalanceLine &line : payout.lines) {
			lines.push_back({"Stripe " + line.type + " " + line.source, line.amount - line.fee});
		}
		const Minor net = payout.amount + (wrong == "SETTLEMENT_TOTAL_MISMATCH" ? 1234 : 0);
		if (wrong == "DEPOSIT") {
			lines.push_back({"Rounding", 311});
			world_.Plant("SETTLEMENT_TOTAL_MISMATCH", "quickbooks:deposit:4" + payout.id.substr(6), 311,
			             payout.money);
		}
		world_.Send(payout.arrival_at + 9 * hour, deposits, "deposit",
		            quickbooks_world::Deposit("4" + payout.id.substr(6), "Stripe payout " + payout.id, lines,
		                                      net, payout.money, payout.arrival_at));
	}
}

} // namespace outdoor

} // namespace meshline::sample
