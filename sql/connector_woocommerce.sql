-- WooCommerce: an order with its payment and refunds, and what Stripe and QuickBooks know of them, in two orders of
-- arrival; then what typically goes wrong in such a shop.
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET datestyle = iso;
SET meshline.as_of = '2026-10-20 12:00+00';
SELECT meshline.add_merchant('woocommerce', 'USD', 'America/Chicago') AS merchant \gset
SELECT meshline.connect('woocommerce', 'shop.example', :merchant) AS woocommerce \gset
SELECT meshline.connect('stripe', 'acct_woocommerce', :merchant) AS stripe \gset
SELECT meshline.connect('quickbooks', '4620816365009870001', :merchant) AS quickbooks \gset
SELECT meshline.set_policy('ledger_connection_id', :'quickbooks', connection_id => :woocommerce, merchant_id => :merchant);

CREATE TEMP TABLE family (n integer, staging_table text, payload text);
INSERT INTO family VALUES
(1, 'woocommerce_order', '{"id": 9971, "number": "9971", "status": "processing", "currency": "USD", "total": "96.40", "order_key": "wc_order_Rg1vT07aXn1v", "date_created": "2026-10-10T07:29:40",
  "date_created_gmt": "2026-10-10T12:29:40", "date_modified_gmt": "2026-10-12T15:15:33", "date_paid_gmt": "2026-10-10T12:30:02", "payment_method": "stripe", "transaction_id": "ch_wo1",
  "meta_data": [{"key": "_stripe_intent_id", "value": "pi_wo1"}, {"key": "_stripe_charge_captured", "value": "yes"}], "line_items": [{"id": 1}],
  "refunds": [{"id": 9973, "reason": "", "total": "-5.00"}, {"id": 9972, "reason": "broken lid", "total": "-12.50"}]}'),
(2, 'stripe_charge', '{"id": "ch_wo1", "object": "charge", "amount": 9640, "amount_captured": 9640, "captured": true, "status": "succeeded", "currency": "usd", "created": 1791635402,
  "livemode": true, "payment_intent": "pi_wo1", "metadata": {"order_id": "9971", "site_url": "https://shop.example"}}'),
(3, 'stripe_refund', '{"id": "re_wo1", "object": "refund", "amount": 1250, "currency": "usd", "status": "succeeded", "created": 1791731700, "charge": "ch_wo1"}'),
(4, 'stripe_refund', '{"id": "re_wo2", "object": "refund", "amount": 500, "currency": "usd", "status": "succeeded", "created": 1791818133, "payment_intent": "pi_wo1"}'),
(5, 'stripe_balance_transaction', '{"id": "txn_wo1", "object": "balance_transaction", "type": "charge", "amount": 9640, "fee": 310, "net": 9330, "currency": "usd", "created": 1791635402,
  "source": "ch_wo1", "payout": "po_wo1"}'),
(6, 'stripe_balance_transaction', '{"id": "txn_wo2", "object": "balance_transaction", "type": "refund", "amount": -1250, "fee": 0, "net": -1250, "currency": "usd", "created": 1791731700,
  "source": "re_wo1", "payout": "po_wo1"}'),
(7, 'stripe_balance_transaction', '{"id": "txn_wo3", "object": "balance_transaction", "type": "refund", "amount": -500, "fee": 0, "net": -500, "currency": "usd", "created": 1791818133,
  "source": "re_wo2", "payout": "po_wo1"}'),
(8, 'stripe_payout', '{"id": "po_wo1", "object": "payout", "amount": 7580, "currency": "usd", "status": "paid", "created": 1791900000, "arrival_date": 1791936000, "livemode": true}'),
(9, 'woocommerce_refund', '{"id": 9972, "date_created_gmt": "2026-10-11T15:15:00", "amount": "12.50", "reason": "broken lid", "refunded_payment": true, "line_items": [],
  "_links": {"up": [{"href": "https://shop.example/wp-json/wc/v3/orders/9971"}]}}'),
(10, 'quickbooks_sales_receipt', '{"Id": "9901", "SyncToken": "0", "DocNumber": "9971", "TotalAmt": 96.40, "CurrencyRef": {"value": "USD"}, "TxnDate": "2026-10-10",
  "MetaData": {"CreateTime": "2026-10-10T15:00:00-07:00", "LastUpdatedTime": "2026-10-10T15:00:00-07:00"}}'),
(11, 'quickbooks_refund_receipt', '{"Id": "9902", "SyncToken": "0", "DocNumber": "9971", "TotalAmt": 12.50, "CurrencyRef": {"value": "USD"}, "TxnDate": "2026-10-11",
  "MetaData": {"CreateTime": "2026-10-11T15:00:00-07:00", "LastUpdatedTime": "2026-10-11T15:00:00-07:00"}}'),
