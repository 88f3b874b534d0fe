// SPDX-License-Identifier: PostgreSQL
// What holds for every order: the result depends on the set of records only, each formula is false on its
// terms, and memory may run out anywhere.
#include "core/reconcile.hpp"

#include <chrono>
#include <new>
#include <random>
#include <set>

#include "outcome.hpp"
#include "random_order.hpp"

namespace meshline {
namespace {

void
Append(std::string &text, std::string_view part) {
	text += part;
	text += '|';
}
void
Append(std::string &text, std::int64_t part) {
	Append(text, std::string_view(std::to_string(part)));
}
void
Append(std::string &text, const std::optional<std::int64_t> &part) {
	Append(text, part ? std::string_view(std::to_string(*part)) : "none");
}

// Everything that a result says.
std::string
TextOf(const Reconciliation &result) {
	const OrderTotals &t = result.totals;
	std::string text;
	for (const Minor sum :
	     {t.authorized, t.captured, t.refunded, t.disputed, t.posted, t.refund_posted, t.settled, t.fee}) {
		Append(text, sum);
	}
	Append(text, t.total);
	Append(text, t.currency);
	Append(text, t.payment_count);
	Append(text, t.refund_count);
	Append(text, Name(t.order_status));
	Append(text, t.ordered_at);
	Append(text, t.has_order);
	for (const Finding &f : result.findings) {
		for (const auto part : {Name(f.reason), f.subject, f.currency, f.explanation, f.formula, f.remedy}) {
			Append(text, part);
		}
		for (const auto &part : {f.expected, f.actual, f.due_at, std::optional(f.at_risk)}) {
			Append(text, part);
		}
		for (const auto id : f.record_ids) {
			Append(text, id);
		}
		for (const Term &term : f.terms) {
			Append(text, term.name);
			Append(text, term.value);
			Append(text, term.record_id);
		}
	}
	for (const Expectation &e : result.expectations) {
		for (const auto part : {Name(e.reason), e.subject, e.currency, e.explanation}) {
			Append(text, part);
		}
		Append(text, e.amount);
		Append(text, e.due_at);
	}
	Append(text, result.next_due_at);
	return text;
}

std::vector<Record>
BusyOrder() {
	return {Order(5000, Status::partially_refunded),
	        Transaction("t1", 5000).Same("ch_1"),
	        Charge("ch_1", 5000).Same("pi_1"),
	        Intent("pi_1", 5000),
	        RefundDocument("r1", 700),
	        ShopRefund("t2", 700).Ref("r1").Same("re_1"),
	        Refund("re_1", 700).Ref("ch_1").About("ch_1"),
	        Posted(Posting::sale, "cash_sale", "cs_1", 5000),
	        Posted(Posting::refund, "customer_refund", "cr_1", 700),
	        Line("txn_1", "ch_1", 5000).With([](RecordView &view) { view.fee = 175; })};
}

TEST(Reconcile, ABusyOrderIsCleanAndCountedOnce) {
	Shop shop = Shop::WithLedger();
	const Outcome outcome(BusyOrder(), shop);
	EXPECT_EQ(outcome.Findings(), "");
	EXPECT_EQ(outcome.Expectations(), "");
	const OrderTotals &totals = outcome.result.totals;
	EXPECT_TRUE(totals.has_order);
	EXPECT_EQ(totals.total, 5000);
	EXPECT_EQ(totals.captured, 5000);
	EXPECT_EQ(totals.refunded, 700);
	EXPECT_EQ(totals.posted, 5000);
	EXPECT_EQ(totals.refund_posted, 700);
	EXPECT_EQ(totals.settled, 5000);
	EXPECT_EQ(totals.fee, 175);
	EXPECT_EQ(totals.payment_count, 1);
	EXPECT_EQ(totals.refund_count, 1);
	EXPECT_EQ(totals.order_status, Status::partially_refunded);
	EXPECT_EQ(totals.ordered_at, 0);
}

TEST(Reconcile, DependsOnTheSetOfRecordsOnly) {
	std::mt19937 random(7);
	const auto draw = [&](std::uint32_t limit) { return random() % limit; };
	std::set<Reason> seen;
	for (int round = 0; round < 5'000; ++round) {
		std::vector<Record> records = RandomOrder(draw);
		const Shop shop = RandomShop(draw);
		const Outcome outcome(records, shop);
		const std::string expected = TextOf(outcome.result);
		for (int shuffle = 0; shuffle < 4; ++shuffle) {
			std::shuffle(records.begin(), records.end(), random);
			ASSERT_EQ(TextOf(Outcome(records, shop).result), expected) << "round " << round;
		}
		if (HasFailure()) {
			FAIL() << "round " << round;
		}
		for (const Finding &finding : outcome.result.findings) {
			seen.insert(finding.reason);
		}
	}
	// All but those of deliveries, of payouts and of likenesses: the property is worth what it has seen.
	for (std::size_t i = 0; i < reason_count; ++i) {
		const auto reason = static_cast<Reason>(i);
		const bool is_elsewhere =
		    reason == Reason::duplicate_event || reason == Reason::event_id_reused ||
		    reason == Reason::stale_event || reason == Reason::duplicate_customer ||
		    reason == Reason::duplicate_order_retry || reason == Reason::duplicate_order_manual ||
		    reason == Reason::event_gap || reason == Reason::missing_in_source_sync ||
		    reason == Reason::settlement_total_mismatch || reason == Reason::settlement_split_period ||
		    reason == Reason::payout_reserve_held || reason == Reason::payout_failed ||
		    reason == Reason::payout_not_in_bank || reason == Reason::bank_line_unexplained;
		EXPECT_EQ(seen.count(reason) == 0, is_elsewhere) << Name(reason);
	}
}

// As time passes an expectation becomes a finding at its moment, and nothing else changes.
TEST(Reconcile, ExpectationsBecomeFindings) {
	std::mt19937 random(11);
	const auto draw = [&](std::uint32_t limit) { return random() % limit; };
	for (int round = 0; round < 2'000; ++round) {
		const std::vector<Record> records = RandomOrder(draw);
		Shop shop = RandomShop(draw);
		shop.as_of = 0;
		const Outcome before(records, shop);
		if (!before.result.next_due_at) {
			continue;
		}
		const Instant due_at = *before.result.next_due_at;
		shop.as_of = due_at - 1;
		const Outcome just_before(records, shop);
		EXPECT_EQ(just_before.Findings(), before.Findings());
		EXPECT_EQ(just_before.Expectations(), before.Expectations());
		shop.as_of = due_at;
		const Outcome after(records, shop);
		for (const Expectation &expectation : before.result.expectations) {
			EXPECT_EQ(after.Find(expectation.reason, expectation.subject) != nullptr,
			          expectation.due_at == due_at ||
			              before.Find(expectation.reason, expectation.subject) != nullptr)
			    << Name(expectation.reason) << " in round " << round;
		}
	}
}

// Fails the allocation of a given number; keeps count of what is not given back.
class FailingResource : public std::pmr::memory_resource {
public:
	explicit FailingResource(int allowed) : allowed_(allowed) {
	}

