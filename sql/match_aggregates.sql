-- match_score() and connected_components(): the same in any order of rows, and with workers.
\set SHOW_CONTEXT never
CREATE SCHEMA regress_aggregates;
SET search_path = regress_aggregates, pg_catalog;

SELECT meshline.match_score(w) AS even_odds FROM (VALUES (-3.5), (1.25), (2.25), (NULL)) AS v (w);
SELECT round(meshline.match_score(w)::numeric, 12) AS score, round((2 ^ 2.5 / (1 + 2 ^ 2.5))::numeric, 12) AS expected FROM (VALUES (-13.0), (9.25), (6.25)) AS v (w);
SELECT meshline.match_score(w) AS of_nothing FROM (VALUES (NULL::float8)) AS v (w);
SELECT meshline.match_score(w) AS certain FROM (VALUES ('infinity'::float8), (3)) AS v (w);
SELECT meshline.match_score(w) FROM (VALUES ('NaN'::float8)) AS v (w); -- fails

SELECT c.* FROM unnest((SELECT meshline.connected_components(a, b) FROM (VALUES ('d', 'c'), ('b', 'a'), ('x', NULL), ('c', 'b'), ('z', 'y'), (NULL, 'w'), (NULL, NULL), ('é', 'e')) AS v (a, b))) AS c;
SELECT meshline.connected_components(a, b) AS of_nothing FROM (VALUES ('a', 'b')) AS v (a, b) WHERE false;

-- 2,000 chains of 50 nodes; with and without workers.
CREATE TABLE edge AS
SELECT 'n' || c || '-' || s AS a, 'n' || c || '-' || s + 1 AS b, sin(c * 50 + s) * 1e-3 AS weight
FROM generate_series(1, 2000) AS c CROSS JOIN generate_series(1, 49) AS s ORDER BY md5(c || '/' || s);
ALTER TABLE edge SET (parallel_workers = 2);
CREATE VIEW outcome AS SELECT meshline.connected_components(e.a, e.b) AS component, meshline.match_score(e.weight) AS score FROM edge AS e;
SET max_parallel_workers_per_gather = 0;
CREATE TABLE serial_outcome AS SELECT * FROM outcome;
SET max_parallel_workers_per_gather = 2;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
EXPLAIN (COSTS OFF) CREATE TABLE parallel_outcome AS SELECT * FROM outcome;
CREATE TABLE parallel_outcome AS SELECT * FROM outcome;
RESET max_parallel_workers_per_gather;
SELECT s.component = p.component AS same_components, s.score = p.score AS same_score, cardinality(s.component) AS nodes FROM serial_outcome AS s, parallel_outcome AS p;
SELECT count(DISTINCT c.component_id) AS components, bool_and(split_part(c.id, '-', 1) || '-1' = c.component_id) AS by_least FROM parallel_outcome AS o CROSS JOIN LATERAL unnest(o.component) AS c;
RESET search_path;
SET client_min_messages = warning;
DROP SCHEMA regress_aggregates CASCADE;
