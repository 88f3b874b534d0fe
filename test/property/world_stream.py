# SPDX-License-Identifier: PostgreSQL
"""The sample world as a stream of deliveries, and databases to let it into.

MESHLINE_SEED (1) is the first seed; databases are called $PGDATABASE with endings.
"""
import os
import pathlib
import random
import subprocess
import sys
import tempfile

from session import Session, literal

HERE = pathlib.Path(__file__).parent
TOP = HERE.parent.parent
AS_OF = "2026-09-29 00:00+00"      # 90 days after the first sale: all is late
LOADED_AT = "2026-09-26 00:00+00"  # when the stream comes in
SEED = int(os.environ.get("MESHLINE_SEED", "1"))
BASE = os.environ.get("PGDATABASE", pathlib.Path(sys.argv[0]).stem)


def setting(name, default):
    return int(os.environ.get(name, default))


def fail(text):
    sys.exit(f"{pathlib.Path(sys.argv[0]).stem}: {text}")


class Databases:
    """A template with the workspace, the merchants and the connections of the world, and copies of it."""

    def __init__(self):
        subprocess.run(["make", "-s", "-C", TOP, "world"], check=True)
        self.server = Session("postgres", LOADED_AT)
        self.names = []
        template = self.create("template", "template1")
        with_workspace = Session(template, LOADED_AT)
        with_workspace.run("CREATE EXTENSION meshline; SELECT meshline.create_workspace()")
        with_workspace.run(f"\\i {HERE.parent / 'sample' / 'world_setup.sql'}\n\\o\n")
        self.accounts = {(row["connector"], row["account"]): (row["merchant_id"], row["connection_id"]) for row in with_workspace.rows(
            "SELECT connector, account, merchant_id, connection_id FROM meshline.connector_health")}
        with_workspace.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for ending in list(self.names):
            self.drop(ending)
        self.server.close()

    def create(self, ending, template):
        self.drop(ending)
        self.server.run(f'CREATE DATABASE "{BASE}_{ending}" TEMPLATE "{template}"')
        self.names.append(ending)
        return f"{BASE}_{ending}"

    def drop(self, ending):
        self.server.run(f'DROP DATABASE IF EXISTS "{BASE}_{ending}" WITH (FORCE)')
        if ending in self.names:
            self.names.remove(ending)

    def fresh(self, ending, as_of=LOADED_AT):
        return Session(self.create(ending, f"{BASE}_template"), as_of)

    def again(self, ending, as_of):
        return Session(f"{BASE}_{ending}", as_of)

    def copy(self, ending, of, as_of=LOADED_AT):
        return Session(self.create(ending, f"{BASE}_{of}"), as_of)


class Delivery:
    __slots__ = ("table", "merchant_id", "connection_id", "event_id", "payload")

    def __init__(self, line, accounts):
        self.table, _, connector, account, self.event_id, self.payload = line.split("\t")
        self.merchant_id, self.connection_id = accounts[connector, account]


def read_deliveries(path, accounts):
    with open(path, encoding="utf-8", newline="\n") as lines:
        return [Delivery(line.rstrip("\n"), accounts) for line in lines]


def invent(accounts, seed, orders, *flags):
    """The deliveries of a world; texts as COPY writes them. Their truth is in the folder that comes with them."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="world.", dir=os.environ.get("TMPDIR", "/tmp")))
    subprocess.run([TOP / "build" / "sample_world", "--seed", str(seed), "--orders", str(orders), "--out", folder, *flags],
                   check=True, stdout=subprocess.DEVNULL)
    return folder, read_deliveries(folder / "events.tsv", accounts)


# What has no version of its own, as a bank's line, has that of its arrival: the same for all, or it could not be compared.
COLUMNS = "(merchant_id, connection_id, event_id, received_at, payload)"


def copy_statement(table, rows):
    lines = "".join(f"{row.merchant_id}\t{row.connection_id}\t{row.event_id}\t{LOADED_AT}\t{row.payload}\n" for row in rows)
    return f"COPY staging.{table} {COLUMNS} FROM STDIN;\n{lines}\\.\n"


def constant(copy_text):
    """COPY's backslash escapes mean the same in an escape string."""
    return "NULL" if copy_text == r"\N" else "E'" + copy_text.replace("'", "''") + "'"


def insert_statement(table, rows):
    values = ",\n".join(f"({row.merchant_id}, {row.connection_id}, {constant(row.event_id)}, '{LOADED_AT}', {constant(row.payload)})" for row in rows)
    return f"INSERT INTO staging.{table} {COLUMNS} VALUES\n{values};\n"


def by_table(deliveries):
    tables = {}
    for delivery in deliveries:
        tables.setdefault(delivery.table, []).append(delivery)
    return tables


def load_tables(session, deliveries):
    """One COPY per table, whatever the order of arrival was."""
    session.run("".join(copy_statement(table, rows) for table, rows in sorted(by_table(deliveries).items())))


def load_portions(session, deliveries, chance):
    """In the order of arrival, in random portions: single rows, small INSERTs, big COPYs, some in one transaction."""
    statements = []
    at = 0
    while at < len(deliveries):
        kind = chance.random()
        size = 1 if kind < 0.7 else chance.randint(2, 12) if kind < 0.95 else chance.randint(50, 400)
        tables = by_table(deliveries[at:at + size])
        at += size
        in_one = len(tables) > 1 and chance.random() < 0.5
        statements += ["BEGIN;\n"] if in_one else []
        for table in chance.sample(sorted(tables), len(tables)):
            statements.append(chance.choice((insert_statement, copy_statement))(table, tables[table]))
        statements += ["COMMIT;\n"] if in_one else []
    session.run("".join(statements))
    return len(statements)


def sweep(session, as_of=AS_OF):
    session.run(f"CALL meshline.process_pending(); CALL meshline.sweep('{as_of}')")


LEFT_BEHIND = """
    SELECT count(*) FROM meshline.recon_exception AS x JOIN meshline.canonical_alias AS a
      ON a.merchant_id = x.merchant_id AND a.alias_id = x.canonical_id
    WHERE x.closed_at IS NULL"""


def state_of(session, sections=()):
    """What state.sql prints of a database, or some of its sections, as lines. No merge has left an open exception behind."""
    if session.value(LEFT_BEHIND):
        fail(f"{session.value(LEFT_BEHIND)} open exceptions are those of ids that were merged into others")
    environment = dict(os.environ, PGDATABASE=session.database, PGOPTIONS=session.options)
    answer = subprocess.run(["psql", "-X", "-A", "-t", "-f", HERE / "state.sql"], env=environment, check=True, text=True,
                            encoding="utf-8", stdout=subprocess.PIPE).stdout
    return [line for line in answer.splitlines() if not sections or line.split("|", 1)[0] in sections]


def expect_same(what, expected, found):
    """Both are lists of lines; what differs is printed."""
    if expected == found:
        return
    missing, new = set(expected) - set(found), set(found) - set(expected)
    for mark, lines in (("<", missing), (">", new)):
        for line in sorted(lines)[:15]:
            print(mark, line[:600])
    if not missing and not new:
        print("the same lines, in another order or another number of times")
    fail(f"{what}: {len(missing)} lines only in the first (<), {len(new)} only in the second (>)")
