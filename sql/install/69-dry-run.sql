-- What other policies would find, without keeping anything.

CREATE FUNCTION meshline._dry_run(
  merchant_id bigint, as_of timestamptz, connection_ids bigint[], keys text[], policy_values text[], reason_codes text[], are_enabled boolean[])
  RETURNS TABLE (merchant bigint, canonical_id uuid, reason_code text, subject text, outcome text, before_minor bigint, after_minor bigint,
                 currency text, explanation text)
  AS 'MODULE_PATHNAME', 'meshline_dry_run' LANGUAGE C STRICT;
COMMENT ON FUNCTION meshline._dry_run(bigint, timestamptz, bigint[], text[], text[], text[], boolean[]) IS
  'Runs the checks over what is stored of a merchant, with the policies of now and with changed ones, and gives what differs.';

CREATE FUNCTION meshline.dry_run(changes jsonb, as_of timestamptz DEFAULT meshline._as_of(), of_merchant bigint DEFAULT NULL)
  RETURNS TABLE (merchant_id bigint, canonical_id uuid, reason_code text, subject text, outcome text, before_minor bigint, after_minor bigint,
                 before_amount numeric, after_amount numeric, currency text, explanation text, decided_by text)
  LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
  asked CONSTANT jsonb := COALESCE(changes, '{}');
  merchant bigint;
  stray text;
  given record;
BEGIN
  SELECT k INTO stray FROM pg_catalog.jsonb_object_keys(asked) AS k WHERE k NOT IN ('policies', 'enabled', 'disabled') ORDER BY k LIMIT 1;
  IF stray IS NOT NULL THEN
    RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = pg_catalog.format('a dry run cannot change %L', stray),
      HINT = 'It changes policies, enabled and disabled.';
  END IF;
  IF of_merchant IS NOT NULL AND NOT EXISTS (SELECT FROM meshline.merchant AS m WHERE m.merchant_id = of_merchant) THEN
    PERFORM meshline._raise_unknown('merchant', of_merchant::pg_catalog.text);
  END IF;
  FOR merchant IN SELECT m.merchant_id FROM meshline.merchant AS m WHERE m.merchant_id = COALESCE(of_merchant, m.merchant_id) ORDER BY m.merchant_id LOOP
    FOR given IN SELECT p.* FROM meshline._dry_run_policies(asked -> 'policies', merchant) AS p LOOP
      PERFORM meshline._check_policy(given.key, given.value, given.connection_id, merchant);
      IF given.key IN ('time_zone', 'base_currency', 'tables_mirror_source', 'synced_objects', 'event_gap_hours', 'approval_limit_minor') THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = pg_catalog.format('policy %s cannot be tried by a dry run', given.key),
          DETAIL = 'No check of stored records reads it.';
      END IF;
    END LOOP;
    RETURN QUERY
    SELECT d.merchant, d.canonical_id, d.reason_code, d.subject, d.outcome, d.before_minor, d.after_minor,
           meshline.major_units(d.before_minor, d.currency), meshline.major_units(d.after_minor, d.currency), NULLIF(d.currency, ''), d.explanation,
           COALESCE(
             CASE WHEN x.status IN ('resolved', 'written_off') THEN x.status OPERATOR(pg_catalog.||) ' by ' OPERATOR(pg_catalog.||) x.closed_by END,
             CASE WHEN w.action IS NOT NULL THEN 'approval to ' OPERATOR(pg_catalog.||) pg_catalog.replace(w.action, '_', ' ')
               OPERATOR(pg_catalog.||) ' asked for by ' OPERATOR(pg_catalog.||) w.requested_by END,
             l.decision OPERATOR(pg_catalog.||) ' by ' OPERATOR(pg_catalog.||) l.decided_by)
    FROM meshline._dry_run(merchant, as_of,
      ARRAY(SELECT COALESCE(p.connection_id, 0) FROM meshline._dry_run_policies(asked -> 'policies', merchant) AS p ORDER BY p.place),
      ARRAY(SELECT p.key FROM meshline._dry_run_policies(asked -> 'policies', merchant) AS p ORDER BY p.place),
      ARRAY(SELECT NULLIF(p.value, 'null')::pg_catalog.text FROM meshline._dry_run_policies(asked -> 'policies', merchant) AS p ORDER BY p.place),
      ARRAY(SELECT s.code FROM meshline._dry_run_switches(asked) AS s ORDER BY s.place),
      ARRAY(SELECT s.is_enabled FROM meshline._dry_run_switches(asked) AS s ORDER BY s.place)) AS d
    LEFT JOIN meshline.recon_exception AS x ON x.merchant_id = d.merchant AND x.canonical_id = d.canonical_id AND x.reason_code = d.reason_code
      AND x.subject = d.subject
    LEFT JOIN meshline.approval AS w ON w.merchant_id = x.merchant_id AND w.exception_id = x.exception_id AND w.state = 'pending'
    LEFT JOIN LATERAL (
      SELECT q.decision, q.decided_by FROM meshline.record AS r
      JOIN meshline.duplicate_pair AS q ON q.merchant_id = r.merchant_id AND q.connection_id = r.connection_id AND q.object = r.object AND q.external_id = r.external_id
      WHERE r.merchant_id = d.merchant AND r.canonical_id = d.canonical_id AND q.decision IS NOT NULL AND d.reason_code LIKE 'DUPLICATE%'
      ORDER BY q.decided_at DESC LIMIT 1) AS l ON true
    ORDER BY d.reason_code, d.canonical_id, d.subject;
  END LOOP;
