// SPDX-License-Identifier: PostgreSQL
// The headers of a webhook, as its receiver stored them.
#pragma once

#include <memory_resource>
#include <string>
#include <string_view>
#include <vector>

namespace meshline {

// The id of a delivery's event: the first entry of `names` all of whose headers are there, their values
// joined by ":"; "" when there is none. `headers` is a JSON object of texts, or of lists of texts, whose
// names may be in either case; what it is instead has no headers. The result lives in `arena`.
std::string_view EventIdOfHeaders(std::string_view headers,
                                  const std::vector<std::vector<std::string>> &names,
                                  std::pmr::memory_resource *arena);

} // namespace meshline

#ifdef POSTGRES_H
#error "the core sees no PostgreSQL header"
#endif
