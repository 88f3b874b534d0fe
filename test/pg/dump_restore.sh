#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
# A dump of a loaded workspace restores into another database: every table and view is equal, and the
# pipeline goes on there. DROP EXTENSION refuses while triggers depend on it, and a second
# create_workspace() is an error.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(cd "$here/../.." && pwd)
base=${PGDATABASE:-dump_restore}
work=$(mktemp -d "${TMPDIR:-/tmp}/dump_restore.XXXXXX")
as_of='2026-11-15 00:00+00'

# shellcheck disable=SC2317  # the trap calls it
finish() {
    local status=$?
    dropdb --if-exists --force "${base}_source" 2>/dev/null || true
    dropdb --if-exists --force "${base}_copy" 2>/dev/null || true
    [[ $status -eq 0 ]] && rm -rf "$work" || echo "files are in $work"
}
trap finish EXIT

fail() {
    echo "dump_restore: $*" >&2
    exit 1
}

in_database() {
    local database=$1
    shift
    PGDATABASE=${base}_$database PGOPTIONS="-c meshline.as_of=${as_of// /\\ } -c client_min_messages=warning" \
        psql -X -q -A -t -F ' ' -v ON_ERROR_STOP=1 "$@"
}

# expect_error SQLSTATE STATEMENT
expect_error() {
    local said
    if said=$(in_database source -v VERBOSITY=sqlstate -c "$2" 2>&1); then
        fail "$2 succeeded instead of failing with $1"
    fi
    [[ $said == *"$1"* ]] || fail "$2 failed with $said, not with $1"
    echo "$2: $1"
}

# Name, number of rows and a hash over all rows of each table and view of ours, in a fixed order of rows.
hashes_of() {
    local relation
    in_database "$1" -c "
        SELECT format('%I.%I', n.nspname, c.relname)
        FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
        WHERE n.nspname IN ('meshline', 'staging') AND c.relkind IN ('r', 'v') ORDER BY 1" >"$work/relations"
    while read -r relation; do
        printf "SELECT '%s', count(*), coalesce(md5(string_agg(t.t, E'\\\\n' ORDER BY t.t)), '-') FROM (SELECT md5(r::text) COLLATE \"C\" AS t FROM %s AS r) AS t;\n" \
            "$relation" "$relation"
    done <"$work/relations" >"$work/hashes.sql"
    in_database "$1" -f "$work/hashes.sql"
}

# What holds a workspace together besides rows.
shape_of() {
    in_database "$1" -c "
        SELECT 'trigger', tgrelid::regclass, tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal" -c "
        SELECT 'index', indexrelid::regclass, pg_get_indexdef(indexrelid) FROM pg_index
        WHERE indrelid::regclass::text ~ '^(meshline|staging)[.]'" -c "
        SELECT 'column', attrelid::regclass, attname, format_type(atttypid, atttypmod), attnotnull, attidentity, attcompression
        FROM pg_attribute WHERE attrelid::regclass::text ~ '^(meshline|staging)[.]' AND attnum > 0 AND NOT attisdropped
          AND attrelid IN (SELECT oid FROM pg_class WHERE relkind IN ('r', 'v'))" -c "
        SELECT 'comment', objoid::regclass, objsubid, description FROM pg_description
        WHERE classoid = 'pg_class'::regclass AND objoid::regclass::text ~ '^(meshline|staging)[.]'" |
        LC_ALL=C sort
}

make -s -C "$top" sample
"$top/build/sample_month" --seed 11 --orders 200 --out "$work/month" >/dev/null
dropdb --if-exists --force "${base}_source" 2>/dev/null
dropdb --if-exists --force "${base}_copy" 2>/dev/null
createdb "${base}_source"
in_database source -c 'CREATE EXTENSION meshline' -c 'SELECT meshline.create_workspace()'
SAMPLE_AS_OF=$as_of PGDATABASE=${base}_source PGOPTIONS='' "$top/test/sample/load_sample" "$work/month" >"$work/load.log"
in_database source -c "UPDATE meshline.connection SET settings = '{\"mode\": \"deferred\"}' WHERE connector = 'quickbooks'" \
    -c "SELECT meshline._config_changed('meshline.connection')" \
    -c "INSERT INTO staging.quickbooks_deposit (payload) VALUES ('{\"Id\": \"99999\"}')"
