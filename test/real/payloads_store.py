# SPDX-License-Identifier: PostgreSQL
"""Reads the samples of the store and processor systems and writes what payloads_store.sql loads.

usage: payloads_store.py SAMPLES OUT

OUT/samples.csv: one row per object found: system, object, sample (its file), relation (the table to insert
into), payload. OUT/tables.sql: the typed tables of the ETL tools and their attachment. OUT/left_out.txt: what
the connectors have no object for.
"""

import csv
import glob
import json
import os
import re
import sys

SYSTEMS = ("shopify", "stripe", "woocommerce", "paypal")

# The member that a REST answer wraps its object or list in. Lists come apart; a wrapped object stays as it is,
# because a webhook receiver may store it so.
SHOPIFY_WRAPS = {
    "order": "order", "orders": "order", "refund": "refund", "refunds": "refund", "transaction": "transaction",
    "transactions": "transaction", "fulfillment": "fulfillment", "fulfillments": "fulfillment",
    "inventory_level": "inventory_level", "inventory_levels": "inventory_level", "payout": "payout",
    "payouts": "payout", "dispute": "dispute", "disputes": "dispute",
}  # fmt: skip
SHOPIFY_LINES = ("order", "refund", "transaction", "fulfillment", "inventory_level", "payout", "dispute")
# Transactions of these files are lines of the balance of Shopify Payments.
SHOPIFY_BALANCE = ("payment_transaction", "payments_transaction", "payouts_transactions")
STRIPE_OBJECTS = ("charge", "payment_intent", "refund", "dispute", "balance_transaction", "payout", "event")
PAYPAL_ANSWERS = {
    "orders__": "order", "paymentcaptures__Get": "capture", "paymentcaptures__Refund": "refund",
    "paymentauthorizations__Capture": "capture", "paymentauthorizations__": "authorization",
    "paymentrefunds__": "refund", "disputes__": "dispute", "webhooks__GetWebHookEvent": "event",
    "webhooks__ResendWebHookEvent": "event", "webhooks__WebHookEventsList": "event",
    "reporting__ListTransactions": "transaction",
}  # fmt: skip
PAYPAL_LISTS = ("items", "events", "transaction_details")
# Tables of Fivetran: file, object.
FIVETRAN = {
    "shopify": {
        "shopify_order": "order", "shopify_transaction": "transaction", "shopify_refund": "refund",
        "shopify_fulfillment": "fulfillment", "shopify_inventory_level": "inventory_level",
        "shopify_gql_order": "order", "shopify_gql_transaction": "transaction", "shopify_gql_refund": "refund",
        "shopify_gql_fulfillment": "fulfillment", "shopify_gql_inventory_level": "inventory_level",
    },
    "stripe": {name: name for name in STRIPE_OBJECTS if name != "event"},
}  # fmt: skip

samples = []
tables = []
left_out = []


def add(system, obj, path, payload):
    text = payload if isinstance(payload, str) else json.dumps(payload, ensure_ascii=False)
    samples.append((system, obj, path, f"staging.{system}_{obj}", text))


