-- How the doors are doing: attached tables, connections, fields.

CREATE VIEW meshline.attachments AS
SELECT
  a.merchant_id,
  a.connection_id,
  a.object,
  a.schema_name,
  a.table_name,
  a.payload_column,
  a.is_row_level,
  r.relid IS NULL AS is_missing,
  ARRAY(
    SELECT pg_catalog.format('%I.%I', pn.nspname, pc.relname)
    FROM (SELECT r.relid UNION SELECT t.relid FROM pg_catalog.pg_partition_tree(r.relid) AS t) AS part
    JOIN pg_catalog.pg_class AS pc ON pc.oid = part.relid
    JOIN pg_catalog.pg_namespace AS pn ON pn.oid = pc.relnamespace
    WHERE (SELECT pg_catalog.count(*) FROM pg_catalog.pg_trigger AS g
           WHERE g.tgrelid = part.relid AND g.tgfoid = 'meshline._attached_change'::pg_catalog.regproc AND g.tgenabled <> 'D')
          < CASE WHEN a.is_row_level THEN 1 ELSE 2 END
    ORDER BY 1) AS unwatched,
  a.attached_at
FROM meshline.attached_table AS a
LEFT JOIN LATERAL (
  SELECT c.oid::pg_catalog.regclass AS relid FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
  WHERE n.nspname = a.schema_name AND c.relname = a.table_name AND c.relkind IN ('r', 'p')
) AS r ON true;
COMMENT ON VIEW meshline.attachments IS 'Tables of ETL tools that are read as staging tables, and whether they still are.';
COMMENT ON COLUMN meshline.attachments.is_missing IS 'There is no table of that name at present.';
COMMENT ON COLUMN meshline.attachments.unwatched IS 'The table, or its partitions, that lack triggers: rescan() puts them back.';

CREATE VIEW meshline.event_total AS
SELECT e.*, e.day > (meshline._as_of() AT TIME ZONE 'UTC')::date - 30 AS is_recent
FROM (
  SELECT t.* FROM meshline.event_count AS t
  JOIN meshline.event_watermark AS w ON w.merchant_id = t.merchant_id AND w.connection_id = t.connection_id AND NOT w.is_stale
  UNION ALL
  SELECT * FROM meshline._count_events(9223372036854775807)
) AS e;
COMMENT ON VIEW meshline.event_total IS
  'Distinct payloads received, per connection, object and day of arrival (UTC), one or two rows each: what sweep() has added up, and what has come since.';
COMMENT ON COLUMN meshline.event_total.lag_seconds IS 'Seconds from the version time that the source states to the arrival, all applied ones together; lagged is their number.';
COMMENT ON COLUMN meshline.event_total.is_recent IS 'Of the last 30 days.';

CREATE VIEW meshline.connector_health AS
SELECT
  n.merchant_id,
  n.connection_id,
  n.connector,
  n.account,
  COALESCE(e.events, 0) AS events,
  COALESCE(e.applied, 0) AS applied,
  COALESCE(e.stale, 0) AS stale,
  COALESCE(e.invalid, 0) AS invalid,
  COALESCE(e.excluded, 0) AS excluded,
  COALESCE(e.held, 0) AS held,
  COALESCE((SELECT pg_catalog.sum(x.occurrences)::bigint FROM meshline.recon_exception AS x
            WHERE x.merchant_id = n.merchant_id AND x.connection_id = n.connection_id
              AND x.reason_code = 'DUPLICATE_EVENT'), 0) AS repeats,
  (SELECT pg_catalog.count(*) FROM meshline.pending_event AS p
   WHERE p.merchant_id = n.merchant_id AND p.connection_id = n.connection_id) AS pending,
  e.last_event_at,
  e.last_good_event_at,
  pg_catalog.round(100.0 * COALESCE(e.invalid, 0) / NULLIF(e.events, 0), 2) AS invalid_percent,
  GREATEST(meshline._as_of() - e.last_event_at, interval '0') AS silence,
  g.event_gap_hours,
  meshline._as_of() > COALESCE(e.last_event_at, n.connected_at) + pg_catalog.make_interval(hours => g.event_gap_hours) AS is_silent,
  e.average_lag,
  ARRAY(SELECT u.name FROM meshline.attachments AS a
        CROSS JOIN LATERAL pg_catalog.unnest(CASE WHEN a.is_missing THEN ARRAY[pg_catalog.format('%I.%I', a.schema_name, a.table_name)]
                                                  ELSE a.unwatched END) AS u (name)
        WHERE a.merchant_id = n.merchant_id AND a.connection_id = n.connection_id ORDER BY 1) AS unwatched_tables
