-- PayPal: the payment, refund, dispute and balance rows of a shop's order, in two orders of arrival; then what typically
-- goes wrong.
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET datestyle = iso;
SET meshline.as_of = '2026-10-20 12:00+00';
SELECT meshline.add_merchant('paypal', 'USD', 'UTC') AS merchant \gset
SELECT meshline.connect('woocommerce', 'paypal.example', :merchant) AS woocommerce \gset
SELECT meshline.connect('paypal', 'M3PZ8WQ4D7KXS', :merchant) AS paypal \gset

CREATE TEMP TABLE family (n integer, staging_table text, payload text);
INSERT INTO family VALUES
(1, 'woocommerce_order', '{"id": 9951, "number": "9951", "status": "processing", "currency": "USD", "total": "72.50", "date_created_gmt": "2026-10-10T12:29:40",
  "date_modified_gmt": "2026-10-12T15:15:33", "date_paid_gmt": "2026-10-10T12:30:08", "payment_method": "ppcp-gateway", "transaction_id": "9PP00000000000C01",
  "meta_data": [{"key": "_ppcp_paypal_order_id", "value": "9PP00000000000D01"}], "line_items": [{"id": 1}], "refunds": [{"id": 9952, "reason": "", "total": "-10.00"}]}'),
(2, 'paypal_event', '{"id": "WH-PP-1", "create_time": "2026-10-10T12:29:55.000Z", "resource_type": "checkout-order", "event_type": "CHECKOUT.ORDER.APPROVED",
  "resource": {"id": "9PP00000000000D01", "intent": "CAPTURE", "status": "APPROVED", "create_time": "2026-10-10T12:29:50Z",
    "purchase_units": [{"reference_id": "default", "amount": {"currency_code": "USD", "value": "72.50"}, "custom_id": "9951", "invoice_id": "WC-9951"}]}}'),
(3, 'paypal_event', '{"id": "WH-PP-2", "create_time": "2026-10-10T12:30:09.000Z", "resource_type": "capture", "event_type": "PAYMENT.CAPTURE.COMPLETED",
  "resource": {"id": "9PP00000000000C01", "status": "COMPLETED", "amount": {"currency_code": "USD", "value": "72.50"}, "create_time": "2026-10-10T12:30:05Z", "update_time": "2026-10-10T12:30:05Z",
    "seller_receivable_breakdown": {"paypal_fee": {"currency_code": "USD", "value": "3.02"}, "net_amount": {"currency_code": "USD", "value": "69.48"}},
    "supplementary_data": {"related_ids": {"order_id": "9PP00000000000D01"}}}}'),
(4, 'paypal_event', '{"id": "WH-PP-3", "create_time": "2026-10-12T15:15:31.000Z", "resource_type": "refund", "event_type": "PAYMENT.CAPTURE.REFUNDED",
  "resource": {"id": "9PP00000000000R01", "status": "COMPLETED", "amount": {"currency_code": "USD", "value": "10.00"}, "create_time": "2026-10-12T08:15:30-07:00",
    "links": [{"href": "https://api.paypal.com/v2/payments/captures/9PP00000000000C01", "rel": "up", "method": "GET"}]}}'),
(5, 'paypal_event', '{"id": "WH-PP-4", "create_time": "2026-10-15T08:00:01.000Z", "resource_type": "dispute", "event_type": "CUSTOMER.DISPUTE.CREATED",
  "resource": {"dispute_id": "PP-R-PPX-1", "create_time": "2026-10-15T08:00:00.000Z", "status": "WAITING_FOR_SELLER_RESPONSE", "dispute_amount": {"currency_code": "USD", "value": "62.50"},
    "seller_response_due_date": "2026-10-25T08:00:00.000Z", "disputed_transactions": [{"seller_transaction_id": "9PP00000000000C01", "items": []}]}}'),
(6, 'paypal_transaction', '{"transaction_info": {"transaction_id": "9PP00000000000C01", "transaction_event_code": "T0006", "transaction_status": "S",
  "transaction_initiation_date": "2026-10-10T12:30:05+0000", "transaction_updated_date": "2026-10-10T12:30:05+0000", "transaction_amount": {"currency_code": "USD", "value": "72.50"},
  "fee_amount": {"currency_code": "USD", "value": "-3.02"}, "invoice_id": "WC-9951", "custom_field": "9951"}, "payer_info": {"email_address": "ada.byron@mail.example"}}'),
