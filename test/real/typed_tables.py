#!/usr/bin/env python3
# SPDX-License-Identifier: PostgreSQL
"""Makes typed tables, as ETL tools do, of the payloads that the samples hold.

usage: typed_tables.py CONNECTORS FOLDER

Reads FOLDER/samples.csv (of payloads_store.py) and FOLDER/payloads.csv (of payloads_ledger.py), and the definitions in
CONNECTORS. Writes FOLDER/sources.csv (n, system, object, file, payload), FOLDER/rows.csv (n, shape, relation, row) and
FOLDER/typed_tables.sql, which makes and attaches a table per shape, system and object.

Shapes: airbyte has a column per top-level member, nested objects and lists as jsonb. fivetran has snake-case columns,
nested objects flattened with underscores, and lists of objects that the connector reads in child tables with the
parent's id; other lists have no column.
"""

import csv
import json
import re
import sys
from datetime import datetime, timezone
from pathlib import Path

# The systems whose tables in Fivetran are their payloads flattened; the others' have names of their own.
FIVETRAN = ("shopify", "stripe")
# Fivetran names a reference to another object with _id, and makes times of Stripe's seconds since 1970.
STRIPE_REFERENCE = re.compile(r"(ch|py|pi|re|pyr|txn|po|cus|dp|du|in|pm)_\w*\d\w*")
STRIPE_TIMES = ("created", "available_on", "arrival_date", "due_by")
ZONED = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[-+]\d\d:?\d\d)")
MAX_NAME = 63


def snake(name):
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def column_type(values):
    """The SQL type that holds all values."""
    if any(isinstance(value, (dict, list)) for value in values):
        return "jsonb"
    if values and all(isinstance(value, bool) for value in values):
        return "boolean"
    if values and all(isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63 for value in values):
        return "bigint"
    if values and all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in values):
        return "numeric"
    if values and all(isinstance(value, str) and ZONED.fullmatch(value) for value in values):
        return "timestamptz"
    return "text"


def flatten(system, value, prefix=""):
    row = {}
    for name, member in value.items():
        column = prefix + snake(name)
        if isinstance(member, dict):
            # Free keys stay one column.
            if name == "metadata":
                row[column] = member
            else:
                row.update(flatten(system, member, column + "_"))
        elif isinstance(member, list):
            continue
        else:
            if system == "stripe" and name in STRIPE_TIMES and isinstance(member, int):
                member = datetime.fromtimestamp(member, timezone.utc).isoformat()
            elif system == "stripe" and name not in ("id", "source") and isinstance(member, str) and STRIPE_REFERENCE.fullmatch(member):
                column += "_id"
            row[column[:MAX_NAME]] = member
    return row


class Tables:
    def __init__(self, connectors):
        self.definitions = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in connectors.glob("*.json")}
        self.count = 0
        self.sources = []
        self.rows = []
        self.columns = {}

    def add_row(self, n, shape, system, object_name, row):
        relation = f"{shape}.{system}_{object_name}"
        columns = self.columns.setdefault((relation, shape, system, object_name), {})
        for name, value in row.items():
            columns.setdefault(name, []).extend([] if value is None else [value])
        self.rows.append((n, shape, relation, row))

    def add_fivetran(self, n, system, object_name, payload, parents):
        program = self.definitions[system]["objects"][object_name]
        children = []
        for nested in program.get("nested", []):
            found = payload
            for name in nested["path"].removesuffix("[]").split("."):
                found = found.get(name) if isinstance(found, dict) else None
            children += [(nested["object"], child) for child in found or [] if isinstance(found, list)]
        row = flatten(system, payload)
        self.add_row(n, "fivetran", system, object_name, {**parents, **row})
        for child_name, child in children:
            parent = {f"{object_name}_id": payload.get("id")}
            self.add_fivetran(n, system, child_name, child, {**parents, **parent})

    def add(self, system, object_name, file, text):
        program = self.definitions.get(system, {}).get("objects", {}).get(object_name)
        try:
            payload = json.loads(text)
        except ValueError:
            return
        if program is None or not isinstance(payload, dict):
            return
        for name in program.get("unwrap", []):
            if isinstance(payload.get(name), dict):
                payload = payload[name]
        self.count += 1
        self.add_object(system, object_name, file, text, payload)
        # A table of disputes need not name their balance transactions: whoever syncs them syncs these too.
        if (system, object_name) == ("stripe", "dispute"):
            for transaction in payload.get("balance_transactions", []):
                self.add_object(system, "balance_transaction", file, json.dumps(transaction), transaction)

    def add_object(self, system, object_name, file, text, payload):
        n = self.count
        self.sources.append((n, system, object_name, file, text))
        self.add_row(n, "airbyte", system, object_name, {name[:MAX_NAME]: value for name, value in payload.items()})
        if system in FIVETRAN and "envelope" not in self.definitions[system]["objects"][object_name]:
            self.add_fivetran(n, system, object_name, payload, {})

    def write(self, folder):
        with open(folder / "sources.csv", "w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(self.sources)
        with open(folder / "rows.csv", "w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows((*row[:3], json.dumps(row[3], ensure_ascii=False)) for row in self.rows)
        with open(folder / "typed_tables.sql", "w", encoding="utf-8") as file:
            for (relation, shape, system, object_name), columns in self.columns.items():
                spelled = ", ".join('"' + name.replace('"', '""') + f'" {column_type(values)}' for name, values in columns.items())
                file.write(f"CREATE TABLE {relation} ({spelled});\n")
                file.write(f"SELECT pg_temp.attach('{relation}', '{shape}', '{system}', '{object_name}');\n")


def main():
    connectors, folder = map(Path, sys.argv[1:])
    tables = Tables(connectors)
    csv.field_size_limit(2**30)
    with open(folder / "samples.csv", encoding="utf-8", newline="") as file:
        for _, system, object_name, name, relation, payload in csv.reader(file):
            if relation.startswith("staging."):
                tables.add(system, object_name, name, payload)
    with open(folder / "payloads.csv", encoding="utf-8", newline="") as file:
        for system, object_name, name, payload in csv.reader(file):
            tables.add(system, object_name, name, payload)
    tables.write(folder)


main()
