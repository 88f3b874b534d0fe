-- Airbyte's statements, on tables with its own columns: no event is lost, none counts twice.
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET datestyle = iso;
SET meshline.as_of = '2026-10-20 12:00+00';
SELECT meshline.add_merchant('airbyte', 'USD', 'UTC') AS merchant \gset
SELECT meshline.connect('shopify', 'airbyte.myshopify.com', :merchant) AS shopify \gset
SELECT meshline.connect('stripe', 'acct_airbyte', :merchant) AS stripe \gset
CREATE VIEW pg_temp.orders AS
  SELECT s.anchor_value, s.total, s.captured, s.refunded, s.order_status, s.state
  FROM meshline.order_status AS s JOIN meshline.merchant AS m USING (merchant_id) WHERE m.name = 'airbyte' ORDER BY s.anchor_value;
CREATE VIEW pg_temp.deliveries AS
  SELECT v.object, v.external_id, v.outcome, count(*) FROM meshline.event AS v JOIN meshline.merchant AS m USING (merchant_id)
  WHERE m.name = 'airbyte' GROUP BY v.object, v.external_id, v.outcome ORDER BY 1, 2, 3;
CREATE SCHEMA regress_airbyte;

-- Raw tables only, append: COPY into the real table. Each sync emits an object under a new id.
CREATE TABLE regress_airbyte.charges_raw (
  _airbyte_raw_id varchar NOT NULL, _airbyte_extracted_at timestamptz NOT NULL, _airbyte_meta jsonb NOT NULL, _airbyte_generation_id bigint,
  _airbyte_loaded_at timestamptz, _airbyte_data jsonb NOT NULL);
SELECT meshline.attach_table('regress_airbyte.charges_raw', :stripe, 'charge', '_airbyte_data');
COPY regress_airbyte.charges_raw FROM STDIN WITH (FORMAT csv);
0198-a,2026-10-18 11:00:00+00,"{""changes"": [], ""sync_id"": 1}",0,,"{""id"": ""ch_ab1"", ""amount"": 1000, ""captured"": true, ""status"": ""succeeded"", ""currency"": ""usd"", ""created"": 1792317600, ""metadata"": {""shopify_order_id"": ""98101""}}"
0198-b,2026-10-18 11:00:00+00,"{""changes"": [], ""sync_id"": 1}",0,,"{""id"": ""ch_ab2"", ""amount"": 2000, ""captured"": true, ""status"": ""succeeded"", ""currency"": ""usd"", ""created"": 1792317600, ""metadata"": {""shopify_order_id"": ""98102""}}"
\.
COPY regress_airbyte.charges_raw FROM STDIN WITH (FORMAT csv);
0199-a,2026-10-19 11:00:00+00,"{""changes"": [], ""sync_id"": 2}",0,,"{""id"": ""ch_ab2"", ""amount"": 2000, ""captured"": true, ""status"": ""succeeded"", ""currency"": ""usd"", ""created"": 1792317600, ""metadata"": {""shopify_order_id"": ""98102""}}"
\.
SELECT * FROM pg_temp.deliveries;

-- Incremental append + dedup: one statement at the end of the stream writes new keys and changed ones.
CREATE TABLE regress_airbyte.orders (
  _airbyte_raw_id varchar NOT NULL, _airbyte_extracted_at timestamptz NOT NULL, _airbyte_meta jsonb NOT NULL, _airbyte_generation_id bigint,
  id bigint, name varchar, total_price decimal(38,9), currency varchar, financial_status varchar, created_at timestamptz, updated_at timestamptz,
  refunds jsonb);
