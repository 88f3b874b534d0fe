-- Every set of amounts that explains a total is counted, and the best are named.
\set SHOW_CONTEXT never
-- A payout of 1,250.00 without lines: one set of orders is as much.
SELECT * FROM meshline.explain_sum(125000, ARRAY[30000, 49900, 75100, 12000, 99000]);
-- An order of the same amount more, and nobody can tell which of the two was paid.
SELECT * FROM meshline.explain_sum(125000, ARRAY[30000, 49900, 75100, 12000, 99000, 49900]);
SELECT e.explanations, e.set_number, e.set_amounts FROM meshline.explain_sum(125000, ARRAY[30000, 49900, 75100, 12000, 99000, 49900], max_sets => 1) AS e;
-- Nothing explains it: the count is there all the same.
SELECT * FROM meshline.explain_sum(125001, ARRAY[30000, 49900, 75100]);
SELECT e.explanations FROM meshline.explain_sum(0, '{}') AS e;
-- Refunds and fees are negative; sets within the tolerance come by their distance, then the smaller ones.
SELECT e.positions, e.set_amounts, e.difference FROM meshline.explain_sum(9700, ARRAY[10000, -300, 2500, 7199, 9702], 2, max_sets => 10) AS e;
SELECT e.explanations, e.positions FROM meshline.explain_sum(9700, ARRAY[10000, -300, 2500, 7199, 9702], 2, max_size => 1) AS e;
-- One row for each payment, with those open invoices that it may cover.
WITH payment (payment_id, amount_minor) AS (VALUES ('p1', 15000::bigint), ('p2', 99999)),
     invoice (number, amount_minor) AS (VALUES ('A', 4000::bigint), ('B', 11000), ('C', 7500)),
     candidates AS (SELECT array_agg(i.number ORDER BY i.number) AS numbers, array_agg(i.amount_minor ORDER BY i.number) AS amounts FROM invoice AS i)
SELECT p.payment_id, e.explanations, (SELECT array_agg(c.numbers[n]) FROM unnest(e.positions) AS n) AS invoices
FROM payment AS p, candidates AS c, meshline.explain_sum(p.amount_minor, c.amounts) AS e ORDER BY p.payment_id;
-- Sums beyond bigint are no sums of anything else.
SELECT e.explanations, e.positions, e.difference
FROM meshline.explain_sum(-1, ARRAY[9223372036854775807, 9223372036854775807, -9223372036854775808, 1], max_sets => 9) AS e;
SELECT e.explanations FROM meshline.explain_sum(-4, array_fill(9223372036854775807, ARRAY[4])) AS e;
-- Forty amounts, and every one of a trillion sets counted.
SELECT e.explanations, e.positions FROM meshline.explain_sum(0, array_fill(0::bigint, ARRAY[40])) AS e;
SELECT e.explanations, e.set_amounts FROM meshline.explain_sum(711573404673, (SELECT array_agg(1::bigint << i ORDER BY i) FROM generate_series(0, 39) AS i)) AS e;
SELECT e.explanations, e.positions FROM meshline.explain_sum(5, (SELECT array_agg(i::bigint) FROM generate_series(1, 100) AS i), max_size => 2) AS e;
-- What is not known explains nothing and is no count.
SELECT e.explanations IS NULL AS unknown FROM meshline.explain_sum(NULL, ARRAY[1]) AS e;
SELECT e.explanations IS NULL AS unknown FROM meshline.explain_sum(1, NULL) AS e;
SELECT e.explanations FROM meshline.explain_sum(1, ARRAY[1], max_size => NULL) AS e;
SELECT meshline.explain_sum(1, ARRAY[1, NULL]); -- fails
SELECT meshline.explain_sum(1, ARRAY[[1, 2], [3, 4]]); -- fails
SELECT meshline.explain_sum(1, ARRAY[1], -1); -- fails
SELECT meshline.explain_sum(1, ARRAY[1], 0, 0); -- fails
SELECT meshline.explain_sum(1, ARRAY[1], 0, -3); -- fails
SELECT meshline.explain_sum(1, ARRAY[1], max_sets => 0); -- fails
SELECT meshline.explain_sum(1, array_fill(1::bigint, ARRAY[41])); -- fails
DO $$ BEGIN PERFORM meshline.explain_sum(1, array_fill(1::bigint, ARRAY[41])); EXCEPTION WHEN program_limit_exceeded THEN RAISE INFO 'too many'; END $$;
DO $$ BEGIN PERFORM meshline.explain_sum(1, ARRAY[NULL::bigint]); EXCEPTION WHEN null_value_not_allowed THEN RAISE INFO 'null'; END $$;
-- A search that takes too long is given up.
SET statement_timeout = '20ms';
SELECT e.explanations FROM meshline.explain_sum(5000, (SELECT array_agg(i * i) FROM generate_series(1::bigint, 40) AS i), 10, 30) AS e; -- fails
RESET statement_timeout;
-- Workers and the leader find the same.
CREATE TABLE regress_total WITH (parallel_workers = 2) AS SELECT i AS target FROM generate_series(1, 2000) AS i;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
EXPLAIN (COSTS OFF) SELECT sum(e.explanations) FROM regress_total AS t, meshline.explain_sum(t.target, ARRAY[500, 300, 200, 700, 1100, 50, -100], max_sets => 1) AS e;
SELECT sum(e.explanations) AS parallel FROM regress_total AS t, meshline.explain_sum(t.target, ARRAY[500, 300, 200, 700, 1100, 50, -100], max_sets => 1) AS e;
SET max_parallel_workers_per_gather = 0;
SELECT sum(e.explanations) AS serial FROM regress_total AS t, meshline.explain_sum(t.target, ARRAY[500, 300, 200, 700, 1100, 50, -100], max_sets => 1) AS e;
RESET max_parallel_workers_per_gather;
DROP TABLE regress_total;
