// SPDX-License-Identifier: PostgreSQL
// The member names that a definition's programs read; a payload's other members are only hashed.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace meshline {

using KeyId = std::uint16_t;
inline constexpr KeyId no_key = 0xFFFF;

class Vocabulary {
public:
	static constexpr std::size_t capacity = 10'000;

	// The id of a name, a new one when it is not known yet. Throws when there are more than `capacity`.
	KeyId Add(std::string_view key);
	// Names that begin so are left out of fingerprints: the columns of tools.
	void AddIgnored(std::string_view name_or_prefix);

	// The id of a name whose HashKey() is given, or no_key.
	KeyId
	Find(std::string_view key, std::uint64_t hash) const noexcept {
		for (std::size_t at = hash & mask_;; at = (at + 1) & mask_) {
			const Slot &slot = slots_[at];
			if (slot.id == no_key) {
				return no_key;
			}
			if (slot.hash == hash && keys_[slot.id] == key) {
				return slot.id;
			}
		}
	}
	bool
	IsIgnored(std::string_view key) const noexcept {
		// Nearly all names are settled by their first letter.
		return !key.empty() && ignored_first_[static_cast<unsigned char>(key.front())] && MatchesIgnored(key);
	}
	const std::string &
	Name(KeyId id) const noexcept {
		return keys_[id];
	}

private:
	struct Slot {
		std::uint64_t hash = 0;
		KeyId id = no_key;
	};

	void Place(KeyId id);
	bool MatchesIgnored(std::string_view key) const noexcept;

	std::vector<std::string> keys_;
	std::vector<Slot> slots_ = std::vector<Slot>(16); // a power of two, at most half full
	std::size_t mask_ = 15;
	std::array<bool, 256> ignored_first_{};
	std::vector<std::string> ignored_; // a name, or a prefix that ends in '*'
};

} // namespace meshline

#ifdef POSTGRES_H
#error "the core sees no PostgreSQL header"
#endif
