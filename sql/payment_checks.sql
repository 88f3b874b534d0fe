-- Captures against orders: each reason opens in the transaction that causes it, and closes in the one that mends it.
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET datestyle = iso;
SET meshline.as_of = '2026-10-20 12:00+00';
CREATE PROCEDURE pg_temp.sell(id text, total text, currency text, status text, more text DEFAULT '') LANGUAGE sql AS $$
  INSERT INTO staging.shopify_order (payload) VALUES (format(
    '{"id": %s, "name": "#%s", "total_price": "%s", "currency": "%s", "financial_status": "%s", "created_at": "2026-10-18T10:00:00Z",'
    ' "updated_at": "2026-10-18T10:00:00Z", "line_items": [{"id": 1}]%s}', id, id, total, currency, status, more));
$$;

-- The order again, an hour later.
CREATE PROCEDURE pg_temp.resell(id text, total text, currency text, status text, more text DEFAULT '') LANGUAGE sql AS $$
  INSERT INTO staging.shopify_order (payload) VALUES (format(
    '{"id": %s, "name": "#%s", "total_price": "%s", "currency": "%s", "financial_status": "%s", "created_at": "2026-10-18T10:00:00Z",'
    ' "updated_at": "2026-10-18T11:00:00Z", "line_items": [{"id": 1}]%s}', id, id, total, currency, status, more));
$$;

CREATE PROCEDURE pg_temp.pay(charge text, order_id text, minor bigint, currency text, status text DEFAULT 'succeeded') LANGUAGE sql AS $$
  INSERT INTO staging.stripe_charge (payload) VALUES (format(
    '{"id": "%s", "amount": %s, "captured": true, "status": "%s", "currency": "%s", "created": 1792317600, "livemode": true,'
    ' "metadata": {"shopify_order_id": "%s"}}', charge, minor, status, currency, order_id));
$$;

CREATE FUNCTION pg_temp.found(order_id text)
  RETURNS TABLE (reason_code text, status text, expected numeric, actual numeric, at_risk numeric, currency text, explanation text)
LANGUAGE sql AS $$
  SELECT x.reason_code, x.status, x.expected, x.actual, x.amount_at_risk, x.currency, x.explanation
  FROM meshline.exceptions AS x
  WHERE x.canonical_id = meshline.canonical_of('shopify', 'order', order_id) AND x.reason_code IN ('UNDERPAYMENT', 'OVERCAPTURE', 'DUPLICATE_PAYMENT', 'DELETED_OR_VOID_WITH_MONEY', 'ORPHAN_PAYMENT', 'UNMAPPED_ORDER')
  ORDER BY x.reason_code, x.explanation
$$;

-- UNDERPAYMENT: the shop says paid, and a day has passed.
CALL pg_temp.sell('950000000001', '50.00', 'USD', 'paid');
CALL pg_temp.pay('ch_pc1', '950000000001', 4500, 'usd');
SELECT * FROM pg_temp.found('950000000001');
BEGIN;
CALL pg_temp.pay('ch_pc2', '950000000001', 500, 'usd');
SELECT f.reason_code, f.status FROM pg_temp.found('950000000001') AS f;
ROLLBACK;
SELECT f.reason_code, f.status FROM pg_temp.found('950000000001') AS f;
CALL pg_temp.pay('ch_pc2', '950000000001', 500, 'usd');
SELECT f.reason_code, f.status FROM pg_temp.found('950000000001') AS f;
-- It comes back when that payment fails after all: the same exception, opened again.
CALL pg_temp.pay('ch_pc2', '950000000001', 500, 'usd', 'failed');
SELECT x.reason_code, x.status, x.occurrences FROM meshline.exceptions AS x
WHERE x.canonical_id = meshline.canonical_of('shopify', 'order', '950000000001');
SET meshline.as_of = '2026-10-19 09:00+00';

