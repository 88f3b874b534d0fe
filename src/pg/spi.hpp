// SPDX-License-Identifier: PostgreSQL
// Kept SPI plans and their rows, as C++ sees them.
#pragma once

#include <charconv>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/canonical.hpp"
#include "core/fact.hpp"
#include "pg/guard.hpp"
#include "pg/postgres_api.hpp"

namespace meshline::pg {

// PostgreSQL counts microseconds from 2000-01-01, the core from 1970-01-01.
inline constexpr std::int64_t epoch_difference = 946'684'800'000'000;

inline TimestampTz
ToTimestamp(Instant instant) noexcept {
	return instant - epoch_difference;
}
inline Instant
ToInstant(TimestampTz timestamp) noexcept {
	return timestamp + epoch_difference;
}

// The whole number that a text begins with; 0 when there is none.
inline std::int64_t
ToInteger(std::string_view text) noexcept {
	std::int64_t value = 0;
	std::from_chars(text.data(), text.data() + text.size(), value);
	return value;
}

inline Uuid
ToUuid(const Hash128 &hash) noexcept {
	Uuid uuid;
	for (int i = 0; i < 8; ++i) {
		uuid.bytes[i] = static_cast<std::uint8_t>(hash.high >> (56 - 8 * i));
		uuid.bytes[8 + i] = static_cast<std::uint8_t>(hash.low >> (56 - 8 * i));
	}
	return uuid;
}

inline Hash128
ToHash(const Uuid &uuid) noexcept {
	Hash128 hash;
	for (int i = 0; i < 8; ++i) {
		hash.high = hash.high << 8 | uuid.bytes[i];
		hash.low = hash.low << 8 | uuid.bytes[8 + i];
	}
	return hash;
}

// One column of many rows on its way into a statement as an array, in palloc'd memory of the
// current context. Column<T>::Add in row order, then Array().
class Column {
public:
	Column(Oid element_type, std::size_t rows);

	void Int8(std::int64_t value);
	void Int4(std::int32_t value);
	void Float8(double value);
	void Bool(bool value);
	void Text(std::string_view value);
	void Id(const Uuid &value);
	void Time(Instant value);
	void Null();
	void
	Int8(const std::optional<std::int64_t> &value) {
		value ? Int8(*value) : Null();
	}
	void
	Time(const std::optional<Instant> &value) {
		value ? Time(*value) : Null();
	}
	// NULL for an empty text.
	void
	TextOrNull(std::string_view value) {
		value.empty() ? Null() : Text(value);
	}
	std::size_t
	size() const noexcept {
		return size_;
	}
	// All values as an array. Throws PgError when memory is short.
	Datum Array() const;
	// The only value of a column of one row.
	Datum
	Single(bool *is_null) const noexcept {
		*is_null = nulls_[0];
		return values_[0];
	}

private:
	Oid type_;
	std::size_t size_ = 0;
	Datum *values_;
	bool *nulls_;
};

// The bytes of a text datum, detoasted into the current context where needed.
std::string_view TextView(Datum value);
// The elements of an int8[] datum without nulls, copied into the arena.
std::span<const std::int64_t> Int8Array(Datum value, std::pmr::memory_resource *arena);
Datum TextDatum(std::string_view value);
Datum UuidDatum(const Uuid &value);

// The rows of the statement executed last; valid until the next one is freed by SPI_finish.
class Rows {
public:
	Rows(SPITupleTable *table, std::uint64_t count) noexcept : table_(table), count_(count) {
	}
	// Rows returned, or rows written by a statement without RETURNING.
	std::uint64_t
	count() const noexcept {
		return count_;
	}
	bool IsNull(std::uint64_t row, int column) const;
	std::int64_t Int8(std::uint64_t row, int column) const;
	std::int32_t Int4(std::uint64_t row, int column) const;
	double Float8(std::uint64_t row, int column) const;
	bool Bool(std::uint64_t row, int column) const;
	// "" for NULL; points into the row, or into a detoasted copy in the current context.
	std::string_view Text(std::uint64_t row, int column) const;
	Uuid Id(std::uint64_t row, int column) const;
	Instant Time(std::uint64_t row, int column) const;
	std::optional<std::int64_t> OptionalInt8(std::uint64_t row, int column) const;
	std::optional<Instant> OptionalTime(std::uint64_t row, int column) const;
	// The elements of a text[] without nulls.
	std::span<const std::string_view> Texts(std::uint64_t row, int column,
	                                        std::pmr::memory_resource *arena) const;
	// The elements of an int8[], as many as there is room for; nothing of a null.
	std::span<const std::int64_t> Int8Array(std::uint64_t row, int column,
	                                        std::pmr::memory_resource *arena) const;
	void Int8s(std::uint64_t row, int column, std::span<std::optional<std::int64_t>> into) const;
	Datum Value(std::uint64_t row, int column, bool *is_null) const;

private:
	SPITupleTable *table_;
	std::uint64_t count_;
};

// Runs a kept plan, after preparing it when it is null; the plan is generic. SPI must be connected.
// Throws PgError.
Rows RunKept(SPIPlanPtr &plan, const char *sql, int count, const Oid *types, const Datum *values,
             const char *nulls);

inline constexpr std::size_t max_arguments = 48;

// A statement that is planned once per session, generically: the estimates for its arrays would
// otherwise make PostgreSQL plan it anew each time, at five times the cost of running it.
class Plan {
public:
	explicit Plan(const char *sql, std::initializer_list<Oid> types);
	Plan(const Plan &) = delete;
	Plan &operator=(const Plan &) = delete;

	// Runs the statement; SPI must be connected. Throws PgError.
	Rows Run(std::initializer_list<Datum> arguments);

private:
	const char *sql_;
	Oid types_[max_arguments];
	int count_;
	SPIPlanPtr plan_ = nullptr;
};

// A column of the rows that a statement takes.
struct RowColumn {
	const char *name;
	Oid type;
};

// A statement over rows that the caller has: where its text says {rows} it reads them, as a FROM item
// with the columns declared. Many rows are passed as arrays; one row, which is what a webhook brings, as
// plain parameters, because setting up the scan of a function costs more than the row.
class RowsPlan {
public:
	RowsPlan(const char *sql, std::initializer_list<Oid> scalars, std::initializer_list<RowColumn> columns);
	RowsPlan(const RowsPlan &) = delete;
	RowsPlan &operator=(const RowsPlan &) = delete;

	// Runs the statement; scalars are $1 and on, columns as declared. SPI must be connected.
	Rows Run(std::initializer_list<Datum> scalars, std::initializer_list<const Column *> columns);

private:
	struct Form {
		std::string sql;
		Oid types[max_arguments];
		SPIPlanPtr plan = nullptr;
	};

	Form many_;
	Form one_;
	int count_;
};

// Opens SPI. There is no RAII form on purpose: after an error PostgreSQL's own end of the
// (sub)transaction closes it, and SPI_finish in a destructor could raise.
void ConnectSpi();
void FinishSpi();

} // namespace meshline::pg
