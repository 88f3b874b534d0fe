-- What people do with exceptions. Every act is a line of the exception's history: who, when, what and why.

CREATE FUNCTION meshline._lock_exception(exception_id bigint) RETURNS void LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  -- Checks write exceptions under the lock of their canonical entity; so do people.
  PERFORM FROM meshline.recon_exception AS e
  JOIN meshline.canonical AS c ON c.merchant_id = e.merchant_id AND c.canonical_id = e.canonical_id
  WHERE e.merchant_id = ANY (meshline._merchant_ids()) AND e.exception_id = _lock_exception.exception_id FOR UPDATE OF c;
  PERFORM FROM meshline.recon_exception AS e
  WHERE e.merchant_id = ANY (meshline._merchant_ids()) AND e.exception_id = _lock_exception.exception_id FOR UPDATE;
  IF NOT FOUND THEN
    PERFORM meshline._raise_unknown('exception', exception_id::pg_catalog.text);
  END IF;
END
$$;
COMMENT ON FUNCTION meshline._lock_exception(bigint) IS 'Locks an exception as checks lock it.';

CREATE FUNCTION meshline._act_on_exception(
  exception_id bigint, action text, new_status text DEFAULT NULL, holding boolean DEFAULT NULL, assignee text DEFAULT NULL)
  RETURNS void LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  actor CONSTANT text := session_user;
  moment CONSTANT timestamptz := meshline._as_of();
  x record;
BEGIN
  WITH written AS (
    UPDATE meshline.recon_exception AS e
    SET status = COALESCE(new_status, e.status),
        is_holding = COALESCE(holding, e.is_holding),
        assigned_to = COALESCE(assignee, e.assigned_to),
        closed_at = CASE WHEN new_status IN ('resolved', 'written_off') THEN COALESCE(e.closed_at, moment)
                         WHEN new_status IN ('open', 'acknowledged') THEN NULL ELSE e.closed_at END,
        closed_by = CASE WHEN new_status IN ('resolved', 'written_off') THEN COALESCE(e.closed_by, actor)
                         WHEN new_status IN ('open', 'acknowledged') THEN NULL ELSE e.closed_by END,
        history_hash = meshline._history_hash(e.history_hash, e.reason_code, e.subject, moment, actor, action,
                                              COALESCE(new_status, e.status), e.amount_at_risk_minor, e.explanation)
    WHERE e.merchant_id = ANY (meshline._merchant_ids()) AND e.exception_id = _act_on_exception.exception_id
    RETURNING e.merchant_id, e.canonical_id, e.status, e.amount_at_risk_minor, e.explanation, e.history_hash
  ), noted AS (
    INSERT INTO meshline.exception_history (merchant_id, exception_id, happened_at, actor, action, status, amount_at_risk_minor, explanation, hash)
    SELECT w.merchant_id, _act_on_exception.exception_id, moment, actor, action, w.status, w.amount_at_risk_minor, w.explanation, w.history_hash
    FROM written AS w
  )
  SELECT w.merchant_id, w.canonical_id INTO x FROM written AS w;
  IF x.canonical_id IS NOT NULL THEN
    PERFORM meshline._count_open(x.merchant_id, ARRAY[x.canonical_id]);
  END IF;
END
$$;
COMMENT ON FUNCTION meshline._act_on_exception(bigint, text, text, boolean, text) IS 'Changes an exception, which is locked, and adds a line to its history.';

CREATE FUNCTION meshline._require_open(exception_id bigint) RETURNS void LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  closed text;
BEGIN
  PERFORM meshline._lock_exception(exception_id);
  SELECT e.status INTO closed FROM meshline.recon_exception AS e
  WHERE e.merchant_id = ANY (meshline._merchant_ids()) AND e.exception_id = _require_open.exception_id AND e.closed_at IS NOT NULL;
  IF FOUND THEN
    RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state',
      MESSAGE = pg_catalog.format('exception %s is closed already: %s', exception_id, closed),
      HINT = 'meshline.exceptions shows when and by whom.';
  END IF;
END
$$;
COMMENT ON FUNCTION meshline._require_open(bigint) IS 'Locks an exception; an error when it is closed.';

