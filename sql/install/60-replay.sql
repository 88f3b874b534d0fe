-- Work on what is there already: replay, queue, sweep, reconcile.

CREATE FUNCTION meshline._take_in_staged(
  merchant_id bigint, connection_id bigint, connector text, object text, is_attached boolean, mode text,
  stage_ids bigint[], event_ids bigint[], event_keys uuid[]) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  ids bigint[];
  payloads text[];
  source_ids text[];
  received timestamptz[];
  known_ids bigint[];
  known_keys uuid[];
  are_rows boolean;
  writers bigint[];
  delivered_headers text[];
BEGIN
  EXECUTE pg_catalog.format(
    'SELECT array_agg(s.stage_id), array_agg(s.payload), array_agg(s.%s), array_agg(s.received_at),'
    ' array_agg(u.event_id), array_agg(u.event_key), bool_or(%s), array_agg(s.written_by), array_agg(s.%s::text)'
    ' FROM (SELECT * FROM unnest($2, $3, $4) AS v (stage_id, event_id, event_key)) AS u'
    ' JOIN (SELECT t.*, t.xmin::text::bigint AS written_by, NULL::text AS no_event_id, NULL::jsonb AS no_headers FROM %s AS t WHERE t.merchant_id = $1 AND t.stage_id = ANY ($2)) AS s'
    ' ON s.stage_id = u.stage_id',
    CASE WHEN is_attached THEN 'no_event_id' ELSE 'event_id' END,
    CASE WHEN is_attached THEN 's.is_row' ELSE 'false' END,
    CASE WHEN is_attached THEN 'no_headers' ELSE 'headers' END,
    CASE WHEN is_attached THEN 'meshline.attached_payload'
         ELSE pg_catalog.format('staging.%I', connector OPERATOR(pg_catalog.||) '_' OPERATOR(pg_catalog.||) object) END)
  INTO ids, payloads, source_ids, received, known_ids, known_keys, are_rows, writers, delivered_headers
  USING merchant_id, stage_ids, event_ids, event_keys;
  IF ids IS NOT NULL THEN
    PERFORM meshline._take_in(merchant_id, connection_id, connector, object, is_attached, mode,
                              ids, payloads, source_ids, received, known_ids, known_keys, are_rows, writers, delivered_headers);
  END IF;
END
$$;
COMMENT ON FUNCTION meshline._take_in_staged(bigint, bigint, text, text, boolean, text, bigint[], bigint[], uuid[]) IS
  'Reads staged rows by their ids and takes them in.';

CREATE FUNCTION meshline.replay_event(event_id bigint) RETURNS text LANGUAGE plpgsql STRICT SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  e record;
  new_outcome text;
BEGIN
  SELECT v.merchant_id, v.connection_id, n.connector, v.object, v.is_attached, v.stage_id, v.event_id, v.event_key, v.outcome
  INTO e
  FROM meshline.event AS v
  JOIN meshline.connection AS n ON n.merchant_id = v.merchant_id AND n.connection_id = v.connection_id
  WHERE v.event_id = replay_event.event_id;
  IF NOT FOUND THEN
    PERFORM meshline._raise_unknown('event', event_id::pg_catalog.text);
  END IF;
  PERFORM meshline._take_in_staged(e.merchant_id, e.connection_id, e.connector, e.object, e.is_attached, 'replay',
                                   ARRAY[e.stage_id], ARRAY[e.event_id], ARRAY[e.event_key]);
  SELECT v.outcome INTO new_outcome FROM meshline.event AS v
  WHERE v.merchant_id = e.merchant_id AND v.connection_id = e.connection_id AND v.event_key = e.event_key;
  IF new_outcome <> e.outcome THEN
    PERFORM meshline._recount_events(e.merchant_id, e.connection_id);
  END IF;
  RETURN new_outcome;
END
$$;
COMMENT ON FUNCTION meshline.replay_event(bigint) IS
  'Reads the preserved payload of an event again, with the connector definition and policies of now, and gives the outcome. What is already applied is not applied twice.';

CREATE FUNCTION meshline.replay_connection(connection_id bigint, since timestamptz) RETURNS bigint LANGUAGE plpgsql STRICT SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  last_id bigint := 0;
  replayed bigint := 0;
  portion record;
