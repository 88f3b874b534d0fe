// SPDX-License-Identifier: PostgreSQL
// The connectors that come with meshline, on one family of linked documents: order #2041 of 118.40 USD,
// captured as ch_3Oz0charge0000, of which 20.00 went back, settled in po_1Oz2payout00000.
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "connector_facts.hpp"
#include "core/extract.hpp"

namespace meshline {
namespace {

using test::Connector;
using test::Extracted;
using test::Identifiers;
using test::ProblemTexts;
using test::Read;
using test::Summary;
using Ids = std::set<std::string>;
using Texts = std::vector<std::string>;

TEST(Shopify, Order) {
	const Extracted read = Read("shopify", "order", "");
	ASSERT_EQ(read.extraction.facts.size(), 4U);
	const Fact &order = read.fact(0);
	EXPECT_EQ(Summary(order), "order partially_refunded USD 11840");
	EXPECT_EQ(order.external_id, "5123456789012");
	EXPECT_EQ(order.line_count, 2);
	EXPECT_EQ(order.occurred_at, 1710052200000000);
	EXPECT_EQ(order.version_at, 1710249330000000);
	EXPECT_EQ(Identifiers(order),
	          (Ids{"own shopify.order/5123456789012", "own order_name/2041 store",
	               "own order_number/2041 store weak",
	               "ref shopify.checkout_token/c0ffee00aa11bb22cc33dd44ee55ff66 weak",
	               "ref shopify.customer/207119551 weak", "ref email/ada.byron@mail.example weak"}));
	EXPECT_EQ(Summary(read.fact(1)), "refund paid USD summary");
	EXPECT_EQ(Identifiers(read.fact(1)), (Ids{"own shopify.refund/3001", "ref shopify.order/5123456789012"}));
	const Fact &transaction = read.fact(2);
	EXPECT_EQ(Summary(transaction), "refund paid USD 2000");
	EXPECT_EQ(transaction.path, "refunds[0].transactions[0]");
	EXPECT_EQ(transaction.processor, "stripe");
	EXPECT_EQ(test::Text(*transaction.about), "ref shopify.transaction/9002");
	EXPECT_EQ(
	    Identifiers(transaction),
	    (Ids{"own shopify.transaction/9003", "same stripe.refund/re_1Oz1aaaabbbbcccc",
	         "ref shopify.order/5123456789012", "ref shopify.transaction/9002", "ref shopify.refund/3001"}));
	EXPECT_EQ(Summary(read.fact(3)), "fulfillment paid");
	EXPECT_EQ(Identifiers(read.fact(3)),
	          (Ids{"own shopify.fulfillment/4001", "ref shopify.order/5123456789012"}));
}

TEST(Shopify, OrderFromGraphql) {
	const Extracted read = Read("shopify", "order", "order_graphql");
	EXPECT_EQ(Summary(read.fact()), "order paid JPY 11840");
	EXPECT_EQ(Identifiers(read.fact()),
	          (Ids{"own shopify.order/5123456789013", "own order_name/JP-2042 store"}));
}

TEST(Shopify, DeletedOrder) {
	const Extracted read = Read("shopify", "order", "order_deleted");
	EXPECT_EQ(Summary(read.fact()), "order deleted");
	EXPECT_EQ(Identifiers(read.fact()), (Ids{"own shopify.order/5123456789012"}));
}

TEST(Shopify, OrderWithoutATotal) {
	const Extracted read =
	    test::Extract(*Connector("shopify"), "order",
	                  R"({"id":1,"name":"#1","currency":"USD","cancelled_at":"2024-01-01T00:00:00Z"})");
	EXPECT_EQ(Summary(read.fact()), "order voided USD");
	EXPECT_EQ(ProblemTexts(read.fact().problems), Texts{"amount (total_price): is missing"});
}

TEST(Shopify, Transactions) {
	const Extracted authorization = Read("shopify", "transaction", "transaction_authorization");
	EXPECT_EQ(Summary(authorization.fact()), "payment authorized USD 11840");
	EXPECT_FALSE(authorization.fact().about);
	EXPECT_EQ(Identifiers(authorization.fact()),
	          (Ids{"own shopify.transaction/9001", "same stripe.charge/ch_3Oz0charge0000",
	               "same stripe.payment_intent/pi_3Oz0intent0000", "ref shopify.order/5123456789012"}));
	const Extracted capture = Read("shopify", "transaction", "transaction_capture");
	EXPECT_EQ(Summary(capture.fact()), "payment paid USD 11840");
	EXPECT_EQ(Identifiers(capture.fact()),
	          (Ids{"own shopify.transaction/9002", "same stripe.charge/ch_3Oz0charge0000",
	               "same stripe.payment_intent/pi_3Oz0intent0000", "ref shopify.order/5123456789012",
	               "ref shopify.transaction/9001"}));
}

TEST(Shopify, TransactionStates) {
	const auto definition = Connector("shopify");
	const auto state = [&](const std::string &kind, const std::string &status) {
		return Summary(test::Extract(*definition, "transaction",
		                             R"({"id":1,"amount":"5.00","currency":"USD","kind":")" + kind +
		                                 R"(","status":")" + status + "\"}")
		                   .fact());
	};
	EXPECT_EQ(state("sale", "success"), "payment paid USD 500");
	EXPECT_EQ(state("sale", "pending"), "payment pending USD 500");
	EXPECT_EQ(state("sale", "failure"), "payment failed USD 500");
	EXPECT_EQ(state("void", "success"), "payment voided USD 500");
	EXPECT_EQ(state("void", "error"), "payment failed USD 500");
	EXPECT_EQ(state("refund", "success"), "refund paid USD 500");
	EXPECT_EQ(state("REFUND", "SUCCESS"), "refund paid USD 500");
	EXPECT_EQ(state("CAPTURE", "SUCCESS"), "payment paid USD 500");
	EXPECT_EQ(state("sale", "strange"), "payment unknown USD 500");
}

TEST(Stripe, Charge) {
	const Extracted read = Read("stripe", "charge", "");
	EXPECT_EQ(Summary(read.fact()), "payment paid USD 11840");
	EXPECT_EQ(read.fact().version_sequence, 2000 * 16 + 4);
	EXPECT_EQ(Identifiers(read.fact()),
	          (Ids{"own stripe.charge/ch_3Oz0charge0000", "same stripe.payment_intent/pi_3Oz0intent0000",
	               "ref stripe.balance_transaction/txn_3Oz0charge0000", "ref $store.order/5123456789012",
	               "ref order_name/2041 store"}));
}

TEST(Stripe, ChargeStates) {
	const auto definition = Connector("stripe");
	const auto state = [&](const std::string &members) {
		return Summary(test::Extract(*definition, "charge",
		                             R"({"id":"ch_1","currency":"usd","amount":500,)" + members + "}")
		                   .fact());
	};
	EXPECT_EQ(state(R"("status":"succeeded","captured":true,"amount_captured":400)"), "payment paid USD 400");
	EXPECT_EQ(state(R"("status":"succeeded","captured":true)"), "payment paid USD 500");
	EXPECT_EQ(state(R"("status":"succeeded","captured":false,"amount_captured":0)"),
	          "payment authorized USD 500");
	EXPECT_EQ(state(R"("status":"succeeded","captured":false,"refunded":true)"), "payment voided USD 500");
	EXPECT_EQ(state(R"("status":"pending")"), "payment pending USD 500");
	EXPECT_EQ(state(R"("status":"failed","captured":false)"), "payment failed USD 500");
	EXPECT_EQ(state(R"("status":"succeeded","livemode":false)"), "payment paid USD 500 test");
}

TEST(Stripe, DescriptionIsWeakEvidence) {
	const Extracted read = test::Extract(
	    *Connector("stripe"), "charge",
	    R"({"id":"ch_1","currency":"usd","amount":500,"description":"In-Person Payment for Order #213 for My Site","metadata":{"order_id":"213"}})");
	EXPECT_EQ(Identifiers(read.fact()),
	          (Ids{"own stripe.charge/ch_1", "ref $store.order/213", "ref order_name/213 store weak"}));
}

TEST(Stripe, PaymentIntent) {
	const Extracted read = Read("stripe", "payment_intent", "");
	EXPECT_EQ(Summary(read.fact()), "payment paid USD 11840 summary");
	EXPECT_EQ(Identifiers(read.fact()),
	          (Ids{"own stripe.payment_intent/pi_3Oz0intent0000", "same stripe.charge/ch_3Oz0charge0000"}));
}

TEST(Stripe, Refund) {
	const Extracted read = Read("stripe", "refund", "");
	EXPECT_EQ(Summary(read.fact()), "refund paid USD 2000");
	EXPECT_EQ(test::Text(*read.fact().about), "ref stripe.charge/ch_3Oz0charge0000");
	EXPECT_EQ(Identifiers(read.fact()),
	          (Ids{"own stripe.refund/re_1Oz1aaaabbbbcccc", "ref stripe.charge/ch_3Oz0charge0000",
	               "ref stripe.payment_intent/pi_3Oz0intent0000",
	               "ref stripe.balance_transaction/txn_1Oz1refund0000"}));
}

TEST(Stripe, BalanceTransactions) {
	const Extracted charge = Read("stripe", "balance_transaction", "balance_transaction_charge");
	EXPECT_EQ(Summary(charge.fact()), "settlement_line paid USD 11840 fee 373 net 11467");
	EXPECT_EQ(test::Text(*charge.fact().payout), "ref stripe.payout/po_1Oz2payout00000");
	EXPECT_EQ(test::Text(*charge.fact().about), "ref stripe.charge/ch_3Oz0charge0000");
	const Extracted refund = Read("stripe", "balance_transaction", "balance_transaction_refund");
	EXPECT_EQ(Summary(refund.fact()), "settlement_line paid USD -2000 fee 0 net -2000");
	EXPECT_EQ(test::Text(*refund.fact().about), "ref stripe.refund/re_1Oz1aaaabbbbcccc");
	EXPECT_EQ(
	    Identifiers(refund.fact()),
	    (Ids{"own stripe.balance_transaction/txn_1Oz1refund0000", "ref stripe.refund/re_1Oz1aaaabbbbcccc",
	         "ref stripe.charge/ch_3Oz0charge0000", "ref stripe.payment_intent/pi_3Oz0intent0000"}));
	// The payout itself is no line of the payout: its lines would sum to nothing.
	const Extracted payout = Read("stripe", "balance_transaction", "balance_transaction_payout");
	EXPECT_FALSE(payout.fact().payout);
	EXPECT_EQ(Identifiers(payout.fact()), (Ids{"own stripe.balance_transaction/txn_1Oz2payout0000"}));
}

TEST(Stripe, Payout) {
	const Extracted read = Read("stripe", "payout", "");
	EXPECT_EQ(Summary(read.fact()), "payout pending USD 9467");
	EXPECT_EQ(read.fact().expected_at, 1710374400000000);
	EXPECT_EQ(Identifiers(read.fact()), (Ids{"own stripe.payout/po_1Oz2payout00000"}));
}

TEST(Stripe, Events) {
	const Extracted read = Read("stripe", "event", "event_charge_refunded");
	EXPECT_EQ(read.extraction.source_event_id, "evt_1Oz1event00000");
	ASSERT_EQ(read.extraction.facts.size(), 2U);
	EXPECT_EQ(Summary(read.fact(0)), "payment paid USD 11840 test");
	EXPECT_EQ(read.fact(0).object, "charge");
	EXPECT_EQ(read.fact(0).version_at, 1710249301000000);
	EXPECT_EQ(Summary(read.fact(1)), "refund paid USD 2000 test");
	const Extracted other =
	    test::Extract(*Connector("stripe"), "event",
	                  R"({"id":"evt_1","data":{"object":{"id":"cus_1","object":"customer"}}})");
	EXPECT_EQ(other.extraction.source_event_id, "evt_1");
	EXPECT_EQ(ProblemTexts(other.extraction.problems),
	          Texts{"object (data.object.object): object type 'customer' is not handled"});
}

TEST(NetSuite, SalesOrderFromSoap) {
	const Extracted read = Read("netsuite", "sales_order", "");
	EXPECT_EQ(Summary(read.fact()), "posting paid sale USD 11840 summary");
	EXPECT_EQ(Identifiers(read.fact()),
	          (Ids{"own netsuite.transaction/18587 connection", "ref order_name/2041 store"}));
}

TEST(NetSuite, CashSaleFromRestAndSuiteql) {
	const Extracted rest = Read("netsuite", "cash_sale", "");
	EXPECT_EQ(Summary(rest.fact()), "posting paid sale USD 11840");
	EXPECT_EQ(Identifiers(rest.fact()),
	          (Ids{"own netsuite.transaction/18600 connection", "ref order_name/2041 store",
	               "ref netsuite.transaction/18587 connection"}));
	const Extracted suiteql = Read("netsuite", "cash_sale", "cash_sale_suiteql");
	EXPECT_EQ(Summary(suiteql.fact()), "posting voided sale USD 111840");
	EXPECT_EQ(Identifiers(suiteql.fact()),
	          (Ids{"own netsuite.transaction/18601 connection", "ref $store.order/5123456789012",
	               "ref order_name/2041 store", "ref netsuite.transaction/18587 connection"}));
}

TEST(NetSuite, DepositAndRefund) {
	const Extracted deposit = Read("netsuite", "customer_deposit", "");
	EXPECT_EQ(Summary(deposit.fact()), "posting paid payment USD 11840");
	EXPECT_EQ(Identifiers(deposit.fact()),
	          (Ids{"own netsuite.transaction/18588 connection", "ref order_name/R2041 store",
	               "ref netsuite.transaction/18587 connection"}));
	const Extracted refund = Read("netsuite", "customer_refund", "");
	EXPECT_EQ(Summary(refund.fact()), "posting paid refund USD 2000");
	EXPECT_EQ(Identifiers(refund.fact()),
	          (Ids{"own netsuite.transaction/18700 connection", "ref order_name/R2041 store",
	               "ref netsuite.transaction/18588 connection"}));
}

TEST(NetSuite, RefundOfSeveralDocumentsTiesNone) {
	const Extracted read = test::Extract(
	    *Connector("netsuite"), "customer_refund",
	    R"({"id":1,"total":5,"currency":{"refName":"EUR"},"applyList":{"apply":[{"doc":"7"},{"doc":"8"}]}})");
	EXPECT_EQ(Summary(read.fact()), "posting paid refund EUR 500");
	EXPECT_EQ(Identifiers(read.fact()), (Ids{"own netsuite.transaction/1 connection"}));
}

TEST(QuickBooks, SalesReceipt) {
	const Extracted read = Read("quickbooks", "sales_receipt", "");
	EXPECT_EQ(Summary(read.fact()), "posting paid sale USD 11840");
	EXPECT_EQ(read.fact().version_sequence, 2 * 16 + 4);
	EXPECT_EQ(Identifiers(read.fact()),
	          (Ids{"own quickbooks.sales_receipt/38 connection", "ref order_name/2041 store",
	               "ref $store.order/5123456789012", "ref stripe.charge/ch_3Oz0charge0000"}));
	EXPECT_EQ(Summary(Read("quickbooks", "sales_receipt", "sales_receipt_voided").fact()),
	          "posting voided sale USD 0");
}

TEST(QuickBooks, Payments) {
	const Extracted one = Read("quickbooks", "payment", "");
	EXPECT_EQ(Summary(one.fact()), "posting paid payment USD 11840");
	EXPECT_EQ(Identifiers(one.fact()),
	          (Ids{"own quickbooks.payment/147 connection", "ref quickbooks.invoice/103 connection",
	               "ref order_name/ch_3Oz0charge0000 store weak", "ref stripe.charge/ch_3Oz0charge0000"}));
	// A payment of two invoices must not tie their orders together.
	const Extracted two = Read("quickbooks", "payment", "payment_of_two_invoices");
	EXPECT_EQ(Identifiers(two.fact()), (Ids{"own quickbooks.payment/148 connection"}));
}

TEST(QuickBooks, RefundReceipt) {
	const Extracted read = Read("quickbooks", "refund_receipt", "");
	EXPECT_EQ(Summary(read.fact()), "posting paid refund USD 2000");
	EXPECT_EQ(Identifiers(read.fact()),
	          (Ids{"own quickbooks.refund_receipt/9 connection", "ref order_name/2041 store",
	               "ref stripe.refund/re_1Oz1aaaabbbbcccc"}));
}

TEST(QuickBooks, Deposit) {
	const Extracted read = Read("quickbooks", "deposit", "");
	ASSERT_EQ(read.extraction.facts.size(), 4U); // its subtotal is no line
	EXPECT_EQ(Summary(read.fact(0)), "payout paid USD 9467");
	EXPECT_EQ(Identifiers(read.fact(0)),
	          (Ids{"own quickbooks.deposit/62 connection", "ref stripe.payout/po_1Oz2payout00000 weak"}));
	Minor net = 0;
	for (std::size_t i = 1; i < 4; ++i) {
		net += *read.fact(i).net;
		EXPECT_EQ(test::Text(*read.fact(i).payout), "ref quickbooks.deposit/62 connection");
	}
	EXPECT_EQ(net, *read.fact(0).amount);
	EXPECT_EQ(read.fact(1).external_id, "62:SalesReceipt/38"); // wherever it stands among the lines
	EXPECT_EQ(test::Text(*read.fact(1).about), "ref quickbooks.sales_receipt/38 connection");
	EXPECT_EQ(read.fact(2).external_id, "62:1");
	EXPECT_EQ(Identifiers(read.fact(2)),
	          (Ids{"own quickbooks.deposit_line/62:1 connection", "ref stripe.refund/re_1Oz1aaaabbbbcccc"}));
	EXPECT_EQ(Summary(read.fact(3)), "settlement_line paid USD -373 net -373");
	EXPECT_EQ(Summary(Read("quickbooks", "deposit", "deposit_deleted").fact()), "payout deleted USD");
}

TEST(QuickBooks, CashTakenOutOfADeposit) {
	const Extracted read = test::Extract(
	    *Connector("quickbooks"), "deposit",
	    R"({"Id":"7","TotalAmt":80,"CurrencyRef":{"value":"USD"},"CashBack":{"Amount":20,"Memo":"till"},)"
	    R"("Line":[{"Amount":100,"LinkedTxn":[{"TxnId":"9","TxnType":"Payment"}]}]})");
	ASSERT_EQ(read.extraction.facts.size(), 3U);
	EXPECT_EQ(read.fact(2).external_id, "7:cash_back");
	EXPECT_EQ(Summary(read.fact(2)), "settlement_line paid USD -2000 net -2000");
	EXPECT_EQ(*read.fact(1).net + *read.fact(2).net, *read.fact(0).amount);
	EXPECT_EQ(test::Text(*read.fact(2).payout), "ref quickbooks.deposit/7 connection");
}

TEST(NetSuite, InvoiceAndItsPayment) {
	const Extracted invoice = Read("netsuite", "invoice", "");
	EXPECT_EQ(Summary(invoice.fact()), "posting paid sale USD 11840");
	EXPECT_EQ(Identifiers(invoice.fact()),
	          (Ids{"own netsuite.transaction/18650 connection", "ref order_name/2041 store",
	               "ref netsuite.transaction/18587 connection"}));
	const Extracted payment = Read("netsuite", "customer_payment", "");
	EXPECT_EQ(Summary(payment.fact()), "posting paid payment USD 11840");
	EXPECT_EQ(Identifiers(payment.fact()),
	          (Ids{"own netsuite.transaction/18651 connection", "ref order_name/2041 store",
	               "ref netsuite.transaction/18650 connection"}));
}

TEST(QuickBooks, CreditMemo) {
	const Extracted read = Read("quickbooks", "credit_memo", "");
	EXPECT_EQ(Summary(read.fact()), "posting paid refund USD 2000");
	EXPECT_EQ(Identifiers(read.fact()),
	          (Ids{"own quickbooks.credit_memo/61 connection", "ref order_name/2041 store",
	               "ref stripe.refund/re_1Oz1aaaabbbbcccc"}));
}

TEST(QuickBooks, JournalEntryBooksNoSale) {
	const Extracted read = Read("quickbooks", "journal_entry", "");
	EXPECT_EQ(Summary(read.fact()), "posting paid USD 573"); // its debits
	EXPECT_EQ(Identifiers(read.fact()),
	          (Ids{"own quickbooks.journal_entry/450 connection", "ref order_name/JE-49 store weak",
	               "ref stripe.payout/po_1Oz2payout00000 weak"}));
}

TEST(QuickBooks, InvoiceOfATypedTable) {
	const Extracted read = Read("quickbooks", "invoice", "invoice_row");
	EXPECT_EQ(Summary(read.fact()), "posting paid sale USD 11840");
	EXPECT_EQ(read.fact().version_sequence, 1 * 16 + 4);
	EXPECT_EQ(Identifiers(read.fact()),
	          (Ids{"own quickbooks.invoice/103 connection", "ref order_name/2041 store"}));
}

} // namespace
} // namespace meshline
