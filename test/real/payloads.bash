# The tests of the public samples: which folders they need, and a folder and a database for the work. The samples may
# not be copied into the project, so they are read from ../shared; without them the test that sources this is skipped.
# Gives $data, $here and $folder, and PGDATABASE; the caller says which with $database and $needed.
# shellcheck shell=bash disable=SC2034,SC2154  # the caller sets and reads them

data=$PWD/../shared/data/payloads
for system in "${needed[@]}"; do
    if [[ ! -f $data/$system/SCHEMA.md ]]; then
        echo 'skipped: no ../shared/data/payloads here'
        exit 77
    fi
done
here=$PWD/test/real
folder=$(mktemp -d "${TMPDIR:-/tmp}/meshline-payloads.XXXXXX")
export PGDATABASE=$database

# shellcheck disable=SC2317  # the trap calls it
finish() {
    dropdb --if-exists --force "$PGDATABASE" 2>/dev/null || true
    rm -rf "$folder"
}
trap finish EXIT
trap 'exit 130' INT TERM
