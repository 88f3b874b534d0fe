-- Answers for owners and reviews: what is lost, what comes back, what adds up.

CREATE VIEW meshline.order_timeline AS
SELECT
  r.merchant_id,
  r.canonical_id,
  COALESCE(r.occurred_at, r.version_at) AS happened_at,
  r.kind AS what,
  n.connector || ':' || r.object || ':' || r.external_id AS record_id,
  NULL::bigint AS exception_id,
  r.status,
  r.amount_minor,
  meshline.major_units(r.amount_minor, r.currency) AS amount,
  r.currency,
  NULL::text AS actor,
  r.problems AS note
FROM meshline.record AS r
JOIN meshline.connection AS n ON n.merchant_id = r.merchant_id AND n.connection_id = r.connection_id
UNION ALL
SELECT
  x.merchant_id,
  x.canonical_id,
  h.happened_at,
  'exception',
  NULL,
  h.exception_id,
  h.status,
  h.amount_at_risk_minor,
  meshline.major_units(h.amount_at_risk_minor, x.currency),
  x.currency,
  h.actor,
  x.reason_code || ' ' || h.action || ': ' || h.explanation
FROM meshline.exception_history AS h
JOIN meshline.exceptions AS x ON x.merchant_id = h.merchant_id AND x.exception_id = h.exception_id;
COMMENT ON VIEW meshline.order_timeline IS 'What happened to a canonical order, payout or customer, from all sources: records by their own time, and the history of its exceptions.';
COMMENT ON COLUMN meshline.order_timeline.happened_at IS 'When the source says that it happened, else when its version was made; of an exception, when it changed.';
COMMENT ON COLUMN meshline.order_timeline.what IS 'The kind of record, or exception.';
COMMENT ON COLUMN meshline.order_timeline.amount IS 'Of a record its amount, of an exception the money at risk, in major units of currency.';
COMMENT ON COLUMN meshline.order_timeline.actor IS 'Who changed the exception: meshline or a login.';

CREATE VIEW meshline.revenue_leakage AS
SELECT
  g.merchant_id,
  g.reason_code,
  g.family,
  g.owner_queue,
  g.currency,
  g.month,
  g.exceptions,
  g.at_risk_minor,
  g.lost_minor,
  g.recovered_minor,
  meshline.major_units(g.at_risk_minor, g.currency) AS at_risk,
  meshline.major_units(g.lost_minor, g.currency) AS lost,
  meshline.major_units(g.recovered_minor, g.currency) AS recovered
FROM (
  SELECT m.merchant_id, k.reason_code, r.family, k.owner_queue, k.currency, d.month,
         pg_catalog.sum(x.exceptions)::bigint AS exceptions,
         meshline._saturated(pg_catalog.sum(x.amount) FILTER (WHERE k.status IN ('open', 'acknowledged'))) AS at_risk_minor,
         meshline._saturated(pg_catalog.sum(x.amount) FILTER (WHERE k.status = 'written_off')) AS lost_minor,
         meshline._saturated(pg_catalog.sum(x.amount) FILTER (WHERE k.status IN ('resolved', 'auto_resolved'))) AS recovered_minor
  FROM meshline.merchant AS m
  -- The kinds of exceptions that there are, each found by one step in the index: to group every exception by four texts
  -- costs more than to read them all. Any exception of a kind says what the kind is.
  CROSS JOIN LATERAL (
    WITH RECURSIVE kind AS (
      (SELECT e.kind_hash FROM meshline.recon_exception AS e WHERE e.merchant_id = m.merchant_id AND e.amount_at_risk_minor > 0 ORDER BY e.kind_hash LIMIT 1)
      UNION ALL
      SELECT n.kind_hash FROM kind AS k CROSS JOIN LATERAL (
        SELECT e.kind_hash FROM meshline.recon_exception AS e
        WHERE e.merchant_id = m.merchant_id AND e.amount_at_risk_minor > 0 AND e.kind_hash > k.kind_hash ORDER BY e.kind_hash LIMIT 1) AS n)
    SELECT kind.kind_hash FROM kind) AS h
  CROSS JOIN LATERAL (
    SELECT e.reason_code, e.owner_queue, e.currency, e.status FROM meshline.recon_exception AS e
    WHERE e.merchant_id = m.merchant_id AND e.amount_at_risk_minor > 0 AND e.kind_hash = h.kind_hash LIMIT 1) AS k
  JOIN meshline.reason_code AS r ON r.reason_code = k.reason_code AND NOT r.is_auto_resolved
  CROSS JOIN LATERAL (
    SELECT pg_catalog.min(e.opened_at) AS first_at, pg_catalog.max(e.opened_at) AS last_at FROM meshline.recon_exception AS e
    WHERE e.merchant_id = m.merchant_id AND e.amount_at_risk_minor > 0 AND e.kind_hash = h.kind_hash) AS b
  CROSS JOIN LATERAL meshline._months(b.first_at, b.last_at, m.time_zone) AS d
  CROSS JOIN LATERAL (
    SELECT pg_catalog.count(*) AS exceptions, pg_catalog.sum(e.amount_at_risk_minor) AS amount FROM meshline.recon_exception AS e
    WHERE e.merchant_id = m.merchant_id AND e.amount_at_risk_minor > 0 AND e.kind_hash = h.kind_hash AND e.opened_at >= d.begins_at AND e.opened_at < d.ends_at) AS x
  WHERE x.exceptions > 0 AND k.currency IS NOT NULL
  GROUP BY m.merchant_id, k.reason_code, r.family, k.owner_queue, k.currency, d.month
) AS g;
COMMENT ON VIEW meshline.revenue_leakage IS 'Money at risk by reason and month of opening: still open, lost for good, and recovered.';
COMMENT ON COLUMN meshline.revenue_leakage.month IS 'First day of the month in which the exceptions were opened, in the merchant''s time zone.';
COMMENT ON COLUMN meshline.revenue_leakage.at_risk IS 'Of open exceptions, in major units of currency.';
COMMENT ON COLUMN meshline.revenue_leakage.lost IS 'Written off, in major units of currency.';
COMMENT ON COLUMN meshline.revenue_leakage.recovered IS 'Of exceptions that went away or were resolved: what was at risk when they were last seen.';

