// SPDX-License-Identifier: PostgreSQL
// The order's total against what was captured.
#include <limits>

#include "outcome.hpp"

namespace meshline {
namespace {

constexpr Minor highest = std::numeric_limits<Minor>::max();

TEST(CheckPayment, AnOrderPaidInFullIsClean) {
	const Outcome outcome({Order(5000, Status::paid), Charge("ch_1", 5000)});
	EXPECT_EQ(outcome.Findings(), "");
	EXPECT_EQ(outcome.Expectations(), "");
	EXPECT_EQ(outcome.result.totals.total, 5000);
	EXPECT_EQ(outcome.result.totals.captured, 5000);
	EXPECT_EQ(outcome.result.totals.payment_count, 1);
	EXPECT_EQ(outcome.result.totals.currency, "USD");
}

TEST(CheckPayment, AnUnpaidOrderHasAWeek) {
	const Outcome before({Order(5000)}, Shop::Until(7 * day - 1));
	EXPECT_EQ(before.Findings(), "");
	EXPECT_EQ(before.Expectations(), "UNDERPAYMENT");
	EXPECT_EQ(before.result.expectations[0].amount, 5000);
	EXPECT_EQ(Outcome({Order(5000)}, Shop::Until(7 * day)).Findings(), "UNDERPAYMENT");
}

TEST(CheckPayment, AnOrderThatSaysItIsPaidWaitsForTheRecordOnly) {
	for (const Status status : {Status::paid, Status::partially_refunded, Status::refunded}) {
		EXPECT_EQ(Outcome({Order(5000, status)}, Shop::Until(day - 1)).Expectations(), "UNDERPAYMENT");
		EXPECT_EQ(Outcome({Order(5000, status)}, Shop::Until(day)).Findings(), "UNDERPAYMENT");
	}
}

TEST(CheckPayment, UnderpaymentSaysWhatIsMissing) {
	const Outcome outcome({Order(5000), Charge("ch_1", 4500)});
	ASSERT_EQ(outcome.Findings(), "UNDERPAYMENT");
	const Finding &finding = outcome.result.findings[0];
	EXPECT_EQ(finding.expected, 5000);
	EXPECT_EQ(finding.actual, 4500);
	EXPECT_EQ(finding.at_risk, 500);
	EXPECT_EQ(finding.due_at, 7 * day);
	EXPECT_EQ(finding.explanation, "captured 45.00 USD of 50.00 USD: 5.00 USD are missing");
	EXPECT_EQ(finding.formula, "captured >= total - tolerance");
}

TEST(CheckPayment, AnAuthorizationIsNotACapture) {
	const Outcome outcome({Order(5000), Charge("ch_1", 5000, Status::authorized)}, Shop::Until(0));
	EXPECT_EQ(outcome.Expectations(), "UNDERPAYMENT");
	EXPECT_EQ(outcome.result.totals.authorized, 5000);
	EXPECT_EQ(outcome.result.totals.captured, 0);
}

TEST(CheckPayment, RoundingIsToleratedByTheLine) {
	EXPECT_EQ(Outcome({Order(5000), Charge("ch_1", 4999)}).Findings(), "");
	EXPECT_EQ(Outcome({Order(5000), Charge("ch_1", 5001)}).Findings(), "");
	EXPECT_EQ(Outcome({Order(5000), Charge("ch_1", 4998)}).Findings(), "UNDERPAYMENT");
	EXPECT_EQ(Outcome({Order(5000), Charge("ch_1", 5002)}).Findings(), "OVERCAPTURE");
	const Record long_order = Order(5000).With([](RecordView &view) { view.line_count = 9; });
	EXPECT_EQ(Outcome({long_order, Charge("ch_1", 5004)}).Findings(), "");
	EXPECT_EQ(Outcome({long_order, Charge("ch_1", 5005)}).Findings(), "OVERCAPTURE");
	Shop shop = Shop::WithoutSettlement();
	shop.policy.tolerance_minor[static_cast<std::size_t>(Reason::overcapture)] = 0;
	EXPECT_EQ(Outcome({Order(5000), Charge("ch_1", 5001)}, shop).Findings(), "OVERCAPTURE");
}

TEST(CheckPayment, OneCaptureThatIsTooHighIsAnOvercapture) {
	const Outcome outcome({Order(5000), Charge("ch_1", 10000)});
	ASSERT_EQ(outcome.Findings(), "OVERCAPTURE");
	EXPECT_EQ(outcome.result.findings[0].at_risk, 5000);
}

TEST(CheckPayment, TwoCapturesOfTheWholeAreADuplicate) {
	const Outcome outcome({Order(5000), Charge("ch_1", 5000), Charge("ch_2", 5000)});
	ASSERT_EQ(outcome.Findings(), "DUPLICATE_PAYMENT");
	EXPECT_EQ(outcome.result.findings[0].at_risk, 5000);
	EXPECT_EQ(outcome.result.findings[0].record_ids.size(), 3u);
	// A minor unit of tolerance, not two.
	EXPECT_EQ(Outcome({Order(5000), Charge("ch_1", 5000), Charge("ch_2", 4999)}).Findings(),
	          "DUPLICATE_PAYMENT");
	EXPECT_EQ(Outcome({Order(5000), Charge("ch_1", 5000), Charge("ch_2", 4998)}).Findings(), "OVERCAPTURE");
}

TEST(CheckPayment, WhatWasTooMuchAndGivenBackIsOverWith) {
	const std::vector<Record> twice = {Order(5000), Charge("ch_1", 5000), Charge("ch_2", 5000)};
	const auto with = [&](std::initializer_list<Record> more) {
		std::vector<Record> all = twice;
		all.insert(all.end(), more);
		return all;
	};
	EXPECT_EQ(Outcome(with({Refund("re_1", 5000)})).Findings(), "");
	EXPECT_EQ(Outcome(with({Refund("re_1", 3000), Refund("re_2", 2000)})).Findings(), "");
	EXPECT_EQ(Outcome({Order(5000), Charge("ch_1", 6000), Refund("re_1", 1000)}).Findings(), "");
	// More than the excess is no lack of money: the buyer had paid.
	EXPECT_EQ(Outcome(with({Refund("re_1", 8000)})).Findings(), "");
	const Outcome partly(with({Refund("re_1", 1200)}));
	ASSERT_EQ(partly.Findings(), "DUPLICATE_PAYMENT");
	const Finding &finding = partly.result.findings[0];
	EXPECT_EQ(finding.at_risk, 3800);
	EXPECT_EQ(finding.formula, "captured - given_back <= total + tolerance");
	EXPECT_EQ(finding.explanation,
	          "paid more than once: captured 100.00 USD, of which 12.00 USD were given back, "
	          "for an order of 50.00 USD: 38.00 USD too much");
	EXPECT_EQ(finding.remedy, "a refund of 38.00 USD that names no goods, or one of the payments voided");
	EXPECT_EQ(finding.record_ids.size(), 4u);
	for (const Status status : {Status::pending, Status::failed, Status::deleted}) {
		EXPECT_NE(Outcome(with({Refund("re_1", 5000, status)})).Find(Reason::duplicate_payment, ""), nullptr);
	}
}

TEST(CheckPayment, GoodsThatWerePaidBackStillHaveTheirPriceInTheTotal) {
	const Item shirt{.line = "l1", .quantity = 1, .amount = 5000};
	const Record back = RefundDocument("r1", 5000).Carrying({shirt});
	EXPECT_NE(Outcome({Order(5000), Charge("ch_1", 5000), Charge("ch_2", 5000), back})
	              .Find(Reason::duplicate_payment, ""),
	          nullptr);
}

TEST(CheckPayment, ADisputeGivesBackWhatItTakes) {
	const std::vector<Record> twice = {Order(5000), Charge("ch_1", 5000), Charge("ch_2", 5000)};
	std::vector<Record> lost = twice;
	lost.push_back(Dispute("dp_1", 5000, Status::paid).About("ch_2"));
	EXPECT_EQ(Outcome(lost).Find(Reason::duplicate_payment, ""), nullptr);
	std::vector<Record> won = twice;
	won.push_back(Dispute("dp_1", 5000, Status::voided).About("ch_2"));
	EXPECT_NE(Outcome(won).Find(Reason::duplicate_payment, ""), nullptr);
}

TEST(CheckPayment, TwoEqualVouchersThatAddUpAreNoDuplicate) {
	const Outcome outcome({Order(5000), Transaction("t1", 2500), Transaction("t2", 2500)});
	EXPECT_EQ(outcome.Findings(), "");
	EXPECT_EQ(outcome.result.totals.payment_count, 2);
}

TEST(CheckPayment, ACreditThatNobodyPaidIsNoOvercapture) {
	EXPECT_EQ(Outcome({Order(-500)}).Find(Reason::overcapture, ""), nullptr);
}

TEST(CheckPayment, DeadPaymentsCountNothing) {
	for (const Status status : {Status::failed, Status::voided, Status::deleted, Status::pending}) {
		EXPECT_EQ(Outcome({Order(5000), Charge("ch_1", 5000), Charge("ch_2", 5000, status)}).Findings(), "");
	}
}

TEST(CheckPayment, APaymentThatWasPaidBackWasACapture) {
	EXPECT_EQ(Outcome({Order(5000), Charge("ch_1", 5000, Status::refunded), Refund("re_1", 5000)}).Findings(),
	          "");
}

TEST(CheckPayment, APowerOfTenInACurrencyWithoutCentsIsAUnitError) {
	const Record yen = Order(500).In("JPY");
	EXPECT_EQ(Outcome({yen, Charge("ch_1", 50000).In("JPY")}).Findings(), "MINOR_UNIT_ERROR");
	EXPECT_EQ(Outcome({yen, Charge("ch_1", 5).In("JPY")}, Shop::Until(0)).Findings(), "MINOR_UNIT_ERROR");
	EXPECT_EQ(Outcome({yen, Charge("ch_1", 500).In("JPY")}).Findings(), "");
	EXPECT_EQ(Outcome({yen, Charge("ch_1", 50000).In("JPY"), Refund("re_1", 49500).In("JPY")}).Findings(),
	          "");
	EXPECT_EQ(Outcome({yen, Charge("ch_1", 40000).In("JPY")}).Findings(), "OVERCAPTURE");
	const Outcome dinar({Order(12345000).In("KWD"), Charge("ch_1", 1234500).In("KWD")});
	ASSERT_EQ(dinar.Findings(), "MINOR_UNIT_ERROR");
	EXPECT_NE(dinar.result.findings[0].explanation.find("1234.500 KWD for an order of 12345.000 KWD"),
	          std::string_view::npos);
	EXPECT_EQ(Outcome({Order(500), Charge("ch_1", 50000)}).Findings(), "OVERCAPTURE");
}

TEST(CheckPayment, ACaptureInAnotherCurrencyIsTheOnlyFinding) {
	const Outcome outcome({Order(5000, Status::paid), Charge("ch_1", 5000).In("EUR")});
	EXPECT_EQ(outcome.Findings(), "CURRENCY_MISMATCH stripe:charge:ch_1");
	EXPECT_EQ(outcome.result.totals.captured, 0);
	EXPECT_EQ(Outcome({Order(5000), Charge("ch_1", 5000), Charge("ch_2", 5000, Status::failed).In("EUR")})
	              .Findings(),
	          "");
}

TEST(CheckPayment, TheStoresCurrencyYieldsToTheProcessors) {
	const Outcome outcome(
	    {Order(5000), Transaction("t1", 5400).In("EUR").Same("ch_1"), Charge("ch_1", 5000)});
	EXPECT_EQ(outcome.Findings(), "");
}

TEST(CheckPayment, AVoidOrderThatKeepsMoneyIsFound) {
	for (const Status status : {Status::voided, Status::deleted, Status::failed}) {
		const Outcome outcome({Order(5000, status), Charge("ch_1", 5000), Refund("re_1", 2000)});
		ASSERT_EQ(outcome.Findings(), "DELETED_OR_VOID_WITH_MONEY") << Name(status);
		EXPECT_EQ(outcome.result.findings[0].at_risk, 3000);
		EXPECT_EQ(Outcome({Order(5000, status), Charge("ch_1", 5000), Refund("re_1", 5000)}).Findings(), "");
		EXPECT_EQ(Outcome({Order(5000, status)}).Findings(), "");
	}
}

TEST(CheckPayment, AnOrderWithoutTotalIsTheSumOfItsLines) {
	const auto line = [](std::string_view id, Minor amount) {
		return Make(Kind::order_line, Role::store, "shopify", "line_item", id, 1, amount, Status::unknown);
	};
	const Outcome outcome({Order(std::nullopt), line("l1", 3000), line("l2", 2000), line("l3", 700).In("EUR"),
	                       Charge("ch_1", 5000)});
	EXPECT_EQ(outcome.Findings(), "");
	EXPECT_EQ(outcome.result.totals.total, 5000);
	EXPECT_EQ(Outcome({Order(std::nullopt)}).result.totals.total, 0);
}

TEST(CheckPayment, ACrmsLinesAreNoLinesOfTheOrder) {
	const Record line =
	    Make(Kind::order_line, Role::store, "shopify", "line", "l1", 1, 5000, Status::unknown);
	const Record note =
	    Make(Kind::order_line, Role::crm, "hubspot", "line_item", "l2", 5, 900, Status::unknown);
	EXPECT_EQ(Outcome({Order(std::nullopt), line, note}).result.totals.total, 5000);
}

TEST(CheckPayment, SumsStopAtTheEndsOfTheRange) {
	const Outcome high({Order(5), Charge("ch_1", highest), Charge("ch_2", highest)});
	EXPECT_EQ(high.result.totals.captured, highest);
	EXPECT_EQ(high.Findings(), "DUPLICATE_PAYMENT");
	const Outcome low({Order(std::numeric_limits<Minor>::min()), Charge("ch_1", 5)});
	EXPECT_EQ(low.Findings(), "OVERCAPTURE; NEGATIVE_TOTAL");
	EXPECT_EQ(low.result.findings[0].at_risk, highest);
}

TEST(CheckPayment, ASourceOfTruthGoesBeforeTheProcessor) {
	Record note = Transaction("t_1", 4500).Same("ch_1");
	const Record charge = Charge("ch_1", 5000);
	EXPECT_EQ(Outcome({Order(5000, Status::paid), note, charge}).Findings(), "");
	note.view.is_authority = true;
	EXPECT_EQ(Outcome({Order(5000, Status::paid), note, charge}).Findings(), "UNDERPAYMENT");
	EXPECT_EQ(Outcome({Order(5000, Status::paid), note.As(Status::failed), charge}).Findings(),
	          "UNDERPAYMENT");
	// Of orders, too: a ledger's goes before the shop's only by that word.
	Record booked = Order(6000, Status::paid);
	booked.view.system = "netsuite";
	booked.view.role = Role::ledger;
	EXPECT_EQ(Outcome({Order(5000, Status::paid), booked, charge}).Findings(), "");
	booked.view.is_authority = true;
	EXPECT_EQ(Outcome({Order(5000, Status::paid), booked, charge}).Findings(), "UNDERPAYMENT");
}

} // namespace

} // namespace meshline
