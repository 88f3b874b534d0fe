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

CREATE FUNCTION meshline._check_function(function regprocedure, OUT nspname name, OUT proname name) LANGUAGE plpgsql STABLE PARALLEL SAFE
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  wanted_columns CONSTANT text := 'canonical_id uuid, subject text, expected_minor bigint, actual_minor bigint, amount_at_risk_minor bigint,'
    ' currency text, explanation text';
  is_check boolean;
BEGIN
  SELECT n.nspname, p.proname, p.proargtypes = '20 2951 1184'::oidvector AND p.prokind = 'f' AND p.proretset
           AND meshline._result_columns(p.oid) = wanted_columns INTO nspname, proname, is_check
  FROM pg_catalog.pg_proc AS p JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
  WHERE p.oid = function;
  IF NOT COALESCE(is_check, false) THEN
    RAISE EXCEPTION USING ERRCODE = 'invalid_function_definition',
      MESSAGE = pg_catalog.format('function %s is no check', COALESCE(function::pg_catalog.text, 'NULL')),
      DETAIL = pg_catalog.format('A check is a function (merchant_id bigint, canonical_ids uuid[], as_of timestamptz) RETURNS TABLE (%s).', wanted_columns);
  END IF;
  -- It will run as its owner.
  IF NOT pg_catalog.has_function_privilege(function, 'EXECUTE') THEN
    RAISE EXCEPTION USING ERRCODE = 'insufficient_privilege', MESSAGE = pg_catalog.format('permission denied for function %s', function);
  END IF;
END
$$;
COMMENT ON FUNCTION meshline._check_function(regprocedure) IS 'Where a function is that may become a check of your own; an error for any other one.';

CREATE FUNCTION meshline.add_check(
  name text, function regprocedure, owner_queue text DEFAULT 'operations', severity text DEFAULT 'medium', description text DEFAULT NULL,
  is_holding boolean DEFAULT false) RETURNS void LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
  given record;
BEGIN
  IF name IS NULL OR name !~ '^X_[A-Z0-9_]+$' THEN
    RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = pg_catalog.format('a check cannot be called %L', name),
      HINT = 'Its name is the reason code of its exceptions: X_ and then capital letters, digits and underscores.';
  END IF;
  given := meshline._check_function(function);
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

CREATE FUNCTION meshline.try_check(name text, function regprocedure, as_of timestamptz DEFAULT meshline._as_of(), of_merchant bigint DEFAULT NULL)
  RETURNS TABLE (merchant_id bigint, canonical_id uuid, reason_code text, subject text, outcome text, before_minor bigint, after_minor bigint,
                 before_amount numeric, after_amount numeric, currency text, explanation text, decided_by text)
  LANGUAGE plpgsql
  -- A check only reads.
  SET search_path = pg_catalog, pg_temp SET transaction_read_only = on
AS $$
#variable_conflict use_column
DECLARE
  given CONSTANT record := meshline._check_function(function);
  merchant bigint;
  last_id uuid;
  ids uuid[];
BEGIN
  IF of_merchant IS NOT NULL AND NOT EXISTS (SELECT FROM meshline.merchant AS m WHERE m.merchant_id = of_merchant) THEN
    PERFORM meshline._raise_unknown('merchant', of_merchant::pg_catalog.text);
  END IF;
  FOR merchant IN SELECT m.merchant_id FROM meshline.merchant AS m WHERE m.merchant_id = COALESCE(of_merchant, m.merchant_id) ORDER BY m.merchant_id LOOP
    last_id := '00000000-0000-0000-0000-000000000000';
    LOOP
      SELECT pg_catalog.array_agg(d.canonical_id ORDER BY d.canonical_id) INTO ids
      FROM (SELECT c.canonical_id FROM meshline.canonical AS c
            WHERE c.merchant_id = merchant AND c.canonical_id > last_id ORDER BY c.canonical_id LIMIT 1000) AS d;
      EXIT WHEN ids IS NULL;
      last_id := ids[pg_catalog.cardinality(ids)];
      RETURN QUERY EXECUTE pg_catalog.format(
        'SELECT $1, COALESCE(f.canonical_id, x.canonical_id), $4, COALESCE(f.subject, x.subject),'
        ' CASE WHEN x.exception_id IS NULL THEN ''would_open'' WHEN f.canonical_id IS NULL THEN ''would_close'' ELSE ''would_change'' END,'
        ' x.amount_at_risk_minor, f.amount_at_risk_minor, meshline.major_units(x.amount_at_risk_minor, x.currency),'
        ' meshline.major_units(f.amount_at_risk_minor, f.currency), COALESCE(f.currency, x.currency), COALESCE(f.explanation, x.explanation),'
        ' CASE WHEN x.status IN (''resolved'', ''written_off'') THEN x.status OPERATOR(pg_catalog.||) '' by '' OPERATOR(pg_catalog.||) x.closed_by END'
        ' FROM %I.%I($1, $2, $3) AS f'
        ' FULL JOIN (SELECT e.* FROM meshline.recon_exception AS e'
        '   WHERE e.merchant_id = $1 AND e.canonical_id = ANY ($2) AND e.reason_code = $4 AND e.is_present) AS x'
        ' ON x.canonical_id = f.canonical_id AND x.subject = f.subject'
        ' WHERE x.exception_id IS NULL OR f.canonical_id IS NULL OR f.amount_at_risk_minor IS DISTINCT FROM x.amount_at_risk_minor'
        '   OR f.expected_minor IS DISTINCT FROM x.expected_minor OR f.actual_minor IS DISTINCT FROM x.actual_minor'
        '   OR f.currency IS DISTINCT FROM x.currency'
        ' ORDER BY 2, 4', given.nspname, given.proname) USING merchant, ids, as_of, name;
    END LOOP;
  END LOOP;
END
$$;
COMMENT ON FUNCTION meshline.try_check(text, regprocedure, timestamptz, bigint) IS
  'What a check of your own would open, close or change if its function were this one: a check that is not added yet, or a new version of one that is. It is asked about everything that is stored, as you, and may only read; nothing is kept. Columns as those of dry_run().';
