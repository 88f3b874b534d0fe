// SPDX-License-Identifier: PostgreSQL
// Amounts whose payload names no currency, in that of their order.
#include <gtest/gtest.h>

#include <limits>
#include <memory_resource>

#include "core/assumed_currency.hpp"
#include "extraction.hpp"

namespace meshline {
namespace {

struct AssumedCurrency : testing::Test {
	Fact fact{std::pmr::get_default_resource()};

	AssumedCurrency() {
		fact.currency = "USD";
		fact.amount = 150'000;
		fact.fee = -200;
		fact.parts[Part::tax] = 100;
		fact.items.emplace_back();
	}
};

TEST_F(AssumedCurrency, OfOneExponentOnlyTheNameChanges) {
	EXPECT_TRUE(TakeCurrency(fact, "EUR"));
	EXPECT_EQ(fact.currency, "EUR");
	EXPECT_EQ(fact.amount, 150'000);
	EXPECT_EQ(fact.parts[Part::tax], 100);
	EXPECT_EQ(fact.items.size(), 1U);
}

TEST_F(AssumedCurrency, TheNumberStaysInOtherMinorUnits) {
	EXPECT_TRUE(TakeCurrency(fact, "JPY"));
	EXPECT_EQ(fact.amount, 1'500);
	EXPECT_EQ(fact.fee, -2);
	EXPECT_FALSE(fact.net.has_value());
	EXPECT_FALSE(fact.parts[Part::tax].has_value());
	EXPECT_TRUE(fact.items.empty());
	EXPECT_TRUE(TakeCurrency(fact, "KWD"));
	EXPECT_EQ(fact.amount, 1'500'000);
}

TEST_F(AssumedCurrency, WhatIsNoWholeNumberOrTooLargeStays) {
	fact.fee = -250;
	EXPECT_FALSE(TakeCurrency(fact, "JPY"));
	EXPECT_EQ(fact.currency, "USD");
	EXPECT_EQ(fact.amount, 150'000);
	EXPECT_EQ(fact.items.size(), 1U);
	fact.amount = std::numeric_limits<Minor>::max() / 5;
	EXPECT_FALSE(TakeCurrency(fact, "KWD"));
	EXPECT_FALSE(TakeCurrency(fact, "XYZ"));
	EXPECT_EQ(fact.currency, "USD");
}

TEST(AssumedCurrencyInExtraction, OnlyWhatThePayloadLeavesOutIsAssumed) {
	const auto definition = test::Connector("woocommerce");
	ExtractOptions options;
	options.base_currency = "USD";
	const auto is_assumed = [&](const char *payload) {
		return test::Extract(*definition, "refund", payload, options).fact().is_currency_assumed;
	};
	EXPECT_TRUE(
	    is_assumed(R"({"id":1,"parent_id":2,"amount":"1.00","date_created_gmt":"2026-10-16T10:00:00"})"));
	EXPECT_FALSE(is_assumed(
	    R"({"id":1,"parent_id":2,"amount":"1.00","currency":"EUR","date_created_gmt":"2026-10-16T10:00:00"})"));
}

} // namespace
} // namespace meshline
