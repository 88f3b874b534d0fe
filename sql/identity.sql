-- Canonical ids can be computed anywhere, and what a source calls a thing leads to its one canonical entity.
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET datestyle = iso;
SET meshline.as_of = '2026-10-20 12:00+00';
-- Python: uuid.uuid5(uuid.uuid5(uuid.NAMESPACE_DNS, "meshline"), "1/order/shopify.order/5123456789012"), and so on.
SELECT g.id = g.python AS is_equal, g.id
FROM (VALUES
  (meshline.canonical_id(1, 'order', 'shopify.order', '5123456789012'), '6512db3d-71d6-5b77-81aa-ae9e3cfed47d'::uuid),
  (meshline.canonical_id(2, 'order', 'shopify.order', '5123456789012'), '247967a2-05b8-5f82-b2a1-cca57ef7c9d3'),
  (meshline.canonical_id(1, 'payout', 'stripe.payout', 'po_1AbC'), '1c9412bd-3616-5577-bf08-59fb649e1870'),
  (meshline.canonical_id(1, 'order', 'order_name@1', 'Zoë/№ 7'), 'cfcc0309-422d-5332-bdb1-db3ebed77fbc'),
  (meshline.canonical_id(1, 'order', 'shopify.order', ''), '29610c74-8cac-56e9-9635-552ec35269b6')) AS g (id, python);
SELECT meshline.canonical_id(1, NULL, 'shopify.order', '1') IS NULL AS null_gives_null;

-- An order's id is made of the shop's id, whatever came first: the posting knew its name only.
INSERT INTO staging.netsuite_cash_sale (payload) VALUES
  ('{"internalId": "9301", "externalId": "ID-9301", "total": 20.00, "currencyName": "USD", "createdDate": "2026-10-20T10:00:00Z", "lastModifiedDate": "2026-10-20T10:00:00Z"}');
SELECT meshline.canonical_of('netsuite', 'cash_sale', '9301') = meshline.canonical_id(1, 'order', 'order_name@1', 'ID-9301') AS by_its_name;
INSERT INTO staging.stripe_charge (payload) VALUES
  ('{"id": "ch_id1", "amount": 2000, "captured": true, "status": "succeeded", "currency": "usd", "created": 1792490400, "livemode": true}');
SELECT meshline.canonical_of('stripe', 'charge', 'ch_id1') = meshline.canonical_id(1, 'order', 'stripe.charge', 'ch_id1') AS by_its_charge;
-- It comes again, which is remarked; the remark will go where its order goes.
INSERT INTO staging.stripe_charge (payload) VALUES
  ('{"id": "ch_id1", "amount": 2000, "captured": true, "status": "succeeded", "currency": "usd", "created": 1792490400, "livemode": true}');
INSERT INTO staging.shopify_order (payload) VALUES
  ('{"id": 930000000001, "name": "#ID-9301", "total_price": "20.00", "currency": "USD", "financial_status": "paid", "created_at": "2026-10-20T10:00:00Z", "updated_at": "2026-10-20T10:00:00Z"}');
-- The shop's note of the payment brings the charge in.
INSERT INTO staging.shopify_transaction (payload) VALUES
  ('{"id": 93001, "order_id": 930000000001, "kind": "sale", "status": "success", "gateway": "stripe", "amount": "20.00", "currency": "USD", "created_at": "2026-10-20T10:00:00Z", "authorization": "ch_id1"}');
SELECT l.system, l.object, l.external_id, l.canonical_id = meshline.canonical_id(1, 'order', 'shopify.order', '930000000001') AS is_of_the_order
FROM meshline.record_links AS l
WHERE l.external_id IN ('9301', 'ch_id1', '930000000001', '93001') ORDER BY 1, 2;
SELECT s.anchor_namespace, s.anchor_value, s.captured, s.posted FROM meshline.order_status AS s
WHERE s.anchor_value IN ('930000000001', 'ID-9301', 'ch_id1');
-- The ids that were given before resolve for ever, and the merges are on record.
SELECT meshline.resolve(g.id) = meshline.canonical_of('shopify', 'order', '930000000001') AS is_alias
FROM (VALUES (meshline.canonical_id(1, 'order', 'order_name@1', 'ID-9301')), (meshline.canonical_id(1, 'order', 'stripe.charge', 'ch_id1')),
             (meshline.canonical_id(1, 'order', 'shopify.order', '930000000001'))) AS g (id);
