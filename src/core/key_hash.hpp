// SPDX-License-Identifier: PostgreSQL
// Hashes of several parts that cannot run into each other: each part is preceded by its length.
#pragma once

#include <cstdint>
#include <cstring>
#include <memory_resource>
#include <string_view>

#include "core/fact.hpp"

namespace meshline {

class KeyHash {
public:
	explicit KeyHash(std::pmr::memory_resource *arena)
	    : bytes_(decltype(bytes_)::allocator_type(Allocator<char>(arena))) {
	}
	KeyHash &
	Add(std::string_view part) {
		Add(static_cast<std::uint64_t>(part.size()));
		bytes_.insert(bytes_.end(), part.begin(), part.end());
		return *this;
	}
	KeyHash &
	Add(std::uint64_t number) {
		char raw[sizeof(number)];
		std::memcpy(raw, &number, sizeof(number));
		bytes_.insert(bytes_.end(), raw, raw + sizeof(raw));
		return *this;
	}
	KeyHash &
	Add(const Hash128 &hash) {
		return Add(hash.high).Add(hash.low);
	}
	// XXH3-128 of what was added.
	Hash128 Finish() const noexcept;

private:
	SmallVector<char, 256> bytes_;
};

} // namespace meshline

#ifdef POSTGRES_H
#error "the core sees no PostgreSQL header"
#endif
