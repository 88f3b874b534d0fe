-- Singer's targets: a batch goes through a temporary table, or a version of the whole table takes the place of the other.
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET datestyle = iso;
SET meshline.as_of = '2026-10-20 12:00+00';
SELECT meshline.add_merchant('singer', 'USD', 'UTC') AS merchant \gset
SELECT meshline.connect('shopify', 'singer.myshopify.com', :merchant) AS shopify \gset
SELECT meshline.connect('stripe', 'acct_singer', :merchant) AS stripe \gset
CREATE VIEW pg_temp.orders AS
  SELECT s.anchor_value, s.total, s.captured, s.order_status, s.state
  FROM meshline.order_status AS s JOIN meshline.merchant AS m USING (merchant_id) WHERE m.name = 'singer' ORDER BY s.anchor_value;
CREATE VIEW pg_temp.deliveries AS
  SELECT v.object, v.outcome, count(*) FROM meshline.event AS v JOIN meshline.merchant AS m USING (merchant_id)
  WHERE m.name = 'singer' GROUP BY v.object, v.outcome ORDER BY 1, 2;
CREATE SCHEMA regress_singer;

-- Meltano's target: new keys are inserted, then all keys of the batch are updated, those just inserted too.
CREATE TABLE regress_singer.orders (
  id text PRIMARY KEY, name text, "createdAt" timestamp, "updatedAt" timestamp, "displayFinancialStatus" text, "currencyCode" text,
  "totalPriceSet" jsonb, _sdc_extracted_at timestamp, _sdc_received_at timestamp, _sdc_batched_at timestamp, _sdc_deleted_at timestamp,
  _sdc_sequence bigint, _sdc_table_version bigint);
SELECT meshline.attach_table('regress_singer.orders', :shopify, 'order');
CREATE TEMPORARY TABLE batch (LIKE regress_singer.orders);
CREATE PROCEDURE regress_singer.upsert() LANGUAGE sql AS $$
  INSERT INTO regress_singer.orders SELECT b.* FROM pg_temp.batch AS b LEFT JOIN regress_singer.orders AS o ON o.id = b.id WHERE o.id IS NULL;
  UPDATE regress_singer.orders AS o SET name = b.name, "createdAt" = b."createdAt", "updatedAt" = b."updatedAt",
    "displayFinancialStatus" = b."displayFinancialStatus", "currencyCode" = b."currencyCode", "totalPriceSet" = b."totalPriceSet",
    _sdc_extracted_at = b._sdc_extracted_at, _sdc_batched_at = b._sdc_batched_at, _sdc_sequence = b._sdc_sequence
  FROM pg_temp.batch AS b WHERE o.id = b.id;
$$;
INSERT INTO batch VALUES
  ('gid://shopify/Order/98701', '#98701', '2026-10-18 10:00', '2026-10-18 10:00', 'PAID', 'USD', '{"shopMoney": {"amount": "10.00", "currencyCode": "USD"}}', '2026-10-18 11:00', '2026-10-18 11:00', '2026-10-18 11:00', NULL, 1, 1),
  ('gid://shopify/Order/98702', '#98702', '2026-10-18 10:00', '2026-10-18 10:00', 'PENDING', 'USD', '{"shopMoney": {"amount": "20.00", "currencyCode": "USD"}}', '2026-10-18 11:00', '2026-10-18 11:00', '2026-10-18 11:00', NULL, 1, 1);
CALL regress_singer.upsert();
SELECT * FROM pg_temp.deliveries;
TRUNCATE batch;
INSERT INTO batch VALUES
  ('gid://shopify/Order/98702', '#98702', '2026-10-18 10:00', '2026-10-19 10:00', 'PAID', 'USD', '{"shopMoney": {"amount": "20.00", "currencyCode": "USD"}}', '2026-10-19 11:00', '2026-10-19 11:00', '2026-10-19 11:00', NULL, 2, 1),
  ('gid://shopify/Order/98703', '#98703', '2026-10-19 10:00', '2026-10-19 10:00', 'PENDING', 'USD', '{"shopMoney": {"amount": "30.00", "currencyCode": "USD"}}', '2026-10-19 11:00', '2026-10-19 11:00', '2026-10-19 11:00', NULL, 2, 1);
