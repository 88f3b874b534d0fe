# SPDX-License-Identifier: PostgreSQL
"""Changes that the goods of an order ask for."""
import copy

from books import ISO, number, order_of


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


def restock(books, x):
    level = books.subject(x)
    return [books.again(level, dict(level["payload"], available=0))], {}
