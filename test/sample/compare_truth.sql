-- SPDX-License-Identifier: PostgreSQL
-- Compares the exceptions of a database with the truth of the sample month, or world, that was loaded into it.
-- Usage: psql -X -v truth=DIR/truth.tsv -f compare_truth.sql
-- Prints per reason: planted rows, found ones, missed ones, exceptions that nothing explains (false), recall and
-- precision, and matches whose amount or currency differs. Reads the views exceptions, corrections and record_links only.
\set ON_ERROR_STOP on
\set QUIET on
\pset footer off
\pset null ''
\set lines `cat :'truth'`

CREATE TEMPORARY TABLE sample_truth AS
SELECT row_number() OVER () AS truth_id,
       split_part(line, E'\t', 1) AS record_id,
       split_part(line, E'\t', 2) AS reason_code,
       split_part(line, E'\t', 3) AS subject,
       split_part(line, E'\t', 4)::bigint AS amount_minor,
       split_part(line, E'\t', 5) AS currency,
       split_part(line, E'\t', 6) AS status
FROM string_to_table(:'lines', E'\n') AS line
WHERE line <> '';
\unset lines

-- Exceptions that hold: open ones, and what the engine records as done by itself.
CREATE TEMPORARY TABLE sample_found AS
SELECT e.exception_id, e.reason_code, e.canonical_id, e.record_ids, e.amount_at_risk_minor,
       COALESCE(e.currency, '') AS currency, e.occurrences,
       CASE WHEN e.closed_at IS NULL THEN 'open' ELSE 'auto' END AS status,
       e.explanation, e.evidence
FROM meshline.exceptions AS e
WHERE e.closed_at IS NULL
   OR e.status = 'auto_resolved'
      AND (e.reason_code IN ('DUPLICATE_EVENT', 'STALE_EVENT', 'TEST_MODE_RECORD')
           OR EXISTS (SELECT FROM meshline.corrections AS c WHERE c.exception_id = e.exception_id AND c.standing_minor <> 0));

-- The canonical order of the record that a truth row names.
CREATE TEMPORARY TABLE sample_order AS
SELECT DISTINCT t.truth_id, l.canonical_id
FROM sample_truth AS t
JOIN meshline.record_links AS l
  ON l.external_id = t.record_id AND (l.system = 'shopify' AND l.object = 'order' OR t.subject LIKE '%:' || t.record_id)
WHERE t.status = 'open';

CREATE TEMPORARY TABLE sample_match (truth_id bigint, exception_id bigint);

-- By the named record, else by the named order, else by the event id in the evidence.
-- Of several exceptions the one with the right amount.
WITH candidate AS (
  SELECT t.truth_id, f.exception_id, 1 AS rank
  FROM sample_truth AS t
  JOIN sample_found AS f ON f.reason_code = t.reason_code AND f.status = t.status AND t.subject = ANY (f.record_ids)
  UNION ALL
  SELECT t.truth_id, f.exception_id, 2
  FROM sample_truth AS t
  JOIN sample_order AS o ON o.truth_id = t.truth_id
  JOIN sample_found AS f ON f.reason_code = t.reason_code AND f.status = t.status AND f.canonical_id = o.canonical_id
  UNION ALL
  SELECT t.truth_id, f.exception_id, 3
  FROM sample_truth AS t
  JOIN sample_found AS f
    ON f.reason_code = t.reason_code AND f.status = t.status
   AND position(t.record_id IN f.explanation || f.evidence::text || array_to_string(f.record_ids, ' ')) > 0
  WHERE t.reason_code IN ('EVENT_ID_REUSED', 'INVALID_PAYLOAD')
)
INSERT INTO sample_match
SELECT DISTINCT ON (c.truth_id) c.truth_id, c.exception_id
FROM candidate AS c
JOIN sample_truth AS t USING (truth_id)
JOIN sample_found AS f USING (exception_id)
ORDER BY c.truth_id, c.rank, f.amount_at_risk_minor = t.amount_minor DESC, c.exception_id;

