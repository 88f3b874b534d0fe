-- The workspace after ALTER EXTENSION meshline UPDATE: what the installed version makes, beside the data that is there.

CREATE FUNCTION meshline._installed_version() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
  SET search_path = pg_catalog, pg_temp
  RETURN (SELECT e.extversion FROM pg_catalog.pg_extension AS e WHERE e.extname = 'meshline');
COMMENT ON FUNCTION meshline._installed_version() IS 'The version of the extension in this database.';

-- A view whose columns only grow is replaced and keeps its grants and dependents; another one is made again.
CREATE FUNCTION meshline._upgrade_view(name text, statement text) RETURNS text LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  before text := pg_catalog.pg_get_viewdef(pg_catalog.to_regclass(name));
BEGIN
  IF before IS NULL THEN
    EXECUTE statement;
    RETURN 'created';
  END IF;
  BEGIN
    EXECUTE pg_catalog.regexp_replace(statement, '^CREATE', 'CREATE OR REPLACE');
  EXCEPTION WHEN invalid_table_definition THEN
    EXECUTE pg_catalog.format('DROP VIEW %s', name);
    EXECUTE statement;
  END;
  RETURN CASE WHEN pg_catalog.pg_get_viewdef(pg_catalog.to_regclass(name)) <> before THEN 'changed' END;
END
$$;
COMMENT ON FUNCTION meshline._upgrade_view(text, text) IS 'Makes a view as the statement says: created, changed, or null.';

CREATE FUNCTION meshline.upgrade_workspace(OUT object text, OUT change text) RETURNS SETOF record LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
  installed text := meshline._installed_version();
  present text;
  statement text;
  words text[];
  definition text;
  created text[] := '{}';
  row_total bigint;
BEGIN
  IF pg_catalog.to_regclass('meshline.event') IS NULL THEN
    RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state',
      MESSAGE = 'there is no workspace',
      HINT = 'Use meshline.create_workspace().';
  END IF;
  IF pg_catalog.to_regclass('meshline.workspace_version') IS NOT NULL THEN
    LOCK TABLE meshline.workspace_version IN EXCLUSIVE MODE;
    SELECT v.version INTO present FROM meshline.workspace_version AS v
    ORDER BY pg_catalog.string_to_array(v.version, '.')::pg_catalog.int4[] DESC LIMIT 1;
    IF pg_catalog.string_to_array(present, '.')::pg_catalog.int4[] > pg_catalog.string_to_array(installed, '.')::pg_catalog.int4[] THEN
      RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state',
        MESSAGE = pg_catalog.format('the workspace is of version %s, the extension of %s', present, installed),
        HINT = 'Use ALTER EXTENSION meshline UPDATE first.';
    END IF;
  END IF;

  FOR statement IN
    SELECT pg_catalog.btrim(pg_catalog.regexp_replace(s.part, '^(\s*--[^\n]*\n|\s+)+', ''), E' \n')
    FROM pg_catalog.regexp_split_to_table(meshline._workspace_script(), ';\s*\n') WITH ORDINALITY AS s (part, place)
    ORDER BY s.place
  LOOP
    words := pg_catalog.regexp_match(statement,
      '^(CREATE TABLE|CREATE VIEW|CREATE (?:UNIQUE )?INDEX|CREATE CONSTRAINT TRIGGER|INSERT INTO|ALTER TABLE) ([a-z_.]+)');
    object := words[2];
    change := NULL;
    IF words[1] = 'CREATE TABLE' AND pg_catalog.to_regclass(object) IS NULL THEN
      EXECUTE statement;
      created := created || object;
      change := 'created';
    ELSIF words[1] = 'CREATE VIEW' THEN
      change := meshline._upgrade_view(object, statement);
    ELSIF words[1] LIKE 'CREATE%INDEX' AND pg_catalog.to_regclass('meshline.' || object) IS NULL THEN
      EXECUTE statement;
      change := 'created';
    ELSIF words[1] = 'CREATE CONSTRAINT TRIGGER' AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_trigger AS t JOIN pg_catalog.pg_class AS c ON c.oid = t.tgrelid
        WHERE c.relnamespace = 'meshline'::pg_catalog.regnamespace AND t.tgname = object) THEN
      EXECUTE statement;
      change := 'created';
    ELSIF words[1] = 'INSERT INTO' AND object IN ('meshline.reason_code', 'meshline.policy_key') THEN
      EXECUTE statement || CASE object
        -- Whether a reason is enabled is the merchant's word.
        WHEN 'meshline.reason_code' THEN
          ' ON CONFLICT (reason_code) DO UPDATE SET family = excluded.family, owner_queue = excluded.owner_queue,'
          ' severity = excluded.severity, is_holding = excluded.is_holding, is_auto_resolved = excluded.is_auto_resolved,'
          ' definition = excluded.definition WHERE (reason_code.family, reason_code.owner_queue, reason_code.severity,'
          ' reason_code.is_holding, reason_code.is_auto_resolved, reason_code.definition) IS DISTINCT FROM (excluded.family,'
          ' excluded.owner_queue, excluded.severity, excluded.is_holding, excluded.is_auto_resolved, excluded.definition)'
        ELSE
          ' ON CONFLICT (key) DO UPDATE SET scope = excluded.scope, value_type = excluded.value_type,'
          ' default_value = excluded.default_value, description = excluded.description WHERE (policy_key.scope,'
          ' policy_key.value_type, policy_key.default_value, policy_key.description) IS DISTINCT FROM (excluded.scope,'
          ' excluded.value_type, excluded.default_value, excluded.description)' END;
      GET DIAGNOSTICS row_total = ROW_COUNT;
      change := CASE WHEN row_total > 0 THEN pg_catalog.format('%s rows written', row_total) END;
    ELSIF words[1] IN ('INSERT INTO', 'ALTER TABLE') AND object = ANY (created) THEN
      EXECUTE statement;
    ELSIF statement LIKE 'COMMENT ON %' OR statement LIKE 'SELECT meshline.%' THEN
      EXECUTE statement;
    END IF;
    IF change IS NOT NULL THEN
      RETURN NEXT;
    END IF;
  END LOOP;

  FOR object, definition IN
    SELECT d.definition::pg_catalog.jsonb ->> 'connector', d.definition FROM meshline._builtin_connectors() AS d (definition)
    WHERE NOT EXISTS (SELECT FROM meshline.connector AS c WHERE c.definition = d.definition::pg_catalog.jsonb)
    ORDER BY 1
  LOOP
    change := 'connector installed';
    PERFORM meshline.install_connector(definition::pg_catalog.jsonb);
    RETURN NEXT;
  END LOOP;

  PERFORM meshline.grant_role(r.oid::pg_catalog.regrole, g.purpose)
  FROM meshline.granted_role AS g JOIN pg_catalog.pg_roles AS r ON r.rolname = g.role_name;
  PERFORM meshline._config_changed('meshline.connection');
  IF present IS DISTINCT FROM installed THEN
    INSERT INTO meshline.workspace_version (version, installed_at) VALUES (installed, pg_catalog.now());
    object := 'workspace';
    change := 'version ' || installed;
    RETURN NEXT;
  END IF;
END
$$;
COMMENT ON FUNCTION meshline.upgrade_workspace() IS
  'Brings views, indexes, missing tables, reason codes, policy keys and built-in connectors to the installed version, leaves data alone, and says what it changed. The owner of the workspace calls it after ALTER EXTENSION meshline UPDATE; a newer workspace is refused.';
