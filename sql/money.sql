-- Money is int64 in the minor unit of its currency; what cannot be held exactly is refused, never rounded.
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET datestyle = iso;
SET meshline.as_of = '2026-10-19 09:00+00';
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
  WHERE x.canonical_id = meshline.canonical_of('shopify', 'order', order_id) AND x.reason_code IN ('MINOR_UNIT_ERROR', 'CURRENCY_MISMATCH', 'OVERCAPTURE', 'UNDERPAYMENT', 'INVALID_PAYLOAD')
  ORDER BY x.reason_code, x.explanation
$$;

SELECT c, meshline.currency_exponent(c) FROM unnest(ARRAY['USD', 'JPY', 'KWD', 'CLF', 'ISK', 'usd', 'XXX', '']) WITH ORDINALITY AS u (c, i) ORDER BY u.i;
SELECT meshline.major_units(1234, 'USD') AS usd, meshline.major_units(1234, 'JPY') AS jpy, meshline.major_units(1234, 'KWD') AS kwd,
       meshline.major_units(-5, 'USD') AS negative, meshline.major_units(9223372036854775807, 'USD') AS int64, meshline.major_units(1234, NULL) AS unknown;

-- Currencies with no, two and three decimals, paid to the last unit; amounts as text or as a number.
CALL pg_temp.sell('940000000001', '5000', 'JPY', 'paid');
CALL pg_temp.pay('ch_mo1', '940000000001', 5000, 'jpy');
CALL pg_temp.sell('940000000002', '12.345', 'KWD', 'paid');
CALL pg_temp.pay('ch_mo2', '940000000002', 12345, 'kwd');
CALL pg_temp.sell('940000000003', '92233720368547758.07', 'USD', 'paid');
CALL pg_temp.pay('ch_mo3', '940000000003', 9223372036854775807, 'usd');
-- Stripe counts the Icelandic crown as if it had two decimals.
CALL pg_temp.sell('940000000004', '700', 'ISK', 'paid');
CALL pg_temp.pay('ch_mo4', '940000000004', 70000, 'isk');
CALL pg_temp.sell('940000000005', '12.50', 'USD', 'paid');
INSERT INTO staging.netsuite_cash_sale (payload) VALUES
  ('{"internalId": "9405", "externalId": "940000000005", "total": 12.5, "currencyName": "USD", "createdDate": "2026-10-18T10:00:00Z", "lastModifiedDate": "2026-10-18T10:00:00Z"}');
CALL pg_temp.pay('ch_mo5', '940000000005', 1250, 'usd');
CALL pg_temp.sell('940000000006', '5000.00', 'JPY', 'paid');
CALL pg_temp.pay('ch_mo6', '940000000006', 5000, 'jpy');
SELECT s.anchor_value, s.total_minor, s.captured_minor, s.total, s.captured, s.posted, s.currency, s.open_exceptions
FROM meshline.order_status AS s WHERE s.anchor_value LIKE '94000000000_' ORDER BY 1;

-- Too precise, too large, no number: named, held, not rounded.
CALL pg_temp.sell('940000000011', '10.005', 'USD', 'pending');
CALL pg_temp.sell('940000000012', '10.5', 'JPY', 'pending');
CALL pg_temp.sell('940000000013', '92233720368547758.08', 'USD', 'pending');
CALL pg_temp.sell('940000000014', '1e400', 'USD', 'pending');
CALL pg_temp.sell('940000000015', '10,50', 'USD', 'pending');
CALL pg_temp.sell('940000000016', 'NaN', 'USD', 'pending');
CALL pg_temp.sell('940000000017', '10.00', 'ZZZ', 'pending');
SELECT '9400000000' || n AS order_id, f.reason_code, f.status, f.explanation
FROM generate_series(11, 17) AS n, pg_temp.found('9400000000' || n) AS f ORDER BY n;

-- A power of ten apart in a currency without two decimals: somebody multiplied by a hundred.
CALL pg_temp.sell('940000000021', '5000', 'JPY', 'paid');
CALL pg_temp.pay('ch_mo21', '940000000021', 500000, 'jpy');
SELECT * FROM pg_temp.found('940000000021');
-- In US dollars it is an overcapture like any other.
CALL pg_temp.sell('940000000022', '50.00', 'USD', 'paid');
CALL pg_temp.pay('ch_mo22', '940000000022', 500000, 'usd');
SELECT * FROM pg_temp.found('940000000022');
CALL pg_temp.resell('940000000021', '500000', 'JPY', 'paid');
SELECT f.reason_code, f.status FROM pg_temp.found('940000000021') AS f;

-- The same number in another currency is no payment of the order.
CALL pg_temp.sell('940000000023', '50.00', 'USD', 'paid');
CALL pg_temp.pay('ch_mo23', '940000000023', 5000, 'eur');
SELECT * FROM pg_temp.found('940000000023');
SELECT s.total, s.captured, s.currency, s.state FROM meshline.order_status AS s WHERE s.anchor_value = '940000000023';
CALL pg_temp.resell('940000000023', '50.00', 'EUR', 'paid');
SELECT f.reason_code, f.status FROM pg_temp.found('940000000023') AS f;

-- Sums stop at the ends of their type: no view fails because of what some payload says.
CALL pg_temp.sell('940000000031', '1.00', 'USD', 'paid');
CALL pg_temp.pay('ch_mo31', '940000000031', 9223372036854775807, 'usd');
CALL pg_temp.sell('940000000032', '1.00', 'USD', 'paid');
CALL pg_temp.pay('ch_mo32', '940000000032', 9223372036854775807, 'usd');
INSERT INTO staging.stripe_refund (payload)
SELECT format('{"id": "re_mo3%s", "charge": "ch_mo22", "amount": 9223372036854775807, "currency": "usd", "status": "succeeded", "created": 1792404000, "livemode": true}', n)
FROM generate_series(1, 2) AS n;
INSERT INTO staging.stripe_payout (payload) VALUES ('{"id": "po_mo31", "amount": -9223372036854775807, "currency": "usd", "status": "paid", "created": 1792317600, "arrival_date": 1792404000, "livemode": true}');
INSERT INTO staging.stripe_balance_transaction (payload)
SELECT format('{"id": "txn_mo3%s", "amount": -9223372036854775807, "fee": 9223372036854775807, "net": -9223372036854775807, "currency": "usd", "type": "refund", "source": "re_mo3%s", "payout": "po_mo31", "created": 1792404000, "available_on": 1792404000}', n, n)
FROM generate_series(1, 2) AS n;
SELECT l.at_risk_minor, l.at_risk FROM meshline.revenue_leakage AS l WHERE l.merchant_id = 1 AND l.reason_code = 'OVERCAPTURE' AND l.currency = 'USD';
DO $$
DECLARE
  of_view record;
BEGIN
  FOR of_view IN SELECT c.oid::regclass AS name FROM pg_class AS c WHERE c.relnamespace = 'meshline'::regnamespace AND c.relkind = 'v' ORDER BY c.relname LOOP
    BEGIN
      EXECUTE format('SELECT count(v::text) FROM %s AS v', of_view.name);
    EXCEPTION WHEN OTHERS THEN
      RAISE NOTICE '% fails: %', of_view.name, SQLERRM;
    END;
  END LOOP;
END
$$;
