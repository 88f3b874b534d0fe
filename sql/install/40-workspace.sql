-- The workspace: tables and views of the user's own, not members of the extension.

CREATE FUNCTION meshline.create_workspace() RETURNS void LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  definition text;
BEGIN
  IF pg_catalog.to_regclass('meshline.event') IS NOT NULL THEN
    RAISE EXCEPTION USING
      ERRCODE = 'object_not_in_prerequisite_state',
      MESSAGE = 'the workspace already exists',
      HINT = 'Use meshline.connect() to add a system, or meshline.drop_workspace() to remove everything.';
  END IF;
  EXECUTE meshline._workspace_script();
  INSERT INTO meshline.workspace_version (version, installed_at) VALUES (meshline._installed_version(), pg_catalog.now());
  CREATE SCHEMA IF NOT EXISTS staging;
  PERFORM meshline.add_merchant('default', 'USD', 'UTC');
  FOR definition IN SELECT d FROM meshline._builtin_connectors() AS d ORDER BY d COLLATE "C" LOOP
    PERFORM meshline.install_connector(definition::pg_catalog.jsonb);
  END LOOP;
  PERFORM meshline._create_event_trigger();
END
$$;
COMMENT ON FUNCTION meshline.create_workspace() IS
  'Creates the tables, views, reason codes and built-in connectors, schema staging, and merchant 1 (default). Once per database.';

CREATE FUNCTION meshline.drop_workspace(confirm text) RETURNS void LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  relation record;
BEGIN
  IF confirm IS DISTINCT FROM pg_catalog.current_database() THEN
    RAISE EXCEPTION USING
      ERRCODE = 'invalid_parameter_value',
      MESSAGE = pg_catalog.format('drop_workspace removes every payload, record and exception of database %s', pg_catalog.current_database()),
      HINT = pg_catalog.format('Say it with drop_workspace(confirm => %L).', pg_catalog.current_database());
  END IF;
  DROP EVENT TRIGGER IF EXISTS meshline_table_changed;
  PERFORM meshline.detach_table(a.schema_name, a.table_name) FROM meshline.attached_table AS a;
  FOR relation IN
    -- Names, not regclass: a view that went along with another has no name any more.
    SELECT pg_catalog.format('meshline.%I', c.relname) AS name, c.relkind
    FROM pg_catalog.pg_class AS c
    WHERE c.relnamespace = 'meshline'::pg_catalog.regnamespace AND c.relkind IN ('v', 'r')
    ORDER BY c.relkind = 'v' DESC
  LOOP
    EXECUTE pg_catalog.format('DROP %s IF EXISTS %s CASCADE', CASE relation.relkind WHEN 'v' THEN 'VIEW' ELSE 'TABLE' END, relation.name);
  END LOOP;
  FOR relation IN
    SELECT t.tgrelid::pg_catalog.regclass::pg_catalog.text AS name
    FROM pg_catalog.pg_trigger AS t
    WHERE t.tgfoid = 'meshline._staging_insert'::pg_catalog.regproc
  LOOP
    EXECUTE pg_catalog.format('DROP TABLE %s', relation.name);
  END LOOP;
END
$$;
COMMENT ON FUNCTION meshline.drop_workspace(text) IS
  'Removes the workspace and the staging tables with everything in them. The argument must be the name of the database.';

CREATE FUNCTION meshline.add_merchant(name text, base_currency text, time_zone text) RETURNS bigint LANGUAGE plpgsql STRICT
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  new_id bigint;
BEGIN
  IF meshline.currency_exponent(base_currency) IS NULL THEN
    RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
      MESSAGE = pg_catalog.format('base_currency %L is not an ISO 4217 code', base_currency);
  END IF;
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_timezone_names AS z WHERE z.name = add_merchant.time_zone) THEN
    RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
      MESSAGE = pg_catalog.format('time_zone %L is not known', time_zone),
      HINT = 'See the view pg_timezone_names.';
  END IF;
  LOCK TABLE meshline.merchant IN EXCLUSIVE MODE;
  SELECT COALESCE(pg_catalog.max(m.merchant_id), 0) + 1 INTO new_id FROM meshline.merchant AS m;
  INSERT INTO meshline.merchant (merchant_id, name, base_currency, time_zone, created_at)
  VALUES (new_id, add_merchant.name, add_merchant.base_currency, add_merchant.time_zone, pg_catalog.now());
  PERFORM meshline._config_changed('meshline.connection');
  RETURN new_id;
END
$$;
COMMENT ON FUNCTION meshline.add_merchant(text, text, text) IS
  'Adds a merchant and gives its id. base_currency is an ISO 4217 code, time_zone a name of pg_timezone_names.';
