# SPDX-License-Identifier: PostgreSQL
"""The changes that explanations of the world suggest, as payloads: a newer version, or what is missing.

CHANGES has a function for each reason. It gets the exception and the `Books`, and returns the statements that make the
change and the reasons that may open because of it, each said with its cause.
"""
import copy
import datetime
import json
import re

from session import literal
from world_stream import AS_OF

MOMENT = datetime.datetime.fromisoformat(AS_OF + ":00")
SECONDS = int(MOMENT.timestamp())
ISO = MOMENT.strftime("%FT%TZ")
EXPONENTS = {"JPY": 0, "KWD": 3}


class Books:
    """Payloads and accounts of a database that holds the world."""

    def __init__(self, session):
        self.session = session
        self.connections = {(row["merchant_id"], row["connector"]): row["connection_id"] for row in session.rows(
            "SELECT h.merchant_id, h.connector, h.connection_id FROM meshline.connector_health AS h")}

    def record(self, merchant_id, record_id):
        system, kind, external_id = record_id.split(":", 2)
        rows = self.session.rows(f"""
            SELECT r.merchant_id, r.connection_id, r.object, r.external_id, r.kind, r.status, r.amount_minor, r.currency, r.about,
                   r.payload_path, e.object AS staged_object, e.payload_text AS text
            FROM meshline.record AS r
            JOIN meshline.event_payload AS e ON e.merchant_id = r.merchant_id AND e.event_id = r.event_id
            WHERE r.merchant_id = {merchant_id} AND r.connection_id = {self.connections[merchant_id, system]}
              AND r.object = {literal(kind)} AND r.external_id = {literal(external_id)}""")
        assert len(rows) == 1, (merchant_id, record_id)
        row = rows[0]
        row["system"], row["id"] = system, record_id
        row["payload"] = json.loads(row["text"])
        if system == "stripe" and row["staged_object"] == "event":
            row["payload"], row["staged_object"] = row["payload"]["data"]["object"], row["object"]
        return row

    def records(self, x, *kinds):
        records = [self.record(x["merchant_id"], record_id) for record_id in x["record_ids"]]
        return [r for r in records if not kinds or r["kind"] in kinds]

    def subject(self, x):
        return self.record(x["merchant_id"], x["subject"])

    def stage(self, merchant_id, system, kind, payload):
        return (f"INSERT INTO staging.{system}_{kind} (merchant_id, connection_id, payload) VALUES ({merchant_id}, "
                f"{self.connections[merchant_id, system]}, {literal(json.dumps(payload))})")

    def again(self, record, payload):
        """A newer version of a record's payload."""
        stamp(record["system"], payload)
        kind = record["staged_object"]
        if record["system"] == "stripe":
            kind = "event"
            payload = {"id": f"evt_change_{record['external_id']}", "object": "event", "created": SECONDS, "livemode": True,
                       "type": "changed", "data": {"object": payload}}
        return self.stage(record["merchant_id"], record["system"], kind, payload)


def stamp(system, payload):
    if system == "shopify":
        payload["updated_at"] = payload["processed_at"] = ISO
    elif system == "woocommerce":
        payload["date_modified"] = payload["date_modified_gmt"] = ISO[:-1]
    elif system == "paypal" and "transaction_info" in payload:
        payload["transaction_info"]["transaction_updated_date"] = ISO
    elif system == "paypal":
        payload["update_time"] = ISO
    elif system == "amazon":
        payload["LastUpdateDate" if "AmazonOrderId" in payload else "postedDate"] = ISO
    elif system == "quickbooks":
        payload["SyncToken"] = str(int(payload["SyncToken"]) + 1)
        payload["MetaData"]["LastUpdatedTime"] = ISO
    elif system == "xero":
        payload["UpdatedDateUTC"] = f"/Date({SECONDS}000+0000)/"
    elif system == "netsuite":
        payload["lastModifiedDate"] = ISO
    elif system == "hubspot":
        payload["updatedAt"] = payload["properties"]["lastmodifieddate"] = ISO


