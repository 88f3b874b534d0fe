-- Two canonical entities made one by people, looked at beforehand, and taken apart again.

CREATE FUNCTION meshline._record_ref(connection_id bigint, object text, external_id text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
  SET search_path = pg_catalog, pg_temp
  RETURN connection_id::pg_catalog.text OPERATOR(pg_catalog.||) '/' OPERATOR(pg_catalog.||) object OPERATOR(pg_catalog.||) '/' OPERATOR(pg_catalog.||) external_id;
COMMENT ON FUNCTION meshline._record_ref(bigint, text, text) IS 'A record in one text; names of objects hold no slash.';

CREATE FUNCTION meshline._close_moved(merchant_id bigint, canonical_id uuid) RETURNS void LANGUAGE sql
  SET search_path = pg_catalog, pg_temp
AS $$
  SELECT meshline._close_gone(_close_moved.merchant_id, meshline._as_of(), ARRAY(
    SELECT e.exception_id FROM meshline.recon_exception AS e
    WHERE e.merchant_id = _close_moved.merchant_id AND e.canonical_id = _close_moved.canonical_id AND e.is_present
      AND NOT meshline._is_found_apart(e.reason_code)))
$$;
COMMENT ON FUNCTION meshline._close_moved(bigint, uuid) IS 'Closes what was found of an entity that has no records any more.';

CREATE FUNCTION meshline._exception_states(merchant_id bigint, canonical_ids uuid[]) RETURNS jsonb LANGUAGE sql STABLE PARALLEL SAFE
  SET search_path = pg_catalog, pg_temp
AS $$
  SELECT pg_catalog.jsonb_agg(pg_catalog.to_jsonb(s)) FROM (
    SELECT e.exception_id, e.status, e.is_holding, e.opened_at, e.closed_at, e.closed_by, e.occurrences, e.amount_at_risk_minor,
           (SELECT pg_catalog.max(h.history_id) FROM meshline.exception_history AS h
            WHERE h.merchant_id = e.merchant_id AND h.exception_id = e.exception_id) AS history_id
    FROM meshline.recon_exception AS e
    WHERE e.merchant_id = _exception_states.merchant_id AND e.canonical_id = ANY (canonical_ids) AND e.is_present) AS s
$$;
COMMENT ON FUNCTION meshline._exception_states(bigint, uuid[]) IS 'What people and time have made of the exceptions that hold of canonical entities.';

CREATE FUNCTION meshline._restore_exception_states(merchant_id bigint, states jsonb) RETURNS void LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  moment CONSTANT timestamptz := meshline._as_of();
BEGIN
  -- What somebody has said since stands, and so does what is new: more money at risk than was decided on.
  WITH written AS (
    UPDATE meshline.recon_exception AS e
    SET status = s.status, is_holding = s.is_holding, opened_at = s.opened_at, closed_at = s.closed_at, closed_by = s.closed_by, occurrences = s.occurrences,
        history_hash = meshline._history_hash(e.history_hash, e.reason_code, e.subject, moment, 'meshline', 'as before the merge', s.status,
                                              e.amount_at_risk_minor, e.explanation)
    FROM pg_catalog.jsonb_to_recordset(states) AS s (exception_id bigint, status text, is_holding boolean, opened_at timestamptz, closed_at timestamptz,
                                                     closed_by text, occurrences integer, amount_at_risk_minor bigint, history_id bigint)
    WHERE e.merchant_id = _restore_exception_states.merchant_id AND e.exception_id = s.exception_id AND e.is_present
      AND e.amount_at_risk_minor <= s.amount_at_risk_minor
      AND (e.status, e.is_holding, e.opened_at, e.closed_at, e.closed_by) IS DISTINCT FROM (s.status, s.is_holding, s.opened_at, s.closed_at, s.closed_by)
      AND NOT EXISTS (SELECT FROM meshline.exception_history AS h
                      WHERE h.merchant_id = e.merchant_id AND h.exception_id = e.exception_id AND h.history_id > s.history_id AND h.actor <> 'meshline'
                        AND h.action NOT LIKE 'comment%')
    RETURNING e.exception_id, e.status, e.amount_at_risk_minor, e.explanation, e.history_hash
  )
  INSERT INTO meshline.exception_history (merchant_id, exception_id, happened_at, actor, action, status, amount_at_risk_minor, explanation, hash)
  SELECT _restore_exception_states.merchant_id, w.exception_id, moment, 'meshline', 'as before the merge', w.status, w.amount_at_risk_minor, w.explanation,
         w.history_hash
  FROM written AS w;
END
$$;
COMMENT ON FUNCTION meshline._restore_exception_states(bigint, jsonb) IS 'Gives exceptions that hold again the state that they had before a merge.';

CREATE FUNCTION meshline._raise_merged_meanwhile() RETURNS void LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  RAISE EXCEPTION USING ERRCODE = 'serialization_failure', MESSAGE = 'another session merged one of them at the same time', HINT = 'Try again.';
END
$$;
COMMENT ON FUNCTION meshline._raise_merged_meanwhile() IS 'Raises 40001: what was asked for stands for something else by now.';

CREATE FUNCTION meshline.merge(a uuid, b uuid, reason text) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  roots CONSTANT uuid[] := ARRAY[(SELECT r.canonical_id FROM meshline._root(a) AS r), (SELECT r.canonical_id FROM meshline._root(b) AS r)];
  pair record;
  merge_id bigint;
  states jsonb;
  remarks bigint[];
BEGIN
  PERFORM meshline._require_reason(reason);
  IF (roots[1] = roots[2]) IS NOT FALSE THEN
    RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'two different canonical entities are needed',
      DETAIL = CASE WHEN roots[1] = roots[2] THEN 'They are one already.' ELSE 'One of them is not known.' END;
  END IF;
  PERFORM FROM meshline.canonical AS c WHERE c.merchant_id = ANY (meshline._merchant_ids()) AND c.canonical_id = ANY (roots) ORDER BY c.canonical_id FOR UPDATE;
  SELECT i.merchant_id, i.canonical_id AS into_id, f.canonical_id AS from_id, i.kind = f.kind AND i.merchant_id = f.merchant_id AS fit INTO pair
  FROM meshline.canonical AS i, meshline.canonical AS f
  WHERE i.merchant_id = ANY (meshline._merchant_ids()) AND i.canonical_id = ANY (roots)
    AND f.merchant_id = ANY (meshline._merchant_ids()) AND f.canonical_id = ANY (roots)
    AND (i.anchor_rank, i.anchor_name, i.anchor_value, i.canonical_id) < (f.anchor_rank, f.anchor_name, f.anchor_value, f.canonical_id);
  IF NOT FOUND THEN
    PERFORM meshline._raise_merged_meanwhile();
  END IF;
  IF NOT pair.fit THEN
    RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'only entities of one merchant and one kind can be merged';
  END IF;
  states := meshline._exception_states(pair.merchant_id, ARRAY[pair.into_id, pair.from_id]);
  WITH moved AS (
    UPDATE meshline.recon_exception AS e SET canonical_id = pair.into_id
    WHERE e.merchant_id = pair.merchant_id AND e.canonical_id = pair.from_id AND meshline._is_found_apart(e.reason_code)
    RETURNING e.exception_id
  )
  SELECT pg_catalog.array_agg(m.exception_id) INTO remarks FROM moved AS m;
  INSERT INTO meshline.canonical_merge AS m (merchant_id, from_id, into_id, reason, merged_at, merged_by, aliases, moved_records, kept_records, moved_remarks, exception_states)
  SELECT pair.merchant_id, pair.from_id, pair.into_id, merge.reason, meshline._as_of(), session_user,
         (SELECT pg_catalog.array_agg(s.alias_id ORDER BY s.alias_id) FROM meshline.canonical_alias AS s WHERE s.merchant_id = pair.merchant_id AND s.canonical_id = pair.from_id),
         (SELECT pg_catalog.array_agg(meshline._record_ref(r.connection_id, r.object, r.external_id)) FROM meshline.record AS r WHERE r.merchant_id = pair.merchant_id AND r.canonical_id = pair.from_id),
         (SELECT pg_catalog.array_agg(meshline._record_ref(r.connection_id, r.object, r.external_id)) FROM meshline.record AS r WHERE r.merchant_id = pair.merchant_id AND r.canonical_id = pair.into_id),
         remarks, states
  RETURNING m.merge_id INTO merge_id;
  UPDATE meshline.canonical_alias AS s SET canonical_id = pair.into_id WHERE s.merchant_id = pair.merchant_id AND s.canonical_id = pair.from_id;
  WITH superseded AS (
    DELETE FROM meshline.canonical AS c WHERE c.merchant_id = pair.merchant_id AND c.canonical_id = pair.from_id RETURNING c.*
  )
  INSERT INTO meshline.canonical_alias AS s (merchant_id, alias_id, canonical_id, kind, anchor_rank, anchor_name, anchor_value)
  SELECT d.merchant_id, d.canonical_id, pair.into_id, d.kind, d.anchor_rank, d.anchor_name, d.anchor_value FROM superseded AS d;
  UPDATE meshline.record AS r SET canonical_id = pair.into_id WHERE r.merchant_id = pair.merchant_id AND r.canonical_id = pair.from_id;
  PERFORM meshline._close_moved(pair.merchant_id, pair.from_id);
  PERFORM meshline._reconcile_stored(pair.merchant_id, ARRAY[pair.into_id], meshline._as_of());
  PERFORM meshline._count_open(pair.merchant_id, ARRAY[pair.into_id]); -- with the remarks that moved
  RETURN merge_id;
END
$$;
COMMENT ON FUNCTION meshline.merge(uuid, uuid, text) IS
  'Says that two canonical entities of one kind are one, and gives the id of the merge. The one with the better anchor goes on; the other''s id resolves to it. unmerge() takes it back.';

CREATE FUNCTION meshline.preview_merge(a uuid, b uuid)
  RETURNS TABLE (change text, reason_code text, subject text, amount_minor bigint, currency text, explanation text) LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
  lines jsonb;
  stood jsonb;
  ids CONSTANT uuid[] := ARRAY[(SELECT r.canonical_id FROM meshline._root(a) AS r), (SELECT r.canonical_id FROM meshline._root(b) AS r)];
BEGIN
  stood := meshline._standing(ids);
  BEGIN
    PERFORM meshline.merge(a, b, 'preview');
    lines := meshline._standing(ids);
    RAISE EXCEPTION USING ERRCODE = 'ML999', MESSAGE = 'preview';
  EXCEPTION WHEN SQLSTATE 'ML999' THEN
    NULL; -- taken back; variables keep what was seen
  END;
  RETURN QUERY
  WITH earlier AS (SELECT s.* FROM pg_catalog.jsonb_to_recordset(stood) AS s (what text, reason_code text, subject text, amount_minor bigint, currency text, explanation text)),
       later AS (SELECT s.* FROM pg_catalog.jsonb_to_recordset(lines) AS s (what text, reason_code text, subject text, amount_minor bigint, currency text, explanation text))
  SELECT 'closes', e.reason_code, e.subject, e.amount_minor, e.currency, e.explanation FROM earlier AS e
  WHERE e.what = 'exception' AND NOT EXISTS (SELECT FROM later AS l WHERE l.what = 'exception' AND (l.reason_code, l.subject, l.explanation) = (e.reason_code, e.subject, e.explanation))
  UNION ALL
  SELECT 'opens', l.reason_code, l.subject, l.amount_minor, l.currency, l.explanation FROM later AS l
  WHERE l.what = 'exception' AND NOT EXISTS (SELECT FROM earlier AS e WHERE e.what = 'exception' AND (l.reason_code, l.subject, l.explanation) = (e.reason_code, e.subject, e.explanation))
  UNION ALL
  SELECT 'before', e.reason_code, e.subject, e.amount_minor, e.currency, NULL FROM earlier AS e WHERE e.what = 'money'
  UNION ALL
  SELECT 'after', l.reason_code, l.subject, l.amount_minor, l.currency, NULL FROM later AS l WHERE l.what = 'money'
  ORDER BY 1, 2, 3;
END
$$;
COMMENT ON FUNCTION meshline.preview_merge(uuid, uuid) IS
  'What merge() would do, without doing it: exceptions that it closes and opens, and the money of both before and of the one after (reason_code then says which money: total, captured, refunded, posted, settled).';

CREATE FUNCTION meshline._standing(canonical_ids uuid[]) RETURNS jsonb LANGUAGE sql STABLE PARALLEL SAFE
  SET search_path = pg_catalog, pg_temp
AS $$
  SELECT COALESCE(pg_catalog.jsonb_agg(pg_catalog.to_jsonb(s)), '[]') FROM (
    SELECT 'exception' AS what, e.reason_code, e.subject, e.amount_at_risk_minor AS amount_minor, e.currency, e.explanation
    FROM meshline.recon_exception AS e
    WHERE e.merchant_id = ANY (meshline._merchant_ids()) AND e.canonical_id = ANY (canonical_ids) AND e.closed_at IS NULL
    UNION ALL
    SELECT 'money', m.name, c.anchor_name OPERATOR(pg_catalog.||) '/' OPERATOR(pg_catalog.||) c.anchor_value, m.amount, c.currency, NULL
    FROM meshline.canonical AS c
    CROSS JOIN LATERAL (VALUES ('total', c.total_minor), ('captured', c.captured_minor), ('refunded', c.refunded_minor), ('posted', c.posted_minor),
                               ('settled', c.settled_minor)) AS m (name, amount)
    WHERE c.merchant_id = ANY (meshline._merchant_ids()) AND c.canonical_id = ANY (canonical_ids) AND m.amount <> 0) AS s
$$;
COMMENT ON FUNCTION meshline._standing(uuid[]) IS 'Open exceptions and money of canonical entities, as preview_merge() compares them.';

CREATE FUNCTION meshline.unmerge(merge_id bigint, reason text DEFAULT NULL) RETURNS uuid LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  m record;
  root uuid;
  components meshline.component[];
  apart text[];
  tie text;
BEGIN
  SELECT g.* INTO m FROM meshline.canonical_merge AS g WHERE g.merge_id = unmerge.merge_id FOR UPDATE;
  IF NOT FOUND THEN
    PERFORM meshline._raise_unknown('merge', merge_id::pg_catalog.text);
  END IF;
  IF m.unmerged_at IS NOT NULL THEN
    RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state', MESSAGE = pg_catalog.format('merge %s is taken back already', merge_id);
  END IF;
  IF m.merged_by IS NULL THEN
    RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state',
      MESSAGE = pg_catalog.format('merge %s was made by a strong identifier', merge_id), HINT = 'Correct the identifier at its source.';
  END IF;
  SELECT s.canonical_id INTO root FROM meshline.canonical_alias AS s WHERE s.merchant_id = m.merchant_id AND s.alias_id = m.from_id;
  PERFORM FROM meshline.canonical AS c WHERE c.merchant_id = m.merchant_id AND c.canonical_id = root FOR UPDATE;
  IF NOT FOUND THEN
    PERFORM meshline._raise_merged_meanwhile();
  END IF;

  -- What hangs together by strong identifiers, through records that have come since, too.
  WITH edge AS (
    SELECT 'r' OPERATOR(pg_catalog.||) meshline._record_ref(r.connection_id, r.object, r.external_id) AS record, 'i' OPERATOR(pg_catalog.||) i.id AS identifier
    FROM meshline.record AS r
    LEFT JOIN LATERAL pg_catalog.unnest(r.same_ids OPERATOR(pg_catalog.||) r.ref_ids) AS i (id) ON true
    WHERE r.merchant_id = m.merchant_id AND r.canonical_id = root
  )
  SELECT meshline.connected_components(e.record, e.identifier) INTO components FROM edge AS e;
  SELECT pg_catalog.array_agg(DISTINCT p.component_id) INTO apart
  FROM pg_catalog.unnest(components) AS p WHERE p.id IN (SELECT 'r' OPERATOR(pg_catalog.||) u FROM pg_catalog.unnest(m.moved_records) AS u);
  SELECT pg_catalog.substr(p.id, 2) INTO tie
  FROM pg_catalog.unnest(components) AS p
  WHERE p.component_id = ANY (apart) AND p.id IN (SELECT 'r' OPERATOR(pg_catalog.||) u FROM pg_catalog.unnest(m.kept_records) AS u) ORDER BY p.id LIMIT 1;
  IF tie IS NOT NULL THEN
    RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state',
      MESSAGE = pg_catalog.format('merge %s cannot be taken back: strong identifiers tie both together by now', merge_id),
      DETAIL = pg_catalog.format('Record %s is one of those that would have to stay.', tie);
  END IF;

  WITH revived AS (
    DELETE FROM meshline.canonical_alias AS s WHERE s.merchant_id = m.merchant_id AND s.alias_id = m.from_id RETURNING s.*
  )
  INSERT INTO meshline.canonical AS c (merchant_id, canonical_id, kind, anchor_rank, anchor_name, anchor_value)
  SELECT v.merchant_id, v.alias_id, v.kind, v.anchor_rank, v.anchor_name, v.anchor_value FROM revived AS v;
  UPDATE meshline.canonical_alias AS s SET canonical_id = m.from_id
  WHERE s.merchant_id = m.merchant_id AND s.canonical_id = root AND s.alias_id = ANY (m.aliases);
  UPDATE meshline.record AS r SET canonical_id = m.from_id FROM pg_catalog.unnest(components) AS p
  WHERE r.merchant_id = m.merchant_id AND r.canonical_id = root AND p.component_id = ANY (apart)
    AND p.id = 'r' OPERATOR(pg_catalog.||) meshline._record_ref(r.connection_id, r.object, r.external_id);
  UPDATE meshline.identifier AS i SET canonical_id = m.from_id FROM pg_catalog.unnest(components) AS p
  WHERE i.merchant_id = m.merchant_id AND i.canonical_id IN (root, m.into_id) AND p.component_id = ANY (apart)
    AND p.id = 'i' OPERATOR(pg_catalog.||) i.name OPERATOR(pg_catalog.||) '/' OPERATOR(pg_catalog.||) i.value;
  UPDATE meshline.recon_exception AS e SET canonical_id = m.from_id WHERE e.merchant_id = m.merchant_id AND e.exception_id = ANY (m.moved_remarks);
  UPDATE meshline.canonical_merge AS g SET unmerged_at = meshline._as_of(), unmerged_by = session_user, unmerge_reason = unmerge.reason
  WHERE g.merchant_id = m.merchant_id AND g.merge_id = m.merge_id;
  PERFORM meshline._reconcile_stored(m.merchant_id, ARRAY[root, m.from_id], meshline._as_of());
  PERFORM meshline._restore_exception_states(m.merchant_id, m.exception_states);
  PERFORM meshline._count_open(m.merchant_id, ARRAY[root, m.from_id]);
  RETURN m.from_id;
END
$$;
COMMENT ON FUNCTION meshline.unmerge(bigint, text) IS
  'Takes a merge() back and gives the id of the entity that is apart again, with what has come to it since. An error when strong identifiers tie both together by now.';
