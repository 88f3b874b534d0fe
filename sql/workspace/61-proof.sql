-- Whether the money comes out even: per payout, and per account and currency.

CREATE VIEW meshline.refund_documents AS
SELECT
  r.merchant_id,
  r.connection_id,
  n.connector AS system,
  r.object,
  r.external_id,
  r.canonical_id,
  r.status,
  r.occurred_at,
  r.currency,
  COALESCE(r.amount_minor, meshline._saturated(t.amount_minor)) AS amount_minor,
  meshline.major_units(COALESCE(r.amount_minor, meshline._saturated(t.amount_minor)), r.currency) AS amount,
  r.event_id,
  r.payload_path
FROM meshline.record AS r
JOIN meshline.connection AS n ON n.merchant_id = r.merchant_id AND n.connection_id = r.connection_id
LEFT JOIN LATERAL (
  SELECT pg_catalog.sum(m.amount_minor) AS amount_minor
  FROM meshline.record AS m
  WHERE m.merchant_id = r.merchant_id AND m.canonical_id = r.canonical_id AND m.connection_id = r.connection_id AND m.kind = 'refund'
    AND m.currency = r.currency AND NOT m.is_summary AND NOT m.is_test AND m.problems IS NULL
    AND m.status IN ('paid', 'refunded', 'partially_refunded') AND m.ref_ids && r.same_ids
) AS t ON r.amount_minor IS NULL
WHERE r.kind = 'refund' AND r.is_summary AND NOT r.is_test AND r.problems IS NULL;
COMMENT ON VIEW meshline.refund_documents IS
  'Refunds as stores document them, each with its money: as the document states it, else as the transactions do that name it.';
COMMENT ON COLUMN meshline.refund_documents.amount_minor IS 'In minor units; null while neither states any.';
COMMENT ON COLUMN meshline.refund_documents.payload_path IS 'Where in its event''s payload the document stands; empty: it is the payload.';

CREATE VIEW meshline.payout_proof AS
SELECT
  p.merchant_id,
  p.canonical_id,
  n.connector AS system,
  p.external_id AS payout,
  p.status,
  p.occurred_at,
  p.currency,
  p.amount_minor AS paid_minor,
  COALESCE(l.net_minor, 0) AS lines_minor,
  COALESCE(l.gross_minor, 0) AS gross_minor,
  COALESCE(l.fee_minor, 0) AS fee_minor,
  COALESCE(l.lines, 0) AS lines,
  p.amount_minor - COALESCE(l.net_minor, 0) AS residual_minor,
  meshline.major_units(p.amount_minor, p.currency) AS paid,
  meshline.major_units(COALESCE(l.net_minor, 0), p.currency) AS lines_amount,
  meshline.major_units(p.amount_minor - COALESCE(l.net_minor, 0), p.currency) AS residual
FROM meshline.record AS p
JOIN meshline.connection AS n ON n.merchant_id = p.merchant_id AND n.connection_id = p.connection_id
LEFT JOIN LATERAL (
  SELECT meshline._saturated(pg_catalog.sum(COALESCE(s.net_minor, s.amount_minor))) AS net_minor, meshline._saturated(pg_catalog.sum(s.amount_minor)) AS gross_minor,
         meshline._saturated(pg_catalog.sum(s.fee_minor)) AS fee_minor, pg_catalog.count(*) AS lines
  FROM meshline.record AS s
  WHERE s.merchant_id = p.merchant_id AND s.payout_id = p.canonical_id AND s.kind = 'settlement_line' AND NOT s.is_test AND s.problems IS NULL
    AND s.status NOT IN ('failed', 'voided', 'deleted') AND s.currency = p.currency
) AS l ON true
WHERE p.kind = 'payout' AND NOT p.is_test AND p.problems IS NULL;
COMMENT ON VIEW meshline.payout_proof IS 'Each payout beside the sum of its settlement lines: the residual is what the lines do not explain.';
COMMENT ON COLUMN meshline.payout_proof.lines_minor IS 'Sum of the net amounts of its lines in its currency, in minor units.';
COMMENT ON COLUMN meshline.payout_proof.residual IS 'Paid less the lines, in major units of currency; 0 where the payout is explained to the cent.';

