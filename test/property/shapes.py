# SPDX-License-Identifier: PostgreSQL
"""The sample world in other shapes: what systems also send, as connectors read it, in place of a part of the deliveries.

What came in rows of its own comes inside its order, charge or envelope, Amazon's events as pages and its report in columns,
receipts as invoices with their payments; payment intents, sales orders, deposits and a ledger's own bank lines are added.
"""
import json
import re
from copy import copy


class Shaper:
    def __init__(self, deliveries, chance):
        self.chance = chance
        self.made = 0
        self.deliveries = list(deliveries)
        self.payloads = {}
        self.by_table = {}
        for delivery in self.deliveries:
            self.by_table.setdefault(delivery.table, []).append(delivery)

    def payload(self, delivery):
        """What is read is kept: all that change it change the same."""
        if id(delivery) not in self.payloads:
            try:
                self.payloads[id(delivery)] = json.loads(re.sub(r"\\(.)", r"\1", delivery.payload))
            except ValueError:
                self.payloads[id(delivery)] = None  # cut off
        return self.payloads[id(delivery)]

    def write(self, delivery, payload=None):
        if payload is not None:
            self.payloads[id(delivery)] = payload
        delivery.payload = json.dumps(self.payloads[id(delivery)], ensure_ascii=False).replace("\\", "\\\\")

    def add(self, like, table, payload):
        delivery = copy(like)
        delivery.table, delivery.event_id = table, r"\N"
        self.deliveries.append(delivery)
        self.write(delivery, payload)

    def turn(self, delivery, table, payload):
        """What comes once; its event id was that of the old shape."""
        delivery.table, delivery.event_id = table, r"\N"
        self.write(delivery, payload)

    def name(self, prefix):
        self.made += 1
        return f"{prefix}{self.made:06}"

    def drop(self, gone):
        gone = {id(delivery) for delivery in gone}
        self.deliveries = [delivery for delivery in self.deliveries if id(delivery) not in gone]

    def single(self, table, key, share):
        """A part of those that come once, with their payloads."""
        known = {}
        for delivery in self.by_table.get(table, ()):
            payload = self.payload(delivery)
            if payload is not None:
                known.setdefault((delivery.connection_id, key(payload)), []).append(delivery)
        return [(rows[0], self.payload(rows[0])) for rows in known.values() if len(rows) == 1 and self.chance.random() < share]


def nest_transactions(shaper):
    """Shopify's payments inside their order."""
    orders = {payload["id"]: (delivery, payload) for delivery, payload in shaper.single("shopify_order", lambda p: p.get("id"), 0.5) if "line_items" in payload}
    gone = []
    for delivery, payload in shaper.single("shopify_transaction", lambda p: p.get("id"), 1):
        if payload.get("order_id") in orders:
            orders[payload["order_id"]][1].setdefault("transactions", []).append(payload)
            gone.append(delivery)
    for delivery, _ in orders.values():
        shaper.write(delivery)
    shaper.drop(gone)


def wrap_stripe(shaper):
    """Refunds inside their charge, or in an envelope as disputes and payouts; intents of charges that name none."""
    charges = {payload["id"]: (delivery, payload) for delivery, payload in shaper.single("stripe_charge", lambda p: p.get("id"), 1)}
    gone = []
    for delivery, refund in shaper.single("stripe_refund", lambda p: p.get("id"), 0.6):
        if refund.get("charge") in charges and shaper.chance.random() < 0.5:
            charge, payload = charges[refund["charge"]]
            payload.setdefault("refunds", {"object": "list", "data": []})["data"].append(refund)
            shaper.write(charge)
            gone.append(delivery)
        else:
            shaper.turn(delivery, "stripe_event", envelope(shaper, refund, "refund", "refund.created"))
    shaper.drop(gone)
    for delivery, payout in shaper.single("stripe_payout", lambda p: p.get("id"), 0.4):
        shaper.turn(delivery, "stripe_event", envelope(shaper, payout, "payout", "payout.paid"))
    for delivery, charge in charges.values():
        if charge["captured"] and charge["status"] == "succeeded" and charge.get("payment_intent") is None and shaper.chance.random() < 0.3:
            charge["payment_intent"] = shaper.name("pi_shape")
            shaper.write(delivery)
            shaper.add(delivery, "stripe_payment_intent", {
                "id": charge["payment_intent"], "object": "payment_intent", "amount": charge["amount"], "amount_received": charge["amount_captured"],
                "created": charge["created"], "currency": charge["currency"], "latest_charge": charge["id"], "livemode": charge["livemode"], "metadata": {},
                "status": "succeeded"})


