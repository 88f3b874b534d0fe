-- Tables of ETL tools: watched by triggers, found again after the tool swapped them, compared when rows vanish.

CREATE FUNCTION meshline._check_attachment(connection_id bigint, object text) RETURNS bigint LANGUAGE plpgsql STABLE PARALLEL SAFE
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  merchant bigint;
  connector_name text;
BEGIN
  SELECT n.merchant_id, n.connector INTO merchant, connector_name
  FROM meshline.connection AS n WHERE n.connection_id = _check_attachment.connection_id;
  IF NOT FOUND THEN
    PERFORM meshline._raise_unknown('connection', connection_id::pg_catalog.text);
  END IF;
  IF NOT EXISTS (SELECT FROM meshline.connector AS c
                 WHERE c.connector = connector_name AND c.definition -> 'objects' ? _check_attachment.object) THEN
    PERFORM meshline._raise_unknown(connector_name OPERATOR(pg_catalog.||) ' object', object);
  END IF;
  RETURN merchant;
END
$$;
COMMENT ON FUNCTION meshline._check_attachment(bigint, text) IS 'The merchant of a connection whose connector has the object; error ML002 otherwise.';

CREATE FUNCTION meshline._attachment_of(relation regclass) RETURNS meshline.attachment LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  found_attachment meshline.attachment;
BEGIN
  SELECT a.merchant_id, a.connection_id, a.object, c.oid, a.payload_column, a.is_row_level INTO found_attachment
  FROM (SELECT relation AS relid UNION SELECT p.relid FROM pg_catalog.pg_partition_ancestors(relation) AS p) AS up
  JOIN pg_catalog.pg_class AS c ON c.oid = up.relid
  JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
  JOIN meshline.attached_table AS a ON a.schema_name = n.nspname AND a.table_name = c.relname
  ORDER BY c.oid = relation DESC LIMIT 1;
  RETURN found_attachment;
END
$$;
COMMENT ON FUNCTION meshline._attachment_of(regclass) IS
  'As what a table, or the partitioned table that it belongs to, is attached; null when it is not.';

CREATE FUNCTION meshline._watched_parts(attached meshline.attachment) RETURNS SETOF regclass LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE
  SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  -- Triggers for each row of a partitioned table are copied to its partitions by the server itself.
  RETURN QUERY SELECT attached.relation
    UNION SELECT p.relid FROM pg_catalog.pg_partition_tree(attached.relation) AS p WHERE NOT attached.is_row_level;
END
$$;
COMMENT ON FUNCTION meshline._watched_parts(meshline.attachment) IS
  'The tables that need triggers of their own: the attached one and its partitions, for a statement fires those of the table that it names.';

CREATE FUNCTION meshline._watch_table(attached meshline.attachment) RETURNS SETOF regclass LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  wanted record;
  part regclass;
  arguments text := pg_catalog.format('%L, %L, %L, %L', attached.merchant_id, attached.connection_id, attached.object,
                                      COALESCE(attached.payload_column, ''));
  kept bytea := pg_catalog.convert_to(attached.merchant_id::pg_catalog.text, 'UTF8') OPERATOR(pg_catalog.||) '\x00'::bytea
    OPERATOR(pg_catalog.||) pg_catalog.convert_to(attached.connection_id::pg_catalog.text, 'UTF8') OPERATOR(pg_catalog.||) '\x00'::bytea
    OPERATOR(pg_catalog.||) pg_catalog.convert_to(attached.object, 'UTF8') OPERATOR(pg_catalog.||) '\x00'::bytea
    OPERATOR(pg_catalog.||) pg_catalog.convert_to(COALESCE(attached.payload_column, ''), pg_catalog.getdatabaseencoding())
    OPERATOR(pg_catalog.||) '\x00'::bytea;
  is_new boolean;
