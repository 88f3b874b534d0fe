#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
# psycopg2: orders with COPY and again with executemany, charges with executemany of a JSON parameter.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
. "$(dirname "${BASH_SOURCE[0]}")/clients/loader.sh"

/usr/bin/python3 -c 'import psycopg2' 2>/dev/null || skip 'there is no psycopg2 (Debian: python3-psycopg2)'
set_up
/usr/bin/python3 - "$work" <<'PY'
import json
import sys

import psycopg2
import psycopg2.extras

connection = psycopg2.connect("")
folder = sys.argv[1]
with connection, connection.cursor() as cursor, open(f"{folder}/orders.csv", encoding="utf-8") as file:
    cursor.copy_expert("COPY staging.shopify_order (payload) FROM STDIN WITH (FORMAT csv)", file)
with open(f"{folder}/orders.jsonl", encoding="utf-8") as file:
    orders = [(line.rstrip("\n"),) for line in file]
with connection, connection.cursor() as cursor:
    cursor.executemany("INSERT INTO staging.shopify_order (payload) VALUES (%s)", orders)
with open(f"{folder}/charges.jsonl", encoding="utf-8") as file:
    charges = [(psycopg2.extras.Json(json.loads(line), dumps=lambda value: json.dumps(value, ensure_ascii=False)),) for line in file]
with connection, connection.cursor() as cursor:
    cursor.executemany("INSERT INTO staging.stripe_charge (payload) VALUES (%s)", charges)
for problem in connection.notices:
    raise SystemExit(problem)
PY
expect_reconciled
