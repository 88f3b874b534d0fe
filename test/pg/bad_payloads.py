#!/usr/bin/env python3
# SPDX-License-Identifier: PostgreSQL
"""Writes a psql script that loads payloads which nobody would want.

Usage: bad_payloads.py DIR SEED MUTATIONS [SHARED]

DIR is a folder of sample_month, SHARED the project's folder of real payloads where it is there. Each
statement mixes bad payloads with one good order, whose id starts with 46.
"""
import glob
import json
import os
import random
import re
import sys

REAL = {
    "shopify_order": "shopify/order.jsonl",
    "shopify_refund": "shopify/refund.jsonl",
    "shopify_transaction": "shopify/transaction.jsonl",
    "shopify_fulfillment": "shopify/fulfillment.jsonl",
    "stripe_charge": "stripe/openapi_fixture/charge.json",
    "stripe_payment_intent": "stripe/openapi_fixture/payment_intent.json",
    "stripe_refund": "stripe/openapi_fixture/refund.json",
    "stripe_balance_transaction": "stripe/openapi_fixture/balance_transaction.json",
    "stripe_payout": "stripe/openapi_fixture/payout.json",
    "stripe_event": "stripe/webhooks/charge.refunded.json",
    "quickbooks_invoice": "quickbooks/Invoice.jsonl",
    "quickbooks_payment": "quickbooks/Payment.jsonl",
    "quickbooks_sales_receipt": "quickbooks/SalesReceipt.jsonl",
    "quickbooks_refund_receipt": "quickbooks/RefundReceipt.jsonl",
    "quickbooks_deposit": "quickbooks/Deposit.jsonl",
    "netsuite_sales_order": "netsuite/soap_SalesOrder.jsonl",
    "netsuite_customer_deposit": "netsuite/soap_CustomerDeposit.jsonl",
    "netsuite_customer_refund": "netsuite/soap_CustomerRefund.jsonl",
}
ESCAPES = str.maketrans({"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"})
TOKENS = ["null", "true", "-1", "0", "1e400", "-0.0", "99999999999999999999999999", "1e-300", '""', '"\\u0000"', '"\\ud800"',
          "[]", "{}", "{", "}", "[", "]", ",", ":", '"', "\\", '"USD"', '"XXX"', "1.005", '"12,50"', '"0x10"', "NaN", "é", "🜚"]


def to_copy(text):
    return text.translate(ESCAPES)


def from_copy(text):
    return re.sub(r"\\(.)", lambda m: {"n": "\n", "r": "\r", "t": "\t"}.get(m[1], m[1]), text)


def load_samples(folder, shared):
    """One or two payloads of each staging table."""
    samples = []
    for path in sorted(glob.glob(f"{folder}/*_*.tsv")):
        with open(path, encoding="utf-8", newline="\n") as lines:
            table = os.path.basename(path)[: -len(".tsv")]
            samples.append((table, from_copy(lines.readline().rstrip("\n").split("\t")[1])))
    for table, name in REAL.items():
        path = f"{shared}/data/payloads/{name}"
        if shared and os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                samples.append((table, file.readline().strip() if name.endswith("l") else file.read()))
    return samples


def replace(sample, field, value):
    """The payload with one member replaced."""
    tree = json.loads(sample)
    tree[field] = value
    return json.dumps(tree)


