-- schedule() needs pg_cron, and says so; where it is, jobs of two names are made or changed.
\set SHOW_CONTEXT never
SELECT meshline.schedule(); -- fails
-- What pg_cron is asked for, taken down by something that stands in for it.
BEGIN;
CREATE SCHEMA cron;
CREATE TABLE cron.asked (job text PRIMARY KEY, schedule text, command text);
CREATE FUNCTION cron.schedule(job_name text, schedule text, command text) RETURNS bigint LANGUAGE sql AS $$
  INSERT INTO cron.asked VALUES (job_name, schedule, command)
  ON CONFLICT (job) DO UPDATE SET schedule = excluded.schedule, command = excluded.command RETURNING 1::bigint
$$;
INSERT INTO pg_extension (oid, extname, extowner, extnamespace, extrelocatable, extversion)
SELECT 4294967000, 'pg_cron', n.nspowner, n.oid, false, '1' FROM pg_namespace AS n WHERE n.nspname = 'cron';
SELECT meshline.schedule();
SELECT meshline.schedule('*/2 * * * *');
SELECT * FROM cron.asked ORDER BY job;
ROLLBACK;
