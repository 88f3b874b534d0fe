// SPDX-License-Identifier: PostgreSQL
// Runs a compiled definition over one payload: one parse, facts out.
#pragma once

#include <memory>
#include <string_view>

#include "core/definition.hpp"
#include "core/fact.hpp"

namespace meshline {

// Turns a wall-clock time (microseconds, as if it were UTC) of the connection's time zone into an
// instant. Called only for times that carry no offset.
struct LocalTime {
	Instant (*to_instant)(void *context, Instant local) = nullptr; // null: local time is UTC
	void *context = nullptr;
};

struct ExtractOptions {
	LocalTime local_time;
	std::string_view base_currency; // used where the payload names no ISO 4217 currency; may be ""
};

inline constexpr std::string_view deletion_mark = "{\"_meshline_deleted\":true,";

// The id of one of several equal objects without ids: their common id for the first, "id:2" for the second.
std::string_view NumberedId(std::string_view id, std::int64_t number, std::pmr::memory_resource *arena);

// Owns the parser and its buffers, which grow to the largest payload seen and are reused.
class Extractor {
public:
	Extractor();
	~Extractor();
	Extractor(const Extractor &) = delete;
	Extractor &operator=(const Extractor &) = delete;

	// Reads `payload` as `object` of the definition. Whatever the payload holds, this returns: what
	// cannot be used is in the problems of the result or of its facts. Everything in the result
	// points into `arena`. A payload that begins with deletion_mark is the last that is known of an object
	// that is gone: its own fact has the status deleted, at the version that the object had. Throws only
	// std::bad_alloc, and Error(ML002) for an unknown object.
	Extraction Extract(const Definition &definition, std::string_view object, std::string_view payload,
	                   const ExtractOptions &options, std::pmr::memory_resource *arena);

private:
	struct State;
	std::unique_ptr<State> state_;
};

} // namespace meshline

#ifdef POSTGRES_H
#error "the core sees no PostgreSQL header"
#endif
