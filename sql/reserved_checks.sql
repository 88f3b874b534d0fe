-- Money that an order misses and that was reserved, released or announced: who told of it, and until when it helps.
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET datestyle = iso;
SET meshline.as_of = '2026-10-20 12:00+00';
SET client_min_messages = warning;
SELECT meshline.add_merchant('reserved', 'USD', 'UTC') AS merchant \gset
SELECT meshline.connect('shopify', 'reserved.myshopify.com', :merchant) AS shopify \gset
SELECT meshline.connect('stripe', 'acct_reserved', :merchant) AS stripe \gset
SELECT meshline.connect('paypal', 'reserved', :merchant) AS paypal \gset
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
    AND (x.status <> 'auto_resolved' OR x.reason_code IN ('AUTHORIZED_NOT_CAPTURED', 'AUTHORIZATION_EXPIRED', 'PARTIAL_CAPTURE', 'PAYMENT_PENDING_TOO_LONG', 'DUPLICATE_CAPTURE', 'NEGATIVE_TOTAL'))
  ORDER BY x.reason_code, x.explanation
$$;
CREATE FUNCTION pg_temp.expected(order_id text) RETURNS TABLE (reason_code text, owner_queue text, amount numeric, due_at timestamptz, explanation text)
LANGUAGE sql AS $$
  SELECT e.reason_code, e.owner_queue, e.amount, e.due_at, e.explanation FROM meshline.expectations AS e
  WHERE e.canonical_id = meshline.canonical_of('shopify', 'order', order_id, current_setting('test.merchant')::bigint) AND e.reason_code <> 'MISSING_SETTLEMENT'
  ORDER BY e.due_at, e.reason_code
$$;

-- AUTHORIZED_NOT_CAPTURED two days before Stripe's authorization expires, AUTHORIZATION_EXPIRED when it has.
CALL pg_temp.sell('996000000001', '50.00', 'authorized');
CALL pg_temp.charge('ch_rs1', '996000000001', 5000, false);
SELECT * FROM pg_temp.expected('996000000001');
CALL meshline.sweep('2026-10-23 10:00+00');
SELECT * FROM pg_temp.found('996000000001');
SET meshline.as_of = '2026-10-24 12:00+00';
BEGIN;
CALL pg_temp.charge('ch_rs1', '996000000001', 5000, true);
SELECT f.reason_code, f.status FROM pg_temp.found('996000000001') AS f;
ROLLBACK;
CALL meshline.sweep('2026-10-25 10:00+00');
SELECT * FROM pg_temp.found('996000000001');
SET meshline.as_of = '2026-10-26 12:00+00';
CALL pg_temp.charge('ch_rs2', '996000000001', 5000, true);
SELECT f.reason_code, f.status FROM pg_temp.found('996000000001') AS f;
SELECT count(*) AS postable FROM meshline.postable_orders AS p WHERE p.anchor_value = '996000000001' AND p.merchant_id = :merchant;

-- PayPal says itself when an authorization expires; a connection's window may be set, or switched off.
SET meshline.as_of = '2026-10-20 12:00+00';
CALL pg_temp.sell('996000000002', '20.00', 'authorized');
INSERT INTO staging.paypal_authorization (merchant_id, payload) VALUES (:merchant,
  '{"id": "9RS00000000000A01", "status": "CREATED", "amount": {"currency_code": "USD", "value": "20.00"}, "custom_id": "996000000002", "create_time": "2026-10-18T10:00:00Z",
    "update_time": "2026-10-18T10:00:00Z", "expiration_time": "2026-11-16T10:00:00Z"}');
SELECT * FROM pg_temp.expected('996000000002');
SELECT meshline.set_policy('authorization_window_days', '3', :stripe, :merchant), meshline.set_policy('authorization_alert_lead_hours', '0', merchant_id => :merchant);
CALL pg_temp.sell('996000000003', '50.00', 'authorized');
CALL pg_temp.charge('ch_rs3', '996000000003', 5000, false);
SELECT * FROM pg_temp.expected('996000000003');
SELECT meshline.set_policy('authorization_window_days', 'null', :stripe, :merchant);
CALL pg_temp.charge('ch_rs4', '996000000003', 100, false);
SELECT e.reason_code, e.amount, e.due_at FROM pg_temp.expected('996000000003') AS e;

-- PARTIAL_CAPTURE: the shop captured part of what was reserved and let the rest go.
CALL pg_temp.sell('996000000004', '50.00', 'partially_paid');
CALL pg_temp.transaction('96041', '996000000004', 'authorization', '50.00', 'ch_rs5');
CALL pg_temp.transaction('96042', '996000000004', 'capture', '30.00', 'ch_rs5', '96041');
SELECT * FROM pg_temp.found('996000000004');
CALL pg_temp.transaction('96043', '996000000004', 'void', '50.00', 'ch_rs5', '96041');
SELECT * FROM pg_temp.found('996000000004');
CALL pg_temp.sell('996000000004', '30.00', 'paid', '2026-10-19 10:00Z');
SELECT f.reason_code, f.status FROM pg_temp.found('996000000004') AS f;

-- PAYMENT_PENDING_TOO_LONG: a bank debit that does not arrive within a week.
CALL pg_temp.sell('996000000005', '50.00');
CALL pg_temp.charge('ch_rs6', '996000000005', 5000, true, 'pending');
SELECT * FROM pg_temp.expected('996000000005');
CALL meshline.sweep('2026-10-25 10:00+00');
SELECT * FROM pg_temp.found('996000000005');
CALL pg_temp.charge('ch_rs6', '996000000005', 5000, true);
SELECT f.reason_code, f.status FROM pg_temp.found('996000000005') AS f;

-- DUPLICATE_CAPTURE: two charges of one payment intent.
CALL pg_temp.sell('996000000006', '50.00', 'paid');
CALL pg_temp.charge('ch_rs7', '996000000006', 5000, true, 'succeeded', 'pi_rs7');
CALL pg_temp.charge('ch_rs8', '996000000006', 5000, true, 'succeeded', 'pi_rs7');
SELECT * FROM pg_temp.found('996000000006');
CALL pg_temp.charge('ch_rs8', '996000000006', 5000, true, 'failed', 'pi_rs7');
SELECT f.reason_code, f.status FROM pg_temp.found('996000000006') AS f;

-- NEGATIVE_TOTAL.
CALL pg_temp.sell('996000000007', '-5.00');
SELECT * FROM pg_temp.found('996000000007');
CALL pg_temp.sell('996000000007', '5.00', 'pending', '2026-10-19 10:00Z');
SELECT f.reason_code, f.status FROM pg_temp.found('996000000007') AS f;