BEGIN
  LOOP
    SELECT pg_catalog.max(v.event_id) AS last_id, pg_catalog.count(*) AS events INTO portion
    FROM (SELECT w.event_id FROM meshline.event AS w
          WHERE w.connection_id = replay_connection.connection_id AND w.received_at >= since AND w.event_id > last_id
          ORDER BY w.event_id LIMIT 1000) AS v;
    EXIT WHEN portion.events = 0;
    PERFORM meshline._take_in_staged(v.merchant_id, v.connection_id, n.connector, v.object, v.is_attached, 'replay',
      pg_catalog.array_agg(v.stage_id), pg_catalog.array_agg(v.event_id), pg_catalog.array_agg(v.event_key))
    FROM meshline.event AS v
    JOIN meshline.connection AS n ON n.merchant_id = v.merchant_id AND n.connection_id = v.connection_id
    WHERE v.connection_id = replay_connection.connection_id AND v.received_at >= since
      AND v.event_id > last_id AND v.event_id <= portion.last_id
    GROUP BY v.merchant_id, v.connection_id, n.connector, v.object, v.is_attached;
    last_id := portion.last_id;
    replayed := replayed + portion.events;
    RAISE NOTICE 'replayed % events', replayed;
  END LOOP;
  PERFORM meshline._recount_events(n.merchant_id, n.connection_id)
  FROM meshline.connection AS n WHERE n.connection_id = replay_connection.connection_id AND replayed > 0;
  RETURN replayed;
END
$$;
COMMENT ON FUNCTION meshline.replay_connection(bigint, timestamptz) IS
  'Replays what a connection received since a moment, as replay_event() does, and gives the number of events.';

CREATE FUNCTION meshline.replay_exception(exception_id bigint) RETURNS bigint LANGUAGE plpgsql STRICT SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  x record;
  event_id bigint;
  replayed bigint := 0;
BEGIN
  SELECT e.merchant_id, e.subject, e.record_ids, e.connection_id INTO x
  FROM meshline.recon_exception AS e WHERE e.merchant_id = ANY (meshline._merchant_ids()) AND e.exception_id = replay_exception.exception_id;
  IF NOT FOUND THEN
    PERFORM meshline._raise_unknown('exception', exception_id::pg_catalog.text);
  END IF;
  FOR event_id IN
    SELECT DISTINCT r.event_id
    FROM pg_catalog.unnest(x.record_ids) AS u (record_id)
    JOIN meshline.connection AS n ON n.merchant_id = x.merchant_id AND n.connector = pg_catalog.split_part(u.record_id, ':', 1)
    JOIN meshline.record AS r ON r.merchant_id = n.merchant_id AND r.connection_id = n.connection_id
      AND r.object = pg_catalog.split_part(u.record_id, ':', 2)
      AND r.external_id = pg_catalog.substr(u.record_id, pg_catalog.length(n.connector) + pg_catalog.length(r.object) + 3)
    UNION
    SELECT v.event_id FROM meshline.event AS v
    WHERE v.merchant_id = x.merchant_id AND v.connection_id = x.connection_id AND v.outcome = 'invalid'
      AND x.subject = 'payload:' OPERATOR(pg_catalog.||) pg_catalog.replace(v.payload_hash::pg_catalog.text, '-', '')
    ORDER BY 1
  LOOP
    PERFORM meshline.replay_event(event_id);
    replayed := replayed + 1;
  END LOOP;
  RETURN replayed;
END
$$;
COMMENT ON FUNCTION meshline.replay_exception(bigint) IS
  'Replays the events behind an exception and gives their number; the exception closes if that clears it.';

CREATE FUNCTION meshline._take_in_pending(rows_at_most bigint, queued_until timestamptz) RETURNS bigint LANGUAGE plpgsql STRICT
  SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
  done bigint := 0;
  portion record;
