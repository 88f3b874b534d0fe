-- Takes the tables in as an ETL tool would, table after table; run in the folder of the unpacked files.
-- The statement triggers of attach_table() do the rest, within the COPY.
\set ON_ERROR_STOP on
\o /dev/null
CREATE EXTENSION meshline;
SELECT meshline.create_workspace();
SELECT meshline.install_connector(:'definition'::jsonb);
SELECT meshline.connect('olist', 'marketplace') AS connection \gset
-- One cent is a difference here.
SELECT meshline.set_policy('tolerance_minor.' || r, '0')
FROM unnest(ARRAY['UNDERPAYMENT', 'OVERCAPTURE', 'DUPLICATE_PAYMENT', 'DELETED_OR_VOID_WITH_MONEY']) AS r;

CREATE SCHEMA etl;
CREATE TABLE etl.orders (
  order_id text, order_status text, order_purchase_timestamp timestamp, order_delivered_customer_date timestamp,
  is_header_known boolean);
CREATE TABLE etl.order_items (
  order_id text, order_item_id integer, product_id text, seller_id text, shipping_limit_date timestamp,
  price numeric(12,2), freight_value numeric(12,2),
  -- A definition can add up the numbers of a list, not two members of one row.
  line_total numeric(12,2) GENERATED ALWAYS AS (price + freight_value) STORED);
CREATE TABLE etl.order_payments (
  order_id text, payment_sequential integer, payment_type text, payment_installments integer, payment_value numeric(12,2));
SELECT meshline.attach_table('etl.orders', :connection, 'order');
SELECT meshline.attach_table('etl.order_items', :connection, 'order_line');
SELECT meshline.attach_table('etl.order_payments', :connection, 'payment');

-- The state of every order, with the headers that there are. Only plumbing of the test: not attached.
CREATE TEMP TABLE status_all (order_id text, order_status text, status_basis text);
CREATE TEMP TABLE headers (
  order_id text, customer_id text, order_status text, order_purchase_timestamp timestamp, order_approved_at timestamp,
  order_delivered_carrier_date timestamp, order_delivered_customer_date timestamp,
  order_estimated_delivery_date timestamp, source_repo text, ts_precision text);
\copy status_all FROM 'olist_olist_orders_status_all.csv' WITH (FORMAT csv, HEADER)
\copy headers FROM 'olist_olist_orders_headers_partial.csv' WITH (FORMAT csv, HEADER)
\copy (SELECT s.order_id, s.order_status, h.order_purchase_timestamp, h.order_delivered_customer_date, h.order_id IS NOT NULL FROM status_all AS s LEFT JOIN headers AS h USING (order_id)) TO 'orders.csv' WITH (FORMAT csv)

-- CPU seconds of this backend.
CREATE FUNCTION pg_temp.cpu_s(ticks integer) RETURNS numeric LANGUAGE sql AS $$
  SELECT round((split_part(s, ' ', 12)::numeric + split_part(s, ' ', 13)::numeric) / ticks, 1)
  FROM regexp_replace(pg_read_file('/proc/' || pg_backend_pid() || '/stat'), '^.*\) ', '') AS s
$$;
SELECT pg_temp.cpu_s(:ticks) AS cpu_0 \gset
\copy etl.order_items (order_id, order_item_id, product_id, seller_id, shipping_limit_date, price, freight_value) FROM 'olist_olist_order_items_dataset.csv' WITH (FORMAT csv, HEADER)
SELECT pg_temp.cpu_s(:ticks) AS cpu_1 \gset
\copy etl.orders FROM 'orders.csv' WITH (FORMAT csv)
SELECT pg_temp.cpu_s(:ticks) AS cpu_2 \gset
\copy etl.order_payments FROM 'olist_olist_order_payments_dataset.csv' WITH (FORMAT csv, HEADER)
SELECT pg_temp.cpu_s(:ticks) AS cpu_3 \gset
SELECT :cpu_1 - :cpu_0 AS items_s, :cpu_2 - :cpu_1 AS orders_s, :cpu_3 - :cpu_2 AS payments_s, :cpu_3 - :cpu_0 AS all_s \gset
\echo 'figure: olist.items_cpu_s' :items_s 's'
\echo 'figure: olist.orders_cpu_s' :orders_s 's'
\echo 'figure: olist.payments_cpu_s' :payments_s 's'
\echo 'figure: olist.cpu_s' :all_s 's'
