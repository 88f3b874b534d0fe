#!/usr/bin/env python3
# SPDX-License-Identifier: PostgreSQL
"""The final state depends on the set of payloads only, over all systems of the world.

For each seed a world comes in table by table, and again shuffled, with a fifth of the deliveries repeated, in random
portions and statements. Both must agree in everything that state.sql prints, no delivery may be lost, and nothing may
change when all is reconciled again and every event is read again. It comes in a third time with some of the connections
deferred, and a fourth time with all of them: as a history that finds nothing that one of its later tables clears up.

MESHLINE_WORLDS (3) is the number of seeds, MESHLINE_SEED (1) the first, MESHLINE_ORDERS (40) the size of a world.
"""
import random
import shutil
import time

from session import literal
from world_stream import (SEED, Databases, expect_same, fail, invent, load_portions, load_tables, setting, state_of, sweep)


def defer(session, accounts):
    """Has the deliveries of accounts wait for process_pending()."""
    session.run("; ".join(f"SELECT meshline.connect({literal(connector)}, {literal(account)}, {merchant_id}, '{{\"mode\": \"deferred\"}}')"
                          for (connector, account), (merchant_id, _) in accounts))


def compare_world(databases, seed, orders):
    chance = random.Random(seed)
    folder, deliveries = invent(databases.accounts, seed, orders)
    reference = databases.fresh("reference")
    load_tables(reference, deliveries)
    sweep(reference)
    expected = state_of(reference)
    reference.close()

    shuffled = deliveries + chance.sample(deliveries, len(deliveries) // 5)
    chance.shuffle(shuffled)
    session = databases.fresh("shuffled")
    statements = load_portions(session, shuffled, chance)
    known = session.value("SELECT (SELECT count(*) FROM meshline.event) + (SELECT count(*) FROM meshline.pending_event)"
                          " + (SELECT coalesce(sum(x.occurrences), 0) FROM meshline.exceptions AS x WHERE x.reason_code = 'DUPLICATE_EVENT')")
    if known != len(shuffled):
        fail(f"seed {seed}: {len(shuffled)} deliveries, but {known} events, repeats and pending rows")
    sweep(session)
    repeated = f"(MESHLINE_SEED={seed} MESHLINE_WORLDS=1 MESHLINE_ORDERS={orders} repeats it)"
    expect_same(f"seed {seed}: the order of arrival changed the final state {repeated}", expected, state_of(session))
    session.run("CALL meshline.reconcile_all()")
    sweep(session)
    expect_same(f"seed {seed}: reconcile_all() changed what was reconciled on arrival {repeated}", expected, state_of(session))
    session.run("SELECT meshline.replay_connection(c.connection_id, '-infinity') FROM meshline.connection AS c ORDER BY 1")
    sweep(session)
    expect_same(f"seed {seed}: reading every event again changed the final state {repeated}", expected, state_of(session))
    session.close()

    session = databases.fresh("deferred")
    defer(session, chance.sample(sorted(databases.accounts.items()), len(databases.accounts) // 2))
    at = sorted(chance.sample(range(len(shuffled)), 2))
    for part in (shuffled[:at[0]], shuffled[at[0]:at[1]], shuffled[at[1]:]):
        load_portions(session, part, chance)
        session.run("CALL meshline.process_pending()")
    sweep(session)
    expect_same(f"seed {seed}: deferred connections changed the final state {repeated}", expected, state_of(session))
    session.close()

    session = databases.fresh("history")
    defer(session, databases.accounts.items())
    load_portions(session, shuffled, chance)
    session.run("CALL meshline.process_pending()")
    passing = session.rows("SELECT x.reason_code, x.explanation FROM meshline.exceptions AS x WHERE x.closed_at IS NOT NULL AND x.status = 'auto_resolved'"
                           " AND NOT EXISTS (SELECT FROM meshline.reason_code AS r WHERE r.reason_code = x.reason_code AND r.is_auto_resolved)"
                           " AND NOT EXISTS (SELECT FROM meshline.correction AS c WHERE c.merchant_id = x.merchant_id AND c.exception_id = x.exception_id)")
    if passing:
        fail(f"seed {seed}: a history left {len(passing)} exceptions of a passing state, as {passing[0]} {repeated}")
    sweep(session)
    expect_same(f"seed {seed}: a history changed the final state {repeated}", expected, state_of(session))
    session.close()
    shutil.rmtree(folder)
    return len(shuffled), statements, len(expected)


def main():
    began = time.monotonic()
    worlds, orders = setting("MESHLINE_WORLDS", 3), setting("MESHLINE_ORDERS", 40)
    with Databases() as databases:
        for seed in range(SEED, SEED + worlds):
            started = time.monotonic()
            sizes = compare_world(databases, seed, orders)
            print("seed %s: %s deliveries, %s statements, %s lines of state equal, %.1f s"
                  % (seed, *sizes, time.monotonic() - started), flush=True)
    print(f"{worlds} worlds of {orders} orders from seed {SEED} on: the final state is the same every time, "
          f"{time.monotonic() - began:.0f} s")


main()
