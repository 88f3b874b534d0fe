// SPDX-License-Identifier: PostgreSQL
// Functions that fail on purpose in every layer, for sql/border.sql. A module of its own, linked with
// the objects of src/pg that it tests and never installed.
#include <cstdint>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"

#include "pg/guard.hpp"
#include "pg/internal_subtransaction.hpp"
#include "pg/memory_resource.hpp"

extern "C" {
PG_MODULE_MAGIC;
}

namespace {

using namespace meshline::pg;

// Counts itself: whatever is still alive after a statement was skipped by a longjmp.
class Witness {
public:
	Witness() : text_(100, 'w') {
		++live;
	}
	Witness(const Witness &) = delete;
	Witness &operator=(const Witness &) = delete;
	~Witness() {
		--live;
	}

	static inline int live = 0;

private:
	std::string text_;
};

std::string
TextArgument(FunctionCallInfo fcinfo, int argument) {
	struct Bytes {
		const char *data;
		int size;
	};
	const Bytes bytes = PgCall([=]() -> Bytes {
		const text *value = PG_GETARG_TEXT_PP(argument);
		return {VARDATA_ANY(value), static_cast<int>(VARSIZE_ANY_EXHDR(value))};
	});
	return {bytes.data, static_cast<std::size_t>(bytes.size)};
}

Datum
TextDatum(std::string_view value) {
	return PgCall([value] {
		return PointerGetDatum(cstring_to_text_with_len(value.data(), static_cast<int>(value.size())));
	});
}

// Runs SQL; returns the first column of the first row as int8, or the number of rows.
std::int64_t
RunSql(const std::string &query) {
	const Witness witness;
	const char *sql = query.c_str();
	return PgCall([sql]() -> std::int64_t {
		if (SPI_connect() != SPI_OK_CONNECT) {
			elog(ERROR, "SPI_connect failed");
		}
		std::int64_t result = 0;
		if (SPI_execute(sql, false, 0) == SPI_OK_SELECT && SPI_processed > 0) {
			bool is_null = true;
			const Datum datum = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &is_null);
			result = is_null ? 0 : DatumGetInt64(datum);
		} else {
			result = static_cast<std::int64_t>(SPI_processed);
		}
		SPI_finish();
		return result;
	});
}

[[noreturn]] void
Spin() {
	const Witness witness;
	for (std::uint64_t i = 0;; ++i) {
		if (i % 4096 == 0) {
			CheckInterrupts();
		}
	}
}

// Fails in the way that is named; "sql:..." runs that SQL and need not fail.
void
Fail(const std::string &way) {
	const Witness witness;
	const auto other = std::make_unique<Witness>();
	if (way == "error") {
		throw meshline::Error(meshline::sqlstate::invalid_parameter, "the core's message",
		                      "The core's detail.", "The core's hint.");
	}
	if (way == "own class") {
		throw meshline::Error(meshline::sqlstate::invalid_definition, "message with %s and \xc3\xa9");
	}
	if (way == "long") {
		std::string words(1022, 'x');
		for (int i = 0; i < 3000; ++i) {
			words += "\xe2\x82\xac"; // the euro sign, three bytes
		}
		throw meshline::Error(meshline::sqlstate::invalid_text, words, words, words);
	}
	if (way == "bad_alloc") {
		throw std::bad_alloc();
	}
	if (way == "exception") {
		throw std::runtime_error("what() of a runtime_error");
	}
	if (way == "standard library") {
		static_cast<void>(std::vector<int>().at(7));
	}
	if (way == "int") {
		throw 7;
	}
	if (way == "postgres") {
		PgCall([] {
			ereport(ERROR, (errcode(ERRCODE_CHECK_VIOLATION), errmsg("the server's message"),
			                errdetail("The server's detail."), errhint("The server's hint.")));
		});
	}
	if (way == "spin") {
		Spin();
	}
	if (way.starts_with("sql:")) {
		RunSql(way.substr(4));
	}
}

