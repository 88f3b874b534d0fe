# SPDX-License-Identifier: PostgreSQL
"""What reconciliation adds to loading: instructions, CPU time and WAL per row, and growth.

Started by script/bench_ingest with the environment of a running cluster, which it stops. Usage:
measure.py [PEER_FOLDER] [--only instructions,connectors,cpu,growth] [--rounds N] [--variants bare,meshline,...];
--variants must name "bare", which the ratios are over."""
import argparse
import os
import pathlib
import statistics
import subprocess
import sys
import time

sys.path[:0] = [str(pathlib.Path(__file__).parent), str(pathlib.Path(__file__).parents[1])]
import connectors  # noqa: E402  (lives beside this file)
import orders  # noqa: E402
from server import (  # noqa: E402  (lives one folder up)
    BINDIR, CLUSTER, as_server, copy_of_data, figure, instructions, psql, say, start_server, stop_server, write_for_server)

# The orders that are measured come in as they happen: their payment and settlement are due, not late.
AS_OF = "2026-01-05 12:00+00"
STORED = 10_000  # orders in every database before anything is measured
TICK = os.sysconf("SC_CLK_TCK")

# Measured orders come after the stored ones; their charges are stored already, as a webhook receiver
# would have it. COPY and INSERT take different orders only between rounds, never within one database.
COPY_COUNTS = (100, 600)
INSERT_COUNTS = (20, 220)


class Variant:
    def __init__(self, name, database, table, label):
        self.name, self.database, self.table, self.label = name, database, table, label


BARE = Variant("bare", "bench_bare", "public.bare", "bare table, payload jsonb")
TEXT = Variant("text", "bench_bare", "public.bare_text", "bare table, payload text lz4")
PEERS = [
    Variant("peer.statement_trigger", "bench_peer", "base.stg_stmt", "peer: statement trigger, set-based SQL"),
    Variant("peer.row_tuned", "bench_peer_tuned", "base.stg_row_tuned", "peer: row trigger, tuned"),
    Variant("peer.row", "bench_peer_row", "base.stg_row", "peer: row trigger, as usually written"),
]
MESHLINE = Variant("meshline", "bench_meshline", "staging.shopify_order", "meshline, whole pipeline")
ALL_CONNECTORS = Variant("all_connectors", "bench_all", "staging.shopify_order", "meshline, all nine connectors connected")
ACCOUNTS = ["stripe", "woocommerce", "paypal", "amazon", "quickbooks", "xero", "netsuite", "hubspot"]


def csv_lines(kind, first, count):
    for n in range(first, first + count):
        yield '"' + orders.document(kind, n).replace('"', '""') + '"\n'


def insert_lines(table, first, count):
    for n in range(first, first + count):
        document = orders.document("order", n).replace("'", "''")
        yield f"INSERT INTO {table} (payload) VALUES ('{document}');\n"


def copy_in(database, table, kind, first, count):
    psql(database, f"COPY {table} (payload) FROM STDIN (FORMAT csv)", csv_lines(kind, first, count))


def create_databases(peer_folder, charges, wanted):
    """The databases of the wanted variants, each with the stored orders, and every charge first."""
    def is_wanted(variant):
        return wanted is None or variant.name in wanted

    variants = [variant for variant in (BARE, TEXT) if is_wanted(variant)]
    say(f"storing {STORED} orders per database")
    subprocess.run(["createdb", "bench_bare"], check=True)
    columns = "stage_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, received_at timestamptz NOT NULL DEFAULT now()"
    psql("bench_bare", f"""
        CREATE TABLE public.bare ({columns}, payload jsonb NOT NULL);
        CREATE TABLE public.bare_text ({columns}, payload text COMPRESSION lz4 NOT NULL);""")
    for variant in (BARE, TEXT):
        copy_in(variant.database, variant.table, "order", 0, STORED)
    if peer_folder is not None:
        for variant in filter(is_wanted, PEERS):
            subprocess.run(["createdb", variant.database], check=True)
            for script in sorted(peer_folder.glob("*.sql")):
                psql(variant.database, "SET client_min_messages = warning;\n" + script.read_text())
            copy_in(variant.database, "base.stg_payments", "charge", 0, charges)
            copy_in(variant.database, variant.table, "order", 0, STORED)
            variants.append(variant)
    for variant in filter(is_wanted, (MESHLINE, ALL_CONNECTORS)):
        if create_meshline(variant.database, ACCOUNTS if variant is ALL_CONNECTORS else ["stripe"]):
            copy_in(variant.database, "staging.stripe_charge", "charge", 0, charges)
            copy_in(variant.database, variant.table, "order", 0, STORED)
            report_exceptions(variant)
            variants.append(variant)
    for database in sorted({variant.database for variant in variants}):
        psql(database, "VACUUM (ANALYZE, FREEZE)")
    psql("postgres", "CHECKPOINT")
    return variants


