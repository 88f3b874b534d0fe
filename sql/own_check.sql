-- Checks of a merchant's own: SQL functions whose rows become exceptions like ours, and whose failures do no harm.
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET datestyle = iso;
SET meshline.as_of = '2026-10-20 12:00+00';
SET client_min_messages = warning;
CREATE SCHEMA regress_shop;
CREATE TABLE regress_shop.limits (most_minor bigint);
INSERT INTO regress_shop.limits VALUES (10000);
CREATE FUNCTION regress_shop.too_large(merchant_id bigint, canonical_ids uuid[], as_of timestamptz)
  RETURNS TABLE (canonical_id uuid, subject text, expected_minor bigint, actual_minor bigint, amount_at_risk_minor bigint, currency text, explanation text)
LANGUAGE sql STABLE AS $$
  SELECT s.canonical_id, '', l.most_minor, s.total_minor, s.total_minor - l.most_minor, s.currency,
         format('an order of %s %s: the most is %s', meshline.major_units(s.total_minor, s.currency), s.currency, meshline.major_units(l.most_minor, s.currency))
  FROM meshline.order_status AS s CROSS JOIN regress_shop.limits AS l
  WHERE s.merchant_id = $1 AND s.canonical_id = ANY ($2) AND s.total_minor > l.most_minor
$$;

-- What is refused, and how a check has to look.
SELECT meshline.add_check('TOO_LARGE', 'regress_shop.too_large(bigint, uuid[], timestamptz)'); -- fails
SELECT meshline.add_check('X_too_large', 'regress_shop.too_large(bigint, uuid[], timestamptz)'); -- fails
SELECT meshline.add_check(NULL, 'regress_shop.too_large(bigint, uuid[], timestamptz)'); -- fails
SELECT meshline.add_check('X_NONE', 'regress_shop.nosuch(bigint)'); -- fails
SELECT meshline.add_check('X_NONE', NULL); -- fails
SELECT meshline.add_check('X_NONE', 'pg_catalog.now()'); -- fails
CREATE FUNCTION regress_shop.one_row(merchant_id bigint, canonical_ids uuid[], as_of timestamptz) RETURNS uuid LANGUAGE sql AS 'SELECT $2[1]';
SELECT meshline.add_check('X_NONE', 'regress_shop.one_row(bigint, uuid[], timestamptz)'); -- fails
CREATE FUNCTION regress_shop.other_types(merchant_id bigint, canonical_ids uuid[], as_of timestamptz)
  RETURNS TABLE (canonical_id uuid, subject text, expected_minor numeric, actual_minor bigint, amount_at_risk_minor bigint, currency text, explanation text)
LANGUAGE sql AS $$ SELECT NULL::uuid, '', 1.0, 1::bigint, 1::bigint, '', '' $$;
SELECT meshline.add_check('X_NONE', 'regress_shop.other_types(bigint, uuid[], timestamptz)'); -- fails
SELECT meshline.add_check('X_TOO_LARGE', 'regress_shop.too_large(bigint, uuid[], timestamptz)', 'legal'); -- fails
SELECT meshline.drop_check('X_TOO_LARGE'); -- fails
SELECT count(*) AS checks FROM meshline.own_check;

SELECT meshline.add_merchant('own check', 'USD', 'UTC') AS merchant \gset
SELECT meshline.add_merchant('own check of others', 'USD', 'UTC') AS other \gset
SELECT set_config('test.merchant', :'merchant', false) IS NOT NULL AS is_set;
SELECT meshline.connect('shopify', 'own.myshopify.com', :merchant) AS shopify, meshline.connect('shopify', 'own.myshopify.com', :other) IS NOT NULL AS is_connected \gset
CREATE PROCEDURE pg_temp.sell(merchant bigint, id text, total text, updated text DEFAULT '2026-10-18T10:00:00Z') LANGUAGE sql AS $$
  INSERT INTO staging.shopify_order (merchant_id, payload) VALUES (merchant, format(
    '{"id": %s, "name": "#%s", "total_price": "%s", "currency": "USD", "financial_status": "pending", "created_at": "2026-10-18T10:00:00Z",'
    ' "updated_at": "%s", "line_items": [{"id": 1}]}', id, id, total, updated));
