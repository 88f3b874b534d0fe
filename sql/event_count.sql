-- Events are counted by sweep() as far as nobody can add to them, and what has come since is read: the sum is right at any time.
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET datestyle = iso;
SET intervalstyle = postgres;
SET client_min_messages = warning;
SELECT meshline.add_merchant('counts', 'USD', 'UTC') AS merchant \gset
SELECT meshline.install_connector('{"connector": "counter", "version": "1", "title": "Counter", "role": "processor", "objects": {
  "payment": {"kind": "payment", "id": "id", "version": {"time": "at"}, "status": {"const": "paid"}, "required": ["amount"], "amount": {"value": "sum", "unit": "major"}, "currency": "cur"}}}');
SELECT meshline.connect('counter', 'main', :merchant) AS counter \gset
SET meshline.as_of = '2026-10-18 06:00+00';
CREATE VIEW pg_temp.health AS
  SELECT h.events, h.applied, h.invalid, h.last_event_at, h.last_good_event_at, h.average_lag FROM meshline.connector_health AS h WHERE h.connector = 'counter';
CREATE VIEW pg_temp.counted AS
  SELECT w.through_event_id > 0 AS is_counted, w.is_stale, (SELECT sum(c.events) FROM meshline.event_count AS c WHERE c.connection_id = w.connection_id) AS events
  FROM meshline.event_watermark AS w JOIN meshline.connection AS n USING (merchant_id, connection_id) WHERE n.connector = 'counter';
-- A transaction of autovacuum may be in the way for a moment.
CREATE PROCEDURE pg_temp.count_all() LANGUAGE plpgsql AS $$
BEGIN
  FOR i IN 1..200 LOOP
    CALL meshline.sweep('2026-10-18 06:00+00');
    EXIT WHEN NOT EXISTS (SELECT FROM meshline.event_watermark AS w WHERE w.is_stale OR w.through_event_id < meshline._last_event_id());
    PERFORM pg_sleep(0.05);
  END LOOP;
END
$$;
SELECT * FROM pg_temp.health;
INSERT INTO staging.counter_payment (merchant_id, payload, received_at) VALUES
  (:merchant, '{"id": "c1", "at": "2026-10-18T03:05:00Z", "sum": "1.00", "cur": "USD"}', '2026-10-18 03:20+00'),
  (:merchant, '{"id": "c2", "at": "2026-08-01T03:00:00Z", "sum": "2.00", "cur": "USD"}', '2026-08-01 10:00+00'),
  (:merchant, '{"id": "c3", "at": "2026-10-18T04:00:00Z", "total": "3.00", "cur": "USD"}', '2026-10-18 04:30+00');
SELECT * FROM pg_temp.health;
SELECT * FROM pg_temp.counted;
CALL pg_temp.count_all();
SELECT * FROM pg_temp.counted;
SELECT * FROM pg_temp.health;

-- What comes after the count is read beside it, and taken into it by the next one.
INSERT INTO staging.counter_payment (merchant_id, payload, received_at) VALUES (:merchant, '{"id": "c4", "at": "2026-10-18T05:00:00Z", "sum": "4.00", "cur": "USD"}', '2026-10-18 05:05+00');
SELECT * FROM pg_temp.health;
SELECT * FROM pg_temp.counted;
CALL pg_temp.count_all();
SELECT * FROM pg_temp.counted;
SELECT * FROM pg_temp.health;

-- A replay that changes an outcome is seen at once, and counted anew.
SELECT meshline.install_connector('{"connector": "counter", "version": "2", "title": "Counter", "role": "processor", "objects": {
  "payment": {"kind": "payment", "id": "id", "version": {"time": "at"}, "status": {"const": "paid"}, "required": ["amount"], "amount": {"value": {"first": ["sum", "total"]}, "unit": "major"}, "currency": "cur"}}}');
SELECT meshline.replay_connection(:counter, '2026-10-18 00:00+00');
SELECT * FROM pg_temp.health;
SELECT * FROM pg_temp.counted;
CALL pg_temp.count_all();
SELECT * FROM pg_temp.counted;
SELECT * FROM pg_temp.health;

-- What a transaction that has not ended may still bring is not counted over.
SELECT meshline._add_up_events(meshline._last_event_id(), (pg_snapshot_xmax(pg_current_snapshot())::text::bigint + 1000)::text::xid8);
INSERT INTO staging.counter_payment (merchant_id, payload, received_at) VALUES (:merchant, '{"id": "c5", "at": "2026-10-18T05:00:00Z", "sum": "5.00", "cur": "USD"}', '2026-10-18 05:06+00');
SELECT meshline._add_up_events(meshline._last_event_id(), (pg_snapshot_xmax(pg_current_snapshot())::text::bigint + 1000)::text::xid8);
SELECT * FROM pg_temp.counted;
SELECT meshline._add_up_events(meshline._last_event_id(), pg_snapshot_xmin(pg_current_snapshot()));
SELECT * FROM pg_temp.counted;

-- Times from the end of all calendars do not stop the counting.
SELECT meshline.add_merchant('event_count far', 'USD', 'UTC') AS far \gset
SELECT meshline.connect('shopify', 'far.myshopify.com', :far) AS far_shop \gset
INSERT INTO staging.shopify_order (merchant_id, payload)
SELECT :far, format('{"id": %s, "name": "#F%s", "total_price": "10.00", "currency": "USD", "financial_status": "pending", "created_at": "9999-12-31T00:00:00Z", "updated_at": "9999-12-31T00:00:00Z"}', 9800 + n, n)
FROM generate_series(1, 800) AS n;
CALL meshline.sweep();
SELECT h.events, h.applied, date_trunc('day', h.average_lag) < interval '-2900000 days' AS is_far FROM meshline.connector_health AS h WHERE h.merchant_id = :far;
