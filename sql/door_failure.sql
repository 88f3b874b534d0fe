-- What is broken on our side stops only itself: an ETL tool's statement always succeeds, and what did not go in is found
-- again.
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET datestyle = iso;
SET meshline.as_of = '2026-10-20 12:00+00';
SELECT meshline.add_merchant('failure', 'USD', 'UTC') AS merchant \gset
SELECT meshline.install_connector('{"connector": "brittle", "version": "1", "title": "Brittle", "role": "store", "namespaces": {"brittle.order": {"rank": 0}}, "objects": {
  "order": {"kind": "order", "id": "id", "required": ["id", "amount", "currency"], "amount": {"value": "total", "unit": "major"}, "currency": "currency",
    "status": {"const": "pending"}, "identifiers": [{"namespace": "brittle.order", "value": "id", "role": "own"}]}}}');
SELECT meshline.connect('brittle', 'main', :merchant) AS brittle \gset
SELECT meshline.connect('stripe', 'acct_failure', :merchant) AS stripe \gset
CREATE VIEW pg_temp.orders AS
  SELECT s.anchor_value, s.total, s.captured, s.state
  FROM meshline.order_status AS s JOIN meshline.merchant AS m USING (merchant_id) WHERE m.name = 'failure' ORDER BY s.anchor_value;
CREATE VIEW pg_temp.found AS
  SELECT x.reason_code, x.owner_queue, regexp_replace(x.explanation, 'row \d+', 'row N') AS explanation
  FROM meshline.open_exceptions AS x JOIN meshline.merchant AS m USING (merchant_id)
  WHERE m.name = 'failure' AND x.family = 'ingest' AND x.reason_code <> 'UNMAPPED_ORDER' ORDER BY 1, 3;
CREATE SCHEMA regress_failure;
CREATE TABLE regress_failure.orders (id text, total numeric, currency text);
CREATE TABLE regress_failure.charges (payload jsonb);
SELECT meshline.attach_table('regress_failure.orders', :brittle, 'order');
SELECT meshline.attach_table('regress_failure.charges', :stripe, 'charge', 'payload');

-- A check, or a store behind it, that fails for one row of several: the others go in, that one has an owner.
ALTER TABLE meshline.canonical ADD CONSTRAINT regress_failure CHECK (total_minor IS DISTINCT FROM 66600);
INSERT INTO regress_failure.orders VALUES ('F-1', 10, 'USD'), ('F-2', 666, 'USD'), ('F-3', 30, 'USD');
INSERT INTO staging.brittle_order (merchant_id, connection_id, payload) VALUES (:merchant, :brittle, '{"id": "F-4", "total": 666, "currency": "USD"}');
SELECT * FROM pg_temp.orders;
SELECT * FROM pg_temp.found;
ALTER TABLE meshline.canonical DROP CONSTRAINT regress_failure;
SET client_min_messages = warning;
SELECT count(meshline.replay_exception(x.exception_id)) AS replayed FROM meshline.open_exceptions AS x WHERE x.merchant_id = :merchant AND x.reason_code = 'INVALID_PAYLOAD';
RESET client_min_messages;
SELECT * FROM pg_temp.orders;
SELECT * FROM pg_temp.found;

-- A definition that was broken behind our back stops its own connections and no other.
BEGIN;
UPDATE meshline.connector SET definition = definition - 'objects' WHERE connector = 'brittle';
SELECT meshline._config_changed('meshline.connection');
INSERT INTO regress_failure.orders VALUES ('F-5', 50, 'USD');
INSERT INTO regress_failure.charges VALUES ('{"id": "ch_fl1", "amount": 1000, "captured": true, "status": "succeeded", "currency": "usd", "created": 1792317600}');
UPDATE meshline.connector AS c SET definition = h.definition FROM meshline.connector_version AS h WHERE c.connector = 'brittle' AND h.name = c.connector;
SELECT meshline._config_changed('meshline.connection');
COMMIT;
SELECT * FROM pg_temp.orders;
SELECT * FROM pg_temp.found;
SET client_min_messages = warning;
SELECT meshline.replay_connection(:brittle, '-infinity') > 0 AS replayed;
RESET client_min_messages;
SELECT * FROM pg_temp.orders WHERE anchor_value = 'F-5';

-- The tables of events cannot be written: the rows wait.
ALTER TABLE meshline.event ADD CONSTRAINT regress_failure CHECK (merchant_id < 0) NOT VALID;
INSERT INTO regress_failure.orders VALUES ('F-6', 60, 'USD'), ('F-7', 70, 'USD');
INSERT INTO staging.brittle_order (merchant_id, connection_id, payload) VALUES (:merchant, :brittle, '{"id": "F-6", "total": 61, "currency": "USD"}');
SELECT * FROM pg_temp.orders WHERE anchor_value IN ('F-6', 'F-7');
SELECT p.object, p.is_attached, count(*) FROM meshline.pending_event AS p WHERE p.merchant_id = :merchant GROUP BY 1, 2 ORDER BY 2;
ALTER TABLE meshline.event DROP CONSTRAINT regress_failure;
SET client_min_messages = warning;
CALL meshline.process_pending();
RESET client_min_messages;
SELECT count(*) AS waiting FROM meshline.pending_event AS p WHERE p.merchant_id = :merchant;
SELECT * FROM pg_temp.orders WHERE anchor_value IN ('F-6', 'F-7');