	bool has_failed = false;

private:
	void *
	do_allocate(std::size_t size, std::size_t alignment) override {
		if (allowed_-- <= 0) {
			has_failed = true;
			throw std::bad_alloc();
		}
		return arena_.allocate(size, alignment);
	}
	void
	do_deallocate(void *, std::size_t, std::size_t) override {
	}
	bool
	do_is_equal(const memory_resource &other) const noexcept override {
		return this == &other;
	}

	std::pmr::monotonic_buffer_resource arena_;
	int allowed_;
};

TEST(Reconcile, MemoryMayRunOutAnywhere) {
	std::vector<Record> records = BusyOrder();
	records.push_back(Charge("ch_9", 5000).At(day));
	records.push_back(Refund("re_9", 700).About("ch_1"));
	records.push_back(Posted(Posting::sale, "cash_sale", "cs_2", 5000));
	records.push_back(Charge("ch_8", 5000).With([](RecordView &view) { view.is_invalid = true; }));
	const std::vector<RecordView> views = ViewsOf(records);
	Shop shop = Shop::WithLedger();
	shop.policy.connections = shop.connections;
	int walked = 0;
	for (bool is_done = false; !is_done; ++walked) {
		FailingResource memory(walked);
		try {
			const Reconciliation result = ReconcileOrder(views, {}, shop.policy, shop.as_of, &memory);
			is_done = true;
			EXPECT_GE(result.findings.size(), 4u);
		} catch (const std::bad_alloc &) {
			EXPECT_TRUE(memory.has_failed);
		}
		ASSERT_LT(walked, 10'000);
	}
	EXPECT_GT(walked, 20);
}

TEST(Reconcile, ManyRecordsStayQuick) {
	std::vector<std::string> names;
	for (int i = 0; i < 2000; ++i) {
		names.push_back("t" + std::to_string(100000 + i));
	}
	for (const std::string_view currency : {"USD", "EUR"}) {
		std::vector<Record> records{Order(5000), Dispute("dp_1", 100).About(names[0])};
		for (const std::string &name : names) {
			records.push_back(Transaction(name, 100).In(currency).With(
			    [](RecordView &view) { view.processor = "stripe"; }));
			records.push_back(Refund(name, 1).At(day).In(currency).About(name));
		}
		const auto started = std::chrono::steady_clock::now();
		const Outcome outcome(std::move(records));
		EXPECT_EQ(outcome.result.totals.captured, currency == "USD" ? 200'000 : 0);
		// It takes a part of a second; a check that compares each with each of each takes minutes.
		EXPECT_LT(std::chrono::steady_clock::now() - started, std::chrono::seconds(10)) << currency;
	}
}

TEST(Reason, NamesAreReadBack) {
	for (std::size_t i = 0; i < reason_count; ++i) {
		const auto reason = static_cast<Reason>(i);
		EXPECT_EQ(ParseReason(Name(reason)), reason);
	}
	EXPECT_EQ(Name(Reason::duplicate_event), "DUPLICATE_EVENT");
	EXPECT_EQ(Name(Reason::settlement_total_mismatch), "SETTLEMENT_TOTAL_MISMATCH");
	EXPECT_FALSE(ParseReason("duplicate_event"));
	EXPECT_FALSE(ParseReason(""));
}

TEST(Policy, ToleranceIsHalfAUnitPerLineAndAtLeastOne) {
	Policy policy;
	EXPECT_EQ(policy.Tolerance(Reason::underpayment, 0), 1);
	EXPECT_EQ(policy.Tolerance(Reason::underpayment, 3), 1);
	EXPECT_EQ(policy.Tolerance(Reason::underpayment, 20), 10);
	EXPECT_EQ(policy.Tolerance(Reason::underpayment, -20), 1);
	policy.tolerance_minor[static_cast<std::size_t>(Reason::underpayment)] = 0;
	EXPECT_EQ(policy.Tolerance(Reason::underpayment, 20), 0);
	EXPECT_EQ(policy.Tolerance(Reason::overcapture, 20), 10);
}

TEST(Policy, FindsTheConnection) {
	const ConnectionPolicy connections[] = {{5, 3, std::nullopt, std::nullopt},
	                                        {2, std::nullopt, std::nullopt, 9}};
	Policy policy;
	policy.connections = connections;
	EXPECT_EQ(policy.Of(2), &connections[1]);
	EXPECT_EQ(policy.Of(3), nullptr);
}

} // namespace
} // namespace meshline
