-- Closed periods: what they hold is kept as it was, and nothing is added to them unnoticed.

CREATE FUNCTION meshline.close_period(merchant_id bigint, through date, closed_at timestamptz DEFAULT now()) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  latest date;
BEGIN
  PERFORM FROM meshline.merchant AS m WHERE m.merchant_id = close_period.merchant_id FOR UPDATE;
  IF NOT FOUND THEN
    PERFORM meshline._raise_unknown('merchant', merchant_id::pg_catalog.text);
  END IF;
  latest := meshline.closed_through(merchant_id);
  IF latest >= through THEN
    RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state', MESSAGE = pg_catalog.format('the period through %s is closed already', latest);
  END IF;
  -- Whoever changes a document holds the lock of its entity until the end of its transaction: wait for those.
  PERFORM FROM meshline.canonical AS c
  WHERE c.merchant_id = close_period.merchant_id AND c.canonical_id IN (
    SELECT r.canonical_id FROM meshline.record AS r
    WHERE r.merchant_id = close_period.merchant_id AND r.kind = 'posting' AND r.occurred_at < (through + 2)::pg_catalog.timestamptz
      AND (latest IS NULL OR r.occurred_at > (latest - 1)::pg_catalog.timestamptz))
  ORDER BY c.canonical_id FOR UPDATE;
  INSERT INTO meshline.frozen_posting (merchant_id, connection_id, object, external_id, through_date, amount_minor, currency, occurred_at, parts, content_hash)
  SELECT r.merchant_id, r.connection_id, r.object, r.external_id, through, r.amount_minor, r.currency, r.occurred_at, r.parts, r.content_hash
  FROM meshline.record AS r
  JOIN meshline.merchant AS m ON m.merchant_id = r.merchant_id
  LEFT JOIN meshline.policy AS p ON p.merchant_id = r.merchant_id AND p.connection_id = r.connection_id AND p.key = 'time_zone'
  CROSS JOIN LATERAL (SELECT (r.occurred_at AT TIME ZONE COALESCE(p.value #>> '{}', m.time_zone))::pg_catalog.date AS day) AS d
  WHERE r.merchant_id = close_period.merchant_id AND r.kind = 'posting' AND NOT r.is_summary AND NOT r.is_test AND r.problems IS NULL
    AND r.status NOT IN ('failed', 'voided', 'deleted') AND d.day <= through AND (latest IS NULL OR d.day > latest)
  -- A document that was moved here out of a closed period stays what it was there.
  ON CONFLICT DO NOTHING;
  INSERT INTO meshline.period AS p (merchant_id, through_date, closed_at, closed_by)
  VALUES (close_period.merchant_id, through, close_period.closed_at, session_user)
  ON CONFLICT ON CONSTRAINT period_pkey DO UPDATE SET closed_at = excluded.closed_at, closed_by = excluded.closed_by, reopened_at = NULL, reopened_by = NULL, reason = NULL;
  PERFORM meshline._config_changed('meshline.connection');
END
$$;
COMMENT ON FUNCTION meshline.close_period(bigint, date, timestamptz) IS
  'Closes a merchant''s books up to the end of a day and keeps what the ledgers hold of the days since the last close, each document dated in its connection''s time zone. From then on assert_postable() refuses orders of closed days, and what changes there or is added is an exception.';

CREATE FUNCTION meshline.reopen_period(merchant_id bigint, through date, reason text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  latest date := meshline.closed_through(merchant_id);
BEGIN
  PERFORM meshline._require_reason(reason);
  IF latest > through THEN
    RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state',
      MESSAGE = pg_catalog.format('the period through %s is closed too', latest), HINT = 'Reopen the latest period first.';
  END IF;
  UPDATE meshline.period AS p SET reopened_at = meshline._as_of(), reopened_by = session_user, reason = reopen_period.reason
  WHERE p.merchant_id = reopen_period.merchant_id AND p.through_date = through AND p.reopened_at IS NULL;
  IF NOT FOUND THEN
    RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state', MESSAGE = pg_catalog.format('merchant %s has no closed period through %s', merchant_id, through);
  END IF;
  DELETE FROM meshline.frozen_posting AS f WHERE f.merchant_id = reopen_period.merchant_id AND f.through_date = through;
  PERFORM meshline._config_changed('meshline.connection');
  PERFORM meshline._reconcile_stored(reopen_period.merchant_id, x.canonical_ids, meshline._as_of())
  FROM (SELECT pg_catalog.array_agg(DISTINCT e.canonical_id) AS canonical_ids FROM meshline.recon_exception AS e
        WHERE e.merchant_id = reopen_period.merchant_id AND e.is_present AND e.reason_code IN ('POSTING_ALTERED_AFTER_MATCH', 'POSTING_OUT_OF_PERIOD')) AS x;
END
$$;
COMMENT ON FUNCTION meshline.reopen_period(bigint, date, text) IS
  'Opens the latest closed period again; what was closed before it stays closed. What was found because it was closed closes, or becomes what it is in an open period.';

CREATE FUNCTION meshline.closed_through(merchant_id bigint DEFAULT 1) RETURNS date LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  RETURN (SELECT pg_catalog.max(p.through_date) FROM meshline.period AS p WHERE p.merchant_id = closed_through.merchant_id AND p.reopened_at IS NULL);
END
$$;
COMMENT ON FUNCTION meshline.closed_through(bigint) IS 'The last day of a merchant''s closed periods; null when none is closed.';

CREATE FUNCTION meshline.assert_postable(order_id uuid) RETURNS void LANGUAGE plpgsql STRICT SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  merchant bigint;
  root uuid;
  state record;
BEGIN
  SELECT r.merchant_id, r.canonical_id INTO merchant, root FROM meshline._root(order_id) AS r;
  IF root IS NULL THEN
    PERFORM meshline._raise_unknown('canonical order', order_id::pg_catalog.text);
  END IF;
  -- close_period() waits for who is about to post, and who comes while it works sees what it closed.
  PERFORM FROM meshline.merchant AS m WHERE m.merchant_id = merchant FOR KEY SHARE;
  SELECT s.merchant_id, s.state, s.ordered_at, m.time_zone, p.canonical_id IS NOT NULL AS is_postable INTO state
  FROM meshline.order_status AS s
  JOIN meshline.merchant AS m ON m.merchant_id = s.merchant_id
  LEFT JOIN meshline.postable_orders AS p ON p.merchant_id = s.merchant_id AND p.canonical_id = s.canonical_id
  WHERE s.merchant_id = merchant AND s.canonical_id = root;
  IF NOT COALESCE(state.is_postable, false) THEN
    RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state',
      MESSAGE = pg_catalog.format('order %s must not be posted: it is %s', root, COALESCE(state.state, 'not known')),
      HINT = 'meshline.open_exceptions and meshline.expectations say what is missing.';
  END IF;
  IF (state.ordered_at AT TIME ZONE state.time_zone)::pg_catalog.date <= meshline.closed_through(state.merchant_id) THEN
    RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state',
      MESSAGE = pg_catalog.format('order %s must not be posted: its period is closed through %s', root, meshline.closed_through(state.merchant_id)),
      HINT = 'Post it as an adjustment of an open period, or call meshline.reopen_period().';
  END IF;
END
$$;
COMMENT ON FUNCTION meshline.assert_postable(uuid) IS
  'An error unless an order is in postable_orders and its day is not closed: for triggers and procedures that post. Until they commit nobody closes a period.';