(12, 'quickbooks_refund_receipt', '{"Id": "9903", "SyncToken": "0", "DocNumber": "9971", "TotalAmt": 5.00, "CurrencyRef": {"value": "USD"}, "TxnDate": "2026-10-12",
  "MetaData": {"CreateTime": "2026-10-12T15:00:00-07:00", "LastUpdatedTime": "2026-10-12T15:00:00-07:00"}}');
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
  RETURNS TABLE (anchor_value text, order_status text, total numeric, captured numeric, payments integer, refunded numeric, refunds integer,
                 posted numeric, refund_posted numeric, settled numeric, fee numeric, state text)
LANGUAGE sql AS $$
  SELECT s.anchor_value, s.order_status, s.total, s.captured, s.payment_count, s.refunded, s.refund_count, s.posted,
         meshline.major_units(s.refund_posted_minor, s.currency), s.settled, meshline.major_units(s.fee_minor, s.currency), s.state
  FROM meshline.order_status AS s WHERE s.merchant_id = merchant ORDER BY s.anchor_value, s.total
$$;
CREATE FUNCTION pg_temp.found(merchant bigint)
  RETURNS TABLE (reason_code text, status text, expected numeric, actual numeric, at_risk numeric, record_id text, explanation text)
LANGUAGE sql AS $$
  SELECT x.reason_code, x.status, x.expected, x.actual, x.amount_at_risk, x.record_ids[1], x.explanation
  FROM meshline.exceptions AS x WHERE x.merchant_id = merchant ORDER BY x.reason_code, x.record_ids, x.explanation
$$;
CREATE FUNCTION pg_temp.expected(merchant bigint) RETURNS TABLE (reason_code text, amount numeric, due_at timestamptz, explanation text)
LANGUAGE sql AS $$
  SELECT e.reason_code, e.amount, e.due_at, e.explanation FROM meshline.expectations AS e WHERE e.merchant_id = merchant ORDER BY 1, 3, 4
$$;
SET client_min_messages = warning;

CALL pg_temp.load(:merchant, 1);
SELECT l.kind, l.system, l.object, l.external_id FROM meshline.record_links AS l
WHERE l.canonical_id = meshline.canonical_of('woocommerce', 'order', '9971', :merchant) ORDER BY 1, 2, 3, 4;
\x
SELECT * FROM pg_temp.money(:merchant);
\x
SELECT * FROM pg_temp.found(:merchant) AS f WHERE f.status <> 'auto_resolved';
SELECT * FROM pg_temp.expected(:merchant);

-- The other way round, ledger first and order last.
SELECT meshline.add_merchant('woocommerce backwards', 'USD', 'America/Chicago') AS backwards \gset
SELECT meshline.connect('woocommerce', 'shop.example', :backwards) AS woocommerce_2 \gset
SELECT meshline.connect('stripe', 'acct_woocommerce', :backwards) AS stripe_2 \gset
SELECT meshline.connect('quickbooks', '4620816365009870001', :backwards) AS quickbooks_2 \gset
SELECT meshline.set_policy('ledger_connection_id', :'quickbooks_2', connection_id => :woocommerce_2, merchant_id => :backwards);
CALL pg_temp.load(:backwards, -1);
SELECT count(*) AS records FROM meshline.record_links AS l
WHERE l.canonical_id = meshline.canonical_of('woocommerce', 'order', '9971', :backwards);
SELECT a = b AS is_same FROM pg_temp.money(:merchant) AS a, pg_temp.money(:backwards) AS b;
SELECT * FROM pg_temp.found(:backwards) AS f WHERE f.status <> 'auto_resolved';
SELECT * FROM pg_temp.expected(:backwards);

-- Two sites of one merchant number their orders alike.
SELECT meshline.connect('woocommerce', 'second.example', :merchant) AS second_site \gset
INSERT INTO staging.woocommerce_order (merchant_id, connection_id, payload) VALUES (:merchant, :second_site,
  '{"id": 9971, "number": "9971", "status": "processing", "currency": "USD", "total": "11.00", "order_key": "wc_order_Rg2vT07aXn1v", "date_created_gmt": "2026-10-19T12:00:00",
    "date_modified_gmt": "2026-10-19T12:00:00", "date_paid_gmt": "2026-10-19T12:00:00"}');
SELECT m.anchor_value, m.total, m.captured FROM pg_temp.money(:merchant) AS m;
-- Which of them a charge is of, its order's key tells.
INSERT INTO staging.stripe_charge (merchant_id, payload) VALUES (:merchant,
  '{"id": "ch_wo9", "amount": 1100, "captured": true, "status": "succeeded", "currency": "usd", "created": 1792411200, "livemode": true,
    "metadata": {"order_id": "9971", "order_key": "wc_order_Rg2vT07aXn1v"}}');
