-- Captures against orders: each code opens in the transaction that causes it and closes in the one that mends it.
SET meshline.as_of = '2026-10-20 12:00+00';
CREATE FUNCTION pg_temp.sell(id text, total text, currency text, status text) RETURNS void LANGUAGE sql AS $$
  INSERT INTO staging.shopify_order (payload) VALUES (format('{"id": %s, "name": "#P%s", "total_price": "%s", "currency": "%s",
    "financial_status": "%s", "created_at": "2026-10-18T10:00:00Z", "updated_at": "2026-10-18T10:00:00Z", "line_items": [{"id": 1}]}', id, id, total, currency, status))
$$;
CREATE FUNCTION pg_temp.pay(charge text, id text, minor bigint, currency text) RETURNS void LANGUAGE sql AS $$
  INSERT INTO staging.stripe_charge (payload) VALUES (format('{"id": "%s", "amount": %s, "amount_captured": %s, "captured": true,
    "status": "succeeded", "currency": "%s", "created": 1792317600, "livemode": true, "metadata": {"shopify_order_id": "%s"}}', charge, minor, minor, currency, id))
$$;
CREATE FUNCTION pg_temp.found(id text) RETURNS TABLE (reason_code text, expected numeric, actual numeric, at_risk numeric, currency text, status text, explanation text) LANGUAGE sql AS $$
  SELECT reason_code, expected, actual, amount_at_risk, currency, status, explanation FROM meshline.exceptions
  WHERE canonical_id = meshline.canonical_of('shopify', 'order', id) AND reason_code NOT IN ('POSTING_MISSING', 'MISSING_SETTLEMENT') ORDER BY 1
$$;
\o /dev/null
-- Part of the money: underpaid, once the shop says paid and a day has passed.
SELECT pg_temp.sell('940000000001', '50.00', 'USD', 'paid'), pg_temp.pay('ch_p01', '940000000001', 4500, 'usd');
\o
SELECT * FROM pg_temp.found('940000000001');
\o /dev/null
SELECT pg_temp.pay('ch_p02', '940000000001', 500, 'usd');
\o
SELECT reason_code, status FROM pg_temp.found('940000000001');
-- Pending orders are expectations until pending_payment_days have passed.
\o /dev/null
SELECT pg_temp.sell('940000000002', '20.00', 'USD', 'pending');
\o
SELECT reason_code, amount, due_at AT TIME ZONE 'UTC' AS due FROM meshline.expectations WHERE canonical_id = meshline.canonical_of('shopify', 'order', '940000000002');
SELECT * FROM pg_temp.found('940000000002');
CALL meshline.sweep('2026-10-25 09:59:59+00');
SELECT reason_code FROM pg_temp.found('940000000002');
SET client_min_messages = warning;
CALL meshline.sweep('2026-10-25 10:00:00+00');
RESET client_min_messages;
SELECT reason_code, at_risk, explanation FROM pg_temp.found('940000000002');
-- Too much; twice; in another currency; a power of ten too much.
\o /dev/null
SELECT pg_temp.sell('940000000003', '50.00', 'USD', 'paid'), pg_temp.pay('ch_p03', '940000000003', 5100, 'usd');
SELECT pg_temp.sell('940000000004', '50.00', 'USD', 'paid'), pg_temp.pay('ch_p04', '940000000004', 5000, 'usd'), pg_temp.pay('ch_p05', '940000000004', 5000, 'usd');
SELECT pg_temp.sell('940000000005', '50.00', 'USD', 'paid'), pg_temp.pay('ch_p06', '940000000005', 5000, 'eur');
SELECT pg_temp.sell('940000000006', '5000', 'JPY', 'paid'), pg_temp.pay('ch_p07', '940000000006', 500000, 'jpy');
SELECT pg_temp.sell('940000000007', '12.345', 'KWD', 'paid'), pg_temp.pay('ch_p08', '940000000007', 12345, 'kwd');
-- Two equal halves only look double.
SELECT pg_temp.sell('940000000008', '50.00', 'USD', 'paid'), pg_temp.pay('ch_p09', '940000000008', 2500, 'usd'), pg_temp.pay('ch_p10', '940000000008', 2500, 'usd');
-- Cancelled, with the money kept.
SELECT pg_temp.pay('ch_p11', '940000000009', 3000, 'usd');
INSERT INTO staging.shopify_order (payload) VALUES ('{"id": 940000000009, "name": "#P940000000009", "total_price": "30.00", "currency": "USD", "financial_status": "paid",
  "cancelled_at": "2026-10-19T10:00:00Z", "created_at": "2026-10-18T10:00:00Z", "updated_at": "2026-10-19T10:00:00Z"}');
-- Amounts up to the end of int64.
SELECT pg_temp.sell('940000000010', '92233720368547758.07', 'USD', 'paid'), pg_temp.pay('ch_p12', '940000000010', 9223372036854775807, 'usd');
\o
SELECT n, f.* FROM generate_series(3, 10) AS n, pg_temp.found('9400000000' || to_char(n, 'FM00')) AS f ORDER BY n;
-- Money that names an order that never comes, and money that names none.
\o /dev/null
SELECT pg_temp.pay('ch_p20', '940000000099', 700, 'usd');
INSERT INTO staging.stripe_charge (payload) VALUES ('{"id": "ch_p21", "amount": 800, "amount_captured": 800, "captured": true, "status": "succeeded", "currency": "usd", "created": 1792317600, "livemode": true}');
\o
SELECT reason_code, owner_queue, is_holding, amount_at_risk, explanation FROM meshline.open_exceptions
WHERE record_ids && ARRAY['stripe:charge:ch_p20', 'stripe:charge:ch_p21'] AND reason_code <> 'MISSING_SETTLEMENT' ORDER BY reason_code;
