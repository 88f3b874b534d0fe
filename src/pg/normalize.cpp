// SPDX-License-Identifier: PostgreSQL
// Normalisers and phonetic keys as SQL functions. Results live in the memory of the call.
#include "core/match/double_metaphone.hpp"
#include "core/match/normalize.hpp"
#include "pg/guard.hpp"
#include "pg/memory_resource.hpp"
#include "pg/spi.hpp"

namespace match = meshline::match;
using meshline::pg::ContextResource;
using meshline::pg::PgCall;
using meshline::pg::TextDatum;
using meshline::pg::TextView;

namespace {

Datum
NormalizedText(FunctionCallInfo fcinfo,
               std::string_view (*normalize)(std::string_view, std::pmr::memory_resource *)) {
	ContextResource arena;
	return TextDatum(normalize(TextView(PG_GETARG_DATUM(0)), &arena));
}

Datum
TextOrNull(FunctionCallInfo fcinfo, const std::optional<std::string_view> &text) {
	if (!text) {
		PG_RETURN_NULL();
	}
	return TextDatum(*text);
}

} // namespace

MESHLINE_FUNCTION(meshline_normalize_text) {
	return NormalizedText(fcinfo, match::NormalizeText);
}

MESHLINE_FUNCTION(meshline_normalize_name) {
	return NormalizedText(fcinfo, match::NormalizeName);
}

MESHLINE_FUNCTION(meshline_normalize_company) {
	return NormalizedText(fcinfo, match::NormalizeCompany);
}

MESHLINE_FUNCTION(meshline_normalize_address) {
	return NormalizedText(fcinfo, match::NormalizeAddress);
}

MESHLINE_FUNCTION(meshline_transliterate) {
	return NormalizedText(fcinfo, match::Transliterate);
}

MESHLINE_FUNCTION(meshline_normalize_email) {
	ContextResource arena;
	return TextOrNull(fcinfo, match::NormalizeEmail(TextView(PG_GETARG_DATUM(0)), &arena));
}

// (phone, default_region)
MESHLINE_FUNCTION(meshline_normalize_phone) {
	ContextResource arena;
	return TextOrNull(
	    fcinfo, match::NormalizePhone(TextView(PG_GETARG_DATUM(0)), TextView(PG_GETARG_DATUM(1)), &arena));
}

// {primary, alternate}
MESHLINE_FUNCTION(meshline_double_metaphone) {
	ContextResource arena;
	const match::PhoneticKeys keys = match::DoubleMetaphone(TextView(PG_GETARG_DATUM(0)), &arena);
	Datum elements[2] = {TextDatum(keys.primary), TextDatum(keys.alternate)};
	return PgCall([&elements] {
		return PointerGetDatum(construct_array(elements, 2, TEXTOID, -1, false, TYPALIGN_INT));
	});
}
