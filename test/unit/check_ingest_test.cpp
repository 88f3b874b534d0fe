// SPDX-License-Identifier: PostgreSQL
// Unreadable and test records, money and documents without an order, several orders in one.
#include "outcome.hpp"

namespace meshline {
namespace {

Record
Invalid(Record record) {
	return record.With([](RecordView &view) {
		view.is_invalid = true;
		view.problems = "amount (total_price): missing";
	});
}

Record
TestMode(Record record) {
	return record.With([](RecordView &view) { view.is_test = true; });
}

Record
Fulfillment(std::string_view id) {
	return Make(Kind::fulfillment, Role::store, "shopify", "fulfillment", id, 1, std::nullopt, Status::paid);
}

TEST(CheckIngest, AnUnreadableRecordIsNamedWithItsProblems) {
	const Outcome outcome({Order(5000), Charge("ch_1", 5000), Invalid(Charge("ch_2", 700))});
	EXPECT_EQ(outcome.Findings(), "INVALID_PAYLOAD stripe:charge:ch_2");
	EXPECT_NE(outcome.result.findings[0].explanation.find("amount (total_price): missing"),
	          std::string_view::npos);
	EXPECT_EQ(outcome.result.totals.captured, 5000);
}

TEST(CheckIngest, AnUnreadableOrderHasNoTotalToCompareWith) {
	const Outcome outcome({Invalid(Order(std::nullopt, Status::paid)), Charge("ch_1", 5000),
	                       Posted(Posting::sale, "cash_sale", "cs_1", 900)});
	EXPECT_EQ(outcome.Findings(), "INVALID_PAYLOAD shopify:order:1");
	EXPECT_TRUE(outcome.result.totals.has_order);
	EXPECT_FALSE(outcome.result.totals.total);
}

TEST(CheckIngest, TestRecordsAreNamedAndCountNothing) {
	const Outcome outcome(
	    {Order(5000), Charge("ch_1", 5000), TestMode(Charge("ch_2", 700)), TestMode(Refund("re_1", 99))});
	EXPECT_EQ(outcome.Findings(), "TEST_MODE_RECORD stripe:charge:ch_2; TEST_MODE_RECORD stripe:refund:re_1");
	EXPECT_EQ(outcome.result.totals.captured, 5000);
	EXPECT_EQ(outcome.result.totals.refunded, 0);
}

TEST(CheckIngest, ATestOrderIsNoOrder) {
	const Outcome outcome({TestMode(Order(5000))});
	EXPECT_EQ(outcome.Findings(), "TEST_MODE_RECORD shopify:order:1");
	EXPECT_FALSE(outcome.result.totals.has_order);
}

TEST(CheckMapping, APaymentThatNamesAnUnknownOrderWaitsForItADay) {
	const auto records = {Charge("ch_1", 5000).Ref("shopify.order/1")};
	const Outcome before(records, Shop::Until(day - 1));
	EXPECT_EQ(before.Findings(), "");
	EXPECT_EQ(before.Expectations(), "UNMAPPED_ORDER stripe:charge:ch_1");
	EXPECT_EQ(before.result.next_due_at, day);
	const Outcome after(records, Shop::Until(day));
	EXPECT_EQ(after.Findings(), "UNMAPPED_ORDER stripe:charge:ch_1");
	EXPECT_EQ(after.result.findings[0].due_at, day);
	EXPECT_EQ(after.result.findings[0].at_risk, 5000);
	EXPECT_NE(after.result.findings[0].explanation.find("shopify.order/1"), std::string_view::npos);
}

TEST(CheckMapping, AScopedOrderNameNamesAnOrderToo) {
	EXPECT_EQ(Outcome({Charge("ch_1", 5000).Ref("order_name@1/1001")}).Findings(),
	          "UNMAPPED_ORDER stripe:charge:ch_1");
}

TEST(CheckMapping, APaymentThatNamesNoOrderIsAnOrphan) {
	EXPECT_EQ(Outcome({Charge("ch_1", 5000)}).Findings(), "ORPHAN_PAYMENT stripe:charge:ch_1");
	EXPECT_EQ(Outcome({Charge("ch_1", 5000)}, Shop::Until(0)).Expectations(),
	          "ORPHAN_PAYMENT stripe:charge:ch_1");
}

TEST(CheckMapping, AProcessorsOwnOrderIsNoShopOrder) {
	const Record capture =
	    Make(Kind::payment, Role::processor, "paypal", "capture", "c1", 2, 5000, Status::paid)
	        .Ref("paypal.order/5O1");
	EXPECT_EQ(Outcome({capture}).Findings(), "ORPHAN_PAYMENT paypal:capture:c1");
}

TEST(CheckMapping, WithoutAMomentThereIsNoGrace) {
	const Outcome outcome({Charge("ch_1", 5000).At(std::nullopt)}, Shop::Until(0));
	EXPECT_EQ(outcome.Findings(), "ORPHAN_PAYMENT stripe:charge:ch_1");
	EXPECT_FALSE(outcome.result.findings[0].due_at);
}

TEST(CheckMapping, MoneyThatHasNotMovedNeedsNoOrder) {
	for (const Status status :
	     {Status::pending, Status::authorized, Status::failed, Status::voided, Status::deleted}) {
		EXPECT_EQ(Outcome({Charge("ch_1", 5000, status)}).Findings(), "") << Name(status);
	}
}

TEST(CheckMapping, GoodsAndSalesWithoutOrderOrPaymentAreUnmapped) {
	EXPECT_EQ(Outcome({Fulfillment("f1")}).Findings(), "UNMAPPED_ORDER shopify:fulfillment:f1");
	EXPECT_EQ(Outcome({Fulfillment("f1")}, Shop::Until(0)).Expectations(),
	          "UNMAPPED_ORDER shopify:fulfillment:f1");
	EXPECT_EQ(Outcome({Posted(Posting::sale, "cash_sale", "cs_1", 900)}).Findings(),
	          "UNMAPPED_ORDER netsuite:cash_sale:cs_1");
	EXPECT_EQ(Outcome({Fulfillment("f1"), Charge("ch_1", 900)}).Findings(),
	          "ORPHAN_PAYMENT stripe:charge:ch_1");
	EXPECT_EQ(Outcome({Posted(Posting::sale, "cash_sale", "cs_1", 900, Status::voided)}).Findings(), "");
}

TEST(CheckMapping, SettlementLinesAloneSayNothing) {
	EXPECT_EQ(Outcome({Line("txn_1", "ch_1", 900)}).Findings(), "");
	EXPECT_EQ(Outcome({}).Findings(), "");
}

TEST(CheckMapping, TwoOrdersOfAShopUnderOneIdentifierAreAmbiguous) {
	const Record later = Order(3000).At(day).With([](RecordView &view) { view.external_id = "0"; });
	const Outcome outcome({later, Order(5000), Charge("ch_1", 5000)});
	EXPECT_EQ(outcome.Findings(), "AMBIGUOUS_MAPPING");
	EXPECT_EQ(outcome.result.totals.total, 5000);
	EXPECT_EQ(outcome.result.findings[0].at_risk, 3000);
	EXPECT_EQ(outcome.result.findings[0].record_ids.size(), 2u);
}

TEST(CheckMapping, AVoidOrderBesideALiveOneIsNeitherAmbiguousNorTheOneThatCounts) {
	const Record earlier =
	    Order(3000, Status::voided).At(-day).With([](RecordView &view) { view.external_id = "0"; });
	const Outcome outcome({earlier, Order(5000), Charge("ch_1", 5000)});
	EXPECT_EQ(outcome.Findings(), "");
	EXPECT_EQ(outcome.result.totals.total, 5000);
}

TEST(CheckMapping, AShopsCopyOfAMarketplaceOrderOrACrmDealIsNoSecondOrder) {
	const Record market =
	    Make(Kind::order, Role::marketplace, "amazon", "order", "a1", 4, 5000, Status::paid).At(-day);
	const Record deal =
	    Make(Kind::order, Role::crm, "hubspot", "deal", "d1", 5, 4000, Status::paid).At(-2 * day);
	const Outcome outcome({market, Order(5000), deal, Charge("ch_1", 5000)});
	EXPECT_EQ(outcome.Findings(), "");
	const Outcome without_shop({market, deal, Charge("ch_1", 5000)});
	EXPECT_EQ(without_shop.Findings(), "");
	EXPECT_EQ(without_shop.result.totals.total, 5000);
}

TEST(CheckMapping, ACrmDealAloneIsNoOrder) {
	const Record deal = Make(Kind::order, Role::crm, "hubspot", "deal", "d1", 5, 4000, Status::paid);
	const Outcome alone({deal});
	EXPECT_EQ(alone.Findings(), "");
	EXPECT_FALSE(alone.result.totals.has_order);
	EXPECT_EQ(Outcome({deal, Charge("ch_1", 5000)}).Findings(), "ORPHAN_PAYMENT stripe:charge:ch_1");
}

TEST(CheckMapping, ASwitchedOffReasonIsSilent) {
	Shop shop = Shop::WithoutSettlement();
	shop.policy.is_enabled[static_cast<std::size_t>(Reason::orphan_payment)] = false;
	EXPECT_EQ(Outcome({Charge("ch_1", 5000)}, shop).Findings(), "");
	shop.as_of = 0;
	EXPECT_EQ(Outcome({Charge("ch_1", 5000)}, shop).Expectations(), "");
}

TEST(CheckIngest, AnOrderWithoutACustomerIsWaitedForADay) {
	const Record order = Order(5000).With([](RecordView &view) { view.lacks_customer = true; });
	const auto found = [](const Record &record, Instant as_of) {
		const Outcome outcome({record}, Shop::Until(as_of));
		return std::pair(outcome.Find(Reason::unmapped_customer, "") != nullptr,
		                 outcome.Expected(Reason::unmapped_customer, "") != nullptr);
	};
	EXPECT_EQ(found(order, day - 1), std::pair(false, true));
	EXPECT_EQ(found(order, day), std::pair(true, false));
	EXPECT_EQ(found(order.As(Status::voided), day), std::pair(false, false));
	EXPECT_EQ(found(TestMode(order), day), std::pair(false, false));
	EXPECT_EQ(found(Order(5000), day), std::pair(false, false));
}

} // namespace
} // namespace meshline
