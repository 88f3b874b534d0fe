#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
# The sample world over all systems: every planted discrepancy is found, with its amount, and nothing else is;
# the clean twin, which holds the traps, raises nothing. MESHLINE_ORDERS (500), MESHLINE_SEED (1).
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(cd "$here/../.." && pwd)
base=${PGDATABASE:-world}
work=$(mktemp -d "${TMPDIR:-/tmp}/world.XXXXXX")

# shellcheck disable=SC2317  # the trap calls it
finish() {
    local status=$?
    dropdb --if-exists --force "${base}_planted" 2>/dev/null || true
    dropdb --if-exists --force "${base}_clean" 2>/dev/null || true
    [[ $status -eq 0 ]] && rm -rf "$work" || echo "files are in $work"
}
trap finish EXIT

# load NAME [FLAG]: makes a world and a database for it, and compares.
load() {
    local name=$1
    shift
    "$top/build/sample_world" --seed "${MESHLINE_SEED:-1}" --orders "${MESHLINE_ORDERS:-500}" --out "$work/$name" "$@"
    dropdb --if-exists --force "${base}_$name" 2>/dev/null
    createdb "${base}_$name"
    export PGDATABASE=${base}_$name
    psql -X -q -o /dev/null -v ON_ERROR_STOP=1 -c 'CREATE EXTENSION meshline' -c 'SELECT meshline.create_workspace()'
    "$top/test/sample/load_world" "$work/$name"
    psql -X -v truth="$work/$name/truth.tsv" -f "$top/test/sample/compare_truth.sql" | tee "$work/$name.txt"
}

make -s -C "$top" world
bad=0
load planted
grep -q '^0 wrong of [1-9][0-9]* planted open exceptions, 0 wrong automatic ones$' "$work/planted.txt" || bad=1

# Each of them is explained at once, though nothing has been analyzed since the load.
unexplained=$(psql -X -q -A -t -v ON_ERROR_STOP=1 -c "SET statement_timeout = '60s'" -c "
    SELECT count(*) FROM meshline.open_exceptions AS x
    WHERE NOT EXISTS (SELECT FROM meshline.explain(x.exception_id) AS l WHERE l.item = 'formula' AND l.content <> '')") || bad=1
echo "${unexplained:-all} exceptions without an explanation"
[[ $unexplained == 0 ]] || bad=1

# The world shows every reason there is, but the one of checks that a merchant brings along.
reasons=$(psql -X -q -A -t -v ON_ERROR_STOP=1 -c "
    SELECT DISTINCT r.reason_code FROM meshline.reasons AS r WHERE r.reason_code <> 'CHECK_FAILED'") || bad=1
unplanted=$(grep -v -x -F -f <(cut -f 2 "$work/planted/truth.tsv") <<<"$reasons" | xargs) || true
echo "reasons that are not planted: ${unplanted:-none}"
[[ -z $unplanted || ${MESHLINE_ORDERS:-500} -lt 500 ]] || bad=1

load clean --clean
grep -q '^0 wrong of 0 planted open exceptions, 0 wrong automatic ones$' "$work/clean.txt" || bad=1

# Every sale of the clean world is one canonical order, and none holds the records of two.
split=$(psql -X -q -A -t -v ON_ERROR_STOP=1 <<SQL
CREATE TEMPORARY TABLE sale (number bigint, record text);
\\copy sale FROM '$work/clean/groups.tsv'
WITH place AS (
  SELECT DISTINCT s.number, l.canonical_id
  FROM sale AS s
  LEFT JOIN meshline.record_links AS l
    ON l.system = split_part(s.record, ':', 1) AND l.object = split_part(s.record, ':', 2)
   AND l.external_id = split_part(s.record, ':', 3))
SELECT (SELECT count(*) FROM (SELECT FROM place GROUP BY number HAVING count(*) > 1 OR bool_or(canonical_id IS NULL)) AS apart)
     + (SELECT count(*) FROM (SELECT FROM place GROUP BY canonical_id HAVING count(*) > 1) AS mixed);
SQL
)
echo "$split sales that are not one canonical order"
[[ $split == 0 ]] || bad=1
exit "$bad"
