// SPDX-License-Identifier: PostgreSQL
// JSON that came as jsonb, read again as text.
#pragma once

#include <simdjson.h>

#include <string_view>

#include "core/match/condition.hpp"

namespace meshline::pg {

// Parses JSON of the server's own making, so that only memory can be short.
class JsonDocument {
public:
	explicit JsonDocument(std::string_view json);
	simdjson::dom::element
	root() const noexcept {
		return root_;
	}

private:
	simdjson::padded_string text_;
	simdjson::dom::parser parser_;
	simdjson::dom::element root_;
};

// The values of the named members of an object as texts; null and missing ones are none. Throws Error for
// what is no object.
match::RecordValues ReadRecord(std::string_view json, const match::ColumnNames &columns);

} // namespace meshline::pg
