-- Loads the samples: each file one delivery, into the staging tables of a merchant of its system; typed tables
-- through connections of their own.
\set ON_ERROR_STOP on
SET client_min_messages = warning;
CREATE EXTENSION meshline;
SELECT meshline.create_workspace() \g /dev/null
SELECT meshline.install_connector(:'spree') \g /dev/null
SET meshline.as_of = '2026-11-25 00:00+00';
CREATE SCHEMA fivetran;
CREATE SCHEMA sample;
CREATE TABLE sample.payload (n integer GENERATED ALWAYS AS IDENTITY, system text, object text, file text, payload text);
\copy sample.payload (system, object, file, payload) FROM 'payloads.csv' WITH (FORMAT csv)
CREATE TABLE sample.left_out (system text, file text, why text);
\copy sample.left_out FROM 'left_out.csv' WITH (FORMAT csv)

CREATE TABLE sample.connection (system text PRIMARY KEY, merchant_id bigint, api bigint, typed bigint);
INSERT INTO sample.connection (system, merchant_id)
SELECT s.system, meshline.add_merchant(s.system, 'USD', 'America/Los_Angeles')
FROM unnest(ARRAY['amazon', 'xero', 'hubspot', 'quickbooks', 'netsuite']) AS s (system);
INSERT INTO sample.connection (system, merchant_id) SELECT 'spree', c.merchant_id FROM sample.connection AS c WHERE c.system = 'netsuite';
UPDATE sample.connection AS c SET api = meshline.connect(c.system, 'api', c.merchant_id), typed = meshline.connect(c.system, 'fivetran', c.merchant_id)
WHERE c.system <> 'spree';
UPDATE sample.connection AS c SET api = meshline.connect(c.system, 'shop', c.merchant_id) WHERE c.system = 'spree';

DO $$
DECLARE
  file record;
BEGIN
  FOR file IN SELECT p.system, p.object, p.file, c.merchant_id, c.api
              FROM sample.payload AS p JOIN sample.connection AS c USING (system)
              GROUP BY p.system, p.object, p.file, c.merchant_id, c.api ORDER BY min(p.n)
  LOOP
    EXECUTE format('INSERT INTO staging.%I (merchant_id, connection_id, payload) SELECT $1, $2, p.payload FROM sample.payload AS p'
                   ' WHERE p.system = $3 AND p.object = $4 AND p.file = $5 ORDER BY p.n', file.system || '_' || file.object)
    USING file.merchant_id, file.api, file.system, file.object, file.file;
  END LOOP;
END
$$;

CREATE FUNCTION pg_temp.attach(relation regclass, of_system text, object text) RETURNS void LANGUAGE sql AS $$
  SELECT meshline.attach_table(relation, (SELECT c.typed FROM sample.connection AS c WHERE c.system = of_system), object)
$$;
\o /dev/null
\i typed.sql
\o
