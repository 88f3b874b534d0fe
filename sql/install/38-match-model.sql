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

CREATE FUNCTION meshline._match_score_add(internal, double precision) RETURNS internal
  AS 'MODULE_PATHNAME', 'meshline_match_score_add' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION meshline._match_score_add(internal, double precision) IS 'Of match_score(): one more weight.';
CREATE FUNCTION meshline._match_score_combine(internal, internal) RETURNS internal
  AS 'MODULE_PATHNAME', 'meshline_match_score_combine' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION meshline._match_score_combine(internal, internal) IS 'Of match_score(): the sums of two workers.';
CREATE FUNCTION meshline._match_score_serialize(internal) RETURNS bytea
  AS 'MODULE_PATHNAME', 'meshline_match_score_serialize' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION meshline._match_score_serialize(internal) IS 'Of match_score(): a sum on its way between workers.';
CREATE FUNCTION meshline._match_score_deserialize(bytea, internal) RETURNS internal
  AS 'MODULE_PATHNAME', 'meshline_match_score_deserialize' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION meshline._match_score_deserialize(bytea, internal) IS 'Of match_score(): a sum that came from a worker.';
CREATE FUNCTION meshline._match_score(internal) RETURNS double precision
  AS 'MODULE_PATHNAME', 'meshline_match_score' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION meshline._match_score(internal) IS 'Of match_score(): the probability.';

CREATE AGGREGATE meshline.match_score(weight double precision) (
  SFUNC = meshline._match_score_add, STYPE = internal, SSPACE = 32, FINALFUNC = meshline._match_score,
  COMBINEFUNC = meshline._match_score_combine, SERIALFUNC = meshline._match_score_serialize,
  DESERIALFUNC = meshline._match_score_deserialize, PARALLEL = SAFE);
COMMENT ON AGGREGATE meshline.match_score(double precision) IS
  'The probability that weights of evidence add up to: 2^w / (1 + 2^w) of their sum w, in log2 of odds, the prior being one of them. Nulls say nothing. Exact to 2^-60 and the same in any order of rows.';

CREATE TYPE meshline.component AS (id text, component_id text);
COMMENT ON TYPE meshline.component IS 'A node of a graph, and the least node (byte by byte) of the component that it is in.';

CREATE FUNCTION meshline._components_add(internal, text, text) RETURNS internal
  AS 'MODULE_PATHNAME', 'meshline_components_add' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION meshline._components_add(internal, text, text) IS 'Of connected_components(): one more edge.';
CREATE FUNCTION meshline._components_combine(internal, internal) RETURNS internal
  AS 'MODULE_PATHNAME', 'meshline_components_combine' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION meshline._components_combine(internal, internal) IS 'Of connected_components(): the edges of two workers.';
CREATE FUNCTION meshline._components_serialize(internal) RETURNS bytea
  AS 'MODULE_PATHNAME', 'meshline_components_serialize' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION meshline._components_serialize(internal) IS 'Of connected_components(): components on their way between workers.';
CREATE FUNCTION meshline._components_deserialize(bytea, internal) RETURNS internal
  AS 'MODULE_PATHNAME', 'meshline_components_deserialize' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION meshline._components_deserialize(bytea, internal) IS 'Of connected_components(): components that came from a worker.';
CREATE FUNCTION meshline._connected_components(internal) RETURNS meshline.component[]
  AS 'MODULE_PATHNAME', 'meshline_connected_components' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION meshline._connected_components(internal) IS 'Of connected_components(): the nodes with their components.';

CREATE AGGREGATE meshline.connected_components(a text, b text) (
  SFUNC = meshline._components_add, STYPE = internal, FINALFUNC = meshline._connected_components,
  COMBINEFUNC = meshline._components_combine, SERIALFUNC = meshline._components_serialize,
  DESERIALFUNC = meshline._components_deserialize, PARALLEL = SAFE);
COMMENT ON AGGREGATE meshline.connected_components(text, text) IS
  'The connected components of a graph of edges, sorted by component and id: SELECT c.id, c.component_id FROM unnest((SELECT meshline.connected_components(left_id, right_id) FROM pairs)) AS c. A node with a null beside it is a component of its own. cluster_duplicates() guards against chains of weak edges; this does not.';
