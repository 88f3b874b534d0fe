// SPDX-License-Identifier: PostgreSQL
// What the ledger holds against order, refunds and payments.
#include "outcome.hpp"

namespace meshline {
namespace {

Record
Sale(std::string_view id, std::optional<Minor> amount) {
	return Posted(Posting::sale, "cash_sale", id, amount);
}

// The findings of an order of 50.00 that is paid and posted as given, with a refund of `refunded`.
std::string
Findings(std::vector<Record> postings, Minor refunded = 0, Shop shop = Shop::WithLedger()) {
	shop.connections[1].settlement_window_days.reset();
	postings.push_back(Order(5000, Status::paid));
	postings.push_back(Charge("ch_1", 5000));
	if (refunded > 0) {
		postings.push_back(Refund("re_1", refunded));
	}
	return Outcome(std::move(postings), shop).Findings();
}

TEST(CheckPosting, APaidOrderIsToBePosted) {
	EXPECT_EQ(Findings({Sale("cs_1", 5000)}), "");
	EXPECT_EQ(Findings({}), "POSTING_MISSING");
	EXPECT_EQ(Findings({}, 0, Shop()), "");
	Shop early = Shop::WithLedger();
	early.connections[1].settlement_window_days.reset();
	early.as_of = 3 * day - 1;
	const Outcome waiting({Order(5000, Status::paid), Charge("ch_1", 5000)}, early);
	EXPECT_EQ(waiting.Findings(), "");
	EXPECT_EQ(waiting.Expectations(), "POSTING_MISSING");
	early.as_of = 3 * day;
	const Outcome late({Order(5000, Status::paid), Charge("ch_1", 5000)}, early);
	ASSERT_EQ(late.Findings(), "POSTING_MISSING");
	EXPECT_EQ(late.result.findings[0].at_risk, 5000);
}

TEST(CheckPosting, NothingIsToBePostedOfAnUnpaidFreeOrVoidOrder) {
	const auto of = [](std::vector<Record> records) {
		Shop shop = Shop::WithLedger();
		shop.connections[1].settlement_window_days.reset();
		const Outcome outcome(std::move(records), shop);
		return outcome.Find(Reason::posting_missing, "") != nullptr;
	};
	EXPECT_FALSE(of({Order(5000)}));
	EXPECT_TRUE(of({Order(5000, Status::paid)}));
	EXPECT_TRUE(of({Order(5000), Charge("ch_1", 100)}));
	EXPECT_FALSE(of({Order(0, Status::paid)}));
	EXPECT_FALSE(of({Order(5000, Status::voided), Charge("ch_1", 5000)}));
}

TEST(CheckPosting, OnlyALiveDocumentOfTheRightLedgerAndObjectCounts) {
	EXPECT_EQ(Findings({Sale("cs_1", 5000).As(Status::voided)}), "POSTING_MISSING");
	EXPECT_EQ(Findings({Sale("cs_1", 5000).With([](RecordView &view) { view.connection_id = 9; })}),
	          "POSTING_MISSING");
	Shop shop = Shop::WithLedger();
	static constexpr std::string_view objects[] = {"invoice"};
	shop.policy.ledger_posting_objects = objects;
	EXPECT_EQ(Findings({Sale("cs_1", 5000)}, 0, shop), "POSTING_MISSING");
	EXPECT_EQ(Findings({Posted(Posting::sale, "invoice", "i1", 5000), Sale("cs_1", 1)}, 0, shop), "");
}

TEST(CheckPosting, ADocumentWithAFaultIsNotMissing) {
	EXPECT_EQ(Findings({Sale("cs_1", 5000).In("EUR")}), "CURRENCY_MISMATCH netsuite:cash_sale:cs_1");
	EXPECT_EQ(Findings({Sale("cs_1", std::nullopt).With([](RecordView &view) { view.is_invalid = true; })}),
	          "INVALID_PAYLOAD netsuite:cash_sale:cs_1");
}

TEST(CheckPosting, AnotherAmountIsAMismatch) {
	EXPECT_EQ(Findings({Sale("cs_1", 5001)}), "");
	EXPECT_EQ(Findings({Sale("cs_1", 5002)}), "POSTING_AMOUNT_MISMATCH");
	EXPECT_EQ(Findings({Sale("cs_1", 4900)}), "POSTING_AMOUNT_MISMATCH");
}

TEST(CheckPosting, TwoWholesAreADuplicateTwoPartsAreNot) {
	EXPECT_EQ(Findings({Sale("cs_1", 5000), Sale("cs_2", 5000)}), "POSTING_DUPLICATE");
	EXPECT_EQ(Findings({Sale("cs_1", 3000), Sale("cs_2", 2000)}), "");
	EXPECT_EQ(Findings({Sale("cs_1", 3000), Sale("cs_2", 1000)}), "POSTING_AMOUNT_MISMATCH");
	EXPECT_EQ(Findings({Sale("cs_1", 5000), Sale("cs_2", 5000).As(Status::deleted)}), "");
}

TEST(CheckPosting, ASalesOrderAndItsCashSaleAreJudgedApart) {
	EXPECT_EQ(Findings({Posted(Posting::sale, "sales_order", "so_1", 5000), Sale("cs_1", 5000)}), "");
	EXPECT_EQ(Findings({Posted(Posting::sale, "sales_order", "so_1", 5000), Sale("cs_1", 4000)}),
	          "POSTING_AMOUNT_MISMATCH");
}

TEST(CheckPosting, ARefundIsToBePostedToo) {
	EXPECT_EQ(Findings({Sale("cs_1", 5000)}, 700), "POSTING_MISSING refund");
	EXPECT_EQ(Findings({Sale("cs_1", 5000), Posted(Posting::refund, "customer_refund", "cr_1", 700)}, 700),
	          "");
	EXPECT_EQ(Findings({Sale("cs_1", 5000), Posted(Posting::refund, "customer_refund", "cr_1", 600)}, 700),
	          "POSTING_AMOUNT_MISMATCH refund");
	EXPECT_EQ(Findings({Sale("cs_1", 5000), Posted(Posting::refund, "customer_refund", "cr_1", 700),
	                    Posted(Posting::refund, "customer_refund", "cr_2", 700)},
	                   700),
	          "POSTING_DUPLICATE refund");
}

TEST(CheckPosting, RefundsOfSeveralObjectsAddUp) {
	EXPECT_EQ(Findings({Sale("cs_1", 5000), Posted(Posting::refund, "credit_memo", "cm_1", 400),
	                    Posted(Posting::refund, "refund_receipt", "rr_1", 300)},
	                   700),
	          "");
}

TEST(CheckPosting, TheLedgerMayHearOfARefundOrPaymentFirst) {
	for (const Posting posting : {Posting::refund, Posting::payment}) {
		const std::string subject(posting == Posting::refund ? "refund" : "payment");
		const auto records = {Order(5000), Sale("cs_1", 5000),
		                      Posted(posting, "customer", "c1", 700).At(2 * day)};
		const Outcome before(records, Shop::Until(3 * day - 1));
		EXPECT_EQ(before.Findings(), "");
		EXPECT_NE(before.Expected(Reason::posting_amount_mismatch, subject), nullptr);
		EXPECT_EQ(Outcome(records, Shop::Until(3 * day)).Findings(), "POSTING_AMOUNT_MISMATCH " + subject);
	}
}

TEST(CheckPosting, PaymentsOfALedgerFollowTheCaptures) {
	const auto deposit = [](std::string_view id, Minor amount) {
		return Posted(Posting::payment, "customer_deposit", id, amount);
	};
	EXPECT_EQ(Findings({Sale("cs_1", 5000), deposit("d1", 5000)}), "");
	EXPECT_EQ(Findings({Sale("cs_1", 5000), deposit("d1", 5000), deposit("d2", 5000)}),
	          "POSTING_DUPLICATE payment");
	EXPECT_EQ(Findings({Sale("cs_1", 5000), deposit("d1", 5500)}), "POSTING_AMOUNT_MISMATCH payment");
	// The second capture came late; its deposit has its grace from then on.
	const auto records = {Order(5000), Charge("ch_1", 3000), Charge("ch_2", 2000).At(10 * day),
	                      deposit("d1", 3000)};
	EXPECT_EQ(Outcome(records, Shop::Until(13 * day - 1)).Findings(), "");
	EXPECT_EQ(Outcome(records, Shop::Until(13 * day)).Findings(), "POSTING_AMOUNT_MISMATCH payment");
}

} // namespace
} // namespace meshline
