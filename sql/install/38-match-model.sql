-- Scoring a pair of records by a saved model.

CREATE FUNCTION meshline._match_weight(model text, left_record text, right_record text) RETURNS double precision
  AS 'MODULE_PATHNAME', 'meshline_match_weight' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION meshline._match_weight(text, text, text) IS 'match_weight() of JSON texts.';

CREATE FUNCTION meshline._explain_match(model text, left_record text, right_record text)
  RETURNS TABLE (step integer, comparison text, level text, left_value text, right_value text, m double precision,
                 u double precision, weight double precision, running_weight double precision, running_probability double precision)
  AS 'MODULE_PATHNAME', 'meshline_explain_match' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION meshline._explain_match(text, text, text) IS 'explain_match() of JSON texts.';

CREATE FUNCTION meshline.match_weight(model jsonb, left_record jsonb, right_record jsonb) RETURNS double precision
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  RETURN meshline._match_weight(model::pg_catalog.text, left_record::pg_catalog.text, right_record::pg_catalog.text);
COMMENT ON FUNCTION meshline.match_weight(jsonb, jsonb, jsonb) IS
  'How much speaks for two records being one thing by a model of train_model() or one that Splink has saved: log2 of the odds. Records are JSON objects, as to_jsonb(row) makes them; tf_<column> in them is the term frequency of the value.';

CREATE FUNCTION meshline.explain_match(model jsonb, left_record jsonb, right_record jsonb)
  RETURNS TABLE (step integer, comparison text, level text, left_value text, right_value text, m double precision,
                 u double precision, weight double precision, running_weight double precision, running_probability double precision)
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  SET search_path = pg_catalog, pg_temp
AS $$
  SELECT e.* FROM meshline._explain_match(model::pg_catalog.text, left_record::pg_catalog.text, right_record::pg_catalog.text) AS e
$$;
COMMENT ON FUNCTION meshline.explain_match(jsonb, jsonb, jsonb) IS
  'match_weight() step by step: the prior, then each comparison with its level, both values, m, u and weight, and what the sum has come to.';
