-- A record is the newest version of a source object by the source's own clock, whatever the order of arrival.
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET datestyle = iso;
SET meshline.as_of = '2026-10-02 00:00+00';

-- Four versions in both orders of arrival, at two merchants, lead to the same records.
SELECT meshline.add_merchant('record forward', 'USD', 'UTC') AS forward \gset
SELECT meshline.add_merchant('record backward', 'USD', 'UTC') AS backward \gset
SELECT meshline.connect('shopify', 'record.myshopify.com', :forward) AS forward_connection \gset
SELECT meshline.connect('shopify', 'record.myshopify.com', :backward) AS backward_connection \gset
CREATE TEMPORARY TABLE version (i integer, payload text);
INSERT INTO version VALUES
  (1, '{"id": 9200, "name": "#9200", "total_price": "10.00", "currency": "USD", "financial_status": "pending", "created_at": "2026-10-01T10:00:00Z", "updated_at": "2026-10-01T10:00:00Z"}'),
  (2, '{"id": 9200, "name": "#9200", "total_price": "12.00", "currency": "USD", "financial_status": "paid", "created_at": "2026-10-01T10:00:00Z", "updated_at": "2026-10-01T12:00:01+02:00"}'),
  (3, '{"id": 9200, "name": "#9200", "total_price": "12.00", "currency": "USD", "financial_status": "partially_refunded", "created_at": "2026-10-01T10:00:00Z", "updated_at": "2026-10-01T10:00:02Z",
      "refunds": [{"id": 9201, "order_id": 9200, "created_at": "2026-10-01T10:00:02Z", "transactions": [{"id": 9202, "kind": "refund", "status": "success", "amount": "2.00", "currency": "USD", "created_at": "2026-10-01T10:00:02Z"}]}]}'),
  -- Of one moment as the third: the version that is further in its life stands.
  (4, '{"id": 9200, "name": "#9200", "total_price": "12.00", "currency": "USD", "financial_status": "refunded", "created_at": "2026-10-01T10:00:00Z", "updated_at": "2026-10-01T10:00:02Z"}');
INSERT INTO staging.shopify_order (merchant_id, connection_id, payload) SELECT :forward, :forward_connection, v.payload FROM version AS v WHERE v.i = 1;
INSERT INTO staging.shopify_order (merchant_id, connection_id, payload) SELECT :forward, :forward_connection, v.payload FROM version AS v WHERE v.i = 2;
INSERT INTO staging.shopify_order (merchant_id, connection_id, payload) SELECT :forward, :forward_connection, v.payload FROM version AS v WHERE v.i = 3;
INSERT INTO staging.shopify_order (merchant_id, connection_id, payload) SELECT :forward, :forward_connection, v.payload FROM version AS v WHERE v.i = 4;
INSERT INTO staging.shopify_order (merchant_id, connection_id, payload) SELECT :backward, :backward_connection, v.payload FROM version AS v ORDER BY v.i DESC;
SELECT m.name, r.object, r.external_id, r.status, r.amount_minor, r.currency, r.version_at, r.payload_path
FROM meshline.record AS r JOIN meshline.merchant AS m USING (merchant_id)
WHERE r.merchant_id IN (:forward, :backward) ORDER BY r.object, r.external_id, m.name;
-- A refund's document leaves its money to its transactions.
SELECT m.name, d.system, d.external_id, d.amount_minor, d.amount, d.currency FROM meshline.refund_documents AS d JOIN meshline.merchant AS m USING (merchant_id)
WHERE d.merchant_id IN (:forward, :backward) ORDER BY m.name;
SELECT m.name, v.version_at, v.outcome, count(*)
FROM meshline.event AS v JOIN meshline.merchant AS m USING (merchant_id)
WHERE v.merchant_id IN (:forward, :backward) GROUP BY m.name, v.version_at, v.outcome ORDER BY m.name DESC, v.version_at, v.outcome;
SELECT m.name, s.total, s.captured, s.refunded, s.refund_count, s.order_status
FROM meshline.order_status AS s JOIN meshline.merchant AS m USING (merchant_id)
WHERE s.merchant_id IN (:forward, :backward) ORDER BY m.name DESC;

-- Stripe's clock stands still at creation; what counts up is the source's own counter, then the status.
INSERT INTO staging.stripe_charge (payload) VALUES
  ('{"id": "ch_rc1", "amount": 900, "captured": true, "status": "succeeded", "currency": "usd", "created": 1790863205, "amount_refunded": 0}'),
  ('{"id": "ch_rc1", "amount": 900, "captured": false, "status": "succeeded", "currency": "usd", "created": 1790863205, "amount_refunded": 0}');
SELECT r.status FROM meshline.record AS r WHERE r.external_id = 'ch_rc1';

-- Shopify tells of a deletion by the bare id.
INSERT INTO staging.shopify_order (payload) VALUES
  ('{"id": 920000000001, "name": "#9201", "total_price": "10.00", "currency": "USD", "financial_status": "pending", "created_at": "2026-10-01T10:00:00Z", "updated_at": "2026-10-01T10:00:00Z"}');
INSERT INTO staging.shopify_order (payload) VALUES ('{"id": 920000000001}');
SELECT r.status, r.amount_minor FROM meshline.record AS r WHERE r.external_id = '920000000001';
SELECT s.order_status, s.total, s.state FROM meshline.order_status AS s WHERE s.anchor_value = '920000000001';

-- An id may be given as a number, as text, or as a GraphQL id: one record.
INSERT INTO staging.shopify_order (payload) VALUES
  ('{"id": "920000000002", "name": "#9202", "total_price": "10.00", "currency": "USD", "financial_status": "pending", "created_at": "2026-10-01T10:00:00Z", "updated_at": "2026-10-01T10:00:00Z"}'),
  ('{"id": "gid://shopify/Order/920000000002", "name": "#9202", "total_price": "11.00", "currency": "USD", "financial_status": "pending", "created_at": "2026-10-01T10:00:00Z", "updated_at": "2026-10-01T10:00:01Z"}');
SELECT r.external_id, r.amount_minor FROM meshline.record AS r WHERE r.external_id LIKE '%920000000002';
