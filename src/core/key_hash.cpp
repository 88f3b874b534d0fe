// SPDX-License-Identifier: PostgreSQL
#include "core/key_hash.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace meshline {

Hash128
KeyHash::Finish() const noexcept {
	const XXH128_hash_t hash = XXH3_128bits(bytes_.data(), bytes_.size());
	return {hash.high64, hash.low64};
}

} // namespace meshline
