#!/usr/bin/env python3
# SPDX-License-Identifier: PostgreSQL
"""orders.py FOLDER: orders.jsonl and charges.jsonl, 300 of each that agree, and the same as CSV files of one column.

Every tenth order has a name that a client may stumble over: quotes, backslashes, commas, tabs, other alphabets.
"""
import csv
import json
import sys

NAMES = ['say "hi"', "back\\slash", "comma, semicolon;", "tab\there", "line\nbreak", "Zoë Ångström", "東京", "it's", "\\N", "{}"]


def order(i):
    note = NAMES[i // 10 % len(NAMES)] if i % 10 == 0 else "plain"
    return {
        "id": 770000 + i, "name": f"#77{i:04}", "note": note, "total_price": f"{10 + i % 90}.{i % 100:02}", "currency": "USD",
        "financial_status": "paid", "created_at": "2026-10-18T10:00:00Z", "updated_at": "2026-10-18T10:00:00Z",
    }


def charge(i):
    return {
        "id": f"ch_client{i}", "amount": (10 + i % 90) * 100 + i % 100, "captured": True, "status": "succeeded", "currency": "usd",
        "created": 1792317600 + i, "livemode": True, "metadata": {"shopify_order_id": str(770000 + i)},
    }


def main():
    for name, make in (("orders", order), ("charges", charge)):
        payloads = [json.dumps(make(i), ensure_ascii=False) for i in range(300)]
        with open(f"{sys.argv[1]}/{name}.jsonl", "w", encoding="utf-8") as file:
            file.writelines(payload + "\n" for payload in payloads)
        with open(f"{sys.argv[1]}/{name}.csv", "w", encoding="utf-8", newline="") as file:
            csv.writer(file, quoting=csv.QUOTE_ALL).writerows([payload] for payload in payloads)


if __name__ == "__main__":
    main()
