#!/usr/bin/env python3
# SPDX-License-Identifier: PostgreSQL
"""No amount can change unseen: conservation_proof shows each changed amount as a difference of exactly as much.

The world comes in the shapes of shapes.py, too. Of each amount that a record takes from its payload, one payload is chosen per system,
kind of record, place in the payload, status and decimals of the currency: amounts, fees and nets, what the buyer saw in his currency, what
an amount is made up of (taxes, shipping, discounts, tips ...), and what the lines of an order or refund cost. The world is loaded without
them; then each comes in as it was, and in its stead with that one amount up or down by a random step. What must hold:

- Money that counts: a difference of the record's own account is apart by exactly the step, and each other difference by that or not
  at all; in other accounts only those that are compared with it. Summaries too: one that other records of its account overrule shows
  in misstated_minor, one that stands alone counts itself.
- What has not moved (pending, failed or voided) and what the record does not read, because the payload says it elsewhere as well: no
  difference changes, but that a void lets go what was reserved.
- A payment in the buyer's currency changes the account in the shop's currency by the share of the step that the order's two totals give;
  a total changes what such payments come to there by their share of it.
- Woo's order and its payment are one amount. Where no processor tells of that payment, the ledger shows it; where neither does, nobody
  states it otherwise, and nothing can.
- A refund that store and processor tell of, and that nothing but its amount joins, is two when one of them changes: the order's
  differences are apart by its new amount, and by its old one where the store's own word is in them too. That is so, and so only,
  where the order has one refund more than before.
- What is stated beside an amount changes the difference that is made for it: see EXPECTED. A line's price changes it by as much as the line
  does. What one system alone states can stand in none: the taxes in a ledger of an order that states none, lines without their taxes.

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
           r.external_id, r.canonical_id, r.currency, r.presentment_currency, r.payload_path, e.payload_text AS text, e.staging_table
    FROM meshline.record AS r
    JOIN meshline.connection AS n USING (merchant_id, connection_id)
    JOIN meshline.connector AS k ON k.connector = n.connector AND k.role <> 'crm'
    JOIN meshline.event_payload AS e ON e.merchant_id = r.merchant_id AND e.event_id = r.event_id
    WHERE NOT r.is_test AND r.problems IS NULL AND r.currency IS NOT NULL
      AND NOT EXISTS (SELECT FROM meshline.recon_exception AS x WHERE x.merchant_id = r.merchant_id AND x.reason_code = 'EVENT_ID_REUSED'
                      AND x.record_ids && ARRAY[concat_ws(':', n.connector, r.object, r.external_id)])
    ORDER BY n.connector, r.object, r.kind, r.external_id"""
# What an event made, beside the refunds of its order, what that comes to in two currencies, and what its order says of the same parts.
MADE = """
    SELECT r.object, r.kind, r.posting_type, r.payload_path, r.status, r.currency, r.amount_minor, r.fee_minor, r.net_minor, r.presentment_minor,
           r.presentment_currency, r.parts, i.items_minor, i.is_priced, r.is_test, r.is_summary, s.parts AS order_parts, t.is_paid, c.captured_minor, c.refunded_minor, c.refund_count,
           o.currency AS order_currency, o.amount_minor AS total_minor, o.presentment_minor AS bought_minor,
           p.presentment_currency AS order_presentment_currency
    FROM meshline.record AS r
    JOIN meshline.canonical AS c USING (merchant_id, canonical_id)
    LEFT JOIN LATERAL (SELECT sum(l.amount_minor) AS items_minor, bool_and(l.amount_minor IS NOT NULL) AS is_priced
                       FROM json_to_recordset(r.items) AS l (amount_minor numeric)) AS i ON true
    LEFT JOIN LATERAL (SELECT true AS is_paid FROM meshline.record AS m WHERE m.merchant_id = r.merchant_id AND m.canonical_id = r.canonical_id
                       AND m.connection_id = r.connection_id AND m.kind = 'refund' AND m.currency = r.currency AND m.ref_ids && r.same_ids AND NOT m.is_summary
                       AND NOT m.is_test AND m.problems IS NULL AND m.status IN ('paid', 'refunded', 'partially_refunded') LIMIT 1) AS t ON true
    LEFT JOIN LATERAL (SELECT m.parts FROM meshline.record AS m WHERE m.merchant_id = r.merchant_id AND m.canonical_id = r.canonical_id AND m.kind = 'order'
                       AND m.currency = r.currency AND m.parts IS NOT NULL AND NOT m.is_test AND m.problems IS NULL
                       AND m.status NOT IN ('failed', 'voided', 'deleted') LIMIT 1) AS s ON true
    LEFT JOIN meshline.record AS o ON o.merchant_id = r.merchant_id AND o.canonical_id = r.canonical_id AND o.kind = 'order' AND o.presentment_currency = r.currency
    LEFT JOIN LATERAL (SELECT m.presentment_currency FROM meshline.record AS m WHERE m.merchant_id = r.merchant_id AND m.canonical_id = r.canonical_id
                       AND m.connection_id = r.connection_id AND m.kind = 'order' AND m.presentment_minor IS NOT NULL AND NOT m.is_test AND m.problems IS NULL
                       AND m.status NOT IN ('failed', 'voided', 'deleted') LIMIT 1) AS p ON true
    WHERE r.event_id > {}"""
