// SPDX-License-Identifier: PostgreSQL
// Records of one order made at random from few ids, amounts and moments, so that they collide often.
#pragma once

#include <array>
#include <limits>

#include "records.hpp"

namespace meshline {

inline constexpr std::array<std::string_view, 16> few_ids{
    "a.charge/1",      "a.charge/2",        "a.charge/3", "a.refund/1", "a.refund/2",   "a.intent/1",
    "shopify.order/1", "order_name@1/1001", "b.tx/1",     "b.tx/2",     "b.document/1", "b.document/2",
    "c.posting/1",     "c.posting/2",       "d.x/1",      "d.x/2"};

template <typename Draw>
Record
RandomRecord(Draw &&draw, std::string_view id, std::string_view currency) {
	static constexpr std::array systems{
	    std::tuple(Role::store, "shopify", 1),   std::tuple(Role::processor, "stripe", 2),
	    std::tuple(Role::ledger, "netsuite", 3), std::tuple(Role::marketplace, "amazon", 4),
	    std::tuple(Role::crm, "hubspot", 5),     std::tuple(Role::processor, "paypal", 6),
	    std::tuple(Role::store, "shopify", 7)};
	static constexpr std::array kinds{
	    Kind::order,   Kind::order_line, Kind::payment,     Kind::payment,         Kind::payment,
	    Kind::refund,  Kind::refund,     Kind::posting,     Kind::settlement_line, Kind::fulfillment,
	    Kind::dispute, Kind::dispute,    Kind::fulfillment, Kind::stock_movement};
	static constexpr std::array<Minor, 12> amounts{0,
	                                               1,
	                                               499,
	                                               500,
	                                               1000,
	                                               5000,
	                                               5000,
	                                               5001,
	                                               10000,
	                                               -500,
	                                               std::numeric_limits<Minor>::max(),
	                                               std::numeric_limits<Minor>::min()};
	static constexpr std::array<std::string_view, 4> objects{"one", "two", "cash_sale", "sales_order"};
	static constexpr std::array<std::string_view, 5> currencies{"USD", "EUR", "JPY", "KWD", ""};
	const auto &[role, system, connection_id] = systems[draw(systems.size())];
	Record record =
	    Make(kinds[draw(kinds.size())], role, system, objects[draw(objects.size())], id, connection_id,
	         amounts[draw(draw(8) == 0 ? amounts.size() : 9)], static_cast<Status>(draw(10)));
	record.view.status = draw(2) == 0 ? Status::paid : record.view.status;
	record.view.posting = static_cast<Posting>(draw(4));
	// What a ledger usually is: the rest of the space is wide.
	if (record.view.kind == Kind::posting && draw(2) == 0) {
		record =
		    Posted(draw(2) == 0 ? Posting::sale : record.view.posting, "cash_sale", id, record.view.amount);
	}
	record.view.currency = draw(6) == 0 ? currencies[draw(currencies.size())] : currency;
	record.view.is_test = draw(16) == 0;
	record.view.is_invalid = draw(16) == 0;
	record.view.is_summary = draw(4) == 0;
	record.view.is_authority = draw(12) == 0;
	record.view.problems = record.view.is_invalid ? "amount (x): missing" : "";
	record.view.processor = draw(3) == 0 ? "stripe" : "";
	record.view.about = draw(3) == 0 ? few_ids[draw(few_ids.size())] : "";
	record.view.fee = draw(3) == 0 ? std::optional<Minor>(30) : std::nullopt;
	if (draw(8) == 0) {
		record.view.expected_at = static_cast<Instant>(draw(8)) * day;
	}
	for (auto &part : record.view.parts) {
		part = draw(12) == 0 ? std::optional<Minor>(amounts[draw(amounts.size())]) : std::nullopt;
	}
	static constexpr std::array<Minor, 6> numbers{0, 1, 1, 2, -1, std::numeric_limits<Minor>::max()};
	for (auto count = draw(3); count > 0; --count) {
		Item &item = record.items.emplace_back();
		item.line = draw(2) == 0 ? few_ids[draw(2)] : "";
		item.sku = draw(2) == 0 ? few_ids[draw(2)] : "";
		item.quantity = numbers[draw(draw(8) == 0 ? numbers.size() : 4)];
		item.returned = static_cast<Returned>(draw(4));
		item.current = draw(4) == 0 ? std::optional(numbers[draw(numbers.size())]) : std::nullopt;
		item.available = draw(8) == 0 ? std::optional(numbers[draw(numbers.size())]) : std::nullopt;
		item.amount = draw(3) == 0 ? std::optional(amounts[draw(amounts.size())]) : std::nullopt;
	}
	record.view.is_closed = draw(3) == 0;
	static const FrozenPosting frozen = [] {
		FrozenPosting posting;
		posting.amount = 5000;
		posting.currency = "USD";
		posting.occurred_at = 6 * minute;
		posting.parts[Part::tax] = 500;
		return posting;
	}();
	record.view.frozen = draw(4) == 0 ? &frozen : nullptr;
	record.view.content_hash.low = draw(3);
	record.view.lacks_customer = draw(8) == 0;
	record.view.version_at = static_cast<Instant>(draw(4)) * day;
	record.view.line_count = static_cast<std::int32_t>(draw(5));
	record.view.occurred_at = static_cast<Instant>(draw(20)) * 6 * minute;
	if (const auto odd = draw(24); odd == 0) {
		record.view.occurred_at.reset();
	} else if (odd == 1) {
		record.view.occurred_at = std::numeric_limits<Instant>::max();
	} else if (odd == 2) {
		record.view.occurred_at = std::numeric_limits<Instant>::min();
	}
	if (draw(16) == 0) {
		record.view.amount.reset();
	}
	for (auto n = draw(3); n > 0; --n) {
		record.same.push_back(few_ids[draw(few_ids.size())]);
	}
	for (auto n = draw(3); n > 0; --n) {
		record.ref.push_back(few_ids[draw(few_ids.size())]);
	}
	return record;
}

// Records that belong together in a way that chance alone hardly makes.
template <typename Draw>
void
AddPair(Draw &&draw, std::vector<Record> &records, std::string_view currency) {
	const auto add = [&](Kind kind, Role role, std::string_view id, Minor amount, Status status) {
		const bool is_store = role == Role::store;
		records.push_back(
		    Make(kind, role, is_store ? "shopify" : "stripe", "pair", id, is_store ? 1 : 2, amount, status)
		        .In(currency)
		        .Same("pair/1"));
	};
	const auto set = [](Record &record, Part part, Minor amount) { record.view.parts[part] = amount; };
	switch (draw(20)) {
	case 0: // one payment captured twice
		add(Kind::payment, Role::processor, "1", 5000, Status::paid);
		add(Kind::payment, Role::processor, "2", 5000, Status::paid);
		break;
	case 1: // a capture of less than was reserved
		add(Kind::payment, Role::store, "1", 5000, Status::voided);
		add(Kind::payment, Role::store, "2", 500, Status::paid);
		break;
	case 2: // a dispute that was won
		add(Kind::dispute, Role::processor, "1", 500, Status::voided);
		add(Kind::settlement_line, Role::processor, "2", -500, Status::paid);
		break;
	case 3: // a capture that is settled twice
		add(Kind::settlement_line, Role::processor, "1", 5000, Status::paid);
		add(Kind::settlement_line, Role::processor, "2", 5000, Status::paid);
		add(Kind::payment, Role::processor, "3", 5000, Status::paid);
		records[records.size() - 3].view.about = "pair/1";
		records[records.size() - 2].view.about = "pair/1";
		records[records.size() - 2].view.fee = 7;
		break;
	case 4: // a reservation, and a refund made twice
		add(Kind::payment, Role::processor, "1", 5000, Status::authorized);
		records.push_back(Refund("pair/2", 500).In(currency));
		records.push_back(Refund("pair/3", 500).In(currency));
		break;
	case 5: // an order that was paid before it was edited
		add(Kind::payment, Role::processor, "1", 4000, Status::paid);
		set(records.front(), Part::original, 4000);
		break;
	case 6: // a tip that the order does not have
		add(Kind::payment, Role::processor, "1", 5400, Status::paid);
		set(records.back(), Part::tip, 400);
		break;
	case 7: // a gift card among the payments
		add(Kind::payment, Role::store, "1", 500, Status::paid);
		set(records.back(), Part::gift_card, 500);
		break;
	case 8: // a sale that is booked with other parts
		records.push_back(Posted(Posting::sale, "cash_sale", "9", 5000).In(currency));
		for (const Part part : {Part::tax, Part::shipping, Part::discount}) {
			set(records.front(), part, 500);
			set(records.back(), part, 400);
		}
		break;
	case 9: // an order that was exported twice
		for (const std::string_view id : {"8", "9"}) {
			records.push_back(Posted(Posting::sale, "sales_order", id, 5000).In(currency));
			records.back().view.is_summary = true;
		}
		break;
	case 10: // a fee that is kept with the refund
		add(Kind::payment, Role::processor, "1", 5000, Status::paid);
		add(Kind::settlement_line, Role::processor, "2", 5000, Status::paid);
		add(Kind::settlement_line, Role::processor, "3", -500, Status::paid);
		records[records.size() - 2].view.about = "pair/1";
		records[records.size() - 2].view.fee = 175;
		records[records.size() - 1].view.about = "pair/1";
		break;
	case 11: // a capture after the usual window
		add(Kind::payment, Role::store, "1", 5000, Status::authorized);
		records.back().view.expected_at = 30 * day;
		add(Kind::payment, Role::store, "2", 5000, Status::paid);
		records.back().view.occurred_at = 5 * day;
		break;
	case 12: // a refund that is booked on the day of its order
		records.push_back(Refund("pair/2", 500).In(currency).At(40 * day));
		records.push_back(Posted(Posting::refund, "customer_refund", "9", 500).In(currency).At(day));
		break;
	case 13: // a sale of the last evening of a month
		records.push_back(Posted(Posting::sale, "cash_sale", "9", 5000).In(currency).At(31 * day));
		records.front().view.occurred_at = 31 * day + 180 * minute;
		break;
	case 17: // the buyer's money in full, and a cent of the shop's lost in the exchange
	case 18: // the number of the buyer's money taken in the shop's
		add(Kind::payment, Role::store, "1", 4999, Status::paid);
		for (Record *record : {&records.front(), &records.back()}) {
			record->view.presentment = 9135;
			record->view.presentment_currency = "EUR";
		}
		if (draw(2) == 0) {
			records.back().view.amount = 9135;
		}
		break;
	case 19: { // captures and shipments of parts
		Item item;
		item.sku = "A";
		item.quantity = 4;
		item.amount = 5000;
		add(Kind::payment, Role::processor, "1", 1000, Status::paid);
		records.front().items = {item};
		add(Kind::payment, Role::processor, "2", 2500, Status::paid);
		item.quantity = 1;
		add(Kind::fulfillment, Role::store, "3", 0, Status::paid);
		records.back().items = {item};
		add(Kind::fulfillment, Role::store, "4", 0, Status::paid);
		records.back().items = {item};
		break;
	}
	default:
		break;
	}
}

// Up to a dozen records; no two have one key. `draw(n)` gives a number below n.
template <typename Draw>
std::vector<Record>
RandomOrder(Draw &&draw) {
	static constexpr std::array<std::string_view, 6> names{"1", "2", "3", "4", "5", "6"};
	const std::string_view currency = draw(2) == 0 ? "USD" : "JPY";
	std::vector<Record> records;
	for (auto count = draw(13); count > 0; --count) {
		Record record = RandomRecord(draw, names[draw(names.size())], currency);
		// Most orders have an order.
		if (records.empty() && draw(4) != 0) {
			record.view.kind = Kind::order;
			record.view.role = Role::store;
			record.view.amount = draw(8) == 0 ? record.view.amount : std::optional<Minor>(5000);
		}
		const bool is_known = std::any_of(records.begin(), records.end(), [&](const Record &other) {
			return std::tie(other.view.connection_id, other.view.object, other.view.external_id) ==
			       std::tie(record.view.connection_id, record.view.object, record.view.external_id);
		});
		if (!is_known) {
			records.push_back(std::move(record));
		}
	}
	AddPair(draw, records, currency);
	return records;
}

template <typename Draw>
Shop
RandomShop(Draw &&draw) {
	Shop shop;
	shop.connections[0].ledger_connection_id = draw(2) == 0 ? std::optional<std::int64_t>(3) : std::nullopt;
	shop.connections[1].authorization_window_days = draw(2) == 0 ? std::optional<int>(3) : std::nullopt;
	static constexpr std::array<FeeRate, 1> fees{{{"USD", 290, 30}}};
	if (draw(2) == 0) {
		shop.connections[1].fee_schedule = fees;
		shop.connections[1].is_fee_returned_on_refund = true;
		shop.policy.fulfillment_sla_days = 2;
		shop.policy.stock_grace_days = 1;
	}
	shop.as_of = static_cast<Instant>(draw(12)) * day;
	if (draw(2) == 0) {
		shop.policy.closed_through = draw(3);
		shop.connections[0].authorization_window_days = 0;
		shop.connections[0].calendar.day_of = [](const void *, Instant moment) noexcept {
			return DayInUtc(Minus(moment, 300 * minute));
		};
	}
	static constexpr std::array<std::string_view, 1> objects{"cash_sale"};
	if (draw(3) == 0) {
		shop.policy.ledger_posting_objects = objects;
	}
	if (draw(4) == 0) {
		shop.policy.tolerance_minor.fill(draw(2) == 0 ? 0 : std::numeric_limits<Minor>::max());
	}
	if (draw(4) == 0) {
		shop.policy.mapping_grace_days = std::numeric_limits<int>::max();
		shop.policy.posting_grace_days = std::numeric_limits<int>::max();
		shop.policy.duplicate_refund_minutes = std::numeric_limits<int>::max();
		shop.policy.dispute_credit_window_days = std::numeric_limits<int>::max();
		shop.policy.authorization_alert_lead_hours = std::numeric_limits<int>::max();
		shop.policy.refund_grace_days = std::numeric_limits<int>::max();
	}
	return shop;
}

} // namespace meshline
