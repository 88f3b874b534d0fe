// SPDX-License-Identifier: PostgreSQL
// A trader on Amazon, booked in QuickBooks, with a bank account; HubSpot keeps the contacts.
#include "payloads.hpp"

#include <algorithm>
#include <cstdlib>

namespace meshline::sample {

namespace {

constexpr std::string_view merchant = "Halyard Trading";
constexpr World::Account market{merchant, "amazon", "A0HALYARDWORLD"};
constexpr World::Account books{merchant, "quickbooks", "9130357766900999"};
constexpr World::Account crm{merchant, "hubspot", "49900001"};
constexpr World::Account bank{merchant, "bank", "3000 Checking"};

constexpr int settlement_days = 14;
constexpr Minor commission = 1500; // basis points

const std::vector<std::string_view> defects = {"POSTING_MISSING",
                                               "POSTING_DUPLICATE",
                                               "POSTING_AMOUNT_MISMATCH",
                                               "MISSING_SETTLEMENT",
                                               "SETTLEMENT_LINE_DUPLICATE",
                                               "DUPLICATE_CUSTOMER",
                                               "UNDERPAYMENT",
                                               "OVER_REFUND",
                                               "UNMAPPED_ORDER",
                                               "DUPLICATE_EVENT",
                                               "DELETED_OR_VOID_WITH_MONEY"};

class Trader : public Business {
public:
	explicit Trader(World &world) : world_(world), opened_at_(world.options().start) {
	}

	void Sell(std::int64_t number, Seconds at) override;
	void CloseDay(Seconds midnight) override;

private:
	static std::string
	OrderRecord(const Sale &sale) {
		return "amazon:order:" + sale.name;
	}

	void Settle(Seconds midnight, Seconds until);
	void AddRows(const Sale &sale, Minor charged, Seconds at);
	void GiveBack(const Sale &sale, int index, Minor amount, Seconds at);
	void TellContacts(const Sale &sale, bool is_double);

