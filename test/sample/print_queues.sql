-- SPDX-License-Identifier: PostgreSQL
-- Prints what came in and what needs somebody's decision. Usage: psql -X -f print_queues.sql
\set ON_ERROR_STOP on
\set QUIET on
\pset footer off
\pset null ''

\echo
\echo == What came in, per connection
SELECT connector, account, events, repeats AS repeats_dropped, invalid, last_event_at::date AS last_event_on
FROM meshline.connector_health
ORDER BY connector, account;

\echo == Orders reconciled
SELECT state, count(*) AS orders, count(*) FILTER (WHERE is_held) AS held
FROM meshline.order_status
GROUP BY state
ORDER BY orders DESC, state;

\echo == Open exceptions, by owner and reason
SELECT owner_queue, severity, reason_code, exceptions, orders, amount_at_risk, currency, oldest_due_at::date AS oldest_due_on
FROM meshline.queue_summary
ORDER BY owner_queue,
         array_position(ARRAY['critical', 'high', 'medium', 'low', 'info'], severity),
         reason_code,
         currency;

\echo == Money at risk
SELECT currency, sum(exceptions) AS exceptions, sum(amount_at_risk) AS amount_at_risk
FROM meshline.queue_summary
GROUP BY currency
ORDER BY exceptions DESC, currency;

\echo == One of them, explained
SELECT exception_id, reason_code, owner_queue, severity, amount_at_risk, currency, explanation
FROM meshline.open_exceptions
ORDER BY array_position(ARRAY['critical', 'high', 'medium', 'low', 'info'], severity),
         amount_at_risk_minor DESC,
         exception_id
LIMIT 1 \gset
\if :{?exception_id}
\echo :reason_code, owned by :owner_queue, :amount_at_risk :currency at risk
\echo :explanation
SELECT item, label, record_id, payload_path, value, content FROM meshline.explain(:exception_id);
\else
\echo No open exception.
\endif
