#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
# Nothing that a payload contains makes a load fail: text that is not JSON, cut-off JSON, wrong types,
# missing fields, huge numbers, deep nesting, megabytes, unknown currencies, and random mutations of
# payloads of every object. Each row ends as an event, a counted repeat or a pending row; what cannot be
# used has an exception that says why; the good rows of the same statement are reconciled.
#
# MESHLINE_MUTATIONS (default 100) per sample payload, MESHLINE_SEED (1).
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(cd "$here/../.." && pwd)
seed=${MESHLINE_SEED:-1}
mutations=${MESHLINE_MUTATIONS:-100}
shared=${MESHLINE_SHARED:-$top/../shared}
export PGDATABASE=${PGDATABASE:-bad_payload}_work
export PGOPTIONS='-c meshline.as_of=2026-11-15\ 00:00+00'
work=$(mktemp -d "${TMPDIR:-/tmp}/bad_payload.XXXXXX")

# shellcheck disable=SC2317  # the trap calls it
finish() {
    local status=$?
    dropdb --if-exists --force "$PGDATABASE" 2>/dev/null || true
    [[ $status -eq 0 ]] && rm -rf "$work" || echo "files are in $work"
}
trap finish EXIT

fail() {
    echo "bad_payload: $* (MESHLINE_SEED=$seed repeats it)" >&2
    exit 1
}

ask() {
    psql -X -q -A -t -F ' ' -v ON_ERROR_STOP=1 -c "$1"
}

# expect_none QUERY WHAT: the query must find nothing.
expect_none() {
    ask "$1" >"$work/found"
    [[ ! -s $work/found ]] || {
        cut -c 1-400 "$work/found" | head -n 20
        fail "$(wc -l <"$work/found") $2"
    }
}

make -s -C "$top" sample
"$top/build/sample_month" --seed "$seed" --orders 60 --out "$work/month" >/dev/null
dropdb --if-exists --force "$PGDATABASE" 2>/dev/null
createdb "$PGDATABASE"
psql -X -q -v ON_ERROR_STOP=1 >"$work/setup.log" 2>&1 -c 'CREATE EXTENSION meshline' -c 'SELECT meshline.create_workspace()' \
    -c "SELECT meshline.connect('shopify', 'bad.myshopify.com')" -c "SELECT meshline.connect('stripe', 'acct_bad')" \
    -c "SELECT meshline.connect('netsuite', '1')" -c "SELECT meshline.connect('quickbooks', '2')"

python3 "$here/bad_payloads.py" "$work/month" "$seed" "$mutations" "$shared" >"$work/feed.sql"
good=$(tail -n 1 "$work/feed.sql" | sed 's/.*good \([0-9]*\).*/\1/')
started=$SECONDS
psql -X -q -v ON_ERROR_STOP=1 -f "$work/feed.sql" >"$work/feed.log" 2>&1 || {
    tail -n 20 "$work/feed.log" | cut -c 1-400
    fail 'a load failed'
}
if grep -v '^$' "$work/feed.log" | cut -c 1-400 >"$work/said"; [[ -s $work/said ]]; then
    head -n 20 "$work/said"
    fail 'a load was not silent'
fi
loading=$((SECONDS - started))

# One event id with a payload that is cut off and with the whole one, in both orders, each delivered twice.
whole() {
    echo "{\"id\": $1, \"name\": \"#E$1\", \"created_at\": \"2026-09-01T10:00:00Z\", \"updated_at\": \"2026-09-01T10:00:00Z\"," \
        "\"currency\": \"USD\", \"total_price\": \"1.00\", \"financial_status\": \"paid\", \"line_items\": []}"
}
one=$(whole 4700000000001)
two=$(whole 4700000000002)
for payload in "${one:0:60}" "$one" "$one" "${one:0:60}"; do
    ask "INSERT INTO staging.shopify_order (event_id, payload) VALUES ('cut-first', '$payload')"
done
ask "INSERT INTO staging.shopify_order (event_id, payload)
     VALUES ('whole-first', '$two'), ('whole-first', '${two:0:60}'), ('whole-first', '$two'), ('whole-first', '${two:0:60}')"