(7, 'paypal_transaction', '{"transaction_info": {"transaction_id": "9PP00000000000R01", "transaction_event_code": "T1107", "transaction_status": "S",
  "transaction_initiation_date": "2026-10-12T15:15:30+0000", "transaction_updated_date": "2026-10-12T15:15:30+0000", "transaction_amount": {"currency_code": "USD", "value": "-10.00"},
  "paypal_reference_id": "9PP00000000000C01", "paypal_reference_id_type": "TXN"}}'),
(8, 'paypal_transaction', '{"transaction_info": {"transaction_id": "9PP00000000000W01", "transaction_event_code": "T0403", "transaction_status": "S",
  "transaction_initiation_date": "2026-10-14T06:00:00+0000", "transaction_updated_date": "2026-10-14T06:00:00+0000", "transaction_amount": {"currency_code": "USD", "value": "-59.48"}}}'),
(9, 'paypal_order', '{"id": "9PP00000000000D01", "intent": "CAPTURE", "status": "COMPLETED", "create_time": "2026-10-10T12:29:50Z", "update_time": "2026-10-12T15:15:31Z",
  "purchase_units": [{"reference_id": "default", "amount": {"currency_code": "USD", "value": "72.50"}, "custom_id": "9951", "invoice_id": "WC-9951", "payments": {
    "captures": [{"id": "9PP00000000000C01", "status": "PARTIALLY_REFUNDED", "amount": {"currency_code": "USD", "value": "72.50"}, "create_time": "2026-10-10T12:30:05Z", "update_time": "2026-10-12T15:15:30Z"}],
    "refunds": [{"id": "9PP00000000000R01", "status": "COMPLETED", "amount": {"currency_code": "USD", "value": "10.00"}, "create_time": "2026-10-12T15:15:30Z",
      "links": [{"href": "https://api.paypal.com/v2/payments/captures/9PP00000000000C01", "rel": "up", "method": "GET"}]}]}}]}');
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
                 settled numeric, fee numeric, state text)
LANGUAGE sql AS $$
  SELECT s.anchor_value, s.order_status, s.total, s.captured, s.payment_count, s.refunded, s.refund_count,
         s.settled, meshline.major_units(s.fee_minor, s.currency), s.state
  FROM meshline.order_status AS s WHERE s.merchant_id = merchant AND s.anchor_namespace ~ '^woocommerce' ORDER BY s.anchor_value
$$;
CREATE FUNCTION pg_temp.found(merchant bigint)
  RETURNS TABLE (reason_code text, status text, expected numeric, actual numeric, at_risk numeric, record_ids text[], explanation text)
LANGUAGE sql AS $$
  SELECT x.reason_code, x.status, x.expected, x.actual, x.amount_at_risk, x.record_ids, x.explanation
  FROM meshline.exceptions AS x WHERE x.merchant_id = merchant ORDER BY x.reason_code, x.record_ids, x.explanation
$$;
CREATE FUNCTION pg_temp.expected(merchant bigint) RETURNS TABLE (reason_code text, amount numeric, due_at timestamptz, explanation text)
LANGUAGE sql AS $$
  SELECT e.reason_code, e.amount, e.due_at, e.explanation FROM meshline.expectations AS e WHERE e.merchant_id = merchant ORDER BY 1, 3, 4
$$;
SET client_min_messages = warning;

CALL pg_temp.load(:merchant, 1);
SELECT l.kind, l.system, l.object, l.external_id FROM meshline.record_links AS l
WHERE l.canonical_id = meshline.canonical_of('woocommerce', 'order', '9951', :merchant) ORDER BY 1, 2, 3, 4;
SELECT * FROM pg_temp.money(:merchant);
SELECT * FROM pg_temp.found(:merchant) AS f WHERE f.status <> 'auto_resolved';
SELECT * FROM pg_temp.expected(:merchant);

-- The other way round.
SELECT meshline.add_merchant('paypal backwards', 'USD', 'UTC') AS backwards \gset
SELECT meshline.connect('woocommerce', 'paypal.example', :backwards) AS woocommerce_2 \gset
SELECT meshline.connect('paypal', 'M3PZ8WQ4D7KXS', :backwards) AS paypal_2 \gset
CALL pg_temp.load(:backwards, -1);
SELECT count(*) AS records FROM meshline.record_links AS l
WHERE l.canonical_id = meshline.canonical_of('woocommerce', 'order', '9951', :backwards);
SELECT a = b AS is_same FROM pg_temp.money(:merchant) AS a, pg_temp.money(:backwards) AS b;
SELECT * FROM pg_temp.found(:backwards) AS f WHERE f.status <> 'auto_resolved';
SELECT * FROM pg_temp.expected(:backwards);

