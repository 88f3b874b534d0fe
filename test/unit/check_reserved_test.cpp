// SPDX-License-Identifier: PostgreSQL
// Money that is missing and was reserved, released or announced.
#include "outcome.hpp"

namespace meshline {
namespace {

// Authorizations of the processor expire after a week.
Shop
Expiring(Instant moment) {
	Shop shop = Shop::Until(moment);
	shop.connections[1].authorization_window_days = 7;
	return shop;
}

TEST(CheckReserved, AnAuthorizationIsReportedBeforeItExpires) {
	const std::vector<Record> records{Order(5000, Status::authorized),
	                                  Charge("ch_1", 5000, Status::authorized)};
	const Outcome early(records, Expiring(5 * day - 1));
	EXPECT_EQ(early.Findings(), "");
	EXPECT_EQ(early.Expectations(), "AUTHORIZED_NOT_CAPTURED stripe:charge:ch_1; "
	                                "AUTHORIZATION_EXPIRED stripe:charge:ch_1");
	const Outcome alert(records, Expiring(5 * day));
	ASSERT_EQ(alert.Findings(), "AUTHORIZED_NOT_CAPTURED stripe:charge:ch_1");
	EXPECT_EQ(alert.Expectations(), "AUTHORIZATION_EXPIRED stripe:charge:ch_1");
	EXPECT_EQ(alert.result.findings[0].at_risk, 5000);
	EXPECT_EQ(alert.result.findings[0].formula, "captured >= total - tolerance or reserved = 0");
	EXPECT_EQ(Outcome(records, Expiring(7 * day - 1)).Findings(), alert.Findings());
	const Outcome late(records, Expiring(7 * day));
	EXPECT_EQ(late.Findings(), "AUTHORIZATION_EXPIRED stripe:charge:ch_1");
	EXPECT_EQ(late.Expectations(), "");
}

TEST(CheckReserved, TheSourceKnowsBetterWhenItExpires) {
	const Record charge =
	    Charge("ch_1", 5000, Status::authorized).With([](RecordView &view) { view.expected_at = 30 * day; });
	EXPECT_EQ(Outcome({Order(5000), charge}, Expiring(27 * day)).Findings(), "");
	EXPECT_EQ(Outcome({Order(5000), charge}, Expiring(30 * day)).Findings(),
	          "AUTHORIZATION_EXPIRED stripe:charge:ch_1");
}

TEST(CheckReserved, WithoutAnExpiryTheOrderIsUnpaid) {
	const std::vector<Record> records{Order(5000), Charge("ch_1", 5000, Status::authorized)};
	EXPECT_EQ(Outcome(records, Shop::Until(7 * day)).Findings(), "UNDERPAYMENT");
}

TEST(CheckReserved, WhatIsPaidOtherwiseNeedsNoCapture) {
	EXPECT_EQ(Outcome({Order(5000), Charge("ch_1", 5000, Status::authorized), Charge("ch_2", 5000)},
	                  Expiring(7 * day))
	              .Findings(),
	          "");
}

TEST(CheckReserved, AReservationThatIsTooSmallLeavesAnUnderpayment) {
	EXPECT_EQ(Outcome({Order(5000), Charge("ch_1", 3000, Status::authorized)}, Expiring(7 * day)).Findings(),
	          "UNDERPAYMENT; AUTHORIZATION_EXPIRED stripe:charge:ch_1");
}

TEST(CheckReserved, ACaptureOfLessGivesUpTheRest) {
	const std::vector<Record> records{Order(5000), Transaction("t1", 5000, Status::voided).Same("auth"),
	                                  Transaction("t2", 3000).Same("auth")};
	const Outcome outcome(records);
	ASSERT_EQ(outcome.Findings(), "PARTIAL_CAPTURE shopify:transaction:t2");
	EXPECT_EQ(outcome.result.findings[0].at_risk, 2000);
	EXPECT_EQ(outcome.result.findings[0].explanation,
	          "shopify:transaction:t2 captured 30.00 USD and released 20.00 USD that the order still needs");
	std::vector<Record> lowered = records;
	lowered[0].view.amount = 3000;
	EXPECT_EQ(Outcome(lowered).Findings(), "");
}

TEST(CheckReserved, APendingPaymentHasAWeek) {
	const std::vector<Record> records{Order(5000), Charge("ch_1", 5000, Status::pending).At(3 * day)};
	const Outcome before(records, Shop::Until(10 * day - 1));
	EXPECT_EQ(before.Findings(), "");
	EXPECT_EQ(before.Expectations(), "PAYMENT_PENDING_TOO_LONG stripe:charge:ch_1");
	const Outcome late(records, Shop::Until(10 * day));
	ASSERT_EQ(late.Findings(), "PAYMENT_PENDING_TOO_LONG stripe:charge:ch_1");
	EXPECT_EQ(late.result.findings[0].at_risk, 5000);
}

TEST(CheckReserved, SeveralCapturesOfOnePaymentAreOneCapturedTwice) {
	const Record second = Charge("ch_2", 5000).Same("pi_1");
	const Outcome outcome({Order(5000), Charge("ch_1", 5000).Same("pi_1"), second});
	ASSERT_EQ(outcome.Findings(), "DUPLICATE_CAPTURE");
	EXPECT_EQ(outcome.result.findings[0].at_risk, 5000);
	EXPECT_EQ(Outcome({Order(10000), Charge("ch_1", 5000).Same("pi_1"), second}).Findings(), "");
	EXPECT_EQ(Outcome({Order(5000), Charge("ch_1", 9000)}).Findings(), "OVERCAPTURE");
}

TEST(CheckReserved, ATotalBelowZeroIsNoSale) {
	const Outcome outcome({Order(-500)});
	ASSERT_EQ(outcome.Findings(), "NEGATIVE_TOTAL");
	EXPECT_EQ(outcome.result.findings[0].at_risk, 500);
	EXPECT_EQ(Outcome({Order(-500, Status::voided)}).Findings(), "");
}

} // namespace
} // namespace meshline