BEGIN
  FOR part IN SELECT w FROM meshline._watched_parts(attached) AS w LOOP
    is_new := false;
    FOR wanted IN
      SELECT v.name, v.events, v.level, v.function
      FROM (VALUES
        ('meshline_after_insert', 'INSERT', 'REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT', '_attached_change', false),
        ('meshline_after_update', 'UPDATE', 'REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT', '_attached_change', false),
        ('meshline_after_delete', 'DELETE', 'FOR EACH STATEMENT', '_attached_removal', false),
        ('meshline_after_truncate', 'TRUNCATE', 'FOR EACH STATEMENT', '_attached_removal', false),
        ('meshline_after_row', 'INSERT OR UPDATE', 'FOR EACH ROW', '_attached_change', true),
        ('meshline_after_delete', 'DELETE', 'FOR EACH ROW', '_attached_removal', true),
        ('meshline_after_truncate', 'TRUNCATE', 'FOR EACH STATEMENT', '_attached_removal', true)
      ) AS v (name, events, level, function, is_row_level)
      WHERE v.is_row_level = attached.is_row_level AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_trigger AS t
        WHERE t.tgrelid = part AND t.tgname = v.name AND t.tgargs = kept AND t.tgenabled <> 'D'
          AND t.tgfoid = pg_catalog.format('meshline.%I', v.function)::pg_catalog.regproc)
    LOOP
      IF EXISTS (SELECT FROM pg_catalog.pg_trigger AS t WHERE t.tgrelid = part AND t.tgname = wanted.name) THEN
        EXECUTE pg_catalog.format('DROP TRIGGER %I ON %s', wanted.name, part);
      END IF;
      EXECUTE pg_catalog.format('CREATE TRIGGER %I AFTER %s ON %s %s EXECUTE FUNCTION meshline.%I(%s)',
                                wanted.name, wanted.events, part, wanted.level, wanted.function, arguments);
      IF attached.is_row_level THEN
        EXECUTE pg_catalog.format('ALTER TABLE %s ENABLE ALWAYS TRIGGER %I', part, wanted.name);
      END IF;
      is_new := true;
    END LOOP;
    IF is_new THEN
      RETURN NEXT part;
    END IF;
  END LOOP;
END
$$;
COMMENT ON FUNCTION meshline._watch_table(meshline.attachment) IS
  'Puts the triggers on an attached table and its partitions where they are missing, and gives those that lacked one.';

CREATE FUNCTION meshline._unwatch_table(relation regclass) RETURNS void LANGUAGE plpgsql STRICT
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  placed record;
BEGIN
  FOR placed IN
    SELECT t.tgname, t.tgrelid::pg_catalog.regclass AS part FROM pg_catalog.pg_trigger AS t
    WHERE t.tgrelid IN (SELECT relation UNION SELECT p.relid FROM pg_catalog.pg_partition_tree(relation) AS p)
      AND t.tgparentid = 0 AND t.tgname LIKE 'meshline\_after\_%'
      AND t.tgfoid IN ('meshline._attached_change'::pg_catalog.regproc, 'meshline._attached_removal'::pg_catalog.regproc)
  LOOP
    EXECUTE pg_catalog.format('DROP TRIGGER %I ON %s', placed.tgname, placed.part);
  END LOOP;
END
$$;
COMMENT ON FUNCTION meshline._unwatch_table(regclass) IS 'Takes the triggers of attached tables off a table and its partitions.';

CREATE FUNCTION meshline.attach_table(
  relation regclass, connection_id bigint, object text, payload_column name DEFAULT NULL, is_row_level boolean DEFAULT false)
  RETURNS void LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
  merchant bigint := meshline._check_attachment(connection_id, object);
  described record;
BEGIN
  SELECT n.nspname, c.relname, c.relkind, c.relpersistence INTO described
  FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace WHERE c.oid = relation;
  IF described.relkind NOT IN ('r', 'p') OR described.relpersistence = 't' THEN
    RAISE EXCEPTION USING ERRCODE = 'wrong_object_type',
      MESSAGE = pg_catalog.format('%s cannot be attached', relation),
      DETAIL = 'It is not a table, or a temporary one.';
  END IF;
  IF payload_column IS NOT NULL AND NOT EXISTS (
    SELECT FROM pg_catalog.pg_attribute AS a
    WHERE a.attrelid = relation AND a.attname = payload_column AND a.attnum > 0 AND NOT a.attisdropped) THEN
    PERFORM meshline._raise_unknown('column', payload_column);
  END IF;
  INSERT INTO meshline.attached_table (merchant_id, connection_id, object, schema_name, table_name, payload_column, is_row_level, attached_at)
  VALUES (merchant, connection_id, object, described.nspname, described.relname, payload_column, is_row_level, pg_catalog.now());
  PERFORM meshline._watch_table(ROW(merchant, connection_id, object, relation, payload_column, is_row_level));
