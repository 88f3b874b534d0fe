-- A Shopify order is paid through Stripe, partly refunded after a talk with support, and posted in NetSuite,
-- while QuickBooks receives the settlement. The refund's payload lacks the order's id.
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET datestyle = iso;
SET meshline.as_of = '2026-10-20 12:00+00';

-- An order of 120.00 USD, the shop's note of its payment, the charge, its settlement line and its cash sale.
-- Only the shop's note ties the charge to the order. When all this is exported the shop knows that part was given back.
CREATE PROCEDURE pg_temp.sell(n text) LANGUAGE sql AS $$
  INSERT INTO staging.shopify_order (payload) VALUES (format(
    '{"id": 9000000000%s, "name": "#90%s", "total_price": "120.00", "currency": "USD", "financial_status": "partially_refunded",'
    ' "created_at": "2026-10-01T10:00:00-04:00", "updated_at": "2026-10-01T10:00:05-04:00", "line_items": [{"id": 1}]}', n, n));
  INSERT INTO staging.shopify_transaction (payload) VALUES (format(
    '{"id": 7600%s, "order_id": 9000000000%s, "kind": "sale", "status": "success", "gateway": "stripe", "amount": "120.00",'
    ' "currency": "USD", "created_at": "2026-10-01T10:00:05-04:00", "authorization": "ch_ex%s"}', n, n, n));
  INSERT INTO staging.stripe_charge (payload) VALUES (format(
    '{"id": "ch_ex%s", "object": "charge", "amount": 12000, "amount_captured": 12000, "captured": true, "status": "succeeded",'
    ' "currency": "usd", "created": 1790863205, "livemode": true, "payment_intent": "pi_ex%s"}', n, n));
  INSERT INTO staging.stripe_balance_transaction (payload) VALUES (format(
    '{"id": "txn_ex%s", "object": "balance_transaction", "amount": 12000, "fee": 378, "net": 11622, "currency": "usd",'
    ' "created": 1790863205, "type": "charge", "source": "ch_ex%s", "payout": %s}', n, n,
    CASE WHEN n <= '13' THEN '"po_ex1"' ELSE 'null' END));
  INSERT INTO staging.netsuite_cash_sale (payload) VALUES (format(
    '{"internalId": "81%s", "externalId": "90%s", "total": 120.00, "currencyName": "USD", "status": "Deposited",'
    ' "createdDate": "2026-10-01T14:05:00Z", "lastModifiedDate": "2026-10-01T14:05:00Z"}', n, n));
$$;
-- A refund of 30.00 USD by Stripe, with what it says of the payment.
CREATE PROCEDURE pg_temp.refund(n text, about text) LANGUAGE sql AS $$
  INSERT INTO staging.stripe_refund (payload) VALUES (format(
    '{"id": "re_ex%s", "object": "refund", "amount": 3000, "currency": "usd", "status": "succeeded", "created": 1791640800%s}', n, about));
$$;
-- Its settlement line, whose source was delivered expanded and names the charge.
CREATE PROCEDURE pg_temp.settle_refund(n text) LANGUAGE sql AS $$
  INSERT INTO staging.stripe_balance_transaction (payload) VALUES (format(
    '{"id": "txn_exr%s", "object": "balance_transaction", "amount": -3000, "fee": 0, "net": -3000, "currency": "usd", "created": 1791640800,'
    ' "type": "refund", "payout": %s, "source": {"id": "re_ex%s", "object": "refund", "charge": "ch_ex%s"}}', n,
    CASE WHEN n <= '13' THEN '"po_ex1"' ELSE 'null' END, n, n));
$$;
CREATE PROCEDURE pg_temp.post_refund(n text) LANGUAGE sql AS $$
  INSERT INTO staging.netsuite_customer_refund (payload) VALUES (format(
    '{"internalId": "82%s", "externalId": "cr-90%s-1", "otherRefNum": "90%s", "total": 30.00, "currencyName": "USD",'
    ' "createdDate": "2026-10-10T14:05:00Z", "lastModifiedDate": "2026-10-10T14:05:00Z"}', n, n, n));