def plain_cases(sample):
    """What can be said without chance."""
    yield from ("", " ", "null", "true", "0", '"text"', "not JSON", "<xml/>", "{}", "[]", "[[]]", "[{}]", f"[{sample}]",
                f"[{sample},{sample}]", f"{sample}{sample}", f"{sample},", "\ufeff" + sample, sample[: len(sample) // 2],
                sample[:-1], sample + "}", '{"id": null}', '{"id": {}}', '{"id": []}', '{"id": "\\u0000"}', '{"\\u0000": 1}',
                '{"id": "\\ud800"}', '{"id": 1e999}', '{"id": -1}', '{"id": 123456789012345678901234567890}',
                '{"Id": "' + "9" * 4000 + '"}', '{"id": "' + "9" * 4000 + '"}', "[" * 10000, "[" * 10000 + "]" * 10000,
                '{"a":' * 10000 + "1" + "}" * 10000, '{"id": 7, "x": ' + "[" * 10000 + "]" * 10000 + "}")
    if not sample.lstrip().startswith("{"):
        return
    fields = list(json.loads(sample))
    values = (None, "", " ", 0, -1, 10**30, 1.0e308, 0.1, "1e5", "12.345678901234567890", "NaN", "１２", True, [], {}, [[]], {"a": 1},
              "\x00", "\x1f", "2026-02-30T25:61:61Z", "0000-00-00", "x" * 3000, "XXX", "usd ", "US", "€")
    for number, field in enumerate(fields):
        tree = json.loads(sample)
        del tree[field]
        yield json.dumps(tree)
        for offset in range(3):  # three of the values for each field, others for the next
            yield replace(sample, field, values[(number * 3 + offset) % len(values)])
    for field in ("id", "Id", "internalId", "@internalId", "amount", "total", "total_price", "TotalAmt", "currency", "status",
                  "created", "updated_at", "created_at", "lastModifiedDate"):
        if field in fields:
            for value in values:
                yield replace(sample, field, value)


def mutate(sample, chance):
    text = sample
    for _ in range(chance.choice((1, 1, 1, 2, 3, 8))):
        at = chance.randrange(len(text) + 1)
        kind = chance.randrange(6)
        if kind == 0 and text:  # another character
            text = text[:at] + chr(chance.choice((chance.randrange(1, 128), chance.randrange(0xA0, 0xD7FF)))) + text[at + 1 :]
        elif kind == 1:  # something lost
            text = text[:at] + text[at + chance.choice((1, 1, 2, 10, 200)) :]
        elif kind == 2:  # something in between
            text = text[:at] + chance.choice(TOKENS) + text[at:]
        elif kind == 3:  # something twice
            text = text[:at] + text[max(0, at - chance.choice((1, 5, 50))) :]
        elif kind == 4:  # two members exchanged
            parts = text.split(",")
            i, j = chance.randrange(len(parts)), chance.randrange(len(parts))
            parts[i], parts[j] = parts[j], parts[i]
            text = ",".join(parts)
        else:  # a value exchanged
            parts = text.split(":")
            i = chance.randrange(len(parts))
            rest = parts[i].lstrip()
            end = min((p for p in (rest.find(","), rest.find("}"), rest.find("]")) if p >= 0), default=len(rest))
            parts[i] = chance.choice(TOKENS) + rest[end:]
            text = ":".join(parts)
    return text.encode("utf-8", "ignore").decode("utf-8").replace("\0", "")


good = 0


def write_batch(table, payloads, chance, out):
    """One statement of bad rows, and one good order in it or, for other tables, in a statement beside it."""
    global good
    good += 1
    order = json.dumps({"id": 46000000000 + good, "name": f"#G{good}", "created_at": "2026-09-01T10:00:00Z",
                        "updated_at": "2026-09-01T10:00:00Z", "currency": "USD", "total_price": "0.00",
                        "financial_status": "paid", "line_items": []})
    rows = list(payloads)
    if table == "shopify_order":
        rows.insert(chance.randrange(len(rows) + 1), order)
    elif table == "stripe_charge":
        rows.insert(chance.randrange(len(rows) + 1), json.dumps({
            "id": f"ch_good{good}", "object": "charge", "amount": 100, "currency": "usd", "status": "succeeded", "captured": True,
            "created": 1788256800, "livemode": True, "metadata": {"order_id": str(46000000000 + good)}}))
        out.write(f"COPY staging.shopify_order (payload) FROM STDIN;\n{to_copy(order)}\n\\.\n")
    else:
        out.write(f"COPY staging.shopify_order (payload) FROM STDIN;\n{to_copy(order)}\n\\.\n")
    lines = "".join(to_copy(row) + "\n" for row in rows)
    out.write(f"COPY staging.{table} (payload) FROM STDIN;\n{lines}\\.\n")


def in_batches(rows, size):
    batch = []
    for row in rows:
        if row != "\\.":
            batch.append(row)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


def main():
    folder, seed, mutations = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    chance = random.Random(seed)
    samples = load_samples(folder, sys.argv[4] if len(sys.argv) > 4 else "")
    big = "x" * (5 * 1024 * 1024)
    for table in ("shopify_order", "stripe_charge", "netsuite_cash_sale", "quickbooks_deposit"):
        sizes = [big, json.dumps({"id": "big", "note": big}), json.dumps({"id": big}), json.dumps({"id": 1, big: big})]
        write_batch(table, sizes, chance, sys.stdout)
    for table, sample in samples:
        for batch in in_batches(plain_cases(sample), 40):
            write_batch(table, batch, chance, sys.stdout)
        for batch in in_batches((mutate(sample, chance) for _ in range(mutations)), 50):
            write_batch(table, batch, chance, sys.stdout)
    print(f"-- good {good}, samples {len(samples)}")


main()
