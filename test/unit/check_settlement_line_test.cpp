// SPDX-License-Identifier: PostgreSQL
// Single settlement lines: fees against the schedule, captures settled twice.
#include "outcome.hpp"

namespace meshline {
namespace {

constexpr FeeRate dollars[] = {{"EUR", 150, 25}, {"USD", 290, 30}};

Shop
WithFees() {
	Shop shop = Shop::WithoutSettlement();
	shop.connections[1].fee_schedule = dollars;
	return shop;
}

Record
Kept(Minor amount, Minor fee) {
	return Line("txn_1", "ch_1", amount).With([&](RecordView &view) { view.fee = fee; });
}

TEST(CheckSettlementLine, TheFeeIsTheSchedulesButForOneMinorUnit) {
	const std::vector<Record> paid{Order(5000, Status::paid), Charge("ch_1", 5000)};
	// 2.9 % of 50.00 and 0.30: 1.75.
	for (const Minor fee : {174, 175, 176}) {
		EXPECT_EQ(Outcome({paid[0], paid[1], Kept(5000, fee)}, WithFees()).Findings(), "") << fee;
	}
	const Outcome high({paid[0], paid[1], Kept(5000, 177)}, WithFees());
	ASSERT_EQ(high.Findings(), "FEE_MISMATCH stripe:balance_transaction:txn_1");
	const Finding &finding = high.result.findings[0];
	EXPECT_EQ(finding.expected, 175);
	EXPECT_EQ(finding.actual, 177);
	EXPECT_EQ(finding.at_risk, 2);
	EXPECT_EQ(finding.explanation, "stripe:balance_transaction:txn_1 costs 1.77 USD for 50.00 USD, and the "
	                               "schedule says 1.75 USD: too much was kept");
	EXPECT_EQ(Outcome({paid[0], paid[1], Kept(5000, 173)}, WithFees()).Findings(),
	          "FEE_MISMATCH stripe:balance_transaction:txn_1");
	EXPECT_EQ(Outcome({paid[0], paid[1], Kept(5000, 500)}).Findings(), "");
	Shop lenient = WithFees();
	lenient.policy.tolerance_minor[static_cast<std::size_t>(Reason::fee_mismatch)] = 2;
	EXPECT_EQ(Outcome({paid[0], paid[1], Kept(5000, 177)}, lenient).Findings(), "");
}

TEST(CheckSettlementLine, NothingIsRoundedBeforeItIsCompared) {
	// 2.9 % of 0.50 are 1.45 minor units: 31.45 with the fixed part, 1.55 away from 33.
	EXPECT_EQ(Outcome({Order(50, Status::paid), Charge("ch_1", 50), Kept(50, 32)}, WithFees()).Findings(),
	          "");
	EXPECT_EQ(Outcome({Order(50, Status::paid), Charge("ch_1", 50), Kept(50, 33)}, WithFees()).Findings(),
	          "FEE_MISMATCH stripe:balance_transaction:txn_1");
}

TEST(CheckSettlementLine, ALineThatIsThereTwiceSettlesTooMuch) {
	const std::vector<Record> records{Order(5000, Status::paid), Charge("ch_1", 5000),
	                                  Line("txn_1", "ch_1", 5000), Line("txn_2", "ch_1", 5000)};
	const Outcome outcome(records);
	ASSERT_EQ(outcome.Findings(), "SETTLEMENT_LINE_DUPLICATE stripe:balance_transaction:txn_2");
	EXPECT_EQ(outcome.result.findings[0].at_risk, 5000);
	EXPECT_EQ(outcome.result.findings[0].formula, "settled <= captured + tolerance");
	// Two halves are equal and settle one capture; what was taken back and given again is one.
	EXPECT_EQ(Outcome({records[0], records[1], Line("txn_1", "ch_1", 2500), Line("txn_2", "ch_1", 2500)})
	              .Findings(),
	          "");
	// Another report of the processor says the same once more.
	const Record event = Line("e1", "ch_1", 5000).With([](RecordView &view) { view.object = "event"; });
	EXPECT_EQ(Outcome({records[0], records[1], records[2], event}).Findings(), "");
	EXPECT_EQ(
	    Outcome({records[0], records[1], records[2], records[3], Line("txn_3", "ch_1", -5000)}).Findings(),
	    "");
}

TEST(CheckSettlementLine, OnlyACopyToTheLastByteProvesThatTheLineIsTooMuch) {
	const auto correction = [](Minor second, bool is_copy) {
		Record line = Line("txn_2", "ch_1", second);
		line.view.content_hash.low = is_copy ? 0 : 1;
		const Outcome outcome(
		    {Order(5000, Status::paid), Charge("ch_1", 5000), Line("txn_1", "ch_1", 5000), line});
		EXPECT_EQ(outcome.Findings(), "SETTLEMENT_LINE_DUPLICATE stripe:balance_transaction:txn_2");
		return outcome.result.findings[0].correction;
	};
	const auto taken_back = correction(5000, true);
	ASSERT_TRUE(taken_back.has_value());
	EXPECT_EQ(taken_back->account, "settlement");
	EXPECT_EQ(taken_back->amount, -5000);
	EXPECT_FALSE(correction(5000, false).has_value());
	// Of three copies of 50.00 on a capture of 120.00 the third is not all too much.
	const Outcome part({Order(12000, Status::paid), Charge("ch_1", 12000), Line("txn_1", "ch_1", 5000),
	                    Line("txn_2", "ch_1", 5000), Line("txn_3", "ch_1", 5000)});
	ASSERT_EQ(part.Findings(), "SETTLEMENT_LINE_DUPLICATE stripe:balance_transaction:txn_3");
	EXPECT_EQ(part.result.findings[0].at_risk, 3000);
	EXPECT_FALSE(part.result.findings[0].correction.has_value());
}

} // namespace
} // namespace meshline
