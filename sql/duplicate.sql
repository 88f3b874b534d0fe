-- Orders that are there twice and customers with two records: found as they arrive, in the transaction of the later one.
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET datestyle = iso;
SET meshline.as_of = '2026-10-20 12:00+00';
SELECT meshline.add_merchant('duplicates', 'USD', 'UTC') AS merchant \gset
SELECT meshline.install_connector('{"connector": "till", "version": "1", "title": "Till", "role": "store", "namespaces": {"till.order": {"rank": 0}}, "objects": {
  "order": {"kind": "order", "id": "id", "version": {"time": "at"}, "occurred": "at", "amount": {"value": "total", "unit": "major"}, "currency": "currency",
    "status": {"map": {"void": "voided"}, "of": "state", "default": "pending"}, "test": "test", "identifiers": [{"namespace": "till.order", "value": "id", "role": "own"}],
    "party": {"name": "name", "email": "email", "phone": "phone", "postcode": "zip"}},
  "buyer": {"kind": "customer", "id": "id", "identifiers": [{"namespace": "till.buyer", "value": "id", "role": "own", "scope": "connection"}],
    "status": {"map": {"void": "voided"}, "of": "state", "default": "unknown"}, "party": {"name": "name", "email": "email", "phone": "phone", "postcode": "zip"}}}}') AS connector;
SELECT meshline.connect('shopify', 'duplicates.myshopify.com', :merchant) AS shop, meshline.connect('till', 'counter', :merchant) AS till \gset
CREATE VIEW pg_temp.suspicion AS
SELECT x.reason_code, x.record_ids, x.amount_at_risk, x.status, x.is_holding, x.owner_queue, x.explanation FROM meshline.exceptions AS x
WHERE x.merchant_id = (SELECT max(m.merchant_id) FROM meshline.merchant AS m WHERE m.name = 'duplicates') AND x.reason_code LIKE 'DUPLICATE\_%' AND x.reason_code <> 'DUPLICATE_EVENT' AND x.closed_at IS NULL
ORDER BY x.record_ids;
CREATE FUNCTION pg_temp.shop_order(id bigint, at text, total text, lines integer DEFAULT 1, email text DEFAULT 'Ada.Byron@example.com', cancelled text DEFAULT NULL) RETURNS text LANGUAGE sql AS $$
  SELECT jsonb_build_object('id', id, 'name', '#' || id % 1000, 'total_price', total, 'currency', 'USD', 'financial_status', 'pending', 'created_at', at, 'updated_at', COALESCE(cancelled, at), 'cancelled_at', cancelled,
    'email', email, 'line_items', (SELECT jsonb_agg(jsonb_build_object('id', n)) FROM generate_series(1, lines) AS n),
    'billing_address', jsonb_build_object('first_name', 'Ada', 'last_name', 'Byron', 'phone', '+1 415 555 0132', 'address1', '12 High St', 'zip', '94107', 'city', 'San Francisco'))::text
$$;

-- Sent twice within 40 seconds: the later one is held. Another cart, another amount and the same again a day later are no repeats.
INSERT INTO staging.shopify_order (merchant_id, payload) SELECT :merchant, pg_temp.shop_order(o.id, o.at, o.total, o.lines) FROM (VALUES
  (880000000001, '2026-10-18T10:00:00Z', '59.90', 2), (880000000002, '2026-10-18T10:00:40Z', '59.90', 2), (880000000003, '2026-10-18T10:01:00Z', '59.90', 3),
  (880000000004, '2026-10-18T10:02:00Z', '61.00', 2), (880000000005, '2026-10-19T10:00:00Z', '59.90', 2)) AS o (id, at, total, lines);
SELECT s.* FROM pg_temp.suspicion AS s;
SELECT i.item, i.label, i.value_minor, i.content FROM meshline.exceptions AS x CROSS JOIN LATERAL meshline.explain(x.exception_id) AS i
WHERE x.merchant_id = :merchant AND x.reason_code = 'DUPLICATE_ORDER_RETRY' AND i.item <> 'record' ORDER BY i.line;
SELECT count(*) AS postable FROM meshline.postable_orders AS p WHERE p.merchant_id = :merchant AND p.anchor_value = '880000000002';

-- The earlier one is voided at the shop: in the same transaction the later one is free.
INSERT INTO staging.shopify_order (merchant_id, payload) VALUES (:merchant, pg_temp.shop_order(880000000001, '2026-10-18T10:00:00Z', '59.90', 2, cancelled => '2026-10-18T11:00:00Z'));
SELECT s.* FROM pg_temp.suspicion AS s;