END
$$;
COMMENT ON FUNCTION meshline.attach_table(regclass, bigint, text, name, boolean) IS
  'Reads an ETL tool''s own table as a staging table from now on: payload_column holds the payloads, or, when null, the typed row itself is the payload. is_row_level: by triggers for each row, which fire for logical replication too. rescan() takes in the rows that are there.';

CREATE FUNCTION meshline.detach_table(schema_name name, table_name name) RETURNS void LANGUAGE plpgsql STRICT
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  relation regclass := pg_catalog.to_regclass(pg_catalog.format('%I.%I', schema_name, table_name));
BEGIN
  DELETE FROM meshline.attached_table AS a
  WHERE a.schema_name = detach_table.schema_name AND a.table_name = detach_table.table_name;
  IF NOT FOUND THEN
    PERFORM meshline._raise_unknown('attached table', pg_catalog.format('%I.%I', schema_name, table_name));
  END IF;
  PERFORM meshline._unwatch_table(relation);
END
$$;
COMMENT ON FUNCTION meshline.detach_table(name, name) IS 'Stops reading a table, even one that is gone; what came from it stays.';

CREATE FUNCTION meshline.detach_table(relation regclass) RETURNS void LANGUAGE plpgsql STRICT
  SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  PERFORM meshline.detach_table(n.nspname, c.relname)
  FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace WHERE c.oid = detach_table.relation;
END
$$;
COMMENT ON FUNCTION meshline.detach_table(regclass) IS 'Stops reading a table; what came from it stays.';

CREATE FUNCTION meshline._scan_table(relation regclass, attached meshline.attachment) RETURNS bigint
  LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  portion record;
  staged bigint[];
  taken bigint := 0;
  is_deferred CONSTANT boolean := EXISTS (
    SELECT FROM meshline.connection AS n
    WHERE n.merchant_id = attached.merchant_id AND n.connection_id = attached.connection_id AND n.settings ->> 'mode' = 'deferred');
BEGIN
  FOR portion IN
    SELECT pg_catalog.array_agg(r.payload ORDER BY r.place) AS payloads
    FROM meshline._attached_rows(relation, COALESCE(attached.payload_column, '')) AS r
    GROUP BY r.place / 1000 ORDER BY r.place / 1000
  LOOP
    WITH stored AS (
      INSERT INTO meshline.attached_payload (merchant_id, connection_id, object, payload, is_row, received_at)
      SELECT attached.merchant_id, attached.connection_id, attached.object, u.payload, attached.payload_column IS NULL,
             pg_catalog.clock_timestamp()
      FROM pg_catalog.unnest(portion.payloads) AS u (payload) RETURNING stage_id
    )
    SELECT pg_catalog.array_agg(s.stage_id) INTO staged FROM stored AS s;
    taken := taken + pg_catalog.cardinality(staged);
    IF is_deferred THEN
      INSERT INTO meshline.pending_event (merchant_id, connection_id, connector, object, is_attached, stage_id, queued_at, reason, is_scan)
      SELECT attached.merchant_id, attached.connection_id, '', attached.object, true, u.stage_id, pg_catalog.now(), 'deferred', true
      FROM pg_catalog.unnest(staged) AS u (stage_id);
    ELSE
      PERFORM meshline._scan_staged(attached.merchant_id, attached.connection_id, attached.object, staged);
    END IF;
  END LOOP;
  RETURN taken;
END
$$;
COMMENT ON FUNCTION meshline._scan_table(regclass, meshline.attachment) IS
  'Takes in the rows of an attached table, or of one of its partitions, that are not known yet, or queues all of them where the connection is deferred; gives how many it read.';

