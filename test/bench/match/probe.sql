-- SPDX-License-Identifier: PostgreSQL
-- Of test/bench/probe.sh: variable file.
SET client_min_messages = warning;
SET maintenance_work_mem = '512MB';
CREATE EXTENSION meshline;
CREATE TABLE people (unique_id text PRIMARY KEY, cluster text, source text, first_name text, surname text, dob text, email text, phone text, street text, city text, postcode text);
SELECT format('COPY people FROM %L WITH (FORMAT csv, HEADER)', :'file') AS copy \gset
:copy;
ANALYZE people;
CREATE TABLE model AS SELECT meshline.create_match_index('people', meshline.train_model('people',
  '{"columns": {"first_name": "given_name", "surname": "surname", "dob": "date", "email": "email", "phone": "phone", "street": "address", "city": "place", "postcode": "postcode"}}')) AS model;
SELECT 'index ' || pg_size_pretty(pg_relation_size(i.indexrelid)) FROM pg_index AS i WHERE i.indrelid = 'people'::regclass AND NOT i.indisprimary;

-- One letter of one value, or of two values, is lost, doubled, changed, or swapped with the next.
CREATE FUNCTION number_of(kind text, seed text, size integer) RETURNS integer LANGUAGE sql IMMUTABLE
RETURN ('x' || substr(md5(kind || seed), 1, 7))::bit(28)::integer % size;
CREATE FUNCTION mistyped(value text, seed text) RETURNS text LANGUAGE sql IMMUTABLE
RETURN (
  SELECT CASE number_of('what', seed, 4) WHEN 0 THEN overlay(value PLACING '' FROM p.at FOR 1) WHEN 1 THEN overlay(value PLACING substr(value, p.at, 1) FROM p.at FOR 0)
    WHEN 2 THEN overlay(value PLACING chr(97 + number_of('letter', seed, 26)) FROM p.at FOR 1)
    ELSE overlay(value PLACING reverse(substr(value, p.at, 2)) FROM p.at FOR 2) END
  FROM (SELECT 1 + number_of('at', seed, greatest(length(value), 1))) AS p (at));
CREATE TABLE probe AS
SELECT p.unique_id, p.cluster, (
  SELECT jsonb_object_agg(f.key, CASE WHEN f.key IN (e.first_error, e.second_error) THEN mistyped(f.value, f.key || p.unique_id) ELSE f.value END)
  FROM jsonb_each_text(to_jsonb(p) - 'unique_id' - 'cluster' - 'source') AS f) AS record
FROM people AS p
CROSS JOIN LATERAL (SELECT array_agg(f.key ORDER BY md5(f.key || p.unique_id)) FROM jsonb_each_text(to_jsonb(p) - 'unique_id' - 'cluster' - 'source') AS f WHERE f.value <> '') AS k (keys)
CROSS JOIN LATERAL (SELECT k.keys[1] AS first_error, CASE number_of('two', p.unique_id, 2) WHEN 1 THEN k.keys[2] END AS second_error) AS e
ORDER BY md5(p.unique_id || 'probe') LIMIT 5000;

CREATE TABLE answer (unique_id text, is_found boolean, milliseconds float8);
DO $$
DECLARE
  given record;
  model_now CONSTANT jsonb := (SELECT m.model FROM model AS m);
  found text[];
  started timestamptz;
BEGIN
  PERFORM (SELECT count(*) FROM (SELECT p.record FROM probe AS p LIMIT 500) AS p CROSS JOIN LATERAL meshline.match_record(model_now, p.record, 5) AS m);
  FOR given IN SELECT * FROM probe LOOP
    started := clock_timestamp();
    SELECT array_agg(m.id) INTO found FROM meshline.match_record(model_now, given.record, 5) AS m;
    INSERT INTO answer VALUES (given.unique_id, given.unique_id = ANY (found), 1000 * extract(epoch FROM clock_timestamp() - started));
  END LOOP;
END
$$;
SELECT format('figure: probe.1m.recall_at_5 %s share', round(avg(a.is_found::int), 4)) FROM answer AS a;
SELECT format('figure: probe.1m.cpu_p50_ms %s ms', round(percentile_disc(0.5) WITHIN GROUP (ORDER BY a.milliseconds)::numeric, 3)) FROM answer AS a;
SELECT format('figure: probe.1m.cpu_p99_ms %s ms', round(percentile_disc(0.99) WITHIN GROUP (ORDER BY a.milliseconds)::numeric, 3)) FROM answer AS a;
