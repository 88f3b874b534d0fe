-- Refunds against captures and against each other: each reason opens with its cause and closes with its cure.
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET datestyle = iso;
SET meshline.as_of = '2026-10-20 12:00+00';
CREATE PROCEDURE pg_temp.sell(id text, total text, currency text, status text, more text DEFAULT '') LANGUAGE sql AS $$
  INSERT INTO staging.shopify_order (payload) VALUES (format(
    '{"id": %s, "name": "#%s", "total_price": "%s", "currency": "%s", "financial_status": "%s", "created_at": "2026-10-18T10:00:00Z",'
    ' "updated_at": "2026-10-18T10:00:00Z", "line_items": [{"id": 1}]%s}', id, id, total, currency, status, more));
$$;

CREATE PROCEDURE pg_temp.pay(charge text, order_id text, minor bigint, currency text, status text DEFAULT 'succeeded') LANGUAGE sql AS $$
  INSERT INTO staging.stripe_charge (payload) VALUES (format(
    '{"id": "%s", "amount": %s, "captured": true, "status": "%s", "currency": "%s", "created": 1792317600, "livemode": true,'
    ' "metadata": {"shopify_order_id": "%s"}}', charge, minor, status, currency, order_id));
$$;

CREATE PROCEDURE pg_temp.refund(id text, charge text, minor bigint, created timestamptz, status text DEFAULT 'succeeded', currency text DEFAULT 'usd') LANGUAGE sql AS $$
  INSERT INTO staging.stripe_refund (payload) VALUES (format(
    '{"id": "%s", "amount": %s, "currency": "%s", "status": "%s", "created": %s, "charge": "%s"}', id, minor, currency, status,
    extract(epoch FROM created)::bigint, charge));
$$;

CREATE FUNCTION pg_temp.found(order_id text)
  RETURNS TABLE (reason_code text, status text, expected numeric, actual numeric, at_risk numeric, currency text, explanation text)
LANGUAGE sql AS $$
  SELECT x.reason_code, x.status, x.expected, x.actual, x.amount_at_risk, x.currency, x.explanation
  FROM meshline.exceptions AS x
  WHERE x.canonical_id = meshline.canonical_of('shopify', 'order', order_id) AND x.reason_code IN ('OVER_REFUND', 'DUPLICATE_REFUND', 'REFUND_WITHOUT_ORDER', 'CURRENCY_MISMATCH')
  ORDER BY x.reason_code, x.explanation
$$;

-- OVER_REFUND: more than was captured.
CALL pg_temp.sell('960000000001', '50.00', 'USD', 'paid');
CALL pg_temp.pay('ch_rf1', '960000000001', 5000, 'usd');
CALL pg_temp.refund('re_rf1', 'ch_rf1', 3000, '2026-10-19 10:00Z');
SELECT * FROM pg_temp.found('960000000001');
CALL pg_temp.refund('re_rf2', 'ch_rf1', 2500, '2026-10-20 10:00Z');
SELECT * FROM pg_temp.found('960000000001');
-- The second of them fails.
CALL pg_temp.refund('re_rf2', 'ch_rf1', 2500, '2026-10-20 10:00Z', 'failed');
SELECT f.reason_code, f.status FROM pg_temp.found('960000000001') AS f;
SELECT s.refunded, s.refund_count FROM meshline.order_status AS s WHERE s.anchor_value = '960000000001';
-- A refund that is announced only does not count yet.
CALL pg_temp.refund('re_rf3', 'ch_rf1', 9900, '2026-10-20 11:00Z', 'pending');
SELECT f.reason_code, f.status FROM pg_temp.found('960000000001') AS f;

-- Refunded before the payment is known: it has a day to come in.
SET meshline.as_of = '2026-10-19 12:00+00';
CALL pg_temp.sell('960000000002', '50.00', 'USD', 'refunded');
INSERT INTO staging.shopify_transaction (payload) VALUES
  ('{"id": 96021, "order_id": 960000000002, "kind": "refund", "status": "success", "amount": "50.00", "currency": "USD", "created_at": "2026-10-19T10:00:00Z"}');
SELECT * FROM pg_temp.found('960000000002');
SELECT e.reason_code, e.amount, e.due_at, e.explanation FROM meshline.expectations AS e
WHERE e.canonical_id = meshline.canonical_of('shopify', 'order', '960000000002') AND e.reason_code = 'OVER_REFUND';
SET client_min_messages = warning;
CALL meshline.sweep('2026-10-20 10:00+00');
SELECT * FROM pg_temp.found('960000000002');
CALL pg_temp.pay('ch_rf2', '960000000002', 5000, 'usd');
SELECT f.reason_code, f.status FROM pg_temp.found('960000000002') AS f;
SET meshline.as_of = '2026-10-20 12:00+00';

