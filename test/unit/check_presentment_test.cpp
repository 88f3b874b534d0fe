// SPDX-License-Identifier: PostgreSQL
// Orders with two moneys: the buyer's, in which they are paid, and the shop's.
#include "extraction.hpp"
#include "outcome.hpp"

namespace meshline {
namespace {

// 100.00 USD for the shop, 91.35 EUR for the buyer.
Record
SoldInEuro() {
	return Order(10000, Status::paid).With([](RecordView &view) {
		view.presentment = 9135;
		view.presentment_currency = "EUR";
	});
}

// The shop's note of a payment, in both moneys.
Record
NotedInBoth(std::string_view id, Minor dollars, Minor euros) {
	return Transaction(id, dollars).With([&](RecordView &view) {
		view.presentment = euros;
		view.presentment_currency = "EUR";
	});
}

std::string
Findings(std::vector<Record> records) {
	return Outcome(std::move(records), Shop::WithoutSettlement()).Findings();
}

TEST(CheckPresentment, EachMoneyIsReadByItsOwnMinorUnit) {
	const auto definition =
	    Definition::Compile(R"({"connector":"test","version":"1","title":"Test","role":"store",
		"currency_exponents":{"JPY":2},"objects":{"order":{"kind":"order","id":"id",
		"amount":{"value":"total","unit":"minor"},"currency":"currency",
		"presentment":{"value":"shown","unit":"minor"},"presentment_currency":"shown_currency"}}})");
	const auto read =
	    test::Extract(*definition, "order",
	                  R"({"id":1,"total":10000,"currency":"USD","shown":1500000,"shown_currency":"jpy"})");
	EXPECT_EQ(read.fact().amount, 10000);
	EXPECT_EQ(read.fact().presentment, 15000);
	EXPECT_EQ(read.fact().presentment_currency, "JPY");
}

TEST(CheckPresentment, TheBuyersMoneyPaysTheOrder) {
	EXPECT_EQ(Findings({SoldInEuro(), Charge("ch_1", 9135).In("EUR")}), "");
	EXPECT_EQ(Findings({SoldInEuro(), Charge("ch_1", 4000).In("EUR"), Charge("ch_2", 5135).In("EUR")}), "");
	EXPECT_EQ(Findings({SoldInEuro(), Charge("ch_1", 10000)}), "");
	const Outcome half({SoldInEuro(), Charge("ch_1", 4000).In("EUR")}, Shop::WithoutSettlement());
	ASSERT_EQ(half.Findings(), "UNDERPAYMENT");
	EXPECT_EQ(half.result.findings[0].at_risk, 10000 - 4379); // 40.00 of 91.35
	EXPECT_EQ(Findings({SoldInEuro(), Charge("ch_1", 9135).In("EUR"), Refund("re_1", 9135).In("EUR")}), "");
	EXPECT_EQ(Findings({SoldInEuro(), Charge("ch_1", 9135).In("EUR"), Refund("re_1", 9999).In("EUR")}),
	          "OVER_REFUND");
	EXPECT_EQ(Findings({SoldInEuro(), Charge("ch_1", 9135).In("GBP")}),
	          "CURRENCY_MISMATCH stripe:charge:ch_1");
}

TEST(CheckPresentment, ThePairThatARecordStatesIsTaken) {
	// Nothing but its amount ties the charge to the shop's note of it.
	EXPECT_EQ(Findings({SoldInEuro(), NotedInBoth("t_1", 10000, 9135), Charge("ch_1", 9135).In("EUR")}), "");
	EXPECT_EQ(Findings({Order(10000, Status::paid), NotedInBoth("t_1", 10000, 9135).Same("ch_1"),
	                    Charge("ch_1", 9135).In("EUR")}),
	          "");
	EXPECT_EQ(Findings({Order(10000, Status::paid), NotedInBoth("t_1", 10000, 9135).Same("ch_1"),
	                    Charge("ch_1", 9000).In("EUR")}),
	          "CURRENCY_MISMATCH stripe:charge:ch_1"); // not the money that the shop speaks of
}

TEST(CheckPresentment, WhatConvertingRoundsIsNoUnderpayment) {
	const Outcome outcome(
	    {SoldInEuro(), NotedInBoth("t_1", 9999, 9135).Same("ch_1"), Charge("ch_1", 9135).In("EUR")},
	    Shop::WithoutSettlement());
	ASSERT_EQ(outcome.Findings(), "FX_ROUNDING");
	EXPECT_EQ(outcome.result.findings[0].at_risk, 1);
	EXPECT_EQ(
	    Findings({SoldInEuro(), NotedInBoth("t_1", 9900, 9135).Same("ch_1"), Charge("ch_1", 9135).In("EUR")}),
	    "UNDERPAYMENT");
}

TEST(CheckPresentment, TheNumberOfTheOtherMoneyIsRecognised) {
	const Outcome outcome({SoldInEuro(), Charge("ch_1", 10000).In("EUR")}, Shop::WithoutSettlement());
	ASSERT_EQ(outcome.Findings(), "PRESENTMENT_SETTLEMENT_CONFUSION");
	EXPECT_EQ(outcome.result.findings[0].at_risk, 865);
	EXPECT_EQ(outcome.result.findings[0].currency, "EUR");
	EXPECT_EQ(outcome.result.findings[0].explanation,
	          "captured 100.00 EUR for an order of 91.35 EUR: the number of its other currency");
	EXPECT_EQ(outcome.result.findings[0].remedy, "a refund of 8.65 EUR that names no goods");
	EXPECT_EQ(Findings({SoldInEuro(), Charge("ch_1", 10000).In("EUR"), Refund("re_1", 865).In("EUR")}), "");
	EXPECT_EQ(Findings({SoldInEuro(), Charge("ch_1", 9135)}), "PRESENTMENT_SETTLEMENT_CONFUSION");
	EXPECT_EQ(Findings({SoldInEuro(), Charge("ch_1", 9135), Charge("ch_2", 865)}), "");
}

TEST(CheckPresentment, APaymentInAThirdMoneyIsOverWithWhenItIsGivenBack) {
	const Record pounds = Charge("ch_1", 8000).In("GBP");
	const auto refund = [](Minor amount) { return Refund("re_1", amount).In("GBP").About("ch_1"); };
	const Outcome half({SoldInEuro(), pounds, refund(3000), Charge("ch_2", 10000)},
	                   Shop::WithoutSettlement());
	ASSERT_EQ(half.Findings(), "CURRENCY_MISMATCH stripe:charge:ch_1");
	EXPECT_EQ(half.result.findings[0].at_risk, 5000);
	EXPECT_EQ(half.result.findings[0].remedy, "the payment in USD, and a refund of 50.00 GBP");
	EXPECT_EQ(Findings({SoldInEuro(), pounds, refund(8000), Charge("ch_2", 10000)}), "");
	EXPECT_EQ(Findings({SoldInEuro(), pounds, refund(8000)}), "UNDERPAYMENT");
}

TEST(CheckPresentment, ALedgerMayBookEitherMoney) {
	const auto findings = [](Minor amount, std::string_view currency) {
		return Findings({SoldInEuro(), Charge("ch_1", 9135).In("EUR"),
		                 Posted(Posting::sale, "cash_sale", "cs_1", amount).In(currency)});
	};
	EXPECT_EQ(findings(10000, "USD"), "");
	EXPECT_EQ(findings(9135, "EUR"), "");
	EXPECT_EQ(findings(9135, "USD"), "PRESENTMENT_SETTLEMENT_CONFUSION netsuite:cash_sale:cs_1");
	EXPECT_EQ(findings(9000, "EUR"), "CURRENCY_MISMATCH netsuite:cash_sale:cs_1");
}

} // namespace
} // namespace meshline
