-- A loader inserts into staging and does nothing else; a reader reads the views and does nothing else.
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET datestyle = iso;
SET meshline.as_of = '2026-10-20 12:00+00';
CREATE ROLE regress_loader;
CREATE ROLE regress_reader;
CREATE ROLE regress_analyst;
CREATE ROLE regress_operator;
CREATE ROLE regress_admin;
CREATE ROLE regress_nobody;
SELECT meshline.grant_role('regress_loader', 'loader');
SELECT meshline.grant_role('regress_reader', 'reader');
SELECT meshline.grant_role('regress_analyst', 'analyst');
SELECT meshline.grant_role('regress_operator', 'operator');
SELECT meshline.grant_role('regress_admin', 'admin');
SELECT meshline.grant_role('regress_nobody', 'owner'); -- fails
SELECT meshline.grant_role('regress_nosuch', 'reader'); -- fails

SET ROLE regress_loader;
INSERT INTO staging.shopify_order (payload) VALUES
  ('{"id": 999000000001, "name": "#9991", "total_price": "5.00", "currency": "USD", "financial_status": "pending", "created_at": "2026-10-18T10:00:00Z", "updated_at": "2026-10-18T10:00:00Z"}');
COPY staging.shopify_order (payload) FROM stdin;
{"id": 999000000002, "name": "#9992", "total_price": "6.00", "currency": "USD", "financial_status": "pending", "created_at": "2026-10-18T10:00:00Z", "updated_at": "2026-10-18T10:00:00Z"}
\.
PREPARE load (json) AS INSERT INTO staging.stripe_charge (payload) VALUES ($1);
EXECUTE load ('{"id": "ch_pr1", "amount": 500, "captured": true, "status": "succeeded", "currency": "usd", "created": 1792317600, "livemode": true, "metadata": {"shopify_order_id": "999000000001"}}');
SELECT count(*) FROM staging.shopify_order; -- fails
INSERT INTO staging.shopify_order (payload) VALUES ('{}') RETURNING stage_id; -- fails
UPDATE staging.shopify_order SET payload = ''; -- fails
DELETE FROM staging.shopify_order; -- fails
TRUNCATE staging.shopify_order; -- fails
ALTER TABLE staging.shopify_order DISABLE TRIGGER ALL; -- fails
CREATE TABLE staging.mine (i integer); -- fails
SELECT count(*) FROM meshline.open_exceptions; -- fails
INSERT INTO meshline.event DEFAULT VALUES; -- fails
SELECT meshline.canonical_id(1, 'order', 'shopify.order', '1'); -- fails
SELECT meshline.connect('shopify', 'evil'); -- fails
SELECT meshline.replay_event(1); -- fails
CALL meshline.sweep(); -- fails
SET meshline.as_of = '2000-01-01'; -- fails
RESET ROLE;
SELECT s.anchor_value, s.total, s.captured FROM meshline.order_status AS s WHERE s.anchor_value LIKE '99900000000_' ORDER BY 1;

SET ROLE regress_reader;
SELECT s.anchor_value, s.total, s.state FROM meshline.order_status AS s WHERE s.anchor_value = '999000000001';
-- Every view answers.
DO $$
DECLARE
  view_name text;
BEGIN
  FOR view_name IN
    SELECT c.relname FROM pg_class AS c WHERE c.relnamespace = 'meshline'::regnamespace AND c.relkind = 'v' ORDER BY c.relname
  LOOP
    EXECUTE format('SELECT * FROM meshline.%I LIMIT 1', view_name);
    RAISE NOTICE '%', view_name;
  END LOOP;
END
$$;
SELECT count(*) >= 0 AS reads FROM meshline.job;
SELECT count(*) FROM meshline.record; -- fails
SELECT count(*) FROM meshline.connector; -- fails
SELECT count(*) FROM staging.shopify_order; -- fails
INSERT INTO staging.shopify_order (payload) VALUES ('{}'); -- fails
SELECT meshline.explain(1); -- fails
SELECT meshline.canonical_of('shopify', 'order', '999000000001'); -- fails
SELECT meshline.set_policy('posting_grace_days', '9'); -- fails
CALL meshline.reconcile_all(); -- fails
RESET ROLE;

-- An analyst compares and finds duplicates in tables that are the analyst's to read.
CREATE TABLE regress_secret (id integer PRIMARY KEY, name text);
SET ROLE regress_analyst;
SET client_min_messages = warning;
CREATE TEMPORARY TABLE person (id integer PRIMARY KEY, name text);
INSERT INTO person VALUES (1, 'Ann Smith'), (2, 'Smith, Ann'), (3, 'Zoltan Kiss');
SELECT c.* FROM meshline.cluster_duplicates('person', threshold => -40) AS c ORDER BY c.id;
SELECT m.id FROM meshline.match_record(meshline.create_match_index('person', meshline.train_model('person')), '{"name": "Kiss Zoltan"}', 1) AS m;
SELECT meshline.canonical_name('Bill Smith') AS name, meshline.levenshtein('a', 'b') AS edits, meshline.match_score(w) AS score, (meshline.connected_components('a', 'b'))[2].component_id FROM (VALUES (0.0)) AS v (w);
SELECT e.explanations FROM meshline.explain_sum(3, ARRAY[1, 2]::bigint[]) AS e;
SELECT count(*) >= 0 AS reads FROM meshline.duplicate_candidates;
SELECT * FROM meshline.cluster_duplicates('regress_secret'); -- fails
SELECT meshline.explain(-1); -- fails
SELECT meshline.confirm_match(-1); -- fails
RESET client_min_messages;
RESET ROLE;
DROP TABLE regress_secret;