$$;
CREATE VIEW pg_temp.found AS
  SELECT m.name AS merchant, c.anchor_value AS of_order, x.reason_code, x.owner_queue, x.severity, x.status, x.is_holding, x.expected, x.actual, x.amount_at_risk,
         x.record_ids, x.occurrences, x.explanation
  FROM meshline.exceptions AS x JOIN meshline.merchant AS m USING (merchant_id) LEFT JOIN meshline.canonical AS c USING (merchant_id, canonical_id)
  WHERE m.name LIKE 'own check%' AND x.reason_code ~ '^(X_|CHECK_)' ORDER BY 1, 2, 3, x.exception_id;
CALL pg_temp.sell(:merchant, '9721', '90.00');
CALL pg_temp.sell(:merchant, '9722', '150.00');

-- Tried before it is added: what it would find of the past.
CREATE VIEW pg_temp.anchor AS SELECT c.canonical_id, c.anchor_value AS of_order FROM meshline.canonical AS c;
SELECT t.merchant_id = :merchant AS is_ours, a.of_order, t.reason_code, t.subject, t.outcome, t.before_amount, t.after_amount, t.currency, t.explanation
FROM meshline.try_check('X_TOO_LARGE', 'regress_shop.too_large(bigint, uuid[], timestamptz)', of_merchant => :merchant) AS t JOIN pg_temp.anchor AS a USING (canonical_id);
SELECT count(*) AS kept FROM meshline.exceptions AS x WHERE x.reason_code = 'X_TOO_LARGE';
SELECT meshline.try_check('X_NONE', 'pg_catalog.now()'); -- fails
SELECT meshline.try_check('X_TOO_LARGE', 'regress_shop.too_large(bigint, uuid[], timestamptz)', of_merchant => -1); -- fails

-- Nothing happens to the past by itself; what comes is looked at, and reconcile_all() looks at everything.
SELECT meshline.add_check('X_TOO_LARGE', 'regress_shop.too_large(bigint, uuid[], timestamptz)', 'finance', 'high', 'An order is larger than the house allows.', true);
SELECT meshline.add_check('X_TOO_LARGE', 'regress_shop.too_large(bigint, uuid[], timestamptz)'); -- fails
SELECT * FROM pg_temp.found;
CALL pg_temp.sell(:merchant, '9723', '120.00');
SELECT * FROM pg_temp.found;
CALL meshline.reconcile_all();
SELECT * FROM pg_temp.found;
-- A new version, tried: a function of its own, against what is found now. It may only read.
SELECT count(*) AS rows FROM meshline.try_check('X_TOO_LARGE', 'regress_shop.too_large(bigint, uuid[], timestamptz)');
CREATE FUNCTION regress_shop.too_large_2(merchant_id bigint, canonical_ids uuid[], as_of timestamptz)
  RETURNS TABLE (canonical_id uuid, subject text, expected_minor bigint, actual_minor bigint, amount_at_risk_minor bigint, currency text, explanation text)
LANGUAGE sql STABLE AS $$
  SELECT s.canonical_id, '', 8000::bigint, s.total_minor, s.total_minor - 8000, s.currency, 'more than eighty'
  FROM meshline.order_status AS s WHERE s.merchant_id = $1 AND s.canonical_id = ANY ($2) AND s.total_minor > 8000 AND s.total_minor < 15000
$$;
SELECT a.of_order, t.outcome, t.before_amount, t.after_amount, t.explanation
FROM meshline.try_check('X_TOO_LARGE', 'regress_shop.too_large_2(bigint, uuid[], timestamptz)', of_merchant => :merchant) AS t JOIN pg_temp.anchor AS a USING (canonical_id)
ORDER BY a.of_order;
CREATE FUNCTION regress_shop.writes(merchant_id bigint, canonical_ids uuid[], as_of timestamptz)
  RETURNS TABLE (canonical_id uuid, subject text, expected_minor bigint, actual_minor bigint, amount_at_risk_minor bigint, currency text, explanation text)
