-- What owners ask: a timeline, leakage, weeks, patterns, payouts and accounts that add up.
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET datestyle = iso;
SET meshline.as_of = '2026-09-02 12:00+00';
SELECT meshline.add_merchant('answers', 'USD', 'UTC') AS merchant \gset
SELECT meshline.connect('shopify', 'answers.myshopify.com', :merchant) AS shop, meshline.connect('stripe', 'acct_answers', :merchant) AS stripe \gset
CREATE FUNCTION pg_temp.charge(id text, amount bigint, at timestamptz, order_id text DEFAULT NULL) RETURNS void LANGUAGE sql AS $$
  INSERT INTO staging.stripe_charge (merchant_id, payload) SELECT m.merchant_id, jsonb_build_object('id', id, 'amount', amount, 'captured', true, 'status', 'succeeded', 'currency', 'usd', 'created', extract(epoch FROM at)::bigint,
    'livemode', true, 'balance_transaction', 'txn_' || id, 'metadata', jsonb_build_object('shopify_order_id', order_id))::text FROM meshline.merchant AS m WHERE m.name = 'answers'
$$;
-- A capture without an order in each of four weeks.
SELECT pg_temp.charge('ch_an1', 1000, '2026-08-30 10:00+00');
SET meshline.as_of = '2026-09-09 12:00+00';
SELECT pg_temp.charge('ch_an2', 2000, '2026-09-05 10:00+00');
SET meshline.as_of = '2026-09-16 12:00+00';
SELECT pg_temp.charge('ch_an3', 3000, '2026-09-13 10:00+00');
SET meshline.as_of = '2026-09-23 12:00+00';
SELECT pg_temp.charge('ch_an4', 4000, '2026-09-20 10:00+00');
SELECT r.reason_code, r.system, r.weeks, r.exceptions, r.amount, r.last_week FROM meshline.recurring_exceptions AS r WHERE r.merchant_id = :merchant ORDER BY 1;

-- The order of one comes, one is written off.
SET meshline.as_of = '2026-09-24 12:00+00';
INSERT INTO staging.shopify_order (merchant_id, payload) VALUES (:merchant, '{"id": 840000000003, "name": "#A3", "total_price": "30.00", "currency": "USD", "financial_status": "paid", "created_at": "2026-09-13T09:00:00Z", "updated_at": "2026-09-13T09:00:00Z",
  "transactions": [{"id": 84003, "kind": "sale", "status": "success", "amount": "30.00", "currency": "USD", "gateway": "stripe", "authorization": "ch_an3", "created_at": "2026-09-13T10:00:00Z"}]}');
SELECT meshline.write_off(x.exception_id, 'a test of the till') FROM meshline.exceptions AS x WHERE x.merchant_id = :merchant AND x.reason_code = 'ORPHAN_PAYMENT' AND x.record_ids = ARRAY['stripe:charge:ch_an1'];
SELECT l.reason_code, l.month, l.exceptions, l.at_risk, l.lost, l.recovered FROM meshline.revenue_leakage AS l WHERE l.merchant_id = :merchant AND l.reason_code = 'ORPHAN_PAYMENT' ORDER BY 1, 2;
SELECT d.day, d.opened, d.closed, d.opened_amount, d.closed_amount FROM meshline.daily_discrepancies AS d WHERE d.merchant_id = :merchant AND d.reason_code = 'ORPHAN_PAYMENT' ORDER BY 1;
SELECT w.week, w.owner_queue, w.opened, w.gone_by_themselves, w.closed_by_people, w.recovered_minor, w.lost_minor, w.median_time_to_close FROM meshline.weekly_review AS w WHERE w.merchant_id = :merchant AND w.owner_queue = 'finance' ORDER BY 1, 2;
SELECT e.happened_at, e.what, e.record_id, e.status, e.amount, e.actor = 'meshline' AS by_meshline, e.note FROM meshline.explain_order(meshline.canonical_of('shopify', 'order', '840000000003', :merchant)) AS e;

-- A payout of two captures less fees, then one line changed by a cent.
INSERT INTO staging.stripe_payout (merchant_id, payload) VALUES (:merchant, '{"id": "po_an1", "amount": 4825, "currency": "usd", "status": "paid", "created": 1790208000, "arrival_date": 1790294400, "livemode": true}');
CREATE FUNCTION pg_temp.line(id text, amount bigint, fee bigint, net bigint, created bigint) RETURNS void LANGUAGE sql AS $$
  INSERT INTO staging.stripe_balance_transaction (merchant_id, payload) SELECT m.merchant_id, jsonb_build_object('id', 'txn_' || id, 'amount', amount, 'fee', fee, 'net', net, 'currency', 'usd', 'type', 'charge', 'source', id, 'payout', 'po_an1',
    'status', 'available', 'created', created)::text FROM meshline.merchant AS m WHERE m.name = 'answers'
$$;
SELECT pg_temp.line('ch_an1', 1000, 59, 941, 1790100000), pg_temp.line('ch_an4', 4000, 116, 3884, 1790100000);
SELECT p.payout, p.paid, p.lines, p.lines_amount, p.fee_minor, p.residual FROM meshline.payout_proof AS p WHERE p.merchant_id = :merchant;
SELECT c.system, c.currency, c.captured_minor, c.refunded_minor, c.settled_minor, c.fee_minor, c.net_minor, c.paid_out_minor, c.unsettled_minor, c.unpaid_minor, c.residual_minor FROM meshline.conservation_proof AS c WHERE c.merchant_id = :merchant AND c.system = 'stripe';
SELECT c.system, c.currency, c.ordered_minor, c.posted_minor, c.uncollected_minor, c.unconfirmed_minor, c.misposted_minor
FROM meshline.conservation_proof AS c WHERE c.merchant_id = :merchant AND c.system <> 'stripe' ORDER BY c.system, c.currency;
SELECT pg_temp.line('ch_an4', 4000, 116, 3883, 1790100001);
SELECT p.residual FROM meshline.payout_proof AS p WHERE p.merchant_id = :merchant;
SELECT c.unsettled_minor, c.unpaid_minor, c.residual_minor FROM meshline.conservation_proof AS c WHERE c.merchant_id = :merchant AND c.system = 'stripe';
