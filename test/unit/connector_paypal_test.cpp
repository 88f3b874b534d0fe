// SPDX-License-Identifier: PostgreSQL
// PayPal: order 6KD41827RT9350813 of 72.50 USD for order 3071 of a shop, captured as 9TB60394VM7715240, of
// which 10.00 went back as 1FE82650HS4479016.
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "connector_facts.hpp"

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

constexpr Instant second = 1'000'000;

TEST(PayPal, Order) {
	const Extracted read = Read("paypal", "order", "");
	ASSERT_EQ(read.extraction.facts.size(), 3U);
	EXPECT_EQ(Summary(read.fact(0)), "payment paid USD 7250 summary");
	EXPECT_EQ(
	    Identifiers(read.fact(0)),
	    (Ids{"own paypal.order/6KD41827RT9350813", "same paypal.capture/9TB60394VM7715240",
	         "ref $store.order/3071", "ref order_name/3071 store", "ref email/ada.byron@mail.example weak"}));
	EXPECT_EQ(Summary(read.fact(1)), "payment partially_refunded USD 7250 fee 302 net 6948");
	EXPECT_EQ(read.fact(1).object, "capture");
	EXPECT_EQ(read.fact(1).path, "purchase_units[0].payments.captures[0]");
	EXPECT_EQ(Identifiers(read.fact(1)),
	          (Ids{"own paypal.capture/9TB60394VM7715240", "same paypal.order/6KD41827RT9350813",
	               "ref $store.order/3071", "ref order_name/3071 store"}));
	EXPECT_EQ(Summary(read.fact(2)), "refund paid USD 1000");
	EXPECT_EQ(test::Text(*read.fact(2).about), "ref paypal.capture/9TB60394VM7715240");
}

TEST(PayPal, OrderToBeCaptured) {
	const Extracted read = Read("paypal", "order", "order_authorized");
	ASSERT_EQ(read.extraction.facts.size(), 2U);
	EXPECT_EQ(Summary(read.fact(0)), "payment authorized USD 4000 summary");
	EXPECT_EQ(Summary(read.fact(1)), "payment authorized USD 4000");
	EXPECT_EQ(read.fact(1).expected_at, 1712580000 * second);
	EXPECT_EQ(Identifiers(read.fact(1)),
	          (Ids{"own paypal.authorization/5RC19273XK6650942", "same paypal.order/2HV70615LB8834027",
	               "ref order_name/ORD-2042 store"}));
	const Extracted capture = Read("paypal", "capture", "");
	EXPECT_EQ(Summary(capture.fact()), "payment paid USD 4000 fee 189 net 3811");
	EXPECT_EQ(Identifiers(capture.fact()),
	          (Ids{"own paypal.capture/7MN58206WD1193480", "same paypal.authorization/5RC19273XK6650942",
	               "same paypal.order/2HV70615LB8834027", "ref order_name/ORD-2042 store"}));
}

TEST(PayPal, Refund) {
	const Extracted read = Read("paypal", "refund", "");
	EXPECT_EQ(Summary(read.fact()), "refund paid USD 1000");
	EXPECT_EQ(read.fact().occurred_at, 1710256530 * second);
	EXPECT_EQ(test::Text(*read.fact().about), "ref paypal.capture/9TB60394VM7715240");
	EXPECT_EQ(Identifiers(read.fact()),
	          (Ids{"own paypal.refund/1FE82650HS4479016", "ref paypal.capture/9TB60394VM7715240"}));
}

TEST(PayPal, Dispute) {
	const Extracted read = Read("paypal", "dispute", "");
	EXPECT_EQ(Summary(read.fact()), "dispute pending USD 6250");
	EXPECT_EQ(read.fact().expected_at, 1711785600 * second);
	EXPECT_EQ(test::Text(*read.fact().about), "ref paypal.capture/9TB60394VM7715240");
	EXPECT_EQ(Identifiers(read.fact()),
	          (Ids{"own paypal.dispute/PP-R-QXT-20418833", "ref paypal.capture/9TB60394VM7715240",
	               "ref $store.order/3071", "ref order_name/3071 store"}));
}