LANGUAGE plpgsql AS $$ BEGIN DELETE FROM regress_shop.limits; END $$;
SELECT * FROM meshline.try_check('X_TOO_LARGE', 'regress_shop.writes(bigint, uuid[], timestamptz)'); -- fails
SELECT count(*) AS limits FROM regress_shop.limits;
SELECT s.anchor_value, s.state, s.next_owner FROM meshline.order_status AS s WHERE s.merchant_id = :merchant ORDER BY 1;
-- Like one of ours: explained, decided on, in every view.
SELECT x.exception_id FROM meshline.exceptions AS x JOIN meshline.canonical AS c USING (merchant_id, canonical_id)
WHERE x.merchant_id = :merchant AND x.reason_code = 'X_TOO_LARGE' AND c.anchor_value = '9723' \gset
SELECT e.line, e.item, e.label, e.record_id, e.value, e.currency, CASE WHEN e.item <> 'record' THEN e.content END AS content FROM meshline.explain(:exception_id) AS e;
SELECT x.family, x.reason_code FROM meshline.open_exceptions AS x WHERE x.exception_id = :exception_id;
SELECT q.owner_queue, q.reason_code, q.severity, q.exceptions, q.amount_at_risk FROM meshline.queue_summary AS q WHERE q.merchant_id = :merchant AND q.reason_code LIKE 'X%';
SELECT l.reason_code, l.family, l.owner_queue, l.at_risk FROM meshline.revenue_leakage AS l WHERE l.merchant_id = :merchant AND l.reason_code LIKE 'X%';
SELECT d.reason_code, d.opened FROM meshline.daily_discrepancies AS d WHERE d.merchant_id = :merchant AND d.reason_code LIKE 'X%';
SELECT meshline.assign(:exception_id, 'Ann');
SELECT meshline.write_off(:exception_id, 'a friend of the house');
CALL meshline.reconcile_all();
SELECT f.of_order, f.status, f.amount_at_risk FROM pg_temp.found AS f;
-- It closes in the transaction that mends it, changes with the amount, and comes back.
CALL pg_temp.sell(:merchant, '9722', '80.00', '2026-10-19T10:00:00Z');
SELECT f.of_order, f.status, f.amount_at_risk, f.occurrences FROM pg_temp.found AS f;
CALL pg_temp.sell(:merchant, '9722', '180.00', '2026-10-19T11:00:00Z');
CALL pg_temp.sell(:merchant, '9723', '200.00', '2026-10-19T11:00:00Z');
SELECT f.of_order, f.status, f.amount_at_risk, f.occurrences, f.explanation FROM pg_temp.found AS f;

-- One merchant may own, weigh and switch it otherwise.
CALL pg_temp.sell(:other, '9721', '300.00');
SELECT meshline.set_reason('X_TOO_LARGE', :other, 'support', 'low', false);
SELECT f.merchant, f.of_order, f.owner_queue, f.severity, f.status, f.is_holding FROM pg_temp.found AS f;
SELECT meshline.set_reason('X_TOO_LARGE', :other, is_enabled => false);
CALL pg_temp.sell(:other, '9722', '300.00');
SELECT count(*) AS findings FROM meshline.reconcile(meshline.canonical_of('shopify', 'order', '9721', :other), '2026-10-20 12:00+00') AS f WHERE f.reason_code LIKE 'X%';
SELECT f.merchant, f.of_order, f.owner_queue, f.status FROM pg_temp.found AS f;
SELECT meshline.set_reason('X_TOO_LARGE', :other);
SELECT count(*) AS findings FROM meshline.reconcile(meshline.canonical_of('shopify', 'order', '9721', :other), '2026-10-20 12:00+00') AS f WHERE f.reason_code LIKE 'X%';
SELECT f.merchant, f.of_order, f.owner_queue, f.severity, f.status, f.is_holding, f.occurrences FROM pg_temp.found AS f WHERE f.merchant LIKE '% of others';

