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
  COALESCE(c.merged_into, x.canonical_id),
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
JOIN meshline.recon_exception AS x ON x.merchant_id = h.merchant_id AND x.exception_id = h.exception_id
LEFT JOIN meshline.canonical AS c ON c.merchant_id = x.merchant_id AND c.canonical_id = x.canonical_id;
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
  -- costs more than to read them all.
  CROSS JOIN LATERAL (
    WITH RECURSIVE kind AS (
      (SELECT e.reason_code, e.owner_queue, e.currency, e.status FROM meshline.recon_exception AS e
       WHERE e.merchant_id = m.merchant_id AND e.amount_at_risk_minor > 0
       ORDER BY e.reason_code, e.owner_queue, e.currency, e.status LIMIT 1)
      UNION ALL
      SELECT n.* FROM kind AS k CROSS JOIN LATERAL (
        SELECT e.reason_code, e.owner_queue, e.currency, e.status FROM meshline.recon_exception AS e
        WHERE e.merchant_id = m.merchant_id AND e.amount_at_risk_minor > 0
          AND (e.reason_code, e.owner_queue, e.currency, e.status) > (k.reason_code, k.owner_queue, k.currency, k.status)
        ORDER BY e.reason_code, e.owner_queue, e.currency, e.status LIMIT 1) AS n)
    SELECT * FROM kind) AS k
  JOIN meshline.reason_code AS r ON r.reason_code = k.reason_code AND NOT r.is_auto_resolved
  CROSS JOIN LATERAL (
    SELECT pg_catalog.min(e.opened_at) AS first_at, pg_catalog.max(e.opened_at) AS last_at FROM meshline.recon_exception AS e
    WHERE e.merchant_id = m.merchant_id AND e.amount_at_risk_minor > 0 AND e.reason_code = k.reason_code AND e.owner_queue = k.owner_queue
      AND e.currency = k.currency AND e.status = k.status) AS b
  CROSS JOIN LATERAL meshline._months(b.first_at, b.last_at, m.time_zone) AS d
  CROSS JOIN LATERAL (
    SELECT pg_catalog.count(*) AS exceptions, pg_catalog.sum(e.amount_at_risk_minor) AS amount FROM meshline.recon_exception AS e
    WHERE e.merchant_id = m.merchant_id AND e.amount_at_risk_minor > 0 AND e.reason_code = k.reason_code AND e.owner_queue = k.owner_queue
      AND e.currency = k.currency AND e.status = k.status AND e.opened_at >= d.begins_at AND e.opened_at < d.ends_at) AS x
  WHERE x.exceptions > 0
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

CREATE VIEW meshline.payout_proof AS
SELECT
  p.merchant_id,
  p.canonical_id,
  n.connector AS system,
  p.external_id AS payout,
  p.status,
  p.occurred_at,
  p.currency,
  p.amount_minor AS paid_minor,
  COALESCE(l.net_minor, 0) AS lines_minor,
  COALESCE(l.gross_minor, 0) AS gross_minor,
  COALESCE(l.fee_minor, 0) AS fee_minor,
  COALESCE(l.lines, 0) AS lines,
  p.amount_minor - COALESCE(l.net_minor, 0) AS residual_minor,
  meshline.major_units(p.amount_minor, p.currency) AS paid,
  meshline.major_units(COALESCE(l.net_minor, 0), p.currency) AS lines_amount,
  meshline.major_units(p.amount_minor - COALESCE(l.net_minor, 0), p.currency) AS residual