AMOUNTS = ("amount", "fee", "net")
PARTS = ("tax", "shipping", "discount", "tip", "gift_card", "original", "authorized", "reserve")
DIFFERENCES = ("unsettled_minor", "unpaid_minor", "residual_minor", "uncollected_minor", "unconfirmed_minor", "misposted_minor", "unreceived_minor",
               "unsettled_fee_minor", "misapplied_minor", "misstated_minor")
# What is said beside amounts, and where it stands: of an order, refund, payment or sale.
EXPECTED = {("order", "items"): "unitemized_minor", ("order", "tax"): "unitemized_minor", ("order", "shipping"): "unitemized_minor",
            ("order", "discount"): "unitemized_minor", ("order", "tip"): "unitemized_minor", ("refund", "items"): "unitemized_minor",
            ("refund", "tax"): "unitemized_minor", ("order", "original"): "edited_minor", ("order", "presentment"): "uncollected_presentment_minor",
            ("payment", "presentment"): "uncollected_presentment_minor", ("refund", "presentment"): "uncollected_presentment_minor",
            ("payment", "authorized"): "unused_minor", ("payment", "tip"): "misstated_tip_minor", ("posting", "tax"): "misposted_tax_minor",
            ("posting", "shipping"): "misposted_shipping_minor", ("posting", "discount"): "misposted_discount_minor"}
STATED = sorted(set(EXPECTED.values()))
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
    """Where the record's amounts may stand in its payload, each with its unit and currency."""
    found = {}
    programs = [(word, definition.get(word)) for word in (*AMOUNTS, "presentment")] + [("part", program) for program in definition.get("parts", {}).values()]
    for start, fact in places(json.loads(record["text"]), record["payload_path"]):
        def add(word, program, start, value):
            currency = record["presentment_currency" if word == "presentment" else "currency"]
            for path in paths_of(program):
                found.update({start + place: (program.get("unit") == "minor", currency) for place, value in places(value, path) if is_number(value) and currency})
        for word, program in programs:
            add(word, program, start, fact)
        for items in definition.get("items", []):
            for path in paths_of(items["path"]):
                for place, line in places(fact, path):
                    add("items", items.get("amount"), start + place, line)
    return found


def changed(record, place, is_minor, currency, chance):
    """The payload with another amount, written as it was, and by how many minor units it is another one."""
    payload = json.loads(record["text"])
    parent = payload
    for key in place[:-1]:
        parent = parent[key]
    value = parent[place[-1]]
    decimals = 0 if is_minor else DECIMALS.get(currency, 2)
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


def is_alive(record):
    return not record["is_test"] and record["status"] not in ("failed", "voided", "deleted")


def said(record):
    """All that a record says of money, by the word of its definition."""
    words = {word: record[f"{word}_minor"] or 0 for word in (*AMOUNTS, "presentment", "items")}
    words.update(zip(PARTS, record["parts"] or ()))
    return words


def stands_alone(record, word):
    """Whether nothing else states, or adds up to, what the record says by this word."""
    parts = dict(zip(PARTS, record["parts"] or ()))
    if record["kind"] == "posting":
        order = dict(zip(PARTS, record["order_parts"] or ()))
        return record["posting_type"] != "sale" or record["status"] != "paid" or order.get(word) is None
    if record["kind"] in ("order", "refund") and EXPECTED[record["kind"], word] == "unitemized_minor":
        if record["kind"] == "refund":
            return not record["is_priced"] or record["amount_minor"] is None and not record["is_paid"]
        return not record["is_priced"] or any(parts.get(part) is None for part in ("tax", "shipping", "discount"))
    if word == "presentment" and record["kind"] != "order":
        return record["is_summary"] or not is_counted(record) or record["order_presentment_currency"] != record["presentment_currency"]
    return record["kind"] == "payment" and not is_counted(record)


def differences_of(record, word, connection_id):
    """The account and its difference in which what the record says by this word has to stand."""
    if word == "amount":
        is_reserved = record["kind"] == "payment" and record["status"] == "authorized" and not record["is_summary"]
        return {((connection_id, record["currency"]), "unused_minor")} if is_reserved else set()
    if word in AMOUNTS or (record["kind"], word) not in EXPECTED or stands_alone(record, word):
        return set()
    return {((connection_id, record["presentment_currency" if word == "presentment" else "currency"]), EXPECTED[record["kind"], word])}