SELECT m.from_id IN (meshline.canonical_id(1, 'order', 'order_name@1', 'ID-9301'), meshline.canonical_id(1, 'order', 'stripe.charge', 'ch_id1')) AS is_expected, m.reason
FROM meshline.canonical_merge AS m WHERE m.into_id = meshline.canonical_of('shopify', 'order', '930000000001');
SELECT x.reason_code, x.canonical_id = meshline.canonical_of('shopify', 'order', '930000000001') AS is_of_the_order
FROM meshline.recon_exception AS x WHERE x.subject = 'stripe:charge:ch_id1';

-- What never came has no canonical id.
SELECT meshline.canonical_of('shopify', 'order', 'nosuch') AS no_record, meshline.canonical_of('nosuch', 'order', '930000000001') AS no_system,
       meshline.canonical_of('shopify', 'order', '930000000001', 2) AS other_merchant,
       meshline.resolve('00000000-0000-0000-0000-000000000000') AS no_id;

-- The same order id at another merchant is another order.
SELECT meshline.add_merchant('identity', 'USD', 'UTC') AS other \gset
SELECT meshline.connect('shopify', 'identity.myshopify.com', :other) AS connection \gset
INSERT INTO staging.shopify_order (merchant_id, payload) VALUES (:other,
  '{"id": 930000000001, "name": "#ID-9301", "total_price": "33.00", "currency": "USD", "financial_status": "pending", "created_at": "2026-10-20T10:00:00Z", "updated_at": "2026-10-20T10:00:00Z"}');
SELECT s.merchant_id = 1 AS is_first_merchant, s.total FROM meshline.order_status AS s WHERE s.anchor_value = '930000000001' ORDER BY s.merchant_id;

-- Weak identifiers, an e-mail address or a checkout token, tie nothing.
INSERT INTO staging.shopify_order (payload) VALUES
  ('{"id": 930000000002, "name": "#ID-9302", "email": "ann@example.com", "checkout_token": "tok_id", "total_price": "5.00", "currency": "USD", "financial_status": "pending", "created_at": "2026-10-20T10:00:00Z", "updated_at": "2026-10-20T10:00:00Z"}'),
  ('{"id": 930000000003, "name": "#ID-9303", "email": "ann@example.com", "checkout_token": "tok_id", "total_price": "5.00", "currency": "USD", "financial_status": "pending", "created_at": "2026-10-20T10:00:00Z", "updated_at": "2026-10-20T10:00:00Z"}');
SELECT count(DISTINCT l.canonical_id) AS orders FROM meshline.record_links AS l WHERE l.external_id IN ('930000000002', '930000000003');

-- Two orders of one name: which of them money and postings mean is for people to say.
INSERT INTO staging.shopify_order (payload) VALUES
  ('{"id": 930000000004, "name": "#ID-9304", "total_price": "6.00", "currency": "USD", "financial_status": "pending", "created_at": "2026-10-20T10:00:00Z", "updated_at": "2026-10-20T10:00:00Z"}'),
  ('{"id": 930000000005, "name": "#ID-9304", "total_price": "7.00", "currency": "USD", "financial_status": "pending", "created_at": "2026-10-20T11:00:00Z", "updated_at": "2026-10-20T11:00:00Z"}');
SELECT x.reason_code, x.owner_queue, x.status, x.is_holding, x.amount_at_risk, x.record_ids, x.explanation
FROM meshline.exceptions AS x WHERE x.record_ids && ARRAY['shopify:order:930000000005'];
INSERT INTO staging.shopify_order (payload) VALUES
  ('{"id": 930000000005, "name": "#ID-9304", "total_price": "7.00", "currency": "USD", "financial_status": "voided", "cancelled_at": "2026-10-20T11:30:00Z", "created_at": "2026-10-20T11:00:00Z", "updated_at": "2026-10-20T11:30:00Z"}');
