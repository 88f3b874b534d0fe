-- A loader inserts into staging and does nothing else; a reader reads views and does nothing else.
CREATE ROLE meshline_test_loader;
CREATE ROLE meshline_test_reader;
SELECT meshline.grant_role('meshline_test_loader', 'loader');
SELECT meshline.grant_role('meshline_test_reader', 'reader');
SELECT meshline.grant_role('meshline_test_reader', 'owner'); -- fails
\set VERBOSITY terse
SET ROLE meshline_test_loader;
INSERT INTO staging.shopify_order (payload) VALUES
  ('{"id": 930000000001, "name": "#9301", "total_price": "5.00", "currency": "USD", "financial_status": "pending", "created_at": "2026-10-01T10:00:00Z", "updated_at": "2026-10-01T10:00:00Z"}');
COPY staging.shopify_order (payload) FROM stdin;
{"id": 930000000002, "name": "#9302", "total_price": "6.00", "currency": "USD", "financial_status": "pending", "created_at": "2026-10-01T10:00:00Z", "updated_at": "2026-10-01T10:00:00Z"}
\.
SELECT count(*) FROM staging.shopify_order; -- fails
UPDATE staging.shopify_order SET payload = ''; -- fails
SELECT count(*) FROM meshline.open_exceptions; -- fails
SELECT meshline.connect('shopify', 'evil'); -- fails
SELECT meshline.canonical_id(1, 'order', 'shopify.order', '1'); -- fails
CREATE TABLE staging.mine (i integer); -- fails
RESET ROLE;
SELECT count(*) AS loaded FROM meshline.record WHERE object = 'order' AND external_id LIKE '93000000000_';
SET ROLE meshline_test_reader;
SELECT total, state FROM meshline.order_status WHERE anchor_value = '930000000001';
SELECT count(*) >= 0 AS reads FROM meshline.exceptions;
SELECT count(*) >= 0 AS reads FROM meshline.expectations;
SELECT count(*) >= 0 AS reads FROM meshline.event_payload;
SELECT count(*) > 0 AS reads FROM meshline.record; -- fails
SELECT meshline.explain(1); -- fails
INSERT INTO staging.shopify_order (payload) VALUES ('{}'); -- fails
RESET ROLE;
DROP OWNED BY meshline_test_loader, meshline_test_reader;
DROP ROLE meshline_test_loader, meshline_test_reader;
