-- Explanations.

CREATE FUNCTION meshline._payload_of(merchant_id bigint, event_id bigint) RETURNS jsonb LANGUAGE plpgsql STABLE STRICT PARALLEL UNSAFE
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  staged record;
  payload text;
BEGIN
  SELECT e.stage_id, e.is_attached, n.connector OPERATOR(pg_catalog.||) '_' OPERATOR(pg_catalog.||) e.object AS table_name INTO staged
  FROM meshline.event AS e
  JOIN meshline.connection AS n ON n.merchant_id = e.merchant_id AND n.connection_id = e.connection_id
  WHERE e.merchant_id = _payload_of.merchant_id AND e.event_id = _payload_of.event_id;
  IF staged.is_attached THEN
    SELECT s.payload INTO payload FROM meshline.attached_payload AS s WHERE s.merchant_id = _payload_of.merchant_id AND s.stage_id = staged.stage_id;
  ELSIF pg_catalog.to_regclass(pg_catalog.format('staging.%I', staged.table_name)) IS NOT NULL THEN
    EXECUTE pg_catalog.format('SELECT s.payload FROM staging.%I AS s WHERE s.merchant_id = $1 AND s.stage_id = $2', staged.table_name)
    INTO payload USING merchant_id, staged.stage_id;
  END IF;
  RETURN meshline._jsonb_or_null(payload);
END
$$;
COMMENT ON FUNCTION meshline._payload_of(bigint, bigint) IS
  'The payload of one event, from the one table that has it: event_payload looks for it in all of them.';

CREATE FUNCTION meshline.explain(exception_id bigint)
  RETURNS TABLE (line integer, item text, label text, record_id text, payload_path text, value_minor bigint,
                 value numeric, currency text, content text)
  LANGUAGE plpgsql STABLE STRICT PARALLEL UNSAFE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
  x record;
BEGIN
  SELECT e.*, r.definition AS rule_definition, r.family AS rule_family INTO x
  FROM meshline.recon_exception AS e
  LEFT JOIN meshline.reason_code AS r ON r.reason_code = e.reason_code
  WHERE e.merchant_id = ANY (meshline._merchant_ids()) AND e.exception_id = explain.exception_id;
  IF NOT FOUND THEN
    PERFORM meshline._raise_unknown('exception', explain.exception_id::pg_catalog.text);
  END IF;
  RETURN QUERY
  WITH part AS (
    SELECT 1 AS section, 0::bigint AS place, 'finding' AS item, x.reason_code AS label, NULL::text AS record_id,
           NULL::text AS payload_path, x.amount_at_risk_minor AS value_minor, NULL::bigint AS how_many, x.explanation AS content
    UNION ALL
    SELECT 2, u.place, 'record', r.kind OPERATOR(pg_catalog.||) ' ' OPERATOR(pg_catalog.||) r.status, u.record_id,
           meshline._amount_path(n.connector, r.object, r.payload_path, meshline._payload_of(r.merchant_id, r.event_id),
                                 r.amount_minor, r.currency), r.amount_minor, NULL,
           COALESCE(r.problems, 'event ' OPERATOR(pg_catalog.||) r.event_id::pg_catalog.text)
    FROM pg_catalog.unnest(x.record_ids) WITH ORDINALITY AS u (record_id, place)
    LEFT JOIN meshline.connection AS n ON n.merchant_id = x.merchant_id
      AND n.connector = pg_catalog.split_part(u.record_id, ':', 1)
    LEFT JOIN meshline.record AS r ON r.merchant_id = n.merchant_id AND r.connection_id = n.connection_id
      AND r.object = pg_catalog.split_part(u.record_id, ':', 2)
      AND r.external_id = pg_catalog.substr(u.record_id, pg_catalog.length(n.connector) + pg_catalog.length(r.object) + 3)
    WHERE r.object IS NOT NULL
    UNION ALL
    SELECT 3, t.place, 'number', t.term ->> 'name', NULLIF(t.term ->> 'record_id', ''), NULL,
           CASE WHEN t.term ? 'is_count' THEN NULL ELSE (t.term ->> 'value_minor')::pg_catalog.int8 END,
           CASE WHEN t.term ? 'is_count' THEN (t.term ->> 'value_minor')::pg_catalog.int8 END, NULL
    FROM pg_catalog.jsonb_array_elements(x.evidence -> 'terms') WITH ORDINALITY AS t (term, place)
    UNION ALL
    SELECT 4, 0, 'formula', 'must hold', NULL, NULL, NULL, NULL, x.evidence ->> 'formula'
    UNION ALL
    SELECT 5, 0, 'rule', x.reason_code, NULL, NULL, NULL, NULL,
           x.rule_definition OPERATOR(pg_catalog.||) CASE WHEN x.rule_family = 'own' THEN ''
             ELSE pg_catalog.format(' (checks of meshline %s)', (SELECT v.extversion FROM pg_catalog.pg_extension AS v WHERE v.extname = 'meshline')) END
    UNION ALL
    SELECT 6, 0, 'remedy', 'would clear it', NULL, NULL, NULL, NULL, x.evidence ->> 'remedy'
  )
  SELECT pg_catalog.row_number() OVER (ORDER BY p.section, p.place)::pg_catalog.int4, p.item, p.label, p.record_id,
         p.payload_path, p.value_minor, COALESCE(meshline.major_units(p.value_minor, x.currency), p.how_many::pg_catalog.numeric),
         CASE WHEN p.value_minor IS NOT NULL THEN x.currency END, p.content
  FROM part AS p
  ORDER BY 1;
