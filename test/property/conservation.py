#!/usr/bin/env python3
# SPDX-License-Identifier: PostgreSQL
"""No amount can change unseen: conservation_proof shows each changed amount as a difference of exactly as much.

The world comes in the shapes of shapes.py, too. Of each amount, fee and net that a record takes from its payload, one payload is chosen
per system, kind of record, place in the payload, status and decimals of the currency. The world is loaded without them; then each
comes in as it was, and in its stead with that one amount up or down by a random step. What must hold:

- Money that counts: a difference of the record's own account is apart by exactly the step, and each other difference by that or not
  at all; in other accounts only those that are compared with it. Summaries too: one that other records of its account overrule shows
  in misstated_minor, one that stands alone counts itself.
- What has not moved (pending, failed or voided) and what the record does not read, because the payload says it elsewhere as well: no
  difference changes.
- A payment in the buyer's currency changes the account in the shop's currency by the share of the step that the order's two totals give;
  a total changes what such payments come to there by their share of it.
- Woo's order and its payment are one amount. Where no processor tells of that payment, the ledger shows it; where neither does, nobody
  states it otherwise, and nothing can.
- A refund that store and processor tell of, and that nothing but its amount joins, is two when one of them changes: the order's
  differences are apart by its new amount, and by its old one where the store's own word is in them too. That is so, and so only,
  where the order has one refund more than before.

Not changed are authorizations, which move nothing, but say whether a store's captures are parts of one payment; amounts in a second
currency; and the taxes, tips and the like that an amount is made up of.

MESHLINE_AMOUNTS (1) of each kind, MESHLINE_PROOFS (1) worlds from MESHLINE_SEED (1) on, MESHLINE_ORDERS (150).
"""
import json
import random
import re
import shutil
import time
from decimal import Decimal

from session import literal
from shapes import in_other_shapes
from world_stream import AS_OF, SEED, Databases, fail, insert_statement, invent, load_tables, setting, sweep

RECORDS = """
    SELECT n.connector AS system, r.object, r.kind, COALESCE(r.posting_type, '') AS posting_type, r.is_summary, r.status, r.merchant_id, r.connection_id,
           r.external_id, r.canonical_id, r.currency, r.payload_path, e.payload_text AS text, e.staging_table
    FROM meshline.record AS r
    JOIN meshline.connection AS n USING (merchant_id, connection_id)
    JOIN meshline.connector AS k ON k.connector = n.connector AND k.role <> 'crm'
    JOIN meshline.event_payload AS e ON e.merchant_id = r.merchant_id AND e.event_id = r.event_id
    WHERE NOT r.is_test AND r.problems IS NULL AND r.currency IS NOT NULL AND r.status <> 'authorized'
      AND NOT EXISTS (SELECT FROM meshline.recon_exception AS x WHERE x.merchant_id = r.merchant_id AND x.reason_code = 'EVENT_ID_REUSED'
                      AND x.record_ids && ARRAY[concat_ws(':', n.connector, r.object, r.external_id)])
    ORDER BY n.connector, r.object, r.kind, r.external_id"""
# What an event made, beside the refunds of its order, and what that comes to in two currencies.
MADE = """
    SELECT r.object, r.kind, r.payload_path, r.status, r.currency, r.amount_minor, r.fee_minor, r.net_minor, r.presentment_minor, r.is_test,
           c.captured_minor, c.refunded_minor, c.refund_count,
           o.currency AS order_currency, o.amount_minor AS total_minor, o.presentment_minor AS bought_minor
    FROM meshline.record AS r
    JOIN meshline.canonical AS c USING (merchant_id, canonical_id)
    LEFT JOIN meshline.record AS o ON o.merchant_id = r.merchant_id AND o.canonical_id = r.canonical_id AND o.kind = 'order' AND o.presentment_currency = r.currency
    WHERE r.event_id > {}"""
AMOUNTS = ("amount", "fee", "net")
DIFFERENCES = ("unsettled_minor", "unpaid_minor", "residual_minor", "uncollected_minor", "unconfirmed_minor", "misposted_minor", "unreceived_minor",
               "unsettled_fee_minor", "misapplied_minor", "misstated_minor")
# What other accounts are compared with: the bank with payouts, the store with what was captured and refunded, a ledger
# with orders, captures and refunds.
ELSEWHERE = {"payout": {"unreceived_minor"}, "order": {"misposted_minor", "misstated_minor"},
             "payment": {"uncollected_minor", "unconfirmed_minor", "misapplied_minor"}, "refund": {"uncollected_minor", "unconfirmed_minor", "misposted_minor"}}
# Statuses in which a kind counts, where not all that are alive do.
COUNTED = {"payment": ("paid", "refunded", "partially_refunded"), "refund": ("paid",), "payout": ("paid", "pending"), "dispute": ("paid", "pending"),
           "posting": ("paid",), "fee": ("paid",)}
DECIMALS = {"JPY": 0, "KWD": 3}


