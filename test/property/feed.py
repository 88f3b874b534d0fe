#!/usr/bin/env python3
# SPDX-License-Identifier: PostgreSQL
"""Writes a psql script that loads DIR/events.tsv.

Usage: feed.py DIR [SEED | one]

Without SEED: one COPY per staging table. With `one`: row by row in the order of arrival. With SEED: in the
order of arrival, in random portions. A portion is a window of the arrivals, one statement per staging
table in it: single rows, small multi-row INSERTs or big COPYs, some of several statements in one
transaction. Only portions of one row keep the order of arrival between tables, as with real loaders.
"""
import random
import sys


def read_events(folder):
    with open(f"{folder}/events.tsv", encoding="utf-8", newline="\n") as lines:
        for line in lines:
            table, event_id, payload = line.rstrip("\n").split("\t")
            yield table, event_id, payload


def literal(copy_text):
    """COPY's text format as an escape string: the backslash escapes that it uses mean the same there."""
    return "NULL" if copy_text == r"\N" else "E'" + copy_text.replace("'", "''") + "'"


def insert(table, rows):
    values = ",\n".join(f"({literal(event_id)}, {literal(payload)})" for event_id, payload in rows)
    return f"INSERT INTO {table} (event_id, payload) VALUES\n{values};\n"


def copy(table, rows):
    lines = "".join(f"{event_id}\t{payload}\n" for event_id, payload in rows)
    return f"COPY {table} (event_id, payload) FROM STDIN;\n{lines}\\.\n"


def window_size(chance):
    kind = chance.random()
    if kind < 0.80:
        return 1
    if kind < 0.97:
        return chance.randint(2, 12)
    return chance.randint(50, 400)


def by_table(events):
    tables = {}
    for table, event_id, payload in events:
        tables.setdefault(table, []).append((event_id, payload))
    return tables


def feed_tables(events, out):
    for table, rows in sorted(by_table(events).items()):
        out.write(copy(table, rows))


def feed_portions(events, chance, out):
    at = 0
    while at < len(events):
        size = window_size(chance)
        tables = by_table(events[at : at + size])
        at += size
        in_one_transaction = len(tables) > 1 and chance.random() < 0.5
        if in_one_transaction:
            out.write("BEGIN;\n")
        for table in chance.sample(sorted(tables), len(tables)):
            out.write(chance.choice((insert, copy))(table, tables[table]))
        if in_one_transaction:
            out.write("COMMIT;\n")


def feed_rows(events, out):
    for table, event_id, payload in events:
        out.write(insert(table, [(event_id, payload)]))


def main():
    events = list(read_events(sys.argv[1]))
    if sys.argv[2:] == ["one"]:
        feed_rows(events, sys.stdout)
    elif len(sys.argv) > 2:
        feed_portions(events, random.Random(int(sys.argv[2])), sys.stdout)
    else:
        feed_tables(events, sys.stdout)


main()