def create_meshline(database, accounts):
    subprocess.run(["createdb", database], check=True)
    try:
        psql(database, "CREATE EXTENSION meshline; SELECT meshline.create_workspace();")
        psql(database, "SELECT meshline.connect('shopify', 'bench.myshopify.com');")
        psql(database, f"ALTER DATABASE {database} SET meshline.as_of = '{AS_OF}'")
    except subprocess.CalledProcessError as error:
        say(f"meshline is left out: {error.stderr.strip()}")
        return False
    for connector in accounts:
        try:
            psql(database, f"SELECT meshline.connect('{connector}', 'bench-{connector}');")
        except subprocess.CalledProcessError as error:
            say(f"no connection of {connector}: {error.stderr.strip().splitlines()[0]}")
    return True


def report_exceptions(variant):
    """A figure of a pipeline that refuses its input would be worthless: says what it made of the orders."""
    outcome = psql(variant.database, "SELECT outcome, count(*) FROM meshline.event GROUP BY 1 ORDER BY 1")
    reasons = psql(variant.database, "SELECT reason_code, count(*) FROM meshline.open_exceptions GROUP BY 1 ORDER BY 1")
    say(f"{variant.database}: events {outcome.split()}, open exceptions {reasons.split()}")


# A single-user backend does not read the settings of its database.
SET_AS_OF = f"SET meshline.as_of = '{AS_OF}';\n"


def instructions_per_row(variant):
    """COPY and INSERT: the difference of two runs, so that start and end cancel out."""
    for count in COPY_COUNTS:
        write_for_server(f"{CLUSTER}/orders_{count}.csv", csv_lines("order", STORED, count))
    copies = [
        instructions(variant.database, [SET_AS_OF, f"COPY {variant.table} (payload) FROM '{CLUSTER}/orders_{count}.csv' (FORMAT csv)\n"])
        for count in COPY_COUNTS
    ]
    inserts = [instructions(variant.database, [SET_AS_OF, *insert_lines(variant.table, STORED, count)]) for count in INSERT_COUNTS]
    return ((copies[1] - copies[0]) / (COPY_COUNTS[1] - COPY_COUNTS[0]),
            (inserts[1] - inserts[0]) / (INSERT_COUNTS[1] - INSERT_COUNTS[0]))


def measure_instructions(variants):
    say("\ninstructions per row (callgrind over postgres --single)")
    say(f"{'variant':44} {'COPY':>12} {'x bare':>7} {'x text':>7} {'INSERT':>12} {'x bare':>7}")
    results = {}
    for variant in variants:
        copy, insert = results[variant.name] = instructions_per_row(variant)
        bare = results["bare"]
        over_text = f"{copy / results['text'][0]:7.2f}" if "text" in results else f"{'':7}"
        say(f"{variant.label:44} {copy:12,.0f} {copy / bare[0]:7.2f} {over_text} {insert:12,.0f} {insert / bare[1]:7.2f}")
    for name, (copy, insert) in results.items():
        prefix = {"meshline": "ingest"}.get(name, f"{name}.ingest" if name.startswith("peer.") else f"peer.{name}.ingest")
        if name not in ("bare", "all_connectors"):
            figure(f"{prefix}.copy.instructions_ratio", copy / results["bare"][0], "ratio")
            figure(f"{prefix}.insert.instructions_ratio", insert / results["bare"][1], "ratio")
    if "all_connectors" in results and "meshline" in results:
        figure("ingest.all_connectors_over_shopify", results["all_connectors"][0] / results["meshline"][0], "ratio")


