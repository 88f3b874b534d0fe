// SPDX-License-Identifier: PostgreSQL
// Compares the records of one canonical order (or payout) and says what disagrees and what is due.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "core/calendar.hpp"
#include "core/fact.hpp"

namespace meshline {

// A ledger's document as it was when its period was closed.
struct FrozenPosting {
	std::optional<Minor> amount;
	std::string_view currency;
	std::optional<Instant> occurred_at;
	Parts parts;
	Hash128 content_hash;
};

// One row of meshline.record, as the checks see it. Identifiers are written "namespace/value" with
// scopes resolved ("order_name@3/1001"), and sorted.
struct RecordView {
	Kind kind = Kind::order;
	Status status = Status::unknown;
	Posting posting = Posting::none;
	Role role = Role::store; // of the connection's connector
	bool is_test = false;
	bool is_summary = false;
	bool is_authority = false;        // its definition says that its word counts, whatever the role
	bool is_closed = false;           // of an order: its shop has nothing left to do
	bool is_currency_assumed = false; // the payload names none: it is the connection's, or the order's
	bool is_invalid = false;          // required fields are missing: amounts are not to be trusted
	std::string_view system;          // connector name
	std::string_view object;
	std::string_view external_id;
	std::string_view currency;
	std::string_view processor;
	std::string_view about; // "namespace/value" or ""
	std::int64_t connection_id = 0;
	std::optional<Minor> amount;
	std::optional<Minor> fee;
	std::optional<Minor> net;
	std::optional<Minor> presentment; // `amount` in the other currency that the source states it in
	std::string_view presentment_currency;
	std::optional<Instant> occurred_at;
	std::optional<Instant> expected_at; // of a payout: its arrival at the bank; of a dispute: evidence is due
	std::optional<Instant> version_at;  // since when the source says what it says
	std::int32_t line_count = 0;
	Parts parts;
	std::span<const Item> items;
	std::span<const Minor> stated; // of an order: the totals that its versions stated, where they differ
	std::span<const std::string_view> same_ids; // roles own and same
	std::span<const std::string_view> ref_ids;  // role ref
	std::span<const std::string_view> weak_ids; // of payouts and bank lines: what their texts name
	std::string_view problems;                  // of an invalid record: "field (path): reason; ..."
	Hash128 content_hash;
	const FrozenPosting *frozen = nullptr; // of a posting of a closed period
	bool lacks_customer = false;           // of an order whose store requires one: it names none
};

// The reason codes of this library. The names are the keys of meshline.reason_code.
enum class Reason : std::uint8_t {
	duplicate_event,
	event_id_reused,
	stale_event,
	invalid_payload,
	test_mode_record,
	event_gap,
	missing_in_source_sync,
	duplicate_order_retry,
	duplicate_order_manual,
	duplicate_customer,
	unmapped_order,
	unmapped_customer,
	ambiguous_mapping,
	orphan_payment,
	underpayment,
	overcapture,
	duplicate_payment,
	duplicate_capture,
	authorized_not_captured,
	authorization_expired,
	extended_auth_fee,
	partial_capture,
	payment_pending_too_long,
	negative_total,
	currency_mismatch,
	presentment_settlement_confusion,
	fx_rounding,
	minor_unit_error,
	order_edited_after_payment,
	exchange_imbalance,
	tip_mismatch,
	gift_card_tender_mismatch,
	deleted_or_void_with_money,
	refund_without_order,
	over_refund,
	duplicate_refund,
	refund_not_at_gateway,
	refund_not_in_shop,
	refund_pending_or_failed,
	refund_amount_discrepancy,
	refund_wrong_period,
	chargeback_open,
	chargeback_and_refund,
	chargeback_won_not_credited,
	unpaid_fulfilled,
	paid_unfulfilled,
	over_fulfilled,
	under_fulfilled,
	split_shipment_incomplete,
	unmapped_sku,
	multi_capture_mismatch,
	oversold,
	stock_not_decremented,
	return_not_restocked,
	posting_missing,
	duplicate_order_connector,
	posting_duplicate,
	posting_amount_mismatch,
	tax_mismatch,
	tax_rounding,
	shipping_mismatch,
	discount_mismatch,
	posting_altered_after_match,
	posting_out_of_period,
	timezone_cutoff,
	missing_settlement,
	settlement_total_mismatch,
	settlement_line_duplicate,
	fee_mismatch,
	fee_not_returned_on_refund,
	settlement_split_period,
	payout_reserve_held,
	payout_failed,
	payout_not_in_bank,
	bank_line_unexplained,
};
std::string_view Name(Reason reason) noexcept; // "DUPLICATE_EVENT"
std::optional<Reason> ParseReason(std::string_view name) noexcept;
inline constexpr std::size_t reason_count = 75;

// Which family a check belongs to; one source file each (check_<family>.cpp).
enum class Family : std::uint8_t { ingest, payment, refund, dispute, fulfillment, settlement, posting };
std::string_view Name(Family family) noexcept;

// What a processor keeps of a capture of one currency.
struct FeeRate {
	std::string_view currency;
	int basis_points = 0; // hundredths of a percent
	Minor fixed_minor = 0;
};

inline constexpr int default_bank_arrival_window_days = 5;

// What a merchant tells the engine, resolved for one connection. Days are whole days of 86,400 s.
struct ConnectionPolicy {
	std::int64_t connection_id = 0;
	std::optional<int> settlement_window_days;        // absent: no settlement is expected
	std::optional<int> authorization_window_days;     // absent: nothing is known of an expiry
	std::optional<std::int64_t> ledger_connection_id; // of a store: who posts its orders; absent: nobody
	std::optional<int> bank_arrival_window_days = {}; // absent: no line of a bank is expected
	std::optional<int> fulfillment_sla_days = {};     // of a store, instead of the merchant's
	std::span<const FeeRate> fee_schedule = {};
	std::optional<Minor> dispute_fee =
	    {}; // what a dispute costs, in the minor unit of its line; absent: not known
	bool is_fee_returned_on_refund = false;
	bool is_split_by_month = false;    // settlements are booked as wholes, one per month
	bool is_customer_required = false; // of a store: an order names a customer
	Calendar calendar = {};            // of its time zone
};

struct Policy {
	int posting_grace_days = 3;
	int mapping_grace_days = 1;
	int pending_payment_days = 7;
	int settlement_grace_days = 1; // lines of a payout may trail its arrival this long
	int duplicate_refund_minutes = 10;
	int authorization_alert_lead_hours = 48; // before an authorization expires
	int refund_grace_days = 3;               // from a refund until both shop and processor know it
	int pending_refund_days = 5;
	int unpaid_shipment_days = 1;            // from a shipment until money for it must be captured
	std::optional<int> fulfillment_sla_days; // from the payment until something must have left
	std::optional<int> stock_grace_days;     // from a shipment or return until its stock must have moved
	int dispute_credit_window_days = 7;      // from the winning of a dispute until its money is back
	int duplicate_order_minutes = 10;        // between two orders of one store that may be one sent twice
	int duplicate_order_days = 3;            // between an order and its copy, keyed in elsewhere by hand
	int duplicate_weight = 3;                // log2 of the odds from which a likeness is reported
	// Tolerance in minor units per reason; negative: the default rule (half a minor unit per order
	// line, at least 1).
	std::array<Minor, reason_count> tolerance_minor = [] {
		std::array<Minor, reason_count> all{};
		all.fill(-1);
		return all;
	}();
	// Up to how much money the books may be corrected without anybody deciding, where a finding's arithmetic
	// proves by what; 0: never.
	std::array<Minor, reason_count> auto_correct_minor{};
	// Objects of a ledger that count as the posting of a sale ("cash_sale"); empty: any posting of a sale.
	std::span<const std::string_view> ledger_posting_objects;
	std::span<const ConnectionPolicy> connections;
	std::optional<Day> closed_through = {}; // the last day of the merchant's closed periods
	std::array<bool, reason_count> is_enabled = [] {
		std::array<bool, reason_count> all{};
		all.fill(true);
		return all;
	}();

