// SPDX-License-Identifier: PostgreSQL
// The ledgers and the bank: NetSuite, QuickBooks, Xero, statement lines.
#include "payloads.hpp"

namespace meshline::sample {

namespace netsuite_world {

std::string
Document(std::string_view id, std::string_view external_id, std::string_view other_ref, Minor amount,
         Money money, Seconds at, const Person *person, const Parts *parts, Seconds modified_at) {
	JsonWriter json;
	json.Object().Text("internalId", id);
	external_id.empty() ? json.Null("externalId") : json.Text("externalId", external_id);
	other_ref.empty() ? json.Null("otherRefNum") : json.Text("otherRefNum", other_ref);
	json.Text("tranId", "CS" + std::string(id))
	    .Text("tranDate", IsoTime(at, -7))
	    .Text("createdDate", IsoTime(at, -7));
	json.Text("lastModifiedDate", IsoTime(modified_at != 0 ? modified_at : at, -7))
	    .Text("currencyName", money.code);
	json.Text("total", Decimal(amount, money.exponent)).Text("status", "Deposited");
	if (parts != nullptr) {
		json.Text("subTotal", Decimal(parts->goods, money.exponent));
		json.Text("discountTotal", Decimal(-parts->discount, money.exponent));
		json.Text("shippingCost", Decimal(parts->shipping, money.exponent));
		json.Text("taxTotal", Decimal(parts->tax, money.exponent));
	}
	if (person != nullptr) {
		json.Text("email", person->email).Object("billingAddress");
		json.Text("addressee", person->first_name + " " + person->last_name).Text("addrPhone", person->phone);
		json.Text("addr1", person->street).Text("zip", person->postcode).Text("city", person->city).End();
	}
	return json.End().Take();
}

} // namespace netsuite_world

namespace quickbooks_world {

namespace {

void
WriteHead(JsonWriter &json, std::string_view id, Minor amount, Money money, Seconds at) {
	json.Object().Text("Id", id).Text("SyncToken", "0").Text("TxnDate", IsoDate(at, -4));
	json.Raw("TotalAmt", Decimal(amount, money.exponent))
	    .Object("CurrencyRef")
	    .Text("value", money.code)
	    .End();
	json.Object("MetaData")
	    .Text("CreateTime", IsoTime(at, -4))
	    .Text("LastUpdatedTime", IsoTime(at, -4))
	    .End();
}

} // namespace

std::string
SalesReceipt(std::string_view id, std::string_view number, const Sale &sale, Minor amount, Seconds at) {
	JsonWriter json;
	WriteHead(json, id, amount, sale.money, at);
	json.Text("DocNumber", number)
	    .Object("CustomerRef")
	    .Text("value", "58")
	    .Text("name", "Marketplace customers")
	    .End();
	json.Array("Line")
	    .Object()
	    .Raw("Amount", Decimal(amount, sale.money.exponent))
	    .Text("DetailType", "SalesItemLineDetail");
	return json.End().End().End().Take();
}

std::string
RefundReceipt(std::string_view id, std::string_view number, Minor amount, Money money, Seconds at) {
	JsonWriter json;
	WriteHead(json, id, amount, money, at);
	return json.Text("DocNumber", number).End().Take();
}

std::string
Deposit(std::string_view id, std::string_view note, const std::vector<DepositLine> &lines, Minor total,
        Money money, Seconds at) {
	JsonWriter json;
	WriteHead(json, id, total, money, at);
	json.Text("PrivateNote", note).Array("Line");
	for (std::size_t i = 0; i < lines.size(); ++i) {
		json.Object().Number("LineNum", static_cast<std::int64_t>(i) + 1).Text("Description", lines[i].note);
		json.Raw("Amount", Decimal(lines[i].amount, money.exponent))
		    .Text("DetailType", "DepositLineDetail")
		    .End();
	}
	return json.End().End().Take();
}

} // namespace quickbooks_world

namespace xero_world {

std::string
Invoice(std::string_view id, std::string_view reference, Minor amount, Money money, Seconds at,
        std::string_view status, Seconds updated_at, const Person *person) {
	JsonWriter json;
	json.Object()
	    .Text("Type", "ACCREC")
	    .Text("InvoiceID", id)
	    .Text("InvoiceNumber", "INV-" + std::string(id.substr(id.size() - 8)));
	json.Text("Reference", reference).Text("DateString", IsoDate(at, 2) + "T00:00:00").Text("Status", status);
	json.Text("UpdatedDateUTC", "/Date(" + std::to_string(updated_at * 1000) + "+0000)/");
	json.Text("CurrencyCode", money.code).Raw("Total", Decimal(amount, money.exponent));
	json.Object("Contact");
	if (person != nullptr) {
		json.Text("Name", person->first_name + " " + person->last_name).Text("EmailAddress", person->email);
	} else {
		json.Text("Name", "Web sales");
	}
	return json.End().End().Take();
}

std::string
CreditNote(std::string_view id, std::string_view reference, Minor amount, Money money, Seconds at) {
	JsonWriter json;
	json.Object().Text("Type", "ACCRECCREDIT").Text("CreditNoteID", id).Text("Reference", reference);
	json.Text("DateString", IsoDate(at, 2) + "T00:00:00").Text("Status", "AUTHORISED");
	json.Text("UpdatedDateUTC", "/Date(" + std::to_string(at * 1000) + "+0000)/");
	json.Text("CurrencyCode", money.code).Raw("Total", Decimal(amount, money.exponent));
	return json.End().Take();
}

} // namespace xero_world

namespace bank_world {

std::string
Line(std::string_view id, Minor amount, Money money, Seconds at, std::string_view text) {
	JsonWriter json;
	json.Object().Text("id", id).Text("account", "1000 Checking").Text("booked_at", IsoDate(at, 0));
	json.Text("amount", Decimal(amount, money.exponent))
	    .Text("currency", money.code)
	    .Text("description", text);
	return json.End().Take();
}

} // namespace bank_world

} // namespace meshline::sample
