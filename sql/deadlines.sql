-- Deadlines: what is lost soon if nobody acts, until it is lost.
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET datestyle = iso;
SET meshline.as_of = '2026-10-20 12:00+00';
SELECT meshline.add_merchant('deadlines', 'USD', 'UTC') AS merchant \gset
SELECT meshline.connect('shopify', 'deadlines.myshopify.com', :merchant) AS shopify \gset
SELECT meshline.connect('stripe', 'acct_deadlines', :merchant) AS stripe \gset
CREATE VIEW pg_temp.soon AS
  SELECT w.what, w.reason_code, w.due_at, w.time_left, w.amount, w.currency, w.owner_queue, w.what_to_do
  FROM meshline.what_will_break('48 hours') AS w JOIN meshline.merchant AS m USING (merchant_id) WHERE m.name = 'deadlines' ORDER BY w.due_at, w.reason_code;
-- Reserved on the 14th and lost on the 21st; captured on the 14th and to be settled by then.
INSERT INTO staging.shopify_order (merchant_id, payload) VALUES
  (:merchant, '{"id": 720000000001, "name": "#D1", "total_price": "50.00", "currency": "USD", "financial_status": "authorized", "created_at": "2026-10-14T10:00:00Z", "updated_at": "2026-10-14T10:00:00Z"}'),
  (:merchant, '{"id": 720000000002, "name": "#D2", "total_price": "20.00", "currency": "USD", "financial_status": "paid", "created_at": "2026-10-14T10:00:00Z", "updated_at": "2026-10-14T10:00:00Z"}');
INSERT INTO staging.stripe_charge (merchant_id, payload) VALUES
  (:merchant, '{"id": "ch_dl1", "amount": 5000, "captured": false, "status": "succeeded", "currency": "usd", "created": 1791972000, "livemode": true, "metadata": {"shopify_order_id": "720000000001"}}'),
  (:merchant, '{"id": "ch_dl2", "amount": 2000, "captured": true, "status": "succeeded", "currency": "usd", "created": 1791972000, "livemode": true, "metadata": {"shopify_order_id": "720000000002"}}');
-- Evidence of a dispute is due in a day.
INSERT INTO staging.stripe_dispute (merchant_id, payload) VALUES
  (:merchant, '{"id": "dp_dl1", "object": "dispute", "amount": 2000, "currency": "usd", "charge": "ch_dl2", "status": "needs_response", "created": 1792400000, "livemode": true, "evidence_details": {"due_by": 1792584000}}');
SELECT * FROM pg_temp.soon;
SELECT count(*) AS as_of_a_week_before FROM meshline.what_will_break('48 hours', '2026-10-13 12:00+00') AS w WHERE w.merchant_id = :merchant;
-- Past its moment nothing of it is said.
SELECT w.what, w.due_at FROM meshline.what_will_break('10 days', '2026-10-21 10:00:01+00') AS w WHERE w.merchant_id = :merchant ORDER BY w.due_at, w.what;
-- Captured in time: one less.
INSERT INTO staging.stripe_charge (merchant_id, payload) VALUES
  (:merchant, '{"id": "ch_dl1", "amount": 5000, "amount_captured": 5000, "captured": true, "status": "succeeded", "currency": "usd", "created": 1791972000, "livemode": true, "metadata": {"shopify_order_id": "720000000001", "captured": "yes"}}');
SELECT d.what, d.subject, d.due_at, d.exception_id IS NOT NULL AS is_open FROM meshline.deadlines AS d WHERE d.merchant_id = :merchant ORDER BY d.due_at, d.what, d.subject;
SELECT count(*) FROM meshline.what_will_break('-1 hour'); -- fails
SELECT count(*) FROM meshline.what_will_break(NULL); -- fails
