-- Decisions on what looks like a duplicate.

CREATE FUNCTION meshline._wilson_bound(hits bigint, trials bigint, z numeric) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  SET search_path = pg_catalog, pg_temp
  RETURN (hits + z * z / 2 + z * pg_catalog.sqrt(hits::pg_catalog.numeric * (trials - hits) / NULLIF(trials, 0) + z * z / 4)) / (NULLIF(trials, 0) + z * z);
COMMENT ON FUNCTION meshline._wilson_bound(bigint, bigint, numeric) IS
  'A bound of the score interval of a share (Wilson 1927): the lower one for z = -1.96, the upper one for 1.96, at 95 %. Null without trials.';

CREATE FUNCTION meshline.set_match_model(kind text, model jsonb) RETURNS void LANGUAGE plpgsql STRICT SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  unknown text;
BEGIN
  IF kind NOT IN ('order', 'customer') THEN
    RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
      MESSAGE = pg_catalog.format('there are no match models of kind %L', kind), HINT = 'Kinds are order and customer.';
  END IF;
  IF model ? 'comparisons' THEN
    RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
      MESSAGE = 'arriving records cannot be weighed by a model of Splink', HINT = 'Train one with meshline.train_model().';
  END IF;
  PERFORM meshline.match_weight(model, '{}', '{}');
  SELECT c.value ->> 'column' INTO unknown
  FROM pg_catalog.jsonb_array_elements(model -> 'columns') AS c
  WHERE c.value ->> 'column' NOT IN ('name', 'email', 'phone', 'address', 'postcode', 'city') LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
      MESSAGE = pg_catalog.format('what is known of orders and customers has no column %L', unknown),
      HINT = 'Columns are name, email, phone, address, postcode and city; train on a view with these names.';
  END IF;
  INSERT INTO meshline.match_model (kind, model, set_at) VALUES (set_match_model.kind, set_match_model.model, pg_catalog.now())
  ON CONFLICT ON CONSTRAINT match_model_pkey DO UPDATE SET model = excluded.model, set_at = excluded.set_at;
  PERFORM meshline._config_changed('meshline.connection');
END
$$;
COMMENT ON FUNCTION meshline.set_match_model(text, jsonb) IS
  'The model of train_model() that arriving orders, or customers, are weighed by from now on. Its columns are among name, email, phone, address, postcode and city. Pairs known before keep their weight until one of them arrives again.';

CREATE FUNCTION meshline._decide_match(exception_id bigint, decision text, reason text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  x record;
  other text;
  action CONSTANT text := meshline._with_reason('match ' OPERATOR(pg_catalog.||) decision, reason);
  is_open boolean;
  new_status CONSTANT text := CASE decision WHEN 'confirmed' THEN 'acknowledged' ELSE 'resolved' END;
  canonical_ids uuid[];
BEGIN
  SELECT e.merchant_id, e.canonical_id, e.reason_code, e.subject, e.record_ids, e.is_present, e.finding_key, e.connection_id INTO x
  FROM meshline.recon_exception AS e WHERE e.merchant_id = ANY (meshline._merchant_ids()) AND e.exception_id = _decide_match.exception_id;
  IF NOT FOUND THEN
    PERFORM meshline._raise_unknown('exception', exception_id::pg_catalog.text);
  END IF;
  IF x.reason_code NOT IN ('DUPLICATE_ORDER_RETRY', 'DUPLICATE_ORDER_MANUAL', 'DUPLICATE_CUSTOMER') THEN
    RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
      MESSAGE = pg_catalog.format('exception %s is no suspected duplicate but %s', exception_id, x.reason_code),
      HINT = 'Suspected duplicates are in meshline.duplicate_candidates.';
  END IF;
  SELECT r.id INTO other FROM pg_catalog.unnest(x.record_ids) AS r (id) WHERE r.id <> x.subject;
  WITH side AS (
    SELECT r.connection_id, r.object, r.external_id, r.canonical_id,
           n.connector OPERATOR(pg_catalog.||) ':' OPERATOR(pg_catalog.||) r.object OPERATOR(pg_catalog.||) ':' OPERATOR(pg_catalog.||) r.external_id AS id
    FROM meshline.record AS r
    JOIN meshline.connection AS n ON n.merchant_id = r.merchant_id AND n.connection_id = r.connection_id
    WHERE r.merchant_id = x.merchant_id
      AND (n.connector, r.object, r.external_id) IN (
        SELECT pg_catalog.split_part(i.id, ':', 1), pg_catalog.split_part(i.id, ':', 2),
               pg_catalog.substr(i.id, pg_catalog.length(pg_catalog.split_part(i.id, ':', 1)) + pg_catalog.length(pg_catalog.split_part(i.id, ':', 2)) + 3)
        FROM (VALUES (x.subject), (other)) AS i (id))
  ), decided AS (
    UPDATE meshline.duplicate_pair AS p
    SET decision = _decide_match.decision, decided_by = session_user, decided_at = pg_catalog.now(), decision_reason = reason
    FROM side AS a, side AS b
    WHERE p.merchant_id = x.merchant_id AND a.id <> b.id
      AND p.connection_id = a.connection_id AND p.object = a.object AND p.external_id = a.external_id
      AND p.other_connection_id = b.connection_id AND p.other_object = b.object AND p.other_external_id = b.external_id
    RETURNING a.canonical_id
  )
  SELECT pg_catalog.array_agg(DISTINCT d.canonical_id) INTO canonical_ids FROM decided AS d;
  IF canonical_ids IS NULL THEN
    RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
      MESSAGE = pg_catalog.format('exception %s is about records that are no candidates any more', exception_id);
  END IF;
  PERFORM FROM meshline.canonical AS c
  WHERE c.merchant_id = x.merchant_id AND c.canonical_id = ANY (canonical_ids) ORDER BY c.canonical_id FOR UPDATE;
  SELECT e.closed_at IS NULL INTO is_open FROM meshline.recon_exception AS e
  WHERE e.merchant_id = ANY (meshline._merchant_ids()) AND e.exception_id = _decide_match.exception_id FOR UPDATE;
  PERFORM meshline._act_on_exception(exception_id, action, CASE WHEN is_open THEN new_status END);
  PERFORM meshline._reconcile_stored(x.merchant_id, canonical_ids, meshline._as_of());
END
$$;
COMMENT ON FUNCTION meshline._decide_match(bigint, text, text) IS 'Keeps a decision on both sides of a pair and in the history of its exception, and runs the checks again.';

CREATE FUNCTION meshline.confirm_match(exception_id bigint, reason text DEFAULT NULL) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  PERFORM meshline._decide_match(exception_id, 'confirmed', reason);
END
$$;
COMMENT ON FUNCTION meshline.confirm_match(bigint, text) IS
  'Says that a suspected duplicate is one. The exception is acknowledged and stays until one of both is voided at its source; no model overrules the decision, and match_quality learns from it.';

CREATE FUNCTION meshline.reject_match(exception_id bigint, reason text DEFAULT NULL) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  PERFORM meshline._decide_match(exception_id, 'rejected', reason);
END
$$;
COMMENT ON FUNCTION meshline.reject_match(bigint, text) IS
  'Says that a suspected duplicate is none. The exception closes and does not come back; no model overrules the decision, and match_quality learns from it.';
