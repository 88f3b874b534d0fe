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
    psql -X -v truth="$work/$name/truth.tsv" -v gaps="$top/test/sample/world_gaps.tsv" \
        -f "$top/test/sample/compare_truth.sql" | tee "$work/$name.txt"
}

make -s -C "$top" world
bad=0
load planted
grep -q '^0 wrong of [1-9][0-9]* planted open exceptions, 0 wrong automatic ones, 0 closed gaps$' "$work/planted.txt" || bad=1
load clean --clean
grep -q '^0 wrong of 0 planted open exceptions, 0 wrong automatic ones, 0 closed gaps$' "$work/clean.txt" || bad=1
exit "$bad"
