# SPDX-License-Identifier: PostgreSQL
"""Changes that refunds ask for."""
import copy

from books import ISO, SECONDS, major, order_of, refund, sources, stamp, with_amount


def refund_less(books, x):
    last = max(sources(books, x, "refund"), key=lambda r: (r["amount_minor"], r["id"]))
    amount = last["amount_minor"] - x["amount"]
    statements = [books.again(last, with_amount(last, amount))]
    if last["system"] == "paypal":  # nothing but its amount ties the shop's note to it
        note = next(r for r in books.records(x, "refund") if r["system"] == "woocommerce" and r["amount_minor"] == last["amount_minor"])
        statements.append(woocommerce_refund(books, x, note["external_id"], amount))
    return statements, {
        "REFUND_AMOUNT_DISCREPANCY": "the shop notes the old amount", "POSTING_AMOUNT_MISMATCH": "the refund was booked as it was",
        "POSTING_DUPLICATE": "the refund was booked as it was", "REFUND_NOT_AT_GATEWAY": "the shop notes the old amount",
        "REFUND_PENDING_OR_FAILED": "nothing is left of it"}


def take_back_refund(books, x):
    suspect = books.subject(x)
    payload = dict(suspect["payload"], status="canceled" if suspect["system"] == "stripe" else "CANCELLED")
    return [books.again(suspect, payload)], {"REFUND_NOT_AT_GATEWAY": "the shop still notes it", "POSTING_AMOUNT_MISMATCH": "it was booked",
                                             "POSTING_DUPLICATE": "it was booked"}


def refund_at_processor(books, x):
    return [refund(books, sources(books, x, "payment")[0], x["amount"], x["currency"])], {
        "REFUND_WRONG_PERIOD": "it was booked when the shop noted it"}


def woocommerce_refund(books, x, refund_id, amount):
    return books.stage(x["merchant_id"], "woocommerce", "refund", {
        "id": int(refund_id), "parent_id": int(order_of(books, x)["external_id"]), "date_created": ISO[:-1], "date_created_gmt": ISO[:-1],
        "amount": major(amount, x["currency"]), "currency": x["currency"], "refunded_payment": True})


def refund_in_shop(books, x):
    order, text = order_of(books, x), major(x["amount"], x["currency"])
    if order["system"] == "woocommerce":
        return [woocommerce_refund(books, x, "999", x["amount"])], {}
    sale = [r for r in books.records(x, "payment") if r["system"] == "shopify"][0]
    return [books.stage(x["merchant_id"], "shopify", "refund", {
        "id": 999, "order_id": int(order["external_id"]), "created_at": ISO, "processed_at": ISO, "transactions": [{
            "id": 9990, "order_id": int(order["external_id"]), "kind": "refund", "gateway": "stripe", "status": "success", "amount": text,
            "currency": x["currency"], "created_at": ISO, "processed_at": ISO, "parent_id": int(sale["external_id"])}]})], {}


def finish_refund(books, x):
    stuck = books.subject(x)
    if stuck["status"] == "failed":
        payment = books.record(x["merchant_id"], f"{stuck['system']}:charge:{stuck['payload']['charge']}")
        return [refund(books, payment, x["amount"], x["currency"])], {}
    return [books.again(stuck, dict(stuck["payload"], status="succeeded" if stuck["system"] == "stripe" else "COMPLETED"))], {
        "REFUND_NOT_IN_SHOP": "the shop does not note it", "POSTING_MISSING": "it was not booked", "POSTING_AMOUNT_MISMATCH": "it was not booked",
        "OVER_REFUND": "it is more than was paid"}


def note_refund_rightly(books, x):
    document = [r for r in books.records(x) if r["object"] == "refund" and r["system"] == "shopify"][0]
    payload = copy.deepcopy(document["payload"])
    if "transactions" not in payload:
        fail_nested = next(r for r in payload["refunds"] if str(r["id"]) == document["external_id"])
        fail_nested["transactions"][0]["amount"] = major(x["actual_minor"], x["currency"])
        return [books.again(document, payload)], {}
    payload["transactions"][0]["amount"] = major(x["actual_minor"], x["currency"])
    for transaction in payload["transactions"]:
        stamp("shopify", transaction)
    return [books.again(document, payload)], {"POSTING_AMOUNT_MISMATCH": "the refund was booked as it was"}


def tie_refund(books, x):
    given = books.subject(x)
    return [books.stage(x["merchant_id"], "stripe", "charge", {
        "id": given["payload"]["charge"], "object": "charge", "amount": x["amount"], "amount_captured": x["amount"], "captured": True,
        "currency": x["currency"].lower(), "status": "succeeded", "created": SECONDS, "livemode": True, "metadata": {}})], {}
