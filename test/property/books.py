# SPDX-License-Identifier: PostgreSQL
"""Payloads of the world's systems as they are stored, and new ones, for tests that change something."""
import copy
import datetime
import json

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


def linked(books, x, kind):
    """The stores' records of a kind that belong to what the exception is about."""
    rows = books.session.rows(f"""
        SELECT l.system || ':' || l.object || ':' || l.external_id AS id FROM meshline.record_links AS l
        WHERE l.canonical_id = '{x["canonical_id"]}' AND l.object = {literal(kind)} AND l.system IN ('shopify', 'woocommerce', 'amazon')""")
    return [books.record(x["merchant_id"], row["id"]) for row in rows]


def order_of(books, x):
    return linked(books, x, "order")[0]


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


def balance_line(books, x, source, amount, payout=None, kind="adjustment", fee=0, key="txn_change"):
    return books.stage(x["merchant_id"], "stripe", "balance_transaction", {
        "id": key, "object": "balance_transaction", "amount": amount, "created": SECONDS, "available_on": SECONDS,
        "currency": x["currency"].lower(), "fee": fee, "net": amount - fee, "payout": payout, "source": source, "status": "available", "type": kind,
        "reporting_category": kind})


def settlement_row(settlement_id, order_id, amount, currency):
    return {"settlement-id": settlement_id, "settlement-start-date": "", "settlement-end-date": "", "deposit-date": "", "total-amount": "",
            "currency": currency, "transaction-type": "Order" if order_id else "other-transaction", "order-id": order_id,
            "marketplace-name": "amazon.com", "amount-type": "ItemPrice" if order_id else "other-transaction",
            "amount-description": "Principal" if order_id else "Adjustment", "amount": major(amount, currency),
            "posted-date-time": MOMENT.strftime("%F %T UTC"), "order-item-code": "change"}
