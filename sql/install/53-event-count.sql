-- How many events came, without a counter on the way of each row: sweep() adds up what nobody can add to any more, and
-- what has come since is read.

CREATE FUNCTION meshline._last_event_id() RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  RETURN (SELECT CASE WHEN s.is_called THEN s.last_value ELSE 0 END FROM meshline.event_event_id_seq AS s);
END
$$;
COMMENT ON FUNCTION meshline._last_event_id() IS 'The highest id that an event has been given, committed or not.';

CREATE FUNCTION meshline._add_up_events(through bigint, horizon xid8) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
  -- The events to be read are the last ones in the heap, which a planner without statistics does not see.
  SET search_path = pg_catalog, pg_temp SET enable_seqscan = off SET jit = off
AS $$
BEGIN
  -- Ids are given before they are committed. Whoever was given one of these had begun before the horizon.
  IF pg_catalog.pg_snapshot_xmin(pg_catalog.pg_current_snapshot()) < horizon THEN
    RETURN;
  END IF;
  BEGIN
    PERFORM FROM meshline.event_watermark AS w ORDER BY w.merchant_id, w.connection_id FOR UPDATE NOWAIT;
  EXCEPTION WHEN lock_not_available THEN
    RETURN; -- another sweep, or a replay that is not committed yet: next time
  END;
  DELETE FROM meshline.event_count AS t USING meshline.event_watermark AS w
  WHERE w.merchant_id = t.merchant_id AND w.connection_id = t.connection_id AND w.is_stale;
  UPDATE meshline.event_watermark AS w SET through_event_id = 0, is_stale = false WHERE w.is_stale;
  INSERT INTO meshline.event_count AS t
  SELECT e.* FROM meshline._count_events(through) AS e
  ON CONFLICT (merchant_id, connection_id, object, day) DO UPDATE
  SET events = t.events + excluded.events, applied = t.applied + excluded.applied, stale = t.stale + excluded.stale,
      invalid = t.invalid + excluded.invalid, excluded = t.excluded + excluded.excluded, held = t.held + excluded.held,
      lag_seconds = t.lag_seconds + excluded.lag_seconds, lagged = t.lagged + excluded.lagged,
      last_event_at = GREATEST(t.last_event_at, excluded.last_event_at),
      last_good_event_at = GREATEST(t.last_good_event_at, excluded.last_good_event_at);
  UPDATE meshline.event_watermark AS w SET through_event_id = through WHERE w.through_event_id < through;
END
$$;
COMMENT ON FUNCTION meshline._add_up_events(bigint, xid8) IS
  'Adds events up to an id to event_count, unless a transaction that began before the horizon may still bring one of them.';

CREATE FUNCTION meshline._count_events(through bigint)
  RETURNS TABLE (merchant_id bigint, connection_id bigint, object text, day date, events bigint, applied bigint, stale bigint, invalid bigint,
                 excluded bigint, held bigint, lag_seconds numeric, lagged bigint, last_event_at timestamptz, last_good_event_at timestamptz)
  LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp SET enable_seqscan = off SET jit = off
AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  SELECT v.merchant_id, v.connection_id, COALESCE(v.record_object, v.object), (v.received_at AT TIME ZONE 'UTC')::pg_catalog.date,
         pg_catalog.count(*),
         pg_catalog.count(*) FILTER (WHERE v.outcome = 'applied'),
         pg_catalog.count(*) FILTER (WHERE v.outcome = 'stale'),
         pg_catalog.count(*) FILTER (WHERE v.outcome = 'invalid'),
         pg_catalog.count(*) FILTER (WHERE v.outcome = 'excluded'),
         pg_catalog.count(*) FILTER (WHERE v.outcome = 'held'),
         -- An interval would overflow: a history of two million payloads is thousands of millions of days late.
         COALESCE(pg_catalog.sum(EXTRACT(epoch FROM v.received_at - v.version_at)) FILTER (WHERE v.outcome = 'applied'), 0),
         pg_catalog.count(v.version_at) FILTER (WHERE v.outcome = 'applied'),
         pg_catalog.max(v.received_at),
         pg_catalog.max(v.received_at) FILTER (WHERE v.outcome = 'applied')
  -- Apart from the join (OFFSET 0), which would be made by reading all events of each connection.
  FROM (
    SELECT * FROM meshline.event AS e
    WHERE e.event_id > (SELECT pg_catalog.min(CASE WHEN a.is_stale THEN 0 ELSE a.through_event_id END) FROM meshline.event_watermark AS a)
      AND e.event_id <= through OFFSET 0
  ) AS v
  JOIN meshline.event_watermark AS w ON w.merchant_id = v.merchant_id AND w.connection_id = v.connection_id
  WHERE w.is_stale OR v.event_id > w.through_event_id
  GROUP BY v.merchant_id, v.connection_id, COALESCE(v.record_object, v.object), (v.received_at AT TIME ZONE 'UTC')::pg_catalog.date;
END
$$;
COMMENT ON FUNCTION meshline._count_events(bigint) IS 'Events up to an id that event_count does not hold, counted as it counts.';

CREATE FUNCTION meshline._recount_events(merchant_id bigint, connection_id bigint) RETURNS void LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  UPDATE meshline.event_watermark AS w SET is_stale = true
  WHERE w.merchant_id = _recount_events.merchant_id AND w.connection_id = _recount_events.connection_id AND NOT w.is_stale;
END
$$;
COMMENT ON FUNCTION meshline._recount_events(bigint, bigint) IS 'Says that outcomes of events that are counted may have changed.';