-- While the customer may still pay it is an expectation, which sweep() turns into an exception when it is late.
CALL pg_temp.sell('950000000002', '20.00', 'USD', 'pending');
SELECT e.reason_code, e.owner_queue, e.amount, e.currency, e.due_at, e.explanation FROM meshline.expectations AS e
WHERE e.canonical_id = meshline.canonical_of('shopify', 'order', '950000000002');
SELECT s.state, s.next_due_at FROM meshline.order_status AS s WHERE s.anchor_value = '950000000002';
SET client_min_messages = warning;
CALL meshline.sweep('2026-10-25 09:59:59.999999+00');
SELECT * FROM pg_temp.found('950000000002');
CALL meshline.sweep('2026-10-25 10:00:00+00');
SELECT * FROM pg_temp.found('950000000002');
SELECT s.state, s.next_due_at FROM meshline.order_status AS s WHERE s.anchor_value = '950000000002';
CALL pg_temp.pay('ch_pc3', '950000000002', 2000, 'usd');
SELECT f.reason_code, f.status FROM pg_temp.found('950000000002') AS f;

-- OVERCAPTURE. A difference of one minor unit is rounding.
CALL pg_temp.sell('950000000003', '50.00', 'USD', 'paid');
CALL pg_temp.pay('ch_pc4', '950000000003', 5001, 'usd');
SELECT * FROM pg_temp.found('950000000003');
CALL pg_temp.pay('ch_pc5', '950000000003', 1, 'usd');
SELECT * FROM pg_temp.found('950000000003');
CALL pg_temp.resell('950000000003', '50.02', 'USD', 'paid');
SELECT f.reason_code, f.status FROM pg_temp.found('950000000003') AS f;

-- DUPLICATE_PAYMENT: two captures that pay the order twice. Two halves only look like it.
CALL pg_temp.sell('950000000004', '50.00', 'USD', 'paid');
CALL pg_temp.pay('ch_pc6', '950000000004', 5000, 'usd');
CALL pg_temp.pay('ch_pc7', '950000000004', 5000, 'usd');
SELECT * FROM pg_temp.found('950000000004');
SELECT s.state, s.payment_count FROM meshline.order_status AS s WHERE s.anchor_value = '950000000004';
CALL pg_temp.pay('ch_pc7', '950000000004', 5000, 'usd', 'failed');
SELECT f.reason_code, f.status FROM pg_temp.found('950000000004') AS f;
-- Or the second payment is given back, in two parts.
CALL pg_temp.sell('950000000014', '50.00', 'USD', 'paid');
CALL pg_temp.pay('ch_pc14', '950000000014', 5000, 'usd');
CALL pg_temp.pay('ch_pc15', '950000000014', 5000, 'usd');
INSERT INTO staging.stripe_refund (payload) VALUES
  ('{"id": "re_pc14", "charge": "ch_pc15", "amount": 2000, "currency": "usd", "status": "succeeded", "created": 1792404000, "livemode": true}');
SELECT f.reason_code, f.status, f.at_risk, f.explanation FROM pg_temp.found('950000000014') AS f;
SELECT e.item, e.label, e.value, e.content FROM meshline.open_exceptions AS x, meshline.explain(x.exception_id) AS e
WHERE 'shopify:order:950000000014' = ANY (x.record_ids) AND x.reason_code = 'DUPLICATE_PAYMENT' AND e.item IN ('number', 'formula', 'remedy')
ORDER BY e.line;
INSERT INTO staging.stripe_refund (payload) VALUES
  ('{"id": "re_pc15", "charge": "ch_pc15", "amount": 3000, "currency": "usd", "status": "succeeded", "created": 1792404060, "livemode": true}');
SELECT f.reason_code, f.status FROM pg_temp.found('950000000014') AS f;
CALL pg_temp.sell('950000000005', '50.00', 'USD', 'paid');
CALL pg_temp.pay('ch_pc8', '950000000005', 2500, 'usd');
CALL pg_temp.pay('ch_pc9', '950000000005', 2500, 'usd');
SELECT * FROM pg_temp.found('950000000005');
-- One payment that shop, charge and intent report is one.
CALL pg_temp.sell('950000000006', '50.00', 'USD', 'paid');
CALL pg_temp.pay('ch_pc10', '950000000006', 5000, 'usd');
INSERT INTO staging.stripe_payment_intent (payload) VALUES
  ('{"id": "pi_pc10", "amount": 5000, "amount_received": 5000, "status": "succeeded", "currency": "usd", "created": 1792317600, "livemode": true, "latest_charge": "ch_pc10"}');
