// SPDX-License-Identifier: PostgreSQL
// Money that is reserved first: not taken, taken in parts, or taken late.
#include "outdoor.hpp"

namespace meshline::sample {

namespace outdoor {

// Money that is promised and not taken.
void
OutdoorShop::Reserve(const Story &story) {
	const Sale &sale = story.sale;
	const bool is_partial = story.defect == "PARTIAL_CAPTURE";
	const bool is_pending = story.defect == "PAYMENT_PENDING_TOO_LONG";
	if (!is_partial && !is_pending && story.defect != "AUTHORIZATION_EXPIRED") {
		return;
	}
	const Minor total = sale.Total();
	stripe_world::Charge charge;
	charge.id = ChargeId(sale.number, 1);
	charge.amount = total;
	charge.captured = is_partial ? story.captured : total;
	charge.refunded = is_partial ? total - story.captured : 0; // Stripe releases the rest as a refund of it
	charge.at = sale.at + 10;
	charge.is_captured = is_partial;
	charge.status = is_pending ? "pending" : "succeeded";
	charge.metadata_key = "order_id";
	charge.metadata_value = std::to_string(sale.id);
	world_.Send(charge.at + 5, processor, "charge", stripe_world::ChargePayload(charge));
	const std::int64_t authorization = sale.id * 4 + 1;
	world_.Send(charge.at + 10, shop, "transaction",
	            shopify_world::Transaction(sale, authorization, is_pending ? "sale" : "authorization",
	                                       is_pending ? "pending" : "success", "stripe", charge.id, total,
	                                       sale.money, charge.at));
	if (is_partial) {
		world_.Send(charge.at + day, shop, "transaction",
		            shopify_world::Transaction(sale, sale.id * 4 + 2, "capture", "success", "stripe",
		                                       charge.id, story.captured, sale.money, charge.at + day,
		                                       authorization));
		world_.Send(charge.at + day + 5, shop, "transaction",
		            shopify_world::Transaction(sale, sale.id * 4 + 3, "void", "success", "stripe", charge.id,
		                                       total, sale.money, charge.at + day + 5, authorization));
		balance_.Add(sale.money,
		             {"charge", charge.id, story.captured, Fee(story.captured, sale.money), charge.at + day});
	}
}

// Two captures for two of four pieces take 3.00 more than these are worth with all of the shipping charge.
void
OutdoorShop::CaptureInParts(const Story &story) {
	const Sale &sale = story.sale;
	if (story.defect != "MULTI_CAPTURE_MISMATCH") {
		return;
	}
	const std::string record = OrderRecord(sale);
	const std::string code = Code("sp_1W", sale.number, base62, 14);
	const std::int64_t authorization = sale.id * 4 + 1;
	const auto tell = [&](int part, std::string_view kind, Minor amount, Seconds at, std::int64_t parent) {
		world_.Send(at + 5, shop, "transaction",
		            shopify_world::Transaction(sale, sale.id * 4 + part, kind, "success", "shopify_payments",
		                                       code, amount, sale.money, at, parent));
	};
	const Minor piece = (sale.Total() - sale.shipping) / 4;
	tell(1, "authorization", sale.Total(), sale.at + 10, 0);
	tell(2, "capture", piece, sale.at + 30 * hour, authorization);
	const Minor worth = (sale.Total() - sale.shipping) * 2 / 4 + sale.shipping;
	tell(3, "capture", worth + 300 - piece, sale.at + 54 * hour, authorization);
	Sale one = sale;
	one.lines.front().quantity = 1;
	for (const int part : {0, 1}) {
		const Seconds at = sale.at + 30 * hour + part * day;
		world_.Send(at, shop, "fulfillment",
		            shopify_world::Fulfillment(one, 4'500'000'000'000 + sale.number * 4 + part, at));
		TakeOut(story, 10 + 2 * part, PiecesOf(one, -1), at);
	}
	Plant(story, record, 300);
	world_.Plant("AUTHORIZATION_EXPIRED", record, sale.Total() - worth - 300, sale.money);
	world_.Plant("SPLIT_SHIPMENT_INCOMPLETE", record, 2 * sale.lines.front().price, sale.money);
}

// Authorized, and captured after the usual week: the shop's authorization had been extended.
void
OutdoorShop::CaptureLate(const Story &story) {
	if (story.defect != "EXTENDED_AUTH_FEE") {
		return;
	}
	const Sale &sale = story.sale;
	const Seconds captured_at = sale.at + 10 * day;
	stripe_world::Charge charge;
	charge.id = ChargeId(sale.number, 1);
	charge.amount = charge.captured = story.captured;
	charge.at = sale.at + 10;
	charge.metadata_key = "order_id";
	charge.metadata_value = std::to_string(sale.id);
	world_.Send(captured_at + 5, processor, "charge", stripe_world::ChargePayload(charge));
	const std::int64_t authorization = sale.id * 4 + 1;
	std::string reserved =
	    shopify_world::Transaction(sale, authorization, "authorization", "success", "stripe", charge.id,
	                               story.captured, sale.money, sale.at + 10);
	reserved.insert(reserved.rfind('}'),
	                ",\"authorization_expires_at\":\"" + IsoTime(sale.at + 30 * day, 0) + "\"");
	world_.Send(sale.at + 30, shop, "transaction", reserved);
	world_.Send(captured_at + 30, shop, "transaction",
	            shopify_world::Transaction(sale, sale.id * 4 + 2, "capture", "success", "stripe", charge.id,
	                                       story.captured, sale.money, captured_at, authorization));
	balance_.Add(sale.money, {"charge", charge.id, story.captured,
	                          Fee(story.captured, sale.money) + story.fee_error, captured_at});
}

} // namespace outdoor

} // namespace meshline::sample
