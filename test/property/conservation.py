#!/usr/bin/env python3
# SPDX-License-Identifier: PostgreSQL
"""No amount can change unseen: conservation_proof shows each changed amount as a difference of exactly as much.

Of each kind of record that moves money, in each system, one payload of a world is chosen. The world is loaded without
them; then each comes in as it was, and in its stead with one amount 1.23 higher. The differences of the account must be
apart by exactly that or not at all, some must be, and no other account's may be, but one that is compared with it.

Not changed are summaries and what is nested in another payload, orders with an exception, currencies but USD and EUR, and
payments in the buyer's currency, of which the shop gets another number.

MESHLINE_SEED (1), MESHLINE_ORDERS (100).
"""
import json
import random
import re
import shutil
import time

from session import literal
from world_stream import AS_OF, SEED, Databases, fail, insert_statement, invent, load_tables, setting, sweep

STEP = 123
# Records whose word on the amount counts somewhere: another record's is taken instead of a summary's.
MONEY = """
    SELECT n.connector AS system, r.object, r.kind, COALESCE(r.posting_type, '') AS posting_type, r.merchant_id, r.connection_id,
           r.external_id, r.currency, r.amount_minor, r.payload_path, e.payload_text AS text, e.staging_table, k.definition -> 'objects' -> r.object ->> 'keyless' AS keyless,
           meshline._amount_path(n.connector, r.object, r.payload_path, e.payload, r.amount_minor, r.currency) AS path,
           k.definition -> 'objects' -> r.object -> 'amount' ->> 'unit' AS unit
    FROM meshline.record AS r
    JOIN meshline.connection AS n USING (merchant_id, connection_id)
    JOIN meshline.connector AS k ON k.connector = n.connector AND k.role <> 'crm'
    JOIN meshline.event_payload AS e ON e.merchant_id = r.merchant_id AND e.event_id = r.event_id
    WHERE NOT r.is_test AND r.problems IS NULL AND NOT r.is_summary AND r.amount_minor <> 0 AND r.payload_path IN ('', 'data.object')
      AND r.status IN ('paid', 'refunded', 'partially_refunded') AND r.currency IN ('USD', 'EUR')
      AND r.kind IN ('order', 'payment', 'refund', 'dispute', 'settlement_line', 'payout', 'bank_line', 'posting')
      AND NOT EXISTS (SELECT FROM meshline.order_status AS s WHERE s.canonical_id = r.canonical_id AND r.kind = 'payment' AND s.currency <> r.currency)
      AND NOT EXISTS (SELECT FROM meshline.recon_exception AS x WHERE x.merchant_id = r.merchant_id AND x.canonical_id = r.canonical_id AND x.is_present)
      AND 1 = (SELECT count(*) FROM meshline.event AS v WHERE v.merchant_id = r.merchant_id AND v.connection_id = r.connection_id
               AND v.record_object = r.object AND v.external_id = r.external_id)
    ORDER BY n.connector, r.object, r.kind, r.external_id"""
# What other accounts are compared with: the bank with payouts, the store with what was captured and refunded, a ledger
# with orders and refunds.
ELSEWHERE = {("payout", "unreceived_minor"), ("order", "misposted_minor"), ("payment", "uncollected_minor"), ("payment", "unconfirmed_minor"),
             ("refund", "uncollected_minor"), ("refund", "unconfirmed_minor"), ("refund", "misposted_minor")}
DIFFERENCES = ("unsettled_minor", "unpaid_minor", "residual_minor", "uncollected_minor", "unconfirmed_minor", "misposted_minor", "unreceived_minor")


def changed(payload, path, unit):
    """The payload with what stands at a path 1.23 further from zero, in the way in which it is written there."""
    names = re.findall(r"([^.\[\]]+)|\[([^\]]*)\]", path)
    parent, key = None, None
    value = payload
    for name, index in names:
        parent, key = value, name if name else int(index) if index.isdigit() else 0
        value = value[key]
    step = STEP if unit == "minor" else STEP / 100
    more = float(value) + (step if float(value) > 0 else -step)
    parent[key] = int(more) if unit == "minor" else f"{more:.2f}" if isinstance(value, str) else round(more, 2)
    return payload


