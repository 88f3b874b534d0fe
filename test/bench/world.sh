#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
# Loads the sample world into the database of PGDATABASE and measures it. MESHLINE_ORDERS (20000). MESHLINE_MODE
# (immediate): deferred loads it as a history.
set -euo pipefail

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
orders=${MESHLINE_ORDERS:-20000}
export WORLD_SETTINGS="{\"mode\": \"${MESHLINE_MODE:-immediate}\"}"
work=$(mktemp -d "${TMPDIR:-/tmp}/world.XXXXXX")
trap 'rm -rf "$work"' EXIT
as_of='2026-09-29 00:00+00'

ask() {
    psql -X -q -A -t -v ON_ERROR_STOP=1 "$@"
}

# Milliseconds of CPU in the lines of /proc/PID/stat on standard input.
cpu_ms() {
    awk -v tick="$(getconf CLK_TCK)" '{ sum += $14 + $15 } END { printf "%.0f\n", sum * 1000 / tick }'
}

make -s -C "$top" world
"$top/build/sample_world" --orders "$orders" --out "$work"
ask -o /dev/null -c 'CREATE EXTENSION meshline' -c 'SELECT meshline.create_workspace()'
"$top/test/sample/load_world" "$work"
ask -c 'VACUUM (ANALYZE)'
payloads=$(wc -l <"$work/events.tsv")
awk -v orders="$orders" -v rows="$payloads" -v ms="$(cpu_ms <"$work/server.stat")" \
    'BEGIN { printf "figure: world.%d.cpu_us_per_event %.1f us\n", orders, ms * 1000 / rows }'

ask -c "SELECT pg_catalog.format('figure: world.$orders.closed_exceptions %s rows', count(*)) FROM meshline.recon_exception AS x
        JOIN meshline.reason_code AS r USING (reason_code) WHERE x.closed_at IS NOT NULL AND NOT r.is_auto_resolved"

# Without the time that sending the rows takes. The first time in a new session also loads the library and maps the pages
# of shared_buffers into it, unless they are huge pages; then those that follow in the session, as a pool of connections
# sees it. The median of seven sessions, as a shared machine disturbs single ones.
median() {
    sort -n | awk '{ value[NR] = $1 } END { print value[int((NR + 1) / 2)] }'
}
for view in open_exceptions order_status revenue_leakage connector_health; do
    for _ in 1 2 3 4 5 6 7; do
        for _ in 1 2 3 4; do
            echo "EXPLAIN (ANALYZE, TIMING OFF) SELECT * FROM meshline.$view;"
        done | ask | awk '/^Execution Time/ { print $3 }' >"$work/times"
        sed -n 1p "$work/times" >&3
        sed 1d "$work/times"
    done 3>"$work/first" >"$work/later"
    printf "figure: world.$orders.view_first_ms.$view %.1f ms\n" "$(median <"$work/first")"
    printf "figure: world.$orders.view_ms.$view %.1f ms\n" "$(median <"$work/later")"
done

# As a loader would: in one session, whose plans are kept.
calls=2000
order=$(ask -c "
    SELECT l.canonical_id FROM meshline.record_links AS l
    WHERE l.merchant_id = (SELECT min(n.merchant_id) FROM meshline.connector_health AS n WHERE n.account = 'northwind-world.myshopify.com')
    GROUP BY l.canonical_id HAVING count(DISTINCT (l.system, l.object, l.external_id)) = 10 ORDER BY 1 LIMIT 1")
ask >"$work/calls" <<SQL
SELECT count(*) FROM generate_series(1, 100) AS n, LATERAL (SELECT count(*) FROM meshline.reconcile('$order', '$as_of'::timestamptz + n * interval '0')) AS f;
SELECT pg_read_file('/proc/self/stat');
SELECT count(*) FROM generate_series(1, $calls) AS n, LATERAL (SELECT count(*) FROM meshline.reconcile('$order', '$as_of'::timestamptz + n * interval '0')) AS f;
SELECT pg_read_file('/proc/self/stat');
SQL
grep '(postgres)' "$work/calls" | awk -v tick="$(getconf CLK_TCK)" -v calls="$calls" '
    { now = ($14 + $15) * 1000 / tick; if (NR == 2) printf "figure: reconcile.one_order_cpu_ms %.3f ms\n", (now - before) / calls; before = now }'
