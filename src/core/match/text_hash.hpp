// SPDX-License-Identifier: PostgreSQL
// Hashes that live as long as a batch does; stored nowhere.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/hash.hpp"

namespace meshline::match {

// XXH3-64.
std::uint64_t TextHash(std::string_view text) noexcept;

inline std::uint64_t
Combine(std::uint64_t a, std::uint64_t b) noexcept {
	return hash_detail::Spread(a * 31 + b);
}

} // namespace meshline::match

#ifdef POSTGRES_H
#error "the core sees no PostgreSQL header"
#endif
