-- A pair of records is scored by a saved model, ours or Splink's, and each step of it is shown.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SET extra_float_digits = 0;
CREATE TEMP TABLE splink AS SELECT '{
  "link_type": "dedupe_only", "probability_two_random_records_match": 0.001,
  "comparisons": [
    {"output_column_name": "name", "comparison_levels": [
      {"sql_condition": "\"name_l\" IS NULL OR \"name_r\" IS NULL", "label_for_charts": "name is NULL", "is_null_level": true},
      {"sql_condition": "\"name_l\" = \"name_r\"", "label_for_charts": "exact", "m_probability": 0.8, "u_probability": 0.01, "tf_adjustment_column": "name", "tf_adjustment_weight": 1.0},
      {"sql_condition": "levenshtein(\"name_l\", \"name_r\") <= 1", "label_for_charts": "one edit", "m_probability": 0.1, "u_probability": 0.005},
      {"sql_condition": "ELSE", "label_for_charts": "else", "m_probability": 0.1, "u_probability": 0.985}]},
    {"output_column_name": "city", "comparison_levels": [
      {"sql_condition": "city_l IS NULL OR city_r IS NULL", "is_null_level": true},
      {"sql_condition": "city_l = city_r", "label_for_charts": "same", "m_probability": 0.9, "u_probability": 0.1},
      {"sql_condition": "ELSE", "label_for_charts": "else", "m_probability": 0.1, "u_probability": 0.9}]}]}'::jsonb AS model;
SELECT e.* FROM splink AS s CROSS JOIN LATERAL meshline.explain_match(s.model, '{"name": "Zoë", "city": "York"}', '{"name": "Zoe", "city": null}') AS e ORDER BY e.step;
-- A rare name weighs more than a common one: 0.01 is what u says, and adds nothing.
SELECT t.tf, round(meshline.match_weight(s.model, p.person, p.person)::numeric, 6) AS weight, round(log(2, 0.001 / 0.999) + log(2, 0.8 / t.tf), 6) AS expected
FROM splink AS s CROSS JOIN (VALUES (0.01), (0.0001), (0.2)) AS t (tf) CROSS JOIN LATERAL jsonb_build_object('name', 'ada', 'tf_name', t.tf) AS p (person);
SELECT meshline.match_weight(s.model, NULL, '{}') IS NULL AS null_record, round(meshline.match_weight(s.model, '{}', '{}')::numeric, 6) AS nothing_known FROM splink AS s;

-- Ours: a model that train_model() would give.
CREATE TEMP TABLE ours AS SELECT '{"id": "id", "columns": [
    {"column": "email", "role": "email", "levels": [{"m": 0.2, "u": 0.9}, {"m": 0.1, "u": 0.05}, {"m": 0.1, "u": 0.02}, {"m": 0.1, "u": 0.02}, {"m": 0.5, "u": 0.01}]},
    {"column": "phone", "role": "phone", "levels": [{"m": 0.2, "u": 0.98}, {"m": 0.1, "u": 0.01}, {"m": 0.7, "u": 0.01}]}],
  "matches_per_record": 0.1, "training": {"records": 1001}}'::jsonb AS model;
SELECT e.* FROM ours AS o CROSS JOIN LATERAL meshline.explain_match(o.model, '{"email": "Ann+news@example.org", "phone": "+44 7700 900123", "other": [1]}', '{"email": "ann@example.org", "phone": 7700900124}') AS e ORDER BY e.step;
-- What the engine finds weighs the same, but for term frequencies, which it knows from the table.
CREATE TEMP TABLE customer AS SELECT n AS id, 'user' || n / 2 || '@example.org' AS email, lpad((n / 2 * 7919)::text, 9, '0') AS phone FROM generate_series(0, 199) AS n;
SELECT count(*) AS pairs, max(abs(f.weight - meshline.match_weight(m.model, to_jsonb(a) || '{"tf_email": 0.01, "tf_phone": 0.01}', to_jsonb(b) || '{"tf_email": 0.01, "tf_phone": 0.01}'))) < 1e-9 AS are_equal
FROM (SELECT meshline.train_model('customer', '{"id": "id", "columns": {"email": "email", "phone": "phone"}}')) AS m (model)
CROSS JOIN LATERAL meshline.find_duplicates('customer', m.model, -3) AS f JOIN customer AS a ON a.id = f.left_id::int JOIN customer AS b ON b.id = f.right_id::int;

SELECT meshline.match_weight('{"comparisons": []}', '{}', '{}'); -- fails
SELECT meshline.match_weight('[]', '{}', '{}'); -- fails
SELECT meshline.match_weight(jsonb_set(s.model, '{comparisons,0,comparison_levels,2,sql_condition}', '"soundex(name_l) = 1"'), '{}', '{}') FROM splink AS s; -- fails
SELECT meshline.match_weight(s.model #- '{comparisons,1,comparison_levels,1,m_probability}', '{}', '{}') FROM splink AS s; -- fails
SELECT meshline.match_weight(s.model, '[]', '{}') FROM splink AS s; -- fails
SELECT meshline.match_weight(o.model #- '{columns,1,levels,0}', '{}', '{}') FROM ours AS o; -- fails
