// SPDX-License-Identifier: PostgreSQL
// Orders and customers that look like others: which of two is reported, when, and as what; and the keys by
// which they meet.
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "core/match/party_keys.hpp"
#include "outcome.hpp"

namespace meshline {
namespace {

constexpr Instant moment = 100 * day;

// What is said of one of two orders of 50.00, `apart` after the other.
std::string
Say(Instant apart, Record own, LikeRecord other) {
	const Policy policy;
	std::pmr::monotonic_buffer_resource arena;
	std::vector<Record> records{own.At(moment)};
	const auto views = ViewsOf(records);
	other.own = views.data();
	other.occurred_at = moment - apart;
	const bool is_customer = own.view.kind == Kind::customer;
	const auto check = is_customer ? ReconcileCustomer : ReconcileOrder;
	const Reconciliation result = check(views, {&other, 1}, policy, moment, &arena);
	ExpectWellFormed(result, moment);
	std::string text;
	for (const Finding &finding : result.findings) {
		if (finding.reason == Reason::duplicate_order_retry ||
		    finding.reason == Reason::duplicate_order_manual ||
		    finding.reason == Reason::duplicate_customer) {
			text += text.empty() ? "" : "; ";
			text.append(Name(finding.reason)).append(" ").append(finding.subject);
			text += " " + std::to_string(finding.at_risk);
		}
	}
	return text;
}

LikeRecord
Like(std::int64_t connection_id, double weight = 10) {
	LikeRecord like;
	like.id = "shopify:order:0";
	like.connection_id = connection_id;
	like.status = Status::paid;
	like.amount = 5000;
	like.currency = "USD";
	like.weight = weight;
	return like;
}

TEST(CheckDuplicate, TheLaterOfTwoIsReported) {
	EXPECT_EQ(Say(minute, Order(5000), Like(1)), "DUPLICATE_ORDER_RETRY shopify:order:1 5000");
	EXPECT_EQ(Say(-minute, Order(5000), Like(1)), "");
	EXPECT_EQ(Say(0, Order(5000), Like(1)), "DUPLICATE_ORDER_RETRY shopify:order:1 5000");
	LikeRecord greater = Like(1);
	greater.id = "shopify:order:2";
	EXPECT_EQ(Say(0, Order(5000), greater), "");
}

TEST(CheckDuplicate, OfOneStoreMinutesApartOfTwoSystemsDays) {
	EXPECT_EQ(Say(10 * minute, Order(5000), Like(1)), "DUPLICATE_ORDER_RETRY shopify:order:1 5000");
	EXPECT_EQ(Say(11 * minute, Order(5000), Like(1)), "");
	EXPECT_EQ(Say(3 * day, Order(5000), Like(7)), "DUPLICATE_ORDER_MANUAL shopify:order:1 5000");
	EXPECT_EQ(Say(3 * day + minute, Order(5000), Like(7)), "");
}

TEST(CheckDuplicate, AnotherAmountCartOrCurrencyIsAnotherOrder) {
	EXPECT_EQ(Say(minute, Order(5001), Like(1)), "");
	EXPECT_EQ(Say(minute, Order(5000).In("EUR"), Like(1)), "");
	LikeRecord cart = Like(1);
	cart.line_count = 3;
	const auto of_lines = [](std::int32_t lines) {
		return Order(5000).With([=](RecordView &view) { view.line_count = lines; });
	};
	EXPECT_EQ(Say(minute, of_lines(2), cart), "");
	EXPECT_EQ(Say(minute, of_lines(3), cart), "DUPLICATE_ORDER_RETRY shopify:order:1 5000");
	EXPECT_EQ(Say(minute, of_lines(0), cart), "DUPLICATE_ORDER_RETRY shopify:order:1 5000");
}

TEST(CheckDuplicate, WhatIsVoidOrUnlikeIsNotReported) {
	EXPECT_EQ(Say(minute, Order(5000), Like(1, 2.9)), "");
	EXPECT_EQ(Say(minute, Order(5000).As(Status::voided), Like(1)), "");
	LikeRecord dead = Like(1);
	dead.status = Status::deleted;
	EXPECT_EQ(Say(minute, Order(5000), dead), "");
	EXPECT_EQ(Say(minute, Order(5000).With([](RecordView &view) { view.is_test = true; }), Like(1)), "");
}

TEST(CheckDuplicate, ABookingIsNoOrderOfItsOwn) {
	LikeRecord booking = Like(3);
	booking.id = "netsuite:cash_sale:0";
	EXPECT_EQ(Say(day, Order(5000), booking), "DUPLICATE_ORDER_MANUAL shopify:order:1 5000");
	booking.is_booking = true;
	EXPECT_EQ(Say(day, Order(5000), booking), "");
	EXPECT_EQ(Say(day, Posted(Posting::sale, "cash_sale", "9", 5000), Like(1)),
	          "DUPLICATE_ORDER_MANUAL netsuite:cash_sale:9 5000");
}

TEST(CheckDuplicate, WhatSomebodyConfirmedIsReportedWhateverItWeighs) {
	LikeRecord confirmed = Like(1, -3);
	confirmed.is_confirmed = true;
	confirmed.amount = 1;
	EXPECT_EQ(Say(40 * day, Order(5000), confirmed), "DUPLICATE_ORDER_RETRY shopify:order:1 5000");
	confirmed.status = Status::voided;
	EXPECT_EQ(Say(40 * day, Order(5000), confirmed), "");
}

TEST(CheckDuplicate, Customers) {
	const Record customer =
	    Make(Kind::customer, Role::crm, "hubspot", "contact", "7", 4, std::nullopt, Status::unknown);
	LikeRecord like = Like(4);
	like.id = "hubspot:contact:6";
	EXPECT_EQ(Say(400 * day, customer, like), "DUPLICATE_CUSTOMER hubspot:contact:7 0");
	like.weight = 2;
	EXPECT_EQ(Say(400 * day, customer, like), "");
}

std::set<std::int64_t>
Keys(Kind kind, std::optional<Minor> amount, Party party, std::string_view currency = "USD") {
	static std::pmr::monotonic_buffer_resource arena;
	Fact fact(&arena);
	fact.kind = kind;
	fact.amount = amount;
	fact.currency = currency;
	fact.party = party;
	const auto keys = match::PartyKeys(fact, &arena);
	EXPECT_TRUE(std::is_sorted(keys.begin(), keys.end()));
	return {keys.begin(), keys.end()};
}

bool
Meet(const std::set<std::int64_t> &a, const std::set<std::int64_t> &b) {
	return std::any_of(a.begin(), a.end(), [&](auto key) { return b.contains(key); });
}

// name, email, phone, address, postcode, city
const Party ada{"Ada Byron", "ada@example.org", "+1 415 555 0132", "", "94107", ""};

TEST(PartyKeys, OneForEachWayToBeKnown) {
	EXPECT_EQ(Keys(Kind::order, 5000, ada).size(), 3u);
	EXPECT_EQ(Keys(Kind::order, 5000, {"Ada Byron"}).size(), 0u);
	EXPECT_EQ(Keys(Kind::order, 5000, {"Ada Byron", "", "", "", "94107"}).size(), 1u);
	EXPECT_EQ(Keys(Kind::order, 0, ada).size(), 0u);
	EXPECT_EQ(Keys(Kind::order, std::nullopt, ada).size(), 0u);
	EXPECT_EQ(Keys(Kind::customer, std::nullopt, ada).size(), 3u);
	EXPECT_EQ(Keys(Kind::order, 5000, {"", "", "12345678"}).size(), 0u);
}

TEST(PartyKeys, MeetWhateverTheSpelling) {
	const auto keys = Keys(Kind::order, 5000, ada);
	EXPECT_TRUE(Meet(keys, Keys(Kind::order, 5000, {"", "ADA@Example.org"})));
	EXPECT_TRUE(Meet(keys, Keys(Kind::order, 5000, {"", "", "(415) 555-0132"})));
	EXPECT_TRUE(Meet(keys, Keys(Kind::order, 5000, {"BYRON, Ada", "", "", "", "94 107"})));
	EXPECT_FALSE(Meet(keys, Keys(Kind::order, 5000, {"Ada Byron", "", "", "", "10001"})));
	EXPECT_FALSE(Meet(keys, Keys(Kind::order, 5001, ada)));
	EXPECT_FALSE(Meet(keys, Keys(Kind::order, 5000, ada, "EUR")));
	EXPECT_FALSE(Meet(keys, Keys(Kind::customer, 5000, ada)));
	EXPECT_TRUE(Meet(keys, Keys(Kind::posting, 5000, ada)));
	// A field is never taken for another one.
	EXPECT_FALSE(
	    Meet(Keys(Kind::customer, {}, {"", "", "4155550132"}), Keys(Kind::customer, {}, {"", "4155550132"})));
}

} // namespace
} // namespace meshline
