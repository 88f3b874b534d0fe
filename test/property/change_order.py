# SPDX-License-Identifier: PostgreSQL
"""Changes that orders, customers and what came of them ask for."""
import copy

from books import ISO, new_order, number, order_of
from change_posting import void_document


def void_order(books, x):
    document = books.subject(x)
    if document["system"] == "netsuite":
        return void_document(books, x, document)
    payload = copy.deepcopy(document["payload"])
    if document["system"] == "shopify":
        payload["cancelled_at"] = ISO
    else:
        payload["status"] = "cancelled"
    return [books.again(document, payload)], {"DELETED_OR_VOID_WITH_MONEY": "it had been paid"}


def cancel_second(books, x):
    order = books.records(x, "order")[-1]
    return [books.again(order, dict(order["payload"], cancelled_at=ISO))], {}


def archive(books, x):
    contact = books.subject(x)
    return [books.again(contact, dict(contact["payload"], archived=True))], {}


def fetch_order(books, x):
    """The order that a payment or document names, of the amount that is known of it."""
    about = books.subject(x)
    named = about["payload"]
    amount, currency = about["amount_minor"], about["currency"]
    if about["system"] == "amazon":
        return [new_order(books, x["merchant_id"], "amazon", named["relatedIdentifiers"][0]["relatedIdentifierValue"], "", amount, currency)], {}
    if about["system"] == "paypal":
        number = named["invoice_id"].removeprefix("WC-")
        return [new_order(books, x["merchant_id"], "woocommerce", number, number, amount, currency)], {}
    if about["system"] == "netsuite":
        return [new_order(books, x["merchant_id"], "shopify", "999", named["otherRefNum"], amount, currency)], {
            "DUPLICATE_ORDER_MANUAL": "it still looks like the other order"}
    order_id = named["order_id"] if about["system"] == "shopify" else named["metadata"].get("order_id") or named["metadata"]["shopify_order_id"]
    return [new_order(books, x["merchant_id"], "shopify", order_id, "#999", amount, currency)], {
        "PAYMENT_PENDING_TOO_LONG": "the order's payment has been pending for long"}


def name_customer(books, x):
    order = order_of(books, x)
    return [books.again(order, dict(order["payload"], customer={"id": 7999, "email": "somebody@mail.example"}))], {
        "DUPLICATE_CUSTOMER": "somebody else has that name"}


def complete_payload(books, x):
    broken = books.subject(x)
    return [books.again(broken, dict(broken["payload"], total_price="10.00"))], {}


def load_row(books, x):
    nested = books.subject(x)
    payload = next(r for r in nested["payload"]["refunds"] if str(r["id"]) == nested["external_id"])
    return [books.stage(x["merchant_id"], "shopify", "refund", dict(payload, order_id=nested["payload"]["id"]))], {}


def decide_reuse(books, x):
    about = books.subject(x)
    return [books.again(about, dict(about["payload"])), f"SELECT meshline.resolve_exception({x['exception_id']}, 'this one is true')"], {}


def decide(books, x):
    return [f"SELECT meshline.resolve_exception({x['exception_id']}, 'so be it')"], {}
