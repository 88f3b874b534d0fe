-- Days of two time zones: what the ledger books in another period than the store, refunds booked on the day of their order, settlements of two months.
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET datestyle = iso;
SET client_min_messages = warning;
SET meshline.as_of = '2026-10-20 12:00+00';
SELECT meshline.add_merchant('posted day', 'USD', 'America/New_York') AS merchant \gset
SELECT meshline.connect('shopify', 'posted-day.myshopify.com', :merchant) AS shop, meshline.connect('stripe', 'acct_posted_day', :merchant) AS stripe, meshline.connect('quickbooks', 'posted day', :merchant) AS books \gset
SELECT meshline.set_policy('settlement_window_days', NULL, :stripe);
SELECT set_config('test.merchant', :'merchant', false) IS NOT NULL AS is_set;
CREATE PROCEDURE pg_temp.sell(id text, total text, moment text) LANGUAGE sql AS $$
  INSERT INTO staging.shopify_order (merchant_id, payload) VALUES (current_setting('test.merchant')::bigint, format(
    '{"id": %s, "name": "#D%s", "total_price": "%s", "currency": "USD", "financial_status": "paid", "created_at": "%s", "updated_at": "%s"}', id, id, total, moment, moment));
  INSERT INTO staging.stripe_charge (merchant_id, payload) VALUES (current_setting('test.merchant')::bigint, format(
    '{"id": "ch_%s", "amount": %s, "captured": true, "status": "succeeded", "currency": "usd", "created": %s, "livemode": true, "metadata": {"shopify_order_id": "%s"}}',
    id, (total::numeric * 100)::bigint, extract(epoch FROM moment::timestamptz)::bigint, id));
$$;
CREATE PROCEDURE pg_temp.post(object text, id text, order_id text, total text, day text, token int DEFAULT 0) LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('INSERT INTO staging.quickbooks_%s (merchant_id, payload) VALUES ($1, $2)', object) USING current_setting('test.merchant')::bigint, format(
    '{"Id": "%s", "SyncToken": "%s", "DocNumber": "D%s", "TxnDate": "%s", "TotalAmt": %s, "CurrencyRef": {"value": "USD"}, "MetaData": {"LastUpdatedTime": "2026-10-1%sT10:00:00Z"}}',
    id, token, order_id, day, total, token);
END
$$;
CREATE PROCEDURE pg_temp.give_back(id text, charge text, minor bigint, moment timestamptz) LANGUAGE sql AS $$
  INSERT INTO staging.stripe_refund (merchant_id, payload) VALUES (current_setting('test.merchant')::bigint, format(
    '{"id": "%s", "amount": %s, "currency": "usd", "status": "succeeded", "created": %s, "charge": "%s"}', id, minor, extract(epoch FROM moment)::bigint, charge));
$$;
CREATE FUNCTION pg_temp.found() RETURNS TABLE (reason_code text, subject text, status text, at_risk numeric, explanation text) LANGUAGE sql AS $$
  SELECT x.reason_code, x.record_ids[1], x.status, x.amount_at_risk, x.explanation FROM meshline.exceptions AS x
  WHERE x.merchant_id = current_setting('test.merchant')::bigint AND x.reason_code IN ('TIMEZONE_CUTOFF', 'REFUND_WRONG_PERIOD', 'SETTLEMENT_SPLIT_PERIOD') ORDER BY x.reason_code, x.record_ids[1]
$$;

