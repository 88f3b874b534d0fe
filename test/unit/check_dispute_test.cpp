// SPDX-License-Identifier: PostgreSQL
// What payers' banks take back, against refunds and against the balance.
#include "outcome.hpp"

namespace meshline {
namespace {

Record
DisputeLine(std::string_view id, Minor amount) {
	return Line(id, "dp_1", amount).Ref("dp_1");
}

TEST(CheckDispute, AnOpenDisputeSaysWhenEvidenceIsDue) {
	const Record dispute =
	    Dispute("dp_1", 5000).About("ch_1").With([](RecordView &view) { view.expected_at = 400 * day; });
	const Outcome outcome({Order(5000, Status::paid), Charge("ch_1", 5000), dispute});
	ASSERT_EQ(outcome.Findings(), "CHARGEBACK_OPEN stripe:dispute:dp_1");
	const Finding &finding = outcome.result.findings[0];
	EXPECT_EQ(finding.at_risk, 5000);
	EXPECT_EQ(finding.due_at, 400 * day);
	EXPECT_EQ(finding.explanation,
	          "the payer's bank has taken back 50.00 USD in stripe:dispute:dp_1, and evidence is due");
	EXPECT_EQ(outcome.result.totals.disputed, 5000);
}

TEST(CheckDispute, ADecidedDisputeIsNotOpen) {
	for (const Status status : {Status::paid, Status::voided, Status::unknown}) {
		const Outcome outcome(
		    {Order(5000, Status::paid), Charge("ch_1", 5000), Dispute("dp_1", 5000, status).About("ch_1")});
		EXPECT_EQ(outcome.Findings(), "") << Name(status);
		EXPECT_EQ(outcome.result.totals.disputed, status == Status::paid ? 5000 : 0);
	}
}

TEST(CheckDispute, ARefundBesideADisputePaysTwice) {
	const std::vector<Record> records{Order(5000, Status::paid), Charge("ch_1", 5000),
	                                  Refund("re_1", 1000).About("ch_1").Ref("ch_1"),
	                                  Dispute("dp_1", 5000, Status::paid).About("ch_1").Ref("ch_1")};
	const Outcome outcome(records);
	ASSERT_EQ(outcome.Findings(), "CHARGEBACK_AND_REFUND stripe:charge:ch_1");
	const Finding &finding = outcome.result.findings[0];
	EXPECT_EQ(finding.at_risk, 1000);
	EXPECT_EQ(finding.expected, 5000);
	EXPECT_EQ(finding.actual, 6000);
	EXPECT_EQ(finding.formula, "refunded + disputed <= captured + tolerance");
	// The half that was not refunded may be disputed.
	std::vector<Record> halves = records;
	halves[3].view.amount = 4000;
	EXPECT_EQ(Outcome(halves).Findings(), "");
	halves[3].view.amount = 4001;
	EXPECT_EQ(Outcome(halves).Findings(), "");
	halves[3].view.amount = 4002;
	EXPECT_EQ(Outcome(halves).Findings(), "CHARGEBACK_AND_REFUND stripe:charge:ch_1");
}

TEST(CheckDispute, TheOnlyCaptureIsMeantWhenNoneIsNamed) {
	const Outcome outcome({Order(5000, Status::paid), Charge("ch_1", 5000), Refund("re_1", 5000),
	                       Dispute("dp_1", 5000, Status::paid)});
	EXPECT_EQ(outcome.Findings(), "CHARGEBACK_AND_REFUND stripe:charge:ch_1");
}

TEST(CheckDispute, OfTwoCapturesOneMayBeRefundedAndTheOtherDisputed) {
	const Outcome outcome({Order(10000, Status::paid), Charge("ch_1", 5000), Charge("ch_2", 5000),
	                       Refund("re_1", 5000).About("ch_1"),
	                       Dispute("dp_1", 5000, Status::paid).About("ch_2")});
	EXPECT_EQ(outcome.Findings(), "");
	EXPECT_EQ(outcome.result.totals.refunded, 5000);
	EXPECT_EQ(outcome.result.totals.disputed, 5000);
}

TEST(CheckDispute, MoreDisputedThanCapturedIsAnOverRefund) {
	const Outcome outcome({Order(5000, Status::paid), Charge("ch_1", 5000),
	                       Dispute("dp_1", 5000, Status::paid).About("ch_1"),
	                       Dispute("dp_2", 500, Status::paid).About("ch_1")});
	ASSERT_EQ(outcome.Findings(), "OVER_REFUND");
	EXPECT_EQ(outcome.result.findings[0].at_risk, 500);
	EXPECT_EQ(outcome.result.findings[0].explanation,
	          "refunded 0.00 USD and disputed 55.00 USD of 50.00 USD captured: 5.00 USD too much");
}

TEST(CheckDispute, WhatWasTakenBackNeedNotBeRefundedOfAVoidOrder) {
	const std::vector<Record> records{Order(5000, Status::voided), Charge("ch_1", 5000)};
	EXPECT_EQ(Outcome(records).Findings(), "DELETED_OR_VOID_WITH_MONEY");
	std::vector<Record> lost = records;
	lost.push_back(Dispute("dp_1", 5000, Status::paid).About("ch_1"));
	EXPECT_EQ(Outcome(lost).Findings(), "");
}

TEST(CheckDispute, AWonDisputeIsCreditedWithinAWeek) {
	const Record won = Dispute("dp_1", 5000, Status::voided).About("ch_1").With([](RecordView &view) {
		view.version_at = 10 * day;
	});
	const std::vector<Record> records{Order(5000, Status::paid), Charge("ch_1", 5000), won,
	                                  DisputeLine("txn_1", -5000)};
	EXPECT_EQ(Outcome(records, Shop::Until(17 * day - 1)).Expectations(),
	          "CHARGEBACK_WON_NOT_CREDITED stripe:dispute:dp_1");
	const Outcome late(records, Shop::Until(17 * day));
	ASSERT_EQ(late.Findings(), "CHARGEBACK_WON_NOT_CREDITED stripe:dispute:dp_1");
	EXPECT_EQ(late.result.findings[0].at_risk, 5000);
	EXPECT_EQ(late.result.findings[0].due_at, 17 * day);
	std::vector<Record> credited = records;
	credited.push_back(DisputeLine("txn_2", 5000));
	EXPECT_EQ(Outcome(credited).Findings(), "");
	credited.back().view.amount = 4000;
	EXPECT_EQ(Outcome(credited).Find(Reason::chargeback_won_not_credited, "stripe:dispute:dp_1")->at_risk,
	          1000);
}

TEST(CheckDispute, WhatNoLineTookNeedNotComeBack) {
	const Outcome outcome({Order(5000, Status::paid), Charge("ch_1", 5000),
	                       Dispute("dp_1", 5000, Status::voided).About("ch_1"), Line("txn_1", "ch_1", 5000)});
	EXPECT_EQ(outcome.Findings(), "");
}

TEST(CheckDispute, ItsFeeIsWhatWasAgreed) {
	const auto outcome = [](Minor fee, std::optional<Minor> agreed, Minor amount = -5000) {
		Record line = DisputeLine("txn_1", amount);
		line.view.fee = fee;
		Shop shop;
		shop.connections[1].dispute_fee = agreed;
		shop.connections[1].settlement_window_days.reset();
		return Outcome({Order(5000, Status::paid), Charge("ch_1", 5000),
		                Dispute("dp_1", 5000, Status::paid).About("ch_1"), line},
		               shop);
	};
	EXPECT_EQ(outcome(1500, std::nullopt).Findings(), "");
	EXPECT_EQ(outcome(1500, 1499).Findings(), "");       // the tolerance
	EXPECT_EQ(outcome(1500, 1400, 5000).Findings(), ""); // what brings the money back carries no fee
	for (const Minor agreed : {1400, 1600}) {
		const Outcome other = outcome(1500, agreed);
		ASSERT_EQ(other.Findings(), "FEE_MISMATCH stripe:balance_transaction:txn_1");
		EXPECT_EQ(other.result.findings[0].expected, agreed);
		EXPECT_EQ(other.result.findings[0].actual, 1500);
		EXPECT_EQ(other.result.findings[0].at_risk, 100);
	}
}

} // namespace
} // namespace meshline