def envelope(shaper, body, name, kind):
    return {"id": shaper.name("evt_shape"), "object": "event", "created": body["created"], "livemode": body.get("livemode", True), "type": kind,
            "data": {"object": {**body, "object": name}}}


def nest_paypal(shaper):
    """Captures and refunds inside the order of a checkout, or in an envelope."""
    checkouts, captures = {}, {}
    for delivery, capture in shaper.single("paypal_capture", lambda p: p.get("id"), 0.7):
        order_id = capture["supplementary_data"]["related_ids"].get("order_id")
        if order_id in checkouts or order_id and shaper.chance.random() < 0.6:
            checkouts.setdefault(order_id, []).append((delivery, capture))
            captures[capture["id"]] = order_id
        else:
            shaper.turn(delivery, "paypal_event", webhook(shaper, capture, "capture"))
    refunds = {}
    for delivery, refund in shaper.single("paypal_refund", lambda p: p.get("id"), 0.7):
        order_id = next((captures[name] for link in refund["links"] for name in link["href"].split("/") if name in captures), None)
        if order_id is not None:
            refunds.setdefault(order_id, []).append((delivery, refund))
        else:
            shaper.turn(delivery, "paypal_event", webhook(shaper, refund, "refund"))
    for delivery, dispute in shaper.single("paypal_dispute", lambda p: p.get("dispute_id"), 0.4):
        shaper.turn(delivery, "paypal_event", webhook(shaper, dispute, "dispute"))
    gone = []
    for order_id, parts in checkouts.items():
        given_back = refunds.get(order_id, [])
        payments = {"captures": [capture for _, capture in parts]}
        if given_back:
            payments["refunds"] = [refund for _, refund in given_back]
        first = parts[0][1]
        shaper.add(parts[0][0], "paypal_order", {
            "id": order_id, "intent": "CAPTURE", "status": "COMPLETED", "create_time": first["create_time"],
            "update_time": max(part["update_time"] for _, part in parts + given_back),
            "purchase_units": [{"reference_id": "default", "amount": first["amount"], "payments": payments}]})
        gone += [delivery for delivery, _ in parts + given_back]
    shaper.drop(gone)


def webhook(shaper, body, name):
    return {"id": shaper.name("WH-SHAPE-"), "resource_type": name, "create_time": body["update_time"], "resource": body}


def page_amazon(shaper):
    """Finances as pages of its first version, rows of the report in the columns of its first version, and fees for a service."""
    for delivery, event in shaper.single("amazon_financial_event", lambda p: p.get("transactionId"), 0.5):
        is_refund = event["transactionType"] == "Refund"
        charges, fees = [], []
        for part in event["breakdowns"]:
            name, amount = part["breakdownType"], {"CurrencyCode": part["breakdownAmount"]["currencyCode"], "CurrencyAmount": part["breakdownAmount"]["currencyAmount"]}
            if "Fee" in name:
                fees.append({"FeeType": name, "FeeAmount": amount})
            else:
                charges.append({"ChargeType": name, "ChargeAmount": amount})
        item = {"OrderItemId": event["transactionId"]}
        item.update({"ItemChargeAdjustmentList": charges, "ItemFeeAdjustmentList": fees} if is_refund else {"ItemChargeList": charges, "ItemFeeList": fees})
        entry = {"AmazonOrderId": event["relatedIdentifiers"][0]["relatedIdentifierValue"], "PostedDate": event["postedDate"],
                 "ShipmentItemAdjustmentList" if is_refund else "ShipmentItemList": [item]}
        shaper.turn(delivery, "amazon_financial_event", {"FinancialEvents": {"RefundEventList" if is_refund else "ShipmentEventList": [entry]}})
        if shaper.chance.random() < 0.1:
            shaper.add(delivery, "amazon_financial_event", {"FinancialEvents": {"ServiceFeeEventList": [
                {"FeeReason": shaper.name("Subscription "), "FeeList": [{"FeeType": "Subscription", "FeeAmount": {"CurrencyCode": "USD", "CurrencyAmount": -39.99}}]}]}})
    for delivery in shaper.by_table.get("amazon_settlement_line", ()):
        row = shaper.payload(delivery)
        column = {"ItemPrice": ("price-type", "price-amount"), "ItemFees": ("item-related-fee-type", "item-related-fee-amount")}.get(row.get("amount-type"))
        if column is not None and row["order-id"][-1] in "13579":  # equal rows stay equal
            row = {name: value for name, value in row.items() if not name.startswith("amount")}
            row[column[0]], row[column[1]] = shaper.payload(delivery)["amount-description"], shaper.payload(delivery)["amount"]
            shaper.write(delivery, row)