CREATE VIEW meshline.conservation_proof AS
WITH money AS (
  SELECT r.merchant_id, r.connection_id, r.currency, r.kind, r.status IN ('paid', 'refunded', 'partially_refunded') AS has_moved,
         r.status IN ('failed', 'voided', 'deleted') AS is_dead, r.status = 'pending' AS is_pending, r.posting_type, COALESCE(r.processor, '') = '' AS is_own,
         r.amount_minor, r.fee_minor, r.net_minor, NULL::numeric AS restated_minor, false AS is_summary
  FROM meshline.record AS r
  WHERE NOT r.is_summary AND NOT r.is_test AND r.problems IS NULL AND r.currency IS NOT NULL
  UNION ALL
  -- A summary beside what it restates in its own account: what names it, else what names none and has its amount. That counts; where
  -- nothing else there tells of the money, the summary does.
  SELECT r.merchant_id, r.connection_id, r.currency, r.kind, r.status IN ('paid', 'refunded', 'partially_refunded'), r.status IN ('failed', 'voided', 'deleted'),
         r.status = 'pending', r.posting_type, COALESCE(r.processor, '') = '', r.amount_minor, r.fee_minor, r.net_minor, o.amount_minor, r.kind = 'posting' OR o.amount_minor IS NOT NULL
  FROM meshline.record AS r
  CROSS JOIN LATERAL (
    SELECT COALESCE(pg_catalog.sum(m.amount_minor) FILTER (WHERE m.same_ids && r.same_ids OR m.ref_ids && r.same_ids),
                    pg_catalog.min(m.amount_minor) FILTER (WHERE m.amount_minor = r.amount_minor AND NOT EXISTS (
                      SELECT FROM pg_catalog.unnest(m.same_ids || m.ref_ids) AS i (id)
                      JOIN pg_catalog.unnest(r.same_ids) AS s (id) ON pg_catalog.split_part(s.id, '/', 1) = pg_catalog.split_part(i.id, '/', 1)))) AS amount_minor
    FROM meshline.record AS m
    WHERE m.merchant_id = r.merchant_id AND m.canonical_id = r.canonical_id AND m.connection_id = r.connection_id AND m.kind = r.kind
      AND m.currency = r.currency AND NOT m.is_summary AND NOT m.is_test AND m.problems IS NULL AND m.status IN ('paid', 'refunded', 'partially_refunded')
  ) AS o
  WHERE r.is_summary AND NOT r.is_test AND r.problems IS NULL AND r.currency IS NOT NULL
  UNION ALL
  -- What is stated in the buyer's currency beside the amount counts in none of the sums, and has a row to stand in.
  SELECT r.merchant_id, r.connection_id, r.presentment_currency, 'presentment', false, false, false, NULL, false, NULL, NULL, NULL, NULL, false
  FROM meshline.record AS r
  WHERE r.presentment_minor IS NOT NULL AND r.kind = 'order' AND NOT r.is_test AND r.problems IS NULL
), account AS (
  -- Sums stay numeric: amounts near the end of bigint must not make the view fail for all the other accounts.
  SELECT r.merchant_id, r.connection_id, r.currency,
         COALESCE(pg_catalog.sum(r.amount_minor) FILTER (WHERE r.kind = 'payment' AND NOT r.is_summary AND r.has_moved), 0) AS captured_minor,
         COALESCE(pg_catalog.sum(r.amount_minor) FILTER (WHERE r.kind = 'refund' AND NOT r.is_summary AND r.has_moved), 0) AS refunded_minor,
         COALESCE(pg_catalog.sum(CASE r.kind WHEN 'payment' THEN r.amount_minor ELSE -r.amount_minor::numeric END)
                  FILTER (WHERE r.kind IN ('payment', 'refund') AND r.is_own AND NOT r.is_summary AND r.has_moved), 0) AS own_moved_minor,
         COALESCE(pg_catalog.sum(r.amount_minor - r.restated_minor) FILTER (WHERE r.kind IN ('payment', 'refund') AND r.is_summary AND r.has_moved), 0) AS restated_minor,
         pg_catalog.sum(CASE r.kind WHEN 'fee' THEN r.amount_minor ELSE r.fee_minor END)
           FILTER (WHERE r.kind IN ('payment', 'refund', 'dispute', 'fee') AND NOT r.is_summary AND (r.has_moved OR r.kind = 'dispute' AND r.is_pending)) AS stated_fee_minor,
         COALESCE(pg_catalog.sum(CASE r.kind WHEN 'payment' THEN r.amount_minor ELSE -r.amount_minor::numeric END - COALESCE(r.fee_minor, 0) - r.net_minor)
                  FILTER (WHERE r.kind IN ('payment', 'refund', 'dispute') AND NOT r.is_summary AND (r.has_moved OR r.kind = 'dispute' AND r.is_pending)), 0) AS moved_residual_minor,
         pg_catalog.count(*) FILTER (WHERE r.kind IN ('settlement_line', 'payout')) > 0 AS has_settlement,
         COALESCE(pg_catalog.sum(r.amount_minor) FILTER (WHERE r.kind = 'settlement_line' AND NOT r.is_dead), 0) AS settled_minor,
         COALESCE(pg_catalog.sum(r.fee_minor) FILTER (WHERE r.kind = 'settlement_line' AND NOT r.is_dead), 0) AS fee_minor,
         COALESCE(pg_catalog.sum(COALESCE(r.net_minor, r.amount_minor::numeric - COALESCE(r.fee_minor, 0)))
                  FILTER (WHERE r.kind = 'settlement_line' AND NOT r.is_dead), 0) AS net_minor,
         COALESCE(pg_catalog.sum(r.amount_minor) FILTER (WHERE r.kind = 'payout' AND (r.has_moved OR r.is_pending)), 0) AS paid_out_minor,
         COALESCE(pg_catalog.sum(r.amount_minor) FILTER (WHERE r.kind = 'dispute' AND (r.has_moved OR r.is_pending)), 0) AS disputed_minor,
         COALESCE(pg_catalog.sum(r.amount_minor) FILTER (WHERE r.kind = 'order' AND NOT r.is_dead), 0) AS ordered_minor,
         COALESCE(pg_catalog.sum(CASE r.posting_type WHEN 'sale' THEN r.amount_minor ELSE -r.amount_minor::numeric END)
                  FILTER (WHERE r.kind = 'posting' AND r.posting_type IN ('sale', 'refund') AND NOT r.is_summary AND r.has_moved), 0) AS posted_minor,
         COALESCE(pg_catalog.sum(r.amount_minor) FILTER (WHERE r.kind = 'posting' AND r.posting_type = 'payment' AND NOT r.is_summary AND r.has_moved), 0) AS applied_minor,
         COALESCE(pg_catalog.sum(r.amount_minor) FILTER (WHERE r.kind = 'posting' AND r.posting_type = 'sale' AND r.is_summary AND r.has_moved), 0) AS announced_minor,
         COALESCE(pg_catalog.sum(r.amount_minor) FILTER (WHERE r.kind = 'bank_line' AND NOT r.is_dead), 0) AS received_minor,
         pg_catalog.count(*) FILTER (WHERE r.kind = 'bank_line') > 0 AS has_bank_line
  FROM money AS r
  GROUP BY r.merchant_id, r.connection_id, r.currency
), of_orders AS (
  -- What was captured and refunded, each movement once, of the orders that an account holds; what the orders come to whose
  -- sale, refund, payment or sales order it books.
  SELECT o.merchant_id, o.connection_id, o.currency,
         pg_catalog.sum(o.captured_minor::numeric - o.refunded_minor) FILTER (WHERE o.is_order) AS collected_minor,
         COALESCE(pg_catalog.sum(o.total_minor) FILTER (WHERE o.is_sale), 0) - COALESCE(pg_catalog.sum(o.refunded_minor) FILTER (WHERE o.is_refund), 0) AS to_post_minor,
         pg_catalog.sum(o.captured_minor) FILTER (WHERE o.is_payment) AS to_apply_minor,
         pg_catalog.sum(o.total_minor) FILTER (WHERE o.is_announced) AS to_announce_minor
  FROM (
    SELECT r.merchant_id, r.connection_id, c.canonical_id, c.currency, c.captured_minor, c.refunded_minor, c.total_minor,
           pg_catalog.bool_or(r.kind = 'order') AS is_order, pg_catalog.bool_or(r.posting_type = 'sale' AND NOT r.is_summary) AS is_sale,
           pg_catalog.bool_or(r.posting_type = 'refund') AS is_refund, pg_catalog.bool_or(r.posting_type = 'payment') AS is_payment,
           pg_catalog.bool_or(r.posting_type = 'sale' AND r.is_summary) AS is_announced
    FROM meshline.record AS r
    JOIN meshline.canonical AS c ON c.merchant_id = r.merchant_id AND c.canonical_id = r.canonical_id AND c.kind = 'order'
    WHERE NOT r.is_test AND r.problems IS NULL AND r.currency = c.currency
      AND (r.kind = 'order' AND r.status NOT IN ('failed', 'voided', 'deleted')
           OR r.kind = 'posting' AND r.status = 'paid' AND (r.posting_type IN ('refund', 'payment') AND NOT r.is_summary OR r.posting_type = 'sale'))
    GROUP BY r.merchant_id, r.connection_id, c.canonical_id, c.currency, c.captured_minor, c.refunded_minor, c.total_minor
  ) AS o
  GROUP BY o.merchant_id, o.connection_id, o.currency
), stated AS (
  -- What is said of amounts beside the amounts themselves, each kind of it against what else says the same.
  -- An authorization less the captures and voids that name it; what a capture let go of its own.
  SELECT r.merchant_id, r.connection_id, r.currency, 'unused' AS difference,
         CASE r.status WHEN 'authorized' THEN r.amount_minor::numeric - COALESCE(u.amount_minor, 0) ELSE r.parts[7]::numeric - r.amount_minor END AS minor
  FROM meshline.record AS r
  LEFT JOIN LATERAL (
    SELECT pg_catalog.sum(m.amount_minor) AS amount_minor
    FROM meshline.record AS m
    WHERE m.merchant_id = r.merchant_id AND m.canonical_id = r.canonical_id AND m.connection_id = r.connection_id AND m.kind = 'payment'
      AND m.currency = r.currency AND NOT m.is_summary AND NOT m.is_test AND m.problems IS NULL
      AND m.status IN ('paid', 'refunded', 'partially_refunded', 'voided') AND (m.same_ids && r.same_ids OR m.ref_ids && r.same_ids)
  ) AS u ON r.status = 'authorized'
  WHERE r.kind = 'payment' AND NOT r.is_summary AND NOT r.is_test AND r.problems IS NULL AND r.currency IS NOT NULL
    AND (r.status = 'authorized' OR r.parts[7] IS NOT NULL AND r.status IN ('paid', 'refunded', 'partially_refunded'))
  UNION ALL
  -- An order beside its lines, a refund beside what came back.
  SELECT r.merchant_id, r.connection_id, r.currency, 'unitemized',
         CASE r.kind WHEN 'order' THEN r.amount_minor::numeric - l.amount_minor - r.parts[1] - r.parts[2] + r.parts[3] - COALESCE(r.parts[4], 0)
                     ELSE COALESCE(r.amount_minor, d.amount_minor)::numeric - l.amount_minor - COALESCE(r.parts[1], 0) END
  FROM meshline.record AS r
  CROSS JOIN LATERAL (
    SELECT pg_catalog.sum(i.amount_minor) AS amount_minor FROM pg_catalog.json_to_recordset(r.items) AS i (amount_minor numeric)
    HAVING pg_catalog.bool_and(i.amount_minor IS NOT NULL)
  ) AS l
  LEFT JOIN meshline.refund_documents AS d ON d.merchant_id = r.merchant_id AND d.connection_id = r.connection_id AND d.object = r.object AND d.external_id = r.external_id
  WHERE r.kind IN ('order', 'refund') AND r.items IS NOT NULL AND NOT r.is_test AND r.problems IS NULL AND r.currency IS NOT NULL
    AND r.status NOT IN ('failed', 'voided', 'deleted')
  UNION ALL
  SELECT r.merchant_id, r.connection_id, r.currency, 'edited', r.parts[6]::numeric - r.amount_minor
  FROM meshline.record AS r
  WHERE r.kind = 'order' AND r.parts[6] IS NOT NULL AND NOT r.is_test AND r.problems IS NULL AND r.currency IS NOT NULL
    AND r.status NOT IN ('failed', 'voided', 'deleted')
  UNION ALL
  -- In the currency that the buyer saw: an order less the payments and refunds that are in it, or state it beside their own.
  SELECT r.merchant_id, r.connection_id, r.presentment_currency, 'uncollected_presentment', r.presentment_minor - COALESCE(m.amount_minor, 0)
  FROM meshline.record AS r
  LEFT JOIN LATERAL (
    SELECT pg_catalog.sum(CASE p.kind WHEN 'payment' THEN 1 ELSE -1 END
                          * CASE WHEN p.currency = r.presentment_currency THEN p.amount_minor ELSE p.presentment_minor END::numeric) AS amount_minor
    FROM meshline.record AS p
    WHERE p.merchant_id = r.merchant_id AND p.canonical_id = r.canonical_id AND p.connection_id = r.connection_id AND p.kind IN ('payment', 'refund')
      AND r.presentment_currency IN (p.currency, p.presentment_currency) AND NOT p.is_summary AND NOT p.is_test AND p.problems IS NULL
      AND p.status IN ('paid', 'refunded', 'partially_refunded')
  ) AS m ON true
  WHERE r.kind = 'order' AND r.presentment_minor IS NOT NULL AND NOT r.is_test AND r.problems IS NULL AND r.status NOT IN ('failed', 'voided', 'deleted')
  UNION ALL
  SELECT r.merchant_id, r.connection_id, r.currency, 'misstated_tip', r.parts[4]::numeric - COALESCE(o.tip_minor, 0)
  FROM meshline.record AS r
  LEFT JOIN LATERAL (
    SELECT pg_catalog.max(m.parts[4]) AS tip_minor
    FROM meshline.record AS m
    WHERE m.merchant_id = r.merchant_id AND m.canonical_id = r.canonical_id AND m.kind = 'order' AND m.currency = r.currency AND NOT m.is_test AND m.problems IS NULL
  ) AS o ON true
  WHERE r.kind = 'payment' AND r.parts[4] IS NOT NULL AND NOT r.is_test AND r.problems IS NULL AND r.currency IS NOT NULL
    AND r.status IN ('paid', 'refunded', 'partially_refunded')
  UNION ALL
  -- The sales of an order in a ledger, invoices and sales orders each for themselves, beside each record of the order that states the same.
  SELECT b.merchant_id, b.connection_id, b.currency, d.difference, b.parts[d.part] - o.parts[d.part]
  FROM (
    SELECT r.merchant_id, r.connection_id, r.canonical_id, r.currency,
           ARRAY[pg_catalog.sum(r.parts[1]), pg_catalog.sum(r.parts[2]), pg_catalog.sum(r.parts[3])] AS parts
    FROM meshline.record AS r
    WHERE r.kind = 'posting' AND r.posting_type = 'sale' AND r.parts IS NOT NULL AND NOT r.is_test AND r.problems IS NULL AND r.currency IS NOT NULL AND r.status = 'paid'
    GROUP BY r.merchant_id, r.connection_id, r.canonical_id, r.currency, r.is_summary
  ) AS b
  JOIN meshline.record AS o ON o.merchant_id = b.merchant_id AND o.canonical_id = b.canonical_id AND o.currency = b.currency
    AND o.kind = 'order' AND o.parts IS NOT NULL AND NOT o.is_test AND o.problems IS NULL AND o.status NOT IN ('failed', 'voided', 'deleted')
  CROSS JOIN (VALUES (1, 'misposted_tax'), (2, 'misposted_shipping'), (3, 'misposted_discount')) AS d (part, difference)
), apart AS (
  SELECT s.merchant_id, s.connection_id, s.currency,
         pg_catalog.sum(s.minor) FILTER (WHERE s.difference = 'unused') AS unused_minor,
         pg_catalog.sum(s.minor) FILTER (WHERE s.difference = 'unitemized') AS unitemized_minor,
         pg_catalog.sum(s.minor) FILTER (WHERE s.difference = 'edited') AS edited_minor,
         pg_catalog.sum(s.minor) FILTER (WHERE s.difference = 'uncollected_presentment') AS uncollected_presentment_minor,
         pg_catalog.sum(s.minor) FILTER (WHERE s.difference = 'misstated_tip') AS misstated_tip_minor,
         pg_catalog.sum(s.minor) FILTER (WHERE s.difference = 'misposted_tax') AS misposted_tax_minor,
         pg_catalog.sum(s.minor) FILTER (WHERE s.difference = 'misposted_shipping') AS misposted_shipping_minor,
         pg_catalog.sum(s.minor) FILTER (WHERE s.difference = 'misposted_discount') AS misposted_discount_minor
  FROM stated AS s
  GROUP BY s.merchant_id, s.connection_id, s.currency
), transfer AS (
  SELECT a.merchant_id, a.currency, pg_catalog.sum(a.paid_out_minor) FILTER (WHERE c.role IN ('store', 'processor', 'marketplace')) AS paid_out_minor,
         pg_catalog.sum(a.received_minor) FILTER (WHERE c.role = 'bank') AS received_minor
  FROM account AS a
  JOIN meshline.connection AS n ON n.merchant_id = a.merchant_id AND n.connection_id = a.connection_id
  JOIN meshline.connector AS c ON c.connector = n.connector
  GROUP BY a.merchant_id, a.currency
)
SELECT
  a.merchant_id,
  a.connection_id,
  n.connector AS system,
  a.currency,
  a.captured_minor,
  a.refunded_minor,
  a.settled_minor,
  a.fee_minor,
  a.net_minor,
  a.paid_out_minor,
  CASE WHEN c.role IN ('processor', 'marketplace') THEN a.captured_minor - a.refunded_minor - a.disputed_minor - a.settled_minor
       WHEN c.role = 'store' AND a.has_settlement THEN a.own_moved_minor - a.disputed_minor - a.settled_minor END AS unsettled_minor,
  CASE WHEN c.role IN ('processor', 'marketplace', 'ledger') OR c.role = 'store' AND a.has_settlement THEN a.net_minor - a.paid_out_minor END AS unpaid_minor,
  CASE WHEN c.role IN ('processor', 'marketplace', 'ledger') OR c.role = 'store' AND a.has_settlement
       THEN a.settled_minor - a.fee_minor - a.net_minor + a.moved_residual_minor END AS residual_minor,
  a.disputed_minor,
  a.ordered_minor,
  a.posted_minor,
  a.received_minor,
  CASE WHEN c.role IN ('store', 'marketplace') THEN a.ordered_minor - COALESCE(o.collected_minor, 0) END AS uncollected_minor,
  CASE WHEN c.role = 'store' THEN a.captured_minor - a.refunded_minor - COALESCE(o.collected_minor, 0) END AS unconfirmed_minor,
  CASE WHEN c.role = 'ledger' THEN a.posted_minor - COALESCE(o.to_post_minor, 0) END AS misposted_minor,
  CASE WHEN c.role = 'bank' THEN COALESCE(t.paid_out_minor, 0) - t.received_minor
       WHEN c.role = 'ledger' AND a.has_bank_line THEN COALESCE(t.paid_out_minor, 0) - a.received_minor END AS unreceived_minor,
  CASE WHEN c.role IN ('processor', 'marketplace') THEN a.stated_fee_minor - a.fee_minor END AS unsettled_fee_minor,
  CASE WHEN c.role = 'ledger' THEN a.applied_minor - COALESCE(o.to_apply_minor, 0) END AS misapplied_minor,
  CASE WHEN c.role = 'ledger' THEN a.announced_minor - COALESCE(o.to_announce_minor, 0)
       WHEN c.role IN ('store', 'processor', 'marketplace') THEN a.restated_minor END AS misstated_minor,
  s.unused_minor,
  s.unitemized_minor,
  s.edited_minor,
  s.uncollected_presentment_minor,
  s.misstated_tip_minor,
  s.misposted_tax_minor,
  s.misposted_shipping_minor,
  s.misposted_discount_minor