CREATE TABLE regress_airbyte.orders_tmp (LIKE regress_airbyte.orders INCLUDING ALL);
SELECT meshline.attach_table('regress_airbyte.orders', :shopify, 'order');
PREPARE dedup AS
WITH deduped AS (
  SELECT * FROM (SELECT *, row_number() OVER (PARTITION BY id ORDER BY updated_at DESC NULLS LAST, _airbyte_extracted_at DESC) AS row_number
                 FROM regress_airbyte.orders_tmp) AS numbered WHERE row_number = 1
), updates AS (
  UPDATE regress_airbyte.orders AS t SET name = d.name, total_price = d.total_price, currency = d.currency, financial_status = d.financial_status,
    created_at = d.created_at, updated_at = d.updated_at, refunds = d.refunds, _airbyte_raw_id = d._airbyte_raw_id,
    _airbyte_extracted_at = d._airbyte_extracted_at, _airbyte_meta = d._airbyte_meta, _airbyte_generation_id = d._airbyte_generation_id
  FROM deduped AS d
  WHERE t.id = d.id AND (t.updated_at < d.updated_at OR t.updated_at = d.updated_at AND t._airbyte_extracted_at < d._airbyte_extracted_at)
)
INSERT INTO regress_airbyte.orders
SELECT _airbyte_raw_id, _airbyte_extracted_at, _airbyte_meta, _airbyte_generation_id, id, name, total_price, currency, financial_status, created_at,
       updated_at, refunds
FROM deduped AS d WHERE NOT EXISTS (SELECT FROM regress_airbyte.orders AS t WHERE t.id = d.id);
INSERT INTO regress_airbyte.orders_tmp VALUES
  ('r1', '2026-10-18 11:00+00', '{}', 0, 98101, '#98101', 10.00, 'USD', 'pending', '2026-10-18 10:00+00', '2026-10-18 10:00+00', '[]'),
  ('r2', '2026-10-18 11:00+00', '{}', 0, 98101, '#98101', 10.00, 'USD', 'paid', '2026-10-18 10:00+00', '2026-10-18 10:01+00', '[]'),
  ('r3', '2026-10-18 11:00+00', '{}', 0, 98102, '#98102', 20.00, 'USD', 'paid', '2026-10-18 10:00+00', '2026-10-18 10:01+00', '[]');
EXECUTE dedup;
SELECT * FROM pg_temp.orders;
-- An unchanged order that is read again is rewritten; a changed one comes along with it.
TRUNCATE regress_airbyte.orders_tmp;
INSERT INTO regress_airbyte.orders_tmp VALUES
  ('r4', '2026-10-19 11:00+00', '{}', 0, 98101, '#98101', 10.00, 'USD', 'paid', '2026-10-18 10:00+00', '2026-10-18 10:01+00', '[]'),
  ('r5', '2026-10-19 11:00+00', '{}', 0, 98102, '#98102', 20.00, 'USD', 'partially_refunded', '2026-10-18 10:00+00', '2026-10-19 10:00+00',
   '[{"id": 98202, "order_id": 98102, "created_at": "2026-10-19T10:00:00Z", "transactions": [{"id": 98302, "kind": "refund", "status": "success", "amount": "5.00", "currency": "USD", "gateway": "manual"}]}]');
EXECUTE dedup;
SELECT * FROM pg_temp.orders;
SELECT * FROM pg_temp.deliveries;

-- Full refresh overwrite: the real table is dropped and the temporary one takes its name. The rows that are in it are
-- taken in, what follows is seen, and what was known already is neither news nor a repeat.
SELECT count(*) AS repeats FROM meshline.exceptions AS x WHERE x.merchant_id = :merchant AND x.reason_code = 'DUPLICATE_EVENT';
CREATE TABLE regress_airbyte.orders_overwrite (LIKE regress_airbyte.orders);
INSERT INTO regress_airbyte.orders_overwrite SELECT * FROM regress_airbyte.orders;
INSERT INTO regress_airbyte.orders_overwrite VALUES
  ('r6', '2026-10-19 12:00+00', '{}', 1, 98103, '#98103', 30.00, 'USD', 'pending', '2026-10-19 10:00+00', '2026-10-19 10:00+00', '[]');
BEGIN;
DROP TABLE regress_airbyte.orders;
ALTER TABLE regress_airbyte.orders_overwrite RENAME TO orders;
COMMIT;
INSERT INTO regress_airbyte.orders VALUES
  ('r7', '2026-10-19 12:00+00', '{}', 1, 98104, '#98104', 40.00, 'USD', 'pending', '2026-10-19 10:00+00', '2026-10-19 10:00+00', '[]');
