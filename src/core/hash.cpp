// SPDX-License-Identifier: PostgreSQL
#include "core/hash.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace meshline {

Hash128
hash_detail::HashLong(std::string_view text, std::uint64_t seed) noexcept {
	const XXH128_hash_t hash = XXH3_128bits_withSeed(text.data(), text.size(), seed);
	return {hash.high64, hash.low64};
}

Hash128
HashBytes(std::string_view bytes) noexcept {
	return hash_detail::HashLong(bytes, 0);
}

} // namespace meshline
