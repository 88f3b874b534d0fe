-- The extension cannot be dropped while triggers of the user's tables depend on it; the workspace goes on purpose only.
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET datestyle = iso;
\set VERBOSITY terse
DROP EXTENSION meshline; -- fails
SELECT meshline.drop_workspace(NULL); -- fails
SELECT meshline.drop_workspace('wrong'); -- fails
CREATE TABLE regress_kept (payload jsonb);
SELECT meshline.attach_table('regress_kept', 1, 'order', 'payload');
SET client_min_messages = warning;
SELECT meshline.drop_workspace(current_database());
SELECT c.relname FROM pg_class AS c WHERE c.relnamespace IN ('meshline'::regnamespace, 'staging'::regnamespace) AND c.relkind IN ('r', 'v', 'S') ORDER BY 1;
-- A table of the user's own is left, without our triggers.
INSERT INTO regress_kept VALUES ('{}');
SELECT count(*) AS triggers FROM pg_trigger AS t WHERE t.tgrelid = 'regress_kept'::regclass;
DROP TABLE regress_kept;
-- It can be made again, and goes without a trace.
SELECT meshline.create_workspace();
SELECT meshline.drop_workspace(current_database());
DROP EXTENSION meshline;
SELECT count(*) AS functions_left FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = p.pronamespace WHERE n.nspname = 'meshline';
DROP SCHEMA staging;
DROP SCHEMA IF EXISTS meshline;