SELECT * FROM pg_temp.orders;
SELECT * FROM pg_temp.deliveries;
SELECT count(*) AS repeats FROM meshline.exceptions AS x WHERE x.merchant_id = :merchant AND x.reason_code = 'DUPLICATE_EVENT';
SELECT count(*) AS copies FROM meshline.attached_payload AS p WHERE p.merchant_id = :merchant AND p.object = 'order';
SELECT a.table_name, a.is_missing, a.unwatched FROM meshline.attachments AS a WHERE a.merchant_id = :merchant ORDER BY 1;
-- A change of the schema in place leaves the triggers where they are.
ALTER TABLE regress_airbyte.orders ADD COLUMN note varchar;
ALTER TABLE regress_airbyte.orders ALTER COLUMN total_price TYPE varchar;
UPDATE regress_airbyte.orders SET total_price = '31.00', updated_at = '2026-10-19 11:00+00' WHERE id = 98103;
SELECT * FROM pg_temp.orders WHERE anchor_value = '98103';

-- The older way: raw rows, then the new version into the final table and the old one out of it, in one transaction.
CREATE TABLE regress_airbyte._raw__stream_refunds (
  _airbyte_raw_id varchar PRIMARY KEY, _airbyte_extracted_at timestamptz, _airbyte_loaded_at timestamptz, _airbyte_data jsonb);
CREATE TABLE regress_airbyte.refunds (
  _airbyte_raw_id varchar NOT NULL, _airbyte_extracted_at timestamptz NOT NULL, _airbyte_meta jsonb NOT NULL, id varchar, charge varchar,
  amount bigint, currency varchar, status varchar, created bigint);
SELECT meshline.attach_table('regress_airbyte._raw__stream_refunds', :stripe, 'refund', '_airbyte_data');
SELECT meshline.attach_table('regress_airbyte.refunds', :stripe, 'refund');
CREATE PROCEDURE regress_airbyte.type_and_dedup() LANGUAGE sql AS $$
  INSERT INTO regress_airbyte.refunds
  SELECT _airbyte_raw_id, _airbyte_extracted_at, '{}', _airbyte_data ->> 'id', _airbyte_data ->> 'charge', (_airbyte_data ->> 'amount')::bigint,
         _airbyte_data ->> 'currency', _airbyte_data ->> 'status', (_airbyte_data ->> 'created')::bigint
  FROM regress_airbyte._raw__stream_refunds WHERE _airbyte_loaded_at IS NULL;
  DELETE FROM regress_airbyte.refunds WHERE _airbyte_raw_id IN (
    SELECT _airbyte_raw_id FROM (SELECT _airbyte_raw_id, row_number() OVER (PARTITION BY id ORDER BY _airbyte_extracted_at DESC) AS n
                                 FROM regress_airbyte.refunds) AS numbered WHERE n <> 1);
  UPDATE regress_airbyte._raw__stream_refunds SET _airbyte_loaded_at = now() WHERE _airbyte_loaded_at IS NULL;
$$;
INSERT INTO regress_airbyte._raw__stream_refunds VALUES ('x1', '2026-10-19 11:00+00', NULL,
  '{"id": "re_ab1", "charge": "ch_ab1", "amount": 400, "currency": "usd", "status": "pending", "created": 1792400000}');
CALL regress_airbyte.type_and_dedup();
SELECT * FROM pg_temp.orders WHERE anchor_value = '98101';
INSERT INTO regress_airbyte._raw__stream_refunds VALUES ('x2', '2026-10-19 12:00+00', NULL,
  '{"id": "re_ab1", "charge": "ch_ab1", "amount": 400, "currency": "usd", "status": "succeeded", "created": 1792400000}');
CALL regress_airbyte.type_and_dedup();
SELECT * FROM pg_temp.orders WHERE anchor_value = '98101';
SELECT r.external_id, r.status, r.amount_minor FROM meshline.record AS r WHERE r.merchant_id = :merchant AND r.object = 'refund' AND r.external_id = 're_ab1';
SELECT x.reason_code, count(*) FROM meshline.open_exceptions AS x WHERE x.merchant_id = :merchant AND x.family <> 'posting' GROUP BY 1 ORDER BY 1;
SET client_min_messages = warning;
SELECT count(meshline.detach_table(format('%I.%I', a.schema_name, a.table_name))) AS detached FROM meshline.attached_table AS a WHERE a.merchant_id = :merchant;
DROP SCHEMA regress_airbyte CASCADE;
