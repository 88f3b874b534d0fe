// SPDX-License-Identifier: PostgreSQL
// Captures after the usual window of their authorization, and the fee that they cost.
#include "outcome.hpp"

namespace meshline {
namespace {

constexpr FeeRate rates[] = {{"USD", 290, 30}};

Shop
WithWindow() {
	Shop shop = Shop::WithoutSettlement();
	shop.connections[0].authorization_window_days = 7;
	shop.connections[1].fee_schedule = rates;
	return shop;
}

// Authorized on day 0 for `lives` days, captured in the shop at `captured_at`, for a fee of `fee`.
std::vector<Record>
Captured(Instant captured_at, std::optional<Instant> expires_at, Minor fee = 475) {
	return {Order(10000, Status::paid), Charge("ch_1", 10000),
	        Transaction("t_1", 10000, Status::authorized).Same("ch_1").With([&](RecordView &view) {
		        view.expected_at = expires_at;
	        }),
	        Transaction("t_2", 10000).Same("ch_1").At(captured_at),
	        Line("txn_1", "ch_1", 10000).With([&](RecordView &view) { view.fee = fee; })};
}

constexpr const char *extended = "EXTENDED_AUTH_FEE shopify:transaction:t_2";

TEST(CheckExtendedAuthorization, ACaptureAfterTheUsualWindowCostsExtra) {
	const Outcome outcome(Captured(7 * day + 1, 30 * day), WithWindow());
	ASSERT_EQ(outcome.Findings(), extended);
	EXPECT_EQ(outcome.result.findings[0].at_risk, 155);
	ASSERT_TRUE(outcome.result.findings[0].correction.has_value());
	EXPECT_EQ(outcome.result.findings[0].correction->account, "fee");
	EXPECT_EQ(outcome.result.findings[0].correction->amount, 155);
	EXPECT_EQ(Outcome(Captured(7 * day, 30 * day, 320), WithWindow()).Findings(), "");
}

TEST(CheckExtendedAuthorization, WithinTheWindowAFeeIsAMismatch) {
	EXPECT_EQ(Outcome(Captured(7 * day, 30 * day), WithWindow()).Findings(),
	          "FEE_MISMATCH stripe:balance_transaction:txn_1");
	// Too little is no extra.
	EXPECT_EQ(Outcome(Captured(8 * day, 30 * day, 100), WithWindow()).Findings(),
	          std::string(extended) + "; FEE_MISMATCH stripe:balance_transaction:txn_1");
}

TEST(CheckExtendedAuthorization, WithoutAScheduleOrALineNothingIsKnownToBeAtRisk) {
	Shop shop = WithWindow();
	shop.connections[1].fee_schedule = {};
	const Outcome outcome(Captured(8 * day, 30 * day), shop);
	ASSERT_EQ(outcome.Findings(), extended);
	EXPECT_EQ(outcome.result.findings[0].at_risk, 0);
	EXPECT_FALSE(outcome.result.findings[0].correction.has_value());
	std::vector<Record> records = Captured(8 * day, 30 * day);
	records.pop_back();
	records.erase(records.begin() + 1); // the charge: only the shop tells of it
	EXPECT_EQ(Outcome(records, WithWindow()).Findings(), extended);
}

TEST(CheckExtendedAuthorization, TheSourceMustHaveExtendedIt) {
	EXPECT_EQ(Outcome(Captured(8 * day, std::nullopt, 320), WithWindow()).Findings(), "");
	EXPECT_EQ(Outcome(Captured(8 * day, 8 * day - 1, 320), WithWindow()).Findings(), "");
	Shop shop = WithWindow();
	shop.connections[0].authorization_window_days.reset();
	EXPECT_EQ(Outcome(Captured(8 * day, 30 * day, 320), shop).Findings(), "");
}

} // namespace
} // namespace meshline
