// SPDX-License-Identifier: PostgreSQL
// The sample month in the words of the four systems. Each function returns one JSON payload.
#pragma once

#include "model.hpp"

namespace meshline::sample {

namespace shopify {
std::string OrderPayload(const Order &order, std::size_t version);
// The same, without its total, as a broken exporter writes it.
std::string OrderWithoutTotal(const Order &order, std::size_t version);
std::string TransactionPayload(const Order &order, const Payment &payment, bool is_authorization);
std::string RefundTransactionPayload(const Order &order, const Refund &refund);
std::string RefundPayload(const Order &order, const Refund &refund);
std::string FulfillmentPayload(const Order &order);
std::int64_t FulfillmentId(const Order &order);
} // namespace shopify

namespace stripe {
// How far a charge has come.
struct ChargeState {
	bool is_captured = true;
	Minor refunded = 0;
};

// The id of the event of this type about this object.
std::string EventId(std::string_view type, std::string_view object_id);
std::string ChargePayload(const Order &order, const Payment &payment, ChargeState state);
std::string ChargeEvent(const Order &order, const Payment &payment, std::string_view type,
                        std::string_view event_id, Seconds created_at, ChargeState state);
std::string IntentEvent(const Order &order, const Payment &payment, std::string_view event_id);
std::string RefundPayload(const Order &order, const Refund &refund);
std::string RefundEvent(const Order &order, const Refund &refund);
std::string BalanceTransactionPayload(const Payout &payout, const SettlementLine &line);
std::string PayoutPayload(const Payout &payout);
std::string PayoutEvent(const Payout &payout);
} // namespace stripe

namespace netsuite {
enum class Sale : std::int64_t { first = 1, again = 2 };
std::int64_t CashSaleId(const Order &order, Sale sale);
std::int64_t RefundId(const Order &order, std::size_t number);
std::int64_t DepositId(const Order &order);
std::string CashSalePayload(const Order &order, Sale sale);
std::string CustomerRefundPayload(const Order &order, std::size_t number);
std::string CustomerDepositPayload(const Order &order);
} // namespace netsuite

namespace quickbooks {
std::int64_t DepositId(const Payout &payout);
std::int64_t OrderDocumentId(const Order &order);
std::int64_t RefundReceiptId(const Order &order, std::size_t number);
bool IsInvoiced(const Order &order); // else a sales receipt
std::string DepositPayload(const Payout &payout);
std::string SalesReceiptPayload(const Order &order);
std::string InvoicePayload(const Order &order);
std::string PaymentPayload(const Order &order);
std::string RefundReceiptPayload(const Order &order, std::size_t number);
} // namespace quickbooks

} // namespace meshline::sample
