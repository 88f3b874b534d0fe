-- Debezium's JDBC sink: upserts one by one and in batches, deletes by key. Its tables mirror their source, if one says so.
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET datestyle = iso;
SET meshline.as_of = '2026-10-20 12:00+00';
SELECT meshline.add_merchant('debezium', 'USD', 'UTC') AS merchant \gset
SELECT meshline.connect('shopify', 'debezium.myshopify.com', :merchant) AS shopify \gset
SELECT meshline.connect('stripe', 'acct_debezium', :merchant) AS stripe \gset
CREATE VIEW pg_temp.orders AS
  SELECT s.anchor_value, s.total, s.captured, s.order_status, s.state
  FROM meshline.order_status AS s JOIN meshline.merchant AS m USING (merchant_id) WHERE m.name = 'debezium' ORDER BY s.anchor_value;
CREATE VIEW pg_temp.deliveries AS
  SELECT v.object, v.outcome, count(*) FROM meshline.event AS v JOIN meshline.merchant AS m USING (merchant_id)
  WHERE m.name = 'debezium' GROUP BY v.object, v.outcome ORDER BY 1, 2;
CREATE SCHEMA regress_debezium;
CREATE TABLE regress_debezium.orders (
  id bigint PRIMARY KEY, name text, total_price numeric(12,2), currency text, financial_status text, created_at timestamptz, updated_at timestamptz,
  __deleted text, __op text, __source_ts_ms bigint);
SELECT meshline.attach_table('regress_debezium.orders', :shopify, 'order');
PREPARE upsert AS INSERT INTO regress_debezium.orders VALUES ($1, $2, $3, 'USD', $4, '2026-10-18 10:00+00', $5, 'false', $6, $7)
ON CONFLICT (id) DO UPDATE SET name = excluded.name, total_price = excluded.total_price, currency = excluded.currency,
  financial_status = excluded.financial_status, created_at = excluded.created_at, updated_at = excluded.updated_at,
  __deleted = excluded.__deleted, __op = excluded.__op, __source_ts_ms = excluded.__source_ts_ms;
EXECUTE upsert (98901, '#98901', 10, 'pending', '2026-10-18 10:00+00', 'c', 1792317600000);
EXECUTE upsert (98901, '#98901', 10, 'paid', '2026-10-18 10:05+00', 'u', 1792317900000);
-- The same change again.
EXECUTE upsert (98901, '#98901', 10, 'paid', '2026-10-18 10:05+00', 'u', 1792317900000);
-- A batch.
INSERT INTO regress_debezium.orders
SELECT * FROM UNNEST(ARRAY[98901, 98902, 98903]::bigint[], ARRAY['#98901', '#98902', '#98903'], ARRAY[11, 20, 30]::numeric[], ARRAY['USD', 'USD', 'USD'],
  ARRAY['paid', 'pending', 'pending'], ARRAY['2026-10-18 10:00+00', '2026-10-18 10:00+00', '2026-10-18 10:00+00']::timestamptz[],
  ARRAY['2026-10-18 10:10+00', '2026-10-18 10:00+00', '2026-10-18 10:00+00']::timestamptz[], ARRAY['false', 'false', 'false'], ARRAY['u', 'c', 'c'],
  ARRAY[1792318200000, 1792317600000, 1792317600000]::bigint[])
ON CONFLICT (id) DO UPDATE SET name = excluded.name, total_price = excluded.total_price, financial_status = excluded.financial_status,
  updated_at = excluded.updated_at, __op = excluded.__op, __source_ts_ms = excluded.__source_ts_ms;
SELECT * FROM pg_temp.orders;
SELECT * FROM pg_temp.deliveries;
-- A row that is deleted says nothing of its own accord.
DELETE FROM regress_debezium.orders WHERE id = 98903;
SELECT * FROM pg_temp.orders WHERE anchor_value = '98903';

-- Where the table is known to mirror its source, what is gone when the transaction ends is gone.
SELECT meshline.set_policy('tables_mirror_source', '"yes"', :shopify, :merchant); -- fails
SELECT meshline.set_policy('tables_mirror_source', 'true', :shopify, :merchant);
DELETE FROM regress_debezium.orders WHERE id = 98902;
SELECT * FROM pg_temp.orders;
SELECT p.external_id, p.outcome, left(p.payload_text, 50) AS payload FROM meshline.event_payload AS p WHERE p.merchant_id = :merchant AND p.external_id = '98902' ORDER BY p.event_id;
-- What is written again in the same transaction was never gone, in whichever order.
BEGIN;
DELETE FROM regress_debezium.orders WHERE id = 98901;
EXECUTE upsert (98901, '#98901', 12, 'paid', '2026-10-18 10:20+00', 'u', 1792318800000);
COMMIT;
SELECT * FROM pg_temp.orders;
-- What comes back unchanged is there again.
EXECUTE upsert (98902, '#98902', 20, 'pending', '2026-10-18 10:00+00', 'r', 1792317600000);
SELECT * FROM pg_temp.orders;
-- A transaction that is undone took nothing away; one that empties the table is loading it.
BEGIN;
DELETE FROM regress_debezium.orders WHERE id = 98902;
ROLLBACK;
TRUNCATE regress_debezium.orders;
SELECT * FROM pg_temp.orders;
-- A reload is compared as a whole.
BEGIN;
TRUNCATE regress_debezium.orders;
EXECUTE upsert (98901, '#98901', 12, 'paid', '2026-10-18 10:20+00', 'r', 1792318800000);
COMMIT;
SELECT * FROM pg_temp.orders;
-- What another door brought is not the table's to take away.
INSERT INTO staging.shopify_order (merchant_id, payload) VALUES (:merchant,
  '{"id": 98904, "name": "#98904", "total_price": "40.00", "currency": "USD", "financial_status": "pending", "created_at": "2026-10-18T10:00:00Z", "updated_at": "2026-10-18T10:00:00Z"}');
EXECUTE upsert (98905, '#98905', 50, 'pending', '2026-10-18 10:00+00', 'c', 1792317600000);
DELETE FROM regress_debezium.orders WHERE id = 98905;
SELECT * FROM pg_temp.orders WHERE anchor_value > '98903';
-- A row that cannot be read may be any: nothing is taken for gone.
INSERT INTO regress_debezium.orders (id, name) VALUES (98906, '#98906');
ALTER TABLE regress_debezium.orders DROP CONSTRAINT orders_pkey, ALTER COLUMN id DROP NOT NULL;
UPDATE regress_debezium.orders SET id = NULL WHERE id = 98906;
DELETE FROM regress_debezium.orders WHERE id = 98901;
SELECT * FROM pg_temp.orders WHERE anchor_value = '98901';
-- rescan() compares too.
DELETE FROM regress_debezium.orders WHERE id IS NULL;
INSERT INTO regress_debezium.orders SELECT 98907, '#98907', 70, 'USD', 'pending', '2026-10-18 10:00+00', '2026-10-18 10:00+00';
SELECT meshline.rescan('regress_debezium.orders');
SELECT * FROM pg_temp.orders;
-- A deletion is an event like others and can be replayed.
SET client_min_messages = warning;
SELECT meshline.replay_connection(:shopify, '-infinity') > 0 AS replayed;
RESET client_min_messages;
SELECT * FROM pg_temp.orders;
SELECT count(*) AS left_to_judge FROM meshline.attached_removal;
SET client_min_messages = warning;
SELECT count(meshline.detach_table(format('%I.%I', a.schema_name, a.table_name))) AS detached FROM meshline.attached_table AS a WHERE a.merchant_id = :merchant;
DROP SCHEMA regress_debezium CASCADE;
