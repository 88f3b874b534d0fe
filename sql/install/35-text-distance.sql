-- How alike two texts are. All count characters, keep case and accents, and take texts of any length.

CREATE FUNCTION meshline.levenshtein(a text, b text) RETURNS integer
  AS 'MODULE_PATHNAME', 'meshline_levenshtein' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 2;
COMMENT ON FUNCTION meshline.levenshtein(text, text) IS
  'Least number of insertions, deletions and substitutions of characters that turn one text into the other (Levenshtein 1966).';

CREATE FUNCTION meshline.levenshtein(a text, b text, max integer) RETURNS integer
  AS 'MODULE_PATHNAME', 'meshline_levenshtein' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 2;
COMMENT ON FUNCTION meshline.levenshtein(text, text, integer) IS
  'Least number of insertions, deletions and substitutions of characters that turn one text into the other (Levenshtein 1966); max + 1 when it is more than max, which is found early.';

CREATE FUNCTION meshline.optimal_string_alignment(a text, b text) RETURNS integer
  AS 'MODULE_PATHNAME', 'meshline_optimal_string_alignment' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 2;
COMMENT ON FUNCTION meshline.optimal_string_alignment(text, text) IS
  'Levenshtein distance where swapping two neighbours is one edit, no part of the text being edited twice.';

CREATE FUNCTION meshline.optimal_string_alignment(a text, b text, max integer) RETURNS integer
  AS 'MODULE_PATHNAME', 'meshline_optimal_string_alignment' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 2;
COMMENT ON FUNCTION meshline.optimal_string_alignment(text, text, integer) IS
  'Levenshtein distance where swapping two neighbours is one edit, no part of the text being edited twice; max + 1 when it is more than max, which is found early.';

CREATE FUNCTION meshline.damerau_levenshtein(a text, b text) RETURNS integer
  AS 'MODULE_PATHNAME', 'meshline_damerau_levenshtein' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 2;
COMMENT ON FUNCTION meshline.damerau_levenshtein(text, text) IS
  'Levenshtein distance where swapping two neighbours is one edit, even with others made between them: a metric (Damerau 1964; Lowrance and Wagner 1975).';

CREATE FUNCTION meshline.damerau_levenshtein(a text, b text, max integer) RETURNS integer
  AS 'MODULE_PATHNAME', 'meshline_damerau_levenshtein' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 2;
COMMENT ON FUNCTION meshline.damerau_levenshtein(text, text, integer) IS
  'Levenshtein distance where swapping two neighbours is one edit, even with others made between them: a metric (Damerau 1964; Lowrance and Wagner 1975); max + 1 when it is more than max, which is found early.';

CREATE FUNCTION meshline.jaro_similarity(a text, b text) RETURNS double precision
  AS 'MODULE_PATHNAME', 'meshline_jaro_similarity' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 2;
COMMENT ON FUNCTION meshline.jaro_similarity(text, text) IS
  'Jaro similarity (Jaro 1989): 1 for equal texts, 0 for texts that share nothing. Two empty texts are equal.';

CREATE FUNCTION meshline.jaro_winkler_similarity(a text, b text) RETURNS double precision
  AS 'MODULE_PATHNAME', 'meshline_jaro_winkler_similarity' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 2;
COMMENT ON FUNCTION meshline.jaro_winkler_similarity(text, text) IS
  'Jaro similarity, and above 0.7 a further 0.1 of what is missing for each of up to four common first characters (Winkler 1990).';

CREATE FUNCTION meshline.lcs_ratio(a text, b text) RETURNS double precision
  AS 'MODULE_PATHNAME', 'meshline_lcs_ratio' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 2;
COMMENT ON FUNCTION meshline.lcs_ratio(text, text) IS
  'Twice the length of the longest common subsequence by the sum of the lengths: from 0 to 1.';

CREATE FUNCTION meshline.jaccard(a text, b text) RETURNS double precision
  AS 'MODULE_PATHNAME', 'meshline_jaccard' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 2;
COMMENT ON FUNCTION meshline.jaccard(text, text) IS
  'Characters that both texts have by characters that either has, each counted once: from 0 to 1; as jaccard() of DuckDB.';

CREATE FUNCTION meshline.token_sort_ratio(a text, b text) RETURNS double precision
  AS 'MODULE_PATHNAME', 'meshline_token_sort_ratio' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 2;
COMMENT ON FUNCTION meshline.token_sort_ratio(text, text) IS
  'lcs_ratio() of the words in sorted order: from 0 to 1, and the order of words does not count.';

CREATE FUNCTION meshline.token_set_ratio(a text, b text) RETURNS double precision
  AS 'MODULE_PATHNAME', 'meshline_token_set_ratio' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 2;
COMMENT ON FUNCTION meshline.token_set_ratio(text, text) IS
  'lcs_ratio() of the words as sets, the best of three: the common words against each side and side against side; 1 when one text has all words of the other.';

CREATE FUNCTION meshline.monge_elkan(a text, b text) RETURNS double precision
  AS 'MODULE_PATHNAME', 'meshline_monge_elkan' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 2;
COMMENT ON FUNCTION meshline.monge_elkan(text, text) IS
  'Mean, over the words of one text, of the best jaro_winkler_similarity() to a word of the other; the mean of both directions (Monge and Elkan 1996).';

CREATE FUNCTION meshline.qgram_similarity(a text, b text, q integer DEFAULT 3, measure text DEFAULT 'jaccard') RETURNS double precision
  AS 'MODULE_PATHNAME', 'meshline_qgram_similarity' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 2;
COMMENT ON FUNCTION meshline.qgram_similarity(text, text, integer, text) IS
  'Common runs of q characters, each counted once, as jaccard (of either), dice or cosine: from 0 to 1. A text shorter than q is its own only run.';
