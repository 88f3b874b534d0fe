-- Captures against settlement lines, and payouts against the sum of their lines.
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET datestyle = iso;
SET meshline.as_of = '2026-10-20 12:00+00';
CREATE PROCEDURE pg_temp.pay(charge text, order_id text, minor bigint, currency text, status text DEFAULT 'succeeded') LANGUAGE sql AS $$
  INSERT INTO staging.stripe_charge (payload) VALUES (format(
    '{"id": "%s", "amount": %s, "captured": true, "status": "%s", "currency": "%s", "created": 1792317600, "livemode": true,'
    ' "metadata": {"shopify_order_id": "%s"}}', charge, minor, status, currency, order_id));
$$;

CREATE PROCEDURE pg_temp.sell(id text, total text, currency text, status text, more text DEFAULT '') LANGUAGE sql AS $$
  INSERT INTO staging.shopify_order (payload) VALUES (format(
    '{"id": %s, "name": "#%s", "total_price": "%s", "currency": "%s", "financial_status": "%s", "created_at": "2026-10-18T10:00:00Z",'
    ' "updated_at": "2026-10-18T10:00:00Z", "line_items": [{"id": 1}]%s}', id, id, total, currency, status, more));
$$;

CREATE PROCEDURE pg_temp.line(id text, source text, minor bigint, fee bigint, payout text, currency text DEFAULT 'usd') LANGUAGE sql AS $$
  INSERT INTO staging.stripe_balance_transaction (payload) VALUES (format(
    '{"id": "%s", "object": "balance_transaction", "amount": %s, "fee": %s, "net": %s, "currency": "%s", "created": 1792317600, "type": "charge",'
    ' "source": "%s", "payout": "%s"}', id, minor, fee, minor - fee, currency, source, payout));
$$;
CREATE PROCEDURE pg_temp.payout(id text, minor bigint, status text DEFAULT 'paid') LANGUAGE sql AS $$
  INSERT INTO staging.stripe_payout (payload) VALUES (format(
    '{"id": "%s", "object": "payout", "amount": %s, "currency": "usd", "status": "%s", "created": 1792317600, "arrival_date": 1792454400, "livemode": true}',
    id, minor, status));
$$;
CREATE FUNCTION pg_temp.found(record_id text)
  RETURNS TABLE (reason_code text, status text, is_holding boolean, expected numeric, actual numeric, at_risk numeric, explanation text)
LANGUAGE sql AS $$
  SELECT x.reason_code, x.status, x.is_holding, x.expected, x.actual, x.amount_at_risk, x.explanation
  FROM meshline.exceptions AS x WHERE x.record_ids @> ARRAY[record_id] AND x.reason_code IN ('MISSING_SETTLEMENT', 'SETTLEMENT_TOTAL_MISMATCH')
$$;
CREATE FUNCTION pg_temp.expected(of_subject text) RETURNS TABLE (reason_code text, owner_queue text, amount numeric, due_at timestamptz, explanation text)
LANGUAGE sql AS $$
  SELECT e.reason_code, e.owner_queue, e.amount, e.due_at, e.explanation FROM meshline.expectations AS e WHERE e.subject = of_subject
$$;
SET client_min_messages = warning;

-- MISSING_SETTLEMENT: seven days after the capture, as Stripe's definition says.
CALL pg_temp.sell('980000000001', '50.00', 'USD', 'paid');
CALL pg_temp.pay('ch_st1', '980000000001', 5000, 'usd');
SELECT * FROM pg_temp.expected('stripe:charge:ch_st1');
CALL meshline.sweep('2026-10-25 09:59:59+00');
SELECT * FROM pg_temp.found('stripe:charge:ch_st1');
CALL meshline.sweep('2026-10-25 10:00:00+00');
SELECT * FROM pg_temp.found('stripe:charge:ch_st1');
SET meshline.as_of = '2026-10-25 12:00+00';
CALL pg_temp.line('txn_st1', 'ch_st1', 5000, 175, 'po_st1');
SELECT f.reason_code, f.status FROM pg_temp.found('stripe:charge:ch_st1') AS f;
SELECT s.settled, meshline.major_units(s.fee_minor, s.currency) AS fee FROM meshline.order_status AS s WHERE s.anchor_value = '980000000001';