def measure_connectors(variants):
    """Every connector in the database where all of them are connected; the Shopify order there is the measure."""
    if ALL_CONNECTORS not in variants:
        stop_server()
        return
    psql(ALL_CONNECTORS.database, "SELECT meshline.connect('bank', 'bench-bank')")

    def shopify_order():
        for count in COPY_COUNTS:
            write_for_server(f"{CLUSTER}/orders_{count}.csv", csv_lines("order", STORED, count))
        few, many = (instructions(ALL_CONNECTORS.database, [SET_AS_OF, f"COPY {ALL_CONNECTORS.table} (payload) FROM '{CLUSTER}/orders_{count}.csv' (FORMAT csv)\n"])
                     for count in COPY_COUNTS)
        return (many - few) / (COPY_COUNTS[1] - COPY_COUNTS[0])

    connectors.measure(ALL_CONNECTORS.database, shopify_order)


def ticks_of(pid):
    """(own, waited-for children's) CPU ticks of a process, or zeros when it has gone."""
    try:
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except (FileNotFoundError, ProcessLookupError):
        return 0, 0
    return int(fields[11]) + int(fields[12]), int(fields[13]) + int(fields[14])


def server_cpu(postmaster):
    """CPU seconds of the whole server, ended backends included."""
    children = pathlib.Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
    return sum((sum(ticks_of(postmaster)), *(ticks_of(child)[0] for child in children))) / TICK


class Meter:
    """CPU seconds and WAL bytes of the server between start and stop, once its backends have ended."""

    def __init__(self, folder):
        self.postmaster = as_server("head", "-n", "1", f"{folder}/postmaster.pid", capture_output=True, text=True,
                                    check=True).stdout.strip()

    def read(self):
        while psql("postgres", "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()") != "0":
            time.sleep(0.05)
        wal = int(psql("postgres", "SELECT pg_current_wal_insert_lsn() - '0/0'").split(".")[0])
        time.sleep(0.05)
        return server_cpu(self.postmaster), wal

    def measure(self, work):
        cpu, wal = self.read()
        work()
        cpu_after, wal_after = self.read()
        return cpu_after - cpu, wal_after - wal


def insert_by_clients(variant, first, count, clients):
    """Each client sends its share of single INSERTs over its own connection."""
    processes = []
    for client in range(clients):
        process = subprocess.Popen(["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", variant.database], stdin=subprocess.PIPE, text=True)
        processes.append(process)
    share = count // clients
    for client, process in enumerate(processes):
        process.stdin.write("".join(insert_lines(variant.table, first + client * share, share)))
    for process in processes:
        process.stdin.close()
    if any([process.wait() for process in processes]):
        sys.exit(f"an INSERT into {variant.table} failed")


def measure_cpu(variants, rounds, first, rows=5_000, clients=16, inserts=3_200):
    """Interleaved rounds, medians. The measured orders are new in each round."""
    folder = copy_of_data()
    start_server(folder, "shared_buffers=1GB", "max_wal_size=8GB", "checkpoint_timeout=1h", "autovacuum=off")
    meter = Meter(folder)
    copies, clients_cpu, wal = {}, {}, {}
    for _ in range(rounds):
        for variant in variants:
            text = list(csv_lines("order", first, rows))
            cpu, bytes_written = meter.measure(lambda v=variant, t=text: psql(v.database, f"COPY {v.table} (payload) FROM STDIN (FORMAT csv)", t))
            copies.setdefault(variant.name, []).append(cpu / rows * 1e6)
            wal.setdefault(variant.name, []).append(bytes_written / rows)
            cpu, _bytes = meter.measure(lambda v=variant: insert_by_clients(v, first + rows, inserts, clients))
            clients_cpu.setdefault(variant.name, []).append(cpu / inserts * 1e6)
        first += rows + inserts
    as_server(f"{BINDIR}/pg_ctl", "-D", folder, "-m", "fast", "-w", "stop", check=True, stdout=subprocess.DEVNULL)

    say(f"\nCPU per row, median of {rounds} interleaved rounds; COPY of {rows} rows; {clients} clients of single INSERTs")
    say(f"{'variant':44} {'COPY us':>9} {'x bare':>7} {'WAL B':>7} {'INSERT us':>10} {'x bare':>7}")
    middle = {name: (statistics.median(copies[name]), statistics.median(clients_cpu[name])) for name in copies}
    for variant in variants:
        copy, insert = middle[variant.name]
        say(f"{variant.label:44} {copy:9.1f} {copy / middle['bare'][0]:7.2f} {statistics.median(wal[variant.name]):7.0f} "
            f"{insert:10.1f} {insert / middle['bare'][1]:7.2f}")
    for name, prefix in [(v.name, v.name + ".ingest") for v in PEERS] + [("meshline", "ingest")]:
        if name in middle:
            figure(f"{prefix}.copy.cpu_ratio", middle[name][0] / middle["bare"][0], "ratio")
            figure(f"{prefix}.insert16.cpu_ratio", middle[name][1] / middle["bare"][1], "ratio")
            figure(f"{prefix}.copy.wal_bytes", statistics.median(wal[name]), "bytes", 0)


