-- Privileges by purpose.

CREATE FUNCTION meshline.grant_role(role regrole, purpose text) RETURNS void LANGUAGE plpgsql STRICT
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  target record;
BEGIN
  IF purpose NOT IN ('loader', 'reader', 'operator', 'admin') THEN
    RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
      MESSAGE = pg_catalog.format('purpose %L does not exist', purpose),
      HINT = 'Purposes are loader, reader, operator and admin.';
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
  IF purpose IN ('reader', 'operator', 'admin') THEN
    EXECUTE pg_catalog.format('GRANT USAGE ON SCHEMA meshline TO %s', role);
    FOR target IN
      SELECT c.oid::pg_catalog.regclass AS name FROM pg_catalog.pg_class AS c
      WHERE c.relnamespace = 'meshline'::pg_catalog.regnamespace AND c.relkind = 'v'
    LOOP
      EXECUTE pg_catalog.format('GRANT SELECT ON %s TO %s', target.name, role);
    END LOOP;
    -- A view calls functions with the rights of whoever reads it.
    EXECUTE pg_catalog.format('GRANT EXECUTE ON FUNCTION meshline.major_units(bigint, text), meshline.currency_exponent(text),'
      ' meshline._jsonb_or_null(text) TO %s', role);
  END IF;
  IF purpose IN ('operator', 'admin') THEN
    EXECUTE pg_catalog.format(
      'GRANT EXECUTE ON FUNCTION meshline.explain(bigint), meshline.canonical_of(text, text, text, bigint),'
      ' meshline.resolve(uuid, bigint), meshline.canonical_id(bigint, text, text, text),'
      ' meshline.reconcile(uuid, timestamptz), meshline.replay_event(bigint), meshline.replay_exception(bigint),'
      ' meshline.replay_connection(bigint, timestamptz), meshline.verify_history() TO %s', role);
  END IF;
  IF purpose = 'admin' THEN
    EXECUTE pg_catalog.format('GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA meshline TO %s', role);
    EXECUTE pg_catalog.format('GRANT EXECUTE ON ALL ROUTINES IN SCHEMA meshline TO %s', role);
  END IF;
END
$$;
COMMENT ON FUNCTION meshline.grant_role(regrole, text) IS
  'Gives a role what a purpose needs: loader (insert into staging tables, nothing else), reader (views, nothing else), operator (views, explain, reconcile, replay), admin (everything in the schema, and staging tables).';
