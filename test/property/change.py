# SPDX-License-Identifier: PostgreSQL
"""The changes that explanations of the world suggest, as payloads: a newer version, or what is missing.

CHANGES has a function for each reason. It gets the exception and the `Books`, and returns the statements that make the
change and the reasons that may open because of it, each said with its cause.
"""
from change_goods import move_stock, name_lines, order_more, restock, ship, ship_rest
from change_order import archive, cancel_second, complete_payload, decide, decide_reuse, fetch_order, load_row, name_customer, void_order
from change_payment import (
    capture_less, capture_more, capture_rightly, complete_payment, credit_dispute, decide_dispute, give_back, in_currency,
    lift_total, round_total, take_tip_off, tie_payment)
from change_posting import book, book_part_rightly, book_rightly, date_rightly, date_to_open_period, set_back, void_document
from change_refund import finish_refund, note_refund_rightly, refund_at_processor, refund_in_shop, refund_less, take_back_refund, tie_refund
from change_settlement import arrive_at_bank, cancel_payout, complete_payout, explain_bank_line, let_go, return_fee, reverse_line, right_fee, settle

CHANGES = {
    "AMBIGUOUS_MAPPING": cancel_second, "AUTHORIZATION_EXPIRED": capture_more, "AUTHORIZED_NOT_CAPTURED": capture_more,
    "BANK_LINE_UNEXPLAINED": explain_bank_line, "CHARGEBACK_AND_REFUND": decide_dispute, "CHARGEBACK_OPEN": decide_dispute,
    "CHARGEBACK_WON_NOT_CREDITED": credit_dispute, "CURRENCY_MISMATCH": in_currency, "DELETED_OR_VOID_WITH_MONEY": give_back,
    "DISCOUNT_MISMATCH": book_part_rightly, "DUPLICATE_CAPTURE": give_back, "DUPLICATE_CUSTOMER": archive,
    "DUPLICATE_ORDER_CONNECTOR": void_document, "DUPLICATE_ORDER_MANUAL": void_order, "DUPLICATE_ORDER_RETRY": void_order,
    "DUPLICATE_PAYMENT": give_back, "DUPLICATE_REFUND": take_back_refund, "EVENT_GAP": fetch_order, "EVENT_ID_REUSED": decide_reuse,
    "FEE_MISMATCH": right_fee, "GIFT_CARD_TENDER_MISMATCH": capture_more, "INVALID_PAYLOAD": complete_payload,
    "MINOR_UNIT_ERROR": capture_less, "MISSING_IN_SOURCE_SYNC": load_row, "MISSING_SETTLEMENT": settle, "NEGATIVE_TOTAL": lift_total,
    "ORPHAN_PAYMENT": tie_payment, "OVERCAPTURE": give_back, "OVER_REFUND": refund_less, "PAID_UNFULFILLED": ship,
    "PARTIAL_CAPTURE": capture_more, "PAYMENT_PENDING_TOO_LONG": complete_payment, "PAYOUT_FAILED": cancel_payout,
    "PAYOUT_NOT_IN_BANK": arrive_at_bank, "POSTING_AMOUNT_MISMATCH": book_rightly, "POSTING_DUPLICATE": void_document,
    "POSTING_MISSING": book, "REFUND_AMOUNT_DISCREPANCY": note_refund_rightly, "REFUND_NOT_AT_GATEWAY": refund_at_processor,
    "REFUND_NOT_IN_SHOP": refund_in_shop, "REFUND_PENDING_OR_FAILED": finish_refund, "REFUND_WITHOUT_ORDER": tie_refund,
    "SETTLEMENT_LINE_DUPLICATE": reverse_line, "SETTLEMENT_TOTAL_MISMATCH": complete_payout, "SHIPPING_MISMATCH": book_part_rightly,
    "TAX_MISMATCH": book_part_rightly, "TIP_MISMATCH": take_tip_off, "UNDERPAYMENT": capture_more, "UNMAPPED_ORDER": fetch_order,
    "UNPAID_FULFILLED": capture_more, "SPLIT_SHIPMENT_INCOMPLETE": ship_rest, "UNDER_FULFILLED": ship_rest, "OVER_FULFILLED": order_more,
    "UNMAPPED_SKU": name_lines, "UNMAPPED_CUSTOMER": name_customer, "OVERSOLD": restock, "MULTI_CAPTURE_MISMATCH": refund_in_shop,
    "PRESENTMENT_SETTLEMENT_CONFUSION": capture_rightly, "SETTLEMENT_SPLIT_PERIOD": decide,
    "EXTENDED_AUTH_FEE": decide,
    "REFUND_WRONG_PERIOD": date_rightly, "TIMEZONE_CUTOFF": date_rightly, "PAYOUT_RESERVE_HELD": let_go,
    "EXCHANGE_IMBALANCE": capture_more, "ORDER_EDITED_AFTER_PAYMENT": capture_more, "FX_ROUNDING": round_total, "TAX_ROUNDING": book_part_rightly,
    "FEE_NOT_RETURNED_ON_REFUND": return_fee, "STOCK_NOT_DECREMENTED": move_stock, "RETURN_NOT_RESTOCKED": move_stock,
    "POSTING_ALTERED_AFTER_MATCH": set_back, "POSTING_OUT_OF_PERIOD": date_to_open_period,
}
