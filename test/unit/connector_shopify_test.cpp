// SPDX-License-Identifier: PostgreSQL
// Shopify's payouts, disputes and stock, PayPal behind its transactions, and its objects as rows of ETL
// tools; orders and transactions as REST and webhooks bring them are read in connectors_test.cpp.
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "connector_facts.hpp"
#include "core/item_text.hpp"

namespace meshline {
namespace {

using test::Connector;
using test::Extracted;
using test::Identifiers;
using test::Read;
using test::Summary;
using Ids = std::set<std::string>;

constexpr Instant second = 1'000'000;

TEST(Shopify, OrderInCamelCase) {
	const Extracted read = Read("shopify", "order", "order_singer");
	EXPECT_EQ(Summary(read.fact()), "order partially_refunded USD 6420");
	EXPECT_EQ(read.fact().external_id, "5123456789014");
	EXPECT_EQ(read.fact().occurred_at, 1710073770 * second);
	EXPECT_EQ(read.fact().version_at, 1710144000 * second);
	EXPECT_EQ(Identifiers(read.fact()), (Ids{"own shopify.order/5123456789014", "own order_name/2043 store",
	                                         "ref email/ada.byron@mail.example weak"}));
	const Extracted cancelled = test::Extract(
	    *Connector("shopify"), "order",
	    R"({"id":"gid://shopify/Order/1","cancelledAt":"2024-03-11T08:00:00Z","displayFinancialStatus":"PAID",
	    "totalPriceSet":{"shopMoney":{"amount":"1.00","currencyCode":"USD"}}})");
	EXPECT_EQ(Summary(cancelled.fact()), "order voided USD 100");
}

TEST(Shopify, TransactionInCamelCase) {
	const Extracted read = Read("shopify", "transaction", "transaction_singer");
	EXPECT_EQ(Summary(read.fact()), "refund paid USD 1200");
	EXPECT_EQ(read.fact().external_id, "9011");
	EXPECT_EQ(read.fact().version_at, 1710143941 * second);
	EXPECT_EQ(test::Text(*read.fact().about), "ref shopify.transaction/9010");
	EXPECT_EQ(Identifiers(read.fact()),
	          (Ids{"own shopify.transaction/9011", "same stripe.refund/re_1Oz6aaaabbbbcccc",
	               "ref stripe.charge/ch_3Oz6charge0000", "ref stripe.payment_intent/pi_3Oz6intent0000",
	               "ref shopify.order/5123456789014", "ref shopify.transaction/9010"}));
}

TEST(Shopify, LinesOfGraphQLInEachShapeOfAList) {
	const std::string line =
	    R"({"quantity":2,"restockType":"RETURN","subtotalSet":{"shopMoney":{"amount":"50.00"}},)"
	    R"("totalTaxSet":{"shopMoney":{"amount":"4.00"}},"lineItem":{"id":"gid://shopify/LineItem/7","sku":"A"}})";
	const auto read = [&](const std::string &object, const std::string &list, const std::string &rest) {
		const Extracted extracted =
		    test::Extract(*Connector("shopify"), object, "{" + rest + ",\"" + list + "}");
		const Fact &fact = extracted.fact();
		return ItemsText(Span(fact.items)) + " " + std::to_string(fact.parts[Part::tax].value_or(-1));
	};
	const auto shapes = [](const std::string &name, const std::string &element) {
		return std::vector<std::string>{name + "\":{\"nodes\":[" + element + "]}",
		                                name + "\":{\"edges\":[{\"node\":" + element + "}]}",
		                                name + "\":[" + element + "]"};
	};
	for (const std::string &list : shapes("refundLineItems", line)) {
		EXPECT_EQ(
		    read("refund", list,
		         R"("id":"gid://shopify/Refund/1","totalRefundedSet":{"shopMoney":{"amount":"54.00",)"
		         R"("currencyCode":"USD"}})"),
		    R"([{"line": "7", "sku": "A", "quantity": 2, "amount_minor": 5000, "returned": "restocked"}] 400)")
		    << list;
	}
	for (const std::string &list : shapes("fulfillmentLineItems", line)) {
		EXPECT_EQ(read("fulfillment", list, R"("id":"gid://shopify/Fulfillment/1")"),
		          R"([{"line": "7", "sku": "A", "quantity": 2}] -1)")
		    << list;
	}
	const std::string sold = R"({"id":"gid://shopify/LineItem/7","sku":"A","quantity":2,"currentQuantity":1,)"
	                         R"("originalUnitPriceSet":{"shopMoney":{"amount":"25.00"}}})";
	for (const std::string &list : shapes("lineItems", sold)) {
		EXPECT_EQ(read("order", list,
		               R"("id":"gid://shopify/Order/2","totalPriceSet":{"shopMoney":{"amount":"50.00",)"
		               R"("currencyCode":"USD"}})"),
		          R"([{"line": "7", "sku": "A", "quantity": 2, "current": 1, "amount_minor": 5000}] -1)")
		    << list;
	}
}

TEST(Shopify, ReturnedGoodsWithTheirTax) {
	const auto tax = [](const std::string &lines) {
		return test::Extract(
		           *Connector("shopify"), "refund",
		           R"({"id":1,"order_id":2,"currency":"USD","transactions":[],"refund_line_items":)" + lines +
		               "}")
		    .fact()
		    .parts[Part::tax];
	};
	EXPECT_EQ(tax(R"([{"subtotal":50.00,"total_tax":4.00},{"subtotal":"10.00","total_tax":"0.80"}])"), 480);
	EXPECT_EQ(tax(R"([{"subtotal":50.00,"total_tax":0.00}])"), 0);
	for (const std::string unknown : {"[]", R"([{"subtotal":50.00}])", R"([{"total_tax":null}])"}) {
		EXPECT_EQ(tax(unknown), std::nullopt) << unknown;
	}
}

TEST(Shopify, FlattenedRows) {
	const Extracted order = Read("shopify", "order", "order_flat");
	EXPECT_EQ(Summary(order.fact()), "order authorized USD 2230");
	EXPECT_EQ(Identifiers(order.fact()),
	          (Ids{"own shopify.order/5123456789015", "own order_name/2044 store"}));
	const Extracted transaction = Read("shopify", "transaction", "transaction_flat");
	EXPECT_EQ(Summary(transaction.fact()), "refund paid USD 230");
	EXPECT_EQ(Identifiers(transaction.fact()),
	          (Ids{"own shopify.transaction/9021", "same stripe.refund/re_1Oz7aaaabbbbcccc",
	               "ref stripe.charge/ch_3Oz7charge0000", "ref shopify.order/5123456789015",
	               "ref shopify.transaction/9020", "ref shopify.refund/3021"}));
	// Its money is in its transactions only.
	const Extracted refund = Read("shopify", "refund", "refund_flat");
	EXPECT_EQ(Summary(refund.fact()), "refund paid USD summary");
	EXPECT_EQ(Identifiers(refund.fact()),
	          (Ids{"own shopify.refund/3021", "ref shopify.order/5123456789015"}));
	EXPECT_EQ(Summary(Read("shopify", "refund", "refund_flat_graphql").fact()),
	          "refund paid USD 500 summary");
}

TEST(Shopify, TransactionsOfPayPal) {
	const Extracted read = Read("shopify", "transaction", "transaction_paypal");
	EXPECT_EQ(Summary(read.fact()), "payment paid USD 3100");
	EXPECT_EQ(read.fact().processor, "paypal");
	EXPECT_EQ(Identifiers(read.fact()),
	          (Ids{"own shopify.transaction/9031", "same paypal.capture/6GH20417TB8835912",
	               "ref shopify.order/5123456789016", "ref shopify.transaction/9030"}));
	const auto identifier = [](const std::string &kind) {
		Ids ids = Identifiers(test::Extract(*Connector("shopify"), "transaction",
		                                    R"({"id":1,"amount":"5.00","currency":"USD","gateway":"paypal",)"
		                                    R"("authorization":"6GH20417TB8835912","kind":")" +
		                                        kind + "\"}")
		                          .fact());
		ids.erase("own shopify.transaction/1");
		return ids;
	};
	EXPECT_EQ(identifier("sale"), (Ids{"same paypal.capture/6GH20417TB8835912"}));
	EXPECT_EQ(identifier("authorization"), (Ids{"same paypal.authorization/6GH20417TB8835912"}));
	EXPECT_EQ(identifier("refund"), (Ids{"same paypal.refund/6GH20417TB8835912"}));
	EXPECT_EQ(identifier("void"), Ids{});
}

TEST(Shopify, InventoryLevels) {
	for (const std::string fixture : {"inventory_level", "inventory_level_singer"}) {
		const Extracted read = Read("shopify", "inventory_level", fixture);
		EXPECT_EQ(Summary(read.fact()), "stock_movement unknown") << fixture;
		EXPECT_EQ(read.fact().external_id, "48001:6501") << fixture;
		EXPECT_EQ(read.fact().version_at, 1710076200 * second) << fixture;
		EXPECT_EQ(Identifiers(read.fact()),
		          (Ids{"own shopify.inventory_level/48001:6501", "ref shopify.inventory_item/48001 weak"}))
		    << fixture;
	}
	const Extracted bare =
	    test::Extract(*Connector("shopify"), "inventory_level",
	                  R"({"id":"gid://shopify/InventoryLevel/6501?inventory_item_id=48001"})");
	EXPECT_EQ(bare.fact().external_id, "48001:6501");
}

TEST(Shopify, Payout) {
	const Extracted read = Read("shopify", "payout", "");
	EXPECT_EQ(Summary(read.fact()), "payout pending USD 5811");
	EXPECT_EQ(read.fact().expected_at, 1710374400 * second);
	EXPECT_EQ(Identifiers(read.fact()), (Ids{"own shopify.payout/70010001"}));
}

TEST(Shopify, BalanceTransactions) {
	const Extracted charge = Read("shopify", "balance_transaction", "");
	EXPECT_EQ(Summary(charge.fact()), "settlement_line pending USD 6420 fee 209 net 6211");
	EXPECT_EQ(test::Text(*charge.fact().about), "ref shopify.transaction/9010");
	EXPECT_EQ(test::Text(*charge.fact().payout), "ref shopify.payout/70010001");
	EXPECT_EQ(Identifiers(charge.fact()),
	          (Ids{"own shopify.balance_transaction/71010001", "ref shopify.transaction/9010",
	               "ref shopify.order/5123456789014"}));
	const Extracted dispute = Read("shopify", "balance_transaction", "balance_transaction_adjustment");
	EXPECT_EQ(Summary(dispute.fact()), "settlement_line paid USD -5220 fee 1500 net -6720");
	EXPECT_FALSE(dispute.fact().about);
	EXPECT_EQ(Identifiers(dispute.fact()),
	          (Ids{"own shopify.balance_transaction/71010002", "ref shopify.dispute/73010001"}));
	// The payout itself is no line of the payout.
	const Extracted payout = test::Extract(
	    *Connector("shopify"), "balance_transaction",
	    R"({"id":1,"type":"payout","payout_id":70010001,"currency":"USD","amount":"-58.11","net":"-58.11"})");
	EXPECT_FALSE(payout.fact().payout);
}

TEST(Shopify, Dispute) {
	const Extracted read = Read("shopify", "dispute", "");
	EXPECT_EQ(Summary(read.fact()), "dispute pending USD 5220");
	EXPECT_EQ(read.fact().expected_at, 1711753200 * second);
	EXPECT_EQ(Identifiers(read.fact()),
	          (Ids{"own shopify.dispute/73010001", "ref shopify.order/5123456789014"}));
}

} // namespace
} // namespace meshline
