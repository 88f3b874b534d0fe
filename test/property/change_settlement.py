# SPDX-License-Identifier: PostgreSQL
"""Changes that settlements, payouts and the bank ask for."""
import copy
import datetime

from books import MOMENT, balance_line, major, settlement_row
from session import literal


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


def return_fee(books, x):
    line = next(r for r in books.records(x, "settlement_line") if r["amount_minor"] < 0)
    return [balance_line(books, x, line["payload"]["source"], 0, fee=-x["amount"])], {}


def let_go(books, x):
    return [balance_line(books, x, None, x["amount"], kind="reserve_transaction")], {}


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