CALL regress_singer.upsert();
SELECT * FROM pg_temp.orders;
-- A new version of a full-table stream marks what it did not bring, or takes it out: neither is a deletion.
UPDATE regress_singer.orders SET _sdc_deleted_at = '2026-10-19 12:00' WHERE id LIKE '%98701';
DELETE FROM regress_singer.orders WHERE id LIKE '%98701';
SELECT * FROM pg_temp.orders;
SELECT * FROM pg_temp.deliveries;

-- Datamill's target: DELETE and INSERT from a loading table.
CREATE TABLE regress_singer.charges (
  id text, amount bigint, captured boolean, status text, currency text, created bigint, metadata__shopify_order_id text, metadata jsonb,
  _sdc_batched_at timestamptz, _sdc_received_at timestamptz, _sdc_sequence bigint, _sdc_table_version bigint);
SELECT meshline.attach_table('regress_singer.charges', :stripe, 'charge');
INSERT INTO regress_singer.charges VALUES ('ch_sg1', 1000, false, 'succeeded', 'usd', 1792317600, '98701', '{"shopify_order_id": "98701"}', '2026-10-18 11:00+00', '2026-10-18 11:00+00', 1, 1);
CREATE TABLE regress_singer.tmp_2f6a (LIKE regress_singer.charges);
COPY regress_singer.tmp_2f6a FROM STDIN WITH (FORMAT csv);
ch_sg1,1000,t,succeeded,usd,1792317600,98701,"{""shopify_order_id"": ""98701""}",2026-10-19 11:00+00,2026-10-19 11:00+00,2,1
ch_sg2,2000,t,succeeded,usd,1792317600,98702,"{""shopify_order_id"": ""98702""}",2026-10-19 11:00+00,2026-10-19 11:00+00,2,1
\.
BEGIN;
DELETE FROM regress_singer.charges USING regress_singer.tmp_2f6a WHERE charges.id = tmp_2f6a.id;
INSERT INTO regress_singer.charges SELECT * FROM regress_singer.tmp_2f6a;
DROP TABLE regress_singer.tmp_2f6a;
COMMIT;
SELECT * FROM pg_temp.orders;
-- The version switch: the old table gets another name, the new one takes its place and the old one goes.
CREATE TABLE regress_singer.charges__1792400000 (LIKE regress_singer.charges);
INSERT INTO regress_singer.charges__1792400000 SELECT * FROM regress_singer.charges;
INSERT INTO regress_singer.charges__1792400000 VALUES ('ch_sg3', 2900, true, 'succeeded', 'usd', 1792400000, '98703', '{"shopify_order_id": "98703"}', '2026-10-19 12:00+00', '2026-10-19 12:00+00', 3, 2);
BEGIN;
ALTER TABLE regress_singer.charges RENAME TO charges__old;
ALTER TABLE regress_singer.charges__1792400000 RENAME TO charges;
DROP TABLE regress_singer.charges__old;
COMMIT;
INSERT INTO regress_singer.charges VALUES ('ch_sg4', 100, true, 'succeeded', 'usd', 1792400000, '98703', '{"shopify_order_id": "98703"}', '2026-10-19 12:00+00', '2026-10-19 12:00+00', 4, 2);
SELECT * FROM pg_temp.orders;
SELECT * FROM pg_temp.deliveries;
-- A table that lost the name is read no more.
CREATE TABLE regress_singer.charges_new (LIKE regress_singer.charges);
ALTER TABLE regress_singer.charges RENAME TO charges_kept;
ALTER TABLE regress_singer.charges_new RENAME TO charges;
INSERT INTO regress_singer.charges_kept VALUES ('ch_sg5', 1, true, 'succeeded', 'usd', 1792400000, '98703', '{"shopify_order_id": "98703"}', '2026-10-19 12:00+00', '2026-10-19 12:00+00', 4, 2);
SELECT count(*) FROM meshline.event AS v WHERE v.merchant_id = :merchant AND v.external_id = 'ch_sg5';
SELECT x.reason_code, x.record_ids FROM meshline.open_exceptions AS x WHERE x.merchant_id = :merchant AND x.family <> 'posting' ORDER BY 1;
SET client_min_messages = warning;
SELECT count(meshline.detach_table(format('%I.%I', a.schema_name, a.table_name))) AS detached FROM meshline.attached_table AS a WHERE a.merchant_id = :merchant;
DROP SCHEMA regress_singer CASCADE;
