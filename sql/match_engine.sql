-- Duplicates of a table: trained without labels, found by blocking, clustered by average linkage.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
CREATE SCHEMA regress_match;
SET search_path = regress_match, pg_catalog;
-- 1,500 people; every fifth comes again with errors: a letter lost or added, names swapped, values missing.
CREATE FUNCTION pick(kind text, n integer, size integer) RETURNS integer LANGUAGE sql IMMUTABLE RETURN ('x' || substr(md5(kind || n), 1, 6))::bit(24)::integer % size;
CREATE TABLE person (id integer PRIMARY KEY, truth integer, first_name text, surname text, dob text, email text, phone text, postcode text, city text);
INSERT INTO person
SELECT n, n,
  (ARRAY['anna', 'boris', 'carla', 'dmitri', 'elena', 'frank', 'grace', 'henry', 'irina', 'jonas'])[1 + pick('first', n, 10)],
  (ARRAY['mil', 'stan', 'wood', 'har', 'lin', 'cor', 'black', 'whit', 'ash', 'bur'])[1 + pick('start', n, 10)]
    || (ARRAY['ton', 'ley', 'field', 'man', 'sen', 'worth', 'er', 'by'])[1 + pick('end', n, 8)],
  (date '1950-01-01' + pick('born', n, 18000))::text, substr(md5('mail' || n), 1, 8) || '@example.org',
  '07' || lpad((pick('one', n, 100000)::bigint * 10000 + pick('two', n, 10000))::text, 9, '0'),
  'ab' || pick('area', n, 40) || ' ' || n % 10 || 'xy', (ARRAY['York', 'Leeds', 'Hull', 'Bath', 'Ely'])[1 + pick('area', n, 5)]
FROM generate_series(1, 1500) AS n;
INSERT INTO person
SELECT 10000 + p.id, p.truth,
  CASE p.id / 5 % 4 WHEN 0 THEN substr(p.first_name, 2) WHEN 3 THEN p.surname ELSE initcap(p.first_name) END,
  CASE p.id / 5 % 4 WHEN 1 THEN p.surname || 'e' WHEN 3 THEN p.first_name ELSE upper(p.surname) END,
  CASE p.id / 5 % 3 WHEN 0 THEN '' ELSE p.dob END,
  CASE p.id / 5 % 3 WHEN 1 THEN NULL ELSE p.email END,
  CASE p.id / 5 % 3 WHEN 2 THEN '+44' || substr(p.phone, 2) END, p.postcode, p.city
FROM person AS p WHERE p.id % 5 = 0;

CREATE TABLE model AS SELECT meshline.train_model('person') AS model;
SELECT m.model ->> 'id' AS id, m.model #> '{training,is_converged}' AS is_converged, (m.model ->> 'matches_per_record')::float8 * 1800 BETWEEN 270 AND 330 AS about_300_matches
FROM model AS m;
SELECT c.column, c.role FROM model AS m CROSS JOIN LATERAL jsonb_to_recordset(m.model -> 'columns') AS c ("column" text, role text);

-- The 300 pairs are found, and few others; each pair once.
SELECT count(*) FILTER (WHERE a.truth = b.truth) AS found, count(*) FILTER (WHERE a.truth <> b.truth) AS wrong, count(*) = count(DISTINCT (f.left_id, f.right_id)) AS once,
       bool_and(f.left_id COLLATE "C" < f.right_id COLLATE "C") AS ordered, bool_and(abs(f.probability - 1 / (1 + 2 ^ (-f.weight))) < 1e-12) AS as_odds
FROM model AS m CROSS JOIN LATERAL meshline.find_duplicates('person', m.model) AS f
JOIN person AS a ON a.id = f.left_id::int JOIN person AS b ON b.id = f.right_id::int;
SELECT count(*) AS records, count(DISTINCT c.cluster_id) AS clusters, count(*) FILTER (WHERE p.truth <> q.truth) AS wrong
FROM meshline.cluster_duplicates('person') AS c JOIN person AS p ON p.id = c.id::int JOIN person AS q ON q.id = c.cluster_id::int;

-- The order of rows does not matter.
CREATE TABLE shuffled (LIKE person INCLUDING ALL);
INSERT INTO shuffled SELECT * FROM person ORDER BY md5(id::text);
SELECT meshline.train_model('shuffled') = m.model AS is_same_model FROM model AS m;
SELECT (SELECT array_agg(f ORDER BY f) FROM meshline.find_duplicates('person', m.model, -5) AS f) = (SELECT array_agg(f ORDER BY f) FROM meshline.find_duplicates('shuffled', m.model, -5) AS f) AS are_same_pairs,
       (SELECT array_agg(c ORDER BY c) FROM meshline.cluster_duplicates('person', m.model) AS c) = (SELECT array_agg(c ORDER BY c) FROM meshline.cluster_duplicates('shuffled', m.model) AS c) AS are_same_clusters
FROM model AS m;

-- Two tables: each record is linked once at most, and those that have no counterpart are not.
CREATE TABLE shop (LIKE person INCLUDING ALL);
CREATE TABLE bank (LIKE person INCLUDING ALL);
INSERT INTO shop SELECT * FROM person WHERE id <= 800;
INSERT INTO bank SELECT * FROM person WHERE id > 10000;
SELECT count(*) AS links, count(DISTINCT l.left_id) AS from_shop, count(DISTINCT l.right_id) AS to_bank, count(*) FILTER (WHERE l.left_id::int + 10000 <> l.right_id::int) AS wrong
FROM meshline.link_tables('shop', 'bank') AS l;
-- A second copy of each record: linked once or twice.
INSERT INTO shop SELECT id + 100000, truth, first_name, surname, dob, email, phone, postcode, city FROM shop;
SELECT one_to_one, (SELECT count(*) FROM meshline.link_tables('shop', 'bank', one_to_one => s.one_to_one)) AS links FROM (VALUES (true), (false)) AS s (one_to_one);

-- Roles by hand, and names that need quotes.
CREATE TABLE "Odd 'name" ("The Id" text, "Who Is It" text);
INSERT INTO "Odd 'name" VALUES ('a', 'Ann Smith'), ('b', 'Smith, Ann'), ('c', 'Zoltan Kiss'), ('d', NULL);
SELECT f.left_id, f.right_id FROM meshline.find_duplicates('"Odd ''name"', meshline.train_model('"Odd ''name"', '{"id": "The Id", "columns": {"Who Is It": "full_name"}}'), -20) AS f;
CREATE TABLE nobody (id int PRIMARY KEY, name text);
SELECT * FROM meshline.cluster_duplicates('nobody');

SELECT meshline.train_model('"Odd ''name"'); -- fails
SELECT meshline.train_model('person', '{"columns": {"dob": "birthday"}}'); -- fails
SELECT meshline.train_model('person', '{"columns": {"nosuch": "date"}}'); -- fails
SELECT * FROM meshline.find_duplicates('person', '{"id": "id", "columns": [{"column": "dob", "role": "date", "levels": [{"m": 0.5, "u": 0.5}]}], "matches_per_record": 0.1}'); -- fails
SELECT * FROM meshline.find_duplicates('person', '{"id": "id", "columns": [{"column": "phone", "role": "phone", "levels": [{"m": 0, "u": 0.5}, {"m": 0.5, "u": 0.5}, {"m": 0.5, "u": 0.5}]}], "matches_per_record": 0.1}'); -- fails
RESET search_path;
DROP SCHEMA regress_match CASCADE;
