#!/usr/bin/env bash
# Pairs that Splink has scored, read from ../shared, which may not be copied into the project: match_weight() with the
# saved model must give the same weights and probabilities within 1e-9, levels found anew from the values, and
# explain_match() must add up to them. Every saved model there must be understood, and find_duplicates() must find the
# same pairs by its blocking rules in the whole table, with term frequencies counted there. Skipped without the data.
set -euo pipefail

data=$PWD/../shared/data/er/splink_golden
if [[ ! -f $data/golden_historical_50k_lev_pairs.csv.xz ]]; then
    echo 'skipped: no ../shared/data/er/splink_golden here'
    exit 77
fi
folder=$(mktemp -d "${TMPDIR:-/tmp}/meshline-golden.XXXXXX")
export PGDATABASE=meshline_golden PGOPTIONS='-c client_min_messages=warning'

# shellcheck disable=SC2317  # the trap calls it
finish() {
    dropdb --if-exists --force "$PGDATABASE" 2>/dev/null || true
    rm -rf "$folder"
}
trap finish EXIT
trap 'exit 130' INT TERM

xz -dc "$data/golden_historical_50k_lev_pairs.csv.xz" >"$folder/pairs.csv"
xz -dc "$data/../historical_50k/records.csv.xz" >"$folder/records.csv"
cp "$data"/*.json "$folder"
chmod -R a+rX "$folder"
dropdb --if-exists --force "$PGDATABASE" 2>/dev/null
createdb "$PGDATABASE"
psql -X -q -A -t -v ON_ERROR_STOP=1 -v folder="$folder" -v header="$(head -n 1 "$folder/pairs.csv" | tr -d '\r' | sed 's/,/ text, /g') text" \
    -v record_header="$(head -n 1 "$folder/records.csv" | tr -d '\r' | sed 's/,/ text, /g') text" \
    -f "$PWD/test/real/golden_weights.sql" | tee "$folder/verdict"
[[ $(grep -c '^ok' "$folder/verdict") -eq 7 ]]
