// SPDX-License-Identifier: PostgreSQL
// The string kernels as SQL functions.
#include <string>

#include "core/error.hpp"
#include "core/match/set_similarity.hpp"
#include "core/match/text_distance.hpp"
#include "pg/guard.hpp"
#include "pg/spi.hpp"

using meshline::pg::TextView;

namespace meshline::pg {

namespace {

std::size_t
CutoffArgument(FunctionCallInfo fcinfo, int argument) {
	if (PG_NARGS() <= argument) {
		return match::no_cutoff;
	}
	const std::int32_t cutoff = PG_GETARG_INT32(argument);
	if (cutoff < 0) {
		throw Error(sqlstate::invalid_parameter, "max must not be negative",
		            "max is " + std::to_string(cutoff) + ".");
	}
	return static_cast<std::size_t>(cutoff);
}

template <std::size_t (*distance)(std::string_view, std::string_view, std::size_t)>
Datum
Distance(FunctionCallInfo fcinfo) {
	const std::size_t cutoff = CutoffArgument(fcinfo, 2);
	return Int32GetDatum(static_cast<std::int32_t>(
	    distance(TextView(PG_GETARG_DATUM(0)), TextView(PG_GETARG_DATUM(1)), cutoff)));
}

template <double (*similarity)(std::string_view, std::string_view)>
Datum
Similarity(FunctionCallInfo fcinfo) {
	return Float8GetDatum(similarity(TextView(PG_GETARG_DATUM(0)), TextView(PG_GETARG_DATUM(1))));
}

template <double (*similarity)(std::string_view, std::string_view, double)>
Datum
Similarity(FunctionCallInfo fcinfo) {
	return Float8GetDatum(similarity(TextView(PG_GETARG_DATUM(0)), TextView(PG_GETARG_DATUM(1)), 0));
}

} // namespace

} // namespace meshline::pg

// (a, b [, max])
MESHLINE_FUNCTION(meshline_levenshtein) {
	return meshline::pg::Distance<meshline::match::Levenshtein>(fcinfo);
}

MESHLINE_FUNCTION(meshline_optimal_string_alignment) {
	return meshline::pg::Distance<meshline::match::OptimalStringAlignment>(fcinfo);
}

MESHLINE_FUNCTION(meshline_damerau_levenshtein) {
	return meshline::pg::Distance<meshline::match::DamerauLevenshtein>(fcinfo);
}

// (a, b)
MESHLINE_FUNCTION(meshline_jaro_similarity) {
	return meshline::pg::Similarity<meshline::match::JaroSimilarity>(fcinfo);
}

MESHLINE_FUNCTION(meshline_jaro_winkler_similarity) {
	return meshline::pg::Similarity<meshline::match::JaroWinklerSimilarity>(fcinfo);
}

MESHLINE_FUNCTION(meshline_lcs_ratio) {
	return meshline::pg::Similarity<meshline::match::LcsRatio>(fcinfo);
}

MESHLINE_FUNCTION(meshline_jaccard) {
	return meshline::pg::Similarity<meshline::match::JaccardSimilarity>(fcinfo);
}

MESHLINE_FUNCTION(meshline_token_sort_ratio) {
	return meshline::pg::Similarity<meshline::match::TokenSortRatio>(fcinfo);
}

MESHLINE_FUNCTION(meshline_token_set_ratio) {
	return meshline::pg::Similarity<meshline::match::TokenSetRatio>(fcinfo);
}

MESHLINE_FUNCTION(meshline_monge_elkan) {
	return meshline::pg::Similarity<meshline::match::MongeElkanSimilarity>(fcinfo);
}

// (a, b, q, measure)
MESHLINE_FUNCTION(meshline_qgram_similarity) {
	const std::int32_t q = PG_GETARG_INT32(2);
	if (q < 1) {
		throw meshline::Error(meshline::sqlstate::invalid_parameter, "q must be at least 1",
		                      "q is " + std::to_string(q) + ".");
	}
	const std::string_view name = TextView(PG_GETARG_DATUM(3));
	const auto measure = meshline::match::ParseSetMeasure(name);
	if (!measure) {
		throw meshline::Error(meshline::sqlstate::invalid_parameter,
		                      "there is no measure \"" + std::string(name) + "\"", {},
		                      "Measures are jaccard, dice and cosine.");
	}
	return Float8GetDatum(meshline::match::QgramSimilarity(
	    TextView(PG_GETARG_DATUM(0)), TextView(PG_GETARG_DATUM(1)), static_cast<std::size_t>(q), *measure));
}
