-- The example of the mission: a Shopify order paid through Stripe, partly refunded, posted in NetSuite, while
-- QuickBooks receives the settlement. The refund's payload lacks the order's id.
SET meshline.as_of = '2026-10-20 12:00+00';

CREATE FUNCTION pg_temp.tell(order_id text) RETURNS TABLE (kind text, records bigint, totals text) LANGUAGE sql AS $$
  SELECT l.kind, count(*), string_agg(l.system || ':' || l.object, ', ' ORDER BY l.system COLLATE "C", l.object COLLATE "C")
  FROM meshline.record_links l
  WHERE l.canonical_id = meshline.canonical_of('shopify', 'order', $1) GROUP BY l.kind ORDER BY l.kind COLLATE "C"
$$;
CREATE VIEW pg_temp.money AS
  SELECT anchor_value, total, captured, refunded, refund_count, posted, state, is_held
  FROM meshline.order_status WHERE anchor_value LIKE '9000000000__' ORDER BY anchor_value;
CREATE VIEW pg_temp.open AS
  SELECT reason_code, owner_queue, severity, is_holding, amount_at_risk, currency, record_ids
  FROM meshline.open_exceptions WHERE array_to_string(record_ids, ' ') ~ '9000000000|_exr?[0-9]' ORDER BY exception_id;

CREATE FUNCTION pg_temp.sell(n text) RETURNS void LANGUAGE sql AS $$
  INSERT INTO staging.shopify_order (payload) VALUES (format(
    '{"id": 9000000000%s, "name": "#90%s", "total_price": "120.00", "currency": "USD", "financial_status": "paid",'
    ' "created_at": "2026-10-01T10:00:00-04:00", "updated_at": "2026-10-01T10:00:05-04:00", "line_items": [{"id": 1}]}', n, n));
  INSERT INTO staging.stripe_charge (payload) VALUES (format(
    '{"id": "ch_ex%s", "object": "charge", "amount": 12000, "amount_captured": 12000, "captured": true, "status": "succeeded",'
    ' "currency": "usd", "created": 1790863205, "livemode": true, "payment_intent": "pi_ex%s",'
    ' "metadata": {"shopify_order_id": "9000000000%s"}}', n, n, n));
  INSERT INTO staging.stripe_balance_transaction (payload) VALUES (format(
    '{"id": "txn_ex%s", "object": "balance_transaction", "amount": 12000, "fee": 378, "net": 11622, "currency": "usd",'
    ' "created": 1790863205, "type": "charge", "source": "ch_ex%s"}', n, n));
  INSERT INTO staging.netsuite_cash_sale (payload) VALUES (format(
    '{"internalId": "81%s", "externalId": "90%s", "total": 120.00, "currencyName": "USD", "status": "Deposited",'
    ' "createdDate": "2026-10-01T14:05:00Z", "lastModifiedDate": "2026-10-01T14:05:00Z"}', n, n));
$$;
CREATE FUNCTION pg_temp.post_refund(n text) RETURNS void LANGUAGE sql AS $$
  INSERT INTO staging.netsuite_customer_refund (payload) VALUES (format(
    '{"internalId": "82%s", "externalId": "cr-90%s-1", "otherRefNum": "90%s", "total": 30.00, "currencyName": "USD",'
    ' "createdDate": "2026-10-10T14:05:00Z", "lastModifiedDate": "2026-10-10T14:05:00Z"}', n, n, n));
$$;

-- 1. The refund names its charge.
SELECT pg_temp.sell('11');
INSERT INTO staging.stripe_refund (payload) VALUES
  ('{"id": "re_ex11", "object": "refund", "amount": 3000, "currency": "usd", "status": "succeeded", "created": 1791640800, "charge": "ch_ex11"}');
SELECT pg_temp.post_refund('11');
-- 2. It names its payment intent only.
SELECT pg_temp.sell('12');
INSERT INTO staging.stripe_refund (payload) VALUES
  ('{"id": "re_ex12", "object": "refund", "amount": 3000, "currency": "usd", "status": "succeeded", "created": 1791640800, "payment_intent": "pi_ex12"}');
SELECT pg_temp.post_refund('12');
-- 3. It names nothing; the settlement does, whose source was delivered expanded.
SELECT pg_temp.sell('13');
INSERT INTO staging.stripe_refund (payload) VALUES
  ('{"id": "re_ex13", "object": "refund", "amount": 3000, "currency": "usd", "status": "succeeded", "created": 1791640800}');
