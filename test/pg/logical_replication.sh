#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
# A table that logical replication feeds, attached with triggers for each row: the first copy, then inserts, updates and
# deletes of the publisher arrive as events, and the subscription never stops because of a row that cannot be read.
set -euo pipefail

base=${PGDATABASE:-logical_replication}
slot=${base}_slot
export PGOPTIONS='-c client_min_messages=warning'

[[ $(psql -X -A -t -c 'SHOW wal_level') == logical ]] || {
    echo 'wal_level is not logical here'
    exit 77
}

on() {
    local database=$1
    shift
    psql -X -q -A -t -F ' ' -v ON_ERROR_STOP=1 -d "$database" "$@"
}

# shellcheck disable=SC2317  # the trap calls it
finish() {
    on "$base" -c 'ALTER SUBSCRIPTION orders DISABLE' -c 'ALTER SUBSCRIPTION orders SET (slot_name = NONE)' -c 'DROP SUBSCRIPTION orders' >/dev/null 2>&1 || true
    on "${base}_source" -c "SELECT pg_drop_replication_slot('$slot')" >/dev/null 2>&1 || true
    dropdb --if-exists --force "${base}_source" 2>/dev/null || true
}
trap finish EXIT

# expect WHAT QUERY: within half a minute.
expect() {
    local found
    for _ in $(seq 150); do
        found=$(on "$base" -c "$2")
        [[ $found == "$1" ]] && echo "$1" && return
        sleep 0.2
    done
    echo "$2 gives $found, not $1" >&2
    exit 1
}

table='CREATE TABLE public.orders (id bigint PRIMARY KEY, name text, total_price text, currency text, financial_status text, created_at timestamptz, updated_at timestamptz)'
dropdb --if-exists --force "${base}_source" 2>/dev/null
createdb "${base}_source"
on "${base}_source" -c "$table" -c "INSERT INTO public.orders VALUES (1, '#1', '10.00', 'USD', 'pending', '2026-10-18 10:00+00', '2026-10-18 10:00+00')" \
    -c 'CREATE PUBLICATION orders FOR TABLE public.orders' -c "SELECT FROM pg_create_logical_replication_slot('$slot', 'pgoutput')"
on "$base" >/dev/null -c 'CREATE EXTENSION meshline' -c 'SELECT meshline.create_workspace()' -c "SELECT meshline.connect('shopify', 'replicated')" -c "$table" \
    -c "SELECT meshline.attach_table('public.orders', 1, 'order', is_row_level => true)" -c "SELECT meshline.set_policy('tables_mirror_source', 'true', 1)" \
    -c "CREATE SUBSCRIPTION orders CONNECTION 'dbname=${base}_source host=$PGHOST port=$PGPORT user=$PGUSER' PUBLICATION orders WITH (create_slot = false, slot_name = '$slot')"

orders="SELECT string_agg(s.anchor_value || ' ' || s.total || ' ' || s.order_status, ', ' ORDER BY s.anchor_value) FROM meshline.order_status AS s"
expect '1 10.00 pending' "$orders"
on "${base}_source" -c "INSERT INTO public.orders VALUES (2, '#2', '20.00', 'USD', 'pending', '2026-10-18 10:00+00', '2026-10-18 10:00+00')" \
    -c "UPDATE public.orders SET financial_status = 'paid', updated_at = '2026-10-18 11:00+00' WHERE id = 1" \
    -c "INSERT INTO public.orders VALUES (3, '#3', 'a lot', 'USD', 'pending', '2026-10-18 10:00+00', '2026-10-18 10:00+00')"
expect '1 10.00 paid, 2 20.00 pending' "$orders WHERE s.total IS NOT NULL"
expect '1' "SELECT count(*) FROM meshline.open_exceptions AS x WHERE x.reason_code = 'INVALID_PAYLOAD'"
on "${base}_source" -c 'DELETE FROM public.orders WHERE id = 2'
expect '1 10.00 paid, 2 20.00 deleted' "$orders WHERE s.total IS NOT NULL"
