// SPDX-License-Identifier: PostgreSQL
// Canonical ids: UUIDv5 of a cluster's anchor.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace meshline {

struct Uuid {
	std::array<std::uint8_t, 16> bytes{};
	auto operator<=>(const Uuid &) const = default;
};

// The namespace of every canonical id: uuid5(NAMESPACE_DNS, "meshline").
extern const Uuid canonical_namespace;

// RFC 4122 version 5: SHA-1 over the namespace's bytes and the name.
Uuid Uuid5(const Uuid &name_space, std::string_view name) noexcept;

// uuid5(canonical_namespace, "<merchant_id>/<kind>/<namespace>/<value>"), the same that Python's
// uuid.uuid5 gives.
Uuid CanonicalId(std::int64_t merchant_id, std::string_view kind, std::string_view name_space,
                 std::string_view value);

} // namespace meshline

#ifdef POSTGRES_H
#error "the core sees no PostgreSQL header"
#endif
