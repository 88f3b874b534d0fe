// SPDX-License-Identifier: PostgreSQL
#include "core/vocabulary.hpp"

#include <algorithm>

#include "core/error.hpp"
#include "core/hash.hpp"

namespace meshline {

KeyId
Vocabulary::Add(std::string_view key) {
	const KeyId known = Find(key, HashKey(key));
	if (known != no_key) {
		return known;
	}
	if (keys_.size() == capacity) {
		throw Error(sqlstate::invalid_definition, "invalid connector definition",
		            "objects: reads more than " + std::to_string(capacity) + " different names");
	}
	const auto id = static_cast<KeyId>(keys_.size());
	keys_.emplace_back(key);
	if (keys_.size() * 2 <= slots_.size()) {
		Place(id);
		return id;
	}
	slots_.assign(slots_.size() * 2, Slot{});
	mask_ = slots_.size() - 1;
	for (KeyId each = 0; each <= id; ++each) {
		Place(each);
	}
	return id;
}

void
Vocabulary::Place(KeyId id) {
	const std::uint64_t hash = HashKey(keys_[id]);
	std::size_t at = hash & mask_;
	while (slots_[at].id != no_key) {
		at = (at + 1) & mask_;
	}
	slots_[at] = {hash, id};
}

void
Vocabulary::AddIgnored(std::string_view name_or_prefix) {
	ignored_.emplace_back(name_or_prefix);
	ignored_first_[static_cast<unsigned char>(name_or_prefix.front())] = true;
}

bool
Vocabulary::MatchesIgnored(std::string_view key) const noexcept {
	return std::any_of(ignored_.begin(), ignored_.end(), [&](const std::string &pattern) {
		return pattern.back() == '*'
		           ? key.starts_with(std::string_view(pattern).substr(0, pattern.size() - 1))
		           : key == pattern;
	});
}

} // namespace meshline
