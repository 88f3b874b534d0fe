-- Connectors are data: refused with the place of the mistake, exported, installed again, replaced.
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET datestyle = iso;
SET meshline.as_of = '2026-10-20 12:00+00';
SELECT meshline.install_connector('[]'); -- fails
SELECT meshline.install_connector('{"connector": "acme"}'); -- fails
SELECT meshline.install_connector(jsonb_set(meshline.export_connector('stripe'), '{objects,charge,kind}', '"paymnt"')); -- fails
SELECT meshline.install_connector(jsonb_set(meshline.export_connector('stripe'), '{objects,charge,amount,unit}', '"cents"')); -- fails
SELECT meshline.install_connector(jsonb_set(meshline.export_connector('stripe'), '{objects,charge,identifiers,0,role}', '"owner"')); -- fails
SELECT meshline.install_connector(jsonb_set(meshline.export_connector('shopify'), '{objects,transaction,identifiers,1,value,first,0,transform,regex}', '"(unclosed"')); -- fails
SELECT meshline.install_connector(meshline.export_connector('stripe') || '{"colour": "blue"}'); -- fails
SELECT meshline.export_connector('nosuch'); -- fails
SELECT meshline.drop_connector('nosuch'); -- fails
-- SQLSTATEs that a program can tell apart.
DO $$
BEGIN
  PERFORM meshline.install_connector('{"connector": "acme"}');
EXCEPTION WHEN SQLSTATE 'ML001' THEN
  RAISE NOTICE 'refused with ML001';
END
$$;
DO $$
BEGIN
  PERFORM meshline.export_connector('nosuch');
EXCEPTION WHEN SQLSTATE 'ML002' THEN
  RAISE NOTICE 'refused with ML002';
END
$$;

-- What is exported is what is installed again.
CREATE TEMPORARY TABLE exported AS SELECT c.connector, meshline.export_connector(c.connector) AS definition FROM meshline.connector AS c;
SELECT meshline.install_connector(e.definition) FROM exported AS e ORDER BY e.connector;
SELECT e.connector, meshline.export_connector(e.connector) = e.definition AS is_equal FROM exported AS e ORDER BY e.connector;

-- A connector of one's own.
SELECT meshline.install_connector('{"connector": "acme", "version": "1.0", "title": "Acme Pay", "role": "processor",
  "namespaces": {"acme.payment": {"rank": 40}},
  "objects": {"payment": {"kind": "payment", "id": "ref", "version": {"time": "at"}, "occurred": "at", "required": ["id", "amount", "currency"],
    "amount": {"value": "sum", "unit": "major"}, "currency": "cur", "status": {"const": "paid"},
    "identifiers": [{"namespace": "acme.payment", "value": "ref", "role": "own"},
                    {"namespace": "shopify.order", "value": "order", "role": "ref"}]}}}');
SELECT meshline.connect('acme', 'main') IS NOT NULL AS is_connected;
INSERT INTO staging.shopify_order (payload) VALUES
  ('{"id": 990000000001, "name": "#9901", "total_price": "10.00", "currency": "USD", "financial_status": "pending", "created_at": "2026-10-18T10:00:00Z", "updated_at": "2026-10-18T10:00:00Z"}');
INSERT INTO staging.acme_payment (payload) VALUES
  ('{"ref": "P-1", "sum": "10.00", "cur": "USD", "at": "2026-10-18T10:00:00Z", "order": "990000000001"}'),
  ('{"reference": "P-2", "sum": "5.00", "cur": "USD", "at": "2026-10-18T10:00:00Z", "order": "990000000001"}');
SELECT s.total, s.captured FROM meshline.order_status AS s WHERE s.anchor_value = '990000000001';
SELECT x.reason_code, x.status, regexp_replace(x.explanation, 'row \d+', 'row N') AS explanation
FROM meshline.exceptions AS x WHERE x.explanation LIKE 'the acme payment%';
-- The source has renamed a member: a new version of the definition, and the payloads that failed replayed.
SELECT meshline.install_connector(jsonb_set(jsonb_set(jsonb_set(meshline.export_connector('acme'), '{version}', '"1.1"'),
  '{objects,payment,id}', '{"first": ["ref", "reference"]}'), '{objects,payment,identifiers,0,value}', '{"first": ["ref", "reference"]}'));
SELECT meshline.replay_exception(x.exception_id) AS replayed FROM meshline.open_exceptions AS x WHERE x.explanation LIKE 'the acme payment%';
SELECT x.reason_code, x.status FROM meshline.exceptions AS x WHERE x.explanation LIKE 'the acme payment%';
SELECT s.total, s.captured FROM meshline.order_status AS s WHERE s.anchor_value = '990000000001';
SELECT v.version, v.installed_by = session_user AS by_me, v.hash = sha256(convert_to(v.definition::text, 'UTF8')) AS is_whole
FROM meshline.connector_version AS v WHERE v.name = 'acme' ORDER BY v.version;
-- An event was read with the version of its time; an earlier one can be had again.
SELECT DISTINCT v.version FROM meshline.event AS e JOIN meshline.connection AS n USING (merchant_id, connection_id)
CROSS JOIN LATERAL (SELECT h.version FROM meshline.connector_version AS h WHERE h.name = n.connector AND h.installed_at <= e.received_at
                    ORDER BY h.installed_at DESC LIMIT 1) AS v
WHERE n.connector = 'acme';
SELECT meshline.export_connector('acme', '1.0') #> '{objects,payment,id}' AS first_id, meshline.export_connector('acme', '1.1') = meshline.export_connector('acme') AS is_present;
SELECT meshline.export_connector('acme', '7'); -- fails

-- A connector is dropped only while nothing is read through it.
SELECT meshline.drop_connector('acme'); -- fails
SELECT meshline.install_connector(meshline.export_connector('acme') || '{"connector": "acme_spare"}');
SELECT meshline.drop_connector('acme_spare');
SELECT count(*) AS left_over FROM meshline.connector AS c WHERE c.connector = 'acme_spare';
