-- Corrections that findings prove: made within a limit, by further rows, taken back and withdrawn.
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET datestyle = iso;
SET meshline.as_of = '2026-10-20 12:00+00';
SET client_min_messages = warning;
SELECT meshline.add_merchant('corrections', 'USD', 'UTC') AS merchant \gset
SELECT meshline.connect('shopify', 'corrections.myshopify.com', :merchant) AS shopify \gset
SELECT meshline.connect('stripe', 'acct_corrections', :merchant) AS stripe \gset
SELECT meshline.connect('netsuite', '777', :merchant) AS netsuite \gset
SELECT set_config('test.merchant', :'merchant', false) IS NOT NULL AS is_set;
CREATE PROCEDURE pg_temp.sell(id text, created text DEFAULT '2026-10-18', extra text DEFAULT '') LANGUAGE sql AS $$
  INSERT INTO staging.shopify_order (merchant_id, payload) VALUES (current_setting('test.merchant')::bigint, format(
    '{"id": %s, "name": "#%s", "total_price": "50.00", "currency": "USD", "financial_status": "paid", "created_at": "%sT10:00:00Z",'
    ' "updated_at": "%sT10:00:00Z", "taxes_included": false, "total_tax": "4.00"%s}', id, id, created, created, extra));
$$;
CREATE PROCEDURE pg_temp.pay(charge text, order_id text, minor bigint, tip bigint DEFAULT 0, at bigint DEFAULT 1792317600) LANGUAGE sql AS $$
  INSERT INTO staging.stripe_payment_intent (merchant_id, payload) VALUES (current_setting('test.merchant')::bigint, format(
    '{"id": "pi_%s", "amount": %s, "amount_received": %s, "status": "succeeded", "currency": "usd", "created": %s, "livemode": true,'
    ' "amount_details": {"tip": {"amount": %s}}, "metadata": {"shopify_order_id": "%s"}}', charge, minor, minor, at, tip, order_id));
$$;
CREATE FUNCTION pg_temp.state(order_id text) RETURNS TABLE (reason_code text, status text, at_risk numeric, account text, amount numeric, standing bigint, made_by_us boolean)
LANGUAGE sql AS $$
  SELECT x.reason_code, x.status, x.amount_at_risk, c.account, c.amount, c.standing_minor, c.made_by = 'meshline'
  FROM meshline.exceptions AS x
  LEFT JOIN meshline.corrections AS c ON c.exception_id = x.exception_id
  WHERE x.merchant_id = current_setting('test.merchant')::bigint AND x.record_ids && ARRAY['shopify:order:' || order_id]
  ORDER BY x.reason_code, c.correction_id
$$;

-- Nothing is corrected that nobody allows.
CALL pg_temp.sell('880001');
CALL pg_temp.pay('a', '880001', 5400, 400);
SELECT * FROM pg_temp.state('880001');
-- Allowed, it is: from reconcile_all() on, with history and an order that is nobody's work.
SELECT meshline.set_policy('auto_correct_minor.TIP_MISMATCH', '500', merchant_id => :merchant);
CALL meshline.reconcile_all();
SELECT * FROM pg_temp.state('880001');
SELECT h.actor, h.action, h.status FROM meshline.exception_history AS h
JOIN meshline.exceptions AS x USING (merchant_id, exception_id)
WHERE x.merchant_id = :merchant AND x.reason_code = 'TIP_MISMATCH' ORDER BY h.history_id;
CALL meshline.reconcile_all();
SELECT * FROM pg_temp.state('880001');
-- Another tip, another row; above the limit, none.
BEGIN;
CALL pg_temp.sell('880001', '2026-10-19', ', "total_tip_received": "4.50"');
CALL pg_temp.pay('a2', '880001', 50, 50);
SELECT * FROM pg_temp.state('880001');
ROLLBACK;
BEGIN;
CALL pg_temp.pay('a2', '880001', 300, 300);
SELECT * FROM pg_temp.state('880001');
ROLLBACK;
-- The cause is gone: the tip is in the order.
BEGIN;
INSERT INTO staging.shopify_order (merchant_id, payload) VALUES (:merchant,
  '{"id": 880001, "name": "#880001", "total_price": "54.00", "currency": "USD", "financial_status": "paid", "created_at": "2026-10-18T10:00:00Z", "updated_at": "2026-10-19T10:00:00Z"}');
SELECT * FROM pg_temp.state('880001');
ROLLBACK;

