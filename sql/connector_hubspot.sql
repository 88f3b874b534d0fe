-- HubSpot: what a CRM says of an order is found with the order, and changes nothing of its money.
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET datestyle = iso;
SET meshline.as_of = '2026-04-20 12:00+00';
SELECT meshline.add_merchant('hubspot forward', 'USD', 'UTC') AS forward \gset
SELECT meshline.add_merchant('hubspot backward', 'USD', 'UTC') AS backward \gset
SELECT meshline.connect('shopify', 'hubspot.myshopify.com', :forward) AS forward_shop \gset
SELECT meshline.connect('hubspot', 'portal', :forward) AS forward_crm \gset
SELECT meshline.connect('shopify', 'hubspot.myshopify.com', :backward) AS backward_shop \gset
SELECT meshline.connect('hubspot', 'portal', :backward) AS backward_crm \gset

CREATE TEMPORARY TABLE sample (step integer, relation text, payload text);
INSERT INTO sample VALUES
  (1, 'shopify_order', '{"id": 972000000001, "name": "#9721", "total_price": "80.00", "currency": "USD", "financial_status": "paid", "created_at": "2026-04-01T10:00:00Z",
    "updated_at": "2026-04-01T10:00:00Z", "line_items": [{"id": 1}]}'),
  (2, 'shopify_transaction', '{"id": 97201, "order_id": 972000000001, "kind": "sale", "status": "success", "amount": "80.00", "currency": "USD", "created_at": "2026-04-01T10:00:01Z"}'),
  -- Sales has another figure in mind.
  (3, 'hubspot_deal', '{"id": "501", "properties": {"dealname": "Big deal", "amount": "95.00", "deal_currency_code": "USD", "dealstage": "closedwon"}, "updatedAt": "2026-04-02T10:00:00Z", "archived": false}'),
  (4, 'hubspot_order', '{"id": "601", "properties": {"hs_order_name": "#9721", "hs_external_order_id": "972000000001", "hs_total_price": "90.00", "hs_currency_code": "USD"},
    "associations": {"deals": {"results": [{"id": "501"}]}}, "updatedAt": "2026-04-02T10:00:00Z", "archived": false}'),
  (5, 'hubspot_line_item', '{"id": "701", "properties": {"amount": "90.00"}, "associations": {"orders": {"results": [{"id": "601"}]}}, "updatedAt": "2026-04-02T10:00:00Z", "archived": false}'),
  (6, 'hubspot_contact', '{"id": "801", "properties": {"email": "Ada@Mail.example"}, "updatedAt": "2026-04-02T10:00:00Z", "archived": false}');
CREATE PROCEDURE pg_temp.load(merchant bigint, shop bigint, crm bigint, steps integer[]) LANGUAGE plpgsql AS $$
DECLARE
  each_step integer;
  each_row sample;
BEGIN
  FOREACH each_step IN ARRAY steps LOOP
    SELECT s.* INTO each_row FROM sample AS s WHERE s.step = each_step;
    EXECUTE format('INSERT INTO staging.%I (merchant_id, connection_id, payload) VALUES ($1, $2, $3)', each_row.relation)
    USING merchant, CASE WHEN each_row.relation LIKE 'hubspot%' THEN crm ELSE shop END, each_row.payload;
  END LOOP;
END
$$;
CALL pg_temp.load(:forward, :forward_shop, :forward_crm, ARRAY[1, 2, 3, 4, 5, 6]);
CALL pg_temp.load(:backward, :backward_shop, :backward_crm, ARRAY[6, 5, 4, 3, 2, 1]);
CREATE VIEW pg_temp.money AS
  SELECT m.name, s.anchor_value, s.total, s.captured, s.order_status, s.state FROM meshline.order_status AS s JOIN meshline.merchant AS m USING (merchant_id)
  WHERE m.name LIKE 'hubspot %ward' ORDER BY m.name DESC, s.anchor_value;
SELECT * FROM pg_temp.money;
SELECT count(*) AS open_exceptions FROM meshline.open_exceptions AS x WHERE x.merchant_id IN (:forward, :backward);
SELECT l.system, l.object, l.external_id FROM meshline.record_links AS l
WHERE l.merchant_id = :backward AND l.canonical_id = meshline.canonical_of('shopify', 'order', '972000000001', :backward) ORDER BY l.system, l.object, l.external_id;

