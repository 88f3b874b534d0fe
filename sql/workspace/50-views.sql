-- What people and dashboards read. Amounts are given twice: _minor in minor units, the plain name in major units.

CREATE VIEW meshline.exceptions AS
SELECT
  x.exception_id,
  x.merchant_id,
  x.root_id AS canonical_id,
  x.reason_code,
  r.family,
  x.owner_queue,
  x.severity,
  x.status,
  (x.is_holding AND x.closed_at IS NULL) AS is_holding,
  x.expected_minor,
  x.actual_minor,
  x.amount_at_risk_minor,
  x.currency,
  meshline.major_units(x.expected_minor, x.currency) AS expected,
  meshline.major_units(x.actual_minor, x.currency) AS actual,
  meshline.major_units(x.amount_at_risk_minor, x.currency) AS amount_at_risk,
  x.record_ids,
  x.opened_at,
  x.last_seen_at,
  x.due_at,
  x.closed_at,
  x.closed_by,
  x.assigned_to,
  x.occurrences,
  x.explanation,
  x.evidence
FROM (
  -- Those of an id that stands, and those of one that was merged into it: in two parts, each of which finds an order's by an index.
  -- A merge leaves no open one behind; so only closed ones are looked up, one by one, lest all aliases be read for a few.
  SELECT e.*, e.canonical_id AS root_id
  FROM meshline.recon_exception AS e
  LEFT JOIN LATERAL (
    SELECT k.canonical_id FROM meshline.canonical_alias AS k
    WHERE e.closed_at IS NOT NULL AND k.merchant_id = e.merchant_id AND k.alias_id = e.canonical_id OFFSET 0
  ) AS a ON true
  WHERE a.canonical_id IS NULL
  UNION ALL
  SELECT e.*, a.canonical_id
  FROM meshline.recon_exception AS e
  JOIN meshline.canonical_alias AS a ON a.merchant_id = e.merchant_id AND a.alias_id = e.canonical_id
  WHERE e.closed_at IS NOT NULL
) AS x
LEFT JOIN meshline.reason_code AS r ON r.reason_code = x.reason_code;
COMMENT ON VIEW meshline.exceptions IS 'Every disagreement found, closed ones too: one row per canonical entity, reason and subject.';
COMMENT ON COLUMN meshline.exceptions.canonical_id IS 'The canonical order or payout; null for a payload that nothing could be read from.';
COMMENT ON COLUMN meshline.exceptions.reason_code IS 'Why; meshline.reasons defines each.';
COMMENT ON COLUMN meshline.exceptions.owner_queue IS 'Who decides: finance, operations or support.';
COMMENT ON COLUMN meshline.exceptions.status IS 'open, acknowledged, resolved, auto_resolved or written_off.';
COMMENT ON COLUMN meshline.exceptions.is_holding IS 'Keeps its order out of postable_orders.';
COMMENT ON COLUMN meshline.exceptions.expected_minor IS 'What the amount should be, in minor units.';
COMMENT ON COLUMN meshline.exceptions.actual_minor IS 'What it is, in minor units.';
COMMENT ON COLUMN meshline.exceptions.amount_at_risk_minor IS 'Money that may be lost or owed, in minor units.';
COMMENT ON COLUMN meshline.exceptions.amount_at_risk IS 'The same in major units of currency.';
COMMENT ON COLUMN meshline.exceptions.record_ids IS 'Source records compared, as system:object:external_id.';
COMMENT ON COLUMN meshline.exceptions.due_at IS 'When it became late; of an open dispute: when evidence is due.';
COMMENT ON COLUMN meshline.exceptions.occurrences IS 'Times found anew; for repeated or stale deliveries, the number of copies.';
COMMENT ON COLUMN meshline.exceptions.evidence IS 'formula, terms (name, value_minor, record_id) and remedy; meshline.explain() shows them line by line.';

CREATE VIEW meshline.open_exceptions AS
SELECT * FROM meshline.exceptions AS x WHERE x.closed_at IS NULL;
COMMENT ON VIEW meshline.open_exceptions IS 'Disagreements that somebody has to look at. Columns as in exceptions.';

