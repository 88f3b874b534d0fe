-- Ledger documents against orders and refunds: each reason opens with its cause and closes with its cure.
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

CREATE PROCEDURE pg_temp.post(object text, id text, order_name text, total text, more text DEFAULT '', currency text DEFAULT 'USD') LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('INSERT INTO staging.netsuite_%s (payload) VALUES ($1)', object) USING format(
    '{"internalId": "%s", "otherRefNum": "%s", "total": %s, "currencyName": "%s", "createdDate": "2026-10-19T10:00:00Z"%s}',
    id, order_name, total, currency, CASE WHEN more = '' THEN ', "lastModifiedDate": "2026-10-19T10:00:00Z"' ELSE more END);
END
$$;

CREATE FUNCTION pg_temp.found(order_id text)
  RETURNS TABLE (reason_code text, status text, expected numeric, actual numeric, at_risk numeric, currency text, explanation text)
LANGUAGE sql AS $$
  SELECT x.reason_code, x.status, x.expected, x.actual, x.amount_at_risk, x.currency, x.explanation
  FROM meshline.exceptions AS x
  WHERE x.canonical_id = meshline.canonical_of('shopify', 'order', order_id) AND x.reason_code IN ('POSTING_MISSING', 'POSTING_DUPLICATE', 'POSTING_AMOUNT_MISMATCH', 'CURRENCY_MISMATCH')
  ORDER BY x.reason_code, x.explanation
$$;

CREATE FUNCTION pg_temp.expected(order_id text) RETURNS TABLE (reason_code text, subject text, amount numeric, due_at timestamptz, explanation text)
LANGUAGE sql AS $$
  SELECT e.reason_code, e.subject, e.amount, e.due_at, e.explanation FROM meshline.expectations AS e
  WHERE e.canonical_id = meshline.canonical_of('shopify', 'order', order_id) AND e.reason_code LIKE 'POSTING%' ORDER BY 1, 2
$$;
SET client_min_messages = warning;

-- POSTING_MISSING: the ledger has three days.
CALL pg_temp.sell('970000000001', '50.00', 'USD', 'paid');
CALL pg_temp.pay('ch_po1', '970000000001', 5000, 'usd');
SELECT * FROM pg_temp.expected('970000000001');
SELECT count(*) AS postable FROM meshline.postable_orders AS p WHERE p.anchor_value = '970000000001';
CALL meshline.sweep('2026-10-21 09:59+00');
SELECT * FROM pg_temp.found('970000000001');
CALL meshline.sweep('2026-10-21 10:00+00');
SELECT * FROM pg_temp.found('970000000001');
SET meshline.as_of = '2026-10-21 12:00+00';
CALL pg_temp.post('cash_sale', '9701', '970000000001', '50.00');
SELECT f.reason_code, f.status FROM pg_temp.found('970000000001') AS f;
-- The refund is a posting of its own.
INSERT INTO staging.stripe_refund (payload) VALUES
  ('{"id": "re_po1", "amount": 2000, "currency": "usd", "status": "succeeded", "created": 1792490400, "charge": "ch_po1"}');
SELECT * FROM pg_temp.expected('970000000001');
SET meshline.as_of = '2026-10-23 10:00+00';
CALL meshline.sweep('2026-10-23 10:00+00');
SELECT * FROM pg_temp.found('970000000001') AS f WHERE f.status = 'open';
CALL pg_temp.post('customer_refund', '9702', '970000000001', '20.00');
SELECT f.reason_code, f.status, f.at_risk FROM pg_temp.found('970000000001') AS f;
SET meshline.as_of = '2026-10-20 12:00+00';

-- An order without money needs no posting.
CALL pg_temp.sell('970000000002', '50.00', 'USD', 'pending');
SELECT * FROM pg_temp.expected('970000000002');

