-- Compares what the views say with FACTS-PUBLIC.md, which olist.sh has put into facts.tsv (id, value; without
-- thousands separators). Nothing here reads the loaded tables: all figures come out of meshline's views.
-- O28 and O29 (persons), O32 (products and sellers) are of tables that take no part.
\set ON_ERROR_STOP on
\pset format unaligned
\pset tuples_only on
CREATE TEMP TABLE fact (id text PRIMARY KEY, value text);
\copy fact FROM 'facts.tsv'

CREATE TEMP TABLE link AS
SELECT canonical_id, object, external_id FROM meshline.record_links;
CREATE TEMP TABLE side AS
SELECT s.canonical_id, s.anchor_value AS order_id, s.order_status, s.total_minor, s.captured_minor, s.payment_count,
       s.captured_minor - s.total_minor AS diff, COALESCE(l.lines, 0) AS lines, COALESCE(l.payments, 0) AS payments
FROM meshline.order_status AS s
LEFT JOIN (SELECT canonical_id, count(*) FILTER (WHERE object = 'order_line') AS lines,
                  count(*) FILTER (WHERE object = 'payment') AS payments
           FROM link GROUP BY canonical_id) AS l USING (canonical_id)
WHERE s.anchor_namespace = 'olist.order';
CREATE TEMP TABLE open_one AS
SELECT x.exception_id, x.canonical_id, x.reason_code, x.expected_minor, x.actual_minor, x.amount_at_risk_minor, s.order_id
FROM meshline.open_exceptions AS x LEFT JOIN side AS s USING (canonical_id);
-- What only the kept payloads tell: the states and payment types of the source.
CREATE TEMP TABLE kept AS
SELECT object, external_id, payload FROM meshline.event_payload WHERE outcome = 'applied';
CREATE TEMP TABLE kept_payment AS
SELECT external_id, payload ->> 'order_id' AS order_id, payload ->> 'payment_type' AS type,
       payload ->> 'payment_installments' AS installments, ((payload ->> 'payment_value')::numeric * 100)::bigint AS cents
FROM kept WHERE object = 'payment';
CREATE TEMP TABLE kept_line AS
SELECT external_id, payload ->> 'order_id' AS order_id, payload ->> 'seller_id' AS seller,
       (payload ->> 'freight_value')::numeric AS freight, ((payload ->> 'line_total')::numeric * 100)::bigint AS cents
FROM kept WHERE object = 'order_line';
CREATE TEMP TABLE kept_order AS
SELECT external_id AS order_id, payload ->> 'order_status' AS status, payload ->> 'order_delivered_customer_date' AS delivered,
       (payload ->> 'is_header_known')::boolean AS is_header_known
FROM kept WHERE object = 'order';
ANALYZE side, open_one, kept_payment, kept_line, kept_order;

CREATE TEMP TABLE result (place integer GENERATED ALWAYS AS IDENTITY, id text, title text, expected text, actual text);
-- Parts FROM_PART to TO_PART of a fact's value.
CREATE FUNCTION pg_temp.part(fact_id text, from_part integer, to_part integer) RETURNS text LANGUAGE sql AS $$
  SELECT array_to_string((string_to_array(value, ' / '))[from_part:to_part], ' / ') FROM fact WHERE id = fact_id
$$;

INSERT INTO result (id, title, expected, actual)
SELECT 'O01', 'rows: items, payments (record_links)', pg_temp.part('O01', 2, 3),
       concat_ws(' / ', count(*) FILTER (WHERE object = 'order_line'), count(*) FILTER (WHERE object = 'payment')) FROM link
UNION ALL
SELECT 'O02', 'orders: all, with items, with payments (order_status, record_links)', f.value,
       concat_ws(' / ', count(*), count(*) FILTER (WHERE lines > 0), count(*) FILTER (WHERE payments > 0))
FROM fact AS f, side WHERE f.id = 'O02' GROUP BY f.value
UNION ALL
SELECT 'O03', 'items but no payment: an open UNDERPAYMENT of all that is due (open_exceptions)', f.value,
       string_agg(concat_ws(' / ', x.order_id, k.status, x.amount_at_risk_minor), '<br>')
