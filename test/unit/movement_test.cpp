// SPDX-License-Identifier: PostgreSQL
// Records that speak of one payment or refund are one movement.
#include "core/movement.hpp"

#include <gtest/gtest.h>

#include <random>

#include "movement_reference.hpp"
#include "random_order.hpp"

namespace meshline {
namespace {

// "moved/reserved xRECORDS" per movement of the kind, in the library's order.
std::string
Grouped(std::vector<Record> records, Kind kind = Kind::payment) {
	std::pmr::monotonic_buffer_resource arena;
	const std::vector<RecordView> views = ViewsOf(records);
	std::vector<const RecordView *> all;
	for (const RecordView &view : views) {
		all.push_back(&view);
	}
	std::string text;
	for (const Movement &movement : GroupMovements(all, kind, &arena)) {
		text += text.empty() ? "" : ", ";
		text += std::to_string(movement.moved) + "/" + std::to_string(movement.reserved) + " x" +
		        std::to_string(movement.records.size());
	}
	return text;
}

TEST(Movement, AChargeNotedByStoreProcessorAndIntentCountsOnce) {
	EXPECT_EQ(Grouped({Transaction("t1", 5000).Same("ch_1"), Charge("ch_1", 5000).Same("pi_1"),
	                   Intent("pi_1", 5000)}),
	          "5000/0 x3");
}

TEST(Movement, TheProcessorsWordCounts) {
	EXPECT_EQ(Grouped({Transaction("t1", 5000).Same("ch_1"), Charge("ch_1", 4800)}), "4800/0 x2");
	EXPECT_EQ(Grouped({Transaction("t1", 5000).Same("ch_1"), Charge("ch_1", 5000, Status::failed)}),
	          "0/0 x2");
	EXPECT_EQ(Grouped({Transaction("t1", 5000).Same("pi_1"), Intent("pi_1", 4800)}), "4800/0 x2");
}

TEST(Movement, CapturesOfOneIntentAddUp) {
	EXPECT_EQ(
	    Grouped({Charge("ch_1", 3000).Same("pi_1"), Charge("ch_2", 2000).Same("pi_1"), Intent("pi_1", 5000)}),
	    "5000/0 x3");
}

TEST(Movement, AFailedAttemptDoesNotHideTheIntentThatSucceeded) {
	EXPECT_EQ(Grouped({Charge("ch_1", 5000, Status::failed).Same("pi_1"), Intent("pi_1", 5000)}),
	          "5000/0 x2");
	EXPECT_EQ(Grouped({Charge("ch_1", 5000, Status::failed).Same("pi_1"), Charge("ch_2", 5000).Same("pi_1")}),
	          "5000/0 x2");
}

TEST(Movement, TheStoreNotingOneProcessorIdTwiceIsOnePayment) {
	EXPECT_EQ(Grouped({Transaction("t1", 5000).Same("ch_1"), Transaction("t2", 5000).Same("ch_1")}),
	          "5000/0 x2");
}

TEST(Movement, AnAuthorizationAndItsCaptures) {
	EXPECT_EQ(Grouped({Transaction("t1", 5000, Status::authorized).Same("ch_1"),
	                   Transaction("t2", 5000).Same("ch_1")}),
	          "5000/0 x2");
	EXPECT_EQ(Grouped({Transaction("t1", 5000, Status::authorized).Same("ch_1"),
	                   Transaction("t2", 3000).Same("ch_1")}),
	          "3000/2000 x2");
	EXPECT_EQ(Grouped({Transaction("t1", 5000, Status::authorized).Same("ch_1"),
	                   Transaction("t2", 3000).Same("ch_1"), Transaction("t3", 2000).Same("ch_1")}),
	          "5000/0 x3");
	// Without a processor's id the shop's captures still name the authorization.
	EXPECT_EQ(Grouped({Transaction("a1", 5000, Status::authorized), Transaction("t2", 2000).Ref("a1"),
	                   Transaction("t3", 1000).Ref("a1")}),
	          "3000/2000 x3");
	EXPECT_EQ(Grouped({Transaction("a1", 5000, Status::authorized), Transaction("t2", 5000).Ref("a1"),
	                   Transaction("t3", 4000).Ref("a1")}),
	          "9000/0 x3");
	EXPECT_EQ(Grouped({Transaction("t1", 5000), Transaction("t2", 2000).Ref("t1")}), "2000/0 x1, 5000/0 x1");
}

TEST(Movement, StoreAndProcessorOfEqualAmountAreOne) {
	EXPECT_EQ(Grouped({Transaction("t1", 5000), Charge("ch_1", 5000)}), "5000/0 x2");
	EXPECT_EQ(Grouped({Transaction("t1", 5000), Charge("ch_1", 5000), Charge("ch_2", 5000)}),
	          "5000/0 x2, 5000/0 x1");
	EXPECT_EQ(Grouped({Transaction("t1", 5000).In("EUR"), Charge("ch_1", 5000)}), "5000/0 x1, 5000/0 x1");
}

TEST(Movement, TheProcessorThatTheStoreNamesIsPairedAfterEqualAmounts) {
	const Record named = Transaction("t1", 5000).With([](RecordView &view) { view.processor = "stripe"; });
	EXPECT_EQ(Grouped({named, Charge("ch_1", 4900)}), "4900/0 x2");
	EXPECT_EQ(Grouped({Transaction("t1", 5000), Charge("ch_1", 4900)}), "4900/0 x1, 5000/0 x1");
	EXPECT_EQ(Grouped({named, Charge("ch_1", 4900), Charge("ch_2", 5000)}), "4900/0 x1, 5000/0 x2");
}

TEST(Movement, TheOrderThatListsARefundMayNameItsProcessor) {
	const auto by = [](std::string_view name) { return [name](RecordView &view) { view.processor = name; }; };
	const Record listed = RefundDocument("r1", 700).With(by("stripe"));
	EXPECT_EQ(Grouped({ShopRefund("t1", 700).Same("r1"), listed, Refund("re_1", 600)}, Kind::refund),
	          "600/0 x3");
	EXPECT_EQ(Grouped({ShopRefund("t1", 700).Same("r1").With(by("manual")), listed, Refund("re_1", 600)},
	                  Kind::refund),
	          "600/0 x1, 700/0 x2");
}

TEST(Movement, DeadAndAnnouncedMovementsAreNotTakenForEachOther) {
	const Record pending = ShopRefund("t1", 700, Status::pending);
	EXPECT_EQ(Grouped({pending, Refund("re_1", 700, Status::failed)}, Kind::refund), "0/0 x1, 0/0 x1");
	EXPECT_EQ(Grouped({pending, Refund("re_1", 700, Status::pending)}, Kind::refund), "0/0 x2");
	EXPECT_EQ(Grouped({pending, Refund("re_1", 900, Status::pending)}, Kind::refund), "0/0 x1, 0/0 x1");
}

TEST(Movement, ADocumentOfARefundCountsOnlyAlone) {
	EXPECT_EQ(Grouped({RefundDocument("r1", 700)}, Kind::refund), "700/0 x1");
	EXPECT_EQ(Grouped({RefundDocument("r1", 700), ShopRefund("t1", 600).Ref("r1")}, Kind::refund),
	          "600/0 x2");
	EXPECT_EQ(
	    Grouped({RefundDocument("r1", 700), ShopRefund("t1", 700, Status::failed).Ref("r1")}, Kind::refund),
	    "0/0 x2");
	EXPECT_EQ(Grouped({RefundDocument("r1", 700), Refund("re_1", 700)}, Kind::refund), "700/0 x2");
	EXPECT_EQ(Grouped({RefundDocument("r1", 700), Refund("re_1", 600)}, Kind::refund), "600/0 x1, 700/0 x1");
}

TEST(Movement, ARefundInStoreProcessorAndLedgerCountsOnce) {
	const Record ledger =
	    Make(Kind::refund, Role::ledger, "netsuite", "customer_refund", "cr_1", 3, 700, Status::paid)
	        .Same("re_1");
	EXPECT_EQ(Grouped({RefundDocument("r1", 700), ShopRefund("t1", 700).Ref("r1").Same("re_1"),
	                   Refund("re_1", 700), ledger},
	                  Kind::refund),
	          "700/0 x3");
}

TEST(Movement, KindsStayApart) {
	EXPECT_EQ(Grouped({Charge("ch_1", 5000), Refund("re_1", 700).Same("ch_1")}), "5000/0 x1");
	EXPECT_EQ(Grouped({Charge("ch_1", 5000), Refund("re_1", 700).Same("ch_1")}, Kind::refund), "700/0 x1");
}

// The fast grouping against the slow one, on records made at random.
TEST(Movement, AgreesWithTheReference) {
	std::mt19937 random(20240611);
	for (int round = 0; round < 20'000; ++round) {
		std::vector<Record> records = RandomOrder([&](std::uint32_t limit) { return random() % limit; });
		const std::vector<RecordView> views = ViewsOf(records);
		const std::vector<const RecordView *> sorted = SortedByKey(views);
		std::pmr::monotonic_buffer_resource arena;
		for (const Kind kind : {Kind::payment, Kind::refund}) {
			ASSERT_EQ(Describe(GroupMovements(sorted, kind, &arena)),
			          Describe(ReferenceMovements(sorted, kind)))
			    << "round " << round;
		}
	}
}

} // namespace
} // namespace meshline
