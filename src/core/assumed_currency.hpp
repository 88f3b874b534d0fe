// SPDX-License-Identifier: PostgreSQL
// Amounts whose payload names no currency, read in the one that their connection has, and what they are in
// the one that their order turns out to have.
#pragma once

#include <string_view>

#include "core/fact.hpp"

namespace meshline {

// Gives a fact the currency of its order, as if its payload had named it: the same number in other minor
// units. False, and the fact as it was, when an amount is no whole number of those. What the amount is made
// up of, and the lines, are not known any more where the minor units differ.
bool TakeCurrency(Fact &fact, std::string_view currency);

} // namespace meshline

#ifdef POSTGRES_H
#error "the core sees no PostgreSQL header"
#endif
