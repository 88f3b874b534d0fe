// SPDX-License-Identifier: PostgreSQL
// Parts of an order that do not agree, and what is changed later.
#include "outdoor.hpp"

#include <algorithm>

namespace meshline::sample {

namespace outdoor {

namespace {

constexpr Seconds behind_utc = 4 * hour; // New York in summer

// The beginning of the next month in New York.
Seconds
NextMonth(Seconds at) {
	Seconds next = (at - behind_utc) / day * day + day;
	while (IsoDate(next, 0).substr(8) != "01") {
		next += day;
	}
	return next + behind_utc;
}

} // namespace

// When things happen, and the dates that the books give them.
void
OutdoorShop::ChangeDates(Story &story) {
	Sale &sale = story.sale;
	if (story.defect == "TIMEZONE_CUTOFF") { // the last evening of the month, dated as in UTC
		sale.at = NextMonth(sale.at + 2 * hour) - 2 * hour;
		story.posted_at = sale.at + 2 * hour;
	} else if (story.defect == "REFUND_WRONG_PERIOD") {
		sale.at = std::max(sale.at, NextMonth(sale.at) - day);
	}
	if (story.posted_at == 0 && sale.number % 5 == 0) { // nothing but a date
		story.posted_at = (sale.at - behind_utc) / day * day + behind_utc;
	} else if (story.posted_at == 0) {
		story.posted_at = sale.at + 8 * hour;
	}
}

// What agrees in the total and not in its parts, or not in what was shipped.
void
OutdoorShop::ChangeParts(Story &story) {
	const Sale &sale = story.sale;
	const std::string record = OrderRecord(sale);
	const std::string_view defect = story.defect;
	const Minor price = sale.lines.front().price;
	story.shipped = sale;
	story.parts = {sale.Goods() + story.posted - sale.Total(), sale.discount, sale.shipping, sale.tax};
	if (defect == "TAX_MISMATCH") {
		story.parts.tax -= 200;
		story.parts.goods += 200;
		Plant(story, record, 200);
	} else if (defect == "SHIPPING_MISMATCH") {
		story.parts.shipping += 150;
		story.parts.goods -= 150;
		Plant(story, record, 150);
	} else if (defect == "DISCOUNT_MISMATCH") {
		story.parts.discount += 120;
		story.parts.goods += 120;
		Plant(story, record, 120);
	} else if (defect == "TIP_MISMATCH") { // given at the payment; the order does not know of it
		story.captured += 400;
		Plant(story, record, 400);
	} else if (defect == "GIFT_CARD_TENDER_MISMATCH") { // 5.00 of a gift card's 20.00 are lost
		story.captured -= 2000;
		story.is_shipped = false;
		Plant(story, record, 500);
	} else if (defect == "OVER_FULFILLED") {
		++story.shipped.lines.front().quantity;
		Plant(story, record, price);
	} else if (defect == "SPLIT_SHIPMENT_INCOMPLETE") {
		--story.shipped.lines.front().quantity;
		Plant(story, record, price);
	} else if (defect == "UNDER_FULFILLED") {
		--story.shipped.lines.front().quantity;
		Plant(story, record, price);
	} else if (defect == "TAX_ROUNDING") {
		--story.parts.tax;
		++story.parts.goods;
		world_.Plant(defect, record, 1, sale.money, false);
	} else if (defect == "FX_ROUNDING") { // the processor's rate gave the shop a cent more, or less
		story.shop_money = sale.Total() + (sale.number / 4 % 2 == 0 ? 1 : -1);
		world_.Plant(defect, record, 1, sale.money, false);
	} else if (defect ==
	           "PRESENTMENT_SETTLEMENT_CONFUSION") { // the shop's number, taken in the buyer's money
		story.captured = sale.Total();
		world_.Plant(defect, record, sale.Total() - sale.shown, euro);
	} else if (defect == "OVERSOLD") {
		const std::int64_t item = 4'800'000'000'000 + sale.number;
		Plant(story, "shopify:inventory_level:" + std::to_string(item) + ":487838322", 0);
		world_.Send(sale.at + hour, shop, "inventory_level",
		            shopify_world::InventoryLevel(item, 487838322, -3, sale.at + hour));
	} else if (defect == "UNMAPPED_CUSTOMER" || defect == "UNMAPPED_SKU") {
		Plant(story, record, 0);
	} else if (defect == "ORDER_EDITED_AFTER_PAYMENT") { // one more was added, and nobody asked for its money
		story.posted += price;
		story.parts.goods += price;
		Plant(story, record, price);
		world_.Plant("SPLIT_SHIPMENT_INCOMPLETE", record, price, sale.money); // it has not left either
	} else if (defect == "POSTING_ALTERED_AFTER_MATCH") {
		Plant(story, record, 900);
	} else if (defect == "POSTING_OUT_OF_PERIOD") {
		story.is_posted = false;
		Plant(story, record, story.posted);
	} else if (defect == "DUPLICATE_ORDER_CONNECTOR") {
		Plant(story, record, story.posted);
	} else if (defect == "PAYOUT_RESERVE_HELD") {
		balance_.Add(sale.money, {"reserve_transaction", Code("rsv_1W", sale.number, base62, 14), -2500, 0,
		                          sale.at, true});
	} else if (defect == "TIMEZONE_CUTOFF") {
		Plant(story, record, story.posted);
	} else if (defect == "EXTENDED_AUTH_FEE") {
		story.is_charged = false;
		story.fee_error = 150;
		Plant(story, record, 150);
	}
}

// What happens to the order, or to its posting, afterwards.
void
OutdoorShop::TellChanges(const Story &story) {
	const Sale &sale = story.sale;
	const std::string document = std::to_string(900'000 + sale.number);
	const Seconds altered_at = world_.last_day() + 2 * day;
	if (story.defect == "ORDER_EDITED_AFTER_PAYMENT") {
		Sale edited = sale;
		++edited.lines.front().quantity;
		world_.Send(sale.at + 20 * hour, shop, "order",
		            shopify_world::Order(edited, "partially_paid", sale.at + 20 * hour));
	} else if (story.defect == "UNDER_FULFILLED") {
		world_.Send(sale.at + 31 * hour, shop, "order",
		            shopify_world::Order(sale, "paid", sale.at + 31 * hour, {}, false, false, true));
	} else if (story.defect == "GIFT_CARD_TENDER_MISMATCH") {
		world_.Send(sale.at + 40, shop, "transaction",
		            shopify_world::Transaction(sale, sale.id * 4 + 2, "sale", "success", "gift_card", "",
		                                       1500, sale.money, sale.at));
	} else if (story.defect == "TIP_MISMATCH") {
		world_.Send(sale.at + 12, processor, "payment_intent",
		            stripe_world::TippedIntent(Code("pi_1W", sale.number, base62, 18),
		                                       ChargeId(sale.number, 1), story.captured, 400, sale.money,
		                                       sale.at + 10));
	} else if (story.defect == "POSTING_ALTERED_AFTER_MATCH") {
		const netsuite_world::Parts altered{story.parts.goods - 900, story.parts.discount,
		                                    story.parts.shipping, story.parts.tax};
		world_.SendLate(books, "cash_sale",
		                netsuite_world::Document(document, sale.name, "", story.posted - 900, sale.money,
		                                         story.posted_at, nullptr, &altered, altered_at));
	} else if (story.defect == "POSTING_OUT_OF_PERIOD") { // booked after the close, and dated to the sale
		world_.SendLate(books, "cash_sale",
		                netsuite_world::Document(document, sale.name, "", story.posted, sale.money,
		                                         story.posted_at, nullptr, &story.parts, altered_at));
	} else if (story.defect.empty() && sale.number % 7 == 0 && story.is_posted &&
	           !IsExchange(story)) { // touched, and the same as before
		world_.SendLate(books, "cash_sale",
		                netsuite_world::Document(document, sale.name, "", story.posted, sale.money,
		                                         story.posted_at, nullptr, &story.parts, altered_at));
	} else if (story.defect == "DUPLICATE_ORDER_CONNECTOR") { // the export was broken off and sent again
		for (const std::string_view prefix : {"71", "72"}) {
			world_.Send(sale.at + 2 * hour, books, "sales_order",
			            netsuite_world::Document(std::string(prefix) + document, "", sale.name, story.posted,
			                                     sale.money, sale.at + 2 * hour));
		}
	}
}

} // namespace outdoor

} // namespace meshline::sample