def major(minor, currency):
    exponent = EXPONENTS.get(currency, 2)
    return f"{minor / 10 ** exponent:.{exponent}f}"


def with_amount(record, amount):
    """The payload of a payment, refund or posting with another amount."""
    payload, currency = copy.deepcopy(record["payload"]), record["currency"]
    text = major(amount, currency)
    if record["system"] == "stripe":
        payload["amount"] = amount
        if "amount_captured" in payload:
            payload["amount_captured"] = amount
        if amount == 0:
            payload["status"] = "failed"
    elif record["system"] == "paypal":
        payload["amount"]["value"] = text
        if amount == 0:
            payload["status"] = "DECLINED"
    elif record["system"] == "amazon":
        sign = -1 if record["kind"] == "refund" else 1
        payload["breakdowns"][0]["breakdownAmount"]["currencyAmount"] = sign * float(text)
        payload["totalAmount"]["currencyAmount"] = sign * float(text) + payload["breakdowns"][1]["breakdownAmount"]["currencyAmount"]
    elif record["system"] == "netsuite":
        payload["total"] = text
    elif record["system"] == "quickbooks":
        payload["TotalAmt"] = float(text)
    elif record["system"] == "xero":
        payload["Total"] = float(text)
    return payload


def sources(books, x, kind):
    """The records of a kind whose word on the amount counts."""
    return [r for r in books.records(x, kind) if r["system"] in ("stripe", "paypal") or r["object"] == "financial_event"]


def order_of(books, x):
    rows = books.session.rows(f"""
        SELECT l.system || ':' || l.object || ':' || l.external_id AS id FROM meshline.record_links AS l
        WHERE l.canonical_id = '{x["canonical_id"]}' AND l.object = 'order' AND l.system IN ('shopify', 'woocommerce', 'amazon')""")
    return books.record(x["merchant_id"], rows[0]["id"])


def charge(books, order, amount, currency, key="ch_change"):
    """A capture for an order, on the day of the change."""
    merchant_id = order["merchant_id"]
    if order["system"] == "amazon":
        return books.stage(merchant_id, "amazon", "financial_event", amazon_event(order["external_id"], "Shipment", amount, currency))
    names = {"shopify": ("order_id", order["external_id"]), "woocommerce": ("order_key", order["payload"].get("order_key"))}
    name, value = names[order["system"]]
    return books.stage(merchant_id, "stripe", "charge", {
        "id": key, "object": "charge", "amount": amount, "amount_captured": amount, "captured": True, "currency": currency.lower(),
        "status": "succeeded", "created": SECONDS, "livemode": True, "metadata": {name: value}})


def amazon_event(order_id, kind, amount, currency):
    amount = float(major(amount if kind == "Shipment" else -amount, currency))
    return {"relatedIdentifiers": [{"relatedIdentifierName": "ORDER_ID", "relatedIdentifierValue": order_id}], "transactionType": kind,
            "transactionId": f"TX-CHANGE-{kind}", "transactionStatus": "RELEASED", "postedDate": ISO,
            "totalAmount": {"currencyAmount": amount, "currencyCode": currency},
            "breakdowns": [{"breakdownType": "ProductCharges", "breakdownAmount": {"currencyAmount": amount, "currencyCode": currency}}]}


def refund(books, payment, amount, currency, key="re_change"):
    """A refund of a payment at its processor, on the day of the change."""
    merchant_id = payment["merchant_id"]
    if payment["system"] == "stripe":
        return books.stage(merchant_id, "stripe", "refund", {
            "id": key, "object": "refund", "amount": amount, "currency": currency.lower(), "status": "succeeded", "created": SECONDS,
            "charge": payment["external_id"]})
    if payment["system"] == "paypal":
        return books.stage(merchant_id, "paypal", "refund", {
            "id": key, "status": "COMPLETED", "amount": {"currency_code": currency, "value": major(amount, currency)}, "create_time": ISO,
            "update_time": ISO, "links": [{"rel": "up", "href": f"https://api.paypal.com/v2/payments/captures/{payment['external_id']}"}]})
    order_id = payment["payload"]["relatedIdentifiers"][0]["relatedIdentifierValue"]
    return books.stage(merchant_id, "amazon", "financial_event", amazon_event(order_id, "Refund", amount, currency))