CREATE FUNCTION meshline._scan_staged(merchant_id bigint, connection_id bigint, object text, stage_ids bigint[]) RETURNS void LANGUAGE plpgsql STRICT
  SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  PERFORM meshline._take_in_staged(merchant_id, connection_id, '', object, true, 'scan', stage_ids,
    pg_catalog.array_fill(NULL::bigint, ARRAY[pg_catalog.cardinality(stage_ids)]),
    pg_catalog.array_fill(NULL::uuid, ARRAY[pg_catalog.cardinality(stage_ids)]));
END
$$;
COMMENT ON FUNCTION meshline._scan_staged(bigint, bigint, text, bigint[]) IS
  'Takes in copies of the rows of an attached table; those of rows that are known are taken back.';

CREATE FUNCTION meshline.rescan(relation regclass) RETURNS bigint LANGUAGE plpgsql STRICT
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  attached meshline.attachment := meshline._attachment_of(relation);
  taken bigint;
  staged record;
BEGIN
  IF attached.relation = relation THEN
    PERFORM meshline._watch_table(attached);
    taken := meshline._scan_table(relation, attached);
    PERFORM meshline._judge_removals(attached.merchant_id, attached.connection_id, attached.object);
    PERFORM meshline._report_gaps(meshline._as_of());
    RETURN taken;
  END IF;
  SELECT t.tgargs INTO staged FROM pg_catalog.pg_trigger AS t
  WHERE t.tgrelid = relation AND t.tgfoid = 'meshline._staging_insert'::pg_catalog.regproc;
  IF NOT FOUND THEN
    PERFORM meshline._raise_unknown('staging or attached table', relation::pg_catalog.text);
  END IF;
  EXECUTE pg_catalog.format(
    'WITH queued AS ('
    ' INSERT INTO meshline.pending_event (merchant_id, connection_id, connector, object, is_attached, stage_id, queued_at, reason)'
    ' SELECT s.merchant_id, COALESCE(s.connection_id, 0), $1, $2, false, s.stage_id, pg_catalog.now(), ''rescan'''
    ' FROM %s AS s ON CONFLICT DO NOTHING RETURNING 1) SELECT count(*) FROM queued', relation)
  INTO taken
  USING pg_catalog.split_part(pg_catalog.encode(staged.tgargs, 'escape'), '\000', 1),
        pg_catalog.split_part(pg_catalog.encode(staged.tgargs, 'escape'), '\000', 2);
  WHILE meshline._take_in_pending(1000, pg_catalog.now()) > 0 LOOP
  END LOOP;
  WHILE meshline._reconcile_pending(1000) > 0 LOOP
  END LOOP;
  UPDATE meshline.pending_event AS p SET is_tried = false WHERE p.is_tried;
  UPDATE meshline.pending_order AS p SET is_tried = false WHERE p.is_tried;
  RETURN taken;
END
$$;
COMMENT ON FUNCTION meshline.rescan(regclass) IS
  'Takes in every row of a staging or attached table that is not known yet, or queues it where an attached table''s connection is deferred, and gives the number of rows looked at. Puts the triggers back where an attached table has lost them.';

CREATE FUNCTION meshline._is_mirror(merchant_id bigint, connection_id bigint) RETURNS boolean LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE
  SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  RETURN EXISTS (
    SELECT FROM meshline.policy AS p
    WHERE p.merchant_id = _is_mirror.merchant_id AND p.connection_id = _is_mirror.connection_id
      AND p.key = 'tables_mirror_source' AND p.value = 'true');
END
$$;
COMMENT ON FUNCTION meshline._is_mirror(bigint, bigint) IS 'Whether a row that is gone from an attached table is gone at the source.';

CREATE FUNCTION meshline._attached_removal() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  INSERT INTO meshline.attached_removal (merchant_id, connection_id, object, removed_in)
  SELECT TG_ARGV[0]::bigint, TG_ARGV[1]::bigint, TG_ARGV[2], pg_catalog.pg_current_xact_id()
  WHERE meshline._is_mirror(TG_ARGV[0]::bigint, TG_ARGV[1]::bigint)
  ON CONFLICT DO NOTHING;
  RETURN NULL;