INSERT INTO staging.shopify_transaction (payload) VALUES
  ('{"id": 95010, "order_id": 950000000006, "kind": "sale", "status": "success", "gateway": "stripe", "amount": "50.00", "currency": "USD", "created_at": "2026-10-18T10:00:00Z", "authorization": "pi_pc10"}');
SELECT * FROM pg_temp.found('950000000006');
SELECT s.captured, s.payment_count FROM meshline.order_status AS s WHERE s.anchor_value = '950000000006';

-- DELETED_OR_VOID_WITH_MONEY, until the money is paid back.
CALL pg_temp.sell('950000000007', '30.00', 'USD', 'paid');
CALL pg_temp.pay('ch_pc11', '950000000007', 3000, 'usd');
CALL pg_temp.resell('950000000007', '30.00', 'USD', 'paid', ', "cancelled_at": "2026-10-18T11:00:00Z"');
SELECT * FROM pg_temp.found('950000000007');
INSERT INTO staging.stripe_refund (payload) VALUES
  ('{"id": "re_pc11", "amount": 3000, "currency": "usd", "status": "succeeded", "created": 1792321200, "charge": "ch_pc11"}');
SELECT f.reason_code, f.status FROM pg_temp.found('950000000007') AS f;

-- UNMAPPED_ORDER: money that names an order. ORPHAN_PAYMENT: money that names none. Both wait for a day.
CALL pg_temp.pay('ch_pc12', '950000000012', 700, 'usd');
INSERT INTO staging.stripe_charge (payload) VALUES
  ('{"id": "ch_pc13", "amount": 800, "captured": true, "status": "succeeded", "currency": "usd", "created": 1792317600, "livemode": true}');
CREATE VIEW pg_temp.stray AS
  SELECT x.reason_code, x.owner_queue, x.status, x.is_holding, x.amount_at_risk, x.explanation
  FROM meshline.exceptions AS x
  WHERE x.record_ids && ARRAY['stripe:charge:ch_pc12', 'stripe:charge:ch_pc13'] AND x.reason_code IN ('UNMAPPED_ORDER', 'ORPHAN_PAYMENT')
  ORDER BY x.reason_code;
SELECT * FROM pg_temp.stray;
SELECT e.reason_code, e.due_at, e.explanation FROM meshline.expectations AS e
WHERE e.subject IN ('stripe:charge:ch_pc12', 'stripe:charge:ch_pc13') AND e.reason_code <> 'MISSING_SETTLEMENT' ORDER BY 1;
CALL meshline.sweep('2026-10-19 10:00+00');
SELECT * FROM pg_temp.stray;
SET meshline.as_of = '2026-10-19 11:00+00';
CALL pg_temp.sell('950000000012', '7.00', 'USD', 'paid');
CALL pg_temp.sell('950000000013', '8.00', 'USD', 'paid');
INSERT INTO staging.shopify_transaction (payload) VALUES
  ('{"id": 95013, "order_id": 950000000013, "kind": "sale", "status": "success", "gateway": "stripe", "amount": "8.00", "currency": "USD", "created_at": "2026-10-18T10:00:00Z", "authorization": "ch_pc13"}');
SELECT t.reason_code, t.status FROM pg_temp.stray AS t;

-- ORDER_EDITED_AFTER_PAYMENT, though no version says what the one before it came to: in either order of arrival, in one
-- statement, and after a replay.
CREATE FUNCTION pg_temp.edited(order_id text)
  RETURNS TABLE (reason_code text, status text, expected numeric, actual numeric, explanation text, stated_minor bigint[])
LANGUAGE sql AS $$
  SELECT x.reason_code, x.status, x.expected, x.actual, x.explanation, r.stated_minor
  FROM meshline.record AS r
  LEFT JOIN meshline.exceptions AS x ON x.canonical_id = r.canonical_id AND x.reason_code NOT LIKE 'POSTING%'
  WHERE r.object = 'order' AND r.external_id = order_id ORDER BY x.reason_code