def book_otherwise(shaper):
    """Receipts as invoices with their payments, sales orders, deposits of customers, and lines of the bank in the ledger."""
    for delivery, receipt in shaper.single("quickbooks_sales_receipt", lambda p: p.get("Id"), 0.4):
        shaper.turn(delivery, "quickbooks_invoice", receipt)
        shaper.add(delivery, "quickbooks_payment", {
            **{name: receipt[name] for name in ("SyncToken", "TxnDate", "TotalAmt", "CurrencyRef", "MetaData")}, "Id": shaper.name("77"),
            "Line": [{"Amount": receipt["TotalAmt"], "LinkedTxn": [{"TxnId": receipt["Id"], "TxnType": "Invoice"}]}]})
    for delivery, receipt in shaper.single("quickbooks_refund_receipt", lambda p: p.get("Id"), 0.4):
        shaper.turn(delivery, "quickbooks_credit_memo", receipt)
    for delivery, invoice in shaper.single("xero_invoice", lambda p: p.get("InvoiceID"), 0.4):
        shaper.add(delivery, "xero_payment", {
            "PaymentID": shaper.name("7c0c1d2e-0000-4000-8000-000000"), "PaymentType": "ACCRECPAYMENT", "Status": "AUTHORISED", "Date": invoice["DateString"],
            "UpdatedDateUTC": invoice["UpdatedDateUTC"], "Amount": invoice["Total"], "CurrencyCode": invoice["CurrencyCode"],
            "Invoice": {"InvoiceID": invoice["InvoiceID"], "Type": "ACCREC"}})
    ledger = next(iter(shaper.by_table["xero_invoice"]))
    for delivery, line in shaper.single("bank_line", lambda p: p.get("id"), 0.4):
        if delivery.merchant_id == ledger.merchant_id:
            spent = line["amount"].startswith("-")
            shaper.add(ledger, "xero_bank_transaction", {
                "BankTransactionID": shaper.name("8d0c1d2e-0000-4000-8000-000000"), "Type": "SPEND" if spent else "RECEIVE", "Status": "AUTHORISED",
                "DateString": line["booked_at"] + "T00:00:00", "CurrencyCode": line["currency"], "Total": abs(float(line["amount"]))})
    for delivery, sale in shaper.single("netsuite_cash_sale", lambda p: p.get("internalId"), 0.5):
        order = sale.get("externalId") or sale.get("otherRefNum")
        if not order:
            continue
        common = {name: sale[name] for name in ("tranDate", "createdDate", "lastModifiedDate", "currencyName")}
        table = shaper.chance.choice(("customer_deposit", "customer_payment", "sales_order"))
        if table == "sales_order":
            shaper.add(delivery, "netsuite_sales_order", {**common, "internalId": shaper.name("55"), "externalId": order, "total": sale["total"], "status": "Billed"})
        elif table == "customer_deposit":
            shaper.add(delivery, "netsuite_customer_deposit", {**common, "internalId": shaper.name("66"), "externalId": f"cd-{order}-1", "payment": sale["total"]})
        else:
            shaper.turn(delivery, "netsuite_invoice", sale)
            shaper.add(delivery, "netsuite_customer_payment", {**common, "internalId": shaper.name("67"), "externalId": f"pay-{order}-1", "payment": sale["total"]})


def in_other_shapes(deliveries, chance):
    shaper = Shaper(deliveries, chance)
    for shape in (nest_transactions, wrap_stripe, nest_paypal, page_amazon, book_otherwise):
        shape(shaper)
    return shaper.deliveries
