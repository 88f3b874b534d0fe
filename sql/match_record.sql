-- The records that one record may be a duplicate of, found by an index of keys.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
CREATE SCHEMA regress_probe;
SET search_path = regress_probe, pg_catalog;
CREATE FUNCTION pick(kind text, n integer, size integer) RETURNS integer LANGUAGE sql IMMUTABLE RETURN ('x' || substr(md5(kind || n), 1, 6))::bit(24)::integer % size;
CREATE TABLE customer (id integer PRIMARY KEY, first_name text, surname text, dob text, email text, phone text, postcode text);
INSERT INTO customer
SELECT n, (ARRAY['anna', 'boris', 'carla', 'dmitri', 'elena', 'frank', 'grace', 'henry', 'irina', 'jonas'])[1 + pick('first', n, 10)],
  (ARRAY['mil', 'stan', 'wood', 'har', 'lin', 'cor', 'black', 'whit', 'ash', 'bur'])[1 + pick('start', n, 10)]
    || (ARRAY['ton', 'ley', 'field', 'man', 'sen', 'worth', 'er', 'by'])[1 + pick('end', n, 8)],
  (date '1950-01-01' + pick('born', n, 18000))::text, substr(md5('mail' || n), 1, 8) || '@example.org',
  '07' || lpad((pick('one', n, 100000)::bigint * 10000 + pick('two', n, 10000))::text, 9, '0'), 'ab' || pick('area', n, 40) || ' ' || n % 10 || 'xy'
FROM generate_series(1, 1500) AS n;
CREATE VIEW twin AS
SELECT 10000 + c.id AS id, c.first_name, c.surname || 'e' AS surname, c.dob, CASE c.id % 3 WHEN 0 THEN c.email END AS email, CASE c.id % 3 WHEN 1 THEN c.phone END AS phone, c.postcode
FROM customer AS c WHERE c.id % 5 = 0 AND c.id <= 1500;
INSERT INTO customer SELECT * FROM twin;
CREATE TABLE model AS SELECT meshline.create_match_index('customer', meshline.train_model('customer')) AS model;
SELECT m.model ->> 'relation' AS relation, (SELECT count(*) FROM pg_index AS i WHERE i.indrelid = 'customer'::regclass AND NOT i.indisprimary) AS indexes FROM model AS m;

-- A record is found as it stands, and through an error in its name.
SELECT f.id, f.weight > 10 AS is_sure, f.probability > 0.99 AS is_probable
FROM model AS m JOIN customer AS c ON c.id = 7 CROSS JOIN LATERAL meshline.match_record(m.model, to_jsonb(c), 1) AS f;
SELECT count(*) AS records, count(*) FILTER (WHERE f.ids @> ARRAY[(t.id - 10000)::text]) AS found, bool_and(cardinality(f.ids) <= 3) AS at_most_three
FROM model AS m CROSS JOIN twin AS t
CROSS JOIN LATERAL (SELECT array_agg(r.id ORDER BY r.weight DESC) AS ids FROM meshline.match_record(m.model, to_jsonb(t), 3) AS r) AS f;

-- The weights are those of match_weight(), and fall.
SELECT count(*) > 1 AS several, bool_and(abs(f.weight - meshline.match_weight(m.model, to_jsonb(t), to_jsonb(c))) < 1e-9) AS are_equal,
       array_agg(f.weight ORDER BY f.ordinality) = array_agg(f.weight ORDER BY f.weight DESC) AS fall
FROM model AS m JOIN twin AS t ON t.id = 10030 CROSS JOIN LATERAL meshline.match_record(m.model, to_jsonb(t), 100) WITH ORDINALITY AS f
JOIN customer AS c ON c.id = f.id::int;

-- New and changed rows are found at once; the plan uses the index.
INSERT INTO customer VALUES (20000, 'zoltán', 'kodály', '1882-12-16', 'zk@example.hu', NULL, 'ab1 2cd');
SELECT f.id FROM model AS m CROSS JOIN LATERAL meshline.match_record(m.model, '{"first_name": "Zoltan", "surname": "Kodaly", "dob": "1882-12-16"}', 1) AS f;
UPDATE customer SET email = 'zoltan@example.hu' WHERE id = 20000;
SELECT f.id FROM model AS m CROSS JOIN LATERAL meshline.match_record(m.model, '{"email": "ZOLTAN@example.hu"}', 1) AS f;
SELECT count(*) AS nobody FROM model AS m CROSS JOIN LATERAL meshline.match_record(m.model, '{}', 5) AS f;
SELECT count(*) AS none_asked_for FROM model AS m CROSS JOIN LATERAL meshline.match_record(m.model, '{"email": "zoltan@example.hu"}', 0) AS f;
SELECT array_length(meshline.match_keys('email;0/0;0/1', ARRAY['Ann@Example.org']), 1) AS keys, meshline.match_keys('email;0/0', ARRAY[NULL::text]) AS of_nothing,
       meshline.match_keys('email;0/0', ARRAY['Ann@Example.org']) = meshline.match_keys('email;0/0', ARRAY['ann@example.org ']) AS of_one_address;

SELECT * FROM meshline.match_record('{"id": "id", "columns": [], "matches_per_record": 0.1}', '{}'); -- fails
SELECT m.id FROM model CROSS JOIN LATERAL meshline.match_record(model.model, '[]') AS m; -- fails
SELECT meshline.match_keys('nonsense', ARRAY['x']); -- fails
SELECT meshline.match_keys('email;0/9', ARRAY['x']); -- fails
SELECT meshline.match_keys('email;0/0', ARRAY['x', 'y']); -- fails
RESET search_path;
DROP SCHEMA regress_probe CASCADE;
