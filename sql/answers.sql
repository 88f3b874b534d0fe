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

-- A store that settles what it takes itself, and a ledger that books payments, sales orders and lines of the bank: whatever amount grows
-- by 0.07 stands in a difference.
SELECT meshline.add_merchant('conserved', 'USD', 'UTC') AS merchant \gset
SELECT meshline.connect(s.connector, 'conserved', :merchant) > 0 AS is_connected FROM unnest('{shopify,xero,netsuite,bank}'::text[]) AS s (connector);
CREATE TEMPORARY TABLE stated (relation text, fields text[], payload jsonb);
INSERT INTO stated VALUES
  ('shopify_order', '{total_price,total_tax,total_discounts,total_shipping_price_set.shop_money.amount,originalTotalPriceSet.shopMoney.amount,total_price_set.presentment_money.amount,line_items.0.price}',
   '{"id": 840000000101, "name": "#C1", "total_price": 50, "currency": "USD", "financial_status": "paid", "created_at": "2026-09-10T10:00:00Z", "updated_at": "2026-09-10T10:00:00Z",
     "taxes_included": false, "total_tax": 4, "total_discounts": 2, "total_shipping_price_set": {"shop_money": {"amount": 8}}, "originalTotalPriceSet": {"shopMoney": {"amount": 53}},
     "total_price_set": {"presentment_money": {"amount": 45, "currency_code": "EUR"}}, "line_items": [{"id": 1, "sku": "A", "quantity": 2, "price": 20}]}'),
  ('shopify_transaction', '{amount}', '{"id": 84100, "order_id": 840000000101, "kind": "authorization", "status": "success", "gateway": "shopify_payments", "amount": 55, "currency": "USD", "processed_at": "2026-09-10T10:00:00Z"}'),
  ('shopify_transaction', '{amount,amount_set.presentment_money.amount}',
   '{"id": 84101, "order_id": 840000000101, "kind": "capture", "parent_id": 84100, "status": "success", "gateway": "shopify_payments", "amount": 50, "amount_set": {"presentment_money": {"amount": 45, "currency_code": "EUR"}}, "currency": "USD", "processed_at": "2026-09-10T10:00:00Z"}'),
  ('shopify_balance_transaction', '{amount,fee,net}', '{"id": 84102, "type": "charge", "payout_id": 84103, "payout_status": "paid", "currency": "USD", "source_order_transaction_id": 84101, "amount": 50, "fee": 1.5, "net": 48.5, "processed_at": "2026-09-10T10:00:00Z"}'),
  ('shopify_payout', '{amount}', '{"id": 84103, "status": "paid", "date": "2026-09-12", "currency": "USD", "amount": 48.5}'),
  ('shopify_dispute', '{amount}', '{"id": 84104, "order_id": 840000000101, "type": "chargeback", "status": "needs_response", "currency": "USD", "amount": 10, "initiated_at": "2026-09-13T10:00:00Z"}'),
  ('netsuite_sales_order', '{total,taxTotal,shippingCost,discountTotal}', '{"internalId": "84105", "externalId": "C1", "total": 50, "taxTotal": 4, "shippingCost": 8, "discountTotal": 2, "currencyName": "USD", "tranDate": "2026-09-10", "lastModifiedDate": "2026-09-10T10:00:00Z"}'),
  ('netsuite_customer_deposit', '{payment}', '{"internalId": "84106", "externalId": "cd-C1-1", "payment": 50, "currencyName": "USD", "tranDate": "2026-09-10", "lastModifiedDate": "2026-09-10T10:00:00Z"}'),
  ('xero_bank_transaction', '{Total}', '{"BankTransactionID": "84107", "Type": "RECEIVE", "Status": "AUTHORISED", "Total": 48.5, "CurrencyCode": "USD", "DateString": "2026-09-12T00:00:00", "UpdatedDateUTC": "2026-09-12T10:00:00Z"}'),
  ('bank_line', '{amount}', '{"id": "84108", "booked_at": "2026-09-12", "amount": 48.5, "currency": "USD"}');
CREATE FUNCTION pg_temp.load(relation text, payload jsonb) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('INSERT INTO staging.%I (merchant_id, payload) SELECT m.merchant_id, $1 FROM meshline.merchant AS m WHERE m.name = %L', relation, 'conserved') USING payload::text;
END
$$;
CREATE FUNCTION pg_temp.conserved() RETURNS TABLE (system text, currency text, difference text, minor numeric) LANGUAGE sql AS $$
  SELECT c.system, c.currency, d.key, d.value::numeric FROM meshline.conservation_proof AS c JOIN meshline.merchant AS m USING (merchant_id) CROSS JOIN LATERAL jsonb_each_text(to_jsonb(c)) AS d
  WHERE m.name = 'conserved' AND d.key ~ '^(un|mis|residual|edited)'
$$;
-- What is apart when one amount is 0.07 higher in a newer version, which is taken back.
CREATE FUNCTION pg_temp.apart(relation text, field text[], payload jsonb) RETURNS TABLE (system text, currency text, difference text, minor numeric) LANGUAGE plpgsql AS $$
DECLARE
  found jsonb;
BEGIN
  CREATE TEMPORARY TABLE earlier AS SELECT c.* FROM pg_temp.conserved() AS c;
  BEGIN
    PERFORM pg_temp.load(relation, jsonb_set(payload, field, to_jsonb((payload #>> field)::numeric + 0.07))
      || '{"updated_at": "2026-09-14T10:00:00Z", "processed_at": "2026-09-14T10:00:00Z", "lastModifiedDate": "2026-09-14T10:00:00Z", "UpdatedDateUTC": "2026-09-14T10:00:00Z"}');
    found := (SELECT jsonb_agg(jsonb_build_object('system', n.system, 'currency', n.currency, 'difference', n.difference, 'minor', n.minor - e.minor))
              FROM pg_temp.conserved() AS n JOIN earlier AS e USING (system, currency, difference) WHERE n.minor IS DISTINCT FROM e.minor);
    RAISE EXCEPTION USING ERRCODE = 'XX999';
  EXCEPTION WHEN SQLSTATE 'XX999' THEN
    DROP TABLE earlier;
    RETURN QUERY SELECT f.* FROM jsonb_to_recordset(found) AS f (system text, currency text, difference text, minor numeric);
  END;
END
$$;
SELECT count(pg_temp.load(s.relation, s.payload)) AS stated FROM stated AS s;
SELECT c.* FROM pg_temp.conserved() AS c WHERE c.minor <> 0 ORDER BY 1, 2, 3;
SELECT s.relation, f.field, a.*
FROM stated AS s CROSS JOIN unnest(s.fields) AS f (field)
LEFT JOIN LATERAL pg_temp.apart(s.relation, string_to_array(f.field, '.'), s.payload) AS a ON true ORDER BY 1, 2, 3, 4, 5;
