-- Distances and similarities of texts count characters, of any script and any number.
\set SHOW_CONTEXT never
SELECT meshline.levenshtein('kitten', 'sitting') AS plain, meshline.levenshtein('kitten', 'sitting', 1) AS more_than_1,
       meshline.levenshtein('ca', 'abc') AS edits, meshline.optimal_string_alignment('ca', 'abc') AS aligned,
       meshline.damerau_levenshtein('ca', 'abc') AS swapped;
SELECT round(meshline.jaro_similarity('MARTHA', 'MARHTA')::numeric, 6) AS jaro, round(meshline.jaro_winkler_similarity('MARTHA', 'MARHTA')::numeric, 6) AS winkler;
-- Characters, not bytes; case and accents count.
SELECT meshline.levenshtein('Zoë', 'Zoe') AS accent, meshline.levenshtein('Ann', 'ann') AS cased, meshline.levenshtein('漢字', '漢') AS one_of_two,
       meshline.jaro_winkler_similarity('Юлия', 'Юлия') AS cyrillic, meshline.token_set_ratio('Анна Иванова', 'Иванова Анна') AS tokens;
-- fuzzystrmatch refuses more than 255 characters.
SELECT meshline.levenshtein(repeat('a', 10000), repeat('a', 9990) || 'b') AS long_text, meshline.levenshtein(repeat('é', 300), '') AS against_nothing;
SELECT meshline.lcs_ratio('abcd', 'abxd') AS lcs, meshline.jaccard('duck', 'luck') AS jaccard,
       meshline.token_sort_ratio('Smith John', 'John  Smith') AS sorted, meshline.token_set_ratio('John Smith', 'Smith John Jr') AS sets,
       round(meshline.monge_elkan('jon smith', 'smith john')::numeric, 6) AS monge_elkan;
SELECT m AS measure, round(meshline.qgram_similarity('night', 'nacht', 2, m)::numeric, 6) AS qgrams FROM unnest(ARRAY['jaccard', 'dice', 'cosine']) AS m;
SELECT meshline.qgram_similarity('ab', 'ab') AS shorter_than_q, meshline.qgram_similarity('', '') AS both_empty, meshline.qgram_similarity('', 'abc') AS one_empty;
SELECT meshline.levenshtein(NULL, 'a') IS NULL AS null_distance, meshline.qgram_similarity('a', 'b', NULL) IS NULL AS null_similarity;
-- Texts that are kept compressed or out of line are read like others.
CREATE TEMP TABLE long_texts (a text, b text);
INSERT INTO long_texts SELECT string_agg(md5(i::text), ''), string_agg(md5(i::text), '') || 'x' FROM generate_series(1, 1000) AS i;
SELECT meshline.levenshtein(t.a, t.b) AS distance FROM long_texts AS t;
DO $$ BEGIN PERFORM meshline.levenshtein('a', 'b', -1); EXCEPTION WHEN invalid_parameter_value THEN RAISE INFO '%', SQLERRM; END $$;
DO $$ BEGIN PERFORM meshline.qgram_similarity('a', 'b', 0); EXCEPTION WHEN invalid_parameter_value THEN RAISE INFO '%', SQLERRM; END $$;
DO $$ BEGIN PERFORM meshline.qgram_similarity('a', 'b', 2, 'tanimoto'); EXCEPTION WHEN invalid_parameter_value THEN RAISE INFO '%', SQLERRM; END $$;
-- A distance that takes too long is given up.
SET statement_timeout = '100ms';
DO $$ BEGIN PERFORM meshline.damerau_levenshtein(repeat('ab', 200000), repeat('ba', 200000)); EXCEPTION WHEN query_canceled THEN RAISE INFO '%', SQLERRM; END $$;
RESET statement_timeout;
