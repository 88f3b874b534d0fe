// SPDX-License-Identifier: PostgreSQL
#include "core/match/table.hpp"

#include "core/match/text_hash.hpp"

namespace meshline::match {

Column::Column(std::string_view name, Role role, std::pmr::memory_resource *arena)
    : name_(Intern(name, arena)), role_(role), texts_(arena), value_of_(arena), values_(arena),
      counts_(arena), hashes_(arena), slots_(16, no_value, arena) {
}

void
Column::Add(std::string_view prepared) {
	if (prepared.empty()) {
		value_of_.push_back(no_value);
		return;
	}
	++present_;
	const std::uint64_t hash = TextHash(prepared);
	std::size_t at = hash & (slots_.size() - 1);
	while (slots_[at] != no_value) {
		const std::uint32_t index = slots_[at];
		if (hashes_[index] == hash && values_[index] == prepared) {
			++counts_[index];
			value_of_.push_back(index);
			return;
		}
		at = (at + 1) & (slots_.size() - 1);
	}
	const auto index = static_cast<std::uint32_t>(values_.size());
	slots_[at] = index;
	values_.push_back(texts_.Copy(prepared));
	hashes_.push_back(hash);
	counts_.push_back(1);
	value_of_.push_back(index);
	if (values_.size() * 2 > slots_.size()) {
		Grow();
	}
}

void
Column::Grow() {
	slots_.assign(slots_.size() * 2, no_value);
	for (std::uint32_t index = 0; index < values_.size(); ++index) {
		std::size_t at = hashes_[index] & (slots_.size() - 1);
		while (slots_[at] != no_value) {
			at = (at + 1) & (slots_.size() - 1);
		}
		slots_[at] = index;
	}
}

double
Column::EqualShare() const noexcept {
	double equal = 0;
	for (const double count : counts_) {
		equal += count * (count - 1);
	}
	const auto n = static_cast<double>(present_);
	return present_ < 2 ? 0 : equal / (n * (n - 1));
}

} // namespace meshline::match
