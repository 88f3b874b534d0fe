// SPDX-License-Identifier: PostgreSQL
// How a sale goes, and what is wrong with the order, its payment and its posting.
#include "outdoor.hpp"

namespace meshline::sample {

namespace outdoor {

namespace {

const std::vector<std::string_view> defects = {"UNDERPAYMENT",
                                               "OVERCAPTURE",
                                               "DUPLICATE_PAYMENT",
                                               "CURRENCY_MISMATCH",
                                               "MINOR_UNIT_ERROR",
                                               "DELETED_OR_VOID_WITH_MONEY",
                                               "OVER_REFUND",
                                               "DUPLICATE_REFUND",
                                               "POSTING_MISSING",
                                               "POSTING_DUPLICATE",
                                               "POSTING_AMOUNT_MISMATCH",
                                               "MISSING_SETTLEMENT",
                                               "UNMAPPED_ORDER",
                                               "ORPHAN_PAYMENT",
                                               "REFUND_WITHOUT_ORDER",
                                               "EVENT_ID_REUSED",
                                               "INVALID_PAYLOAD",
                                               "TEST_MODE_RECORD",
                                               "STALE_EVENT",
                                               "DUPLICATE_EVENT",
                                               "DUPLICATE_ORDER_RETRY",
                                               "DUPLICATE_ORDER_MANUAL",
                                               "AUTHORIZATION_EXPIRED",
                                               "PARTIAL_CAPTURE",
                                               "PAYMENT_PENDING_TOO_LONG",
                                               "NEGATIVE_TOTAL",
                                               "REFUND_NOT_AT_GATEWAY",
                                               "REFUND_NOT_IN_SHOP",
                                               "REFUND_PENDING_OR_FAILED",
                                               "REFUND_AMOUNT_DISCREPANCY",
                                               "CHARGEBACK_OPEN",
                                               "CHARGEBACK_AND_REFUND",
                                               "CHARGEBACK_WON_NOT_CREDITED",
                                               "UNPAID_FULFILLED",
                                               "PAID_UNFULFILLED",
                                               "SETTLEMENT_LINE_DUPLICATE",
                                               "FEE_MISMATCH",
                                               "AMBIGUOUS_MAPPING",
                                               "EVENT_GAP",
                                               "EXCHANGE_IMBALANCE",
                                               "STOCK_NOT_DECREMENTED",
                                               "RETURN_NOT_RESTOCKED",
                                               "FX_ROUNDING",
                                               "MISSING_IN_SOURCE_SYNC",
                                               "ORDER_EDITED_AFTER_PAYMENT",
                                               "TIP_MISMATCH",
                                               "GIFT_CARD_TENDER_MISMATCH",
                                               "TAX_MISMATCH",
                                               "SHIPPING_MISMATCH",
                                               "DISCOUNT_MISMATCH",
                                               "OVER_FULFILLED",
                                               "SPLIT_SHIPMENT_INCOMPLETE",
                                               "UNMAPPED_CUSTOMER",
                                               "UNMAPPED_SKU",
                                               "POSTING_ALTERED_AFTER_MATCH",
                                               "POSTING_OUT_OF_PERIOD",
                                               "TIMEZONE_CUTOFF",
                                               "REFUND_WRONG_PERIOD",
                                               "EXTENDED_AUTH_FEE",
                                               "DUPLICATE_ORDER_CONNECTOR",
                                               "PAYOUT_RESERVE_HELD",
                                               "UNDER_FULFILLED",
                                               "MULTI_CAPTURE_MISMATCH",
                                               "OVERSOLD",
                                               "PRESENTMENT_SETTLEMENT_CONFUSION",
                                               "TAX_ROUNDING"};

} // namespace

void
OutdoorShop::Plant(const Story &story, std::string_view record, Minor amount) {
	world_.Plant(story.defect, record, amount, story.sale.money);
}

void
OutdoorShop::Sell(std::int64_t number, Seconds at) {
	Random random(world_.options().seed, 21, static_cast<std::uint64_t>(number));
	Story story;
	story.defect = ChooseDefect(world_.options(), count_++, defects);
	const bool is_foreign = story.defect.empty() && random.PerMille(80);
	const Money money = story.defect == "MINOR_UNIT_ERROR" ? yen
	                    : !is_foreign                      ? us_dollar
	                    : random.PerMille(500)             ? yen
	                                                       : kuwaiti_dinar;
	story.sale = InventSale(random, number, at, money);
	story.sale.id = 5'100'000'000'000 + number;
	story.sale.name = std::to_string(10000 + number);
	story.charge_money = money;
	if (story.defect == "NEGATIVE_TOTAL") {
		story.sale.discount = story.sale.Goods() + story.sale.shipping + story.sale.tax + 500;
	}
	if (story.defect == "MULTI_CAPTURE_MISMATCH") { // four of one thing, two of which leave one by one
		story.sale.lines.resize(1);
		story.sale.lines.front().quantity = 4;
		story.sale.discount = 0;
	}
	const bool is_shown_in_euro =
	    story.defect.empty() && !is_foreign && number % 11 == 0; // paid in full in the buyer's money: a trap
	if (is_shown_in_euro || story.defect == "PRESENTMENT_SETTLEMENT_CONFUSION" ||
	    story.defect == "FX_ROUNDING") {
		story.sale.shown_money = story.charge_money = euro;
		story.sale.shown = Percent(story.sale.Total(), 9135);
	}
	ChooseGoods(story);
	story.posted = story.sale.Total();
	story.captured = story.sale.shown != 0 ? story.sale.shown : story.posted;
	if (is_shown_in_euro && number / 44 % 2 == 1) { // its transaction states both moneys, and they agree
		story.shop_money = story.sale.Total();
	}
	ChangeDates(story);
	Change(story, random);
	ChangeGoods(story);
	if (story.defect == "UNMAPPED_ORDER" || story.defect == "ORPHAN_PAYMENT" ||
	    story.defect == "REFUND_WITHOUT_ORDER" || story.defect == "EVENT_GAP") {
		SellStray(story);
		return;
	}
	Tell(story, random);
}

// What is wrong with the order itself, its payment, its posting.
void
OutdoorShop::Change(Story &story, Random &random) {
	const std::string record = OrderRecord(story.sale);
	const Minor total = story.sale.Total();
	const Minor part = Percent(total, random.Between(300, 1500));
	const std::string_view defect = story.defect;
	if (defect == "UNDERPAYMENT") {
		story.captured = total - part;
		story.is_shipped = false;
		Plant(story, record, part);
	} else if (defect == "OVERCAPTURE") {
		story.captured = total + part;
		Plant(story, record, part);
	} else if (defect == "DUPLICATE_PAYMENT") {
		Plant(story, record, total);
	} else if (defect == "CURRENCY_MISMATCH") {
		story.charge_money = euro;
		story.is_shipped = false;
		Plant(story, record, total);
	} else if (defect == "MINOR_UNIT_ERROR") {
		story.captured = total * 100;
		Plant(story, record, total * 99);
	} else if (defect == "DELETED_OR_VOID_WITH_MONEY") {
		story.has_cancelled = true;
		story.is_shipped = story.is_posted = false;
		Plant(story, record, total);
	} else if (defect == "POSTING_MISSING") {
		story.is_posted = false;
		Plant(story, record, total);
	} else if (defect == "POSTING_DUPLICATE") {
		Plant(story, record, total);
	} else if (defect == "POSTING_AMOUNT_MISMATCH") {
		story.posted = total - part;
		Plant(story, record, part);
	} else if (defect == "MISSING_SETTLEMENT") {
		story.is_settled = false;
		Plant(story, record, total);
	} else if (defect == "SETTLEMENT_LINE_DUPLICATE") {
		story.is_settled_twice = true;
		Plant(story, record, total);
	} else if (defect == "FEE_MISMATCH") {
		story.fee_error = 275;
		Plant(story, record, 275);
	} else if (defect == "PAID_UNFULFILLED") {
		story.is_shipped = false;
		Plant(story, record, total);
	} else if (defect == "UNPAID_FULFILLED") {
		story.is_charged = false;
		story.financial = "pending";
		Plant(story, record, total);
		world_.Plant("UNDERPAYMENT", record, total, story.sale.money);
	} else if (defect == "NEGATIVE_TOTAL") {
		story.is_charged = story.is_shipped = story.is_posted = false;
		Plant(story, record, -total);
	} else if (defect == "AUTHORIZATION_EXPIRED" || defect == "PARTIAL_CAPTURE" ||
	           defect == "PAYMENT_PENDING_TOO_LONG") {
		story.is_charged = story.is_shipped = false;
		story.financial = defect == "PAYMENT_PENDING_TOO_LONG" ? "pending"
		                  : defect == "PARTIAL_CAPTURE"        ? "partially_paid"
		                                                       : "authorized";
		Plant(story, record, defect == "PARTIAL_CAPTURE" ? part : total);
		story.captured = total - part;
	} else if (defect == "MULTI_CAPTURE_MISMATCH") {
		story.is_charged = story.is_shipped = false;
		story.financial = "partially_paid";
	} else if (defect == "INVALID_PAYLOAD") {
		Plant(story, record, 0);
	}
	ChangeParts(story);
}

// A charge, the shop's note of it, and its line in the balance.
void
OutdoorShop::Charge(const Story &story, int part, Minor amount, Seconds at) {
	const Sale &sale = story.sale;
	stripe_world::Charge charge;
	charge.id = ChargeId(sale.number, part);
	charge.amount = charge.captured = amount;
	charge.money = story.charge_money;
	charge.at = at;
	if (sale.number / 2 % 4 != 3) { // else only the shop's transaction leads to the order
		charge.metadata_key = "order_id";
		charge.metadata_value = std::to_string(sale.id);
	}
	const std::string payload = stripe_world::ChargePayload(charge);
	if (sale.number % 3 == 0) {
		world_.Send(at + 5, processor, "charge", payload);
	} else {
		const std::string event = Code("evt_1W" + std::to_string(part), sale.number, base62, 18);
		world_.Send(at + 5, processor, "event", stripe_world::Event(event, "charge.succeeded", payload, at),
		            event);
	}
	world_.Send(at + 30, shop, "transaction",
	            story.shop_money != 0
	                ? shopify_world::TransactionNode(sale, sale.id * 4 + part, charge.id, story.shop_money,
	                                                 amount, at)
	                : shopify_world::Transaction(sale, sale.id * 4 + part, "sale", "success", "stripe",
	                                             charge.id, amount, story.charge_money, at));
	world_.Group(sale.number, "stripe:charge:" + charge.id);
	if (!story.is_settled) {
		return;
	}
	const Minor fee = Fee(amount, story.charge_money) + story.fee_error;
	balance_.Add(story.charge_money, {"charge", charge.id, amount, fee, at});
	if (story.is_settled_twice) {
		balance_.Add(story.charge_money, {"charge", charge.id, amount, fee, at});
	}
}

void
OutdoorShop::Tell(Story story, Random &random) {
	const Sale &sale = story.sale;
	const Minor total = sale.Total();
	const std::string record = OrderRecord(sale);
	world_.Group(sale.number, record);
	std::string first = IsExchange(story) ? shopify_world::OrderNode(sale, "PAID", sale.at + 20, total)
	                                      : shopify_world::Order(sale, story.financial, sale.at + 20);
	if (story.defect == "UNMAPPED_CUSTOMER") {
		const std::size_t from = first.find("\"customer\":{");
		first.replace(from, first.find('}', from) + 1 - from, "\"customer\":null");
	} else if (story.defect == "UNMAPPED_SKU") {
		const std::size_t from = first.find("\"variant_id\":");
		first.replace(from, first.find("\"title\"", from) - from, "\"variant_id\":null,\"sku\":\"\",");
	}
	// The order may arrive after its money (and even after a refund).
	story.delay = story.defect.empty() && random.PerMille(60) ? 9 * day : 0;
	const Seconds arrival = sale.at + 20 + story.delay;
	if (story.defect == "INVALID_PAYLOAD") {
		std::string broken = first;
		broken.replace(broken.find("\"total_price\""), 13, "\"total_gone\"");
		broken.replace(broken.find("\"total_price_set\""), 17, "\"total_gone_set\"");
		world_.Send(arrival, shop, "order", broken);
		return;
	}
	if (story.defect == "TEST_MODE_RECORD") {
		world_.Send(arrival, shop, "order",
		            shopify_world::Order(sale, "paid", sale.at + 20, {}, false, true));
		world_.Plant(story.defect, record, 0, sale.money, false);
		return;
	}
	if (story.defect == "STALE_EVENT") {
		world_.Send(arrival + 3 * hour, shop, "order",
		            shopify_world::Order(sale, "paid", sale.at + 2 * hour));
		world_.Send(arrival + 4 * hour, shop, "order", first);
		world_.Plant(story.defect, record, 0, sale.money, false);
	} else {
		world_.Send(arrival, shop, "order", first);
	}
	if (story.defect == "DUPLICATE_EVENT" ||
	    (story.defect.empty() && !world_.options().is_clean && random.PerMille(5))) {
		world_.Send(arrival + day, shop, "order", first);
		world_.Plant("DUPLICATE_EVENT", record, 0, sale.money, false);
	}
	if (story.is_charged) {
		const bool is_split = story.defect.empty() && sale.money.exponent == 2 && story.captured % 2 == 0 &&
		                      random.PerMille(150) && story.goods.empty() && story.shop_money == 0;
		if (is_split) { // two cards, equal parts
			Charge(story, 1, story.captured / 2, sale.at + 10);
			Charge(story, 2, story.captured / 2, sale.at + 15);
		} else {
			Charge(story, 1, story.captured, sale.at + 10);
		}
		if (story.defect == "DUPLICATE_PAYMENT") {
			Charge(story, 2, total, sale.at + 40 * minute);
		}
		if (!is_split && sale.shown == 0) {
			TellReturns(story, random);
		}
	}
	TakeEarly(story);
	Reserve(story);
	CaptureInParts(story);
	CaptureLate(story);
	TellChanges(story);
	if (story.is_shipped) {
		world_.Send(
		    sale.at + 30 * hour, shop, "fulfillment",
		    shopify_world::Fulfillment(story.shipped, 4'000'000'000'000 + sale.number, sale.at + 29 * hour));
		world_.Group(sale.number, "shopify:fulfillment:" + std::to_string(4'000'000'000'000 + sale.number));
		TakeOut(story, 10, PiecesOf(story.shipped, -1), sale.at + 29 * hour);
	}
	if (story.has_cancelled) {
		world_.Send(
		    sale.at + 5 * hour + story.delay, shop, "order",
		    shopify_world::Order(sale, story.is_charged ? "paid" : "voided", sale.at + 5 * hour, {}, true));
	}
	if (story.is_posted) {
		world_.Send(sale.at + 8 * hour, books, "cash_sale",
		            netsuite_world::Document(std::to_string(900'000 + sale.number), sale.name, "",
		                                     story.posted, sale.money, story.posted_at, nullptr,
		                                     &story.parts));
		world_.Group(sale.number, "netsuite:cash_sale:" + std::to_string(900'000 + sale.number));
	}
	if (story.defect == "POSTING_DUPLICATE") {
		world_.Send(sale.at + 12 * hour, books, "cash_sale",
		            netsuite_world::Document("19" + std::to_string(900'000 + sale.number), "", sale.name,
		                                     total, sale.money, sale.at + 12 * hour));
	}
	if (story.defect == "DUPLICATE_ORDER_RETRY" || story.defect == "DUPLICATE_ORDER_MANUAL" ||
	    story.defect == "AMBIGUOUS_MAPPING") {
		SellAgain(story);
	}
	if (story.defect == "EVENT_ID_REUSED") {
		const std::string event = Code("evt_1Wreused", sale.number, base62, 12);
		const std::string charge = ChargeId(sale.number, 9);
		for (const Minor amount : {total, total + 1}) {
			stripe_world::Charge other{charge,  "",       amount, amount, 0,  sale.money,
			                           sale.at, "failed", false,  true,   "", ""};
			world_.Send(sale.at + hour + amount - total, processor, "event",
			            stripe_world::Event(event, "charge.failed", stripe_world::ChargePayload(other),
			                                sale.at + hour),
			            event);
		}
		world_.Plant(story.defect, "stripe:charge:" + charge, 0, sale.money);
	}
}

// A second order beside the first.
void
OutdoorShop::SellAgain(const Story &story) {
	const bool is_manual = story.defect == "DUPLICATE_ORDER_MANUAL";
	if (is_manual) { // typed into the ledger by hand, with a number of its own
		const std::string id = "29" + std::to_string(900'000 + story.sale.number);
		world_.Send(story.sale.at + day, books, "sales_order",
		            netsuite_world::Document(id, "", "PHONE-" + story.sale.name, story.sale.Total(),
		                                     story.sale.money, story.sale.at + day, &story.sale.person));
		world_.Plant("UNMAPPED_ORDER", "netsuite:sales_order:" + id, story.sale.Total(), story.sale.money);
		world_.Plant(story.defect, "netsuite:sales_order:" + id, story.sale.Total(), story.sale.money);
		return;
	}
	Story again = story;
	again.defect = {};
	again.sale.id += 50'000'000;
	again.sale.name = "2" + story.sale.name;
	again.sale.number += 50'000'000;
	again.sale.at += 2 * minute;
	again.shipped = again.sale;
	if (story.defect == "AMBIGUOUS_MAPPING") { // one payment that two orders claim
		again.sale.shipping += 100;
		again.sale.person =
		    InventSale(*std::make_unique<Random>(7, 7, static_cast<std::uint64_t>(again.sale.number)),
		               again.sale.number, again.sale.at, again.sale.money)
		        .person;
		world_.Send(again.sale.at + 20, shop, "order",
		            shopify_world::Order(again.sale, "paid", again.sale.at + 20));
		world_.Send(again.sale.at + 30, shop, "transaction",
		            shopify_world::Transaction(again.sale, again.sale.id * 4 + 1, "sale", "success", "stripe",
		                                       ChargeId(story.sale.number, 1), story.captured,
		                                       story.sale.money, again.sale.at));
		world_.Plant(story.defect, OrderRecord(again.sale), again.sale.Total(), again.sale.money);
		return;
	}
	Random random(world_.options().seed, 22, static_cast<std::uint64_t>(again.sale.number));
	again.defect = "NONE"; // whole, and without the traps
	Tell(again, random);
	world_.Plant(story.defect, OrderRecord(again.sale), again.sale.Total(), again.sale.money);
}

// Money and papers whose order never comes.
void
OutdoorShop::SellStray(const Story &story) {
	const Sale &sale = story.sale;
	const Minor total = sale.Total();
	if (story.defect == "EVENT_GAP") {
		world_.Send(sale.at, shop, "transaction",
		            shopify_world::Transaction(sale, sale.id * 4 + 1, "sale", "pending", "manual", "", total,
		                                       sale.money, sale.at));
		Plant(story, "shopify:transaction:" + std::to_string(sale.id * 4 + 1), 0);
		return;
	}
	if (story.defect == "REFUND_WITHOUT_ORDER") {
		const std::string id = Code("re_3Wstray", sale.number, base62, 14);
		world_.Send(sale.at, processor, "refund",
		            stripe_world::RefundPayload(id, Code("ch_3Wgone", sale.number, base62, 14), total,
		                                        sale.money, sale.at, "succeeded"));
		balance_.Add(sale.money, {"refund", id, -total, 0, sale.at});
		Plant(story, "stripe:refund:" + id, total);
		return;
	}
	stripe_world::Charge charge;
	charge.id = ChargeId(sale.number, 1);
	charge.amount = charge.captured = total;
	charge.at = sale.at;
	if (story.defect == "UNMAPPED_ORDER") {
		charge.metadata_key = "order_id";
		charge.metadata_value = std::to_string(sale.id);
	}
	world_.Send(sale.at, processor, "charge", stripe_world::ChargePayload(charge));
	balance_.Add(sale.money, {"charge", charge.id, total, Fee(total, sale.money), sale.at});
	Plant(story, "stripe:charge:" + charge.id, total);
}

} // namespace outdoor

std::unique_ptr<Business>
MakeOutdoorShop(World &world) {
	return std::make_unique<outdoor::OutdoorShop>(world);
}

} // namespace meshline::sample