def lines(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def listed(value):
    return value if isinstance(value, list) else [value]


def shopify_wrapped(path, answer, is_balance):
    """The objects of one REST answer. False when it has none that a connector reads."""
    found = False
    if isinstance(answer, list):
        answer = {os.path.basename(path).removesuffix(".json"): answer}
    for key, value in answer.items() if isinstance(answer, dict) else ():
        obj = SHOPIFY_WRAPS.get(key)
        if obj is None:
            continue
        found = True
        if obj == "transaction" and is_balance:
            obj = "balance_transaction"
        for one in [answer] if isinstance(value, dict) else value:
            add("shopify", obj, path, one)
    return found


def shopify(path):
    name = os.path.basename(path)
    is_balance = any(word in name for word in SHOPIFY_BALANCE)
    if name.endswith(".jsonl") and not name.startswith("rest_"):
        obj = name.removesuffix(".jsonl")
        if obj not in SHOPIFY_LINES:
            return False
        for one in lines(path):
            add("shopify", obj, path, one)
        return True
    answers = [line["response"] for line in lines(path)] if name.endswith(".jsonl") else [json.loads(read(path))]
    found = [shopify_wrapped(path, answer, is_balance) for answer in answers]
    return any(found)


def stripe(path):
    whole = json.loads(read(path))
    if "via_woopayments" in path:
        obj = "charge" if "-charge-" in path else "payment_intent"
        add("stripe", obj, path, whole["data"] if "id" in whole.get("data", {}) else whole)
        return True
    obj = whole.get("object")
    if obj not in STRIPE_OBJECTS:
        return False
    add("stripe", obj, path, whole)
    return True


def woocommerce(path):
    name = os.path.basename(path)
    if name.startswith("docs_"):
        obj = name.removeprefix("docs_").removesuffix(".jsonl")
        if obj not in ("order", "refund"):
            return False
        for line in lines(path):
            batch = [one for action in ("create", "update", "delete") for one in line.get(action, [])]
            for one in batch or [line]:
                add("woocommerce", obj, path, one)
        return True
    text = read(path)
    is_refund = "refund" in name and not re.search(r"order-(details|fully|with)", name)
    is_order = re.search(r"order", name) and not re.search(r"notes?\b|statuses|shipment|error|customers", name)
    if not is_refund and not is_order:
        return False
    obj = "refund" if is_refund else "order"
    try:
        whole = json.loads(text)
    except ValueError:
        add("woocommerce", obj, path, text)
        return True
    # The tunnel of the apps wraps a list too.
    for one in listed(whole["data"]) if isinstance(whole.get("data"), list) else [whole]:
        add("woocommerce", obj, path, one)
    return True


def paypal(path):
    name = os.path.basename(path)
    if name.endswith(".jsonl"):
        if not name.startswith("webhooks_"):
            events = [e["example"].get("verify_webhook_signature", {}).get("value", {}).get("webhook_event") for e in lines(path)]
            for event in filter(None, events):
                add("paypal", "event", path, event)
            return any(events)
        for event in lines(path):
            add("paypal", "event", path, event)
        return True
    whole = json.loads(read(path))
    for prefix, obj in PAYPAL_ANSWERS.items():
        if name.startswith(prefix):
            in_list = [whole[key] for key in PAYPAL_LISTS if key in whole]
            for one in in_list[0] if in_list else [whole]:
                add("paypal", obj, path, one)
            return True
    return False


def column_type(values):
    """The SQL type that holds all values; nested objects stay the texts that the files have."""
    values = [value for value in values if value not in ("", " ")]
    for name, accepts in (
        ("boolean", lambda v: v.lower() in ("true", "false")),
        ("bigint", lambda v: re.fullmatch(r"-?(0|[1-9][0-9]{0,17})", v)),
        ("numeric", lambda v: re.fullmatch(r"-?[0-9]+\.[0-9]+|-?(0|[1-9][0-9]*)", v)),
        ("timestamptz", lambda v: re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?", v)),
    ):
        if values and all(accepts(value) for value in values):
            return name
    return "text"


def fivetran(system, folder):
    wanted = FIVETRAN.get(system, {})
    for path in sorted(glob.glob(folder + "/*.csv")):
        name = os.path.basename(path).removesuffix("_data.csv")
        if name not in wanted:
            left_out.append(path)
            continue
        with open(path, encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        relation = f"etl.{system}__{name}"
        columns = {c: column_type([row[c] for row in rows]) for c in rows[0]}
        spelled = ", ".join(f'"{column}" {kind}' for column, kind in columns.items())
        tables.append(f"CREATE TABLE {relation} ({spelled});")
        tables.append(f"SELECT meshline.attach_table('{relation}', :{system}, '{wanted[name]}');")
        for row in rows:
            values = {}
            for column, value in row.items():
                if value not in ("", " "):
                    values[column] = value
            samples.append((system, wanted[name], path, relation, json.dumps(values)))


def main():
    root, out = sys.argv[1:]
    os.chdir(root)
    readers = {"shopify": shopify, "stripe": stripe, "woocommerce": woocommerce, "paypal": paypal}
    for system in SYSTEMS:
        paths = sorted(glob.glob(f"{system}/*.json*")) + sorted(glob.glob(f"{system}/*/*.json*"))
        for path in paths:
            if "/schema_singer/" in path:
                continue
            try:
                is_read = readers[system](path)
            except ValueError:
                is_read = False
            if not is_read:
                left_out.append(path)
        fivetran(system, f"{system}/fivetran")
    with open(out + "/samples.csv", "w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows((n, *sample) for n, sample in enumerate(samples, 1))
    with open(out + "/tables.sql", "w", encoding="utf-8") as file:
        file.write("\n".join(tables) + "\n")
    with open(out + "/left_out.txt", "w", encoding="utf-8") as file:
        file.write("\n".join(left_out) + "\n")


main()
