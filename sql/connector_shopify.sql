-- Shopify Payments: balance lines and payouts of orders, a dispute, and what typically goes wrong with them.
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET datestyle = iso;
SET meshline.as_of = '2026-10-20 12:00+00';
SELECT meshline.add_merchant('shopify payments', 'USD', 'UTC') AS merchant \gset
SELECT meshline.connect('shopify', 'payments.myshopify.com', :merchant) AS shopify \gset

CREATE TEMP TABLE family (n integer, staging_table text, payload text);
INSERT INTO family VALUES
(1, 'shopify_order', '{"id": 991000000001, "name": "#9941", "total_price": "64.20", "currency": "USD", "financial_status": "partially_refunded", "created_at": "2026-10-10T08:29:00-04:00",
  "updated_at": "2026-10-12T08:00:00-04:00", "line_items": [{"id": 1}]}'),
(2, 'shopify_transaction', '{"id": 99101, "order_id": 991000000001, "kind": "sale", "status": "success", "gateway": "shopify_payments", "amount": "64.20", "currency": "USD",
  "created_at": "2026-10-10T08:29:30-04:00", "authorization": null}'),
(3, 'shopify_refund', '{"id": 99201, "order_id": 991000000001, "created_at": "2026-10-12T08:00:00-04:00", "transactions": [{"id": 99102, "order_id": 991000000001, "kind": "refund",
  "status": "success", "gateway": "shopify_payments", "parent_id": 99101, "amount": "12.00", "currency": "USD", "created_at": "2026-10-12T08:00:00-04:00"}]}'),
(4, 'shopify_balance_transaction', '{"id": 99301, "type": "charge", "payout_id": 99401, "payout_status": "paid", "currency": "USD", "amount": "64.20", "fee": "2.09", "net": "62.11",
  "source_type": "charge", "source_order_id": 991000000001, "source_order_transaction_id": 99101, "processed_at": "2026-10-10T08:29:31-04:00"}'),
(5, 'shopify_balance_transaction', '{"id": 99302, "type": "refund", "payout_id": 99401, "payout_status": "paid", "currency": "USD", "amount": "-12.00", "fee": "0.00", "net": "-12.00",
  "source_type": "Payments::Refund", "source_order_id": 991000000001, "source_order_transaction_id": 99102, "processed_at": "2026-10-12T08:00:01-04:00"}'),
(6, 'shopify_balance_transaction', '{"id": 99303, "type": "payout", "payout_id": 99401, "payout_status": "paid", "currency": "USD", "amount": "-50.11", "fee": "0.00", "net": "-50.11",
  "source_type": "payout", "source_order_id": null, "source_order_transaction_id": null, "processed_at": "2026-10-14T00:00:00-04:00"}'),
(7, 'shopify_payout', '{"id": 99401, "status": "paid", "date": "2026-10-14", "currency": "USD", "amount": "50.11"}'),
(8, 'shopify_dispute', '{"id": 99501, "order_id": 991000000001, "type": "chargeback", "amount": "52.20", "currency": "USD", "reason": "fraudulent", "status": "needs_response",
  "evidence_due_by": "2026-10-29T19:00:00-04:00", "initiated_at": "2026-10-16T20:00:00-04:00"}'),
(9, 'shopify_inventory_level', '{"inventory_item_id": 99601, "location_id": 99701, "available": 7, "updated_at": "2026-10-10T08:10:00-05:00"}');
CREATE PROCEDURE pg_temp.load(merchant bigint, direction integer) LANGUAGE plpgsql AS $$
DECLARE
  one record;
BEGIN
  FOR one IN SELECT f.staging_table, f.payload FROM family AS f ORDER BY f.n * direction LOOP
    EXECUTE format('INSERT INTO staging.%I (merchant_id, payload) VALUES ($1, $2)', one.staging_table) USING merchant, one.payload;
  END LOOP;
END
$$;
CREATE FUNCTION pg_temp.money(merchant bigint)
  RETURNS TABLE (anchor_value text, order_status text, total numeric, captured numeric, refunded numeric, refunds integer, settled numeric, fee numeric, state text)
LANGUAGE sql AS $$
  SELECT s.anchor_value, s.order_status, s.total, s.captured, s.refunded, s.refund_count, s.settled, meshline.major_units(s.fee_minor, s.currency), s.state
  FROM meshline.order_status AS s WHERE s.merchant_id = merchant AND s.anchor_namespace = 'shopify.order' ORDER BY s.anchor_value
$$;
CREATE FUNCTION pg_temp.found(merchant bigint)
  RETURNS TABLE (reason_code text, status text, expected numeric, actual numeric, at_risk numeric, record_ids text[], explanation text)
LANGUAGE sql AS $$
  SELECT x.reason_code, x.status, x.expected, x.actual, x.amount_at_risk, x.record_ids, x.explanation
  FROM meshline.exceptions AS x WHERE x.merchant_id = merchant ORDER BY x.reason_code, x.record_ids, x.explanation
$$;
SET client_min_messages = warning;

CALL pg_temp.load(:merchant, 1);
SELECT l.kind, l.system, l.object, l.external_id FROM meshline.record_links AS l
WHERE l.canonical_id = meshline.canonical_of('shopify', 'order', '991000000001', :merchant) ORDER BY 1, 2, 3, 4;
SELECT * FROM pg_temp.money(:merchant);
-- The lines of the payout add up to it; the payout's own line is none of them.
SELECT * FROM pg_temp.found(:merchant) AS f WHERE f.status <> 'auto_resolved';

