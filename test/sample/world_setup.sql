-- SPDX-License-Identifier: PostgreSQL
-- The merchants of the sample world, their connections, and what holds for them. May be run again. The variable
-- settings is that of the connections.
\set ON_ERROR_STOP on
\if :{?settings}
\else
  \set settings {}
\endif
\o /dev/null

-- No system with a connector of its own tells which order a movement of stock is for; a warehouse does.
SELECT meshline.install_connector($$
{"connector": "warehouse", "version": "1.0", "title": "A warehouse", "role": "crm",
 "objects": {"movement": {"kind": "stock_movement", "id": "id", "version": {"time": "moved_at"}, "occurred": "moved_at", "required": ["id"],
   "items": [{"path": "pieces[]", "sku": "sku", "quantity": "moved"}],
   "identifiers": [{"namespace": "warehouse.movement", "value": "id", "role": "own"},
                   {"namespace": "shopify.order", "value": "order", "role": "ref"}]}}}
$$)
WHERE NOT EXISTS (SELECT FROM meshline.connector AS c WHERE c.connector = 'warehouse');

CREATE TEMPORARY TABLE world_account (merchant text, currency text, zone text, connector text, account text);
INSERT INTO world_account VALUES
  ('Northwind Outdoor', 'USD', 'America/New_York', 'shopify', 'northwind-world.myshopify.com'),
  ('Northwind Outdoor', 'USD', 'America/New_York', 'stripe', 'acct_1NorthwindWorld'),
  ('Northwind Outdoor', 'USD', 'America/New_York', 'netsuite', '7654321'),
  ('Northwind Outdoor', 'USD', 'America/New_York', 'quickbooks', '9130357766900777'),
  ('Northwind Outdoor', 'USD', 'America/New_York', 'bank', '1000 Checking'),
  ('Northwind Outdoor', 'USD', 'America/New_York', 'warehouse', 'newark'),
  ('Atelier Meerblick', 'EUR', 'Europe/Berlin', 'woocommerce', 'meerblick-world.example'),
  ('Atelier Meerblick', 'EUR', 'Europe/Berlin', 'paypal', 'MEERBLICKWORLD'),
  ('Atelier Meerblick', 'EUR', 'Europe/Berlin', 'stripe', 'acct_1MeerblickWorld'),
  ('Atelier Meerblick', 'EUR', 'Europe/Berlin', 'xero', 'meerblick-world'),
  ('Atelier Meerblick', 'EUR', 'Europe/Berlin', 'bank', '2000 Girokonto'),
  ('Halyard Trading', 'USD', 'America/Los_Angeles', 'amazon', 'A0HALYARDWORLD'),
  ('Halyard Trading', 'USD', 'America/Los_Angeles', 'quickbooks', '9130357766900999'),
  ('Halyard Trading', 'USD', 'America/Los_Angeles', 'hubspot', '49900001'),
  ('Halyard Trading', 'USD', 'America/Los_Angeles', 'bank', '3000 Checking');

CREATE TEMPORARY TABLE world_merchant AS
SELECT a.merchant, meshline.add_merchant(a.merchant, a.currency, a.zone) AS merchant_id
FROM (SELECT DISTINCT w.merchant, w.currency, w.zone FROM world_account AS w) AS a
WHERE NOT EXISTS (SELECT FROM meshline.connector_health AS h
                  JOIN world_account AS w USING (connector, account) WHERE w.merchant = a.merchant);

CREATE TEMPORARY TABLE world_connection AS
SELECT a.merchant, a.connector, m.merchant_id, meshline.connect(a.connector, a.account, m.merchant_id, :'settings') AS connection_id
FROM world_account AS a
JOIN world_merchant AS m USING (merchant);

-- Only on the first run is there anything to set.
SELECT meshline.set_policy('ledger_connection_id', to_jsonb(ledger.connection_id), store.connection_id, store.merchant_id)
FROM world_connection AS store
JOIN world_connection AS ledger ON ledger.merchant = store.merchant AND ledger.connector = 'netsuite'
WHERE store.connector = 'shopify';
SELECT meshline.set_policy('synced_objects', '["refund"]', c.connection_id, c.merchant_id)
FROM world_connection AS c WHERE c.connector = 'shopify';
SELECT meshline.set_policy('fee_schedule', '{"USD": {"basis_points": 290, "fixed_minor": 30}}', c.connection_id, c.merchant_id)
FROM world_connection AS c WHERE c.connector = 'stripe' AND c.merchant = 'Northwind Outdoor';
SELECT meshline.set_policy('fee_returned_on_refund', 'true', c.connection_id, c.merchant_id)
FROM world_connection AS c WHERE c.connector = 'stripe' AND c.merchant = 'Atelier Meerblick';
SELECT meshline.set_policy('customer_required', 'true', c.connection_id, c.merchant_id)
FROM world_connection AS c WHERE c.connector = 'shopify';
SELECT meshline.set_policy('reserve_release_days', '14', c.connection_id, c.merchant_id)
FROM world_connection AS c WHERE c.connector = 'stripe';
SELECT meshline.set_policy('settlements_by_month', 'true', c.connection_id, c.merchant_id)
FROM world_connection AS c WHERE c.connector = 'amazon';
SELECT meshline.set_policy('fulfillment_sla_days', '10', NULL, m.merchant_id),
       meshline.set_policy('stock_grace_days', '3', NULL, m.merchant_id)
FROM world_merchant AS m WHERE m.merchant = 'Northwind Outdoor';