def paths_of(expression):
    """The paths that an expression of a definition may take its value from; what it only asks about is none."""
    if isinstance(expression, str):
        return [] if expression.startswith("^") else [expression]
    if isinstance(expression, list):
        return [path for part in expression for path in paths_of(part)]
    if not isinstance(expression, dict):
        return []
    return [path for word in ("value", "path", "first", "sum", "join", "when", "then", "else") if word in expression for path in paths_of(expression[word])]


def places(value, path):
    """Where in a value a path leads to, as names and numbers, with what stands there."""
    found = [((), value)]
    for name, index in re.findall(r"([^.\[\]]+)|\[([^\]]*)\]", path):
        further = []
        for place, at in found:
            if name:
                further += [(place + (name,), at[name])] if isinstance(at, dict) and name in at else []
            elif isinstance(at, list):
                key, _, wanted = index.partition("=")
                further += [(place + (i,), element) for i, element in enumerate(at)
                            if key in ("", str(i)) or isinstance(element, dict) and wanted == str(element.get(key))]
        found = further
    return found


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool) or isinstance(value, str) and re.fullmatch(r"[-+]?\d+(\.\d+)?", value) is not None


def amounts_of(record, definition):
    """Where the record's amounts may stand in its payload, and whether they are in minor units there."""
    found = {}
    payload = json.loads(record["text"])
    for word in AMOUNTS:
        for start, fact in places(payload, record["payload_path"]):
            for path in paths_of(definition.get(word)):
                found.update({start + place: definition[word].get("unit") == "minor" for place, value in places(fact, path) if is_number(value)})
    return found


def changed(record, place, is_minor, chance):
    """The payload with another amount, written as it was, and by how many minor units it is another one."""
    payload = json.loads(record["text"])
    parent = payload
    for key in place[:-1]:
        parent = parent[key]
    value = parent[place[-1]]
    decimals = 0 if is_minor else DECIMALS.get(record["currency"], 2)
    now = int(Decimal(str(value)).scaleb(decimals))
    step = chance.randint(1, chance.choice((9, 999, 99999)))
    if abs(now) > 1 and chance.random() < 0.5:
        step = -min(step, abs(now) - 1)  # not through zero: many amounts are taken without their sign
    number = Decimal(now + (step if now >= 0 else -step)).scaleb(-decimals)
    parent[place[-1]] = f"{number:.{decimals}f}" if isinstance(value, str) else int(number) if decimals == 0 else float(number)
    return json.dumps(payload), abs(step)


class Look:
    """What a statement makes of its payload's records and of the accounts; it is taken back."""

    def __init__(self, session, statement):
        session.run("BEGIN")
        last = session.value("SELECT max(event_id) FROM meshline.event")
        session.run(statement)
        self.accounts = {(row["connection_id"], row["currency"]): row for row in session.rows("SELECT * FROM meshline.conservation_proof")}
        self.records = {(row["object"], row["kind"], row["payload_path"]): row for row in session.rows(MADE.format(last))}
        session.run("ROLLBACK")


def is_counted(record):
    statuses = COUNTED.get(record["kind"])
    return not record["is_test"] and (record["status"] in statuses if statuses else record["status"] not in ("failed", "voided", "deleted"))


def judge(record, step, before, after):
    """What is wrong with the view's answer; None if nothing is, and "unread" where no record has taken the amount."""
    if before.records.keys() != after.records.keys():
        return f"{sorted(before.records)} became {sorted(after.records)}"
    made = []
    for key, now in after.records.items():
        was = before.records[key]
        steps = {abs((now[f"{word}_minor"] or 0) - (was[f"{word}_minor"] or 0)) for word in AMOUNTS} - {0}
        if steps - {step} or any(now[name] != was[name] for name in ("status", "currency")):
            return f"{was} became {now}"
        made += [(was, now)] if steps else []
    moved = [(was, now) for was, now in made if is_counted(now)]
    own, shown = (record["connection_id"], record["currency"]), set()
    admitted = set().union(*(ELSEWHERE.get(kind, set()) for _, now in moved for kind in (now["kind"], now["presentment_minor"] and "payment")))
    for account, row in after.accounts.items():
        for name in DIFFERENCES:
            was, now = before.accounts.get(account, {}).get(name), row[name]
            if was == now:
                continue
            if was is None or now is None or abs(now - was) not in steps_of(moved, step, account, own, name):
                return f"{name} of {row['system']} in {row['currency']} went from {was} to {now}"
            if account != own and name not in admitted:
                return f"{name} of {row['system']} in {row['currency']} changed too"
            shown.add(account)
    if not moved:
        return f"what does not count changed {sorted(shown)}" if shown else None if made else "unread"
    if own not in shown and {now["kind"] for _, now in moved} != {"order", "payment"}:
        return "no difference of its account shows it"
    return None