SELECT s.total, s.captured, s.payment_count FROM meshline.record_links AS l JOIN meshline.order_status AS s USING (merchant_id, canonical_id)
WHERE l.merchant_id = :merchant AND l.external_id = 'ch_wo9';

-- What goes wrong, in a shop of its own without ledger.
SELECT meshline.add_merchant('woocommerce discrepancies', 'USD', 'UTC') AS merchant \gset
SELECT meshline.connect('woocommerce', 'third.example', :merchant) AS third_site \gset
SELECT meshline.connect('stripe', 'acct_third', :merchant) AS stripe_3 \gset
CREATE PROCEDURE pg_temp.sell(merchant bigint, id text, status text, total text, more text) LANGUAGE sql AS $$
  INSERT INTO staging.woocommerce_order (merchant_id, payload) VALUES (merchant, format(
    '{"id": %s, "number": "%s", "status": "%s", "currency": "USD", "total": "%s", "date_created_gmt": "2026-10-15T12:00:00", %s}', id, id, status, total, more));
$$;
-- Refunded whole in four parts: WooCommerce leaves such an order at "processing", and nothing is wrong with it.
CALL pg_temp.sell(:merchant, '9981', 'processing', '80.00', '"date_paid_gmt": "2026-10-15T12:00:00", "payment_method": "bacs", "date_modified_gmt": "2026-10-19T12:00:00",
  "refunds": [{"id": 99814, "total": "-20.00"}, {"id": 99813, "total": "-20.00"}, {"id": 99812, "total": "-10.00"}, {"id": 99811, "total": "-30.00"}]');
SELECT m.order_status, m.total, m.captured, m.refunded, m.refunds, m.state FROM pg_temp.money(:merchant) AS m WHERE m.anchor_value = '9981';
SELECT f.* FROM pg_temp.found(:merchant) AS f;
-- A fifth is one too many.
CALL pg_temp.sell(:merchant, '9981', 'processing', '80.00', '"date_paid_gmt": "2026-10-15T12:00:00", "payment_method": "bacs", "date_modified_gmt": "2026-10-19T13:00:00",
  "refunds": [{"id": 99815, "total": "-7.00"}, {"id": 99814, "total": "-20.00"}, {"id": 99813, "total": "-20.00"}, {"id": 99812, "total": "-10.00"}, {"id": 99811, "total": "-30.00"}]');
SELECT f.* FROM pg_temp.found(:merchant) AS f;
-- Cancelled with the money kept; deleted; and paid back after all.
CALL pg_temp.sell(:merchant, '9982', 'cancelled', '25.00', '"date_paid_gmt": "2026-10-15T12:00:00", "date_modified_gmt": "2026-10-16T12:00:00"');
CALL pg_temp.sell(:merchant, '9983', 'processing', '26.00', '"date_paid_gmt": "2026-10-15T12:00:00", "date_modified_gmt": "2026-10-16T12:00:00"');
INSERT INTO staging.woocommerce_order (merchant_id, payload) VALUES (:merchant, '{"id": 9983}');
SELECT f.* FROM pg_temp.found(:merchant) AS f WHERE f.reason_code = 'DELETED_OR_VOID_WITH_MONEY';
CALL pg_temp.sell(:merchant, '9982', 'refunded', '25.00', '"date_paid_gmt": "2026-10-15T12:00:00", "date_modified_gmt": "2026-10-17T12:00:00", "refunds": [{"id": 99821, "total": "-25.00"}]');
SELECT f.record_id, f.status FROM pg_temp.found(:merchant) AS f WHERE f.reason_code = 'DELETED_OR_VOID_WITH_MONEY';
-- A second click on "refund".
CALL pg_temp.sell(:merchant, '9984', 'processing', '90.00', '"date_paid_gmt": "2026-10-15T12:00:00", "date_modified_gmt": "2026-10-16T12:00:00"');
INSERT INTO staging.woocommerce_refund (merchant_id, payload)
SELECT :merchant, format('{"id": %s, "date_created_gmt": "2026-10-16T12:0%s:00", "amount": "30.00", "_links": {"up": [{"href": "https://third.example/wp-json/wc/v3/orders/9984"}]}}', 99840 + i, i)
FROM generate_series(1, 2) AS i;
SELECT f.* FROM pg_temp.found(:merchant) AS f WHERE f.reason_code = 'DUPLICATE_REFUND';
-- The order was raised after Stripe had its money: what Stripe took counts.
CALL pg_temp.sell(:merchant, '9985', 'processing', '60.00', '"date_paid_gmt": "2026-10-15T12:00:00", "date_modified_gmt": "2026-10-16T12:00:00", "payment_method": "stripe", "transaction_id": "pi_wo5"');
INSERT INTO staging.stripe_charge (merchant_id, payload) VALUES (:merchant,
  '{"id": "ch_wo5", "amount": 5000, "captured": true, "status": "succeeded", "currency": "usd", "created": 1792065600, "livemode": true, "payment_intent": "pi_wo5"}');
SELECT f.* FROM pg_temp.found(:merchant) AS f WHERE f.reason_code = 'UNDERPAYMENT';
-- Cash on delivery is processed before it is paid: it has a week.
CALL pg_temp.sell(:merchant, '9986', 'processing', '44.00', '"payment_method": "cod", "date_modified_gmt": "2026-10-16T12:00:00"');
SELECT e.* FROM pg_temp.expected(:merchant) AS e WHERE e.reason_code = 'UNDERPAYMENT';
-- Orders of the payment plugin's test mode, and drafts of abandoned checkouts, owe nothing.
CALL pg_temp.sell(:merchant, '9987', 'processing', '1.00', '"date_paid_gmt": "2026-10-15T12:00:00", "meta_data": [{"key": "_wcpay_mode", "value": "test"}]');
CALL pg_temp.sell(:merchant, '9988', 'checkout-draft', '45.00', '"date_modified_gmt": "2026-10-15T12:00:00"');
SELECT f.reason_code, f.record_id FROM pg_temp.found(:merchant) AS f WHERE f.record_id ~ '998[78]$';

-- A refund row names no currency: that of its order counts, whichever comes first, and the merchant's as long as no order is known.
SELECT meshline.add_merchant('woo money', 'USD', 'UTC') AS money \gset
SELECT meshline.connect('woocommerce', 'https://money.example', :money) AS money_shop \gset
CREATE PROCEDURE pg_temp.sell_in(id text, currency text, total text) LANGUAGE sql AS $$
  INSERT INTO staging.woocommerce_order (merchant_id, payload) SELECT m.merchant_id, format(
    '{"id": %s, "number": "%s", "status": "processing", "currency": "%s", "total": "%s", "date_created_gmt": "2026-10-15T10:00:00", "date_modified_gmt": "2026-10-15T12:00:00"}',
    id, id, currency, total) FROM meshline.merchant AS m WHERE m.name = 'woo money';
$$;
CREATE PROCEDURE pg_temp.give_back(id text, order_id text, amount text) LANGUAGE sql AS $$
  INSERT INTO staging.woocommerce_refund (merchant_id, payload) SELECT m.merchant_id, format(
    '{"id": %s, "parent_id": %s, "date_created_gmt": "2026-10-16T10:00:00", "amount": "%s", "line_items": [{"id": 1, "sku": "A", "quantity": -1, "total": "-%s"}]}',
    id, order_id, amount, amount) FROM meshline.merchant AS m WHERE m.name = 'woo money';
$$;
CREATE VIEW pg_temp.given_back AS
  SELECT r.external_id, r.amount_minor, r.currency, r.is_currency_assumed, r.items IS NOT NULL AS has_lines, s.currency AS of_order, s.refunded
  FROM meshline.record AS r JOIN meshline.merchant AS m USING (merchant_id) LEFT JOIN meshline.order_status AS s USING (merchant_id, canonical_id)
  WHERE m.name = 'woo money' AND r.object = 'refund' ORDER BY r.external_id;
CALL pg_temp.sell_in('1', 'EUR', '50.00');
CALL pg_temp.give_back('11', '1', '10.00');
CALL pg_temp.give_back('21', '2', '10.00');
CALL pg_temp.give_back('31', '3', '1500');
CALL pg_temp.give_back('41', '4', '10.50');
SELECT * FROM pg_temp.given_back;
CALL pg_temp.sell_in('2', 'EUR', '50.00');
CALL pg_temp.sell_in('3', 'JPY', '5000');
-- No amount of yen: it stays what it was taken for.
CALL pg_temp.sell_in('4', 'JPY', '5000');
CALL pg_temp.give_back('32', '3', '500');
SELECT * FROM pg_temp.given_back;
SELECT f.reason_code, f.record_id FROM pg_temp.found(:money) AS f WHERE f.reason_code = 'CURRENCY_MISMATCH';
SELECT meshline.replay_connection(:money_shop, '2026-10-01 00:00+00') AS events_read;
SELECT * FROM pg_temp.given_back;
-- Where no order is known a shop may have a currency of its own; replay reads the past by it.
CALL pg_temp.give_back('51', '5', '10.00');
SELECT meshline.set_policy('base_currency', '"EUR"', :money_shop);
SELECT meshline.replay_connection(:money_shop, '2026-10-01 00:00+00') AS events_read;
SELECT * FROM pg_temp.given_back AS g WHERE g.external_id IN ('31', '41', '51');
