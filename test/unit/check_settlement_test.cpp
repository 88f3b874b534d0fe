// SPDX-License-Identifier: PostgreSQL
// Captures against settlement lines, payouts against the sum of their lines.
#include <limits>

#include "outcome.hpp"

namespace meshline {
namespace {

TEST(CheckSettlement, ACaptureIsExpectedInASettlement) {
	const auto records = {Order(5000), Charge("ch_1", 5000)};
	Shop shop;
	shop.as_of = 7 * day - 1;
	const Outcome before(records, shop);
	EXPECT_EQ(before.Findings(), "");
	EXPECT_EQ(before.Expectations(), "MISSING_SETTLEMENT stripe:charge:ch_1");
	shop.as_of = 7 * day;
	const Outcome after(records, shop);
	ASSERT_EQ(after.Findings(), "MISSING_SETTLEMENT stripe:charge:ch_1");
	EXPECT_EQ(after.result.findings[0].at_risk, 5000);
	EXPECT_EQ(after.result.findings[0].due_at, 7 * day);
}

TEST(CheckSettlement, ALineThatRefersToTheCaptureSettlesIt) {
	const Record line = Line("txn_1", "", 5000);
	for (const Record &settled : {Line("txn_1", "ch_1", 5000), line.Ref("ch_1"), line.Same("ch_1")}) {
		const Outcome outcome({Order(5000), Charge("ch_1", 5000), settled}, Shop());
		EXPECT_EQ(outcome.Findings(), "");
		EXPECT_EQ(outcome.result.totals.settled, 5000);
	}
	EXPECT_EQ(Outcome({Order(5000), Charge("ch_1", 5000), Line("txn_1", "ch_2", 5000)}, Shop()).Findings(),
	          "MISSING_SETTLEMENT stripe:charge:ch_1");
	EXPECT_EQ(
	    Outcome({Order(5000), Charge("ch_1", 5000), Line("txn_1", "ch_1", 5000).As(Status::voided)}, Shop())
	        .Findings(),
	    "MISSING_SETTLEMENT stripe:charge:ch_1");
}

TEST(CheckSettlement, ALedgersDepositLineProvesNoSettlement) {
	const Record deposit = Line("d1", "ch_1", 5000).With([](RecordView &view) { view.role = Role::ledger; });
	const Outcome outcome({Order(5000), Charge("ch_1", 5000), deposit}, Shop());
	EXPECT_EQ(outcome.Findings(), "MISSING_SETTLEMENT stripe:charge:ch_1");
	EXPECT_EQ(outcome.result.totals.settled, 0);
}

TEST(CheckSettlement, AMarketplacePaysOutToo) {
	const Record sale = Charge("s_1", 5000).With([](RecordView &view) { view.role = Role::marketplace; });
	EXPECT_EQ(Outcome({Order(5000), sale}, Shop()).Findings(), "MISSING_SETTLEMENT stripe:charge:s_1");
	EXPECT_EQ(Outcome({Order(5000), sale, Line("l_1", "s_1", 5000)}, Shop()).Findings(), "");
}

TEST(CheckSettlement, NothingIsExpectedWithoutAWindowOrACaptureOfTheProcessor) {
	EXPECT_EQ(Outcome({Order(5000), Charge("ch_1", 5000)}).Findings(), "");
	EXPECT_EQ(Outcome({Order(5000), Transaction("t1", 5000)}, Shop()).Findings(), "");
	EXPECT_EQ(Outcome({Order(5000), Transaction("t1", 5000), Charge("ch_1", 100, Status::authorized)}, Shop())
	              .Findings(),
	          "");
}

Record
Payout(std::optional<Minor> amount) {
	return Make(Kind::payout, Role::processor, "stripe", "payout", "po_1", 2, amount, Status::paid);
}

// The reasons that a payout with these lines gives.
std::string
PayoutFindings(Record payout, std::vector<PayoutLines> lines, Policy policy = {}, Instant as_of = 365 * day) {
	std::pmr::monotonic_buffer_resource arena;
	const Reconciliation result = ReconcilePayout(payout.view, lines, policy, as_of, &arena);
	ExpectWellFormed(result, as_of);
	std::string text;
	for (const Finding &finding : result.findings) {
		text += std::string(Name(finding.reason)) + " " + std::string(finding.subject) + " " +
		        std::to_string(finding.at_risk);
	}
	for (const Expectation &expectation : result.expectations) {
		text += "expected " + std::string(Name(expectation.reason));
	}
	return text;
}

TEST(CheckPayout, LinesMustAddUp) {
	EXPECT_EQ(PayoutFindings(Payout(900), {{"USD", 1000, 2}, {"USD", -100, 1}}), "");
	EXPECT_EQ(PayoutFindings(Payout(900), {{"USD", 890, 2}}),
	          "SETTLEMENT_TOTAL_MISMATCH stripe:payout:po_1 10");
	EXPECT_EQ(PayoutFindings(Payout(900), {{"USD", 901, 2}}),
	          "SETTLEMENT_TOTAL_MISMATCH stripe:payout:po_1 1");
	EXPECT_EQ(PayoutFindings(Payout(900), {}), "");
	EXPECT_EQ(PayoutFindings(Payout(std::nullopt), {{"USD", 5, 1}}), "");
	EXPECT_EQ(PayoutFindings(Payout(-900), {{"USD", -900, 1}}), "");
}

TEST(CheckPayout, ASettlementThatIsBookedAsAWholeIsOfOneMonth) {
	std::vector<ConnectionPolicy> connections(1);
	connections[0].connection_id = 2;
	connections[0].is_split_by_month = true;
	Policy policy;
	policy.connections = connections;
	EXPECT_EQ(PayoutFindings(Payout(900), {{"USD", 300, 1, 202601}, {"USD", 600, 1, 202602}}, policy),
	          "SETTLEMENT_SPLIT_PERIOD stripe:payout:po_1 300");
	EXPECT_EQ(PayoutFindings(Payout(900), {{"USD", -50, 1, 202512}, {"USD", 950, 1, 202601}}, policy),
	          "SETTLEMENT_SPLIT_PERIOD stripe:payout:po_1 50");
	EXPECT_EQ(PayoutFindings(Payout(900), {{"USD", 900, 3, 202601}}, policy), "");
	// A line without a moment is of no month.
	EXPECT_EQ(PayoutFindings(Payout(900), {{"USD", 100, 1, 0}, {"USD", 800, 3, 202601}}, policy), "");
	EXPECT_EQ(PayoutFindings(Payout(900).As(Status::voided),
	                         {{"USD", 300, 1, 202601}, {"USD", 600, 1, 202602}}, policy),
	          "");
	connections[0].is_split_by_month = false;
	EXPECT_EQ(PayoutFindings(Payout(900), {{"USD", 300, 1, 202601}, {"USD", 600, 1, 202602}}, policy), "");
}

TEST(CheckPayout, LinesOfAnotherCurrencyDoNotBelong) {
	EXPECT_EQ(PayoutFindings(Payout(900), {{"USD", 900, 2}, {"EUR", 5, 1}}),
	          "SETTLEMENT_TOTAL_MISMATCH stripe:payout:po_1 0");
}

TEST(CheckPayout, LinesMayTrailTheArrivalADay) {
	const Record payout = Payout(900).With([](RecordView &view) { view.expected_at = 3 * day; });
	EXPECT_EQ(PayoutFindings(payout, {{"USD", 5, 1}}, {}, 4 * day - 1), "expected SETTLEMENT_TOTAL_MISMATCH");
	EXPECT_EQ(PayoutFindings(payout, {{"USD", 5, 1}}, {}, 4 * day),
	          "SETTLEMENT_TOTAL_MISMATCH stripe:payout:po_1 895");
	EXPECT_EQ(PayoutFindings(Payout(900), {{"USD", 5, 1}}, {}, day - 1),
	          "expected SETTLEMENT_TOTAL_MISMATCH");
}

TEST(CheckPayout, ToleranceIsNoneUnlessTheMerchantSaysSo) {
	Policy policy;
	policy.tolerance_minor[static_cast<std::size_t>(Reason::settlement_total_mismatch)] = 10;
	EXPECT_EQ(PayoutFindings(Payout(900), {{"USD", 890, 2}}, policy), "");
	EXPECT_EQ(PayoutFindings(Payout(900), {{"USD", 889, 2}}, policy),
	          "SETTLEMENT_TOTAL_MISMATCH stripe:payout:po_1 11");
}

TEST(CheckPayout, DeadTestAndUnreadablePayoutsAreNotSummed) {
	for (const Status status : {Status::voided, Status::deleted}) {
		EXPECT_EQ(PayoutFindings(Payout(900).As(status), {{"USD", 5, 1}}), "");
	}
	EXPECT_EQ(PayoutFindings(Payout(900).As(Status::failed), {{"USD", 5, 1}}),
	          "PAYOUT_FAILED stripe:payout:po_1 900");
	EXPECT_EQ(
	    PayoutFindings(Payout(900).With([](RecordView &view) { view.is_test = true; }), {{"USD", 5, 1}}),
	    "TEST_MODE_RECORD stripe:payout:po_1 0");
	EXPECT_EQ(
	    PayoutFindings(Payout(900).With([](RecordView &view) { view.is_invalid = true; }), {{"USD", 5, 1}}),
	    "INVALID_PAYLOAD stripe:payout:po_1 0");
}

TEST(CheckPayout, TheEndsOfTheRangeDoNotOverflow) {
	constexpr Minor lowest = std::numeric_limits<Minor>::min();
	constexpr Minor highest = std::numeric_limits<Minor>::max();
	EXPECT_EQ(PayoutFindings(Payout(highest), {{"USD", lowest, 1}}),
	          "SETTLEMENT_TOTAL_MISMATCH stripe:payout:po_1 9223372036854775807");
	EXPECT_EQ(PayoutFindings(
	              Payout(5),
	              {{"USD", highest, 1}, {"USD", highest, 1}, {"USD", -highest, 1}, {"USD", 5 - highest, 1}}),
	          "");
}

} // namespace
} // namespace meshline
