// SPDX-License-Identifier: PostgreSQL
#include "pg/internal_subtransaction.hpp"

namespace meshline::pg {

namespace {

// Class 57, operator intervention: cancel, timeouts and shutdown end the statement whatever we do.
bool
MustEndStatement(int sqlstate) noexcept {
	return ERRCODE_TO_CATEGORY(sqlstate) == ERRCODE_TO_CATEGORY(ERRCODE_OPERATOR_INTERVENTION);
}

} // namespace

ErrorData *
RunInSubtransaction(void (*function)(void *), void *argument) {
	const MemoryContext context = CurrentMemoryContext;
	const ResourceOwner owner = CurrentResourceOwner;
	const auto restore = [context, owner] {
		MemoryContextSwitchTo(context);
		CurrentResourceOwner = owner;
	};

	PgCall([context] {
		BeginInternalSubTransaction(nullptr);
		MemoryContextSwitchTo(context);
	});
	CaughtError caught;
	try {
		function(argument);
		PgCall([] { ReleaseCurrentSubTransaction(); });
		restore();
		return nullptr;
	} catch (...) {
		DescribeException(&caught);
	}

	// Raise it as an ERROR and take it at once: that makes the copy in the caller's context, whichever
	// side the error came from, before the rollback frees the memory it may live in.
	MemoryContextSwitchTo(context);
	ErrorData *error = TryCall([](void *e) { Raise(*static_cast<CaughtError *>(e)); }, &caught);
	PgCall([] { RollbackAndReleaseCurrentSubTransaction(); });
	restore();
	if (MustEndStatement(error->sqlerrcode)) {
		throw PgError(error);
	}
	return error;
}

} // namespace meshline::pg
