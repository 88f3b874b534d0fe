-- Objects without ids: twins of one delivery survive, the same delivery made again changes nothing.
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET datestyle = iso;
SET meshline.as_of = '2026-10-20 12:00+00';
SET client_min_messages = warning;
SELECT meshline.install_connector('{"connector": "keyless", "version": "1", "title": "Files without ids", "role": "bank", "objects": {
  "line": {"kind": "bank_line", "id": "id", "keyless": true, "required": ["amount"], "occurred": "day", "currency": "currency",
    "currency_fallback": "merchant", "amount": {"value": "amount", "unit": "major"}, "status": {"const": "paid"}},
  "listed": {"kind": "bank_line", "keyless": ["booked-at", "amount"], "occurred": "booked-at", "currency": "currency", "currency_fallback": "merchant",
    "amount": {"value": "amount", "unit": "major"}, "status": {"const": "paid"}}}}');
SELECT meshline.add_merchant('keyless', 'EUR', 'UTC') AS merchant \gset
SELECT meshline.connect('keyless', 'file', :merchant) AS connection \gset
SELECT meshline.connect('keyless', 'deferred', :merchant, '{"mode": "deferred"}') AS deferred \gset
CREATE VIEW pg_temp.lines AS
  SELECT n.account, r.external_id ~ '^[0-9a-f]{32}(:\d+)?$' AS is_hash, substr(r.external_id, 33) AS number, r.amount_minor, count(*)
  FROM meshline.record AS r JOIN meshline.connection AS n USING (merchant_id, connection_id) JOIN meshline.merchant AS m USING (merchant_id)
  WHERE m.name = 'keyless' GROUP BY 1, 2, 3, 4 ORDER BY 1, 4, 3;
CREATE VIEW pg_temp.events AS
  SELECT n.account, v.outcome, count(*) FROM meshline.event AS v JOIN meshline.connection AS n USING (merchant_id, connection_id)
  JOIN meshline.merchant AS m USING (merchant_id) WHERE m.name = 'keyless' GROUP BY 1, 2 ORDER BY 1, 2;
CREATE TEMPORARY TABLE file (line integer, payload text);
INSERT INTO file VALUES (1, '{"day": "2026-10-01", "amount": "-0.30"}'), (2, '{"day": "2026-10-01", "amount": "-0.30"}'),
  (3, '{"amount": "-0.30", "day": "2026-10-01"}'), (4, '{"day": "2026-10-02", "amount": "25.00"}');

-- One transaction is one delivery.
INSERT INTO staging.keyless_line (merchant_id, connection_id, payload) SELECT :merchant, :connection, f.payload FROM file AS f ORDER BY f.line;
SELECT * FROM pg_temp.lines;
-- The file again, a part of it, and a longer one: what is there already is a repeat.
INSERT INTO staging.keyless_line (merchant_id, connection_id, payload) SELECT :merchant, :connection, f.payload FROM file AS f ORDER BY f.line DESC;
INSERT INTO staging.keyless_line (merchant_id, connection_id, payload) SELECT :merchant, :connection, f.payload FROM file AS f WHERE f.line <= 2;
SELECT * FROM pg_temp.events;
INSERT INTO staging.keyless_line (merchant_id, connection_id, payload)
SELECT :merchant, :connection, f.payload FROM file AS f UNION ALL SELECT :merchant, :connection, '{"day": "2026-10-02", "amount": 25.00}'
UNION ALL SELECT :merchant, :connection, f.payload FROM file AS f WHERE f.line = 4;
SELECT * FROM pg_temp.lines;
-- A replay keeps the numbers.
SELECT meshline.replay_connection(:connection, '-infinity') AS replayed;
SELECT * FROM pg_temp.lines;

-- Where the definition lists what tells lines apart, a typed row is the line that it was made of, and what is not listed keeps nobody out.
INSERT INTO staging.keyless_listed (merchant_id, connection_id, payload) VALUES
  (:merchant, :connection, '{"booked-at": "2026-10-08 09:30:00 UTC", "amount": "4.50", "text": "first"}'),
  (:merchant, :connection, '{"booked-at": "2026-10-08 09:30:00 UTC", "amount": "4.50", "text": "second"}'),
  (:merchant, :connection, '{"booked-at": "2026-10-08 09:30:01 UTC", "amount": "4.50", "text": "third"}');
INSERT INTO staging.keyless_listed (merchant_id, connection_id, payload) VALUES
  (:merchant, :connection, '{"booked-at": "2026-10-08T11:30:01+02:00", "amount": 4.5}'),
  (:merchant, :connection, '{"booked-at": "2026-10-08T11:30:00+02:00", "amount": 4.5}'),
  (:merchant, :connection, '{"booked-at": "2026-10-08T11:30:00+02:00", "amount": 4.50, "text": null}');
SELECT substr(r.external_id, 33) AS number, r.occurred_at, r.amount_minor FROM meshline.record AS r
WHERE r.merchant_id = :merchant AND r.object = 'listed' ORDER BY r.occurred_at, 1;