FROM fact AS f, open_one AS x JOIN side AS s USING (canonical_id) JOIN kept_order AS k ON k.order_id = x.order_id
WHERE f.id = 'O03' AND x.reason_code = 'UNDERPAYMENT' AND s.payments = 0 AND x.actual_minor = 0
  AND x.expected_minor = x.amount_at_risk_minor GROUP BY f.value
UNION ALL
SELECT 'O04', 'payment but no items: orders, paid cents (order_status)', f.value, concat_ws(' / ', count(*), sum(captured_minor))
FROM fact AS f, side WHERE f.id = 'O04' AND lines = 0 AND payments > 0 GROUP BY f.value
UNION ALL
SELECT 'O06', 'both sides: orders, equal, different (order_status)', f.value,
       concat_ws(' / ', count(*), count(*) FILTER (WHERE diff = 0), count(*) FILTER (WHERE diff <> 0))
FROM fact AS f, side WHERE f.id = 'O06' AND lines > 0 AND payments > 0 GROUP BY f.value
UNION ALL
SELECT 'O07', 'one cent apart: orders, under, over (order_status)', f.value,
       concat_ws(' / ', count(*), count(*) FILTER (WHERE diff < 0), count(*) FILTER (WHERE diff > 0))
FROM fact AS f, side WHERE f.id = 'O07' AND lines > 0 AND payments > 0 AND abs(diff) = 1 GROUP BY f.value
UNION ALL
SELECT 'O09', 'due and paid cents, of all orders and of those with both sides (order_status)', f.value,
       concat_ws(' / ', sum(total_minor), sum(captured_minor), sum(total_minor) FILTER (WHERE lines > 0 AND payments > 0),
                 sum(captured_minor) FILTER (WHERE lines > 0 AND payments > 0))
FROM fact AS f, side WHERE f.id = 'O09' GROUP BY f.value
UNION ALL
SELECT 'O12', 'the three largest overpayments (open_exceptions)', f.value,
       string_agg(concat_ws(' / ', x.order_id, x.expected_minor, x.actual_minor, x.amount_at_risk_minor), '<br>'
                  ORDER BY x.amount_at_risk_minor DESC)
FROM fact AS f, (SELECT o.* FROM open_one AS o JOIN side AS s USING (canonical_id)
                 WHERE o.reason_code IN ('OVERCAPTURE', 'DUPLICATE_PAYMENT') AND s.lines > 0
                 ORDER BY o.amount_at_risk_minor DESC LIMIT 3) AS x
WHERE f.id = 'O12' GROUP BY f.value
UNION ALL
SELECT 'O14', 'orders by state of the source (event_payload)', f.value,
       string_agg(concat_ws(' / ', k.status, k.orders), '<br>' ORDER BY k.orders DESC)
FROM fact AS f, (SELECT status, count(*) AS orders FROM kept_order GROUP BY status) AS k WHERE f.id = 'O14' GROUP BY f.value
UNION ALL
SELECT 'O15', 'cancelled (order_status), of them DELETED_OR_VOID_WITH_MONEY, and its cents (open_exceptions)', f.value,
       concat_ws(' / ', (SELECT count(*) FROM side WHERE order_status = 'voided'), count(*), sum(x.amount_at_risk_minor))
FROM fact AS f, open_one AS x WHERE f.id = 'O15' AND x.reason_code = 'DELETED_OR_VOID_WITH_MONEY' GROUP BY f.value
UNION ALL
SELECT 'O18', 'payments by type: rows, cents (event_payload)', f.value,
       string_agg(concat_ws(' / ', k.type, k.payments, k.cents), '<br>' ORDER BY k.payments DESC)
FROM fact AS f, (SELECT type, count(*) AS payments, sum(cents) AS cents FROM kept_payment GROUP BY type) AS k
WHERE f.id = 'O18' GROUP BY f.value
UNION ALL
SELECT 'O20', 'orders with several payments, most of one order (record_links)', f.value,
       concat_ws(' / ', count(*) FILTER (WHERE payments > 1), max(payments))
