// SPDX-License-Identifier: PostgreSQL
// Rows that a set-returning function gives, all at once.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "pg/guard.hpp"
#include "pg/spi.hpp"

namespace meshline::pg {

class RowsOut {
public:
	explicit RowsOut(FunctionCallInfo fcinfo) {
		PgCall([&] { InitMaterializedSRF(fcinfo, 0); });
		result_ = reinterpret_cast<ReturnSetInfo *>(fcinfo->resultinfo);
	}

	// The columns of a row in their order, between Begin() and Put().
	RowsOut &
	Begin() noexcept {
		size_ = 0;
		return *this;
	}
	RowsOut &
	Int4(std::int32_t value) {
		return Add(Int32GetDatum(value), false);
	}
	RowsOut &
	Int8(std::int64_t value) {
		return Add(Int64GetDatum(value), false);
	}
	RowsOut &
	Int8(const std::optional<std::int64_t> &value) {
		return Add(Int64GetDatum(value.value_or(0)), !value);
	}
	RowsOut &
	Value(Datum value) {
		return Add(value, false);
	}
	RowsOut &
	Double(double value) {
		return Add(Float8GetDatum(value), false);
	}
	RowsOut &
	Double(const std::optional<double> &value) {
		return Add(Float8GetDatum(value.value_or(0)), !value);
	}
	RowsOut &
	Text(std::string_view value) {
		return Add(TextDatum(value), false);
	}
	RowsOut &
	Text(const std::optional<std::string> &value) {
		return value ? Text(std::string_view(*value)) : Add(Datum{0}, true);
	}
	void
	Put() {
		PgCall([&] { tuplestore_putvalues(result_->setResult, result_->setDesc, values_, nulls_); });
	}

private:
	static constexpr int most = 16;

	RowsOut &
	Add(Datum value, bool is_null) {
		values_[size_] = value;
		nulls_[size_++] = is_null;
		return *this;
	}

	ReturnSetInfo *result_;
	Datum values_[most];
	bool nulls_[most];
	int size_ = 0;
};

} // namespace meshline::pg
