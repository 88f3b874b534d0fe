// SPDX-License-Identifier: PostgreSQL
// Amounts whose payload names no currency, in that of their order.
#include <gtest/gtest.h>

#include <array>
#include <limits>

#include "core/assumed_currency.hpp"
#include "extraction.hpp"

namespace meshline {
namespace {

struct AssumedCurrency : testing::Test {
	const Item item{};
	RecordView refund;
	RecordView order;

	AssumedCurrency() {
		refund.kind = Kind::refund;
		refund.is_currency_assumed = true;
		refund.connection_id = order.connection_id = 7;
		refund.currency = "USD";
		refund.amount = 150'000;
		refund.fee = -200;
		refund.parts[Part::tax] = 100;
		refund.items = {&item, 1};
		order.object = "order";
		order.external_id = "2";
	}

	bool
	Take(std::string_view currency) {
		order.currency = currency;
		return TakeOrderCurrency(refund, std::array{order, refund});
	}
};

TEST_F(AssumedCurrency, OfOneExponentOnlyTheNameChanges) {
	EXPECT_TRUE(Take("EUR"));
	EXPECT_EQ(refund.currency, "EUR");
	EXPECT_EQ(refund.amount, 150'000);
	EXPECT_EQ(refund.parts[Part::tax], 100);
	EXPECT_EQ(refund.items.size(), 1U);
	EXPECT_FALSE(Take("EUR"));
}

TEST_F(AssumedCurrency, TheNumberStaysInOtherMinorUnits) {
	EXPECT_TRUE(Take("JPY"));
	EXPECT_EQ(refund.amount, 1'500);
	EXPECT_EQ(refund.fee, -2);
	EXPECT_FALSE(refund.net.has_value());
	EXPECT_FALSE(refund.parts[Part::tax].has_value());
	EXPECT_TRUE(refund.items.empty());
	EXPECT_TRUE(Take("KWD"));
	EXPECT_EQ(refund.amount, 1'500'000);
}

TEST_F(AssumedCurrency, WhatIsNoWholeNumberOrTooLargeStays) {
	refund.fee = -250;
	EXPECT_FALSE(Take("JPY"));
	EXPECT_EQ(refund.currency, "USD");
	EXPECT_EQ(refund.amount, 150'000);
	EXPECT_EQ(refund.items.size(), 1U);
	refund.amount = std::numeric_limits<Minor>::max() / 5;
	EXPECT_FALSE(Take("KWD"));
	EXPECT_FALSE(Take("XYZ"));
	EXPECT_EQ(refund.currency, "USD");
}

TEST_F(AssumedCurrency, OnlyOfAnOrderOfTheSameSourceThatNamesOne) {
	EXPECT_FALSE(Take(""));
	order.connection_id = 8;
	EXPECT_FALSE(Take("EUR"));
	order.connection_id = 7;
	order.kind = Kind::payment;
	EXPECT_FALSE(Take("EUR"));
	order.kind = Kind::order;
	refund.is_currency_assumed = false;
	EXPECT_FALSE(Take("EUR"));
	EXPECT_EQ(refund.currency, "USD");
}

TEST_F(AssumedCurrency, OfSeveralOrdersTheFirstCountsInAnyOrder) {
	order.currency = "EUR";
	RecordView other = order;
	other.external_id = "1";
	other.currency = "GBP";
	for (const auto &records : {std::array{order, refund, other}, std::array{other, refund, order}}) {
		RecordView taken = refund;
		EXPECT_TRUE(TakeOrderCurrency(taken, records));
		EXPECT_EQ(taken.currency, "GBP");
	}
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