$$;
CREATE VIEW pg_temp.money AS
  SELECT s.anchor_value, s.total, s.captured, s.payment_count AS payments, s.refunded, s.refund_count AS refunds, s.posted,
         meshline.major_units(s.refund_posted_minor, s.currency) AS refund_posted, s.settled, s.state, s.next_owner AS owner
  FROM meshline.order_status AS s WHERE s.anchor_value ~ '^9000000000..$|_ex' ORDER BY s.anchor_value;
CREATE VIEW pg_temp.open AS
  SELECT x.reason_code, x.owner_queue, x.severity, x.is_holding, x.amount_at_risk, x.currency, x.record_ids
  FROM meshline.open_exceptions AS x
  WHERE array_to_string(x.record_ids, ' ') ~ ':9000000000..|_exr?[0-9]' ORDER BY x.reason_code, x.record_ids;

-- Whoever loads needs INSERT on staging, and nothing else.
CREATE ROLE regress_example_loader;
SELECT meshline.grant_role('regress_example_loader', 'loader');
SET ROLE regress_example_loader;
CALL pg_temp.sell('11');
CALL pg_temp.sell('12');
CALL pg_temp.sell('13');
CALL pg_temp.sell('14');

-- 1. The refund names its charge: charge, then the shop's note, lead to the order.
CALL pg_temp.refund('11', ', "charge": "ch_ex11"');
-- 2. It names its payment intent only.
CALL pg_temp.refund('12', ', "payment_intent": "pi_ex12"');
-- 3. It names nothing. It is held ...
CALL pg_temp.refund('13', '');
RESET ROLE;
SELECT * FROM pg_temp.open;
-- ... until the settlement batch comes.
SET ROLE regress_example_loader;
CALL pg_temp.settle_refund('11');
CALL pg_temp.settle_refund('12');
CALL pg_temp.settle_refund('13');
INSERT INTO staging.stripe_payout (payload) VALUES (
  '{"id": "po_ex1", "object": "payout", "amount": 25866, "currency": "usd", "status": "paid", "created": 1791900000,
    "arrival_date": 1791936000, "livemode": true}');
CALL pg_temp.post_refund('11');
CALL pg_temp.post_refund('12');
CALL pg_temp.post_refund('13');
-- The shop has its own two records of the first refund; they are no second refund.
INSERT INTO staging.shopify_refund (payload) VALUES (
  '{"id": 77011, "order_id": 900000000011, "created_at": "2026-10-10T14:00:00Z", "note": "arrived scratched",
    "transactions": [{"id": 77111, "order_id": 900000000011, "kind": "refund", "status": "success", "amount": "30.00",
      "currency": "USD", "gateway": "stripe", "authorization": "re_ex11", "created_at": "2026-10-10T14:00:00Z"}]}');
-- QuickBooks' deposit: three sales and three refunds, less fees.
INSERT INTO staging.quickbooks_deposit (payload) VALUES (
  '{"Id": "501", "SyncToken": "0", "TotalAmt": 258.66, "CurrencyRef": {"value": "USD"}, "TxnDate": "2026-10-14", "PrivateNote": "po_ex1",
    "MetaData": {"CreateTime": "2026-10-14T09:00:00-07:00", "LastUpdatedTime": "2026-10-14T09:00:00-07:00"}, "Line": [
    {"LineNum": 1, "DetailType": "DepositLineDetail", "Amount": 120.00, "Description": "ch_ex11"},
    {"LineNum": 2, "DetailType": "DepositLineDetail", "Amount": 120.00, "Description": "ch_ex12"},
    {"LineNum": 3, "DetailType": "DepositLineDetail", "Amount": 120.00, "Description": "ch_ex13"},
    {"LineNum": 4, "DetailType": "DepositLineDetail", "Amount": -30.00, "Description": "re_ex11"},
    {"LineNum": 5, "DetailType": "DepositLineDetail", "Amount": -30.00, "Description": "re_ex12"},
    {"LineNum": 6, "DetailType": "DepositLineDetail", "Amount": -30.00, "Description": "re_ex13"},
    {"LineNum": 7, "DetailType": "DepositLineDetail", "Amount": -11.34, "Description": "processing fees"}]}');
