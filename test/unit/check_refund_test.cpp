// SPDX-License-Identifier: PostgreSQL
// Refunds against what was captured, against each other, and without anything.
#include "outcome.hpp"

namespace meshline {
namespace {

TEST(CheckRefund, ARefundOfWhatWasCapturedIsClean) {
	const Outcome outcome({Order(5000), Charge("ch_1", 5000), Refund("re_1", 2000).Ref("ch_1")});
	EXPECT_EQ(outcome.Findings(), "");
	EXPECT_EQ(outcome.result.totals.refunded, 2000);
	EXPECT_EQ(outcome.result.totals.refund_count, 1);
}

TEST(CheckRefund, ARefundThatNothingExplainsIsHeldAtOnce) {
	for (const Status status : {Status::paid, Status::pending}) {
		const Outcome outcome({Refund("re_1", 2000, status).Ref("stripe.charge/ch_9")}, Shop::Until(0));
		ASSERT_EQ(outcome.Findings(), "REFUND_WITHOUT_ORDER stripe:refund:re_1");
		const Finding &finding = outcome.result.findings[0];
		EXPECT_EQ(finding.expected, 0);
		EXPECT_EQ(finding.actual, 2000);
		EXPECT_EQ(finding.at_risk, 2000);
		EXPECT_NE(finding.explanation.find("re_1, stripe.charge/ch_9"), std::string_view::npos);
	}
	EXPECT_EQ(Outcome({Refund("re_1", 0, Status::pending)}).Findings(),
	          "REFUND_WITHOUT_ORDER stripe:refund:re_1");
	EXPECT_EQ(Outcome({Refund("re_1", 2000, Status::failed)}).Findings(), "");
}

TEST(CheckRefund, ARefundOfAPaymentWithoutOrderIsThePaymentsFinding) {
	EXPECT_EQ(Outcome({Refund("re_1", 2000), Charge("ch_1", 5000)}).Findings(),
	          "ORPHAN_PAYMENT stripe:charge:ch_1");
	EXPECT_EQ(Outcome({Refund("re_1", 2000), Charge("ch_1", 5000, Status::authorized)}).Findings(),
	          "REFUND_WITHOUT_ORDER stripe:refund:re_1");
}

TEST(CheckRefund, ManyIdentifiersAreCutShort) {
	static const std::vector<std::string> ids = [] {
		std::vector<std::string> all;
		for (int i = 0; i < 1000; ++i) {
			all.push_back("stripe.charge/ch_" + std::to_string(i));
		}
		return all;
	}();
	Record refund = Refund("re_1", 2000);
	refund.ref.assign(ids.begin(), ids.end());
	const Outcome outcome({refund});
	ASSERT_EQ(outcome.result.findings.size(), 1u);
	EXPECT_LT(outcome.result.findings[0].explanation.size(), 1000u);
	EXPECT_NE(outcome.result.findings[0].explanation.find("and more"), std::string_view::npos);
}

TEST(CheckRefund, MoreThanWasCapturedIsTooMuch) {
	const Outcome outcome({Order(5000), Charge("ch_1", 5000), Refund("re_1", 3000), Refund("re_2", 2500)},
	                      Shop::Until(0));
	ASSERT_EQ(outcome.Findings(), "OVER_REFUND");
	EXPECT_EQ(outcome.result.findings[0].at_risk, 500);
	EXPECT_EQ(Outcome({Order(5000), Charge("ch_1", 5000), Refund("re_1", 5001)}).Findings(), "");
	EXPECT_EQ(Outcome({Order(5000), Charge("ch_1", 5000), Refund("re_1", 3000),
	                   Refund("re_2", 2500, Status::failed)})
	              .Findings(),
	          "");
	EXPECT_EQ(Outcome({Charge("ch_1", 5000), Refund("re_1", 5500)}).Findings(),
	          "ORPHAN_PAYMENT stripe:charge:ch_1; OVER_REFUND");
}

TEST(CheckRefund, ARefundBeforeItsPaymentWaitsADay) {
	const auto records = {Order(5000), Refund("re_1", 2000).At(day), Refund("re_2", 700).At(2 * day)};
	EXPECT_EQ(Outcome(records, Shop::Until(2 * day - 1)).Expectations(), "OVER_REFUND; UNDERPAYMENT");
	EXPECT_EQ(Outcome(records, Shop::Until(2 * day)).Findings(), "OVER_REFUND");
	// Without a moment it is late already.
	EXPECT_EQ(
	    Outcome({Order(5000), Refund("re_1", 2000).At(std::nullopt), Refund("re_2", 700)}, Shop::Until(0))
	        .Findings(),
	    "OVER_REFUND");
}

TEST(CheckRefund, TwoEqualRefundsWithinMinutesAreSuspect) {
	const auto two = [](Instant apart, std::string_view about) {
		return Outcome({Order(5000), Charge("ch_1", 5000), Refund("re_2", 1000).About("ch_1"),
		                Refund("re_1", 1000).At(apart).About(about)})
		    .Findings();
	};
	EXPECT_EQ(two(10 * minute, "ch_1"), "DUPLICATE_REFUND stripe:refund:re_1");
	EXPECT_EQ(two(10 * minute, ""), "DUPLICATE_REFUND stripe:refund:re_1");
	EXPECT_EQ(two(-10 * minute, ""), "DUPLICATE_REFUND stripe:refund:re_2");
	EXPECT_EQ(two(0, ""), "DUPLICATE_REFUND stripe:refund:re_2");
	EXPECT_EQ(two(10 * minute + 1, "ch_1"), "");
	EXPECT_EQ(two(minute, "ch_2"), "");
	EXPECT_EQ(
	    Outcome({Order(5000), Charge("ch_1", 5000), Refund("re_2", 1000), Refund("re_1", 1001)}).Findings(),
	    "");
	EXPECT_EQ(Outcome({Order(5000), Charge("ch_1", 5000), Refund("re_2", 1000),
	                   Refund("re_1", 1000).At(std::nullopt)})
	              .Findings(),
	          "");
}

TEST(CheckRefund, OneRefundOfTheProcessorNotedTwiceByTheStore) {
	const auto noted = [](std::string_view id, Instant at) {
		return ShopRefund(id, 1000).At(at).Same("re_1");
	};
	const Outcome outcome(
	    {Order(5000), Charge("ch_1", 5000), Refund("re_1", 1000), noted("t1", day), noted("t2", 3 * day)});
	ASSERT_EQ(outcome.Findings(), "DUPLICATE_REFUND shopify:transaction:t2");
	EXPECT_EQ(outcome.result.findings[0].at_risk, 1000);
	EXPECT_EQ(outcome.result.totals.refunded, 1000);
	EXPECT_EQ(Outcome({Order(5000), Charge("ch_1", 5000), Refund("re_1", 1000), noted("t1", day)}).Findings(),
	          "");
	EXPECT_EQ(Outcome({Order(5000), Charge("ch_1", 5000), Refund("re_1", 1000), noted("t1", day),
	                   noted("t2", 3 * day).As(Status::failed)})
	              .Findings(),
	          "");
}

TEST(CheckRefund, ARefundInACurrencyThatNothingWasCapturedIn) {
	EXPECT_EQ(Outcome({Order(5000), Charge("ch_1", 5000), Refund("re_1", 1000).In("EUR")}).Findings(),
	          "CURRENCY_MISMATCH stripe:refund:re_1");
	EXPECT_EQ(
	    Outcome({Order(5000), Charge("ch_1", 5000).In("EUR"), Refund("re_1", 1000).In("EUR")}).Findings(),
	    "CURRENCY_MISMATCH stripe:charge:ch_1");
}

} // namespace
} // namespace meshline
