-- Pairs, links and clusters by a model that Splink has saved: its blocking rules, its columns, its term frequencies.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SET extra_float_digits = 0;
CREATE SCHEMA regress_splink;
SET search_path = regress_splink, pg_catalog;
CREATE TABLE model AS SELECT '{
  "link_type": "dedupe_only", "probability_two_random_records_match": 0.01, "unique_id_column_name": "no",
  "comparisons": [
    {"output_column_name": "name", "comparison_levels": [
      {"sql_condition": "\"name_l\" IS NULL OR \"name_r\" IS NULL", "label_for_charts": "name is NULL", "is_null_level": true},
      {"sql_condition": "\"name_l\" = \"name_r\"", "label_for_charts": "exact", "m_probability": 0.8, "u_probability": 0.01, "tf_adjustment_column": "name"},
      {"sql_condition": "levenshtein(\"name_l\", \"name_r\") <= 1", "label_for_charts": "one edit", "m_probability": 0.1, "u_probability": 0.005},
      {"sql_condition": "ELSE", "label_for_charts": "else", "m_probability": 0.1, "u_probability": 0.985}]},
    {"output_column_name": "born", "comparison_levels": [
      {"sql_condition": "born_l IS NULL OR born_r IS NULL", "label_for_charts": "born is NULL", "is_null_level": true},
      {"sql_condition": "born_l = born_r", "label_for_charts": "same day", "m_probability": 0.9, "u_probability": 0.001},
      {"sql_condition": "ELSE", "label_for_charts": "else", "m_probability": 0.1, "u_probability": 0.999}]}],
  "blocking_rules_to_generate_predictions": [
    {"blocking_rule": "l.\"born\" = r.\"born\"", "sql_dialect": "duckdb"},
    {"blocking_rule": "(SUBSTRING(l.name, 1, 3) = SUBSTRING(r.name, 1, 3)) AND (l.town = r.town)", "sql_dialect": "duckdb"}]}'::jsonb AS model;
CREATE TABLE person (no text PRIMARY KEY, name text, born date, town text);
INSERT INTO person VALUES ('p1', 'Zoë Kiss', '1990-01-02', 'York'), ('p2', 'Zoe Kiss', '1990-01-02', 'Hull'), ('p3', 'Zoë Kiss', NULL, 'York'),
  ('p4', 'Ann Lee', '1971-05-05', 'York'), ('p5', 'Bob Roe', '1971-05-05', 'Ely'), ('p6', 'Carl Poe', NULL, NULL);

SELECT f.left_id, f.right_id, round(f.weight::numeric, 6) AS weight, f.levels FROM model AS m CROSS JOIN LATERAL meshline.find_duplicates('person', m.model, -20) AS f;
-- The weight is match_weight() with the shares of the names: two of six are 'Zoë Kiss'.
SELECT round(meshline.match_weight(m.model, '{"name": "Zoë Kiss", "born": null, "tf_name": 0.333333333333}', '{"name": "Zoë Kiss", "tf_name": 0.333333333333}')::numeric, 6) AS weight FROM model AS m;
SELECT c.* FROM model AS m CROSS JOIN LATERAL meshline.cluster_duplicates('person', m.model, 0) AS c ORDER BY c.id;
CREATE TABLE guest (LIKE person);
INSERT INTO guest VALUES ('g1', 'Zoé Kiss', '1990-01-02', 'Ely'), ('g2', 'Ann Leigh', '1971-05-05', NULL);
SELECT l.left_id, l.right_id, round(l.weight::numeric, 6) AS weight FROM model AS m CROSS JOIN LATERAL meshline.link_tables('guest', 'person', m.model, one_to_one => true, threshold => -20) AS l;

SELECT f.* FROM model AS m CROSS JOIN LATERAL meshline.find_duplicates('person', jsonb_set(m.model, '{blocking_rules_to_generate_predictions}', '["l.name <> r.name"]')) AS f; -- fails
SELECT f.* FROM model AS m CROSS JOIN LATERAL meshline.find_duplicates('person', jsonb_set(m.model, '{blocking_rules_to_generate_predictions}', '["l.birthday = r.birthday"]')) AS f; -- fails
SELECT count(*) AS without_rules FROM model AS m CROSS JOIN LATERAL meshline.find_duplicates('person', m.model - 'blocking_rules_to_generate_predictions') AS f;
RESET search_path;
DROP SCHEMA regress_splink CASCADE;