std::string
DescribeData(const ErrorData *error) {
	const auto part = [](const char *words) { return std::string(words != nullptr ? words : "-"); };
	return part(unpack_sql_state(error->sqlerrcode)) + " | " + part(error->message) + " | " +
	       part(error->detail) + " | " + part(error->hint);
}

} // namespace

MESHLINE_FUNCTION(border_live) {
	PG_RETURN_INT32(Witness::live);
}

MESHLINE_FUNCTION(border_fail) {
	const Witness witness;
	Fail(TextArgument(fcinfo, 0));
	PG_RETURN_VOID();
}

MESHLINE_FUNCTION(border_sql) {
	const Witness witness;
	const std::int64_t result = RunSql(TextArgument(fcinfo, 0));
	return PgCall([result] { return Int64GetDatum(result); });
}

// Allocates, writes the first and last byte, returns the address modulo the alignment, and frees.
MESHLINE_FUNCTION(border_allocate) {
	const Witness witness;
	const auto bytes = static_cast<std::size_t>(PG_GETARG_INT64(0));
	const auto alignment = static_cast<std::size_t>(PG_GETARG_INT32(1));
	ContextResource resource;
	auto *memory = static_cast<char *>(resource.allocate(bytes, alignment));
	memory[0] = 'a';
	memory[bytes - 1] = 'z';
	const auto rest = static_cast<std::int32_t>(reinterpret_cast<std::uintptr_t>(memory) % alignment);
	resource.deallocate(memory, bytes, alignment);
	PG_RETURN_INT32(rest);
}

// Runs SQL and then fails, both in a subtransaction; tells what became of it.
MESHLINE_FUNCTION(border_subtransaction) {
	const Witness witness;
	const std::string work = TextArgument(fcinfo, 0);
	const std::string way = TextArgument(fcinfo, 1);
	const MemoryContext context = CurrentMemoryContext;
	const ResourceOwner owner = CurrentResourceOwner;
	ErrorData *error = nullptr;
	const bool is_kept = InSubtransaction(
	    [&] {
		    const Witness inner;
		    RunSql(work);
		    Fail(way);
	    },
	    &error);
	if (CurrentMemoryContext != context || CurrentResourceOwner != owner) {
		throw std::logic_error("memory context or resource owner was not restored");
	}
	return TextDatum(is_kept ? "kept" : "undone: " + DescribeData(error));
}

// The same work again and again, each time undone: what is left over would show.
MESHLINE_FUNCTION(border_subtransaction_repeat) {
	const Witness witness;
	const std::string way = TextArgument(fcinfo, 0);
	const std::int32_t times = PG_GETARG_INT32(1);
	std::int32_t failures = 0;
	for (std::int32_t i = 0; i < times; ++i) {
		ErrorData *error = nullptr;
		if (!InSubtransaction([&] { Fail(way); }, &error)) {
			++failures;
			PgCall([error] { FreeErrorData(error); });
		}
	}
	PG_RETURN_INT32(failures);
}

// A statement trigger that runs its argument over the transition table in a subtransaction and keeps the
// rows of the statement whatever happens.
MESHLINE_FUNCTION(border_trigger) {
	const Witness witness;
	if (!CALLED_AS_TRIGGER(fcinfo)) {
		throw meshline::Error("0A000", "not called as a trigger");
	}
	auto *data = reinterpret_cast<TriggerData *>(fcinfo->context);
	const std::string sql = data->tg_trigger->tgargs[0];
	ErrorData *error = nullptr;
	const bool is_kept = InSubtransaction(
	    [&] {
		    const Witness inner;
		    const char *query = sql.c_str();
		    PgCall([data, query] {
			    SPI_connect();
			    SPI_register_trigger_data(data);
			    SPI_execute(query, false, 0);
			    SPI_finish();
		    });
	    },
	    &error);
	if (!is_kept) {
		const std::string description = DescribeData(error);
		const char *words = description.c_str();
		PgCall([words] { ereport(NOTICE, (errmsg("undone: %s", words))); });
	}
	return PointerGetDatum(nullptr);
}
