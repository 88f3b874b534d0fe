#!/usr/bin/env python3
# SPDX-License-Identifier: PostgreSQL
"""Two sessions at one order at the same time: no exception is lost or doubled, whoever is first.

Each race is run again and again, each time with an order of its own and with pauses of random length before, between and
after the statements of either side. After each the order must be as one of the two orders of events leaves it. At the end
the chain of every history must be whole, every record must be in a living entity, and nothing may change when all is
reconciled again.

MESHLINE_REPEATS (10) is how often each race is run, MESHLINE_SEED (1) starts the pauses.
"""
import json
import os
import random
import time

from session import Failed, Session, literal
from world_stream import BASE, SEED, expect_same, fail, setting, state_of

AS_OF = "2026-09-02 00:00+00"
CLERK, APPROVER = f"{BASE}_clerk", f"{BASE}_approver"
FIRST = 700000


def staged(table, **payload):
    return f"INSERT INTO staging.{table} (payload) VALUES ({literal(json.dumps(payload))})"


def order(i, cents, minute=0):
    return staged("shopify_order", id=FIRST + i, name=f"#R{i}", created_at="2026-08-01T10:00:00Z", currency="USD",
                  updated_at=f"2026-08-01T10:{minute:02}:00Z", total_price=f"{cents / 100:.2f}", financial_status="paid")


def charge_of(name, i, cents, has_order):
    return {"id": f"ch_{name}_{i}", "object": "charge", "amount": cents, "amount_captured": cents, "captured": True,
            "currency": "usd", "status": "succeeded", "created": 1785578400, "livemode": True,
            "metadata": {"order_id": str(FIRST + i)} if has_order else {}}


def charge(name, i, cents, has_order=True):
    return staged("stripe_charge", **charge_of(name, i, cents, has_order))


def later(name, i, cents):
    """The charge once more, in an event of ten minutes later."""
    return staged("stripe_event", id=f"evt_{name}_{i}", object="event", type="charge.updated", created=1785579000, livemode=True,
                  data={"object": charge_of(name, i, cents, True)})


def refund(name, i, cents, of, hours):
    return staged("stripe_refund", id=f"re_{name}_{i}", object="refund", amount=cents, currency="usd", status="succeeded",
                  created=1785582000 + 3600 * hours, charge=f"ch_{of}_{i}")


def transaction(i, cents, of):
    return staged("shopify_transaction", id=FIRST + i, order_id=FIRST + i, kind="sale", status="success", gateway="stripe",
                  amount=f"{cents / 100:.2f}", currency="USD", created_at="2026-08-01T10:00:01Z", authorization=f"ch_{of}_{i}")


class Race:
    """`before` makes the order, `sides` are what the two sessions do; `check` looks at what came of it."""

    users = (None, None)
    may_fail = ((), ())  # what either side may be refused with

    def __init__(self, observer):
        self.observer = observer

    def expect(self, i, expected, answers):
        found = self.observer.rows(f"""
            SELECT s.captured_minor AS captured, s.refunded_minor AS refunded,
                   (SELECT coalesce(json_object_agg(x.reason_code || ' ' || t.subject, x.amount_at_risk_minor ORDER BY x.reason_code), '{{}}')
                    FROM meshline.open_exceptions AS x JOIN meshline.recon_exception AS t USING (merchant_id, exception_id)
                    WHERE x.canonical_id = s.canonical_id) AS open
            FROM meshline.order_status AS s WHERE s.anchor_value = '{FIRST + i}'""")
        if found != [expected]:
            fail(f"{type(self).__name__} {i}: {found} instead of {expected}; the sides said {answers}")


class TwoRefunds(Race):
    def before(self, i):
        return [order(i, 10000), charge("two", i, 10000)]

    def sides(self, i):
        return [refund("a", i, 6000, "two", 1)], [refund("b", i, 6000, "two", 2)]

    def check(self, i, answers):
        self.expect(i, {"captured": 10000, "refunded": 12000, "open": {"OVER_REFUND ": 2000}}, answers)


class TwoCaptures(Race):
    def before(self, i):
        return [order(i, 10000)]

    def sides(self, i):
        return [charge("c", i, 10000)], [charge("d", i, 10000)]

    def check(self, i, answers):
        self.expect(i, {"captured": 20000, "refunded": 0, "open": {"DUPLICATE_PAYMENT ": 10000}}, answers)


