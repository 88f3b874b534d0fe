// SPDX-License-Identifier: PostgreSQL
// The models that pairs are scored by, ours or Splink's, read once.
#pragma once

#include <string_view>
#include <variant>

#include "core/match/role_model.hpp"
#include "core/match/splink_model.hpp"

namespace meshline::pg {

using MatchModel = std::variant<match::SplinkModel, match::RoleModel>;

// Of JSON text. The model of the last call is kept, since calls come in rows; it stands until the next call.
const MatchModel &CompiledModel(std::string_view json);

} // namespace meshline::pg
