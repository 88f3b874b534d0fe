# shellcheck shell=bash
# What the scripts of this folder share. To be sourced; sets `top` and goes there.

set -euo pipefail
export LC_ALL=C.UTF-8
# A script started by make must not speak to that make's job server.
unset MAKEFLAGS MFLAGS MAKELEVEL

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
cd "$top"

pg_version=15
pg_bindir=/usr/lib/postgresql/$pg_version/bin
pg_config=$pg_bindir/pg_config
export PG_CONFIG=$pg_config

say() {
    printf '%s\n' "$*"
}

die() {
    printf '%s: %s\n' "$(basename "$0")" "$*" >&2
    exit 1
}

# Runs a command quietly; prints the end of what it said, and returns its status, when it fails.
quietly() {
    local log status=0
    log=$(mktemp "${TMPDIR:-/tmp}/meshline-log.XXXXXX")
    "$@" >"$log" 2>&1 || status=$?
    [[ $status -eq 0 ]] || tail -n 60 "$log" >&2
    rm -f "$log"
    return "$status"
}

# Number of parallel compilers: a gigabyte of memory each, and never more than the processors.
job_count() {
    local memory processors
    processors=$(nproc 2>/dev/null || echo 1)
    memory=$(awk '/^MemAvailable:/ { print int($2 / 1048576) }' /proc/meminfo 2>/dev/null || echo 1)
    [[ $memory -ge 1 ]] || memory=1
    [[ $processors -le $memory ]] || processors=$memory
    echo "$processors"
}

build_extension() {
    quietly make -s -j"$(job_count)" all
}
