-- What the engine sets right by itself: always a further row, within a limit per reason, in an open period, and never
-- again when somebody has taken it back.

CREATE FUNCTION meshline._correct(merchant_id bigint, as_of timestamptz, finding_keys uuid[]) RETURNS void LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
  WITH found AS (
    SELECT x.exception_id, x.status, x.currency, x.explanation, x.amount_at_risk_minor,
           x.evidence OPERATOR(pg_catalog.#>>) '{correction,account}' AS account,
           (x.evidence OPERATOR(pg_catalog.#>>) '{correction,amount_minor}')::bigint AS amount_minor,
           COALESCE(s.standing, 0) AS standing,
           COALESCE(s.is_taken_back, false) AS is_taken_back,
           COALESCE((c.ordered_at AT TIME ZONE m.time_zone)::date > meshline.closed_through(m.merchant_id), true) AS is_period_open,
           (COALESCE(p.value, k.default_value) OPERATOR(pg_catalog.#>>) '{}')::bigint AS limit_minor
    FROM meshline.recon_exception AS x
    JOIN meshline.merchant AS m ON m.merchant_id = x.merchant_id
    JOIN meshline.policy_key AS k ON k.key = 'auto_correct_minor.' || x.reason_code
    LEFT JOIN meshline.policy AS p ON p.merchant_id = x.merchant_id AND p.connection_id = 0 AND p.key = k.key
    LEFT JOIN meshline.canonical AS c ON c.merchant_id = x.merchant_id AND c.canonical_id = x.canonical_id
    LEFT JOIN LATERAL (
      SELECT pg_catalog.sum(r.amount_minor)::bigint AS standing, pg_catalog.bool_or(r.made_by <> 'meshline') AS is_taken_back
      FROM meshline.correction AS r WHERE r.merchant_id = x.merchant_id AND r.exception_id = x.exception_id) AS s ON true
    WHERE x.merchant_id = _correct.merchant_id AND x.finding_key = ANY (finding_keys) AND x.is_present
  ),
  judged AS (
    SELECT f.*, CASE WHEN NOT f.is_taken_back AND (f.standing <> 0 OR (f.is_period_open AND f.status = 'open'))
                          AND f.amount_at_risk_minor <= f.limit_minor THEN f.amount_minor ELSE 0 END AS wanted
    FROM found AS f
  ),
  -- What people have closed stays as they left it.
  changed AS (
    SELECT j.*, CASE WHEN j.wanted = 0 THEN 'open' ELSE 'auto_resolved' END AS new_status,
           CASE WHEN j.wanted = 0 THEN 'correction withdrawn: it is above the limit' ELSE 'corrected: ' || pg_catalog.replace(j.account, '_', ' ') END AS action
    FROM judged AS j
    WHERE j.wanted <> j.standing AND j.status IN ('open', 'auto_resolved')
  ),
  written AS (
    UPDATE meshline.recon_exception AS x
    SET status = c.new_status,
        closed_at = CASE c.new_status WHEN 'open' THEN NULL ELSE COALESCE(x.closed_at, as_of) END,
        closed_by = CASE c.new_status WHEN 'open' THEN NULL ELSE COALESCE(x.closed_by, 'meshline') END,
        history_hash = meshline._history_hash(x.history_hash, x.reason_code, x.subject, as_of, 'meshline', c.action, c.new_status,
                                              x.amount_at_risk_minor, x.explanation)
    FROM changed AS c
    WHERE x.merchant_id = _correct.merchant_id AND x.exception_id = c.exception_id
    RETURNING x.exception_id, c.action, x.status, x.amount_at_risk_minor, x.explanation, x.history_hash
  ),
  told AS (
    INSERT INTO meshline.exception_history (merchant_id, exception_id, happened_at, actor, action, status, amount_at_risk_minor, explanation, hash)
    SELECT _correct.merchant_id, w.exception_id, as_of, 'meshline', w.action, w.status, w.amount_at_risk_minor, w.explanation, w.history_hash
    FROM written AS w
  )
  INSERT INTO meshline.correction (merchant_id, exception_id, account, amount_minor, currency, made_at, made_by, reason)
  SELECT _correct.merchant_id, c.exception_id, c.account, c.wanted - c.standing, c.currency, as_of, 'meshline', c.explanation
  FROM changed AS c;
END
$$;
COMMENT ON FUNCTION meshline._correct(bigint, timestamptz, uuid[]) IS
  'Makes, changes or withdraws the corrections that findings prove, as far as the policy auto_correct_minor of their reason goes.';

CREATE FUNCTION meshline._close_gone(merchant_id bigint, as_of timestamptz, exception_ids bigint[]) RETURNS void LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
  WITH written AS (
    UPDATE meshline.recon_exception AS x
    SET is_present = false,
        status = CASE WHEN x.closed_at IS NULL THEN 'auto_resolved' ELSE x.status END,
        closed_at = COALESCE(x.closed_at, as_of),
        closed_by = COALESCE(x.closed_by, 'meshline'),
        last_seen_at = as_of,
        history_hash = meshline._history_hash(x.history_hash, x.reason_code, x.subject, as_of, 'meshline', 'gone',
          CASE WHEN x.closed_at IS NULL THEN 'auto_resolved' ELSE x.status END, x.amount_at_risk_minor, x.explanation)
    WHERE x.merchant_id = _close_gone.merchant_id AND x.exception_id = ANY (exception_ids)
    RETURNING x.exception_id, x.status, x.amount_at_risk_minor, x.explanation, x.history_hash
  ),
  withdrawn AS (
    INSERT INTO meshline.correction (merchant_id, exception_id, account, amount_minor, currency, made_at, made_by, reason)
    SELECT _close_gone.merchant_id, c.exception_id, c.account, -pg_catalog.sum(c.amount_minor), c.currency, as_of, 'meshline', 'the disagreement is gone'
    FROM meshline.correction AS c
    WHERE c.merchant_id = _close_gone.merchant_id AND c.exception_id = ANY (exception_ids)
    GROUP BY c.exception_id, c.account, c.currency
    HAVING pg_catalog.sum(c.amount_minor) <> 0
  )
  INSERT INTO meshline.exception_history (merchant_id, exception_id, happened_at, actor, action, status, amount_at_risk_minor, explanation, hash)
  SELECT _close_gone.merchant_id, w.exception_id, as_of, 'meshline', 'gone', w.status, w.amount_at_risk_minor, w.explanation, w.history_hash
  FROM written AS w;
END
$$;
COMMENT ON FUNCTION meshline._close_gone(bigint, timestamptz, bigint[]) IS
  'Closes exceptions whose disagreement is not looked for, or not there, any more, and withdraws their corrections. What is open of their entities is counted by whoever calls it.';

CREATE FUNCTION meshline.take_back_correction(exception_id bigint, reason text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  PERFORM meshline._require_reason(reason);
  PERFORM meshline._lock_exception(exception_id);
  INSERT INTO meshline.correction (merchant_id, exception_id, account, amount_minor, currency, made_at, made_by, reason)
  SELECT c.merchant_id, c.exception_id, c.account, -pg_catalog.sum(c.amount_minor), c.currency, meshline._as_of(), session_user, take_back_correction.reason
  FROM meshline.correction AS c
  WHERE c.exception_id = take_back_correction.exception_id
  GROUP BY c.merchant_id, c.exception_id, c.account, c.currency
  HAVING pg_catalog.sum(c.amount_minor) <> 0;
  IF NOT FOUND THEN
    RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state',
      MESSAGE = pg_catalog.format('no correction stands for exception %s', exception_id),
      HINT = 'meshline.corrections shows those that do.';
  END IF;
  PERFORM meshline._act_on_exception(exception_id, meshline._with_reason('correction taken back', reason), 'open');
END
$$;
COMMENT ON FUNCTION meshline.take_back_correction(bigint, text) IS
  'Takes back the correction of an exception, by a row of the opposite amount, and opens the exception; the engine does not make it again.';
