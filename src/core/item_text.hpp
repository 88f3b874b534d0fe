// SPDX-License-Identifier: PostgreSQL
// Items of a record as text: what record.items holds.
#pragma once

#include <memory_resource>
#include <span>
#include <string>
#include <string_view>

#include "core/fact.hpp"

namespace meshline {

// [{"line": "1", "sku": "A", "quantity": 2, ...}] with the members that are known: line, sku, product,
// quantity, current, available, amount_minor, returned. "" for no items.
std::string ItemsText(std::span<const Item> items);

// The items that ItemsText() has written; their text is copied into `arena`. None of a text that is not such.
std::span<const Item> ParseItems(std::string_view text, std::pmr::memory_resource *arena);

} // namespace meshline

#ifdef POSTGRES_H
#error "the core sees no PostgreSQL header"
#endif