END
$$;
COMMENT ON FUNCTION meshline.dry_run(jsonb, timestamptz, bigint) IS
  'What changed policies or switched reasons would open, close or change as of a moment, over all that is stored; nothing is kept. changes: {"policies": {key: value}, or [{"key", "value", "connection_id", "merchant_id"}], "enabled": [reason], "disabled": [reason]}. What came after the moment is not seen. decided_by: what people decided about it.';

CREATE FUNCTION meshline._dry_run_policies(policies jsonb, merchant bigint)
  RETURNS TABLE (place bigint, key text, value jsonb, connection_id bigint) LANGUAGE plpgsql STABLE PARALLEL SAFE
  SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
  IF pg_catalog.jsonb_typeof(policies) = 'object' THEN
    RETURN QUERY SELECT pg_catalog.row_number() OVER (ORDER BY e.key), e.key, e.value, NULL::bigint FROM pg_catalog.jsonb_each(policies) AS e;
  ELSIF pg_catalog.jsonb_typeof(policies) = 'array' THEN
    RETURN QUERY
    SELECT e.place, e.item ->> 'key', e.item -> 'value', (e.item ->> 'connection_id')::pg_catalog.int8
    FROM pg_catalog.jsonb_array_elements(policies) WITH ORDINALITY AS e (item, place)
    WHERE COALESCE((e.item ->> 'merchant_id')::pg_catalog.int8, merchant) = merchant;
  ELSIF policies IS NOT NULL THEN
    RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'policies must be a JSON object or array';
  END IF;
END
$$;
COMMENT ON FUNCTION meshline._dry_run_policies(jsonb, bigint) IS 'The policies of a dry run that concern a merchant.';

CREATE FUNCTION meshline._dry_run_switches(changes jsonb) RETURNS TABLE (place bigint, code text, is_enabled boolean) LANGUAGE sql STABLE PARALLEL SAFE
  SET search_path = pg_catalog, pg_temp
AS $$
  SELECT pg_catalog.row_number() OVER (), s.code, s.is_enabled
  FROM (SELECT d.code, false FROM pg_catalog.jsonb_array_elements_text(changes -> 'disabled') AS d (code)
        UNION ALL
        SELECT e.code, true FROM pg_catalog.jsonb_array_elements_text(changes -> 'enabled') AS e (code)) AS s (code, is_enabled)
$$;
COMMENT ON FUNCTION meshline._dry_run_switches(jsonb) IS 'The reasons that a dry run switches off and on.';
