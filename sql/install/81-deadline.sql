-- What is lost soon.

CREATE FUNCTION meshline.what_will_break(within interval DEFAULT '48 hours', as_of timestamptz DEFAULT meshline._as_of())
  RETURNS TABLE (merchant_id bigint, canonical_id uuid, what text, reason_code text, subject text, due_at timestamptz, time_left interval,
                 amount numeric, currency text, owner_queue text, what_to_do text, explanation text)
  LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
  IF within IS NULL OR as_of IS NULL OR within < '0'::pg_catalog.interval THEN
    RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = pg_catalog.format('nothing breaks within %s of %s', within, as_of),
      HINT = 'Give a time from now on, such as interval ''48 hours''.';
  END IF;
  RETURN QUERY
  SELECT d.merchant_id, d.canonical_id, d.what, d.reason_code, d.subject, d.due_at, d.due_at - as_of, d.amount, d.currency, d.owner_queue, d.what_to_do, d.explanation
  FROM meshline.deadlines AS d
  WHERE d.due_at >= as_of AND d.due_at <= as_of + within
  ORDER BY d.due_at, d.amount_minor DESC NULLS LAST, d.reason_code, d.subject;
END
$$;
COMMENT ON FUNCTION meshline.what_will_break(interval, timestamptz) IS
  'Of meshline.deadlines those of the time after a moment, the most urgent first; what is past is not among them.';
