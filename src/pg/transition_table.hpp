// SPDX-License-Identifier: PostgreSQL
// Reads the new rows of a trigger: the transition table of a statement trigger, straight from its
// tuplestore, or the one row of a row trigger.
#pragma once

#include <string_view>

#include "pg/guard.hpp"
#include "pg/spi.hpp"

namespace meshline::pg {

class TransitionTable {
public:
	// Throws Error(0A000) when the function was not called as an AFTER trigger with new rows.
	explicit TransitionTable(FunctionCallInfo fcinfo);
	TransitionTable(const TransitionTable &) = delete;
	TransitionTable &operator=(const TransitionTable &) = delete;
	~TransitionTable();

	// The number of a column, 0 when the table has none of that name.
	int ColumnNumber(const char *name) const;
	// The next row, or false; what the accessors return is valid until the next call.
	bool Next();
	// Goes back, or on, to where `rows` rows have been read.
	void Seek(std::int64_t rows);
	// Who owns the table.
	Oid Owner() const;
	bool IsNull(int column) const;
	std::int64_t Int8(int column) const;
	// "" for NULL.
	std::string_view Text(int column) const;
	// The column, whatever its type, as its text; "" for NULL.
	std::string_view AnyText(int column) const;
	// The whole row as JSON.
	std::string_view RowAsJson() const;
	TimestampTz Time(int column) const;
	// Argument of the trigger, "" when it was created with fewer.
	std::string_view Argument(int index) const;

private:
	Datum Value(int column, bool *is_null) const;

	TriggerData *trigger_;
	TupleTableSlot *slot_ = nullptr;
	bool is_row_read_ = false; // of a row trigger
};

} // namespace meshline::pg
