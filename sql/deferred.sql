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

-- A history: two tables that clear each other up leave nothing that was found between them. Then the account goes on at once.
SELECT meshline.add_merchant('history', 'USD', 'UTC') AS history \gset
SELECT meshline.connect('shopify', 'history.myshopify.com', :history, '{"mode": "deferred"}') AS history_shop \gset
SELECT meshline.connect('stripe', 'acct_history', :history, '{"mode": "deferred"}') AS history_stripe \gset
INSERT INTO staging.shopify_order (merchant_id, payload)
SELECT :history, format('{"id": %s, "name": "#%s", "total_price": "10.00", "currency": "USD", "financial_status": "paid", "created_at": "2026-08-18T10:00:00Z", "updated_at": "2026-08-18T10:00:00Z"}', n, n)
FROM generate_series(9950, 9953) AS n;
INSERT INTO staging.stripe_charge (merchant_id, payload)
SELECT :history, format('{"id": "ch_hi%s", "amount": 1000, "captured": true, "status": "succeeded", "currency": "usd", "created": 1787047200, "livemode": true, "metadata": {"shopify_order_id": "%s"}}', n, n)
FROM generate_series(9950, 9952) AS n;
CALL meshline.process_pending();
SELECT x.reason_code, x.status, count(*) FROM meshline.exceptions AS x WHERE x.merchant_id = :history GROUP BY 1, 2 ORDER BY 1, 2;
SELECT meshline.connect('shopify', 'history.myshopify.com', :history) = :history_shop AS is_the_same;
INSERT INTO staging.shopify_order (merchant_id, payload) VALUES
  (:history, '{"id": 9954, "name": "#9954", "total_price": "10.00", "currency": "USD", "financial_status": "paid", "created_at": "2026-08-18T10:00:00Z", "updated_at": "2026-08-18T10:00:00Z"}');
SELECT s.anchor_value, s.state FROM meshline.order_status AS s WHERE s.merchant_id = :history ORDER BY 1;
-- What cannot be looked at stays behind by itself, is named, and is looked at by the next call.
CREATE FUNCTION pg_temp.refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no more than ten dollars'; END $$;
CREATE TRIGGER refuse BEFORE UPDATE ON meshline.canonical FOR EACH ROW WHEN (NEW.total_minor > 1000) EXECUTE FUNCTION pg_temp.refuse();
SELECT meshline.connect('shopify', 'history.myshopify.com', :history, '{"mode": "deferred"}') = :history_shop AS is_the_same;
INSERT INTO staging.shopify_order (merchant_id, payload)
SELECT :history, format('{"id": %s, "name": "#%s", "total_price": "%s.00", "currency": "USD", "financial_status": "pending", "created_at": "2026-10-18T10:00:00Z", "updated_at": "2026-10-18T10:00:00Z"}', 9960 + n, 9960 + n, 9 + n)
FROM generate_series(0, 2) AS n;
SET client_min_messages = error;
CALL meshline.process_pending();
SELECT s.anchor_value, s.total FROM meshline.order_status AS s WHERE s.merchant_id = :history AND s.total <> 10 ORDER BY 1;
SELECT count(*) AS pending FROM meshline.pending_order AS p WHERE p.merchant_id = :history;
DROP TRIGGER refuse ON meshline.canonical;
CALL meshline.process_pending();
SELECT s.anchor_value, s.total FROM meshline.order_status AS s WHERE s.merchant_id = :history AND s.total <> 10 ORDER BY 1;
SELECT count(*) AS pending FROM meshline.pending_order AS p WHERE p.merchant_id = :history;

-- A table of a tool that is read again: what is known of it is no delivery made twice, and leaves no copy.
SELECT meshline.add_merchant('deferred table', 'USD', 'UTC') AS of_table \gset
SELECT meshline.connect('shopify', 'table.myshopify.com', :of_table, '{"mode": "deferred"}') AS of_table_shop \gset
CREATE SCHEMA deferred_tool;
CREATE TABLE deferred_tool.orders (payload jsonb);
INSERT INTO deferred_tool.orders SELECT jsonb_build_object('id', n, 'name', '#' || n, 'total_price', '10.00', 'currency', 'USD', 'financial_status', 'pending',
  'created_at', '2026-10-18T10:00:00Z', 'updated_at', '2026-10-18T10:00:00Z') FROM generate_series(9970, 9972) AS n;
SELECT meshline.attach_table('deferred_tool.orders', :of_table_shop, 'order', 'payload');
SELECT meshline.rescan('deferred_tool.orders') AS rows_read;
SELECT h.pending, h.events, h.repeats FROM meshline.connector_health AS h WHERE h.merchant_id = :of_table;
CALL meshline.process_pending();
SELECT h.pending, h.events, h.repeats FROM meshline.connector_health AS h WHERE h.merchant_id = :of_table;
CREATE TABLE deferred_tool.orders_new AS SELECT * FROM deferred_tool.orders;
INSERT INTO deferred_tool.orders_new SELECT jsonb_set(o.payload, '{id}', '9973') FROM deferred_tool.orders AS o LIMIT 1;
DROP TABLE deferred_tool.orders;
ALTER TABLE deferred_tool.orders_new RENAME TO orders;
SELECT h.pending FROM meshline.connector_health AS h WHERE h.merchant_id = :of_table;
CALL meshline.process_pending();
SELECT h.pending, h.events, h.repeats FROM meshline.connector_health AS h WHERE h.merchant_id = :of_table;
SELECT count(*) AS copies FROM meshline.attached_payload AS p WHERE p.merchant_id = :of_table;
-- What the tool does write twice is a repeat.
INSERT INTO deferred_tool.orders SELECT o.payload FROM deferred_tool.orders AS o LIMIT 1;
CALL meshline.process_pending();
SELECT h.pending, h.events, h.repeats FROM meshline.connector_health AS h WHERE h.merchant_id = :of_table;
SELECT meshline.detach_table('deferred_tool.orders');
DROP SCHEMA deferred_tool CASCADE;
