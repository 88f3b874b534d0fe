-- Money that a processor keeps back, captures after the usual window of their authorization, orders without a customer.
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET datestyle = iso;
SET client_min_messages = warning;
SET meshline.as_of = '2026-10-20 12:00+00';
SELECT meshline.add_merchant('reserve', 'USD', 'UTC') AS merchant \gset
SELECT meshline.connect('shopify', 'reserve.myshopify.com', :merchant) AS shop, meshline.connect('stripe', 'acct_reserve', :merchant) AS stripe, meshline.connect('paypal', 'reserve', :merchant) AS paypal, meshline.connect('amazon', 'reserve', :merchant) AS amazon \gset
SELECT set_config('test.merchant', :'merchant', false) IS NOT NULL AS is_set;
CREATE FUNCTION pg_temp.found() RETURNS TABLE (reason_code text, subject text, status text, at_risk numeric, currency text, explanation text) LANGUAGE sql AS $$
  SELECT x.reason_code, x.record_ids[1], x.status, x.amount_at_risk, x.currency, x.explanation FROM meshline.exceptions AS x
  WHERE x.merchant_id = current_setting('test.merchant')::bigint AND x.reason_code IN ('PAYOUT_RESERVE_HELD', 'EXTENDED_AUTH_FEE', 'UNMAPPED_CUSTOMER', 'FEE_MISMATCH') ORDER BY x.reason_code, x.record_ids[1]
$$;

-- PAYOUT_RESERVE_HELD: two amounts kept back, and what is let go frees the first.
CREATE PROCEDURE pg_temp.reserve(id text, amount bigint, moment timestamptz) LANGUAGE sql AS $$
  INSERT INTO staging.stripe_balance_transaction (merchant_id, payload) VALUES (current_setting('test.merchant')::bigint, format(
    '{"id": "%s", "type": "reserve_transaction", "source": "rsv_%s", "amount": %s, "fee": 0, "net": %s, "currency": "usd", "created": %s, "status": "available"}',
    id, id, amount, amount, extract(epoch FROM moment)::bigint));
$$;
SELECT meshline.set_policy('reserve_release_days', '30', :stripe);
CALL pg_temp.reserve('txn_k1', -5000, '2026-09-01 10:00+00');
CALL pg_temp.reserve('txn_k2', -3000, '2026-09-10 10:00+00');
CALL meshline.sweep('2026-10-01 09:59+00');
SELECT count(*) AS found FROM pg_temp.found();
CALL meshline.sweep('2026-10-01 10:00+00');
SELECT * FROM pg_temp.found();
SELECT x.owner_queue, x.severity, x.due_at, e.label, e.value, e.content FROM meshline.exceptions AS x, meshline.explain(x.exception_id) AS e
WHERE x.merchant_id = :merchant AND x.reason_code = 'PAYOUT_RESERVE_HELD' AND e.item IN ('number', 'formula', 'remedy') ORDER BY e.line;
CALL pg_temp.reserve('txn_g1', 6000, '2026-10-05 10:00+00');
CALL meshline.sweep('2026-10-20 12:00+00');
SELECT f.subject, f.status, f.at_risk FROM pg_temp.found() AS f;
CALL pg_temp.reserve('txn_g2', 2000, '2026-10-19 10:00+00');
CALL meshline.sweep('2026-10-20 12:00+00');
SELECT f.subject, f.status, f.at_risk FROM pg_temp.found() AS f;
-- PayPal's holds and Amazon's reserve amounts are read too; null: they are not waited for.
INSERT INTO staging.paypal_transaction (merchant_id, payload) VALUES (:merchant,
  '{"transaction_info": {"transaction_id": "9K1", "transaction_event_code": "T1503", "transaction_amount": {"value": "-12.00", "currency_code": "USD"}, "transaction_initiation_date": "2026-06-01T10:00:00Z", "transaction_updated_date": "2026-06-01T10:00:00Z", "transaction_status": "S"}}');
INSERT INTO staging.amazon_settlement_line (merchant_id, payload) VALUES
  (:merchant, '{"settlement-id": "29901", "transaction-type": "other-transaction", "amount-type": "other-transaction", "amount-description": "Current Reserve Amount", "amount": "-7.00", "currency": "USD", "posted-date-time": "2026-06-01 10:00:00 UTC"}'),
  (:merchant, '{"settlement-id": "29902", "transaction-type": "other-transaction", "amount-type": "other-transaction", "amount-description": "Previous Reserve Amount Balance", "amount": "7.00", "currency": "USD", "posted-date-time": "2026-06-15 10:00:00 UTC"}');
