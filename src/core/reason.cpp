// SPDX-License-Identifier: PostgreSQL
#include "core/reconcile.hpp"

#include <algorithm>
#include <array>

namespace meshline {

namespace {

constexpr std::array<std::string_view, reason_count> reason_names{"DUPLICATE_EVENT",
                                                                  "EVENT_ID_REUSED",
                                                                  "STALE_EVENT",
                                                                  "INVALID_PAYLOAD",
                                                                  "TEST_MODE_RECORD",
                                                                  "EVENT_GAP",
                                                                  "MISSING_IN_SOURCE_SYNC",
                                                                  "DUPLICATE_ORDER_RETRY",
                                                                  "DUPLICATE_ORDER_MANUAL",
                                                                  "DUPLICATE_CUSTOMER",
                                                                  "UNMAPPED_ORDER",
                                                                  "UNMAPPED_CUSTOMER",
                                                                  "AMBIGUOUS_MAPPING",
                                                                  "ORPHAN_PAYMENT",
                                                                  "UNDERPAYMENT",
                                                                  "OVERCAPTURE",
                                                                  "DUPLICATE_PAYMENT",
                                                                  "DUPLICATE_CAPTURE",
                                                                  "AUTHORIZED_NOT_CAPTURED",
                                                                  "AUTHORIZATION_EXPIRED",
                                                                  "EXTENDED_AUTH_FEE",
                                                                  "PARTIAL_CAPTURE",
                                                                  "PAYMENT_PENDING_TOO_LONG",
                                                                  "NEGATIVE_TOTAL",
                                                                  "CURRENCY_MISMATCH",
                                                                  "PRESENTMENT_SETTLEMENT_CONFUSION",
                                                                  "FX_ROUNDING",
                                                                  "MINOR_UNIT_ERROR",
                                                                  "ORDER_EDITED_AFTER_PAYMENT",
                                                                  "EXCHANGE_IMBALANCE",
                                                                  "TIP_MISMATCH",
                                                                  "GIFT_CARD_TENDER_MISMATCH",
                                                                  "DELETED_OR_VOID_WITH_MONEY",
                                                                  "REFUND_WITHOUT_ORDER",
                                                                  "OVER_REFUND",
                                                                  "DUPLICATE_REFUND",
                                                                  "REFUND_NOT_AT_GATEWAY",
                                                                  "REFUND_NOT_IN_SHOP",
                                                                  "REFUND_PENDING_OR_FAILED",
                                                                  "REFUND_AMOUNT_DISCREPANCY",
                                                                  "REFUND_WRONG_PERIOD",
                                                                  "CHARGEBACK_OPEN",
                                                                  "CHARGEBACK_AND_REFUND",
                                                                  "CHARGEBACK_WON_NOT_CREDITED",
                                                                  "UNPAID_FULFILLED",
                                                                  "PAID_UNFULFILLED",
                                                                  "OVER_FULFILLED",
                                                                  "UNDER_FULFILLED",
                                                                  "SPLIT_SHIPMENT_INCOMPLETE",
                                                                  "UNMAPPED_SKU",
                                                                  "MULTI_CAPTURE_MISMATCH",
                                                                  "OVERSOLD",
                                                                  "STOCK_NOT_DECREMENTED",
                                                                  "RETURN_NOT_RESTOCKED",
                                                                  "POSTING_MISSING",
                                                                  "DUPLICATE_ORDER_CONNECTOR",
                                                                  "POSTING_DUPLICATE",
                                                                  "POSTING_AMOUNT_MISMATCH",
                                                                  "TAX_MISMATCH",
                                                                  "TAX_ROUNDING",
                                                                  "SHIPPING_MISMATCH",
                                                                  "DISCOUNT_MISMATCH",
                                                                  "POSTING_ALTERED_AFTER_MATCH",
                                                                  "POSTING_OUT_OF_PERIOD",
                                                                  "TIMEZONE_CUTOFF",
                                                                  "MISSING_SETTLEMENT",
                                                                  "SETTLEMENT_TOTAL_MISMATCH",
                                                                  "SETTLEMENT_LINE_DUPLICATE",
                                                                  "FEE_MISMATCH",
                                                                  "FEE_NOT_RETURNED_ON_REFUND",
                                                                  "SETTLEMENT_SPLIT_PERIOD",
                                                                  "PAYOUT_RESERVE_HELD",
                                                                  "PAYOUT_FAILED",
                                                                  "PAYOUT_NOT_IN_BANK",
                                                                  "BANK_LINE_UNEXPLAINED"};

} // namespace

std::string_view
Name(Reason reason) noexcept {
	return reason_names[static_cast<std::size_t>(reason)];
}

std::optional<Reason>
ParseReason(std::string_view name) noexcept {
	const auto *const at = std::find(reason_names.begin(), reason_names.end(), name);
	if (at == reason_names.end()) {
		return std::nullopt;
	}
	return static_cast<Reason>(at - reason_names.begin());
}

const ConnectionPolicy *
Policy::Of(std::int64_t connection_id) const noexcept {
	const auto at = std::find_if(connections.begin(), connections.end(), [&](const ConnectionPolicy &policy) {
		return policy.connection_id == connection_id;
	});
	return at == connections.end() ? nullptr : &*at;
}

bool
Policy::IsEnabled(Reason reason) const noexcept {
	return is_enabled[static_cast<std::size_t>(reason)];
}

Minor
Policy::Tolerance(Reason reason, std::int32_t line_count) const noexcept {
	const Minor set = tolerance_minor[static_cast<std::size_t>(reason)];
	// Each line may have been rounded by half a minor unit.
	return set >= 0 ? set : std::max<Minor>(1, line_count / 2);
}

std::optional<int>
Policy::FulfillmentDaysOf(std::int64_t connection_id) const noexcept {
	const ConnectionPolicy *own = Of(connection_id);
	return own != nullptr && own->fulfillment_sla_days ? own->fulfillment_sla_days : fulfillment_sla_days;
}

Calendar
Policy::CalendarOf(std::int64_t connection_id) const noexcept {
	const ConnectionPolicy *policy = Of(connection_id);
	return policy == nullptr ? Calendar{} : policy->calendar;
}

bool
Policy::IsClosed(std::int64_t connection_id, const std::optional<Instant> &moment) const noexcept {
	return closed_through && moment && CalendarOf(connection_id).DayOf(*moment) <= *closed_through;
}

} // namespace meshline