SET ROLE regress_operator;
SELECT count(*) >= 0 AS reads FROM meshline.open_exceptions;
SELECT meshline.canonical_of('shopify', 'order', '999000000001') = meshline.canonical_id(1, 'order', 'shopify.order', '999000000001') AS finds;
SELECT count(*) AS findings FROM meshline.reconcile(meshline.canonical_of('shopify', 'order', '999000000001'), '2026-10-18 12:00+00');
SELECT meshline.explain(-1); -- fails
SELECT meshline.confirm_match(-1); -- fails
SELECT count(*) FROM meshline.record; -- fails
SELECT meshline.set_policy('posting_grace_days', '9'); -- fails
SELECT meshline.set_reason('UNDERPAYMENT', is_enabled => false); -- fails
SELECT meshline.add_check('X_EVIL', 'pg_catalog.now()'); -- fails
SELECT meshline.drop_check('X_EVIL'); -- fails
SELECT meshline.connect('shopify', 'evil'); -- fails
SELECT meshline.grant_role('regress_operator', 'admin'); -- fails
SELECT meshline.drop_workspace('regression'); -- fails
RESET ROLE;

-- An admin sets up and runs everything, without owning anything.
SET ROLE regress_admin;
SELECT meshline.add_merchant('privileges', 'USD', 'UTC') AS merchant \gset
SELECT meshline.connect('shopify', 'privileges.myshopify.com', :merchant, '{"mode": "deferred"}') AS shopify \gset
SELECT meshline.install_connector(jsonb_set(meshline.export_connector('stripe'), '{connector}', '"stripe_copy"'));
SELECT meshline.connect('stripe_copy', 'acct_privileges', :merchant) IS NOT NULL AS is_connected;
SELECT meshline.set_policy('posting_grace_days', '5', merchant_id => :merchant);
SELECT meshline.set_reason('UNDERPAYMENT', :merchant, severity => 'low');
INSERT INTO staging.shopify_order (merchant_id, payload) VALUES (:merchant,
  '{"id": 9991, "name": "#9991", "total_price": "5.00", "currency": "USD", "financial_status": "pending", "created_at": "2026-10-18T10:00:00Z", "updated_at": "2026-10-18T10:00:00Z"}');
INSERT INTO staging.stripe_copy_charge (merchant_id, payload) VALUES (:merchant,
  '{"id": "ch_pr2", "amount": 500, "captured": true, "status": "succeeded", "currency": "usd", "created": 1792317600, "livemode": true, "metadata": {"shopify_order_id": "9991"}}');
SET client_min_messages = warning;
CALL meshline.process_pending();
CALL meshline.sweep('2026-10-20 12:00+00');
RESET client_min_messages;
SELECT s.total, s.captured, s.state FROM meshline.order_status AS s WHERE s.merchant_id = :merchant;
SELECT meshline.rescan('staging.stripe_copy_charge');
SET meshline.as_of = '2000-01-01'; -- fails
CREATE TABLE staging.mine (i integer); -- fails
DROP TABLE staging.shopify_order; -- fails
DROP EXTENSION meshline; -- fails
RESET ROLE;

SET ROLE regress_nobody;
SELECT count(*) FROM meshline.exceptions; -- fails
INSERT INTO staging.shopify_order (payload) VALUES ('{}'); -- fails
RESET ROLE;

-- A loader may fill the staging tables of connectors that come later, too; a loader that is gone is no obstacle.
CREATE ROLE regress_gone;
SELECT meshline.grant_role('regress_gone', 'loader');
DROP OWNED BY regress_gone;
DROP ROLE regress_gone;
SELECT meshline.install_connector('{"connector": "later", "version": "1", "title": "Later", "role": "processor", "objects": {"payment": {
  "kind": "payment", "id": "id", "version": {"time": "at"}, "required": ["id", "amount", "currency"], "amount": {"value": "sum", "unit": "major"}, "currency": "cur",
  "status": {"const": "paid"}}}}');
SELECT meshline.connect('later', 'main') IS NOT NULL AS is_connected;
SET ROLE regress_loader;
INSERT INTO staging.later_payment (payload) VALUES ('{"id": "L-1", "sum": "1.00", "cur": "USD", "at": "2026-10-20T10:00:00Z"}');
RESET ROLE;
SELECT r.external_id, r.amount_minor FROM meshline.record AS r WHERE r.external_id = 'L-1';
DROP OWNED BY regress_loader, regress_reader, regress_analyst, regress_operator, regress_admin;
DROP ROLE regress_loader, regress_reader, regress_analyst, regress_operator, regress_admin, regress_nobody;
