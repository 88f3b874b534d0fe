-- The borders between C++ and PostgreSQL: errors cross both ways with all that they say, and no
-- destructor is skipped. The functions come from a module of their own (test/border).
CREATE ROLE border_user;
CREATE SCHEMA border AUTHORIZATION border_user;
CREATE FUNCTION border.live() RETURNS int LANGUAGE c AS 'meshline_border_probe', 'border_live';
CREATE FUNCTION border.fail(way text) RETURNS void LANGUAGE c STRICT AS 'meshline_border_probe', 'border_fail';
CREATE FUNCTION border.sql(query text) RETURNS bigint LANGUAGE c STRICT AS 'meshline_border_probe', 'border_sql';
CREATE FUNCTION border.allocate(bytes bigint, alignment int) RETURNS int LANGUAGE c STRICT
  AS 'meshline_border_probe', 'border_allocate';
CREATE FUNCTION border.subtransaction(work text, way text) RETURNS text LANGUAGE c STRICT
  AS 'meshline_border_probe', 'border_subtransaction';
CREATE FUNCTION border.subtransaction_repeat(way text, times int) RETURNS int LANGUAGE c STRICT
  AS 'meshline_border_probe', 'border_subtransaction_repeat';
CREATE FUNCTION border.trigger() RETURNS trigger LANGUAGE c AS 'meshline_border_probe', 'border_trigger';
SET ROLE border_user;
SET search_path = border;
\set SHOW_CONTEXT never
\t on
\pset format unaligned

-- What PL/pgSQL catches of a failing query, and what is left alive after it.
CREATE FUNCTION border.caught(query text) RETURNS text LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  state text;
  message text;
  detail text;
  hint text;
BEGIN
  EXECUTE query;
  RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
  GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
  RETURN format('%s | %s | %s | %s', state, message, detail, hint);
END
$$;

-- C++ to PostgreSQL
SELECT fail('error'); -- fails
SELECT fail('own class'); -- fails
SELECT fail('bad_alloc'); -- fails
SELECT fail('exception'); -- fails
SELECT fail('int'); -- fails
SELECT live();
SELECT caught(format('SELECT border.fail(%L)', way))
FROM unnest(ARRAY['error', 'own class', 'bad_alloc', 'exception', 'int', 'none']) AS way;
SELECT left(caught('SELECT border.fail(''standard library'')'), 5);
SELECT live();

-- PostgreSQL to C++ and on to PostgreSQL
SELECT fail('postgres'); -- fails
SELECT sql('SELECT 7');
SELECT sql('SELECT 1/0'); -- fails
SELECT sql('SELECT nonsense'); -- fails
SELECT caught(format('SELECT border.sql(%L)', query))
FROM unnest(ARRAY['SELECT 1/0', 'SELECT nonsense', 'SELECT border.fail(''postgres'')', 'SELECT border.fail(''error'')',
                  'SELECT border.sql(''SELECT border.fail(''''own class'''')'')', 'SELECT 8']) AS query;
SELECT live();

-- Texts that are too long for the border are cut between two characters.
SELECT octet_length(part), right(part, 1) = '€'
FROM regexp_split_to_table(caught('SELECT border.fail(''long'')'), ' \| ') AS part;

-- A loop of C++ is interrupted.
SET statement_timeout = '50ms';
SELECT fail('spin'); -- fails
SELECT sql('SELECT border.fail(''spin'')'); -- fails
RESET statement_timeout;
SELECT live();

-- Memory: every alignment; too much is an error, and the session lives.
SELECT alignment, allocate(1000, alignment), allocate(1, alignment), allocate(3000000, alignment)
FROM unnest(ARRAY[1, 8, 16, 64, 4096]) AS alignment;
SELECT allocate(1::bigint << 40, 8); -- fails
SELECT allocate(1::bigint << 40, 64); -- fails
SELECT allocate(1::bigint << 62, 16); -- fails
SELECT allocate(-1, 8); -- fails
SELECT live();

-- A subtransaction keeps its work, or loses it and tells why; the transaction lives.
CREATE TABLE border.note (note text NOT NULL);
BEGIN;
INSERT INTO note VALUES ('before');
SELECT subtransaction('INSERT INTO border.note VALUES (''kept'')', 'none');
SELECT subtransaction('INSERT INTO border.note VALUES (''undone'')', way)
FROM unnest(ARRAY['error', 'own class', 'bad_alloc', 'exception', 'int', 'postgres', 'sql:SELECT 1/0',
                  'sql:SELECT border.fail(''error'')', 'sql:INSERT INTO border.note VALUES (NULL)']) AS way;
SELECT subtransaction('SELECT 1/0', 'none');
INSERT INTO note VALUES ('after');
COMMIT;
SELECT note FROM note ORDER BY note;
SELECT live();
-- one inside the other
SELECT subtransaction('SELECT border.subtransaction(''INSERT INTO border.note VALUES (''''inner'''')'', ''error'')', 'none');
SELECT subtransaction('SELECT border.subtransaction(''INSERT INTO border.note VALUES (''''inner'''')'', ''none'')', 'error');
SELECT count(*) FROM note WHERE note = 'inner';
SELECT subtransaction_repeat(way, 2000) FROM unnest(ARRAY['error', 'postgres', 'sql:SELECT 1/0', 'none']) AS way;
SELECT live();

-- A cancel is not swallowed.
SET statement_timeout = '50ms';
SELECT subtransaction('INSERT INTO border.note VALUES (''cancelled'')', 'spin'); -- fails
SELECT subtransaction('SELECT pg_sleep(10)', 'none'); -- fails
RESET statement_timeout;
SELECT count(*) FROM note WHERE note = 'cancelled';
SELECT live();

-- In a trigger: the statement's own rows stay.
CREATE TABLE border.staged (value int);
CREATE TABLE border.copy (value int CHECK (value < 10));
CREATE TRIGGER staged_insert_copy AFTER INSERT ON border.staged REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION border.trigger('INSERT INTO border.copy SELECT value FROM new_rows');
INSERT INTO staged VALUES (1), (2);
INSERT INTO staged VALUES (3), (10);
INSERT INTO staged VALUES (4);
SELECT value FROM staged ORDER BY value;
SELECT value FROM copy ORDER BY value;
SELECT trigger(); -- fails
SELECT live();

RESET search_path;
RESET ROLE;
SET client_min_messages = warning;
DROP SCHEMA border CASCADE;
DROP ROLE border_user;
