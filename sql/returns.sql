-- What comes back by article, reason, store and month, and what there is in stock.
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET datestyle = iso;
SET client_min_messages = warning;
SET meshline.as_of = '2026-10-20 12:00+00';
SELECT meshline.add_merchant('returns', 'USD', 'America/New_York') AS merchant \gset
SELECT meshline.connect('shopify', 'returns.myshopify.com', :merchant) AS shop, meshline.connect('woocommerce', 'returns.example', :merchant) AS woo \gset
INSERT INTO staging.shopify_order (merchant_id, payload) SELECT :merchant, format('{"id": 87400000000%s, "name": "#RT%s", "total_price": "100.00", "currency": "USD", "financial_status": "paid",
  "created_at": "2026-09-1%sT10:00:00Z", "updated_at": "2026-09-1%sT10:00:00Z"}', i, i, i, i) FROM generate_series(1, 4) AS i;
-- Two articles and shipping; one article without a sku; a refund without lines; each with its transaction, which says the same once more.
INSERT INTO staging.shopify_refund (merchant_id, payload) VALUES
  (:merchant, '{"id": 87411, "order_id": 874000000001, "created_at": "2026-09-20T10:00:00Z", "note": "too small", "refund_line_items": [
     {"quantity": 2, "subtotal": 40.00, "line_item": {"sku": "SOCK-M"}}, {"quantity": 1, "subtotal_set": {"shop_money": {"amount": "25.50"}}, "line_item": {"sku": "CAP"}}],
     "transactions": [{"id": 87412, "kind": "refund", "status": "success", "amount": "70.00", "currency": "USD", "created_at": "2026-09-20T10:00:00Z"}]}'),
  (:merchant, '{"id": 87421, "order_id": 874000000002, "created_at": "2026-09-25T10:00:00Z", "note": "too small", "refund_line_items": [{"quantity": 1, "subtotal": "20.00", "line_item": {"sku": "SOCK-M"}}],
     "transactions": [{"id": 87422, "kind": "refund", "status": "success", "amount": "20.00", "currency": "USD", "created_at": "2026-09-25T10:00:00Z"}]}'),
  (:merchant, '{"id": 87431, "order_id": 874000000003, "created_at": "2026-10-01T03:00:00Z", "refund_line_items": [{"quantity": "one", "subtotal": "much", "line_item": {"sku": ""}}],
     "transactions": [{"id": 87432, "kind": "refund", "status": "success", "amount": "9.99", "currency": "USD", "created_at": "2026-10-01T03:00:00Z"}]}');
-- A refund that is only nested in its order names nothing here.
INSERT INTO staging.shopify_order (merchant_id, payload) VALUES (:merchant, '{"id": 874000000004, "name": "#RT4", "total_price": "100.00", "currency": "USD", "financial_status": "partially_refunded", "created_at": "2026-09-14T10:00:00Z", "updated_at": "2026-10-02T10:00:00Z",
  "refunds": [{"id": 87441, "created_at": "2026-10-02T10:00:00Z", "note": "changed mind", "refund_line_items": [{"quantity": 1, "subtotal": 5, "line_item": {"sku": "CAP"}}],
    "transactions": [{"id": 87442, "kind": "refund", "status": "success", "amount": "5.00", "currency": "USD", "created_at": "2026-10-02T10:00:00Z"}]}]}');
INSERT INTO staging.woocommerce_refund (merchant_id, payload) VALUES (:merchant, '{"id": 8745, "parent_id": 8740, "date_created_gmt": "2026-10-05T10:00:00", "amount": "12.00", "currency": "USD", "reason": "damaged",
  "line_items": [{"sku": "MUG", "quantity": -1, "total": "-12.00"}]}');
SELECT r.system, r.month, r.sku, r.reason, r.currency, r.returned_orders, r.quantity, r.refunded, r.orders, r.return_rate FROM meshline.return_insights AS r WHERE r.merchant_id = :merchant ORDER BY 1, 2, 3, 4;
SELECT sum(r.refunded) AS refunded, (SELECT sum(s.refunded) FROM meshline.order_status AS s WHERE s.merchant_id = :merchant) AS by_orders FROM meshline.return_insights AS r WHERE r.merchant_id = :merchant;

INSERT INTO staging.shopify_inventory_level (merchant_id, payload) VALUES
  (:merchant, '{"inventory_item_id": 501, "location_id": 1, "available": 5, "updated_at": "2026-10-01T10:00:00Z"}'),
  (:merchant, '{"inventory_item_id": 501, "location_id": 1, "available": -2, "updated_at": "2026-10-03T10:00:00Z"}'),
  (:merchant, '{"inventory_item_id": 501, "location_id": 1, "available": 4, "updated_at": "2026-10-02T10:00:00Z"}'),
  (:merchant, '{"inventory_level": {"inventory_item_id": 502, "location_id": 1, "available": null, "updated_at": "2026-10-03T10:00:00Z"}}'),
  (:merchant, '{"item": {"id": "gid://shopify/InventoryItem/503"}, "location": {"id": "gid://shopify/Location/2"}, "quantities": [{"name": "on_hand", "quantity": 9}, {"name": "available", "quantity": 7}], "updatedAt": "2026-10-03T10:00:00Z"}');
SELECT p.system, p.inventory_item_id, p.location_id, p.available, p.is_oversold, p.updated_at FROM meshline.inventory_position AS p WHERE p.merchant_id = :merchant ORDER BY 2, 3;
