-- An ETL tool's own table is read as a staging table: its payload column, or its typed rows.
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET datestyle = iso;
SET meshline.as_of = '2026-10-20 12:00+00';
SELECT meshline.add_merchant('attach', 'USD', 'UTC') AS merchant \gset
SELECT meshline.connect('shopify', 'attach.myshopify.com', :merchant) AS shopify \gset
SELECT meshline.connect('stripe', 'acct_attach', :merchant) AS stripe \gset
CREATE VIEW pg_temp.orders AS
  SELECT s.anchor_value, s.total, s.captured, s.order_status, s.state
  FROM meshline.order_status AS s JOIN meshline.merchant AS m USING (merchant_id) WHERE m.name = 'attach' ORDER BY s.anchor_value;
CREATE SCHEMA regress_etl;
CREATE TABLE regress_etl.raw_orders (_airbyte_raw_id uuid, _airbyte_data jsonb);
CREATE TABLE regress_etl.charges (id text PRIMARY KEY, amount bigint, captured boolean, status text, currency text, created bigint, metadata jsonb, _airbyte_extracted_at timestamptz DEFAULT now());
CREATE TABLE regress_etl."Odd ""name" (payload text);

SELECT meshline.attach_table('regress_etl.raw_orders', :shopify, 'nosuch', '_airbyte_data'); -- fails
SELECT meshline.attach_table('regress_etl.raw_orders', 99999, 'order', '_airbyte_data'); -- fails
SELECT meshline.attach_table('regress_etl.raw_orders', :shopify, 'order', 'nosuch'); -- fails

-- Rows that are there before the table is attached come in with rescan().
INSERT INTO regress_etl.raw_orders VALUES (NULL,
  '{"id": 9801, "name": "#9801", "total_price": "10.00", "currency": "USD", "financial_status": "pending", "created_at": "2026-10-18T10:00:00Z", "updated_at": "2026-10-18T10:00:00Z"}'), (NULL, NULL);
SELECT meshline.attach_table('regress_etl.raw_orders', :shopify, 'order', '_airbyte_data');
\set VERBOSITY terse
SELECT meshline.attach_table('regress_etl.raw_orders', :shopify, 'order', '_airbyte_data'); -- fails
\set VERBOSITY default
SELECT * FROM pg_temp.orders;
SELECT meshline.rescan('regress_etl.raw_orders');
SELECT * FROM pg_temp.orders;
-- Again: nothing is taken in twice.
SELECT meshline.rescan('regress_etl.raw_orders');
SELECT count(*) AS events FROM meshline.event AS v WHERE v.merchant_id = :merchant;

-- Typed rows: the row itself is the payload.
SELECT meshline.attach_table('regress_etl.charges', :stripe, 'charge');
INSERT INTO regress_etl.charges VALUES ('ch_at1', 1000, false, 'succeeded', 'usd', 1792317600, '{"shopify_order_id": "9801"}');
SELECT * FROM pg_temp.orders;
-- The tool updates its row in place; a touch of its own columns is no news.
UPDATE regress_etl.charges SET captured = true WHERE id = 'ch_at1';
SELECT * FROM pg_temp.orders;
UPDATE regress_etl.charges SET _airbyte_extracted_at = '2026-10-20 11:00+00' WHERE id = 'ch_at1';
INSERT INTO regress_etl.charges VALUES ('ch_at1', 1000, true, 'succeeded', 'usd', 1792317600, '{"shopify_order_id": "9801"}')
ON CONFLICT (id) DO UPDATE SET status = excluded.status;
SELECT v.object, v.outcome, count(*) FROM meshline.event AS v WHERE v.merchant_id = :merchant GROUP BY v.object, v.outcome ORDER BY 1, 2;
-- The clock of a charge is its creation and stands still; of two contents the table's is the later one.
INSERT INTO regress_etl.charges SELECT 'ch_still' || i, 1000, true, 'succeeded', 'usd', 1792317600, NULL FROM generate_series(1, 4) AS i;
CREATE VIEW pg_temp.still AS SELECT r.amount_minor, count(*) FROM meshline.record AS r
  WHERE r.merchant_id = :merchant AND r.external_id LIKE 'ch_still%' GROUP BY r.amount_minor;
UPDATE regress_etl.charges SET amount = 900 WHERE id LIKE 'ch_still%';
SELECT * FROM pg_temp.still;
UPDATE regress_etl.charges SET amount = 1000 WHERE id LIKE 'ch_still%';
SELECT * FROM pg_temp.still;
-- Neither taking the table in again nor a replay of what came first brings an earlier content back.
SELECT meshline.rescan('regress_etl.charges');
SET client_min_messages = warning;
SELECT meshline.replay_connection(:stripe, '-infinity');
RESET client_min_messages;
SELECT * FROM pg_temp.still;
UPDATE regress_etl.charges SET amount = 900 WHERE id LIKE 'ch_still%';
SELECT * FROM pg_temp.still;
DELETE FROM regress_etl.charges WHERE id LIKE 'ch_still%';
-- The payloads are kept, though the tool has overwritten its own.
SELECT p.staging_table, p.external_id, p.payload ->> 'captured' AS captured FROM meshline.event_payload AS p
WHERE p.merchant_id = :merchant AND p.object = 'charge' AND p.external_id = 'ch_at1' ORDER BY p.event_id;

-- What is no payload at all is no error of the tool either.
SELECT meshline.attach_table('regress_etl."Odd ""name"', :shopify, 'order', 'payload');
INSERT INTO regress_etl."Odd ""name" VALUES ('no JSON'), (NULL);
SELECT x.reason_code, regexp_replace(x.explanation, 'row \d+', 'row N') AS explanation FROM meshline.exceptions AS x
WHERE x.merchant_id = :merchant AND x.reason_code = 'INVALID_PAYLOAD' ORDER BY 2;

SELECT a.schema_name, a.table_name, a.object, a.payload_column FROM meshline.attached_table AS a WHERE a.merchant_id = :merchant ORDER BY a.table_name;
SELECT meshline.detach_table('regress_etl.raw_orders');
SELECT meshline.detach_table('regress_etl.charges');
SELECT meshline.detach_table('regress_etl."Odd ""name"');
SELECT meshline.detach_table('regress_etl.charges'); -- fails
SELECT meshline.rescan('regress_etl.charges'); -- fails
UPDATE regress_etl.charges SET amount = 1;
SELECT * FROM pg_temp.orders;
\set VERBOSITY terse
SET client_min_messages = warning;
DROP SCHEMA regress_etl CASCADE;
