// SPDX-License-Identifier: PostgreSQL
// Shopify Admin REST bodies: order, transaction, refund, fulfillment.
#include <algorithm>

#include "payloads.hpp"

namespace meshline::sample::shopify {

namespace {

std::string
GlobalId(std::string_view type, std::int64_t id) {
	return "gid://shopify/" + std::string(type) + "/" + std::to_string(id);
}

// `key`_set: the amount in the shop's and the customer's currency, which are one here.
void
WriteMoneySet(JsonWriter &json, std::string_view key, Minor amount, const Currency &currency) {
	const std::string decimal = Decimal(amount, currency.exponent);
	json.Object(key);
	for (const std::string_view side : {"shop_money", "presentment_money"}) {
		json.Object(side).Text("amount", decimal).Text("currency_code", currency.code).End();
	}
	json.End();
}

void
WriteAddress(JsonWriter &json, std::string_view key, const Customer &customer) {
	json.Object(key)
	    .Text("first_name", customer.first_name)
	    .Text("last_name", customer.last_name)
	    .Text("name", customer.first_name + " " + customer.last_name)
	    .Text("address1", customer.street)
	    .Null("address2")
	    .Text("city", customer.city)
	    .Text("zip", customer.zip)
	    .Text("province", customer.province)
	    .Text("province_code", customer.province_code)
	    .Text("country", "United States")
	    .Text("country_code", "US")
	    .Text("phone", customer.phone)
	    .Null("company")
	    .End();
}

void
WriteCustomer(JsonWriter &json, const Order &order) {
	const Customer &customer = *order.customer;
	json.Object("customer")
	    .Number("id", customer.id)
	    .Text("email", customer.email)
	    .Text("first_name", customer.first_name)
	    .Text("last_name", customer.last_name)
	    .Text("state", "enabled")
	    .Bool("verified_email", true)
	    .Text("phone", customer.phone)
	    .Text("currency", order.currency->code)
	    .Text("admin_graphql_api_id", GlobalId("Customer", customer.id))
	    .End();
}

// How many of a line the customer keeps after the first `refund_count` refunds.
int
KeptQuantity(const Order &order, std::size_t line, std::size_t refund_count) {
	for (std::size_t i = 0; i < std::min(refund_count, order.refunds.size()); ++i) {
		const auto &returned = order.refunds[i].lines;
		if (std::find(returned.begin(), returned.end(), line) != returned.end()) {
			return 0;
		}
	}
	return order.lines[line].quantity;
}

void
WriteLine(JsonWriter &json, const Order &order, std::size_t number, const OrderVersion &version) {
	const Line &line = order.lines[number];
	const int exponent = order.currency->exponent;
	json.Object()
	    .Number("id", line.id)
	    .Text("admin_graphql_api_id", GlobalId("LineItem", line.id))
	    .Number("current_quantity", KeptQuantity(order, number, version.refund_count))
	    .Number("fulfillable_quantity", version.is_fulfilled ? 0 : line.quantity);
	if (version.is_fulfilled) {
		json.Text("fulfillment_status", "fulfilled");
	} else {
		json.Null("fulfillment_status");
	}
	json.Bool("gift_card", false)
	    .Text("name", line.product->title)
	    .Text("price", Decimal(line.price, exponent))
	    .Number("product_id", 8'300'000'000'000 + line.product_number * 1024LL)
	    .Array("properties")
	    .End()
	    .Number("quantity", line.quantity)
	    .Bool("requires_shipping", true)
	    .Text("sku", line.product->sku)
	    .Bool("taxable", true)
	    .Text("title", line.product->title)
	    .Text("total_discount", Decimal(0, exponent))
	    .Number("variant_id", 44'500'000'000'000 + line.product_number * 1024LL)
	    .Array("tax_lines")
	    .Object()
	    .Text("title", "State Tax")
	    .Text("price", Decimal(line.tax, exponent))
	    .End()
	    .End()
	    .Array("discount_allocations");
	if (line.discount != 0) {
		json.Object()
		    .Text("amount", Decimal(line.discount, exponent))
		    .Number("discount_application_index", 0)
		    .End();
	}
	json.End().End();
}

void
WriteRefundTransaction(JsonWriter &json, const Order &order, const Refund &refund) {
	const Payment &payment = order.payments.front();
	json.Number("id", refund.transaction_id)
	    .Text("admin_graphql_api_id", GlobalId("OrderTransaction", refund.transaction_id))
	    .Number("order_id", order.id)
	    .Text("kind", "refund")
	    .Text("gateway", "stripe")
	    .Text("status", "success")
	    .Null("message")
	    .Text("created_at", IsoTime(refund.created_at, shop_offset))
	    .Text("processed_at", IsoTime(refund.created_at, shop_offset))
	    .Bool("test", false)
	    .Text("authorization", refund.refund)
	    .Number("parent_id", payment.transaction_id)
	    .Text("amount", Decimal(refund.amount, order.currency->exponent))
	    .Text("currency", order.currency->code)
	    .Text("payment_id", "#" + order.name + "." + std::to_string(5 + refund.transaction_id / 64 % 32))
	    .Text("source_name", "web")
	    .Null("error_code")
	    .Object("receipt")
	    .End();
}

void
WriteRefundLine(JsonWriter &json, const Order &order, const Refund &refund, std::size_t number) {
	const Line &line = order.lines[number];
	json.Object()
	    .Number("id", refund.id + static_cast<std::int64_t>(number) + 5)
	    .Number("line_item_id", line.id)
	    .Number("quantity", line.quantity)
	    .Text("restock_type", "no_restock")
	    .Null("location_id")
	    .Raw("subtotal", Decimal(line.Net(), order.currency->exponent))
	    .Raw("total_tax", Decimal(line.tax, order.currency->exponent));
	WriteMoneySet(json, "subtotal_set", line.Net(), *order.currency);
	WriteMoneySet(json, "total_tax_set", line.tax, *order.currency);
	json.End();
}

// What a refund is more than its lines: shipping, or money without goods.
void
WriteAdjustment(JsonWriter &json, const Order &order, const Refund &refund, Minor amount,
                std::string_view kind, std::string_view reason) {
	if (amount == 0) {
		return;
	}
	json.Object()
	    .Number("id", refund.id + 1)
	    .Number("order_id", order.id)
	    .Number("refund_id", refund.id)
	    .Text("amount", Decimal(-amount, order.currency->exponent))
	    .Text("tax_amount", Decimal(0, order.currency->exponent))
	    .Text("kind", kind)
	    .Text("reason", reason)
	    .End();
}

void
WriteRefund(JsonWriter &json, const Order &order, const Refund &refund) {
	json.Number("id", refund.id)
	    .Text("admin_graphql_api_id", GlobalId("Refund", refund.id))
	    .Number("order_id", order.id)
	    .Text("created_at", IsoTime(refund.created_at, shop_offset))
	    .Text("processed_at", IsoTime(refund.created_at, shop_offset))
	    .Text("note", refund.lines.empty() ? "agreed with support:\n\"keep it, money back\"" : "returned")
	    .Bool("restock", false)
	    .Array("order_adjustments");
	WriteAdjustment(json, order, refund, refund.shipping, "shipping_refund", "Shipping refund");
	WriteAdjustment(json, order, refund, refund.goodwill, "refund_discrepancy", "Refund discrepancy");
	json.End().Array("refund_line_items");
	for (const std::size_t line : refund.lines) {
		WriteRefundLine(json, order, refund, line);
	}
	json.End().Array("transactions").Object();
	WriteRefundTransaction(json, order, refund);
	json.End().End();
}

std::string_view
FinancialStatus(const Order &order, const OrderVersion &version) {
	if (order.payments.empty()) {
		return version.is_cancelled ? "voided" : "pending";
	}
	if (version.refund_count > 0) {
		return order.Refunded(version.refund_count) >= order.total ? "refunded" : "partially_refunded";
	}
	if (!version.is_captured) {
		return "authorized";
	}
	return order.defect == Defect::underpayment ? "partially_paid" : "paid";
}

std::string_view
GatewayName(Tender tender) {
	return tender == Tender::card ? "stripe" : tender == Tender::gift_card ? "gift_card" : "manual";
}

// Totals, each as a plain decimal and as a pair of moneys.
void
WriteTotals(JsonWriter &json, const Order &order, const OrderVersion &version, bool has_total) {
	const Currency &currency = *order.currency;
	Minor gross = 0;
	Minor returned = 0;
	Minor returned_subtotal = 0;
	for (std::size_t i = 0; i < order.lines.size(); ++i) {
		const Line &line = order.lines[i];
		gross += line.price * line.quantity;
		if (KeptQuantity(order, i, version.refund_count) == 0) {
			returned += line.Net() + line.tax;
			returned_subtotal += line.Net();
		}
	}
	const auto write = [&](const std::string &key, Minor amount) {
		json.Text(key, Decimal(amount, currency.exponent));
		WriteMoneySet(json, key + "_set", amount, currency);
	};
	json.Text("current_total_price", Decimal(order.total - returned, currency.exponent));
	json.Text("current_subtotal_price", Decimal(order.subtotal - returned_subtotal, currency.exponent));
	json.Text("total_line_items_price", Decimal(gross, currency.exponent));
	write("subtotal_price", order.subtotal);
	write("total_discounts", order.discount);
	write("total_tax", order.tax);
	WriteMoneySet(json, "total_shipping_price_set", order.shipping, currency);
	json.Text("total_tip_received", Decimal(0, currency.exponent));
	if (has_total) {
		write("total_price", order.total);
	}
	const bool is_open = order.payments.empty() || !version.is_captured;
	const Minor outstanding = is_open ? order.total : std::max<Minor>(0, order.total - order.Captured());
	json.Text("total_outstanding", Decimal(outstanding, currency.exponent));
}

void
WriteTax(JsonWriter &json, const Order &order) {
	json.Array("tax_lines")
	    .Object()
	    .Text("title", "State Tax")
	    .Text("price", Decimal(order.tax, order.currency->exponent))
	    .End()
	    .End()
	    .Bool("taxes_included", false)
	    .Array("discount_codes");
	if (order.discount != 0) {
		json.Object()
		    .Text("code", "TENOFF")
		    .Text("amount", Decimal(order.discount, order.currency->exponent))
		    .Text("type", "percentage")
		    .End();
	}
	json.End();
}

void
WriteShipping(JsonWriter &json, const Order &order) {
	json.Array("shipping_lines").Object();
	json.Number("id", 5'100'000'000'000 + order.index * 64LL)
	    .Text("code", order.shipping == 0 ? "FREE" : "STANDARD")
	    .Text("title", order.shipping == 0 ? "Free shipping" : "Standard")
	    .Text("price", Decimal(order.shipping, order.currency->exponent))
	    .Text("discounted_price", Decimal(order.shipping, order.currency->exponent))
	    .Array("tax_lines")
	    .End()
	    .End()
	    .End();
}

void
WriteState(JsonWriter &json, const Order &order, const OrderVersion &version) {
	json.Text("financial_status", FinancialStatus(order, version));
	if (version.is_fulfilled) {
		json.Text("fulfillment_status", "fulfilled");
	} else {
		json.Null("fulfillment_status");
	}
	if (version.is_cancelled) {
		json.Text("cancelled_at", IsoTime(order.cancelled_at, shop_offset)).Text("cancel_reason", "customer");
	} else {
		json.Null("cancelled_at").Null("cancel_reason");
	}
	json.Array("payment_gateway_names");
	std::string_view last;
	for (const Payment &payment : order.payments) {
		const std::string_view name = order.is_test ? "bogus" : GatewayName(payment.tender);
		if (name != last) {
			json.Text("", name);
		}
		last = name;
	}
	json.End();
}

std::string
WriteOrder(const Order &order, std::size_t number, bool has_total) {
	const OrderVersion &version = order.versions[number];
	JsonWriter json;
	json.Object()
	    .Number("id", order.id)
	    .Text("admin_graphql_api_id", GlobalId("Order", order.id))
	    .Text("name", "#" + order.name)
	    .Number("order_number", 1001 + order.index)
	    .Number("number", 1 + order.index)
	    .Number("checkout_id", 33'000'000'000'000 + order.index * 1024LL)
	    .Text("created_at", IsoTime(order.created_at, shop_offset))
	    .Text("processed_at", IsoTime(order.created_at, shop_offset))
	    .Text("updated_at", IsoTime(version.updated_at, shop_offset))
	    .Text("currency", order.currency->code)
	    .Text("presentment_currency", order.currency->code)
	    .Text("email", order.customer->email)
	    .Text("contact_email", order.customer->email)
	    .Null("phone")
	    .Bool("confirmed", true)
	    .Bool("test", order.is_test)
	    .Text("source_name", "web")
	    .Text("tags", order.is_wholesale ? "wholesale" : "")
	    .Null("note")
	    .Array("note_attributes")
	    .Object()
	    .Text("name", "gift wrap")
	    .Text("value", order.index % 5 == 0 ? "ja, \"rød\"" : "no")
	    .End()
	    .End();
	WriteState(json, order, version);
	WriteTotals(json, order, version, has_total);
	WriteTax(json, order);
	WriteCustomer(json, order);
	WriteAddress(json, "billing_address", *order.customer);
	WriteAddress(json, "shipping_address", *order.customer);
	json.Array("line_items");
	for (std::size_t i = 0; i < order.lines.size(); ++i) {
		WriteLine(json, order, i, version);
	}
	json.End();
	WriteShipping(json, order);
	const bool omits_refunds = version.refund_count > 0 && order.refunds[0].link == RefundLink::settlement;
	if (!omits_refunds) { // a poll that asks for chosen fields only leaves the list out
		json.Array("refunds");
		for (std::size_t i = 0; i < version.refund_count; ++i) {
			json.Object();
			WriteRefund(json, order, order.refunds[i]);
			json.End();
		}
		json.End();
	}
	json.End();
	return json.Take();
}

} // namespace

std::string
OrderPayload(const Order &order, std::size_t version) {
	return WriteOrder(order, version, true);
}

std::string
OrderWithoutTotal(const Order &order, std::size_t version) {
	return WriteOrder(order, version, false);
}

std::string
TransactionPayload(const Order &order, const Payment &payment, bool is_authorization) {
	const bool is_capture = payment.is_authorized_first && !is_authorization;
	const std::int64_t id = is_authorization ? payment.authorization_id : payment.transaction_id;
	const Seconds time = is_capture ? payment.captured_at : payment.created_at;
	const std::int64_t part = payment.transaction_id / 64 % 32 + (is_capture ? 2 : 1);
	JsonWriter json;
	json.Object()
	    .Number("id", id)
	    .Text("admin_graphql_api_id", GlobalId("OrderTransaction", id))
	    .Number("order_id", order.id)
	    .Text("kind", is_authorization ? "authorization"
	                  : is_capture     ? "capture"
	                                   : "sale")
	    .Text("gateway", order.is_test ? "bogus" : GatewayName(payment.tender))
	    .Text("status", "success")
	    .Null("message")
	    .Text("created_at", IsoTime(time, shop_offset))
	    .Text("processed_at", IsoTime(time, shop_offset))
	    .Bool("test", order.is_test);
	if (payment.tender == Tender::card && !order.is_test) {
		json.Text("authorization", payment.names_intent ? payment.intent : payment.charge);
	} else {
		json.Null("authorization");
	}
	if (is_capture) {
		json.Number("parent_id", payment.authorization_id);
	} else {
		json.Null("parent_id");
	}
	json.Text("amount", Decimal(payment.amount, payment.currency->exponent))
	    .Text("currency", payment.currency->code)
	    .Text("payment_id", "#" + order.name + "." + std::to_string(part))
	    .Text("source_name", "web")
	    .Null("error_code")
	    .Bool("manual_payment_gateway", payment.tender == Tender::manual)
	    .Object("receipt")
	    .End()
	    .End();
	return json.Take();
}

std::string
RefundTransactionPayload(const Order &order, const Refund &refund) {
	JsonWriter json;
	json.Object();
	WriteRefundTransaction(json, order, refund);
	json.End();
	return json.Take();
}

std::string
RefundPayload(const Order &order, const Refund &refund) {
	JsonWriter json;
	json.Object();
	WriteRefund(json, order, refund);
	json.End();
	return json.Take();
}

std::int64_t
FulfillmentId(const Order &order) {
	return 4'900'000'000'000 + order.index * 512LL + 11;
}

std::string
FulfillmentPayload(const Order &order) {
	JsonWriter json;
	json.Object()
	    .Number("id", FulfillmentId(order))
	    .Text("admin_graphql_api_id", GlobalId("Fulfillment", FulfillmentId(order)))
	    .Number("order_id", order.id)
	    .Text("name", "#" + order.name + ".1")
	    .Text("status", "success")
	    .Text("created_at", IsoTime(order.fulfilled_at, shop_offset))
	    .Text("updated_at", IsoTime(order.fulfilled_at, shop_offset))
	    .Text("service", "manual")
	    .Text("tracking_company", "USPS")
	    .Text("tracking_number", "9400" + std::to_string(100'000'000'000 + order.index))
	    .Number("location_id", 65'500'000'001)
	    .Array("line_items");
	OrderVersion shipped;
	shipped.is_fulfilled = true;
	for (std::size_t i = 0; i < order.lines.size(); ++i) {
		WriteLine(json, order, i, shipped);
	}
	json.End().End();
	return json.Take();
}

} // namespace meshline::sample::shopify
