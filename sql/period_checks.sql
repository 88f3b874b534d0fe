-- Closed periods: a document that is altered there, one that is added, and what opening it again makes of both.
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET datestyle = iso;
SET client_min_messages = warning;
SET meshline.as_of = '2026-10-20 12:00+00';
SELECT meshline.add_merchant('period', 'USD', 'America/New_York') AS merchant \gset
SELECT meshline.connect('shopify', 'period.myshopify.com', :merchant) AS shop, meshline.connect('stripe', 'acct_period', :merchant) AS stripe, meshline.connect('quickbooks', 'period', :merchant) AS books \gset
SELECT meshline.set_policy('settlement_window_days', NULL, :stripe);
SELECT set_config('test.merchant', :'merchant', false) IS NOT NULL AS is_set;
CREATE PROCEDURE pg_temp.sell(id text, total text, moment text) LANGUAGE sql AS $$
  INSERT INTO staging.shopify_order (merchant_id, payload) VALUES (current_setting('test.merchant')::bigint, format(
    '{"id": %s, "name": "#P%s", "total_price": "%s", "currency": "USD", "financial_status": "paid", "created_at": "%s", "updated_at": "%s"}', id, id, total, moment, moment));
  INSERT INTO staging.stripe_charge (merchant_id, payload) VALUES (current_setting('test.merchant')::bigint, format(
    '{"id": "ch_%s", "amount": %s, "captured": true, "status": "succeeded", "currency": "usd", "created": %s, "livemode": true, "metadata": {"shopify_order_id": "%s"}}',
    id, (total::numeric * 100)::bigint, extract(epoch FROM moment::timestamptz)::bigint, id));
$$;
CREATE PROCEDURE pg_temp.post(id text, order_id text, total text, day text, token int DEFAULT 0, more text DEFAULT '') LANGUAGE sql AS $$
  INSERT INTO staging.quickbooks_sales_receipt (merchant_id, payload) VALUES (current_setting('test.merchant')::bigint, format(
    '{"Id": "%s", "SyncToken": "%s", "DocNumber": "P%s", "TxnDate": "%s", "TotalAmt": %s, "CurrencyRef": {"value": "USD"}, "MetaData": {"LastUpdatedTime": "2026-10-1%sT10:00:00Z"}%s}',
    id, token, order_id, day, total, token, more));
$$;
CREATE FUNCTION pg_temp.found() RETURNS TABLE (reason_code text, subject text, status text, expected numeric, actual numeric, at_risk numeric, explanation text) LANGUAGE sql AS $$
  SELECT x.reason_code, x.record_ids[1], x.status, x.expected, x.actual, x.amount_at_risk, x.explanation FROM meshline.exceptions AS x
  WHERE x.merchant_id = current_setting('test.merchant')::bigint ORDER BY x.reason_code, x.record_ids[1], x.explanation