-- The other way round.
SELECT meshline.add_merchant('shopify payments backwards', 'USD', 'UTC') AS backwards \gset
SELECT meshline.connect('shopify', 'payments.myshopify.com', :backwards) AS shopify_2 \gset
CALL pg_temp.load(:backwards, -1);
SELECT count(*) AS records FROM meshline.record_links AS l
WHERE l.canonical_id = meshline.canonical_of('shopify', 'order', '991000000001', :backwards);
SELECT a = b AS is_same FROM pg_temp.money(:merchant) AS a, pg_temp.money(:backwards) AS b;
SELECT * FROM pg_temp.found(:backwards) AS f WHERE f.status <> 'auto_resolved';

-- A line that the payout has and the export has not.
INSERT INTO staging.shopify_payout (merchant_id, payload) VALUES (:merchant, '{"id": 99402, "status": "paid", "date": "2026-10-16", "currency": "USD", "amount": "41.90"}');
INSERT INTO staging.shopify_balance_transaction (merchant_id, payload) VALUES (:merchant,
  '{"id": 99304, "type": "adjustment", "payout_id": 99402, "payout_status": "paid", "currency": "USD", "amount": "-0.75", "fee": "0.00", "net": "-0.75", "source_type": "adjustment",
    "source_order_id": 0, "source_order_transaction_id": 0, "processed_at": "2026-10-15"}');
SELECT * FROM pg_temp.found(:merchant) AS f WHERE f.reason_code = 'SETTLEMENT_TOTAL_MISMATCH';
-- Rows of ETL tools: the refund's row has no amount, its transaction's row has; they are one refund.
INSERT INTO staging.shopify_order (merchant_id, payload) VALUES (:merchant,
  '{"id": 991000000002, "name": "9942", "currency_code": "USD", "display_financial_status": "PARTIALLY_REFUNDED", "created_at": "2026-10-15T12:31:00+00:00",
    "total_price_set_shop_amount": 22.30, "total_price_set_shop_currency_code": "USD", "_fivetran_deleted": false}');
INSERT INTO staging.shopify_transaction (merchant_id, payload) VALUES
  (:merchant, '{"id": 99111, "order_id": 991000000002, "kind": "sale", "status": "success", "gateway": "bogus", "amount_set_shop_amount": 22.30, "amount_set_shop_currency_code": "USD",
    "created_at": "2026-10-15T12:31:00+00:00"}'),
  (:merchant, '{"id": 99112, "order_id": 991000000002, "refund_id": 99211, "parent_id": 99111, "kind": "refund", "status": "success", "gateway": "bogus", "amount_set_shop_amount": 2.30,
    "amount_set_shop_currency_code": "USD", "created_at": "2026-10-16T12:31:00+00:00"}');
INSERT INTO staging.shopify_refund (merchant_id, payload) VALUES (:merchant, '{"id": 99211, "order_id": 991000000002, "created_at": "2026-10-16T12:31:00+00:00", "restock": false}');
SELECT * FROM pg_temp.money(:merchant) AS m WHERE m.anchor_value = '991000000002';
SELECT * FROM pg_temp.found(:merchant) AS f WHERE f.status <> 'auto_resolved' AND f.reason_code <> 'SETTLEMENT_TOTAL_MISMATCH';

-- A dispute at Stripe: money and fee are gone from the balance at once, and the line leads to the order.
SELECT meshline.connect('stripe', 'acct_disputes', :merchant) AS stripe \gset
INSERT INTO staging.shopify_order (merchant_id, payload) VALUES (:merchant,
  '{"id": 991000000003, "name": "#9943", "total_price": "98.40", "currency": "USD", "financial_status": "paid", "created_at": "2026-10-15T10:00:00Z", "updated_at": "2026-10-15T10:00:00Z"}');
INSERT INTO staging.stripe_balance_transaction (merchant_id, payload) VALUES (:merchant,
  '{"id": "txn_sd2", "type": "adjustment", "amount": -9840, "fee": 1500, "net": -11340, "currency": "usd", "created": 1792400000, "source": "du_sd1", "payout": "po_sd1"}');
INSERT INTO staging.stripe_event (merchant_id, payload) VALUES
  (:merchant, '{"id": "evt_sd1", "created": 1792400001, "livemode": true, "type": "charge.dispute.created", "data": {"object": {"id": "du_sd1", "object": "dispute", "amount": 9840, "currency": "usd",
    "status": "needs_response", "charge": "ch_sd1", "created": 1792400000, "evidence_details": {"due_by": 1793000000}, "livemode": true}}}'),
  (:merchant, '{"id": "evt_sd2", "created": 1792058401, "livemode": true, "type": "charge.succeeded", "data": {"object": {"id": "ch_sd1", "object": "charge", "amount": 9840, "captured": true,
    "currency": "usd", "status": "succeeded", "created": 1792058400, "livemode": true, "metadata": {"shopify_order_id": "991000000003"}}}}');
SELECT l.kind, l.system, l.object, l.external_id FROM meshline.record_links AS l
WHERE l.canonical_id = meshline.canonical_of('shopify', 'order', '991000000003', :merchant) ORDER BY 1, 2, 3, 4;
SELECT * FROM pg_temp.money(:merchant) AS m WHERE m.anchor_value = '991000000003';