CREATE VIEW meshline.queue_summary AS
SELECT
  x.merchant_id,
  x.owner_queue,
  x.reason_code,
  x.severity,
  x.currency,
  pg_catalog.count(*) AS exceptions,
  pg_catalog.count(DISTINCT x.canonical_id) AS orders,
  meshline._saturated(pg_catalog.sum(x.amount_at_risk_minor)) AS amount_at_risk_minor,
  meshline.major_units(meshline._saturated(pg_catalog.sum(x.amount_at_risk_minor)), x.currency) AS amount_at_risk,
  pg_catalog.min(x.due_at) AS oldest_due_at
FROM meshline.recon_exception AS x
WHERE x.closed_at IS NULL
GROUP BY x.merchant_id, x.owner_queue, x.reason_code, x.severity, x.currency;
COMMENT ON VIEW meshline.queue_summary IS 'Open exceptions by owner and reason, with the money at risk per currency.';
COMMENT ON COLUMN meshline.queue_summary.exceptions IS 'Open exceptions.';
COMMENT ON COLUMN meshline.queue_summary.orders IS 'Canonical orders or payouts that have them.';
COMMENT ON COLUMN meshline.queue_summary.amount_at_risk IS 'Their money at risk, in major units of currency.';
COMMENT ON COLUMN meshline.queue_summary.oldest_due_at IS 'When the longest overdue of them became late.';

CREATE VIEW meshline.order_status AS
SELECT
  c.merchant_id,
  c.canonical_id,
  c.anchor_name AS anchor_namespace,
  c.anchor_value,
  c.order_status,
  c.ordered_at,
  c.currency,
  c.total_minor,
  c.authorized_minor,
  c.captured_minor,
  c.refunded_minor,
  c.disputed_minor,
  c.posted_minor,
  c.refund_posted_minor,
  c.settled_minor,
  c.fee_minor,
  meshline.major_units(c.total_minor, c.currency) AS total,
  meshline.major_units(c.captured_minor, c.currency) AS captured,
  meshline.major_units(c.refunded_minor, c.currency) AS refunded,
  meshline.major_units(c.disputed_minor, c.currency) AS disputed,
  meshline.major_units(c.posted_minor, c.currency) AS posted,
  meshline.major_units(c.settled_minor, c.currency) AS settled,
  c.payment_count,
  c.refund_count,
  c.open_count::bigint AS open_exceptions,
  c.is_held,
  c.at_risk_minor AS amount_at_risk_minor,
  CASE
    WHEN c.is_held THEN 'held'
    WHEN c.open_count > 0 THEN 'open'
    WHEN c.next_due_at IS NOT NULL THEN 'expecting'
    ELSE 'reconciled'
  END AS state,
  c.next_owner,
  c.next_due_at,
  c.reconciled_at
FROM meshline.canonical AS c
WHERE c.kind = 'order'
  AND (c.has_order OR c.captured_minor <> 0 OR c.authorized_minor <> 0 OR c.refunded_minor <> 0 OR c.disputed_minor <> 0 OR c.posted_minor <> 0
       OR c.refund_posted_minor <> 0 OR c.open_count > 0 OR c.next_due_at IS NOT NULL);
COMMENT ON VIEW meshline.order_status IS 'One row per canonical order: its money by kind, its state, and who is next.';
COMMENT ON COLUMN meshline.order_status.anchor_namespace IS 'The identifier that the canonical id is made of, e.g. shopify.order.';
COMMENT ON COLUMN meshline.order_status.order_status IS 'What the store says; null while no order record has come in.';
COMMENT ON COLUMN meshline.order_status.total_minor IS 'What the customer owes, in minor units; null when nothing states it.';
COMMENT ON COLUMN meshline.order_status.captured_minor IS 'Captured money, each payment counted once however many systems report it.';
COMMENT ON COLUMN meshline.order_status.refunded_minor IS 'Refunded money, each refund counted once.';
COMMENT ON COLUMN meshline.order_status.disputed_minor IS 'Money that payers'' banks have taken back and that was not won.';
COMMENT ON COLUMN meshline.order_status.posted_minor IS 'Sale postings of the ledgers.';
COMMENT ON COLUMN meshline.order_status.settled_minor IS 'Gross of the settlement lines for its payments and refunds.';
COMMENT ON COLUMN meshline.order_status.state IS 'held (not to be posted), open (somebody has to look), expecting (something is due, not late), reconciled.';
COMMENT ON COLUMN meshline.order_status.next_owner IS 'The queue of its most pressing open exception.';

