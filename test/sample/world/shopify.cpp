// SPDX-License-Identifier: PostgreSQL
#include "payloads.hpp"

namespace meshline::sample::shopify_world {

namespace {

constexpr int offset = -4; // New York in summer

void
WriteMoneys(JsonWriter &json, std::string_view key, Minor amount, Money money, Minor shown,
            Money shown_money) {
	json.Text(key, Decimal(amount, money.exponent));
	json.Object(std::string(key) + "_set").Object("shop_money");
	json.Text("amount", Decimal(amount, money.exponent)).Text("currency_code", money.code).End();
	json.Object("presentment_money").Text("amount", Decimal(shown, shown_money.exponent));
	json.Text("currency_code", shown_money.code).End().End();
}

void
WriteMoney(JsonWriter &json, std::string_view key, Minor amount, Money money) {
	WriteMoneys(json, key, amount, money, amount, money);
}

void
WriteAddress(JsonWriter &json, std::string_view key, const Person &person) {
	json.Object(key).Text("first_name", person.first_name).Text("last_name", person.last_name);
	json.Text("address1", person.street).Text("city", person.city).Text("zip", person.postcode);
	json.Text("phone", person.phone).Text("country_code", "US").End();
}

void
WriteTransaction(JsonWriter &json, const Sale &sale, std::int64_t id, std::string_view kind,
                 std::string_view status, std::string_view gateway, std::string_view authorization,
                 Minor amount, Money money, Seconds at, std::int64_t parent) {
	json.Number("id", id).Number("order_id", sale.id).Text("kind", kind).Text("gateway", gateway);
	json.Text("status", status)
	    .Text("created_at", IsoTime(at, offset))
	    .Text("processed_at", IsoTime(at, offset));
	json.Bool("test", false);
	parent != 0 ? json.Number("parent_id", parent) : json.Null("parent_id");
	authorization.empty() ? json.Null("authorization") : json.Text("authorization", authorization);
	json.Text("amount", Decimal(amount, money.exponent))
	    .Text("currency", money.code)
	    .Text("source_name", "web");
}

void
WriteRefund(JsonWriter &json, const Sale &sale, const RefundNote &refund) {
	json.Number("id", refund.id).Number("order_id", sale.id).Text("created_at", IsoTime(refund.at, offset));
	json.Text("processed_at", IsoTime(refund.at, offset)).Text("note", "").Array("refund_line_items");
	for (const ReturnedLine &line : refund.lines) {
		json.Object().Number("id", refund.id * 4 + static_cast<std::int64_t>(line.line));
		json.Number("line_item_id", sale.id * 4 + static_cast<std::int64_t>(line.line));
		json.Number("quantity", line.quantity).Text("restock_type", line.restock_type);
		json.Raw("subtotal", Decimal(line.subtotal, sale.money.exponent));
		json.Raw("total_tax", Decimal(line.tax, sale.money.exponent)).End();
	}
	json.End().Array("order_adjustments").End().Array("transactions");
	if (refund.amount != 0) { // else goods were changed for goods
		json.Object();
		WriteTransaction(json, sale, refund.transaction, "refund", refund.status, "stripe",
		                 refund.authorization, refund.amount, sale.money, refund.at, refund.parent);
		json.End();
	}
	json.End();
}

std::string
Gid(std::string_view type, std::int64_t id) {
	return "gid://shopify/" + std::string(type) + "/" + std::to_string(id);
}

// An amount of the GraphQL API, in the shop's money and in the buyer's.
void
WriteMoneyBag(JsonWriter &json, std::string_view key, Minor amount, Money money, Minor shown,
              Money shown_money) {
	json.Object(key).Object("shopMoney");
	json.Text("amount", Decimal(amount, money.exponent)).Text("currencyCode", money.code).End();
	json.Object("presentmentMoney").Text("amount", Decimal(shown, shown_money.exponent));
	json.Text("currencyCode", shown_money.code).End().End();
}

} // namespace

std::string
Order(const Sale &sale, std::string_view financial_status, Seconds updated_at,
      const std::vector<RefundNote> &refunds, bool is_cancelled, bool is_test, bool is_closed) {
	JsonWriter json;
	json.Object()
	    .Number("id", sale.id)
	    .Text("name", "#" + sale.name)
	    .Number("order_number", sale.number + 1000);
	json.Text("created_at", IsoTime(sale.at, offset)).Text("processed_at", IsoTime(sale.at, offset));
	json.Text("updated_at", IsoTime(updated_at, offset));
	is_cancelled ? json.Text("cancelled_at", IsoTime(updated_at, offset)) : json.Null("cancelled_at");
	is_closed ? json.Text("closed_at", IsoTime(updated_at, offset)) : json.Null("closed_at");
	json.Text("financial_status", financial_status).Text("currency", sale.money.code);
	json.Text("presentment_currency", sale.shown != 0 ? sale.shown_money.code : sale.money.code)
	    .Bool("test", is_test)
	    .Bool("taxes_included", false);
	json.Text("email", sale.person.email).Text("phone", sale.person.phone).Text("source_name", "web");
	const Money shown_money = sale.shown != 0 ? sale.shown_money : sale.money;
	WriteMoneys(json, "total_price", sale.Total(), sale.money, sale.shown != 0 ? sale.shown : sale.Total(),
	            shown_money);
	WriteMoney(json, "subtotal_price", sale.Goods() - sale.discount, sale.money);
	WriteMoney(json, "total_tax", sale.tax, sale.money);
	WriteMoney(json, "total_discounts", sale.discount, sale.money);
	WriteMoney(json, "total_line_items_price", sale.Goods(), sale.money);
	WriteMoney(json, "total_shipping_price", sale.shipping, sale.money);
	json.Text("total_tip_received", Decimal(sale.tip, sale.money.exponent));
	json.Object("customer").Number("id", 7000000000000 + sale.number).Text("email", sale.person.email);
	json.Text("first_name", sale.person.first_name).Text("last_name", sale.person.last_name).End();
	WriteAddress(json, "billing_address", sale.person);
	WriteAddress(json, "shipping_address", sale.person);
	json.Array("line_items");
	for (std::size_t i = 0; i < sale.lines.size(); ++i) {
		const CartLine &line = sale.lines[i];
		json.Object().Number("id", sale.id * 4 + static_cast<std::int64_t>(i));
		json.Number("product_id", 8100000000000 + line.product)
		    .Number("variant_id", 4400000000000 + line.product);
		json.Text("sku", ProductSku(line.product)).Text("title", ProductTitle(line.product));
		json.Number("quantity", line.quantity).Text("price", Decimal(line.price, sale.money.exponent));
		json.Number("fulfillable_quantity", line.quantity).Bool("taxable", true).End();
	}
	json.End();
	json.Array("shipping_lines")
	    .Object()
	    .Text("title", "Standard")
	    .Text("price", Decimal(sale.shipping, sale.money.exponent));
	json.End().End().Array("tax_lines").Object().Text("title", "State tax").Raw("rate", "0.08");
	json.Text("price", Decimal(sale.tax, sale.money.exponent)).End().End();
	json.Array("refunds");
	for (const RefundNote &refund : refunds) {
		json.Object();
		WriteRefund(json, sale, refund);
		json.End();
	}
	return json.End().End().Take();
}

std::string
Transaction(const Sale &sale, std::int64_t id, std::string_view kind, std::string_view status,
            std::string_view gateway, std::string_view authorization, Minor amount, Money money, Seconds at,
            std::int64_t parent) {
	JsonWriter json;
	json.Object();
	WriteTransaction(json, sale, id, kind, status, gateway, authorization, amount, money, at, parent);
	return json.End().Take();
}

std::string
Refund(const Sale &sale, const RefundNote &refund) {
	JsonWriter json;
	json.Object();
	WriteRefund(json, sale, refund);
	return json.End().Take();
}

std::string
Fulfillment(const Sale &sale, std::int64_t id, Seconds at, std::size_t first) {
	JsonWriter json;
	json.Object().Number("id", id).Number("order_id", sale.id).Text("status", "success");
	json.Text("name", "#" + sale.name + ".1").Text("created_at", IsoTime(at, offset));
	json.Text("updated_at", IsoTime(at, offset)).Text("tracking_company", "UPS").Array("line_items");
	for (std::size_t i = first; i < sale.lines.size(); ++i) {
		json.Object().Number("id", sale.id * 4 + static_cast<std::int64_t>(i));
		json.Text("sku", ProductSku(sale.lines[i].product)).Number("quantity", sale.lines[i].quantity).End();
	}
	return json.End().End().Take();
}

std::string
InventoryLevel(std::int64_t item, std::int64_t location, int available, Seconds at) {
	JsonWriter json;
	json.Object().Number("inventory_item_id", item).Number("location_id", location);
	return json.Number("available", available).Text("updated_at", IsoTime(at, offset)).End().Take();
}

std::string
OrderNode(const Sale &sale, std::string_view financial_status, Seconds updated_at, Minor original,
          const std::vector<ReturnedLine> &returned) {
	JsonWriter json;
	json.Object().Text("id", Gid("Order", sale.id)).Text("name", "#" + sale.name);
	json.Text("createdAt", IsoTime(sale.at, 0)).Text("processedAt", IsoTime(sale.at, 0));
	json.Text("updatedAt", IsoTime(updated_at, 0)).Null("cancelledAt").Null("closedAt");
	json.Text("displayFinancialStatus", financial_status).Text("currencyCode", sale.money.code);
	json.Text("presentmentCurrencyCode", sale.money.code).Bool("test", false).Bool("taxesIncluded", false);
	json.Text("email", sale.person.email).Text("phone", sale.person.phone);
	json.Object("customer").Text("id", Gid("Customer", 7000000000000 + sale.number)).End();
	const auto write = [&](std::string_view key, Minor amount) {
		WriteMoneyBag(json, key, amount, sale.money, amount, sale.money);
	};
	write("totalPriceSet", sale.Total());
	write("originalTotalPriceSet", original);
	write("subtotalPriceSet", sale.Goods() - sale.discount);
	write("totalTaxSet", sale.tax);
	write("totalDiscountsSet", sale.discount);
	write("totalShippingPriceSet", sale.shipping);
	json.Object("lineItems").Array("nodes");
	for (std::size_t i = 0; i < sale.lines.size(); ++i) {
		const CartLine &line = sale.lines[i];
		int left = line.quantity;
		for (const ReturnedLine &back : returned) {
			left -= back.line == i ? back.quantity : 0;
		}
		json.Object().Text("id", Gid("LineItem", sale.id * 4 + static_cast<std::int64_t>(i)));
		json.Text("sku", ProductSku(line.product)).Text("title", ProductTitle(line.product));
		json.Object("variant").Text("id", Gid("ProductVariant", 4400000000000 + line.product)).End();
		json.Number("quantity", line.quantity).Number("currentQuantity", left).Bool("requiresShipping", true);
		write("originalUnitPriceSet", line.price);
		json.End();
	}
	return json.End().End().End().Take();
}

std::string
TransactionNode(const Sale &sale, std::int64_t id, std::string_view charge, Minor amount, Minor shown,
                Seconds at) {
	JsonWriter json;
	json.Object().Text("id", Gid("OrderTransaction", id)).Text("kind", "SALE").Text("status", "SUCCESS");
	json.Text("gateway", "stripe").Text("createdAt", IsoTime(at, 0)).Text("processedAt", IsoTime(at, 0));
	json.Object("order")
	    .Text("id", Gid("Order", sale.id))
	    .End()
	    .Bool("test", false)
	    .Null("parentTransaction");
	WriteMoneyBag(json, "amountSet", amount, sale.money, shown, sale.shown_money);
	json.Text("receiptJson", "{\"id\":\"" + std::string(charge) + "\"}");
	return json.End().Take();
}

} // namespace meshline::sample::shopify_world
