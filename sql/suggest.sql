-- What amounts suggest for a payment without an order and a payout without lines: every explanation is counted, and none is a link.
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET datestyle = iso;
SET meshline.as_of = '2026-10-20 12:00+00';
SELECT meshline.add_merchant('suggestions', 'USD', 'UTC') AS merchant \gset
SELECT meshline.connect('shopify', 'suggestions.myshopify.com', :merchant) AS shop, meshline.connect('stripe', 'acct_suggestions', :merchant) AS stripe \gset
INSERT INTO staging.shopify_order (merchant_id, payload)
SELECT :merchant, jsonb_build_object('id', 870000000000 + o.n, 'name', '#S' || o.n, 'total_price', o.total, 'currency', 'USD', 'financial_status', 'pending', 'created_at', '2026-10-1' || o.n || 'T10:00:00Z', 'updated_at', '2026-10-1' || o.n || 'T10:00:00Z')::text
FROM (VALUES (1, '30.00'), (2, '49.90'), (3, '75.10'), (4, '12.00'), (5, '99.00'), (6, '51.00'), (7, '49.90')) AS o (n, total);
INSERT INTO staging.stripe_charge (merchant_id, payload)
SELECT :merchant, jsonb_build_object('id', c.id, 'amount', c.amount, 'captured', true, 'status', 'succeeded', 'currency', 'usd', 'created', 1792065600 + c.n, 'livemode', true, 'balance_transaction', 'txn_' || c.id)::text
FROM (VALUES (1, 'ch_su1', 12500), (2, 'ch_su2', 15000), (3, 'ch_su3', 77)) AS c (n, id, amount);
SELECT x.subject, s.explanations, s.set_number, s.orders, s.due_minor, s.currency, s.difference_minor
FROM meshline.recon_exception AS x CROSS JOIN LATERAL meshline.suggest_orders(x.exception_id) AS s
WHERE x.merchant_id = :merchant AND x.reason_code = 'ORPHAN_PAYMENT' ORDER BY x.subject, s.set_number;
-- Orders of the day around the payment only.
SELECT x.subject, s.explanations, s.orders FROM meshline.recon_exception AS x CROSS JOIN LATERAL meshline.suggest_orders(x.exception_id, days => 1) AS s
WHERE x.merchant_id = :merchant AND x.reason_code = 'ORPHAN_PAYMENT' ORDER BY x.subject, s.set_number;
-- A payout without lines of two of the captures.
INSERT INTO staging.stripe_payout (merchant_id, payload) VALUES (:merchant, '{"id": "po_su1", "amount": 12577, "currency": "usd", "status": "paid", "created": 1792152000, "arrival_date": 1792238400, "livemode": true}');
SELECT s.explanations, s.set_number, s.record_ids, s.net_minor, s.currency, s.difference_minor FROM meshline.suggest_payments(meshline.canonical_of('stripe', 'payout', 'po_su1', :merchant)) AS s;
SELECT meshline.suggest_orders(-1); -- fails
SELECT meshline.suggest_payments('00000000-0000-0000-0000-000000000000'); -- fails
