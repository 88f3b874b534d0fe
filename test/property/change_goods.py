# SPDX-License-Identifier: PostgreSQL
"""Changes that the goods of an order ask for."""
import copy

from books import ISO, linked, number, order_of


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
        "line_items": [dict(line, quantity=missing)]})], {
            "RETURN_NOT_RESTOCKED": "the warehouse had put it back"}


def order_more(books, x):
    order = order_of(books, x)
    payload = copy.deepcopy(order["payload"])
    payload["line_items"][0]["quantity"] += number(x, "shipped") - number(x, "ordered")
    return [books.again(order, payload)], {}


def name_lines(books, x):
    order = order_of(books, x)
    payload = copy.deepcopy(order["payload"])
    shipped = {line["id"]: line["sku"] for shipment in linked(books, x, "fulfillment") for line in shipment["payload"]["line_items"]}
    for line in payload["line_items"]:
        line["sku"] = line.get("sku") or shipped[line["id"]]
    return [books.again(order, payload)], {}


def restock(books, x):
    level = books.subject(x)
    return [books.again(level, dict(level["payload"], available=0))], {}


def lines_of(record):
    """What a shipment or a return says of the lines of its order."""
    payload = record["payload"]
    if record["kind"] == "fulfillment":
        return [(str(line["id"]), line["quantity"]) for line in payload["line_items"]]
    if "refund_line_items" not in payload:
        payload = next(refund for refund in payload["refunds"] if str(refund["id"]) == record["external_id"])
    return [(str(line["line_item_id"]), line["quantity"]) for line in payload["refund_line_items"] if line["restock_type"] == "return"]


def move_stock(books, x):
    """The movement that the shipments, or the returns, still lack."""
    order = order_of(books, x)
    skus = {str(line["id"]): line["sku"] for line in order["payload"]["line_items"]}
    sign, cause = (-1, "fulfillment") if x["reason_code"] == "STOCK_NOT_DECREMENTED" else (1, "refund")
    missing = dict.fromkeys(skus.values(), 0)
    for record in books.records(x, cause):
        for line, pieces in lines_of(record):
            missing[skus[line]] += sign * pieces
    for record in books.records(x, "stock_movement"):
        for piece in record["payload"]["pieces"]:
            missing[piece["sku"]] -= piece["moved"] if piece["moved"] * sign > 0 else 0
    return [books.stage(x["merchant_id"], "warehouse", "movement", {
        "id": "WM-CHANGE", "moved_at": ISO, "order": int(order["external_id"]),
        "pieces": [{"sku": sku, "moved": pieces} for sku, pieces in missing.items() if pieces * sign > 0]})], {}
