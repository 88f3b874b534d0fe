-- Policies: what a merchant tells the engine. Wrong ones are refused by name; right ones apply from now on, and to the past by reconcile_all().
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET datestyle = iso;
SET meshline.as_of = '2026-10-20 12:00+00';
SELECT meshline.set_policy('tolerance_minor.NOSUCH', '5'); -- fails
SELECT meshline.set_policy(NULL, '5'); -- fails
SELECT meshline.set_policy('posting_grace_days', '-1'); -- fails
SELECT meshline.set_policy('posting_grace_days', '1.5'); -- fails
SELECT meshline.set_policy('posting_grace_days', '"3"'); -- fails
SELECT meshline.set_policy('tolerance_minor.UNDERPAYMENT', '"much"'); -- fails
SELECT meshline.set_policy('time_zone', '"Mars/Olympus"', 1); -- fails
SELECT meshline.set_policy('base_currency', '"EURO"', 1); -- fails
SELECT meshline.set_policy('ledger_posting_objects', '"cash_sale"', 3); -- fails
SELECT meshline.set_policy('ledger_connection_id', '99999', 1); -- fails
-- Each key has its scope.
SELECT meshline.set_policy('posting_grace_days', '5', connection_id => 1); -- fails
SELECT meshline.set_policy('settlement_window_days', '5'); -- fails
SELECT meshline.set_policy('settlement_window_days', '5', connection_id => 99999); -- fails
SELECT meshline.set_policy('posting_grace_days', '5', merchant_id => 99999); -- fails

SELECT meshline.add_merchant('policy', 'USD', 'UTC') AS merchant \gset
SELECT meshline.connect('shopify', 'policy.myshopify.com', :merchant) AS shopify \gset
SELECT meshline.connect('stripe', 'acct_policy', :merchant) AS stripe \gset
SELECT meshline.connect('netsuite', 'policy', :merchant) AS netsuite \gset
-- A ledger of another merchant posts nothing here.
SELECT meshline.set_policy('ledger_connection_id', '3', :shopify, :merchant); -- fails
CREATE VIEW pg_temp.found AS
  SELECT x.reason_code, x.status, x.amount_at_risk, x.occurrences
  FROM meshline.exceptions AS x JOIN meshline.merchant AS m USING (merchant_id) WHERE m.name = 'policy' ORDER BY x.reason_code;
CREATE VIEW pg_temp.expected AS
  SELECT e.reason_code, e.due_at
  FROM meshline.expectations AS e JOIN meshline.merchant AS m USING (merchant_id) WHERE m.name = 'policy' ORDER BY e.reason_code;
INSERT INTO staging.shopify_order (merchant_id, payload) VALUES (:merchant,
  '{"id": 9601, "name": "#9601", "total_price": "50.00", "currency": "USD", "financial_status": "paid", "created_at": "2026-10-18T10:00:00Z", "updated_at": "2026-10-18T10:00:00Z", "line_items": [{"id": 1}]}');
INSERT INTO staging.stripe_charge (merchant_id, payload) VALUES (:merchant,
  '{"id": "ch_pl1", "amount": 4990, "captured": true, "status": "succeeded", "currency": "usd", "created": 1792317600, "livemode": true, "metadata": {"shopify_order_id": "9601"}}');
SELECT * FROM pg_temp.found;
SELECT * FROM pg_temp.expected;

-- A tolerance of ten cents: nothing changes by itself, reconcile_all() applies it to the past.
SELECT meshline.set_policy('tolerance_minor.UNDERPAYMENT', '10', merchant_id => :merchant);
SELECT * FROM pg_temp.found;
SET client_min_messages = warning;
CALL meshline.reconcile_all();
RESET client_min_messages;
SELECT * FROM pg_temp.found;
-- Back to the default: half a minor unit per order line, at least one.
SELECT meshline.set_policy('tolerance_minor.UNDERPAYMENT', NULL, merchant_id => :merchant);
SELECT f.reason_code, f.expected_minor, f.actual_minor FROM meshline.reconcile(meshline.canonical_of('shopify', 'order', '9601', :merchant), '2026-10-20 12:00+00') AS f;
SELECT * FROM pg_temp.found;

-- Windows: one more day for the ledger, no settlement to wait for.
SELECT meshline.set_policy('posting_grace_days', '4', merchant_id => :merchant);
SELECT meshline.set_policy('settlement_window_days', 'null', :stripe, :merchant);
SELECT count(*) AS findings FROM meshline.reconcile(meshline.canonical_of('shopify', 'order', '9601', :merchant), '2026-10-20 12:00+00');
SELECT * FROM pg_temp.expected;
-- Which of a ledger's documents counts as the posting of a sale.
INSERT INTO staging.netsuite_sales_order (merchant_id, payload) VALUES (:merchant,
  '{"internalId": "9602", "otherRefNum": "9601", "total": 50.00, "currencyName": "USD", "createdDate": "2026-10-19T10:00:00Z", "lastModifiedDate": "2026-10-19T10:00:00Z"}');
SELECT * FROM pg_temp.expected;
SELECT meshline.set_policy('ledger_posting_objects', '["cash_sale"]', :netsuite, :merchant);
SELECT count(*) AS findings FROM meshline.reconcile(meshline.canonical_of('shopify', 'order', '9601', :merchant), '2026-10-20 12:00+00');
SELECT * FROM pg_temp.expected;

SELECT p.key, p.connection_id IS NOT NULL AS of_connection, p.value, p.default_value FROM meshline.policies AS p WHERE p.merchant_id = :merchant ORDER BY p.key;
