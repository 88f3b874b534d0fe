// SPDX-License-Identifier: PostgreSQL
#include <cstring>

#include "pg/guard.hpp"

namespace meshline::pg {

namespace {

// Calls function(argument) with a jump buffer of its own; false when an ERROR came back. The error
// stacks are restored by a destructor, so that a C++ exception may pass as well.
bool
ReturnedNormally(void (*function)(void *), void *argument) {
	struct ErrorStacks {
		sigjmp_buf *const exception_stack = PG_exception_stack;
		ErrorContextCallback *const context_stack = error_context_stack;
		~ErrorStacks() {
			PG_exception_stack = exception_stack;
			error_context_stack = context_stack;
		}
	} stacks;
	sigjmp_buf landing;
	if (sigsetjmp(landing, 0) != 0) {
		return false;
	}
	PG_exception_stack = &landing;
	function(argument);
	return true;
}

// What is left to say when there is no memory to copy an error.
ErrorData *
OutOfMemoryData() noexcept {
	static ErrorData data;
	static char message[] = "out of memory";
	static char detail[] = "Failed while handling an error.";
	data.elevel = ERROR;
	data.sqlerrcode = ERRCODE_OUT_OF_MEMORY;
	data.message = message;
	data.detail = detail;
	return &data;
}

// Copies text into a buffer, cut between two characters of the database's encoding.
template <std::size_t N>
void
CopyClipped(char (&target)[N], const char *text) noexcept {
	std::size_t length = std::strlen(text);
	if (length >= N) {
		length = static_cast<std::size_t>(pg_mbcliplen(text, static_cast<int>(N), static_cast<int>(N - 1)));
	}
	std::memcpy(target, text, length);
	target[length] = '\0';
}

void
Describe(CaughtError *caught, int sqlstate, const char *message, const char *detail,
         const char *hint) noexcept {
	caught->data = nullptr;
	caught->sqlstate = sqlstate;
	CopyClipped(caught->message, message);
	CopyClipped(caught->detail, detail);
	CopyClipped(caught->hint, hint);
}

} // namespace

ErrorData *
TryCall(void (*function)(void *), void *argument) {
	const MemoryContext context = CurrentMemoryContext;
	if (ReturnedNormally(function, argument)) {
		return nullptr;
	}
	MemoryContextSwitchTo(context);
	ErrorData *data = nullptr;
	if (!ReturnedNormally([](void *copy) { *static_cast<ErrorData **>(copy) = CopyErrorData(); }, &data)) {
		data = OutOfMemoryData();
	}
	MemoryContextSwitchTo(context);
	FlushErrorState();
	return data;
}

void
DescribeException(CaughtError *caught) noexcept {
	try {
		throw;
	} catch (const PgError &e) {
		caught->data = e.data();
		caught->sqlstate = e.sqlstate();
	} catch (const Error &e) {
		const char *s = e.sqlstate();
		Describe(caught, MAKE_SQLSTATE(s[0], s[1], s[2], s[3], s[4]), e.what(), e.detail(), e.hint());
	} catch (const std::bad_alloc &) {
		Describe(caught, ERRCODE_OUT_OF_MEMORY, "out of memory", "", "");
	} catch (const std::exception &e) {
		Describe(caught, ERRCODE_INTERNAL_ERROR, e.what(), "", "");
	} catch (...) {
		Describe(caught, ERRCODE_INTERNAL_ERROR, "unknown C++ exception", "", "");
	}
}

void
Raise(const CaughtError &caught) {
	if (caught.data != nullptr) {
		ReThrowError(caught.data);
	}
	ereport(ERROR, (errcode(caught.sqlstate), errmsg_internal("%s", caught.message),
	                caught.detail[0] != '\0' ? errdetail_internal("%s", caught.detail) : 0,
	                caught.hint[0] != '\0' ? errhint("%s", caught.hint) : 0));
	pg_unreachable();
}

} // namespace meshline::pg