-- Each in a transaction of its own: nothing changes for the earlier one when the later one comes, and when it is voided the later one is free.
INSERT INTO staging.shopify_order (merchant_id, payload) VALUES (:merchant, pg_temp.shop_order(880000000031, '2026-10-16T10:00:00Z', '33.00'));
INSERT INTO staging.shopify_order (merchant_id, payload) VALUES (:merchant, pg_temp.shop_order(880000000032, '2026-10-16T10:00:30Z', '33.00'));
SELECT s.reason_code, s.record_ids FROM pg_temp.suspicion AS s;
INSERT INTO staging.shopify_order (merchant_id, payload) VALUES (:merchant, pg_temp.shop_order(880000000031, '2026-10-16T10:00:00Z', '33.00', cancelled => '2026-10-16T11:00:00Z'));
SELECT count(*) AS suspicions FROM pg_temp.suspicion AS s;
INSERT INTO staging.shopify_order (merchant_id, payload) VALUES (:merchant, pg_temp.shop_order(880000000032, '2026-10-16T10:00:30Z', '33.00', cancelled => '2026-10-16T12:00:00Z'));

-- In the other order of arrival: the later one is reported all the same, whatever came first.
INSERT INTO staging.shopify_order (merchant_id, payload) VALUES (:merchant, pg_temp.shop_order(880000000012, '2026-10-17T10:03:00Z', '20.00', email => 'ada.byron@EXAMPLE.com'));
INSERT INTO staging.shopify_order (merchant_id, payload) VALUES (:merchant, pg_temp.shop_order(880000000011, '2026-10-17T10:00:00Z', '20.00'));
SELECT s.reason_code, s.record_ids FROM pg_temp.suspicion AS s;
-- Its amount is changed: no copy any more. Changed back, it is again.
INSERT INTO staging.shopify_order (merchant_id, payload) SELECT :merchant, jsonb_set(pg_temp.shop_order(880000000011, '2026-10-17T10:00:00Z', '25.00')::jsonb, '{updated_at}', '"2026-10-17T12:00:00Z"')::text;
SELECT count(*) AS suspicions FROM pg_temp.suspicion AS s;
INSERT INTO staging.shopify_order (merchant_id, payload) SELECT :merchant, jsonb_set(pg_temp.shop_order(880000000011, '2026-10-17T10:00:00Z', '20.00')::jsonb, '{updated_at}', '"2026-10-17T13:00:00Z"')::text;
SELECT s.reason_code, s.record_ids FROM pg_temp.suspicion AS s;

-- Keyed in again by hand in another system a day later, with errors; a namesake elsewhere is somebody else.
INSERT INTO staging.shopify_order (merchant_id, payload) VALUES (:merchant, pg_temp.shop_order(880000000021, '2026-10-15T10:00:00Z', '310.00'));
INSERT INTO staging.till_order (merchant_id, payload) VALUES
  (:merchant, '{"id": "T-1", "at": "2026-10-16T09:00:00Z", "total": "310.00", "currency": "USD", "name": "Byron, Ada", "phone": "(415) 555-0132", "zip": "94107"}'),
  (:merchant, '{"id": "T-2", "at": "2026-10-16T09:30:00Z", "total": "310.00", "currency": "USD", "name": "Ada Byron", "zip": "10001"}'),
  (:merchant, '{"id": "T-3", "at": "2026-10-14T09:30:00Z", "total": "310.00", "currency": "USD", "name": "Ada Byron", "zip": "94107", "test": true}');
SELECT s.reason_code, s.record_ids, s.explanation FROM pg_temp.suspicion AS s WHERE s.reason_code = 'DUPLICATE_ORDER_MANUAL';

-- Customers.
INSERT INTO staging.till_buyer (merchant_id, payload) VALUES (:merchant, '{"id": "B1", "name": "Grace Hopper", "email": "grace@navy.example", "phone": "+1 202 555 0101", "zip": "20001"}');
INSERT INTO staging.till_buyer (merchant_id, payload) VALUES (:merchant, '{"id": "B2", "name": "Hopper, Grace", "email": "hopper@yale.example", "phone": "202-555-0101"}'), (:merchant, '{"id": "B3", "name": "Grace Kelly", "email": "kelly@monaco.example"}');
SELECT s.reason_code, s.record_ids, s.amount_at_risk, s.owner_queue, s.explanation FROM pg_temp.suspicion AS s WHERE s.reason_code = 'DUPLICATE_CUSTOMER';
SELECT r.kind, count(*) AS records, count(DISTINCT r.canonical_id) AS customers FROM meshline.record_links AS r WHERE r.merchant_id = :merchant AND r.kind = 'customer' GROUP BY r.kind;
SELECT d.kind, d.left_external_id, d.right_external_id, round(d.weight::numeric, 3) AS weight, round(d.probability::numeric, 6) AS probability, d.decision FROM meshline.duplicate_candidates AS d
WHERE d.merchant_id = :merchant AND (d.kind = 'customer' OR d.left_external_id LIKE '%21' OR d.right_external_id LIKE '%21') ORDER BY d.kind, d.left_external_id, d.right_external_id;
SELECT e.comparison, e.level FROM meshline.duplicate_candidates AS d JOIN meshline.match_model AS m USING (kind) CROSS JOIN LATERAL meshline.explain_match(m.model, d.left_party::jsonb, d.right_party::jsonb) AS e
WHERE d.merchant_id = :merchant AND d.kind = 'customer' ORDER BY e.step;

