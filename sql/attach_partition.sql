-- Partitioned tables, tables fed by logical replication, and triggers that went missing.
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET datestyle = iso;
SET meshline.as_of = '2026-10-20 12:00+00';
SELECT meshline.add_merchant('partition', 'USD', 'UTC') AS merchant \gset
SELECT meshline.connect('stripe', 'acct_partition', :merchant) AS stripe \gset
CREATE VIEW pg_temp.charges AS
  SELECT r.external_id, r.amount_minor FROM meshline.record AS r JOIN meshline.merchant AS m USING (merchant_id) WHERE m.name = 'partition' ORDER BY 1;
CREATE SCHEMA regress_partition;
CREATE TABLE regress_partition.charges (id text, amount bigint, captured boolean DEFAULT true, status text DEFAULT 'succeeded', currency text DEFAULT 'usd',
  created bigint) PARTITION BY RANGE (created);
CREATE TABLE regress_partition.charges_1 PARTITION OF regress_partition.charges FOR VALUES FROM (0) TO (1000000000);
SELECT meshline.attach_table('regress_partition.charges', :stripe, 'charge');
-- Through the parent, and straight into a partition.
INSERT INTO regress_partition.charges (id, amount, created) VALUES ('ch_pt1', 100, 900000001), ('ch_pt2', 200, 900000002);
INSERT INTO regress_partition.charges_1 (id, amount, created) VALUES ('ch_pt3', 300, 900000003);
UPDATE regress_partition.charges SET amount = 250 WHERE id = 'ch_pt2';
UPDATE regress_partition.charges_1 SET amount = 350 WHERE id = 'ch_pt3';
SELECT * FROM pg_temp.charges;
-- A new partition, one that is attached with rows and columns in another order, one below another.
CREATE TABLE regress_partition.charges_2 PARTITION OF regress_partition.charges FOR VALUES FROM (1000000000) TO (2000000000) PARTITION BY LIST (currency);
CREATE TABLE regress_partition.charges_2_usd PARTITION OF regress_partition.charges_2 FOR VALUES IN ('usd');
CREATE TABLE regress_partition.charges_3 (created bigint NOT NULL, currency text DEFAULT 'usd', gone text, status text DEFAULT 'succeeded', captured boolean DEFAULT true,
  amount bigint, id text NOT NULL);
ALTER TABLE regress_partition.charges_3 DROP COLUMN gone;
INSERT INTO regress_partition.charges_3 (id, amount, created) VALUES ('ch_pt4', 400, 2000000001);
INSERT INTO regress_partition.charges_2_usd (id, amount, created) VALUES ('ch_pt5', 500, 1000000001);
ALTER TABLE regress_partition.charges ATTACH PARTITION regress_partition.charges_3 FOR VALUES FROM (2000000000) TO (3000000000);
INSERT INTO regress_partition.charges_3 (id, amount, created) VALUES ('ch_pt6', 600, 2000000002);
INSERT INTO regress_partition.charges (id, amount, created) VALUES ('ch_pt7', 700, 1000000002), ('ch_pt8', 800, 2000000003);
SELECT * FROM pg_temp.charges;
SELECT a.table_name, a.unwatched FROM meshline.attachments AS a WHERE a.merchant_id = :merchant;
-- What comes in twice through different doors counts once; a partition that leaves is read no more.
SELECT meshline.rescan('regress_partition.charges');
ALTER TABLE regress_partition.charges DETACH PARTITION regress_partition.charges_3;
INSERT INTO regress_partition.charges_3 (id, amount, created) VALUES ('ch_pt9', 900, 2000000004);
SELECT count(*) AS events FROM meshline.event AS v WHERE v.merchant_id = :merchant;