FROM account AS a
JOIN meshline.connection AS n ON n.merchant_id = a.merchant_id AND n.connection_id = a.connection_id
JOIN meshline.connector AS c ON c.connector = n.connector AND c.role IN ('store', 'processor', 'marketplace', 'ledger', 'bank')
JOIN transfer AS t ON t.merchant_id = a.merchant_id AND t.currency = a.currency
LEFT JOIN of_orders AS o ON o.merchant_id = a.merchant_id AND o.connection_id = a.connection_id AND o.currency = a.currency
LEFT JOIN apart AS s ON s.merchant_id = a.merchant_id AND s.connection_id = a.connection_id AND s.currency = a.currency;
COMMENT ON VIEW meshline.conservation_proof IS
  'Per account and currency, where money must come out even: each amount that one system states otherwise than the others stands in a difference. A difference that does not apply to the kind of account is null.';
COMMENT ON COLUMN meshline.conservation_proof.captured_minor IS 'Payments that have moved, as the account states them; a summary counts only where nothing else of the account tells of its money.';
COMMENT ON COLUMN meshline.conservation_proof.unsettled_minor IS 'Of a processor or marketplace, or a store that settles what it takes itself: captured less refunded, disputed and settled: in no settlement line, in minor units.';
COMMENT ON COLUMN meshline.conservation_proof.unpaid_minor IS 'Settled and in no payout: the balance that the account should have; of a ledger: its settlement lines less its deposits.';
COMMENT ON COLUMN meshline.conservation_proof.residual_minor IS 'Gross less fees less net of the settlement lines, and of payments, refunds and disputes that state their net: 0, or something does not add up.';
COMMENT ON COLUMN meshline.conservation_proof.disputed_minor IS 'Of a processor or marketplace: what disputes that are open or lost have taken back.';
COMMENT ON COLUMN meshline.conservation_proof.uncollected_minor IS 'Of a store or marketplace: its orders less what was captured and not refunded of them, each movement counted once.';
COMMENT ON COLUMN meshline.conservation_proof.unconfirmed_minor IS 'Of a store: captured less refunded as it notes them, less what counts as that: where a processor says otherwise.';
COMMENT ON COLUMN meshline.conservation_proof.misposted_minor IS 'Of a ledger: sales less refunds as it books them, less what those orders and refunds come to.';
COMMENT ON COLUMN meshline.conservation_proof.unreceived_minor IS 'Of a bank: payouts of the merchant''s processors less what the merchant''s banks received; of a ledger that books lines of the bank: less what it books.';
COMMENT ON COLUMN meshline.conservation_proof.unsettled_fee_minor IS 'Of a processor or marketplace: fees that its payments and refunds state, less those of its settlement lines; null where none states any.';
COMMENT ON COLUMN meshline.conservation_proof.misapplied_minor IS 'Of a ledger: payments as it books them, less what was captured of those orders.';
COMMENT ON COLUMN meshline.conservation_proof.misstated_minor IS
  'What summaries state (payment intents, documents of refunds), less what the records come to that they restate; of a ledger: documents that book nothing (sales orders), less what those orders come to.';