-- People decide, and no model overrules them.
SELECT x.exception_id AS retry FROM meshline.exceptions AS x WHERE x.merchant_id = :merchant AND x.reason_code = 'DUPLICATE_ORDER_RETRY' AND x.closed_at IS NULL \gset
SELECT x.exception_id AS manual FROM meshline.exceptions AS x WHERE x.merchant_id = :merchant AND x.reason_code = 'DUPLICATE_ORDER_MANUAL' AND x.closed_at IS NULL \gset
SELECT meshline.reject_match(:retry, 'she ordered one for her sister');
SELECT meshline.confirm_match(:manual, 'same invoice');
SELECT x.reason_code, x.status, x.closed_by = session_user AS closed_by_me, x.is_holding, x.explanation FROM meshline.exceptions AS x WHERE x.exception_id IN (:retry, :manual) ORDER BY x.reason_code;
SELECT h.exception_id = :retry AS of_retry, h.actor = session_user AS by_me, h.action, h.status FROM meshline.exception_history AS h WHERE h.exception_id IN (:retry, :manual) AND (h.actor <> 'meshline' OR h.action = 'gone') ORDER BY h.exception_id, h.history_id;
INSERT INTO staging.shopify_order (merchant_id, payload) SELECT :merchant, jsonb_set(pg_temp.shop_order(880000000011, '2026-10-17T10:00:00Z', '20.00')::jsonb, '{updated_at}', '"2026-10-17T14:00:00Z"')::text;
SELECT s.reason_code, s.status, s.record_ids FROM pg_temp.suspicion AS s WHERE s.reason_code LIKE '%ORDER%';
SELECT q.kind, q.threshold, q.decided, q.reported, q.confirmed, round(q.precision, 3) AS precision, round(q.precision_low, 3) AS low, round(q.precision_high, 3) AS high, q.recall
FROM meshline.match_quality AS q WHERE q.merchant_id = :merchant AND q.threshold IN (0, 30, 40);
-- The copy is voided at the till: what was confirmed is done.
INSERT INTO staging.till_order (merchant_id, payload) VALUES (:merchant, '{"id": "T-1", "at": "2026-10-16T19:00:00Z", "total": "310.00", "currency": "USD", "name": "Byron, Ada", "phone": "(415) 555-0132", "zip": "94107", "state": "void"}');
SELECT s.reason_code, s.record_ids FROM pg_temp.suspicion AS s WHERE s.reason_code LIKE '%ORDER%';
SELECT count(*) AS wrong FROM meshline.verify_history();

-- Replay finds nothing new; a full run of all checks neither.
CREATE TEMPORARY TABLE before AS SELECT x.exception_id, x.status, x.is_holding, x.explanation, x.occurrences FROM meshline.exceptions AS x WHERE x.merchant_id = :merchant;
SELECT meshline.replay_connection(:shop, '2026-01-01') > 10 AS is_replayed;
SELECT meshline._reconcile_stored(:merchant, array_agg(c.canonical_id), meshline._as_of()) FROM meshline.canonical AS c WHERE c.merchant_id = :merchant;
SELECT count(*) AS changed FROM (TABLE before EXCEPT SELECT x.exception_id, x.status, x.is_holding, x.explanation, x.occurrences FROM meshline.exceptions AS x WHERE x.merchant_id = :merchant) AS c;

-- The model is the merchant's to replace, the threshold a policy.
SELECT meshline.set_policy('duplicate_weight', '90', merchant_id => :merchant);
SELECT meshline._reconcile_stored(:merchant, array_agg(c.canonical_id), meshline._as_of()) FROM meshline.canonical AS c WHERE c.merchant_id = :merchant;
SELECT count(*) AS suspicions FROM pg_temp.suspicion AS s;
BEGIN;
SELECT meshline.set_match_model('customer', m.model) FROM meshline.match_model AS m WHERE m.kind = 'customer';
ROLLBACK;
SELECT meshline.set_match_model('parcel', '{}'); -- fails
SELECT meshline.set_match_model('order', '{"comparisons": []}'); -- fails
SELECT meshline.set_match_model('order', jsonb_set(m.model, '{columns,0,column}', '"nickname"')) FROM meshline.match_model AS m WHERE m.kind = 'order'; -- fails
SELECT meshline.confirm_match(-1); -- fails
INSERT INTO staging.till_order (merchant_id, payload) VALUES (:merchant, '{}');
\set VERBOSITY sqlstate
SELECT meshline.reject_match(x.exception_id) FROM meshline.exceptions AS x WHERE x.merchant_id = :merchant AND x.reason_code = 'INVALID_PAYLOAD'; -- fails
\set VERBOSITY default
