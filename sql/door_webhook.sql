-- Receivers of webhooks: one row at a time, with the headers of the delivery or an event id of its own.
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET datestyle = iso;
SET meshline.as_of = '2026-10-20 12:00+00';
SELECT meshline.add_merchant('webhook', 'USD', 'UTC') AS merchant \gset
SELECT meshline.connect('shopify', 'webhook.myshopify.com', :merchant) AS shopify \gset
SELECT meshline.connect('stripe', 'acct_webhook', :merchant) AS stripe \gset
CREATE VIEW pg_temp.orders AS
  SELECT s.anchor_value, s.total, s.captured, s.order_status, s.state
  FROM meshline.order_status AS s JOIN meshline.merchant AS m USING (merchant_id) WHERE m.name = 'webhook' ORDER BY s.anchor_value;
CREATE VIEW pg_temp.deliveries AS
  SELECT v.external_id, v.source_event_id, v.outcome FROM meshline.event AS v JOIN meshline.merchant AS m USING (merchant_id)
  WHERE m.name = 'webhook' ORDER BY v.external_id, v.source_event_id;
PREPARE receive AS INSERT INTO staging.shopify_order (merchant_id, connection_id, headers, payload) VALUES ($1, $2, $3, $4);

-- Shopify's headers name the event, however their names are written; the topic is part of it where it is there.
EXECUTE receive (:merchant, :shopify, '{"X-Shopify-Topic": "orders/create", "X-Shopify-Event-Id": "ev-1", "X-Shopify-Webhook-Id": "wh-1"}',
  '{"id": 99001, "name": "#99001", "total_price": "10.00", "currency": "USD", "financial_status": "pending", "created_at": "2026-10-18T10:00:00Z", "updated_at": "2026-10-18T10:00:00Z"}');
EXECUTE receive (:merchant, :shopify, '{"x-shopify-topic": ["orders/create"], "x-shopify-event-id": ["ev-1"], "x-shopify-webhook-id": ["wh-2"]}',
  '{"id": 99001, "name": "#99001", "total_price": "10.00", "currency": "USD", "financial_status": "pending", "created_at": "2026-10-18T10:00:00Z", "updated_at": "2026-10-18T10:00:00Z"}');
-- One action of the merchant is one event under several topics, each with a payload of its own.
EXECUTE receive (:merchant, :shopify, '{"X-Shopify-Topic": "orders/paid", "X-Shopify-Event-Id": "ev-1", "X-Shopify-Webhook-Id": "wh-3"}',
  '{"id": 99001, "name": "#99001", "total_price": "10.00", "currency": "USD", "financial_status": "paid", "created_at": "2026-10-18T10:00:00Z", "updated_at": "2026-10-18T10:00:01Z"}');
EXECUTE receive (:merchant, :shopify, '{"X-Shopify-Webhook-Id": "wh-4"}',
  '{"id": 99002, "name": "#99002", "total_price": "20.00", "currency": "USD", "financial_status": "pending", "created_at": "2026-10-18T10:00:00Z", "updated_at": "2026-10-18T10:00:00Z"}');
-- What the loader says itself counts before the headers; headers that say nothing are as good as none.
INSERT INTO staging.shopify_order (merchant_id, event_id, headers, payload) VALUES (:merchant, 'own-1', '{"X-Shopify-Event-Id": "ev-9"}',
  '{"id": 99003, "name": "#99003", "total_price": "30.00", "currency": "USD", "financial_status": "pending", "created_at": "2026-10-18T10:00:00Z", "updated_at": "2026-10-18T10:00:00Z"}');
EXECUTE receive (:merchant, :shopify, '["X-Shopify-Event-Id", "ev-1"]',
  '{"id": 99004, "name": "#99004", "total_price": "40.00", "currency": "USD", "financial_status": "pending", "created_at": "2026-10-18T10:00:00Z", "updated_at": "2026-10-18T10:00:00Z"}');
EXECUTE receive (:merchant, :shopify, '{"X-Shopify-Event-Id": " ", "X-Shopify-Webhook-Id": 5, "Content-Type": null}',
  '{"id": 99005, "name": "#99005", "total_price": "50.00", "currency": "USD", "financial_status": "pending", "created_at": "2026-10-18T10:00:00Z", "updated_at": "2026-10-18T10:00:00Z"}');
SELECT * FROM pg_temp.orders;
SELECT * FROM pg_temp.deliveries;
-- One event id with another payload is reported, as it is where the loader names the event.
EXECUTE receive (:merchant, :shopify, '{"X-Shopify-Webhook-Id": "wh-4"}',
  '{"id": 99002, "name": "#99002", "total_price": "25.00", "currency": "USD", "financial_status": "pending", "created_at": "2026-10-18T10:00:00Z", "updated_at": "2026-10-18T10:00:00Z"}');
