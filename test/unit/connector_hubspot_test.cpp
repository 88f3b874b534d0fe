// SPDX-License-Identifier: PostgreSQL
// HubSpot: the deal, order and contact of order #2041.
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
using Ids = std::set<std::string>;

TEST(HubSpot, Deal) {
	const Extracted read = Read("hubspot", "deal", "");
	EXPECT_EQ(Summary(read.fact()), "order paid USD 11840");
	EXPECT_EQ(read.fact().version_at, 1710052260000000);
	// Deals that were merged into it are this deal; its name is somebody's text.
	EXPECT_EQ(Identifiers(read.fact()),
	          (Ids{"own hubspot.deal/9100000001 connection", "same hubspot.deal/9100000002 connection",
	               "same hubspot.deal/9100000003 connection", "ref order_name/2041 store weak"}));
}

TEST(HubSpot, DealOfATypedTable) {
	const Extracted read = Read("hubspot", "deal", "deal_row");
	EXPECT_EQ(Summary(read.fact()), "order voided USD 25000");
	EXPECT_EQ(Identifiers(read.fact()),
	          (Ids{"own hubspot.deal/9100000004 connection", "ref order_name/2044 store weak"}));
}

TEST(HubSpot, DealWithoutAmount) {
	const Extracted read =
	    Extract(*Connector("hubspot"), "deal",
	            R"({"id":"1","properties":{"amount":"","dealname":"Renewal","dealstage":"qualifiedtobuy"}})",
	            {{}, "USD"});
	EXPECT_EQ(ProblemTexts(read.fact().problems), std::vector<std::string>{});
	EXPECT_EQ(Summary(read.fact()), "order pending USD");
	EXPECT_EQ(Identifiers(read.fact()), (Ids{"own hubspot.deal/1 connection"}));
}

TEST(HubSpot, Contact) {
	const Extracted read = Read("hubspot", "contact", "");
	EXPECT_EQ(Summary(read.fact()), "customer unknown");
	EXPECT_EQ(Identifiers(read.fact()),
	          (Ids{"own hubspot.contact/501 connection", "own email/ada.byron@mail.example weak",
	               "own email/ada@work.example weak", "own email/a.byron@mail.example weak"}));
}

TEST(HubSpot, Order) {
	const Extracted read = Read("hubspot", "order", "");
	EXPECT_EQ(Summary(read.fact()), "order paid USD 11840");
	EXPECT_EQ(Identifiers(read.fact()),
	          (Ids{"own hubspot.order/7300000001 connection", "ref hubspot.deal/9100000001 connection",
	               "ref $store.order/5123456789012", "ref order_name/2041 store weak",
	               "ref email/ada.byron@mail.example weak"}));
	EXPECT_EQ(Summary(Read("hubspot", "order", "order_archived").fact()), "order deleted USD");
}

TEST(HubSpot, LineItem) {
	const Extracted read = Read("hubspot", "line_item", "");
	EXPECT_EQ(Summary(read.fact()), "order_line unknown USD 5000");
	EXPECT_EQ(Identifiers(read.fact()), (Ids{"own hubspot.line_item/8200000001 connection",
	                                         "ref hubspot.order/7300000001 connection"}));
}

TEST(HubSpot, BodyOfAWebhook) {
	// The URL of an account takes changes of all its objects; those of companies are nobody's.
	for (const char *object : {"change", "deal", "order", "contact", "line_item"}) {
		const Extracted read = Read("hubspot", object, "change");
		ASSERT_EQ(read.extraction.facts.size(), 3U) << object;
		const Fact &stage = read.extraction.facts[0];
		EXPECT_EQ(stage.object, "change");
		EXPECT_EQ(stage.external_id, "deal/9100000001/dealstage");
		EXPECT_EQ(stage.path, "[0]");
		EXPECT_EQ(Summary(stage), "order paid");
		EXPECT_EQ(stage.version_at, 1710052260000000);
		EXPECT_EQ(Identifiers(stage), (Ids{"same hubspot.deal/9100000001 connection"}));
		const Fact &shop_order = read.extraction.facts[1];
		EXPECT_EQ(shop_order.external_id, "order/7300000001/hs_external_order_id");
		EXPECT_EQ(Summary(shop_order), "order unknown");
		EXPECT_EQ(Identifiers(shop_order),
		          (Ids{"same hubspot.order/7300000001 connection", "ref $store.order/5123456789012"}));
		EXPECT_EQ(read.extraction.facts[2].external_id, "contact/501/deletion");
		EXPECT_EQ(Summary(read.extraction.facts[2]), "customer deleted");
	}
}

TEST(HubSpot, BodyOfAWebhookWithNothingToRead) {
	const Extracted read = Extract(
	    *Connector("hubspot"), "change",
	    R"([{"objectId":1,"subscriptionType":"company.creation","occurredAt":1710052260000}])", {{}, "USD"});
	EXPECT_EQ(ProblemTexts(read.extraction.problems),
	          std::vector<std::string>{" (): holds nothing that the definition reads"});
	EXPECT_TRUE(read.extraction.facts.empty());
}

} // namespace
} // namespace meshline
