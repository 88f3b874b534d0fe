-- The matching engine: training without labels, duplicate pairs and clusters of a relation.

CREATE FUNCTION meshline._guess_role(column_name text) RETURNS text
  AS 'MODULE_PATHNAME', 'meshline_guess_role' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION meshline._guess_role(text) IS 'The role that the name of a column suggests; null for ids and what it does not know.';

CREATE FUNCTION meshline._train_model(relation regclass, right_relation regclass, id_column text, columns text[], roles text[]) RETURNS text
  AS 'MODULE_PATHNAME', 'meshline_train_model' LANGUAGE C STRICT;
COMMENT ON FUNCTION meshline._train_model(regclass, regclass, text, text[], text[]) IS 'A model of the columns of a relation, or of two (0: only one) that are to be linked, as JSON text.';

CREATE FUNCTION meshline._find_duplicates(
  relation regclass, right_relation regclass, model text, threshold double precision, one_to_one boolean)
  RETURNS TABLE (left_id text, right_id text, weight double precision, probability double precision, levels text)
  AS 'MODULE_PATHNAME', 'meshline_find_duplicates' LANGUAGE C STRICT;
COMMENT ON FUNCTION meshline._find_duplicates(regclass, regclass, text, double precision, boolean) IS
  'Pairs that weigh at least the threshold, of one relation or of two (0: only one), or links of which each record has one at most.';

CREATE FUNCTION meshline._cluster_duplicates(relation regclass, right_relation regclass, model text, threshold double precision)
  RETURNS TABLE (id text, cluster_id text)
  AS 'MODULE_PATHNAME', 'meshline_cluster_duplicates' LANGUAGE C STRICT;
COMMENT ON FUNCTION meshline._cluster_duplicates(regclass, regclass, text, double precision) IS 'Clusters by average linkage.';

CREATE FUNCTION meshline._id_column(relation regclass) RETURNS text LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  name text;
BEGIN
  SELECT pg_catalog.min(a.attname) INTO name
  FROM pg_catalog.pg_index AS i
  JOIN pg_catalog.pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
  WHERE i.indrelid = relation AND i.indisprimary
  HAVING pg_catalog.count(*) = 1;
  IF name IS NULL THEN
    RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
      MESSAGE = pg_catalog.format('%s has no primary key of one column', relation),
      HINT = 'Name the column of ids: settings {"id": "column"}.';
  END IF;
  RETURN name;
END
$$;
COMMENT ON FUNCTION meshline._id_column(regclass) IS 'The only column of a relation''s primary key.';

CREATE FUNCTION meshline.train_model(relation regclass, settings jsonb DEFAULT '{}') RETURNS jsonb LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  id_column text := COALESCE(settings ->> 'id', meshline._id_column(relation));
  right_relation regclass := COALESCE((settings ->> 'right')::regclass, 0);
  columns text[];
  roles text[];
BEGIN
  IF settings ? 'columns' THEN
    SELECT pg_catalog.array_agg(c.key ORDER BY c.ordinality), pg_catalog.array_agg(c.value ORDER BY c.ordinality)
    INTO columns, roles
    FROM pg_catalog.jsonb_each_text(settings -> 'columns') WITH ORDINALITY AS c;
  ELSE
    SELECT pg_catalog.array_agg(a.attname::text ORDER BY a.attnum), pg_catalog.array_agg(meshline._guess_role(a.attname) ORDER BY a.attnum)
    INTO columns, roles
    FROM pg_catalog.pg_attribute AS a
    WHERE a.attrelid = relation AND a.attnum > 0 AND NOT a.attisdropped AND a.attname <> id_column
      AND meshline._guess_role(a.attname) IS NOT NULL;
  END IF;
  IF columns IS NULL OR pg_catalog.cardinality(columns) > 15 THEN
    RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
      MESSAGE = 'a model needs 1 to 15 columns',
      HINT = 'Name them with their roles: settings {"columns": {"first_name": "given_name", "dob": "date"}}.';
  END IF;
  RETURN pg_catalog.jsonb_build_object('id', id_column)
    OPERATOR(pg_catalog.||) meshline._train_model(relation, right_relation, id_column, columns, roles)::jsonb;
END
$$;
COMMENT ON FUNCTION meshline.train_model(regclass, jsonb) IS
  'Learns from a relation, without labels, how much each level of agreement of each column speaks for two records being one thing (Fellegi and Sunter 1969; m by expectation maximisation, u from random pairs). settings: id, the column of ids (default: the primary key); columns, {column: role} (default: by their names); right, the other relation when two are to be linked.';

CREATE FUNCTION meshline.find_duplicates(relation regclass, model jsonb DEFAULT NULL, threshold double precision DEFAULT 0)
  RETURNS TABLE (left_id text, right_id text, weight double precision, probability double precision, levels jsonb) LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
  trained CONSTANT jsonb := COALESCE(model, meshline.train_model(relation));
BEGIN
  RETURN QUERY
  SELECT f.left_id, f.right_id, f.weight, f.probability, f.levels::pg_catalog.jsonb
  FROM meshline._find_duplicates(relation, 0::pg_catalog.oid::regclass, trained::pg_catalog.text, threshold, false) AS f;