TEST(PayPal, DisputeOfSeveralPaymentsTiesNone) {
	const Extracted read = test::Extract(
	    *Connector("paypal"), "dispute",
	    R"({"dispute_id":"PP-1","dispute_amount":{"currency_code":"USD","value":"5.00"},"status":"RESOLVED",
	    "dispute_outcome":{"outcome_code":"RESOLVED_SELLER_FAVOUR"},
	    "disputed_transactions":[{"seller_transaction_id":"9TB60394VM7715240"},{"seller_transaction_id":"7MN58206WD1193480"}]})");
	EXPECT_EQ(Summary(read.fact()), "dispute voided USD 500");
	EXPECT_EQ(Identifiers(read.fact()), (Ids{"own paypal.dispute/PP-1"}));
}

TEST(PayPal, Transactions) {
	const Extracted payment = Read("paypal", "transaction", "");
	EXPECT_EQ(Summary(payment.fact()), "settlement_line paid USD 7250 fee 302");
	EXPECT_EQ(payment.fact().external_id, "9TB60394VM7715240:T0006");
	EXPECT_EQ(test::Text(*payment.fact().about), "ref paypal.capture/9TB60394VM7715240");
	EXPECT_EQ(
	    Identifiers(payment.fact()),
	    (Ids{"own paypal.transaction/9TB60394VM7715240:T0006", "ref paypal.capture/9TB60394VM7715240",
	         "ref paypal.order/6KD41827RT9350813", "ref $store.order/3071", "ref order_name/3071 store"}));
	const Extracted refund = Read("paypal", "transaction", "transaction_refund");
	EXPECT_EQ(Summary(refund.fact()), "settlement_line paid USD -1000 fee 0");
	EXPECT_EQ(test::Text(*refund.fact().about), "ref paypal.refund/1FE82650HS4479016");
	EXPECT_EQ(Identifiers(refund.fact()),
	          (Ids{"own paypal.transaction/1FE82650HS4479016:T1107", "ref paypal.refund/1FE82650HS4479016",
	               "ref paypal.capture/9TB60394VM7715240", "ref $store.order/3071"}));
	const Extracted withdrawal = Read("paypal", "transaction", "transaction_withdrawal");
	EXPECT_EQ(Summary(withdrawal.fact()), "payout paid USD 80000");
	EXPECT_EQ(Identifiers(withdrawal.fact()), (Ids{"own paypal.withdrawal/3PD90417EJ5528106"}));
}

// A conversion between the balances of an account is no part of what an order brought.
TEST(PayPal, ConversionTiesNothing) {
	const Extracted read = test::Extract(
	    *Connector("paypal"), "transaction",
	    R"({"transaction_info":{"transaction_id":"4AA","transaction_event_code":"T0200","transaction_status":"S",
	    "transaction_amount":{"currency_code":"EUR","value":"-7.00"},"paypal_reference_id":"9TB60394VM7715240","paypal_reference_id_type":"TXN"}})");
	EXPECT_EQ(Summary(read.fact()), "settlement_line paid EUR -700");
	EXPECT_EQ(Identifiers(read.fact()), (Ids{"own paypal.transaction/4AA:T0200"}));
	EXPECT_FALSE(read.fact().about);
}

