// SPDX-License-Identifier: PostgreSQL
// Postings of closed periods: what was altered since, and what was added.
#include "outcome.hpp"

namespace meshline {
namespace {

// The books of the invented shop are closed through 1970-01-10.
Shop
Closed() {
	Shop shop = Shop::WithLedger();
	shop.connections[1].settlement_window_days.reset();
	shop.policy.closed_through = 9;
	return shop;
}

FrozenPosting
Was(Minor amount) {
	FrozenPosting frozen;
	frozen.amount = amount;
	frozen.currency = "USD";
	frozen.occurred_at = 5 * day;
	frozen.parts[Part::tax] = 400;
	frozen.content_hash = {1, 1};
	return frozen;
}

// A cash sale of the closed period, of another content than when it was closed.
Record
Sale(const FrozenPosting *frozen, Minor amount, Status status = Status::paid) {
	return Posted(Posting::sale, "cash_sale", "cs_1", amount, status).At(5 * day).With([&](RecordView &view) {
		view.frozen = frozen;
		view.content_hash = {2, 2};
		view.parts[Part::tax] = 400;
	});
}

std::string
Findings(Record posting, const Shop &shop = Closed()) {
	return Outcome({Order(5000, Status::paid), Charge("ch_1", 5000), std::move(posting)}, shop).Findings();
}

constexpr const char *altered = "POSTING_ALTERED_AFTER_MATCH netsuite:cash_sale:cs_1";

TEST(CheckPeriod, AnotherAmountIsAnAlterationAndNoMismatchBesides) {
	const FrozenPosting was = Was(5000);
	const Outcome outcome({Order(5000, Status::paid), Charge("ch_1", 5000), Sale(&was, 4100)}, Closed());
	ASSERT_EQ(outcome.Findings(), altered);
	const Finding &finding = outcome.result.findings[0];
	EXPECT_EQ(finding.at_risk, 900);
	EXPECT_EQ(finding.expected, 5000);
	EXPECT_EQ(finding.actual, 4100);
	EXPECT_EQ(Findings(Sale(&was, 5000)), "");
}

TEST(CheckPeriod, WhatWasWrongAlreadyStaysAMismatch) {
	const FrozenPosting was = Was(4100);
	EXPECT_EQ(Findings(Sale(&was, 4100)), "POSTING_AMOUNT_MISMATCH");
	// Mended in the closed period: right now, and altered all the same.
	EXPECT_EQ(Findings(Sale(&was, 5000)), altered);
}

TEST(CheckPeriod, TheSameContentIsNotComparedAndOtherContentMayBookTheSame) {
	FrozenPosting was = Was(9900);
	was.content_hash = {2, 2};
	EXPECT_EQ(Findings(Sale(&was, 5000)), "");
	was = Was(5000);
	EXPECT_EQ(Findings(Sale(&was, 5000)), "");
}

TEST(CheckPeriod, ADocumentThatIsGoneIsAlteredAndNotMissing) {
	const FrozenPosting was = Was(5000);
	for (const Status status : {Status::voided, Status::deleted}) {
		const Outcome outcome({Order(5000, Status::paid), Charge("ch_1", 5000), Sale(&was, 5000, status)},
		                      Closed());
		ASSERT_EQ(outcome.Findings(), altered);
		EXPECT_EQ(outcome.result.findings[0].at_risk, 5000);
	}
}

TEST(CheckPeriod, AnotherDayCurrencyOrPartIsAnAlteration) {
	const FrozenPosting was = Was(5000);
	const auto at_risk = [&](Record posting) {
		const Outcome outcome({Order(5000, Status::paid), Charge("ch_1", 5000), std::move(posting)},
		                      Closed());
		const Finding *finding = outcome.Find(Reason::posting_altered_after_match, "netsuite:cash_sale:cs_1");
		return finding == nullptr ? -1 : finding->at_risk;
	};
	EXPECT_EQ(at_risk(Sale(&was, 5000).At(6 * day - 1)), -1); // the same day
	EXPECT_EQ(at_risk(Sale(&was, 5000).At(6 * day)), 0);
	EXPECT_EQ(at_risk(Sale(&was, 5000).At(10 * day)), 5000); // out of the closed period
	EXPECT_EQ(at_risk(Sale(&was, 5000).In("EUR")), 5000);
	EXPECT_EQ(at_risk(Sale(&was, 5000).With([](RecordView &view) { view.parts[Part::tax] = 150; })), 250);
	EXPECT_EQ(at_risk(Sale(&was, 5000).With([](RecordView &view) { view.parts[Part::tax].reset(); })), -1);
}

TEST(CheckPeriod, ALatePostingOfAClosedDayIsOutOfPeriod) {
	const auto late = [](Instant moment) { return Findings(Sale(nullptr, 5000).At(moment)); };
	EXPECT_EQ(late(10 * day - 1), "POSTING_OUT_OF_PERIOD netsuite:cash_sale:cs_1");
	EXPECT_EQ(late(10 * day), "");
	const Outcome outcome({Order(5000, Status::paid), Charge("ch_1", 5000), Sale(nullptr, 5000)}, Closed());
	ASSERT_EQ(outcome.Findings(), "POSTING_OUT_OF_PERIOD netsuite:cash_sale:cs_1");
	EXPECT_EQ(outcome.result.findings[0].at_risk, 5000);
}

TEST(CheckPeriod, TheLedgersOwnDayCounts) {
	Shop shop = Closed();
	shop.connections.push_back({});
	shop.connections.back().connection_id = 3;
	shop.connections.back().calendar = {
	    [](const void *, Instant moment) noexcept { return DayInUtc(moment - 5 * 60 * minute); }, nullptr};
	EXPECT_EQ(Findings(Sale(nullptr, 5000).At(10 * day + 5 * 60 * minute - 1), shop),
	          "POSTING_OUT_OF_PERIOD netsuite:cash_sale:cs_1");
	EXPECT_EQ(Findings(Sale(nullptr, 5000).At(10 * day + 5 * 60 * minute), shop), "");
}

TEST(CheckPeriod, NothingIsAskedOfDeadTestAndUnbookedDocumentsOrOfOpenBooks) {
	EXPECT_EQ(Findings(Sale(nullptr, 5000, Status::voided)), "POSTING_MISSING");
	EXPECT_EQ(
	    Outcome({Order(5000), Sale(nullptr, 5000).With([](RecordView &view) { view.is_summary = true; })},
	            Closed())
	        .Find(Reason::posting_out_of_period, "netsuite:cash_sale:cs_1"),
	    nullptr);
	Shop open = Closed();
	open.policy.closed_through.reset();
	EXPECT_EQ(Findings(Sale(nullptr, 5000), open), "");
}

TEST(CheckPeriod, SwitchedOffItIsAMismatchAgain) {
	const FrozenPosting was = Was(5000);
	Shop shop = Closed();
	shop.policy.is_enabled[static_cast<std::size_t>(Reason::posting_altered_after_match)] = false;
	EXPECT_EQ(Findings(Sale(&was, 4100), shop), "POSTING_AMOUNT_MISMATCH");
}

TEST(CheckPeriod, DaysAndMonthsOfTheCalendar) {
	char buffer[day_text_size];
	EXPECT_EQ(FormatDay(0, buffer), "1970-01-01");
	EXPECT_EQ(FormatDay(-1, buffer), "1969-12-31");
	EXPECT_EQ(FormatDay(DayInUtc(951'782'400'000'000), buffer), "2000-02-29");
	EXPECT_EQ(DayInUtc(-1), -1);
	EXPECT_EQ(MonthOf(30), 0);
	EXPECT_EQ(MonthOf(31), 1);
	EXPECT_EQ(MonthOf(-1), -1);
	EXPECT_TRUE(Calendar{}.IsMidnight(day));
	EXPECT_FALSE(Calendar{}.IsMidnight(day + 1));
	EXPECT_FALSE(Calendar{}.IsMidnight(std::numeric_limits<Instant>::min()));
}

} // namespace
} // namespace meshline
