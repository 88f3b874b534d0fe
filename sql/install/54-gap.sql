-- What should have come and did not: deliveries, and money that is kept back.

CREATE FUNCTION meshline._unsynced(as_of timestamptz) RETURNS TABLE (
    merchant_id bigint, connection_id bigint, reason_code text, subject text, object text, external_id text,
    explanation text, formula text, remedy text, term_name text, term_value bigint, due_at timestamptz)
  LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE
  -- Events are found by what they are about at the price of reading them all: once, then.
  SET search_path = pg_catalog, pg_temp SET enable_nestloop = off SET jit = off
AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY SELECT r.merchant_id, r.connection_id, 'MISSING_IN_SOURCE_SYNC',
    pg_catalog.format('%s:%s:%s', s.connector, r.object, r.external_id), r.object, r.external_id,
    pg_catalog.format('%s %s is nested in another payload (%s), and its own row has not come', r.object, r.external_id, r.payload_path),
    'rows >= 1', pg_catalog.format('the row of the %s loaded by the tool', r.object), 'rows', 0::bigint,
    r.applied_at + pg_catalog.make_interval(days => s.days)
  FROM (
    SELECT n.merchant_id, n.connection_id, n.connector, o.object,
           COALESCE((SELECT (p.value #>> '{}')::integer FROM meshline.policy AS p
                     WHERE p.merchant_id = n.merchant_id AND p.connection_id = 0 AND p.key = 'mapping_grace_days'), 1) AS days
    FROM meshline.connection AS n
    LEFT JOIN meshline.policy AS p ON p.merchant_id = n.merchant_id AND p.connection_id = n.connection_id AND p.key = 'synced_objects'
    CROSS JOIN LATERAL (
      SELECT e.name AS object FROM pg_catalog.jsonb_array_elements_text(p.value) AS e (name)
      UNION
      SELECT a.object FROM meshline.attached_table AS a
      WHERE a.merchant_id = n.merchant_id AND a.connection_id = n.connection_id AND p.value IS NULL
    ) AS o
  ) AS s
  JOIN meshline.record AS r ON r.merchant_id = s.merchant_id AND r.connection_id = s.connection_id AND r.object = s.object
  WHERE r.payload_path <> '' AND NOT r.is_test AND r.applied_at + pg_catalog.make_interval(days => s.days) <= as_of
    AND NOT EXISTS (
      SELECT FROM meshline.event AS e
      WHERE e.merchant_id = r.merchant_id AND e.connection_id = r.connection_id AND e.record_object = r.object AND e.external_id = r.external_id);
END
$$;
COMMENT ON FUNCTION meshline._unsynced(timestamptz) IS
  'Objects that are known from another payload only although their connection has rows of them, as findings.';

CREATE FUNCTION meshline._gaps(as_of timestamptz) RETURNS TABLE (
    merchant_id bigint, connection_id bigint, reason_code text, subject text, object text, external_id text,
    explanation text, formula text, remedy text, term_name text, term_value bigint, due_at timestamptz)
  LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE
  SET search_path = pg_catalog, pg_temp SET jit = off
AS $$
#variable_conflict use_column
BEGIN
  -- Attached tables that nothing would be heard of.
  RETURN QUERY SELECT a.merchant_id, a.connection_id, 'EVENT_GAP',
    pg_catalog.format('table:%s.%s', a.schema_name, a.table_name), '', '',
    CASE WHEN a.is_missing THEN pg_catalog.format('the attached table %I.%I does not exist', a.schema_name, a.table_name)
         ELSE pg_catalog.format('nothing that is written to %s is seen: it lacks the triggers of meshline',
                                pg_catalog.array_to_string(a.unwatched, ', ')) END,
    'unwatched_tables = 0',
    CASE WHEN a.is_missing THEN 'the table loaded again by its tool, or meshline.detach_table() with its schema and name'
         ELSE 'meshline.rescan() called on the attached table' END,
    'unwatched_tables', GREATEST(pg_catalog.cardinality(a.unwatched), 1)::bigint, as_of
  FROM meshline.attachments AS a WHERE a.is_missing OR pg_catalog.cardinality(a.unwatched) > 0;

  -- Connections that have been silent for longer than they should be.
  RETURN QUERY SELECT h.merchant_id, h.connection_id, 'EVENT_GAP', 'silence', '', '',
    pg_catalog.format('nothing has come from %s (%s) for more than %s hours', h.connector, h.account, h.event_gap_hours),
    'silent_hours <= ' OPERATOR(pg_catalog.||) h.event_gap_hours,
    'a delivery; webhooks that were switched off switched on again, and a backfill of what was missed',
    'silent_hours', pg_catalog.floor(EXTRACT(epoch FROM as_of - h.heard_at) / 3600)::bigint,
    h.heard_at + pg_catalog.make_interval(hours => h.event_gap_hours)
  FROM (
    SELECT g.*, COALESCE(
      (SELECT pg_catalog.max(v.received_at) FROM meshline.event AS v
       WHERE v.merchant_id = g.merchant_id AND v.connection_id = g.connection_id AND v.received_at <= as_of), g.connected_at) AS heard_at
    FROM (
      SELECT n.merchant_id, n.connection_id, n.connector, n.account, n.connected_at,
             COALESCE(p.value #>> '{}', c.definition #>> '{expectations,event_gap_hours}')::integer AS event_gap_hours
      FROM meshline.connection AS n
      JOIN meshline.connector AS c ON c.connector = n.connector
      LEFT JOIN meshline.policy AS p ON p.merchant_id = n.merchant_id AND p.connection_id = n.connection_id AND p.key = 'event_gap_hours'
    ) AS g
    WHERE g.event_gap_hours IS NOT NULL AND NOT EXISTS (
      SELECT FROM meshline.event AS v
      WHERE v.merchant_id = g.merchant_id AND v.connection_id = g.connection_id
        AND v.received_at > as_of - pg_catalog.make_interval(hours => g.event_gap_hours) AND v.received_at <= as_of)
  ) AS h
  WHERE h.heard_at + pg_catalog.make_interval(hours => h.event_gap_hours) < as_of;

  -- What a store sent about an order that it never sent: once per order.
  RETURN QUERY SELECT DISTINCT ON (r.merchant_id, r.canonical_id) r.merchant_id, r.connection_id, 'EVENT_GAP',
    pg_catalog.format('%s:%s:%s', n.connector, r.object, r.external_id), r.object, r.external_id,
    pg_catalog.format('%s has sent its %s %s, and never the order that it belongs to', n.connector, r.object, r.external_id),
    'orders >= 1', 'the order fetched from the source', 'orders', 0::bigint,
    r.applied_at + pg_catalog.make_interval(days => g.days)
  FROM meshline.canonical AS c
  -- Order by order: without statistics, as after a history, joining connections first looks as good.
  CROSS JOIN LATERAL (SELECT r.* FROM meshline.record AS r WHERE r.merchant_id = c.merchant_id AND r.canonical_id = c.canonical_id OFFSET 0) AS r
  JOIN meshline.connection AS n ON n.merchant_id = r.merchant_id AND n.connection_id = r.connection_id
  JOIN meshline.connector AS k ON k.connector = n.connector AND k.role IN ('store', 'marketplace')
  CROSS JOIN LATERAL (
    SELECT COALESCE((SELECT (p.value #>> '{}')::integer FROM meshline.policy AS p
                     WHERE p.merchant_id = c.merchant_id AND p.connection_id = 0 AND p.key = 'mapping_grace_days'), 1) AS days
  ) AS g
  WHERE c.kind = 'order' AND NOT c.has_order AND NOT r.is_test
    AND EXISTS (SELECT FROM pg_catalog.unnest(r.ref_ids) AS i (id)
                WHERE i.id LIKE n.connector OPERATOR(pg_catalog.||) '.order/%' OR i.id LIKE n.connector OPERATOR(pg_catalog.||) '.order@%')
    AND r.applied_at + pg_catalog.make_interval(days => g.days) <= as_of
  ORDER BY r.merchant_id, r.canonical_id, r.applied_at, r.object, r.external_id;

  RETURN QUERY SELECT * FROM meshline._unsynced(as_of);
END
$$;
COMMENT ON FUNCTION meshline._gaps(timestamptz) IS 'All that should have come by a moment and did not, as findings.';

CREATE FUNCTION meshline._held_reserves(as_of timestamptz) RETURNS TABLE (
    merchant_id bigint, connection_id bigint, reason_code text, subject text, object text, external_id text,
    explanation text, formula text, remedy text, term_name text, term_value bigint, due_at timestamptz, amount_minor bigint, currency text)
  LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE
  SET search_path = pg_catalog, pg_temp SET jit = off
AS $$
#variable_conflict use_column
BEGIN
  -- What is let go frees what was kept back first.
  RETURN QUERY SELECT h.merchant_id, h.connection_id, 'PAYOUT_RESERVE_HELD', pg_catalog.format('%s:%s:%s', h.connector, h.object, h.external_id),
    h.object, h.external_id,
    pg_catalog.format('%s keeps %s %s back since %s, longer than the %s days agreed', h.connector, meshline.major_units(h.kept, h.currency), h.currency,
                      pg_catalog.to_char(h.occurred_at AT TIME ZONE h.time_zone, 'YYYY-MM-DD'), h.days),
    'kept_back <= 0', pg_catalog.format('a settlement line that lets %s %s go', meshline.major_units(h.kept, h.currency), h.currency),
    'kept_back', h.kept, h.due_at, h.kept, h.currency
  FROM (
    SELECT k.*, meshline._saturated(LEAST(k.amount, k.kept_so_far - k.let_go)) AS kept, k.occurred_at + pg_catalog.make_interval(days => k.days) AS due_at
    FROM (
      SELECT r.merchant_id, r.connection_id, n.connector, r.object, r.external_id, r.currency, r.occurred_at, m.time_zone, -r.parts[8]::numeric AS amount,
             COALESCE(p.value #>> '{}', d.default_value #>> '{}')::integer AS days, p.key IS NOT NULL AND p.value IS NULL AS is_off,
             pg_catalog.sum(GREATEST(-r.parts[8]::numeric, 0)) OVER (PARTITION BY r.merchant_id, r.connection_id, r.currency ORDER BY r.occurred_at, r.object, r.external_id) AS kept_so_far,
             pg_catalog.sum(GREATEST(r.parts[8], 0)) OVER (PARTITION BY r.merchant_id, r.connection_id, r.currency) AS let_go
      FROM meshline.record AS r
      JOIN meshline.connection AS n ON n.merchant_id = r.merchant_id AND n.connection_id = r.connection_id
      JOIN meshline.merchant AS m ON m.merchant_id = r.merchant_id
      JOIN meshline.policy_key AS d ON d.key = 'reserve_release_days'
      LEFT JOIN meshline.policy AS p ON p.merchant_id = r.merchant_id AND p.connection_id = r.connection_id AND p.key = d.key
      WHERE r.parts[8] IS NOT NULL AND r.kind = 'settlement_line' AND NOT r.is_test AND r.problems IS NULL
        AND r.status NOT IN ('failed', 'voided', 'deleted') AND r.occurred_at <= as_of
    ) AS k
    WHERE k.amount > 0 AND NOT k.is_off
  ) AS h
  WHERE h.kept > 0 AND h.due_at <= as_of;
END
$$;
COMMENT ON FUNCTION meshline._held_reserves(timestamptz) IS
  'Settlement lines that keep money back for longer than the policy reserve_release_days, with what is not let go of it, as findings.';

CREATE FUNCTION meshline._report_gaps(as_of timestamptz) RETURNS void LANGUAGE plpgsql STRICT SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
  gap record;
BEGIN
  FOR gap IN
    SELECT g.*, x.exception_id
    FROM (SELECT g.* FROM (SELECT d.*, 0::bigint AS amount_minor, '' AS currency FROM meshline._gaps(as_of) AS d
                           UNION ALL SELECT * FROM meshline._held_reserves(as_of)) AS g
          JOIN meshline.reasons AS c ON c.merchant_id = g.merchant_id AND c.reason_code = g.reason_code AND c.is_enabled) AS g
    FULL JOIN (
      SELECT e.* FROM meshline.recon_exception AS e
      WHERE e.reason_code IN ('EVENT_GAP', 'MISSING_IN_SOURCE_SYNC', 'PAYOUT_RESERVE_HELD') AND e.is_present
    ) AS x ON x.merchant_id = g.merchant_id AND x.connection_id = g.connection_id AND x.reason_code = g.reason_code AND x.subject = g.subject
    WHERE x.exception_id IS NULL OR g.subject IS NULL OR x.explanation <> g.explanation
    ORDER BY COALESCE(g.merchant_id, x.merchant_id), COALESCE(g.connection_id, x.connection_id), COALESCE(g.reason_code, x.reason_code),
             COALESCE(g.subject, x.subject)
  LOOP
    IF gap.subject IS NULL THEN
      PERFORM meshline._close_gap((SELECT e.merchant_id FROM meshline.recon_exception AS e WHERE e.exception_id = gap.exception_id),
                                  gap.exception_id, as_of);
    ELSE
      PERFORM meshline._report_gap(gap.merchant_id, gap.connection_id, gap.reason_code, gap.subject, gap.object, gap.external_id,
        gap.explanation, gap.formula, gap.remedy, gap.term_name, gap.term_value, gap.due_at, as_of, gap.amount_minor, gap.currency);
    END IF;
  END LOOP;
END
$$;
COMMENT ON FUNCTION meshline._report_gaps(timestamptz) IS
  'Opens exceptions for what should have come by a moment and did not, and closes those of what has come since.';

CREATE FUNCTION meshline._expression_paths(expression jsonb) RETURNS text[] LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  kind text := pg_catalog.jsonb_typeof(expression);
BEGIN
  IF kind = 'string' THEN
    RETURN ARRAY[expression #>> '{}'];
  ELSIF kind = 'array' THEN
    RETURN (SELECT pg_catalog.array_agg(DISTINCT p.path)
            FROM pg_catalog.jsonb_array_elements(expression) AS e (part),
                 pg_catalog.unnest(meshline._expression_paths(e.part)) AS p (path));
  ELSIF kind <> 'object' THEN
    RETURN NULL;
  ELSIF expression ? 'const' THEN
    RETURN ARRAY[pg_catalog.quote_literal(expression ->> 'const')];
  END IF;
  -- What may hold expressions, in each form that docs/connectors.md lists.
  RETURN (SELECT pg_catalog.array_agg(DISTINCT p.path)
          FROM pg_catalog.jsonb_each(expression) AS m,
               pg_catalog.unnest(meshline._expression_paths(m.value)) AS p (path)
          WHERE m.key IN ('path', 'first', 'join', 'when', 'then', 'else', 'of', 'sum', 'count', 'value'));
END
$$;
COMMENT ON FUNCTION meshline._expression_paths(jsonb) IS 'The paths that an expression of a definition reads, and its constants in quotes.';
