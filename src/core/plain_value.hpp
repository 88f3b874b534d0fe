// SPDX-License-Identifier: PostgreSQL
// One spelling for a number or a time, however a payload or a typed column writes it.
#pragma once

#include <string_view>

#include "core/text.hpp"

namespace meshline {

// "12.50", "+12.5" -> "12.5"; "2026-06-17 08:14:22 UTC", "2026-06-17T10:14:22+02:00" ->
// "2026-06-17T08:14:22Z"; without an offset "2026-06-17T08:14:22". White space around a text is not part of
// it. Anything else stays: a number with a leading zero is a name, and one with an exponent is not spelled
// out.
std::string_view PlainValue(std::string_view text, TextArena &texts);

} // namespace meshline

#ifdef POSTGRES_H
#error "the core sees no PostgreSQL header"
#endif
