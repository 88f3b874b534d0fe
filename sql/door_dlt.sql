-- dlt's dispositions, on tables with its own columns: append, two ways of merging, three of replacing.
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET datestyle = iso;
SET meshline.as_of = '2026-10-20 12:00+00';
SELECT meshline.add_merchant('dlt', 'USD', 'UTC') AS merchant \gset
SELECT meshline.connect('shopify', 'dlt.myshopify.com', :merchant) AS shopify \gset
SELECT meshline.connect('stripe', 'acct_dlt', :merchant) AS stripe \gset
CREATE VIEW pg_temp.orders AS
  SELECT s.anchor_value, s.total, s.captured, s.order_status, s.state
  FROM meshline.order_status AS s JOIN meshline.merchant AS m USING (merchant_id) WHERE m.name = 'dlt' ORDER BY s.anchor_value;
CREATE VIEW pg_temp.deliveries AS
  SELECT v.object, v.outcome, count(*) FROM meshline.event AS v JOIN meshline.merchant AS m USING (merchant_id)
  WHERE m.name = 'dlt' GROUP BY v.object, v.outcome ORDER BY 1, 2;
CREATE SCHEMA regress_dlt;
CREATE SCHEMA regress_dlt_staging;
CREATE TABLE regress_dlt.orders (
  id bigint, name text, total_price text, currency text, financial_status text, created_at timestamptz, updated_at timestamptz,
  _dlt_load_id text NOT NULL, _dlt_id text NOT NULL UNIQUE);
CREATE TABLE regress_dlt_staging.orders (LIKE regress_dlt.orders INCLUDING ALL);
CREATE TABLE regress_dlt.charges (
  id text, amount bigint, captured boolean, status text, currency text, created bigint, metadata jsonb, _dlt_load_id text NOT NULL, _dlt_id text NOT NULL UNIQUE);
CREATE TABLE regress_dlt_staging.charges (LIKE regress_dlt.charges INCLUDING ALL);
SELECT meshline.attach_table('regress_dlt.orders', :shopify, 'order');
SELECT meshline.attach_table('regress_dlt.charges', :stripe, 'charge');

-- Append.
INSERT INTO regress_dlt.orders VALUES
  (98801, '#98801', '10.00', 'USD', 'pending', '2026-10-18 10:00+00', '2026-10-18 10:00+00', '1', 'a1'),
  (98802, '#98802', '20.00', 'USD', 'pending', '2026-10-18 10:00+00', '2026-10-18 10:00+00', '1', 'a2');
INSERT INTO regress_dlt.orders VALUES
  (98801, '#98801', '10.00', 'USD', 'paid', '2026-10-18 10:00+00', '2026-10-18 11:00+00', '2', 'a3'),
  (98802, '#98802', '20.00', 'USD', 'pending', '2026-10-18 10:00+00', '2026-10-18 10:00+00', '2', 'a4');
SELECT * FROM pg_temp.orders;
SELECT * FROM pg_temp.deliveries;

-- Merge by delete and insert: every row of the batch goes and comes back under a new _dlt_id.
INSERT INTO regress_dlt.charges VALUES ('ch_dl1', 1000, false, 'succeeded', 'usd', 1792317600, '{"shopify_order_id": "98801"}', '1', 'c1');
INSERT INTO regress_dlt_staging.charges VALUES
  ('ch_dl1', 1000, true, 'succeeded', 'usd', 1792317600, '{"shopify_order_id": "98801"}', '2', 'c2'),
  ('ch_dl2', 2000, false, 'succeeded', 'usd', 1792317600, '{"shopify_order_id": "98802"}', '2', 'c3');
BEGIN;
DELETE FROM regress_dlt.charges AS d WHERE EXISTS (SELECT FROM regress_dlt_staging.charges AS s WHERE s.id = d.id);
INSERT INTO regress_dlt.charges SELECT * FROM regress_dlt_staging.charges;
COMMIT;
SELECT * FROM pg_temp.orders;
-- Merge by upsert.
TRUNCATE regress_dlt_staging.charges;
INSERT INTO regress_dlt_staging.charges VALUES
  ('ch_dl2', 2000, true, 'succeeded', 'usd', 1792317600, '{"shopify_order_id": "98802"}', '3', 'c3'),
  ('ch_dl3', 100, true, 'succeeded', 'usd', 1792317700, '{"shopify_order_id": "98802"}', '3', 'c4');