CREATE VIEW meshline.postable_orders AS
SELECT
  s.merchant_id,
  s.canonical_id,
  s.anchor_namespace,
  s.anchor_value,
  s.ordered_at,
  s.currency,
  s.total_minor,
  s.captured_minor,
  s.refunded_minor,
  s.total,
  s.captured,
  s.refunded,
  s.posted_minor
FROM meshline.order_status AS s
WHERE NOT s.is_held AND s.total_minor IS NOT NULL AND s.order_status NOT IN ('voided', 'deleted', 'failed')
  AND (s.open_exceptions = 0 OR NOT EXISTS (
    SELECT FROM meshline.recon_exception AS e
    WHERE e.merchant_id = s.merchant_id AND e.canonical_id = s.canonical_id AND e.closed_at IS NULL
      AND e.reason_code NOT IN ('POSTING_MISSING', 'MISSING_SETTLEMENT', 'FEE_MISMATCH', 'SETTLEMENT_LINE_DUPLICATE', 'PAID_UNFULFILLED')))
  AND (s.next_due_at IS NULL OR NOT EXISTS (
    SELECT FROM meshline.canonical AS c, pg_catalog.jsonb_array_elements(c.expectations) AS w
    WHERE c.merchant_id = s.merchant_id AND c.canonical_id = s.canonical_id
      AND w ->> 'reason_code' NOT IN ('POSTING_MISSING', 'MISSING_SETTLEMENT', 'PAID_UNFULFILLED')));
COMMENT ON VIEW meshline.postable_orders IS
  'Orders that may be posted: paid as they should be, nothing open or expected but the posting, the settlement and the shipment, not held.';

CREATE VIEW meshline.fee_variance AS
SELECT
  f.merchant_id,
  f.connection_id,
  f.canonical_id,
  f.record_id,
  f.occurred_at,
  f.currency,
  f.amount_minor,
  f.fee_minor,
  f.expected_fee_minor,
  f.fee_minor - f.expected_fee_minor AS variance_minor,
  meshline.major_units(f.fee_minor - f.expected_fee_minor, f.currency) AS variance,
  CASE WHEN f.fee_minor > f.expected_fee_minor THEN 'overcharged' WHEN f.fee_minor < f.expected_fee_minor THEN 'undercharged' ELSE 'as agreed' END AS verdict
FROM (
  SELECT
    r.merchant_id,
    r.connection_id,
    r.canonical_id,
    n.connector || ':' || r.object || ':' || r.external_id AS record_id,
    r.occurred_at,
    r.currency,
    r.amount_minor,
    r.fee_minor,
    (pg_catalog.round(r.amount_minor::numeric * s.basis_points / 10000) + s.fixed_minor)::bigint AS expected_fee_minor
  FROM meshline.policy AS p
  JOIN meshline.connection AS n ON n.merchant_id = p.merchant_id AND n.connection_id = p.connection_id
  CROSS JOIN LATERAL (
    SELECT e.key AS currency, (e.value ->> 'basis_points')::bigint AS basis_points, (e.value ->> 'fixed_minor')::bigint AS fixed_minor
    FROM pg_catalog.jsonb_each(p.value) AS e) AS s
  JOIN meshline.record AS r ON r.merchant_id = p.merchant_id AND r.connection_id = p.connection_id AND r.currency = s.currency
  WHERE p.key = 'fee_schedule' AND r.kind = 'settlement_line' AND r.amount_minor > 0 AND r.fee_minor IS NOT NULL AND NOT r.is_test
    AND r.status NOT IN ('failed', 'voided', 'deleted') AND r.problems IS NULL
    AND EXISTS (
      SELECT FROM meshline.record AS c
      WHERE c.merchant_id = r.merchant_id AND c.canonical_id = r.canonical_id AND c.kind = 'payment' AND r.about = ANY (c.same_ids))
) AS f;
COMMENT ON VIEW meshline.fee_variance IS 'Settlement lines of captures whose connection has a fee_schedule: the fee that was kept, and what it should have been.';
COMMENT ON COLUMN meshline.fee_variance.variance_minor IS 'Fee kept less fee agreed, in minor units.';
COMMENT ON COLUMN meshline.fee_variance.verdict IS 'overcharged, undercharged or as agreed, to the minor unit; FEE_MISMATCH has a tolerance.';