	World &world_;
	std::vector<amazon_world::SettlementRow> rows_;
	Seconds opened_at_;
	std::int64_t count_ = 0;
	std::int64_t settlement_count_ = 0;
};

// A row per unit, equal to each other where a unit is, and one for the commission.
void
Trader::AddRows(const Sale &sale, Minor charged, Seconds at) {
	Minor left = charged;
	for (const CartLine &line : sale.lines) {
		const std::string item = std::to_string(90'000'000'000'000 + sale.number * 4 + line.product % 4);
		for (int i = 0; i < line.quantity && left >= line.price; ++i) {
			rows_.push_back({"", sale.name, "Order", "ItemPrice", "Principal", line.price, at, item});
			left -= line.price;
		}
	}
	if (left != 0) {
		rows_.push_back(
		    {"", sale.name, "Order", "ItemPrice", "Shipping", left, at, std::to_string(sale.number)});
	}
	rows_.push_back({"", sale.name, "Order", "ItemFees", "Commission", -Percent(charged, commission), at,
	                 std::to_string(sale.number)});
}

void
Trader::GiveBack(const Sale &sale, int index, Minor amount, Seconds at) {
	const std::string id = Code("TX-REF-" + std::to_string(index), sale.number, "0123456789", 9);
	world_.Send(at + hour, market, "financial_event",
	            amazon_world::FinancialEvent(id, "Refund", sale.name, -amount, 0, sale.money, at));
	rows_.push_back({"", sale.name, "Refund", "ItemPrice", "Principal", -amount, at,
	                 std::to_string(sale.number * 10 + index)});
	world_.Send(at + 10 * hour, books, "refund_receipt",
	            quickbooks_world::RefundReceipt(std::to_string(7'000'000 + sale.number * 10 + index),
	                                            sale.name, amount, sale.money, at));
}

void
Trader::TellContacts(const Sale &sale, bool is_double) {
	const std::string id = std::to_string(51'000'000 + sale.number);
	world_.Send(sale.at + 2 * hour, crm, "contact",
	            hubspot_world::Contact(id, sale.person, sale.at + 2 * hour));
	world_.Send(
	    sale.at + 3 * hour, crm, "order",
	    hubspot_world::Order(std::to_string(61'000'000 + sale.number), sale, sale.name, sale.at + 3 * hour));
	if (is_double) { // written down once more, with another mail address
		Person again = sale.person;
		again.email = again.last_name + std::to_string(sale.number) + "@work.example";
		const std::string copy = "9" + id;
		world_.Send(sale.at + 4 * day, crm, "contact",
		            hubspot_world::Contact(copy, again, sale.at + 4 * day));
		world_.Plant("DUPLICATE_CUSTOMER", "hubspot:contact:" + copy, 0, sale.money);
	}
}

void
Trader::Sell(std::int64_t number, Seconds at) {
	Random random(world_.options().seed, 41, static_cast<std::uint64_t>(number));
	const std::string_view defect = ChooseDefect(world_.options(), count_++, defects);
	Sale sale = InventSale(random, number, at, us_dollar);
	sale.tax = sale.discount = 0;
	sale.name = "701-" + Code("", number, "0123456789", 7) + "-" +
	            Code("", number * 31 % 10'000'000, "0123456789", 7);
	if (defect == "SETTLEMENT_LINE_DUPLICATE") { // two rows are right, the third is not
		sale.lines.front().quantity = 2;
	}
	const Minor total = sale.Total();
	const std::string record = OrderRecord(sale);
	const Minor part = Percent(total, 700);
	const Seconds shipped_at = at + day + 3 * hour;
	const std::string event = Code("TX-SHIP-", number, "0123456789", 9);
	const Minor charged = defect == "UNDERPAYMENT" ? total - part : total;
	const std::string shipment = amazon_world::FinancialEvent(
	    event, "Shipment", sale.name, charged, Percent(charged, commission), us_dollar, shipped_at);
	world_.Group(number, "amazon:financial_event:" + event);
	if (defect == "UNMAPPED_ORDER") {
		world_.Send(shipped_at, market, "financial_event", shipment);
		AddRows(sale, charged, shipped_at);
		world_.Plant(defect, "amazon:financial_event:" + event, total, us_dollar);
		world_.Plant("EVENT_GAP", "amazon:financial_event:" + event, 0, us_dollar);
		return;
	}
	world_.Group(number, record);
	world_.Send(at + 10 * minute, market, "order", amazon_world::Order(sale, "Unshipped", at + 5 * minute));
	const std::string shipped = amazon_world::Order(
	    sale, defect == "DELETED_OR_VOID_WITH_MONEY" ? "Canceled" : "Shipped", shipped_at);
	world_.Send(shipped_at + 10 * minute, market, "order", shipped);
	if (defect == "DUPLICATE_EVENT") {
		world_.Send(shipped_at + day, market, "order", shipped);
		world_.Plant(defect, record, 0, us_dollar, false);
	}
	world_.Send(shipped_at + hour, market, "financial_event", shipment);
	if (defect == "MISSING_SETTLEMENT") {
		world_.Plant(defect, record, total, us_dollar);
	} else {
		AddRows(sale, charged, shipped_at);
	}
	if (defect == "SETTLEMENT_LINE_DUPLICATE") { // the report names one unit more than was sold
		const CartLine &line = sale.lines.front();
		rows_.push_back({"", sale.name, "Order", "ItemPrice", "Principal", line.price, shipped_at,
		                 std::to_string(90'000'000'000'000 + number * 4 + line.product % 4)});
		world_.Plant(defect, record, line.price, us_dollar);
	} else if (defect == "UNDERPAYMENT") {
		world_.Plant(defect, record, part, us_dollar);
	} else if (defect == "DELETED_OR_VOID_WITH_MONEY") {
		world_.Plant(defect, record, total, us_dollar);
	} else if (defect == "OVER_REFUND") {
		GiveBack(sale, 1, total, at + 6 * day);
		GiveBack(sale, 2, part, at + 8 * day);
		world_.Plant(defect, record, part, us_dollar);
	} else if (defect.empty() && random.PerMille(100)) {
		GiveBack(sale, 1, total / 3, at + 6 * day);
	}
	const auto receipt = [&](std::string_view prefix, Minor amount, Seconds posted_at) {
		const std::string id = std::string(prefix) + std::to_string(3'000'000 + number);
		world_.Send(posted_at, books, "sales_receipt",
		            quickbooks_world::SalesReceipt(id, sale.name, sale, amount, posted_at));
		world_.Group(number, "quickbooks:sales_receipt:" + id);
	};
	if (defect == "POSTING_MISSING") {
		world_.Plant(defect, record, total, us_dollar);
	} else if (defect != "DELETED_OR_VOID_WITH_MONEY") {
		const bool is_wrong = defect == "POSTING_AMOUNT_MISMATCH";
		receipt("", is_wrong ? total - part : total, shipped_at + 6 * hour);
		if (is_wrong) {
			world_.Plant(defect, record, part, us_dollar);
		} else if (defect == "POSTING_DUPLICATE") {
			receipt("8", total, shipped_at + 9 * hour);
			world_.Plant(defect, record, total, us_dollar);
		}
	}
	if (number % 2 == 0) {
		TellContacts(sale, defect == "DUPLICATE_CUSTOMER");
	}
}

// The report of two weeks: its first row is the settlement itself, its others what came before `until`.
void
Trader::Settle(Seconds midnight, Seconds until) {
	Minor total = 0;
	std::vector<amazon_world::SettlementRow> later;
	std::vector<amazon_world::SettlementRow> now;
	for (amazon_world::SettlementRow &row : rows_) {
		(row.at < until ? now : later).push_back(row);
		total += row.at < until ? row.amount : 0;
	}
	if (total <= 0) {
		return;
	}
	rows_ = std::move(later);
	const std::string id = Code("2", 990'000'000 + ++settlement_count_, "0123456789", 10);
	const Seconds at = midnight + 8 * hour;
	const bool is_clean = world_.options().is_clean;
	const bool is_wrong = !is_clean && settlement_count_ % 5 == 2;
	const bool is_lost = !is_clean && settlement_count_ % 5 == 3;
	if (is_wrong) {
		total -= 4321;
		world_.Plant("SETTLEMENT_TOTAL_MISMATCH", "amazon:settlement_line:" + id, 4321, us_dollar);
	}
	const std::string last_month = IsoDate(until - 1, -7).substr(0, 7); // of Los Angeles in summer
	Minor earlier = 0;
	bool has_earlier = false;
	for (const amazon_world::SettlementRow &row : now) {
		if (IsoDate(row.at, -7).substr(0, 7) != last_month) {
			has_earlier = true;
			earlier += row.amount;
		}
	}
	const bool has_last = std::any_of(now.begin(), now.end(), [&](const amazon_world::SettlementRow &row) {
		return IsoDate(row.at, -7).substr(0, 7) == last_month;
	});
	if (has_earlier && has_last) {
		world_.Plant("SETTLEMENT_SPLIT_PERIOD", "amazon:settlement_line:" + id, std::abs(earlier), us_dollar);
	}
	const std::string file = "settlement-" + id + ".txt:";
	int line = 1;
	world_.Send(at, market, "settlement_line",
	            amazon_world::Settlement(id, total, us_dollar, opened_at_, midnight, midnight + 2 * day),
	            file + std::to_string(line));
	for (amazon_world::SettlementRow &row : now) {
		row.settlement = id;
		world_.Send(at, market, "settlement_line", amazon_world::Row(row, us_dollar),
		            file + std::to_string(++line));
	}
	opened_at_ = midnight;
	if (is_lost) {
		world_.Plant("PAYOUT_NOT_IN_BANK", "amazon:settlement_line:" + id, total, us_dollar);
	} else {
		const Seconds booked = midnight + 3 * day;
		world_.Send(booked + 5 * hour, bank, "line",
		            bank_world::Line("chk-" + id, total, us_dollar, booked, "AMAZON.COM SERVICES " + id));
	}
}

void
Trader::CloseDay(Seconds midnight) {
	if ((midnight - world_.options().start) / day % settlement_days == 0) {
		Settle(midnight, midnight);
	} else if (world_.options().is_clean && IsoDate(midnight, 0).substr(8) == "02") {
		// Who books settlements as wholes asks for one at the end of the month.
		Settle(midnight, midnight - day + 7 * hour);
	}
}

} // namespace

std::unique_ptr<Business>
MakeTrader(World &world) {
	return std::make_unique<Trader>(world);
}

} // namespace meshline::sample
