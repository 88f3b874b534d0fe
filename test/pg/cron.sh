#!/usr/bin/env bash
# schedule() with a real pg_cron: what waits in a queue is taken in, and what became due is raised, with nobody calling.
# pg_cron has to be preloaded, so this makes a cluster of its own, and preloads meshline, too, as it may be. Skipped where
# pg_cron is not installed.
set -euo pipefail

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$top"
if [[ ! -f $(pg_config --sharedir)/extension/pg_cron.control ]]; then
    echo 'skipped: pg_cron is not installed'
    exit 77
fi
cluster=$(script/cluster folder)
trap 'script/cluster stop "$cluster"' EXIT
trap 'exit 130' INT TERM
script/cluster start "$cluster" shared_preload_libraries=pg_cron,meshline cron.database_name=scheduled cron.use_background_workers=on >/dev/null
eval "$(script/cluster env "$cluster")"
createdb scheduled
export PGDATABASE=scheduled

ask() {
    psql -X -q -A -t -v ON_ERROR_STOP=1 "$@"
}

# An order whose payment nobody has seen, in a queue; and one that was looked at before its payment was late.
ask -o /dev/null <<'SQL'
SET client_min_messages = warning;
CREATE EXTENSION pg_cron;
CREATE EXTENSION meshline;
SELECT meshline.create_workspace();
SELECT meshline.connect('shopify', 'queued', 1, '{"mode": "deferred"}');
SELECT meshline.connect('woocommerce', 'at once', 1);
SET meshline.as_of = '2026-10-11 10:00+00';
INSERT INTO staging.shopify_order (payload) VALUES ('{"id": 1, "name": "#1", "total_price": "50.00", "currency": "USD", "financial_status": "pending",
  "created_at": "2026-10-10T10:00:00Z", "updated_at": "2026-10-10T10:00:00Z", "line_items": [{"id": 1}]}');
INSERT INTO staging.woocommerce_order (payload) VALUES ('{"id": 2, "number": "2", "status": "on-hold", "total": "30.00", "currency": "USD",
  "date_created_gmt": "2026-10-10T10:00:00", "date_modified_gmt": "2026-10-10T10:00:00", "line_items": [{"id": 1}]}');
RESET meshline.as_of;
SQL
open="SELECT string_agg(c.anchor_name || ' ' || x.reason_code, ', ' ORDER BY 1) FROM meshline.open_exceptions AS x JOIN meshline.canonical AS c USING (merchant_id, canonical_id)"
[[ -z $(ask -c "$open") ]] || { echo "open before anything was due: $(ask -c "$open")"; exit 1; }
ask -o /dev/null -c "SELECT meshline.schedule('* * * * *', '* * * * *')"

# Jobs start with the minute; the second may find what the first was still busy with.
for ((second = 0; second < 150; second++)); do
    found=$(ask -c "$open")
    if [[ $found == *shopify* && $found == *woocommerce* ]]; then
        break
    fi
    sleep 1
done
ask -c "SELECT pg_catalog.format('%s: %s %s', command, status, return_message) FROM cron.job_run_details ORDER BY runid"
echo "open: $found"
[[ $found =~ shopify.*UNDERPAYMENT && $found =~ woocommerce.*UNDERPAYMENT ]]
[[ $(ask -c "SELECT count(*) FROM cron.job_run_details WHERE status NOT IN ('succeeded', 'running', 'starting')") == 0 ]]
# Asked for again, with other times, there are still two jobs.
ask -o /dev/null -c "SELECT meshline.schedule()"
[[ $(ask -c "SELECT string_agg(jobname || ' ' || schedule, ', ' ORDER BY jobname) FROM cron.job") == 'meshline process_pending * * * * *, meshline sweep */5 * * * *' ]]