def new_order(books, merchant_id, system, external_id, name, amount, currency):
    text = major(amount, currency)
    if system == "shopify":
        return books.stage(merchant_id, "shopify", "order", {
            "id": int(external_id), "name": name, "created_at": ISO, "updated_at": ISO, "currency": currency, "total_price": text,
            "financial_status": "paid", "line_items": []})
    if system == "woocommerce":
        return books.stage(merchant_id, "woocommerce", "order", {
            "id": int(external_id), "number": name, "order_key": f"wc_change_{name}", "status": "processing", "currency": currency, "total": text,
            "date_created": ISO[:-1], "date_created_gmt": ISO[:-1], "date_modified": ISO[:-1], "date_modified_gmt": ISO[:-1],
            "date_paid": ISO[:-1], "date_paid_gmt": ISO[:-1], "line_items": []})
    return books.stage(merchant_id, "amazon", "order", {
        "AmazonOrderId": external_id, "PurchaseDate": ISO, "LastUpdateDate": ISO, "OrderStatus": "Shipped",
        "OrderTotal": {"CurrencyCode": currency, "Amount": text}})


def number(x, name):
    """What a number of the explanation is."""
    return next(line["value"] if line["value_minor"] is None else line["value_minor"] for line in x["lines"]
                if line["item"] == "number" and line["label"] == name)


# One function per reason.

def capture_more(books, x):
    return [charge(books, order_of(books, x), x["amount"], x["currency"])], {}


def capture_less(books, x):
    payment = max(sources(books, x, "payment"), key=lambda r: (r["status"] == "paid", r["amount_minor"], r["object"] == "capture", r["id"]))
    return [books.again(payment, with_amount(payment, payment["amount_minor"] - x["amount"]))], {
        "SETTLEMENT_LINE_DUPLICATE": "the settlement still has the old amount", "POSTING_AMOUNT_MISMATCH": "the payment was booked as it was",
        "POSTING_DUPLICATE": "the payment was booked as it was", "OVER_REFUND": "it had been refunded"}


def take_tip_off(books, x):
    order = order_of(books, x)
    payload = copy.deepcopy(order["payload"])
    payload["total_price"] = major(order["amount_minor"] + x["amount"], x["currency"])
    payload.pop("total_price_set")
    return [books.again(order, payload)], {"POSTING_AMOUNT_MISMATCH": "the order was booked as it was"}


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


def give_back(books, x):
    return [refund(books, sources(books, x, "payment")[0], x["amount"], x["currency"])], {}