FROM meshline.record AS p
JOIN meshline.connection AS n ON n.merchant_id = p.merchant_id AND n.connection_id = p.connection_id
LEFT JOIN LATERAL (
  SELECT meshline._saturated(pg_catalog.sum(COALESCE(s.net_minor, s.amount_minor))) AS net_minor, meshline._saturated(pg_catalog.sum(s.amount_minor)) AS gross_minor,
         meshline._saturated(pg_catalog.sum(s.fee_minor)) AS fee_minor, pg_catalog.count(*) AS lines
  FROM meshline.record AS s
  WHERE s.merchant_id = p.merchant_id AND s.payout_id = p.canonical_id AND s.kind = 'settlement_line' AND NOT s.is_test AND s.problems IS NULL
    AND s.status NOT IN ('failed', 'voided', 'deleted') AND s.currency = p.currency
) AS l ON true
WHERE p.kind = 'payout' AND NOT p.is_test AND p.problems IS NULL;
COMMENT ON VIEW meshline.payout_proof IS 'Each payout beside the sum of its settlement lines: the residual is what the lines do not explain.';
COMMENT ON COLUMN meshline.payout_proof.lines_minor IS 'Sum of the net amounts of its lines in its currency, in minor units.';
COMMENT ON COLUMN meshline.payout_proof.residual IS 'Paid less the lines, in major units of currency; 0 where the payout is explained to the cent.';

