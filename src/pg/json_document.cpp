// SPDX-License-Identifier: PostgreSQL
#include "pg/json_document.hpp"

#include <new>
#include <string>

#include "core/error.hpp"

namespace meshline::pg {

JsonDocument::JsonDocument(std::string_view json) : text_(json) {
	if (parser_.parse(text_).get(root_) != simdjson::SUCCESS) {
		throw std::bad_alloc();
	}
}

match::RecordValues
ReadRecord(std::string_view json, const match::ColumnNames &columns) {
	const JsonDocument document(json);
	if (!document.root().is_object()) {
		throw Error(sqlstate::invalid_parameter, "a record must be a JSON object of columns and values", {},
		            "to_jsonb(row) makes one.");
	}
	match::RecordValues values;
	for (const std::string &name : columns.all()) {
		simdjson::dom::element value;
		if (document.root().at_key(name).get(value) != simdjson::SUCCESS || value.is_null()) {
			values.emplace_back();
		} else if (std::string_view text; value.get_string().get(text) == simdjson::SUCCESS) {
			values.emplace_back(text);
		} else {
			values.emplace_back(simdjson::minify(value));
		}
	}
	return values;
}

} // namespace meshline::pg
