-- SPDX-License-Identifier: PostgreSQL
-- One set of test/real/links.sh: variables name, file, truth, header, columns, least and ticks.
\set ON_ERROR_STOP on
BEGIN;
CREATE TEMP TABLE record (:header);
CREATE TEMP TABLE truth (id_l text, id_r text);
SELECT format('COPY record FROM %L WITH (FORMAT csv, HEADER)', :'file') AS copy_record, format('COPY truth FROM %L WITH (FORMAT csv, HEADER)', :'truth') AS copy_truth \gset
:copy_record;
:copy_truth;
UPDATE record SET id = md5(source || 'no order' || id);
UPDATE truth SET id_l = md5('ano order' || id_l), id_r = md5('bno order' || id_r);
CREATE TEMP TABLE on_left AS SELECT * FROM record WHERE source = 'a' ORDER BY id;
CREATE TEMP TABLE on_right AS SELECT * FROM record WHERE source = 'b' ORDER BY id;
SELECT split_part(s.stat, ' ', 14)::bigint + split_part(s.stat, ' ', 15)::bigint AS before
FROM (SELECT regexp_replace(pg_read_file('/proc/' || pg_backend_pid() || '/stat'), '\(.*\)', 'x')) AS s (stat) \gset
CREATE TEMP TABLE found AS
SELECT l.left_id, l.right_id FROM meshline.link_tables('on_left', 'on_right',
  meshline.train_model('on_left', jsonb_build_object('id', 'id', 'right', 'on_right', 'columns', :'columns'::jsonb))) AS l;
SELECT (split_part(s.stat, ' ', 14)::bigint + split_part(s.stat, ' ', 15)::bigint - :before)::numeric / :ticks AS cpu_s
FROM (SELECT regexp_replace(pg_read_file('/proc/' || pg_backend_pid() || '/stat'), '\(.*\)', 'x')) AS s (stat) \gset
CREATE TEMP TABLE score AS
SELECT right_ones.n / NULLIF(links.n, 0) AS precision, right_ones.n / truths.n AS recall, 2 * right_ones.n / (links.n + truths.n) AS f1
FROM (SELECT count(*)::numeric AS n FROM found AS f JOIN truth AS t ON t.id_l = f.left_id AND t.id_r = f.right_id) AS right_ones
CROSS JOIN (SELECT count(*)::numeric AS n FROM found AS f) AS links
CROSS JOIN (SELECT count(*)::numeric AS n FROM truth AS t) AS truths;
SELECT format('%s %s: precision %s, recall %s, F1 %s (at least %s), %s CPU s', CASE WHEN s.f1 >= :least THEN 'ok' ELSE 'FAILED' END, :'name',
              COALESCE(round(s.precision, 4)::text, 'none'), round(s.recall, 4), round(s.f1, 4), :'least', round(:cpu_s, 1))
FROM score AS s;
SELECT format('figure: er.%s.pair_f1 %s ratio', :'name', round(s.f1, 4)) FROM score AS s;
SELECT format('figure: er.%s.cpu_s %s s', :'name', round(:cpu_s, 1));
ROLLBACK;