-- Somebody disagrees: it is not done again.
SELECT meshline.take_back_correction(x.exception_id, 'the tip was the waiter''s') FROM meshline.exceptions AS x
WHERE x.merchant_id = :merchant AND x.reason_code = 'TIP_MISMATCH';
CALL meshline.reconcile_all();
SELECT * FROM pg_temp.state('880001');
DO $$
BEGIN
  PERFORM meshline.take_back_correction(x.exception_id, 'again') FROM meshline.exceptions AS x
  WHERE x.merchant_id = current_setting('test.merchant')::bigint AND x.reason_code = 'TIP_MISMATCH';
EXCEPTION WHEN object_not_in_prerequisite_state THEN
  RAISE WARNING '%', regexp_replace(sqlerrm, '[0-9]+', 'N');
END
$$;

-- Not in a closed period.
CALL pg_temp.sell('880002', '2026-09-29');
SELECT meshline.close_period(:merchant, '2026-09-30', '2026-10-05 00:00+00');
CALL pg_temp.pay('b', '880002', 5400, 400, 1790676000);
SELECT * FROM pg_temp.state('880002');
SELECT meshline.reopen_period(:merchant, '2026-09-30', 'one more tip');
CALL meshline.reconcile_all();
SELECT * FROM pg_temp.state('880002');

-- A cent of tax is corrected without being asked for.
CALL pg_temp.sell('880003');
CALL pg_temp.pay('c', '880003', 5000);
INSERT INTO staging.netsuite_cash_sale (merchant_id, payload) VALUES (:merchant,
  '{"id": "9003", "tranId": "CS9003", "tranDate": "2026-10-18", "otherRefNum": "880003", "total": 50.00, "taxTotal": 3.99, "currency": {"refName": "USD"},
    "lastModifiedDate": "2026-10-18T12:00:00Z", "status": {"id": "deposited"}}');
SELECT * FROM pg_temp.state('880003');
-- The order becomes part of another one, and what was found of it is gone.
SELECT meshline.merge(a.canonical_id, b.canonical_id, 'one order') IS NOT NULL AS is_merged
FROM meshline.order_status AS a JOIN meshline.order_status AS b USING (merchant_id)
WHERE a.merchant_id = :merchant AND a.anchor_value = '880001' AND b.anchor_value = '880003';
SELECT e.reason_code, e.is_present, c.account, c.amount, c.standing_minor, c.reason
FROM meshline.corrections AS c JOIN meshline.recon_exception AS e USING (merchant_id, exception_id)
WHERE c.merchant_id = :merchant AND NOT e.is_present ORDER BY c.correction_id;
SELECT * FROM meshline.verify_history();

-- A line of a settlement that is there twice, to the last byte, is taken back; its twin that differs in anything is for people to judge.
SELECT meshline.connect('amazon', 'corrections', :merchant) > 0 AS is_connected;
SELECT meshline.set_policy('auto_correct_minor.SETTLEMENT_LINE_DUPLICATE', '5000', merchant_id => :merchant);
INSERT INTO staging.amazon_order (merchant_id, payload)
SELECT :merchant, format('{"AmazonOrderId": "703-000000%s-0000000", "OrderStatus": "Shipped", "PurchaseDate": "2026-10-10T10:00:00Z", "LastUpdateDate": "2026-10-10T10:00:00Z",
  "OrderTotal": {"CurrencyCode": "USD", "Amount": "20.00"}}', i) FROM generate_series(1, 2) AS i;
INSERT INTO staging.amazon_settlement_line (merchant_id, payload)
SELECT :merchant, format('{"settlement-id": "S1", "currency": "USD", "transaction-type": "Order", "order-id": "703-000000%s-0000000", "amount-type": "ItemPrice",
  "amount-description": "Principal", "amount": "20.00", "posted-date-time": "2026-10-12 10:00:00 UTC", "sku": "%s"}', l.i, l.sku)
FROM (VALUES (1, 'A'), (1, 'A'), (2, 'A'), (2, 'B')) AS l (i, sku);
SELECT x.reason_code, x.status, x.amount_at_risk, c.account, c.amount FROM meshline.exceptions AS x
LEFT JOIN meshline.corrections AS c ON c.exception_id = x.exception_id
WHERE x.merchant_id = :merchant AND x.reason_code = 'SETTLEMENT_LINE_DUPLICATE' ORDER BY x.status;
