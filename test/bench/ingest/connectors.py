# SPDX-License-Identifier: PostgreSQL
"""What an event of each connector costs: payloads like those of test/fixtures, made distinct by their ids."""
import json
import pathlib
import re

from server import CLUSTER, ROOT, figure, instructions, psql, say, stop_server, write_for_server

COUNTS = (20, 120)  # copies of each fixture; start and end cancel out in the difference
FIXTURES = ROOT / "test" / "fixtures"
CONNECTORS = ["shopify", "woocommerce", "amazon", "stripe", "paypal", "quickbooks", "xero", "netsuite", "hubspot", "bank"]
ID_NAME = re.compile(r"(^|[_-])(id|ids|number|name|reference)$|I[dD]$|Number$|^(Id|value|invoice_id|tranId|docNumber|href)$")

# Hundreds of customers who are all one person would be compared with each other, as no merchant's are.
PERSON_NAME = re.compile(r"(?i)(first_?name|last_?name|address_?1)$")


def distinct(value, n, name=""):
    """The payload with other ids and people; ids that are equal in it stay equal, so that its parts still meet."""
    if isinstance(value, dict):
        return {key: distinct(each, n, key) for key, each in value.items()}
    if isinstance(value, list):
        return [distinct(each, n, name) for each in value]
    if isinstance(value, str) and "@" in value:
        return re.sub(r"[\w.+-]+@", lambda local: f"{n:06d}{local.group()}", value)
    if isinstance(value, str) and value and PERSON_NAME.search(name):
        return f"{n:06d}{value}"
    if isinstance(value, str) and re.search(r"(?i)phone$", name) and re.search(r"\d{6}$", value):
        return f"{value[:-6]}{n:06d}"
    if isinstance(value, bool) or not ID_NAME.search(name):
        return value
    if isinstance(value, int):
        return value + n * 1_000_003
    if isinstance(value, str) and re.search(r"\d{3}$", value) and not re.search(r"\d[-.:]\d\d?[-.:]", value):
        return f"{value}{n:06d}"
    return value


def object_of(stem, objects):
    """The fixture transaction_capture holds a transaction."""
    fitting = [name for name in objects if stem == name or stem.startswith(f"{name}_")]
    return max(fitting, key=len, default=None)


def payloads(connector):
    """(object, payload) of the connector's fixtures."""
    definition = json.loads((ROOT / "src" / "connectors" / f"{connector}.json").read_text())
    for path in sorted((FIXTURES / connector).glob("*.json")):
        name = object_of(path.stem, definition["objects"])
        if name is not None:
            yield name, json.loads(path.read_text())


def copies(connector, count, first):
    """Statements that COPY `count` copies of each fixture, the number of events and of their bytes."""
    by_object = {}
    for name, payload in payloads(connector):
        by_object.setdefault(name, []).extend(json.dumps(distinct(payload, n)) for n in range(first, first + count))
    statements = []
    for name, documents in by_object.items():
        path = f"{CLUSTER}/{connector}_{name}_{count}.csv"
        write_for_server(path, ('"' + document.replace('"', '""') + '"\n' for document in documents))
        statements.append(f"COPY staging.{connector}_{name} (payload) FROM '{path}' (FORMAT csv)\n")
    documents = [document for each in by_object.values() for document in each]
    return statements, len(documents), sum(len(document.encode()) for document in documents)


def measure(database, measure_shopify):
    """Instructions per event and kilobyte, beside those of the 3.7 KB orders that `measure_shopify` loads. Stops the server."""
    say("\ninstructions per event of each connector (COPY, callgrind over postgres --single)")
    say(f"{'connector':14} {'bytes':>7} {'per event':>12} {'per KB':>12} {'x Shopify order':>16}")
    for connector in CONNECTORS:
        # A first copy of each, so that catalogs are filled and nothing is counted that happens once.
        for statement in copies(connector, 1, 1_000_000)[0]:
            psql(database, statement)
    outcomes = psql(database, "SELECT n.connector, e.outcome, count(*) FROM meshline.event AS e"
                    " JOIN meshline.connection AS n USING (merchant_id, connection_id) WHERE e.outcome = 'invalid' GROUP BY 1, 2")
    say(f"payloads that could not be read: {outcomes.split() or 'none'}")
    psql("postgres", "CHECKPOINT")
    stop_server()
    shopify_order = measure_shopify()
    for connector in CONNECTORS:
        few, many = (copies(connector, count, 0) for count in COUNTS)
        cost = instructions(database, many[0]) - instructions(database, few[0])
        events, size = many[1] - few[1], many[2] - few[2]
        say(f"{connector:14} {size / events:7,.0f} {cost / events:12,.0f} {cost / size * 1024:12,.0f} {cost / events / shopify_order:16.2f}")
        figure(f"ingest.connector.{connector}.instructions_per_event", cost / events, "instructions", 0)
        figure(f"ingest.connector.{connector}.over_shopify", cost / events / shopify_order, "ratio")
