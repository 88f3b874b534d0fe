# SPDX-License-Identifier: PostgreSQL
"""Changes that payments and disputes ask for."""
import copy

from books import ISO, balance_line, charge, major, new_order, order_of, refund, sources, with_amount


def capture_more(books, x):
    return [charge(books, order_of(books, x), x["amount"], x["currency"])], {}


def largest_capture(books, x):
    return max(sources(books, x, "payment"), key=lambda r: (r["status"] == "paid", r["amount_minor"], r["object"] == "capture", r["id"]))


def capture_less(books, x):
    payment = largest_capture(books, x)
    return [books.again(payment, with_amount(payment, payment["amount_minor"] - x["amount"]))], {
        "SETTLEMENT_LINE_DUPLICATE": "the settlement still has the old amount", "POSTING_AMOUNT_MISMATCH": "the payment was booked as it was",
        "POSTING_DUPLICATE": "the payment was booked as it was", "OVER_REFUND": "it had been refunded"}


def capture_rightly(books, x):
    payment = sources(books, x, "payment")[0]
    return [books.again(payment, with_amount(payment, x["expected_minor"]))], {
        "FEE_MISMATCH": "the fee was of the payment as it was", "SETTLEMENT_LINE_DUPLICATE": "the settlement still has the old amount"}


def take_tip_off(books, x):
    order = order_of(books, x)
    payload = copy.deepcopy(order["payload"])
    payload["total_price"] = major(order["amount_minor"] + x["amount"], x["currency"])
    payload.pop("total_price_set")
    return [books.again(order, payload)], {"POSTING_AMOUNT_MISMATCH": "the order was booked as it was"}


def round_total(books, x):
    """The order with a line for what was rounded."""
    order = order_of(books, x)
    payload = copy.deepcopy(order["payload"])
    payload["total_price"] = payload["total_price_set"]["shop_money"]["amount"] = major(x["actual_minor"], x["currency"])
    return [books.again(order, payload)], {}


def in_currency(books, x):
    order = order_of(books, x)
    payment = books.subject(x) if x["subject"] else sources(books, x, "payment")[0]
    payload = copy.deepcopy(payment["payload"])
    if payment["system"] == "stripe":
        payload["currency"] = order["currency"].lower()
    else:
        payload["amount"]["currency_code"] = order["currency"]
    return [books.again(payment, payload)], {"PAID_UNFULFILLED": "it is paid now, and was not shipped",
                                             "MISSING_SETTLEMENT": "its settlement is in the other currency"}


def lift_total(books, x):
    order = order_of(books, x)
    payload = dict(order["payload"], total_price="0.00")
    payload.pop("total_price_set", None)
    return [books.again(order, payload)], {"POSTING_AMOUNT_MISMATCH": "the order was booked as it was"}


def complete_payment(books, x):
    payment = books.subject(x)
    status = "COMPLETED" if payment["system"] == "paypal" else "succeeded"
    payload = dict(payment["payload"], status=status)
    if payment["system"] == "stripe":
        payload.update(captured=True, amount_captured=payload["amount"], paid=True)
    return [books.again(payment, payload)], {
        "MISSING_SETTLEMENT": "it was taken long ago and is not settled", "PAID_UNFULFILLED": "it was not shipped",
        "POSTING_MISSING": "it was not booked"}


def give_back(books, x):
    return [refund(books, largest_capture(books, x), x["amount"], x["currency"])], {}


def tie_payment(books, x):
    payment = books.subject(x)
    if payment["system"] == "paypal":
        order = new_order(books, x["merchant_id"], "woocommerce", "999", "999", x["amount"], x["currency"])
        return [order.replace('"line_items": []', f'"payment_method": "ppcp-gateway", "transaction_id": "{payment["external_id"]}"')], {}
    text = major(x["amount"], x["currency"])
    return [new_order(books, x["merchant_id"], "shopify", "999", "#999", x["amount"], x["currency"]),
            books.stage(x["merchant_id"], "shopify", "transaction", {
                "id": 9990, "order_id": 999, "kind": "sale", "gateway": "stripe", "status": "success", "amount": text, "currency": x["currency"],
                "created_at": ISO, "processed_at": ISO, "authorization": payment["external_id"]})], {}


def decide_dispute(books, x):
    dispute = [r for r in books.records(x) if r["kind"] == "dispute"][0]
    is_won = x["reason_code"] == "CHARGEBACK_AND_REFUND"
    payload = copy.deepcopy(dispute["payload"])
    if dispute["system"] == "stripe":
        payload["status"] = "won" if is_won else "lost"
    else:
        payload["status"] = "RESOLVED"
        payload["dispute_outcome"] = {"outcome_code": "RESOLVED_SELLER_FAVOUR" if is_won else "RESOLVED_BUYER_FAVOUR"}
    return [books.again(dispute, payload)], {}


def credit_dispute(books, x):
    return [balance_line(books, x, books.subject(x)["external_id"], x["amount"])], {}
