-- Shipments against payments.
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET datestyle = iso;
SET meshline.as_of = '2026-10-20 12:00+00';
SET client_min_messages = warning;
SELECT meshline.add_merchant('shipments', 'USD', 'UTC') AS merchant \gset
SELECT meshline.connect('shopify', 'shipments.myshopify.com', :merchant) AS shopify \gset
SELECT meshline.connect('stripe', 'acct_shipments', :merchant) AS stripe \gset
SELECT set_config('test.merchant', :'merchant', false) IS NOT NULL AS is_set;
CREATE PROCEDURE pg_temp.sell(id text, total text, status text DEFAULT 'paid') LANGUAGE sql AS $$
  INSERT INTO staging.shopify_order (merchant_id, payload) VALUES (current_setting('test.merchant')::bigint, format(
    '{"id": %s, "name": "#%s", "total_price": "%s", "currency": "USD", "financial_status": "%s", "created_at": "2026-10-18T10:00:00Z",'
    ' "updated_at": "2026-10-18T10:00:00Z", "line_items": [{"id": 1}]}', id, id, total, status));
$$;
CREATE PROCEDURE pg_temp.pay(charge text, order_id text, minor bigint) LANGUAGE sql AS $$
  INSERT INTO staging.stripe_charge (merchant_id, payload) VALUES (current_setting('test.merchant')::bigint, format(
    '{"id": "%s", "amount": %s, "captured": true, "status": "succeeded", "currency": "usd", "created": 1792317600, "livemode": true,'
    ' "metadata": {"shopify_order_id": "%s"}}', charge, minor, order_id));
$$;
CREATE FUNCTION pg_temp.found(codes text[])
  RETURNS TABLE (reason_code text, owner_queue text, status text, at_risk numeric, record_ids text[], explanation text)
LANGUAGE sql AS $$
  SELECT x.reason_code, x.owner_queue, x.status, x.amount_at_risk, x.record_ids, x.explanation
  FROM meshline.exceptions AS x
  WHERE x.merchant_id = current_setting('test.merchant')::bigint AND x.reason_code = ANY (codes)
  ORDER BY x.reason_code, x.explanation
$$;
CREATE FUNCTION pg_temp.expected(code text) RETURNS TABLE (owner_queue text, amount numeric, due_at timestamptz, explanation text)
LANGUAGE sql AS $$
  SELECT e.owner_queue, e.amount, e.due_at, e.explanation FROM meshline.expectations AS e
  WHERE e.merchant_id = current_setting('test.merchant')::bigint AND e.reason_code = code ORDER BY e.due_at, e.explanation
$$;
CREATE PROCEDURE pg_temp.ship(id text, order_id text, status text DEFAULT 'success', updated text DEFAULT '2026-10-19T10:00:00Z') LANGUAGE sql AS $$
  INSERT INTO staging.shopify_fulfillment (merchant_id, payload) VALUES (current_setting('test.merchant')::bigint, format(
    '{"id": %s, "order_id": %s, "status": "%s", "created_at": "2026-10-19T10:00:00Z", "updated_at": "%s", "line_items": [{"id": 1}]}', id, order_id, status, updated));
$$;

-- UNPAID_FULFILLED a day after the shipment, and the order is held.
SET meshline.as_of = '2026-10-19 12:00+00';
CALL pg_temp.sell('999100000001', '50.00', 'pending');
CALL pg_temp.ship('99901', '999100000001');
SELECT * FROM pg_temp.expected('UNPAID_FULFILLED');
CALL meshline.sweep('2026-10-20 10:00+00');
SELECT * FROM pg_temp.found('{UNPAID_FULFILLED}');
SELECT s.state, s.next_owner FROM meshline.order_status AS s WHERE s.merchant_id = :merchant AND s.anchor_value = '999100000001';
SET meshline.as_of = '2026-10-20 12:00+00';
BEGIN;
CALL pg_temp.ship('99901', '999100000001', 'cancelled', '2026-10-20T10:00:00Z');
SELECT f.reason_code, f.status FROM pg_temp.found('{UNPAID_FULFILLED}') AS f;
ROLLBACK;
CALL pg_temp.pay('ch_fu1', '999100000001', 5000);
SELECT f.reason_code, f.status FROM pg_temp.found('{UNPAID_FULFILLED}') AS f;

-- PAID_UNFULFILLED where the merchant promises something.
CALL pg_temp.sell('999100000002', '30.00');
CALL pg_temp.pay('ch_fu2', '999100000002', 3000);
SELECT * FROM pg_temp.expected('PAID_UNFULFILLED');
SELECT meshline.set_policy('fulfillment_sla_days', '5', merchant_id => :merchant);
CALL meshline.reconcile_all();
SELECT * FROM pg_temp.expected('PAID_UNFULFILLED');
-- A store may promise something else; null: what the merchant does.
SELECT meshline.set_policy('fulfillment_sla_days', '8', :shopify);
CALL meshline.reconcile_all();
SELECT * FROM pg_temp.expected('PAID_UNFULFILLED');
SELECT meshline.set_policy('fulfillment_sla_days', 'null', :shopify);
CALL meshline.reconcile_all();
SELECT * FROM pg_temp.expected('PAID_UNFULFILLED');
SELECT p.anchor_value FROM meshline.postable_orders AS p WHERE p.merchant_id = :merchant ORDER BY 1;
CALL meshline.sweep('2026-10-23 10:00+00');
SELECT * FROM pg_temp.found('{PAID_UNFULFILLED}');
SET meshline.as_of = '2026-10-23 12:00+00';
CALL pg_temp.ship('99902', '999100000002');
SELECT f.reason_code, f.status FROM pg_temp.found('{PAID_UNFULFILLED}') AS f;