EXCEPTION WHEN OTHERS THEN
  RAISE WARNING 'meshline did not note that rows were taken out of %: %', TG_RELID::pg_catalog.regclass, SQLERRM
    USING HINT = 'Call meshline.rescan() on it.';
  RETURN NULL;
END
$$;
COMMENT ON FUNCTION meshline._attached_removal() IS
  'Trigger of attached tables for DELETE and TRUNCATE; arguments as those of _attached_change(). Does nothing unless the tables mirror the source.';

CREATE FUNCTION meshline._end_removal() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  BEGIN
    PERFORM meshline._judge_removals(NEW.merchant_id, NEW.connection_id, NEW.object);
  EXCEPTION WHEN OTHERS THEN
    RAISE WARNING 'meshline did not compare the attached tables of object % after rows were taken out: %', NEW.object, SQLERRM
      USING HINT = 'Call meshline.rescan() on them.';
  END;
  DELETE FROM meshline.attached_removal AS r
  WHERE r.merchant_id = NEW.merchant_id AND r.connection_id = NEW.connection_id AND r.object = NEW.object AND r.removed_in = NEW.removed_in;
  RETURN NULL;
END
$$;
COMMENT ON FUNCTION meshline._end_removal() IS 'Trigger of attached_removal, at the end of the transaction.';

CREATE FUNCTION meshline._vanished_payloads(merchant_id bigint, connection_id bigint, object text) RETURNS bigint[] LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE
  -- An event is found by its id at the price of reading them all: once, then, and not for every record.
  SET search_path = pg_catalog, pg_temp SET enable_nestloop = off SET jit = off
AS $$
#variable_conflict use_variable
BEGIN
  RETURN (
    WITH read_row AS MATERIALIZED (
      SELECT u.external_id
      FROM meshline.attached_table AS a
      LEFT JOIN LATERAL (
        SELECT i.external_id
        FROM (SELECT meshline._external_ids(merchant_id, connection_id, object, pg_catalog.array_agg(r.payload)) AS ids
              FROM meshline._attached_rows(pg_catalog.to_regclass(pg_catalog.format('%I.%I', a.schema_name, a.table_name)),
                                           COALESCE(a.payload_column, '')) AS r
              GROUP BY r.place / 1000) AS p
        CROSS JOIN LATERAL pg_catalog.unnest(p.ids) AS i (external_id)
      ) AS u ON true
      WHERE a.merchant_id = merchant_id AND a.connection_id = connection_id AND a.object = object
    )
    SELECT pg_catalog.array_agg(e.stage_id)
    FROM meshline.record AS r
    JOIN meshline.event AS e ON e.merchant_id = r.merchant_id AND e.connection_id = r.connection_id AND e.event_id = r.event_id
      AND e.is_attached AND e.object = object AND e.record_object = r.object AND e.external_id = r.external_id
    WHERE r.merchant_id = merchant_id AND r.connection_id = connection_id AND r.status <> 'deleted'
      AND NOT EXISTS (SELECT FROM read_row AS p WHERE p.external_id = r.external_id)
      -- A table that is empty, or not there, is being loaded; a row that cannot be read may be any.
      AND NOT EXISTS (SELECT FROM read_row AS p WHERE p.external_id IS NULL)
  );
END
$$;
COMMENT ON FUNCTION meshline._vanished_payloads(bigint, bigint, text) IS
  'The copies of what came from the attached tables of an object and is in none of them any more; null when there is none.';

CREATE FUNCTION meshline._judge_removals(merchant_id bigint, connection_id bigint, object text) RETURNS bigint LANGUAGE plpgsql STRICT
  SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
  vanished bigint[];
  gone bigint[];
