// SPDX-License-Identifier: PostgreSQL
// The keys that a record can be found by in an index: one for each blocking rule that it has the values for.
//
// They are stored in indexes, so a change of this is a change of the data: those indexes must be built anew.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/match/role.hpp"

namespace meshline::match {

// What keys are made of, as text: the roles of the values, a semicolon, and rules separated by semicolons,
// each of them value/kind pairs: "surname date;0/0 1/1;0/2 1/0".
class RecordKeys {
public:
	// Throws Error(invalid_parameter).
	static RecordKeys Parse(std::string_view text);

	const std::vector<Role> &
	roles() const noexcept {
		return roles_;
	}
	// Of the values of a record in the order of roles, prepared; "" is none. Sorted, each once.
	std::vector<std::int64_t> Of(std::span<const std::string_view> prepared) const;

private:
	using Part = std::pair<std::size_t, std::size_t>; // value, kind

	std::vector<Role> roles_;
	std::vector<std::vector<Part>> rules_;
};

} // namespace meshline::match

#ifdef POSTGRES_H
#error "the core sees no PostgreSQL header"
#endif
