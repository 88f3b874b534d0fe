-- Types.

CREATE TYPE meshline.finding AS (
  canonical_id uuid,
  reason_code text,
  subject text,
  expected_minor bigint,
  actual_minor bigint,
  amount_at_risk_minor bigint,
  currency text,
  record_ids text[],
  explanation text,
  evidence jsonb
);
COMMENT ON TYPE meshline.finding IS
  'A disagreement as of a moment: amounts in minor units, records as system:object:external_id, evidence with formula, terms and remedy.';

CREATE TYPE meshline.attachment AS (
  merchant_id bigint,
  connection_id bigint,
  object text,
  relation regclass,
  payload_column name,
  is_row_level boolean
);
COMMENT ON TYPE meshline.attachment IS 'What an attached table is read as.';