SELECT x.reason_code, x.occurrences, x.explanation, x.record_ids FROM meshline.exceptions AS x
WHERE x.merchant_id = :merchant AND x.reason_code IN ('EVENT_ID_REUSED', 'DUPLICATE_EVENT') ORDER BY 1, 4;
-- Rows that wait keep their headers.
SELECT meshline.add_merchant('webhook deferred', 'USD', 'UTC') AS merchant_two \gset
SELECT meshline.connect('shopify', 'deferred.myshopify.com', :merchant_two, '{"mode": "deferred"}') AS shopify_two \gset
EXECUTE receive (:merchant_two, :shopify_two, '{"X-Shopify-Event-Id": "ev-21"}',
  '{"id": 99021, "name": "#99021", "total_price": "10.00", "currency": "USD", "financial_status": "pending", "created_at": "2026-10-18T10:00:00Z", "updated_at": "2026-10-18T10:00:00Z"}');
SET client_min_messages = warning;
CALL meshline.process_pending();
RESET client_min_messages;
SELECT v.external_id, v.source_event_id FROM meshline.event AS v WHERE v.merchant_id = :merchant_two;

-- n8n and Zapier write into a table of the user's, one INSERT per item, with or without a unique column.
CREATE SCHEMA regress_webhook;
CREATE TABLE regress_webhook.inbox (event_id text PRIMARY KEY, headers jsonb, payload jsonb, received_at timestamptz DEFAULT now());
SELECT meshline.attach_table('regress_webhook.inbox', :stripe, 'event', 'payload');
PREPARE inbox AS INSERT INTO regress_webhook.inbox (event_id, headers, payload) VALUES ($1, $2, $3) ON CONFLICT (event_id) DO NOTHING;
EXECUTE inbox ('evt_wh1', '{"stripe-signature": "t=1"}', '{"id": "evt_wh1", "object": "event", "type": "charge.succeeded", "created": 1792317605, "livemode": true, "data": {"object":
  {"id": "ch_wh1", "object": "charge", "amount": 1000, "captured": true, "status": "succeeded", "currency": "usd", "created": 1792317600, "livemode": true, "metadata": {"shopify_order_id": "99001"}}}}');
EXECUTE inbox ('evt_wh1', '{"stripe-signature": "t=2"}', '{"id": "evt_wh1", "object": "event", "type": "charge.succeeded", "created": 1792317605, "livemode": true, "data": {"object":
  {"id": "ch_wh1", "object": "charge", "amount": 1000, "captured": true, "status": "succeeded", "currency": "usd", "created": 1792317600, "livemode": true, "metadata": {"shopify_order_id": "99001"}}}}');
PREPARE inbox_update AS INSERT INTO regress_webhook.inbox (event_id, headers, payload) VALUES ($1, $2, $3)
ON CONFLICT (event_id) DO UPDATE SET headers = excluded.headers, payload = excluded.payload RETURNING event_id;
EXECUTE inbox_update ('evt_wh2', NULL, '{"id": "evt_wh2", "object": "event", "type": "charge.succeeded", "created": 1792317605, "livemode": true, "data": {"object":
  {"id": "ch_wh2", "object": "charge", "amount": 2000, "captured": true, "status": "succeeded", "currency": "usd", "created": 1792317600, "livemode": true, "metadata": {"shopify_order_id": "99002"}}}}');
EXECUTE inbox_update ('evt_wh2', NULL, '{"id": "evt_wh2", "object": "event", "type": "charge.succeeded", "created": 1792317605, "livemode": true, "data": {"object":
  {"id": "ch_wh2", "object": "charge", "amount": 2000, "captured": true, "status": "succeeded", "currency": "usd", "created": 1792317600, "livemode": true, "metadata": {"shopify_order_id": "99002"}}}}');
INSERT INTO staging.stripe_refund (merchant_id, event_id, payload) SELECT :merchant, 'evt_wh3',
  '{"id": "re_wh1", "amount": 300, "currency": "usd", "status": "succeeded", "created": 1792400000, "charge": "ch_wh1"}' FROM generate_series(1, 2) AS g;
SELECT * FROM pg_temp.orders;
SELECT * FROM pg_temp.deliveries WHERE external_id ~ '_wh';
SET client_min_messages = warning;
SELECT meshline.detach_table('regress_webhook.inbox');
DROP SCHEMA regress_webhook CASCADE;
