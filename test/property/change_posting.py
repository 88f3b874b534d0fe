# SPDX-License-Identifier: PostgreSQL
"""Changes that the ledgers ask for."""
import copy
import re

from books import ISO, SECONDS, major, order_of, with_amount


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
    names = {"TAX_MISMATCH": "taxTotal", "TAX_ROUNDING": "taxTotal", "SHIPPING_MISMATCH": "shippingCost", "DISCOUNT_MISMATCH": "discountTotal"}
    document = books.subject(x)
    payload, name = copy.deepcopy(document["payload"]), names[x["reason_code"]]
    sign = -1 if str(payload[name]).startswith("-") else 1
    payload[name] = major(sign * x["expected_minor"], x["currency"])
    return [books.again(document, payload)], {}


def date_rightly(books, x):
    document = next(r for r in books.records(x) if r["id"] == x["subject"])
    remedy = next(line["content"] for line in x["lines"] if line["item"] == "remedy")
    day = re.search(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", remedy)[0]
    return [books.again(document, dict(document["payload"], tranDate=day))], {}


def set_back(books, x):
    document = books.subject(x)
    return [books.again(document, with_amount(document, x["expected_minor"]))], {}


def date_to_open_period(books, x):
    document = books.subject(x)
    return [books.again(document, dict(document["payload"], tranDate=ISO))], {}
