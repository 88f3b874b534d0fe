-- Payouts against the lines of a bank, in either order of arrival.
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET datestyle = iso;
SET meshline.as_of = '2026-10-20 12:00+00';
SET client_min_messages = warning;
SELECT meshline.add_merchant('transfers', 'USD', 'UTC') AS merchant \gset
SELECT meshline.connect('shopify', 'transfers.myshopify.com', :merchant) AS shopify \gset
SELECT meshline.connect('stripe', 'acct_transfers', :merchant) AS stripe \gset
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
CREATE PROCEDURE pg_temp.payout(id text, minor bigint, status text DEFAULT 'paid', arrival timestamptz DEFAULT '2026-10-19 00:00Z') LANGUAGE sql AS $$
  INSERT INTO staging.stripe_payout (merchant_id, payload) VALUES (current_setting('test.merchant')::bigint, format(
    '{"id": "%s", "object": "payout", "amount": %s, "currency": "usd", "status": "%s", "created": 1792317600, "arrival_date": %s, "livemode": true}',
    id, minor, status, extract(epoch FROM arrival)::bigint));
$$;

-- PAYOUT_FAILED.
CALL pg_temp.payout('po_bk1', 5000, 'failed');
SELECT * FROM pg_temp.found('{PAYOUT_FAILED}');
CALL pg_temp.payout('po_bk1', 5000, 'canceled');
SELECT f.reason_code, f.status FROM pg_temp.found('{PAYOUT_FAILED}') AS f;

-- Without a bank nothing is waited for.
CALL pg_temp.payout('po_bk2', 12592);
SELECT * FROM pg_temp.expected('PAYOUT_NOT_IN_BANK');
SELECT meshline.connect('bank', 'DE00', :merchant) AS bank \gset
CREATE PROCEDURE pg_temp.booked(id text, amount text, day date) LANGUAGE sql AS $$
  INSERT INTO staging.bank_line (merchant_id, payload) VALUES (current_setting('test.merchant')::bigint, format(
    '{"id": "%s", "amount": "%s", "currency": "USD", "date": "%s", "description": "transfer"}', id, amount, day));
$$;
CALL meshline.reconcile_all();
-- PAYOUT_NOT_IN_BANK five days after the arrival, until the line comes.
SELECT * FROM pg_temp.expected('PAYOUT_NOT_IN_BANK');
CALL meshline.sweep('2026-10-24 00:00+00');
SELECT * FROM pg_temp.found('{PAYOUT_NOT_IN_BANK}');
CALL pg_temp.booked('bk2', '125.92', '2026-10-21');
SELECT f.reason_code, f.status FROM pg_temp.found('{PAYOUT_NOT_IN_BANK,BANK_LINE_UNEXPLAINED}') AS f;

-- The line first, and two equal ones. What leaves the account needs no payout.
CALL pg_temp.booked('bk3', '200.00', '2026-10-19');
CALL pg_temp.booked('bk4', '200.00', '2026-10-20');
CALL pg_temp.booked('bk5', '-200.00', '2026-10-20');
SELECT * FROM pg_temp.expected('BANK_LINE_UNEXPLAINED');
CALL pg_temp.payout('po_bk3', 20000);
SELECT e.explanation FROM pg_temp.expected('BANK_LINE_UNEXPLAINED') AS e;
CALL meshline.sweep('2026-10-25 00:00+00');
SELECT * FROM pg_temp.found('{BANK_LINE_UNEXPLAINED}');
CALL pg_temp.payout('po_bk4', 20000, 'paid', '2026-10-20 00:00Z');
SELECT f.reason_code, f.status FROM pg_temp.found('{BANK_LINE_UNEXPLAINED}') AS f;
-- A payout that fails after all gives its line back.
SET meshline.as_of = '2026-10-30 12:00+00';
CALL pg_temp.payout('po_bk4', 20000, 'failed', '2026-10-20 00:00Z');
SELECT f.reason_code, f.status, f.record_ids FROM pg_temp.found('{BANK_LINE_UNEXPLAINED,PAYOUT_NOT_IN_BANK,PAYOUT_FAILED}') AS f;
-- The window of a connection, or none.
SELECT meshline.set_policy('bank_arrival_window_days', 'null', :stripe, :merchant);
CALL pg_temp.payout('po_bk6', 777);
SELECT e.explanation FROM pg_temp.expected('PAYOUT_NOT_IN_BANK') AS e;
SELECT count(*) AS late FROM pg_temp.found('{PAYOUT_NOT_IN_BANK}') AS f WHERE f.status = 'open';
