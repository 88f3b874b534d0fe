-- The session of README.md, word for word. All of it lies long enough in the past to be late, whatever the date.
INSERT INTO staging.shopify_order (payload) VALUES ('{"id": 5001, "name": "#5001", "total_price": "50.00", "currency": "USD",
  "financial_status": "paid", "created_at": "2024-03-01T10:00:00Z", "updated_at": "2024-03-01T10:00:00Z"}');
INSERT INTO staging.stripe_charge (payload) VALUES ('{"id": "ch_5001", "amount": 4500, "captured": true, "status": "succeeded",
  "currency": "usd", "created": 1709287200, "livemode": true, "metadata": {"shopify_order_id": "5001"}}');
SELECT reason_code, owner_queue AS owner, amount_at_risk, currency, explanation FROM meshline.open_exceptions
WHERE 'shopify:order:5001' = ANY (record_ids) ORDER BY reason_code;
INSERT INTO staging.stripe_charge (payload) VALUES ('{"id": "ch_5002", "amount": 500, "captured": true, "status": "succeeded",
  "currency": "usd", "created": 1709290800, "livemode": true, "metadata": {"shopify_order_id": "5001"}}');
SELECT reason_code, status, closed_by FROM meshline.exceptions
WHERE 'shopify:order:5001' = ANY (record_ids) AND reason_code = 'UNDERPAYMENT';
