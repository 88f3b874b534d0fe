// SPDX-License-Identifier: PostgreSQL
// Times of sources that write none of the forms of instant.hpp, read by a format in the manner of strptime.
#pragma once

#include <string>
#include <string_view>

#include "core/text.hpp"

namespace meshline {

// What is wrong with a format, "" when it can be used. It has to name a year, a month and a day.
std::string CheckDateFormat(std::string_view format);

// The time as ISO 8601. A text that the format does not fit comes back as one that nothing takes for a time:
// left as it is, a built-in form might read it with day and month exchanged.
std::string_view ReadDateFormat(std::string_view format, std::string_view text, TextArena &texts);

} // namespace meshline

#ifdef POSTGRES_H
#error "the core sees no PostgreSQL header"
#endif
