// SPDX-License-Identifier: PostgreSQL
// What amounts are made up of: tips, gift cards and edits of an order, the parts of a booked sale, and the
// fee that comes back with a refund.
#include "outcome.hpp"

namespace meshline {
namespace {

Record
With(Record record, Part part, Minor amount) {
	record.view.parts[part] = amount;
	return record;
}

std::string
Findings(std::vector<Record> records) {
	return Outcome(std::move(records), Shop::WithoutSettlement()).Findings();
}

TEST(CheckPart, ATipExplainsTheExcessThatItIs) {
	const Record order = Order(5000, Status::paid);
	EXPECT_EQ(Findings({order, With(Charge("ch_1", 5400), Part::tip, 400)}), "TIP_MISMATCH");
	EXPECT_EQ(Findings({With(order, Part::tip, 400), Charge("ch_1", 5400)}), "TIP_MISMATCH");
	EXPECT_EQ(Findings({order, With(Charge("ch_1", 5400), Part::tip, 300)}), "OVERCAPTURE");
	EXPECT_EQ(Findings({order, With(Charge("ch_1", 5000), Part::tip, 400)}), "");
	const Outcome outcome({order, With(Charge("ch_1", 5400), Part::tip, 400)}, Shop::WithoutSettlement());
	EXPECT_EQ(outcome.result.findings.at(0).at_risk, 400);
}

TEST(CheckPart, AnEditedOrderIsNeitherUnderpaidNorOvercaptured) {
	const auto order = [](Minor total) { return With(Order(total, Status::paid), Part::original, 5000); };
	EXPECT_EQ(Findings({order(6000), Charge("ch_1", 5000)}), "ORDER_EDITED_AFTER_PAYMENT");
	EXPECT_EQ(Findings({order(4200), Charge("ch_1", 5000)}), "ORDER_EDITED_AFTER_PAYMENT");
	EXPECT_EQ(Findings({order(6000), Charge("ch_1", 5000), Charge("ch_2", 1000)}), ""); // paid up
	EXPECT_EQ(Findings({order(4200), Charge("ch_1", 5000), Refund("re_1", 800)}), "");  // given back
	EXPECT_EQ(Findings({order(4200), Charge("ch_1", 5000), Refund("re_1", 300)}),
	          "ORDER_EDITED_AFTER_PAYMENT");
	EXPECT_EQ(Findings({order(6000), Charge("ch_1", 4000)}), "UNDERPAYMENT");
	EXPECT_EQ(Findings({order(6000)}), "UNDERPAYMENT");
}

TEST(CheckPart, AnEarlierVersionSaysWhatAnOrderCameTo) {
	const std::vector<Minor> stated{3000, 5000, 6000};
	Record order = Order(6000, Status::paid);
	order.view.stated = stated;
	EXPECT_EQ(Findings({order, Charge("ch_1", 5000)}), "ORDER_EDITED_AFTER_PAYMENT");
	EXPECT_EQ(Findings({order, Charge("ch_1", 3000)}), "ORDER_EDITED_AFTER_PAYMENT");
	EXPECT_EQ(Findings({order, Charge("ch_1", 4000)}), "UNDERPAYMENT");
	EXPECT_EQ(Findings({order, Charge("ch_1", 6000)}), "");
	EXPECT_EQ(Findings({With(order, Part::original, 4000), Charge("ch_1", 5000)}),
	          "ORDER_EDITED_AFTER_PAYMENT");
	order.view.amount = 3000;
	EXPECT_EQ(Findings({order, Charge("ch_1", 5000)}), "ORDER_EDITED_AFTER_PAYMENT");
	EXPECT_EQ(Findings({order, Charge("ch_1", 5500)}), "OVERCAPTURE");
}

TEST(CheckPart, AGiftCardAmongThePaymentsIsNamed) {
	const Record card = With(Transaction("t_1", 1500), Part::gift_card, 1500);
	EXPECT_EQ(Findings({Order(5000, Status::paid), Charge("ch_1", 3000), card}), "GIFT_CARD_TENDER_MISMATCH");
	EXPECT_EQ(Findings({Order(5000, Status::paid), Charge("ch_1", 3500), card}), "");
}

TEST(CheckPart, WhatWasGivenUpMayBeStatedByTheCaptureItself) {
	EXPECT_EQ(Findings({Order(5000, Status::paid), With(Charge("ch_1", 4200), Part::authorized, 5000)}),
	          "PARTIAL_CAPTURE stripe:charge:ch_1");
	EXPECT_EQ(Findings({Order(5000, Status::paid), With(Charge("ch_1", 5000), Part::authorized, 6000)}), "");
}

TEST(CheckPart, ABookedSaleHasTheOrdersParts) {
	const auto findings = [](std::optional<Minor> ordered, std::optional<Minor> booked, Minor amount) {
		Record order = Order(5000, Status::paid);
		Record sale = Posted(Posting::sale, "cash_sale", "cs_1", amount);
		order.view.parts[Part::tax] = ordered;
		sale.view.parts[Part::tax] = booked;
		return Findings({order, sale, Charge("ch_1", 5000)});
	};
	EXPECT_EQ(findings(400, 400, 5000), "");
	EXPECT_EQ(findings(400, 399, 5000), "TAX_ROUNDING netsuite:cash_sale:cs_1"); // one unit at least
	EXPECT_EQ(findings(400, 200, 5000), "TAX_MISMATCH netsuite:cash_sale:cs_1");
	EXPECT_EQ(findings(400, std::nullopt, 5000), "");
	EXPECT_EQ(findings(std::nullopt, 200, 5000), "");
	EXPECT_EQ(findings(400, 200, 4800), "POSTING_AMOUNT_MISMATCH"); // one finding for one cause
}

TEST(CheckPart, AnOrderThatWasExportedTwiceIsNoSaleBookedTwice) {
	const auto document = [](std::string_view object, std::string_view id, bool is_summary) {
		return Posted(Posting::sale, object, id, 5000).With([&](RecordView &view) {
			view.is_summary = is_summary;
		});
	};
	const Record order = Order(5000, Status::paid);
	const Record charge = Charge("ch_1", 5000);
	EXPECT_EQ(
	    Findings({order, charge, document("sales_order", "1", true), document("sales_order", "2", true)}),
	    "DUPLICATE_ORDER_CONNECTOR");
	EXPECT_EQ(Findings({order, charge, document("cash_sale", "1", false), document("cash_sale", "2", false)}),
	          "POSTING_DUPLICATE");
	EXPECT_EQ(
	    Findings({order, charge, document("sales_order", "1", true), document("cash_sale", "2", false)}), "");
}

TEST(CheckPart, AFeeComesBackInProportionWhereThatIsAgreed) {
	const auto findings = [](Minor returned, bool is_agreed) {
		Shop shop = Shop::WithoutSettlement();
		shop.connections[1].is_fee_returned_on_refund = is_agreed;
		const Outcome outcome(
		    {Order(10000, Status::paid), Charge("ch_1", 10000), Refund("re_1", 5000).About("ch_1"),
		     Line("txn_1", "ch_1", 10000).With([](RecordView &view) { view.fee = 320; }),
		     Line("txn_2", "re_1", -5000).With([&](RecordView &view) { view.fee = -returned; })},
		    shop);
		const Finding *finding = outcome.Find(Reason::fee_not_returned_on_refund, "stripe:charge:ch_1");
		return finding == nullptr ? std::optional<Minor>() : finding->at_risk;
	};
	EXPECT_EQ(findings(0, true), 160);
	EXPECT_EQ(findings(100, true), 60);
	EXPECT_EQ(findings(160, true), std::nullopt);
	EXPECT_EQ(findings(159, true), std::nullopt); // within the tolerance
	EXPECT_EQ(findings(0, false), std::nullopt);
}

TEST(CheckPart, ARepeatedSettlementLineIsNamedOnce) {
	const auto at_risk = [](std::vector<Minor> amounts, bool is_reported_twice = false) {
		static constexpr std::string_view ids[] = {"l_1", "l_2", "l_3", "l_4", "l_5"};
		std::vector<Record> records{Order(20000, Status::paid), Charge("ch_1", 20000)};
		for (std::size_t i = 0; i < amounts.size(); ++i) {
			records.push_back(Line(ids[i], "ch_1", amounts[i]));
			if (is_reported_twice) {
				records.push_back(
				    Line(ids[i], "ch_1", amounts[i]).With([](RecordView &view) { view.object = "report"; }));
			}
		}
		std::vector<Minor> found;
		const Outcome outcome(records, Shop::WithoutSettlement());
		for (const Finding &finding : outcome.result.findings) {
			found.push_back(finding.at_risk);
		}
		return found;
	};
	using Minors = std::vector<Minor>;
	EXPECT_EQ(at_risk({7000, 7000, 3000, 3000}), Minors{});           // legitimate: they add up
	EXPECT_EQ(at_risk({7000, 7000, 3000, 3000, 7000}), Minors{7000}); // one too many
	EXPECT_EQ(at_risk({7000, 7000, 3000, 3000, 3000}), Minors{3000});
	EXPECT_EQ(at_risk({9000, 9000, 9000}), Minors{7000}); // no line is all of it: no more than there is
	EXPECT_EQ(at_risk({10000, 10000}, true), Minors{});
	EXPECT_EQ(at_risk({10000, 10000, 10000}, true), (Minors{10000, 10000})); // each report for itself
}

} // namespace
} // namespace meshline
