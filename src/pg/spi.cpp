// SPDX-License-Identifier: PostgreSQL
#include <algorithm>
#include <cstring>
#include <stdexcept>

#include "pg/plan_for_growth.hpp"
#include "pg/spi.hpp"

namespace meshline::pg {

namespace {

struct ElementType {
	std::int16_t length;
	bool by_value;
	char alignment;
};

ElementType
Describe(Oid type) {
	switch (type) {
	case BOOLOID:
		return {1, true, TYPALIGN_CHAR};
	case INT4OID:
		return {4, true, TYPALIGN_INT};
	case INT8OID:
	case FLOAT8OID:
	case TIMESTAMPTZOID:
		return {8, FLOAT8PASSBYVAL, TYPALIGN_DOUBLE};
	case UUIDOID:
		return {16, false, TYPALIGN_CHAR};
	default:
		return {-1, false, TYPALIGN_INT};
	}
}

Oid
ArrayOf(Oid type) {
	switch (type) {
	case BOOLOID:
		return BOOLARRAYOID;
	case INT4OID:
		return INT4ARRAYOID;
	case INT8OID:
		return INT8ARRAYOID;
	case FLOAT8OID:
		return FLOAT8ARRAYOID;
	case TIMESTAMPTZOID:
		return TIMESTAMPTZARRAYOID;
	case UUIDOID:
		return UUIDARRAYOID;
	default:
		return TEXTARRAYOID;
	}
}

void *
Allocate(std::size_t bytes) {
	return PgCall([&] { return MemoryContextAllocHuge(CurrentMemoryContext, bytes == 0 ? 1 : bytes); });
}

} // namespace

std::span<const std::int64_t>
Int8Array(Datum value, std::pmr::memory_resource *arena) {
	struct Elements {
		Datum *values;
		int count;
	};
	const Elements elements = PgCall([&] {
		Elements e{};
		deconstruct_array(DatumGetArrayTypeP(value), INT8OID, 8, FLOAT8PASSBYVAL, TYPALIGN_DOUBLE, &e.values,
		                  nullptr, &e.count);
		return e;
	});
	auto *copy = static_cast<std::int64_t *>(
	    arena->allocate(sizeof(std::int64_t) * (elements.count + 1), alignof(std::int64_t)));
	for (int i = 0; i < elements.count; ++i) {
		copy[i] = DatumGetInt64(elements.values[i]);
	}
	return {copy, static_cast<std::size_t>(elements.count)};
}

std::string_view
TextView(Datum value) {
	auto *text = reinterpret_cast<struct varlena *>(DatumGetPointer(value));
	if (VARATT_IS_EXTERNAL(text) || VARATT_IS_COMPRESSED(text)) {
		text = PgCall([&] { return pg_detoast_datum_packed(text); });
	}
	return {VARDATA_ANY(text), VARSIZE_ANY_EXHDR(text)};
}

Datum
TextDatum(std::string_view value) {
	auto *copy = static_cast<char *>(Allocate(value.size() + VARHDRSZ));
	SET_VARSIZE(copy, value.size() + VARHDRSZ);
	std::memcpy(copy + VARHDRSZ, value.data(), value.size());
	return PointerGetDatum(copy);
}

Datum
UuidDatum(const Uuid &value) {
	void *copy = Allocate(sizeof(value.bytes));
	std::memcpy(copy, value.bytes.data(), sizeof(value.bytes));
	return PointerGetDatum(copy);
}

Column::Column(Oid element_type, std::size_t rows)
    : type_(element_type), values_(static_cast<Datum *>(Allocate(rows * sizeof(Datum)))),
      nulls_(static_cast<bool *>(Allocate(rows * sizeof(bool)))) {
}

void
Column::Int8(std::int64_t value) {
	nulls_[size_] = false;
	values_[size_++] = Int64GetDatum(value);
}

void
Column::Float8(double value) {
	nulls_[size_] = false;
	values_[size_++] = Float8GetDatum(value);
}

void
Column::Int4(std::int32_t value) {
	nulls_[size_] = false;
	values_[size_++] = Int32GetDatum(value);
}

void
Column::Bool(bool value) {
	nulls_[size_] = false;
	values_[size_++] = BoolGetDatum(value);
}

void
Column::Text(std::string_view value) {
	nulls_[size_] = false;
	values_[size_++] = TextDatum(value);
}

void
Column::Id(const Uuid &value) {
	nulls_[size_] = false;
	values_[size_++] = UuidDatum(value);
}

void
Column::Time(Instant value) {
	Int8(ToTimestamp(value));
}

void
Column::Null() {
	nulls_[size_] = true;
	values_[size_++] = 0;
}

Datum
Column::Array() const {
	const ElementType element = Describe(type_);
	int dimensions[1] = {static_cast<int>(size_)};
	int bounds[1] = {1};
	return PgCall([&] {
		return PointerGetDatum(construct_md_array(values_, nulls_, 1, dimensions, bounds, type_,
		                                          element.length, element.by_value, element.alignment));
	});
}

Datum
Rows::Value(std::uint64_t row, int column, bool *is_null) const {
	return SPI_getbinval(table_->vals[row], table_->tupdesc, column, is_null);
}

bool
Rows::IsNull(std::uint64_t row, int column) const {
	bool is_null;
	Value(row, column, &is_null);
	return is_null;
}

std::int64_t
Rows::Int8(std::uint64_t row, int column) const {
	bool is_null;
	const Datum value = Value(row, column, &is_null);
	return is_null ? 0 : DatumGetInt64(value);
}

double
Rows::Float8(std::uint64_t row, int column) const {
	bool is_null;
	const Datum value = Value(row, column, &is_null);
	return is_null ? 0 : DatumGetFloat8(value);
}

std::int32_t
Rows::Int4(std::uint64_t row, int column) const {
	bool is_null;
	const Datum value = Value(row, column, &is_null);
	return is_null ? 0 : DatumGetInt32(value);
}

bool
Rows::Bool(std::uint64_t row, int column) const {
	bool is_null;
	const Datum value = Value(row, column, &is_null);
	return !is_null && DatumGetBool(value);
}

std::string_view
Rows::Text(std::uint64_t row, int column) const {
	bool is_null;
	const Datum value = Value(row, column, &is_null);
	return is_null ? std::string_view{} : TextView(value);
}

Uuid
Rows::Id(std::uint64_t row, int column) const {
	bool is_null;
	const Datum value = Value(row, column, &is_null);
	Uuid uuid;
	if (!is_null) {
		std::memcpy(uuid.bytes.data(), DatumGetPointer(value), sizeof(uuid.bytes));
	}
	return uuid;
}

Instant
Rows::Time(std::uint64_t row, int column) const {
	return ToInstant(Int8(row, column));
}

std::optional<std::int64_t>
Rows::OptionalInt8(std::uint64_t row, int column) const {
	return IsNull(row, column) ? std::nullopt : std::optional<std::int64_t>(Int8(row, column));
}

std::optional<Instant>
Rows::OptionalTime(std::uint64_t row, int column) const {
	return IsNull(row, column) ? std::nullopt : std::optional<Instant>(Time(row, column));
}

std::span<const std::string_view>
Rows::Texts(std::uint64_t row, int column, std::pmr::memory_resource *arena) const {
	bool is_null;
	const Datum value = Value(row, column, &is_null);
	if (is_null) {
		return {};
	}
	struct Elements {
		Datum *values;
		int count;
	};
	const Elements elements = PgCall([&] {
		Elements e{};
		deconstruct_array(DatumGetArrayTypeP(value), TEXTOID, -1, false, TYPALIGN_INT, &e.values, nullptr,
		                  &e.count);
		return e;
	});
	auto *views = static_cast<std::string_view *>(
	    arena->allocate(sizeof(std::string_view) * (elements.count + 1), alignof(std::string_view)));
	for (int i = 0; i < elements.count; ++i) {
		new (&views[i]) std::string_view(TextView(elements.values[i]));
	}
	return {views, static_cast<std::size_t>(elements.count)};
}

std::span<const std::int64_t>
Rows::Int8Array(std::uint64_t row, int column, std::pmr::memory_resource *arena) const {
	bool is_null;
	const Datum value = Value(row, column, &is_null);
	return is_null ? std::span<const std::int64_t>{} : pg::Int8Array(value, arena);
}

void
Rows::Int8s(std::uint64_t row, int column, std::span<std::optional<std::int64_t>> into) const {
	bool is_null;
	const Datum value = Value(row, column, &is_null);
	if (is_null) {
		return;
	}
	struct Elements {
		Datum *values;
		bool *nulls;
		int count;
	};
	const Elements elements = PgCall([&] {
		Elements e{};
		deconstruct_array(DatumGetArrayTypeP(value), INT8OID, 8, true, TYPALIGN_DOUBLE, &e.values, &e.nulls,
		                  &e.count);
		return e;
	});
	for (std::size_t i = 0; i < into.size() && i < static_cast<std::size_t>(elements.count); ++i) {
		if (!elements.nulls[i]) {
			into[i] = DatumGetInt64(elements.values[i]);
		}
	}
}

Rows
RunKept(SPIPlanPtr &plan, const char *sql, int count, const Oid *types, const Datum *values,
        const char *nulls) {
	struct Done {
		SPITupleTable *table;
		std::uint64_t count;
	};
	const PlanForGrowth settings;
	const Done done = PgCall([&] {
		if (plan == nullptr) {
			SPIPlanPtr fresh =
			    SPI_prepare_cursor(sql, count, const_cast<Oid *>(types), CURSOR_OPT_GENERIC_PLAN);
			if (fresh == nullptr) {
				elog(ERROR, "cannot prepare \"%s\": %s", sql, SPI_result_code_string(SPI_result));
			}
			SPI_keepplan(fresh);
			plan = fresh;
		}
		const int code = SPI_execute_plan(plan, const_cast<Datum *>(values), nulls, false, 0);
		if (code < 0) {
			elog(ERROR, "cannot execute \"%s\": %s", sql, SPI_result_code_string(code));
		}
		return Done{SPI_tuptable, SPI_processed};
	});
	return {done.table, done.count};
}

namespace {

// A statement with too many would write behind its arrays.
int
Counted(std::size_t arguments) {
	if (arguments > max_arguments) {
		throw std::length_error("a statement has more than max_arguments arguments");
	}
	return static_cast<int>(arguments);
}

} // namespace

Plan::Plan(const char *sql, std::initializer_list<Oid> types) : sql_(sql), count_(Counted(types.size())) {
	std::copy(types.begin(), types.end(), types_);
}

Rows
Plan::Run(std::initializer_list<Datum> arguments) {
	return RunKept(plan_, sql_, count_, types_, arguments.begin(), nullptr);
}

RowsPlan::RowsPlan(const char *sql, std::initializer_list<Oid> scalars,
                   std::initializer_list<RowColumn> columns)
    : count_(Counted(scalars.size() + columns.size())) {
	static constexpr std::string_view marker = "{rows}";
	std::string many = "unnest(";
	std::string one = "(SELECT ";
	std::string names;
	std::size_t position = scalars.size();
	std::copy(scalars.begin(), scalars.end(), many_.types);
	std::copy(scalars.begin(), scalars.end(), one_.types);
	for (const RowColumn &column : columns) {
		const char *comma = names.empty() ? "" : ", ";
		many_.types[position] = ArrayOf(column.type);
		one_.types[position] = column.type;
		const std::string parameter = "$" + std::to_string(++position);
		many.append(comma).append(parameter);
		one.append(comma).append(parameter).append(" AS ").append(column.name);
		names.append(comma).append(column.name);
	}
	many.append(") AS u (").append(names).append(")");
	one.append(") AS u");
	many_.sql = one_.sql = sql;
	const std::size_t at = many_.sql.find(marker);
	many_.sql.replace(at, marker.size(), many);
	one_.sql.replace(at, marker.size(), one);
}

Rows
RowsPlan::Run(std::initializer_list<Datum> scalars, std::initializer_list<const Column *> columns) {
	Datum values[max_arguments];
	char nulls[max_arguments];
	std::size_t position = scalars.size();
	std::copy(scalars.begin(), scalars.end(), values);
	std::fill_n(nulls, position, ' ');
	const bool is_one = (*columns.begin())->size() == 1;
	for (const Column *column : columns) {
		bool is_null = false;
		values[position] = is_one ? column->Single(&is_null) : column->Array();
		nulls[position++] = is_null ? 'n' : ' ';
	}
	Form &form = is_one ? one_ : many_;
	return RunKept(form.plan, form.sql.c_str(), count_, form.types, values, nulls);
}

void
ConnectSpi() {
	PgCall([] {
		if (SPI_connect() != SPI_OK_CONNECT) {
			elog(ERROR, "cannot connect to SPI");
		}
	});
}

void
FinishSpi() {
	PgCall([] { SPI_finish(); });
}

} // namespace meshline::pg
