// SPDX-License-Identifier: PostgreSQL
// What the warehouse takes out of its stock and puts back, and what customers send back.
#include "outdoor.hpp"

#include <algorithm>

namespace meshline::sample {

namespace outdoor {

namespace {

// Which of its ways the warehouse goes with a sale: their numbers are odd, those without a discrepancy every
// fourth.
std::int64_t
TurnOf(const Sale &sale) {
	return sale.number / 2;
}

} // namespace

OutdoorShop::Pieces
OutdoorShop::PiecesOf(const Sale &sale, int sign) {
	Pieces pieces;
	for (const CartLine &line : sale.lines) {
		pieces.push_back({ProductSku(line.product), sign * line.quantity});
	}
	return pieces;
}

// A line of a refund: its share of the discount off, its tax on top.
shopify_world::ReturnedLine
OutdoorShop::Back(const Sale &sale, std::size_t line, int quantity, std::string_view restock_type) {
	const Minor value = sale.lines[line].price * quantity;
	const Minor discount = sale.discount != 0 ? Percent(value, 1000) : 0;
	return {line, quantity, restock_type, value - discount, Percent(value, 800)};
}

// What becomes of the goods of a sale; most stay where they are.
void
OutdoorShop::ChooseGoods(Story &story) {
	story.is_taken_early = TurnOf(story.sale) % 5 == 0;
	if (story.defect == "STOCK_NOT_DECREMENTED") {
		story.is_taken_early = false;
		story.goods = TurnOf(story.sale) / 2 % 2 == 0 ? "UNMOVED" : "PARTLY_MOVED";
	} else if (story.defect == "RETURN_NOT_RESTOCKED") {
		story.goods = "RETURN";
	} else if (story.defect == "EXCHANGE_IMBALANCE") {
		story.goods = "DEARER";
	} else if (story.defect.empty() && story.sale.money.code == us_dollar.code && story.sale.shown == 0) {
		switch (TurnOf(story.sale) % 29) {
		case 2:
			story.goods = "RETURN";
			break;
		case 4:
			story.goods = "KEPT"; // not to be sold again
			break;
		case 6:
			story.goods = "EVEN";
			break;
		case 8:
			story.goods = "CANCELLED"; // a piece of several, before it leaves
			break;
		case 10:
			story.goods = "DEARER";
			break;
		case 12:
			story.goods = "CHEAPER";
			break;
		case 14:
			story.goods = "CALLED_OFF"; // all of it, before it is paid
			break;
		default:
			break;
		}
	}
	if (story.goods == "CANCELLED" && story.sale.lines.front().quantity < 2) {
		story.goods = {};
	}
	if (IsExchange(story)) {
		story.sale.discount = 0;
	}
}

// What follows from it for the order itself.
void
OutdoorShop::ChangeGoods(Story &story) {
	const Sale &sale = story.sale;
	if (story.goods == "CANCELLED") {
		--story.shipped.lines.front().quantity;
	} else if (story.goods == "CALLED_OFF") {
		story.financial = "pending";
		story.has_cancelled = true;
		story.is_charged = story.is_shipped = story.is_posted = false;
	}
	story.is_taken_early = story.is_taken_early || story.has_cancelled || story.goods == "CANCELLED";
	if (story.defect == "STOCK_NOT_DECREMENTED") {
		Plant(story, OrderRecord(sale), story.goods == "UNMOVED" ? sale.Goods() : sale.lines.front().price);
	} else if (story.defect == "RETURN_NOT_RESTOCKED") {
		Plant(story, OrderRecord(sale), sale.lines.front().price);
	}
}

void
OutdoorShop::Move(const Sale &sale, int number, std::string_view reason, const Pieces &pieces, Seconds at) {
	Pieces moved;
	std::copy_if(pieces.begin(), pieces.end(), std::back_inserter(moved),
	             [](const warehouse_world::Pieces &each) { return each.moved != 0; });
	if (moved.empty()) {
		return;
	}
	const std::string id = "WM-" + std::to_string(sale.number * 100 + number);
	world_.Send(at + minute, warehouse, "movement",
	            warehouse_world::Movement(id, sale.id, reason, moved, at));
	world_.Group(sale.number, "warehouse:movement:" + id);
}

// Out of the stock as soon as it is ordered, and back into it when it does not leave after all.
void
OutdoorShop::TakeEarly(const Story &story) {
	const Sale &sale = story.sale;
	if (!story.is_taken_early) {
		return;
	}
	Move(sale, 1, "allocation", PiecesOf(sale, -1), sale.at + 2 * minute);
	if (story.has_cancelled) {
		Move(sale, 2, "cancellation", PiecesOf(sale, 1), sale.at + 6 * hour);
	} else if (story.defect == "UNDER_FULFILLED") {
		PutBack(story, 2, {ProductSku(sale.lines.front().product), 1}, sale.at + 32 * hour);
	}
}

// Out of the stock for a shipment: in two parts, before the shop knows of it, two days later, or with it.
void
OutdoorShop::TakeOut(const Story &story, int number, Pieces pieces, Seconds at) {
	const Sale &sale = story.sale;
	if (story.is_taken_early) { // only what leaves beyond what was ordered
		for (std::size_t i = 0; i < pieces.size(); ++i) {
			pieces[i].moved = std::min(0, pieces[i].moved + sale.lines[i].quantity);
		}
	}
	if (story.goods == "UNMOVED") {
		return;
	}
	if (story.goods == "PARTLY_MOVED") {
		++pieces.front().moved;
	}
	switch (TurnOf(sale) % 5) {
	case 1: {
		Pieces first = pieces;
		for (std::size_t i = 0; i < pieces.size(); ++i) {
			first[i].moved = std::max(-1, pieces[i].moved);
			pieces[i].moved -= first[i].moved;
		}
		Move(sale, number, "shipment", first, at - 2 * hour);
		Move(sale, number + 1, "shipment", pieces, at + 3 * hour);
		break;
	}
	case 2:
		Move(sale, number, "shipment", pieces, at - 5 * hour);
		break;
	case 3:
		Move(sale, number, "shipment", pieces, at + 2 * day);
		break;
	default:
		Move(sale, number, "shipment", pieces, at + 10 * minute);
		break;
	}
}

// Into the stock again: before the shop gives the money back, in two parts, two days later, or soon.
void
OutdoorShop::PutBack(const Story &story, int number, const warehouse_world::Pieces &back, Seconds at) {
	const Sale &sale = story.sale;
	const std::int64_t turn = TurnOf(sale) % 4;
	if (turn == 3 && back.moved > 1) {
		Move(sale, number, "return", {{back.sku, 1}}, at + 5 * hour);
		Move(sale, number + 1, "return", {{back.sku, back.moved - 1}}, at + 30 * hour);
	} else {
		Move(sale, number, "return", {back},
		     turn == 0   ? at - 12 * hour
		     : turn == 1 ? at + 2 * day
		                 : at + 5 * hour);
	}
}

// Money for goods that come back, or that never leave.
void
OutdoorShop::ReturnGoods(const Story &story) {
	const Sale &sale = story.sale;
	const CartLine &line = sale.lines.front();
	const bool is_cancelled = story.goods == "CANCELLED";
	const bool is_missing = story.defect == "RETURN_NOT_RESTOCKED";
	const int quantity = story.goods == "RETURN" ? std::min(line.quantity, 2) : 1;
	const shopify_world::ReturnedLine back = Back(sale, 0, quantity,
	                                              story.goods == "KEPT" ? "no_restock"
	                                              : is_cancelled        ? "cancel"
	                                                                    : "return");
	Return refund;
	refund.index = 1;
	refund.amount = back.subtotal + back.tax;
	refund.at = sale.at + (is_cancelled ? 3 * hour : 6 * day);
	refund.lines = {back};
	std::vector<shopify_world::RefundNote> notes;
	GiveBack(story, refund, notes);
	if (is_cancelled) {
		Move(sale, 20, "cancellation", {{ProductSku(line.product), 1}}, refund.at + hour);
	} else if (story.goods == "RETURN") {
		PutBack(story, 20, {ProductSku(line.product), quantity - (is_missing ? 1 : 0)}, refund.at);
	}
}

} // namespace outdoor

} // namespace meshline::sample
