// SPDX-License-Identifier: PostgreSQL
// Reads the relations that the matching engine works on.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "core/function_ref.hpp"
#include "core/match/table.hpp"
#include "pg/spi.hpp"

namespace meshline::pg {

// Two relations that are to be linked, or one (then the other is 0).
struct Relations {
	Oid left;
	Oid right;
};

// Names as statements take them.
std::string QuotedIdentifier(std::string_view identifier);
std::string QuotedRelation(Oid relation);

// Calls take(rows, row) for every row that has an id: column 1 is the id, then come the named columns, all as
// text. In the order of ids, so that what is made of them does not depend on the order of rows.
void ReadRelation(Oid relation, std::string_view id_column, std::span<const std::string> columns,
                  FunctionRef<void(const Rows &, std::uint64_t)> take);

// Fills a table that has its columns already, the left relation first; a NOTICE says how many records there
// are.
void ReadTable(const Relations &relations, std::string_view id_column, match::Table &table);

} // namespace meshline::pg
