// SPDX-License-Identifier: PostgreSQL
#include "payloads.hpp"

namespace meshline::sample::amazon_world {

namespace {

std::string
Time(Seconds at) {
	return IsoTime(at, 0).substr(0, 19) + "Z";
}

std::string
ReportTime(Seconds at) {
	return IsoDate(at, 0) + " " + IsoTime(at, 0).substr(11, 8) + " UTC";
}

void
WriteBreakdown(JsonWriter &json, std::string_view type, Minor amount, Money money) {
	json.Object().Text("breakdownType", type).Object("breakdownAmount");
	json.Raw("currencyAmount", Decimal(amount, money.exponent)).Text("currencyCode", money.code).End().End();
}

} // namespace

std::string
Order(const Sale &sale, std::string_view status, Seconds updated_at) {
	JsonWriter json;
	json.Object()
	    .Text("AmazonOrderId", sale.name)
	    .Text("PurchaseDate", Time(sale.at))
	    .Text("LastUpdateDate", Time(updated_at));
	json.Text("OrderStatus", status).Text("FulfillmentChannel", "AFN").Text("SalesChannel", "Amazon.com");
	json.Object("OrderTotal")
	    .Text("CurrencyCode", sale.money.code)
	    .Text("Amount", Decimal(sale.Total(), sale.money.exponent))
	    .End();
	json.Text("MarketplaceId", "ATVPDKIKX0DER").Object("BuyerInfo");
	json.Text("BuyerEmail",
	          Code("q", sale.number, "0123456789abcdefghijklmnopqrstuv", 9) + "@marketplace.amazon.example")
	    .End();
	json.Bool("IsReplacementOrder", false);
	return json.End().Take();
}

std::string
FinancialEvent(std::string_view id, std::string_view type, std::string_view order, Minor charge, Minor fee,
               Money money, Seconds at) {
	JsonWriter json;
	json.Object().Array("relatedIdentifiers").Object().Text("relatedIdentifierName", "ORDER_ID");
	json.Text("relatedIdentifierValue", order)
	    .End()
	    .End()
	    .Text("transactionType", type)
	    .Text("transactionId", id);
	json.Text("transactionStatus", "RELEASED").Text("postedDate", Time(at)).Object("totalAmount");
	json.Raw("currencyAmount", Decimal(charge - fee, money.exponent)).Text("currencyCode", money.code).End();
	json.Array("breakdowns");
	WriteBreakdown(json, "ProductCharges", charge, money);
	WriteBreakdown(json, "AmazonFees", -fee, money);
	return json.End().End().Take();
}

std::string
Row(const SettlementRow &row, Money money) {
	JsonWriter json;
	json.Object()
	    .Text("settlement-id", row.settlement)
	    .Text("settlement-start-date", "")
	    .Text("settlement-end-date", "");
	json.Text("deposit-date", "").Text("total-amount", "").Text("currency", money.code);
	json.Text("transaction-type", row.transaction_type)
	    .Text("order-id", row.order)
	    .Text("marketplace-name", "amazon.com");
	json.Text("amount-type", row.amount_type).Text("amount-description", row.description);
	json.Text("amount", Decimal(row.amount, money.exponent)).Text("posted-date-time", ReportTime(row.at));
	json.Text("order-item-code", row.item);
	return json.End().Take();
}

std::string
Settlement(std::string_view id, Minor total, Money money, Seconds from, Seconds until, Seconds deposit) {
	JsonWriter json;
	json.Object().Text("settlement-id", id).Text("settlement-start-date", ReportTime(from));
	json.Text("settlement-end-date", ReportTime(until)).Text("deposit-date", ReportTime(deposit));
	json.Text("total-amount", Decimal(total, money.exponent))
	    .Text("currency", money.code)
	    .Text("transaction-type", "");
	json.Text("order-id", "").Text("amount-type", "").Text("amount-description", "").Text("amount", "");
	return json.End().Take();
}

} // namespace meshline::sample::amazon_world
