-- What amounts suggest where no identifier says anything. A suggestion is no link: that a set of orders is the only one with
-- a sum proves nothing while the right order may not have come in.

CREATE FUNCTION meshline.suggest_orders(exception_id bigint, days integer DEFAULT 30, most_orders integer DEFAULT 5)
  RETURNS TABLE (explanations bigint, set_number integer, order_ids uuid[], orders text[], due_minor bigint[], currency text, difference_minor bigint)
  LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
  x record;
  paid_at timestamptz;
BEGIN
  SELECT e.merchant_id, e.canonical_id, e.reason_code, e.actual_minor, e.currency INTO x
  FROM meshline.recon_exception AS e WHERE e.merchant_id = ANY (meshline._merchant_ids()) AND e.exception_id = suggest_orders.exception_id;
  IF NOT FOUND THEN
    PERFORM meshline._raise_unknown('exception', exception_id::pg_catalog.text);
  END IF;
  IF x.reason_code <> 'ORPHAN_PAYMENT' THEN
    RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
      MESSAGE = pg_catalog.format('exception %s is no ORPHAN_PAYMENT but %s', exception_id, x.reason_code);
  END IF;
  SELECT pg_catalog.min(r.occurred_at) INTO paid_at
  FROM meshline.record AS r WHERE r.merchant_id = x.merchant_id AND r.canonical_id = x.canonical_id AND r.kind = 'payment';
  RETURN QUERY
  WITH open_order AS (
    SELECT c.canonical_id, c.anchor_name OPERATOR(pg_catalog.||) '/' OPERATOR(pg_catalog.||) c.anchor_value AS name, c.total_minor - c.captured_minor AS due,
           pg_catalog.row_number() OVER (ORDER BY pg_catalog.abs(pg_catalog.date_part('epoch', c.ordered_at - paid_at)), c.canonical_id) AS place
    FROM meshline.canonical AS c
    WHERE c.merchant_id = x.merchant_id AND c.kind = 'order' AND c.has_order AND c.currency = x.currency
      AND c.total_minor > c.captured_minor AND c.order_status NOT IN ('voided', 'deleted', 'failed')
      AND c.ordered_at BETWEEN paid_at - pg_catalog.make_interval(days => days) AND paid_at + pg_catalog.make_interval(days => days)
  ), pool AS (
    SELECT pg_catalog.array_agg(o.canonical_id ORDER BY o.place) AS ids, pg_catalog.array_agg(o.name ORDER BY o.place) AS names,
           pg_catalog.array_agg(o.due ORDER BY o.place) AS dues
    FROM open_order AS o WHERE o.place <= 80
  )
  SELECT s.explanations, s.set_number, pg_catalog.array_agg(p.ids[n.position] ORDER BY n.position), pg_catalog.array_agg(p.names[n.position] ORDER BY n.position),
         s.set_amounts, x.currency, s.difference
  FROM pool AS p
  CROSS JOIN LATERAL meshline.explain_sum(x.actual_minor, COALESCE(p.dues, '{}'), max_size => most_orders, max_sets => 2) AS s
  CROSS JOIN LATERAL pg_catalog.unnest(s.positions) AS n (position)
  GROUP BY s.explanations, s.set_number, s.set_amounts, s.difference
  ORDER BY s.set_number;
END
$$;
COMMENT ON FUNCTION meshline.suggest_orders(bigint, integer, integer) IS
  'Which sets of unpaid orders make up an ORPHAN_PAYMENT: the two best, and how many there are. Orders of its currency, at most so many days apart from it, the 80 nearest of them; sets of at most so many orders (5). Several explanations are as good as none.';

CREATE FUNCTION meshline.suggest_payments(payout_id uuid, days integer DEFAULT 14, most_payments integer DEFAULT 5)
  RETURNS TABLE (explanations bigint, set_number integer, record_ids text[], net_minor bigint[], currency text, difference_minor bigint)
  LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
  payout record;
BEGIN
  SELECT r.merchant_id, r.connection_id, r.amount_minor, r.currency, COALESCE(r.occurred_at, r.expected_at) AS paid_at INTO payout
  FROM meshline._root(payout_id) AS c
  JOIN meshline.record AS r ON r.merchant_id = c.merchant_id AND r.canonical_id = c.canonical_id
  WHERE r.kind = 'payout'
  ORDER BY r.connection_id, r.object, r.external_id LIMIT 1;
  IF NOT FOUND THEN
    PERFORM meshline._raise_unknown('payout', payout_id::pg_catalog.text);
  END IF;
  RETURN QUERY
  WITH unsettled AS (
    SELECT n.connector OPERATOR(pg_catalog.||) ':' OPERATOR(pg_catalog.||) r.object OPERATOR(pg_catalog.||) ':' OPERATOR(pg_catalog.||) r.external_id AS id,
           COALESCE(r.net_minor, r.amount_minor - COALESCE(r.fee_minor, 0)) AS net,
           pg_catalog.row_number() OVER (ORDER BY r.occurred_at DESC, r.object, r.external_id) AS place
    FROM meshline.record AS r
    JOIN meshline.connection AS n ON n.merchant_id = r.merchant_id AND n.connection_id = r.connection_id
    WHERE r.merchant_id = payout.merchant_id AND r.connection_id = payout.connection_id AND r.kind = 'payment' AND NOT r.is_summary AND NOT r.is_test
      AND r.status = 'paid' AND r.currency = payout.currency
      AND r.occurred_at BETWEEN payout.paid_at - pg_catalog.make_interval(days => days) AND payout.paid_at
      AND NOT EXISTS (
        SELECT FROM meshline.record AS s
        WHERE s.merchant_id = r.merchant_id AND s.canonical_id = r.canonical_id AND s.kind = 'settlement_line' AND s.about = ANY (r.same_ids))
  ), pool AS (
    SELECT pg_catalog.array_agg(u.id ORDER BY u.place) AS ids, pg_catalog.array_agg(u.net ORDER BY u.place) AS nets FROM unsettled AS u WHERE u.place <= 80
  )
  SELECT s.explanations, s.set_number, pg_catalog.array_agg(p.ids[n.position] ORDER BY n.position), s.set_amounts, payout.currency, s.difference
  FROM pool AS p
  CROSS JOIN LATERAL meshline.explain_sum(payout.amount_minor, COALESCE(p.nets, '{}'), max_size => most_payments, max_sets => 2) AS s
  CROSS JOIN LATERAL pg_catalog.unnest(s.positions) AS n (position)
  GROUP BY s.explanations, s.set_number, s.set_amounts, s.difference
  ORDER BY s.set_number;
END
$$;
COMMENT ON FUNCTION meshline.suggest_payments(uuid, integer, integer) IS
  'Which sets of captures that no settlement line names make up a payout that came without lines: the two best, and how many there are. Net of fees, of the payout''s account and currency, at most so many days before it, the 80 latest of them.';
