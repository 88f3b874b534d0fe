-- What becomes of every sample; run in the folder of samples.csv and tables.sql.
\set ON_ERROR_STOP on
\o /dev/null
SET client_min_messages = warning;
SET timezone = 'UTC';
SET meshline.as_of = '2026-10-20 12:00+00';
CREATE EXTENSION meshline;
SELECT meshline.create_workspace();
SELECT meshline.connect('shopify', 'samples.myshopify.com') AS shopify \gset
SELECT meshline.connect('woocommerce', 'samples.example') AS woocommerce \gset
SELECT meshline.connect('stripe', 'acct_samples', settings => jsonb_build_object('store_connection_id', :'woocommerce')) AS stripe \gset
SELECT meshline.connect('paypal', 'samples', settings => jsonb_build_object('store_connection_id', :'woocommerce')) AS paypal \gset
CREATE SCHEMA etl;
\i tables.sql
CREATE TABLE etl.sample (n integer PRIMARY KEY, system text, object text, file text, relation regclass, payload text);
CREATE TEMP TABLE sample_text (n integer, system text, object text, file text, relation text, payload text);
\copy sample_text FROM 'samples.csv' WITH (FORMAT csv)
INSERT INTO etl.sample SELECT s.n, s.system, s.object, s.file, s.relation::regclass, s.payload FROM sample_text AS s;

-- A payload into a staging table, or a row into a table of an ETL tool.
CREATE PROCEDURE etl.load(relation regclass, payload text, merchant bigint) LANGUAGE plpgsql AS $$
BEGIN
  IF relation::text LIKE 'staging.%' THEN
    EXECUTE format('INSERT INTO %s (merchant_id, payload) VALUES ($1, $2)', relation) USING merchant, payload;
  ELSE
    EXECUTE format('INSERT INTO %s SELECT (jsonb_populate_record(NULL::%s, $1)).*', relation, relation) USING payload::jsonb;
  END IF;
END
$$;
-- Loads one sample as if there were no other, and takes it out again. The reasons that are given: none for a valid record.
CREATE FUNCTION etl.outcome(relation regclass, payload text) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
  reasons text[];
BEGIN
  BEGIN
    CALL etl.load(relation, payload, 1);
    SELECT array_agg(DISTINCT regexp_replace(x.explanation, '^.*? cannot be (read|used): ', '')) INTO reasons
    FROM meshline.exceptions AS x WHERE x.reason_code = 'INVALID_PAYLOAD';
    IF reasons IS NULL AND NOT EXISTS (SELECT FROM meshline.record) THEN
      reasons := ARRAY['no record, and no reason'];
    END IF;
    RAISE EXCEPTION USING ERRCODE = 'ZZ001';
  EXCEPTION
    WHEN SQLSTATE 'ZZ001' THEN RETURN COALESCE(reasons, '{}');
    WHEN OTHERS THEN RETURN ARRAY['load error: ' || SQLERRM];
  END;
END
$$;
CREATE TABLE etl.outcome AS
  SELECT s.n, s.system, s.object, s.file, s.relation::text LIKE 'etl.%' AS is_typed, o.reason
  FROM etl.sample AS s, LATERAL (SELECT CASE WHEN r = '{}' THEN ARRAY[NULL] ELSE r END FROM etl.outcome(s.relation, s.payload) AS r) AS t(reasons),
       LATERAL unnest(t.reasons) AS o(reason);
\o
\t on
\pset format unaligned
\pset fieldsep ' '

-- All of it at once, statement by statement; nothing may make a loader fail. Each system as a merchant of its own,
-- the rows of ETL tools as the first.
CREATE TABLE etl.family (name text PRIMARY KEY, merchant bigint);
CREATE FUNCTION etl.of(family text) RETURNS bigint LANGUAGE sql STABLE AS $$ SELECT f.merchant FROM etl.family AS f WHERE f.name = family $$;
CREATE PROCEDURE etl.load_files(family text, pattern text) LANGUAGE plpgsql AS $$
DECLARE
  one record;
