// SPDX-License-Identifier: PostgreSQL
#include "core/match/components.hpp"

#include "core/match/text_hash.hpp"

namespace meshline::match {

namespace {

constexpr std::uint32_t free_slot = 0xFFFFFFFF;

} // namespace

Components::Components(std::pmr::memory_resource *memory)
    : texts_(memory), names_(memory), parent_(memory), hashes_(memory), slots_(16, free_slot, memory) {
}

std::uint32_t
Components::Root(std::uint32_t node) const noexcept {
	while (parent_[node] != node) {
		parent_[node] = parent_[parent_[node]];
		node = parent_[node];
	}
	return node;
}

std::uint32_t
Components::NodeOf(std::string_view name) {
	const std::uint64_t hash = TextHash(name);
	const std::size_t mask = slots_.size() - 1;
	std::size_t at = hash & mask;
	while (slots_[at] != free_slot) {
		if (hashes_[slots_[at]] == hash && names_[slots_[at]] == name) {
			return slots_[at];
		}
		at = (at + 1) & mask;
	}
	const std::uint32_t node = size();
	slots_[at] = node;
	names_.push_back(texts_.Copy(name));
	parent_.push_back(node);
	hashes_.push_back(hash);
	if (names_.size() * 2 > slots_.size()) {
		Grow();
	}
	return node;
}

void
Components::Grow() {
	slots_.assign(slots_.size() * 2, free_slot);
	const std::size_t mask = slots_.size() - 1;
	for (std::uint32_t node = 0; node < size(); ++node) {
		std::size_t at = hashes_[node] & mask;
		while (slots_[at] != free_slot) {
			at = (at + 1) & mask;
		}
		slots_[at] = node;
	}
}

void
Components::Add(std::string_view a, std::string_view b) {
	const std::uint32_t x = NodeOf(a);
	const std::uint32_t y = NodeOf(b);
	parent_[Root(x)] = Root(y);
}

void
Components::Add(const Components &other) {
	for (std::uint32_t node = 0; node < other.size(); ++node) {
		Add(other.name(node), other.name(other.Root(node)));
	}
}

Vector<std::string_view>
Components::LeastNames(std::pmr::memory_resource *memory) const {
	Vector<std::string_view> least(names_.begin(), names_.end(), memory);
	for (std::uint32_t node = 0; node < size(); ++node) {
		std::string_view &of_root = least[Root(node)];
		of_root = std::min(of_root, names_[node]);
	}
	for (std::uint32_t node = 0; node < size(); ++node) {
		least[node] = least[Root(node)];
	}
	return least;
}

} // namespace meshline::match
