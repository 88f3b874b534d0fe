-- A deferred connection only queues what comes in; process_pending() does the work.
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET datestyle = iso;
SET meshline.as_of = '2026-10-20 12:00+00';
SELECT meshline.add_merchant('deferred', 'USD', 'UTC') AS merchant \gset
SELECT meshline.connect('shopify', 'deferred.myshopify.com', :merchant, '{"mode": "deferred"}') AS shopify \gset
SELECT meshline.connect('stripe', 'acct_deferred', :merchant) AS stripe \gset
INSERT INTO staging.shopify_order (merchant_id, payload) VALUES
  (:merchant, '{"id": 9901, "name": "#9901", "total_price": "10.00", "currency": "USD", "financial_status": "pending", "created_at": "2026-10-18T10:00:00Z", "updated_at": "2026-10-18T10:00:00Z"}'),
  (:merchant, '{"id": 9901, "name": "#9901", "total_price": "10.00", "currency": "USD", "financial_status": "pending", "created_at": "2026-10-18T10:00:00Z", "updated_at": "2026-10-18T10:00:00Z"}'),
  (:merchant, '{"id": 9902, "name": "#9902", "total_price": "20.00", "currency": "USD", "financial_status": "pending", "created_at": "2026-10-18T10:00:00Z", "updated_at": "2026-10-18T10:00:00Z"}'),
  (:merchant, 'no JSON');
-- The charge's own connection works at once.
INSERT INTO staging.stripe_charge (merchant_id, payload) VALUES (:merchant,
  '{"id": "ch_df1", "amount": 1000, "captured": true, "status": "succeeded", "currency": "usd", "created": 1792317600, "livemode": true, "metadata": {"shopify_order_id": "9901"}}');
SELECT h.connector, h.pending, h.events, h.applied, h.invalid, h.repeats FROM meshline.connector_health AS h WHERE h.merchant_id = :merchant ORDER BY 1;
SELECT s.anchor_value, s.total, s.captured, s.state FROM meshline.order_status AS s WHERE s.merchant_id = :merchant ORDER BY 1;
SELECT p.reason, count(*) FROM meshline.pending_event AS p WHERE p.merchant_id = :merchant GROUP BY p.reason;
SET client_min_messages = warning;
CALL meshline.process_pending();
SELECT h.connector, h.pending, h.events, h.applied, h.invalid, h.repeats FROM meshline.connector_health AS h WHERE h.merchant_id = :merchant ORDER BY 1;
SELECT s.anchor_value, s.total, s.captured, s.state FROM meshline.order_status AS s WHERE s.merchant_id = :merchant ORDER BY 1;
-- Called again it finds nothing to do; every call leaves its progress behind.
CALL meshline.process_pending();
SELECT j.job, j.total, j.done, j.finished_at IS NOT NULL AS is_finished FROM meshline.job AS j WHERE j.job = 'process_pending' ORDER BY j.job_id DESC LIMIT 2;

-- With several connections of one connector a loader says which it means; a row that does not waits.
SELECT meshline.connect('stripe', 'acct_deferred_2', :merchant) AS stripe_2 \gset
INSERT INTO staging.stripe_charge (merchant_id, connection_id, payload) VALUES
  (:merchant, :stripe_2, '{"id": "ch_df2", "amount": 2000, "captured": true, "status": "succeeded", "currency": "usd", "created": 1792317600, "livemode": true, "metadata": {"shopify_order_id": "9902"}}'),
  (:merchant, NULL, '{"id": "ch_df3", "amount": 1, "captured": true, "status": "succeeded", "currency": "usd", "created": 1792317600, "livemode": true, "metadata": {"shopify_order_id": "9902"}}');
SELECT p.connector, p.object, p.reason FROM meshline.pending_event AS p WHERE p.merchant_id = :merchant;
CALL meshline.process_pending();
SELECT p.connector, p.object, p.reason FROM meshline.pending_event AS p WHERE p.merchant_id = :merchant;
SELECT s.anchor_value, s.captured FROM meshline.order_status AS s WHERE s.merchant_id = :merchant ORDER BY 1;
DELETE FROM meshline.pending_event AS p WHERE p.merchant_id = :merchant;