-- Two orders made one by people, whose total is the smaller one's: what was found of the other is gone.
SELECT meshline.merge(meshline.canonical_of('shopify', 'order', '9721', :merchant), meshline.canonical_of('shopify', 'order', '9722', :merchant), 'one purchase') IS NOT NULL AS is_merged;
SELECT f.of_order, f.status FROM pg_temp.found AS f WHERE f.merchant = 'own check';
-- A payment that is tied to its order later takes its exception along.
CREATE FUNCTION regress_shop.much_paid(merchant_id bigint, canonical_ids uuid[], as_of timestamptz)
  RETURNS TABLE (canonical_id uuid, subject text, expected_minor bigint, actual_minor bigint, amount_at_risk_minor bigint, currency text, explanation text)
LANGUAGE sql STABLE AS $$
  SELECT s.canonical_id, 'capture', NULL::bigint, s.captured_minor, s.captured_minor, s.currency, NULL::text
  FROM meshline.order_status AS s WHERE s.merchant_id = $1 AND s.canonical_id = ANY ($2) AND s.captured_minor > 90000
$$;
SELECT meshline.add_check('X_MUCH_PAID', 'regress_shop.much_paid(bigint, uuid[], timestamptz)', description => 'Much money for this house.');
SELECT meshline.connect('stripe', 'acct_own', :merchant) IS NOT NULL AS is_connected;
INSERT INTO staging.stripe_charge (merchant_id, payload) VALUES (:merchant,
  '{"id": "ch_own1", "amount": 95000, "captured": true, "status": "succeeded", "currency": "usd", "created": 1792317600, "livemode": true}');
SELECT f.of_order, f.reason_code, f.status, f.actual, f.record_ids, f.occurrences, f.explanation FROM pg_temp.found AS f WHERE f.reason_code = 'X_MUCH_PAID';
CALL pg_temp.sell(:merchant, '9727', '95.00');
INSERT INTO staging.shopify_transaction (merchant_id, payload) VALUES (:merchant,
  '{"id": 97271, "order_id": 9727, "kind": "sale", "status": "success", "gateway": "stripe", "amount": "950.00", "currency": "USD", "created_at": "2026-10-18T10:00:00Z", "authorization": "ch_own1"}');
SELECT f.of_order, f.reason_code, f.status, f.actual, f.record_ids, f.occurrences, f.explanation FROM pg_temp.found AS f WHERE f.reason_code = 'X_MUCH_PAID';
SELECT meshline.drop_check('X_MUCH_PAID');

-- A check that fails: the load does not, each order that it could not look at says so, and what it found before stays.
CREATE OR REPLACE FUNCTION regress_shop.too_large(merchant_id bigint, canonical_ids uuid[], as_of timestamptz)
  RETURNS TABLE (canonical_id uuid, subject text, expected_minor bigint, actual_minor bigint, amount_at_risk_minor bigint, currency text, explanation text)
LANGUAGE plpgsql STABLE AS $$ BEGIN RAISE EXCEPTION 'the price list is being printed'; END $$;
CALL pg_temp.sell(:merchant, '9724', '20.00');
CALL pg_temp.sell(:merchant, '9723', '210.00', '2026-10-19T12:00:00Z');
SELECT f.of_order, f.reason_code, f.owner_queue, f.severity, f.status, f.is_holding, f.record_ids, f.explanation FROM pg_temp.found AS f WHERE f.of_order IN ('9723', '9724');
SELECT s.total FROM meshline.order_status AS s WHERE s.merchant_id = :merchant AND s.anchor_value = '9724';
-- The same once more is the same exception; a failure of another check is another one. Our own checks go on.
CREATE FUNCTION regress_shop.wrong_rows(merchant_id bigint, canonical_ids uuid[], as_of timestamptz)
  RETURNS TABLE (canonical_id uuid, subject text, expected_minor bigint, actual_minor bigint, amount_at_risk_minor bigint, currency text, explanation text)
