// SPDX-License-Identifier: PostgreSQL
// Work that may fail without taking the transaction along.
#pragma once

#include <type_traits>

#include "pg/guard.hpp"

namespace meshline::pg {

// Calls function(argument) in a subtransaction. Null: it returned, and its work is kept. Otherwise its
// work is undone and the error, a C++ exception or an ERROR, is returned as an ERROR's data in the
// context that is current now. Memory context and resource owner are as before.
// Throws PgError for what must end the statement (SQLSTATE class 57: cancel, timeout, shutdown) and when
// the subtransaction itself cannot be started or ended.
ErrorData *RunInSubtransaction(void (*function)(void *), void *argument);

// The same for a lambda that returns nothing. It may use C++ freely (PostgreSQL through PgCall), must
// close what it opens (SPI_finish) and keep no pointer into memory of the subtransaction.
// Class 40 errors (serialization failure, deadlock) are returned like others: the caller decides.
template <typename F>
bool
InSubtransaction(F &&f, ErrorData **error) {
	using Function = std::remove_reference_t<F>;
	static_assert(std::is_void_v<std::invoke_result_t<F &>>);
	*error = RunInSubtransaction([](void *function) { (*static_cast<Function *>(function))(); },
	                             const_cast<std::remove_const_t<Function> *>(&f));
	return *error == nullptr;
}

} // namespace meshline::pg
