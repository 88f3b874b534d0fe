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
CREATE OR REPLACE VIEW meshline.open_exceptions AS SELECT x.* FROM meshline.exceptions AS x WHERE false;
DROP INDEX meshline.canonical_next_due_at;
UPDATE meshline.reason_code SET definition = 'Older words.', severity = 'low' WHERE reason_code = 'OVERCAPTURE';
DELETE FROM meshline.policy_key WHERE key = 'refund_grace_days';
UPDATE meshline.policy_key SET default_value = '99' WHERE key = 'mapping_grace_days';
UPDATE meshline.connector SET definition = definition || '{"version": "0.0"}' WHERE connector = 'xero';
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
