-- Amazon: an order, its financial events and its settlement report end in one canonical order, whatever comes first.
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET datestyle = iso;
SET meshline.as_of = '2026-04-20 12:00+00';
SET client_min_messages = warning;
SELECT meshline.add_merchant('amazon forward', 'USD', 'UTC') AS forward \gset
SELECT meshline.add_merchant('amazon backward', 'USD', 'UTC') AS backward \gset
SELECT meshline.connect('amazon', 'A0EXAMPLESELLER', :forward) AS forward_connection \gset
SELECT meshline.connect('amazon', 'A0EXAMPLESELLER', :backward) AS backward_connection \gset

CREATE TEMPORARY TABLE sample (step integer, object text, payload text);
-- Order 702-1 of 64.90 is shipped in two parcels; 12.00 go back.
INSERT INTO sample VALUES
  (1, 'order', '{"AmazonOrderId": "702-0000001-0000001", "PurchaseDate": "2026-03-02T17:20:00Z", "LastUpdateDate": "2026-03-02T17:20:00Z", "OrderStatus": "Pending"}'),
  (2, 'order', '{"AmazonOrderId": "702-0000001-0000001", "PurchaseDate": "2026-03-02T17:20:00Z", "LastUpdateDate": "2026-03-04T09:00:00Z", "OrderStatus": "Shipped",
    "OrderTotal": {"CurrencyCode": "USD", "Amount": "64.90"}}'),
  (3, 'order', '{"NotificationType": "ORDER_CHANGE", "EventTime": "2026-03-04T09:00:05Z", "NotificationMetadata": {"NotificationId": "n-1"},
    "Payload": {"OrderChangeNotification": {"AmazonOrderId": "702-0000001-0000001", "Summary": {"OrderStatus": "Shipped"}}}}'),
  (4, 'financial_event', '{"transactionId": "T1", "transactionType": "Shipment", "postedDate": "2026-03-05T09:30:00Z", "totalAmount": {"currencyAmount": 33.56, "currencyCode": "USD"},
    "relatedIdentifiers": [{"relatedIdentifierName": "ORDER_ID", "relatedIdentifierValue": "702-0000001-0000001"}],
    "breakdowns": [{"breakdownType": "ProductCharges", "breakdownAmount": {"currencyAmount": 40.00}}, {"breakdownType": "AmazonFees", "breakdownAmount": {"currencyAmount": -6.44}}]}'),
  (5, 'financial_event', '{"transactionId": "T2", "transactionType": "Shipment", "postedDate": "2026-03-06T09:30:00Z", "totalAmount": {"currencyAmount": 24.30, "currencyCode": "USD"},
    "relatedIdentifiers": [{"relatedIdentifierName": "ORDER_ID", "relatedIdentifierValue": "702-0000001-0000001"}],
    "breakdowns": [{"breakdownType": "ProductCharges", "breakdownAmount": {"currencyAmount": 24.90}}, {"breakdownType": "AmazonFees", "breakdownAmount": {"currencyAmount": -0.60}}]}'),
  (6, 'financial_event', '{"transactionId": "T3", "transactionType": "Refund", "postedDate": "2026-03-09T09:30:00Z", "totalAmount": {"currencyAmount": -12.00, "currencyCode": "USD"},
    "relatedIdentifiers": [{"relatedIdentifierName": "ORDER_ID", "relatedIdentifierValue": "702-0000001-0000001"}]}');
-- The report: its first row is the payout; two rows of 0.30 are equal, and both are meant.
INSERT INTO sample
SELECT 7, 'settlement_line', jsonb_build_object('settlement-id', '31', 'deposit-date', r.deposit, 'total-amount', r.total, 'currency', 'USD', 'transaction-type', r.type,
  'order-id', r.order_id, 'amount-type', r.amount_type, 'amount-description', r.description, 'amount', r.amount, 'posted-date-time', r.posted)::text
FROM (VALUES
  (1, '2026-03-17 00:00:00 UTC', '45.86', '', '', '', '', '', ''),
  (2, '', '', 'Order', '702-0000001-0000001', 'ItemPrice', 'Principal', '40.00', '2026-03-05 09:30:00 UTC'),
  (3, '', '', 'Order', '702-0000001-0000001', 'ItemFees', 'Commission', '-6.44', '2026-03-05 09:30:00 UTC'),
  (4, '', '', 'Order', '702-0000001-0000001', 'ItemPrice', 'Principal', '24.90', '2026-03-06 09:30:00 UTC'),
  (5, '', '', 'Order', '702-0000001-0000001', 'ItemFees', 'Commission', '-0.30', '2026-03-06 09:30:00 UTC'),
  (6, '', '', 'Order', '702-0000001-0000001', 'ItemFees', 'Commission', '-0.30', '2026-03-06 09:30:00 UTC'),
  (7, '', '', 'Refund', '702-0000001-0000001', 'ItemPrice', 'Principal', '-12.00', '2026-03-09 09:30:00 UTC')
) AS r (n, deposit, total, type, order_id, amount_type, description, amount, posted) ORDER BY r.n;

