-- Two canonical orders made one by somebody: looked at beforehand, reversible, neighbours untouched.
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET datestyle = iso;
SET meshline.as_of = '2026-10-20 12:00+00';
SELECT meshline.add_merchant('merges', 'USD', 'UTC') AS merchant \gset
SELECT meshline.connect('shopify', 'merges.myshopify.com', :merchant) AS shop, meshline.connect('stripe', 'acct_merges', :merchant) AS stripe \gset
INSERT INTO staging.shopify_order (merchant_id, payload) SELECT :merchant, jsonb_build_object('id', 850000000000 + n, 'name', '#M' || n, 'total_price', '50.00', 'currency', 'USD', 'financial_status', 'paid',
  'created_at', '2026-10-18T10:00:00Z', 'updated_at', '2026-10-18T10:00:00Z')::text FROM generate_series(1, 2) AS n;
-- A charge that names no order, with a refund of it; and an order that is paid.
INSERT INTO staging.stripe_charge (merchant_id, payload) VALUES
  (:merchant, '{"id": "ch_me1", "amount": 5000, "captured": true, "status": "succeeded", "currency": "usd", "created": 1792317600, "livemode": true}'),
  (:merchant, '{"id": "ch_me2", "amount": 5000, "captured": true, "status": "succeeded", "currency": "usd", "created": 1792317600, "livemode": true, "metadata": {"shopify_order_id": "850000000002"}}');
SELECT meshline.canonical_of('shopify', 'order', '850000000001', :merchant) AS unpaid, meshline.canonical_of('stripe', 'charge', 'ch_me1', :merchant) AS payment,
       meshline.canonical_of('shopify', 'order', '850000000002', :merchant) AS neighbour \gset
CREATE VIEW pg_temp.present AS SELECT x.reason_code, x.subject, x.amount_at_risk_minor, x.canonical_id FROM meshline.recon_exception AS x
WHERE x.merchant_id = (SELECT m.merchant_id FROM meshline.merchant AS m WHERE m.name = 'merges') AND x.is_present;
-- All that tells where things belong and what is wrong with them.
CREATE FUNCTION pg_temp.state() RETURNS text LANGUAGE sql AS $$
  SELECT md5(string_agg(v, ' ' ORDER BY v)) FROM (
    SELECT (r.connection_id, r.object, r.external_id, r.canonical_id)::text FROM meshline.record AS r JOIN meshline.merchant AS m USING (merchant_id) WHERE m.name = 'merges'
    UNION ALL SELECT (i.name, i.value, meshline.resolve(i.canonical_id, i.merchant_id))::text FROM meshline.identifier AS i JOIN meshline.merchant AS m USING (merchant_id) WHERE m.name = 'merges'
    UNION ALL SELECT (a.alias_id, a.canonical_id, a.kind, a.anchor_rank, a.anchor_name, a.anchor_value)::text FROM meshline.canonical_alias AS a JOIN meshline.merchant AS m USING (merchant_id) WHERE m.name = 'merges'
    UNION ALL SELECT (c.canonical_id, c.kind, c.anchor_rank, c.anchor_name, c.anchor_value, c.total_minor, c.captured_minor, c.refunded_minor, c.finding_count)::text FROM meshline.canonical AS c JOIN meshline.merchant AS m USING (merchant_id) WHERE m.name = 'merges'
    UNION ALL SELECT p::text FROM pg_temp.present AS p) AS s (v)
$$;
SELECT p.reason_code, p.subject, p.amount_at_risk_minor FROM pg_temp.present AS p ORDER BY 1, 2;
SELECT pg_temp.state() AS at_first \gset
SELECT v.change, v.reason_code, v.subject, v.amount_minor, v.currency FROM meshline.preview_merge(:'unpaid', :'payment') AS v;
SELECT pg_temp.state() = :'at_first' AS is_untouched, (SELECT count(*) FROM meshline.canonical_merge AS g WHERE g.merchant_id = :merchant) AS merges;

SELECT meshline.merge(:'payment', :'unpaid', 'the customer sent the receipt') AS merge \gset
SELECT meshline.resolve(:'payment', :merchant) = :'unpaid' AS order_goes_on, count(*) AS present FROM pg_temp.present AS p;
SELECT s.total, s.captured, s.state FROM meshline.order_status AS s WHERE s.canonical_id = :'unpaid';
-- What comes later for the payment follows it.
INSERT INTO staging.stripe_refund (merchant_id, payload) VALUES (:merchant, '{"id": "re_me1", "amount": 1000, "charge": "ch_me1", "status": "succeeded", "currency": "usd", "created": 1792400000}');
SELECT s.captured, s.refunded FROM meshline.order_status AS s WHERE s.canonical_id = :'unpaid';
SELECT meshline.merge(:'payment', :'unpaid', 'again'); -- fails
SELECT meshline.merge(:'unpaid', :'unpaid', 'with itself'); -- fails

SELECT meshline.unmerge(:merge, 'it was another customer') = :'payment' AS is_apart;
SELECT p.reason_code, p.subject, p.amount_at_risk_minor FROM pg_temp.present AS p ORDER BY 1, 2;
SELECT r.object, r.external_id, r.canonical_id = :'payment' AS with_payment FROM meshline.record AS r WHERE r.merchant_id = :merchant AND r.canonical_id IN (:'payment', :'unpaid') ORDER BY 1, 2;
SELECT s.captured, s.state FROM meshline.order_status AS s WHERE s.canonical_id = :'neighbour';
\set VERBOSITY sqlstate
SELECT meshline.unmerge(:merge, 'again'); -- fails
\set VERBOSITY default

-- Merged and taken back at once: all is as it was.
SELECT pg_temp.state() AS apart \gset
SELECT meshline.merge(:'unpaid', :'payment', 'try') AS merge \gset
SELECT pg_temp.state() <> :'apart' AS is_changed;
SELECT meshline.unmerge(:merge) = :'payment' AS is_apart;
SELECT pg_temp.state() = :'apart' AS is_as_before;
-- Tied by an identifier meanwhile: nothing to take apart.
SELECT meshline.merge(:'unpaid', :'payment', 'try') AS merge \gset
INSERT INTO staging.shopify_transaction (merchant_id, payload) VALUES (:merchant, '{"id": 85001, "order_id": 850000000001, "kind": "sale", "status": "success", "amount": "50.00", "currency": "USD", "gateway": "stripe", "authorization": "ch_me1", "created_at": "2026-10-18T10:00:00Z"}');
\set VERBOSITY sqlstate
SELECT meshline.unmerge(:merge, 'no'); -- fails
SELECT meshline.unmerge(-1, 'no'); -- fails
SELECT meshline.merge(:'unpaid', :'unpaid', 'with itself'); -- fails
SELECT meshline.merge(:'unpaid', :'neighbour', ''); -- fails
\set VERBOSITY default
SELECT count(*) AS wrong FROM meshline.verify_history();

-- No open exception stays with an id that was merged into another one, here or anywhere before.
SELECT count(*) AS left_behind FROM meshline.recon_exception AS x JOIN meshline.canonical_alias AS a ON a.merchant_id = x.merchant_id AND a.alias_id = x.canonical_id
WHERE x.closed_at IS NULL;
