#!/usr/bin/env python3
# SPDX-License-Identifier: PostgreSQL
"""What is taken back leaves no trace but in the logs: merge and unmerge, previews, dry runs, approvals that fail, replays.

A world is loaded, people decide about some of its exceptions, and then each act is done a day later. Before and after it
every row of every table is compared, in all columns but these, which tell of the act itself:
- of all acts: canonical.reconciled_at and recon_exception.last_seen_at, when it was last looked at;
- of merge and unmerge: the tables canonical_merge and exception_history with recon_exception.history_hash, the log of both,
  exceptions of the merged order, which stay as closed ones and hold no more, as before if they were there from an earlier
  merge; a correction that was withdrawn and made again is two further rows, so its sum per exception and account counts;
- of reconcile_all and of reading events again: the table job, its progress; of the latter event_watermark.is_stale, which has
  the next sweep() count anew.

MESHLINE_SEED (1), MESHLINE_ORDERS (60), MESHLINE_MERGES (12) is how many pairs are merged.
"""
import random
import shutil
import time

from session import Failed, Session, literal
from world_stream import AS_OF, BASE, LOADED_AT, SEED, Databases, fail, invent, load_tables, setting, sweep

LATER = "2026-09-30 00:00+00"
CLERK = f"{BASE}_clerk"
LOOKED_AT = {"canonical": ("reconciled_at",), "recon_exception": ("last_seen_at",)}
MERGE_LOG = {"canonical": ("reconciled_at",), "recon_exception": ("last_seen_at", "history_hash")}
WHOLE = {}


class Tables:
    """The rows of every table of the workspace and of staging, as texts."""

    def __init__(self, session):
        self.session = session
        self.names = [row["name"] for row in session.rows("""
            SELECT c.oid::regclass::text AS name FROM pg_class AS c
            WHERE c.relkind = 'r' AND c.relnamespace IN ('meshline'::regnamespace, 'staging'::regnamespace) ORDER BY 1""")]

    def read(self, left_out, without=()):
        """Table by table; `left_out` names columns, `without` tables."""
        tables = {}
        for name in self.names:
            short = name.removeprefix("meshline.")
            if short not in without:
                minus = "".join(f" - {literal(column)}" for column in left_out.get(short, ()))
                tables[name] = set(self.session.run(f"SELECT (to_jsonb(t){minus})::text FROM {name} AS t").splitlines())
        return tables


def read_around_merge(tables, pair):
    """All but what a merge of the pair that was taken back may have left."""
    rows = tables.read(MERGE_LOG, ("canonical_merge", "exception_history", "correction"))
    rows["meshline.recon_exception"] -= {row["row"] for row in tables.session.rows(f"""
        SELECT (to_jsonb(t) - 'last_seen_at' - 'history_hash')::text AS row FROM meshline.recon_exception AS t
        WHERE t.canonical_id IN ('{pair[0]}', '{pair[1]}') AND NOT t.is_present AND t.closed_at IS NOT NULL""")}
    rows["standing corrections"] = {str(row) for row in tables.session.rows("""
        SELECT c.exception_id, c.account, c.currency, sum(c.amount_minor) AS standing FROM meshline.correction AS c
        GROUP BY 1, 2, 3 HAVING sum(c.amount_minor) <> 0""")}
    return rows


def expect_unchanged(what, tables, left_out, without, act):
    compare(what, lambda: tables.read(left_out, without), act)


def compare(what, read, act):
    before = read()
    act()
    after = read()
    for name, rows in before.items():
        gone, new = sorted(rows - after[name]), sorted(after[name] - rows)
        if gone or new:
            for mark, lines in (("<", gone), (">", new)):
                for line in lines[:5]:
                    print(mark, line[:1500])
            fail(f"seed {SEED}: {what} changed {name} (< before, > after)")
    print(f"{what}: {sum(len(rows) for rows in before.values())} rows of {len(before)} tables unchanged", flush=True)


def expect_refused(session, statement, because):
    try:
        session.run(statement)
    except Failed as error:
        if because not in str(error):
            fail(f"{statement}: {error}")
        return
    fail(f"{statement} was not refused")


def decide(session, chance):
    """Every kind of decision, each about some exceptions."""
    ids = [row["exception_id"] for row in session.rows("""
        SELECT x.exception_id FROM meshline.open_exceptions AS x JOIN meshline.canonical AS c USING (merchant_id, canonical_id)
        WHERE c.kind = 'order' ORDER BY 1""")]
    chance.shuffle(ids)
    acts = ("acknowledge({0}, 'looking')", "assign({0}, 'ann', 'hers')", "resolve_exception({0}, 'known')", "write_off({0}, 'small')",
            "hold({0}, 'wait')", "release({0}, 'go on')")
    for place, exception_id in enumerate(ids):
        if place % 8 < len(acts):
            session.run(f"SELECT meshline.{acts[place % 8].format(exception_id)}")


