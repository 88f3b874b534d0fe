#!/usr/bin/env bash
# Sets of people with known duplicates, read from ../shared, which may not be copied into the project: what
# cluster_duplicates() makes of them without labels, with the default roles, budget and threshold. Prints
# precision, recall and F1 over pairs of one cluster, CPU time and memory; without the data the test is skipped.
# MESHLINE_PEOPLE (100000) is the number of generated people.
set -euo pipefail

data=$PWD/../shared/data/er
generator=$PWD/../shared/bench/gen_people.py
if [[ ! -d $data || ! -f $generator ]]; then
    echo 'skipped: no ../shared/data/er here'
    exit 77
fi
folder=$(mktemp -d "${TMPDIR:-/tmp}/meshline-duplicates.XXXXXX")
export PGDATABASE=meshline_duplicates PGOPTIONS='-c client_min_messages=warning'

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
# measure NAME CSV-FILE ID LEAST-F1 COLUMNS: COLUMNS as JSON of column and role.
measure() {
    local name=$1 file=$2 id=$3 least=$4 columns=$5 verdict
    verdict=$(psql -X -q -A -t -v ON_ERROR_STOP=1 -v name="$name" -v least="$least" -v file="$file" -v id="$id" \
        -v header="$(head -n 1 "$file" | tr -d '\r' | sed 's/,/ text, /g') text" \
        -v settings="{\"id\": \"$id\", \"columns\": $columns}" -v ticks="$(getconf CLK_TCK)" -f "$PWD/test/real/duplicates.sql")
    echo "$verdict"
    [[ $verdict != *FAILED* ]] || status=1
}

for set in historical_50k fake_1000 febrl1; do
    xz -dc "$data/$set/records.csv.xz" >"$folder/$set.csv"
done
people=${MESHLINE_PEOPLE:-100000}
python3 "$generator" --rows "$people" --seed 42 --out "$folder/people_42.csv"
python3 "$generator" --rows "$people" --seed 7 --out "$folder/people_7.csv"
chmod -R a+rX "$folder"

# The more people, the more strangers who look alike: 0.962 is what is asked of a million.
least=0.986
[[ $people -le 100000 ]] || least=0.962
roles='{"first_name": "given_name", "surname": "surname", "dob": "date", "email": "email", "phone": "phone", "street": "address", "city": "place", "postcode": "postcode"}'
measure historical_50k "$folder/historical_50k.csv" unique_id 0.90 \
    '{"first_name": "given_name", "surname": "surname", "dob": "date", "postcode_fake": "postcode", "birth_place": "place", "occupation": "category"}'
measure fake_1000 "$folder/fake_1000.csv" id 0.80 \
    '{"first_name": "given_name", "surname": "surname", "dob": "date", "city": "place", "email": "email"}'
measure febrl1 "$folder/febrl1.csv" id 0.99 \
    '{"given_name": "given_name", "surname": "surname", "date_of_birth": "date", "postcode": "postcode", "suburb": "place", "address_1": "address", "soc_sec_id": "reference"}'
# Customers of a real shop as it knows them: where they live, nothing else, so that few can be told apart. Printed
# for what it is.
orders=$PWD/../shared/data/orders
if [[ -f $orders/olist_olist_customers_dataset.csv.xz ]]; then
    xz -dc "$orders/olist_olist_customers_dataset.csv.xz" | sed '1s/customer_unique_id/cluster/' >"$folder/olist_customers.csv"
    chmod a+r "$folder/olist_customers.csv"
    measure olist_customers "$folder/olist_customers.csv" customer_id 0 \
        '{"customer_zip_code_prefix": "postcode", "customer_city": "place", "customer_state": "category"}'
fi
measure "people_$((people / 1000))k" "$folder/people_42.csv" unique_id "$least" "$roles"
measure "people_$((people / 1000))k_seed_7" "$folder/people_7.csv" unique_id "$least" "$roles"
exit "$status"
