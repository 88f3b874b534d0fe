-- Xero: invoice, payment and credit note of a shop's order end in its canonical order, whatever comes first.
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET datestyle = iso;
SET meshline.as_of = '2026-04-20 12:00+00';
SELECT meshline.add_merchant('xero forward', 'USD', 'UTC') AS forward \gset
SELECT meshline.add_merchant('xero backward', 'USD', 'UTC') AS backward \gset
SELECT meshline.connect('shopify', 'xero.myshopify.com', :forward) AS forward_shop \gset
SELECT meshline.connect('xero', 'org', :forward) AS forward_ledger \gset
SELECT meshline.connect('shopify', 'xero.myshopify.com', :backward) AS backward_shop \gset
SELECT meshline.connect('xero', 'org', :backward) AS backward_ledger \gset

CREATE TEMPORARY TABLE sample (step integer, relation text, payload text);
INSERT INTO sample VALUES
  (1, 'shopify_order', '{"id": 971000000001, "name": "#9711", "total_price": "80.00", "currency": "USD", "financial_status": "partially_refunded", "created_at": "2026-04-01T10:00:00Z",
    "updated_at": "2026-04-05T10:00:00Z", "line_items": [{"id": 1}]}'),
  (2, 'shopify_transaction', '{"id": 97101, "order_id": 971000000001, "kind": "sale", "status": "success", "amount": "80.00", "currency": "USD", "created_at": "2026-04-01T10:00:01Z"}'),
  (3, 'shopify_refund', '{"id": 97102, "order_id": 971000000001, "created_at": "2026-04-05T10:00:00Z", "transactions": [{"id": 97103, "order_id": 971000000001, "kind": "refund",
    "status": "success", "amount": "15.00", "currency": "USD", "created_at": "2026-04-05T10:00:00Z"}]}'),
  (4, 'xero_invoice', '{"InvoiceID": "xi-1", "Type": "ACCREC", "InvoiceNumber": "INV-5001", "Reference": "Order #9711", "Status": "AUTHORISED", "Total": 80.00, "CurrencyCode": "USD",
    "DateString": "2026-04-01T00:00:00", "UpdatedDateUTC": "/Date(1775044800000+0000)/"}'),
  (5, 'xero_invoice', '{"InvoiceID": "xi-1", "Type": "ACCREC", "InvoiceNumber": "INV-5001", "Reference": "Order #9711", "Status": "PAID", "Total": 80.00, "CurrencyCode": "USD",
    "DateString": "2026-04-01T00:00:00", "UpdatedDateUTC": "/Date(1775131200000+0000)/"}'),
  -- Neither the payment nor the credit note names the order: the invoice leads there.
  (6, 'xero_payment', '{"PaymentID": "xp-1", "PaymentType": "ACCRECPAYMENT", "Status": "AUTHORISED", "Amount": 80.00, "Date": "/Date(1775001600000+0000)/",
    "Invoice": {"InvoiceID": "xi-1", "Type": "ACCREC", "CurrencyCode": "USD"}, "UpdatedDateUTC": "/Date(1775131200000+0000)/"}'),
  (7, 'xero_credit_note', '{"CreditNoteID": "xc-1", "Type": "ACCRECCREDIT", "CreditNoteNumber": "CN-0031", "Reference": "", "Status": "PAID", "Total": 15.00, "CurrencyCode": "USD",
    "DateString": "2026-04-05T00:00:00", "Allocations": [{"Amount": 15.00, "Invoice": {"InvoiceID": "xi-1"}}], "UpdatedDateUTC": "/Date(1775390400000+0000)/"}');
CREATE PROCEDURE pg_temp.load(merchant bigint, shop bigint, ledger bigint, steps integer[]) LANGUAGE plpgsql AS $$
DECLARE
  each_step integer;
  each_row sample;
