#!/usr/bin/env bash
# Rows of typed tables, as ETL tools make them, give the same records as the payloads that they were made of: the samples
# of every system are turned into tables in the shapes of Airbyte and Fivetran, and what comes of both is compared: any
# difference fails. The samples may not be copied into the project, so they are read from ../shared; without them the
# test is skipped.
set -euo pipefail

database=meshline_typed_tables
needed=(woocommerce netsuite)
# shellcheck source-path=SCRIPTDIR
. "$(dirname "${BASH_SOURCE[0]}")/payloads.bash"
connectors=$PWD/src/connectors

python3 "$here/payloads_store.py" "$data" "$folder"
python3 "$here/payloads_ledger.py" "$data" "$folder"
python3 "$here/typed_tables.py" "$connectors" "$folder"
dropdb --if-exists --force "$PGDATABASE" 2>/dev/null
createdb "$PGDATABASE"
cd "$folder"
psql -X -q -f "$here/typed_tables.sql" | tee typed.log

! grep -q '^FAILED' typed.log && grep -q '^ok all' typed.log
