// SPDX-License-Identifier: PostgreSQL
// What happens in the sample month, before it is written as anybody's payload.
#pragma once

#include <deque>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "random.hpp"
#include "text.hpp"

namespace meshline::sample {

constexpr Seconds minute = 60;
constexpr Seconds hour = 3600;
constexpr Seconds day = 86400;
constexpr int shop_offset = -5;       // the shop keeps a clock without daylight saving time
constexpr int ledger_offset = -7;     // NetSuite's account
constexpr int quickbooks_offset = -8; // QuickBooks' realm

constexpr std::string_view hexadecimal = "0123456789abcdef";
constexpr std::string_view base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

struct Options {
	std::uint64_t seed = 1;
	int orders = 2000;
	Seconds start = 0;
	std::string out;
	bool is_clean = false;
	bool is_shuffled = false;
	std::uint64_t shuffle_seed = 0;
	int repeat_percent = -1; // negative: the default, 0.5 % (none when clean)
	int wholesale_percent = 10;
};

struct Currency {
	std::string_view code;
	std::string_view lower;
	std::string_view name;
	int exponent;
	Minor step; // amounts are multiples of this: Stripe wants the third decimal of KWD to be 0
};

const Currency &UsDollar();
const Currency &Euro();
const Currency &Yen();
const Currency &KuwaitiDinar();

// `amount` rounded down to the currency's step.
Minor RoundDown(Minor amount, const Currency &currency);

enum class Defect {
	none,
	event_id_reused,
	unmapped_order,
	orphan_payment,
	underpayment,
	overcapture,
	duplicate_payment,
	currency_mismatch,
	minor_unit_error,
	void_with_money,
	refund_without_order,
	over_refund,
	duplicate_refund,
	posting_missing,
	posting_duplicate,
	posting_amount_mismatch,
	missing_settlement,
	stale_event,
	invalid_payload,
	test_mode_record,
};

struct Product {
	std::string_view sku;
	std::string_view title;
	Minor cents;
};

struct Customer {
	std::int64_t id = 0;
	std::string first_name;
	std::string last_name;
	std::string email;
	std::string phone;
	std::string street;
	std::string city;
	std::string zip;
	std::string_view province;
	std::string_view province_code;
};

struct Line {
	std::int64_t id = 0;
	const Product *product = nullptr;
	int product_number = 0;
	int quantity = 1;
	Minor price = 0;    // of one
	Minor discount = 0; // this line's part of the order's discount
	Minor tax = 0;

	Minor
	Net() const {
		return price * quantity - discount;
	}
};

enum class Tender { card, gift_card, manual };

// One movement of money from the customer, as the shop and the processor know it.
struct Payment {
	Tender tender = Tender::card;
	const Currency *currency = nullptr;
	Minor amount = 0;
	Seconds created_at = 0;
	Seconds captured_at = 0;
	bool is_authorized_first = false;
	std::int64_t transaction_id = 0;
	std::int64_t authorization_id = 0; // the shop's transaction of kind authorization
	bool is_in_shop = true;            // the shop's transaction is delivered
	bool names_intent = false;         // the transaction's authorization is the pi_ id, not the ch_ id
	bool has_metadata = true;          // the charge names the shop's order
	bool has_intent_event = true;
	bool is_plain = false; // the charge comes as the plain object, not in an event
	bool is_late = false;  // paid out late, but inside the window
	bool is_settled = true;
	std::string charge;
	std::string intent;
	std::string balance_transaction;

	Minor Fee() const;
};

// How the processor's refund finds its order.
enum class RefundLink { order, charge, settlement };

struct Refund {
	std::int64_t id = 0;
	std::int64_t transaction_id = 0;
	RefundLink link = RefundLink::order;
	Minor amount = 0;
	Seconds created_at = 0;
	std::vector<std::size_t> lines; // returned whole
	Minor shipping = 0;             // given back
	Minor goodwill = 0;             // neither lines nor shipping
	bool is_standalone = false;     // the shop's refund is delivered by itself, not only inside its order
	bool is_plain = false;
	std::string refund;
	std::string balance_transaction;
};

// A state of the order as the shop shows it.
struct OrderVersion {
	Seconds updated_at = 0;
	bool is_fulfilled = false;
	bool is_captured = true;
	bool is_cancelled = false;
	std::size_t refund_count = 0; // of the refunds, how many have happened
};

struct Order {
	int index = 0;
	std::int64_t id = 0;
	std::string name; // without '#'
	Seconds created_at = 0;
	const Currency *currency = nullptr;
	const Customer *customer = nullptr;
	Defect defect = Defect::none;
	std::vector<Line> lines;
	Minor discount = 0;
	Minor shipping = 0;
	Minor tax = 0;
	Minor subtotal = 0; // of the lines, after discount
	Minor total = 0;
	std::vector<Payment> payments;
	std::vector<Refund> refunds;
	std::vector<OrderVersion> versions;
	Seconds fulfilled_at = 0; // 0: never
	Seconds cancelled_at = 0; // 0: never
	bool is_polled = false;   // versions before fulfilment are not seen
	bool is_late = false;     // the order arrives after its refunds
	bool is_wholesale = false;
	bool has_deposit = false; // NetSuite holds a customer deposit
	bool has_posting = true;
	bool is_test = false;
	Minor posting_error = 0;

	const Payment *Card() const; // the first card payment, or null
	Minor Captured() const;
	Minor Refunded(std::size_t count) const;
};

struct SettlementLine {
	std::string_view id; // txn_…
	const Order *order = nullptr;
	const Payment *payment = nullptr;
	const Refund *refund = nullptr; // null: the line is of the payment
	const Currency *currency = nullptr;
	Minor amount = 0;
	Minor fee = 0;
	Seconds created_at = 0;
};

struct Payout {
	std::string id;
	int number = 0;
	const Currency *currency = nullptr;
	Seconds created_at = 0;
	Seconds arrival_at = 0;
	Minor amount = 0;
	std::vector<SettlementLine> lines;
	Minor amount_error = 0;  // payout amount minus the sum of its lines
	Minor deposit_error = 0; // sum of the deposit's lines minus its total
	bool has_deposit = true;
};

// One payload on its way to a staging table. Rendered only when it is written.
struct Delivery {
	Seconds arrives_at = 0;
	std::size_t sequence = 0;
	std::string_view table;
	std::string event_id; // "" for none
	std::string subject;
	bool may_repeat = true;
	std::function<std::string()> payload;
};

struct Truth {
	std::string record_id;
	std::string_view reason;
	std::string subject;
	Minor amount = 0;
	std::string_view currency;
	bool is_open = true;
};

struct Membership {
	std::int64_t group;
	std::string record;
};

struct Month {
	Options options;
	std::vector<Customer> customers;
	std::size_t buyer_count = 0; // of the customers, those who order; the rest belong to strays
	std::deque<Order> orders;
	std::deque<Order> strays; // money and payloads that have no order of the month
	std::deque<Payout> payouts;
	std::vector<Delivery> deliveries;
	std::vector<Truth> truth;
	std::vector<Membership> groups;
};

// The stations of the generator, in order. Each depends on the options and the ones before only.
void PlanCustomers(Month &month);
void PlanOrders(Month &month);
void PlanStrays(Month &month);
void PlanSettlement(Month &month);
void PlanDeliveries(Month &month);
void PlanTruth(Month &month);
void PlanRepeats(Month &month);
void WriteMonth(const Month &month);

std::span<const Product> Products();

} // namespace meshline::sample