-- Half past eleven on September 30 in New York is October 1 in UTC.
CALL pg_temp.sell('872000000001', '50.00', '2026-09-30T23:30:00-04:00');
CALL pg_temp.post('sales_receipt', '8721', '872000000001', '50.00', '2026-10-01');
SELECT * FROM pg_temp.found();
SELECT x.owner_queue, x.severity, e.label, e.value, e.content FROM meshline.exceptions AS x, meshline.explain(x.exception_id) AS e
WHERE x.merchant_id = :merchant AND x.reason_code = 'TIMEZONE_CUTOFF' AND e.item IN ('number', 'formula', 'remedy') ORDER BY e.line;
CALL pg_temp.post('sales_receipt', '8721', '872000000001', '50.00', '2026-09-30', 1);
SELECT f.reason_code, f.status FROM pg_temp.found() AS f;
-- No matter of time zones: an evening within a month, a document of the day after, another amount.
CALL pg_temp.sell('872000000002', '50.00', '2026-09-29T23:30:00-04:00');
CALL pg_temp.post('sales_receipt', '8722', '872000000002', '50.00', '2026-09-30');
CALL pg_temp.sell('872000000003', '50.00', '2026-09-30T12:00:00-04:00');
CALL pg_temp.post('sales_receipt', '8723', '872000000003', '50.00', '2026-10-01');
CALL pg_temp.sell('872000000004', '50.00', '2026-09-30T23:30:00-04:00');
CALL pg_temp.post('sales_receipt', '8724', '872000000004', '45.00', '2026-10-01');
SELECT f.reason_code, f.subject, f.status FROM pg_temp.found() AS f;

-- A refund of October booked on the day of its order; one booked late is not early.
CALL pg_temp.sell('872000000005', '80.00', '2026-09-20T12:00:00-04:00');
CALL pg_temp.post('sales_receipt', '8725', '872000000005', '80.00', '2026-09-20');
CALL pg_temp.give_back('re_d5', 'ch_872000000005', 3000, '2026-10-02 15:00+00');
CALL pg_temp.post('refund_receipt', '8726', '872000000005', '30.00', '2026-09-20');
SELECT * FROM pg_temp.found() AS f WHERE f.status = 'open';
CALL pg_temp.post('refund_receipt', '8726', '872000000005', '30.00', '2026-10-02', 1);
SELECT f.reason_code, f.status FROM pg_temp.found() AS f;
CALL pg_temp.sell('872000000006', '80.00', '2026-09-20T12:00:00-04:00');
CALL pg_temp.post('sales_receipt', '8727', '872000000006', '80.00', '2026-09-20');
CALL pg_temp.give_back('re_d6', 'ch_872000000006', 3000, '2026-09-29 15:00+00');
CALL pg_temp.post('refund_receipt', '8728', '872000000006', '30.00', '2026-10-02');
SELECT count(*) AS open FROM pg_temp.found() AS f WHERE f.status = 'open';

-- A payout with lines of two months, where settlements are booked as wholes: the first line is of September in New York.
CREATE PROCEDURE pg_temp.line(id text, net bigint, moment timestamptz) LANGUAGE sql AS $$
  INSERT INTO staging.stripe_balance_transaction (merchant_id, payload) VALUES (current_setting('test.merchant')::bigint, format(
    '{"id": "%s", "type": "charge", "source": "ch_%s", "amount": %s, "fee": 0, "net": %s, "currency": "usd", "created": %s, "status": "available", "payout": "po_d1"}',
    id, id, net, net, extract(epoch FROM moment)::bigint));
$$;
INSERT INTO staging.stripe_payout (merchant_id, payload) VALUES (:merchant,
  '{"id": "po_d1", "amount": 10000, "currency": "usd", "status": "paid", "created": 1790899200, "arrival_date": 1790985600, "livemode": true}');
CALL pg_temp.line('txn_d1', 4000, '2026-10-01 03:00+00');
CALL pg_temp.line('txn_d2', 6000, '2026-10-01 05:00+00');
SELECT count(*) AS without_policy FROM pg_temp.found() AS f WHERE f.reason_code = 'SETTLEMENT_SPLIT_PERIOD';
SELECT meshline.set_policy('settlements_by_month', 'true', :stripe);
CALL pg_temp.line('txn_d2', 6000, '2026-10-01 05:00:01+00');
SELECT * FROM pg_temp.found() AS f WHERE f.reason_code = 'SETTLEMENT_SPLIT_PERIOD';
SELECT meshline.set_policy('time_zone', '"UTC"', :stripe);
CALL pg_temp.line('txn_d2', 6000, '2026-10-01 05:00:02+00');
SELECT f.status FROM pg_temp.found() AS f WHERE f.reason_code = 'SETTLEMENT_SPLIT_PERIOD';