def more_fields(record):
    """Amounts beside the main one: of Stripe's lines the fee and the net."""
    if record["system"] == "stripe" and record["object"] == "balance_transaction":
        return [record["path"], "fee", "net"]
    return [record["path"]]


def differences(session, statement):
    """What the view shows after a statement, which is taken back."""
    session.run("BEGIN")
    session.run(statement)
    rows = session.rows("SELECT * FROM meshline.conservation_proof")
    session.run("ROLLBACK")
    return {(row["connection_id"], row["currency"]): row for row in rows}


def judge(record, before, after):
    own, shown = (record["connection_id"], record["currency"]), []
    for account, row in after.items():
        for name in DIFFERENCES:
            was, now = before.get(account, {}).get(name), row[name]
            if was == now:
                continue
            # Store and processor tell of one refund when nothing but its amount joins them; of two when it differs.
            steps = {STEP} if account == own else {STEP, record["amount_minor"], record["amount_minor"] + STEP}
            if was is None or now is None or abs(now - was) not in steps:
                return f"{name} of {row['system']} went from {was} to {now}"
            if account != own and (record["kind"], name) not in ELSEWHERE:
                return f"{name} of {row['system']} changed too"
            shown.append(name)
    return None if shown else "no difference shows it"


def main():
    began = time.monotonic()
    chance = random.Random(SEED)
    with Databases() as databases:
        folder, deliveries = invent(databases.accounts, SEED, setting("MESHLINE_ORDERS", 100))
        session = databases.fresh("whole")
        load_tables(session, deliveries)
        sweep(session)
        kinds = {}
        for row in session.rows(MONEY):
            kinds.setdefault((row["system"], row["object"], row["kind"], row["posting_type"]), []).append(row)
        session.close()
        chosen = [chance.choice(rows) for _, rows in sorted(kinds.items())]
        texts = {(row["connection_id"], row["text"]) for row in chosen}
        unescaped = {id(d): re.sub(r"\\(.)", r"\1", d.payload) for d in deliveries}
        held_back = {}
        for delivery in deliveries:
            if (delivery.connection_id, unescaped[id(delivery)]) in texts:
                held_back[delivery.connection_id, unescaped[id(delivery)]] = delivery
        session = databases.fresh("partial")
        load_tables(session, [d for d in deliveries if (d.connection_id, unescaped[id(d)]) not in held_back])
        sweep(session)
        session.close()
        session = databases.again("partial", AS_OF)
        wrong, amounts = [], 0
        for record in chosen:
            delivery = held_back[record["connection_id"], record["text"]]
            before = differences(session, insert_statement(delivery.table, [delivery]))
            for path in more_fields(record):
                payload = changed(json.loads(record["text"]), path, record["unit"])
                after = differences(session, f"INSERT INTO staging.{delivery.table} (merchant_id, connection_id, payload) VALUES "
                                             f"({record['merchant_id']}, {record['connection_id']}, {literal(json.dumps(payload))})")
                amounts += 1
                trouble = judge(record, before, after)
                if trouble:
                    wrong.append(f"{path} of {record['system']}:{record['object']}:{record['external_id']} ({record['kind']}): {trouble}")
        session.close()
        shutil.rmtree(folder)
    for text in wrong:
        print(text)
    if wrong:
        fail(f"{len(wrong)} of {amounts} changed amounts are not shown as they should be (MESHLINE_SEED={SEED})")
    systems = len({record["system"] for record in chosen})
    print(f"{amounts} amounts of {len(chosen)} kinds of records in {systems} systems from seed {SEED}: each change shows as what it is, "
          f"{time.monotonic() - began:.0f} s")


main()