SELECT * FROM pg_temp.open;
INSERT INTO staging.stripe_balance_transaction (payload) VALUES
  ('{"id": "txn_exr13", "object": "balance_transaction", "amount": -3000, "fee": 0, "net": -3000, "currency": "usd", "created": 1791640800,
     "type": "refund", "source": {"id": "re_ex13", "object": "refund", "amount": 3000, "currency": "usd", "status": "succeeded", "created": 1791640800, "charge": "ch_ex13"}}');
SELECT pg_temp.post_refund('13');
-- The shop knows of the first refund too, and QuickBooks of the settlement of all three.
INSERT INTO staging.shopify_refund (payload) VALUES
  ('{"id": 77011, "order_id": 900000000011, "created_at": "2026-10-10T14:00:00Z", "transactions": [{"id": 77111, "order_id": 900000000011,
     "kind": "refund", "status": "success", "amount": "30.00", "currency": "USD", "gateway": "stripe", "authorization": "re_ex11",
     "created_at": "2026-10-10T14:00:00Z"}]}');
INSERT INTO staging.quickbooks_deposit (payload) VALUES
  ('{"Id": "501", "SyncToken": "0", "TotalAmt": 258.66, "CurrencyRef": {"value": "USD"}, "TxnDate": "2026-10-03",
     "MetaData": {"CreateTime": "2026-10-03T09:00:00-07:00", "LastUpdatedTime": "2026-10-03T09:00:00-07:00"},
     "Line": [{"LineNum": 1, "DetailType": "DepositLineDetail", "Amount": 120.00, "Description": "ch_ex11"}, {"LineNum": 2, "DetailType": "DepositLineDetail", "Amount": 120.00, "Description": "ch_ex12"},
              {"LineNum": 3, "DetailType": "DepositLineDetail", "Amount": 120.00, "Description": "ch_ex13"}, {"LineNum": 4, "DetailType": "DepositLineDetail", "Amount": -11.34, "Description": "fees"},
              {"LineNum": 5, "DetailType": "DepositLineDetail", "Amount": -30.00, "Description": "re_ex11"}, {"LineNum": 6, "DetailType": "DepositLineDetail", "Amount": -30.00, "Description": "re_ex12"},
              {"LineNum": 7, "DetailType": "DepositLineDetail", "Amount": -30.00, "Description": "re_ex13"}]}');
SELECT * FROM pg_temp.tell('900000000011');
SELECT * FROM pg_temp.tell('900000000013');
SELECT * FROM pg_temp.money;
SELECT * FROM pg_temp.open;

-- 4. Nothing resolves it: held, owned, explained, and no second record of the money.
SELECT pg_temp.sell('14');
INSERT INTO staging.stripe_refund (payload) VALUES
  ('{"id": "re_ex14", "object": "refund", "amount": 3000, "currency": "usd", "status": "succeeded", "created": 1791640800, "reason": "requested_by_customer"}');
SELECT * FROM pg_temp.open;
SELECT item, label, record_id, payload_path, value, currency, CASE WHEN item <> 'record' THEN content END AS content
FROM meshline.explain((SELECT max(exception_id) FROM meshline.open_exceptions WHERE reason_code = 'REFUND_WITHOUT_ORDER' AND record_ids @> ARRAY['stripe:refund:re_ex14']))
WHERE item NOT IN ('rule');
SELECT count(*) AS postable FROM meshline.postable_orders WHERE anchor_value = 're_ex14';
-- Replaying changes nothing, twice.
SELECT meshline.replay_event((SELECT event_id FROM meshline.event WHERE external_id = 're_ex14'));
SELECT meshline.replay_event((SELECT event_id FROM meshline.event WHERE external_id = 're_ex14'));
SELECT count(*) AS events FROM meshline.event WHERE external_id = 're_ex14';
SELECT count(*) AS records, min(amount_minor) AS amount_minor FROM meshline.record WHERE external_id = 're_ex14';
SELECT occurrences, status FROM meshline.exceptions WHERE record_ids @> ARRAY['stripe:refund:re_ex14'];
-- The missing link arrives: the exception closes in the same transaction.
INSERT INTO staging.stripe_balance_transaction (payload) VALUES
  ('{"id": "txn_exr14", "object": "balance_transaction", "amount": -3000, "fee": 0, "net": -3000, "currency": "usd", "created": 1791640800,
     "type": "refund", "source": {"id": "re_ex14", "object": "refund", "charge": "ch_ex14"}}');
SELECT pg_temp.post_refund('14');
SELECT reason_code, status, closed_by FROM meshline.exceptions WHERE record_ids @> ARRAY['stripe:refund:re_ex14'] ORDER BY exception_id;
SELECT * FROM pg_temp.money WHERE anchor_value = '900000000014';
SELECT * FROM pg_temp.open;