def measure_growth(rounds, small=10_000, large=200_000, step=1_000, singles=300):
    """Cost per row at 200,000 stored orders over that at 10,000; statistics are those of empty tables."""
    folder = copy_of_data()
    start_server(folder, "shared_buffers=2GB", "max_wal_size=16GB", "checkpoint_timeout=4h", "autovacuum=off")
    meter = Meter(folder)
    database = "bench_growth"
    if not create_meshline(database, ["stripe"]):
        return
    psql(database, "ANALYZE")
    say(f"\ngrowth: CPU us per row of COPY by {step} and of single INSERTs, no statistics since the tables were empty")
    costs = {}
    stored = 0
    for size in (small, large):
        while stored < size:
            count = min(size - stored, 10_000)
            copy_in(database, "staging.stripe_charge", "charge", stored, count)
            copy_in(database, MESHLINE.table, "order", stored, count)
            stored += count
        for _ in range(rounds):
            copy_in(database, "staging.stripe_charge", "charge", stored, step + singles)
            text = list(csv_lines("order", stored, step))
            cpu, _bytes = meter.measure(lambda t=text: psql(database, f"COPY {MESHLINE.table} (payload) FROM STDIN (FORMAT csv)", t))
            costs.setdefault((size, "copy"), []).append(cpu / step * 1e6)
            cpu, _bytes = meter.measure(lambda first=stored + step: insert_by_clients(
                Variant("", database, MESHLINE.table, ""), first, singles, 1))
            costs.setdefault((size, "insert"), []).append(cpu / singles * 1e6)
            stored += step + singles
        say(f"{size:8d} stored: COPY {statistics.median(costs[size, 'copy']):8.1f}   INSERT {statistics.median(costs[size, 'insert']):8.1f}")
    as_server(f"{BINDIR}/pg_ctl", "-D", folder, "-m", "fast", "-w", "stop", check=True, stdout=subprocess.DEVNULL)
    ratio = {way: statistics.median(costs[large, way]) / statistics.median(costs[small, way]) for way in ("copy", "insert")}
    figure("ingest.growth_200k_over_10k", ratio["copy"], "ratio")
    figure("ingest.insert.growth_200k_over_10k", ratio["insert"], "ratio")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("peer_folder", nargs="?", type=pathlib.Path)
    parser.add_argument("--only", default="instructions,connectors,cpu,growth")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--variants", default="")
    options = parser.parse_args()
    wanted = options.variants.split(",") if options.variants else None
    parts = options.only.split(",")
    measured = (5_000 + 3_200) * options.rounds if "cpu" in parts else 0
    charges = STORED + max(measured, COPY_COUNTS[1])
    variants = create_databases(options.peer_folder if options.peer_folder and options.peer_folder.is_dir() else None, charges, wanted)
    if "connectors" in parts:
        measure_connectors(variants)
    else:
        stop_server()
    if "instructions" in parts:
        measure_instructions(variants)
    if "cpu" in parts:
        measure_cpu([variant for variant in variants if variant is not ALL_CONNECTORS], options.rounds, STORED)
    if "growth" in parts and MESHLINE in variants:
        measure_growth(options.rounds)


if __name__ == "__main__":
    main()