BEGIN
  IF NOT meshline._is_mirror(merchant_id, connection_id) OR EXISTS (
    -- The id of what has none of its own depends on what came along with it.
    SELECT FROM meshline.connection AS n JOIN meshline.connector AS c ON c.connector = n.connector
    WHERE n.merchant_id = merchant_id AND n.connection_id = connection_id AND c.definition #>> ARRAY['objects', object, 'keyless'] = 'true') THEN
    RETURN 0;
  END IF;
  -- Not within the statement: its planner would call the function once more.
  vanished := meshline._vanished_payloads(merchant_id, connection_id, object);
  WITH stored AS (
    INSERT INTO meshline.attached_payload (merchant_id, connection_id, object, payload, is_row, received_at)
    SELECT merchant_id, connection_id, object,
           '{"_meshline_deleted":true,' OPERATOR(pg_catalog.||) pg_catalog.substr(pg_catalog.ltrim(s.payload), 2),
           true, pg_catalog.clock_timestamp()
    FROM meshline.attached_payload AS s
    WHERE s.merchant_id = merchant_id AND s.stage_id = ANY (vanished)
    RETURNING stage_id
  )
  SELECT pg_catalog.array_agg(s.stage_id) INTO gone FROM stored AS s;
  IF gone IS NULL THEN
    RETURN 0;
  END IF;
  PERFORM meshline._scan_staged(merchant_id, connection_id, object, gone);
  RETURN pg_catalog.cardinality(gone);
END
$$;
COMMENT ON FUNCTION meshline._judge_removals(bigint, bigint, text) IS
  'Where attached tables mirror the source: what came from those of an object and is in none of them any more is taken in once more, as deleted. Gives how many.';

CREATE FUNCTION meshline._table_changed() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  changed regclass;
  attached meshline.attachment;
  part regclass;
BEGIN
  FOR changed IN
    SELECT DISTINCT c.oid FROM pg_catalog.pg_event_trigger_ddl_commands() AS d
    JOIN pg_catalog.pg_class AS c ON c.oid = d.objid AND d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
    WHERE c.relkind IN ('r', 'p') AND c.relpersistence <> 't'
  LOOP
    attached := meshline._attachment_of(changed);
    IF attached.relation IS NULL THEN
      -- It may have been an attached table until it got another name.
      PERFORM meshline._unwatch_table(changed);
      CONTINUE;
    END IF;
    FOR part IN SELECT w FROM meshline._watch_table(attached) AS w LOOP
      PERFORM meshline._scan_table(part, attached);
      INSERT INTO meshline.attached_removal (merchant_id, connection_id, object, removed_in)
      VALUES (attached.merchant_id, attached.connection_id, attached.object, pg_catalog.pg_current_xact_id()) ON CONFLICT DO NOTHING;
    END LOOP;
    -- A partition that has left is not reported as changed.
    PERFORM meshline._unwatch_table(t.tgrelid) FROM pg_catalog.pg_trigger AS t JOIN pg_catalog.pg_class AS c ON c.oid = attached.relation
    WHERE c.relkind = 'p' AND t.tgfoid = 'meshline._attached_change'::pg_catalog.regproc AND t.tgname = 'meshline_after_insert'
      AND (meshline._attachment_of(t.tgrelid)).relation IS NULL;
  END LOOP;
EXCEPTION WHEN OTHERS THEN
  RAISE WARNING 'meshline could not attach % again: %', changed, SQLERRM
    USING HINT = 'Call meshline.rescan() on it.';
END
$$;
COMMENT ON FUNCTION meshline._table_changed() IS
  'Event trigger: a table that took the name of an attached one is watched again, and its rows are taken in.';

CREATE FUNCTION meshline._create_event_trigger() RETURNS void LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  CREATE EVENT TRIGGER meshline_table_changed ON ddl_command_end
    WHEN TAG IN ('CREATE TABLE', 'CREATE TABLE AS', 'SELECT INTO', 'ALTER TABLE') EXECUTE FUNCTION meshline._table_changed();
EXCEPTION WHEN insufficient_privilege THEN
  RAISE NOTICE 'attached tables are not found again by themselves after a tool has swapped them'
    USING DETAIL = 'Event triggers need a superuser.', HINT = 'Call meshline.rescan() on them after each load that does.';
END
$$;
COMMENT ON FUNCTION meshline._create_event_trigger() IS 'Creates the event trigger of attached tables where the present role may.';
