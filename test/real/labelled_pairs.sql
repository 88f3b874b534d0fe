-- SPDX-License-Identifier: PostgreSQL
-- Of test/real/links.sh: variables file, header and columns. A model is trained on the records of both sides as they
-- stand, and each labelled pair is judged by its weight alone.
BEGIN;
CREATE TEMP TABLE pair (:header);
SELECT format('COPY pair FROM %L WITH (FORMAT csv, HEADER)', :'file') AS copy \gset
:copy;
CREATE TEMP VIEW side AS
SELECT p.pair_id, p.label = '1' AS is_match, s.side, jsonb_object_agg(left(c.key, -2), NULLIF(c.value, '')) AS record
FROM pair AS p CROSS JOIN (VALUES ('l'), ('r')) AS s (side)
CROSS JOIN LATERAL jsonb_each_text(to_jsonb(p)) AS c WHERE right(c.key, 2) = '_' || s.side
GROUP BY p.pair_id, p.label, s.side;
SELECT string_agg(format('d.record ->> %L AS %I', c, c), ', ') AS values FROM jsonb_object_keys(:'columns'::jsonb) AS c \gset
CREATE TEMP TABLE on_left AS SELECT row_number() OVER (ORDER BY d.record) AS id, :values FROM (SELECT DISTINCT s.record FROM side AS s WHERE s.side = 'l') AS d;
CREATE TEMP TABLE on_right AS SELECT row_number() OVER (ORDER BY d.record) AS id, :values FROM (SELECT DISTINCT s.record FROM side AS s WHERE s.side = 'r') AS d;
CREATE TEMP TABLE judged AS
SELECT l.is_match, meshline.match_weight(m.model, l.record, r.record) >= 0 AS is_found
FROM (SELECT meshline.train_model('on_left', jsonb_build_object('id', 'id', 'right', 'on_right', 'columns', :'columns'::jsonb)) AS model) AS m
CROSS JOIN side AS l JOIN side AS r USING (pair_id) WHERE l.side = 'l' AND r.side = 'r';
SELECT format('ok itunes_amazon_pairs: precision %s, recall %s, F1 %s of %s labelled pairs', COALESCE(round(s.right_ones / NULLIF(s.found, 0), 4)::text, 'none'), round(s.right_ones / s.matches, 4),
              round(2 * s.right_ones / (s.found + s.matches), 4), s.pairs) || E'\n' || format('figure: er.itunes_amazon_pairs.pair_f1 %s ratio', round(2 * s.right_ones / (s.found + s.matches), 4))
FROM (SELECT count(*) FILTER (WHERE j.is_match AND j.is_found)::numeric AS right_ones, count(*) FILTER (WHERE j.is_found) AS found, count(*) FILTER (WHERE j.is_match) AS matches, count(*) AS pairs
      FROM judged AS j) AS s;
ROLLBACK;