def refund_less(books, x):
    last = max(sources(books, x, "refund"), key=lambda r: (r["amount_minor"], r["id"]))
    return [books.again(last, with_amount(last, last["amount_minor"] - x["amount"]))], {
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


def refund_in_shop(books, x):
    order, text = order_of(books, x), major(x["amount"], x["currency"])
    if order["system"] == "woocommerce":
        return [books.stage(x["merchant_id"], "woocommerce", "refund", {
            "id": 999, "parent_id": int(order["external_id"]), "date_created": ISO[:-1], "date_created_gmt": ISO[:-1], "amount": text,
            "currency": x["currency"], "refunded_payment": True})], {}
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
    return [books.again(stuck, dict(stuck["payload"], status="COMPLETED"))], {
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


def balance_line(books, x, source, amount, payout=None, kind="adjustment", key="txn_change"):
    return books.stage(x["merchant_id"], "stripe", "balance_transaction", {
        "id": key, "object": "balance_transaction", "amount": amount, "created": SECONDS, "available_on": SECONDS,
        "currency": x["currency"].lower(), "fee": 0, "net": amount, "payout": payout, "source": source, "status": "available", "type": kind,
        "reporting_category": kind})


def settlement_row(settlement_id, order_id, amount, currency):
    return {"settlement-id": settlement_id, "settlement-start-date": "", "settlement-end-date": "", "deposit-date": "", "total-amount": "",
            "currency": currency, "transaction-type": "Order" if order_id else "other-transaction", "order-id": order_id,
            "marketplace-name": "amazon.com", "amount-type": "ItemPrice" if order_id else "other-transaction",
            "amount-description": "Principal" if order_id else "Adjustment", "amount": major(amount, currency),
            "posted-date-time": MOMENT.strftime("%F %T UTC"), "order-item-code": "change"}


def credit_dispute(books, x):
    return [balance_line(books, x, books.subject(x)["external_id"], x["amount"])], {}


def settle(books, x):
    payment = books.subject(x)
    if payment["system"] == "amazon":
        order_id = payment["payload"]["relatedIdentifiers"][0]["relatedIdentifierValue"]
        return [books.stage(x["merchant_id"], "amazon", "settlement_line", settlement_row("20999999999", order_id, x["amount"], x["currency"]))], {}
    return [balance_line(books, x, payment["external_id"], x["amount"], kind="charge")], {"FEE_MISMATCH": "the line of the test has no fee"}


def complete_payout(books, x):
    payout, amount = books.subject(x), x["expected_minor"] - x["actual_minor"]
    if payout["system"] == "stripe":
        return [balance_line(books, x, None, amount, payout["external_id"])], {}
    if payout["system"] == "amazon":
        return [books.stage(x["merchant_id"], "amazon", "settlement_line", settlement_row(payout["external_id"], "", amount, x["currency"]))], {
            "SETTLEMENT_SPLIT_PERIOD": "the line of the test is of the next month"}
    payload = copy.deepcopy(payout["payload"])
    payload["Line"].append({"LineNum": 999, "Description": "adjustment", "Amount": float(major(amount, x["currency"])), "DetailType": "DepositLineDetail"})
    return [books.again(payout, payload)], {}


def reverse_line(books, x):
    line = books.subject(x)
    if line["system"] == "amazon":
        payload = dict(line["payload"], **{"amount": major(-x["amount"], x["currency"]), "posted-date-time": MOMENT.strftime("%F %T UTC")})
        return [books.stage(x["merchant_id"], "amazon", "settlement_line", payload)], {
            "SETTLEMENT_TOTAL_MISMATCH": "the report has the line in its sum",
            "SETTLEMENT_SPLIT_PERIOD": "the line of the test is of the next month"}
    return [balance_line(books, x, line["payload"]["source"], -x["amount"])], {}


def right_fee(books, x):
    line = books.subject(x)
    fee = x["expected_minor"]
    return [books.again(line, dict(line["payload"], fee=fee, net=line["payload"]["amount"] - fee))], {
        "SETTLEMENT_TOTAL_MISMATCH": "the payout was of the line as it was"}


def cancel_payout(books, x):
    payout = books.subject(x)
    return [books.again(payout, dict(payout["payload"], status="canceled"))], {}


def arrive_at_bank(books, x):
    payout = books.subject(x)
    arrival = books.session.value(f"""
        SELECT to_char(COALESCE(r.expected_at, r.occurred_at), 'YYYY-MM-DD') FROM meshline.record AS r
        WHERE r.merchant_id = {x['merchant_id']} AND r.external_id = {literal(payout['external_id'])} AND r.kind = 'payout' LIMIT 1""")
    return [books.stage(x["merchant_id"], "bank", "line", {
        "id": "stm-change", "account": "change", "booked_at": arrival, "amount": major(x["amount"], x["currency"]), "currency": x["currency"],
        "description": "payout"})], {}


def explain_bank_line(books, x):
    line = books.subject(x)
    arrival = int(datetime.datetime.fromisoformat(line["payload"]["booked_at"] + "T00:00:00+00:00").timestamp())
    return [books.stage(x["merchant_id"], "stripe", "payout", {
        "id": "po_change", "object": "payout", "amount": x["amount"], "currency": x["currency"].lower(), "arrival_date": arrival,
        "created": arrival - 86400, "livemode": True, "status": "paid"})], {}


def book(books, x):
    order, text = order_of(books, x), major(x["amount"], x["currency"])
    name = order["payload"].get("name", "").lstrip("#")
    if order["system"] == "shopify":
        return [books.stage(x["merchant_id"], "netsuite", "cash_sale", {
            "internalId": "999", "otherRefNum": name, "tranId": "CS999", "createdDate": ISO, "lastModifiedDate": ISO, "tranDate": ISO,
            "currencyName": x["currency"], "total": text, "status": "Deposited"})], {}
    if order["system"] == "woocommerce":
        return [books.stage(x["merchant_id"], "xero", "invoice", {
            "Type": "ACCREC", "InvoiceID": "5a0c1d2e-0000-4000-8000-999999999999", "InvoiceNumber": "INV-999", "Reference": order["payload"]["number"],
            "DateString": ISO[:-1], "Status": "PAID", "UpdatedDateUTC": f"/Date({SECONDS}000+0000)/", "CurrencyCode": x["currency"],
            "Total": float(text)})], {}
    return [books.stage(x["merchant_id"], "quickbooks", "sales_receipt", {
        "Id": "999", "SyncToken": "0", "TxnDate": ISO[:10], "TotalAmt": float(text), "CurrencyRef": {"value": x["currency"]},
        "MetaData": {"CreateTime": ISO, "LastUpdatedTime": ISO}, "DocNumber": order["external_id"], "Line": []})], {}


def void_document(books, x, document=None):
    document = document or sorted(books.records(x, "posting"), key=lambda r: (len(r["external_id"]), r["external_id"]))[-1]
    payload = copy.deepcopy(document["payload"])
    if document["system"] == "netsuite":
        payload["status"] = "Voided"
    elif document["system"] == "xero":
        payload["Status"] = "VOIDED"
    else:
        payload["TotalAmt"], payload["PrivateNote"] = 0, "Voided"
    return [books.again(document, payload)], {}


def book_rightly(books, x):
    document = books.records(x, "posting")[0]
    amount = document["amount_minor"] + x["expected_minor"] - x["actual_minor"]
    return [books.again(document, with_amount(document, amount))], {}


def book_part_rightly(books, x):
    names = {"TAX_MISMATCH": "taxTotal", "SHIPPING_MISMATCH": "shippingCost", "DISCOUNT_MISMATCH": "discountTotal"}
    document = books.subject(x)
    payload, name = copy.deepcopy(document["payload"]), names[x["reason_code"]]
    sign = -1 if str(payload[name]).startswith("-") else 1
    payload[name] = major(sign * x["expected_minor"], x["currency"])
    return [books.again(document, payload)], {}


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


def tie_refund(books, x):
    given = books.subject(x)
    return [books.stage(x["merchant_id"], "stripe", "charge", {
        "id": given["payload"]["charge"], "object": "charge", "amount": x["amount"], "amount_captured": x["amount"], "captured": True,
        "currency": x["currency"].lower(), "status": "succeeded", "created": SECONDS, "livemode": True, "metadata": {}})], {}


def complete_payload(books, x):
    broken = books.subject(x)
    return [books.again(broken, dict(broken["payload"], total_price="10.00"))], {}


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


def ship(books, x):
    order = order_of(books, x)
    return [books.stage(x["merchant_id"], "shopify", "fulfillment", {
        "id": 999, "order_id": int(order["external_id"]), "status": "success", "created_at": ISO, "updated_at": ISO,
        "line_items": order["payload"]["line_items"]})], {}


def ship_rest(books, x):
    order = order_of(books, x)
    missing = number(x, "wanted") - number(x, "shipped")
    line = order["payload"]["line_items"][0]
    return [books.stage(x["merchant_id"], "shopify", "fulfillment", {
        "id": 999, "order_id": int(order["external_id"]), "status": "success", "created_at": ISO, "updated_at": ISO,
        "line_items": [dict(line, quantity=missing)]})], {}


def order_more(books, x):
    order = order_of(books, x)
    payload = copy.deepcopy(order["payload"])
    payload["line_items"][0]["quantity"] += number(x, "shipped") - number(x, "ordered")
    return [books.again(order, payload)], {}


def name_lines(books, x):
    order = order_of(books, x)
    payload = copy.deepcopy(order["payload"])
    for line in payload["line_items"]:
        line["sku"] = line.get("sku") or "NAMED"
    return [books.again(order, payload)], {}


def name_customer(books, x):
    order = order_of(books, x)
    return [books.again(order, dict(order["payload"], customer={"id": 7999, "email": "somebody@mail.example"}))], {
        "DUPLICATE_CUSTOMER": "somebody else has that name"}


def restock(books, x):
    level = books.subject(x)
    return [books.again(level, dict(level["payload"], available=0))], {}


def capture_rightly(books, x):
    payment = sources(books, x, "payment")[0]
    return [books.again(payment, with_amount(payment, x["expected_minor"]))], {
        "FEE_MISMATCH": "the fee was of the payment as it was", "SETTLEMENT_LINE_DUPLICATE": "the settlement still has the old amount"}


def date_rightly(books, x):
    document = next(r for r in books.records(x) if r["id"] == x["subject"])
    remedy = next(line["content"] for line in x["lines"] if line["item"] == "remedy")
    day = re.search(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", remedy)[0]
    return [books.again(document, dict(document["payload"], tranDate=day))], {}


def let_go(books, x):
    return [balance_line(books, x, None, x["amount"], kind="reserve_transaction")], {}


def decide(books, x):
    return [f"SELECT meshline.resolve_exception({x['exception_id']}, 'so be it')"], {}


def load_row(books, x):
    nested = books.subject(x)
    payload = next(r for r in nested["payload"]["refunds"] if str(r["id"]) == nested["external_id"])
    return [books.stage(x["merchant_id"], "shopify", "refund", dict(payload, order_id=nested["payload"]["id"]))], {}


def cancel_second(books, x):
    order = books.records(x, "order")[-1]
    return [books.again(order, dict(order["payload"], cancelled_at=ISO))], {}


def decide_reuse(books, x):
    about = books.subject(x)
    return [books.again(about, dict(about["payload"])), f"SELECT meshline.resolve_exception({x['exception_id']}, 'this one is true')"], {}


CHANGES = {
    "AMBIGUOUS_MAPPING": cancel_second, "AUTHORIZATION_EXPIRED": capture_more, "AUTHORIZED_NOT_CAPTURED": capture_more,
    "BANK_LINE_UNEXPLAINED": explain_bank_line, "CHARGEBACK_AND_REFUND": decide_dispute, "CHARGEBACK_OPEN": decide_dispute,
    "CHARGEBACK_WON_NOT_CREDITED": credit_dispute, "CURRENCY_MISMATCH": in_currency, "DELETED_OR_VOID_WITH_MONEY": give_back,
    "DISCOUNT_MISMATCH": book_part_rightly, "DUPLICATE_CAPTURE": capture_less, "DUPLICATE_CUSTOMER": archive,
    "DUPLICATE_ORDER_CONNECTOR": void_document, "DUPLICATE_ORDER_MANUAL": void_order, "DUPLICATE_ORDER_RETRY": void_order,
    "DUPLICATE_PAYMENT": capture_less, "DUPLICATE_REFUND": take_back_refund, "EVENT_GAP": fetch_order, "EVENT_ID_REUSED": decide_reuse,
    "FEE_MISMATCH": right_fee, "GIFT_CARD_TENDER_MISMATCH": capture_more, "INVALID_PAYLOAD": complete_payload,
    "MINOR_UNIT_ERROR": capture_less, "MISSING_IN_SOURCE_SYNC": load_row, "MISSING_SETTLEMENT": settle, "NEGATIVE_TOTAL": lift_total,
    "ORPHAN_PAYMENT": tie_payment, "OVERCAPTURE": capture_less, "OVER_REFUND": refund_less, "PAID_UNFULFILLED": ship,
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
}