-- DUPLICATE_REFUND: equal amounts within ten minutes, until one of them is taken back.
CALL pg_temp.sell('960000000003', '50.00', 'USD', 'paid');
CALL pg_temp.pay('ch_rf3', '960000000003', 5000, 'usd');
CALL pg_temp.refund('re_rf5', 'ch_rf3', 1000, '2026-10-19 10:00Z');
CALL pg_temp.refund('re_rf6', 'ch_rf3', 1000, '2026-10-19 10:10:01Z');
SELECT * FROM pg_temp.found('960000000003');
CALL pg_temp.refund('re_rf7', 'ch_rf3', 1000, '2026-10-19 10:20:01Z');
SELECT * FROM pg_temp.found('960000000003');
SELECT x.owner_queue, x.severity, x.is_holding, x.record_ids FROM meshline.exceptions AS x
WHERE x.canonical_id = meshline.canonical_of('shopify', 'order', '960000000003') AND x.reason_code = 'DUPLICATE_REFUND';
CALL pg_temp.refund('re_rf7', 'ch_rf3', 1000, '2026-10-19 10:20:01Z', 'canceled');
SELECT f.reason_code, f.status FROM pg_temp.found('960000000003') AS f;

-- The shop noted one refund of the processor twice: one refund, one exception.
CALL pg_temp.sell('960000000004', '50.00', 'USD', 'paid');
CALL pg_temp.pay('ch_rf4', '960000000004', 5000, 'usd');
CALL pg_temp.refund('re_rf8', 'ch_rf4', 1500, '2026-10-19 10:00Z');
INSERT INTO staging.shopify_transaction (payload) VALUES
  ('{"id": 96041, "order_id": 960000000004, "kind": "refund", "status": "success", "amount": "15.00", "currency": "USD", "created_at": "2026-10-19T10:00:00Z", "authorization": "re_rf8"}'),
  ('{"id": 96042, "order_id": 960000000004, "kind": "refund", "status": "success", "amount": "15.00", "currency": "USD", "created_at": "2026-10-19T14:00:00Z", "authorization": "re_rf8"}');
SELECT * FROM pg_temp.found('960000000004');
SELECT s.refunded, s.refund_count FROM meshline.order_status AS s WHERE s.anchor_value = '960000000004';
INSERT INTO staging.shopify_transaction (payload) VALUES
  ('{"id": 96042, "order_id": 960000000004, "kind": "refund", "status": "error", "amount": "15.00", "currency": "USD", "created_at": "2026-10-19T14:00:00Z", "authorization": "re_rf8"}');
SELECT f.reason_code, f.status FROM pg_temp.found('960000000004') AS f;

-- A refund in a currency in which nothing was captured.
CALL pg_temp.sell('960000000005', '50.00', 'USD', 'paid');
CALL pg_temp.pay('ch_rf5', '960000000005', 5000, 'usd');
CALL pg_temp.refund('re_rf9', 'ch_rf5', 1500, '2026-10-19 10:00Z', 'succeeded', 'eur');
SELECT * FROM pg_temp.found('960000000005');
SELECT s.refunded, s.refund_count FROM meshline.order_status AS s WHERE s.anchor_value = '960000000005';
CALL pg_temp.refund('re_rf9', 'ch_rf5', 1500, '2026-10-19 10:00Z', 'failed', 'eur');
SELECT f.reason_code, f.status FROM pg_temp.found('960000000005') AS f;

-- REFUND_WITHOUT_ORDER: at once, because no refund can come before its payment. The shop's note ties it.
CALL pg_temp.sell('960000000006', '50.00', 'USD', 'paid');
CALL pg_temp.pay('ch_rf6', '960000000006', 5000, 'usd');
CALL pg_temp.refund('re_rf10', 'ch_nosuch', 1500, '2026-10-20 11:59Z');
SELECT x.reason_code, x.status, x.is_holding, x.amount_at_risk, x.explanation FROM meshline.exceptions AS x WHERE x.record_ids @> ARRAY['stripe:refund:re_rf10'];
INSERT INTO staging.shopify_transaction (payload) VALUES
  ('{"id": 96061, "order_id": 960000000006, "kind": "refund", "status": "success", "amount": "15.00", "currency": "USD", "created_at": "2026-10-20T11:59:00Z", "authorization": "re_rf10"}');
SELECT x.reason_code, x.status FROM meshline.exceptions AS x WHERE x.record_ids @> ARRAY['stripe:refund:re_rf10'];
SELECT s.refunded, s.refund_count FROM meshline.order_status AS s WHERE s.anchor_value = '960000000006';
