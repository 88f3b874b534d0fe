// SPDX-License-Identifier: PostgreSQL
// The lines of an order: what was ordered, shipped, captured and given back of each, and what stocks say of
// it.
#include "outcome.hpp"

namespace meshline {
namespace {

Item
Pieces(std::string_view line, Minor quantity, std::optional<Minor> amount = std::nullopt) {
	Item item;
	item.line = line;
	item.sku = line == "a" ? "SKU-A" : "SKU-B";
	item.quantity = quantity;
	item.amount = amount;
	return item;
}

Item
Back(Item item, Returned returned) {
	item.returned = returned;
	return item;
}

// Three of a for 30.00 and two of b for 20.00, paid.
const std::vector<Item> basket{Pieces("a", 3, 3000), Pieces("b", 2, 2000)};

Record
PaidOrder(std::vector<Item> items = basket) {
	return Order(5000, Status::paid).Carrying(std::move(items));
}

Record
Shipment(std::string_view id, std::vector<Item> items) {
	return Make(Kind::fulfillment, Role::store, "shopify", "fulfillment", id, 1, std::nullopt, Status::paid)
	    .Same(id)
	    .At(2 * day)
	    .Carrying(std::move(items));
}

Record
Return(std::string_view id, std::vector<Item> items) {
	return RefundDocument(id, 0).At(3 * day).Carrying(std::move(items));
}

std::string
Findings(std::vector<Record> records, Shop shop = Shop::WithoutSettlement()) {
	records.push_back(Charge("ch_1", 5000).At(day));
	return Outcome(std::move(records), std::move(shop)).Findings();
}

Shop
Promising(int days, Instant moment) {
	Shop shop = Shop::Until(moment);
	shop.policy.fulfillment_sla_days = days;
	return shop;
}

Shop
WatchingStock() {
	Shop shop = Shop::WithoutSettlement();
	shop.policy.stock_grace_days = 1;
	return shop;
}

TEST(CheckItem, NoMoreLeavesThanWasOrdered) {
	EXPECT_EQ(Findings({PaidOrder(), Shipment("f1", basket)}), "");
	EXPECT_EQ(Findings({PaidOrder(), Shipment("f1", {Pieces("a", 3)}), Shipment("f2", {Pieces("b", 2)})}),
	          "");
	const Outcome twice(
	    {PaidOrder(), Charge("ch_1", 5000), Shipment("f1", basket), Shipment("f2", {Pieces("a", 1)})});
	ASSERT_EQ(twice.Findings(), "OVER_FULFILLED");
	EXPECT_EQ(twice.result.findings[0].at_risk, 1000);
	EXPECT_EQ(twice.result.findings[0].explanation, "4 of SKU-A have left, and 3 were ordered");
	// What is cancelled does not leave; what came back has left.
	const std::vector<Item> one{Pieces("a", 1)};
	EXPECT_EQ(
	    Findings({PaidOrder(), Shipment("f1", basket), Return("r1", {Back(one[0], Returned::cancelled)})}),
	    "OVER_FULFILLED");
	EXPECT_EQ(
	    Findings({PaidOrder(), Shipment("f1", basket), Return("r1", {Back(one[0], Returned::restocked)})}),
	    "");
}

TEST(CheckItem, TheRestFollowsInTime) {
	const std::vector<Record> partly{PaidOrder(), Charge("ch_1", 5000).At(day),
	                                 Shipment("f1", {Pieces("a", 3), Pieces("b", 1)})};
	EXPECT_EQ(Outcome(partly).Findings(), "");
	EXPECT_EQ(Outcome(partly, Promising(5, 6 * day - 1)).Expectations(), "SPLIT_SHIPMENT_INCOMPLETE");
	const Outcome late(partly, Promising(5, 6 * day));
	ASSERT_EQ(late.Findings(), "SPLIT_SHIPMENT_INCOMPLETE");
	EXPECT_EQ(late.result.findings[0].at_risk, 1000);
	EXPECT_EQ(late.result.findings[0].explanation, "of SKU-B have left 1 of 2 pieces");
	// Given back, or no longer wanted, it need not follow.
	std::vector<Record> returned = partly;
	returned.push_back(Return("r1", {Back(Pieces("b", 1), Returned::kept)}));
	EXPECT_EQ(Outcome(returned, Promising(5, 6 * day)).Findings(), "");
	std::vector<Record> edited = partly;
	edited[0].items[1].current = 1;
	EXPECT_EQ(Outcome(edited, Promising(5, 6 * day)).Findings(), "");
}

TEST(CheckItem, AClosedOrderIsShippedWhole) {
	const Record closed = PaidOrder().With([](RecordView &view) { view.is_closed = true; });
	EXPECT_EQ(Findings({closed, Shipment("f1", {Pieces("a", 3)})}), "UNDER_FULFILLED");
	EXPECT_EQ(Findings({closed, Shipment("f1", basket)}), "");
	EXPECT_EQ(Findings({closed}), "");
}

TEST(CheckItem, WhatAShipmentCarriedMustBeKnown) {
	const Record closed = PaidOrder().With([](RecordView &view) { view.is_closed = true; });
	EXPECT_EQ(Findings({closed, Shipment("f1", {})}), "");
	EXPECT_EQ(Findings({closed, Shipment("f1", {Pieces("c", 1)})}), "");
}

TEST(CheckItem, AnotherSystemsShipmentIsMatchedBySku) {
	const auto elsewhere = [](std::string_view id, std::vector<Item> items) {
		return Shipment(id, std::move(items)).With([](RecordView &view) {
			view.system = "warehouse";
			view.connection_id = 9;
		});
	};
	const Item of_sku = [] {
		Item item = Pieces("77", 4);
		item.sku = "SKU-A";
		return item;
	}();
	EXPECT_EQ(Findings({PaidOrder(), elsewhere("w1", {of_sku})}), "OVER_FULFILLED");
	// The shop's own report of the shipments counts, and the other one is the same shipment again.
	EXPECT_EQ(Findings({PaidOrder(), elsewhere("w1", {of_sku}), Shipment("f1", basket)}), "");
}

TEST(CheckItem, LinesOfOneSkuShareWhatIsShippedOfIt) {
	std::vector<Item> lines{Pieces("a", 1, 2500), Pieces("a2", 1, 2500)};
	lines[1].sku = "SKU-A";
	Item both = Pieces("", 2);
	both.sku = "SKU-A";
	EXPECT_EQ(Findings({PaidOrder(lines), Shipment("f1", {both})}, Promising(1, 9 * day)), "");
	both.quantity = 3;
	EXPECT_EQ(Findings({PaidOrder(lines), Shipment("f1", {both})}), "OVER_FULFILLED");
}

TEST(CheckItem, EveryLineNamesWhatIsSold) {
	std::vector<Item> lines = basket;
	lines[0].sku = {};
	EXPECT_EQ(Findings({PaidOrder(lines)}), "UNMAPPED_SKU");
	lines[0].product = "39072856";
	EXPECT_EQ(Findings({PaidOrder(lines)}), "");
}

TEST(CheckItem, CapturesFollowShipments) {
	const std::vector<Record> shipped{PaidOrder(), Shipment("f1", {Pieces("a", 1)}),
	                                  Shipment("f2", {Pieces("a", 1)})};
	const auto findings = [&](Minor first, Minor second) {
		std::vector<Record> records = shipped;
		records.push_back(Charge("ch_1", first));
		records.push_back(Charge("ch_2", second));
		records.push_back(Intent("pi_2", 5000 - first - second, Status::authorized));
		Shop shop = Shop::WithoutSettlement();
		shop.connections[1].authorization_window_days = 400; // the rest is reserved
		return Outcome(records, shop).Findings();
	};
	EXPECT_EQ(findings(1000, 1000), "");
	EXPECT_EQ(findings(1000, 2500), "MULTI_CAPTURE_MISMATCH");
	EXPECT_EQ(findings(1000, 500), "MULTI_CAPTURE_MISMATCH");
	// Paid back for what was shipped and came back, or taken too much and paid back: nothing is wrong.
	const auto with_refund = [&](Minor captured, Minor given_back) {
		std::vector<Record> records = shipped;
		records.push_back(Charge("ch_1", 1000));
		records.push_back(Charge("ch_2", captured - 1000));
		records.push_back(Refund("re_1", given_back).At(3 * day));
		records.push_back(Intent("pi_2", 5000 - captured, Status::authorized));
		Shop shop = Shop::WithoutSettlement();
		shop.connections[1].authorization_window_days = 400;
		return Outcome(records, shop).Findings();
	};
	EXPECT_EQ(with_refund(2000, 1000), "");
	EXPECT_EQ(with_refund(3500, 1500), "");
}

TEST(CheckItem, AnExchangeMovesTheDifference) {
	// 50.00, of which a piece of 10.00 goes back while two more of b are added for 20.00.
	const auto findings = [](Minor second_charge) {
		std::vector<Record> records{Order(7000, Status::paid).Carrying(basket).With([](RecordView &view) {
			                            view.parts[Part::original] = 5000;
		                            }),
		                            Charge("ch_1", 5000),
		                            Return("r1", {Back(Pieces("a", 1, 1000), Returned::restocked)})};
		if (second_charge > 0) {
			records.push_back(Charge("ch_2", second_charge));
		}
		return Outcome(records).Findings();
	};
	EXPECT_EQ(findings(1000), "");
	EXPECT_EQ(findings(0), "EXCHANGE_IMBALANCE");
	EXPECT_EQ(findings(2000), "EXCHANGE_IMBALANCE");
}

TEST(CheckItem, ReturnedGoodsTakeTheirTaxWithThem) {
	// Goods of 100.00 with 8 % of tax and 4.95 of shipping, of which a piece of 50.00 went back for another.
	const auto gap = [](Minor added, std::optional<Minor> stated_tax, Minor charge) {
		const Record order =
		    Order(11295 + added * 108 / 100, Status::paid).Carrying(basket).With([&](RecordView &view) {
			    view.parts[Part::original] = 11295;
			    view.parts[Part::shipping] = 495;
			    view.parts[Part::tax] = 800 + added * 8 / 100;
		    });
		const Record back =
		    Return("r1", {Back(Pieces("a", 1, 5000), Returned::restocked)}).With([&](RecordView &view) {
			    view.parts[Part::tax] = stated_tax;
		    });
		const Outcome outcome({order, Charge("ch_1", charge), back});
		const auto &findings = outcome.result.findings;
		return outcome.Findings() == "EXCHANGE_IMBALANCE" ? findings[0].at_risk : Minor{-1};
	};
	EXPECT_EQ(gap(5000, std::nullopt, 11295), -1); // even
	EXPECT_EQ(gap(5000, 400, 11295), -1);
	EXPECT_EQ(gap(6000, 400, 11295), 1080); // ten dearer, and not paid
	EXPECT_EQ(gap(5000, 400, 12000), 305);  // even with the tax of it, too
}

TEST(CheckStock, NoPlacePromisesMoreThanItHas) {
	const auto level = [](Minor available) {
		Item item = Pieces("a", 0);
		item.available = available;
		return Outcome({Make(Kind::stock_movement, Role::store, "shopify", "inventory_level", "8:4", 1,
		                     std::nullopt, Status::unknown)
		                    .Carrying({item})})
		    .Findings();
	};
	EXPECT_EQ(level(0), "");
	EXPECT_EQ(level(-2), "OVERSOLD shopify:inventory_level:8:4");
}

Record
Movement(std::string_view id, Minor pieces) {
	return Make(Kind::stock_movement, Role::ledger, "warehouse", "movement", id, 9, std::nullopt,
	            Status::paid)
	    .Ref("shopify.order/1")
	    .Carrying({Pieces("a", pieces)});
}

TEST(CheckStock, StockMovesWithTheGoods) {
	const std::vector<Item> two{Pieces("a", 2, 5000)};
	const Record order = PaidOrder(two);
	const Record shipment = Shipment("f1", two);
	EXPECT_EQ(Findings({order, shipment}), ""); // nobody waits for it
	EXPECT_EQ(Findings({order, shipment}, WatchingStock()), "STOCK_NOT_DECREMENTED");
	EXPECT_EQ(Findings({order, shipment, Movement("m1", -1)}, WatchingStock()), "STOCK_NOT_DECREMENTED");
	EXPECT_EQ(Findings({order, shipment, Movement("m1", -2)}, WatchingStock()), "");
	const std::vector<Record> returned{order, shipment, Movement("m1", -2),
	                                   Return("r1", {Back(Pieces("a", 1), Returned::restocked)})};
	EXPECT_EQ(Findings(returned, WatchingStock()), "RETURN_NOT_RESTOCKED");
	std::vector<Record> restocked = returned;
	restocked.push_back(Movement("m2", 1));
	EXPECT_EQ(Findings(restocked, WatchingStock()), "");
	restocked.push_back(Movement("m3", 1));
	EXPECT_EQ(Findings(restocked, WatchingStock()), "RETURN_NOT_RESTOCKED"); // more than came back
}

TEST(CheckStock, WhatNeverLeftMayBePutBack) {
	const std::vector<Item> two{Pieces("a", 2, 5000)};
	const Record cancelled = Order(5000, Status::voided).Carrying(two);
	const auto findings = [&](Minor put_back) {
		return Outcome({cancelled, Movement("m1", -2), Movement("m2", put_back)}, WatchingStock()).Findings();
	};
	EXPECT_EQ(findings(2), "");
	EXPECT_EQ(findings(3), "RETURN_NOT_RESTOCKED");
	// One of two is cancelled and put back; a second one cannot be.
	std::vector<Record> partly{PaidOrder(two), Shipment("f1", {Pieces("a", 1)}), Movement("m1", -2),
	                           Return("r1", {Back(Pieces("a", 1), Returned::cancelled)}), Movement("m2", 1)};
	EXPECT_EQ(Findings(partly, WatchingStock()), "");
	partly.push_back(Movement("m3", 1));
	EXPECT_EQ(Findings(partly, WatchingStock()), "RETURN_NOT_RESTOCKED");
}

TEST(CheckStock, GoodsMayComeBackBeforeTheirMoneyDoes) {
	const std::vector<Item> two{Pieces("a", 2, 5000)};
	const std::vector<Record> records{PaidOrder(two), Charge("ch_1", 5000), Shipment("f1", two),
	                                  Movement("m1", -2).At(2 * day), Movement("m2", 1).At(4 * day)};
	const auto outcome = [&](Instant moment) {
		Shop shop = Shop::Until(moment);
		shop.policy.stock_grace_days = 1;
		return Outcome(records, shop);
	};
	EXPECT_EQ(outcome(5 * day - 1).Findings(), "");
	EXPECT_EQ(outcome(5 * day - 1).Expectations(), "RETURN_NOT_RESTOCKED");
	EXPECT_EQ(outcome(5 * day).Findings(), "RETURN_NOT_RESTOCKED");
}

TEST(CheckStock, WhatNamesNoSkuIsInNoStock) {
	std::vector<Item> lines{Pieces("a", 2, 5000)};
	lines[0].sku = {};
	EXPECT_EQ(Findings({PaidOrder(lines), Shipment("f1", lines), Movement("m1", -2)}, WatchingStock()),
	          "UNMAPPED_SKU");
}

} // namespace
} // namespace meshline
