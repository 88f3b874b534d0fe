// SPDX-License-Identifier: PostgreSQL
// explain_sum() as a function that returns rows.
#include <algorithm>
#include <optional>
#include <span>

#include "core/error.hpp"
#include "core/match/explain_sum.hpp"
#include "core/memory.hpp"
#include "pg/guard.hpp"
#include "pg/memory_resource.hpp"
#include "pg/spi.hpp"

namespace meshline::pg {

namespace {

constexpr int column_count = 6;

// The elements, in place where the array was not toasted.
std::span<const std::int64_t>
Amounts(Datum value) {
	ArrayType *array = PgCall([&] { return DatumGetArrayTypeP(value); });
	if (ARR_NDIM(array) > 1) {
		throw Error(sqlstate::invalid_parameter, "amounts must be an array of one dimension");
	}
	if (PgCall([&] { return array_contains_nulls(array); })) {
		throw Error(
		    sqlstate::null_not_allowed, "amounts must not contain NULL", {},
		    "Leave out what has no amount, for example with array_agg(…) FILTER (WHERE … IS NOT NULL).");
	}
	const int size = ARR_NDIM(array) == 0 ? 0 : ARR_DIMS(array)[0];
	return {reinterpret_cast<const std::int64_t *>(ARR_DATA_PTR(array)), static_cast<std::size_t>(size)};
}

std::size_t
SizeArgument(std::int32_t value) noexcept {
	return static_cast<std::size_t>(std::max(value, 0));
}

void
PutRow(const ReturnSetInfo *result, Datum *values, bool *nulls) {
	PgCall([=] { tuplestore_putvalues(result->setResult, result->setDesc, values, nulls); });
}

// (explanations, is_exact_count, set_number, positions, set_amounts, difference) for each set.
void
PutSets(const ReturnSetInfo *result, const match::SumExplanations &explained,
        std::span<const std::int64_t> amounts) {
	std::int32_t number = 0;
	for (const match::SumSet &set : explained.sets) {
		Column positions(INT4OID, set.members.size()), set_amounts(INT8OID, set.members.size());
		for (const std::uint32_t member : set.members) {
			positions.Int4(static_cast<std::int32_t>(member) + 1);
			set_amounts.Int8(amounts[member]);
		}
		Datum values[column_count] = {Int64GetDatum(explained.count),
		                              BoolGetDatum(true),
		                              Int32GetDatum(++number),
		                              positions.Array(),
		                              set_amounts.Array(),
		                              Int64GetDatum(set.difference)};
		bool nulls[column_count] = {};
		PutRow(result, values, nulls);
	}
}

// What there is to say where no set can be named: a count of 0, or nothing at all.
void
PutNoSet(const ReturnSetInfo *result, bool is_known) {
	Datum values[column_count] = {Int64GetDatum(0), BoolGetDatum(true)};
	bool nulls[column_count] = {!is_known, !is_known, true, true, true, true};
	PutRow(result, values, nulls);
}

} // namespace

} // namespace meshline::pg

// (target, amounts, tolerance, max_size, max_sets); a max_size that is NULL is no limit.
MESHLINE_FUNCTION(meshline_explain_sum) {
	using namespace meshline::pg;
	PgCall([&] { InitMaterializedSRF(fcinfo, 0); });
	const auto *result = reinterpret_cast<ReturnSetInfo *>(fcinfo->resultinfo);
	if (PG_ARGISNULL(0) || PG_ARGISNULL(1) || PG_ARGISNULL(2) || PG_ARGISNULL(4)) {
		PutNoSet(result, false);
		return Datum{0};
	}
	meshline::match::SumQuery query;
	query.target = PG_GETARG_INT64(0);
	query.tolerance = PG_GETARG_INT64(2);
	query.max_size = PG_ARGISNULL(3) ? std::nullopt : std::optional(SizeArgument(PG_GETARG_INT32(3)));
	query.max_sets = SizeArgument(PG_GETARG_INT32(4));
	ContextResource memory;
	const auto amounts = Amounts(PG_GETARG_DATUM(1));
	const auto explained = meshline::match::ExplainSum(query, amounts, &memory);
	if (explained.sets.empty()) {
		PutNoSet(result, true);
	} else {
		PutSets(result, explained, amounts);
	}
	return Datum{0};
}