BEGIN
  FOR one IN SELECT s.relation, array_agg(s.payload ORDER BY s.n) AS payloads FROM etl.sample AS s
             WHERE s.file ~ pattern AND s.relation::text LIKE 'staging.%' GROUP BY s.relation ORDER BY min(s.n) LOOP
    EXECUTE format('INSERT INTO %s (merchant_id, payload) SELECT $1, p FROM unnest($2) AS p', one.relation) USING etl.of(family), one.payloads;
  END LOOP;
END
$$;
\o /dev/null
INSERT INTO etl.family SELECT f, meshline.add_merchant(f, 'USD', 'UTC') FROM unnest(ARRAY['shopify', 'woocommerce', 'stripe', 'paypal']) AS f;
INSERT INTO etl.family VALUES ('typed rows', 1);
SELECT meshline.connect(f.name, 'family', f.merchant) FROM etl.family AS f WHERE f.merchant > 1;
SELECT meshline.connect('stripe', 'family', f.merchant) FROM etl.family AS f WHERE f.name = 'woocommerce';
\o
CALL etl.load_files('shopify', '^shopify/');
-- The orders of one site; the other files are of other sites, which number their orders alike.
CALL etl.load_files('woocommerce', '^woocommerce/ios/(orders-load-all|order-560-all-refunds|order-details-partially-refunded|order-with-charge)\.json|^stripe/via_woopayments/wcpay-charge-card\.json');
CALL etl.load_files('stripe', '^stripe/(djstripe|openapi_fixture|webhooks)/');
CALL etl.load_files('paypal', '^paypal/');
DO $$
DECLARE
  one record;
BEGIN
  FOR one IN SELECT s.relation, s.payload FROM etl.sample AS s WHERE s.relation::text LIKE 'etl.%' ORDER BY s.n LOOP
    CALL etl.load(one.relation, one.payload, 1);
  END LOOP;
END
$$;

-- Why a sample gives no valid record.
CREATE TABLE etl.justified (system text, object text, pattern text, why text);
INSERT INTO etl.justified VALUES
  ('paypal', '.*', 'is not what the definition takes for one of its objects', 'the minimal answer to a call, which states no money'),
  ('shopify', 'refund', '^id \(id\): is missing$', 'the answer to refunds/calculate, which makes no refund'),
  ('shopify', 'order', '^currency \(currency\): is missing$', 'an answer that was asked for with fields='),
  ('shopify', 'transaction', '^currency \(currency\): is missing$', 'a transaction from before the API gave its currency'),
  ('stripe', 'event', ': object type ''(account|application|balance|bank_account|card|checkout\.session|customer|invoice|plan|transfer)'' is not handled$', 'an object without money of an order'),
  ('stripe', 'event', '^id \(id\): is missing$', 'an event of a test library that was made without the id of its object'),
  ('stripe', 'charge|payment_intent', '^id \(id\): is missing$', 'an error that WooPayments answers with'),
  ('stripe', 'payment_intent', '^currency \(currency\): is missing; amount \(amount(_received)?\): is missing$', 'the id and state that WooPayments answers with'),
  ('woocommerce', 'order', '^not JSON: ', 'a file that is broken on purpose');
CREATE TABLE etl.reason AS
  SELECT o.system, o.object, o.reason, o.n, j.why FROM etl.outcome AS o
  LEFT JOIN etl.justified AS j ON j.system = o.system AND o.object ~ ('^(' || j.object || ')$') AND o.reason ~ j.pattern
  WHERE o.reason IS NOT NULL;

CREATE FUNCTION etl.is_one(of_family text, records text[]) RETURNS text LANGUAGE sql AS $$
  SELECT CASE WHEN count(DISTINCT c.canonical_id) = 1 AND count(c.canonical_id) = cardinality(records) THEN 'one'
              ELSE count(c.canonical_id) || ' found, in ' || count(DISTINCT c.canonical_id) END
  FROM unnest(records) AS r,
       LATERAL (SELECT meshline.canonical_of(split_part(r, ':', 1), split_part(r, ':', 2), split_part(r, ':', 3), etl.of(of_family)) AS canonical_id) AS c
