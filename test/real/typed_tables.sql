-- Typed rows give the same records as the payloads that they were made of; run in the folder of typed_tables.py's files.
\set ON_ERROR_STOP on
\o /dev/null
SET client_min_messages = warning;
SET timezone = 'UTC';
SET meshline.as_of = '2026-10-20 12:00+00';
CREATE EXTENSION meshline;
SELECT meshline.create_workspace();
CREATE SCHEMA airbyte;
CREATE SCHEMA fivetran;
CREATE SCHEMA door;

-- A merchant per door, with a connection of each system; processors and ledgers serve the store.
CREATE TABLE door.door AS
  SELECT d.door, meshline.add_merchant(d.door, 'USD', 'America/Los_Angeles') AS merchant
  FROM unnest(ARRAY['payload', 'airbyte', 'fivetran']) AS d (door);
CREATE TABLE door.connection AS
  SELECT d.door, d.merchant, c.system, meshline.connect(c.system, d.door, d.merchant) AS connection
  FROM door.door AS d, unnest(ARRAY['shopify', 'woocommerce', 'amazon', 'stripe', 'paypal', 'quickbooks', 'xero', 'netsuite', 'hubspot'])
    WITH ORDINALITY AS c (system, place)
  ORDER BY d.merchant, c.place;

-- What belongs together, as a dispute and its balance transactions, has one n; the first gave it its name.
CREATE TABLE door.source (place integer GENERATED ALWAYS AS IDENTITY, n integer, system text, object text, file text, payload text);
\copy door.source (n, system, object, file, payload) FROM 'sources.csv' WITH (FORMAT csv)
CREATE TABLE door.typed_row (place integer GENERATED ALWAYS AS IDENTITY, n integer, door text, relation text, payload jsonb);
\copy door.typed_row (n, door, relation, payload) FROM 'rows.csv' WITH (FORMAT csv)
CREATE FUNCTION pg_temp.attach(relation regclass, of_door text, of_system text, object text) RETURNS void LANGUAGE sql AS $$
  SELECT meshline.attach_table(relation, c.connection, object) FROM door.connection AS c WHERE c.door = of_door AND c.system = of_system
$$;
\i typed_tables.sql

-- What a merchant has, as lines to compare. A name may hold the number of a connection, which differs between doors.
CREATE FUNCTION door.facts(of_merchant bigint) RETURNS text[] LANGUAGE sql STABLE AS $$
  SELECT array_agg(f.fact ORDER BY f.fact COLLATE "C")
  FROM (
    SELECT format('%s %s %s=%s', r.object, r.external_id, w.word, w.value)
    FROM meshline.record AS r,
      LATERAL (VALUES ('kind', r.kind), ('status', r.status), ('amount', r.amount_minor::text), ('fee', r.fee_minor::text),
                      ('net', r.net_minor::text), ('currency', r.currency), ('occurred_at', r.occurred_at::text)) AS w (word, value)
    WHERE r.merchant_id = of_merchant
    UNION ALL
    SELECT format('identifier %s=%s', regexp_replace(i.name, '@\d+$', '@'), regexp_replace(i.value, '@\d+$', '@'))
    FROM meshline.identifier AS i WHERE i.merchant_id = of_merchant
  ) AS f (fact)
$$;
-- Loads one source through a door as if there were no other, and takes it out again.
CREATE FUNCTION door.outcome(of_n integer, of_door text) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
  one record;
  facts text[];
  of_merchant bigint := (SELECT d.merchant FROM door.door AS d WHERE d.door = of_door);
BEGIN
  BEGIN
    IF of_door = 'payload' THEN
      FOR one IN SELECT s.* FROM door.source AS s WHERE s.n = of_n ORDER BY s.place LOOP
        EXECUTE format('INSERT INTO staging.%I (merchant_id, payload) VALUES ($1, $2)', one.system || '_' || one.object) USING of_merchant, one.payload;
      END LOOP;
    ELSE
      FOR one IN SELECT t.relation, t.payload FROM door.typed_row AS t WHERE t.n = of_n AND t.door = of_door ORDER BY t.place LOOP
        EXECUTE format('INSERT INTO %1$s SELECT (jsonb_populate_record(NULL::%1$s, $1)).*', one.relation) USING one.payload;
      END LOOP;
    END IF;
    facts := door.facts(of_merchant);
    RAISE EXCEPTION USING ERRCODE = 'ZZ001';
  EXCEPTION
    WHEN SQLSTATE 'ZZ001' THEN RETURN facts;
  END;
END
$$;
CREATE TABLE door.compared AS
  SELECT s.n, s.system, s.object, s.file, t.door, p.facts AS of_payload, door.outcome(s.n, t.door) AS of_rows
  FROM (SELECT DISTINCT ON (f.n) f.* FROM door.source AS f ORDER BY f.n, f.place) AS s
  CROSS JOIN LATERAL (SELECT door.outcome(s.n, 'payload')) AS p (facts)
  JOIN (SELECT DISTINCT r.n, r.door FROM door.typed_row AS r) AS t USING (n)
  -- What gives no record as a payload is payloads_store.sh's and payloads_ledger.sh's to judge.
  WHERE p.facts IS NOT NULL;
CREATE TABLE door.difference AS
  SELECT c.n, c.system, c.object, c.file, c.door, d.side, d.fact
  FROM door.compared AS c, LATERAL (
    SELECT 'lost', f FROM unnest(c.of_payload) AS f WHERE f <> ALL (COALESCE(c.of_rows, '{}'))
    UNION ALL
    SELECT 'new', f FROM unnest(c.of_rows) AS f WHERE f <> ALL (c.of_payload)
  ) AS d (side, fact);

\o
\t on
\pset format unaligned
\pset fieldsep ' '
SELECT format('%s %s: equal %s of %s', c.door, c.system, count(*) FILTER (WHERE NOT c.differs), count(*))
FROM (SELECT c.door, c.system, EXISTS (SELECT FROM door.difference AS d WHERE d.n = c.n AND d.door = c.door) AS differs FROM door.compared AS c) AS c
GROUP BY c.door, c.system ORDER BY c.door, c.system;
SELECT format('FAILED %s %s %s: %s %s (%s)', d.door, d.system, d.object, d.side, d.fact, d.file) FROM door.difference AS d ORDER BY d.door, d.n, d.fact;
-- A reader that finds no samples would find no differences either.
SELECT format('FAILED %s %s %s: no sample was compared', w.door, w.system, w.object)
FROM (VALUES ('shopify', ARRAY['order', 'refund', 'transaction', 'balance_transaction', 'payout', 'dispute'], ARRAY['airbyte', 'fivetran']),
             ('stripe', ARRAY['charge', 'refund', 'dispute', 'balance_transaction', 'payout', 'payment_intent'], ARRAY['airbyte', 'fivetran']),
             ('woocommerce', ARRAY['order', 'refund'], ARRAY['airbyte']),
             ('quickbooks', ARRAY['sales_receipt', 'invoice', 'payment', 'refund_receipt', 'deposit'], ARRAY['airbyte']),
             ('xero', ARRAY['invoice', 'payment', 'credit_note', 'bank_transaction'], ARRAY['airbyte'])) AS s (system, objects, doors),
     LATERAL unnest(s.objects) AS o (object), LATERAL unnest(s.doors) AS d (door),
     LATERAL (SELECT d.door, s.system, o.object) AS w
WHERE NOT EXISTS (SELECT FROM door.compared AS c WHERE c.door = w.door AND c.system = w.system AND c.object = w.object);
SELECT format('ok all %s compared', count(*)) FROM door.compared;
