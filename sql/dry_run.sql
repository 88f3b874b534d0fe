-- A dry run: what other policies would find over everything stored, with nothing kept.
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET datestyle = iso;
SET meshline.as_of = '2026-10-20 12:00+00';
SELECT meshline.add_merchant('dry run', 'USD', 'UTC') AS merchant \gset
SELECT meshline.connect('shopify', 'dryrun.myshopify.com', :merchant) AS shopify \gset
SELECT meshline.connect('stripe', 'acct_dryrun', :merchant) AS stripe \gset
SELECT set_config('test.merchant', :'merchant', false) IS NOT NULL AS is_set;
CREATE PROCEDURE pg_temp.sell(id text, captured bigint) LANGUAGE sql AS $$
  INSERT INTO staging.shopify_order (merchant_id, payload) VALUES (current_setting('test.merchant')::bigint, format(
    '{"id": %s, "name": "#%s", "total_price": "50.00", "currency": "USD", "financial_status": "paid", "created_at": "2026-10-18T10:00:00Z",'
    ' "updated_at": "2026-10-18T10:00:00Z", "line_items": [{"id": 1}]}', id, id));
  INSERT INTO staging.stripe_charge (merchant_id, payload) VALUES (current_setting('test.merchant')::bigint, format(
    '{"id": "ch_dr%s", "amount": %s, "captured": true, "status": "succeeded", "currency": "usd", "created": 1792317600, "livemode": true,'
    ' "metadata": {"shopify_order_id": "%s"}}', id, captured, id));
$$;
CREATE FUNCTION pg_temp.tried(changes jsonb, as_of timestamptz DEFAULT '2026-10-20 12:00+00')
  RETURNS TABLE (anchor_value text, reason_code text, outcome text, before_minor bigint, after_minor bigint, before_amount numeric, after_amount numeric, currency text, explanation text, decided_by text)
LANGUAGE sql AS $$
  SELECT c.anchor_value, d.reason_code, d.outcome, d.before_minor, d.after_minor, d.before_amount, d.after_amount, d.currency, d.explanation, d.decided_by
  FROM meshline.dry_run(changes, as_of, current_setting('test.merchant')::bigint) AS d
  JOIN meshline.canonical AS c ON c.merchant_id = d.merchant_id AND c.canonical_id = d.canonical_id
  ORDER BY c.anchor_value, d.reason_code
$$;
-- A hash over every row of every table of the workspace and of staging.
CREATE FUNCTION pg_temp.hash() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  name regclass;
  one text;
  every text := '';
BEGIN
  FOR name IN SELECT c.oid FROM pg_class AS c WHERE c.relnamespace IN ('meshline'::regnamespace, 'staging'::regnamespace) AND c.relkind = 'r' ORDER BY c.relname LOOP
    EXECUTE format('SELECT md5(coalesce(string_agg(md5(t::text), '''' ORDER BY md5(t::text)), '''')) FROM %s AS t', name) INTO one;
    every := md5(every || name::text || one);
  END LOOP;
  RETURN every;
END
$$;
-- One cent, ten, and fifty missing.
CALL pg_temp.sell('710000000001', 4999);
CALL pg_temp.sell('710000000002', 4990);
CALL pg_temp.sell('710000000003', 4950);
SELECT c.anchor_value, x.amount_at_risk_minor FROM meshline.open_exceptions AS x JOIN meshline.canonical AS c USING (merchant_id, canonical_id)
WHERE x.merchant_id = :merchant AND x.reason_code = 'UNDERPAYMENT' ORDER BY 1;