def orders_to_merge(session, chance, count):
    """Pairs of one merchant, with exceptions that people have decided on among them."""
    rows = session.rows("""
        SELECT c.merchant_id, c.canonical_id, count(x.exception_id) AS exceptions
        FROM meshline.canonical AS c LEFT JOIN meshline.recon_exception AS x ON x.merchant_id = c.merchant_id
          AND x.canonical_id = c.canonical_id AND x.is_present
        WHERE c.kind = 'order' GROUP BY 1, 2 ORDER BY 3 DESC, 2""")
    pairs = []
    for merchant_id in sorted({row["merchant_id"] for row in rows}):
        own = [row["canonical_id"] for row in rows if row["merchant_id"] == merchant_id]
        for number in range(count // 3):
            if number + 1 < len(own):
                pairs.append((own[number], chance.choice(own[number + 1:])))
    return pairs


def main():
    began = time.monotonic()
    chance = random.Random(SEED)
    with Databases() as databases:
        folder, deliveries = invent(databases.accounts, SEED, setting("MESHLINE_ORDERS", 60))
        loading = databases.fresh("undone")
        load_tables(loading, deliveries)
        sweep(loading)
        loading.close()
        shutil.rmtree(folder)
        deciding = databases.again("undone", AS_OF)
        deciding.run("SELECT meshline.set_policy('approval_limit_minor', '5000', NULL, m.merchant_id) FROM meshline.merchant AS m")
        decide(deciding, chance)
        deciding.close()

        session = databases.again("undone", LATER)
        tables = Tables(session)
        waiting = [row["exception_id"] for row in session.rows("SELECT a.exception_id FROM meshline.approvals AS a WHERE a.state = 'pending'")]
        if not waiting:
            fail("the world has nothing that waits for approval")
        for exception_id in waiting:
            expect_unchanged(f"an approval of exception {exception_id} by whoever asked for it", tables, WHOLE, (), lambda: expect_refused(
                session, f"SELECT meshline.approve({exception_id})", "cannot give or refuse it"))
        expect_unchanged("a write-off of what is closed", tables, WHOLE, (), lambda: expect_refused(
            session, "SELECT meshline.write_off((SELECT min(x.exception_id) FROM meshline.exceptions AS x WHERE x.closed_at IS NOT NULL), 'again')",
            "is closed already"))
        expect_unchanged("a dry run", tables, WHOLE, (), lambda: session.run(
            """SELECT count(*) FROM meshline.dry_run('{"policies": {"tolerance_minor.UNDERPAYMENT": 100000}, "disabled": ["FEE_MISMATCH"]}')"""))
        expect_unchanged("what_will_break() and the views", tables, WHOLE, (), lambda: session.run(
            "SELECT count(*) FROM meshline.what_will_break('60 days'); SELECT count(*) FROM meshline.conservation_proof"))
        expect_unchanged("reading every event again", tables, {**LOOKED_AT, "event_watermark": ("is_stale",)}, ("job",), lambda: session.run(
            "SELECT meshline.replay_connection(c.connection_id, '-infinity') FROM meshline.connection AS c ORDER BY 1"))
        expect_unchanged("reconcile_all()", tables, LOOKED_AT, ("job",), lambda: session.run("CALL meshline.reconcile_all()"))
        pairs = orders_to_merge(session, chance, setting("MESHLINE_MERGES", 12))
        for a, b in pairs:
            expect_unchanged(f"a preview of {a} with {b}", tables, WHOLE, (), lambda: session.run(
                f"SELECT count(*) FROM meshline.preview_merge('{a}', '{b}')"))
            compare(f"{a} with {b} and apart again", lambda: read_around_merge(tables, (a, b)), lambda: session.run(
                f"SELECT meshline.unmerge(meshline.merge('{a}', '{b}', 'the same'), 'not the same')"))
        broken = session.rows("SELECT * FROM meshline.verify_history()")
        if broken:
            fail(f"the chain of histories is broken: {broken[:5]}")
        session.close()
    print(f"{len(waiting)} approvals, {len(pairs)} merges, a dry run and a replay from seed {SEED} taken back without a trace, "
          f"{time.monotonic() - began:.0f} s")


main()
