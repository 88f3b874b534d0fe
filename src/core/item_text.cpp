// SPDX-License-Identifier: PostgreSQL
#include "core/item_text.hpp"

#include <simdjson.h>

#include <new>

#include "core/json_text.hpp"
#include "core/text.hpp"

namespace meshline {

namespace {

void
AppendName(std::string &text, std::string_view name) {
	text += text.back() == '{' ? "\"" : ", \"";
	text += name;
	text += "\": ";
}

void
AppendText(std::string &text, std::string_view name, std::string_view value) {
	if (!value.empty()) {
		AppendName(text, name);
		AppendJsonString(text, value);
	}
}

void
AppendAmount(std::string &text, std::string_view name, const std::optional<Minor> &value) {
	if (value) {
		AppendName(text, name);
		AppendNumber(text, *value);
	}
}

// What is no text, or no number, is as if it were not there.
std::string_view
TextOf(const simdjson::dom::element &value, TextArena &texts) {
	std::string_view text;
	return value.get(text) == simdjson::SUCCESS ? texts.Copy(text) : std::string_view{};
}

std::optional<Minor>
NumberOf(const simdjson::dom::element &value) {
	Minor number = 0;
	return value.get(number) == simdjson::SUCCESS ? std::optional(number) : std::nullopt;
}

Item
ReadItem(const simdjson::dom::object &object, TextArena &texts) {
	Item item;
	for (const auto &[name, value] : object) {
		if (name == "line") {
			item.line = TextOf(value, texts);
		} else if (name == "sku") {
			item.sku = TextOf(value, texts);
		} else if (name == "product") {
			item.product = TextOf(value, texts);
		} else if (name == "quantity") {
			item.quantity = NumberOf(value).value_or(0);
		} else if (name == "current") {
			item.current = NumberOf(value);
		} else if (name == "available") {
			item.available = NumberOf(value);
		} else if (name == "amount_minor") {
			item.amount = NumberOf(value);
		} else if (name == "returned") {
			item.returned = ParseReturned(TextOf(value, texts)).value_or(Returned::unknown);
		}
	}
	return item;
}

} // namespace

std::string
ItemsText(std::span<const Item> items) {
	std::string text;
	for (const Item &item : items) {
		text += text.empty() ? "[{" : ", {";
		AppendText(text, "line", item.line);
		AppendText(text, "sku", item.sku);
		AppendText(text, "product", item.product);
		AppendAmount(text, "quantity", item.quantity);
		AppendAmount(text, "current", item.current);
		AppendAmount(text, "available", item.available);
		AppendAmount(text, "amount_minor", item.amount);
		if (item.returned != Returned::unknown) {
			AppendText(text, "returned", Name(item.returned));
		}
		text += '}';
	}
	return text.empty() ? text : text + "]";
}

std::span<const Item>
ParseItems(std::string_view text, std::pmr::memory_resource *arena) {
	static thread_local simdjson::dom::parser parser;
	simdjson::dom::array list;
	if (text.empty()) {
		return {};
	}
	const auto error = parser.parse(text.data(), text.size()).get(list);
	if (error == simdjson::MEMALLOC) {
		throw std::bad_alloc();
	}
	if (error != simdjson::SUCCESS) {
		return {};
	}
	TextArena texts(arena);
	auto *const items = static_cast<Item *>(arena->allocate(list.size() * sizeof(Item), alignof(Item)));
	std::size_t count = 0;
	for (const auto &element : list) {
		simdjson::dom::object object;
		if (element.get(object) == simdjson::SUCCESS) {
			new (&items[count++]) Item(ReadItem(object, texts));
		}
	}
	return {items, count};
}

} // namespace meshline