$$;
CREATE FUNCTION etl.money(of_family text, anchor text) RETURNS text LANGUAGE sql AS $$
  SELECT concat_ws(' ', s.order_status, s.total, 'captured', s.captured, 'refunded', s.refunded, 'in', s.refund_count)
  FROM meshline.order_status AS s WHERE s.merchant_id = etl.of(of_family) AND s.anchor_value = anchor
$$;
CREATE FUNCTION etl.found(of_family text, of_record text) RETURNS text LANGUAGE sql AS $$
  SELECT string_agg(x.reason_code || ' ' || x.at_risk, ', ' ORDER BY x.reason_code)
  FROM (SELECT e.reason_code, e.amount_at_risk AS at_risk FROM meshline.exceptions AS e
        WHERE e.merchant_id = etl.of(of_family) AND e.record_ids @> ARRAY[of_record] AND e.reason_code NOT IN ('DUPLICATE_EVENT', 'STALE_EVENT')) AS x
$$;

SELECT 'share', o.system || '.' || o.object || CASE WHEN o.is_typed THEN ' (typed rows)' ELSE '' END,
       count(DISTINCT o.n) FILTER (WHERE o.reason IS NULL) || '/' || count(DISTINCT o.n)
FROM etl.outcome AS o GROUP BY o.system, o.object, o.is_typed ORDER BY o.system, o.object, o.is_typed;
SELECT 'reason', r.system || '.' || r.object, count(*) || ' x', r.reason, '--', COALESCE(r.why, 'NOT JUSTIFIED') FROM etl.reason AS r
GROUP BY r.system, r.object, r.reason, r.why ORDER BY r.system, r.object, r.reason;

CREATE TABLE etl.verdict (n integer GENERATED ALWAYS AS IDENTITY, name text, expected text, actual text);
INSERT INTO etl.verdict (name, expected, actual)
SELECT 'samples.read', 'at least 600', CASE WHEN count(*) >= 600 THEN 'at least 600' ELSE count(*)::text END FROM etl.sample
UNION ALL SELECT 'samples.load_errors', '0', count(*)::text FROM etl.outcome AS o WHERE o.reason LIKE 'load error%'
UNION ALL SELECT 'samples.not_justified', '0', count(*)::text FROM etl.reason AS r WHERE r.why IS NULL
UNION ALL SELECT 'samples.reasons_without_a_sample', '0', count(*)::text FROM etl.justified AS j WHERE NOT EXISTS (SELECT FROM etl.reason AS r WHERE r.why = j.why)
-- Every payload that was loaded is an event, or repeats one.
UNION ALL SELECT 'samples.events_kept', count(*)::text, (SELECT count(DISTINCT (v.object, v.payload_hash)) FROM meshline.event AS v WHERE v.merchant_id = etl.of('shopify'))::text
FROM (SELECT DISTINCT s.object, s.payload::jsonb FROM etl.sample AS s WHERE s.file LIKE 'shopify/%' AND s.relation::text LIKE 'staging.%') AS d
UNION ALL SELECT 'shopify.family', 'one', etl.is_one('shopify', ARRAY['shopify:order:450789469', 'shopify:transaction:389404469', 'shopify:transaction:801038806', 'shopify:transaction:179259969',
  'shopify:refund:509562969', 'shopify:fulfillment:255858046'])
UNION ALL SELECT 'shopify.payout_623721858', 'SETTLEMENT_TOTAL_MISMATCH 1051.29', etl.found('shopify', 'shopify:payout:623721858')
UNION ALL SELECT 'woocommerce.family_560', 'one', etl.is_one('woocommerce', ARRAY['woocommerce:order:560', 'woocommerce:payment:560', 'woocommerce:refund:1172', 'woocommerce:refund:1025', 'woocommerce:refund:590',
  'woocommerce:refund:562', 'woocommerce:order_refund:1172'])
