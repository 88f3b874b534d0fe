-- SPDX-License-Identifier: PostgreSQL
-- Of test/real/golden_weights.sh: variables folder, header and record_header.
CREATE EXTENSION meshline;
CREATE TABLE pair (:header);
SELECT format('COPY pair FROM %L WITH (FORMAT csv, HEADER)', :'folder' || '/pairs.csv') AS copy \gset
:copy;
CREATE TABLE model AS SELECT f.name, pg_read_file(:'folder' || '/' || f.name)::jsonb AS model
FROM pg_ls_dir(:'folder') AS f (name) WHERE f.name LIKE '%.json';

-- DuckDB, which Splink ran on, counts bytes; so that levels can be compared, each byte is made a character here.
CREATE FUNCTION pg_temp.as_bytes(value text) RETURNS text LANGUAGE sql RETURN convert_from(convert_to(value, 'UTF8'), 'LATIN1');
CREATE TABLE scored AS
SELECT p.match_weight::float8 AS weight, p.match_probability::float8 AS probability, meshline.match_weight(m.model, r.left_record, r.right_record) AS our_weight,
       meshline.match_weight(m.model, r.left_characters, r.right_characters) AS weight_by_characters, to_jsonb(p)::text ~ '[^\x01-\x7f]' AS is_beyond_ascii,
       e.steps, e.running_weights, e.running_probabilities
FROM pair AS p
CROSS JOIN LATERAL (
  SELECT jsonb_object_agg(k.name, pg_temp.as_bytes(c.value)) FILTER (WHERE c.key LIKE '%\_l') AS left_record,
         jsonb_object_agg(k.name, pg_temp.as_bytes(c.value)) FILTER (WHERE c.key LIKE '%\_r') AS right_record,
         jsonb_object_agg(k.name, c.value) FILTER (WHERE c.key LIKE '%\_l') AS left_characters,
         jsonb_object_agg(k.name, c.value) FILTER (WHERE c.key LIKE '%\_r') AS right_characters
  FROM jsonb_each_text(to_jsonb(p)) AS c CROSS JOIN LATERAL (SELECT substr(c.key, 1, length(c.key) - 2)) AS k (name)) AS r
JOIN model AS m ON m.name = 'historical_50k_duckdb_lev_model.json'
CROSS JOIN LATERAL (
  SELECT count(*) AS steps, array_agg(e.running_weight ORDER BY e.step) AS running_weights, array_agg(e.running_probability ORDER BY e.step) AS running_probabilities
  FROM meshline.explain_match(m.model, r.left_record, r.right_record) AS e) AS e;

SELECT format('%s weights of %s pairs: greatest difference %s', CASE WHEN count(*) > 5000 AND max(abs(s.our_weight - s.weight)) < 1e-9 THEN 'ok' ELSE 'FAILED' END, count(*), max(abs(s.our_weight - s.weight)))
FROM scored AS s;
SELECT format('%s by characters %s pairs weigh otherwise, all of them beyond ASCII', CASE WHEN bool_and(s.is_beyond_ascii) THEN 'ok' ELSE 'FAILED' END, count(*))
FROM scored AS s WHERE abs(s.weight_by_characters - s.weight) >= 1e-9;
SELECT format('%s probabilities: greatest difference %s', CASE WHEN max(abs(s.running_probabilities[7] - s.probability)) < 1e-9 THEN 'ok' ELSE 'FAILED' END, max(abs(s.running_probabilities[7] - s.probability)))
FROM scored AS s;
SELECT format('%s steps of every pair add up: %s', CASE WHEN bool_and(s.steps = 7 AND abs(s.running_weights[7] - s.our_weight) < 1e-9) THEN 'ok' ELSE 'FAILED' END, count(*))
FROM scored AS s;
SELECT format('%s %s: two equal people weigh %s', CASE WHEN w.weight > 20 THEN 'ok' ELSE 'FAILED' END, m.name, round(w.weight::numeric, 3))
FROM model AS m
CROSS JOIN LATERAL (SELECT meshline.match_weight(m.model, p.person, p.person) AS weight
  FROM (VALUES ('{"first_name": "ada", "surname": "lovelace", "first_name_surname_concat": "ada lovelace", "dob": "1815-12-10", "email": "ada@engine.org", "phone": "0712345678", "street": "12 high road", "postcode": "ab1 2cd", "city": "london"}'::jsonb)) AS p (person)) AS w
WHERE m.name LIKE 'people%' ORDER BY m.name;

CREATE TABLE person (:record_header);
SELECT format('COPY person FROM %L WITH (FORMAT csv, HEADER)', :'folder' || '/records.csv') AS copy \gset
:copy;
CREATE TABLE found AS SELECT f.* FROM model AS m CROSS JOIN LATERAL meshline.find_duplicates('person', m.model, -100) AS f WHERE m.name = 'historical_50k_duckdb_lev_model.json';
SELECT format('%s find_duplicates() gives %s pairs, %s of the %s scored ones among them, of which %s weigh otherwise, all of them beyond ASCII',
  CASE WHEN count(*) = count(f.weight) AND bool_and(abs(f.weight - p.match_weight::float8) < 1e-9 OR to_jsonb(p)::text ~ '[^\x01-\x7f]') THEN 'ok' ELSE 'FAILED' END,
  (SELECT count(*) FROM found), count(f.weight), count(*), count(*) FILTER (WHERE abs(f.weight - p.match_weight::float8) >= 1e-9))
FROM pair AS p LEFT JOIN found AS f ON f.left_id = p.unique_id_l AND f.right_id = p.unique_id_r;
