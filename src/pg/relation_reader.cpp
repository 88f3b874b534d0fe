// SPDX-License-Identifier: PostgreSQL
#include "pg/relation_reader.hpp"

#include "pg/guard.hpp"
#include "pg/progress.hpp"

namespace meshline::pg {

std::string
QuotedIdentifier(std::string_view identifier) {
	const std::string name(identifier);
	return PgCall([&] { return quote_identifier(name.c_str()); });
}

std::string
QuotedRelation(Oid relation) {
	return PgCall([&] {
		return quote_qualified_identifier(get_namespace_name(get_rel_namespace(relation)),
		                                  get_rel_name(relation));
	});
}

namespace {

constexpr long fetched_rows = 10'000;

std::string
ReadingStatement(Oid relation, std::string_view id_column, std::span<const std::string> columns) {
	const std::string id = "t." + QuotedIdentifier(id_column) + "::pg_catalog.text";
	std::string statement = "SELECT " + id;
	for (const auto &column : columns) {
		statement += ", t." + QuotedIdentifier(column) + "::pg_catalog.text";
	}
	return statement + " FROM " + QuotedRelation(relation) + " AS t WHERE t." + QuotedIdentifier(id_column) +
	       " IS NOT NULL ORDER BY " + id + " COLLATE \"C\"";
}

} // namespace

void
ReadRelation(Oid relation, std::string_view id_column, std::span<const std::string> columns,
             FunctionRef<void(const Rows &, std::uint64_t)> take) {
	const std::string statement = ReadingStatement(relation, id_column, columns);
	ConnectSpi();
	Portal portal = PgCall([&] {
		SPIPlanPtr plan = SPI_prepare(statement.c_str(), 0, nullptr);
		return SPI_cursor_open(nullptr, plan, nullptr, nullptr, true);
	});
	for (;;) {
		CheckInterrupts();
		PgCall([&] { SPI_cursor_fetch(portal, true, fetched_rows); });
		const Rows rows(SPI_tuptable, SPI_processed);
		if (rows.count() == 0) {
			break;
		}
		for (std::uint64_t row = 0; row < rows.count(); ++row) {
			take(rows, row);
		}
		PgCall([] { SPI_freetuptable(SPI_tuptable); });
	}
	PgCall([&] { SPI_cursor_close(portal); });
	FinishSpi();
}

void
ReadTable(const Relations &relations, std::string_view id_column, match::Table &table) {
	std::vector<std::string> names;
	for (const match::Column &column : table.columns) {
		names.emplace_back(column.name());
	}
	const auto take = [&](const Rows &rows, std::uint64_t row) {
		std::pmr::monotonic_buffer_resource scratch(table.arena);
		table.AddId(rows.Text(row, 1));
		for (std::size_t c = 0; c < table.columns.size(); ++c) {
			match::Column &column = table.columns[c];
			column.Add(match::Prepare(column.role(), rows.Text(row, static_cast<int>(c) + 2), &scratch));
		}
	};
	ReadRelation(relations.left, id_column, names, take);
	if (OidIsValid(relations.right)) {
		table.left_size = table.size();
		ReadRelation(relations.right, id_column, names, take);
	}
	NoticeRecords(table.size());
}

} // namespace meshline::pg