FROM meshline.connection AS n
JOIN meshline.connector AS c ON c.connector = n.connector
CROSS JOIN LATERAL (
  SELECT COALESCE(
    (SELECT p.value #>> '{}' FROM meshline.policy AS p
     WHERE p.merchant_id = n.merchant_id AND p.connection_id = n.connection_id AND p.key = 'event_gap_hours'),
    c.definition #>> '{expectations,event_gap_hours}')::integer AS event_gap_hours
) AS g
LEFT JOIN (
  SELECT
    v.merchant_id,
    v.connection_id,
    pg_catalog.sum(v.events)::bigint AS events,
    pg_catalog.sum(v.applied)::bigint AS applied,
    pg_catalog.sum(v.stale)::bigint AS stale,
    pg_catalog.sum(v.invalid)::bigint AS invalid,
    pg_catalog.sum(v.excluded)::bigint AS excluded,
    pg_catalog.sum(v.held)::bigint AS held,
    pg_catalog.max(v.last_event_at) AS last_event_at,
    pg_catalog.max(v.last_good_event_at) AS last_good_event_at,
    pg_catalog.justify_hours(pg_catalog.make_interval(secs => (
      pg_catalog.sum(v.lag_seconds) FILTER (WHERE v.is_recent) / NULLIF(pg_catalog.sum(v.lagged) FILTER (WHERE v.is_recent), 0))::double precision)) AS average_lag
  FROM meshline.event_total AS v
  GROUP BY v.merchant_id, v.connection_id
) AS e ON e.merchant_id = n.merchant_id AND e.connection_id = n.connection_id;
COMMENT ON VIEW meshline.connector_health IS 'Per connection: what came in, how much of it was repeated, stale or unreadable, and when it was last heard of.';
COMMENT ON COLUMN meshline.connector_health.events IS 'Distinct payloads received.';
COMMENT ON COLUMN meshline.connector_health.repeats IS 'Further copies of them, dropped without effect.';
COMMENT ON COLUMN meshline.connector_health.pending IS 'Staged rows that process_pending() still has to take in.';
COMMENT ON COLUMN meshline.connector_health.invalid_percent IS 'Of the distinct payloads, those that could not be used.';
COMMENT ON COLUMN meshline.connector_health.last_good_event_at IS 'When the last payload came that was applied.';
COMMENT ON COLUMN meshline.connector_health.silence IS 'Time since the last distinct payload.';
COMMENT ON COLUMN meshline.connector_health.event_gap_hours IS 'Silence from which on sweep() raises EVENT_GAP: the policy''s, else the definition''s; null: never.';
COMMENT ON COLUMN meshline.connector_health.is_silent IS 'The silence is longer than that.';
COMMENT ON COLUMN meshline.connector_health.average_lag IS 'From the version time that the source states to the arrival, over the last 30 days (UTC).';
COMMENT ON COLUMN meshline.connector_health.unwatched_tables IS 'Attached tables, or partitions of them, that are gone or lack triggers.';

CREATE VIEW meshline.field_mapping AS
WITH problem AS (
  SELECT x.merchant_id, x.connection_id, x.object, f.field[1] AS field, pg_catalog.count(*) AS problems
  FROM (
    SELECT e.merchant_id, COALESCE(e.connection_id, r.connection_id) AS connection_id,
           COALESCE(r.object, pg_catalog.substring(e.explanation, '^the \S+ (\S+) in staging row')) AS object,
           pg_catalog.regexp_replace(e.explanation, '^.*? cannot be (used|read): ', '') AS problems
    FROM meshline.recon_exception AS e
    LEFT JOIN meshline.record AS r ON r.merchant_id = e.merchant_id AND r.canonical_id = e.canonical_id
      AND e.subject = (SELECT n.connector FROM meshline.connection AS n WHERE n.merchant_id = r.merchant_id AND n.connection_id = r.connection_id)
        || ':' || r.object || ':' || r.external_id
    WHERE e.reason_code = 'INVALID_PAYLOAD' AND e.last_seen_at > meshline._as_of() - interval '30 days'
  ) AS x
  CROSS JOIN LATERAL pg_catalog.regexp_matches(x.problems, '(?:^|; )([a-z_.]+)(?: \([^)]*\))?: ', 'g') AS f (field)
  GROUP BY x.merchant_id, x.connection_id, x.object, f.field[1]
)
SELECT
  n.merchant_id,
  n.connection_id,
  n.connector,
  o.key AS object,
  w.field,
  pg_catalog.array_to_string(meshline._expression_paths(w.expression), ', ') AS path,
  COALESCE(o.value -> 'required' ? w.field, false) OR w.field = 'id' AND o.value ->> 'keyless' IS NULL AS is_required,
  r.owner_queue AS owner,
  CASE
    WHEN w.field IN ('amount', 'fee', 'net') THEN 'an exact number in ' || (w.word ->> 'unit') || ' units, with no more decimals than the currency has'
    WHEN w.field = 'currency' THEN 'an ISO 4217 code'
    WHEN w.field IN ('version', 'occurred', 'expected') THEN 'a time that can be read'
    WHEN w.field IN ('status', 'processor', 'posting') THEN 'a word that the definition maps'
    ELSE 'a text of at most 512 bytes that is not a placeholder'
  END AS validation,
  'correct it at the source, or the definition; then replay_exception()' AS retry_path,
  COALESCE(p.problems, 0) AS problems,
  COALESCE(e.events, 0) AS events,
  CASE WHEN p.problems > 0 THEN 'failing' WHEN e.events > 0 THEN 'good' ELSE 'nothing came' END AS outcome
FROM meshline.connection AS n
JOIN meshline.connector AS c ON c.connector = n.connector
JOIN meshline.reasons AS r ON r.merchant_id = n.merchant_id AND r.reason_code = 'INVALID_PAYLOAD'
CROSS JOIN LATERAL pg_catalog.jsonb_each(c.definition -> 'objects') AS o
CROSS JOIN LATERAL (
  SELECT m.key AS field, m.value AS word, COALESCE(m.value -> 'time', m.value -> 'value', m.value) AS expression
  FROM pg_catalog.jsonb_each(o.value) AS m
  WHERE m.key IN ('id', 'version', 'occurred', 'expected', 'amount', 'fee', 'net', 'currency', 'status', 'processor', 'posting', 'about', 'payout')
  UNION ALL
  SELECT i.value ->> 'namespace', i.value, pg_catalog.jsonb_agg(i.value -> 'value')
  FROM pg_catalog.jsonb_array_elements(o.value -> 'identifiers') AS i (value)
  GROUP BY i.value ->> 'namespace', i.value
) AS w
LEFT JOIN problem AS p ON p.merchant_id = n.merchant_id AND p.connection_id = n.connection_id AND p.object = o.key AND p.field = w.field
LEFT JOIN (
  SELECT v.merchant_id, v.connection_id, v.object, pg_catalog.sum(v.events)::bigint AS events
  FROM meshline.event_total AS v WHERE v.is_recent
  GROUP BY v.merchant_id, v.connection_id, v.object
) AS e ON e.merchant_id = n.merchant_id AND e.connection_id = n.connection_id AND e.object = o.key;
COMMENT ON VIEW meshline.field_mapping IS
  'Per connection, object and field: where the definition reads it, who owns it when it cannot be read, and how often that happened in the last 30 days.';
COMMENT ON COLUMN meshline.field_mapping.field IS 'A word of the definition, or the namespace of an identifier.';
COMMENT ON COLUMN meshline.field_mapping.path IS 'The paths that its expression reads; in quotes: a constant.';
COMMENT ON COLUMN meshline.field_mapping.owner IS 'The queue of an INVALID_PAYLOAD exception about it.';
COMMENT ON COLUMN meshline.field_mapping.retry_path IS 'What to do about a payload that is kept because of it.';
COMMENT ON COLUMN meshline.field_mapping.problems IS 'INVALID_PAYLOAD exceptions that named it in the last 30 days.';
COMMENT ON COLUMN meshline.field_mapping.events IS 'Distinct payloads of the object in the last 30 days.';
COMMENT ON COLUMN meshline.field_mapping.outcome IS 'good, failing, or nothing came.';
