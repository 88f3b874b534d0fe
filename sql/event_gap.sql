-- What should have come and did not: silence, the order behind what a shop sent, the row of a refund that is nested only.
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET datestyle = iso;
SELECT meshline.add_merchant('gap', 'USD', 'UTC') AS merchant \gset
SELECT meshline.install_connector('{"connector": "hourly", "version": "1", "title": "Hourly", "role": "processor", "expectations": {"event_gap_hours": 0}, "objects": {"payment": {"kind": "payment", "id": "id"}}}'); -- fails
SELECT meshline.install_connector('{"connector": "hourly", "version": "1", "title": "Hourly", "role": "processor", "expectations": {"event_gap_hours": 2}, "objects": {
  "payment": {"kind": "payment", "id": "id", "version": {"time": "at"}, "status": {"const": "paid"}, "required": ["amount"], "amount": {"value": "sum", "unit": "major"}, "currency": "cur"}}}');
SELECT meshline.connect('hourly', 'main', :merchant) AS hourly \gset
SELECT meshline.connect('shopify', 'gap.myshopify.com', :merchant) AS shopify \gset
UPDATE meshline.connection SET connected_at = '2026-10-18 00:00+00' WHERE merchant_id = :merchant;
CREATE VIEW pg_temp.found AS
  SELECT x.reason_code, x.status, x.owner_queue, x.severity, x.due_at, x.record_ids, x.explanation
  FROM meshline.exceptions AS x JOIN meshline.merchant AS m USING (merchant_id)
  WHERE m.name = 'gap' AND x.reason_code IN ('EVENT_GAP', 'MISSING_IN_SOURCE_SYNC') ORDER BY 1, 7;
SET client_min_messages = warning;
-- A connection that never said anything is silent from when it was connected; one without an expectation is not.
CALL meshline.sweep('2026-10-18 01:00+00');
SELECT * FROM pg_temp.found;
CALL meshline.sweep('2026-10-18 03:00+00');
SELECT * FROM pg_temp.found;
INSERT INTO staging.hourly_payment (merchant_id, payload, received_at) VALUES (:merchant, '{"id": "p1", "at": "2026-10-18T03:05:00Z", "sum": "1.00", "cur": "USD"}', '2026-10-18 03:20+00');
INSERT INTO staging.hourly_payment (merchant_id, payload, received_at) VALUES (:merchant, '{"id": "p2", "at": "2026-10-18T03:20:00Z", "cur": "USD"}', '2026-10-18 03:30+00');
CALL meshline.sweep('2026-10-18 04:00+00');
SELECT * FROM pg_temp.found;
CALL meshline.sweep('2026-10-18 06:00+00');
SELECT * FROM pg_temp.found;
SET meshline.as_of = '2026-10-18 06:00+00';
SELECT h.connector, h.events, h.invalid_percent, h.last_good_event_at, h.silence, h.event_gap_hours, h.is_silent, h.average_lag, h.unwatched_tables
FROM meshline.connector_health AS h WHERE h.merchant_id = :merchant ORDER BY h.connector;
-- The merchant's word counts before the definition's; null asks the definition again.
SELECT meshline.set_policy('event_gap_hours', '24', :hourly, :merchant);
CALL meshline.sweep('2026-10-18 06:00+00');
SELECT status, explanation FROM pg_temp.found;
SELECT meshline.set_policy('event_gap_hours', 'null', :hourly, :merchant);
SELECT h.event_gap_hours FROM meshline.connector_health AS h WHERE h.merchant_id = :merchant AND h.connector = 'hourly';
SELECT meshline.set_policy('event_gap_hours', '1000', :hourly, :merchant);

-- A shop's refund, and never its order.
SET meshline.as_of = '2026-10-18 10:00+00';
INSERT INTO staging.shopify_refund (merchant_id, connection_id, payload, received_at) VALUES (:merchant, :shopify,
  '{"id": 99501, "order_id": 99401, "created_at": "2026-10-18T09:00:00Z", "transactions": [{"id": 99601, "kind": "refund", "status": "success", "amount": "5.00", "currency": "USD", "gateway": "manual"}]}', '2026-10-18 10:00+00');
CALL meshline.sweep('2026-10-18 12:00+00');
SELECT reason_code, record_ids FROM pg_temp.found WHERE status = 'open';
CALL meshline.sweep('2026-10-19 12:00+00');
SELECT * FROM pg_temp.found WHERE status = 'open';
-- It goes where the refund goes, and comes back with it.
INSERT INTO staging.shopify_order (merchant_id, connection_id, payload) VALUES (:merchant, :shopify,
  '{"id": 99400, "name": "#99400", "total_price": "10.00", "currency": "USD", "financial_status": "pending", "created_at": "2026-10-18T08:00:00Z", "updated_at": "2026-10-18T09:00:00Z"}');