-- What goes wrong.
SELECT meshline.add_merchant('paypal discrepancies', 'USD', 'UTC') AS merchant \gset
SELECT meshline.connect('woocommerce', 'second.example', :merchant) AS woocommerce_3 \gset
SELECT meshline.connect('paypal', 'M4PZ8WQ4D7KXS', :merchant) AS paypal_3 \gset
CREATE PROCEDURE pg_temp.sell(merchant bigint, id text, total text) LANGUAGE sql AS $$
  INSERT INTO staging.woocommerce_order (merchant_id, payload) VALUES (merchant, format(
    '{"id": %s, "number": "%s", "status": "processing", "currency": "USD", "total": "%s", "date_created_gmt": "2026-10-15T12:00:00", "date_modified_gmt": "2026-10-15T12:00:00"}', id, id, total));
$$;
CREATE PROCEDURE pg_temp.capture(merchant bigint, id text, total text, currency text, status text, more text) LANGUAGE sql AS $$
  INSERT INTO staging.paypal_capture (merchant_id, payload) VALUES (merchant, format(
    '{"id": "%s", "status": "%s", "amount": {"currency_code": "%s", "value": "%s"}, "create_time": "2026-10-15T12:00:05Z", "update_time": "2026-10-15T12:00:05Z", %s}', id, status, currency, total, more));
$$;
-- The buyer went through checkout twice: two orders at PayPal for one of the shop.
CALL pg_temp.sell(:merchant, '9961', '30.00');
CALL pg_temp.capture(:merchant, '9PP00000000000C11', '30.00', 'USD', 'COMPLETED', '"custom_id": "9961", "supplementary_data": {"related_ids": {"order_id": "9PP00000000000D11"}}');
CALL pg_temp.capture(:merchant, '9PP00000000000C12', '30.00', 'USD', 'COMPLETED', '"custom_id": "9961", "supplementary_data": {"related_ids": {"order_id": "9PP00000000000D12"}}');
SELECT * FROM pg_temp.found(:merchant) AS f WHERE f.reason_code = 'DUPLICATE_PAYMENT';
-- An authorization of which half was captured, and the rest let go.
CALL pg_temp.sell(:merchant, '9962', '40.00');
INSERT INTO staging.paypal_event (merchant_id, payload) VALUES
  (:merchant, '{"id": "WH-PP-11", "create_time": "2026-10-15T12:00:03Z", "resource_type": "authorization", "event_type": "PAYMENT.AUTHORIZATION.CREATED",
    "resource": {"id": "9PP00000000000A21", "status": "CREATED", "amount": {"currency_code": "USD", "value": "40.00"}, "invoice_id": "WC-9962", "create_time": "2026-10-15T12:00:02Z"}}');
CALL pg_temp.capture(:merchant, '9PP00000000000C21', '20.00', 'USD', 'COMPLETED',
  '"links": [{"rel": "up", "href": "https://api.paypal.com/v2/payments/authorizations/9PP00000000000A21"}]');
SELECT s.captured, meshline.major_units(s.authorized_minor, s.currency) AS authorized FROM meshline.order_status AS s WHERE s.merchant_id = :merchant AND s.anchor_value = '9962';
INSERT INTO staging.paypal_event (merchant_id, payload) VALUES
  (:merchant, '{"id": "WH-PP-12", "create_time": "2026-10-16T12:00:03Z", "resource_type": "authorization", "event_type": "PAYMENT.AUTHORIZATION.VOIDED",
    "resource": {"id": "9PP00000000000A21", "status": "VOIDED", "amount": {"currency_code": "USD", "value": "40.00"}, "invoice_id": "WC-9962", "create_time": "2026-10-15T12:00:02Z"}}');