def judge(record, step, before, after):
    """What is wrong with the view's answer; None if nothing is, "unread" where no record has taken the amount, "alone" where nobody else states it."""
    if before.records.keys() != after.records.keys():
        return f"{sorted(before.records)} became {sorted(after.records)}"
    made, wanted = [], {}
    for key, now in after.records.items():
        was = before.records[key]
        earlier, later = said(was), said(now)
        apart = {word: abs((later[word] or 0) - (earlier.get(word) or 0)) for word in later if later[word] != earlier.get(word)}
        if any(by % step if word == "items" else by != step and earlier.get(word) is not None for word, by in apart.items()) or any(
                now[name] != was[name] for name in ("status", "currency")):
            return f"{was} became {now}"
        if apart:
            made.append((was, now, apart))
            for word, by in apart.items() if is_alive(now) else ():
                wanted.update(dict.fromkeys(differences_of(now, word, record["connection_id"]), by if earlier.get(word) is not None else step))
    moved = [(was, now) for was, now, apart in made if is_counted(now) and apart.keys() & set(AMOUNTS)]
    own, shown = (record["connection_id"], record["currency"]), set()
    admitted = set().union(*(ELSEWHERE.get(kind, set()) for _, now in moved for kind in (now["kind"], now["presentment_minor"] and "payment")))
    for account, row in after.accounts.items():
        for name in (*DIFFERENCES, *STATED):
            was, now = before.accounts.get(account, {}).get(name), row[name]
            if was == now:
                continue
            by = abs((now or 0) - (was or 0))
            steps = steps_of(moved, step, account, own, name) if name in DIFFERENCES else stated_steps(made, step)
            steps |= restated(made) if name in DIFFERENCES and not moved else set()
            if by not in steps and by != wanted.get((account, name)):
                return f"{name} of {row['system']} in {row['currency']} went from {was} to {now}"
            if account != own and name in DIFFERENCES and name not in admitted and by not in restated(made):
                return f"{name} of {row['system']} in {row['currency']} changed too"
            shown.add((account, name))
    if missing := wanted.keys() - shown:
        return f"{sorted(name for _, name in missing)} do not show it"
    if moved:
        is_seen = any(account == own for account, _ in shown)
        return None if is_seen or {now["kind"] for _, now in moved} == {"order", "payment"} else "no difference of its account shows it"
    if wanted or not made:
        return None if wanted else "unread"
    if any(is_alive(now) and apart.keys() - {"amount", "fee", "net"} for _, now, apart in made):
        return "alone"
    return f"what does not count changed {sorted(shown)}" if {name for _, name in shown} - {"unused_minor"} else None


def stated_steps(made, step):
    """How far the differences of what is said beside amounts may be apart."""
    return {step}.union(*({by} for _, _, apart in made for word, by in apart.items() if word == "items"))


def restated(made):
    """How far the money of an order is apart that is worked out from what it says in the buyer's currency, or from what was authorized."""
    steps = set()
    for was, now, apart in made:
        if now["kind"] in ("order", "payment") and (apart.keys() & {"presentment"} or now["status"] == "authorized"):
            captured, refunded = (now[name] - was[name] for name in ("captured_minor", "refunded_minor"))
            steps |= {abs(captured), abs(refunded), abs(captured - refunded)} - {0}
    return steps


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
        for place, (is_minor, currency) in amounts_of(row, definitions[row["system"]][row["object"]]).items():
            shape = ".".join("[]" if isinstance(key, int) else key for key in place)
            kind = tuple(row[name] for name in ("system", "staging_table", "object", "kind", "posting_type", "is_summary", "status"))
            kinds.setdefault((*kind, shape, DECIMALS.get(currency, 2)), []).append((row, place, is_minor, currency))
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
    texts = {(row["connection_id"], row["text"]) for _, row, *_ in chosen}
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
    wrong, shown, alone, before = [], [], [], {}
    for kind, record, place, is_minor, currency in chosen:
        name = record["connection_id"], record["text"]
        delivery = held_back[name]
        if name not in before:
            before[name] = Look(session, insert_statement(delivery.table, [delivery]))
        payload, step = changed(record, place, is_minor, currency, chance)
        after = Look(session, f"INSERT INTO staging.{delivery.table} (merchant_id, connection_id, payload) VALUES "
                              f"({record['merchant_id']}, {record['connection_id']}, {literal(payload)})")
        trouble = judge(record, step, before[name], after)
        if trouble is None:
            shown.append(kind)
        elif trouble == "alone":
            alone.append(kind)
        elif trouble != "unread":
            wrong.append(f"{'.'.join(map(str, place))} of {record['system']}:{record['object']}:{record['external_id']} ({record['kind']}, {record['status']}) "
                         f"apart by {step} {record['currency']}: {trouble}")
    session.close()
    for text in wrong:
        print(text)
    if wrong:
        fail(f"{len(wrong)} changed amounts are not shown as they should be (MESHLINE_SEED={seed})")
    return shown, alone


def main():
    began = time.monotonic()
    proofs = setting("MESHLINE_PROOFS", 1)
    with Databases() as databases:
        found = [prove(databases, seed) for seed in range(SEED, SEED + proofs)]
    shown, alone = ([kind for kinds in each for kind in kinds] for each in zip(*found))
    print(f"{len(shown)} amounts of {len(set(shown))} kinds in {len({kind[0] for kind in shown})} systems from seed {SEED}, {proofs} worlds: "
          f"each change shows as what it is; nothing else states {len(set(alone))} further kinds, {time.monotonic() - began:.0f} s")


main()