CALL meshline.sweep('2026-10-20 12:00+00');
SELECT f.subject, f.at_risk FROM pg_temp.found() AS f WHERE f.status = 'open';
SELECT meshline.set_policy('reserve_release_days', NULL, :paypal);
CALL meshline.sweep('2026-10-20 12:00+00');
SELECT f.subject, f.status FROM pg_temp.found() AS f WHERE f.subject LIKE 'paypal%';

-- EXTENDED_AUTH_FEE: authorized for thirty days, captured on the tenth; the fee that is too high is no mismatch besides.
SELECT meshline.set_policy('fee_schedule', '{"USD": {"basis_points": 290, "fixed_minor": 30}}', :stripe);
CREATE PROCEDURE pg_temp.sell(id text, total text, customer text DEFAULT '{"id": 71}', updated text DEFAULT '2026-10-01T10:00:00Z') LANGUAGE sql AS $$
  INSERT INTO staging.shopify_order (merchant_id, payload) VALUES (current_setting('test.merchant')::bigint, format(
    '{"id": %s, "name": "#R%s", "total_price": "%s", "currency": "USD", "financial_status": "paid", "created_at": "2026-10-01T10:00:00Z", "updated_at": "%s", "customer": %s}', id, id, total, updated, customer));
$$;
CREATE PROCEDURE pg_temp.capture(id text, captured_at text, expires_at text) LANGUAGE sql AS $$
  INSERT INTO staging.shopify_transaction (merchant_id, payload) VALUES
    (current_setting('test.merchant')::bigint, format('{"id": %s1, "order_id": %s, "kind": "authorization", "status": "success", "gateway": "stripe", "amount": "100.00", "currency": "USD", "created_at": "2026-10-01T10:00:00Z", "authorization": "ch_%s", "authorization_expires_at": "%s"}', id, id, id, expires_at)),
    (current_setting('test.merchant')::bigint, format('{"id": %s2, "order_id": %s, "kind": "capture", "status": "success", "gateway": "stripe", "amount": "100.00", "currency": "USD", "created_at": "%s", "authorization": "ch_%s", "parent_id": %s1}', id, id, captured_at, id, id));
  INSERT INTO staging.stripe_charge (merchant_id, payload) VALUES (current_setting('test.merchant')::bigint, format(
    '{"id": "ch_%s", "amount": 10000, "captured": true, "status": "succeeded", "currency": "usd", "created": 1790848800, "livemode": true, "metadata": {"shopify_order_id": "%s"}}', id, id));
$$;
CALL pg_temp.sell('873000000001', '100.00');
CALL pg_temp.capture('873000000001', '2026-10-11T10:30:00Z', '2026-10-31T10:00:00Z');
SELECT * FROM pg_temp.found() AS f WHERE f.reason_code = 'EXTENDED_AUTH_FEE';
INSERT INTO staging.stripe_balance_transaction (merchant_id, payload) VALUES (:merchant,
  '{"id": "txn_x1", "type": "charge", "source": "ch_873000000001", "amount": 10000, "fee": 495, "net": 9505, "currency": "usd", "created": 1791720000, "status": "available"}');
SELECT * FROM pg_temp.found() AS f WHERE f.reason_code IN ('EXTENDED_AUTH_FEE', 'FEE_MISMATCH');
-- Within the week.
CALL pg_temp.sell('873000000002', '100.00');
CALL pg_temp.capture('873000000002', '2026-10-08T09:00:00Z', '2026-10-31T10:00:00Z');
SELECT count(*) AS late FROM pg_temp.found() AS f WHERE f.reason_code = 'EXTENDED_AUTH_FEE';

-- UNMAPPED_CUSTOMER, where the store says that orders have customers; it closes when the order gets one.
CALL pg_temp.sell('873000000003', '0.00', 'null');
SELECT count(*) AS without_policy FROM pg_temp.found() AS f WHERE f.reason_code = 'UNMAPPED_CUSTOMER';
SELECT meshline.set_policy('customer_required', 'true', :shop);
SET meshline.as_of = '2026-10-02 09:00+00';
CALL pg_temp.sell('873000000003', '0.00', 'null', '2026-10-01T11:00:00Z');
SELECT e.due_at, e.explanation FROM meshline.expectations AS e WHERE e.merchant_id = :merchant AND e.reason_code = 'UNMAPPED_CUSTOMER';
CALL meshline.sweep('2026-10-02 10:00+00');
SELECT * FROM pg_temp.found() AS f WHERE f.reason_code = 'UNMAPPED_CUSTOMER';
CALL pg_temp.sell('873000000003', '0.00', '{"id": 72}', '2026-10-01T12:00:00Z');
SELECT f.status FROM pg_temp.found() AS f WHERE f.reason_code = 'UNMAPPED_CUSTOMER';
