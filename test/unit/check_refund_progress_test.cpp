// SPDX-License-Identifier: PostgreSQL
// How far a refund has come: with the processor, in the shop, and whether both mean the same amount.
#include "outcome.hpp"

namespace meshline {
namespace {

// An order whose payment shop and processor tell of.
std::vector<Record>
Paid() {
	return {Order(5000, Status::paid), Transaction("t1", 5000).Same("ch_1"), Charge("ch_1", 5000)};
}

std::vector<Record>
With(std::vector<Record> records, const Record &more) {
	records.push_back(more);
	return records;
}

TEST(CheckRefundProgress, ARefundOfTheShopReachesTheProcessorWithinThreeDays) {
	const std::vector<Record> records = With(Paid(), ShopRefund("t2", 700).About("t1").At(day));
	EXPECT_EQ(Outcome(records, Shop::Until(4 * day - 1)).Expectations(),
	          "REFUND_NOT_AT_GATEWAY shopify:transaction:t2");
	const Outcome late(records, Shop::Until(4 * day));
	ASSERT_EQ(late.Findings(), "REFUND_NOT_AT_GATEWAY shopify:transaction:t2");
	EXPECT_EQ(late.result.findings[0].at_risk, 700);
	EXPECT_EQ(Outcome(With(records, Refund("re_1", 700).About("ch_1"))).Findings(), "");
}

TEST(CheckRefundProgress, ARefundOfTheProcessorReachesTheShop) {
	const std::vector<Record> records = With(Paid(), Refund("re_1", 700).About("ch_1").At(day));
	EXPECT_EQ(Outcome(records, Shop::Until(4 * day)).Findings(), "REFUND_NOT_IN_SHOP stripe:refund:re_1");
	EXPECT_EQ(Outcome(With(records, RefundDocument("r1", 700))).Findings(), "");
	// The status of the order says it too.
	std::vector<Record> told = records;
	told[0] = Order(5000, Status::partially_refunded);
	EXPECT_EQ(Outcome(told).Findings(), "");
}

TEST(CheckRefundProgress, WhoTellsOfNoPaymentNeedNotTellOfItsRefund) {
	EXPECT_EQ(Outcome({Order(5000), Charge("ch_1", 5000), Refund("re_1", 700).About("ch_1")}).Findings(), "");
	EXPECT_EQ(Outcome({Order(5000), Transaction("t1", 5000), ShopRefund("t2", 700).About("t1")}).Findings(),
	          "");
	// The part that a gift card paid comes back on one.
	std::vector<Record> records = Paid();
	records[0].view.amount = 6000;
	records = With(records, Transaction("gift", 1000));
	EXPECT_EQ(Outcome(With(records, ShopRefund("t2", 700).About("gift"))).Findings(), "");
}

TEST(CheckRefundProgress, APendingRefundHasFiveDays) {
	const std::vector<Record> records =
	    With(Paid(), Refund("re_1", 700, Status::pending).About("ch_1").At(day));
	EXPECT_EQ(Outcome(records, Shop::Until(6 * day - 1)).Expectations(),
	          "REFUND_PENDING_OR_FAILED stripe:refund:re_1");
	const Outcome late(records, Shop::Until(6 * day));
	ASSERT_EQ(late.Findings(), "REFUND_PENDING_OR_FAILED stripe:refund:re_1");
	EXPECT_EQ(late.result.findings[0].explanation,
	          "the refund of 7.00 USD in stripe:refund:re_1 is still pending");
}

TEST(CheckRefundProgress, AFailedRefundIsMadeAgain) {
	const std::vector<Record> records =
	    With(Paid(), Refund("re_1", 700, Status::failed).About("ch_1").At(day));
	ASSERT_EQ(Outcome(records).Findings(), "REFUND_PENDING_OR_FAILED stripe:refund:re_1");
	const std::vector<Record> repeated = With(records, Refund("re_2", 700).About("ch_1").At(2 * day));
	EXPECT_EQ(Outcome(repeated, Shop::Until(3 * day)).Findings(), "");
	EXPECT_EQ(
	    Outcome(With(records, Refund("re_2", 700).About("ch_1").At(0)), Shop::Until(2 * day)).Findings(),
	    "REFUND_PENDING_OR_FAILED stripe:refund:re_1");
}

TEST(CheckRefundProgress, ShopAndProcessorMeanOneAmount) {
	const std::vector<Record> records =
	    With(With(Paid(), ShopRefund("t2", 700).Same("re_1").About("t1")), Refund("re_1", 800).About("ch_1"));
	const Outcome outcome(records);
	ASSERT_EQ(outcome.Findings(), "REFUND_AMOUNT_DISCREPANCY stripe:refund:re_1");
	EXPECT_EQ(outcome.result.findings[0].at_risk, 100);
	EXPECT_EQ(outcome.result.findings[0].explanation,
	          "the shop says 7.00 USD of the refund stripe:refund:re_1, and the processor 8.00 USD");
	std::vector<Record> same = records;
	same[3].view.amount = 801;
	EXPECT_EQ(Outcome(same).Findings(), "");
}

} // namespace
} // namespace meshline