SELECT pg_temp.hash() AS before \gset
-- Nothing changed gives nothing, over all merchants too.
SET client_min_messages = warning; -- how many of other merchants are left out
SELECT count(*) AS rows FROM meshline.dry_run('{}');
RESET client_min_messages;
-- A looser tolerance closes exactly what lies between; a stricter one opens.
SELECT * FROM pg_temp.tried('{"policies": {"tolerance_minor.UNDERPAYMENT": 10}}');
SELECT * FROM pg_temp.tried('{"policies": {"tolerance_minor.UNDERPAYMENT": 0}}');
SELECT * FROM pg_temp.tried(jsonb_build_object('policies', jsonb_build_array(jsonb_build_object('key', 'tolerance_minor.UNDERPAYMENT', 'value', 10, 'merchant_id', -1))));
-- A reason switched off; a window of one connection, which makes settlements late.
SELECT t.anchor_value, t.reason_code, t.outcome FROM pg_temp.tried('{"disabled": ["UNDERPAYMENT"]}') AS t;
SELECT t.anchor_value, t.reason_code, t.outcome, t.after_minor
FROM pg_temp.tried(jsonb_build_object('policies', jsonb_build_array(jsonb_build_object('key', 'settlement_window_days', 'value', 1, 'connection_id', :stripe)))) AS t;
-- As of a later moment settlements are late anyway, so that the same change says nothing new.
SELECT t.anchor_value, t.reason_code, t.outcome
FROM pg_temp.tried(jsonb_build_object('policies', jsonb_build_array(jsonb_build_object('key', 'settlement_window_days', 'value', 1, 'connection_id', :stripe))), '2026-12-01') AS t;
SELECT * FROM meshline.dry_run('{"policy": {}}'); -- fails
SELECT * FROM meshline.dry_run('{"policies": 1}'); -- fails
SELECT * FROM meshline.dry_run('{"policies": {"nosuch": 1}}'); -- fails
SELECT * FROM meshline.dry_run('{"policies": {"approval_limit_minor": 1}}'); -- fails
SELECT * FROM meshline.dry_run('{"policies": {"tolerance_minor.UNDERPAYMENT": "much"}}'); -- fails
SELECT * FROM meshline.dry_run('{"disabled": ["NOSUCH"]}'); -- fails
SELECT * FROM meshline.dry_run('{}', of_merchant => -1); -- fails
-- Nothing of all that is kept.
SELECT pg_temp.hash() = :'before' AS is_unchanged;

-- What people decided is said beside it.
SELECT meshline.write_off(x.exception_id, 'a tip') AS outcome FROM meshline.open_exceptions AS x JOIN meshline.canonical AS c USING (merchant_id, canonical_id)
WHERE x.merchant_id = :merchant AND x.reason_code = 'UNDERPAYMENT' AND c.anchor_value = '710000000002';
SELECT t.anchor_value, t.outcome, replace(t.decided_by, session_user, 'me') AS decided_by FROM pg_temp.tried('{"policies": {"tolerance_minor.UNDERPAYMENT": 10}}') AS t;

-- What came after the moment is not seen: the third order is left out, and said to be.
SET meshline.as_of = '2026-10-21 12:00+00';
INSERT INTO staging.stripe_charge (merchant_id, payload) VALUES (:merchant,
  '{"id": "ch_dr9", "amount": 20, "captured": true, "status": "succeeded", "currency": "usd", "created": 1792317700, "livemode": true, "metadata": {"shopify_order_id": "710000000003"}}');
SELECT t.anchor_value, t.outcome, t.before_minor FROM pg_temp.tried('{"disabled": ["UNDERPAYMENT"]}') AS t;
SELECT t.anchor_value, t.outcome, t.before_minor FROM pg_temp.tried('{"disabled": ["UNDERPAYMENT"]}', '2026-10-21 12:00+00') AS t;
-- The stored policy stands where nothing else is asked, and a change takes its place.
SELECT meshline.set_policy('tolerance_minor.UNDERPAYMENT', '100', merchant_id => :merchant);
SELECT t.anchor_value, t.outcome, t.after_minor FROM pg_temp.tried('{"policies": {"tolerance_minor.UNDERPAYMENT": null}}', '2026-10-21 12:00+00') AS t;
-- A null returns to the default, which is one day, and none would be too few.
INSERT INTO staging.shopify_order (merchant_id, payload) VALUES (:merchant,
  '{"id": 710000000004, "name": "#DR4", "total_price": "50.00", "currency": "USD", "financial_status": "paid", "created_at": "2026-10-20T20:00:00Z", "updated_at": "2026-10-20T20:00:00Z"}');
SELECT meshline.set_policy('mapping_grace_days', NULL, merchant_id => :merchant);
SELECT count(*) AS rows FROM pg_temp.tried('{"policies": {"mapping_grace_days": 1}}', '2026-10-21 12:00+00');
SELECT t.anchor_value, t.reason_code, t.outcome, t.after_minor FROM pg_temp.tried('{"policies": {"mapping_grace_days": 0}}', '2026-10-21 12:00+00') AS t;
