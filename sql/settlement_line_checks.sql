-- Single settlement lines: fees against the schedule of a connection, captures settled twice.
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET datestyle = iso;
SET meshline.as_of = '2026-10-20 12:00+00';
SET client_min_messages = warning;
SELECT meshline.add_merchant('lines', 'USD', 'UTC') AS merchant \gset
SELECT meshline.connect('shopify', 'lines.myshopify.com', :merchant) AS shopify \gset
SELECT meshline.connect('stripe', 'acct_lines', :merchant) AS stripe \gset
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
CREATE PROCEDURE pg_temp.line(id text, source text, minor bigint, fee bigint, status text DEFAULT 'available') LANGUAGE sql AS $$
  INSERT INTO staging.stripe_balance_transaction (merchant_id, payload) VALUES (current_setting('test.merchant')::bigint, format(
    '{"id": "%s", "object": "balance_transaction", "amount": %s, "fee": %s, "net": %s, "currency": "usd", "created": 1792317600, "type": "charge",'
    ' "source": "%s", "status": "%s"}', id, minor, fee, minor - fee, source, status));
$$;

-- FEE_MISMATCH. Without a schedule nothing is said.
CALL pg_temp.sell('998000000001', '50.00');
CALL pg_temp.pay('ch_sl1', '998000000001', 5000);
CALL pg_temp.line('txn_sl1', 'ch_sl1', 5000, 190);
SELECT * FROM pg_temp.found('{FEE_MISMATCH}');
-- A definition may bring one; a policy overrules it.
BEGIN;
SELECT meshline.install_connector(jsonb_set(meshline.export_connector('stripe'), '{expectations,fee_schedule}', '{"USD": {"basis_points": 290, "fixed_minor": 30}}'));
CALL pg_temp.sell('998000000009', '50.00');
CALL pg_temp.pay('ch_sl0', '998000000009', 5000);
CALL pg_temp.line('txn_sl0', 'ch_sl0', 5000, 190);
SELECT f.status, f.at_risk, f.record_ids, f.explanation FROM pg_temp.found('{FEE_MISMATCH}') AS f;
SELECT meshline.set_policy('fee_schedule', '{"USD": {"basis_points": 380, "fixed_minor": 0}}', :stripe, :merchant);
SELECT count(*) AS open_exceptions FROM meshline.reconcile(meshline.canonical_of('shopify', 'order', '998000000009', :merchant));
SELECT f.status FROM pg_temp.found('{FEE_MISMATCH}') AS f;
SELECT meshline.set_policy('fee_schedule', 'null', :stripe, :merchant);
SELECT count(*) AS open_exceptions FROM meshline.reconcile(meshline.canonical_of('shopify', 'order', '998000000009', :merchant));
SELECT f.status FROM pg_temp.found('{FEE_MISMATCH}') AS f;
SELECT meshline.install_connector(jsonb_set(meshline.export_connector('stripe'), '{expectations,fee_schedule}', '{"usd": {"basis_points": 290, "fixed_minor": 30}}')); -- fails
ROLLBACK;
SELECT meshline.set_policy('fee_schedule', '{"USD": {"basis_points": 290}}', :stripe, :merchant); -- fails
SELECT meshline.set_policy('fee_schedule', '[290, 30]', :stripe, :merchant); -- fails
SELECT meshline.set_policy('fee_schedule', '{"USD": {"basis_points": 2.9, "fixed_minor": 30}}', :stripe, :merchant); -- fails
SELECT meshline.set_policy('fee_schedule', '{"USD": {"basis_points": 290, "fixed_minor": 30}}', :stripe, :merchant);
CALL meshline.reconcile_all();
SELECT * FROM pg_temp.found('{FEE_MISMATCH}');
SELECT p.value FROM meshline.policies AS p WHERE p.merchant_id = :merchant AND p.key = 'fee_schedule';
-- One minor unit is rounding; less than agreed is a mistake too.
CALL pg_temp.sell('998000000002', '70.00');
CALL pg_temp.pay('ch_sl2', '998000000002', 5000);
CALL pg_temp.line('txn_sl2', 'ch_sl2', 5000, 176);
CALL pg_temp.pay('ch_sl3', '998000000002', 2000);
CALL pg_temp.line('txn_sl3', 'ch_sl3', 2000, 58);
SELECT * FROM pg_temp.found('{FEE_MISMATCH}');
SELECT v.record_id, v.amount_minor, v.fee_minor, v.expected_fee_minor, v.variance_minor, v.variance, v.verdict FROM meshline.fee_variance AS v
WHERE v.merchant_id = :merchant ORDER BY v.record_id;
SELECT count(*) AS postable FROM meshline.postable_orders AS p WHERE p.merchant_id = :merchant;
-- Another schedule: what it explains closes, and what it does not opens.
SELECT meshline.set_policy('fee_schedule', '{"USD": {"basis_points": 380, "fixed_minor": 0}}', :stripe, :merchant);
CALL meshline.reconcile_all();
SELECT f.record_ids, f.status FROM pg_temp.found('{FEE_MISMATCH}') AS f;

-- SETTLEMENT_LINE_DUPLICATE: an export that has a line twice.
SELECT meshline.set_policy('fee_schedule', 'null', :stripe, :merchant);
CALL pg_temp.line('txn_sl9', 'ch_sl3', 2000, 58);
SELECT * FROM pg_temp.found('{SETTLEMENT_LINE_DUPLICATE}');
INSERT INTO staging.stripe_balance_transaction (merchant_id, payload) VALUES (:merchant,
  '{"id": "txn_sl10", "object": "balance_transaction", "amount": -2000, "fee": 0, "net": -2000, "currency": "usd", "created": 1792317700, "type": "adjustment", "source": "ch_sl3"}');
SELECT f.record_ids, f.status FROM pg_temp.found('{SETTLEMENT_LINE_DUPLICATE}') AS f;