	const ConnectionPolicy *Of(std::int64_t connection_id) const noexcept;
	bool IsEnabled(Reason reason) const noexcept;
	Minor Tolerance(Reason reason, std::int32_t line_count) const noexcept;
	// The days of a connection's time zone.
	Calendar CalendarOf(std::int64_t connection_id) const noexcept;
	// How long after its payment something of a store's order must have left; absent: it is not waited for.
	std::optional<int> FulfillmentDaysOf(std::int64_t connection_id) const noexcept;
	// Whether the connection dates the moment to a day of a closed period.
	bool IsClosed(std::int64_t connection_id, const std::optional<Instant> &moment) const noexcept;
};

// One number of an explanation: what it is called in the formula, and which payload field it is from.
struct Term {
	std::string_view name;      // "captured"
	Minor value = 0;            // minor units
	std::string_view record_id; // "stripe:charge:ch_1", "" for a sum or a limit
	bool is_count = false;      // a number of things, not money
};

// What would set the books right where arithmetic proves what is wrong: to be booked in addition, never
// instead.
struct Correction {
	std::string_view account; // rounding, tip, write_off, restatement, refund, fee or settlement
	Minor amount = 0;         // signed, of the finding's currency; not 0
};

// A disagreement. `formula` is the rule that is violated, written over the names of the terms and
// evaluating to false on them, e.g. "captured <= total + tolerance"; `remedy` the single change
// that would clear it.
struct Finding {
	explicit Finding(std::pmr::memory_resource *arena) : record_ids(arena), terms(arena) {
	}

