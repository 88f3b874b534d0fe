-- Money that is lost soon if nobody acts.

CREATE VIEW meshline.deadlines AS
SELECT
  d.merchant_id,
  d.canonical_id,
  CASE
    WHEN d.reason_code IN ('AUTHORIZED_NOT_CAPTURED', 'AUTHORIZATION_EXPIRED') THEN 'authorization'
    WHEN r.family = 'dispute' THEN 'dispute'
    WHEN d.reason_code IN ('MISSING_SETTLEMENT', 'SETTLEMENT_TOTAL_MISMATCH') THEN 'settlement'
    WHEN d.reason_code IN ('PAYOUT_NOT_IN_BANK', 'BANK_LINE_UNEXPLAINED') THEN 'payout'
    WHEN r.family = 'refund' THEN 'refund'
    ELSE 'payment'
  END AS what,
  d.reason_code,
  d.subject,
  d.due_at,
  d.amount_minor,
  meshline.major_units(d.amount_minor, d.currency) AS amount,
  d.currency,
  d.owner_queue,
  CASE d.reason_code
    WHEN 'AUTHORIZATION_EXPIRED' THEN 'capture it, or let it go: it expires at due_at'
    WHEN 'CHARGEBACK_OPEN' THEN 'hand in evidence before due_at, or accept the dispute'
    WHEN 'CHARGEBACK_WON_NOT_CREDITED' THEN 'ask the processor for the money of a dispute that was won'
    WHEN 'MISSING_SETTLEMENT' THEN 'look for the capture in the processor''s balance, and ask for its settlement'
    WHEN 'SETTLEMENT_TOTAL_MISMATCH' THEN 'load the lines of the payout that are missing'
    WHEN 'PAYOUT_NOT_IN_BANK' THEN 'trace the payout with the processor and the bank'
    WHEN 'BANK_LINE_UNEXPLAINED' THEN 'find out who paid, and load that payout'
    WHEN 'REFUND_NOT_AT_GATEWAY' THEN 'make the refund at the processor that took the money'
    WHEN 'REFUND_NOT_IN_SHOP' THEN 'note the refund in the shop'
    WHEN 'REFUND_PENDING_OR_FAILED' THEN 'ask the processor, or make the refund again'
    ELSE 'ask the customer for the missing payment'
  END AS what_to_do,
  d.explanation,
  d.exception_id
FROM (
  SELECT e.merchant_id, e.canonical_id, e.reason_code, e.subject, e.due_at, e.amount_minor, e.currency, e.owner_queue, e.explanation, NULL::bigint AS exception_id
  FROM meshline.expectations AS e
  WHERE e.reason_code IN ('AUTHORIZATION_EXPIRED', 'CHARGEBACK_WON_NOT_CREDITED', 'MISSING_SETTLEMENT', 'SETTLEMENT_TOTAL_MISMATCH', 'PAYOUT_NOT_IN_BANK',
                          'BANK_LINE_UNEXPLAINED', 'REFUND_NOT_AT_GATEWAY', 'REFUND_NOT_IN_SHOP', 'REFUND_PENDING_OR_FAILED', 'PAYMENT_PENDING_TOO_LONG', 'UNDERPAYMENT')
  UNION ALL
  -- Of these due_at is not when they became late, but until when something can be done.
  SELECT x.merchant_id, x.canonical_id, x.reason_code, x.subject, x.due_at, x.amount_at_risk_minor, x.currency, x.owner_queue, x.explanation, x.exception_id
  FROM meshline.recon_exception AS x
  WHERE x.closed_at IS NULL AND x.reason_code = 'CHARGEBACK_OPEN' AND x.due_at IS NOT NULL
) AS d
JOIN meshline.reason_code AS r ON r.reason_code = d.reason_code;
COMMENT ON VIEW meshline.deadlines IS
  'Money that is lost, or late, at due_at if nobody acts: authorizations that expire, evidence of disputes, settlements, payouts, refunds and payments. Those of the past are there until the next sweep.';
COMMENT ON COLUMN meshline.deadlines.what IS 'authorization, dispute, settlement, payout, refund or payment.';
COMMENT ON COLUMN meshline.deadlines.amount IS 'The money in question, in major units of currency.';
COMMENT ON COLUMN meshline.deadlines.owner_queue IS 'Who has to act: finance, operations or support.';
COMMENT ON COLUMN meshline.deadlines.exception_id IS 'The open exception, where it is one already; null while it is only expected.';