MERGE INTO regress_dlt.charges AS d USING regress_dlt_staging.charges AS s ON d.id = s.id
WHEN MATCHED THEN UPDATE SET amount = s.amount, captured = s.captured, status = s.status, _dlt_load_id = s._dlt_load_id, _dlt_id = s._dlt_id
WHEN NOT MATCHED THEN INSERT VALUES (s.id, s.amount, s.captured, s.status, s.currency, s.created, s.metadata, s._dlt_load_id, s._dlt_id);
SELECT * FROM pg_temp.orders;
SELECT * FROM pg_temp.deliveries;

-- Replace, truncate-and-insert: the table is empty for a while, and nothing is gone.
TRUNCATE regress_dlt.orders;
SELECT * FROM pg_temp.orders;
INSERT INTO regress_dlt.orders VALUES (98801, '#98801', '10.00', 'USD', 'paid', '2026-10-18 10:00+00', '2026-10-18 11:00+00', '4', 'b1');
INSERT INTO regress_dlt.orders VALUES (98802, '#98802', '21.00', 'USD', 'paid', '2026-10-18 10:00+00', '2026-10-18 12:00+00', '4', 'b2');
SELECT * FROM pg_temp.orders;
-- Replace, insert-from-staging: both in one transaction.
INSERT INTO regress_dlt_staging.orders SELECT * FROM regress_dlt.orders;
UPDATE regress_dlt_staging.orders SET _dlt_load_id = '5', _dlt_id = 'x' || _dlt_id;
BEGIN;
TRUNCATE regress_dlt.orders;
INSERT INTO regress_dlt.orders SELECT * FROM regress_dlt_staging.orders;
COMMIT;
-- Replace, staging-optimized: the staging table becomes the final one.
UPDATE regress_dlt_staging.orders SET _dlt_load_id = '6', _dlt_id = 'y' || _dlt_id;
INSERT INTO regress_dlt_staging.orders VALUES (98803, '#98803', '30.00', 'USD', 'pending', '2026-10-19 10:00+00', '2026-10-19 10:00+00', '6', 'y3');
BEGIN;
DROP TABLE regress_dlt.orders;
ALTER TABLE regress_dlt_staging.orders SET SCHEMA regress_dlt;
CREATE TABLE regress_dlt_staging.orders (LIKE regress_dlt.orders INCLUDING ALL);
COMMIT;
INSERT INTO regress_dlt.orders VALUES (98804, '#98804', '40.00', 'USD', 'pending', '2026-10-19 10:00+00', '2026-10-19 10:00+00', '7', 'y4');
INSERT INTO regress_dlt_staging.orders VALUES (98805, '#98805', '50.00', 'USD', 'pending', '2026-10-19 10:00+00', '2026-10-19 10:00+00', '7', 'y5');
SELECT * FROM pg_temp.orders;
SELECT * FROM pg_temp.deliveries;

-- A table that is dropped, and made by the next load.
DROP TABLE regress_dlt.orders;
SELECT a.table_name, a.is_missing, a.unwatched FROM meshline.attachments AS a WHERE a.merchant_id = :merchant ORDER BY 1;
CREATE TABLE regress_dlt.orders AS SELECT 98806::bigint AS id, '#98806' AS name, '60.00' AS total_price, 'USD' AS currency, 'pending' AS financial_status,
  '2026-10-19 10:00+00'::timestamptz AS created_at, '2026-10-19 10:00+00'::timestamptz AS updated_at, '8' AS _dlt_load_id, 'z1' AS _dlt_id;
INSERT INTO regress_dlt.orders SELECT 98807, '#98807', '70.00', 'USD', 'pending', created_at, updated_at, '8', 'z2' FROM regress_dlt.orders;
SELECT * FROM pg_temp.orders WHERE anchor_value > '98805';
SELECT a.table_name, a.is_missing, a.unwatched FROM meshline.attachments AS a WHERE a.merchant_id = :merchant ORDER BY 1;
SELECT x.reason_code, x.record_ids FROM meshline.open_exceptions AS x WHERE x.merchant_id = :merchant AND x.family <> 'posting' ORDER BY 1, 2;
SET client_min_messages = warning;
SELECT count(meshline.detach_table(format('%I.%I', a.schema_name, a.table_name))) AS detached FROM meshline.attached_table AS a WHERE a.merchant_id = :merchant;
DROP SCHEMA regress_dlt, regress_dlt_staging CASCADE;
