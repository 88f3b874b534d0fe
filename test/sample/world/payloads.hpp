// SPDX-License-Identifier: PostgreSQL
// The world in the words of its systems. Each function returns one JSON payload.
#pragma once

#include "world.hpp"

namespace meshline::sample {

namespace shopify_world {
// What a refund says of a line of its order.
struct ReturnedLine {
	std::size_t line = 0; // its place in the order
	int quantity = 0;
	std::string_view restock_type; // return, no_restock or cancel
	Minor subtotal = 0;
	Minor tax = 0;
};
struct RefundNote {
	std::int64_t id = 0;
	std::int64_t transaction = 0;
	std::int64_t parent = 0;
	std::string authorization; // the processor's refund
	Minor amount = 0;
	Seconds at = 0;
	std::string_view status = "success";
	std::vector<ReturnedLine> lines;
};
std::string Order(const Sale &sale, std::string_view financial_status, Seconds updated_at,
                  const std::vector<RefundNote> &refunds = {}, bool is_cancelled = false,
                  bool is_test = false, bool is_closed = false);
std::string Transaction(const Sale &sale, std::int64_t id, std::string_view kind, std::string_view status,
                        std::string_view gateway, std::string_view authorization, Minor amount, Money money,
                        Seconds at, std::int64_t parent = 0);
std::string Refund(const Sale &sale, const RefundNote &refund);
// Of the lines from `first` on.
std::string Fulfillment(const Sale &sale, std::int64_t id, Seconds at, std::size_t first = 0);
std::string InventoryLevel(std::int64_t item, std::int64_t location, int available, Seconds at);
// The answers of the GraphQL API: an order that knows what it came to at first and how many pieces its
// customer has sent back, and a transaction with both of its moneys.
std::string OrderNode(const Sale &sale, std::string_view financial_status, Seconds updated_at, Minor original,
                      const std::vector<ReturnedLine> &returned = {});
std::string TransactionNode(const Sale &sale, std::int64_t id, std::string_view charge, Minor amount,
                            Minor shown, Seconds at);
} // namespace shopify_world

namespace warehouse_world {
struct Pieces {
	std::string sku;
	int moved = 0; // below 0: out of the stock
};
std::string Movement(std::string_view id, std::int64_t order, std::string_view reason,
                     const std::vector<Pieces> &pieces, Seconds at);
} // namespace warehouse_world

namespace stripe_world {
struct Charge {
	std::string id;
	std::string intent;
	Minor amount = 0;
	Minor captured = 0;
	Minor refunded = 0;
	Money money = us_dollar;
	Seconds at = 0;
	std::string_view status = "succeeded";
	bool is_captured = true;
	bool is_live = true;
	std::string metadata_key;
	std::string metadata_value;
};
std::string ChargePayload(const Charge &charge);
// An intent that has succeeded with a charge, and the tip that is in it.
std::string TippedIntent(std::string_view id, std::string_view charge, Minor amount, Minor tip, Money money,
                         Seconds at);
std::string RefundPayload(std::string_view id, std::string_view charge, Minor amount, Money money, Seconds at,
                          std::string_view status);
std::string DisputePayload(std::string_view id, std::string_view charge, Minor amount, Money money,
                           Seconds at, std::string_view status);
std::string BalanceTransaction(std::string_view id, std::string_view type, std::string_view source,
                               std::string_view payout, Minor amount, Minor fee, Money money, Seconds at);
std::string PayoutPayload(std::string_view id, Minor amount, Money money, Seconds at, Seconds arrival,
                          std::string_view status);
// The payload in the envelope of an event.
std::string Event(std::string_view id, std::string_view type, std::string_view object, Seconds at);
} // namespace stripe_world

namespace netsuite_world {
struct Parts {
	Minor goods = 0;
	Minor discount = 0;
	Minor shipping = 0;
	Minor tax = 0;
};
// `external_id` and `other_ref` "" for none; `modified_at` 0: never.
std::string Document(std::string_view id, std::string_view external_id, std::string_view other_ref,
                     Minor amount, Money money, Seconds at, const Person *person = nullptr,
                     const Parts *parts = nullptr, Seconds modified_at = 0);
} // namespace netsuite_world

namespace quickbooks_world {
std::string SalesReceipt(std::string_view id, std::string_view number, const Sale &sale, Minor amount,
                         Seconds at);
std::string RefundReceipt(std::string_view id, std::string_view number, Minor amount, Money money,
                          Seconds at);
struct DepositLine {
	std::string note;
	Minor amount = 0;
};
std::string Deposit(std::string_view id, std::string_view note, const std::vector<DepositLine> &lines,
                    Minor total, Money money, Seconds at);
} // namespace quickbooks_world

namespace bank_world {
std::string Line(std::string_view id, Minor amount, Money money, Seconds at, std::string_view text);
} // namespace bank_world

namespace woocommerce_world {
struct RefundNote {
	std::int64_t id = 0;
	Minor amount = 0;
	Seconds at = 0;
	std::string stripe_refund;
};
std::string Order(const Sale &sale, std::string_view status, std::string_view method,
                  std::string_view transaction, Seconds paid_at, Seconds modified_at,
                  const std::vector<RefundNote> &refunds = {});
std::string Refund(const Sale &sale, const RefundNote &refund);
std::string OrderKey(const Sale &sale);
} // namespace woocommerce_world

namespace paypal_world {
struct Capture {
	std::string id;
	std::string order;
	std::string authorization;
	Minor amount = 0;
	Minor fee = 0;
	Money money = euro;
	Seconds at = 0;
	std::string_view status = "COMPLETED";
	std::string invoice;
	bool is_sandbox = false;
};
std::string CapturePayload(const Capture &capture, Seconds updated_at);
std::string Authorization(std::string_view id, std::string_view invoice, Minor amount, Money money,
                          Seconds at, Seconds expires_at, std::string_view status);
std::string Refund(std::string_view id, const Capture &capture, Minor amount, Seconds at,
                   std::string_view status);
std::string Dispute(std::string_view id, const Capture &capture, Seconds at, std::string_view outcome);
std::string Transaction(std::string_view id, std::string_view code, std::string_view reference, Minor amount,
                        Minor fee, Money money, Seconds at, std::string_view status = "S");
} // namespace paypal_world

namespace xero_world {
std::string Invoice(std::string_view id, std::string_view reference, Minor amount, Money money, Seconds at,
                    std::string_view status, Seconds updated_at, const Person *person = nullptr);
std::string CreditNote(std::string_view id, std::string_view reference, Minor amount, Money money,
                       Seconds at);
} // namespace xero_world

namespace amazon_world {
std::string Order(const Sale &sale, std::string_view status, Seconds updated_at);
std::string FinancialEvent(std::string_view id, std::string_view type, std::string_view order, Minor charge,
                           Minor fee, Money money, Seconds at);
struct SettlementRow {
	std::string settlement;
	std::string order;
	std::string_view transaction_type;
	std::string_view amount_type;
	std::string_view description;
	Minor amount = 0;
	Seconds at = 0;
	std::string item;
};
std::string Row(const SettlementRow &row, Money money);
std::string Settlement(std::string_view id, Minor total, Money money, Seconds from, Seconds until,
                       Seconds deposit);
} // namespace amazon_world

namespace hubspot_world {
std::string Contact(std::string_view id, const Person &person, Seconds at);
std::string Order(std::string_view id, const Sale &sale, std::string_view store_order, Seconds at);
} // namespace hubspot_world

} // namespace meshline::sample