FROM fact AS f, side WHERE f.id = 'O20' GROUP BY f.value
UNION ALL
SELECT 'O22', 'orders with vouchers, with nothing else, with another type (event_payload)', f.value,
       concat_ws(' / ', count(*), count(*) FILTER (WHERE k.vouchers = k.payments), count(*) FILTER (WHERE k.vouchers < k.payments))
FROM fact AS f, (SELECT count(*) AS payments, count(*) FILTER (WHERE type = 'voucher') AS vouchers
                 FROM kept_payment GROUP BY order_id) AS k
WHERE f.id = 'O22' AND k.vouchers > 0 GROUP BY f.value;

CREATE TEMP TABLE look_alike AS
SELECT order_id, cents, count(*) AS n FROM kept_payment WHERE cents > 0 GROUP BY order_id, type, installments, cents HAVING count(*) > 1;
INSERT INTO result (id, title, expected, actual)
SELECT 'O24', 'payments that look alike: groups, surplus rows, surplus cents, orders (event_payload)', f.value,
       concat_ws(' / ', count(*), sum(n - 1), sum((n - 1) * cents), count(DISTINCT order_id))
FROM fact AS f, look_alike WHERE f.id = 'O24' GROUP BY f.value
UNION ALL
SELECT 'O24', 'orders that settle exactly and are reported as DUPLICATE_PAYMENT', '0', count(*)::text
FROM open_one AS x JOIN side AS s USING (canonical_id) WHERE x.reason_code = 'DUPLICATE_PAYMENT' AND s.diff = 0
UNION ALL
SELECT 'O27', 'exact repeats among items, payments (events applied)', f.value,
       concat_ws(' / ', pg_temp.part('O01', 2, 2)::bigint - count(*) FILTER (WHERE k.object = 'order_line'),
                 pg_temp.part('O01', 3, 3)::bigint - count(*) FILTER (WHERE k.object = 'payment'))
FROM fact AS f, kept AS k WHERE f.id = 'O27' GROUP BY f.value
UNION ALL
SELECT 'O35', 'orders of several sellers, of one, most sellers of one (event_payload)', f.value,
       concat_ws(' / ', count(*) FILTER (WHERE k.sellers > 1), count(*) FILTER (WHERE k.sellers = 1), max(k.sellers))
FROM fact AS f, (SELECT count(DISTINCT seller) AS sellers FROM kept_line GROUP BY order_id) AS k
WHERE f.id = 'O35' GROUP BY f.value
UNION ALL
SELECT 'O36', 'top three sellers: orders, cents (event_payload)', f.value,
       string_agg(concat_ws(' / ', k.seller, k.orders, k.cents), '<br>' ORDER BY k.cents DESC)
FROM fact AS f, (SELECT seller, count(DISTINCT order_id) AS orders, sum(cents) AS cents FROM kept_line
                 GROUP BY seller ORDER BY cents DESC LIMIT 3) AS k
WHERE f.id = 'O36' GROUP BY f.value
UNION ALL
SELECT 'O37', 'card payments of 0 installments, lines of freight 0 (event_payload)', f.value,
       concat_ws(' / ', (SELECT count(*) FROM kept_payment WHERE type = 'credit_card' AND installments = '0'),
                 (SELECT count(*) FROM kept_line WHERE freight = 0))
FROM fact AS f WHERE f.id = 'O37'
UNION ALL
SELECT 'O39', 'cancelled but delivered, delivered without a date (event_payload)', f.value,
       concat_ws(' / ', count(*) FILTER (WHERE status = 'canceled' AND delivered IS NOT NULL),
                 count(*) FILTER (WHERE status = 'delivered' AND is_header_known AND delivered IS NULL))
FROM fact AS f, kept_order WHERE f.id = 'O39' GROUP BY f.value;