CREATE VIEW meshline.record_links AS
SELECT
  r.merchant_id,
  r.canonical_id,
  r.kind,
  n.connector AS system,
  r.connection_id,
  r.object,
  r.external_id,
  r.same_ids || r.ref_ids AS evidence,
  r.applied_at AS linked_at
FROM meshline.record AS r
JOIN meshline.connection AS n ON n.merchant_id = r.merchant_id AND n.connection_id = r.connection_id;
COMMENT ON VIEW meshline.record_links IS 'Every source record and the canonical entity that it belongs to.';
COMMENT ON COLUMN meshline.record_links.evidence IS 'The strong identifiers (namespace/value) that tie it there.';

CREATE VIEW meshline.expectations AS
SELECT
  c.merchant_id,
  c.canonical_id,
  w.reason_code,
  COALESCE(s.owner_queue, r.owner_queue) AS owner_queue,
  w.subject,
  w.amount_minor,
  meshline.major_units(w.amount_minor, w.currency) AS amount,
  w.currency,
  pg_catalog.to_timestamp(w.due_at_us::numeric / 1000000) AS due_at,
  w.explanation
FROM meshline.canonical AS c
CROSS JOIN LATERAL pg_catalog.jsonb_to_recordset(c.expectations)
  AS w (reason_code text, subject text, amount_minor bigint, currency text, due_at_us bigint, explanation text)
LEFT JOIN meshline.reason_code AS r ON r.reason_code = w.reason_code
LEFT JOIN meshline.reason_setting AS s ON s.merchant_id = c.merchant_id AND s.reason_code = w.reason_code
WHERE c.next_due_at IS NOT NULL;
COMMENT ON VIEW meshline.expectations IS 'What is due and not late yet: each becomes an exception of its reason at due_at if nothing comes.';

CREATE VIEW meshline.duplicate_candidates AS
SELECT
  p.merchant_id,
  p.kind,
  a.connector AS left_system,
  p.object AS left_object,
  p.external_id AS left_external_id,
  b.connector AS right_system,
  p.other_object AS right_object,
  p.other_external_id AS right_external_id,
  p.weight,
  1 / (1 + pg_catalog.power(2::double precision, -p.weight)) AS probability,
  l.canonical_id AS left_canonical_id,
  r.canonical_id AS right_canonical_id,
  l.party AS left_party,
  r.party AS right_party,
  p.decision,
  p.decided_by,
  p.decided_at,
  p.decision_reason,
  p.found_at
FROM meshline.duplicate_pair AS p
JOIN meshline.connection AS a ON a.merchant_id = p.merchant_id AND a.connection_id = p.connection_id
JOIN meshline.connection AS b ON b.merchant_id = p.merchant_id AND b.connection_id = p.other_connection_id
JOIN meshline.record AS l ON l.merchant_id = p.merchant_id AND l.connection_id = p.connection_id AND l.object = p.object AND l.external_id = p.external_id
JOIN meshline.record AS r ON r.merchant_id = p.merchant_id AND r.connection_id = p.other_connection_id AND r.object = p.other_object
  AND r.external_id = p.other_external_id
WHERE (p.connection_id, p.object, p.external_id) < (p.other_connection_id, p.other_object, p.other_external_id)
  AND l.canonical_id <> r.canonical_id;