CREATE VIEW meshline.conservation_proof AS
WITH money AS (
  SELECT r.merchant_id, r.connection_id, r.currency, r.kind, r.status IN ('paid', 'refunded', 'partially_refunded') AS has_moved,
         r.status IN ('failed', 'voided', 'deleted') AS is_dead, r.status = 'pending' AS is_pending, r.posting_type, COALESCE(r.processor, '') = '' AS is_own,
         r.amount_minor, r.fee_minor, r.net_minor, NULL::numeric AS restated_minor, false AS is_summary
  FROM meshline.record AS r
  WHERE NOT r.is_summary AND NOT r.is_test AND r.problems IS NULL AND r.currency IS NOT NULL
  UNION ALL
  -- A summary beside what it restates in its own account: what names it, else what names none and has its amount. That counts; where
  -- nothing else there tells of the money, the summary does.
  SELECT r.merchant_id, r.connection_id, r.currency, r.kind, r.status IN ('paid', 'refunded', 'partially_refunded'), r.status IN ('failed', 'voided', 'deleted'),
         r.status = 'pending', r.posting_type, COALESCE(r.processor, '') = '', r.amount_minor, r.fee_minor, r.net_minor, o.amount_minor, r.kind = 'posting' OR o.amount_minor IS NOT NULL
  FROM meshline.record AS r
  CROSS JOIN LATERAL (
    SELECT COALESCE(pg_catalog.sum(m.amount_minor) FILTER (WHERE m.same_ids && r.same_ids OR m.ref_ids && r.same_ids),
                    pg_catalog.min(m.amount_minor) FILTER (WHERE m.amount_minor = r.amount_minor AND NOT EXISTS (
                      SELECT FROM pg_catalog.unnest(m.same_ids || m.ref_ids) AS i (id)
                      JOIN pg_catalog.unnest(r.same_ids) AS s (id) ON pg_catalog.split_part(s.id, '/', 1) = pg_catalog.split_part(i.id, '/', 1)))) AS amount_minor
    FROM meshline.record AS m
    WHERE m.merchant_id = r.merchant_id AND m.canonical_id = r.canonical_id AND m.connection_id = r.connection_id AND m.kind = r.kind
      AND m.currency = r.currency AND NOT m.is_summary AND NOT m.is_test AND m.problems IS NULL AND m.status IN ('paid', 'refunded', 'partially_refunded')
  ) AS o
  WHERE r.is_summary AND NOT r.is_test AND r.problems IS NULL AND r.currency IS NOT NULL
), account AS (
  -- Sums stay numeric: amounts near the end of bigint must not make the view fail for all the other accounts.
  SELECT r.merchant_id, r.connection_id, r.currency,
         COALESCE(pg_catalog.sum(r.amount_minor) FILTER (WHERE r.kind = 'payment' AND NOT r.is_summary AND r.has_moved), 0) AS captured_minor,
         COALESCE(pg_catalog.sum(r.amount_minor) FILTER (WHERE r.kind = 'refund' AND NOT r.is_summary AND r.has_moved), 0) AS refunded_minor,
         COALESCE(pg_catalog.sum(CASE r.kind WHEN 'payment' THEN r.amount_minor ELSE -r.amount_minor::numeric END)
                  FILTER (WHERE r.kind IN ('payment', 'refund') AND r.is_own AND NOT r.is_summary AND r.has_moved), 0) AS own_moved_minor,
         COALESCE(pg_catalog.sum(r.amount_minor - r.restated_minor) FILTER (WHERE r.kind IN ('payment', 'refund') AND r.is_summary AND r.has_moved), 0) AS restated_minor,
         pg_catalog.sum(CASE r.kind WHEN 'fee' THEN r.amount_minor ELSE r.fee_minor END)
           FILTER (WHERE r.kind IN ('payment', 'refund', 'dispute', 'fee') AND NOT r.is_summary AND (r.has_moved OR r.kind = 'dispute' AND r.is_pending)) AS stated_fee_minor,
         COALESCE(pg_catalog.sum(CASE r.kind WHEN 'payment' THEN r.amount_minor ELSE -r.amount_minor::numeric END - COALESCE(r.fee_minor, 0) - r.net_minor)
                  FILTER (WHERE r.kind IN ('payment', 'refund', 'dispute') AND NOT r.is_summary AND (r.has_moved OR r.kind = 'dispute' AND r.is_pending)), 0) AS moved_residual_minor,
         pg_catalog.count(*) FILTER (WHERE r.kind IN ('settlement_line', 'payout')) > 0 AS has_settlement,
         COALESCE(pg_catalog.sum(r.amount_minor) FILTER (WHERE r.kind = 'settlement_line' AND NOT r.is_dead), 0) AS settled_minor,
         COALESCE(pg_catalog.sum(r.fee_minor) FILTER (WHERE r.kind = 'settlement_line' AND NOT r.is_dead), 0) AS fee_minor,
         COALESCE(pg_catalog.sum(COALESCE(r.net_minor, r.amount_minor::numeric - COALESCE(r.fee_minor, 0)))
                  FILTER (WHERE r.kind = 'settlement_line' AND NOT r.is_dead), 0) AS net_minor,
         COALESCE(pg_catalog.sum(r.amount_minor) FILTER (WHERE r.kind = 'payout' AND (r.has_moved OR r.is_pending)), 0) AS paid_out_minor,
         COALESCE(pg_catalog.sum(r.amount_minor) FILTER (WHERE r.kind = 'dispute' AND (r.has_moved OR r.is_pending)), 0) AS disputed_minor,
         COALESCE(pg_catalog.sum(r.amount_minor) FILTER (WHERE r.kind = 'order' AND NOT r.is_dead), 0) AS ordered_minor,
         COALESCE(pg_catalog.sum(CASE r.posting_type WHEN 'sale' THEN r.amount_minor ELSE -r.amount_minor::numeric END)
                  FILTER (WHERE r.kind = 'posting' AND r.posting_type IN ('sale', 'refund') AND NOT r.is_summary AND r.has_moved), 0) AS posted_minor,
         COALESCE(pg_catalog.sum(r.amount_minor) FILTER (WHERE r.kind = 'posting' AND r.posting_type = 'payment' AND NOT r.is_summary AND r.has_moved), 0) AS applied_minor,
         COALESCE(pg_catalog.sum(r.amount_minor) FILTER (WHERE r.kind = 'posting' AND r.posting_type = 'sale' AND r.is_summary AND r.has_moved), 0) AS announced_minor,
         COALESCE(pg_catalog.sum(r.amount_minor) FILTER (WHERE r.kind = 'bank_line' AND NOT r.is_dead), 0) AS received_minor,
         pg_catalog.count(*) FILTER (WHERE r.kind = 'bank_line') > 0 AS has_bank_line
  FROM money AS r
  GROUP BY r.merchant_id, r.connection_id, r.currency
), of_orders AS (
  -- What was captured and refunded, each movement once, of the orders that an account holds; what the orders come to whose
  -- sale, refund, payment or sales order it books.
  SELECT o.merchant_id, o.connection_id, o.currency,
         pg_catalog.sum(o.captured_minor::numeric - o.refunded_minor) FILTER (WHERE o.is_order) AS collected_minor,
         COALESCE(pg_catalog.sum(o.total_minor) FILTER (WHERE o.is_sale), 0) - COALESCE(pg_catalog.sum(o.refunded_minor) FILTER (WHERE o.is_refund), 0) AS to_post_minor,
         pg_catalog.sum(o.captured_minor) FILTER (WHERE o.is_payment) AS to_apply_minor,
         pg_catalog.sum(o.total_minor) FILTER (WHERE o.is_announced) AS to_announce_minor
  FROM (
    SELECT r.merchant_id, r.connection_id, c.canonical_id, c.currency, c.captured_minor, c.refunded_minor, c.total_minor,
           pg_catalog.bool_or(r.kind = 'order') AS is_order, pg_catalog.bool_or(r.posting_type = 'sale' AND NOT r.is_summary) AS is_sale,
           pg_catalog.bool_or(r.posting_type = 'refund') AS is_refund, pg_catalog.bool_or(r.posting_type = 'payment') AS is_payment,
           pg_catalog.bool_or(r.posting_type = 'sale' AND r.is_summary) AS is_announced
    FROM meshline.record AS r
    JOIN meshline.canonical AS c ON c.merchant_id = r.merchant_id AND c.canonical_id = r.canonical_id AND c.kind = 'order'
    WHERE NOT r.is_test AND r.problems IS NULL AND r.currency = c.currency
      AND (r.kind = 'order' AND r.status NOT IN ('failed', 'voided', 'deleted')
           OR r.kind = 'posting' AND r.status = 'paid' AND (r.posting_type IN ('refund', 'payment') AND NOT r.is_summary OR r.posting_type = 'sale'))
    GROUP BY r.merchant_id, r.connection_id, c.canonical_id, c.currency, c.captured_minor, c.refunded_minor, c.total_minor
  ) AS o
  GROUP BY o.merchant_id, o.connection_id, o.currency
), transfer AS (
  SELECT a.merchant_id, a.currency, pg_catalog.sum(a.paid_out_minor) FILTER (WHERE c.role IN ('store', 'processor', 'marketplace')) AS paid_out_minor,
         pg_catalog.sum(a.received_minor) FILTER (WHERE c.role = 'bank') AS received_minor
  FROM account AS a
  JOIN meshline.connection AS n ON n.merchant_id = a.merchant_id AND n.connection_id = a.connection_id
  JOIN meshline.connector AS c ON c.connector = n.connector
  GROUP BY a.merchant_id, a.currency
)
SELECT
  a.merchant_id,
  a.connection_id,
  n.connector AS system,
  a.currency,
  a.captured_minor,
  a.refunded_minor,
  a.settled_minor,
  a.fee_minor,
  a.net_minor,
  a.paid_out_minor,
  CASE WHEN c.role IN ('processor', 'marketplace') THEN a.captured_minor - a.refunded_minor - a.disputed_minor - a.settled_minor
       WHEN c.role = 'store' AND a.has_settlement THEN a.own_moved_minor - a.disputed_minor - a.settled_minor END AS unsettled_minor,
  CASE WHEN c.role IN ('processor', 'marketplace', 'ledger') OR c.role = 'store' AND a.has_settlement THEN a.net_minor - a.paid_out_minor END AS unpaid_minor,
  CASE WHEN c.role IN ('processor', 'marketplace', 'ledger') OR c.role = 'store' AND a.has_settlement
       THEN a.settled_minor - a.fee_minor - a.net_minor + a.moved_residual_minor END AS residual_minor,
  a.disputed_minor,
  a.ordered_minor,
  a.posted_minor,
  a.received_minor,
  CASE WHEN c.role IN ('store', 'marketplace') THEN a.ordered_minor - COALESCE(o.collected_minor, 0) END AS uncollected_minor,
  CASE WHEN c.role = 'store' THEN a.captured_minor - a.refunded_minor - COALESCE(o.collected_minor, 0) END AS unconfirmed_minor,
  CASE WHEN c.role = 'ledger' THEN a.posted_minor - COALESCE(o.to_post_minor, 0) END AS misposted_minor,
  CASE WHEN c.role = 'bank' THEN COALESCE(t.paid_out_minor, 0) - t.received_minor
       WHEN c.role = 'ledger' AND a.has_bank_line THEN COALESCE(t.paid_out_minor, 0) - a.received_minor END AS unreceived_minor,
  CASE WHEN c.role IN ('processor', 'marketplace') THEN a.stated_fee_minor - a.fee_minor END AS unsettled_fee_minor,
  CASE WHEN c.role = 'ledger' THEN a.applied_minor - COALESCE(o.to_apply_minor, 0) END AS misapplied_minor,
  CASE WHEN c.role = 'ledger' THEN a.announced_minor - COALESCE(o.to_announce_minor, 0)
       WHEN c.role IN ('store', 'processor', 'marketplace') THEN a.restated_minor END AS misstated_minor