LANGUAGE sql STABLE AS $$ SELECT c.id, '', NULL::bigint, NULL::bigint, 0::bigint, NULL::text, NULL::text FROM unnest($2 || $2) AS c (id) $$;
SELECT meshline.add_check('X_WRONG_ROWS', 'regress_shop.wrong_rows(bigint, uuid[], timestamptz)');
CALL pg_temp.sell(:merchant, '9724', '-1.00', '2026-10-19T12:00:00Z');
SELECT x.reason_code, x.subject, x.status, x.occurrences, x.explanation FROM meshline.recon_exception AS x
WHERE x.canonical_id = meshline.canonical_of('shopify', 'order', '9724', :merchant) AND x.reason_code IN ('CHECK_FAILED', 'NEGATIVE_TOTAL') ORDER BY 1, 2;
-- Rows about what nobody asked, money at risk below zero, a write, a function that is gone: all failures, all told.
CREATE FUNCTION pg_temp.say_why(statement text) RETURNS TABLE (explanation text) LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE statement;
  PERFORM meshline.reconcile(meshline.canonical_of('shopify', 'order', '9724', current_setting('test.merchant')::bigint), '2026-10-20 12:00+00');
  RETURN QUERY SELECT x.explanation FROM meshline.open_exceptions AS x JOIN meshline.recon_exception AS e USING (merchant_id, exception_id)
  WHERE x.canonical_id = meshline.canonical_of('shopify', 'order', '9724', current_setting('test.merchant')::bigint) AND e.subject = 'X_WRONG_ROWS';
END
$$;
CREATE FUNCTION pg_temp.body(language text, body text) RETURNS text LANGUAGE sql AS $$
  SELECT format('CREATE OR REPLACE FUNCTION regress_shop.wrong_rows(merchant_id bigint, canonical_ids uuid[], as_of timestamptz) RETURNS TABLE (canonical_id uuid,'
    ' subject text, expected_minor bigint, actual_minor bigint, amount_at_risk_minor bigint, currency text, explanation text) LANGUAGE %s AS %L', language, body)
$$;
SELECT * FROM pg_temp.say_why(pg_temp.body('sql', $$ SELECT '00000000-0000-0000-0000-000000000000'::uuid, '', 0::bigint, 0::bigint, 0::bigint, '', '' $$));
SELECT * FROM pg_temp.say_why(pg_temp.body('sql', $$ SELECT $2[1], '', 0::bigint, 0::bigint, -1::bigint, '', '' $$));
SELECT * FROM pg_temp.say_why(pg_temp.body('plpgsql', $$ BEGIN INSERT INTO regress_shop.limits VALUES (1); END $$));
SELECT * FROM pg_temp.say_why(pg_temp.body('plpgsql', $$ BEGIN PERFORM set_config('search_path', 'regress_shop', false); PERFORM 1 / 0; END $$));
SELECT * FROM pg_temp.say_why('DROP FUNCTION regress_shop.wrong_rows');
-- What a function does to the settings ends with it.
SELECT * FROM pg_temp.say_why(pg_temp.body('plpgsql', $$ BEGIN PERFORM set_config('search_path', 'regress_shop', false); PERFORM set_config('regress.seen', current_user, false); END $$));
SELECT current_setting('search_path') AS search_path, current_setting('regress.seen', true) AS seen, current_setting('transaction_read_only') AS is_read_only;
-- A conflict with another session is not the check's failure: the batch is tried again, and then waits.
CREATE OR REPLACE FUNCTION regress_shop.too_large(merchant_id bigint, canonical_ids uuid[], as_of timestamptz)
  RETURNS TABLE (canonical_id uuid, subject text, expected_minor bigint, actual_minor bigint, amount_at_risk_minor bigint, currency text, explanation text)
LANGUAGE plpgsql STABLE AS $$ BEGIN RAISE EXCEPTION USING ERRCODE = 'serialization_failure', MESSAGE = 'try again'; END $$;
CALL pg_temp.sell(:merchant, '9728', '20.00');
SELECT p.reason, (SELECT count(*) FROM pg_temp.found AS f WHERE f.of_order = '9728') AS found FROM meshline.pending_event AS p WHERE p.merchant_id = :merchant;
CREATE OR REPLACE FUNCTION regress_shop.too_large(merchant_id bigint, canonical_ids uuid[], as_of timestamptz)
  RETURNS TABLE (canonical_id uuid, subject text, expected_minor bigint, actual_minor bigint, amount_at_risk_minor bigint, currency text, explanation text)
