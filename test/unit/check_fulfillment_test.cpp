// SPDX-License-Identifier: PostgreSQL
// What was shipped against what was paid.
#include "outcome.hpp"

namespace meshline {
namespace {

Record
Shipment(std::string_view id, Status status = Status::paid) {
	return Make(Kind::fulfillment, Role::store, "shopify", "fulfillment", id, 1, std::nullopt, status)
	    .Same(id);
}

Shop
Promising(int days, Instant moment) {
	Shop shop = Shop::Until(moment);
	shop.policy.fulfillment_sla_days = days;
	return shop;
}

TEST(CheckFulfillment, WhatIsShippedIsPaidWithinADay) {
	const std::vector<Record> records{Order(5000), Shipment("f1").At(2 * day)};
	EXPECT_NE(Outcome(records, Shop::Until(3 * day - 1)).Expected(Reason::unpaid_fulfilled, ""), nullptr);
	const Outcome late(records, Shop::Until(3 * day));
	ASSERT_EQ(late.Findings(), "UNPAID_FULFILLED");
	EXPECT_EQ(late.result.findings[0].at_risk, 5000);
	EXPECT_EQ(late.result.findings[0].explanation,
	          "shopify:fulfillment:f1 has left, and nothing of the order's 50.00 USD was captured");
	EXPECT_EQ(Outcome({records[0], records[1], Charge("ch_1", 5000)}).Findings(), "");
}

TEST(CheckFulfillment, NothingHasLeftThatIsCancelledOrFree) {
	EXPECT_EQ(Outcome({Order(5000), Shipment("f1", Status::voided)}, Shop::Until(3 * day)).Findings(), "");
	EXPECT_EQ(Outcome({Order(5000), Shipment("f1", Status::pending)}, Shop::Until(3 * day)).Findings(), "");
	EXPECT_EQ(Outcome({Order(0), Shipment("f1")}).Findings(), "");
	EXPECT_EQ(Outcome({Order(5000, Status::voided), Shipment("f1")}).Findings(), "");
}

TEST(CheckFulfillment, APromiseIsKept) {
	const std::vector<Record> paid{Order(5000, Status::paid), Charge("ch_1", 5000).At(day)};
	EXPECT_EQ(Outcome(paid).Findings(), "");
	EXPECT_EQ(Outcome(paid, Promising(3, 4 * day - 1)).Expectations(), "PAID_UNFULFILLED");
	const Outcome late(paid, Promising(3, 4 * day));
	ASSERT_EQ(late.Findings(), "PAID_UNFULFILLED");
	EXPECT_EQ(late.result.findings[0].due_at, 4 * day);
	EXPECT_EQ(Outcome({paid[0], paid[1], Shipment("f1")}, Promising(3, 9 * day)).Findings(), "");
	EXPECT_EQ(Outcome({paid[0], paid[1], Refund("re_1", 5000)}, Promising(3, 9 * day)).Findings(), "");
	EXPECT_EQ(Outcome({Order(5000)}, Promising(3, 5 * day)).Findings(), "");
}

} // namespace
} // namespace meshline