BEGIN
  FOR portion IN
    WITH chosen AS MATERIALIZED (
      SELECT p.merchant_id, p.connection_id, p.connector, p.object, p.is_attached, p.stage_id
      FROM meshline.pending_event AS p
      WHERE p.queued_at <= queued_until AND NOT p.is_tried
      ORDER BY p.merchant_id, p.connection_id, p.connector, p.object, p.is_attached, p.stage_id
      LIMIT rows_at_most FOR UPDATE SKIP LOCKED
    ), taken AS (
      DELETE FROM meshline.pending_event AS p USING chosen AS c
      WHERE p.merchant_id = c.merchant_id AND p.connection_id = c.connection_id AND p.connector = c.connector
        AND p.object = c.object AND p.is_attached = c.is_attached AND p.stage_id = c.stage_id
      RETURNING p.*
    )
    SELECT t.merchant_id, t.connection_id, t.connector, t.object, t.is_attached,
           CASE WHEN t.is_scan THEN 'pending scan' ELSE 'pending' END AS mode,
           pg_catalog.array_agg(t.stage_id ORDER BY t.stage_id) AS stage_ids
    FROM taken AS t
    GROUP BY t.merchant_id, t.connection_id, t.connector, t.object, t.is_attached, t.is_scan
    ORDER BY t.merchant_id, t.connection_id, t.connector, t.object, t.is_attached, t.is_scan
  LOOP
    PERFORM meshline._take_in_staged(portion.merchant_id, portion.connection_id,
      COALESCE(NULLIF(portion.connector, ''),
               (SELECT n.connector FROM meshline.connection AS n
                WHERE n.merchant_id = portion.merchant_id AND n.connection_id = portion.connection_id)),
      portion.object, portion.is_attached, portion.mode, portion.stage_ids,
      pg_catalog.array_fill(NULL::bigint, ARRAY[pg_catalog.cardinality(portion.stage_ids)]),
      pg_catalog.array_fill(NULL::uuid, ARRAY[pg_catalog.cardinality(portion.stage_ids)]));
    done := done + pg_catalog.cardinality(portion.stage_ids);
  END LOOP;
  RETURN done;
END
$$;
COMMENT ON FUNCTION meshline._take_in_pending(bigint, timestamptz) IS
  'Takes in rows that were queued by a moment, and queues the entities that they are of; gives how many.';

CREATE FUNCTION meshline._reconcile_pending(entities_at_most bigint) RETURNS bigint LANGUAGE plpgsql STRICT
  SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
  done bigint := 0;
  portion record;
  one uuid;
BEGIN
  FOR portion IN
    WITH chosen AS MATERIALIZED (
      SELECT p.merchant_id, p.canonical_id FROM meshline.pending_order AS p WHERE NOT p.is_tried
      ORDER BY p.merchant_id, p.canonical_id LIMIT entities_at_most FOR UPDATE SKIP LOCKED
    ), taken AS (
      DELETE FROM meshline.pending_order AS p USING chosen AS c
      WHERE p.merchant_id = c.merchant_id AND p.canonical_id = c.canonical_id RETURNING p.*
    )
    SELECT t.merchant_id, pg_catalog.array_agg(t.canonical_id ORDER BY t.canonical_id) AS canonical_ids
    FROM taken AS t GROUP BY t.merchant_id
  LOOP
    done := done + pg_catalog.cardinality(portion.canonical_ids);
    BEGIN
      PERFORM meshline._reconcile_stored(portion.merchant_id, portion.canonical_ids, meshline._as_of(), true);
      CONTINUE;
    EXCEPTION WHEN OTHERS THEN
      NULL;  -- one by one, to leave only those behind that fail
    END;
    FOREACH one IN ARRAY portion.canonical_ids LOOP
      BEGIN
        PERFORM meshline._reconcile_stored(portion.merchant_id, ARRAY[one], meshline._as_of(), true);
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'meshline could not look at %: %', one, SQLERRM
          USING HINT = 'It stays in meshline.pending_order until a later process_pending() can.';
        INSERT INTO meshline.pending_order (merchant_id, canonical_id, queued_at, is_tried)
        VALUES (portion.merchant_id, one, meshline._as_of(), true)
        ON CONFLICT (merchant_id, canonical_id) DO UPDATE SET is_tried = true;
      END;
    END LOOP;
  END LOOP;
  RETURN done;
END
$$;
COMMENT ON FUNCTION meshline._reconcile_pending(bigint) IS 'Reconciles queued entities, and those that look like them; gives how many.';

-- Procedures that commit cannot set search_path; every name in them is qualified instead.