-- A payload that cannot be read names nobody: such rows are matched by their number.
WITH missed AS (
  SELECT t.truth_id, row_number() OVER (ORDER BY t.truth_id) AS number
  FROM sample_truth AS t
  WHERE t.reason_code = 'INVALID_PAYLOAD' AND t.truth_id NOT IN (SELECT truth_id FROM sample_match)
), spare AS (
  SELECT f.exception_id, row_number() OVER (ORDER BY f.exception_id) AS number
  FROM sample_found AS f
  WHERE f.reason_code = 'INVALID_PAYLOAD' AND f.exception_id NOT IN (SELECT exception_id FROM sample_match)
)
INSERT INTO sample_match
SELECT missed.truth_id, spare.exception_id FROM missed JOIN spare USING (number);

CREATE TEMPORARY TABLE sample_verdict AS
SELECT t.truth_id, t.reason_code, t.status, t.record_id, t.subject, t.amount_minor, t.currency, m.exception_id,
       f.amount_at_risk_minor AS found_minor, f.currency AS found_currency,
       m.exception_id IS NOT NULL AND t.status = 'open'
         AND (f.amount_at_risk_minor, f.currency) IS DISTINCT FROM (t.amount_minor, t.currency)
         AND (f.amount_at_risk_minor <> 0 OR t.amount_minor <> 0) AS is_amount_wrong
FROM sample_truth AS t
LEFT JOIN sample_match AS m USING (truth_id)
LEFT JOIN sample_found AS f USING (exception_id)
UNION ALL
SELECT NULL, f.reason_code, f.status, '', f.record_ids[1], NULL, NULL, f.exception_id,
       f.amount_at_risk_minor, f.currency, false
FROM sample_found AS f
WHERE f.exception_id NOT IN (SELECT exception_id FROM sample_match);

SELECT reason_code, status,
       count(truth_id) AS planted,
       count(truth_id) FILTER (WHERE exception_id IS NOT NULL) AS found,
       count(truth_id) FILTER (WHERE exception_id IS NULL) AS missed,
       count(*) FILTER (WHERE truth_id IS NULL) AS false,
       round(count(truth_id) FILTER (WHERE exception_id IS NOT NULL)::numeric / NULLIF(count(truth_id), 0), 4) AS recall,
       round(count(truth_id) FILTER (WHERE exception_id IS NOT NULL)::numeric / NULLIF(count(exception_id), 0), 4) AS precision,
       count(*) FILTER (WHERE is_amount_wrong) AS amount_wrong,
       COALESCE(sum(abs(found_minor - amount_minor)) FILTER (WHERE is_amount_wrong), 0) AS amount_difference_minor
FROM sample_verdict
GROUP BY reason_code, status
ORDER BY status DESC, reason_code;

SELECT CASE WHEN truth_id IS NULL THEN 'false' WHEN exception_id IS NULL THEN 'missed' ELSE 'amount' END AS verdict,
       reason_code, record_id, subject, amount_minor, found_minor, COALESCE(NULLIF(currency, ''), found_currency) AS currency,
       exception_id
FROM sample_verdict
WHERE truth_id IS NULL OR exception_id IS NULL OR is_amount_wrong
ORDER BY 1, 2, 3, 4
LIMIT 40;

SELECT count(*) FILTER (WHERE truth_id IS NULL OR exception_id IS NULL OR is_amount_wrong) AS wrong,
       count(truth_id) AS planted
FROM sample_verdict
WHERE status = 'open' \gset
SELECT (count(*) FILTER (WHERE truth_id IS NULL OR exception_id IS NULL)) AS wrong_auto
FROM sample_verdict
WHERE status = 'auto' \gset
\echo :wrong wrong of :planted planted open exceptions, :wrong_auto wrong automatic ones
