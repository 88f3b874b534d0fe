-- Lines of orders against shipments, captures, returns and stocks.
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET datestyle = iso;
SET meshline.as_of = '2026-10-20 12:00+00';
SET client_min_messages = warning;
SELECT meshline.add_merchant('items', 'USD', 'UTC') AS merchant \gset
SELECT meshline.connect('shopify', 'items.myshopify.com', :merchant) AS shopify \gset
SELECT meshline.install_connector($$
{"connector": "depot", "version": "1.0", "title": "A warehouse", "role": "crm",
 "objects": {"movement": {"kind": "stock_movement", "id": "id", "occurred": "at", "version": {"time": "at"},
   "items": [{"path": "pieces[]", "sku": "sku", "quantity": "moved"}],
   "identifiers": [{"namespace": "depot.movement", "value": "id", "role": "own"},
                   {"namespace": "shopify.order", "value": "order", "role": "ref"}]}}}
$$) IS NOT NULL AS is_installed;
SELECT meshline.connect('depot', 'hamburg', :merchant) AS depot \gset
SELECT set_config('test.merchant', :'merchant', false) IS NOT NULL AS is_set;
CREATE PROCEDURE pg_temp.sell(id text, lines text, closed text DEFAULT NULL, hour text DEFAULT '10') LANGUAGE sql AS $$
  INSERT INTO staging.shopify_order (merchant_id, payload) VALUES (current_setting('test.merchant')::bigint, format(
    '{"id": %s, "name": "#%s", "total_price": "50.00", "currency": "USD", "financial_status": "paid", "created_at": "2026-10-18T10:00:00Z",'
    ' "updated_at": "2026-10-18T%s:00:00Z", "closed_at": %s, "line_items": %s}', id, id, hour, coalesce('"' || closed || '"', 'null'), lines));
  INSERT INTO staging.shopify_transaction (merchant_id, payload) VALUES (current_setting('test.merchant')::bigint, format(
    '{"id": 1%s, "order_id": %s, "kind": "sale", "status": "success", "gateway": "cash", "amount": "50.00", "currency": "USD",'
    ' "created_at": "2026-10-18T10:00:00Z"}', id, id));
$$;
CREATE PROCEDURE pg_temp.ship(id text, order_id text, lines text) LANGUAGE sql AS $$
  INSERT INTO staging.shopify_fulfillment (merchant_id, payload) VALUES (current_setting('test.merchant')::bigint, format(
    '{"id": %s, "order_id": %s, "status": "success", "created_at": "2026-10-19T10:00:00Z", "updated_at": "2026-10-19T10:00:00Z", "line_items": %s}',
    id, order_id, lines));
$$;
CREATE FUNCTION pg_temp.found(order_id text)
  RETURNS TABLE (reason_code text, owner_queue text, status text, at_risk numeric, explanation text)
LANGUAGE sql AS $$
  SELECT x.reason_code, x.owner_queue, x.status, x.amount_at_risk, x.explanation
  FROM meshline.exceptions AS x
  WHERE x.merchant_id = current_setting('test.merchant')::bigint AND x.record_ids && ARRAY['shopify:order:' || order_id]
  ORDER BY x.reason_code
$$;
\set basket '[{"id": 1, "sku": "A", "quantity": 3, "price": "10.00"}, {"id": 2, "sku": "B", "variant_id": 9, "quantity": 1, "price": "20.00"}]'

-- What the records keep.
CALL pg_temp.sell('770001', :'basket');
CALL pg_temp.ship('88001', '770001', '[{"id": 1, "sku": "A", "quantity": 3}]');
SELECT r.object, r.items, r.is_closed FROM meshline.record AS r
WHERE r.merchant_id = :merchant AND r.items IS NOT NULL ORDER BY r.object;

-- OVER_FULFILLED, in whatever order things come in, and over again when a shipment is cancelled.
CALL pg_temp.ship('88002', '770001', '[{"id": 1, "sku": "A", "quantity": 1}, {"id": 2, "sku": "B", "quantity": 1}]');
SELECT * FROM pg_temp.found('770001');
INSERT INTO staging.shopify_fulfillment (merchant_id, payload) VALUES (:merchant,
  '{"id": 88002, "order_id": 770001, "status": "cancelled", "created_at": "2026-10-19T10:00:00Z", "updated_at": "2026-10-19T12:00:00Z", "line_items": []}');
SELECT * FROM pg_temp.found('770001');
CALL pg_temp.ship('88003', '770002', '[{"id": 1, "sku": "A", "quantity": 4}]');
CALL pg_temp.sell('770002', :'basket');
SELECT * FROM pg_temp.found('770002');

