#!/usr/bin/env bash
# Pairs of tables with known links, read from ../shared, which may not be copied into the project: what
# link_tables() makes of them without labels, one to one, with the default roles, budget and threshold. Ids and
# row order of the transactions tell the truth, so ids are replaced everywhere. Prints precision, recall and F1;
# without the data the test is skipped.
set -euo pipefail

data=$PWD/../shared/data/er
if [[ ! -d $data ]]; then
    echo 'skipped: no ../shared/data/er here'
    exit 77
fi
folder=$(mktemp -d "${TMPDIR:-/tmp}/meshline-links.XXXXXX")
export PGDATABASE=meshline_links PGOPTIONS='-c client_min_messages=warning'

# shellcheck disable=SC2317  # the trap calls it
finish() {
    dropdb --if-exists --force "$PGDATABASE" 2>/dev/null || true
    rm -rf "$folder"
}
trap finish EXIT
trap 'exit 130' INT TERM

dropdb --if-exists --force "$PGDATABASE" 2>/dev/null
createdb "$PGDATABASE"
psql -X -q -v ON_ERROR_STOP=1 -c 'CREATE EXTENSION meshline'

status=0
# measure NAME LEAST-F1 COLUMNS: reads NAME.csv, which has id and source (a or b), and NAME_truth.csv.
measure() {
    local name=$1 least=$2 columns=$3 verdict
    verdict=$(psql -X -q -A -t -v ON_ERROR_STOP=1 -v name="$name" -v least="$least" -v file="$folder/$name.csv" \
        -v truth="$folder/${name}_truth.csv" -v header="$(head -n 1 "$folder/$name.csv" | tr -d '\r' | sed 's/,/ text, /g') text" \
        -v columns="$columns" -v ticks="$(getconf CLK_TCK)" -f "$PWD/test/real/links.sql")
    echo "$verdict"
    [[ $verdict != *FAILED* ]] || status=1
}

# truth_of NAME: pairs of ids from column cluster.
truth_of() {
    python3 - "$folder/$1.csv" "$folder/$1_truth.csv" <<'END'
import csv, sys
left, right = {}, {}
with open(sys.argv[1], encoding="utf-8", newline="") as file:
    for row in csv.DictReader(file):
        (left if row["source"] == "a" else right)[row["cluster"]] = row["id"]
with open(sys.argv[2], "w", encoding="utf-8", newline="") as file:
    csv.writer(file).writerows([("id_l", "id_r"), *((left[c], right[c]) for c in left if c in right)])
END
}

xz -dc "$data/transactions_45k/origin.csv.xz" >"$folder/transactions_45k.csv"
xz -dc "$data/transactions_45k/destination.csv.xz" | tail -n +2 >>"$folder/transactions_45k.csv"
xz -dc "$data/febrl4/records.csv.xz" >"$folder/febrl4.csv"
truth_of transactions_45k
truth_of febrl4
for set in dblp_acm abt_buy fodors_zagat; do
    xz -dc "$data/$set/records.csv.xz" >"$folder/$set.csv"
    xz -dc "$data/$set/truth_pairs.csv.xz" >"$folder/${set}_truth.csv"
done
chmod -R a+rX "$folder"

measure transactions_45k 0.965 '{"memo": "memo", "transaction_date": "event_date", "amount": "amount"}'
measure febrl4 0.999 \
    '{"given_name": "given_name", "surname": "surname", "date_of_birth": "date", "postcode": "postcode", "suburb": "place", "address_1": "address", "soc_sec_id": "reference"}'
measure dblp_acm 0 '{"title": "text", "authors": "full_name", "venue": "category", "year": "reference"}'
measure abt_buy 0 '{"name": "text", "description": "text", "price": "amount"}'
measure fodors_zagat 0 '{"name": "company", "addr": "address", "city": "place", "phone": "phone", "type": "category"}'

# Pairs of songs that somebody has labelled, all that is there: no two tables to link, so each pair is judged alone.
xz -dc "$data/itunes_amazon_pairs/labelled_pairs.csv.xz" >"$folder/itunes_amazon_pairs.csv"
chmod a+r "$folder/itunes_amazon_pairs.csv"
psql -X -q -A -t -v ON_ERROR_STOP=1 -v file="$folder/itunes_amazon_pairs.csv" \
    -v header="$(head -n 1 "$folder/itunes_amazon_pairs.csv" | tr -d '\r' | sed 's/,/ text, /g') text" \
    -v columns='{"song_name": "text", "artist_name": "full_name", "album_name": "text", "time": "reference", "released": "event_date", "price": "amount"}' \
    -f "$PWD/test/real/labelled_pairs.sql"
exit "$status"