UNION ALL SELECT 'woocommerce.money_560', 'partially_refunded 1198.50 captured 1198.50 refunded 225.00 in 4', etl.money('woocommerce', '560')
UNION ALL SELECT 'woocommerce.found_560', NULL, etl.found('woocommerce', 'woocommerce:order:560')
UNION ALL SELECT 'woocommerce.family_324', 'one', etl.is_one('woocommerce', ARRAY['woocommerce:order:324', 'woocommerce:payment:324', 'woocommerce:order_refund:549', 'woocommerce:order_refund:547'])
UNION ALL SELECT 'woocommerce.money_324', 'partially_refunded 304.45 captured 304.45 refunded 24.30 in 2', etl.money('woocommerce', '324')
UNION ALL SELECT 'woocommerce.charge_324', 'true', (r.same_ids @> ARRAY['stripe.charge/ch_1EiPDtJ71fgCH5kvO01uF7ew'])::text FROM meshline.record AS r
  WHERE r.merchant_id = etl.of('woocommerce') AND r.object = 'payment' AND r.external_id = '324'
UNION ALL SELECT 'woocommerce.family_211', 'one', etl.is_one('woocommerce', ARRAY['woocommerce:order:211', 'woocommerce:payment:211', 'stripe:charge:ch_3KMuym2EdyGr1FMV0uQZeFqm'])
UNION ALL SELECT 'woocommerce.charge_211_is_of_test_mode', 'TEST_MODE_RECORD 0.00', etl.found('woocommerce', 'stripe:charge:ch_3KMuym2EdyGr1FMV0uQZeFqm')
UNION ALL SELECT 'stripe.family', 'one', etl.is_one('stripe', ARRAY['stripe:charge:ch_fakefakefakefakefake0001', 'stripe:balance_transaction:txn_fake_ch_fakefakefakefakefake0001',
  'stripe:payment_intent:pi_fakefakefakefakefake0001'])
UNION ALL SELECT 'stripe.line_of_the_family', '2000 88 1912', concat_ws(' ', r.amount_minor, r.fee_minor, r.net_minor) FROM meshline.record AS r
  WHERE r.merchant_id = etl.of('stripe') AND r.external_id = 'txn_fake_ch_fakefakefakefakefake0001'
UNION ALL SELECT 'stripe.refund_of_an_unpaid_charge', 'REFUND_WITHOUT_ORDER 1.00', etl.found('stripe', 'stripe:refund:re_1Pgc72B7WZ01zgkWqPvrRrPE')
UNION ALL SELECT 'stripe.typed_charges_with_their_line', '9', count(DISTINCT c.external_id)::text FROM meshline.record AS c
  JOIN meshline.record AS b USING (merchant_id, canonical_id) WHERE c.merchant_id = 1 AND c.object = 'charge' AND b.object = 'balance_transaction'
UNION ALL SELECT 'stripe.typed_refunds_without_charge', '4', count(*)::text FROM meshline.exceptions AS x
  WHERE x.merchant_id = 1 AND x.reason_code = 'REFUND_WITHOUT_ORDER' AND x.record_ids[1] LIKE 'stripe:refund:%'
UNION ALL SELECT 'paypal.sandbox_pair', 'one', etl.is_one('paypal', ARRAY['paypal:order:4K5112848U951142F', 'paypal:capture:5VK462069F664902F'])
UNION ALL SELECT 'paypal.sandbox_pair_is_of_test_mode', 'TEST_MODE_RECORD 0.00', etl.found('paypal', 'paypal:capture:5VK462069F664902F')
UNION ALL SELECT 'paypal.refund_and_capture', 'one', etl.is_one('paypal', ARRAY['paypal:capture:2GG279541U471931P', 'paypal:authorization:0VF52814937998046', 'paypal:refund:1JU08902781691411'])
UNION ALL SELECT 'paypal.refund_of_an_unknown_capture', 'REFUND_WITHOUT_ORDER 0.99', etl.found('paypal', 'paypal:refund:1Y107995YT783435V')
UNION ALL SELECT 'paypal.capture_of_no_order', 'ORPHAN_PAYMENT 2.51', etl.found('paypal', 'paypal:capture:27M47624FP291604U');
SELECT CASE WHEN v.actual IS NOT DISTINCT FROM v.expected THEN 'ok' ELSE 'FAILED' END, v.name,
       CASE WHEN v.actual IS DISTINCT FROM v.expected THEN 'expected ' || COALESCE(v.expected, 'nothing') || ', found ' || COALESCE(v.actual, 'nothing') ELSE v.actual END
FROM etl.verdict AS v ORDER BY v.n;
