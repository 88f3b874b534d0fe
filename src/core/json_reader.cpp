// SPDX-License-Identifier: PostgreSQL
#include "core/json_reader.hpp"

#include <algorithm>

#include "core/error.hpp"
#include "core/text.hpp"

namespace meshline {

namespace {

std::string
Join(std::initializer_list<std::string_view> words) {
	std::string all;
	for (const std::string_view word : words) {
		all.append(all.empty() ? "" : ", ").append(word);
	}
	return all;
}

} // namespace

void
JsonReader::Refuse(const std::string &reason, const std::string &hint) const {
	const std::string_view whole = subject_.substr(subject_.rfind(' ') + 1);
	throw Error(sqlstate::invalid_definition, "invalid " + std::string(subject_),
	            (path_.empty() ? "the " + std::string(whole) : path_) + ": " + reason, hint);
}

std::string
JsonReader::Text() const {
	std::string_view text;
	if (value_.get_string().get(text) != simdjson::SUCCESS) {
		Refuse("must be a string");
	}
	if (text.find('\0') != std::string_view::npos) {
		Refuse("contains the character U+0000");
	}
	return std::string(text);
}

std::string
JsonReader::NonEmptyText() const {
	std::string text = Text();
	if (Trim(text).empty()) {
		Refuse("must not be empty");
	}
	return text;
}

bool
JsonReader::Boolean() const {
	bool value = false;
	if (value_.get_bool().get(value) != simdjson::SUCCESS) {
		Refuse("must be true or false");
	}
	return value;
}

int
JsonReader::Integer(int least, int most) const {
	std::int64_t value = 0;
	if (value_.get_int64().get(value) != simdjson::SUCCESS || value < least || value > most) {
		Refuse("must be a whole number from " + std::to_string(least) + " to " + std::to_string(most));
	}
	return static_cast<int>(value);
}

double
JsonReader::Number() const {
	double value = 0;
	if (value_.get_double().get(value) != simdjson::SUCCESS) {
		Refuse("must be a number");
	}
	return value;
}

std::string
JsonReader::ScalarText() const {
	if (IsBoolean()) {
		return Boolean() ? "true" : "false";
	}
	std::int64_t number = 0;
	if (value_.get_int64().get(number) == simdjson::SUCCESS) {
		return std::to_string(number);
	}
	if (!IsText()) {
		Refuse("must be a string, a whole number, true or false");
	}
	return Text();
}

std::vector<JsonReader>
JsonReader::Elements() const {
	simdjson::dom::array array;
	if (value_.get_array().get(array) != simdjson::SUCCESS) {
		Refuse("must be a list");
	}
	std::vector<JsonReader> elements;
	for (const simdjson::dom::element element : array) {
		elements.emplace_back(element, path_ + "[" + std::to_string(elements.size()) + "]", subject_);
	}
	return elements;
}

std::vector<std::pair<std::string, JsonReader>>
JsonReader::Members() const {
	simdjson::dom::object object;
	if (value_.get_object().get(object) != simdjson::SUCCESS) {
		Refuse("must be an object");
	}
	std::vector<std::pair<std::string, JsonReader>> members;
	for (const auto &field : object) {
		std::string key(field.key);
		const std::string path = path_.empty() ? key : path_ + "." + key;
		if (std::any_of(members.begin(), members.end(),
		                [&](const auto &member) { return member.first == key; })) {
			Refuse("has the member \"" + Quotable(key) + "\" twice");
		}
		members.emplace_back(std::move(key), JsonReader(field.value, path, subject_));
	}
	return members;
}

bool
JsonReader::Has(std::string_view key) const {
	return Find(key).has_value();
}

std::optional<JsonReader>
JsonReader::Find(std::string_view key) const {
	simdjson::dom::element found;
	if (value_.at_key(key).get(found) != simdjson::SUCCESS) {
		return std::nullopt;
	}
	return JsonReader(found, path_.empty() ? std::string(key) : path_ + "." + std::string(key), subject_);
}

JsonReader
JsonReader::Require(std::string_view key) const {
	if (!IsObject()) {
		Refuse("must be an object");
	}
	auto found = Find(key);
	if (!found) {
		Refuse("the member \"" + std::string(key) + "\" is missing");
	}
	return *std::move(found);
}

void
JsonReader::AllowOnly(std::initializer_list<std::string_view> keys) const {
	for (const auto &[key, value] : Members()) {
		if (std::find(keys.begin(), keys.end(), key) == keys.end()) {
			value.Refuse("is not known here", "Allowed are: " + Join(keys) + ".");
		}
	}
}

} // namespace meshline