-- SPLIT_SHIPMENT_INCOMPLETE when the promise is over, UNDER_FULFILLED when the shop has closed the order.
SELECT meshline.set_policy('fulfillment_sla_days', '5', merchant_id => :merchant);
CALL meshline.reconcile_all();
SELECT e.reason_code, e.amount, e.due_at, e.explanation FROM meshline.expectations AS e
WHERE e.merchant_id = :merchant AND e.reason_code = 'SPLIT_SHIPMENT_INCOMPLETE' ORDER BY e.due_at LIMIT 1;
SET meshline.as_of = '2026-10-23 12:00+00';
CALL meshline.sweep('2026-10-23 12:00+00');
SELECT * FROM pg_temp.found('770001') AS f WHERE f.reason_code LIKE 'S%';
CALL pg_temp.sell('770001', :'basket', '2026-10-20T08:00:00Z', '11');
SELECT * FROM pg_temp.found('770001') AS f WHERE f.status = 'open';
-- Given back, the rest need not follow.
INSERT INTO staging.shopify_refund (merchant_id, payload) VALUES (:merchant,
  '{"id": 66001, "order_id": 770001, "created_at": "2026-10-21T08:00:00Z", "currency": "USD", "transactions": [],
    "refund_line_items": [{"line_item_id": 2, "quantity": 1, "restock_type": "cancel", "subtotal": 20.00}]}');
SELECT f.reason_code, f.status FROM pg_temp.found('770001') AS f;

-- UNMAPPED_SKU.
CALL pg_temp.sell('770003', '[{"id": 5, "sku": null, "variant_id": null, "quantity": 1, "price": "50.00"}]');
SELECT * FROM pg_temp.found('770003') AS f WHERE f.reason_code = 'UNMAPPED_SKU';
CALL pg_temp.sell('770003', '[{"id": 5, "sku": "C", "variant_id": null, "quantity": 1, "price": "50.00"}]', NULL, '12');
SELECT f.reason_code, f.status FROM pg_temp.found('770003') AS f WHERE f.reason_code = 'UNMAPPED_SKU';

-- OVERSOLD.
INSERT INTO staging.shopify_inventory_level (merchant_id, payload) VALUES
  (:merchant, '{"inventory_item_id": 49148385, "location_id": 655441491, "available": -2, "updated_at": "2026-10-20T09:00:00Z"}'),
  (:merchant, '{"inventory_item_id": 49148386, "location_id": 655441491, "available": 0, "updated_at": "2026-10-20T09:00:00Z"}');
SELECT x.reason_code, x.record_ids, x.status, x.owner_queue, x.explanation FROM meshline.exceptions AS x
WHERE x.merchant_id = :merchant AND x.reason_code = 'OVERSOLD';
INSERT INTO staging.shopify_inventory_level (merchant_id, payload) VALUES
  (:merchant, '{"inventory_item_id": 49148385, "location_id": 655441491, "available": 5, "updated_at": "2026-10-20T10:00:00Z"}');
SELECT x.reason_code, x.status FROM meshline.exceptions AS x WHERE x.merchant_id = :merchant AND x.reason_code = 'OVERSOLD';

-- A merchant whose warehouse tells of its movements: STOCK_NOT_DECREMENTED and RETURN_NOT_RESTOCKED.
SELECT meshline.set_policy('stock_grace_days', '2', merchant_id => :merchant);
CALL pg_temp.sell('770004', :'basket');
CALL pg_temp.ship('88004', '770004', '[{"id": 1, "sku": "A", "quantity": 3}, {"id": 2, "sku": "B", "quantity": 1}]');
SELECT * FROM pg_temp.found('770004');
INSERT INTO staging.depot_movement (merchant_id, payload) VALUES (:merchant,
  '{"id": "m1", "at": "2026-10-19T11:00:00Z", "order": 770004, "pieces": [{"sku": "A", "moved": -3}, {"sku": "B", "moved": -1}]}');
SELECT f.reason_code, f.status FROM pg_temp.found('770004') AS f;
INSERT INTO staging.shopify_refund (merchant_id, payload) VALUES (:merchant,
  '{"id": 66004, "order_id": 770004, "created_at": "2026-10-20T08:00:00Z", "currency": "USD", "transactions": [],
    "refund_line_items": [{"line_item_id": 1, "quantity": 2, "restock_type": "return", "subtotal": 20.00}]}');
SELECT * FROM pg_temp.found('770004') AS f WHERE f.reason_code = 'RETURN_NOT_RESTOCKED';
INSERT INTO staging.depot_movement (merchant_id, payload) VALUES (:merchant,
  '{"id": "m2", "at": "2026-10-20T11:00:00Z", "order": 770004, "pieces": [{"sku": "A", "moved": 2}]}');
SELECT f.reason_code, f.status FROM pg_temp.found('770004') AS f;

-- Pieces on paper beside pieces moved: seven of A left in 770001 and 770002 without a movement.
SELECT p.sku, p.ordered, p.shipped, p.given_back, p.restocked, p.moved, p.unexplained FROM meshline.stock_proof AS p WHERE p.merchant_id = :merchant ORDER BY 1;