SELECT s.captured, meshline.major_units(s.authorized_minor, s.currency) AS authorized FROM meshline.order_status AS s WHERE s.merchant_id = :merchant AND s.anchor_value = '9962';
SELECT * FROM pg_temp.found(:merchant) AS f WHERE f.reason_code = 'PARTIAL_CAPTURE';
-- Captured in another currency.
CALL pg_temp.sell(:merchant, '9963', '50.00');
CALL pg_temp.capture(:merchant, '9PP00000000000C31', '50.00', 'EUR', 'COMPLETED', '"invoice_id": "WC-9963"');
SELECT * FROM pg_temp.found(:merchant) AS f WHERE f.reason_code = 'CURRENCY_MISMATCH';
-- A refund whose capture has not been told of; the capture leads to the order.
CALL pg_temp.sell(:merchant, '9964', '60.00');
INSERT INTO staging.paypal_refund (merchant_id, payload) VALUES (:merchant,
  '{"id": "9PP00000000000R41", "status": "COMPLETED", "amount": {"currency_code": "USD", "value": "15.00"}, "create_time": "2026-10-16T12:00:00Z",
    "links": [{"rel": "up", "href": "https://api.paypal.com/v2/payments/captures/9PP00000000000C41"}]}');
SELECT * FROM pg_temp.found(:merchant) AS f WHERE f.reason_code = 'REFUND_WITHOUT_ORDER';
CALL pg_temp.capture(:merchant, '9PP00000000000C41', '60.00', 'USD', 'COMPLETED', '"invoice_id": "WC-9964"');
SELECT f.status FROM pg_temp.found(:merchant) AS f WHERE f.reason_code = 'REFUND_WITHOUT_ORDER';
SELECT * FROM pg_temp.money(:merchant) AS m WHERE m.anchor_value = '9964';
-- Where the balance rows are loaded too, every capture should be among them in time.
SELECT meshline.set_policy('settlement_window_days', '3', connection_id => :paypal_3, merchant_id => :merchant);
CALL pg_temp.capture(:merchant, '9PP00000000000C41', '60.00', 'USD', 'PARTIALLY_REFUNDED', '"invoice_id": "WC-9964"');
SELECT f.* FROM pg_temp.found(:merchant) AS f WHERE f.reason_code = 'MISSING_SETTLEMENT' AND f.record_ids = ARRAY['paypal:capture:9PP00000000000C41'];
INSERT INTO staging.paypal_transaction (merchant_id, payload) VALUES (:merchant,
  '{"transaction_info": {"transaction_id": "9PP00000000000C41", "transaction_event_code": "T0003", "transaction_status": "S", "transaction_initiation_date": "2026-10-15T12:00:05+0000",
    "transaction_updated_date": "2026-10-15T12:00:05+0000", "transaction_amount": {"currency_code": "USD", "value": "60.00"}, "fee_amount": {"currency_code": "USD", "value": "-2.58"}}}');
SELECT f.status FROM pg_temp.found(:merchant) AS f WHERE f.reason_code = 'MISSING_SETTLEMENT' AND f.record_ids = ARRAY['paypal:capture:9PP00000000000C41'];
-- An event of the sandbox takes part in no sum; one that comes again is counted once; a minimal answer is no record.
INSERT INTO staging.paypal_event (merchant_id, payload) VALUES
  (:merchant, '{"id": "WH-PP-21", "create_time": "2026-10-16T12:00:03Z", "resource_type": "capture", "links": [{"rel": "self", "href": "https://api.sandbox.paypal.com/v1/notifications/webhooks-events/WH-PP-21"}],
    "resource": {"id": "9PP00000000000C51", "status": "COMPLETED", "amount": {"currency_code": "USD", "value": "40.00"}, "invoice_id": "WC-9962", "create_time": "2026-10-15T12:00:02Z"}}'),
  (:merchant, '{"id": "WH-PP-12", "create_time": "2026-10-16T12:00:03Z", "resource_type": "authorization", "event_type": "PAYMENT.AUTHORIZATION.VOIDED",
    "resource": {"id": "9PP00000000000A21", "status": "VOIDED", "amount": {"currency_code": "USD", "value": "40.00"}, "invoice_id": "WC-9962", "create_time": "2026-10-15T12:00:02Z"}}');
INSERT INTO staging.paypal_capture (merchant_id, payload) VALUES (:merchant, '{"id": "9PP00000000000C41", "status": "COMPLETED", "links": []}');
SELECT f.reason_code, f.status, f.record_ids FROM pg_temp.found(:merchant) AS f WHERE f.reason_code IN ('TEST_MODE_RECORD', 'DUPLICATE_EVENT', 'INVALID_PAYLOAD');
SELECT * FROM pg_temp.money(:merchant) AS m WHERE m.anchor_value IN ('9962', '9964');