reused=$(ask "SELECT count(*), count(DISTINCT e.stage_id), count(x.exception_id),
                     (SELECT count(*) FROM meshline.open_exceptions AS o WHERE o.reason_code = 'EVENT_ID_REUSED'
                        AND o.record_ids[1] IN ('shopify:order:4700000000001', 'shopify:order:4700000000002')),
                     (SELECT count(*) FROM meshline.order_status AS s WHERE s.anchor_value LIKE '470000000000_')
              FROM meshline.event AS e LEFT JOIN meshline.recon_exception AS x ON x.reason_code = 'INVALID_PAYLOAD'
                AND x.closed_at IS NULL AND x.subject = 'payload:' || replace(e.payload_hash::text, '-', '')
              WHERE e.source_event_id IN ('cut-first', 'whole-first')")
[[ $reused == '4 4 2 2 2' ]] ||
    fail "events, rows, unreadable, reused, orders of two event ids that came cut off and whole: $reused, not 4 4 2 2 2"

# Every staged row: an event, a counted repeat, or pending.
union=$(ask "SELECT string_agg(format('SELECT %L AS staging_table, stage_id, connection_id, payload FROM staging.%I', relname, relname), ' UNION ALL ')
             FROM pg_class WHERE relnamespace = 'staging'::regnamespace AND relkind = 'r'")
ask "CREATE VIEW staged AS $union"
read -r staged events repeats pending <<<"$(ask "
    SELECT (SELECT count(*) FROM staged), (SELECT count(*) FROM meshline.event),
           (SELECT coalesce(sum(occurrences), 0) FROM meshline.exceptions WHERE reason_code = 'DUPLICATE_EVENT'),
           (SELECT count(*) FROM meshline.pending_event)")"
[[ $staged -eq $((events + repeats + pending)) ]] ||
    fail "$staged rows staged, but $events events + $repeats repeats + $pending pending"
[[ $pending -eq 0 ]] || fail "$pending rows were put aside"

# The good orders.
usable=$(ask "SELECT count(*) FROM meshline.order_status AS s WHERE s.anchor_namespace = 'shopify.order'
              AND s.anchor_value LIKE '46%' AND s.order_status = 'paid' AND s.total_minor = 0")
[[ $usable -eq $good ]] || fail "$usable of $good good orders were reconciled"

# What no record could be made of has an exception by its hash; what has a record, by the record.
expect_none "
    SELECT e.event_id, e.object, e.outcome FROM meshline.event AS e
    WHERE e.external_id IS NULL AND NOT EXISTS (
      SELECT FROM meshline.recon_exception AS x WHERE x.reason_code = 'INVALID_PAYLOAD' AND x.closed_at IS NULL
        AND x.subject = 'payload:' || replace(e.payload_hash::text, '-', ''))" 'unreadable events have no exception'
expect_none "
    SELECT e.event_id, e.object, e.external_id, e.outcome FROM meshline.event AS e
    WHERE e.external_id IS NOT NULL AND NOT EXISTS (
      SELECT FROM meshline.record AS r WHERE r.connection_id = e.connection_id
        AND r.object = e.record_object AND r.external_id = e.external_id)" 'readable events have no record'
expect_none "
    SELECT r.object, r.external_id, r.problems FROM meshline.record AS r
    WHERE r.problems IS NOT NULL AND NOT r.is_test AND NOT EXISTS (
      SELECT FROM meshline.open_exceptions AS x WHERE x.canonical_id = r.canonical_id AND x.reason_code = 'INVALID_PAYLOAD'
        AND EXISTS (SELECT FROM unnest(x.record_ids) AS i WHERE i LIKE '%:' || r.object || ':%'))" \
    'unusable records have no exception'
expect_none "SELECT x.subject, x.explanation FROM meshline.open_exceptions AS v
             JOIN meshline.recon_exception AS x ON x.exception_id = v.exception_id
             WHERE v.reason_code = 'INVALID_PAYLOAD' AND length(x.explanation) < 20" 'exceptions say nothing'

# No payload may be kept only because it broke the processing, but where a value is too long for an index.
expect_none "SELECT x.explanation FROM meshline.exceptions AS x WHERE x.explanation LIKE '%processing failed%'
             AND x.explanation NOT LIKE '%index row%'" 'payloads broke the processing'
ask "SELECT count(payload) FROM meshline.event_payload" >"$work/view.log"
psql -X -q -v ON_ERROR_STOP=1 -A -t -f "$top/test/property/state.sql" >"$work/before"
psql -X -q -v ON_ERROR_STOP=1 -c 'SET client_min_messages = warning' -c 'CALL meshline.reconcile_all()'
psql -X -q -v ON_ERROR_STOP=1 -A -t -f "$top/test/property/state.sql" >"$work/after"
cmp -s "$work/before" "$work/after" || {
    diff "$work/before" "$work/after" | cut -c 1-400 | head -n 20
    fail 'reconcile_all() changed what was reconciled on arrival'
}

ask "SELECT outcome, count(*) FROM meshline.event GROUP BY outcome ORDER BY outcome" | sed 's/^/  /'
echo "$staged rows ($(tail -n 1 "$work/feed.sql" | sed 's/.*, //'), $mutations mutations each) in $loading s:" \
    "$events events, $repeats repeats; $good good orders reconciled; $SECONDS s"
