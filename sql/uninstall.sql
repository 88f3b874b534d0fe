-- The extension cannot be dropped while staging triggers depend on it; the workspace goes on purpose only.
\set VERBOSITY terse
DROP EXTENSION meshline; -- fails
SELECT meshline.drop_workspace('wrong'); -- fails
SET client_min_messages = warning;
SELECT meshline.drop_workspace(current_database()::text);
SELECT count(*) AS left_in_meshline FROM pg_class WHERE relnamespace = 'meshline'::regnamespace AND relkind IN ('r', 'v', 'S');
SELECT count(*) AS left_in_staging FROM pg_class WHERE relnamespace = 'staging'::regnamespace AND relkind = 'r';
DROP EXTENSION meshline;
