-- A bank's statement lines: any feed's spelling, twins kept, nothing merged by what a text seems to say.
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET datestyle = iso;
SET meshline.as_of = '2026-04-20 12:00+00';
SELECT meshline.add_merchant('bank forward', 'USD', 'UTC') AS forward \gset
SELECT meshline.add_merchant('bank backward', 'USD', 'UTC') AS backward \gset
SELECT meshline.connect('shopify', 'bank.myshopify.com', :forward) AS forward_shop \gset
SELECT meshline.connect('stripe', 'acct_bank', :forward) AS forward_stripe \gset
SELECT meshline.connect('bank', 'checking', :forward) AS forward_bank \gset
SELECT meshline.connect('shopify', 'bank.myshopify.com', :backward) AS backward_shop \gset
SELECT meshline.connect('stripe', 'acct_bank', :backward) AS backward_stripe \gset
SELECT meshline.connect('bank', 'checking', :backward) AS backward_bank \gset

CREATE TEMPORARY TABLE sample (step integer, relation text, payload text);
INSERT INTO sample VALUES
  (1, 'shopify_order', '{"id": 973000000001, "name": "#9731", "total_price": "50.00", "currency": "USD", "financial_status": "paid", "created_at": "2026-04-01T10:00:00Z",
    "updated_at": "2026-04-01T10:00:00Z", "line_items": [{"id": 1}]}'),
  (2, 'stripe_charge', '{"id": "ch_bk1", "amount": 5000, "captured": true, "status": "succeeded", "currency": "usd", "created": 1775037600, "livemode": true,
    "metadata": {"shopify_order_id": "973000000001"}}'),
  (3, 'stripe_balance_transaction', '{"id": "txn_bk1", "amount": 5000, "fee": 175, "net": 4825, "currency": "usd", "created": 1775037600, "type": "charge", "source": "ch_bk1", "payout": "po_bk1"}'),
  (4, 'stripe_payout', '{"id": "po_bk1", "amount": 4825, "currency": "usd", "status": "paid", "created": 1775210400, "arrival_date": 1775260800, "livemode": true}'),
  (5, 'bank_line', '{"id": "BL-1", "account": "checking", "booked_at": "2026-04-04", "amount": "48.25", "currency": "USD", "description": "STRIPE TRANSFER po_bk1"}'),
  (6, 'bank_line', '{"Date": "04.04.2026", "Description": "Refund for order #9731?", "Debit": "1,50", "Credit": "", "Currency": "USD"}');
CREATE PROCEDURE pg_temp.load(merchant bigint, shop bigint, stripe bigint, bank bigint, steps integer[]) LANGUAGE plpgsql AS $$
DECLARE
  each_step integer;
  each_row sample;
BEGIN
  FOREACH each_step IN ARRAY steps LOOP
    SELECT s.* INTO each_row FROM sample AS s WHERE s.step = each_step;
    EXECUTE format('INSERT INTO staging.%I (merchant_id, connection_id, payload) VALUES ($1, $2, $3)', each_row.relation)
    USING merchant, CASE split_part(each_row.relation, '_', 1) WHEN 'shopify' THEN shop WHEN 'stripe' THEN stripe ELSE bank END, each_row.payload;
  END LOOP;
END
$$;
CALL pg_temp.load(:forward, :forward_shop, :forward_stripe, :forward_bank, ARRAY[1, 2, 3, 4, 5, 6]);
CALL pg_temp.load(:backward, :backward_shop, :backward_stripe, :backward_bank, ARRAY[6, 5, 4, 3, 2, 1]);
SELECT m.name, s.total, s.captured, s.refunded, s.settled, s.state FROM meshline.order_status AS s JOIN meshline.merchant AS m USING (merchant_id)
WHERE m.name LIKE 'bank %ward' AND s.total IS NOT NULL ORDER BY m.name DESC;
SELECT count(*) AS open_exceptions FROM meshline.open_exceptions AS x WHERE x.merchant_id IN (:forward, :backward);
SELECT m.name, r.kind, r.amount_minor, r.currency, r.occurred_at, regexp_replace(array_to_string(r.weak_ids, ' '), '@\d+', '') AS weak_ids
FROM meshline.record AS r JOIN meshline.merchant AS m USING (merchant_id)
WHERE m.name LIKE 'bank %ward' AND r.object = 'line' ORDER BY m.name DESC, r.amount_minor;

-- Two equal fees of one statement are two; the statement fetched again brings nothing new.
INSERT INTO staging.bank_line (merchant_id, connection_id, payload)
SELECT :forward, :forward_bank, '{"date": "2026-04-05", "amount": "-0.30", "description": "fee"}' FROM generate_series(1, 2);
INSERT INTO staging.bank_line (merchant_id, connection_id, payload)
SELECT :forward, :forward_bank, '{"date": "2026-04-05", "amount": "-0.30", "description": "fee"}' FROM generate_series(1, 2);
SELECT count(*) AS lines, sum(r.amount_minor) AS amount_minor FROM meshline.record AS r WHERE r.merchant_id = :forward AND r.occurred_at = '2026-04-05';
-- What cannot be read is named.
INSERT INTO staging.bank_line (merchant_id, connection_id, payload) VALUES (:forward, :forward_bank, '{"id": "BL-2", "booked_at": "04/05/2026", "amount": "1,234,5"}');
SELECT x.reason_code, x.record_ids, x.explanation FROM meshline.open_exceptions AS x WHERE x.merchant_id = :forward;