# A merchant's own words about reasons, and a check of its own.
in_database source -c "
    CREATE FUNCTION public.after_dump(merchant_id bigint, canonical_ids uuid[], as_of timestamptz)
      RETURNS TABLE (canonical_id uuid, subject text, expected_minor bigint, actual_minor bigint, amount_at_risk_minor bigint, currency text, explanation text)
      LANGUAGE sql STABLE AS \$\$
      SELECT s.canonical_id, '', NULL::bigint, s.total_minor, 7::bigint, s.currency, 'asked' FROM meshline.order_status AS s
      WHERE s.canonical_id = ANY (\$2) AND s.anchor_value = '4600000000001' \$\$" \
    -c "SELECT meshline.add_check('X_AFTER_DUMP', 'public.after_dump(bigint, uuid[], timestamptz)', 'finance')" \
    -c "SELECT meshline.set_reason('X_AFTER_DUMP', severity => 'low')" \
    -c "SELECT meshline.set_reason('OVERCAPTURE', owner_queue => 'support')"

expect_error 2BP01 'DROP EXTENSION meshline'
expect_error 55000 'SELECT meshline.create_workspace()'

began=$(date +%s%N)
pg_dump -Fc -d "${base}_source" -f "$work/dump"
dumped=$(date +%s%N)
createdb "${base}_copy"
pg_restore --exit-on-error -d "${base}_copy" "$work/dump" >"$work/restore.log" 2>&1 || {
    tail -n 20 "$work/restore.log"
    fail 'pg_restore failed'
}
restored=$(date +%s%N)
[[ ! -s $work/restore.log ]] || {
    head -n 20 "$work/restore.log"
    fail 'pg_restore had something to say'
}
hashes_of source >"$work/source.hashes"
hashes_of copy >"$work/copy.hashes"
diff "$work/source.hashes" "$work/copy.hashes" || fail 'tables or views differ (< source, > copy)'
shape_of source >"$work/source.shape"
shape_of copy >"$work/copy.shape"
diff "$work/source.shape" "$work/copy.shape" || fail 'definitions differ (< source, > copy)'
[[ $(awk '$2 > 0' "$work/copy.hashes" | wc -l) -ge 30 ]] || fail 'hardly anything was dumped'

# The pipeline goes on, in both alike: a new order, a repeat, and what was waiting.
for database in source copy; do
    in_database "$database" -c "
        INSERT INTO staging.shopify_order (payload) VALUES
          ('{\"id\": 4600000000001, \"name\": \"#R1\", \"created_at\": \"2026-09-01T10:00:00Z\", \"updated_at\": \"2026-09-01T10:00:00Z\",'
           ' \"currency\": \"USD\", \"total_price\": \"12.00\", \"financial_status\": \"paid\", \"line_items\": [{\"id\": 1}]}')" -c "
        INSERT INTO staging.shopify_order (event_id, payload)
        SELECT event_id, payload FROM staging.shopify_order WHERE event_id IS NOT NULL ORDER BY stage_id LIMIT 1" -c "
        INSERT INTO staging.stripe_charge (payload) VALUES
          ('{\"id\": \"ch_after\", \"object\": \"charge\", \"amount\": 1500, \"amount_captured\": 1500, \"captured\": true, \"currency\": \"usd\",'
           ' \"status\": \"succeeded\", \"created\": 1788256800, \"livemode\": true, \"metadata\": {\"order_id\": \"4600000000001\"}}')" \
        -c 'CALL meshline.process_pending()' -c 'CALL meshline.reconcile_all()'
    in_database "$database" -f "$top/test/property/state.sql" >"$work/$database.state"
    found=$(in_database "$database" -c "SELECT string_agg(concat_ws(' ', x.reason_code, x.amount_at_risk_minor, x.owner_queue, x.severity), ', ' ORDER BY x.reason_code)
        FROM meshline.open_exceptions AS x JOIN meshline.order_status AS s USING (canonical_id) WHERE s.anchor_value = '4600000000001'")
    for wanted in 'OVERCAPTURE 300 support high' 'X_AFTER_DUMP 7 finance low'; do
        [[ $found == *"$wanted"* ]] || fail "$database: the new order has '$found', not $wanted"
    done
    waiting=$(in_database "$database" -c 'SELECT count(*) FROM meshline.pending_event')
    [[ $waiting -eq 0 ]] || fail "$database: $waiting rows still wait"
done
diff "$work/source.state" "$work/copy.state" | cut -c 1-300 | head -n 20
cmp "$work/source.state" "$work/copy.state" || fail 'source and copy went on differently'

echo "$(awk '$1 !~ /^staging/ { n += $2 } END { print n }' "$work/copy.hashes") rows of meshline," \
    "$(awk '$1 ~ /^staging/ { n += $2 } END { print n }' "$work/copy.hashes") of staging," \
    "$(wc -l <"$work/copy.hashes") tables and views equal;" \
    "dump $(((dumped - began) / 1000000)) ms, restore $(((restored - dumped) / 1000000)) ms; $SECONDS s"
