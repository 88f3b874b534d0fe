#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
# pgloader: CSV files into the staging tables, the orders twice.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
. "$(dirname "${BASH_SOURCE[0]}")/clients/loader.sh"

command -v pgloader >/dev/null || skip 'there is no pgloader (Debian: pgloader)'
set_up
server=$PGHOST
[[ $server != /* ]] || server=unix:$server
for load in orders:shopify_order orders:shopify_order charges:stripe_charge; do
    cat >"$work/$load.load" <<END
LOAD CSV FROM '$work/${load%:*}.csv' WITH ENCODING UTF-8 (payload)
INTO postgresql://$loader@$server:$PGPORT/$PGDATABASE
TARGET TABLE staging.${load#*:} (payload)
WITH fields optionally enclosed by '"', fields terminated by ',', fields escaped by double-quote, csv escape mode quote;
END
    pgloader --root-dir "$work" "$work/$load.load" >"$work/log" 2>&1 || {
        cat "$work/log"
        exit 1
    }
    # It warns of the index whatever one does.
    if grep -E 'ERROR|FATAL|meshline could not' "$work/log"; then
        exit 1
    fi
done
expect_reconciled