$$;
-- The error of a call, without ids.
CREATE FUNCTION pg_temp.refusal(call text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE 'SELECT ' || call;
  RETURN 'none';
EXCEPTION WHEN OTHERS THEN
  RETURN regexp_replace(SQLERRM, 'merchant [0-9]+', 'merchant N');
END
$$;

-- September is posted and closed. The last one is of the evening of September 30 in New York, and dated by the ledger's own zone.
CALL pg_temp.sell('871000000001', '50.00', '2026-09-10T10:00:00-04:00');
CALL pg_temp.post('8711', '871000000001', '50.00', '2026-09-10');
CALL pg_temp.sell('871000000002', '60.00', '2026-09-11T10:00:00-04:00');
CALL pg_temp.post('8712', '871000000002', '60.00', '2026-09-11', 0, ', "TxnTaxDetail": {"TotalTax": 4.00}');
CALL pg_temp.sell('871000000003', '70.00', '2026-09-12T10:00:00-04:00');
CALL pg_temp.sell('871000000004', '80.00', '2026-09-30T22:00:00-04:00');
CALL pg_temp.post('8714', '871000000004', '80.00', '2026-09-30');
CALL pg_temp.post('8710', '871000000001', '0', '2026-09-10', 0, ', "PrivateNote": "void"');
SELECT meshline.close_period(:merchant, '2026-09-30', '2026-10-05 00:00+00');
SELECT f.object, f.external_id, f.through_date, f.amount_minor FROM meshline.frozen_posting AS f WHERE f.merchant_id = :merchant ORDER BY f.external_id;
SELECT f.reason_code, f.subject, f.status FROM pg_temp.found() AS f;

-- What books the same as before is no alteration: a payment was applied, and the document is delivered again.
CALL pg_temp.post('8711', '871000000001', '50.00', '2026-09-10', 1, ', "Balance": 0');
SELECT f.reason_code, f.subject, f.status FROM pg_temp.found() AS f WHERE f.reason_code LIKE 'POSTING_A%' OR f.reason_code LIKE 'POSTING_O%';
-- Another amount, another tax, another day; it closes when the document is set back.
CALL pg_temp.post('8711', '871000000001', '41.00', '2026-09-10', 2);
CALL pg_temp.post('8712', '871000000002', '60.00', '2026-09-11', 2, ', "TxnTaxDetail": {"TotalTax": 6.50}');
CALL pg_temp.post('8714', '871000000004', '80.00', '2026-10-01', 2);
SELECT * FROM pg_temp.found() AS f WHERE f.status = 'open' AND f.reason_code <> 'POSTING_MISSING';
SELECT x.severity, x.owner_queue, x.is_holding FROM meshline.exceptions AS x WHERE x.merchant_id = :merchant AND x.reason_code = 'POSTING_ALTERED_AFTER_MATCH' AND x.record_ids[1] LIKE '%8711';
SELECT e.item, e.label, e.record_id, e.value, e.content FROM meshline.exceptions AS x, meshline.explain(x.exception_id) AS e
WHERE x.merchant_id = :merchant AND x.reason_code = 'POSTING_ALTERED_AFTER_MATCH' AND x.record_ids[1] LIKE '%8711' AND e.item IN ('number', 'formula', 'remedy') ORDER BY e.line;
CALL pg_temp.post('8711', '871000000001', '50.00', '2026-09-10', 3);
SELECT f.status FROM pg_temp.found() AS f WHERE f.reason_code = 'POSTING_ALTERED_AFTER_MATCH' AND f.subject LIKE '%8711';
-- Voided: one finding, and not that the posting is missing.
CALL pg_temp.post('8711', '871000000001', '0', '2026-09-10', 4, ', "PrivateNote": "Voided"');
SELECT * FROM pg_temp.found() AS f WHERE f.subject LIKE '%8711' OR f.explanation LIKE '%50.00%';

-- A document of September that comes only now, and one of October.
CALL pg_temp.post('8713', '871000000003', '70.00', '2026-09-30');
CALL pg_temp.sell('871000000005', '90.00', '2026-09-30T20:00:00-04:00');
CALL pg_temp.post('8715', '871000000005', '90.00', '2026-10-01');
SELECT * FROM pg_temp.found() AS f WHERE f.subject LIKE '%8713' OR f.subject LIKE '%8715';
-- It stays out of its period when the next one is closed, and goes when it is dated to an open one.
SELECT meshline.close_period(:merchant, '2026-10-10');
SELECT f.external_id, f.through_date FROM meshline.frozen_posting AS f WHERE f.merchant_id = :merchant ORDER BY f.external_id;
CALL pg_temp.post('8713', '871000000003', '70.00', '2026-09-30', 1, ', "Balance": 0');
SELECT f.status FROM pg_temp.found() AS f WHERE f.subject LIKE '%8713';
CALL pg_temp.post('8713', '871000000003', '70.00', '2026-10-12', 2);
SELECT f.status FROM pg_temp.found() AS f WHERE f.subject LIKE '%8713';

-- Only the latest period is opened again; then what was altered there is judged as in any open one.
SELECT pg_temp.refusal(format('meshline.reopen_period(%s, ''2026-09-30'', ''audit'')', :merchant));
SELECT meshline.reopen_period(:merchant, '2026-10-10', 'audit');
SELECT meshline.reopen_period(:merchant, '2026-09-30', 'audit');
SELECT count(*) AS frozen FROM meshline.frozen_posting AS f WHERE f.merchant_id = :merchant;
SELECT f.reason_code, f.subject, f.status FROM pg_temp.found() AS f;
-- Closed once more, it is what it is now that counts.
SELECT meshline.close_period(:merchant, '2026-09-30');
SELECT f.external_id, f.amount_minor FROM meshline.frozen_posting AS f WHERE f.merchant_id = :merchant ORDER BY f.external_id;
