-- Disputes of three systems: what the payer's bank takes back, against refunds and against the balance.
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET datestyle = iso;
SET meshline.as_of = '2026-10-20 12:00+00';
SET client_min_messages = warning;
SELECT meshline.add_merchant('disputes', 'USD', 'UTC') AS merchant \gset
SELECT meshline.connect('shopify', 'disputes.myshopify.com', :merchant) AS shopify \gset
SELECT meshline.connect('stripe', 'acct_dispute_checks', :merchant) AS stripe \gset
SELECT meshline.connect('paypal', 'DISPUTES', :merchant) AS paypal \gset
SELECT set_config('test.merchant', :'merchant', false) IS NOT NULL AS is_set;
CREATE PROCEDURE pg_temp.sell(id text, total text) LANGUAGE sql AS $$
  INSERT INTO staging.shopify_order (merchant_id, payload) VALUES (current_setting('test.merchant')::bigint, format(
    '{"id": %s, "name": "#D%s", "total_price": "%s", "currency": "USD", "financial_status": "paid", "created_at": "2026-10-10T10:00:00Z",'
    ' "updated_at": "2026-10-10T10:00:00Z", "line_items": [{"id": 1}]}', id, id, total));
$$;
CREATE PROCEDURE pg_temp.pay(charge text, order_id text, minor bigint) LANGUAGE sql AS $$
  INSERT INTO staging.stripe_charge (merchant_id, payload) VALUES (current_setting('test.merchant')::bigint, format(
    '{"id": "%s", "amount": %s, "captured": true, "status": "succeeded", "currency": "usd", "created": 1791626400, "livemode": true,'
    ' "metadata": {"shopify_order_id": "%s"}}', charge, minor, order_id));
$$;
CREATE PROCEDURE pg_temp.refund(id text, charge text, minor bigint, status text DEFAULT 'succeeded') LANGUAGE sql AS $$
  INSERT INTO staging.stripe_refund (merchant_id, payload) VALUES (current_setting('test.merchant')::bigint, format(
    '{"id": "%s", "amount": %s, "currency": "usd", "status": "%s", "created": 1791712800, "charge": "%s"}', id, minor, status, charge));
$$;
-- A dispute comes as an event, whose time is that of the version.
CREATE PROCEDURE pg_temp.dispute(id text, charge text, minor bigint, status text, happened timestamptz) LANGUAGE sql AS $$
  INSERT INTO staging.stripe_event (merchant_id, payload) VALUES (current_setting('test.merchant')::bigint, format(
    '{"id": "evt_%s_%s", "created": %s, "livemode": true, "data": {"object": {"id": "%s", "object": "dispute", "amount": %s, "currency": "usd", "status": "%s",'
    ' "charge": "%s", "created": 1791799200, "evidence_details": {"due_by": 1792886400}, "livemode": true}}}',
    id, status, extract(epoch FROM happened)::bigint, id, minor, status, charge));
$$;
CREATE PROCEDURE pg_temp.line(id text, source text, minor bigint, fee bigint) LANGUAGE sql AS $$
  INSERT INTO staging.stripe_balance_transaction (merchant_id, payload) VALUES (current_setting('test.merchant')::bigint, format(
    '{"id": "%s", "object": "balance_transaction", "amount": %s, "fee": %s, "net": %s, "currency": "usd", "created": 1791799200, "type": "adjustment", "source": "%s"}',
    id, minor, fee, minor - fee, source));
$$;
CREATE FUNCTION pg_temp.found(order_id text)
  RETURNS TABLE (reason_code text, owner_queue text, status text, is_holding boolean, due_at timestamptz, at_risk numeric, explanation text)
LANGUAGE sql AS $$
  SELECT x.reason_code, x.owner_queue, x.status, x.is_holding, x.due_at, x.amount_at_risk, x.explanation
  FROM meshline.exceptions AS x
  WHERE x.canonical_id = meshline.canonical_of('shopify', 'order', order_id, current_setting('test.merchant')::bigint)
    AND x.reason_code IN ('CHARGEBACK_OPEN', 'CHARGEBACK_AND_REFUND', 'CHARGEBACK_WON_NOT_CREDITED', 'OVER_REFUND', 'DELETED_OR_VOID_WITH_MONEY')
  ORDER BY x.reason_code, x.explanation
