-- SPDX-License-Identifier: PostgreSQL
-- What the isolation specs share: a workspace, short ways to load a payload, and to look at the result.
-- Checks are made as of a fixed day, so that nothing that is merely due is late.
CREATE EXTENSION meshline;
SELECT meshline.create_workspace();
SELECT meshline.connect('shopify', 'isolation.myshopify.com');
SELECT meshline.connect('stripe', 'acct_isolation');
ALTER DATABASE isolation SET meshline.as_of = '2026-09-02 00:00+00';
ALTER DATABASE isolation SET client_min_messages = warning;

-- Empties everything but the configuration.
CREATE PROCEDURE empty_workspace() LANGUAGE plpgsql AS $$
DECLARE
  relation regclass;
BEGIN
  FOR relation IN
    SELECT c.oid FROM pg_class AS c
    WHERE c.relkind = 'r'
      AND (c.relnamespace = 'staging'::regnamespace
           OR c.oid IN ('meshline.event'::regclass, 'meshline.record'::regclass, 'meshline.identifier'::regclass,
                        'meshline.canonical'::regclass, 'meshline.canonical_alias'::regclass, 'meshline.canonical_merge'::regclass,
                        'meshline.recon_exception'::regclass, 'meshline.exception_history'::regclass,
                        'meshline.pending_event'::regclass, 'meshline.pending_order'::regclass, 'meshline.job'::regclass,
                        'meshline.match_key'::regclass, 'meshline.duplicate_pair'::regclass))
  LOOP
    EXECUTE format('TRUNCATE %s RESTART IDENTITY', relation);
  END LOOP;
END
$$;

CREATE PROCEDURE load_order(id bigint, total numeric, source_event_id text DEFAULT NULL, updated text DEFAULT '10:00') LANGUAGE sql AS $$
  INSERT INTO staging.shopify_order (event_id, payload)
  VALUES (source_event_id, format(
    '{"id": %s, "name": "#%s", "created_at": "2026-09-01T10:00:00Z", "updated_at": "2026-09-01T%s:00Z",'
    ' "currency": "USD", "total_price": "%s", "financial_status": "paid", "line_items": [{"id": 1}]}', id, id % 10000, updated, total));
$$;

-- A charge; with an order id it names its order itself.
CREATE PROCEDURE load_charge(id text, minor bigint, order_id bigint DEFAULT NULL, intent text DEFAULT NULL) LANGUAGE sql AS $$
  INSERT INTO staging.stripe_charge (payload)
  VALUES (json_build_object('id', id, 'object', 'charge', 'amount', minor, 'amount_captured', minor, 'captured', true,
    'currency', 'usd', 'status', 'succeeded', 'created', 1788256800, 'livemode', true, 'payment_intent', intent,
    'metadata', json_strip_nulls(json_build_object('order_id', order_id)))::text);
$$;

CREATE PROCEDURE load_refund(id text, minor bigint, charge_id text) LANGUAGE sql AS $$
  INSERT INTO staging.stripe_refund (payload)
  VALUES (json_build_object('id', id, 'object', 'refund', 'amount', minor, 'currency', 'usd', 'status', 'succeeded',
    'created', 1788260400, 'charge', charge_id)::text);
$$;

-- The shop's note of a payment: what ties a charge to its order when the charge does not say.
CREATE PROCEDURE load_transaction(id bigint, order_id bigint, amount numeric, charge_id text) LANGUAGE sql AS $$
  INSERT INTO staging.shopify_transaction (payload)
  VALUES (format(
    '{"id": %s, "order_id": %s, "kind": "sale", "status": "success", "gateway": "stripe", "amount": "%s", "currency": "USD",'
    ' "created_at": "2026-09-01T10:00:01Z", "authorization": "%s"}', id, order_id, amount, charge_id));
$$;

CREATE VIEW orders AS
SELECT s.anchor_namespace, s.anchor_value, s.total, s.captured, s.refunded, s.payment_count AS payments, s.refund_count AS refunds,
       (SELECT count(*) FROM meshline.record_links AS l WHERE l.canonical_id = s.canonical_id) AS records,
       (SELECT string_agg(x.reason_code || ' ' || x.amount_at_risk, ', ' ORDER BY x.reason_code)
        FROM meshline.open_exceptions AS x WHERE x.canonical_id = s.canonical_id) AS open
FROM meshline.order_status AS s;

-- Staged rows against what became of them: staged = events + repeats + pending.
CREATE VIEW intake AS
SELECT (SELECT count(*) FROM staging.shopify_order) + (SELECT count(*) FROM staging.shopify_transaction)
       + (SELECT count(*) FROM staging.stripe_charge) + (SELECT count(*) FROM staging.stripe_refund) AS staged,
       (SELECT count(*) FROM meshline.event) AS events,
       (SELECT coalesce(sum(x.occurrences), 0) FROM meshline.exceptions AS x WHERE x.reason_code = 'DUPLICATE_EVENT') AS repeats,
       (SELECT count(*) FROM meshline.pending_event) AS pending,
       (SELECT count(*) FROM meshline.pending_order) AS pending_orders;