RESET ROLE;

-- One canonical order holds all that four systems know of it.
SELECT l.kind, l.system, l.object, l.external_id
FROM meshline.record_links AS l
WHERE l.canonical_id = meshline.canonical_of('shopify', 'order', '900000000011')
ORDER BY l.kind, l.system, l.object, l.external_id;
SELECT l.external_id, c.anchor_name, c.anchor_value
FROM meshline.record_links AS l JOIN meshline.canonical AS c USING (merchant_id, canonical_id)
WHERE l.system = 'stripe' AND l.object = 'refund' AND l.external_id LIKE 're_ex1_' ORDER BY l.external_id;
-- Each refund counts once, and nothing is open.
SELECT * FROM pg_temp.money;
SELECT * FROM pg_temp.open;

-- 4. Nothing leads anywhere: held, owned and explained. The order is as it was.
SET ROLE regress_example_loader;
CALL pg_temp.refund('14', ', "reason": "requested_by_customer"');
RESET ROLE;
SELECT * FROM pg_temp.open;
SELECT * FROM pg_temp.money WHERE anchor_value IN ('900000000014', 're_ex14');
SELECT p.anchor_value AS postable FROM meshline.postable_orders AS p WHERE p.anchor_value IN ('900000000014', 're_ex14');
SELECT x.exception_id FROM meshline.open_exceptions AS x WHERE x.record_ids = ARRAY['stripe:refund:re_ex14'] \gset
SELECT e.line, e.item, e.label, e.record_id, e.payload_path, e.value, e.currency
FROM meshline.explain(:exception_id) AS e ORDER BY e.line;
SELECT e.item, regexp_replace(e.content, 'event \d+', 'event N') AS content
FROM meshline.explain(:exception_id) AS e WHERE e.content IS NOT NULL ORDER BY e.line;
-- Replayed twice, and delivered again: nothing is counted twice.
SELECT meshline.replay_event(v.event_id) FROM meshline.event AS v WHERE v.external_id = 're_ex14';
SELECT meshline.replay_event(v.event_id) FROM meshline.event AS v WHERE v.external_id = 're_ex14';
SELECT meshline.replay_exception(:exception_id) AS events_replayed;
CALL pg_temp.refund('14', ', "reason": "requested_by_customer"');
SELECT count(*) AS events FROM meshline.event AS v WHERE v.external_id = 're_ex14';
SELECT count(*) AS records, sum(r.amount_minor) AS amount_minor FROM meshline.record AS r WHERE r.external_id = 're_ex14';
SELECT x.reason_code, x.status, x.occurrences FROM meshline.exceptions AS x
WHERE x.record_ids = ARRAY['stripe:refund:re_ex14'] ORDER BY x.reason_code;

-- 5. The missing link arrives: the exception closes in that transaction, and the order has its refund.
BEGIN;
CALL pg_temp.settle_refund('14');
SELECT x.status, x.is_holding, x.closed_by FROM meshline.exceptions AS x WHERE x.exception_id = :exception_id;
COMMIT;
SELECT * FROM pg_temp.open;
CALL pg_temp.post_refund('14');
SELECT * FROM pg_temp.money;
SELECT * FROM pg_temp.open;
-- The id that the refund had by itself leads to the order for ever.
SELECT meshline.resolve(meshline.canonical_id(1, 'order', 'stripe.refund', 're_ex14'))
       = meshline.canonical_of('shopify', 'order', '900000000014') AS is_alias;

DROP OWNED BY regress_example_loader;
DROP ROLE regress_example_loader;