class MergeAndIngest(Race):
    """A person and a record say the same, while the payment is given back twice over.

    A loader that has more than one statement in a transaction may hold one entity and wait for the other: then the person
    is told to try again, or the loader's rows wait for process_pending(). The loader never fails.
    """

    may_fail = (("They are one already", "another session merged one of them", "deadlock detected"), ())

    def before(self, i):
        return [order(i, 10000), charge("lone", i, 10000, has_order=False)]

    def sides(self, i):
        of = f"meshline.canonical_of('shopify', 'order', '{FIRST + i}'), meshline.canonical_of('stripe', 'charge', 'ch_lone_{i}')"
        return [f"SELECT meshline.merge({of}, 'the same')"], [refund("m", i, 15000, "lone", 1), transaction(i, 10000, "lone")]

    def check(self, i, answers):
        self.expect(i, {"captured": 10000, "refunded": 15000, "open": {"OVER_REFUND ": 5000, f"REFUND_NOT_IN_SHOP stripe:refund:re_m_{i}": 15000}},
                    answers)


class ApproveAndIngest(Race):
    """What is written off is what was looked at: money that comes on top stays open, whether it came before or after."""

    users = (APPROVER, None)
    may_fail = (("has changed since",), ())

    def before(self, i):
        return [order(i, 10000), charge("first", i, 25000)]

    def prepare(self, i, clerk):
        self.exception_id = self.observer.value(f"""
            SELECT x.exception_id FROM meshline.open_exceptions AS x
            WHERE 'shopify:order:{FIRST + i}' = ANY (x.record_ids) AND x.reason_code = 'OVERCAPTURE'""")
        clerk.run(f"SELECT meshline.write_off({self.exception_id}, 'too old')")

    def sides(self, i):
        return [f"SELECT meshline.approve({self.exception_id}, 'yes')"], [later("first", i, 25000 + 777)]

    def check(self, i, answers):
        self.expect(i, {"captured": 25777, "refunded": 0, "open": {"OVERCAPTURE ": 15777}}, answers)
        state = self.observer.rows(f"SELECT a.state, a.amount_minor FROM meshline.approvals AS a WHERE a.exception_id = {self.exception_id}")
        # Given first, the approval is void as soon as what was approved has changed.
        was_refused = "has changed since" in answers[0]
        if state != [{"state": "pending" if was_refused else "void", "amount_minor": 15000}]:
            fail(f"ApproveAndIngest {i}: {state}; the sides said {answers}")


class CloseAndIngest(Race):
    """A late payload of a day that is being closed is taken in and judged, and its order cannot be posted any more."""

    def before(self, i):
        return [order(i, 10000)]

    def sides(self, i):
        day = f"date '2000-01-01' + {i}"
        return [f"SELECT meshline.close_period(1, {day}, '{AS_OF}')"], [charge("late", i, 12500)]

    def check(self, i, answers):
        self.expect(i, {"captured": 12500, "refunded": 0, "open": {"OVERCAPTURE ": 2500}}, answers)
        closed = self.observer.value("SELECT meshline.closed_through(1) - date '2000-01-01'")
        if closed != i:
            fail(f"CloseAndIngest {i}: closed through day {closed}")


def paused(statements, chance):
    """In one transaction, or each by itself, with pauses of up to a few milliseconds."""
    def pause():
        return f"SELECT 'p' FROM pg_sleep({chance.choice((0, 0, 0.0005, 0.001, 0.002, 0.004)) * chance.random()})"

    parts = [pause()]
    for statement in statements:
        parts += [statement, pause()]
    if chance.random() < 0.6:
        parts = ["BEGIN"] + parts + ["COMMIT"]
    return "; ".join(parts)


def answer_of(session, allowed, what):
    try:
        return session.finish().replace("\n", " ")
    except Failed as error:
        if not any(text in str(error) for text in allowed):
            fail(f"{what}: {error}")
        return str(error)


def run_race(race, first, repeats, sessions, chance):
    observer, clerk = sessions[None][2], sessions[CLERK]
    left, right = (sessions[user][side] if user is None else sessions[user] for side, user in enumerate(race.users))
    refused = deferred = 0
    for i in range(first, first + repeats):
        observer.run("; ".join(race.before(i)))
        if hasattr(race, "prepare"):
            race.prepare(i, clerk)
        statements = race.sides(i)
        for session, side in ((left, 0), (right, 1)) if chance.random() < 0.5 else ((right, 1), (left, 0)):
            session.send(paused(statements[side], chance))
        answers = [answer_of(session, race.may_fail[side], f"{type(race).__name__} {i}")
                   for side, session in enumerate((left, right))]
        refused += any(text in answers[0] for text in race.may_fail[0])
        if observer.value("SELECT count(*) FROM meshline.pending_event"):
            observer.run("CALL meshline.process_pending()")
            deferred += 1
        race.check(i, answers)
    print(f"{type(race).__name__}: {repeats} times, {refused} times refused to the person, {deferred} times deferred for the loader", flush=True)
    return first + repeats