END
$$;
COMMENT ON FUNCTION meshline.explain(bigint) IS
  'Why an exception is there, line by line: finding, compared records with the payload path of their amount, numbers, the formula that should hold over them, the rule and its version, and the single change that would clear it.';

CREATE FUNCTION meshline._json_path(path text) RETURNS jsonpath LANGUAGE sql IMMUTABLE PARALLEL SAFE
  SET search_path = pg_catalog, pg_temp
AS $$
  -- a.b[key=value].c[] of a definition, and a[0] of a record's place; null where it leaves the object (^.).
  SELECT CASE WHEN path !~ '\^' THEN
    (SELECT ('$' OPERATOR(pg_catalog.||) COALESCE(pg_catalog.string_agg(
       CASE WHEN p.part[1] IS NOT NULL THEN '.' OPERATOR(pg_catalog.||) pg_catalog.to_json(p.part[1])::pg_catalog.text
            WHEN p.part[2] ~ '^\d+$' THEN '[' OPERATOR(pg_catalog.||) p.part[2] OPERATOR(pg_catalog.||) ']'
            WHEN p.part[2] = '' THEN '[*]'
            ELSE pg_catalog.format('[*] ? (@.%s == %s)', pg_catalog.to_json(pg_catalog.split_part(p.part[2], '=', 1)),
                                   pg_catalog.to_json(pg_catalog.substr(p.part[2], pg_catalog.strpos(p.part[2], '=') + 1))) END,
       '' ORDER BY p.place), ''))::pg_catalog.jsonpath
     FROM pg_catalog.regexp_matches(path, '([^.\[\]]+)|\[([^\]]*)\]', 'g') WITH ORDINALITY AS p (part, place)) END
$$;
COMMENT ON FUNCTION meshline._json_path(text) IS 'A path of a definition as jsonpath.';

CREATE FUNCTION meshline._amount_path(connector text, object text, record_path text, payload jsonb, amount_minor bigint, currency text)
  RETURNS text LANGUAGE plpgsql STABLE PARALLEL SAFE
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  amount jsonb;
  wanted numeric;
  found_path text;
