// SPDX-License-Identifier: PostgreSQL
// What a definition does to texts on their way from a payload to a fact.
#pragma once

#include <span>
#include <string_view>

#include "core/function_ref.hpp"
#include "core/program.hpp"
#include "core/text.hpp"

namespace meshline {

// Calls `sink` with what the transforms, one behind the other, make of a text: none, one, or, where a
// regular expression matches several times, several texts. False when the sink returned false.
bool EachTransformed(std::span<const Transform> transforms, std::string_view text, TextArena &texts,
                     FunctionRef<bool(std::string_view)> sink);

} // namespace meshline

#ifdef POSTGRES_H
#error "the core sees no PostgreSQL header"
#endif
