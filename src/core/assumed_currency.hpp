// SPDX-License-Identifier: PostgreSQL
// Amounts whose payload names no currency: read in the one that their connection has, and what they are in
// the one that their order turns out to have.
#pragma once

#include <span>

#include "core/reconcile.hpp"

namespace meshline {

// Gives a record whose payload names no currency that of its order in the same source, as if it had named
// it: the same number in other minor units. What the amount is made up of, and the lines, are not known any
// more where the minor units differ. False, and the record as it was, when it names its currency or has that
// of its order, when no order of the source is among the records, or when an amount is no whole number of
// minor units.
bool TakeOrderCurrency(RecordView &record, std::span<const RecordView> records);

} // namespace meshline

#ifdef POSTGRES_H
#error "the core sees no PostgreSQL header"
#endif
