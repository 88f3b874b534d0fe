-- What is summed up on rows, after all that the files before have done: it is what its rows add up to.
SELECT count(*) FILTER (WHERE x.open_count > 0) > 100 AS are_many_open,
       count(*) FILTER (WHERE (c.open_count, c.is_held, c.at_risk_minor, c.next_owner) IS DISTINCT FROM (x.open_count, x.is_held, x.at_risk_minor, x.next_owner)) AS wrong
FROM meshline.canonical AS c
CROSS JOIN LATERAL (
  SELECT count(*)::integer AS open_count, COALESCE(bool_or(e.is_holding), false) AS is_held,
         LEAST(COALESCE(sum(e.amount_at_risk_minor), 0), 9223372036854775807)::bigint AS at_risk_minor,
         (array_agg(e.owner_queue ORDER BY e.is_holding DESC, array_position(ARRAY['critical', 'high', 'medium', 'low', 'info'], e.severity), e.exception_id))[1] AS next_owner
  FROM meshline.recon_exception AS e
  WHERE e.merchant_id = c.merchant_id AND e.canonical_id = c.canonical_id AND e.closed_at IS NULL) AS x;
SELECT count(*) FILTER (WHERE h.events > 0) > 20 AS many_have_events,
       count(*) FILTER (WHERE (h.events, h.applied, h.stale, h.invalid, h.excluded, h.held) IS DISTINCT FROM (e.events, e.applied, e.stale, e.invalid, e.excluded, e.held)
         OR h.last_event_at IS DISTINCT FROM e.last_event_at OR h.last_good_event_at IS DISTINCT FROM e.last_good_event_at) AS wrong
FROM meshline.connector_health AS h
CROSS JOIN LATERAL (
  SELECT count(*) AS events, count(*) FILTER (WHERE v.outcome = 'applied') AS applied, count(*) FILTER (WHERE v.outcome = 'stale') AS stale,
         count(*) FILTER (WHERE v.outcome = 'invalid') AS invalid, count(*) FILTER (WHERE v.outcome = 'excluded') AS excluded,
         count(*) FILTER (WHERE v.outcome = 'held') AS held, max(v.received_at) AS last_event_at,
         max(v.received_at) FILTER (WHERE v.outcome = 'applied') AS last_good_event_at
  FROM meshline.event AS v WHERE v.merchant_id = h.merchant_id AND v.connection_id = h.connection_id) AS e;