-- The copies of a tool's rows cannot be written: a warning, and rescan() brings what is missing.
ALTER TABLE meshline.attached_payload ADD CONSTRAINT regress_failure CHECK (payload NOT LIKE '%F-8%') NOT VALID;
INSERT INTO regress_failure.orders VALUES ('F-8', 80, 'USD'), ('F-9', 90, 'USD');
ALTER TABLE meshline.attached_payload DROP CONSTRAINT regress_failure;
ALTER TABLE meshline.attached_payload ADD CONSTRAINT regress_failure CHECK (merchant_id < 0) NOT VALID;
INSERT INTO regress_failure.orders VALUES ('F-10', 100, 'USD');
COPY regress_failure.orders FROM STDIN WITH (FORMAT csv);
F-11,110,USD
F-12,120,USD
\.
ALTER TABLE meshline.attached_payload DROP CONSTRAINT regress_failure;
SELECT count(*) AS rows_of_the_tool FROM regress_failure.orders;
SELECT * FROM pg_temp.orders WHERE anchor_value > 'F-1' AND length(anchor_value) > 3 OR anchor_value IN ('F-8', 'F-9');
SELECT meshline.rescan('regress_failure.orders');
SELECT * FROM pg_temp.orders WHERE anchor_value > 'F-1' AND length(anchor_value) > 3 OR anchor_value IN ('F-8', 'F-9');

-- A type that breaks on its way to text breaks its row only; it runs with the rights of the table's owner.
CREATE ROLE regress_tool;
CREATE TYPE regress_failure.sum AS ENUM ('200', '-1');
CREATE FUNCTION regress_failure.to_json(regress_failure.sum) RETURNS json LANGUAGE plpgsql AS $$
BEGIN
  RAISE NOTICE 'read as %', CURRENT_USER;
  IF $1 = '-1' THEN
    RAISE EXCEPTION 'no debts';
  END IF;
  RETURN pg_catalog.to_json($1::text);
END $$;
CREATE CAST (regress_failure.sum AS json) WITH FUNCTION regress_failure.to_json(regress_failure.sum);
GRANT USAGE ON SCHEMA regress_failure TO regress_tool;
CREATE TABLE regress_failure.sums (id text, total regress_failure.sum, currency text);
ALTER TABLE regress_failure.sums OWNER TO regress_tool;
SELECT meshline.attach_table('regress_failure.sums', :brittle, 'order');
INSERT INTO regress_failure.sums VALUES ('F-20', '200', 'USD'), ('F-21', '-1', 'USD');
SELECT * FROM pg_temp.orders WHERE anchor_value LIKE 'F-2_';
SELECT * FROM pg_temp.found WHERE explanation ~ 'debts';
DELETE FROM regress_failure.sums WHERE id = 'F-21';
SELECT meshline.rescan('regress_failure.sums');

-- The table that rows are noted in when they vanish.
SELECT meshline.set_policy('tables_mirror_source', 'true', :brittle, :merchant);
ALTER TABLE meshline.attached_removal ADD CONSTRAINT regress_failure CHECK (merchant_id < 0);
DELETE FROM regress_failure.orders WHERE id = 'F-1';
ALTER TABLE meshline.attached_removal DROP CONSTRAINT regress_failure;
ALTER TABLE meshline.attached_payload ADD CONSTRAINT regress_failure CHECK (merchant_id < 0) NOT VALID;
\set VERBOSITY terse
DELETE FROM regress_failure.orders WHERE id = 'F-3';
\set VERBOSITY default
ALTER TABLE meshline.attached_payload DROP CONSTRAINT regress_failure;
SELECT count(*) AS rows_of_the_tool FROM regress_failure.orders;

-- What cannot be attached says so.
CREATE VIEW regress_failure.some AS SELECT * FROM regress_failure.orders;
SELECT meshline.attach_table('regress_failure.some', :brittle, 'order'); -- fails
CREATE TEMPORARY TABLE passing (id text);
SELECT meshline.attach_table('pg_temp.passing', :brittle, 'order'); -- fails
SET client_min_messages = warning;
SELECT count(meshline.detach_table(format('%I.%I', a.schema_name, a.table_name))) AS detached FROM meshline.attached_table AS a WHERE a.merchant_id = :merchant;
DROP SCHEMA regress_failure CASCADE;
DROP ROLE regress_tool;
