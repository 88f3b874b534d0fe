// SPDX-License-Identifier: PostgreSQL
// Xero: the invoice of order #2041 (118.40 USD), its payment, and the credit note of 20.00.
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "connector_facts.hpp"

namespace meshline {
namespace {

using test::Connector;
using test::Extract;
using test::Extracted;
using test::Identifiers;
using test::Read;
using test::Summary;
using Ids = std::set<std::string>;

TEST(Xero, Invoice) {
	const Extracted read = Read("xero", "invoice", "");
	EXPECT_EQ(Summary(read.fact()), "posting paid sale USD 11840");
	EXPECT_EQ(read.fact().version_at, 1710144000000000);
	EXPECT_EQ(read.fact().occurred_at, 1710028800000000);
	EXPECT_EQ(read.fact().line_count, 2);
	EXPECT_EQ(Identifiers(read.fact()),
	          (Ids{"own xero.invoice/0d5a1c3e-1111-4a4a-8b8b-000000002041", "ref order_name/2041 store"}));
}

TEST(Xero, ABillIsNoSale) {
	const Extracted read = Read("xero", "invoice", "invoice_bill");
	EXPECT_EQ(Summary(read.fact()), "posting paid USD 7500");
	EXPECT_EQ(Identifiers(read.fact()), (Ids{"own xero.invoice/0d5a1c3e-1111-4a4a-8b8b-000000000099"}));
}

TEST(Xero, InvoiceOfATypedTable) {
	const Extracted read = Read("xero", "invoice", "invoice_row");
	EXPECT_EQ(Summary(read.fact()), "posting pending sale EUR 2050");
	EXPECT_EQ(Identifiers(read.fact()),
	          (Ids{"own xero.invoice/0d5a1c3e-1111-4a4a-8b8b-000000000042", "ref order_name/2042 store"}));
}

TEST(Xero, WhereAnInvoiceNamesItsOrder) {
	const auto definition = Connector("xero");
	const auto ids = [&](const std::string &number, const std::string &reference) {
		const Extracted read =
		    Extract(*definition, "invoice",
		            R"({"InvoiceID":"i","Type":"ACCREC","Total":1,"CurrencyCode":"USD","InvoiceNumber":")" +
		                number + R"(","Reference":")" + reference + "\"}");
		Ids all = Identifiers(read.fact());
		all.erase("own xero.invoice/i");
		return all;
	};
	EXPECT_EQ(ids("INV-0001", "2041"), Ids{"ref order_name/2041 store"});
	EXPECT_EQ(ids("INV-0001", "Shop order no. 2041"), Ids{"ref order_name/2041 store"});
	EXPECT_EQ(ids("#2041", "PO 77"), Ids{"ref order_name/2041 store"});
	EXPECT_EQ(ids("SH-2041", ""), Ids{"ref order_name/SH-2041 store"});
	EXPECT_EQ(ids("INV-0001", "5123456789012"), Ids{"ref $store.order/5123456789012"});
	EXPECT_EQ(ids("INV-0001", "Amazon 701-5550001-0000001"), Ids{"ref amazon.order/701-5550001-0000001"});
	// Xero's own numbering and free text name no order.
	EXPECT_EQ(ids("INV-0001", "Spring campaign"), Ids{});
}

TEST(Xero, InvoiceStates) {
	const auto definition = Connector("xero");
	const auto state = [&](const std::string &status) {
		return Summary(
		    Extract(*definition, "invoice",
		            R"({"InvoiceID":"i","Type":"ACCREC","Total":1,"CurrencyCode":"USD","Status":")" + status +
		                "\"}")
		        .fact());
	};
	EXPECT_EQ(state("DRAFT"), "posting pending sale USD 100");
	EXPECT_EQ(state("SUBMITTED"), "posting pending sale USD 100");
	EXPECT_EQ(state("AUTHORISED"), "posting paid sale USD 100");
	EXPECT_EQ(state("PAID"), "posting paid sale USD 100");
	EXPECT_EQ(state("VOIDED"), "posting voided sale USD 100");
	EXPECT_EQ(state("DELETED"), "posting deleted sale USD 100");
}

TEST(Xero, Payments) {
	const Extracted read = Read("xero", "payment", "");
	EXPECT_EQ(Summary(read.fact()), "posting paid payment USD 11840");
	EXPECT_EQ(Identifiers(read.fact()), (Ids{"own xero.payment/0d5a1c3e-4444-4a4a-8b8b-000000000147",
	                                         "ref xero.invoice/0d5a1c3e-1111-4a4a-8b8b-000000002041",
	                                         "ref stripe.charge/ch_3Oz0charge0000"}));
	const auto definition = Connector("xero");
	const auto posting = [&](const std::string &members) {
		return Summary(Extract(*definition, "payment",
		                       R"({"PaymentID":"p","Amount":1,"Status":"AUTHORISED",)" + members + "}",
		                       {{}, "USD"})
		                   .fact());
	};
	EXPECT_EQ(posting(R"("PaymentType":"ACCPAYPAYMENT")"), "posting paid USD 100");
	EXPECT_EQ(posting(R"("PaymentType":"ARCREDITPAYMENT")"), "posting paid USD 100");
	EXPECT_EQ(posting(R"("PaymentType":"AROVERPAYMENTPAYMENT")"), "posting paid refund USD 100");
	EXPECT_EQ(posting(R"("invoice_id":"i")"), "posting paid payment USD 100");
	EXPECT_EQ(posting(R"("Invoice":{"InvoiceID":"i","Type":"ACCPAY"})"), "posting paid USD 100");
}

TEST(Xero, CreditNote) {
	const Extracted read = Read("xero", "credit_note", "");
	EXPECT_EQ(Summary(read.fact()), "posting paid refund USD 2000");
	EXPECT_EQ(Identifiers(read.fact()),
	          (Ids{"own xero.credit_note/0d5a1c3e-5555-4a4a-8b8b-000000000009",
	               "ref xero.invoice/0d5a1c3e-1111-4a4a-8b8b-000000002041", "ref order_name/2041 store"}));
}

TEST(Xero, BankTransactions) {
	const Extracted received = Read("xero", "bank_transaction", "");
	EXPECT_EQ(Summary(received.fact()), "bank_line paid USD 9467");
	EXPECT_EQ(Identifiers(received.fact()),
	          (Ids{"own xero.bank_transaction/0d5a1c3e-6666-4a4a-8b8b-000000000001",
	               "ref stripe.payout/po_1Oz2payout00000 weak"}));
	EXPECT_EQ(Summary(Read("xero", "bank_transaction", "bank_transaction_spent").fact()),
	          "bank_line deleted USD -373");
}

} // namespace
} // namespace meshline
