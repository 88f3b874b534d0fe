-- Which sets of amounts explain a total.

CREATE FUNCTION meshline.explain_sum(target bigint, amounts bigint[], tolerance bigint DEFAULT 0,
    max_size integer DEFAULT NULL, max_sets integer DEFAULT 2)
  RETURNS TABLE (explanations bigint, is_exact_count boolean, set_number integer, positions integer[],
    set_amounts bigint[], difference bigint)
  AS 'MODULE_PATHNAME', 'meshline_explain_sum' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100000 ROWS 2;
COMMENT ON FUNCTION meshline.explain_sum(bigint, bigint[], bigint, integer, integer) IS
  'Counts the sets of amounts whose sum is the target, or no farther from it than the tolerance, and names the best max_sets of them, one a row: least |difference|, then fewest members, then the first positions. Positions count from 1. Nothing explains it: one row with 0 explanations and nulls. Equal amounts are different candidates, so only explanations = 1 tells which are meant. Up to 40 amounts, or 112 with a small max_size.';
