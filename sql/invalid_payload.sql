-- Nothing that a payload contains makes a loader fail: what cannot be read is kept, named and held.
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET datestyle = iso;
SET meshline.as_of = '2026-10-20 12:00+00';
-- A merchant of its own, so that the counts are of this file only.
SELECT meshline.add_merchant('invalid_payload', 'USD', 'UTC') AS merchant \gset
SELECT meshline.connect('shopify', 'invalid.myshopify.com', :merchant) AS shopify \gset
SELECT meshline.connect('stripe', 'acct_invalid', :merchant) AS stripe \gset
CREATE VIEW pg_temp.found AS
  SELECT x.reason_code, x.owner_queue, x.status, x.is_holding, x.canonical_id IS NOT NULL AS has_order,
         regexp_replace(x.explanation, 'row \d+', 'row N') AS explanation
  FROM meshline.exceptions AS x JOIN meshline.merchant AS m USING (merchant_id)
  WHERE m.name = 'invalid_payload' AND x.reason_code = 'INVALID_PAYLOAD'
  ORDER BY regexp_replace(x.explanation, 'row \d+', 'row N') COLLATE "C";

INSERT INTO staging.shopify_order (merchant_id, payload) VALUES
  (:merchant, ''),
  (:merchant, 'no JSON at all'),
  (:merchant, '{"id": 9501, "total_price": "10.0'),
  (:merchant, '[1, 2]'),
  (:merchant, 'null'),
  (:merchant, '"text"'),
  (:merchant, '{}'),
  (:merchant, '{"id": {"a": 1}}'),
  (:merchant, '{"id": "9502\u0000", "total_price": "1.00", "currency": "USD", "created_at": "2026-10-01T10:00:00Z", "updated_at": "2026-10-01T10:00:00Z"}'),
  (:merchant, '{"id": 9503, "total_price": "1.00", "currency": "USD", "created_at": "yesterday", "updated_at": "2026-13-45T10:00:00Z"}'),
  (:merchant, repeat('[', 5000) || repeat(']', 5000));
INSERT INTO staging.stripe_event (merchant_id, payload) VALUES
  (:merchant, '{"id": "evt_in1", "object": "event", "created": 1790863205, "data": {"object": {"id": "cus_in1", "object": "customer"}}}'),
  (:merchant, '{"id": "evt_in2", "object": "event", "created": 1790863205}');
SELECT * FROM pg_temp.found;
-- Every payload is kept byte for byte, beside the good ones of the same statement.
INSERT INTO staging.shopify_order (merchant_id, payload) VALUES
  (:merchant, '{"id": 9504, "total_price": "4.00", "currency": "USD", "financial_status": "pending", "created_at": "2026-10-18T10:00:00Z", "updated_at": "2026-10-18T10:00:00Z"}'),
  (:merchant, '{"id": 9504');
SELECT h.connector, h.events, h.applied, h.invalid FROM meshline.connector_health AS h WHERE h.merchant_id = :merchant ORDER BY h.connector;
SELECT count(*) AS kept, count(*) FILTER (WHERE p.payload IS NULL) AS beyond_jsonb
FROM meshline.event_payload AS p WHERE p.merchant_id = :merchant AND p.outcome = 'invalid';

-- A record that lacks a required field holds its order, until a version comes that has it.
INSERT INTO staging.shopify_order (merchant_id, payload) VALUES
  (:merchant, '{"id": 9505, "name": "#9505", "financial_status": "pending", "created_at": "2026-10-18T10:00:00Z", "updated_at": "2026-10-18T10:00:00Z"}');
SELECT x.reason_code, x.status, x.is_holding, x.record_ids, x.explanation FROM meshline.exceptions AS x WHERE x.record_ids = ARRAY['shopify:order:9505'];
SELECT s.total, s.state, s.next_owner FROM meshline.order_status AS s WHERE s.merchant_id = :merchant AND s.anchor_value = '9505';
INSERT INTO staging.shopify_order (merchant_id, payload) VALUES
  (:merchant, '{"id": 9505, "name": "#9505", "total_price": "5.00", "currency": "USD", "financial_status": "pending", "created_at": "2026-10-18T10:00:00Z", "updated_at": "2026-10-18T10:00:01Z"}');
SELECT x.reason_code, x.status, x.closed_by FROM meshline.exceptions AS x WHERE x.record_ids = ARRAY['shopify:order:9505'];
SELECT s.total, s.state FROM meshline.order_status AS s WHERE s.merchant_id = :merchant AND s.anchor_value = '9505';

-- A payload for a connection that is not known waits, and a payload that is NULL is the loader's own error.
SELECT meshline.add_merchant('unconnected', 'USD', 'UTC') AS unconnected \gset
INSERT INTO staging.shopify_order (merchant_id, payload) VALUES (:unconnected, '{"id": 9506}');
SELECT p.connector, p.object, p.reason FROM meshline.pending_event AS p WHERE p.merchant_id = :unconnected;
DELETE FROM meshline.pending_event AS p WHERE p.merchant_id = :unconnected;
\set VERBOSITY terse
INSERT INTO staging.shopify_order (merchant_id, payload) VALUES (:merchant, NULL); -- fails
