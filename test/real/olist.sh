#!/usr/bin/env bash
# The Olist marketplace (99,441 real orders) through attached tables: what the views say must be the facts that
# were computed apart from meshline. The data may not be copied into the project, so that files and facts are
# read from ../shared; without it the test is skipped.
set -euo pipefail

data=$PWD/../shared/data/orders
if [[ ! -f $data/olist_olist_order_items_dataset.csv.xz || ! -f $data/FACTS-PUBLIC.md ]]; then
    echo 'skipped: no ../shared/data/orders here'
    exit 77
fi
here=$PWD/test/real
folder=$(mktemp -d "${TMPDIR:-/tmp}/meshline-olist.XXXXXX")
export PGDATABASE=meshline_olist

# shellcheck disable=SC2317  # the trap calls it
finish() {
    dropdb --if-exists --force "$PGDATABASE" 2>/dev/null || true
    rm -rf "$folder"
}
trap finish EXIT
trap 'exit 130' INT TERM

cd "$folder"
for file in order_items_dataset order_payments_dataset orders_status_all orders_headers_partial; do
    xz -dc "$data/olist_olist_$file.csv.xz" >"olist_olist_$file.csv"
done
# "| O06 | what | 98,665 / 98,089 / 576 |" to "O06<tab>98665 / 98089 / 576"
awk -F' [|] ' '/^[|] O[0-9]+ / {
    id = $1; value = $3
    sub(/^[|] /, "", id); sub(/ [|]$/, "", value)
    while (match(value, /[0-9],[0-9]/)) value = substr(value, 1, RSTART) substr(value, RSTART + 2)
    print id "\t" value
}' "$data/FACTS-PUBLIC.md" >facts.tsv

dropdb --if-exists --force "$PGDATABASE" 2>/dev/null
createdb "$PGDATABASE"
psql -X -q -v ticks="$(getconf CLK_TCK)" -v definition="$(cat "$here/olist.json")" -f "$here/olist_load.sql" | tee load.log
psql -X -q -f "$here/olist_facts.sql" | tee facts.log

status=0
if grep -q '^FAILED' facts.log || [[ $(grep -c '^ok' facts.log) -lt 25 ]]; then
    status=1
fi
if ! awk '$2 == "olist.cpu_s" { seen = 1; slow = $3 > 120 } END { exit !seen || slow }' load.log; then
    echo 'FAILED olist.cpu_s expected at most 120 s'
    status=1
fi
exit "$status"
