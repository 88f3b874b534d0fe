#!/usr/bin/env bash
# The samples of marketplace, ledgers and CRM as their systems and ETL tools give them: all are taken in, what
# cannot be read is of the known kinds, linked records meet, and the known discrepancies are found. The samples
# may not be copied into the project, so that they are read from ../shared; without it the test is skipped.
set -euo pipefail

data=$PWD/../shared/data/payloads
if [[ ! -f $data/amazon/SCHEMA.md || ! -f $data/netsuite/SCHEMA.md ]]; then
    echo 'skipped: no ../shared/data/payloads here'
    exit 77
fi
here=$PWD/test/real
folder=$(mktemp -d "${TMPDIR:-/tmp}/meshline-payloads.XXXXXX")
export PGDATABASE=meshline_payloads_ledger

# shellcheck disable=SC2317  # the trap calls it
finish() {
    dropdb --if-exists --force "$PGDATABASE" 2>/dev/null || true
    rm -rf "$folder"
}
trap finish EXIT
trap 'exit 130' INT TERM

"$here/payloads_ledger.py" "$data" "$folder"
cd "$folder"
dropdb --if-exists --force "$PGDATABASE" 2>/dev/null
createdb "$PGDATABASE"
psql -X -q -v spree="$(cat "$here/spree.json")" -f "$here/payloads_ledger_load.sql"
psql -X -q -f "$here/payloads_ledger_facts.sql" | tee facts.log

! grep -q '^FAILED' facts.log && grep -q '^ok all' facts.log
