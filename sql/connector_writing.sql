-- The connector that docs/connectors.md teaches to write, step by step; and one that moves to another database.
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET datestyle = iso;
SET meshline.as_of = '2026-10-20 12:00+00';
SELECT meshline.add_merchant('writing', 'USD', 'UTC') AS merchant \gset
SELECT meshline.install_connector('{"connector": "bay", "version": "0.1", "title": "Bay", "role": "marketplace",
  "namespaces": {"bay.order": {"rank": 0}},
  "objects": {
    "order": {"kind": "order", "id": "orderId", "version": {"time": "lastModifiedDate"}, "occurred": "creationDate",
      "required": ["id", "amount", "currency"],
      "amount": {"value": "pricingSummary.total.value", "unit": "major"}, "currency": "pricingSummary.total.currency",
      "identifiers": [{"namespace": "bay.order", "value": "orderId", "role": "own"}]}}}');
SELECT meshline.connect('bay', 'northwind_outlet', :merchant) AS bay \gset
INSERT INTO staging.bay_order (merchant_id, payload) VALUES (:merchant, '{"orderId": "12-07711-90001",
  "creationDate": "2026-10-18T09:30:00.000Z", "lastModifiedDate": "2026-10-19T08:00:00.000Z", "orderPaymentStatus": "PARTIALLY_REFUNDED",
  "pricingSummary": {"total": {"value": "57.00", "currency": "USD"}},
  "paymentSummary": {
    "payments": [{"paymentReferenceId": "5310-1", "paymentDate": "2026-10-18T09:31:00.000Z", "paymentStatus": "PAID", "amount": {"value": "57.00", "currency": "USD"}}],
    "refunds": [{"refundId": "7001", "refundDate": "2026-10-19T08:00:00.000Z", "refundStatus": "REFUNDED", "amount": {"value": "7.00", "currency": "USD"}}]}}');
SELECT r.object, r.external_id, r.status, r.amount_minor, r.currency, r.occurred_at FROM meshline.record AS r WHERE r.connection_id = :bay;

-- The outcomes, and what is nested.
SELECT meshline.install_connector('{"connector": "bay", "version": "0.2", "title": "Bay", "role": "marketplace",
  "namespaces": {"bay.order": {"rank": 0}, "bay.payment": {}, "bay.refund": {}},
  "objects": {
    "order": {"kind": "order", "id": "orderId", "version": {"time": "lastModifiedDate"}, "occurred": "creationDate",
      "required": ["id", "amount", "currency"],
      "amount": {"value": "pricingSummary.total.value", "unit": "major"}, "currency": "pricingSummary.total.currency",
      "status": {"map": {"PAID": "paid", "PENDING": "pending", "FAILED": "failed", "PARTIALLY_REFUNDED": "partially_refunded",
                         "FULLY_REFUNDED": "refunded"}, "of": "orderPaymentStatus", "default": "unknown"},
      "identifiers": [{"namespace": "bay.order", "value": "orderId", "role": "own"}],
      "nested": [{"object": "payment", "path": "paymentSummary.payments[]"}, {"object": "refund", "path": "paymentSummary.refunds[]"}]},
    "payment": {"kind": "payment", "id": "paymentReferenceId", "occurred": "paymentDate", "required": ["id", "amount", "currency"],
      "amount": {"value": "amount.value", "unit": "major"}, "currency": "amount.currency",
      "status": {"map": {"PAID": "paid", "PENDING": "pending", "FAILED": "failed"}, "of": "paymentStatus", "default": "unknown"},
      "identifiers": [{"namespace": "bay.payment", "value": "paymentReferenceId", "role": "own"},
                      {"namespace": "bay.order", "value": "^order.orderId", "role": "ref"}]},
    "refund": {"kind": "refund", "id": "refundId", "occurred": "refundDate", "required": ["id", "amount", "currency"],
      "amount": {"value": "amount.value", "unit": "major"}, "currency": "amount.currency",
      "status": {"map": {"REFUNDED": "paid", "PENDING": "pending", "FAILED": "failed"}, "of": "refundStatus", "default": "unknown"},
      "identifiers": [{"namespace": "bay.refund", "value": "refundId", "role": "own"},
                      {"namespace": "bay.order", "value": "^order.orderId", "role": "ref"}]}}}');
SET client_min_messages = warning;
SELECT meshline.replay_connection(:bay, '-infinity');
RESET client_min_messages;
SELECT r.object, r.external_id, r.status, r.amount_minor, r.payload_path FROM meshline.record AS r WHERE r.connection_id = :bay ORDER BY r.object;
SELECT s.anchor_value, s.total, s.captured, s.refunded, s.state FROM meshline.order_status AS s WHERE s.merchant_id = :merchant;

-- A payload that the definition does not expect is kept, with an owner and the place.
INSERT INTO staging.bay_order (merchant_id, payload) VALUES (:merchant, '{"orderId": "12-07711-90002",
  "creationDate": "2026-10-19T09:30:00.000Z", "lastModifiedDate": "2026-10-19T09:30:00.000Z", "orderPaymentStatus": "PENDING",
  "pricingSummary": {"total": {"value": "57,00 EUR"}}}');
SELECT x.owner_queue, x.explanation FROM meshline.open_exceptions AS x WHERE x.merchant_id = :merchant AND x.reason_code = 'INVALID_PAYLOAD';
SELECT f.object, f.field, f.path, f.problems, f.outcome FROM meshline.field_mapping AS f WHERE f.connection_id = :bay AND f.outcome = 'failing' ORDER BY 2;
-- A mistake in a definition is named by its place.
SELECT meshline.install_connector(jsonb_set(meshline.export_connector('bay'), '{objects,order,amount,unit}', '"cents"')); -- fails

-- The same connector in another database: what comes out there is byte for byte what went in.
SELECT meshline.export_connector('bay') AS definition \gset
SELECT md5(meshline.export_connector('bay')::text) AS exported \gset
\set source :DBNAME
CREATE DATABASE regress_connector_copy;
\c regress_connector_copy
\set SHOW_CONTEXT never
CREATE EXTENSION meshline;
SELECT meshline.create_workspace();
SELECT meshline.install_connector(:'definition');
SELECT md5(meshline.export_connector('bay')::text) = :'exported' AS is_the_same;
SELECT meshline.connect('bay', 'elsewhere') AS connection;
INSERT INTO staging.bay_order (payload) VALUES ('{"orderId": "1", "lastModifiedDate": "2026-10-19T08:00:00Z", "pricingSummary": {"total": {"value": "1.00", "currency": "USD"}}}');
SELECT s.anchor_value, s.total FROM meshline.order_status AS s;
-- All that come with meshline make the journey, too.
SELECT count(meshline.install_connector(meshline.export_connector(c.connector))) = count(*) AS all_installed,
       bool_and(meshline.export_connector(c.connector) = c.definition) AS all_the_same FROM meshline.connector AS c;
\c :source
DROP DATABASE regress_connector_copy;