-- SETTLEMENT_TOTAL_MISMATCH: a day after the payout's arrival its lines must add up to it.
SET meshline.as_of = '2026-10-20 12:00+00';
CALL pg_temp.line('txn_st2', 'ch_st2', 10000, 320, 'po_st2');
CALL pg_temp.line('txn_st3', 'ch_st3', 2000, 88, 'po_st2');
CALL pg_temp.payout('po_st2', 12592);
SELECT * FROM pg_temp.expected('stripe:payout:po_st2');
SELECT * FROM pg_temp.found('stripe:payout:po_st2');
CALL meshline.sweep('2026-10-21 00:00+00');
SELECT * FROM pg_temp.found('stripe:payout:po_st2');
SELECT x.owner_queue, x.severity FROM meshline.exceptions AS x WHERE x.record_ids = ARRAY['stripe:payout:po_st2'];
-- The line that was missing arrives.
SET meshline.as_of = '2026-10-21 12:00+00';
CALL pg_temp.line('txn_st4', 'ch_st4', 1030, 30, 'po_st2');
SELECT f.reason_code, f.status FROM pg_temp.found('stripe:payout:po_st2') AS f;
-- One line too many, and it is off by that much.
CALL pg_temp.line('txn_st5', 'ch_st5', 100, 0, 'po_st2');
SELECT * FROM pg_temp.found('stripe:payout:po_st2');
-- A payout that failed pays nothing out.
CALL pg_temp.payout('po_st2', 12592, 'failed');
SELECT f.reason_code, f.status FROM pg_temp.found('stripe:payout:po_st2') AS f;

-- A line in another currency cannot be part of the sum.
CALL pg_temp.payout('po_st3', 1000);
CALL pg_temp.line('txn_st6', 'ch_st6', 1000, 0, 'po_st3');
SELECT * FROM pg_temp.found('stripe:payout:po_st3');
CALL pg_temp.line('txn_st7', 'ch_st7', 500, 0, 'po_st3', 'eur');
SELECT * FROM pg_temp.found('stripe:payout:po_st3');

-- A deposit in the ledger brings its lines with it.
INSERT INTO staging.quickbooks_deposit (payload) VALUES (
  '{"Id": "9801", "SyncToken": "0", "TotalAmt": 90.00, "CurrencyRef": {"value": "USD"}, "TxnDate": "2026-10-18", "MetaData": {"CreateTime": "2026-10-18T09:00:00Z",
    "LastUpdatedTime": "2026-10-18T09:00:00Z"}, "Line": [{"LineNum": 1, "DetailType": "DepositLineDetail", "Amount": 100.00}, {"LineNum": 2, "DetailType": "DepositLineDetail", "Amount": -5.00}]}');
SELECT * FROM pg_temp.found('quickbooks:deposit:9801');
INSERT INTO staging.quickbooks_deposit (payload) VALUES (
  '{"Id": "9801", "SyncToken": "1", "TotalAmt": 95.00, "CurrencyRef": {"value": "USD"}, "TxnDate": "2026-10-18", "MetaData": {"CreateTime": "2026-10-18T09:00:00Z",
    "LastUpdatedTime": "2026-10-18T10:00:00Z"}, "Line": [{"LineNum": 1, "DetailType": "DepositLineDetail", "Amount": 100.00}, {"LineNum": 2, "DetailType": "DepositLineDetail", "Amount": -5.00}]}');
SELECT f.reason_code, f.status FROM pg_temp.found('quickbooks:deposit:9801') AS f;
