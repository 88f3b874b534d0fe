-- Canonical ids and money: scalar functions.

CREATE FUNCTION meshline.canonical_id(merchant_id bigint, kind text, namespace text, value text) RETURNS uuid
  AS 'MODULE_PATHNAME', 'meshline_canonical_id' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION meshline.canonical_id(bigint, text, text, text) IS
  'The id of the canonical entity anchored at an identifier: UUIDv5 of "merchant_id/kind/namespace/value" in the namespace uuid5(NAMESPACE_DNS, ''meshline''). Python: uuid.uuid5(uuid.uuid5(uuid.NAMESPACE_DNS, "meshline"), f"{merchant_id}/{kind}/{namespace}/{value}").';

CREATE FUNCTION meshline.currency_exponent(currency text) RETURNS integer
  AS 'MODULE_PATHNAME', 'meshline_currency_exponent' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION meshline.currency_exponent(text) IS
  'Decimals of a currency''s minor unit by ISO 4217 (USD 2, JPY 0, KWD 3); null for a code that it does not list.';

CREATE FUNCTION meshline.major_units(amount_minor bigint, currency text) RETURNS numeric
  AS 'MODULE_PATHNAME', 'meshline_major_units' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION meshline.major_units(bigint, text) IS
  'An amount of minor units in major units: (1234, ''USD'') is 12.34. Two decimals where the currency is not known.';

-- Without SET, so that it is inlined; its body is bound to pg_catalog when it is made.
CREATE FUNCTION meshline._saturated(sum numeric) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN CASE WHEN sum > 9223372036854775807 THEN 9223372036854775807 WHEN sum < -9223372036854775808 THEN -9223372036854775808 ELSE sum END::bigint;
COMMENT ON FUNCTION meshline._saturated(numeric) IS
  'A sum as a bigint, which stops at the ends of the type: one absurd payload must not make a view fail.';

-- Not inlined and with few rows, lest a planner thinks of a thousand months and has the view compiled.
CREATE FUNCTION meshline._months(first_at timestamptz, last_at timestamptz, time_zone text)
  RETURNS TABLE (month date, begins_at timestamptz, ends_at timestamptz) LANGUAGE sql STABLE STRICT PARALLEL SAFE ROWS 3
  SET search_path = pg_catalog, pg_temp
AS $$
  SELECT d.start::date, d.start AT TIME ZONE time_zone, (d.start + interval '1 month') AT TIME ZONE time_zone
  FROM pg_catalog.generate_series(pg_catalog.date_trunc('month', first_at AT TIME ZONE time_zone), last_at AT TIME ZONE time_zone, interval '1 month') AS d (start)
$$;
COMMENT ON FUNCTION meshline._months(timestamptz, timestamptz, text) IS 'The months of a time zone that moments from the first to the last lie in.';

CREATE FUNCTION meshline._stated_totals(stated bigint[], also bigint[], current_total bigint, other_total bigint) RETURNS bigint[]
  AS 'MODULE_PATHNAME', 'meshline_stated_totals' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION meshline._stated_totals(bigint[], bigint[], bigint, bigint) IS
  'The totals that versions of an order have stated, sorted, the lowest 16; null where that is none but the current one.';

CREATE FUNCTION meshline.canonical_of(system text, object text, external_id text, merchant_id bigint DEFAULT 1)
  RETURNS uuid LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  found_id uuid;
BEGIN
  SELECT r.canonical_id INTO found_id
  FROM meshline.connection AS c
  JOIN meshline.record AS r ON r.merchant_id = c.merchant_id AND r.connection_id = c.connection_id
  WHERE c.merchant_id = canonical_of.merchant_id AND c.connector = canonical_of.system
    AND r.object = canonical_of.object AND r.external_id = canonical_of.external_id
  ORDER BY c.connection_id
  LIMIT 1;
  RETURN found_id;
END
$$;
COMMENT ON FUNCTION meshline.canonical_of(text, text, text, bigint) IS
  'The canonical id that a source record belongs to now; null when no such record has come in.';

CREATE FUNCTION meshline.resolve(canonical_id uuid, merchant_id bigint DEFAULT 1)
  RETURNS uuid LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  RETURN COALESCE(
    (SELECT a.canonical_id FROM meshline.canonical_alias AS a WHERE a.merchant_id = resolve.merchant_id AND a.alias_id = resolve.canonical_id),
    (SELECT c.canonical_id FROM meshline.canonical AS c WHERE c.merchant_id = resolve.merchant_id AND c.canonical_id = resolve.canonical_id));
END
$$;
COMMENT ON FUNCTION meshline.resolve(uuid, bigint) IS
  'The id that a canonical id stands for now: itself, or the one it was merged into; null for an id never given.';

CREATE FUNCTION meshline._merchant_ids() RETURNS bigint[] LANGUAGE plpgsql STABLE PARALLEL SAFE
  SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  RETURN ARRAY(SELECT m.merchant_id FROM meshline.merchant AS m);
END
$$;
COMMENT ON FUNCTION meshline._merchant_ids() IS
  'All merchants: for what is asked for by an id alone, because indexes are led by the merchant, and without one would be read as a whole.';

CREATE FUNCTION meshline._root(id uuid, OUT merchant_id bigint, OUT canonical_id uuid) LANGUAGE plpgsql STABLE PARALLEL SAFE
  SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
  SELECT a.merchant_id, a.canonical_id INTO merchant_id, canonical_id
  FROM meshline.canonical_alias AS a WHERE a.merchant_id = ANY (meshline._merchant_ids()) AND a.alias_id = _root.id;
  IF NOT FOUND THEN
    SELECT c.merchant_id, c.canonical_id INTO merchant_id, canonical_id
    FROM meshline.canonical AS c WHERE c.merchant_id = ANY (meshline._merchant_ids()) AND c.canonical_id = _root.id;
  END IF;
END
$$;
COMMENT ON FUNCTION meshline._root(uuid) IS 'As resolve(), for an id without its merchant; nulls for an id never given.';
