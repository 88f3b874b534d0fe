#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
# test/bench/probe.sh [ROWS]: looking up one record with one or two typing errors among ROWS (1,000,000) generated
# people: how often its source is among the first five that match_record() gives, and how long a call takes in a
# session that has the model and the index at hand. Times are of the wall clock: on a quiet machine that is CPU.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/../.."
rows=${1:-1000000}
generator=${MESHLINE_SHARED:-$PWD/../shared}/bench/gen_people.py
folder=$(mktemp -d "${TMPDIR:-/tmp}/meshline-probe.XXXXXX")
trap 'rm -rf "$folder"' EXIT
python3 "$generator" --rows "$rows" --seed 42 --out "$folder/people.csv"
chmod -R a+rX "$folder"
psql -X -q -A -t -v ON_ERROR_STOP=1 -v file="$folder/people.csv" -f test/bench/match/probe.sql
