// SPDX-License-Identifier: PostgreSQL
// The period that a ledger gives to sales and refunds, against the period in which they were made.
#include "outcome.hpp"

namespace meshline {
namespace {

constexpr Instant hour = 60 * minute;
constexpr Instant february = 31 * day; // in UTC; in New York it begins five hours later

Day
DayInNewYork(const void *, Instant moment) noexcept {
	return DayInUtc(Minus(moment, 5 * hour));
}

// A shop in New York, whose ledger is there too unless it is said to be in UTC.
Shop
NewYork(bool has_ledger_in_utc = false) {
	Shop shop = Shop::WithLedger();
	shop.connections[1].settlement_window_days.reset();
	shop.connections.push_back({});
	shop.connections.back().connection_id = 3;
	for (auto &connection : shop.connections) {
		if (connection.connection_id != 3 || !has_ledger_in_utc) {
			connection.calendar = {DayInNewYork, nullptr};
		}
	}
	return shop;
}

// An order that is paid at `sold_at` and booked at `posted_at`.
std::string
Sale(Instant sold_at, Instant posted_at, const Shop &shop = NewYork(), Minor posted = 5000,
     Instant captured_at = -1) {
	return Outcome({Order(5000, Status::paid).At(sold_at),
	                Charge("ch_1", 5000).At(captured_at >= 0 ? captured_at : sold_at),
	                Posted(Posting::sale, "cash_sale", "cs_1", posted).At(posted_at)},
	               shop)
	    .Findings();
}

// A refund at `refunded_at` of an order of `sold_at`, booked at `posted_at`.
std::string
Return(Instant sold_at, Instant refunded_at, Instant posted_at, Minor posted = 700) {
	return Outcome({Order(5000, Status::paid).At(sold_at), Charge("ch_1", 5000).At(sold_at),
	                Posted(Posting::sale, "cash_sale", "cs_1", 5000).At(sold_at),
	                Refund("re_1", 700).At(refunded_at),
	                Posted(Posting::refund, "customer_refund", "cr_1", posted).At(posted_at)},
	               NewYork())
	    .Findings();
}

constexpr const char *cutoff = "TIMEZONE_CUTOFF netsuite:cash_sale:cs_1";
constexpr const char *early = "REFUND_WRONG_PERIOD netsuite:customer_refund:cr_1";

TEST(CheckPostedDay, ADateThatIsRightInUtcOnlyIsACutoff) {
	// Sold at 22:00 on January 31 in New York; booked on February 1, a mere date.
	EXPECT_EQ(Sale(february + 3 * hour, february + 5 * hour), cutoff);
	EXPECT_EQ(Sale(february + 3 * hour, february - 19 * hour), ""); // January 31
	// Sold at 12:00, when it was January 31 in UTC too: booked a day later, for whatever reason.
	EXPECT_EQ(Sale(february - 7 * hour, february + 5 * hour), "");
}

TEST(CheckPostedDay, ADateOfTheLedgersOwnZoneIsACutoff) {
	EXPECT_EQ(Sale(february + 3 * hour, february, NewYork(true)), cutoff);
	EXPECT_EQ(Sale(february + 3 * hour, february - day, NewYork(true)), "");
}

TEST(CheckPostedDay, AMomentOfTheDayIsWhenItWasBooked) {
	EXPECT_EQ(Sale(february + 3 * hour, february + 6 * hour), "");
	// The moment of the sale itself, which the ledger has in its own zone.
	EXPECT_EQ(Sale(february + 3 * hour, february + 3 * hour, NewYork(true)), cutoff);
	EXPECT_EQ(Sale(february + 3 * hour, february + 3 * hour), "");
}

TEST(CheckPostedDay, WithinAMonthADayDoesNotMatterUnlessTheBooksAreClosedThere) {
	EXPECT_EQ(Sale(10 * day + 3 * hour, 10 * day + 5 * hour), "");
	Shop shop = NewYork();
	shop.policy.closed_through = 9;
	EXPECT_EQ(Sale(10 * day + 3 * hour, 10 * day + 5 * hour, shop), cutoff);
}

TEST(CheckPostedDay, ACaptureMayDateTheSale) {
	EXPECT_EQ(Sale(february + 3 * hour, february + 5 * hour, NewYork(), 5000, february + 6 * hour), "");
	EXPECT_EQ(Sale(february + 3 * hour, february + 5 * hour, NewYork(), 5000, february - 3 * day), cutoff);
}

TEST(CheckPostedDay, AnotherAmountIsAnotherFinding) {
	EXPECT_EQ(Sale(february + 3 * hour, february + 5 * hour, NewYork(), 4000), "POSTING_AMOUNT_MISMATCH");
}

TEST(CheckPostedDay, ARefundBookedOnTheDayOfItsOrderIsInTheWrongPeriod) {
	EXPECT_EQ(Return(20 * day, 40 * day, 20 * day), early);
	EXPECT_EQ(Return(20 * day, 40 * day, 40 * day), "");
	EXPECT_EQ(Return(20 * day, 25 * day, 20 * day), "");       // one month
	EXPECT_EQ(Return(20 * day, 25 * day, february + day), ""); // later is no wrong period
	EXPECT_EQ(Return(0, 62 * day, 40 * day), early);           // nor is it the order's day only
	EXPECT_EQ(Return(20 * day, february + day, february - day), early);
	EXPECT_EQ(Return(20 * day, february + day, february), ""); // the evening before, in New York
}

TEST(CheckPostedDay, ARefundOfTheLastEveningIsACutoffToo) {
	EXPECT_EQ(Return(20 * day, february + 3 * hour, february + 5 * hour),
	          "TIMEZONE_CUTOFF netsuite:customer_refund:cr_1");
}

TEST(CheckPostedDay, ARefundPostingIsComparedWithTheRefundsThatItMayBook) {
	const auto of = [](Instant first_at, Instant second_at, Minor second) {
		return Outcome({Order(5000, Status::paid).At(0), Charge("ch_1", 5000).At(0),
		                Posted(Posting::sale, "cash_sale", "cs_1", 5000).At(0),
		                Refund("re_1", 700).At(first_at), Refund("re_2", second).At(second_at),
		                Posted(Posting::refund, "customer_refund", "cr_1", 700).At(10 * day),
		                Posted(Posting::refund, "customer_refund", "cr_2", second).At(second_at)},
		               NewYork())
		    .Findings();
	};
	EXPECT_EQ(of(10 * day, 40 * day, 900), "");
	EXPECT_EQ(of(40 * day, 10 * day, 900), early);
	EXPECT_EQ(of(40 * day, 10 * day, 700), ""); // two of one amount: either may be meant
}

TEST(CheckPostedDay, FindingsNameBothDaysAndTheAmount) {
	const Outcome outcome({Order(5000, Status::paid).At(20 * day), Charge("ch_1", 5000).At(20 * day),
	                       Posted(Posting::sale, "cash_sale", "cs_1", 5000).At(20 * day),
	                       Refund("re_1", 700).At(40 * day),
	                       Posted(Posting::refund, "customer_refund", "cr_1", 700).At(20 * day)},
	                      NewYork());
	const Finding *finding = outcome.Find(Reason::refund_wrong_period, "netsuite:customer_refund:cr_1");
	ASSERT_NE(finding, nullptr);
	EXPECT_EQ(finding->at_risk, 700);
	EXPECT_EQ(
	    finding->explanation,
	    "netsuite:customer_refund:cr_1 books 7.00 USD on 1970-01-20, and it was refunded on 1970-02-09 in "
	    "the store's time zone: that is another period");
}

} // namespace
} // namespace meshline
