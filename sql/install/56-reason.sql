-- What a merchant makes of a reason.

CREATE FUNCTION meshline._check_reason_rule(owner_queue text, severity text) RETURNS void LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
  SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF owner_queue NOT IN ('finance', 'operations', 'support') THEN
    RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = pg_catalog.format('owner_queue %L does not exist', owner_queue),
      HINT = 'Queues are finance, operations and support.';
  END IF;
  IF severity NOT IN ('info', 'low', 'medium', 'high', 'critical') THEN
    RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = pg_catalog.format('severity %L does not exist', severity),
      HINT = 'Severities are info, low, medium, high and critical.';
  END IF;
END
$$;
COMMENT ON FUNCTION meshline._check_reason_rule(text, text) IS 'Error 22023 when a queue or a severity does not exist.';

-- An open exception whose hold people changed keeps what they decided.
CREATE FUNCTION meshline._apply_reason(
  merchant_id bigint, reason_code text, owner_queue text, severity text, was_holding boolean, is_holding boolean) RETURNS void LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
  actor CONSTANT text := session_user;
  moment CONSTANT timestamptz := meshline._as_of();
  act CONSTANT text := pg_catalog.format('reason set: %s, %s, %s', owner_queue, severity, CASE WHEN is_holding THEN 'holding' ELSE 'not holding' END);
BEGIN
  -- In the order in which checks lock.
  PERFORM FROM meshline.canonical AS c
  WHERE c.merchant_id = merchant_id AND c.canonical_id IN (
    SELECT e.canonical_id FROM meshline.recon_exception AS e
    WHERE e.merchant_id = merchant_id AND e.reason_code = reason_code AND (e.is_present OR e.closed_at IS NULL))
  ORDER BY c.canonical_id FOR UPDATE;
  WITH written AS (
    UPDATE meshline.recon_exception AS e
    SET owner_queue = owner_queue, severity = severity, is_holding = CASE WHEN e.is_holding = was_holding THEN is_holding ELSE e.is_holding END,
        history_hash = meshline._history_hash(e.history_hash, e.reason_code, e.subject, moment, actor, act, e.status, e.amount_at_risk_minor, e.explanation)
    WHERE e.merchant_id = merchant_id AND e.reason_code = reason_code AND (e.is_present OR e.closed_at IS NULL)
    RETURNING e.exception_id, e.status, e.amount_at_risk_minor, e.explanation, e.history_hash
  )
  INSERT INTO meshline.exception_history (merchant_id, exception_id, happened_at, actor, action, status, amount_at_risk_minor, explanation, hash)
  SELECT merchant_id, w.exception_id, moment, actor, act, w.status, w.amount_at_risk_minor, w.explanation, w.history_hash FROM written AS w;
  PERFORM meshline._count_open(merchant_id, (
    SELECT pg_catalog.array_agg(DISTINCT e.canonical_id) FROM meshline.recon_exception AS e
    WHERE e.merchant_id = merchant_id AND e.reason_code = reason_code AND e.closed_at IS NULL AND e.canonical_id IS NOT NULL));
END
$$;
COMMENT ON FUNCTION meshline._apply_reason(bigint, text, text, text, boolean, boolean) IS 'Gives what is open of a reason its new owner and severity, and holds or lets go.';

CREATE FUNCTION meshline.set_reason(
  reason_code text, merchant_id bigint DEFAULT NULL, owner_queue text DEFAULT NULL, severity text DEFAULT NULL, is_holding boolean DEFAULT NULL,
  is_enabled boolean DEFAULT NULL) RETURNS void LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
  earlier record;
  later record;
BEGIN
  merchant_id := COALESCE(merchant_id, 1);
  PERFORM FROM meshline.merchant AS m WHERE m.merchant_id = merchant_id FOR UPDATE;
  IF NOT FOUND THEN
    PERFORM meshline._raise_unknown('merchant', merchant_id::pg_catalog.text);
  END IF;
  SELECT r.* INTO earlier FROM meshline.reasons AS r WHERE r.merchant_id = merchant_id AND r.reason_code = reason_code;
  IF NOT FOUND THEN
    PERFORM meshline._raise_unknown('reason', COALESCE(reason_code, 'NULL'));
  END IF;
  PERFORM meshline._check_reason_rule(owner_queue, severity);
  IF is_holding AND earlier.is_auto_resolved THEN
    RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = pg_catalog.format('reason %s cannot hold', reason_code),
      DETAIL = 'Its exceptions are resolved as soon as they are found.';
  END IF;
  IF NOT is_enabled AND reason_code IN ('INVALID_PAYLOAD', 'EVENT_ID_REUSED', 'CHECK_FAILED') THEN
    RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = pg_catalog.format('reason %s cannot be switched off', reason_code),
      DETAIL = 'Nothing else would tell of what could not be taken in, or looked at.',
      HINT = 'Give it another owner_queue or a lower severity.';
  END IF;
  IF COALESCE(owner_queue, severity) IS NULL AND is_holding IS NULL AND is_enabled IS NULL THEN
    DELETE FROM meshline.reason_setting AS s WHERE s.merchant_id = merchant_id AND s.reason_code = reason_code;
  ELSE
    INSERT INTO meshline.reason_setting AS s (merchant_id, reason_code, owner_queue, severity, is_holding, is_enabled, set_at, set_by)
    VALUES (merchant_id, reason_code, owner_queue, severity, is_holding, is_enabled, pg_catalog.now(), SESSION_USER)
    ON CONFLICT ON CONSTRAINT reason_setting_pkey DO UPDATE SET owner_queue = excluded.owner_queue, severity = excluded.severity,
      is_holding = excluded.is_holding, is_enabled = excluded.is_enabled, set_at = excluded.set_at, set_by = excluded.set_by;
  END IF;
  SELECT r.* INTO later FROM meshline.reasons AS r WHERE r.merchant_id = merchant_id AND r.reason_code = reason_code;
  IF (later.owner_queue, later.severity, later.is_holding) IS DISTINCT FROM (earlier.owner_queue, earlier.severity, earlier.is_holding) THEN
    PERFORM meshline._apply_reason(merchant_id, reason_code, later.owner_queue, later.severity, earlier.is_holding, later.is_holding);
  END IF;
  PERFORM meshline._config_changed('meshline.connection');
END
$$;
COMMENT ON FUNCTION meshline.set_reason(text, bigint, text, text, boolean, boolean) IS
  'Says for one merchant (1 by default) who owns the exceptions of a reason, how severe they are, whether they hold their order, and whether they are raised at all. What is null is as it comes: each call says all of it. Owner, severity and hold go over to what is open at once; switching on and off acts on what is reconciled from now on, and on the past by reconcile_all().';
