-- SPDX-License-Identifier: PostgreSQL
-- One set of test/real/duplicates.sh: variables name, file, header, id, settings, least and ticks.
\set ON_ERROR_STOP on
BEGIN;
CREATE TEMP TABLE record (:header);
SELECT format('COPY record FROM %L WITH (FORMAT csv, HEADER)', :'file') AS copy \gset
:copy;
SELECT split_part(s.stat, ' ', 14)::bigint + split_part(s.stat, ' ', 15)::bigint AS before
FROM (SELECT regexp_replace(pg_read_file('/proc/' || pg_backend_pid() || '/stat'), '\(.*\)', 'x')) AS s (stat) \gset
CREATE TEMP TABLE found AS
SELECT c.id, c.cluster_id FROM meshline.cluster_duplicates('record', meshline.train_model('record', :'settings')) AS c;
SELECT (split_part(s.stat, ' ', 14)::bigint + split_part(s.stat, ' ', 15)::bigint - :before)::numeric / :ticks AS cpu_s
FROM (SELECT regexp_replace(pg_read_file('/proc/' || pg_backend_pid() || '/stat'), '\(.*\)', 'x')) AS s (stat) \gset
SELECT substring(pg_read_file('/proc/' || pg_backend_pid() || '/status') FROM 'VmHWM:\s+(\d+)')::bigint / 1024 AS peak_mib \gset
CREATE TEMP VIEW assigned AS SELECT r.cluster AS truth, f.cluster_id FROM record AS r JOIN found AS f ON f.id = r.:"id";
CREATE TEMP TABLE score AS
SELECT common.pairs / NULLIF(found.pairs, 0) AS precision, common.pairs / truth.pairs AS recall, 2 * common.pairs / (found.pairs + truth.pairs) AS f1
FROM (SELECT sum(n * (n - 1) / 2) AS pairs FROM (SELECT count(*)::numeric AS n FROM assigned AS a GROUP BY a.truth) AS g) AS truth
CROSS JOIN (SELECT sum(n * (n - 1) / 2) AS pairs FROM (SELECT count(*)::numeric AS n FROM assigned AS a GROUP BY a.cluster_id) AS g) AS found
CROSS JOIN (SELECT sum(n * (n - 1) / 2) AS pairs FROM (SELECT count(*)::numeric AS n FROM assigned AS a GROUP BY a.truth, a.cluster_id) AS g) AS common;
SELECT format('%s %s: precision %s, recall %s, F1 %s (at least %s), %s CPU s, %s MiB', CASE WHEN s.f1 >= :least THEN 'ok' ELSE 'FAILED' END, :'name',
              COALESCE(round(s.precision, 4)::text, 'none'), round(s.recall, 4), round(s.f1, 4), :'least', round(:cpu_s, 1), :'peak_mib')
FROM score AS s;
SELECT format('figure: er.%s.cluster_f1 %s ratio', :'name', round(s.f1, 4)) FROM score AS s;
SELECT format('figure: er.%s.cpu_s %s s', :'name', round(:cpu_s, 1));
SELECT format('figure: er.%s.peak_mib %s MiB', :'name', :'peak_mib');
ROLLBACK;
