#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
# The matching engine can be cancelled at every moment: statement_timeout strikes at many points of a run of training
# and clustering, of linking, of a model of Splink, and of explain_sum(), and each time the statement ends soon after.
set -euo pipefail

export PGOPTIONS='-c client_min_messages=warning'
psql -X -q -v ON_ERROR_STOP=1 <<'END'
CREATE EXTENSION meshline;
CREATE FUNCTION pick(kind text, n integer, size integer) RETURNS integer LANGUAGE sql IMMUTABLE
RETURN ('x' || substr(md5(kind || n), 1, 6))::bit(24)::integer % size;
CREATE TABLE person AS
SELECT n AS id, substr(md5('first' || pick('first', n, 300)), 1, 7) AS first_name, substr(md5('last' || pick('last', n, 2000)), 1, 9) AS surname,
  (date '1950-01-01' + pick('born', n, 18000))::text AS dob, substr(md5('mail' || n % 25000), 1, 8) || '@example.org' AS email,
  'ab' || pick('area', n, 40) || ' ' || n % 10 || 'xy' AS postcode
FROM generate_series(1, 40000) AS n;
ALTER TABLE person ADD PRIMARY KEY (id);
CREATE TABLE model AS SELECT meshline.train_model('person') AS model, '{
  "probability_two_random_records_match": 0.001, "unique_id_column_name": "id",
  "comparisons": [{"output_column_name": "surname", "comparison_levels": [
    {"sql_condition": "levenshtein(surname_l, surname_r) <= 1", "m_probability": 0.9, "u_probability": 0.1},
    {"sql_condition": "ELSE", "m_probability": 0.1, "u_probability": 0.9}]}],
  "blocking_rules_to_generate_predictions": ["l.first_name = r.first_name"]}'::jsonb AS splink;
END

# strike NAME STATEMENT: cancels the statement at moments spread over the time that it takes when it is left alone.
strike() {
    local name=$1 statement=$2 took=0 point limit late=0 started ended status
    started=$(date +%s%N)
    psql -X -q -o /dev/null -v ON_ERROR_STOP=1 -c "$statement"
    took=$((($(date +%s%N) - started) / 1000000))
    for point in 2 10 20 35 50 65 80 90; do
        limit=$((took * point / 100 + 1))
        started=$(date +%s%N)
        status=0
        psql -X -q -o /dev/null -v ON_ERROR_STOP=1 -c "SET statement_timeout = $limit" -c "$statement" 2>"$errors" || status=$?
        ended=$((($(date +%s%N) - started) / 1000000))
        if [[ $status -ne 0 ]] && ! grep -q 'canceling statement due to statement timeout' "$errors"; then
            cat "$errors"
            exit 1
        fi
        [[ $((ended - limit)) -le $late ]] || late=$((ended - limit))
    done
    echo "$name: takes $took ms, ends at most $late ms after it is cancelled"
    # Half a second more than a psql takes to start on a busy machine.
    [[ $late -le 1000 ]]
}

errors=$(mktemp "${TMPDIR:-/tmp}/meshline-cancel.XXXXXX")
trap 'rm -f "$errors"' EXIT
strike 'training and clustering' "SELECT count(*) FROM meshline.cluster_duplicates('person')"
strike 'linking' "SELECT count(*) FROM meshline.link_tables('person', 'person', (SELECT model FROM model))"
strike 'a model of Splink' "SELECT count(*) FROM meshline.find_duplicates('person', (SELECT splink FROM model))"
strike 'explaining a sum' "SELECT * FROM generate_series(1, 40) AS g, meshline.explain_sum(1000003 + g, ARRAY(SELECT 10007 * n + n * n FROM generate_series(1, 36) AS n)::bigint[])"