-- Triggers that are gone, or switched off, are found by sweep() and put back by rescan().
DROP TRIGGER meshline_after_insert ON regress_partition.charges_2_usd;
INSERT INTO regress_partition.charges_2_usd (id, amount, created) VALUES ('ch_pt10', 1000, 1000000003);
ALTER TABLE regress_partition.charges_1 DISABLE TRIGGER meshline_after_update;
DROP TRIGGER meshline_after_update ON regress_partition.charges_1;
SELECT h.unwatched_tables FROM meshline.connector_health AS h WHERE h.merchant_id = :merchant;
SET client_min_messages = warning;
CALL meshline.sweep('2026-10-20 12:00+00');
RESET client_min_messages;
CREATE VIEW pg_temp.found AS
  SELECT x.reason_code, x.status, x.owner_queue, x.severity, x.explanation FROM meshline.exceptions AS x JOIN meshline.merchant AS m USING (merchant_id)
  WHERE m.name = 'partition' AND x.reason_code = 'EVENT_GAP' ORDER BY x.explanation;
SELECT * FROM pg_temp.found;
SELECT e.item, e.label, e.content FROM meshline.open_exceptions AS x, meshline.explain(x.exception_id) AS e
WHERE x.merchant_id = :merchant AND x.reason_code = 'EVENT_GAP' ORDER BY e.line;
SELECT meshline.rescan('regress_partition.charges');
SELECT * FROM pg_temp.found;
SELECT * FROM pg_temp.charges WHERE external_id = 'ch_pt10';
SELECT h.unwatched_tables FROM meshline.connector_health AS h WHERE h.merchant_id = :merchant;

-- Triggers for each row fire where the rows come by replication, too.
CREATE TABLE regress_partition.replica (id text PRIMARY KEY, amount bigint, captured boolean DEFAULT true, status text DEFAULT 'succeeded', currency text DEFAULT 'usd', created bigint);
SELECT meshline.attach_table('regress_partition.replica', :stripe, 'charge', is_row_level => true);
SET session_replication_role = replica;
INSERT INTO regress_partition.replica (id, amount, created) VALUES ('ch_rp1', 100, 900000001), ('ch_rp2', 200, 900000001);
UPDATE regress_partition.replica SET amount = 250 WHERE id = 'ch_rp2';
INSERT INTO regress_partition.charges_1 (id, amount, created) VALUES ('ch_rp3', 300, 900000001);
RESET session_replication_role;
COPY regress_partition.replica (id, amount, created) FROM STDIN WITH (FORMAT csv);
ch_rp4,400,900000001
ch_rp5,500,900000001
\.
SELECT * FROM pg_temp.charges WHERE external_id LIKE 'ch_rp%';
SELECT meshline.set_policy('tables_mirror_source', 'true', :stripe, :merchant);
SELECT meshline.rescan('regress_partition.charges');
SET session_replication_role = replica;
DELETE FROM regress_partition.replica WHERE id = 'ch_rp1';
RESET session_replication_role;
SELECT r.external_id, r.status FROM meshline.record AS r WHERE r.merchant_id = :merchant AND r.status = 'deleted' ORDER BY 1;
-- The same of a partitioned table: the server copies such triggers to the partitions.
CREATE TABLE regress_partition.parts (LIKE regress_partition.replica INCLUDING DEFAULTS) PARTITION BY RANGE (created);
SELECT meshline.attach_table('regress_partition.parts', :stripe, 'charge', is_row_level => true);
CREATE TABLE regress_partition.parts_1 PARTITION OF regress_partition.parts FOR VALUES FROM (0) TO (1000000000);
SET session_replication_role = replica;
INSERT INTO regress_partition.parts_1 (id, amount, created) VALUES ('ch_rp6', 600, 900000001);
INSERT INTO regress_partition.parts (id, amount, created) VALUES ('ch_rp7', 700, 900000001);
RESET session_replication_role;
SELECT * FROM pg_temp.charges WHERE external_id IN ('ch_rp6', 'ch_rp7');
SELECT a.table_name, a.is_row_level, a.unwatched FROM meshline.attachments AS a WHERE a.merchant_id = :merchant ORDER BY 1;
SET client_min_messages = warning;
SELECT count(meshline.detach_table(format('%I.%I', a.schema_name, a.table_name))) AS detached FROM meshline.attached_table AS a WHERE a.merchant_id = :merchant;
SELECT count(*) AS triggers FROM pg_trigger AS t WHERE t.tgrelid::regclass::text LIKE 'regress_partition.%' AND t.tgname LIKE 'meshline%';
DROP SCHEMA regress_partition CASCADE;
