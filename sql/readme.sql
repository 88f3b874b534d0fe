-- The session of README.md.
INSERT INTO staging.shopify_order (payload) VALUES ('{"id": 5001, "name": "#5001", "total_price": "50.00", "currency": "USD",
  "financial_status": "paid", "created_at": "2026-10-01T10:00:00Z", "updated_at": "2026-10-01T10:00:00Z"}');
INSERT INTO staging.stripe_charge (payload) VALUES ('{"id": "ch_5001", "amount": 4500, "amount_captured": 4500, "captured": true,
  "status": "succeeded", "currency": "usd", "created": 1790848800, "livemode": true, "metadata": {"shopify_order_id": "5001"}}');
SELECT reason_code, owner_queue, amount_at_risk, currency, explanation FROM meshline.open_exceptions
 WHERE canonical_id = meshline.canonical_of('shopify', 'order', '5001') ORDER BY reason_code;
INSERT INTO staging.stripe_charge (payload) VALUES ('{"id": "ch_5002", "amount": 500, "amount_captured": 500, "captured": true,
  "status": "succeeded", "currency": "usd", "created": 1790852400, "livemode": true, "metadata": {"shopify_order_id": "5001"}}');
SELECT reason_code, status, closed_by FROM meshline.exceptions
 WHERE canonical_id = meshline.canonical_of('shopify', 'order', '5001') AND reason_code = 'UNDERPAYMENT';