	Reason reason = Reason::underpayment;
	std::string_view
	    subject; // "system:object:external_id" of the record it is about; "" the order as a whole
	std::string_view currency;
	std::optional<Minor> expected;
	std::optional<Minor> actual;
	Minor at_risk = 0;
	std::optional<Instant> due_at;       // when it became late; of an open dispute: when evidence is due
	Vector<std::string_view> record_ids; // sorted, without repeats
	Vector<Term> terms;
	std::string_view explanation; // a plain sentence with the amounts in major units
	std::string_view formula;
	std::string_view remedy;
	std::optional<Correction> correction;
};

// Something due but not late at as_of: becomes a finding of `reason` at `due_at` if nothing changes.
struct Expectation {
	Reason reason = Reason::underpayment;
	std::string_view subject;
	std::string_view currency;
	std::optional<Minor> amount;
	Instant due_at = 0;
	std::string_view explanation;
};

// The money of one canonical order in the order's currency, each movement counted once.
struct OrderTotals {
	bool has_order = false;
	std::string_view currency;
	std::optional<Minor> total; // T; absent when neither order nor lines state it
	Minor authorized = 0;       // A
	Minor captured = 0;         // C
	Minor refunded = 0;         // R
	Minor disputed = 0;         // D: taken back by the payer's bank, and not won
	Minor posted = 0;           // sale postings, net of void ones
	Minor refund_posted = 0;
	Minor settled = 0; // gross of settlement lines for its payments and refunds
	Minor fee = 0;
	std::int32_t payment_count = 0; // captured movements
	std::int32_t refund_count = 0;  // successful refund movements
	Status order_status = Status::unknown;
	std::optional<Instant> ordered_at;
};

struct Reconciliation {
	explicit Reconciliation(std::pmr::memory_resource *arena) : findings(arena), expectations(arena) {
	}

	OrderTotals totals;
	Vector<Finding> findings;           // sorted by (reason, subject); at most one per pair
	Vector<Expectation> expectations;   // sorted by (due_at, reason, subject)
	std::optional<Instant> next_due_at; // the earliest expectation
};

// A record of another canonical entity that looks like one of this one's.
struct LikeRecord {
	const RecordView *own = nullptr;
	std::string_view id; // "system:object:external_id"
	std::int64_t connection_id = 0;
	Status status = Status::unknown;
	std::optional<Minor> amount;
	std::string_view currency;
	std::optional<Instant> occurred_at;
	std::int32_t line_count = 0;
	double weight = 0;         // log2 of the odds that both are one thing
	bool is_confirmed = false; // somebody says that they are
	bool is_booking = false;   // it books the sale of an order that is known, and is no order of its own
};

// All checks over the records of one canonical order. Depends on the set of records only, not on
// their order. Reads no clock: `as_of` decides what is late. Text of the result lives in `arena`
// or in the records' own text. Throws only std::bad_alloc.
Reconciliation ReconcileOrder(std::span<const RecordView> records, std::span<const LikeRecord> likes,
                              const Policy &policy, Instant as_of, std::pmr::memory_resource *arena);

// The checks of a canonical customer.
Reconciliation ReconcileCustomer(std::span<const RecordView> records, std::span<const LikeRecord> likes,
                                 const Policy &policy, Instant as_of, std::pmr::memory_resource *arena);

// The lines of one payout, summed per currency, and per month where months are asked about.
struct PayoutLines {
	std::string_view currency;
	Minor net = 0;
	std::int64_t count = 0;
	std::int64_t month = 0; // 202601, of its connection's time zone
};

// The payouts and the statement lines of one currency and amount, against each other.
Reconciliation ReconcileTransfer(std::span<const RecordView> records, const Policy &policy, Instant as_of,
                                 std::pmr::memory_resource *arena);

// The check of one payout against the sum of its lines.
Reconciliation ReconcilePayout(const RecordView &payout, std::span<const PayoutLines> lines,
                               const Policy &policy, Instant as_of, std::pmr::memory_resource *arena);

} // namespace meshline

#ifdef POSTGRES_H
#error "the core sees no PostgreSQL header"
#endif
