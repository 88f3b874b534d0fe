// SPDX-License-Identifier: PostgreSQL
// Parts of an order that do not agree, and what is changed later.
#include "outdoor.hpp"

namespace meshline::sample {

namespace outdoor {

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
	} else if (defect == "POSTING_ALTERED_AFTER_MATCH") {
		Plant(story, record, 900);
	} else if (defect == "DUPLICATE_ORDER_CONNECTOR") {
		Plant(story, record, story.posted);
	} else if (defect == "PAYOUT_RESERVE_HELD") {
		balance_.Add(sale.money,
		             {"reserve_transaction", Code("rsv_1W", sale.number, base62, 14), -2500, 0, sale.at});
		Plant(story, record, 2500);
	}
}

// What happens to the order, or to its posting, afterwards.
void
OutdoorShop::TellChanges(const Story &story) {
	const Sale &sale = story.sale;
	const std::string document = std::to_string(900'000 + sale.number);
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
		world_.Send(sale.at + 20 * day, books, "cash_sale",
		            netsuite_world::Document(document, sale.name, "", story.posted - 900, sale.money,
		                                     sale.at + 8 * hour, nullptr, &altered, sale.at + 20 * day));
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
