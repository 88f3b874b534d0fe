#!/usr/bin/env bash
# The samples of marketplace, ledgers and CRM as their systems and ETL tools give them: all are taken in, what
# cannot be read is of the known kinds, linked records meet, and the known discrepancies are found. The samples
# may not be copied into the project, so that they are read from ../shared; without it the test is skipped.
set -euo pipefail

database=meshline_payloads_ledger
needed=(amazon netsuite)
# shellcheck source-path=SCRIPTDIR
. "$(dirname "${BASH_SOURCE[0]}")/payloads.bash"

"$here/payloads_ledger.py" "$data" "$folder"
cd "$folder"
dropdb --if-exists --force "$PGDATABASE" 2>/dev/null
createdb "$PGDATABASE"
psql -X -q -v spree="$(cat "$here/spree.json")" -f "$here/payloads_ledger_load.sql"
psql -X -q -f "$here/payloads_ledger_facts.sql" | tee facts.log

! grep -q '^FAILED' facts.log && grep -q '^ok all' facts.log
