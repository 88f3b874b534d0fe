// SPDX-License-Identifier: PostgreSQL
// The two borders between C++ exceptions and PostgreSQL's errors, which are longjmps.
//
//   PgCall(f)   C++ calls PostgreSQL: an ERROR inside f arrives as PgError, so every destructor runs.
//   Guard(f)    PostgreSQL calls C++: an exception that leaves f arrives as an ERROR.
#pragma once

#include <exception>
#include <new>
#include <type_traits>

#include "core/error.hpp"
#include "pg/postgres_api.hpp"

namespace meshline::pg {

// A PostgreSQL error on its way through C++ frames. Whoever catches one rethrows it: only
// InSubtransaction() may end an error. The data lives in the context that was current at the PgCall.
class PgError final : public std::exception {
public:
	explicit PgError(ErrorData *data) noexcept : data_(data) {
	}

	const char *
	what() const noexcept override {
		return data_->message != nullptr ? data_->message : "PostgreSQL error without a message";
	}
	ErrorData *
	data() const noexcept {
		return data_;
	}
	// Packed as by MAKE_SQLSTATE, comparable with ERRCODE_....
	int
	sqlstate() const noexcept {
		return data_->sqlerrcode;
	}

private:
	ErrorData *data_;
};

// Calls function(argument); returns the ERROR that it raised, copied into the context that is current
// now, or null. Memory context and error stacks are as before in either case. C++ exceptions pass.
ErrorData *TryCall(void (*function)(void *), void *argument);

// Calls f, which may call any PostgreSQL function but must own nothing with a destructor, in no frame
// between here and the ERROR. Throws PgError. Costs about 27 ns: put several calls into one f.
template <typename F>
auto
PgCall(F &&f) -> std::invoke_result_t<F &> {
	using Result = std::invoke_result_t<F &>;
	using Function = std::remove_reference_t<F>;
	static_assert(std::is_trivially_destructible_v<Function>, "a longjmp skips the destructors of captures");

	if constexpr (std::is_void_v<Result>) {
		ErrorData *error = TryCall([](void *function) { (*static_cast<Function *>(function))(); },
		                           const_cast<std::remove_const_t<Function> *>(&f));
		if (error != nullptr) {
			throw PgError(error);
		}
	} else {
		static_assert(std::is_trivially_copyable_v<Result>, "the result must survive a longjmp");
		struct Call {
			Function *function;
			Result result;
		} call{&f, Result{}};
		ErrorData *error = TryCall(
		    [](void *argument) {
			    auto *c = static_cast<Call *>(argument);
			    c->result = (*c->function)();
		    },
		    &call);
		if (error != nullptr) {
			throw PgError(error);
		}
		return call.result;
	}
}

// To be called every few thousand iterations of a loop that calls no PostgreSQL function; throws
// PgError when the query is cancelled. Costs a load and a branch while nothing is pending.
inline void
CheckInterrupts() {
	if (INTERRUPTS_PENDING_CONDITION()) {
		PgCall([] { ProcessInterrupts(); });
	}
}

// An exception that has been caught and is to be raised as an ERROR. Plain bytes only: the longjmp that
// raises it skips nothing.
struct CaughtError {
	ErrorData *data;
	int sqlstate;
	char message[1024];
	char detail[2048];
	char hint[1024];
};

// Describes the exception being handled; call it inside catch (...) only. Texts that are too long are
// cut between two characters. Never throws and never raises.
void DescribeException(CaughtError *caught) noexcept;

// Raises what DescribeException() noted. No object with a destructor may be alive in the caller.
[[noreturn]] void Raise(const CaughtError &caught);

// Calls f, which may use C++ freely, and returns its result; whatever f throws is raised as an ERROR,
// after the catch block has ended. The caller owns nothing with a destructor.
template <typename F>
auto
Guard(F &&f) -> std::invoke_result_t<F &> {
	static_assert(std::is_trivially_destructible_v<std::remove_reference_t<F>>);
	static_assert(std::is_void_v<std::invoke_result_t<F &>> ||
	              std::is_trivially_destructible_v<std::invoke_result_t<F &>>);
	CaughtError caught;
	try {
		return f();
	} catch (...) {
		DescribeException(&caught);
	}
	Raise(caught);
}

} // namespace meshline::pg

// MESHLINE_FUNCTION(name) { ... } defines the C symbol that a SQL function is made of. The body sees
// fcinfo, so PG_GETARG_... and PG_RETURN_... work, and may throw.
#define MESHLINE_FUNCTION(name)                                                                              \
	static Datum name##_body(FunctionCallInfo fcinfo);                                                       \
	extern "C" {                                                                                             \
	PGDLLEXPORT Datum name(PG_FUNCTION_ARGS);                                                                \
	PG_FUNCTION_INFO_V1(name);                                                                               \
	Datum                                                                                                    \
	name(PG_FUNCTION_ARGS) {                                                                                 \
		return meshline::pg::Guard([fcinfo] { return name##_body(fcinfo); });                                \
	}                                                                                                        \
	}                                                                                                        \
	static Datum name##_body([[maybe_unused]] FunctionCallInfo fcinfo)