BEGIN
  SELECT c.definition -> 'objects' -> object -> 'amount' INTO amount
  FROM meshline.connector AS c WHERE c.connector = _amount_path.connector;
  wanted := pg_catalog.abs(CASE amount ->> 'unit' WHEN 'minor' THEN amount_minor ELSE meshline.major_units(amount_minor, currency) END);
  -- Of all that the expression may read: what adds up to the record's amount, without what is taken off where it is a sum of
  -- charges and fees; else what is there, else what it begins with. What stands under "else" was read only if nothing else was.
  SELECT c.path INTO found_path
  FROM (
    SELECT p.value #>> '{}' AS path, pg_catalog.row_number() OVER () AS place,
           p.value IN (SELECT e.value FROM pg_catalog.jsonb_path_query(amount, 'strict $.**.else.**', silent => true) AS e (value)) AS is_else
    FROM pg_catalog.jsonb_path_query(amount, 'strict $.**?(@.type() == "string")', silent => true) AS p (value)
  ) AS c
  CROSS JOIN LATERAL (
    SELECT pg_catalog.abs(pg_catalog.sum(v.number)) AS total, pg_catalog.sum(v.number) FILTER (WHERE v.number > 0) AS charges,
           pg_catalog.abs(pg_catalog.sum(v.number) FILTER (WHERE v.number < 0)) AS credits
    FROM (
      SELECT (q.value #>> '{}')::pg_catalog.numeric AS number
      FROM pg_catalog.jsonb_path_query(
        pg_catalog.jsonb_path_query_first(payload, meshline._json_path(record_path), silent => true), meshline._json_path(c.path), silent => true) AS q (value)
      WHERE q.value #>> '{}' ~ '^\s*[-+]?\d+(\.\d+)?\s*$'
    ) AS v
  ) AS s
  WHERE c.path NOT IN ('major', 'minor', 'keep', 'absolute', 'negate')
  ORDER BY (s.total = wanted) IS NOT TRUE, (wanted IN (s.charges, s.credits)) IS NOT TRUE, s.total IS NULL, c.is_else, c.place
  LIMIT 1;
  RETURN pg_catalog.concat_ws('.', NULLIF(record_path, ''), found_path);
END
$$;
COMMENT ON FUNCTION meshline._amount_path(text, text, text, jsonb, bigint, text) IS 'Where in its payload a record''s amount stands.';

CREATE FUNCTION meshline.verify_history() RETURNS TABLE (merchant_id bigint, exception_id bigint, history_id bigint)
  LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  RETURN QUERY
  WITH chained AS (
    SELECT h.merchant_id, h.exception_id, h.history_id, h.hash,
           meshline._history_hash(
             pg_catalog.lag(h.hash) OVER (PARTITION BY h.merchant_id, h.exception_id ORDER BY h.history_id),
             x.reason_code, x.subject, h.happened_at, h.actor, h.action, h.status, h.amount_at_risk_minor, h.explanation) AS expected_hash,
           pg_catalog.lead(h.history_id) OVER (PARTITION BY h.merchant_id, h.exception_id ORDER BY h.history_id) IS NULL AS is_last,
           x.history_hash
    FROM meshline.exception_history AS h
    JOIN meshline.recon_exception AS x ON x.merchant_id = h.merchant_id AND x.exception_id = h.exception_id
  )
  SELECT c.merchant_id, c.exception_id, c.history_id FROM chained AS c
  WHERE c.hash <> c.expected_hash OR (c.is_last AND c.hash <> c.history_hash)
  ORDER BY 1, 2, 3;
END
$$;
COMMENT ON FUNCTION meshline.verify_history() IS
  'Lines of the exception history that were changed, or whose neighbour was taken out; none when the history is whole.';

CREATE FUNCTION meshline.explain_order(order_id uuid)
  RETURNS TABLE (happened_at timestamptz, what text, record_id text, exception_id bigint, status text, amount numeric, currency text, actor text, note text)
  LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
  merchant bigint;
  root uuid;
BEGIN
  SELECT r.merchant_id, r.canonical_id INTO merchant, root FROM meshline._root(order_id) AS r;
  RETURN QUERY
  SELECT t.happened_at, t.what, t.record_id, t.exception_id, t.status, t.amount, t.currency, t.actor, t.note
  FROM meshline.order_timeline AS t
  WHERE t.merchant_id = merchant AND t.canonical_id = root
  ORDER BY t.happened_at, t.what = 'exception', t.record_id, t.exception_id;
END
$$;
COMMENT ON FUNCTION meshline.explain_order(uuid) IS 'The whole timeline of a canonical order: what each system said when, what disagreed, and what people decided.';
