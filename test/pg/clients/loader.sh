# shellcheck shell=bash
# SPDX-License-Identifier: PostgreSQL
# What the tests of real clients share; to be sourced. A client loads 300 orders and 300 charges, each order twice, as a
# role that may only insert; all of it must be there and agree.

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
client=$(basename "$0" .sh)
loader=regress_${client}
work=$(mktemp -d "${TMPDIR:-/tmp}/$client.XXXXXX")
owner=${PGUSER:-}
export PGOPTIONS='-c meshline.as_of=2026-10-20\ 12:00+00 -c client_min_messages=warning'

# shellcheck disable=SC2317  # the trap calls it
finish() {
    local status=$?
    as_owner -c "DROP OWNED BY $loader" -c "DROP ROLE $loader" >/dev/null 2>&1 || true
    [[ $status -eq 0 || $status -eq 77 ]] && rm -rf "$work" || echo "files are in $work"
}
trap finish EXIT

as_owner() {
    PGUSER=$owner psql -X -q -A -t -v ON_ERROR_STOP=1 "$@"
}

# skip REASON: the client is not here.
skip() {
    echo "$*"
    exit 77
}

# Makes the workspace, the role and the files, and becomes the role.
set_up() {
    as_owner >/dev/null -c 'CREATE EXTENSION meshline' -c 'SELECT meshline.create_workspace()' \
        -c "SELECT meshline.connect('shopify', 'client.myshopify.com')" -c "SELECT meshline.connect('stripe', 'acct_client')" \
        -c "CREATE ROLE $loader LOGIN" -c "SELECT meshline.grant_role('$loader', 'loader')"
    python3 "$here/orders.py" "$work"
    # The moment of the checks is a superuser's setting: the database has it, and the role's sessions take it over.
    as_owner -c "ALTER DATABASE \"$PGDATABASE\" SET meshline.as_of = '2026-10-20 12:00+00'"
    unset PGOPTIONS
    export PGUSER=$loader
}

expect_reconciled() {
    local found expected='300 orders, 300 paid in full, 0 open exceptions, 600 events, 300 repeats, 0 pending, 600 payloads kept whole'
    found=$(as_owner <<SQL
CREATE TEMPORARY TABLE sent (payload text);
\\copy sent FROM '$work/orders.csv' WITH (FORMAT csv)
\\copy sent FROM '$work/charges.csv' WITH (FORMAT csv)
SELECT (SELECT count(*) FROM meshline.order_status) || ' orders, '
    || (SELECT count(*) FROM meshline.order_status WHERE captured_minor = total_minor) || ' paid in full, '
    || (SELECT count(*) FROM meshline.open_exceptions) || ' open exceptions, '
    || (SELECT count(*) FROM meshline.event) || ' events, '
    || (SELECT sum(repeats) FROM meshline.connector_health) || ' repeats, '
    || (SELECT count(*) FROM meshline.pending_event) || ' pending, '
    || (SELECT count(*) FROM meshline.event_payload AS p JOIN pg_temp.sent AS s ON s.payload = p.payload_text) || ' payloads kept whole';
SQL
    )
    echo "$client: $found"
    [[ $found == "$expected" ]] || {
        echo "expected: $expected" >&2
        exit 1
    }
}