def steps_of(moved, step, account, own, name):
    """How far a difference may be apart."""
    steps = {step}
    for was, now in moved:
        if account[1] != own[1]:
            if now["order_currency"] == account[1] and now["bought_minor"]:
                share = step * now["total_minor"] // now["bought_minor"]
                steps = {share, share + 1}
        elif now["kind"] == "refund" and now["refund_count"] == was["refund_count"] + 1 and name in ELSEWHERE["refund"]:
            steps = {was["amount_minor"] if account == own and name == "unconfirmed_minor" else now["amount_minor"]}
        elif now["kind"] == "order" and now["presentment_minor"]:
            steps = exchanged(was, now).get(name, steps)
    return steps


def exchanged(was, now):
    """What another total makes of money in the buyer's currency: the same share of it, but for the rounding before and after."""
    total, captured, refunded = (now[name] - was[name] for name in ("amount_minor", "captured_minor", "refunded_minor"))
    for name, share in (("captured_minor", captured), ("refunded_minor", refunded)):
        if share and abs(share * was["amount_minor"] - total * was[name]) > abs(was["amount_minor"]) + abs(total):
            return dict.fromkeys(DIFFERENCES, ())
    # A ledger may have booked the sale, the refunds, or both.
    return {"uncollected_minor": {abs(total - captured + refunded)}, "unconfirmed_minor": {abs(captured - refunded)}, "misapplied_minor": {abs(captured)},
            "misposted_minor": {abs(total), abs(refunded), abs(total - refunded)}}


def choose(rows, definitions, chance):
    """Some of each kind of amount, the rarest kinds first: of one order, payout or the like one payload at most."""
    kinds, taken, chosen = {}, {}, []
    for row in rows:
        for place, is_minor in amounts_of(row, definitions[row["system"]][row["object"]]).items():
            shape = ".".join("[]" if isinstance(key, int) else key for key in place)
            kind = tuple(row[name] for name in ("system", "staging_table", "object", "kind", "posting_type", "is_summary", "status"))
            kinds.setdefault((*kind, shape, DECIMALS.get(row["currency"], 2)), []).append((row, place, is_minor))
    for kind, found in sorted(kinds.items(), key=lambda item: (len(item[1]), item[0])):
        chance.shuffle(found)
        free = [candidate for candidate in found if taken.get(candidate[0]["canonical_id"], candidate[0]["text"]) == candidate[0]["text"]]
        for candidate in free[:setting("MESHLINE_AMOUNTS", 1)]:
            if taken.setdefault(candidate[0]["canonical_id"], candidate[0]["text"]) == candidate[0]["text"]:
                chosen.append((kind, *candidate))
    return chosen


def prove(databases, seed):
    """The kinds of the amounts of one world whose changes were shown."""
    chance = random.Random(seed)
    folder, deliveries = invent(databases.accounts, seed, setting("MESHLINE_ORDERS", 150))
    shutil.rmtree(folder)
    deliveries = in_other_shapes(deliveries, chance)
    session = databases.fresh("whole")
    load_tables(session, deliveries)
    sweep(session)
    definitions = {row["connector"]: row["definition"]["objects"] for row in session.rows("SELECT connector, definition FROM meshline.connector")}
    chosen = choose(session.rows(RECORDS), definitions, chance)
    session.close()
    texts = {(row["connection_id"], row["text"]) for _, row, _, _ in chosen}
    held_back, others = {}, []
    for delivery in deliveries:
        name = delivery.connection_id, re.sub(r"\\(.)", r"\1", delivery.payload)
        if name in texts:
            held_back[name] = delivery
        else:
            others.append(delivery)
    session = databases.fresh("partial")
    load_tables(session, others)
    sweep(session)
    session.close()
    session = databases.again("partial", AS_OF)
    wrong, shown, before = [], [], {}
    for kind, record, place, is_minor in chosen:
        name = record["connection_id"], record["text"]
        delivery = held_back[name]
        if name not in before:
            before[name] = Look(session, insert_statement(delivery.table, [delivery]))
        payload, step = changed(record, place, is_minor, chance)
        after = Look(session, f"INSERT INTO staging.{delivery.table} (merchant_id, connection_id, payload) VALUES "
                              f"({record['merchant_id']}, {record['connection_id']}, {literal(payload)})")
        trouble = judge(record, step, before[name], after)
        if trouble is None:
            shown.append(kind)
        elif trouble != "unread":
            wrong.append(f"{'.'.join(map(str, place))} of {record['system']}:{record['object']}:{record['external_id']} ({record['kind']}, {record['status']}) "
                         f"apart by {step} {record['currency']}: {trouble}")
    session.close()
    for text in wrong:
        print(text)
    if wrong:
        fail(f"{len(wrong)} changed amounts are not shown as they should be (MESHLINE_SEED={seed})")
    return shown


def main():
    began = time.monotonic()
    proofs = setting("MESHLINE_PROOFS", 1)
    with Databases() as databases:
        shown = [kind for seed in range(SEED, SEED + proofs) for kind in prove(databases, seed)]
    print(f"{len(shown)} amounts of {len(set(shown))} kinds in {len({kind[0] for kind in shown})} systems from seed {SEED}, {proofs} worlds: "
          f"each change shows as what it is, {time.monotonic() - began:.0f} s")


main()
