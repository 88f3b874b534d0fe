// SPDX-License-Identifier: PostgreSQL
#include "core/canonical.hpp"

#include <boost/uuid/name_generator_sha1.hpp>
#include <boost/uuid/uuid.hpp>

#include <algorithm>
#include <charconv>
#include <string>

namespace meshline {

namespace {

constexpr Uuid dns_namespace{
    {0x6b, 0xa7, 0xb8, 0x10, 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8}};

} // namespace

const Uuid canonical_namespace = Uuid5(dns_namespace, "meshline");

Uuid
Uuid5(const Uuid &name_space, std::string_view name) noexcept {
	boost::uuids::uuid root;
	std::copy(name_space.bytes.begin(), name_space.bytes.end(), root.begin());
	const boost::uuids::uuid id = boost::uuids::name_generator_sha1(root)(name.data(), name.size());
	Uuid result;
	std::copy(id.begin(), id.end(), result.bytes.begin());
	return result;
}

Uuid
CanonicalId(std::int64_t merchant_id, std::string_view kind, std::string_view name_space,
            std::string_view value) {
	char digits[24];
	std::string name(digits, std::to_chars(digits, digits + sizeof(digits), merchant_id).ptr);
	name.append("/").append(kind).append("/").append(name_space).append("/").append(value);
	return Uuid5(canonical_namespace, name);
}

} // namespace meshline
