-- SPDX-License-Identifier: PostgreSQL
-- What is taken back leaves things as they were: decisions after unmerge(), outcomes and ages after a replay. And
-- explain() names the place of the very amount.
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET datestyle = iso;
SET meshline.as_of = '2026-05-10 12:00+00';
SELECT meshline.add_merchant('Undo Ltd', 'USD', 'UTC') AS merchant_id \gset
SELECT meshline.connect('shopify', 'undo.myshopify.com', :merchant_id) AS shop \gset
SELECT meshline.connect('stripe', 'acct_undo', :merchant_id) AS stripe \gset
SELECT meshline.set_policy('settlement_window_days', 'null', :stripe, :merchant_id);

-- Two orders: one is paid too much, and that is written off; one says that it is paid, nothing has come, and somebody knows why.
INSERT INTO staging.shopify_order (merchant_id, connection_id, payload)
SELECT :merchant_id, :shop, format('{"id": %s, "name": "#U%s", "total_price": "80.00", "currency": "USD", "financial_status": "%s",
  "created_at": "2026-05-01T10:00:00Z", "updated_at": "2026-05-01T%s:00:00Z"}', id, id, status, updated)
FROM (VALUES (1, 771001, 'pending', 10), (2, 771001, 'paid', 11), (3, 771002, 'paid', 10)) AS o (place, id, status, updated) ORDER BY place;
INSERT INTO staging.stripe_charge (merchant_id, connection_id, payload)
VALUES (:merchant_id, :stripe, '{"id": "ch_undo", "amount": 20000, "amount_captured": 9500, "captured": true, "status": "succeeded",
  "currency": "usd", "created": 1777630000, "livemode": true, "metadata": {"order_id": "771001"}}');
SELECT meshline.canonical_of('shopify', 'order', '771001', :merchant_id) AS paid, meshline.canonical_of('shopify', 'order', '771002', :merchant_id) AS unpaid \gset
SELECT x.exception_id AS excess FROM meshline.open_exceptions AS x WHERE x.canonical_id = :'paid' AND x.reason_code = 'OVERCAPTURE' \gset

-- The charge captured less than it was authorized for: it is the captured amount that is compared.
SELECT e.label, e.payload_path, e.value FROM meshline.explain(:excess) AS e WHERE e.item = 'record' ORDER BY e.record_id;
SELECT meshline.write_off(:excess, 'a present');
SELECT x.exception_id AS missing FROM meshline.open_exceptions AS x WHERE x.canonical_id = :'unpaid' AND x.reason_code = 'UNDERPAYMENT' \gset
SELECT meshline.resolve_exception(:missing, 'paid in cash');
CREATE VIEW undone AS
SELECT x.reason_code, x.status, x.opened_at, x.closed_at, x.closed_by IS NOT DISTINCT FROM session_user AS closed_by_me, x.amount_at_risk, x.occurrences
FROM meshline.exceptions AS x WHERE x.merchant_id = (SELECT m.merchant_id FROM meshline.merchant AS m WHERE m.name = 'Undo Ltd')
  AND (x.reason_code = 'OVERCAPTURE' OR x.record_ids = '{shopify:order:771002}');
SELECT * FROM undone ORDER BY reason_code;

-- A week later somebody merges both, which closes the underpayment of the second, and takes it back.
SET meshline.as_of = '2026-05-17 12:00+00';
SELECT meshline.merge(:'paid', :'unpaid', 'the same order') AS merge_id \gset
SELECT * FROM undone ORDER BY reason_code;
SELECT meshline.unmerge(:merge_id, 'they were two') IS NOT NULL AS is_apart;
SELECT * FROM undone ORDER BY reason_code;
SELECT h.action, h.status FROM meshline.exception_history AS h WHERE h.exception_id = :missing ORDER BY h.history_id;
-- A note changes nothing of it.
SELECT meshline.merge(:'paid', :'unpaid', 'the same order after all') AS merge_id \gset
SELECT meshline.comment(:missing, 'the receipt is in the drawer');
SELECT meshline.unmerge(:merge_id, 'no') IS NOT NULL AS is_apart;
SELECT * FROM undone ORDER BY reason_code;
SELECT count(*) AS broken FROM meshline.verify_history();

-- Everything is read again: the first state of the order was applied when it came, and nothing is younger than it was.
SELECT meshline.replay_connection(:shop, '-infinity') > 0 AS is_replayed;
SELECT e.external_id, e.outcome, count(*) FROM meshline.event AS e WHERE e.connection_id = :shop GROUP BY 1, 2 ORDER BY 1, 2;
SELECT r.external_id, r.applied_at FROM meshline.record AS r WHERE r.connection_id = :shop ORDER BY 1;
SELECT count(*) AS remarks FROM meshline.exceptions AS x WHERE x.merchant_id = :merchant_id AND x.reason_code = 'STALE_EVENT';

-- A payload that a copy of came, and one that cannot be read: the formula has its number.
INSERT INTO staging.shopify_order (merchant_id, connection_id, payload) SELECT :merchant_id, :shop, payload FROM staging.shopify_order
WHERE merchant_id = :merchant_id AND payload LIKE '%771002%';
INSERT INTO staging.shopify_order (merchant_id, connection_id, payload) VALUES (:merchant_id, :shop, '{"id": 77');
SELECT x.reason_code, e.item, e.label, e.value, e.content FROM meshline.exceptions AS x, meshline.explain(x.exception_id) AS e
WHERE x.merchant_id = :merchant_id AND x.reason_code IN ('DUPLICATE_EVENT', 'INVALID_PAYLOAD') AND e.item IN ('number', 'formula') ORDER BY 1, e.line;
DROP VIEW undone;