COMMENT ON VIEW meshline.duplicate_candidates IS
  'Orders and customers that look like another one, each pair once, those too far apart in time to be reported included. meshline.explain_match(model, left_party, right_party) with the model of their kind in match_model shows why.';
COMMENT ON COLUMN meshline.duplicate_candidates.kind IS 'order or customer.';
COMMENT ON COLUMN meshline.duplicate_candidates.weight IS 'log2 of the odds that both are one; policy duplicate_weight says from where it is reported.';
COMMENT ON COLUMN meshline.duplicate_candidates.probability IS 'The same as a probability.';
COMMENT ON COLUMN meshline.duplicate_candidates.left_party IS 'Whom the record is about, as its source has it.';
COMMENT ON COLUMN meshline.duplicate_candidates.decision IS 'confirmed or rejected by somebody; null while nobody has decided.';

CREATE VIEW meshline.match_quality AS
SELECT
  d.merchant_id,
  d.kind,
  t.threshold,
  d.decided,
  t.reported,
  t.confirmed,
  t.confirmed::numeric / NULLIF(t.reported, 0) AS precision,
  meshline._wilson_bound(t.confirmed, t.reported, -1.96) AS precision_low,
  meshline._wilson_bound(t.confirmed, t.reported, 1.96) AS precision_high,
  t.confirmed::numeric / NULLIF(d.confirmed, 0) AS recall,
  meshline._wilson_bound(t.confirmed, d.confirmed, -1.96) AS recall_low,
  meshline._wilson_bound(t.confirmed, d.confirmed, 1.96) AS recall_high
FROM (
  SELECT p.merchant_id, p.kind, pg_catalog.count(*) AS decided, pg_catalog.count(*) FILTER (WHERE p.decision = 'confirmed') AS confirmed
  FROM meshline.duplicate_pair AS p
  WHERE p.decision IS NOT NULL AND (p.connection_id, p.object, p.external_id) < (p.other_connection_id, p.other_object, p.other_external_id)
  GROUP BY p.merchant_id, p.kind
) AS d
CROSS JOIN LATERAL (
  SELECT g.threshold, pg_catalog.count(p.weight) AS reported, pg_catalog.count(p.weight) FILTER (WHERE p.decision = 'confirmed') AS confirmed
  FROM pg_catalog.generate_series(-5, 40) AS g (threshold)
  LEFT JOIN meshline.duplicate_pair AS p ON p.merchant_id = d.merchant_id AND p.kind = d.kind AND p.decision IS NOT NULL AND p.weight >= g.threshold
    AND (p.connection_id, p.object, p.external_id) < (p.other_connection_id, p.other_object, p.other_external_id)
  GROUP BY g.threshold
) AS t;
COMMENT ON VIEW meshline.match_quality IS
  'How well a threshold for suspected duplicates would have done on what people decided with confirm_match() and reject_match(); policy duplicate_weight is the threshold. Intervals are Wilson''s (1927) at 95 %.';
COMMENT ON COLUMN meshline.match_quality.threshold IS 'A weight, in log2 of the odds.';
COMMENT ON COLUMN meshline.match_quality.decided IS 'Pairs that somebody decided on.';
COMMENT ON COLUMN meshline.match_quality.reported IS 'Those that weigh at least the threshold.';
COMMENT ON COLUMN meshline.match_quality.confirmed IS 'Those of them that were confirmed.';
COMMENT ON COLUMN meshline.match_quality.precision IS 'The share of the reported ones that were confirmed.';
COMMENT ON COLUMN meshline.match_quality.recall IS 'The share of all confirmed ones that would have been reported. Pairs that nobody was shown are in neither number.';

CREATE VIEW meshline.approvals AS
SELECT
  a.merchant_id,
  a.approval_id,
  a.exception_id,
  x.canonical_id,
  x.reason_code,
  a.action,
  a.amount_minor,
  meshline.major_units(a.amount_minor, a.currency) AS amount,
  a.currency,
  a.reason,
  a.requested_by,
  a.requested_at,
  a.state,
  a.decided_by,
  a.decided_at,
  a.decision_reason,
  a.voided_at
