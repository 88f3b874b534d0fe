-- Checks of a merchant's own.

CREATE FUNCTION meshline._result_columns(function oid) RETURNS text LANGUAGE sql STABLE STRICT PARALLEL SAFE
  SET search_path = pg_catalog, pg_temp
AS $$
  SELECT pg_catalog.string_agg(pg_catalog.format('%s %s', c.name, pg_catalog.format_type(c.type, NULL)), ', ' ORDER BY c.place)
  FROM (
    SELECT p.proargnames[a.place] AS name, a.type, a.place
    FROM pg_catalog.pg_proc AS p
    CROSS JOIN LATERAL ROWS FROM (pg_catalog.unnest(p.proallargtypes), pg_catalog.unnest(p.proargmodes)) WITH ORDINALITY AS a (type, mode, place)
    WHERE p.oid = function AND a.mode IN ('o', 't')
    UNION ALL
    SELECT b.attname, b.atttypid, b.attnum
    FROM pg_catalog.pg_proc AS p
    JOIN pg_catalog.pg_type AS t ON t.oid = p.prorettype
    JOIN pg_catalog.pg_attribute AS b ON b.attrelid = t.typrelid AND b.attnum > 0 AND NOT b.attisdropped
    WHERE p.oid = function AND p.proallargtypes IS NULL) AS c
$$;
COMMENT ON FUNCTION meshline._result_columns(oid) IS 'Names and types of the columns that a function returns; null when it returns none.';

CREATE FUNCTION meshline.add_check(
  name text, function regprocedure, owner_queue text DEFAULT 'operations', severity text DEFAULT 'medium', description text DEFAULT NULL,
  is_holding boolean DEFAULT false) RETURNS void LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
  wanted_columns CONSTANT text := 'canonical_id uuid, subject text, expected_minor bigint, actual_minor bigint, amount_at_risk_minor bigint,'
    ' currency text, explanation text';
  given record;
BEGIN
  IF name IS NULL OR name !~ '^X_[A-Z0-9_]+$' THEN
    RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = pg_catalog.format('a check cannot be called %L', name),
      HINT = 'Its name is the reason code of its exceptions: X_ and then capital letters, digits and underscores.';
  END IF;
  SELECT n.nspname, p.proname, p.proargtypes = '20 2951 1184'::oidvector AND p.prokind = 'f' AND p.proretset
           AND meshline._result_columns(p.oid) = wanted_columns AS is_check INTO given
  FROM pg_catalog.pg_proc AS p JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
  WHERE p.oid = function;
  IF NOT COALESCE(given.is_check, false) THEN
    RAISE EXCEPTION USING ERRCODE = 'invalid_function_definition',
      MESSAGE = pg_catalog.format('function %s is no check', COALESCE(function::pg_catalog.text, 'NULL')),
      DETAIL = pg_catalog.format('A check is a function (merchant_id bigint, canonical_ids uuid[], as_of timestamptz) RETURNS TABLE (%s).', wanted_columns);
  END IF;
  -- It will run as its owner.
  IF NOT pg_catalog.has_function_privilege(function, 'EXECUTE') THEN
    RAISE EXCEPTION USING ERRCODE = 'insufficient_privilege', MESSAGE = pg_catalog.format('permission denied for function %s', function);
  END IF;
  owner_queue := COALESCE(owner_queue, 'operations');
  severity := COALESCE(severity, 'medium');
  PERFORM meshline._check_reason_rule(owner_queue, severity);
  IF EXISTS (SELECT FROM meshline.own_check AS c WHERE c.reason_code = name) THEN
    RAISE EXCEPTION USING ERRCODE = 'duplicate_object', MESSAGE = pg_catalog.format('check %s exists already', name),
      HINT = 'Use meshline.set_reason() to change its owner or severity, CREATE OR REPLACE FUNCTION to change what it does, or meshline.drop_check() first.';
  END IF;
  INSERT INTO meshline.reason_code AS r (reason_code, family, owner_queue, severity, is_holding, is_auto_resolved, is_enabled, definition)
  VALUES (name, 'own', owner_queue, severity, COALESCE(is_holding, false), false, true,
          COALESCE(NULLIF(pg_catalog.btrim(description), ''), pg_catalog.format('%I.%I() found it.', given.nspname, given.proname)))
  ON CONFLICT ON CONSTRAINT reason_code_pkey DO UPDATE SET owner_queue = excluded.owner_queue, severity = excluded.severity,
    is_holding = excluded.is_holding, is_enabled = true, definition = excluded.definition;
  INSERT INTO meshline.own_check (reason_code, schema_name, function_name, added_at, added_by)
  VALUES (name, given.nspname, given.proname, pg_catalog.now(), session_user);
  PERFORM meshline._config_changed('meshline.connection');
END
$$;
COMMENT ON FUNCTION meshline.add_check(text, regprocedure, text, text, text, boolean) IS
  'Adds a check of your own: what its function returns of the orders, payouts and customers that it is asked about becomes exceptions whose reason is the name (X_…), and what it returns no more closes them. It is asked about what is reconciled from now on, as its owner, once per batch; reconcile_all() asks it about the past. Where it fails, CHECK_FAILED is raised and nothing else happens.';

CREATE FUNCTION meshline.drop_check(name text) RETURNS void LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
BEGIN
  -- Waits for the batches that ask it, so that none opens an exception behind our back.
  LOCK TABLE meshline.own_check IN EXCLUSIVE MODE;
  DELETE FROM meshline.own_check AS c WHERE c.reason_code = name;
  IF NOT FOUND THEN
    PERFORM meshline._raise_unknown('check', COALESCE(name, 'NULL'));
  END IF;
  PERFORM meshline._close_gone(g.merchant_id, meshline._as_of(), g.exception_ids), meshline._count_open(g.merchant_id, g.canonical_ids)
  FROM (
    SELECT e.merchant_id, pg_catalog.array_agg(e.exception_id ORDER BY e.exception_id) AS exception_ids,
           pg_catalog.array_agg(DISTINCT e.canonical_id) FILTER (WHERE e.canonical_id IS NOT NULL) AS canonical_ids
    FROM meshline.recon_exception AS e
    WHERE e.is_present AND (e.reason_code = name OR e.reason_code = 'CHECK_FAILED' AND e.subject = name)
    GROUP BY e.merchant_id) AS g;
  DELETE FROM meshline.reason_setting AS s WHERE s.reason_code = name;
  -- The reason stays, for the exceptions that there were.
  UPDATE meshline.reason_code AS r SET is_enabled = false WHERE r.reason_code = name;
  PERFORM meshline._config_changed('meshline.connection');
END
$$;
COMMENT ON FUNCTION meshline.drop_check(text) IS 'Takes a check of add_check() away and closes its exceptions; their history and its reason stay, its function too.';