CREATE FUNCTION meshline._with_reason(act text, reason text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
  SET search_path = pg_catalog, pg_temp
  RETURN act OPERATOR(pg_catalog.||) COALESCE(': ' OPERATOR(pg_catalog.||) NULLIF(pg_catalog.btrim(reason), ''), '');
COMMENT ON FUNCTION meshline._with_reason(text, text) IS 'An act as the history tells it.';

CREATE FUNCTION meshline._require_reason(reason text) RETURNS void LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF COALESCE(pg_catalog.btrim(reason), '') = '' THEN
    RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'say why: the reason must not be empty';
  END IF;
END
$$;
COMMENT ON FUNCTION meshline._require_reason(text) IS 'An error without a reason.';

CREATE FUNCTION meshline.acknowledge(exception_id bigint, reason text DEFAULT NULL) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  PERFORM meshline._require_open(exception_id);
  PERFORM meshline._act_on_exception(exception_id, meshline._with_reason('acknowledged', reason), 'acknowledged');
END
$$;
COMMENT ON FUNCTION meshline.acknowledge(bigint, text) IS 'Says that somebody works on an open exception.';

CREATE FUNCTION meshline.assign(exception_id bigint, assignee text, reason text DEFAULT NULL) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF COALESCE(pg_catalog.btrim(assignee), '') = '' THEN
    RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'an exception is assigned to somebody: the name must not be empty';
  END IF;
  PERFORM meshline._require_open(exception_id);
  PERFORM meshline._act_on_exception(exception_id, meshline._with_reason('assigned to ' OPERATOR(pg_catalog.||) assignee, reason), assignee => assignee);
END
$$;
COMMENT ON FUNCTION meshline.assign(bigint, text, text) IS 'Gives an open exception to somebody; the name is free text.';

CREATE FUNCTION meshline.comment(exception_id bigint, comment text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  PERFORM meshline._require_reason(comment);
  PERFORM meshline._lock_exception(exception_id);
  PERFORM meshline._act_on_exception(exception_id, meshline._with_reason('comment', comment));
END
$$;
COMMENT ON FUNCTION meshline.comment(bigint, text) IS 'Adds a line to the history of an exception, closed ones too.';

CREATE FUNCTION meshline.resolve_exception(exception_id bigint, reason text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  PERFORM meshline._require_reason(reason);
  PERFORM meshline._require_open(exception_id);
  PERFORM meshline._act_on_exception(exception_id, meshline._with_reason('resolved', reason), 'resolved');
END
$$;
COMMENT ON FUNCTION meshline.resolve_exception(bigint, text) IS
  'Closes an exception by hand, although its rule is still violated. It opens again when the money at risk grows, or when it comes back after it was gone.';

CREATE FUNCTION meshline.hold(exception_id bigint, reason text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  PERFORM meshline._require_reason(reason);
  PERFORM meshline._require_open(exception_id);
  PERFORM meshline._act_on_exception(exception_id, meshline._with_reason('held', reason), holding => true);
END
$$;
COMMENT ON FUNCTION meshline.hold(bigint, text) IS 'Lets an open exception keep its order out of postable_orders.';

CREATE FUNCTION meshline._basis_hash(exception_id bigint) RETURNS bytea LANGUAGE sql STABLE PARALLEL SAFE
  SET search_path = pg_catalog, pg_temp
AS $$
  SELECT pg_catalog.sha256(pg_catalog.convert_to(pg_catalog.concat_ws(E'\x1f', e.reason_code, e.subject, e.expected_minor, e.actual_minor, e.amount_at_risk_minor,
    e.currency, e.evidence,
    (SELECT pg_catalog.string_agg(r.connection_id OPERATOR(pg_catalog.||) '/' OPERATOR(pg_catalog.||) r.object OPERATOR(pg_catalog.||) '/'
                                  OPERATOR(pg_catalog.||) r.external_id OPERATOR(pg_catalog.||) '/' OPERATOR(pg_catalog.||) r.content_hash::pg_catalog.text, ','
                                  ORDER BY r.connection_id, r.object, r.external_id)
     FROM meshline.record AS r WHERE r.merchant_id = e.merchant_id AND r.canonical_id = e.canonical_id)), 'UTF8'))
  FROM meshline.recon_exception AS e WHERE e.merchant_id = ANY (meshline._merchant_ids()) AND e.exception_id = _basis_hash.exception_id
$$;
COMMENT ON FUNCTION meshline._basis_hash(bigint) IS 'SHA-256 of an exception''s finding and of the contents of its order''s records: what an approval is given for.';

CREATE FUNCTION meshline._approval_limit(merchant_id bigint) RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE
  SET search_path = pg_catalog, pg_temp
AS $$
  SELECT COALESCE((SELECT (p.value #>> '{}')::pg_catalog.int8 FROM meshline.policy AS p
                   WHERE p.merchant_id = _approval_limit.merchant_id AND p.connection_id = 0 AND p.key = 'approval_limit_minor'),
                  (SELECT (k.default_value #>> '{}')::pg_catalog.int8 FROM meshline.policy_key AS k WHERE k.key = 'approval_limit_minor'))
$$;
COMMENT ON FUNCTION meshline._approval_limit(bigint) IS 'Above how many minor units a second person has to approve.';

CREATE FUNCTION meshline._ask_or_act(exception_id bigint, action text, amount_minor bigint, reason text) RETURNS text LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  x record;
BEGIN
  PERFORM meshline._require_reason(reason);
  PERFORM meshline._require_open(exception_id);
  SELECT e.merchant_id, e.currency, e.amount_at_risk_minor INTO x FROM meshline.recon_exception AS e
  WHERE e.merchant_id = ANY (meshline._merchant_ids()) AND e.exception_id = _ask_or_act.exception_id;
  IF COALESCE(amount_minor, x.amount_at_risk_minor) <= meshline._approval_limit(x.merchant_id) THEN
    PERFORM meshline._finish_act(exception_id, action, reason);
    RETURN 'done';
  END IF;
  INSERT INTO meshline.approval (merchant_id, exception_id, action, amount_minor, currency, reason, basis_hash, requested_by, requested_at, state)
  VALUES (x.merchant_id, _ask_or_act.exception_id, _ask_or_act.action, COALESCE(_ask_or_act.amount_minor, x.amount_at_risk_minor), x.currency,
          _ask_or_act.reason, meshline._basis_hash(exception_id), session_user, meshline._as_of(), 'pending')
  ON CONFLICT DO NOTHING;
  IF NOT FOUND THEN
    RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state',
      MESSAGE = pg_catalog.format('approval was asked for already for exception %s', exception_id),
      HINT = 'Somebody else has to call meshline.approve() or meshline.reject().';
  END IF;
  PERFORM meshline._act_on_exception(exception_id, meshline._with_reason('asked for approval to ' OPERATOR(pg_catalog.||) pg_catalog.replace(action, '_', ' '), reason), 'acknowledged');
  RETURN 'waits for approval';
END
$$;
COMMENT ON FUNCTION meshline._ask_or_act(bigint, text, bigint, text) IS 'Does what is within the limit; asks for approval of the rest.';

CREATE FUNCTION meshline._finish_act(exception_id bigint, action text, reason text) RETURNS void LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF action = 'write_off' THEN
    PERFORM meshline._act_on_exception(exception_id, meshline._with_reason('written off', reason), 'written_off');
  ELSE
    PERFORM meshline._act_on_exception(exception_id, meshline._with_reason('released', reason), holding => false);
  END IF;
END
$$;
COMMENT ON FUNCTION meshline._finish_act(bigint, text, text) IS 'Writes an exception off or releases its order.';

CREATE FUNCTION meshline.write_off(exception_id bigint, reason text) RETURNS text LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  RETURN meshline._ask_or_act(exception_id, 'write_off', NULL, reason);
END
$$;
COMMENT ON FUNCTION meshline.write_off(bigint, text) IS
  'Accepts the loss of the money at risk and closes the exception: at once ("done") up to the policy approval_limit_minor, else when somebody else approves ("waits for approval").';

CREATE FUNCTION meshline.release(exception_id bigint, reason text) RETURNS text LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  RETURN meshline._ask_or_act(exception_id, 'release', NULL, reason);
END
$$;
COMMENT ON FUNCTION meshline.release(bigint, text) IS
  'Lets an exception hold its order no longer, while it stays open: at once up to the policy approval_limit_minor, else when somebody else approves.';

CREATE FUNCTION meshline._decide_approval(exception_id bigint, new_state text, reason text) RETURNS void LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  asked record;
BEGIN
  PERFORM meshline._lock_exception(exception_id);
  SELECT a.* INTO asked FROM meshline.approval AS a
  WHERE a.exception_id = _decide_approval.exception_id AND a.state = 'pending' ORDER BY a.approval_id LIMIT 1 FOR UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state', MESSAGE = pg_catalog.format('no approval is asked for exception %s', exception_id),
      HINT = 'meshline.approvals shows what waits.';
  END IF;
  IF asked.requested_by = session_user THEN
    RAISE EXCEPTION USING ERRCODE = 'insufficient_privilege',
      MESSAGE = 'whoever asked for approval cannot give or refuse it', DETAIL = pg_catalog.format('%s asked for it.', asked.requested_by);
  END IF;
  IF new_state = 'approved' AND asked.basis_hash <> meshline._basis_hash(exception_id) THEN
    RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state',
      MESSAGE = pg_catalog.format('what is to be approved of exception %s has changed since', exception_id),
      HINT = 'Look at it again with meshline.explain(); refuse with meshline.reject(), and let approval be asked for anew.';
  END IF;
  UPDATE meshline.approval AS a
  SET state = new_state, decided_by = session_user, decided_at = meshline._as_of(), decision_reason = _decide_approval.reason
  WHERE a.merchant_id = asked.merchant_id AND a.approval_id = asked.approval_id;
  PERFORM meshline._act_on_exception(exception_id, meshline._with_reason(new_state OPERATOR(pg_catalog.||) ' to ' OPERATOR(pg_catalog.||) pg_catalog.replace(asked.action, '_', ' '), reason));
  IF new_state = 'approved' THEN
    PERFORM meshline._finish_act(exception_id, asked.action, asked.reason);
  END IF;
END
$$;
COMMENT ON FUNCTION meshline._decide_approval(bigint, text, text) IS 'Decides on the approval that an exception waits for.';

CREATE FUNCTION meshline.approve(exception_id bigint, reason text DEFAULT NULL) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  PERFORM meshline._decide_approval(exception_id, 'approved', reason);
END
$$;
COMMENT ON FUNCTION meshline.approve(bigint, text) IS
  'Gives the approval that was asked for by somebody else, and does what it was asked for. An error when the finding or a record behind it has changed since.';

CREATE FUNCTION meshline.reject(exception_id bigint, reason text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  PERFORM meshline._require_reason(reason);
  PERFORM meshline._decide_approval(exception_id, 'rejected', reason);
END
$$;
COMMENT ON FUNCTION meshline.reject(bigint, text) IS 'Refuses the approval that was asked for by somebody else; the exception stays open.';
