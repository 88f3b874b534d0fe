-- Fivetran's contract, on tables with its own columns: a re-sync marks every row deleted and takes it back, and no order
-- is ever thought to be gone.
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET datestyle = iso;
SET meshline.as_of = '2026-10-20 12:00+00';
SELECT meshline.add_merchant('fivetran', 'USD', 'UTC') AS merchant \gset
SELECT meshline.connect('shopify', 'fivetran.myshopify.com', :merchant) AS shopify \gset
CREATE VIEW pg_temp.orders AS
  SELECT s.anchor_value, s.total, s.captured, s.refunded, s.order_status, s.state
  FROM meshline.order_status AS s JOIN meshline.merchant AS m USING (merchant_id) WHERE m.name = 'fivetran' ORDER BY s.anchor_value;
CREATE VIEW pg_temp.deliveries AS
  SELECT v.object, v.outcome, count(*) FROM meshline.event AS v JOIN meshline.merchant AS m USING (merchant_id)
  WHERE m.name = 'fivetran' GROUP BY v.object, v.outcome ORDER BY 1, 2;
CREATE SCHEMA regress_fivetran;
CREATE TABLE regress_fivetran."order" (
  id bigint PRIMARY KEY, name text, currency text, financial_status text, total_price_set_shop_amount numeric, created_at timestamptz,
  processed_at timestamptz, updated_at timestamptz, cancelled_at timestamptz, test boolean, _fivetran_deleted boolean, _fivetran_synced timestamptz);
CREATE TABLE regress_fivetran.transaction (
  id bigint PRIMARY KEY, order_id bigint, refund_id bigint, parent_id bigint, kind text, status text, gateway text, amount_set_shop_amount numeric,
  amount_set_shop_currency_code text, test boolean, created_at timestamptz, processed_at timestamptz, receipt text, _fivetran_synced timestamptz);
SELECT meshline.attach_table('regress_fivetran.order', :shopify, 'order');
SELECT meshline.attach_table('regress_fivetran.transaction', :shopify, 'transaction');

-- Upsert of whole rows; the child table comes first.
PREPARE put_transaction AS INSERT INTO regress_fivetran.transaction VALUES
  ($1, $2, $3, $4, $5, 'success', 'manual', $6, 'USD', false, $7, $7, NULL, $8)
ON CONFLICT (id) DO UPDATE SET status = excluded.status, amount_set_shop_amount = excluded.amount_set_shop_amount, _fivetran_synced = excluded._fivetran_synced;
PREPARE put_order AS INSERT INTO regress_fivetran."order" VALUES
  ($1, $2, 'USD', $3, $4, $5, $5, $6, NULL, false, false, $7)
ON CONFLICT (id) DO UPDATE SET name = excluded.name, financial_status = excluded.financial_status, updated_at = excluded.updated_at,
  total_price_set_shop_amount = excluded.total_price_set_shop_amount, _fivetran_deleted = excluded._fivetran_deleted, _fivetran_synced = excluded._fivetran_synced;
EXECUTE put_transaction (98501, 98401, NULL, NULL, 'sale', 10, '2026-10-18 10:00+00', '2026-10-18 11:00+00');
EXECUTE put_transaction (98502, 98402, NULL, NULL, 'sale', 20, '2026-10-18 10:00+00', '2026-10-18 11:00+00');
EXECUTE put_order (98401, '#98401', 'PAID', 10, '2026-10-18 10:00+00', '2026-10-18 10:00+00', '2026-10-18 11:00+00');
EXECUTE put_order (98402, '#98402', 'PAID', 20, '2026-10-18 10:00+00', '2026-10-18 10:00+00', '2026-10-18 11:00+00');
SELECT * FROM pg_temp.orders;

-- A re-sync: a soft truncate marks all rows deleted, then each is upserted again, not deleted.
UPDATE regress_fivetran."order" SET _fivetran_deleted = true WHERE _fivetran_synced < '2026-10-19 00:00+00';
SELECT * FROM pg_temp.orders;
EXECUTE put_order (98401, '#98401', 'PAID', 10, '2026-10-18 10:00+00', '2026-10-18 10:00+00', '2026-10-19 11:00+00');
EXECUTE put_order (98402, '#98402', 'REFUNDED', 20, '2026-10-18 10:00+00', '2026-10-19 10:00+00', '2026-10-19 11:00+00');
EXECUTE put_transaction (98503, 98402, 98602, 98502, 'refund', 20, '2026-10-19 10:00+00', '2026-10-19 11:00+00');
SELECT * FROM pg_temp.orders;
SELECT * FROM pg_temp.deliveries;

-- An update of some columns; and a soft delete of a single row, which says no more than the marks of a re-sync do.
UPDATE regress_fivetran."order" SET name = '#98401-A', updated_at = '2026-10-19 12:00+00', _fivetran_synced = '2026-10-19 13:00+00' WHERE id = 98401;
UPDATE regress_fivetran."order" SET _fivetran_deleted = true WHERE id = 98401;
SELECT * FROM pg_temp.orders;
-- Hard deletes of a table that does not mirror its source: nothing happens, and the row may come back.
DELETE FROM regress_fivetran."order" WHERE id = 98401;
SELECT * FROM pg_temp.orders WHERE anchor_value = '98401';
EXECUTE put_order (98401, '#98401-A', 'PAID', 10, '2026-10-18 10:00+00', '2026-10-19 12:00+00', '2026-10-19 14:00+00');
SELECT * FROM pg_temp.orders;
SELECT r.object, r.external_id, r.status, r.amount_minor FROM meshline.record AS r WHERE r.merchant_id = :merchant ORDER BY 1, 2;
SELECT x.reason_code, count(*) FROM meshline.open_exceptions AS x WHERE x.merchant_id = :merchant AND x.family <> 'posting' GROUP BY 1 ORDER BY 1;
SET client_min_messages = warning;
SELECT count(meshline.detach_table(format('%I.%I', a.schema_name, a.table_name))) AS detached FROM meshline.attached_table AS a WHERE a.merchant_id = :merchant;
DROP SCHEMA regress_fivetran CASCADE;