LANGUAGE sql STABLE AS $$ SELECT s.canonical_id, 'any', 0::bigint, s.total_minor, 0::bigint, s.currency, 'any' FROM meshline.order_status AS s WHERE s.canonical_id = ANY ($2) $$;
CALL meshline.process_pending();
SELECT f.of_order, f.reason_code, f.status FROM pg_temp.found AS f WHERE f.of_order = '9728';
SELECT count(*) AS waiting FROM meshline.pending_event AS p WHERE p.merchant_id = :merchant;
-- Dropped: its exceptions and those about its failures close. The history stays, and a new check may have the name.
SELECT meshline.drop_check('X_WRONG_ROWS');
SELECT meshline.drop_check('X_TOO_LARGE');
SELECT f.merchant, f.of_order, f.reason_code, f.status FROM pg_temp.found AS f;
SELECT r.reason_code, r.is_enabled FROM meshline.reason_code AS r WHERE r.family = 'own' ORDER BY 1;
CALL pg_temp.sell(:merchant, '9725', '500.00');
SELECT count(*) AS open FROM pg_temp.found AS f WHERE f.status = 'open';
SELECT count(*) AS broken_lines FROM meshline.verify_history();

-- A check runs as its owner: not as whoever loads, nor as whoever owns meshline.
CREATE ROLE regress_checker;
CREATE ROLE regress_checked_loader;
CREATE ROLE regress_check_admin;
SELECT meshline.grant_role('regress_checked_loader', 'loader');
SELECT meshline.grant_role('regress_check_admin', 'admin');
GRANT USAGE ON SCHEMA regress_shop, meshline TO regress_checker;
CREATE FUNCTION regress_shop.who(merchant_id bigint, canonical_ids uuid[], as_of timestamptz)
  RETURNS TABLE (canonical_id uuid, subject text, expected_minor bigint, actual_minor bigint, amount_at_risk_minor bigint, currency text, explanation text)
LANGUAGE sql STABLE AS $$
  SELECT c.id, 'shopify:order:9726', NULL::bigint, NULL::bigint, 0::bigint, NULL::text, format('%s of %s orders as of %s', current_user, cardinality($2), $3)
  FROM unnest($2) AS c (id) WHERE $1 = current_setting('test.merchant')::bigint
$$;
ALTER FUNCTION regress_shop.who OWNER TO regress_checker;
REVOKE EXECUTE ON FUNCTION regress_shop.who FROM PUBLIC;
SET ROLE regress_check_admin;
SELECT meshline.add_check('X_WHO', 'regress_shop.who(bigint, uuid[], timestamptz)'); -- fails
RESET ROLE;
GRANT USAGE ON SCHEMA regress_shop TO regress_check_admin;
SET ROLE regress_check_admin;
SELECT meshline.add_check('X_WHO', 'regress_shop.who(bigint, uuid[], timestamptz)'); -- fails
RESET ROLE;
GRANT EXECUTE ON FUNCTION regress_shop.who TO regress_check_admin;
SET ROLE regress_check_admin;
SELECT meshline.add_check('X_WHO', 'regress_shop.who(bigint, uuid[], timestamptz)');
RESET ROLE;
SET ROLE regress_checked_loader;
SELECT meshline.add_check('X_MINE', 'regress_shop.who(bigint, uuid[], timestamptz)'); -- fails
SET search_path = regress_shop;
CALL pg_temp.sell(:merchant, '9726', '5.00');
RESET search_path;
RESET ROLE;
SELECT f.of_order, f.reason_code, f.record_ids, f.explanation FROM pg_temp.found AS f WHERE f.of_order = '9726';
SET ROLE regress_check_admin;
SELECT meshline.drop_check('X_WHO');
RESET ROLE;
SELECT f.of_order, f.status FROM pg_temp.found AS f WHERE f.of_order = '9726';
REVOKE ALL ON SCHEMA meshline FROM regress_checker;
DROP SCHEMA regress_shop CASCADE;
DROP OWNED BY regress_checker, regress_checked_loader, regress_check_admin;
DROP ROLE regress_checker, regress_checked_loader, regress_check_admin;
