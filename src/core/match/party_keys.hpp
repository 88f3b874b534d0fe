// SPDX-License-Identifier: PostgreSQL
// The keys by which orders and customers that arrive meet those that look like them.
//
// They are stored, so a change of this is a change of the data.
#pragma once

#include <cstdint>
#include <memory_resource>
#include <optional>

#include "core/fact.hpp"
#include "core/memory.hpp"

namespace meshline::match {

// One key for each of mailbox, phone, and name with postcode that is known; of an order with its amount and
// currency, since a copy has the same, and none for an order of no money. Sorted, each once. 0 is none of
// them.
Vector<std::int64_t> PartyKeys(const Fact &fact, std::pmr::memory_resource *arena);

} // namespace meshline::match

#ifdef POSTGRES_H
#error "the core sees no PostgreSQL header"
#endif