def expect_whole(observer):
    broken = observer.rows("SELECT * FROM meshline.verify_history()")
    if broken:
        fail(f"the chain of histories is broken: {broken[:5]}")
    for what, query in (
        ("records in no entity that stands", """FROM meshline.record AS r LEFT JOIN meshline.canonical AS c USING (merchant_id, canonical_id)
                                                WHERE c.canonical_id IS NULL"""),
        ("exceptions that hold in a superseded entity", """FROM meshline.recon_exception AS x JOIN meshline.canonical_alias AS a
                                                             ON a.merchant_id = x.merchant_id AND a.alias_id = x.canonical_id WHERE x.is_present"""),
        ("aliases of no entity that stands", """FROM meshline.canonical_alias AS a LEFT JOIN meshline.canonical AS c USING (merchant_id, canonical_id)
                                                WHERE c.canonical_id IS NULL"""),
        ("entities that are aliases too", """FROM meshline.canonical_alias AS a JOIN meshline.canonical AS c
                                             ON c.merchant_id = a.merchant_id AND c.canonical_id = a.alias_id"""),
        ("identifiers that lead nowhere", "FROM meshline.identifier AS i WHERE meshline.resolve(i.canonical_id, i.merchant_id) IS NULL"),
        ("exceptions that are there twice", """FROM (SELECT FROM meshline.open_exceptions AS x JOIN meshline.recon_exception AS t USING (merchant_id, exception_id)
                                               GROUP BY x.canonical_id, x.reason_code, t.subject HAVING count(*) > 1) AS twice"""),
        ("exceptions without a history", """FROM meshline.recon_exception AS x WHERE NOT EXISTS (
                                              SELECT FROM meshline.exception_history AS h WHERE h.exception_id = x.exception_id)"""),
        ("staged rows that wait", "FROM meshline.pending_event"),
    ):
        count = observer.value(f"SELECT count(*) {query}")
        if count:
            fail(f"{count} {what}")


def main():
    began = time.monotonic()
    repeats, chance = setting("MESHLINE_REPEATS", 10), random.Random(SEED)
    server = Session("postgres", None)
    database = f"{BASE}_races"
    drop = [f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)', f'DROP ROLE IF EXISTS "{CLERK}"', f'DROP ROLE IF EXISTS "{APPROVER}"']
    sessions = {}
    for statement in drop + [f'CREATE DATABASE "{database}"', f'CREATE ROLE "{CLERK}" LOGIN', f'CREATE ROLE "{APPROVER}" LOGIN',
                             f"ALTER DATABASE \"{database}\" SET meshline.as_of = '{AS_OF}'"]:
        server.run(statement)
    try:
        setup = Session(database, None)
        setup.run("CREATE EXTENSION meshline; SELECT meshline.create_workspace(); SELECT meshline.connect('shopify', 'races.myshopify.com');"
                  "SELECT meshline.connect('stripe', 'acct_races'); SELECT meshline.set_policy('settlement_window_days', 'null', 2);"
                  f"SELECT meshline.grant_role('{CLERK}', 'operator'), meshline.grant_role('{APPROVER}', 'approver')")
        setup.close()
        sessions = {None: [Session(database, AS_OF) for _ in range(3)], CLERK: Session(database, None, CLERK),
                    APPROVER: Session(database, None, APPROVER)}
        observer = sessions[None][2]
        first = 1
        for race in (TwoRefunds, TwoCaptures, MergeAndIngest, ApproveAndIngest, CloseAndIngest):
            first = run_race(race(observer), first, repeats, sessions, chance)
        expect_whole(observer)
        before = state_of(observer)
        observer.run("CALL meshline.reconcile_all()")
        expect_same("reconcile_all() changed what the races left", before, state_of(observer))
    finally:
        for session in [*sessions.get(None, []), sessions.get(CLERK), sessions.get(APPROVER)]:
            if session is not None:
                session.close()
        for statement in drop:
            server.run(statement)
        server.close()
    print(f"5 races, {repeats} times each from seed {SEED} on: no exception lost, none doubled, {time.monotonic() - began:.0f} s")


main()
