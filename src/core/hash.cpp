// SPDX-License-Identifier: PostgreSQL
#include "core/hash.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace meshline {

namespace {

constexpr std::uint64_t string_seed = 1;
constexpr std::uint64_t number_seed = 2;

Hash128
Hash(std::string_view text, std::uint64_t seed) noexcept {
	const XXH128_hash_t hash = XXH3_128bits_withSeed(text.data(), text.size(), seed);
	return {hash.high64, hash.low64};
}

} // namespace

std::uint64_t
HashKey(std::string_view key) noexcept {
	return XXH3_64bits(key.data(), key.size());
}

Hash128
HashString(std::string_view text) noexcept {
	return Hash(text, string_seed);
}

Hash128
HashNumber(std::string_view token) noexcept {
	return Hash(token, number_seed);
}

Hash128
HashBytes(std::string_view bytes) noexcept {
	return Hash(bytes, 0);
}

} // namespace meshline