CREATE VIEW meshline.daily_discrepancies AS
SELECT
  d.merchant_id,
  d.day,
  d.reason_code,
  d.owner_queue,
  d.currency,
  pg_catalog.sum(d.opened)::bigint AS opened,
  pg_catalog.sum(d.closed)::bigint AS closed,
  meshline._saturated(pg_catalog.sum(d.opened_minor)) AS opened_minor,
  meshline._saturated(pg_catalog.sum(d.closed_minor)) AS closed_minor,
  meshline.major_units(meshline._saturated(pg_catalog.sum(d.opened_minor)), d.currency) AS opened_amount,
  meshline.major_units(meshline._saturated(pg_catalog.sum(d.closed_minor)), d.currency) AS closed_amount
FROM (
  SELECT x.merchant_id, (x.opened_at AT TIME ZONE m.time_zone)::date AS day, x.reason_code, x.owner_queue, x.currency, 1 AS opened, 0 AS closed,
         x.amount_at_risk_minor AS opened_minor, 0::bigint AS closed_minor
  FROM meshline.recon_exception AS x
  JOIN meshline.reason_code AS r ON r.reason_code = x.reason_code AND NOT r.is_auto_resolved
  JOIN meshline.merchant AS m ON m.merchant_id = x.merchant_id
  UNION ALL
  SELECT x.merchant_id, (x.closed_at AT TIME ZONE m.time_zone)::date, x.reason_code, x.owner_queue, x.currency, 0, 1, 0, x.amount_at_risk_minor
  FROM meshline.recon_exception AS x
  JOIN meshline.reason_code AS r ON r.reason_code = x.reason_code AND NOT r.is_auto_resolved
  JOIN meshline.merchant AS m ON m.merchant_id = x.merchant_id
  WHERE x.closed_at IS NOT NULL
) AS d
GROUP BY d.merchant_id, d.day, d.reason_code, d.owner_queue, d.currency;
COMMENT ON VIEW meshline.daily_discrepancies IS 'Exceptions opened and closed per day, in the merchant''s time zone, by reason.';
COMMENT ON COLUMN meshline.daily_discrepancies.opened IS 'Exceptions whose present life began that day.';
COMMENT ON COLUMN meshline.daily_discrepancies.closed IS 'Exceptions that were closed that day, whenever they were opened.';
COMMENT ON COLUMN meshline.daily_discrepancies.opened_amount IS 'Their money at risk, in major units of currency.';