-- Each step is one delivery.
CREATE PROCEDURE pg_temp.load(merchant bigint, connection bigint, steps integer[]) LANGUAGE plpgsql AS $$
DECLARE
  each_step integer;
BEGIN
  FOREACH each_step IN ARRAY steps LOOP
    EXECUTE format('INSERT INTO staging.amazon_%s (merchant_id, connection_id, payload) SELECT $1, $2, s.payload FROM sample AS s WHERE s.step = $3',
                   (SELECT min(s.object) FROM sample AS s WHERE s.step = each_step)) USING merchant, connection, each_step;
  END LOOP;
END
$$;
CALL pg_temp.load(:forward, :forward_connection, ARRAY[1, 2, 3, 4, 5, 6, 7]);
CALL pg_temp.load(:backward, :backward_connection, ARRAY[7, 6, 5, 4, 3, 2, 1]);

CREATE VIEW pg_temp.money AS
  SELECT m.name, s.anchor_value, s.total, s.captured, s.payment_count AS payments, s.refunded, s.settled, meshline.major_units(s.fee_minor, s.currency) AS fee,
         s.order_status, s.state
  FROM meshline.order_status AS s JOIN meshline.merchant AS m USING (merchant_id) WHERE m.name LIKE 'amazon %ward' AND s.anchor_value ~ '^702-'
  ORDER BY m.name DESC, s.anchor_value;
CREATE VIEW pg_temp.open AS
  SELECT m.name, x.reason_code, x.expected, x.actual, x.amount_at_risk, x.currency, x.record_ids
  FROM meshline.open_exceptions AS x JOIN meshline.merchant AS m USING (merchant_id) WHERE m.name LIKE 'amazon %ward'
  ORDER BY m.name DESC, x.reason_code, x.record_ids, x.amount_at_risk DESC;
SELECT * FROM pg_temp.money;
SELECT * FROM pg_temp.open;
SELECT l.object, l.kind, count(*)
FROM meshline.record_links AS l
WHERE l.merchant_id = :backward AND l.canonical_id = meshline.canonical_of('amazon', 'order', '702-0000001-0000001', :backward)
GROUP BY l.object, l.kind ORDER BY l.object;

-- The report downloaded again: every row of it is a repeat, the twins too.
CALL pg_temp.load(:forward, :forward_connection, ARRAY[7]);
SELECT * FROM pg_temp.money AS m WHERE m.name = 'amazon forward';
SELECT count(*) AS lines, sum(r.net_minor) AS net_minor FROM meshline.record AS r
WHERE r.merchant_id = :forward AND r.object = 'settlement_line' AND r.kind = 'settlement_line';

-- A report that has lost a row does not add up to what it pays out.
INSERT INTO staging.amazon_settlement_line (merchant_id, connection_id, payload)
SELECT :forward, :forward_connection, replace(s.payload, '"31"', '"32"') FROM sample AS s WHERE s.step = 7 AND s.payload NOT LIKE '%-6.44%';
SELECT * FROM pg_temp.open AS o WHERE o.reason_code = 'SETTLEMENT_TOTAL_MISMATCH';

-- Shipped and never settled; cancelled and charged all the same; a refund of an order that nobody knows.
INSERT INTO staging.amazon_order (merchant_id, connection_id, payload) VALUES
  (:forward, :forward_connection, '{"AmazonOrderId": "702-0000002-0000002", "PurchaseDate": "2026-03-12T10:00:00Z", "LastUpdateDate": "2026-03-13T10:00:00Z", "OrderStatus": "Shipped",
    "OrderTotal": {"CurrencyCode": "USD", "Amount": "20.00"}}'),
  (:forward, :forward_connection, '{"AmazonOrderId": "702-0000003-0000003", "PurchaseDate": "2026-04-18T10:00:00Z", "LastUpdateDate": "2026-04-19T10:00:00Z", "OrderStatus": "Canceled"}');
INSERT INTO staging.amazon_financial_event (merchant_id, connection_id, payload) VALUES
  (:forward, :forward_connection, '{"FinancialEvents": {"ShipmentEventList": [{"AmazonOrderId": "702-0000003-0000003", "PostedDate": "2026-04-19T09:00:00Z",
    "ShipmentItemList": [{"OrderItemId": "1", "ItemChargeList": [{"ChargeType": "Principal", "ChargeAmount": {"CurrencyCode": "USD", "CurrencyAmount": 30.0}}]}]}],
   "RefundEventList": [{"AmazonOrderId": "702-0000004-0000004", "PostedDate": "2026-04-19T09:00:00Z",
    "ShipmentItemAdjustmentList": [{"OrderAdjustmentItemId": "2", "ItemChargeAdjustmentList": [{"ChargeType": "Principal", "ChargeAmount": {"CurrencyCode": "USD", "CurrencyAmount": -8.0}}]}]}]}}');
SELECT * FROM pg_temp.money AS m WHERE m.name = 'amazon forward';
SELECT * FROM pg_temp.open AS o WHERE o.reason_code <> 'SETTLEMENT_TOTAL_MISMATCH';