$$;
CALL pg_temp.sell('950000000071', '50.00', 'USD', 'paid');
CALL pg_temp.pay('ch_pc71', '950000000071', 5000, 'usd');
SELECT f.reason_code, f.stated_minor FROM pg_temp.edited('950000000071') AS f;
CALL pg_temp.resell('950000000071', '62.50', 'USD', 'partially_paid');
SELECT * FROM pg_temp.edited('950000000071');
CALL pg_temp.pay('ch_pc72', '950000000072', 5000, 'usd');
CALL pg_temp.resell('950000000072', '62.50', 'USD', 'partially_paid');
SELECT f.reason_code, f.status, f.stated_minor FROM pg_temp.edited('950000000072') AS f;
CALL pg_temp.sell('950000000072', '50.00', 'USD', 'paid');
SELECT * FROM pg_temp.edited('950000000072');
CALL pg_temp.pay('ch_pc73', '950000000073', 5000, 'usd');
INSERT INTO staging.shopify_order (payload)
SELECT format('{"id": 950000000073, "name": "#73", "total_price": "%s", "currency": "USD", "financial_status": "paid", "created_at": "2026-10-18T10:00:00Z",'
              ' "updated_at": "2026-10-18T1%s:00:00Z", "line_items": [{"id": 1}]}', total, hour)
FROM (VALUES ('62.50', 2), ('50.00', 0), ('30.00', 1)) AS v (total, hour);
SELECT * FROM pg_temp.edited('950000000073');
SELECT meshline.replay_connection(r.connection_id, '-infinity') > 0 AS is_replayed FROM meshline.record AS r
WHERE r.object = 'order' AND r.external_id = '950000000073';
SELECT f.reason_code, f.stated_minor FROM pg_temp.edited('950000000073') AS f;
SELECT f.reason_code, f.stated_minor FROM pg_temp.edited('950000000072') AS f;
-- Paid up, it is as it should be.
CALL pg_temp.pay('ch_pc73b', '950000000073', 1250, 'usd');
SELECT f.reason_code, f.status FROM pg_temp.edited('950000000073') AS f;

-- A source of truth whatever its role: what the till says of a payment goes before the processor's word, where it is a card's.
SELECT meshline.install_connector($$
{"connector": "till", "version": "1", "title": "A till", "role": "store", "objects": {
  "receipt": {"kind": "payment", "id": "id", "version": {"time": "at"}, "occurred": "at", "status": {"const": "paid"},
    "authority": {"path": "method", "in": ["card"]}, "required": ["amount"], "amount": {"value": "sum", "unit": "major"}, "currency": "money",
    "identifiers": [{"namespace": "stripe.charge", "value": "charge", "role": "same"}]}}}
$$) IS NOT NULL AS is_installed;
SELECT meshline.add_merchant('till', 'USD', 'UTC') AS merchant \gset
SELECT meshline.connect('shopify', 'till.myshopify.com', :merchant) > 0 AND meshline.connect('stripe', 'acct_till', :merchant) > 0
   AND meshline.connect('till', 'shop floor', :merchant) > 0 AS are_connected;
INSERT INTO staging.shopify_order (merchant_id, payload) VALUES (:merchant, '{"id": 950000000081, "name": "#81", "total_price": "50.00", "currency": "USD", "financial_status": "paid",
  "created_at": "2026-10-18T10:00:00Z", "updated_at": "2026-10-18T10:00:00Z"}');
INSERT INTO staging.stripe_charge (merchant_id, payload) VALUES (:merchant, '{"id": "ch_pc81", "amount": 5000, "captured": true, "status": "succeeded", "currency": "usd", "created": 1792317600,
  "livemode": true, "metadata": {"shopify_order_id": "950000000081"}}');
INSERT INTO staging.till_receipt (merchant_id, payload) VALUES (:merchant, '{"id": "r1", "at": "2026-10-18T10:05:00Z", "method": "cash", "sum": "45.00", "money": "USD", "charge": "ch_pc81"}');
SELECT s.captured FROM meshline.order_status AS s WHERE s.merchant_id = :merchant;
INSERT INTO staging.till_receipt (merchant_id, payload) VALUES (:merchant, '{"id": "r1", "at": "2026-10-18T10:06:00Z", "method": "card", "sum": "45.00", "money": "USD", "charge": "ch_pc81"}');
SELECT s.captured FROM meshline.order_status AS s WHERE s.merchant_id = :merchant;
SELECT x.reason_code, x.expected, x.actual FROM meshline.open_exceptions AS x WHERE x.merchant_id = :merchant AND x.reason_code = 'UNDERPAYMENT';
