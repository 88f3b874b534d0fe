#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
# The final state depends on the set of payloads only: not on their order, their copies or their portions.
#
# For each seed: a sample month is loaded as it comes (the reference), and again shuffled, with a fifth of
# the payloads repeated, in random portions. Both must agree with the truth of the month and with each
# other in everything that state.sql prints. Then nothing may change when all is reconciled again, when
# every event is replayed, and when process_pending() and a sweep find nothing to do.
#
# MESHLINE_SEED (default 1) is the first seed, MESHLINE_SEEDS (6) their number, MESHLINE_ORDERS (200) the
# size of a month. Databases: $PGDATABASE with endings.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(cd "$here/../.." && pwd)
first_seed=${MESHLINE_SEED:-1}
seeds=${MESHLINE_SEEDS:-6}
orders=${MESHLINE_ORDERS:-200}
base=${PGDATABASE:-order_independence}
as_of='2026-11-15 00:00+00'
work=$(mktemp -d "${TMPDIR:-/tmp}/order_independence.XXXXXX")

drop_databases() {
    local ending
    for ending in template reference shuffled; do
        dropdb --if-exists --force "${base}_$ending" 2>/dev/null || true
    done
}
# shellcheck disable=SC2317  # the trap calls it
finish() {
    local status=$?
    drop_databases
    [[ $status -eq 0 ]] && rm -rf "$work" || echo "files are in $work"
}
trap finish EXIT

fail() {
    echo "order_independence: $*" >&2
    exit 1
}

# in_database NAME PSQL-ARGUMENT...: as of the fixed moment.
in_database() {
    local database=$1
    shift
    PGDATABASE=${base}_$database PGOPTIONS="-c meshline.as_of=${as_of// /\\ } -c client_min_messages=warning" \
        psql -X -q -v ON_ERROR_STOP=1 "$@"
}

new_database() {
    dropdb --if-exists --force "${base}_$1" 2>/dev/null
    createdb -T "${base}_template" "${base}_$1"
}

load() {
    in_database "$1" -f "$2" >"$work/feed.log" 2>&1 || {
        tail -n 20 "$work/feed.log"
        fail "seed $seed: loading failed"
    }
}

state_of() {
    in_database "$1" -A -t -f "$here/state.sql"
}

expect_truth() {
    local verdict
    verdict=$(in_database "$1" -v truth="$2/truth.tsv" -f "$top/test/sample/compare_truth.sql")
    [[ $(tail -n 1 <<<"$verdict") == '0 wrong '* ]] || {
        echo "$verdict"
        fail "seed $seed: the $1 load does not agree with the truth"
    }
}

# expect_same WHAT FILE FILE
expect_same() {
    cmp -s "$2" "$3" || {
        diff "$2" "$3" | cut -c 1-600 | head -n 40
        fail "seed $seed: $1 (MESHLINE_SEED=$seed repeats it)"
    }
}

make -s -C "$top" sample
dropdb --if-exists --force "${base}_template" 2>/dev/null
createdb "${base}_template"
in_database template >"$work/setup.log" -c 'CREATE EXTENSION meshline' -c 'SELECT meshline.create_workspace()' \
    -c "SELECT meshline.connect('shopify', 'northwind.myshopify.com')" \
    -c "SELECT meshline.connect('stripe', 'acct_1Northwind')" \
    -c "SELECT meshline.connect('netsuite', '1234567')" \
    -c "SELECT meshline.connect('quickbooks', '9130357766900001')" \
    -c "SELECT meshline.set_policy('ledger_connection_id', '3', 1)"

for ((seed = first_seed; seed < first_seed + seeds; ++seed)); do
    began=$SECONDS
    "$top/build/sample_month" --seed "$seed" --orders "$orders" --out "$work/straight" >/dev/null
    "$top/build/sample_month" --seed "$seed" --orders "$orders" --shuffle "$seed" --repeat 20 --out "$work/shuffled" \
        >/dev/null
    new_database reference
    new_database shuffled
    load reference <(python3 "$here/feed.py" "$work/straight")
    state_of reference >"$work/reference"

    python3 "$here/feed.py" "$work/shuffled" "$seed" >"$work/feed.sql"
    load shuffled "$work/feed.sql"
    state_of shuffled >"$work/state"
    expect_truth shuffled "$work/shuffled"
    lost=$(in_database shuffled -A -t -c "
        SELECT $(wc -l <"$work/shuffled/events.tsv") - (SELECT count(*) FROM meshline.event)
               - (SELECT sum(occurrences) FROM meshline.exceptions WHERE reason_code = 'DUPLICATE_EVENT')
               - (SELECT count(*) FROM meshline.pending_event)")
    [[ $lost -eq 0 ]] || fail "seed $seed: $lost staged rows are neither event nor repeat nor pending"
    expect_same 'the order of arrival changed the final state (< straight, > shuffled)' "$work/reference" "$work/state"

    in_database shuffled -c 'CALL meshline.process_pending()' -c "CALL meshline.sweep('$as_of')" \
        -c 'CALL meshline.reconcile_all()'
    state_of shuffled >"$work/again"
    expect_same 'reconcile_all() changed what was reconciled on arrival (< before, > after)' "$work/state" "$work/again"
    in_database shuffled -A -t >/dev/null \
        -c "SELECT meshline.replay_connection(c.connection_id, '-infinity') FROM meshline.connection AS c ORDER BY 1"
    state_of shuffled >"$work/again"
    expect_same 'replaying every event changed the final state (< before, > after)' "$work/state" "$work/again"
    printf 'seed %s: %s payloads, %s statements, %s lines of state equal, %s s\n' "$seed" \
        "$(wc -l <"$work/shuffled/events.tsv")" "$(grep -cE '^(INSERT|COPY) ' "$work/feed.sql")" \
        "$(wc -l <"$work/state")" $((SECONDS - began))
done
printf '%s seeds of %s orders: the final state is the same every time, %s s\n' "$seeds" "$orders" "$SECONDS"
