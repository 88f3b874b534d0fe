// SPDX-License-Identifier: PostgreSQL
// A value of a connector definition or a match model and where it stands, for readers that accept nothing
// unexpected.
#pragma once

#include <simdjson.h>

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace meshline {

class JsonReader {
public:
	// `subject` is what is read, for messages; a literal.
	JsonReader(simdjson::dom::element value, std::string path,
	           std::string_view subject = "connector definition")
	    : value_(value), path_(std::move(path)), subject_(subject) {
	}

	// Throws Error(ML001) with the detail "<path>: <reason>".
	[[noreturn]] void Refuse(const std::string &reason, const std::string &hint = {}) const;

	bool
	IsText() const noexcept {
		return value_.is_string();
	}
	bool
	IsObject() const noexcept {
		return value_.is_object();
	}
	bool
	IsArray() const noexcept {
		return value_.is_array();
	}
	bool
	IsBoolean() const noexcept {
		return value_.is_bool();
	}
	bool
	IsNull() const noexcept {
		return value_.is_null();
	}

	// The value as its type says; each refuses the others.
	std::string Text() const;
	std::string NonEmptyText() const;
	bool Boolean() const;
	int Integer(int least, int most) const;
	double Number() const;
	// A string, boolean or whole number as the text that a payload would have.
	std::string ScalarText() const;
	std::vector<JsonReader> Elements() const;
	std::vector<std::pair<std::string, JsonReader>> Members() const;

	bool Has(std::string_view key) const;
	std::optional<JsonReader> Find(std::string_view key) const;
	JsonReader Require(std::string_view key) const;
	// Refuses an object that has a member of another name.
	void AllowOnly(std::initializer_list<std::string_view> keys) const;

private:
	simdjson::dom::element value_;
	std::string path_;
	std::string_view subject_;
};

} // namespace meshline

#ifdef POSTGRES_H
#error "the core sees no PostgreSQL header"
#endif
