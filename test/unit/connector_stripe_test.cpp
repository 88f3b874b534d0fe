// SPDX-License-Identifier: PostgreSQL
// Stripe's disputes, its objects as rows of ETL tools, and payments of WooCommerce; the other objects are
// read in connectors_test.cpp, with the same family of documents.
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "connector_facts.hpp"

namespace meshline {
namespace {

using test::Connector;
using test::Extracted;
using test::Identifiers;
using test::Read;
using test::Summary;
using Ids = std::set<std::string>;

constexpr Instant second = 1'000'000;

TEST(Stripe, DisputeEvent) {
	const Extracted read = Read("stripe", "event", "event_dispute");
	EXPECT_EQ(read.extraction.source_event_id, "evt_1Oz1event00001");
	EXPECT_EQ(Summary(read.fact()), "dispute pending USD 9840");
	EXPECT_EQ(read.fact().occurred_at, 1711100000 * second);
	EXPECT_EQ(read.fact().version_at, 1711100010 * second);
	EXPECT_EQ(read.fact().expected_at, 1711756799 * second); // the evidence is due
	EXPECT_EQ(test::Text(*read.fact().about), "ref stripe.charge/ch_3Oz0charge0000");
	EXPECT_EQ(Identifiers(read.fact()),
	          (Ids{"own stripe.dispute/du_1Oz4dispute0000", "ref stripe.charge/ch_3Oz0charge0000",
	               "ref stripe.payment_intent/pi_3Oz0intent0000",
	               "ref stripe.balance_transaction/txn_1Oz4dispute0000"}));
}

TEST(Stripe, DisputeStates) {
	const auto state = [](const std::string &status) {
		return std::string(
		    Name(test::Extract(*Connector("stripe"), "dispute",
		                       R"({"id":"dp_1","amount":100,"currency":"usd","status":")" + status + "\"}")
		             .fact()
		             .status));
	};
	EXPECT_EQ(state("needs_response"), "pending");
	EXPECT_EQ(state("under_review"), "pending");
	// An inquiry takes no money.
	EXPECT_EQ(state("warning_needs_response"), "unknown");
	EXPECT_EQ(state("lost"), "paid"); // the money is gone
	EXPECT_EQ(state("won"), "voided");
	EXPECT_EQ(state("warning_closed"), "voided");
	EXPECT_EQ(state("strange"), "unknown");
}

TEST(Stripe, SettlementLineOfADispute) {
	const Extracted read = Read("stripe", "balance_transaction", "balance_transaction_dispute");
	EXPECT_EQ(Summary(read.fact()), "settlement_line pending USD -9840 fee 1500 net -11340");
	EXPECT_EQ(test::Text(*read.fact().about), "ref stripe.dispute/du_1Oz4dispute0000");
	EXPECT_EQ(test::Text(*read.fact().payout), "ref stripe.payout/po_1Oz5payout00000");
	EXPECT_EQ(Identifiers(read.fact()), (Ids{"own stripe.balance_transaction/txn_1Oz4dispute0000",
	                                         "ref stripe.dispute/du_1Oz4dispute0000"}));
}

TEST(Stripe, FlattenedRows) {
	const Extracted charge = Read("stripe", "charge", "charge_flat");
	EXPECT_EQ(Summary(charge.fact()), "payment paid USD 11840");
	EXPECT_EQ(Identifiers(charge.fact()),
	          (Ids{"own stripe.charge/ch_3Oz0charge0000", "same stripe.payment_intent/pi_3Oz0intent0000",
	               "ref stripe.balance_transaction/txn_3Oz0charge0000", "ref $store.order/5123456789012"}));
	const Extracted refund = Read("stripe", "refund", "refund_flat");
	EXPECT_EQ(test::Text(*refund.fact().about), "ref stripe.charge/ch_3Oz0charge0000");
	EXPECT_EQ(Identifiers(refund.fact()),
	          (Ids{"own stripe.refund/re_1Oz1aaaabbbbcccc", "ref stripe.charge/ch_3Oz0charge0000",
	               "ref stripe.balance_transaction/txn_1Oz1refund0000"}));
	const Extracted dispute = Read("stripe", "dispute", "dispute_flat");
	EXPECT_EQ(Summary(dispute.fact()), "dispute paid USD 9840");
	EXPECT_EQ(dispute.fact().expected_at, 1711756799 * second);
	EXPECT_EQ(Identifiers(dispute.fact()),
	          (Ids{"own stripe.dispute/du_1Oz4dispute0000", "ref stripe.charge/ch_3Oz0charge0000",
	               "ref stripe.balance_transaction/txn_1Oz4dispute0000"}));
}

TEST(Stripe, ChargeOfAWooCommerceOrder) {
	const Extracted read = test::Extract(
	    *Connector("stripe"), "charge",
	    R"({"id":"ch_1","currency":"usd","amount":500,"metadata":{"order_id":"3071","order_key":"wc_order_Qk3PzT07aXn1v"}})");
	EXPECT_EQ(Identifiers(read.fact()), (Ids{"own stripe.charge/ch_1", "ref $store.order/3071",
	                                         "ref woocommerce.order_key/wc_order_Qk3PzT07aXn1v"}));
}

} // namespace
} // namespace meshline
