// SPDX-License-Identifier: PostgreSQL
// Scalar functions over the core: canonical ids, money, definitions.
#include <string>

#include "core/canonical.hpp"
#include "core/currency.hpp"
#include "core/definition.hpp"
#include "core/error.hpp"
#include "core/json_text.hpp"
#include "core/stated_totals.hpp"
#include "pg/guard.hpp"
#include "pg/memory_resource.hpp"
#include "pg/spi.hpp"

using meshline::pg::TextDatum;
using meshline::pg::TextView;

// (merchant_id, kind, namespace, value)
MESHLINE_FUNCTION(meshline_canonical_id) {
	return meshline::pg::UuidDatum(meshline::CanonicalId(PG_GETARG_INT64(0), TextView(PG_GETARG_DATUM(1)),
	                                                     TextView(PG_GETARG_DATUM(2)),
	                                                     TextView(PG_GETARG_DATUM(3))));
}

// NULL for a code that ISO 4217 does not list.
MESHLINE_FUNCTION(meshline_currency_exponent) {
	const auto exponent = meshline::CurrencyExponent(TextView(PG_GETARG_DATUM(0)));
	if (!exponent) {
		PG_RETURN_NULL();
	}
	PG_RETURN_INT32(*exponent);
}

// Dashboards call it for every amount of every row. So no PgCall, which would be a quarter of its time:
// nothing here has a destructor that an ERROR could skip.
MESHLINE_FUNCTION(meshline_major_units) {
	constexpr int usual_exponent = 2;
	if (PG_ARGISNULL(0)) {
		PG_RETURN_NULL();
	}
	const auto known =
	    PG_ARGISNULL(1) ? std::nullopt : meshline::CurrencyExponent(TextView(PG_GETARG_DATUM(1)));
	const std::int64_t amount = PG_GETARG_INT64(0);
	const int exponent = known.value_or(usual_exponent);
	return NumericGetDatum(int64_div_fast_to_numeric(amount, exponent));
}

// (stated, also, current_total, other_total)
MESHLINE_FUNCTION(meshline_stated_totals) {
	meshline::pg::ContextResource memory;
	meshline::StatedTotals stated(&memory);
	const auto total = [&](int argument) {
		return PG_ARGISNULL(argument) ? std::nullopt : std::optional(PG_GETARG_INT64(argument));
	};
	for (const int argument : {0, 1}) {
		if (!PG_ARGISNULL(argument)) {
			for (const auto value : meshline::pg::Int8Array(PG_GETARG_DATUM(argument), &memory)) {
				stated.Add(value);
			}
		}
	}
	stated.Add(total(2));
	stated.Add(total(3));
	if (stated.IsOnly(total(2))) {
		PG_RETURN_NULL();
	}
	const auto totals = stated.totals();
	meshline::pg::Column column(INT8OID, totals.size());
	for (const meshline::Minor value : totals) {
		column.Int8(value);
	}
	return column.Array();
}

// Compiles a definition and gives what the tables of connectors need of it, as JSON text:
// {"connector", "version", "title", "role", "objects": [{"object", "kind"}…]}.
MESHLINE_FUNCTION(meshline_describe_definition) {
	const auto definition = meshline::Definition::Compile(TextView(PG_GETARG_DATUM(0)));
	std::string json = "{\"connector\":";
	meshline::AppendJsonString(json, definition->name());
	json += ",\"version\":";
	meshline::AppendJsonString(json, definition->version());
	json += ",\"title\":";
	meshline::AppendJsonString(json, definition->title());
	json += ",\"role\":";
	meshline::AppendJsonString(json, meshline::Name(definition->role()));
	json += ",\"objects\":[";
	bool is_first = true;
	for (const auto &object : definition->objects()) {
		json += is_first ? "{\"object\":" : ",{\"object\":";
		is_first = false;
		meshline::AppendJsonString(json, object.name);
		json += ",\"kind\":";
		meshline::AppendJsonString(json, meshline::Name(object.kind));
		json += '}';
	}
	json += "]}";
	return TextDatum(json);
}
