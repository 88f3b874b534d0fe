// SPDX-License-Identifier: PostgreSQL
// Payouts against statement lines of one currency and amount.
#include "outcome.hpp"

namespace meshline {
namespace {

Record
Payout(std::string_view id, Instant arrival, Status status = Status::paid) {
	return Make(Kind::payout, Role::processor, "stripe", "payout", id, 2, 12592, status)
	    .Same(id)
	    .With([&](RecordView &view) { view.expected_at = arrival; });
}

Record
BankLine(std::string_view id, Instant booked) {
	return Make(Kind::bank_line, Role::bank, "bank", "line", id, 4, 12592, Status::unknown)
	    .At(booked)
	    .Same(id);
}

// What is said of them, "REASON subject; ..." of findings, then after a bar of expectations.
std::string
Said(std::vector<Record> records, Instant as_of, std::optional<int> window = 5) {
	const std::vector<RecordView> views = ViewsOf(records);
	std::pmr::monotonic_buffer_resource arena;
	ConnectionPolicy connections[2];
	connections[0].connection_id = 2;
	connections[1].connection_id = 4;
	for (ConnectionPolicy &connection : connections) {
		connection.bank_arrival_window_days = window;
	}
	Policy policy;
	policy.connections = connections;
	const Reconciliation result = ReconcileTransfer(views, policy, as_of, &arena);
	ExpectWellFormed(result, as_of);
	std::string text;
	const auto add = [&](Reason reason, std::string_view subject) {
		text += std::string(Name(reason)) + " " + std::string(subject) + "; ";
	};
	for (const Finding &finding : result.findings) {
		add(finding.reason, finding.subject);
	}
	text += "| ";
	for (const Expectation &expectation : result.expectations) {
		add(expectation.reason, expectation.subject);
	}
	return text;
}

TEST(CheckTransfer, APayoutAndItsLineExplainEachOther) {
	for (const Instant booked : {2 * day, 3 * day, 8 * day}) {
		EXPECT_EQ(Said({Payout("po_1", 3 * day), BankLine("b1", booked)}, 100 * day), "| ") << booked;
	}
	EXPECT_EQ(Said({Payout("po_1", 3 * day), BankLine("b1", 2 * day - 1)}, 100 * day),
	          "PAYOUT_NOT_IN_BANK stripe:payout:po_1; BANK_LINE_UNEXPLAINED bank:line:b1; | ");
	EXPECT_EQ(Said({Payout("po_1", 3 * day), BankLine("b1", 8 * day + 1)}, 100 * day),
	          "PAYOUT_NOT_IN_BANK stripe:payout:po_1; BANK_LINE_UNEXPLAINED bank:line:b1; | ");
}

TEST(CheckTransfer, BothAreWaitedFor) {
	EXPECT_EQ(Said({Payout("po_1", 3 * day)}, 8 * day - 1), "| PAYOUT_NOT_IN_BANK stripe:payout:po_1; ");
	EXPECT_EQ(Said({Payout("po_1", 3 * day)}, 8 * day), "PAYOUT_NOT_IN_BANK stripe:payout:po_1; | ");
	EXPECT_EQ(Said({BankLine("b1", 3 * day)}, 8 * day - 1), "| BANK_LINE_UNEXPLAINED bank:line:b1; ");
	EXPECT_EQ(Said({BankLine("b1", 3 * day)}, 8 * day), "BANK_LINE_UNEXPLAINED bank:line:b1; | ");
	EXPECT_EQ(Said({Payout("po_1", 3 * day)}, 100 * day, std::nullopt), "| ");
}

TEST(CheckTransfer, EqualPayoutsTakeALineEach) {
	const std::vector<Record> two{Payout("po_1", 1 * day), Payout("po_2", 2 * day), BankLine("b1", 2 * day)};
	EXPECT_EQ(Said(two, 100 * day), "PAYOUT_NOT_IN_BANK stripe:payout:po_2; | ");
	EXPECT_EQ(Said({two[2], two[1], two[0]}, 100 * day), "PAYOUT_NOT_IN_BANK stripe:payout:po_2; | ");
	EXPECT_EQ(Said({two[0], two[1], two[2], BankLine("b2", 6 * day)}, 100 * day), "| ");
}

TEST(CheckTransfer, ALineThatNamesItsPayoutIsThatOnes) {
	const auto payout = [](std::string_view id, std::string_view name, Instant arrival) {
		return Payout(id, arrival).Same(name);
	};
	const Record first = payout("po_1", "stripe.payout/po_1", 1 * day);
	const Record second = payout("po_2", "stripe.payout/po_2", 2 * day);
	const auto naming = [](std::span<const std::string_view> names, Instant booked) {
		return BankLine("b1", booked).With([&](RecordView &view) { view.weak_ids = names; });
	};
	static constexpr std::string_view of_second[]{"stripe.payout/po_2"};
	static constexpr std::string_view of_third[]{"stripe.payout/po_3"};
	static constexpr std::string_view of_report[]{"amazon.settlement/17"};
	EXPECT_EQ(Said({first, second, naming(of_second, 2 * day)}, 100 * day),
	          "PAYOUT_NOT_IN_BANK stripe:payout:po_1; | ");
	EXPECT_EQ(Said({first, second, naming(of_second, 30 * day)}, 100 * day), // late, and there
	          "PAYOUT_NOT_IN_BANK stripe:payout:po_1; | ");
	EXPECT_EQ(Said({first, naming(of_third, 2 * day)}, 100 * day),
	          "PAYOUT_NOT_IN_BANK stripe:payout:po_1; BANK_LINE_UNEXPLAINED bank:line:b1; | ");
	EXPECT_EQ(Said({first, naming(of_report, 2 * day)}, 100 * day), "| "); // says nothing about Stripe's
}

TEST(CheckTransfer, AFailedPayoutExplainsNothing) {
	EXPECT_EQ(Said({Payout("po_1", 3 * day, Status::failed), BankLine("b1", 3 * day)}, 100 * day),
	          "BANK_LINE_UNEXPLAINED bank:line:b1; | ");
}

} // namespace
} // namespace meshline
