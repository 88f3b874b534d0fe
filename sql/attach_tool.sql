-- An ETL tool's role owns its tables and has no right on meshline: all it does is seen, and it gets none on the way. Where
-- there is no event trigger, rescan() does what it would have done.
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET datestyle = iso;
SET meshline.as_of = '2026-10-20 12:00+00';
SELECT meshline.add_merchant('tool', 'USD', 'UTC') AS merchant \gset
SELECT meshline.connect('stripe', 'acct_tool', :merchant) AS stripe \gset
CREATE VIEW pg_temp.charges AS
  SELECT r.external_id, r.amount_minor, r.status FROM meshline.record AS r JOIN meshline.merchant AS m USING (merchant_id) WHERE m.name = 'tool' ORDER BY 1;
CREATE ROLE regress_etl;
CREATE SCHEMA regress_tool AUTHORIZATION regress_etl;
SET ROLE regress_etl;
CREATE TABLE regress_tool.charges (id text, amount bigint, captured boolean DEFAULT true, status text DEFAULT 'succeeded', currency text DEFAULT 'usd', created bigint DEFAULT 900000001);
RESET ROLE;
SELECT meshline.attach_table('regress_tool.charges', :stripe, 'charge');
SELECT meshline.set_policy('tables_mirror_source', 'true', :stripe, :merchant);
SET ROLE regress_etl;
INSERT INTO regress_tool.charges (id, amount) VALUES ('ch_tl1', 100), ('ch_tl2', 200);
COPY regress_tool.charges (id, amount) FROM STDIN WITH (FORMAT csv);
ch_tl3,300
\.
UPDATE regress_tool.charges SET amount = 250 WHERE id = 'ch_tl2';
DELETE FROM regress_tool.charges WHERE id = 'ch_tl1';
RESET ROLE;
SELECT * FROM pg_temp.charges;
SET ROLE regress_etl;
CREATE TABLE regress_tool.charges_tmp (LIKE regress_tool.charges INCLUDING DEFAULTS);
INSERT INTO regress_tool.charges_tmp (id, amount) VALUES ('ch_tl3', 300), ('ch_tl4', 400);
BEGIN;
DROP TABLE regress_tool.charges;
ALTER TABLE regress_tool.charges_tmp RENAME TO charges;
COMMIT;
INSERT INTO regress_tool.charges (id, amount) VALUES ('ch_tl5', 500);
SELECT count(*) FROM meshline.record; -- fails
SELECT meshline.rescan('regress_tool.charges'); -- fails
RESET ROLE;
SELECT * FROM pg_temp.charges;
\dp regress_tool.charges

-- Without the event trigger: sweep() says so, rescan() mends it.
ALTER EVENT TRIGGER meshline_table_changed DISABLE;
SET ROLE regress_etl;
CREATE TABLE regress_tool.charges_tmp (LIKE regress_tool.charges INCLUDING DEFAULTS);
INSERT INTO regress_tool.charges_tmp (id, amount) VALUES ('ch_tl4', 400), ('ch_tl6', 600);
BEGIN;
DROP TABLE regress_tool.charges;
ALTER TABLE regress_tool.charges_tmp RENAME TO charges;
COMMIT;
INSERT INTO regress_tool.charges (id, amount) VALUES ('ch_tl7', 700);
RESET ROLE;
SET client_min_messages = warning;
CALL meshline.sweep('2026-10-20 12:00+00');
RESET client_min_messages;
CREATE VIEW pg_temp.found AS
  SELECT x.reason_code, x.status, x.owner_queue, x.explanation FROM meshline.exceptions AS x JOIN meshline.merchant AS m USING (merchant_id)
  WHERE m.name = 'tool' AND x.reason_code = 'EVENT_GAP' ORDER BY x.explanation;
SELECT * FROM pg_temp.found;
SELECT * FROM pg_temp.charges WHERE external_id > 'ch_tl5';
SELECT meshline.rescan('regress_tool.charges');
SELECT * FROM pg_temp.found;
SELECT * FROM pg_temp.charges;
-- A table that is not there at all.
DROP TABLE regress_tool.charges;
SET client_min_messages = warning;
CALL meshline.sweep('2026-10-20 12:00+00');
RESET client_min_messages;
SELECT * FROM pg_temp.found;
SELECT status, count(*) FROM pg_temp.charges GROUP BY status ORDER BY status;
ALTER EVENT TRIGGER meshline_table_changed ENABLE;
SELECT meshline.detach_table('regress_tool', 'charges');
SELECT meshline.detach_table('regress_tool', 'charges'); -- fails
SET client_min_messages = warning;
CALL meshline.sweep('2026-10-20 12:00+00');
SELECT status, explanation FROM pg_temp.found;
RESET client_min_messages;

-- A role that may not make event triggers gets the workspace without.
GRANT USAGE ON SCHEMA meshline TO regress_etl;
GRANT EXECUTE ON FUNCTION meshline._create_event_trigger() TO regress_etl;
SET ROLE regress_etl;
SELECT meshline._create_event_trigger();
RESET ROLE;
SET client_min_messages = warning;
DROP OWNED BY regress_etl;
DROP ROLE regress_etl;
