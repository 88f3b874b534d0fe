-- upgrade_workspace() makes an older workspace equal to a fresh one, keeps its data and says what it changed.
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET datestyle = iso;
BEGIN;
CREATE FUNCTION pg_temp.workspace() RETURNS text LANGUAGE sql AS $$
  SELECT md5(string_agg(line, ' ' ORDER BY line)) FROM (
    SELECT c.relname || pg_get_viewdef(c.oid) || obj_description(c.oid, 'pg_class') || coalesce(c.relacl, acldefault('r', c.relowner))::text
    FROM pg_class AS c WHERE c.relnamespace = 'meshline'::regnamespace AND c.relkind = 'v'
    UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'meshline'
    UNION ALL SELECT a.attrelid::regclass::text || a.attname || format_type(a.atttypid, a.atttypmod) || a.attnotnull::text || a.attcollation::text || a.attgenerated::text || a.attidentity::text
                || coalesce(pg_get_expr(d.adbin, d.adrelid), '')
    FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid AND c.relnamespace = 'meshline'::regnamespace AND c.relkind = 'r'
    LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE a.attnum > 0 AND NOT a.attisdropped AND a.attname <> 'note_of_ours'
    UNION ALL SELECT o.conrelid::regclass::text || o.conname || pg_get_constraintdef(o.oid) FROM pg_constraint AS o
    WHERE o.connamespace = 'meshline'::regnamespace AND o.contype = 'c' AND o.conrelid <> 0
    UNION ALL SELECT r::text FROM meshline.reason_code AS r
    UNION ALL SELECT k::text FROM meshline.policy_key AS k
    UNION ALL SELECT definition::text FROM meshline.connector
    UNION ALL SELECT count(*)::text FROM meshline.event
    UNION ALL SELECT e::text FROM meshline.recon_exception AS e) AS l (line)
$$;
-- Of the present version there is nothing to do.
SELECT * FROM meshline.upgrade_workspace();
SELECT pg_temp.workspace() AS fresh \gset
DROP VIEW meshline.deadlines;
DO $$ BEGIN
  EXECUTE format('CREATE OR REPLACE VIEW meshline.inventory_position AS SELECT v.* FROM (%s) AS v WHERE false', rtrim(pg_get_viewdef('meshline.inventory_position'), ';'));
END $$;
DROP INDEX meshline.canonical_next_due_at;
UPDATE meshline.reason_code SET definition = 'Older words.', severity = 'low' WHERE reason_code = 'OVERCAPTURE';
DELETE FROM meshline.policy_key WHERE key = 'refund_grace_days';
UPDATE meshline.policy_key SET default_value = '99' WHERE key = 'mapping_grace_days';
UPDATE meshline.connector SET definition = definition || '{"version": "0.0"}' WHERE connector = 'xero';
-- Tables of older shapes: without a column that indexes and views use, with other checks, indexes and columns; and one column of ours.
ALTER TABLE meshline.recon_exception DROP COLUMN kind_hash CASCADE;
ALTER TABLE meshline.job DROP COLUMN finished_at CASCADE;
ALTER TABLE meshline.merchant ADD COLUMN note_of_ours text;
UPDATE meshline.policy_key SET scope = 'merchant' WHERE scope = 'any';
ALTER TABLE meshline.policy_key DROP CONSTRAINT policy_key_scope_check, ADD CONSTRAINT policy_key_scope_check CHECK (scope IN ('merchant', 'connection')),
  ADD CONSTRAINT policy_key_of_old CHECK (key <> '');
DROP INDEX meshline.recon_exception_open;
CREATE INDEX recon_exception_open ON meshline.recon_exception (merchant_id, canonical_id);
UPDATE meshline.workspace_version SET version = '0.0.9';
SELECT pg_temp.workspace() = :'fresh' AS is_equal;
SELECT * FROM meshline.upgrade_workspace();
SELECT pg_temp.workspace() = :'fresh' AS is_equal;
SELECT * FROM meshline.upgrade_workspace();
SELECT version FROM meshline.workspace_version ORDER BY version;
-- A reason that was turned off stays so.
UPDATE meshline.reason_code SET is_enabled = false WHERE reason_code = 'OVERCAPTURE';
SELECT * FROM meshline.upgrade_workspace();
SELECT is_enabled FROM meshline.reason_code WHERE reason_code = 'OVERCAPTURE';
INSERT INTO meshline.workspace_version VALUES ('0.10.0', now());
SELECT * FROM meshline.upgrade_workspace(); -- fails
ROLLBACK;
