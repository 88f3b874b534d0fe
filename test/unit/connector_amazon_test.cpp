// SPDX-License-Identifier: PostgreSQL
// Amazon: order 701-5550001-0000001 of 64.90 USD, shipped, 12.00 refunded, settled in 20990000001.
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
using test::ProblemTexts;
using test::Read;
using test::Summary;
using test::Text;
using Ids = std::set<std::string>;

TEST(Amazon, OrderAndWhatItSaysOfItsPayment) {
	const Extracted read = Read("amazon", "order", "");
	ASSERT_EQ(read.extraction.facts.size(), 2U);
	EXPECT_EQ(Summary(read.fact(0)), "order paid USD 6490");
	EXPECT_EQ(read.fact(0).version_at, 1772614800000000);
	EXPECT_EQ(Identifiers(read.fact(0)),
	          (Ids{"own amazon.order/701-5550001-0000001", "own order_name/701-5550001-0000001 store",
	               "own order_name/SO-88001 store", "ref email/q7rz0example@marketplace.amazon.com weak"}));
	EXPECT_EQ(read.fact(1).object, "order_payment");
	EXPECT_EQ(Summary(read.fact(1)), "payment paid USD 6490 summary");
	EXPECT_EQ(Identifiers(read.fact(1)),
	          (Ids{"same amazon.payment/701-5550001-0000001", "ref amazon.order/701-5550001-0000001"}));
}

TEST(Amazon, PendingOrderHasNoTotalYet) {
	const Extracted read = Read("amazon", "order", "order_pending");
	ASSERT_EQ(read.extraction.facts.size(), 1U); // nothing is known of a payment
	EXPECT_EQ(Summary(read.fact()), "order pending USD 0");
	EXPECT_EQ(read.fact().external_id, "701-5550002-0000002");
}

TEST(Amazon, ShippedOrderWithoutTotalIsNamed) {
	const Extracted read = Extract(*Connector("amazon"), "order",
	                               R"({"AmazonOrderId":"701-1","OrderStatus":"Shipped"})", {{}, "USD"});
	EXPECT_EQ(ProblemTexts(read.fact().problems),
	          std::vector<std::string>{"amount (OrderTotal.Amount): is missing"});
}

TEST(Amazon, OrderOf2026) {
	const Extracted read = Read("amazon", "order", "order_2026");
	EXPECT_EQ(Summary(read.fact(0)), "order authorized JPY 7480");
	EXPECT_EQ(read.fact(0).line_count, 2);
	EXPECT_EQ(Identifiers(read.fact(0)),
	          (Ids{"own amazon.order/503-7770003-0000003", "own order_name/503-7770003-0000003 store",
	               "own order_name/W-7003 store"}));
	EXPECT_EQ(Summary(read.fact(1)), "payment authorized JPY 7480 summary");
}

TEST(Amazon, NoticeOfAChangeIsNoOrder) {
	const Extracted read = Read("amazon", "order", "order_change");
	ASSERT_EQ(read.extraction.facts.size(), 1U);
	EXPECT_EQ(read.fact().object, "order_change");
	EXPECT_EQ(Summary(read.fact()), "fulfillment paid");
	EXPECT_EQ(read.fact().version_at, 1772614805120000);
	EXPECT_EQ(Identifiers(read.fact()), (Ids{"ref amazon.order/701-5550001-0000001"}));
}

TEST(Amazon, Transactions) {
	const Extracted shipment = Read("amazon", "financial_event", "financial_event_shipment");
	EXPECT_EQ(Summary(shipment.fact()), "payment paid USD 6490 fee 1464 net 5026");
	EXPECT_EQ(Identifiers(shipment.fact()),
	          (Ids{"own amazon.financial_event/TX-SHIP-0001", "same amazon.payment/701-5550001-0000001",
	               "ref amazon.order/701-5550001-0000001"}));
	const Extracted refund = Read("amazon", "financial_event", "financial_event_refund");
	EXPECT_EQ(Summary(refund.fact()), "refund paid USD 1200 fee -180 net -1020");
	EXPECT_EQ(Text(*refund.fact().about), "ref amazon.payment/701-5550001-0000001");
	EXPECT_EQ(Identifiers(refund.fact()),
	          (Ids{"own amazon.financial_event/TX-REF-0001", "ref amazon.order/701-5550001-0000001"}));
	// A notice states what is left after fees: it must not count as the payment.
	const Extracted notice = Read("amazon", "financial_event", "financial_event_notice");
	EXPECT_EQ(Summary(notice.fact()), "payment pending USD net 5026 summary");
	EXPECT_EQ(notice.fact().object, "transaction_notice");
}

