-- The history of an exception is a chain of hashes: verify_history() finds a line that was changed or taken out.
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET datestyle = iso;
SET meshline.as_of = '2026-10-20 12:00+00';
INSERT INTO staging.shopify_order (payload) VALUES
  ('{"id": 998000000001, "name": "#9981", "total_price": "50.00", "currency": "USD", "financial_status": "paid", "created_at": "2026-10-18T10:00:00Z", "updated_at": "2026-10-18T10:00:00Z"}');
INSERT INTO staging.stripe_charge (payload) VALUES
  ('{"id": "ch_hi1", "amount": 1000, "captured": true, "status": "succeeded", "currency": "usd", "created": 1792317600, "livemode": true, "metadata": {"shopify_order_id": "998000000001"}}');
INSERT INTO staging.stripe_charge (payload) VALUES
  ('{"id": "ch_hi2", "amount": 4000, "captured": true, "status": "succeeded", "currency": "usd", "created": 1792317600, "livemode": true, "metadata": {"shopify_order_id": "998000000001"}}');
INSERT INTO staging.stripe_charge (payload) VALUES
  ('{"id": "ch_hi2", "amount": 4000, "captured": true, "status": "failed", "currency": "usd", "created": 1792317600, "livemode": true, "metadata": {"shopify_order_id": "998000000001"}}');
SELECT x.exception_id FROM meshline.exceptions AS x WHERE x.canonical_id = meshline.canonical_of('shopify', 'order', '998000000001') AND x.reason_code = 'UNDERPAYMENT' \gset
CREATE TEMPORARY TABLE line AS
  SELECT h.*, row_number() OVER (ORDER BY h.history_id) AS place FROM meshline.exception_history AS h WHERE h.exception_id = :exception_id;
SELECT l.place, l.action, l.status, l.actor, l.amount_at_risk_minor, l.explanation FROM line AS l ORDER BY l.place;
-- Whole, over all exceptions of the database.
SELECT count(*) AS wrong FROM meshline.verify_history();

-- Somebody improves the past: an amount, a text, a time, a line that is gone.
CREATE FUNCTION pg_temp.wrong() RETURNS TABLE (place bigint) LANGUAGE sql AS $$
  SELECT l.place FROM meshline.verify_history() AS v JOIN line AS l USING (exception_id, history_id) ORDER BY 1
$$;
BEGIN;
UPDATE meshline.exception_history AS h SET amount_at_risk_minor = 1 FROM line AS l WHERE h.history_id = l.history_id AND l.place = 2;
SELECT * FROM pg_temp.wrong();
ROLLBACK;
BEGIN;
UPDATE meshline.exception_history AS h SET explanation = 'all is well' FROM line AS l WHERE h.history_id = l.history_id AND l.place = 4;
SELECT * FROM pg_temp.wrong();
ROLLBACK;
BEGIN;
UPDATE meshline.exception_history AS h SET happened_at = h.happened_at + interval '1 day' FROM line AS l WHERE h.history_id = l.history_id AND l.place = 1;
SELECT * FROM pg_temp.wrong();
ROLLBACK;
BEGIN;
DELETE FROM meshline.exception_history AS h USING line AS l WHERE h.history_id = l.history_id AND l.place = 2;
SELECT * FROM pg_temp.wrong();
ROLLBACK;
-- The last line is covered by the exception itself.
BEGIN;
DELETE FROM meshline.exception_history AS h USING line AS l WHERE h.history_id = l.history_id AND l.place = 4;
SELECT * FROM pg_temp.wrong();
ROLLBACK;
SELECT count(*) AS wrong FROM meshline.verify_history();
