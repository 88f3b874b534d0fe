// SPDX-License-Identifier: PostgreSQL
// Goods that are changed for others, and the difference in their price.
#include "outdoor.hpp"

#include <algorithm>

namespace meshline::sample {

namespace outdoor {

// A piece of the first line goes back for another article. The order grows by that, the refund says what was
// sent back, and only the difference is money.
void
OutdoorShop::ExchangeGoods(const Story &story) {
	const Sale &sale = story.sale;
	const CartLine &old = sale.lines.front();
	const Minor more = story.goods == "EVEN"     ? 0
	                   : story.goods == "DEARER" ? 1250 + sale.number % 7 * 100
	                                             : -310;
	Sale after = sale;
	// Lines of one cart are five products apart.
	after.lines.push_back({static_cast<int>((old.product + 3) % 12), 1, old.price + more});
	after.tax += Percent(old.price + more, 800);
	const shopify_world::ReturnedLine back = Back(sale, 0, 1, "return");
	const Minor difference = after.Total() - sale.Total() - back.subtotal - back.tax;
	const Seconds at = sale.at + 5 * day;
	const bool is_paid = story.defect != "EXCHANGE_IMBALANCE";
	const std::string record = OrderRecord(sale);
	world_.Send(at + 2 * minute + story.delay, shop, "order",
	            shopify_world::OrderNode(after,
	                                     difference < 0 ? "PARTIALLY_REFUNDED"
	                                     : is_paid      ? "PAID"
	                                                    : "PARTIALLY_PAID",
	                                     at, sale.Total(), {back}));
	shopify_world::RefundNote note;
	note.id = 800'000'000'000 + sale.number * 10 + 1;
	note.transaction = 6'600'000'000'000 + sale.number * 10 + 1;
	note.parent = sale.id * 4 + 1;
	note.at = at + minute;
	note.lines = {back};
	if (!is_paid) {
		Plant(story, record, difference);
	} else if (difference > 0) {
		Charge(story, 3, difference, at + hour);
	} else if (difference < 0) {
		const std::string id = Code("re_3W1", sale.number, base62, 16);
		const std::string document = std::to_string(8'000'000 + sale.number * 10 + 1);
		note.amount = -difference;
		note.authorization = id;
		world_.Send(at + 30, processor, "refund",
		            stripe_world::RefundPayload(id, ChargeId(sale.number, 1), -difference, sale.money, at,
		                                        "succeeded"));
		balance_.Add(sale.money, {"refund", id, difference, 0, at});
		world_.Group(sale.number, "stripe:refund:" + id);
		world_.Send(at + 10 * hour, books, "customer_refund",
		            netsuite_world::Document(document, "cr-" + sale.name, "", -difference, sale.money,
		                                     at + 10 * hour));
	}
	world_.Send(at + 90, shop, "refund", shopify_world::Refund(sale, note));
	// The books have a document of the sale as it is now; what was sent back is no money.
	const netsuite_world::Parts parts{after.Goods(), after.discount, after.shipping, after.tax};
	world_.Send(at + 8 * hour, books, "cash_sale",
	            netsuite_world::Document(std::to_string(900'000 + sale.number), sale.name, "", after.Total(),
	                                     sale.money, story.posted_at, nullptr, &parts, at + 8 * hour));
	const std::int64_t fulfillment = 4'600'000'000'000 + sale.number;
	world_.Send(at + day + hour, shop, "fulfillment",
	            shopify_world::Fulfillment(after, fulfillment, at + day, sale.lines.size()));
	world_.Group(sale.number, "shopify:fulfillment:" + std::to_string(fulfillment));
	PutBack(story, 20, {ProductSku(old.product), 1}, at);
	Move(sale, 30, "shipment", {{ProductSku(after.lines.back().product), -1}},
	     at + (story.is_taken_early ? 2 * minute : day));
}

} // namespace outdoor

} // namespace meshline::sample