CREATE VIEW meshline.weekly_review AS
SELECT
  w.merchant_id,
  w.week,
  w.owner_queue,
  w.currency,
  pg_catalog.count(*) FILTER (WHERE w.is_opening) AS opened,
  pg_catalog.count(*) FILTER (WHERE NOT w.is_opening AND w.status = 'auto_resolved') AS gone_by_themselves,
  pg_catalog.count(*) FILTER (WHERE NOT w.is_opening AND w.status IN ('resolved', 'written_off')) AS closed_by_people,
  meshline._saturated(COALESCE(pg_catalog.sum(w.amount_at_risk_minor) FILTER (WHERE NOT w.is_opening AND w.status <> 'written_off'), 0)) AS recovered_minor,
  meshline._saturated(COALESCE(pg_catalog.sum(w.amount_at_risk_minor) FILTER (WHERE NOT w.is_opening AND w.status = 'written_off'), 0)) AS lost_minor,
  pg_catalog.percentile_disc(0.5) WITHIN GROUP (ORDER BY w.closed_at - w.opened_at) FILTER (WHERE NOT w.is_opening) AS median_time_to_close
FROM (
  SELECT x.merchant_id, x.owner_queue, x.currency, x.status, x.amount_at_risk_minor, x.opened_at, x.closed_at, s.is_opening,
         pg_catalog.date_trunc('week', s.moment AT TIME ZONE m.time_zone)::date AS week
  FROM meshline.recon_exception AS x
  JOIN meshline.reason_code AS r ON r.reason_code = x.reason_code AND NOT r.is_auto_resolved
  JOIN meshline.merchant AS m ON m.merchant_id = x.merchant_id
  CROSS JOIN LATERAL (VALUES (true, x.opened_at), (false, x.closed_at)) AS s (is_opening, moment)
  WHERE s.moment IS NOT NULL
) AS w
GROUP BY w.merchant_id, w.week, w.owner_queue, w.currency;
COMMENT ON VIEW meshline.weekly_review IS 'What became of exceptions, week by week and queue by queue: outcomes, not activity.';
COMMENT ON COLUMN meshline.weekly_review.week IS 'The Monday of the week, in the merchant''s time zone.';
COMMENT ON COLUMN meshline.weekly_review.gone_by_themselves IS 'Closed because the disagreement went away.';
COMMENT ON COLUMN meshline.weekly_review.recovered_minor IS 'What was at risk of those that went away or were resolved, in minor units of currency.';
COMMENT ON COLUMN meshline.weekly_review.lost_minor IS 'Written off, in minor units of currency.';
COMMENT ON COLUMN meshline.weekly_review.median_time_to_close IS 'Of those closed in the week.';

CREATE VIEW meshline.recurring_exceptions AS
SELECT
  p.merchant_id,
  p.reason_code,
  p.system,
  p.owner_queue,
  p.currency,
  pg_catalog.count(*) AS weeks,
  pg_catalog.sum(p.exceptions)::bigint AS exceptions,
  meshline._saturated(pg_catalog.sum(p.amount_minor)) AS amount_minor,
  meshline.major_units(meshline._saturated(pg_catalog.sum(p.amount_minor)), p.currency) AS amount,
  pg_catalog.min(p.week) AS first_week,
  pg_catalog.max(p.week) AS last_week
FROM (
  SELECT x.merchant_id, x.reason_code, COALESCE(NULLIF(pg_catalog.split_part(x.subject, ':', 1), ''), pg_catalog.split_part(x.record_ids[1], ':', 1)) AS system,
         x.owner_queue, x.currency, pg_catalog.date_trunc('week', x.opened_at AT TIME ZONE m.time_zone)::date AS week,
         pg_catalog.count(*) AS exceptions, pg_catalog.sum(x.amount_at_risk_minor) AS amount_minor,
         pg_catalog.max(pg_catalog.date_trunc('week', x.opened_at AT TIME ZONE m.time_zone)::date) OVER (PARTITION BY x.merchant_id) AS latest_week
  FROM meshline.recon_exception AS x
  JOIN meshline.reason_code AS r ON r.reason_code = x.reason_code AND NOT r.is_auto_resolved
  JOIN meshline.merchant AS m ON m.merchant_id = x.merchant_id
  GROUP BY 1, 2, 3, 4, 5, 6
) AS p
WHERE p.week > p.latest_week - 56
GROUP BY p.merchant_id, p.reason_code, p.system, p.owner_queue, p.currency
HAVING pg_catalog.count(*) >= 3;
COMMENT ON VIEW meshline.recurring_exceptions IS
  'Patterns that came in three or more of the latest eight weeks with exceptions: a process to fix rather than rows to close. By reason and by the system that the exceptions are about.';
COMMENT ON COLUMN meshline.recurring_exceptions.weeks IS 'In how many of the eight weeks.';
COMMENT ON COLUMN meshline.recurring_exceptions.amount IS 'Their money at risk altogether, in major units of currency.';
