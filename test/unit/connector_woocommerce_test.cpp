// SPDX-License-Identifier: PostgreSQL
// WooCommerce: order 3071 of 96.40 USD, paid as ch_3Wq0charge0000, of which 12.50 went back as refund 3088
// and 5.00 as refund 3080.
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

TEST(WooCommerce, Order) {
	const Extracted read = Read("woocommerce", "order", "");
	ASSERT_EQ(read.extraction.facts.size(), 4U); // a refund without an id is none
	const Fact &order = read.fact(0);
	EXPECT_EQ(Summary(order), "order partially_refunded USD 9640");
	EXPECT_EQ(order.external_id, "3071");
	EXPECT_EQ(order.line_count, 1);
	EXPECT_EQ(order.occurred_at, 1710073780 * second); // of the GMT twin
	EXPECT_EQ(order.version_at, 1710256533 * second);
	EXPECT_EQ(Identifiers(order),
	          (Ids{"own woocommerce.order/3071 connection", "own order_name/3071 store",
	               "own woocommerce.order_key/wc_order_Qk3PzT07aXn1v", "ref stripe.refund/re_3Wq0refund0000",
	               "ref email/ada.byron@mail.example weak"}));
}

TEST(WooCommerce, PaymentOfAnOrder) {
	const Extracted read = Read("woocommerce", "order", "");
	const Fact &payment = read.fact(1);
	EXPECT_EQ(Summary(payment), "payment paid USD 9640");
	EXPECT_EQ(payment.object, "payment");
	EXPECT_EQ(payment.external_id, "3071");
	EXPECT_EQ(payment.path, "");
	EXPECT_EQ(payment.processor, "stripe");
	EXPECT_EQ(payment.occurred_at, 1710073802 * second);
	EXPECT_EQ(Identifiers(payment),
	          (Ids{"own woocommerce.payment/3071 connection", "ref woocommerce.order/3071 connection",
	               "same stripe.charge/ch_3Wq0charge0000", "same stripe.payment_intent/pi_3Wq0intent0000"}));
}

TEST(WooCommerce, RefundsListedByAnOrder) {
	const Extracted read = Read("woocommerce", "order", "");
	EXPECT_EQ(Summary(read.fact(2)), "refund paid USD 1250 summary");
	EXPECT_EQ(read.fact(2).path, "refunds[0]");
	EXPECT_EQ(read.fact(2).occurred_at, 1710256533 * second); // at the latest
	EXPECT_EQ(test::Text(*read.fact(2).about), "ref woocommerce.payment/3071 connection");
	EXPECT_EQ(Identifiers(read.fact(2)),
	          (Ids{"own woocommerce.refund/3088 connection", "ref woocommerce.order/3071 connection"}));
	EXPECT_EQ(Summary(read.fact(3)), "refund paid USD 500 summary");
	EXPECT_FALSE(read.fact(3).occurred_at);
}

TEST(WooCommerce, Refund) {
	const Extracted read = Read("woocommerce", "refund", "");
	EXPECT_EQ(Summary(read.fact()), "refund paid USD 1250");
	EXPECT_EQ(read.fact().occurred_at, 1710256530 * second);
	EXPECT_EQ(test::Text(*read.fact().about), "ref woocommerce.payment/3071 connection");
	EXPECT_EQ(Identifiers(read.fact()),
	          (Ids{"own woocommerce.refund/3088 connection", "ref woocommerce.order/3071 connection",
	               "same stripe.refund/re_3Wq0refund0000"}));
}

TEST(WooCommerce, AuthorizedOrderOfTheTestMode) {
	const Extracted read = Read("woocommerce", "order", "order_wrapped");
	ASSERT_EQ(read.extraction.facts.size(), 2U);
	EXPECT_EQ(Summary(read.fact(0)), "order authorized USD 2000 test");
	EXPECT_EQ(Summary(read.fact(1)), "payment authorized USD 2000 test");
	EXPECT_EQ(Identifiers(read.fact(1)),
	          (Ids{"own woocommerce.payment/3072 connection", "ref woocommerce.order/3072 connection",
	               "same stripe.charge/ch_3Wq1charge0000", "same stripe.payment_intent/pi_3Wq1intent0000"}));
}

TEST(WooCommerce, OrderPaidByPayPal) {
	const Extracted read = Read("woocommerce", "order", "order_paypal");
	EXPECT_EQ(Summary(read.fact(0)), "order refunded USD 5400");
	EXPECT_EQ(Summary(read.fact(1)), "payment paid USD 5400");
	EXPECT_EQ(read.fact(1).processor, "paypal");
	EXPECT_EQ(Identifiers(read.fact(1)),
	          (Ids{"own woocommerce.payment/3073 connection", "ref woocommerce.order/3073 connection",
	               "same paypal.capture/8WQ31507NM6120423", "same paypal.order/4AB93185KD0072206"}));
	EXPECT_EQ(Summary(read.fact(2)), "refund paid USD 5400 summary");
}