-- A deal that no shop knows, and one that is lost and then archived, are nobody's exception.
INSERT INTO staging.hubspot_deal (merchant_id, connection_id, payload) VALUES
  (:forward, :forward_crm, '{"id": "502", "properties": {"dealname": "Service contract", "amount": "5000", "dealstage": "closedwon"}, "updatedAt": "2026-03-02T10:00:00Z", "archived": false}'),
  (:forward, :forward_crm, '{"id": "503", "properties": {"dealname": "#9721", "amount": "", "dealstage": "closedlost"}, "updatedAt": "2026-03-02T10:00:00Z", "archived": false}'),
  (:forward, :forward_crm, '{"id": "503", "properties": {}, "updatedAt": "2026-03-03T10:00:00Z", "archived": true}');
SELECT r.external_id, r.status, r.amount_minor, r.currency FROM meshline.record AS r WHERE r.merchant_id = :forward AND r.object = 'deal' ORDER BY r.external_id;
SELECT count(*) AS open_exceptions FROM meshline.open_exceptions AS x WHERE x.merchant_id = :forward;
-- A payment that only a CRM's order explains still has no order.
INSERT INTO staging.hubspot_order (merchant_id, connection_id, payload) VALUES
  (:forward, :forward_crm, '{"id": "602", "properties": {"hs_external_order_id": "972000000002", "hs_total_price": "10.00", "hs_currency_code": "USD"}, "updatedAt": "2026-04-02T10:00:00Z", "archived": false}');
INSERT INTO staging.shopify_transaction (merchant_id, connection_id, payload) VALUES
  (:forward, :forward_shop, '{"id": 97202, "order_id": 972000000002, "kind": "sale", "status": "success", "amount": "10.00", "currency": "USD", "created_at": "2026-04-01T10:00:01Z"}');
SELECT x.reason_code, x.amount_at_risk, x.record_ids FROM meshline.open_exceptions AS x WHERE x.merchant_id = :forward ORDER BY x.reason_code;

-- A webhook brings single properties: what is known of the deal stays, the deal gets its order, and a repeat has no effect.
INSERT INTO staging.hubspot_deal (merchant_id, connection_id, payload) VALUES
  (:forward, :forward_crm, '{"id": "504", "properties": {"dealname": "Desk", "amount": "80.00", "deal_currency_code": "USD", "dealstage": "closedwon"}, "updatedAt": "2026-04-02T10:00:00Z", "archived": false}');
INSERT INTO staging.hubspot_change (merchant_id, connection_id, payload)
SELECT :forward, :forward_crm, pg_catalog.format('[
  {"eventId": 1, "subscriptionType": "deal.propertyChange", "objectId": 504, "propertyName": "hs_external_order_id", "propertyValue": "972000000001", "occurredAt": 1775210400000, "attemptNumber": %s},
  {"eventId": 2, "subscriptionType": "deal.propertyChange", "objectId": 504, "propertyName": "dealname", "propertyValue": "Desk lamp", "occurredAt": 1775210400001, "attemptNumber": %s}]', n, n)
FROM pg_catalog.generate_series(0, 1) AS n;
SELECT r.object, r.external_id, r.status, r.amount_minor, r.version_at, r.canonical_id = meshline.canonical_of('shopify', 'order', '972000000001', :forward) AS is_the_shops
FROM meshline.record AS r WHERE r.merchant_id = :forward AND r.external_id LIKE '%504%' ORDER BY r.object, r.external_id;
SELECT v.outcome, count(*) FROM meshline.event AS v WHERE v.merchant_id = :forward AND v.object = 'change' GROUP BY v.outcome;
-- The URL of the portal may be the one that deals go to.
INSERT INTO staging.hubspot_deal (merchant_id, connection_id, payload) VALUES
  (:forward, :forward_crm, '[{"eventId": 3, "subscriptionType": "deal.deletion", "objectId": 504, "occurredAt": 1775296800000}]');
SELECT r.object, r.external_id, r.status FROM meshline.record AS r WHERE r.merchant_id = :forward AND r.external_id LIKE '%504%' ORDER BY r.object, r.external_id;
SELECT * FROM pg_temp.money;
SELECT x.reason_code, x.owner_queue, x.amount_at_risk FROM meshline.open_exceptions AS x WHERE x.merchant_id = :forward ORDER BY x.reason_code;