TEST(PayPal, Events) {
	const Extracted capture = Read("paypal", "event", "event_capture");
	EXPECT_EQ(capture.extraction.source_event_id, "WH-4RT61839PB2207415-8KE550294W7713920");
	EXPECT_EQ(Summary(capture.fact()), "payment paid USD 7250 test");
	EXPECT_EQ(capture.fact().version_at, 1710073809311000);
	EXPECT_EQ(Identifiers(capture.fact()),
	          (Ids{"own paypal.capture/9TB60394VM7715240", "same paypal.order/6KD41827RT9350813",
	               "ref $store.order/3071"}));
	const Extracted authorization = Read("paypal", "event", "event_authorization_v1");
	EXPECT_EQ(Summary(authorization.fact()), "payment authorized USD 1820");
	EXPECT_EQ(Identifiers(authorization.fact()),
	          (Ids{"own paypal.authorization/8YH24670JF3391058", "ref order_name/2043 store"}));
	const Extracted other =
	    test::Extract(*Connector("paypal"), "event",
	                  R"({"id":"WH-1","resource_type":"invoices","resource":{"id":"INV2-1"}})");
	EXPECT_EQ(ProblemTexts(other.extraction.problems),
	          Texts{"object (resource_type): object type 'invoices' is not handled"});
}

// What the API answers when it is not asked for more must not replace what is known of the capture.
TEST(PayPal, MinimalAnswersAreNoRecords) {
	const Extracted read = test::Extract(*Connector("paypal"), "capture",
	                                     R"({"id":"7MN58206WD1193480","status":"COMPLETED","links":[]})");
	EXPECT_TRUE(read.extraction.facts.empty());
	EXPECT_EQ(ProblemTexts(read.extraction.problems),
	          Texts{" (): is not what the definition takes for one of its objects 'capture'"});
}

TEST(PayPal, OrderReferences) {
	const auto refs = [](const std::string &members) {
		Ids ids = Identifiers(
		    test::Extract(*Connector("paypal"), "capture",
		                  R"({"id":"9TB","amount":{"currency_code":"USD","value":"1.00"},)" + members + "}")
		        .fact());
		ids.erase("own paypal.capture/9TB");
		return ids;
	};
	EXPECT_EQ(refs(R"("custom_id":"5123456789012")"), (Ids{"ref $store.order/5123456789012"}));
	EXPECT_EQ(refs(R"("custom_id":"{\"order_id\":\"77\",\"order_key\":\"wc_order_1\"}")"),
	          (Ids{"ref $store.order/77"}));
	EXPECT_EQ(refs(R"("custom_id":"#1001")"), (Ids{"ref order_name/1001 store"}));
	EXPECT_EQ(refs(R"("custom_id":"US-1001")"), (Ids{"ref order_name/US-1001 store"}));
	// What every payment of a shop may carry says nothing.
	EXPECT_EQ(refs(R"("custom_id":"Thank you for your order")"), Ids{});
	EXPECT_EQ(refs(R"("custom_id":"webshop")"), Ids{});
	EXPECT_EQ(refs(R"("invoice_id":"5123456789012")"), (Ids{"ref $store.order/5123456789012"}));
	EXPECT_EQ(refs(R"("invoice_id":"1001")"), (Ids{"ref order_name/1001 store"}));
	EXPECT_EQ(refs(R"("invoice_id":"WC-1001")"), (Ids{"ref order_name/1001 store"}));
}

TEST(PayPal, States) {
	const auto state = [](const std::string &object, const std::string &status) {
		return std::string(
		    Name(test::Extract(*Connector("paypal"), object,
		                       R"({"id":"9TB","amount":{"currency_code":"USD","value":"1.00"},"status":")" +
		                           status + "\"}")
		             .fact()
		             .status));
	};
	EXPECT_EQ(state("capture", "PENDING"), "pending");
	EXPECT_EQ(state("capture", "DECLINED"), "failed");
	EXPECT_EQ(state("capture", "REFUNDED"), "refunded");
	EXPECT_EQ(state("authorization", "VOIDED"), "voided");
	EXPECT_EQ(state("authorization", "CAPTURED"), "authorized");
	EXPECT_EQ(state("authorization", "DENIED"), "failed");
	EXPECT_EQ(state("refund", "PENDING"), "pending");
	EXPECT_EQ(state("refund", "CANCELLED"), "voided");
	EXPECT_EQ(state("refund", "FAILED"), "failed");
	EXPECT_EQ(state("refund", "strange"), "unknown");
}

} // namespace
} // namespace meshline
