-- What deliveries show: repeats, stale versions, reused event ids, test mode, and payloads that cannot be read.
SET meshline.as_of = '2026-10-20 12:00+00';
CREATE FUNCTION pg_temp.order_as(id text, total text, updated text) RETURNS text LANGUAGE sql AS $$
  SELECT format('{"id": %s, "name": "#E%s", "total_price": "%s", "currency": "USD", "financial_status": "pending", "created_at": "2026-10-19T10:00:00Z", "updated_at": "%s"}', id, id, total, updated)
$$;
CREATE FUNCTION pg_temp.about(pattern text) RETURNS TABLE (reason_code text, status text, occurrences integer, is_holding boolean, record_ids text[]) LANGUAGE sql AS $$
  SELECT reason_code, status, occurrences, is_holding, record_ids FROM meshline.exceptions
  WHERE array_to_string(record_ids, ' ') LIKE pattern AND family = 'ingest' ORDER BY reason_code, record_ids
$$;
-- The same payload three times, member order and white space aside: one event, one record.
INSERT INTO staging.shopify_order (payload) SELECT pg_temp.order_as('950000000001', '10.00', '2026-10-19T11:00:00Z') FROM generate_series(1, 2);
INSERT INTO staging.shopify_order (payload) VALUES
  ('{ "updated_at": "2026-10-19T11:00:00Z", "created_at": "2026-10-19T10:00:00Z", "financial_status": "pending", "currency": "USD", "total_price": "10.00", "name": "#E950000000001", "id": 950000000001 }');
SELECT * FROM pg_temp.about('%950000000001%');
SELECT count(*) AS staged FROM staging.shopify_order WHERE payload LIKE '%950000000001%';
SELECT count(*) AS events FROM meshline.event WHERE external_id = '950000000001';
-- An older version after a newer one: kept, not applied.
INSERT INTO staging.shopify_order (payload) VALUES (pg_temp.order_as('950000000001', '12.00', '2026-10-19T13:00:00Z'));
INSERT INTO staging.shopify_order (payload) VALUES (pg_temp.order_as('950000000001', '11.00', '2026-10-19T12:00:00Z'));
SELECT * FROM pg_temp.about('%950000000001%');
SELECT amount_minor, version_at AT TIME ZONE 'UTC' AS version FROM meshline.record WHERE external_id = '950000000001';
SELECT outcome, count(*) FROM meshline.event WHERE external_id = '950000000001' GROUP BY outcome ORDER BY outcome;
-- One event id with two payloads: both orders are held.
INSERT INTO staging.shopify_order (event_id, payload) VALUES ('evt-1', pg_temp.order_as('950000000002', '10.00', '2026-10-19T11:00:00Z'));
INSERT INTO staging.shopify_order (event_id, payload) VALUES ('evt-1', pg_temp.order_as('950000000003', '10.00', '2026-10-19T11:00:00Z'));
INSERT INTO staging.shopify_order (event_id, payload) VALUES ('evt-1', pg_temp.order_as('950000000003', '10.00', '2026-10-19T11:00:00Z'));
SELECT * FROM pg_temp.about('%95000000000_%') WHERE record_ids && ARRAY['shopify:order:950000000002', 'shopify:order:950000000003'];
SELECT anchor_value, state, is_held FROM meshline.order_status WHERE anchor_value IN ('950000000002', '950000000003') ORDER BY 1;
-- Test mode: excluded from every sum.
INSERT INTO staging.stripe_charge (payload) VALUES ('{"id": "ch_evt1", "amount": 1000, "amount_captured": 1000, "captured": true, "status": "succeeded", "currency": "usd", "created": 1792317600, "livemode": false, "metadata": {"shopify_order_id": "950000000001"}}');
SELECT * FROM pg_temp.about('%ch_evt1%');
SELECT captured FROM meshline.order_status WHERE anchor_value = '950000000001';
-- A bad payload loses nothing: the good row of the same statement is reconciled.
INSERT INTO staging.shopify_order (payload) VALUES
  (pg_temp.order_as('950000000004', '10.00', '2026-10-19T11:00:00Z')),
  ('not json'), ('{"id": 950000000005, "name": "#E5", "currency": "USD", "updated_at": "2026-10-19T11:00:00Z"}'),
  ('{"id": 950000000006, "total_price": "1e400", "currency": "USD", "updated_at": "2026-10-19T11:00:00Z"}'),
  ('{"id": 950000000007, "total_price": "1.00", "currency": "ABC", "updated_at": "2026-10-19T11:00:00Z"}'),
  ('{"id": 950000000008, "note": "\u0000", "total_price": "1.00", "currency": "USD", "updated_at": "2026-10-19T11:00:00Z"'),
  ('[]'), ('{}'), (repeat('[', 10000));
SELECT external_id, status, amount_minor, problems FROM meshline.record WHERE external_id BETWEEN '950000000004' AND '950000000008' ORDER BY 1;
SELECT regexp_replace(explanation, 'staging row \d+', 'staging row N') AS explanation FROM meshline.open_exceptions
WHERE reason_code = 'INVALID_PAYLOAD' AND opened_at = '2026-10-20 12:00+00' ORDER BY explanation COLLATE "C";
SELECT count(*) AS pending FROM meshline.pending_event;
SELECT * FROM meshline.verify_history();