$$;

-- CHARGEBACK_OPEN, until the dispute is decided. What was lost stays in the order's money.
CALL pg_temp.sell('995000000001', '50.00');
CALL pg_temp.pay('ch_dp1', '995000000001', 5000);
CALL pg_temp.dispute('dp_dp1', 'ch_dp1', 5000, 'warning_needs_response', '2026-10-12 10:00Z');
SELECT * FROM pg_temp.found('995000000001');
CALL pg_temp.dispute('dp_dp1', 'ch_dp1', 5000, 'needs_response', '2026-10-13 10:00Z');
SELECT * FROM pg_temp.found('995000000001');
SELECT x.item, x.label, x.record_id, x.value, x.content FROM meshline.exceptions AS e, meshline.explain(e.exception_id) AS x WHERE e.merchant_id = :merchant AND e.reason_code = 'CHARGEBACK_OPEN' AND x.item IN ('number', 'formula', 'remedy');
CALL pg_temp.dispute('dp_dp1', 'ch_dp1', 5000, 'lost', '2026-10-14 10:00Z');
SELECT f.reason_code, f.status FROM pg_temp.found('995000000001') AS f;
SELECT s.captured, s.refunded, s.disputed FROM meshline.order_status AS s WHERE s.merchant_id = :merchant AND s.anchor_value = '995000000001';

-- CHARGEBACK_AND_REFUND: the refund came first, and the customer disputed all the same.
CALL pg_temp.sell('995000000002', '50.00');
CALL pg_temp.pay('ch_dp2', '995000000002', 5000);
CALL pg_temp.refund('re_dp2', 'ch_dp2', 2000);
CALL pg_temp.dispute('dp_dp2', 'ch_dp2', 3000, 'needs_response', '2026-10-13 10:00Z');
SELECT f.reason_code, f.status, f.at_risk FROM pg_temp.found('995000000002') AS f;
CALL pg_temp.dispute('dp_dp2', 'ch_dp2', 5000, 'under_review', '2026-10-14 10:00Z');
SELECT * FROM pg_temp.found('995000000002');
CALL pg_temp.dispute('dp_dp2', 'ch_dp2', 5000, 'won', '2026-10-15 10:00Z');
SELECT f.reason_code, f.status FROM pg_temp.found('995000000002') AS f;

-- Disputes alone that exceed the capture are an OVER_REFUND.
CALL pg_temp.sell('995000000003', '50.00');
CALL pg_temp.pay('ch_dp3', '995000000003', 5000);
CALL pg_temp.dispute('dp_dp3', 'ch_dp3', 5000, 'lost', '2026-10-13 10:00Z');
CALL pg_temp.dispute('dp_dp4', 'ch_dp3', 1000, 'lost', '2026-10-13 10:00Z');
SELECT * FROM pg_temp.found('995000000003');
CALL pg_temp.dispute('dp_dp4', 'ch_dp3', 1000, 'won', '2026-10-14 10:00Z');
SELECT f.reason_code, f.status FROM pg_temp.found('995000000003') AS f;

-- CHARGEBACK_WON_NOT_CREDITED: a week after it was won the balance must have it back.
CALL pg_temp.sell('995000000004', '50.00');
CALL pg_temp.pay('ch_dp5', '995000000004', 5000);
CALL pg_temp.line('txn_dp5', 'dp_dp5', -5000, 1500);
CALL pg_temp.dispute('dp_dp5', 'ch_dp5', 5000, 'won', '2026-10-18 10:00Z');
SELECT * FROM pg_temp.found('995000000004');
SELECT e.reason_code, e.owner_queue, e.amount, e.due_at, e.explanation FROM meshline.expectations AS e
WHERE e.merchant_id = :merchant AND e.subject = 'stripe:dispute:dp_dp5';
CALL meshline.sweep('2026-10-25 10:00+00');
SELECT * FROM pg_temp.found('995000000004');
SET meshline.as_of = '2026-10-26 12:00+00';
CALL pg_temp.line('txn_dp6', 'dp_dp5', 5000, 0);
SELECT f.reason_code, f.status FROM pg_temp.found('995000000004') AS f;
-- A policy gives them longer.
SELECT meshline.set_policy('dispute_credit_window_days', '30', merchant_id => :merchant);
CALL pg_temp.sell('995000000005', '50.00');
CALL pg_temp.pay('ch_dp6', '995000000005', 5000);
CALL pg_temp.line('txn_dp7', 'dp_dp6', -5000, 1500);
CALL pg_temp.dispute('dp_dp6', 'ch_dp6', 5000, 'won', '2026-10-18 10:00Z');
SELECT * FROM pg_temp.found('995000000005');