TEST(WooCommerce, DeletedOrder) {
	const Extracted read = Read("woocommerce", "order", "order_deleted");
	ASSERT_EQ(read.extraction.facts.size(), 1U);
	EXPECT_EQ(Summary(read.fact()), "order deleted");
	EXPECT_EQ(Identifiers(read.fact()), (Ids{"own woocommerce.order/3071 connection"}));
}

// The facts of a small order with these members, one after the other.
std::string
States(const std::string &members) {
	const Extracted read =
	    test::Extract(*Connector("woocommerce"), "order",
	                  R"({"id":7,"number":"7","total":"5.00","currency":"USD",)" + members + "}");
	std::string all;
	for (const Fact &fact : read.extraction.facts) {
		all +=
		    (all.empty() ? "" : ", ") + std::string(Name(fact.kind)) + " " + std::string(Name(fact.status));
	}
	return all;
}

TEST(WooCommerce, OrderStates) {
	const std::string paid = R"(,"date_paid_gmt":"2024-03-10T12:51:00")";
	EXPECT_EQ(States(R"("status":"pending","date_paid_gmt":null,"transaction_id":"")"), "order pending");
	EXPECT_EQ(States(R"("status":"on-hold")"), "order pending");
	EXPECT_EQ(States(R"("status":"processing")"), "order pending"); // cash on delivery
	EXPECT_EQ(States(R"("status":"processing")" + paid), "order paid, payment paid");
	EXPECT_EQ(States(R"("status":"completed")" + paid), "order paid, payment paid");
	EXPECT_EQ(States(R"("status":"packed")" + paid), "order paid, payment paid"); // of a plugin
	EXPECT_EQ(States(R"("status":"packed")"), "order unknown");
	EXPECT_EQ(States(R"("status":"cancelled")" + paid), "order voided, payment paid");
	EXPECT_EQ(States(R"("status":"cancelled","transaction_id":"ch_1")"), "order voided, payment voided");
	EXPECT_EQ(States(R"("status":"failed","transaction_id":"ch_1")"), "order failed, payment failed");
	EXPECT_EQ(States(R"("status":"pending","transaction_id":"ch_1")"), "order pending, payment pending");
	EXPECT_EQ(States(R"("status":"trash")" + paid), "order deleted, payment paid");
	EXPECT_EQ(States(R"("status":"checkout-draft")"), "order voided");
	EXPECT_EQ(
	    States(
	        R"("status":"on-hold","transaction_id":"ch_1","meta_data":[{"key":"_stripe_charge_captured","value":"no"}])"),
	    "order authorized, payment authorized");
}

// Placed within the second in which its draft was made.
TEST(WooCommerce, OrderIsNewerThanItsDraft) {
	const auto sequence = [](const std::string &status) {
		const Extracted read = test::Extract(
		    *Connector("woocommerce"), "order",
		    R"({"id":7,"total":"5.00","currency":"USD","date_modified_gmt":"2024-03-10T12:51:00","status":")" +
		        status + "\"}");
		return read.fact().version_sequence;
	};
	EXPECT_LT(sequence("checkout-draft"), sequence("pending"));
	EXPECT_LT(sequence("pending"), sequence("cancelled"));
}

TEST(WooCommerce, LocalTimesCountWhereThereIsNoGmt) {
	LocalTime local;
	local.to_instant = [](void *, Instant at) { return at + 3600 * second; };
	const auto at = [&](const std::string &members) {
		return test::Extract(*Connector("woocommerce"), "order",
		                     R"({"id":7,"status":"pending",)" + members + "}", {local, "USD"})
		    .fact()
		    .occurred_at;
	};
	constexpr Instant noon = 1710072000 * second;
	EXPECT_EQ(at(R"("date_created":"2024-03-10T12:00:00")"), noon + 3600 * second);
	EXPECT_EQ(at(R"("date_created":"2024-03-10T11:00:00","date_created_gmt":"2024-03-10T12:00:00")"), noon);
	EXPECT_EQ(at(R"("date_created_gmt":"2024-03-10T12:00:00Z")"), noon);
	EXPECT_EQ(at(R"("date_created_gmt":"2024-03-10T12:00:00+00:00")"), noon);
}

TEST(WooCommerce, OrderWithoutATotal) {
	const Extracted read =
	    test::Extract(*Connector("woocommerce"), "order", R"({"id":7,"status":"pending","currency":"USD"})");
	EXPECT_EQ(ProblemTexts(read.fact().problems), Texts{"amount (total): is missing"});
}

} // namespace
} // namespace meshline
