-- What is delivered twice, late, under a used id or from test mode is kept and has no effect.
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET datestyle = iso;
SET meshline.as_of = '2026-10-02 00:00+00';
CREATE VIEW pg_temp.found AS
  SELECT x.reason_code, x.status, x.is_holding, x.occurrences, x.amount_at_risk, x.record_ids
  FROM meshline.exceptions AS x WHERE array_to_string(x.record_ids, ' ') ~ ':9100000000..|_ev\d'
  ORDER BY x.reason_code, x.record_ids;

-- The same payload again, with other white space and order of members: one event, one record.
INSERT INTO staging.shopify_order (payload) VALUES
  ('{"id": 910000000001, "name": "#9101", "total_price": "10.00", "currency": "USD", "financial_status": "pending", "created_at": "2026-10-01T10:00:00Z", "updated_at": "2026-10-01T10:00:00Z"}');
INSERT INTO staging.shopify_order (payload) VALUES
  ('{"name":"#9101","id":910000000001,"currency":"USD","total_price":"10.00","financial_status":"pending","updated_at":"2026-10-01T10:00:00Z","created_at":"2026-10-01T10:00:00Z"}');
-- Twice more in one statement.
INSERT INTO staging.shopify_order (payload) SELECT s.payload FROM staging.shopify_order AS s, generate_series(1, 2)
WHERE s.payload LIKE '{"name":"#9101"%';
SELECT count(*) AS events FROM meshline.event AS v WHERE v.external_id = '910000000001';
SELECT * FROM pg_temp.found;
SELECT s.total, s.state FROM meshline.order_status AS s WHERE s.anchor_value = '910000000001';

-- The same event id with the same payload: a repeat, in an envelope or in the column event_id.
INSERT INTO staging.stripe_event (payload) SELECT
  '{"id": "evt_ev1", "object": "event", "type": "charge.succeeded", "created": 1790863205, "livemode": true, "data": {"object":
     {"id": "ch_ev1", "object": "charge", "amount": 1000, "captured": true, "status": "succeeded", "currency": "usd", "created": 1790863205,
      "livemode": true, "metadata": {"shopify_order_id": "910000000001"}}}}' FROM generate_series(1, 2);
INSERT INTO staging.stripe_refund (event_id, payload) SELECT 'evt_ev2',
  '{"id": "re_ev1", "amount": 100, "currency": "usd", "status": "succeeded", "created": 1790863300, "charge": "ch_ev1"}' FROM generate_series(1, 2);
SELECT s.captured, s.payment_count, s.refunded, s.refund_count FROM meshline.order_status AS s WHERE s.anchor_value = '910000000001';
SELECT * FROM pg_temp.found WHERE record_ids && ARRAY['stripe:charge:ch_ev1', 'stripe:refund:re_ev1'];
SELECT v.object, v.record_object, v.external_id, v.source_event_id, v.outcome FROM meshline.event AS v
WHERE v.source_event_id LIKE 'evt_ev%' ORDER BY v.source_event_id;

-- An older version after a newer one is kept, not applied.
INSERT INTO staging.shopify_order (payload) VALUES
  ('{"id": 910000000002, "name": "#9102", "total_price": "25.00", "currency": "USD", "financial_status": "pending", "created_at": "2026-10-01T10:00:00Z", "updated_at": "2026-10-01T11:00:00Z"}'),
  ('{"id": 910000000002, "name": "#9102", "total_price": "20.00", "currency": "USD", "financial_status": "pending", "created_at": "2026-10-01T10:00:00Z", "updated_at": "2026-10-01T10:00:00Z"}');
INSERT INTO staging.shopify_order (payload) VALUES
  ('{"id": 910000000002, "name": "#9102", "total_price": "22.00", "currency": "USD", "financial_status": "pending", "created_at": "2026-10-01T10:00:00Z", "updated_at": "2026-10-01T10:30:00Z"}');
SELECT p.outcome, p.payload ->> 'total_price' AS total_price FROM meshline.event_payload AS p WHERE p.external_id = '910000000002' ORDER BY 2;
SELECT s.total FROM meshline.order_status AS s WHERE s.anchor_value = '910000000002';
SELECT * FROM pg_temp.found WHERE record_ids = ARRAY['shopify:order:910000000002'];

-- One event id with two payloads: the second is kept, and the orders of both are held.
INSERT INTO staging.shopify_order (event_id, payload) VALUES ('evt_ev3',
  '{"id": 910000000003, "name": "#9103", "total_price": "30.00", "currency": "USD", "financial_status": "pending", "created_at": "2026-10-01T10:00:00Z", "updated_at": "2026-10-01T10:00:00Z"}');
INSERT INTO staging.shopify_order (event_id, payload) VALUES ('evt_ev3',
  '{"id": 910000000004, "name": "#9104", "total_price": "40.00", "currency": "USD", "financial_status": "pending", "created_at": "2026-10-01T10:00:00Z", "updated_at": "2026-10-01T10:00:00Z"}');
SELECT v.external_id, v.source_event_id, v.outcome FROM meshline.event AS v WHERE v.source_event_id = 'evt_ev3' ORDER BY 1;
SELECT * FROM pg_temp.found WHERE reason_code = 'EVENT_ID_REUSED';
SELECT s.anchor_value, s.total, s.state, s.next_owner FROM meshline.order_status AS s WHERE s.anchor_value IN ('910000000003', '910000000004') ORDER BY 1;
-- The second payload again is a repeat and no more.
INSERT INTO staging.shopify_order (event_id, payload)
SELECT s.event_id, s.payload FROM staging.shopify_order AS s WHERE s.event_id = 'evt_ev3' AND s.payload LIKE '%#9104%';
SELECT * FROM pg_temp.found WHERE record_ids = ARRAY['shopify:order:910000000004'];

-- Read again, it is held as before.
SELECT meshline.replay_event(v.event_id) FROM meshline.event AS v WHERE v.source_event_id = 'evt_ev3' ORDER BY v.external_id;

-- Test mode: kept, in no sum.
INSERT INTO staging.shopify_order (payload) VALUES
  ('{"id": 910000000005, "name": "#9105", "test": true, "total_price": "50.00", "currency": "USD", "financial_status": "paid", "created_at": "2026-10-01T10:00:00Z", "updated_at": "2026-10-01T10:00:00Z"}'),
  ('{"id": 910000000006, "name": "#9106", "total_price": "60.00", "currency": "USD", "financial_status": "pending", "created_at": "2026-10-01T10:00:00Z", "updated_at": "2026-10-01T10:00:00Z"}');
INSERT INTO staging.stripe_charge (payload) VALUES
  ('{"id": "ch_ev6", "amount": 6000, "captured": true, "status": "succeeded", "currency": "usd", "created": 1790863205, "livemode": false, "metadata": {"shopify_order_id": "910000000006"}}');
SELECT v.external_id, v.outcome FROM meshline.event AS v WHERE v.external_id IN ('910000000005', 'ch_ev6') ORDER BY 1;
SELECT * FROM pg_temp.found WHERE reason_code = 'TEST_MODE_RECORD';
SELECT s.anchor_value, s.total, s.captured, s.state FROM meshline.order_status AS s WHERE s.anchor_value IN ('910000000005', '910000000006') ORDER BY 1;