CREATE PROCEDURE meshline.process_pending() LANGUAGE plpgsql
AS $$
DECLARE
  job bigint;
  portion bigint;
  began CONSTANT timestamptz := pg_catalog.clock_timestamp();
BEGIN
  job := meshline._job_start('process_pending',
    (SELECT pg_catalog.count(*) FROM meshline.pending_event) OPERATOR(pg_catalog.+) (SELECT pg_catalog.count(*) FROM meshline.pending_order));
  COMMIT;
  -- All rows before any entity: what one table says of an order and another one clears up is never found. Only rows that
  -- are there now, or loaders that never pause would keep every entity waiting.
  LOOP
    portion := meshline._take_in_pending(1000, began);
    PERFORM meshline._job_step(job, portion);
    COMMIT;
    EXIT WHEN portion OPERATOR(pg_catalog.=) 0;
  END LOOP;
  PERFORM meshline._job_left(job, (SELECT pg_catalog.count(*) FROM meshline.pending_order));
  LOOP
    portion := meshline._reconcile_pending(1000);
    PERFORM meshline._job_step(job, portion);
    COMMIT;
    EXIT WHEN portion OPERATOR(pg_catalog.=) 0;
  END LOOP;
  UPDATE meshline.pending_event SET is_tried = false WHERE is_tried;
  UPDATE meshline.pending_order SET is_tried = false WHERE is_tried;
  PERFORM meshline._job_finish(job);
END
$$;
COMMENT ON PROCEDURE meshline.process_pending() IS
  'Takes in what was put aside (deferred connections, conflicts with other sessions) in committed batches; progress is in meshline.job. Can be interrupted and called again.';

CREATE PROCEDURE meshline.sweep(as_of timestamptz DEFAULT meshline._as_of()) LANGUAGE plpgsql
AS $$
DECLARE
  job bigint;
  portion record;
  last_event CONSTANT bigint := meshline._last_event_id();
  horizon pg_catalog.xid8;
BEGIN
  job := meshline._job_start('sweep', (SELECT pg_catalog.count(*) FROM meshline.canonical AS c
    WHERE c.next_due_at OPERATOR(pg_catalog.<=) as_of));
  COMMIT;
  horizon := pg_catalog.pg_snapshot_xmax(pg_catalog.pg_current_snapshot());
  LOOP
    SELECT d.merchant_id, pg_catalog.array_agg(d.canonical_id ORDER BY d.canonical_id) AS canonical_ids INTO portion
    FROM (SELECT c.merchant_id, c.canonical_id FROM meshline.canonical AS c
          JOIN meshline.merchant AS m ON m.merchant_id OPERATOR(pg_catalog.=) c.merchant_id
          WHERE c.next_due_at OPERATOR(pg_catalog.<=) as_of
          ORDER BY c.merchant_id, c.next_due_at LIMIT 1000) AS d
    GROUP BY d.merchant_id ORDER BY d.merchant_id LIMIT 1;
    EXIT WHEN NOT FOUND;
    PERFORM meshline._reconcile_stored(portion.merchant_id, portion.canonical_ids, as_of);
    PERFORM meshline._job_step(job, pg_catalog.cardinality(portion.canonical_ids));
    COMMIT;
  END LOOP;
  PERFORM meshline._report_gaps(as_of);
  COMMIT;
  PERFORM meshline._add_up_events(last_event, horizon);
  COMMIT;
  PERFORM meshline._job_finish(job);
END
$$;
COMMENT ON PROCEDURE meshline.sweep(timestamptz) IS
  'Turns expectations that are late as of a moment into exceptions, in committed batches, and finds what did not come at all: silence, attached tables without triggers, missing rows. To be called every few minutes, by pg_cron for example.';

CREATE PROCEDURE meshline.reconcile_all() LANGUAGE plpgsql
AS $$
DECLARE
  job bigint;
  merchant bigint;
  last_id uuid;
  ids uuid[];