FROM meshline.approval AS a
JOIN meshline.recon_exception AS x ON x.merchant_id = a.merchant_id AND x.exception_id = a.exception_id;
COMMENT ON VIEW meshline.approvals IS 'What a second person was asked to approve, and what became of it.';
COMMENT ON COLUMN meshline.approvals.action IS 'write_off (accept the loss) or release (let the order be posted).';
COMMENT ON COLUMN meshline.approvals.amount IS 'The money at risk when approval was asked for, in major units of currency.';
COMMENT ON COLUMN meshline.approvals.state IS 'pending, approved, rejected, or void: approved, and then what was approved changed.';

CREATE VIEW meshline.policies AS
SELECT k.key, k.scope, k.value_type, p.merchant_id, NULLIF(p.connection_id, 0) AS connection_id,
       p.value, k.default_value, k.description, p.set_at, p.set_by
FROM meshline.policy_key AS k
LEFT JOIN meshline.policy AS p ON p.key = k.key;
COMMENT ON VIEW meshline.policies IS 'Every policy key with its meaning and default, and what was set for it.';

CREATE VIEW meshline.reasons AS
SELECT
  m.merchant_id,
  r.reason_code,
  r.family,
  COALESCE(s.owner_queue, r.owner_queue) AS owner_queue,
  COALESCE(s.severity, r.severity) AS severity,
  COALESCE(s.is_holding, r.is_holding) AS is_holding,
  r.is_auto_resolved,
  COALESCE(s.is_enabled, r.is_enabled) AS is_enabled,
  r.definition,
  s.set_at,
  s.set_by
FROM meshline.merchant AS m
CROSS JOIN meshline.reason_code AS r
LEFT JOIN meshline.reason_setting AS s ON s.merchant_id = m.merchant_id AND s.reason_code = r.reason_code;
COMMENT ON VIEW meshline.reasons IS 'Every reason as it holds for each merchant: what set_reason() says, else the default.';
COMMENT ON COLUMN meshline.reasons.is_holding IS 'An exception of it keeps its order out of postable_orders.';
COMMENT ON COLUMN meshline.reasons.is_auto_resolved IS 'The row is a record of what the engine has done, never open work.';
COMMENT ON COLUMN meshline.reasons.is_enabled IS 'False: nothing is reported for this reason.';
COMMENT ON COLUMN meshline.reasons.set_by IS 'Who set it last; null: it is as it came.';

SELECT meshline._create_payload_view();

CREATE VIEW meshline.corrections WITH (security_barrier) AS
SELECT
  c.merchant_id,
  c.correction_id,
  e.canonical_id,
  c.exception_id,
  e.reason_code,
  e.subject,
  c.account,
  c.amount_minor,
  meshline.major_units(c.amount_minor, c.currency) AS amount,
  c.currency,
  c.made_at,
  c.made_by,
  c.reason,
  meshline._saturated(pg_catalog.sum(c.amount_minor) OVER (PARTITION BY c.merchant_id, c.exception_id)) AS standing_minor
FROM meshline.correction AS c
JOIN meshline.recon_exception AS e ON e.merchant_id = c.merchant_id AND e.exception_id = c.exception_id;
COMMENT ON VIEW meshline.corrections IS 'What is to be booked in addition, one row per correction and per taking back of one.';
COMMENT ON COLUMN meshline.corrections.account IS
  'What is booked: rounding, tip, write_off (a loss), restatement (of an amount that was taken or booked in the wrong unit or currency), refund (that the shop does not have), fee (that was not given back, or came on top of what was agreed), settlement (a line that is there twice).';
COMMENT ON COLUMN meshline.corrections.amount_minor IS 'Signed, in minor units of currency.';
COMMENT ON COLUMN meshline.corrections.amount IS 'The same in major units.';
COMMENT ON COLUMN meshline.corrections.reason IS 'Why: the explanation of the exception, or what whoever took it back said.';
COMMENT ON COLUMN meshline.corrections.standing_minor IS 'What all rows of the exception come to; 0 when it was taken back.';
