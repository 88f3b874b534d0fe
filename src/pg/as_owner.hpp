// SPDX-License-Identifier: PostgreSQL
// Reading a table that belongs to somebody else.
#pragma once

#include "pg/postgres_api.hpp"

namespace meshline::pg {

// The types of a table may come with functions of their own on the way to text. While one of these lives
// they run with the rights of whoever owns the table, as an index's do, and not with ours.
class AsOwner {
public:
	explicit AsOwner(Oid owner) noexcept {
		GetUserIdAndSecContext(&user_, &context_);
		SetUserIdAndSecContext(owner,
		                       context_ | SECURITY_LOCAL_USERID_CHANGE | SECURITY_RESTRICTED_OPERATION);
	}
	~AsOwner() {
		SetUserIdAndSecContext(user_, context_);
	}
	AsOwner(const AsOwner &) = delete;
	AsOwner &operator=(const AsOwner &) = delete;

private:
	Oid user_;
	int context_;
};

} // namespace meshline::pg