END
$$;
COMMENT ON FUNCTION meshline.find_duplicates(regclass, jsonb, double precision) IS
  'Pairs of records of a relation that are probably one thing: weight (log2 of the odds) at least the threshold, the probability, and the level at which each column agrees. The model is one of train_model(), or one that Splink has saved, whose blocking rules then say which pairs are compared. Without a model it trains one. NOTICEs say how many records and pairs there were.';

CREATE FUNCTION meshline.cluster_duplicates(relation regclass, model jsonb DEFAULT NULL, threshold double precision DEFAULT -2)
  RETURNS TABLE (id text, cluster_id text) LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
  trained CONSTANT jsonb := COALESCE(model, meshline.train_model(relation));
BEGIN
  RETURN QUERY
  SELECT f.* FROM meshline._cluster_duplicates(relation, 0::pg_catalog.oid::regclass, trained::pg_catalog.text, threshold) AS f;
END
$$;
COMMENT ON FUNCTION meshline.cluster_duplicates(regclass, jsonb, double precision) IS
  'The cluster of each record of a relation, named by its least id. Clusters are joined while the mean weight of all pairs between two of them is at least the threshold, pairs that were not worth comparing counting -5: one strong pair does not chain groups that disagree otherwise.';

CREATE FUNCTION meshline.link_tables(
  "left" regclass, "right" regclass, model jsonb DEFAULT NULL, one_to_one boolean DEFAULT true, threshold double precision DEFAULT NULL)
  RETURNS TABLE (left_id text, right_id text, weight double precision, probability double precision) LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
  trained CONSTANT jsonb := COALESCE(model, meshline.train_model("left", pg_catalog.jsonb_build_object('right', "right")));
BEGIN
  RETURN QUERY
  SELECT f.left_id, f.right_id, f.weight, f.probability
  FROM meshline._find_duplicates("left", "right", trained::pg_catalog.text, COALESCE(threshold, CASE WHEN one_to_one THEN -4 ELSE 0 END), one_to_one) AS f;
END
$$;
COMMENT ON FUNCTION meshline.link_tables(regclass, regclass, jsonb, boolean, double precision) IS
  'Pairs of a record of each of two relations, with columns of the same names, that are probably one thing. one_to_one: the links that together exceed the threshold most, each record in one at most (by the order of ids where several choices do). The threshold (default -4, and 0 for pairs that need not be one to one) is a weight, log2 of the odds.';

CREATE FUNCTION meshline.match_keys(rules text, column_values text[]) RETURNS bigint[]
  AS 'MODULE_PATHNAME', 'meshline_match_keys' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION meshline.match_keys(text, text[]) IS
  'The keys that a record is found by, one for each rule it has the values for; create_match_index() makes an index of them. A change of the ICU version calls for REINDEX.';

CREATE FUNCTION meshline._key_rules(model text) RETURNS text
  AS 'MODULE_PATHNAME', 'meshline_key_rules' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION meshline._key_rules(text) IS 'How match_keys() makes the keys of a model''s blocking rules.';

CREATE FUNCTION meshline.create_match_index(relation regclass, model jsonb) RETURNS jsonb LANGUAGE plpgsql STRICT
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  name text;
  schema_name text;
  column_values text;
BEGIN
  SELECT pg_catalog.string_agg(pg_catalog.format('%I::pg_catalog.text', c.value ->> 'column'), ', ' ORDER BY c.ordinality) INTO column_values
  FROM pg_catalog.jsonb_array_elements(model -> 'columns') WITH ORDINALITY AS c;
  SELECT c.relname, c.relnamespace::pg_catalog.regnamespace::pg_catalog.text INTO name, schema_name FROM pg_catalog.pg_class AS c WHERE c.oid = relation;
  EXECUTE pg_catalog.format('CREATE INDEX ON %s.%I USING gin (meshline.match_keys(%L, ARRAY[%s]))', schema_name, name,
                            meshline._key_rules(model::pg_catalog.text), column_values);
  RETURN model OPERATOR(pg_catalog.||) pg_catalog.jsonb_build_object('relation', pg_catalog.format('%s.%I', schema_name, name));
END
$$;
COMMENT ON FUNCTION meshline.create_match_index(regclass, jsonb) IS
  'Makes the index by which match_record() finds records of a relation, kept up to date by every INSERT and UPDATE as indexes are; gives the model with the relation in it. Columns must be of text types.';

CREATE FUNCTION meshline.match_record(model jsonb, record jsonb, k integer DEFAULT 5)
  RETURNS TABLE (id text, weight double precision, probability double precision)
  AS 'MODULE_PATHNAME', 'meshline_match_record' LANGUAGE C STABLE STRICT PARALLEL RESTRICTED;
COMMENT ON FUNCTION meshline.match_record(jsonb, jsonb, integer) IS
  'The k records of the indexed relation that weigh most as duplicates of a record, which is a JSON object of columns and values; model as create_match_index() gives it. Weights are without term frequencies.';