-- Every live order that differs is one exception of the right reason and amount, and no other is. A cancelled
-- order owes nothing, so that its difference shows in order_status only; what it kept is O15's exception.
-- An order without items has a total of nothing, so that O04's live orders are overcaptured by all they paid
-- (three cancelled ones have a payment of 0.00, which is no money). The order of loading opens an UNDERPAYMENT for
-- nearly every order until its payment comes; all of those must be closed again.
CREATE TEMP TABLE due AS
SELECT order_id, total_minor AS expected_minor, captured_minor AS actual_minor, abs(diff) AS at_risk, lines,
       CASE WHEN diff < 0 THEN 'UNDERPAYMENT'
            WHEN payment_count >= 2 AND total_minor > 0 AND captured_minor >= 2 * total_minor THEN 'DUPLICATE_PAYMENT'
            ELSE 'OVERCAPTURE' END AS reason_code
FROM side WHERE order_status <> 'voided' AND diff <> 0;
CREATE TEMP TABLE found AS
SELECT x.order_id, x.expected_minor, x.actual_minor, x.amount_at_risk_minor AS at_risk, s.lines, x.reason_code
FROM open_one AS x JOIN side AS s USING (canonical_id)
WHERE x.reason_code IN ('UNDERPAYMENT', 'OVERCAPTURE', 'DUPLICATE_PAYMENT');
INSERT INTO result (id, title, expected, actual)
SELECT 'O06', 'live orders that differ, as exceptions, and cancelled ones, as order_status', pg_temp.part('O06', 3, 3),
       ((SELECT count(DISTINCT x.order_id) FROM found AS x JOIN side AS s USING (order_id) WHERE s.lines > 0 AND s.payments > 0)
        + (SELECT count(*) FROM side WHERE order_status = 'voided' AND lines > 0 AND payments > 0 AND diff <> 0))::text
UNION ALL
SELECT 'O06', 'live orders that differ and are not reported to the cent', '0', count(*)::text FROM (TABLE due EXCEPT ALL TABLE found) AS d
UNION ALL
SELECT 'O06', 'reported orders that do not differ so', '0', count(*)::text FROM (TABLE found EXCEPT ALL TABLE due) AS d
UNION ALL
SELECT 'O04', 'orders without items: exceptions, with those that paid nothing, and their cents (open_exceptions)', f.value,
       concat_ws(' / ', count(*) + (SELECT count(*) FROM side WHERE lines = 0 AND payments > 0 AND captured_minor = 0),
                 sum(x.amount_at_risk_minor))
FROM fact AS f, open_one AS x JOIN side AS s USING (canonical_id) WHERE f.id = 'O04' AND s.lines = 0 GROUP BY f.value
UNION ALL
SELECT 'all', 'open exceptions of other reasons, or of no order', '0', count(*)::text FROM open_one
WHERE order_id IS NULL OR reason_code NOT IN ('UNDERPAYMENT', 'OVERCAPTURE', 'DUPLICATE_PAYMENT', 'DELETED_OR_VOID_WITH_MONEY')
UNION ALL
SELECT 'all', 'payloads unreadable, stale, repeated, held or pending (connector_health)', '0',
       sum(invalid + stale + repeats + held + pending)::text FROM meshline.connector_health
UNION ALL
SELECT 'all', 'lines of the exception history that do not verify', '0', count(*)::text FROM meshline.verify_history();

SELECT CASE WHEN actual IS NOT DISTINCT FROM expected THEN format('ok %s %s: %s', id, title, actual)
            ELSE format('FAILED %s %s: expected %s got %s', id, title, expected, actual) END
FROM result ORDER BY id = 'all', id, place;
SELECT format('note: %s open %s, %s closed, %s at risk', count(*) FILTER (WHERE closed_at IS NULL), reason_code,
              count(*) FILTER (WHERE closed_at IS NOT NULL), sum(amount_at_risk) FILTER (WHERE closed_at IS NULL))
FROM meshline.exceptions GROUP BY reason_code ORDER BY reason_code;
SELECT format('note: DUPLICATE_PAYMENT %s, due %s, paid %s in %s payments%s', x.order_id, s.total_minor, s.captured_minor, s.payments,
              CASE WHEN EXISTS (SELECT FROM look_alike AS l WHERE l.order_id = x.order_id) THEN ', some alike' END)
FROM open_one AS x JOIN side AS s USING (canonical_id) WHERE x.reason_code = 'DUPLICATE_PAYMENT' ORDER BY x.order_id;