BEGIN
  FOREACH each_step IN ARRAY steps LOOP
    SELECT s.* INTO each_row FROM sample AS s WHERE s.step = each_step;
    EXECUTE format('INSERT INTO staging.%I (merchant_id, connection_id, payload) VALUES ($1, $2, $3)', each_row.relation)
    USING merchant, CASE WHEN each_row.relation LIKE 'xero%' THEN ledger ELSE shop END, each_row.payload;
  END LOOP;
END
$$;
CALL pg_temp.load(:forward, :forward_shop, :forward_ledger, ARRAY[1, 2, 3, 4, 5, 6, 7]);
CALL pg_temp.load(:backward, :backward_shop, :backward_ledger, ARRAY[7, 6, 5, 4, 3, 2, 1]);

CREATE VIEW pg_temp.money AS
  SELECT m.name, s.anchor_value, s.total, s.captured, s.refunded, s.posted, meshline.major_units(s.refund_posted_minor, s.currency) AS refund_posted, s.state
  FROM meshline.order_status AS s JOIN meshline.merchant AS m USING (merchant_id) WHERE m.name LIKE 'xero %ward' ORDER BY m.name DESC, s.anchor_value;
CREATE VIEW pg_temp.open AS
  SELECT m.name, x.reason_code, x.expected, x.actual, x.amount_at_risk, x.record_ids, x.explanation
  FROM meshline.open_exceptions AS x JOIN meshline.merchant AS m USING (merchant_id) WHERE m.name LIKE 'xero %ward' ORDER BY m.name DESC, x.reason_code, x.record_ids;
SELECT * FROM pg_temp.money;
SELECT * FROM pg_temp.open;
SELECT l.system, l.object, l.external_id FROM meshline.record_links AS l
WHERE l.merchant_id = :backward AND l.canonical_id = meshline.canonical_of('shopify', 'order', '971000000001', :backward) ORDER BY l.system, l.object, l.external_id;

-- A bill that happens to carry the order's number is no posting of it.
INSERT INTO staging.xero_invoice (merchant_id, connection_id, payload) VALUES (:forward, :forward_ledger,
  '{"InvoiceID": "xb-1", "Type": "ACCPAY", "InvoiceNumber": "9711", "Status": "AUTHORISED", "Total": 31.00, "CurrencyCode": "USD", "UpdatedDateUTC": "/Date(1775390400000+0000)/"}');
SELECT * FROM pg_temp.money AS m WHERE m.name = 'xero forward' AND m.posted <> 0;
-- The invoice entered a second time, then voided.
INSERT INTO staging.xero_invoice (merchant_id, connection_id, payload) VALUES (:forward, :forward_ledger,
  '{"InvoiceID": "xi-2", "Type": "ACCREC", "InvoiceNumber": "#9711", "Reference": "", "Status": "AUTHORISED", "Total": 80.00, "CurrencyCode": "USD", "UpdatedDateUTC": "/Date(1775390400000+0000)/"}');
SELECT * FROM pg_temp.open;
INSERT INTO staging.xero_invoice (merchant_id, connection_id, payload) VALUES (:forward, :forward_ledger,
  '{"InvoiceID": "xi-2", "Type": "ACCREC", "InvoiceNumber": "#9711", "Reference": "", "Status": "VOIDED", "Total": 80.00, "CurrencyCode": "USD", "UpdatedDateUTC": "/Date(1775476800000+0000)/"}');
SELECT * FROM pg_temp.open;
-- The credit note raised to more than was refunded.
INSERT INTO staging.xero_credit_note (merchant_id, connection_id, payload) VALUES (:forward, :forward_ledger,
  '{"CreditNoteID": "xc-1", "Type": "ACCRECCREDIT", "Status": "PAID", "Total": 51.00, "CurrencyCode": "USD", "DateString": "2026-04-05T00:00:00",
    "Allocations": [{"Amount": 51.00, "Invoice": {"InvoiceID": "xi-1"}}], "UpdatedDateUTC": "/Date(1775476800000+0000)/"}');
SELECT * FROM pg_temp.open;
