-- Privileges by purpose.

CREATE FUNCTION meshline._analysis_routines() RETURNS name[] LANGUAGE sql IMMUTABLE PARALLEL SAFE
  SET search_path = pg_catalog, pg_temp
  RETURN ARRAY[
    'levenshtein', 'optimal_string_alignment', 'damerau_levenshtein', 'jaro_similarity', 'jaro_winkler_similarity', 'lcs_ratio',
    'jaccard', 'token_sort_ratio', 'token_set_ratio', 'qgram_similarity', 'monge_elkan', 'double_metaphone', 'transliterate',
    'normalize_text', 'normalize_name', 'normalize_company', 'normalize_email', 'normalize_phone', 'normalize_address', 'canonical_name',
    'explain_sum', 'match_weight', '_match_weight', 'explain_match', '_explain_match', 'match_score', 'connected_components',
    '_guess_role', '_train_model', '_find_duplicates', '_cluster_duplicates', '_id_column', 'train_model', 'find_duplicates',
    'cluster_duplicates', 'link_tables', 'match_keys', '_key_rules', 'create_match_index', 'match_record',
    'major_units', 'currency_exponent', 'canonical_id']::name[];
COMMENT ON FUNCTION meshline._analysis_routines() IS 'What grant_role() lets an analyst call: functions that read nothing but what they are given.';

CREATE FUNCTION meshline.grant_role(role regrole, purpose text) RETURNS void LANGUAGE plpgsql STRICT
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  target record;
BEGIN
  IF purpose NOT IN ('loader', 'reader', 'analyst', 'operator', 'approver', 'admin') THEN
    RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
      MESSAGE = pg_catalog.format('purpose %L does not exist', purpose),
      HINT = 'Purposes are loader, reader, analyst, operator, approver and admin.';
  END IF;
  INSERT INTO meshline.granted_role (role_name, purpose)
  SELECT r.rolname, grant_role.purpose FROM pg_catalog.pg_roles AS r WHERE r.oid = role
  ON CONFLICT DO NOTHING;
  IF purpose IN ('loader', 'admin') THEN
    EXECUTE pg_catalog.format('GRANT USAGE ON SCHEMA staging TO %s', role);
    FOR target IN
      SELECT t.tgrelid::pg_catalog.regclass AS name FROM pg_catalog.pg_trigger AS t
      WHERE t.tgfoid = 'meshline._staging_insert'::pg_catalog.regproc
    LOOP
      EXECUTE pg_catalog.format('GRANT %s ON %s TO %s', CASE purpose WHEN 'admin' THEN 'SELECT, INSERT' ELSE 'INSERT' END,
                                target.name, role);
    END LOOP;
  END IF;
  IF purpose IN ('reader', 'analyst', 'operator', 'approver', 'admin') THEN
    EXECUTE pg_catalog.format('GRANT USAGE ON SCHEMA meshline TO %s', role);
    FOR target IN
      SELECT c.oid::pg_catalog.regclass AS name FROM pg_catalog.pg_class AS c
      WHERE c.relnamespace = 'meshline'::pg_catalog.regnamespace AND (c.relkind = 'v' OR c.relname = 'job')
    LOOP
      EXECUTE pg_catalog.format('GRANT SELECT ON %s TO %s', target.name, role);
    END LOOP;
    -- A view calls functions with the rights of whoever reads it.
    EXECUTE pg_catalog.format('GRANT EXECUTE ON FUNCTION meshline.major_units(bigint, text), meshline.currency_exponent(text), meshline._saturated(numeric), meshline._months(timestamptz, timestamptz, text),'
      ' meshline._jsonb_or_null(text), meshline._as_of(), meshline._count_events(bigint), meshline._expression_paths(jsonb), meshline._wilson_bound(bigint, bigint, numeric) TO %s', role);
  END IF;
  IF purpose IN ('analyst', 'admin') THEN
    -- What compares texts and finds duplicates reads relations with the rights of whoever calls it.
    FOR target IN
      SELECT p.oid::pg_catalog.regprocedure AS name FROM pg_catalog.pg_proc AS p
      WHERE p.pronamespace = 'meshline'::pg_catalog.regnamespace AND p.proname IN (SELECT pg_catalog.unnest(meshline._analysis_routines()))
    LOOP
      EXECUTE pg_catalog.format('GRANT EXECUTE ON ROUTINE %s TO %s', target.name, role);
    END LOOP;
    EXECUTE pg_catalog.format('GRANT USAGE ON TYPE meshline.component TO %s', role);
  END IF;
  IF purpose IN ('approver', 'admin') THEN
    EXECUTE pg_catalog.format('GRANT EXECUTE ON FUNCTION meshline.explain(bigint), meshline.approve(bigint, text), meshline.reject(bigint, text),'
      ' meshline.close_period(bigint, date, timestamptz), meshline.reopen_period(bigint, date, text), meshline.closed_through(bigint) TO %s', role);
  END IF;
  IF purpose IN ('operator', 'admin') THEN
    EXECUTE pg_catalog.format(
      'GRANT EXECUTE ON FUNCTION meshline.explain(bigint), meshline.canonical_of(text, text, text, bigint),'
      ' meshline.resolve(uuid, bigint), meshline.canonical_id(bigint, text, text, text),'
      ' meshline.reconcile(uuid, timestamptz), meshline.replay_event(bigint), meshline.replay_exception(bigint),'
      ' meshline.replay_connection(bigint, timestamptz), meshline.verify_history(),'
      ' meshline.acknowledge(bigint, text), meshline.assign(bigint, text, text), meshline.comment(bigint, text), meshline.resolve_exception(bigint, text),'
      ' meshline.write_off(bigint, text), meshline.take_back_correction(bigint, text), meshline.hold(bigint, text), meshline.release(bigint, text), meshline.assert_postable(uuid), meshline.closed_through(bigint), meshline.explain_order(uuid),'
      ' meshline.merge(uuid, uuid, text), meshline.preview_merge(uuid, uuid), meshline.unmerge(bigint, text),'
      ' meshline.confirm_match(bigint, text), meshline.reject_match(bigint, text), meshline.suggest_orders(bigint, integer, integer),'
      ' meshline.suggest_payments(uuid, integer, integer), meshline.dry_run(jsonb, timestamptz, bigint), meshline.what_will_break(interval, timestamptz) TO %s', role);
  END IF;
  IF purpose = 'admin' THEN
    EXECUTE pg_catalog.format('GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA meshline TO %s', role);
    EXECUTE pg_catalog.format('GRANT EXECUTE ON ALL ROUTINES IN SCHEMA meshline TO %s', role);
  END IF;
END
$$;
COMMENT ON FUNCTION meshline.grant_role(regrole, text) IS
  'Gives a role what a purpose needs: loader (insert into staging tables, nothing else), reader (views, nothing else), analyst (views, and the functions that compare texts and find duplicates, on relations that the role may read), operator (views, explain, reconcile, replay, decisions), approver (views, explain, approvals, closing of periods), admin (everything in the schema, and staging tables).';
