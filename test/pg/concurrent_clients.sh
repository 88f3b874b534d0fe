#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
# Sixteen clients at once send orders, payments, refunds, settlements and repeats of them, one row a
# statement, half of them to a handful of orders. There must be no error and no deadlock, no row may be
# lost, and the result must be that of one session which takes the same rows in the order of their arrival.
#
# MESHLINE_SECONDS (default 8) is how long, MESHLINE_SEED (1) starts pgbench's random numbers.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
seconds=${MESHLINE_SECONDS:-8}
seed=${MESHLINE_SEED:-1}
base=${PGDATABASE:-concurrent_clients}
clients=16
work=$(mktemp -d "${TMPDIR:-/tmp}/concurrent_clients.XXXXXX")
export PGOPTIONS='-c meshline.as_of=2026-11-15\ 00:00+00 -c client_min_messages=warning'
began=$SECONDS

# shellcheck disable=SC2317  # the trap calls it
finish() {
    local status=$?
    dropdb --if-exists --force "${base}_many" 2>/dev/null || true
    dropdb --if-exists --force "${base}_one" 2>/dev/null || true
    [[ $status -eq 0 ]] && rm -rf "$work" || echo "files are in $work"
}
trap finish EXIT

fail() {
    echo "concurrent_clients: $*" >&2
    exit 1
}

in_database() {
    local database=$1
    shift
    PGDATABASE=${base}_$database psql -X -q -A -t -v ON_ERROR_STOP=1 "$@"
}

make_database() {
    dropdb --if-exists --force "${base}_$1" 2>/dev/null
    createdb "${base}_$1"
    in_database "$1" >"$work/setup.log" -c 'CREATE EXTENSION meshline' -c 'SELECT meshline.create_workspace()' \
        -c "SELECT meshline.connect('shopify', 'clients.myshopify.com')" \
        -c "SELECT meshline.connect('stripe', 'acct_clients')" -c "SELECT meshline.connect('netsuite', '42')"
}

# script NAME TABLE PAYLOAD: what one client does in one transaction; half of the time to orders 1 to 5.
script() {
    cat >"$work/$1.sql" <<SQL
\\set o CASE WHEN random(0, 1) = 0 THEN random(1, 5) ELSE random(1, 400) END
\\set k random(1, 4)
\\set v random(0, 3)
INSERT INTO staging.$2 (payload) VALUES ($3);
SQL
}

# Every staged row is an event, a counted repeat, or pending.
expect_none_lost() {
    local counted
    counted=$(in_database "$1" -F ' ' -c "
        SELECT (SELECT count(*) FROM staged), (SELECT count(*) FROM meshline.event),
               (SELECT coalesce(sum(occurrences), 0) FROM meshline.exceptions WHERE reason_code = 'DUPLICATE_EVENT'),
               (SELECT count(*) FROM meshline.pending_event)")
    read -r staged events repeats pending <<<"$counted"
    [[ $staged -eq $((events + repeats + pending)) ]] ||
        fail "$1: $staged rows staged, but $events events + $repeats repeats + $pending pending"
}

make_database many
make_database one
in_database many -f "$here/clients/payloads.sql"
tables=(shopify_order shopify_transaction stripe_charge stripe_payment_intent stripe_refund stripe_balance_transaction
    stripe_payout stripe_event netsuite_cash_sale)
union=''
for table in "${tables[@]}"; do
    union+="${union:+ UNION ALL }SELECT 'staging.$table' AS staging_table, stage_id, event_id, payload, received_at FROM staging.$table"
done
in_database many -c "CREATE VIEW staged AS $union"
in_database one -c "CREATE VIEW staged AS $union"

script order shopify_order 'order_payload(:o, :v)'
script transaction shopify_transaction 'transaction_payload(:o, :k)'
script charge stripe_charge 'charge_payload(:o, :k)'
script intent stripe_payment_intent 'intent_payload(:o, :k)'
script refund stripe_refund 'refund_payload(:o, :k)'
script settlement stripe_balance_transaction 'settlement_payload(:o, :k)'
script payout stripe_payout 'payout_payload(:o % 7)'
script event stripe_event 'event_payload(:o, :k)'
script cash_sale netsuite_cash_sale 'cash_sale_payload(:o)'

log_size=0
[[ ! -r ${MESHLINE_SERVER_LOG:-} ]] || log_size=$(stat -c %s "$MESHLINE_SERVER_LOG")
PGDATABASE=${base}_many pgbench -n -c "$clients" -j 2 -T "$seconds" --random-seed="$seed" -f "$work/order.sql@3" \
    -f "$work/transaction.sql@4" -f "$work/charge.sql@4" -f "$work/intent.sql@2" -f "$work/refund.sql@3" \
    -f "$work/settlement.sql@2" -f "$work/payout.sql@1" -f "$work/event.sql@2" -f "$work/cash_sale.sql@1" \
    >"$work/pgbench.log" 2>&1 || {
    tail -n 20 "$work/pgbench.log"
    fail 'a client failed'
}
grep -q 'number of failed transactions: 0 ' "$work/pgbench.log" || {
    cat "$work/pgbench.log"
    fail 'transactions failed'
}
if [[ -r ${MESHLINE_SERVER_LOG:-} ]]; then
    if tail -c +$((log_size + 1)) "$MESHLINE_SERVER_LOG" |
        grep -E 'deadlock|WARNING:|(ERROR|FATAL|PANIC): ' | grep -v 'terminating connection' >"$work/server.log"; then
        head -n 20 "$work/server.log"
        fail 'the server reported trouble'
    fi
else
    echo 'the log of the server cannot be read here, and was not looked at'
fi
deadlocks=$(in_database many -c "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
[[ $deadlocks -eq 0 ]] || fail "$deadlocks deadlocks were found and undone"
expect_none_lost many
echo "$clients clients, $seconds s: $staged rows staged, $events events, $repeats repeats, $pending put aside, no deadlock"
in_database many -c 'CALL meshline.process_pending()'
expect_none_lost many
[[ $pending -eq 0 ]] || fail "process_pending() left $pending rows"

in_database many -c 'COPY (SELECT staging_table, event_id, payload FROM staged ORDER BY received_at, staging_table, stage_id) TO STDOUT' \
    >"$work/events.tsv"
python3 "$here/../property/feed.py" "$work" one >"$work/feed.sql"
in_database one -f "$work/feed.sql"
expect_none_lost one
in_database many -f "$here/../property/state.sql" >"$work/many"
in_database one -f "$here/../property/state.sql" >"$work/one"
cmp -s "$work/one" "$work/many" || {
    diff "$work/one" "$work/many" | cut -c 1-500 | head -n 40
    fail 'many clients and one session ended differently (< one, > many)'
}
in_database many -c 'CALL meshline.reconcile_all()'
in_database many -f "$here/../property/state.sql" >"$work/again"
cmp -s "$work/many" "$work/again" || {
    diff "$work/many" "$work/again" | cut -c 1-500 | head -n 40
    fail 'reconcile_all() changed the result (< before, > after)'
}
in_database many -F ' ' -c "SELECT 'the same as in one session:', count(*), 'orders,',
    (SELECT count(*) FROM meshline.open_exceptions), 'open exceptions,',
    (SELECT count(*) FROM meshline.canonical_merge), 'merges' FROM meshline.order_status"
echo "$((SECONDS - began)) s"