-- POSTING_DUPLICATE, until one document is voided. A sales order and its cash sale book the sale once each.
CALL pg_temp.sell('970000000003', '50.00', 'USD', 'paid');
CALL pg_temp.pay('ch_po3', '970000000003', 5000, 'usd');
CALL pg_temp.post('sales_order', '9703', '970000000003', '50.00');
CALL pg_temp.post('cash_sale', '9704', '970000000003', '50.00');
SELECT * FROM pg_temp.found('970000000003');
CALL pg_temp.post('cash_sale', '9705', '970000000003', '50.00');
SELECT * FROM pg_temp.found('970000000003');
CALL pg_temp.post('cash_sale', '9705', '970000000003', '50.00', ', "status": "Voided", "lastModifiedDate": "2026-10-19T11:00:00Z"');
SELECT f.reason_code, f.status FROM pg_temp.found('970000000003') AS f;

-- POSTING_AMOUNT_MISMATCH, until the document is corrected.
CALL pg_temp.sell('970000000004', '50.00', 'USD', 'paid');
CALL pg_temp.pay('ch_po4', '970000000004', 5000, 'usd');
CALL pg_temp.post('cash_sale', '9706', '970000000004', '49.99');
SELECT * FROM pg_temp.found('970000000004');
CALL pg_temp.post('cash_sale', '9706', '970000000004', '45.00', ', "lastModifiedDate": "2026-10-19T11:00:00Z"');
SELECT * FROM pg_temp.found('970000000004');
SELECT x.is_holding, x.record_ids FROM meshline.exceptions AS x
WHERE x.canonical_id = meshline.canonical_of('shopify', 'order', '970000000004') AND x.reason_code = 'POSTING_AMOUNT_MISMATCH';
CALL pg_temp.post('cash_sale', '9706', '970000000004', '50.00', ', "lastModifiedDate": "2026-10-19T12:00:00Z"');
SELECT f.reason_code, f.status FROM pg_temp.found('970000000004') AS f;
-- A refund that is posted and not known yet has a day to come in.
SET meshline.as_of = '2026-10-19 12:00+00';
CALL pg_temp.post('customer_refund', '9707', '970000000004', '10.00');
SELECT * FROM pg_temp.expected('970000000004');
SET meshline.as_of = '2026-10-20 12:00+00';
CALL meshline.sweep('2026-10-20 12:00+00');
SELECT * FROM pg_temp.found('970000000004') AS f WHERE f.status = 'open';
INSERT INTO staging.stripe_refund (payload) VALUES
  ('{"id": "re_po4", "amount": 1000, "currency": "usd", "status": "succeeded", "created": 1792404000, "charge": "ch_po4"}');
SELECT f.reason_code, f.status FROM pg_temp.found('970000000004') AS f;

-- A document in another currency than the order's.
CALL pg_temp.sell('970000000005', '50.00', 'USD', 'paid');
CALL pg_temp.pay('ch_po5', '970000000005', 5000, 'usd');
CALL pg_temp.post('cash_sale', '9708', '970000000005', '50.00', '', 'EUR');
SELECT * FROM pg_temp.found('970000000005');
CALL pg_temp.post('cash_sale', '9708', '970000000005', '50.00', ', "lastModifiedDate": "2026-10-19T11:00:00Z"');
SELECT f.reason_code, f.status FROM pg_temp.found('970000000005') AS f;

-- A copy in the second ledger neither replaces the posting nor doubles it.
CALL pg_temp.sell('970000000006', '50.00', 'USD', 'paid');
CALL pg_temp.pay('ch_po6', '970000000006', 5000, 'usd');
INSERT INTO staging.quickbooks_sales_receipt (payload) VALUES
  ('{"Id": "9709", "SyncToken": "0", "DocNumber": "970000000006", "TotalAmt": 50.00, "CurrencyRef": {"value": "USD"}, "TxnDate": "2026-10-18", "MetaData": {"CreateTime": "2026-10-18T10:00:00Z", "LastUpdatedTime": "2026-10-18T10:00:00Z"}}');
SELECT * FROM pg_temp.expected('970000000006');
CALL pg_temp.post('cash_sale', '9710', '970000000006', '50.00');
SELECT * FROM pg_temp.expected('970000000006');
SELECT * FROM pg_temp.found('970000000006');
