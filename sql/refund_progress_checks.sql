-- How far a refund has come: with the processor, in the shop, and whether both mean the same amount.
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET datestyle = iso;
SET meshline.as_of = '2026-10-20 12:00+00';
SET client_min_messages = warning;
SELECT meshline.add_merchant('progress', 'USD', 'UTC') AS merchant \gset
SELECT meshline.connect('shopify', 'progress.myshopify.com', :merchant) AS shopify \gset
SELECT meshline.connect('stripe', 'acct_progress', :merchant) AS stripe \gset
SELECT meshline.connect('paypal', 'progress', :merchant) AS paypal \gset
SELECT set_config('test.merchant', :'merchant', false) IS NOT NULL AS is_set;
CREATE PROCEDURE pg_temp.sell(id text, total text, status text DEFAULT 'pending', updated timestamptz DEFAULT '2026-10-18 10:00Z') LANGUAGE sql AS $$
  INSERT INTO staging.shopify_order (merchant_id, payload) VALUES (current_setting('test.merchant')::bigint, format(
    '{"id": %s, "name": "#%s", "total_price": "%s", "currency": "USD", "financial_status": "%s", "created_at": "2026-10-18T10:00:00Z",'
    ' "updated_at": "%s", "line_items": [{"id": 1}]}', id, id, total, status, to_char(updated AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')));
$$;
CREATE PROCEDURE pg_temp.charge(id text, order_id text, minor bigint, captured boolean, status text DEFAULT 'succeeded', intent text DEFAULT '') LANGUAGE sql AS $$
  INSERT INTO staging.stripe_charge (merchant_id, payload) VALUES (current_setting('test.merchant')::bigint, format(
    '{"id": "%s", "amount": %s, "captured": %s, "status": "%s", "currency": "usd", "created": 1792317600, "livemode": true, "payment_intent": "%s",'
    ' "metadata": {"shopify_order_id": "%s"}}', id, minor, captured::text, status, intent, order_id));
$$;
CREATE PROCEDURE pg_temp.transaction(id text, order_id text, kind text, amount text, auth text, parent text DEFAULT 'null', status text DEFAULT 'success', gateway text DEFAULT 'stripe')
LANGUAGE sql AS $$
  INSERT INTO staging.shopify_transaction (merchant_id, payload) VALUES (current_setting('test.merchant')::bigint, format(
    '{"id": %s, "order_id": %s, "kind": "%s", "status": "%s", "gateway": "%s", "amount": "%s", "currency": "USD", "created_at": "2026-10-18T10:00:00Z",'
    ' "authorization": "%s", "parent_id": %s}', id, order_id, kind, status, gateway, amount, auth, parent));
$$;
CREATE PROCEDURE pg_temp.refund(id text, charge text, minor bigint, status text DEFAULT 'succeeded', created timestamptz DEFAULT '2026-10-19 10:00Z') LANGUAGE sql AS $$
  INSERT INTO staging.stripe_refund (merchant_id, payload) VALUES (current_setting('test.merchant')::bigint, format(
    '{"id": "%s", "amount": %s, "currency": "usd", "status": "%s", "created": %s, "charge": "%s"}', id, minor, status, extract(epoch FROM created)::bigint, charge));
$$;
CREATE FUNCTION pg_temp.found(order_id text)
  RETURNS TABLE (reason_code text, owner_queue text, status text, at_risk numeric, explanation text)
LANGUAGE sql AS $$
  SELECT x.reason_code, x.owner_queue, x.status, x.amount_at_risk, x.explanation
  FROM meshline.exceptions AS x
  WHERE x.canonical_id = meshline.canonical_of('shopify', 'order', order_id, current_setting('test.merchant')::bigint)
    AND (x.status <> 'auto_resolved' OR x.reason_code IN ('REFUND_NOT_AT_GATEWAY', 'REFUND_NOT_IN_SHOP', 'REFUND_PENDING_OR_FAILED', 'REFUND_AMOUNT_DISCREPANCY'))
  ORDER BY x.reason_code, x.explanation
$$;
CREATE FUNCTION pg_temp.expected(order_id text) RETURNS TABLE (reason_code text, owner_queue text, amount numeric, due_at timestamptz, explanation text)
LANGUAGE sql AS $$
  SELECT e.reason_code, e.owner_queue, e.amount, e.due_at, e.explanation FROM meshline.expectations AS e
  WHERE e.canonical_id = meshline.canonical_of('shopify', 'order', order_id, current_setting('test.merchant')::bigint) AND e.reason_code <> 'MISSING_SETTLEMENT'
  ORDER BY e.due_at, e.reason_code
$$;

CREATE PROCEDURE pg_temp.sell_paid(id text, charge text) LANGUAGE sql AS $$
  CALL pg_temp.sell(id, '50.00', 'paid');
  CALL pg_temp.charge(charge, id, 5000, true);
  CALL pg_temp.transaction(right(id, 4)::integer + 97000 || '1', id, 'sale', '50.00', charge);
$$;

-- REFUND_NOT_AT_GATEWAY: the shop says it gave 7.00 back.
CALL pg_temp.sell_paid('997000000001', 'ch_rp1');
CALL pg_temp.transaction('970012', '997000000001', 'refund', '7.00', '', '970011');
SELECT * FROM pg_temp.expected('997000000001');
CALL meshline.sweep('2026-10-21 10:00+00');
SELECT * FROM pg_temp.found('997000000001');
SET meshline.as_of = '2026-10-22 12:00+00';
CALL pg_temp.refund('re_rp1', 'ch_rp1', 700);
SELECT f.reason_code, f.status FROM pg_temp.found('997000000001') AS f;

-- REFUND_NOT_IN_SHOP: it was made at the processor.
SET meshline.as_of = '2026-10-20 12:00+00';
CALL pg_temp.sell_paid('997000000002', 'ch_rp2');
CALL pg_temp.refund('re_rp2', 'ch_rp2', 700);
SELECT * FROM pg_temp.expected('997000000002');
CALL meshline.sweep('2026-10-22 10:00+00');
SELECT * FROM pg_temp.found('997000000002');
SET meshline.as_of = '2026-10-23 12:00+00';
CALL pg_temp.transaction('970022', '997000000002', 'refund', '7.00', 're_rp2', '970021');
SELECT f.reason_code, f.status FROM pg_temp.found('997000000002') AS f;

-- REFUND_PENDING_OR_FAILED: pending for five days, then failed, then made again.
SET meshline.as_of = '2026-10-20 12:00+00';
CALL pg_temp.sell_paid('997000000003', 'ch_rp3');
CALL pg_temp.refund('re_rp3', 'ch_rp3', 700, 'pending');
CALL pg_temp.transaction('970032', '997000000003', 'refund', '7.00', 're_rp3', '970031', 'pending');
SELECT * FROM pg_temp.expected('997000000003');
CALL meshline.sweep('2026-10-24 10:00+00');
SELECT * FROM pg_temp.found('997000000003');
SET meshline.as_of = '2026-10-24 12:00+00';
CALL pg_temp.refund('re_rp3', 'ch_rp3', 700, 'failed');
SELECT * FROM pg_temp.found('997000000003');
CALL pg_temp.refund('re_rp4', 'ch_rp3', 700, 'succeeded', '2026-10-24 11:00Z');
SELECT f.reason_code, f.status FROM pg_temp.found('997000000003') AS f;

-- REFUND_AMOUNT_DISCREPANCY: one refund, two amounts.
SET meshline.as_of = '2026-10-20 12:00+00';
CALL pg_temp.sell_paid('997000000004', 'ch_rp5');
CALL pg_temp.transaction('970042', '997000000004', 'refund', '7.00', 're_rp5', '970041');
CALL pg_temp.refund('re_rp5', 'ch_rp5', 800);
SELECT * FROM pg_temp.found('997000000004');
INSERT INTO staging.shopify_transaction (merchant_id, payload) VALUES (:merchant,
  '{"id": 970042, "order_id": 997000000004, "kind": "refund", "status": "success", "gateway": "stripe", "amount": "8.00", "currency": "USD", "created_at": "2026-10-18T10:00:00Z",
    "processed_at": "2026-10-18T11:00:00Z", "authorization": "re_rp5", "parent_id": 970041}');
SELECT f.reason_code, f.status FROM pg_temp.found('997000000004') AS f;