SELECT x.reason_code, x.status, x.closed_by FROM meshline.exceptions AS x WHERE x.record_ids && ARRAY['shopify:order:930000000005'];

-- A superseded id can come to stand again, and is no alias then. It takes records that join an order with a payout, and ids in an unlucky order.
SELECT meshline.install_connector('{"connector": "mixed", "version": "0.1", "title": "Mixed", "role": "marketplace",
  "namespaces": {"mixed.order": {"rank": 0}, "mixed.payout": {}},
  "objects": {
    "order": {"kind": "order", "id": "id", "version": {"time": "updated"}, "amount": {"value": "total", "unit": "major"}, "currency": "currency",
      "identifiers": [{"namespace": "mixed.order", "value": "id", "role": "own"}, {"namespace": "mixed.order", "value": "also", "role": "ref"}]},
    "payout": {"kind": "payout", "id": "id", "version": {"time": "updated"}, "amount": {"value": "total", "unit": "major"}, "currency": "currency",
      "identifiers": [{"namespace": "mixed.payout", "value": "id", "role": "own"}, {"namespace": "mixed.order", "value": "also", "role": "ref"}]}}}');
SELECT meshline.add_merchant('mixed', 'USD', 'UTC') AS mixed \gset
SELECT meshline.connect('mixed', 'mixed', :mixed) AS connection \gset
SELECT meshline.canonical_id(:mixed, 'order', 'mixed.order', '1') AS as_order, meshline.canonical_id(:mixed, 'payout', 'mixed.order', '1') AS as_payout \gset
SELECT min(p) AS payout FROM generate_series(1, 1000) AS p WHERE meshline.canonical_id(:mixed, 'payout', 'mixed.payout', p::text) > :'as_order' \gset
SELECT min(o) AS other FROM generate_series(20, 1000) AS o WHERE meshline.canonical_id(:mixed, 'order', 'mixed.order', o::text) > :'as_payout' \gset
CREATE PROCEDURE pg_temp.send(object text, merchant_id bigint, id text, updated text, also text DEFAULT NULL) LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('INSERT INTO staging.mixed_%s (merchant_id, payload) VALUES ($1, $2)', object)
  USING merchant_id, json_strip_nulls(json_build_object('id', id, 'updated', updated, 'also', also, 'total', '1.00', 'currency', 'USD'))::text;
END
$$;
CREATE VIEW pg_temp.stands AS SELECT meshline.canonical_of('mixed', 'order', '1', m.merchant_id) AS id,
  (SELECT count(*) FROM meshline.canonical_alias AS a WHERE a.merchant_id = m.merchant_id) AS aliases,
  (SELECT count(*) FROM meshline.canonical AS c WHERE c.merchant_id = m.merchant_id AND c.kind IN ('order', 'payout')) AS entities,
  (SELECT count(*) FROM meshline.canonical AS c JOIN meshline.canonical_alias AS a ON a.merchant_id = c.merchant_id AND a.alias_id = c.canonical_id
   WHERE c.merchant_id = m.merchant_id) AS both
FROM meshline.merchant AS m WHERE m.name = 'mixed';
CALL pg_temp.send('order', :mixed, '1', '2026-10-20T08:00:00Z');
CALL pg_temp.send('payout', :mixed, :'payout', '2026-10-20T08:00:00Z');
CALL pg_temp.send('order', :mixed, :'other', '2026-10-20T08:00:00Z');
SELECT s.id = :'as_order' AS is_order, s.aliases, s.entities, s.both FROM pg_temp.stands AS s;
CALL pg_temp.send('payout', :mixed, :'payout', '2026-10-20T09:00:00Z', '1');
SELECT s.id = :'as_payout' AS is_payout, s.aliases, s.entities, s.both FROM pg_temp.stands AS s;
CALL pg_temp.send('order', :mixed, :'other', '2026-10-20T09:00:00Z', '1');
SELECT s.id = :'as_order' AS is_order, s.aliases, s.entities, s.both, meshline.resolve(:'as_payout', :mixed) = s.id AS is_alias,
       meshline.resolve(:'as_order', :mixed) = s.id AS stands_for_itself FROM pg_temp.stands AS s;
