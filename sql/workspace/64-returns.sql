-- What comes back, and what there is.

CREATE VIEW meshline.return_insights AS
WITH refund AS (
  -- A store may tell of one refund in a document and in its transactions: the documents count where there are any.
  SELECT d.merchant_id, d.connection_id, d.connector, d.canonical_id, d.event_id, d.payload_path, d.currency, d.occurred_at,
         COALESCE(d.amount_minor, m.amount_minor) AS amount_minor
  FROM (
    SELECT r.*, n.connector,
           pg_catalog.rank() OVER (PARTITION BY r.merchant_id, r.canonical_id, r.connection_id ORDER BY r.object <> 'refund', r.is_summary) AS place
    FROM meshline.record AS r
    JOIN meshline.connection AS n ON n.merchant_id = r.merchant_id AND n.connection_id = r.connection_id
    JOIN meshline.connector AS c ON c.connector = n.connector AND c.role IN ('store', 'marketplace')
    WHERE r.kind = 'refund' AND r.status IN ('paid', 'partially_refunded', 'refunded') AND NOT r.is_test AND r.problems IS NULL
  ) AS d
  LEFT JOIN meshline.refund_documents AS m ON m.merchant_id = d.merchant_id AND m.connection_id = d.connection_id AND m.object = d.object AND m.external_id = d.external_id
  WHERE d.place = 1
), document AS (
  SELECT p.event_id, COALESCE(p.payload -> 'refund', p.payload -> 'data', p.payload) AS body
  FROM meshline.event_payload AS p WHERE p.object = 'refund' AND p.payload IS NOT NULL
), line AS (
  SELECT f.event_id, f.currency, NULLIF(COALESCE(i.item #>> '{line_item,sku}', i.item ->> 'sku'), '') AS sku,
         CASE WHEN i.item ->> 'quantity' ~ '^-?\d{1,9}$' THEN pg_catalog.abs((i.item ->> 'quantity')::bigint) END AS quantity,
         CASE WHEN a.amount ~ '^-?\d{1,12}(\.\d{1,8})?$'
              THEN pg_catalog.round(pg_catalog.abs(a.amount::numeric) * 10 ^ COALESCE(meshline.currency_exponent(f.currency), 2))::bigint ELSE 0 END AS amount_minor
  FROM refund AS f
  JOIN document AS d ON d.event_id = f.event_id AND f.payload_path = ''
  CROSS JOIN LATERAL (
    SELECT e.item FROM pg_catalog.jsonb_path_query(d.body, '$.refund_line_items[*]') AS e (item)
    UNION ALL SELECT e.item FROM pg_catalog.jsonb_path_query(d.body, '$.line_items[*]') AS e (item)
  ) AS i
  CROSS JOIN LATERAL (SELECT COALESCE(i.item #>> '{subtotal_set,shop_money,amount}', i.item ->> 'subtotal', i.item ->> 'total') AS amount) AS a
), part AS (
  SELECT f.merchant_id, f.connection_id, f.connector, f.canonical_id, f.event_id, f.currency, f.occurred_at,
         NULLIF(COALESCE(d.body ->> 'note', d.body ->> 'reason'), '') AS reason, l.sku, l.quantity, l.amount_minor
  FROM refund AS f
  LEFT JOIN document AS d ON d.event_id = f.event_id AND f.payload_path = ''
  CROSS JOIN LATERAL (
    SELECT g.sku, g.quantity, g.amount_minor FROM line AS g WHERE g.event_id = f.event_id AND f.payload_path = ''
    UNION ALL
    -- What no line explains: shipping, taxes, or the whole.
    SELECT NULL, NULL, COALESCE(f.amount_minor, 0)
      - COALESCE((SELECT pg_catalog.sum(g.amount_minor) FROM line AS g WHERE g.event_id = f.event_id AND f.payload_path = ''), 0)::bigint
  ) AS l
  WHERE l.sku IS NOT NULL OR l.amount_minor <> 0
), sold AS (
  SELECT o.merchant_id, o.connection_id, pg_catalog.date_trunc('month', o.occurred_at AT TIME ZONE m.time_zone)::date AS month,
         pg_catalog.count(DISTINCT o.canonical_id) AS orders
  FROM meshline.record AS o
  JOIN meshline.merchant AS m ON m.merchant_id = o.merchant_id
  WHERE o.kind = 'order' AND NOT o.is_test AND o.status NOT IN ('failed', 'voided', 'deleted')
  GROUP BY o.merchant_id, o.connection_id, 3
)
SELECT
  b.merchant_id,
  b.connection_id,
  b.system,
  b.month,
  b.sku,
  b.reason,
  b.currency,
  b.returned_orders,
  b.quantity,
  b.refunded_minor,
  meshline.major_units(b.refunded_minor, b.currency) AS refunded,
  COALESCE(s.orders, 0) AS orders,
  pg_catalog.round(b.returned_orders::numeric / NULLIF(s.orders, 0), 4) AS return_rate
FROM (
  SELECT p.merchant_id, p.connection_id, p.connector AS system, pg_catalog.date_trunc('month', p.occurred_at AT TIME ZONE m.time_zone)::date AS month,
         p.sku, p.reason, p.currency, pg_catalog.count(DISTINCT p.canonical_id) AS returned_orders, meshline._saturated(pg_catalog.sum(p.quantity)) AS quantity,
         meshline._saturated(pg_catalog.sum(p.amount_minor)) AS refunded_minor
  FROM part AS p
  JOIN meshline.merchant AS m ON m.merchant_id = p.merchant_id
  GROUP BY p.merchant_id, p.connection_id, p.connector, 4, p.sku, p.reason, p.currency
) AS b
LEFT JOIN sold AS s ON s.merchant_id = b.merchant_id AND s.connection_id = b.connection_id AND s.month = b.month;
COMMENT ON VIEW meshline.return_insights IS
  'What was given back, per store and month of the refund, by article and reason where a refund came with them, else in one row: refunds inside an order''s payload name neither here.';
COMMENT ON COLUMN meshline.return_insights.month IS 'First day of the month of the refund, in the merchant''s time zone.';
COMMENT ON COLUMN meshline.return_insights.sku IS 'The article; null for what is no article''s: shipping, taxes, refunds without lines.';
COMMENT ON COLUMN meshline.return_insights.reason IS 'As the store noted it.';
COMMENT ON COLUMN meshline.return_insights.quantity IS 'Pieces that came back.';
COMMENT ON COLUMN meshline.return_insights.orders IS 'Orders of the store in that month.';
COMMENT ON COLUMN meshline.return_insights.return_rate IS 'Orders with such a refund in the month, beside the orders of the month.';
COMMENT ON COLUMN meshline.return_insights.refunded IS 'In major units of currency.';

CREATE VIEW meshline.inventory_position AS
SELECT
  r.merchant_id,
  r.connection_id,
  n.connector AS system,
  pg_catalog.split_part(r.external_id, ':', 1) AS inventory_item_id,
  pg_catalog.split_part(r.external_id, ':', 2) AS location_id,
  q.available,
  q.available < 0 AS is_oversold,
  r.occurred_at AS updated_at
FROM meshline.record AS r
JOIN meshline.connection AS n ON n.merchant_id = r.merchant_id AND n.connection_id = r.connection_id
LEFT JOIN LATERAL (SELECT i.available FROM pg_catalog.json_to_recordset(r.items) AS i (available bigint) LIMIT 1) AS q ON true
WHERE r.kind = 'stock_movement' AND r.object = 'inventory_level' AND NOT r.is_test AND r.status <> 'deleted';
COMMENT ON VIEW meshline.inventory_position IS 'How much of each inventory item a store has at each location, by the newest level that it told of.';
COMMENT ON COLUMN meshline.inventory_position.available IS 'Pieces that can be sold; null where the level does not say.';
COMMENT ON COLUMN meshline.inventory_position.is_oversold IS 'More is promised than there is.';

CREATE VIEW meshline.stock_proof AS
WITH piece AS (
  SELECT r.merchant_id, r.canonical_id, r.kind, i.line, i.sku, i.quantity, i.returned
  FROM meshline.record AS r
  CROSS JOIN LATERAL pg_catalog.json_to_recordset(r.items) AS i (line text, sku text, quantity bigint, returned text)
  WHERE r.kind IN ('order', 'fulfillment', 'refund', 'stock_movement') AND r.items IS NOT NULL AND NOT r.is_test AND r.problems IS NULL
    AND r.status NOT IN ('failed', 'voided', 'deleted') AND (r.kind <> 'refund' OR r.status <> 'pending') AND i.quantity IS NOT NULL
), line AS (
  SELECT DISTINCT ON (p.merchant_id, p.canonical_id, p.line) p.merchant_id, p.canonical_id, p.line, p.sku
  FROM piece AS p
  WHERE p.kind = 'order' AND p.line IS NOT NULL AND p.sku IS NOT NULL
  ORDER BY p.merchant_id, p.canonical_id, p.line, p.sku
)
SELECT
  a.merchant_id,
  a.sku,
  a.ordered,
  a.shipped,
  a.given_back,
  a.restocked,
  a.moved,
  a.moved - (a.restocked - a.shipped) AS unexplained
FROM (
  SELECT p.merchant_id, COALESCE(p.sku, l.sku) AS sku,
         meshline._saturated(COALESCE(pg_catalog.sum(p.quantity) FILTER (WHERE p.kind = 'order'), 0)) AS ordered,
         meshline._saturated(COALESCE(pg_catalog.sum(p.quantity) FILTER (WHERE p.kind = 'fulfillment'), 0)) AS shipped,
         meshline._saturated(COALESCE(pg_catalog.sum(p.quantity) FILTER (WHERE p.kind = 'refund'), 0)) AS given_back,
         meshline._saturated(COALESCE(pg_catalog.sum(p.quantity) FILTER (WHERE p.kind = 'refund' AND p.returned = 'restocked'), 0)) AS restocked,
         meshline._saturated(pg_catalog.sum(p.quantity) FILTER (WHERE p.kind = 'stock_movement')) AS moved
  FROM piece AS p
  LEFT JOIN line AS l ON l.merchant_id = p.merchant_id AND l.canonical_id = p.canonical_id AND l.line = p.line
  GROUP BY p.merchant_id, COALESCE(p.sku, l.sku)
) AS a
WHERE a.sku IS NOT NULL;
COMMENT ON VIEW meshline.stock_proof IS
  'Per article, the pieces that orders, shipments and refunds name beside the movements of stock: what is unexplained left or came back without a movement, or moved without either.';
COMMENT ON COLUMN meshline.stock_proof.sku IS 'As the stores write it; of a shipment or refund that names only the order''s line, the line''s.';
COMMENT ON COLUMN meshline.stock_proof.ordered IS 'Pieces of orders that are not void.';
COMMENT ON COLUMN meshline.stock_proof.shipped IS 'Pieces that shipments carried.';
COMMENT ON COLUMN meshline.stock_proof.given_back IS 'Pieces that were refunded, whatever became of them.';
COMMENT ON COLUMN meshline.stock_proof.restocked IS 'Of those, the ones meant to be sold again.';
COMMENT ON COLUMN meshline.stock_proof.moved IS 'Pieces put into stocks less pieces taken out, by movements that say so; null where there is none.';
COMMENT ON COLUMN meshline.stock_proof.unexplained IS 'Moved, less restocked less shipped: 0 where stock and papers agree; null without movements.';
