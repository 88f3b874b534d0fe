-- SPDX-License-Identifier: PostgreSQL
-- Prints everything about a database that must not depend on the order, the number of copies or the
-- portions in which payloads arrived. Usage: psql -X -A -t -f state.sql
-- Left out: clocks, running numbers, the history, and what records the order of arrival itself
-- (DUPLICATE_EVENT, STALE_EVENT, merges).
\set ON_ERROR_STOP on
\set QUIET on
\pset null '-'
SET TIME ZONE 'UTC';

SELECT 'link', l.canonical_id, l.kind, l.system, l.object, l.external_id, l.evidence
FROM meshline.record_links AS l
ORDER BY l.system COLLATE "C", l.object COLLATE "C", l.external_id COLLATE "C";

SELECT 'record', r.connection_id, r.object, r.external_id, r.status, r.posting_type, r.amount_minor, r.fee_minor,
       r.net_minor, r.currency, r.processor, r.about, r.payout_id, r.occurred_at, r.expected_at, r.version_at,
       r.version_sequence, r.content_hash, r.is_test, r.is_summary, r.is_authority, r.line_count, r.weak_ids, r.problems, r.parts, r.stated_minor
FROM meshline.record AS r
ORDER BY r.connection_id, r.object, r.external_id;

SELECT 'identifier', i.name, i.value, meshline.resolve(i.canonical_id)
FROM meshline.identifier AS i
ORDER BY i.name, i.value;

SELECT 'exception', x.reason_code, t.connection_id, x.canonical_id, t.subject, x.record_ids, x.status, x.is_holding, x.severity, x.owner_queue,
       x.expected_minor, x.actual_minor, x.amount_at_risk_minor, x.currency, x.due_at,
       pg_catalog.regexp_replace(x.explanation, 'staging row \d+', 'staging row'), x.evidence
FROM meshline.open_exceptions AS x
JOIN meshline.recon_exception AS t ON t.merchant_id = x.merchant_id AND t.exception_id = x.exception_id
ORDER BY x.reason_code COLLATE "C", x.canonical_id, t.subject COLLATE "C", t.connection_id,
         pg_catalog.regexp_replace(x.explanation, 'staging row \d+', 'staging row') COLLATE "C";

SELECT 'excluded', x.reason_code, x.canonical_id, x.record_ids
FROM meshline.exceptions AS x
WHERE x.status = 'auto_resolved' AND x.reason_code = 'TEST_MODE_RECORD'
ORDER BY x.canonical_id, x.record_ids;

SELECT 'order', s.canonical_id, s.anchor_namespace, s.anchor_value, s.order_status, s.ordered_at, s.currency, s.total_minor,
       s.authorized_minor, s.captured_minor, s.refunded_minor, s.disputed_minor, s.posted_minor, s.refund_posted_minor, s.settled_minor,
       s.fee_minor, s.payment_count, s.refund_count, s.open_exceptions, s.is_held, s.amount_at_risk_minor, s.state,
       s.next_due_at
FROM meshline.order_status AS s
ORDER BY s.canonical_id;

SELECT 'entity', c.canonical_id, c.kind, c.anchor_rank, c.anchor_name, c.anchor_value, c.finding_count, c.expectations
FROM meshline.canonical AS c
ORDER BY c.canonical_id;

SELECT 'postable', p.canonical_id FROM meshline.postable_orders AS p ORDER BY p.canonical_id;

SELECT 'expectation', e.canonical_id, e.reason_code, e.subject, e.amount_minor, e.currency, e.due_at, e.explanation
FROM meshline.expectations AS e
ORDER BY e.canonical_id, e.reason_code COLLATE "C", e.subject COLLATE "C";