CREATE VIEW pg_temp.gap_of_refund AS
  SELECT x.status, x.is_present, k.anchor_value, k.open_count
  FROM meshline.recon_exception AS x JOIN meshline.canonical AS k USING (merchant_id, canonical_id)
  WHERE x.subject = 'shopify:refund:99501' AND x.reason_code = 'EVENT_GAP';
SELECT * FROM pg_temp.gap_of_refund;
SELECT meshline.merge(meshline.canonical_of('shopify', 'refund', '99501', :merchant), meshline.canonical_of('shopify', 'order', '99400', :merchant), 'try') AS merge \gset
SELECT * FROM pg_temp.gap_of_refund;
SELECT meshline.unmerge(:merge) IS NOT NULL AS is_apart;
SELECT * FROM pg_temp.gap_of_refund;
SET meshline.as_of = '2026-10-19 12:00+00';
INSERT INTO staging.shopify_order (merchant_id, connection_id, payload) VALUES (:merchant, :shopify,
  '{"id": 99401, "name": "#99401", "total_price": "10.00", "currency": "USD", "financial_status": "partially_refunded", "created_at": "2026-10-18T08:00:00Z", "updated_at": "2026-10-18T09:00:00Z"}');
CALL meshline.sweep('2026-10-19 13:00+00');
SELECT reason_code, status, explanation FROM pg_temp.found WHERE record_ids <> '{}';

-- An order with a refund in it, of a connection that has rows of refunds: the row is missing until it comes.
INSERT INTO staging.shopify_order (merchant_id, connection_id, payload) VALUES (:merchant, :shopify,
  '{"id": 99402, "name": "#99402", "total_price": "20.00", "currency": "USD", "financial_status": "partially_refunded", "created_at": "2026-10-18T08:00:00Z", "updated_at": "2026-10-18T09:00:00Z",
    "refunds": [{"id": 99502, "order_id": 99402, "created_at": "2026-10-18T09:00:00Z", "transactions": [{"id": 99602, "kind": "refund", "status": "success", "amount": "5.00", "currency": "USD", "gateway": "manual"}]}]}');
CALL meshline.sweep('2026-10-21 12:00+00');
SELECT reason_code, record_ids FROM pg_temp.found WHERE reason_code = 'MISSING_IN_SOURCE_SYNC';
SELECT meshline.set_policy('synced_objects', '["refund"]', :shopify, :merchant);
CALL meshline.sweep('2026-10-19 13:00+00');
SELECT reason_code, record_ids FROM pg_temp.found WHERE reason_code = 'MISSING_IN_SOURCE_SYNC';
CALL meshline.sweep('2026-10-21 12:00+00');
SELECT * FROM pg_temp.found WHERE reason_code = 'MISSING_IN_SOURCE_SYNC';
SELECT s.state, s.refunded FROM meshline.order_status AS s WHERE s.merchant_id = :merchant AND s.anchor_value = '99402';
INSERT INTO staging.shopify_refund (merchant_id, connection_id, payload) VALUES (:merchant, :shopify,
  '{"id": 99502, "order_id": 99402, "created_at": "2026-10-18T09:00:00Z", "transactions": [{"id": 99602, "kind": "refund", "status": "success", "amount": "5.00", "currency": "USD", "gateway": "manual"}]}');
CALL meshline.sweep('2026-10-21 13:00+00');
SELECT reason_code, status FROM pg_temp.found WHERE reason_code = 'MISSING_IN_SOURCE_SYNC';
SELECT s.refunded FROM meshline.order_status AS s WHERE s.merchant_id = :merchant AND s.anchor_value = '99402';

-- Which fields a definition reads, and which of them fail.
SET meshline.as_of = '2026-10-20 12:00+00';
SELECT f.object, f.field, f.path, f.is_required, f.owner, f.validation, f.problems, f.events, f.outcome
FROM meshline.field_mapping AS f WHERE f.merchant_id = :merchant AND f.connector = 'hourly' ORDER BY 2;
SELECT f.field, f.path, f.is_required, f.problems, f.outcome FROM meshline.field_mapping AS f
WHERE f.merchant_id = :merchant AND f.connector = 'shopify' AND f.object = 'refund' ORDER BY 1, 2;
SELECT count(DISTINCT f.connector) = (SELECT count(DISTINCT n.connector) FROM meshline.connection AS n) AS all_connectors, bool_and(f.path <> '') AS all_have_a_path
FROM meshline.field_mapping AS f;