FROM account AS a
JOIN meshline.connection AS n ON n.merchant_id = a.merchant_id AND n.connection_id = a.connection_id
JOIN meshline.connector AS c ON c.connector = n.connector AND c.role IN ('store', 'processor', 'marketplace', 'ledger', 'bank')
JOIN transfer AS t ON t.merchant_id = a.merchant_id AND t.currency = a.currency
LEFT JOIN of_orders AS o ON o.merchant_id = a.merchant_id AND o.connection_id = a.connection_id AND o.currency = a.currency;
COMMENT ON VIEW meshline.conservation_proof IS
  'Per account and currency, where money must come out even: each amount that one system states otherwise than the others stands in a difference. A difference that does not apply to the kind of account is null.';
COMMENT ON COLUMN meshline.conservation_proof.captured_minor IS 'Payments that have moved, as the account states them; a summary counts only where nothing else of the account tells of its money.';
COMMENT ON COLUMN meshline.conservation_proof.unsettled_minor IS 'Of a processor or marketplace, or a store that settles what it takes itself: captured less refunded, disputed and settled: in no settlement line, in minor units.';
COMMENT ON COLUMN meshline.conservation_proof.unpaid_minor IS 'Settled and in no payout: the balance that the account should have; of a ledger: its settlement lines less its deposits.';
COMMENT ON COLUMN meshline.conservation_proof.residual_minor IS 'Gross less fees less net of the settlement lines, and of payments, refunds and disputes that state their net: 0, or something does not add up.';
COMMENT ON COLUMN meshline.conservation_proof.disputed_minor IS 'Of a processor or marketplace: what disputes that are open or lost have taken back.';
COMMENT ON COLUMN meshline.conservation_proof.uncollected_minor IS 'Of a store or marketplace: its orders less what was captured and not refunded of them, each movement counted once.';
COMMENT ON COLUMN meshline.conservation_proof.unconfirmed_minor IS 'Of a store: captured less refunded as it notes them, less what counts as that: where a processor says otherwise.';
COMMENT ON COLUMN meshline.conservation_proof.misposted_minor IS 'Of a ledger: sales less refunds as it books them, less what those orders and refunds come to.';
COMMENT ON COLUMN meshline.conservation_proof.unreceived_minor IS 'Of a bank: payouts of the merchant''s processors less what the merchant''s banks received; of a ledger that books lines of the bank: less what it books.';
COMMENT ON COLUMN meshline.conservation_proof.unsettled_fee_minor IS 'Of a processor or marketplace: fees that its payments and refunds state, less those of its settlement lines; null where none states any.';
COMMENT ON COLUMN meshline.conservation_proof.misapplied_minor IS 'Of a ledger: payments as it books them, less what was captured of those orders.';
COMMENT ON COLUMN meshline.conservation_proof.misstated_minor IS
  'What summaries state (payment intents, documents of refunds), less what the records come to that they restate; of a ledger: documents that book nothing (sales orders), less what those orders come to.';