COMMENT ON COLUMN meshline.conservation_proof.unused_minor IS 'Reserved for payments and neither captured nor voided of it, a part that a capture let go included; null where nothing was reserved.';
COMMENT ON COLUMN meshline.conservation_proof.unitemized_minor IS
  'Orders less their lines, taxes and shipping, plus discounts; refunds less the goods that came back and their taxes: what is no article''s, such as fees. Null where no payload lists lines with all of that.';
COMMENT ON COLUMN meshline.conservation_proof.edited_minor IS 'What orders came to before they were edited, less what they come to now; null where none says so.';
COMMENT ON COLUMN meshline.conservation_proof.uncollected_presentment_minor IS
  'In the buyer''s currency, beside the shop''s: orders less the payments and plus the refunds that state it, in minor units of currency.';
COMMENT ON COLUMN meshline.conservation_proof.misstated_tip_minor IS 'Tips that payments state, less those that their orders state.';
COMMENT ON COLUMN meshline.conservation_proof.misposted_tax_minor IS 'Of a ledger: taxes of its sales less those of the orders that they book, where both state them.';
COMMENT ON COLUMN meshline.conservation_proof.misposted_shipping_minor IS 'The same of shipping.';
COMMENT ON COLUMN meshline.conservation_proof.misposted_discount_minor IS 'The same of discounts.';