TEST(Amazon, TransactionTypes) {
	const auto definition = Connector("amazon");
	const auto kind = [&](const std::string &type) {
		return Summary(
		    Extract(*definition, "financial_event",
		            R"({"transactionId":"t","totalAmount":{"currencyAmount":-5,"currencyCode":"USD"},)"
		            R"("transactionType":")" +
		                type + "\"}")
		        .fact());
	};
	EXPECT_EQ(kind("Shipment"), "payment paid USD 500 net -500");
	EXPECT_EQ(kind("Refund"), "refund paid USD 500 net -500");
	EXPECT_EQ(kind("GuaranteeClaim"), "refund paid USD 500 net -500");
	EXPECT_EQ(kind("Chargeback"), "dispute paid USD 500 net -500");
	EXPECT_EQ(kind("ServiceFee"), "fee paid USD 500 net -500");
}

TEST(Amazon, EventsOfThePast) {
	const Extracted read = Read("amazon", "financial_event", "financial_events");
	ASSERT_EQ(read.extraction.facts.size(), 5U);
	EXPECT_TRUE(read.extraction.is_page);
	const Fact &shipment = read.fact(0);
	EXPECT_EQ(shipment.external_id, "304-1110004-0000004:2026-03-05T10:00:00Z:80000000000001");
	EXPECT_EQ(Summary(shipment),
	          "payment paid EUR 3180 fee 987 net 2193"); // with the tax that Amazon withholds
	EXPECT_EQ(Identifiers(shipment),
	          (Ids{"own amazon.financial_event/304-1110004-0000004:2026-03-05T10:00:00Z:80000000000001",
	               "same amazon.payment/304-1110004-0000004", "ref amazon.order/304-1110004-0000004"}));
	const Fact &refund = read.fact(1);
	EXPECT_EQ(Summary(refund), "refund paid EUR 1000 fee -120 net -880");
	EXPECT_EQ(Text(*refund.about), "ref amazon.payment/304-1110004-0000004");
	// Two equal fees of one page are two.
	EXPECT_EQ(Summary(read.fact(2)), "fee paid EUR 420");
	EXPECT_EQ(read.fact(3).external_id, std::string(read.fact(2).external_id) + ":2");
	EXPECT_EQ(Summary(read.fact(4)), "fee paid EUR -650");
}

TEST(Amazon, PayoutOfAFinancialEventGroup) {
	const Extracted read = Read("amazon", "financial_event", "financial_event_group");
	EXPECT_EQ(Summary(read.fact()), "payout paid EUR 120455");
	EXPECT_EQ(read.fact().expected_at, 1773648000000000);
	EXPECT_EQ(Identifiers(read.fact()), (Ids{"own amazon.financial_event_group/grpExample0001"}));
}

TEST(Amazon, SettlementReport) {
	const Extracted payout = Read("amazon", "settlement_line", "settlement_line_payout");
	EXPECT_EQ(Summary(payout.fact()), "payout paid USD 4006 net 4006");
	EXPECT_EQ(payout.fact().external_id, "20990000001");
	EXPECT_FALSE(payout.fact().payout);
	EXPECT_EQ(Identifiers(payout.fact()), (Ids{"own amazon.settlement/20990000001"}));
	const Extracted price = Read("amazon", "settlement_line", "settlement_line_price");
	EXPECT_TRUE(price.fact().is_keyless);
	EXPECT_EQ(Summary(price.fact()), "settlement_line paid USD 6000 net 6000");
	EXPECT_EQ(Text(*price.fact().payout), "ref amazon.settlement/20990000001");
	EXPECT_EQ(Text(*price.fact().about), "ref amazon.payment/701-5550001-0000001");
	EXPECT_EQ(Identifiers(price.fact()), (Ids{"ref amazon.order/701-5550001-0000001"}));
	EXPECT_EQ(Summary(Read("amazon", "settlement_line", "settlement_line_fee").fact()),
	          "settlement_line paid USD 0 fee 974 net -974");
	const Extracted refund = Read("amazon", "settlement_line", "settlement_line_refund");
	EXPECT_EQ(Summary(refund.fact()), "settlement_line paid USD -1200 net -1200");
	EXPECT_FALSE(refund.fact().about); // a refund's line settles no payment
}

TEST(Amazon, SettlementReportsOfOtherShapes) {
	const Extracted european = Read("amazon", "settlement_line", "settlement_line_eu");
	EXPECT_EQ(Summary(european.fact()), "settlement_line paid EUR 102050 net 102050");
	EXPECT_EQ(european.fact().occurred_at, 1772704800000000);
	EXPECT_EQ(Text(*european.fact().payout), "ref amazon.settlement/20990000002");
	EXPECT_EQ(Summary(Read("amazon", "settlement_line", "settlement_line_v1").fact()),
	          "settlement_line paid USD 5500 fee 974 net 4526");
	// The transfer to the bank is no part of what is transferred; a reserve is.
	const auto definition = Connector("amazon");
	const auto in_payout = [&](const std::string &description) {
		return Extract(
		           *definition, "settlement_line",
		           R"({"settlement-id":"9","transaction-type":"Transfer","amount":"-7.00","currency":"USD",)"
		           R"("amount-description":")" +
		               description + "\"}")
		    .fact()
		    .payout.has_value();
	};
	EXPECT_FALSE(in_payout(""));
	EXPECT_TRUE(in_payout("Current Reserve Amount"));
}

} // namespace
} // namespace meshline
