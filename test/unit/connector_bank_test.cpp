// SPDX-License-Identifier: PostgreSQL
// Statement lines as banks and their feeds spell them.
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "connector_facts.hpp"

namespace meshline {
namespace {

using test::Connector;
using test::Extract;
using test::Extracted;
using test::Identifiers;
using test::ProblemTexts;
using test::Read;
using test::Summary;
using Ids = std::set<std::string>;

TEST(Bank, Line) {
	const Extracted read = Read("bank", "line", "");
	EXPECT_EQ(Summary(read.fact()), "bank_line paid USD 9467");
	EXPECT_EQ(read.fact().external_id, "stm-2024-03-14-0007");
	EXPECT_EQ(read.fact().occurred_at, 1710374400000000);
	EXPECT_EQ(Identifiers(read.fact()), (Ids{"own bank.line/stm-2024-03-14-0007 connection",
	                                         "ref stripe.payout/po_1Oz2payout00000 weak"}));
}

TEST(Bank, LineWithoutId) {
	const Extracted read = Read("bank", "line", "line_without_id");
	EXPECT_EQ(Summary(read.fact()), "bank_line paid USD -30");
	EXPECT_TRUE(read.fact().is_keyless);
	EXPECT_EQ(Identifiers(read.fact()), Ids{});
}

TEST(Bank, PlaidCountsWhatGoesOut) {
	const Extracted read = Read("bank", "line", "line_plaid");
	EXPECT_EQ(Summary(read.fact()), "bank_line pending USD -1250");
	EXPECT_EQ(read.fact().external_id, "plaid0001");
	EXPECT_EQ(
	    Summary(
	        Extract(
	            *Connector("bank"), "line",
	            R"({"transaction_id":"p2","amount":-94.67,"iso_currency_code":"USD","date":"2024-03-14"})")
	            .fact()),
	    "bank_line paid USD 9467");
}

TEST(Bank, Camt) {
	const Extracted credit = Read("bank", "line", "line_camt");
	EXPECT_EQ(Summary(credit.fact()), "bank_line paid EUR 120455");
	EXPECT_EQ(Identifiers(credit.fact()),
	          (Ids{"own bank.line/2026031600123 connection", "ref amazon.settlement/20990000002 weak"}));
	EXPECT_EQ(Summary(Read("bank", "line", "line_camt_debit").fact()), "bank_line paid EUR -1500");
}

TEST(Bank, WordsForTheDirection) {
	const auto definition = Connector("bank");
	const auto amount = [&](const std::string &members) {
		return Summary(
		    Extract(*definition, "line", R"({"id":"1","date":"2024-03-14","currency":"USD",)" + members + "}")
		        .fact());
	};
	EXPECT_EQ(amount(R"("amount":"5.00","type":"debit","status":"posted")"), "bank_line paid USD -500");
	EXPECT_EQ(amount(R"("amount":"5.00","type":"ach","direction":"OUT")"), "bank_line paid USD -500");
	EXPECT_EQ(amount(R"("amount":"-5.00","type":"debit")"), "bank_line paid USD -500");
	EXPECT_EQ(amount(R"("amount":"5.00","type":"credit")"), "bank_line paid USD 500");
	EXPECT_EQ(amount(R"("amount":{"amount":"5.00","currency":"EUR"},"status":"D")"),
	          "bank_line paid USD -500");
	EXPECT_EQ(amount(R"("amount":"5.00","state":"pending")"), "bank_line pending USD 500");
}

TEST(Bank, FilesWithColumnsForInAndOut) {
	const Extracted credit = Read("bank", "line", "line_csv");
	EXPECT_EQ(Summary(credit.fact()), "bank_line paid EUR 111840");
	EXPECT_EQ(credit.fact().occurred_at, 1710460800000000);
	EXPECT_EQ(Identifiers(credit.fact()), (Ids{"ref order_name/2041 store weak"}));
	EXPECT_EQ(Summary(Read("bank", "line", "line_csv_debit").fact()), "bank_line paid EUR -350");
}

TEST(Bank, AnAmountOrDayThatIsMissingIsNamed) {
	const Extracted read =
	    Extract(*Connector("bank"), "line", R"({"id":"1","description":"?"})", {{}, "USD"});
	EXPECT_EQ(read.fact().problems.size(), 2U);
	EXPECT_EQ(ProblemTexts(read.fact().problems).back(), "occurred (booked_at): is missing");
}

} // namespace
} // namespace meshline