-- FEE_MISMATCH: what a dispute costs is agreed with the processor.
SELECT meshline.set_policy('dispute_fee_minor', '1400', :stripe);
CALL pg_temp.sell('995000000008', '50.00');
CALL pg_temp.pay('ch_dp9', '995000000008', 5000);
CALL pg_temp.line('txn_dp9', 'dp_dp9', -5000, 1500);
CALL pg_temp.dispute('dp_dp9', 'ch_dp9', 5000, 'needs_response', '2026-10-25 10:00Z');
SELECT x.expected, x.actual, x.amount_at_risk, x.record_ids, x.explanation FROM meshline.open_exceptions AS x WHERE x.merchant_id = :merchant AND x.reason_code = 'FEE_MISMATCH' AND 'stripe:dispute:dp_dp9' = ANY (x.record_ids);
SELECT meshline.set_policy('dispute_fee_minor', '1500', :stripe);
SELECT count(*) AS findings FROM meshline.reconcile(meshline.canonical_of('shopify', 'order', '995000000008', :merchant)) AS f WHERE f.reason_code = 'FEE_MISMATCH';

-- PayPal's and Shopify's disputes are read in the same way.
CALL pg_temp.sell('995000000006', '62.50');
INSERT INTO staging.paypal_capture (merchant_id, payload) VALUES (:merchant,
  '{"id": "9DP00000000000C01", "status": "COMPLETED", "amount": {"currency_code": "USD", "value": "62.50"}, "custom_id": "995000000006", "create_time": "2026-10-10T10:00:00Z", "update_time": "2026-10-10T10:00:00Z"}');
INSERT INTO staging.paypal_dispute (merchant_id, payload) VALUES (:merchant,
  '{"dispute_id": "PP-R-DPC-1", "create_time": "2026-10-15T08:00:00.000Z", "update_time": "2026-10-15T08:00:00.000Z", "status": "WAITING_FOR_SELLER_RESPONSE", "dispute_life_cycle_stage": "CHARGEBACK",
    "dispute_amount": {"currency_code": "USD", "value": "62.50"}, "seller_response_due_date": "2026-10-25T08:00:00.000Z", "disputed_transactions": [{"seller_transaction_id": "9DP00000000000C01"}]}');
SELECT f.reason_code, f.due_at, f.at_risk FROM pg_temp.found('995000000006') AS f;
INSERT INTO staging.paypal_dispute (merchant_id, payload) VALUES (:merchant,
  '{"dispute_id": "PP-R-DPC-1", "create_time": "2026-10-15T08:00:00.000Z", "update_time": "2026-10-19T08:00:00.000Z", "status": "RESOLVED", "dispute_outcome": {"outcome_code": "RESOLVED_SELLER_FAVOUR"},
    "dispute_amount": {"currency_code": "USD", "value": "62.50"}, "disputed_transactions": [{"seller_transaction_id": "9DP00000000000C01"}]}');
SELECT f.reason_code, f.status FROM pg_temp.found('995000000006') AS f;
CALL pg_temp.sell('995000000007', '20.00');
INSERT INTO staging.shopify_dispute (merchant_id, payload) VALUES (:merchant,
  '{"id": 995501, "order_id": 995000000007, "type": "inquiry", "amount": "20.00", "currency": "USD", "status": "needs_response", "evidence_due_by": "2026-10-29T19:00:00Z", "initiated_at": "2026-10-16T20:00:00Z"}'),
  (:merchant, '{"id": 995502, "order_id": 995000000007, "type": "chargeback", "amount": "20.00", "currency": "USD", "status": "needs_response", "evidence_due_by": "2026-10-29T19:00:00Z", "initiated_at": "2026-10-16T20:00:00Z"}');
SELECT f.reason_code, f.status, f.due_at, f.at_risk, f.explanation FROM pg_temp.found('995000000007') AS f WHERE f.reason_code = 'CHARGEBACK_OPEN';
