// SPDX-License-Identifier: PostgreSQL
#include "payloads.hpp"

namespace meshline::sample::woocommerce_world {

namespace {

// The site's clock, and the same moment in UTC: WooCommerce writes both without an offset.
void
WriteMoment(JsonWriter &json, const std::string &key, Seconds at) {
	json.Text(key, IsoTime(at, 2).substr(0, 19)).Text(key + "_gmt", IsoTime(at, 0).substr(0, 19));
}

} // namespace

std::string
OrderKey(const Sale &sale) {
	return Code("wc_order_", sale.number * 48271, "bcdfghjklmnpqrstvwxz23456789", 13);
}

std::string
Order(const Sale &sale, std::string_view status, std::string_view method, std::string_view transaction,
      Seconds paid_at, Seconds modified_at, const std::vector<RefundNote> &refunds) {
	JsonWriter json;
	const auto decimal = [&](Minor amount) { return Decimal(amount, sale.money.exponent); };
	json.Object()
	    .Number("id", sale.id)
	    .Number("parent_id", 0)
	    .Text("number", sale.name)
	    .Text("order_key", OrderKey(sale));
	json.Text("status", status).Text("currency", sale.money.code);
	WriteMoment(json, "date_created", sale.at);
	WriteMoment(json, "date_modified", modified_at);
	if (paid_at != 0) {
		WriteMoment(json, "date_paid", paid_at);
	} else {
		json.Null("date_paid").Null("date_paid_gmt");
	}
	json.Text("discount_total", decimal(sale.discount)).Text("shipping_total", decimal(sale.shipping));
	json.Text("total", decimal(sale.Total()))
	    .Text("total_tax", decimal(sale.tax))
	    .Bool("prices_include_tax", false);
	json.Number("customer_id", 500 + sale.number)
	    .Text("payment_method", method)
	    .Text("transaction_id", transaction);
	json.Object("billing")
	    .Text("first_name", sale.person.first_name)
	    .Text("last_name", sale.person.last_name);
	json.Text("address_1", sale.person.street)
	    .Text("city", sale.person.city)
	    .Text("postcode", sale.person.postcode);
	json.Text("email", sale.person.email).Text("phone", sale.person.phone).Text("country", "DE").End();
	json.Array("meta_data").End().Array("line_items");
	for (std::size_t i = 0; i < sale.lines.size(); ++i) {
		const CartLine &line = sale.lines[i];
		json.Object()
		    .Number("id", sale.id * 4 + static_cast<std::int64_t>(i))
		    .Text("name", ProductTitle(line.product));
		json.Number("product_id", 90 + line.product)
		    .Number("quantity", line.quantity)
		    .Text("sku", ProductSku(line.product));
		json.Text("total", decimal(line.price * line.quantity)).End();
	}
	json.End().Array("refunds");
	for (const RefundNote &refund : refunds) {
		json.Object()
		    .Number("id", refund.id)
		    .Text("reason", "")
		    .Text("total", "-" + decimal(refund.amount))
		    .End();
	}
	return json.End().End().Take();
}

std::string
Refund(const Sale &sale, const RefundNote &refund) {
	JsonWriter json;
	json.Object().Number("id", refund.id).Number("parent_id", sale.id);
	WriteMoment(json, "date_created", refund.at);
	json.Text("amount", Decimal(refund.amount, sale.money.exponent)).Text("currency", sale.money.code);
	json.Text("reason", "").Number("refunded_by", 1).Bool("refunded_payment", true).Array("meta_data");
	if (!refund.stripe_refund.empty()) {
		json.Object()
		    .Number("id", refund.id * 10)
		    .Text("key", "_stripe_refund_id")
		    .Text("value", refund.stripe_refund)
		    .End();
	}
	return json.End().End().Take();
}

} // namespace meshline::sample::woocommerce_world