BEGIN
  job := meshline._job_start('reconcile_all', (SELECT pg_catalog.count(*) FROM meshline.canonical AS c));
  COMMIT;
  FOR merchant IN SELECT m.merchant_id FROM meshline.merchant AS m ORDER BY m.merchant_id LOOP
    last_id := '00000000-0000-0000-0000-000000000000';
    LOOP
      SELECT pg_catalog.array_agg(d.canonical_id ORDER BY d.canonical_id) INTO ids
      FROM (SELECT c.canonical_id FROM meshline.canonical AS c
            WHERE c.merchant_id OPERATOR(pg_catalog.=) merchant AND c.canonical_id OPERATOR(pg_catalog.>) last_id
            ORDER BY c.canonical_id LIMIT 1000) AS d;
      EXIT WHEN ids IS NULL;
      PERFORM meshline._reconcile_stored(merchant, ids, meshline._as_of());
      PERFORM meshline._job_step(job, pg_catalog.cardinality(ids));
      last_id := ids[pg_catalog.cardinality(ids)];
      COMMIT;
    END LOOP;
  END LOOP;
  PERFORM meshline._job_finish(job);
END
$$;
COMMENT ON PROCEDURE meshline.reconcile_all() IS
  'Runs all checks over everything again, in committed batches; for a change of policy. Progress is in meshline.job.';

CREATE FUNCTION meshline._job_start(job text, total bigint) RETURNS bigint LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  new_id bigint;
BEGIN
  INSERT INTO meshline.job (job, total, done, started_at, updated_at)
  VALUES (_job_start.job, _job_start.total, 0, pg_catalog.clock_timestamp(), pg_catalog.clock_timestamp())
  RETURNING job_id INTO new_id;
  RETURN new_id;
END
$$;
COMMENT ON FUNCTION meshline._job_start(text, bigint) IS 'Notes that long work begins.';

CREATE FUNCTION meshline._job_step(job bigint, done bigint) RETURNS void LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  j record;
BEGIN
  UPDATE meshline.job AS t SET done = t.done + _job_step.done, updated_at = pg_catalog.clock_timestamp()
  WHERE t.job_id = _job_step.job RETURNING t.* INTO j;
  IF j.done > 0 AND j.done < j.total THEN
    RAISE NOTICE '%: % of % (about % seconds left)', j.job, j.done, j.total,
      pg_catalog.ceil(EXTRACT(epoch FROM j.updated_at - j.started_at) * (j.total - j.done) / j.done);
  END IF;
END
$$;
COMMENT ON FUNCTION meshline._job_step(bigint, bigint) IS 'Notes progress of long work and tells the client how much is left.';

CREATE FUNCTION meshline._job_left(job bigint, work bigint) RETURNS void LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  UPDATE meshline.job AS t SET total = t.done + work WHERE t.job_id = _job_left.job;
END
$$;
COMMENT ON FUNCTION meshline._job_left(bigint, bigint) IS 'Notes how much is left of long work, where only now that is known.';

CREATE FUNCTION meshline._job_finish(job bigint) RETURNS void LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  UPDATE meshline.job AS t SET updated_at = pg_catalog.clock_timestamp(), finished_at = pg_catalog.clock_timestamp()
  WHERE t.job_id = _job_finish.job;
END
$$;
COMMENT ON FUNCTION meshline._job_finish(bigint) IS 'Notes that long work is done.';

CREATE FUNCTION meshline.reconcile(order_id uuid, as_of timestamptz DEFAULT meshline._as_of()) RETURNS SETOF meshline.finding
  LANGUAGE plpgsql STRICT SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  merchant bigint;
  root uuid;
BEGIN
  SELECT r.merchant_id, r.canonical_id INTO merchant, root FROM meshline._root(order_id) AS r;
  IF root IS NULL THEN
    PERFORM meshline._raise_unknown('canonical order', order_id::pg_catalog.text);
  END IF;
  PERFORM meshline._reconcile_stored(merchant, ARRAY[root], as_of);
  RETURN QUERY
    SELECT x.canonical_id, x.reason_code, x.subject, x.expected_minor, x.actual_minor, x.amount_at_risk_minor,
           x.currency, x.record_ids, x.explanation, x.evidence
    FROM meshline.recon_exception AS x
    WHERE x.merchant_id = merchant AND x.canonical_id = root AND x.is_present
    ORDER BY x.reason_code, x.subject;
END
$$;
COMMENT ON FUNCTION meshline.reconcile(uuid, timestamptz) IS
  'Runs all checks over one canonical order as of a moment, stores the result and gives what disagrees.';
