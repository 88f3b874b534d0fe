// SPDX-License-Identifier: PostgreSQL
#include "core/match/text_hash.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace meshline::match {

std::uint64_t
TextHash(std::string_view text) noexcept {
	return XXH3_64bits(text.data(), text.size());
}

} // namespace meshline::match
