// SPDX-License-Identifier: PostgreSQL
// Postings: NetSuite records (the shape of a SuiteTalk tap) and QuickBooks entities.
#include "payloads.hpp"

namespace meshline::sample {

namespace netsuite {

namespace {

void
WriteReference(JsonWriter &json, std::string_view key, std::string_view id, std::string_view name) {
	json.Object(key).Text("name", name).Text("internalId", id).End();
}

std::string
CurrencyId(const Currency &currency) {
	return currency.exponent == 0 ? "3" : currency.exponent == 3 ? "4" : "1";
}

// What all transactions of the account have in common.
void
WriteHead(JsonWriter &json, const Order &order, std::int64_t id, std::string_view external_id,
          Seconds created_at) {
	json.Text("internalId", std::to_string(id));
	if (external_id.empty()) {
		json.Null("externalId");
	} else {
		json.Text("externalId", external_id);
	}
	json.Text("createdDate", IsoTime(created_at, ledger_offset))
	    .Text("lastModifiedDate", IsoTime(created_at, ledger_offset))
	    .Text("tranDate", IsoDate(created_at, ledger_offset) + "T00:00:00-07:00");
	WriteReference(json, "currency", CurrencyId(*order.currency), order.currency->code);
	json.Text("currencyName", order.currency->code).Raw("exchangeRate", "1.0");
	WriteReference(json, "subsidiary", "1", "Northwind Goods");
}

Seconds
NextMorning(Seconds time) {
	return time - time % day + day + 10 * hour;
}

std::int64_t
SalesOrderId(const Order &order) {
	return 1'000'000 + order.index * 16LL;
}

} // namespace

std::int64_t
CashSaleId(const Order &order, Sale sale) {
	return SalesOrderId(order) + static_cast<std::int64_t>(sale);
}

std::int64_t
DepositId(const Order &order) {
	return SalesOrderId(order) + 3;
}

std::int64_t
RefundId(const Order &order, std::size_t number) {
	return SalesOrderId(order) + 4 + static_cast<std::int64_t>(number);
}

std::string
CashSalePayload(const Order &order, Sale sale) {
	const bool is_first = sale == Sale::first;
	const Seconds created_at = NextMorning(order.created_at) + (is_first ? 0 : 2 * hour);
	const int exponent = order.currency->exponent;
	const std::string customer = order.customer->first_name + " " + order.customer->last_name;
	JsonWriter json;
	json.Object();
	WriteHead(json, order, CashSaleId(order, sale), is_first ? order.name : "", created_at);
	json.Text("tranId", "CS" + std::to_string(CashSaleId(order, sale)))
	    .Text("status", "Deposited")
	    .Text("email", order.customer->email);
	WriteReference(json, "entity", std::to_string(order.customer->id % 10'000'000), customer);
	if (is_first && !order.has_deposit) {
		json.Null("otherRefNum");
	} else { // a retry that forgot its external id; or a sale that a deposit was taken for
		json.Text("otherRefNum", order.name);
	}
	json.Array("itemList");
	for (std::size_t i = 0; i < order.lines.size(); ++i) {
		const Line &line = order.lines[i];
		json.Object().Number("line", static_cast<std::int64_t>(i) + 1);
		WriteReference(json, "item", std::to_string(500 + line.product_number), line.product->sku);
		json.Raw("quantity", std::to_string(line.quantity) + ".0")
		    .Text("rate", Decimal(line.price, exponent))
		    .Raw("amount", Decimal(line.price * line.quantity, exponent))
		    .End();
	}
	json.End()
	    .Raw("subTotal", Decimal(order.subtotal + order.discount + order.posting_error, exponent))
	    .Raw("discountTotal", Decimal(-order.discount, exponent))
	    .Raw("shippingCost", Decimal(order.shipping, exponent))
	    .Raw("taxTotal", Decimal(order.tax, exponent))
	    .Raw("total", Decimal(order.total + order.posting_error, exponent))
	    .End();
	return json.Take();
}

std::string
CustomerRefundPayload(const Order &order, std::size_t number) {
	const Refund &refund = order.refunds[number];
	const std::string external_id = "cr-" + order.name + "-" + std::to_string(number + 1);
	const std::string amount = Decimal(refund.amount, order.currency->exponent);
	const std::string sale = std::to_string(CashSaleId(order, Sale::first));
	JsonWriter json;
	json.Object();
	WriteHead(json, order, RefundId(order, number), external_id,
	          NextMorning(refund.created_at) + static_cast<Seconds>(number) * minute);
	json.Text("tranId", "CR" + std::to_string(RefundId(order, number)))
	    .Text("status", "Fully Applied")
	    .Text("otherRefNum", order.name);
	WriteReference(json, "paymentMethod", "5", "Card");
	json.Raw("total", amount)
	    .Raw("balance", Decimal(0, order.currency->exponent))
	    .Object("applyList")
	    .Array("apply")
	    .Object()
	    .Bool("apply", true)
	    .Text("doc", sale)
	    .Text("type", "Cash Sale")
	    .Text("refNum", "CS" + sale)
	    .Raw("amount", amount)
	    .End()
	    .End()
	    .End()
	    .End();
	return json.Take();
}

std::string
CustomerDepositPayload(const Order &order) {
	const Payment &payment = order.payments.front();
	const std::string external_id = "cd-" + order.name + "-" + std::to_string(payment.transaction_id);
	JsonWriter json;
	json.Object();
	WriteHead(json, order, DepositId(order), external_id, NextMorning(order.created_at) - hour);
	json.Text("tranId", "CD" + std::to_string(DepositId(order))).Text("status", "Deposited");
	WriteReference(json, "salesOrder", std::to_string(SalesOrderId(order)), "Sales Order #" + order.name);
	json.Raw("payment", Decimal(order.Captured(), order.currency->exponent)).End();
	return json.Take();
}

} // namespace netsuite

namespace quickbooks {

namespace {

void
WriteHead(JsonWriter &json, std::int64_t id, Seconds created_at, const Currency &currency) {
	json.Text("domain", "QBO")
	    .Bool("sparse", false)
	    .Text("Id", std::to_string(id))
	    .Text("SyncToken", "0")
	    .Object("MetaData")
	    .Text("CreateTime", IsoTime(created_at, quickbooks_offset))
	    .Text("LastUpdatedTime", IsoTime(created_at, quickbooks_offset))
	    .End()
	    .Text("TxnDate", IsoDate(created_at, quickbooks_offset))
	    .Object("CurrencyRef")
	    .Text("value", currency.code)
	    .Text("name", currency.name)
	    .End();
}

void
WriteParty(JsonWriter &json, const Order &order) {
	json.Object("CustomerRef")
	    .Text("value", std::to_string(order.customer->id % 10'000'000))
	    .Text("name", order.customer->first_name + " " + order.customer->last_name)
	    .End()
	    .Object("BillEmail")
	    .Text("Address", order.customer->email)
	    .End()
	    .Text("PrivateNote", "Shopify order " + std::to_string(order.id));
}

void
WriteSalesLine(JsonWriter &json, int number, std::string_view description, const std::string &amount) {
	json.Object()
	    .Text("Id", std::to_string(number))
	    .Number("LineNum", number)
	    .Text("Description", description)
	    .Raw("Amount", amount)
	    .Text("DetailType", "SalesItemLineDetail")
	    .Object("SalesItemLineDetail")
	    .Object("ItemRef")
	    .Text("value", "1")
	    .Text("name", "Sales")
	    .End()
	    .End()
	    .End();
}

void
WriteSale(JsonWriter &json, const Order &order) {
	const int exponent = order.currency->exponent;
	int number = 0;
	json.Array("Line");
	for (const Line &line : order.lines) {
		WriteSalesLine(json, ++number, line.product->title, Decimal(line.Net(), exponent));
	}
	WriteSalesLine(json, ++number, "Shipping", Decimal(order.shipping, exponent));
	json.End()
	    .Object("TxnTaxDetail")
	    .Raw("TotalTax", Decimal(order.tax, exponent))
	    .End()
	    .Raw("TotalAmt", Decimal(order.total, exponent))
	    .Raw("Balance", Decimal(0, exponent));
}

void
WriteDepositLine(JsonWriter &json, int number, std::string_view description, const std::string &amount,
                 std::string_view account) {
	json.Object()
	    .Text("Id", std::to_string(number))
	    .Number("LineNum", number)
	    .Text("Description", description)
	    .Raw("Amount", amount)
	    .Text("DetailType", "DepositLineDetail")
	    .Object("DepositLineDetail")
	    .Object("AccountRef")
	    .Text("value", account == "Stripe Clearing" ? "35" : "36")
	    .Text("name", account)
	    .End()
	    .End()
	    .End();
}

} // namespace

std::int64_t
DepositId(const Payout &payout) {
	return 501 + payout.number;
}

std::int64_t
OrderDocumentId(const Order &order) {
	return 10'001 + order.index;
}

std::int64_t
RefundReceiptId(const Order &order, std::size_t number) {
	return 10'001 + order.index * 4LL + static_cast<std::int64_t>(number);
}

bool
IsInvoiced(const Order &order) {
	return order.index % 3 == 0;
}

// One line for each charge and refund, gross, and one for all fees.
std::string
DepositPayload(const Payout &payout) {
	const int exponent = payout.currency->exponent;
	JsonWriter json;
	json.Object();
	WriteHead(json, DepositId(payout), payout.arrival_at + 15 * hour, *payout.currency);
	json.Text("PrivateNote", "Stripe payout " + payout.id)
	    .Object("DepositToAccountRef")
	    .Text("value", "4")
	    .Text("name", "Checking")
	    .End()
	    .Array("Line");
	int number = 0;
	Minor fees = 0;
	Minor error = payout.deposit_error;
	for (const SettlementLine &line : payout.lines) {
		const std::string &source = line.refund != nullptr ? line.refund->refund : line.payment->charge;
		const Minor amount = line.amount + (line.refund == nullptr ? error : 0);
		error = line.refund == nullptr ? 0 : error;
		WriteDepositLine(json, ++number, source, Decimal(amount, exponent), "Stripe Clearing");
		fees += line.fee;
	}
	WriteDepositLine(json, ++number, "Stripe fees", Decimal(-fees, exponent), "Merchant Fees");
	if (payout.amount_error != 0) {
		WriteDepositLine(json, ++number, "Unexplained difference", Decimal(payout.amount_error, exponent),
		                 "Suspense");
	}
	json.End().Raw("TotalAmt", Decimal(payout.amount, exponent)).End();
	return json.Take();
}

std::string
SalesReceiptPayload(const Order &order) {
	JsonWriter json;
	json.Object();
	WriteHead(json, OrderDocumentId(order), order.created_at + 20 * hour, *order.currency);
	json.Text("DocNumber", order.name);
	WriteParty(json, order);
	WriteSale(json, order);
	json.End();
	return json.Take();
}

std::string
InvoicePayload(const Order &order) {
	JsonWriter json;
	json.Object();
	WriteHead(json, OrderDocumentId(order), order.created_at + 20 * hour, *order.currency);
	json.Text("DocNumber", order.name);
	WriteParty(json, order);
	WriteSale(json, order);
	json.Array("LinkedTxn")
	    .Object()
	    .Text("TxnId", std::to_string(OrderDocumentId(order)))
	    .Text("TxnType", "Payment")
	    .End()
	    .End()
	    .End();
	return json.Take();
}

std::string
PaymentPayload(const Order &order) {
	const std::string amount = Decimal(order.total, order.currency->exponent);
	const std::string invoice = std::to_string(OrderDocumentId(order));
	JsonWriter json;
	json.Object();
	WriteHead(json, OrderDocumentId(order), order.created_at + 21 * hour, *order.currency);
	json.Text("PaymentRefNum", order.name);
	WriteParty(json, order);
	json.Array("Line")
	    .Object()
	    .Raw("Amount", amount)
	    .Array("LinkedTxn")
	    .Object()
	    .Text("TxnId", invoice)
	    .Text("TxnType", "Invoice")
	    .End()
	    .End()
	    .End()
	    .End()
	    .Raw("TotalAmt", amount)
	    .Raw("UnappliedAmt", Decimal(0, order.currency->exponent))
	    .End();
	return json.Take();
}

std::string
RefundReceiptPayload(const Order &order, std::size_t number) {
	const Refund &refund = order.refunds[number];
	const std::string amount = Decimal(refund.amount, order.currency->exponent);
	JsonWriter json;
	json.Object();
	WriteHead(json, RefundReceiptId(order, number), refund.created_at + 20 * hour, *order.currency);
	json.Text("DocNumber", order.name + "-R" + std::to_string(number + 1));
	WriteParty(json, order);
	json.Array("Line");
	WriteSalesLine(json, 1, "Refund", amount);
	json.End().Raw("TotalAmt", amount).Raw("Balance", Decimal(0, order.currency->exponent)).End();
	return json.Take();
}

} // namespace quickbooks

} // namespace meshline::sample