-- Twins far apart in one statement, and a row that has an id.
INSERT INTO staging.keyless_line (merchant_id, connection_id, payload)
SELECT :merchant, :connection, format('{"day": "2026-10-03", "amount": "%s.00"}', i % 2000 + 100) FROM generate_series(0, 2000) AS i
UNION ALL SELECT :merchant, :connection, '{"id": "L1", "day": "2026-10-03", "amount": 7}'
UNION ALL SELECT :merchant, :connection, '{"id": "L1", "day": "2026-10-03", "amount": 7}';
SELECT substr(r.external_id, 33) AS number, count(*), sum(r.amount_minor) AS amount_minor FROM meshline.record AS r
WHERE r.merchant_id = :merchant AND r.occurred_at = '2026-10-03' GROUP BY 1 ORDER BY 1;

-- A loader that inserts row by row and commits at the end; what it takes back has not come.
BEGIN;
INSERT INTO staging.keyless_line (merchant_id, connection_id, payload) VALUES (:merchant, :connection, '{"day": "2026-10-07", "amount": 2}');
SAVEPOINT before_second;
INSERT INTO staging.keyless_line (merchant_id, connection_id, payload) VALUES (:merchant, :connection, '{"day": "2026-10-07", "amount": 2}');
ROLLBACK TO before_second;
INSERT INTO staging.keyless_line (merchant_id, connection_id, payload) VALUES (:merchant, :connection, '{"day": "2026-10-07", "amount": 2}');
COMMIT;
SELECT substr(r.external_id, 33) AS number FROM meshline.record AS r WHERE r.merchant_id = :merchant AND r.occurred_at = '2026-10-07' ORDER BY 1;
-- The next file has one more of them.
BEGIN;
INSERT INTO staging.keyless_line (merchant_id, connection_id, payload) VALUES (:merchant, :connection, '{"day": "2026-10-07", "amount": 2}');
INSERT INTO staging.keyless_line (merchant_id, connection_id, payload) VALUES (:merchant, :connection, '{"day": "2026-10-07", "amount": 2}');
INSERT INTO staging.keyless_line (merchant_id, connection_id, payload) VALUES (:merchant, :connection, '{"day": "2026-10-07", "amount": 2}');
COMMIT;
SELECT substr(r.external_id, 33) AS number, v.outcome, count(*) FROM meshline.record AS r JOIN meshline.event AS v USING (merchant_id, event_id)
WHERE r.merchant_id = :merchant AND r.occurred_at = '2026-10-07' GROUP BY 1, 2 ORDER BY 1;

-- One that commits row by row tells twins apart by event ids of its own.
INSERT INTO staging.keyless_line (merchant_id, connection_id, event_id, payload) VALUES (:merchant, :connection, 'october.csv:1', '{"day": "2026-10-04", "amount": 1}');
INSERT INTO staging.keyless_line (merchant_id, connection_id, event_id, payload) VALUES (:merchant, :connection, 'october.csv:2', '{"day": "2026-10-04", "amount": 1}');
INSERT INTO staging.keyless_line (merchant_id, connection_id, event_id, payload) VALUES (:merchant, :connection, 'october.csv:1', '{"day": "2026-10-04", "amount": 1}');
SELECT r.external_id, r.amount_minor FROM meshline.record AS r WHERE r.merchant_id = :merchant AND r.occurred_at = '2026-10-04' ORDER BY r.external_id;

-- Two deliveries of one file that wait together are still two deliveries.
INSERT INTO staging.keyless_line (merchant_id, connection_id, payload) SELECT :merchant, :deferred, f.payload FROM file AS f ORDER BY f.line;
INSERT INTO staging.keyless_line (merchant_id, connection_id, payload) SELECT :merchant, :deferred, f.payload FROM file AS f ORDER BY f.line;
CALL meshline.process_pending();
SELECT * FROM pg_temp.lines AS l WHERE l.account = 'deferred';

-- Rows of an ETL tool's table: its own columns tell nothing apart.
CREATE SCHEMA regress_keyless;
CREATE TABLE regress_keyless.lines (_airbyte_raw_id uuid, day date, amount numeric, currency text);
SELECT meshline.connect('keyless', 'attached', :merchant) AS attached \gset
INSERT INTO regress_keyless.lines SELECT gen_random_uuid(), '2026-10-05', 3, 'EUR' FROM generate_series(1, 2);
SELECT meshline.attach_table('regress_keyless.lines', :attached, 'line');
SELECT meshline.rescan('regress_keyless.lines');
INSERT INTO regress_keyless.lines SELECT gen_random_uuid(), '2026-10-06', 4, 'EUR' FROM generate_series(1, 3);
SELECT meshline.rescan('regress_keyless.lines');
SELECT * FROM pg_temp.lines AS l WHERE l.account = 'attached';

SELECT meshline.detach_table('regress_keyless.lines');
DROP SCHEMA regress_keyless CASCADE;
