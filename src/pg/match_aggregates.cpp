// SPDX-License-Identifier: PostgreSQL
// The aggregates match_score() and connected_components(), whose results do not depend on the order of rows
// nor on how they are shared among workers.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <new>
#include <string>

#include "core/error.hpp"
#include "core/match/components.hpp"
#include "core/match/weights.hpp"
#include "pg/guard.hpp"
#include "pg/memory_resource.hpp"
#include "pg/spi.hpp"

namespace meshline::pg {

namespace {

__extension__ using Wide = __int128;

// A sum of weights in units of 2^-60: whole numbers add up to the same in any order. NULL is a sum of
// nothing.
struct ScoreSum {
	Wide units;
};

constexpr int score_bits = 60;
constexpr double greatest_weight = 1e12; // 2^40: more than 2^26 such weights fit

MemoryContext
AggregateContext(FunctionCallInfo fcinfo) {
	MemoryContext context = nullptr;
	if (AggCheckCallContext(fcinfo, &context) == 0) {
		throw Error(sqlstate::invalid_parameter, "this function belongs to an aggregate");
	}
	return context;
}

template <typename State>
State *
StateArgument(FunctionCallInfo fcinfo, int argument) {
	return PG_ARGISNULL(argument) ? nullptr : reinterpret_cast<State *>(PG_GETARG_POINTER(argument));
}

ScoreSum *
NewSum(MemoryContext context) {
	return PgCall([&] { return static_cast<ScoreSum *>(MemoryContextAllocZero(context, sizeof(ScoreSum))); });
}

// The components with the resource that all their memory is from; freed with the context, not destroyed.
struct ComponentsState {
	explicit ComponentsState(MemoryContext context) : memory(context), components(&memory) {
	}

	ContextResource memory;
	match::Components components;
};

ComponentsState *
NewComponents(MemoryContext context) {
	void *const space = PgCall([&] { return MemoryContextAlloc(context, sizeof(ComponentsState)); });
	return new (space) ComponentsState(context);
}

Datum
StateDatum(const void *state) {
	return PointerGetDatum(state);
}

Datum
BytesDatum(std::string_view bytes) {
	return TextDatum(bytes); // a bytea is bytes behind a length, as a text is
}

// Takes a length of 4 bytes and as many bytes off the text.
std::string_view
TakeName(std::string_view &bytes) {
	std::uint32_t size = 0;
	std::memcpy(&size, bytes.data(), sizeof(size));
	const std::string_view name = bytes.substr(sizeof(size), size);
	bytes.remove_prefix(sizeof(size) + size);
	return name;
}

void
AppendName(std::string &bytes, std::string_view name) {
	const auto size = static_cast<std::uint32_t>(name.size());
	bytes.append(reinterpret_cast<const char *>(&size), sizeof(size)).append(name);
}

// An array of rows of two columns, of the type that the function returns.
class CompositeArray {
public:
	CompositeArray(FunctionCallInfo fcinfo, std::size_t rows) {
		PgCall([&] {
			type_ = get_element_type(get_func_rettype(fcinfo->flinfo->fn_oid));
			description_ = lookup_rowtype_tupdesc_copy(type_, -1);
			values_ = static_cast<Datum *>(
			    MemoryContextAllocHuge(CurrentMemoryContext, (rows + 1) * sizeof(Datum)));
		});
	}

	void
	Add(std::array<Datum, 2> columns) {
		values_[size_++] = PgCall([&] {
			bool nulls[2] = {};
			return HeapTupleGetDatum(heap_form_tuple(description_, columns.data(), nulls));
		});
	}

	Datum
	Array() {
		return PgCall([&] {
			return PointerGetDatum(
			    construct_array(values_, static_cast<int>(size_), type_, -1, false, TYPALIGN_DOUBLE));
		});
	}

private:
	Oid type_ = InvalidOid;
	TupleDesc description_ = nullptr;
	Datum *values_ = nullptr;
	std::size_t size_ = 0;
};

} // namespace

} // namespace meshline::pg

MESHLINE_FUNCTION(meshline_match_score_add) {
	using namespace meshline;
	const MemoryContext context = pg::AggregateContext(fcinfo);
	auto *sum = pg::StateArgument<pg::ScoreSum>(fcinfo, 0);
	if (PG_ARGISNULL(1)) {
		if (sum == nullptr) {
			PG_RETURN_NULL();
		}
		return pg::StateDatum(sum);
	}
	const double weight = PG_GETARG_FLOAT8(1);
	if (std::isnan(weight)) {
		throw Error(sqlstate::invalid_parameter, "a weight is not a number");
	}
	if (sum == nullptr) {
		sum = pg::NewSum(context);
	}
	const double bounded = std::clamp(weight, -pg::greatest_weight, pg::greatest_weight);
	sum->units += static_cast<pg::Wide>(std::ldexp(bounded, pg::score_bits));
	return pg::StateDatum(sum);
}

MESHLINE_FUNCTION(meshline_match_score_combine) {
	using namespace meshline;
	const MemoryContext context = pg::AggregateContext(fcinfo);
	auto *sum = pg::StateArgument<pg::ScoreSum>(fcinfo, 0);
	const auto *other = pg::StateArgument<pg::ScoreSum>(fcinfo, 1);
	if (sum == nullptr && other == nullptr) {
		PG_RETURN_NULL();
	}
	if (sum == nullptr) {
		sum = pg::NewSum(context);
	}
	sum->units += other == nullptr ? 0 : other->units;
	return pg::StateDatum(sum);
}

MESHLINE_FUNCTION(meshline_match_score_serialize) {
	using namespace meshline;
	const auto *sum = pg::StateArgument<pg::ScoreSum>(fcinfo, 0);
	return pg::BytesDatum({reinterpret_cast<const char *>(&sum->units), sizeof(sum->units)});
}

MESHLINE_FUNCTION(meshline_match_score_deserialize) {
	using namespace meshline;
	pg::ScoreSum *sum = pg::NewSum(CurrentMemoryContext);
	std::memcpy(&sum->units, pg::TextView(PG_GETARG_DATUM(0)).data(), sizeof(sum->units));
	return pg::StateDatum(sum);
}

MESHLINE_FUNCTION(meshline_match_score) {
	using namespace meshline;
	const auto *sum = pg::StateArgument<pg::ScoreSum>(fcinfo, 0);
	if (sum == nullptr) {
		PG_RETURN_NULL();
	}
	return Float8GetDatum(match::ProbabilityOf(std::ldexp(static_cast<double>(sum->units), -pg::score_bits)));
}

MESHLINE_FUNCTION(meshline_components_add) {
	using namespace meshline;
	const MemoryContext context = pg::AggregateContext(fcinfo);
	auto *state = pg::StateArgument<pg::ComponentsState>(fcinfo, 0);
	if (state == nullptr) {
		state = pg::NewComponents(context);
	}
	// A record without a partner is a component of its own.
	const int known = PG_ARGISNULL(1) ? 2 : 1;
	if (!PG_ARGISNULL(known)) {
		const std::string_view name = pg::TextView(PG_GETARG_DATUM(known));
		state->components.Add(name, PG_ARGISNULL(2) ? name : pg::TextView(PG_GETARG_DATUM(2)));
	}
	return pg::StateDatum(state);
}

MESHLINE_FUNCTION(meshline_components_combine) {
	using namespace meshline;
	const MemoryContext context = pg::AggregateContext(fcinfo);
	auto *state = pg::StateArgument<pg::ComponentsState>(fcinfo, 0);
	const auto *other = pg::StateArgument<pg::ComponentsState>(fcinfo, 1);
	if (state == nullptr && other == nullptr) {
		PG_RETURN_NULL();
	}
	if (state == nullptr) {
		state = pg::NewComponents(context);
	}
	if (other != nullptr) {
		state->components.Add(other->components);
	}
	return pg::StateDatum(state);
}

// Pairs of a name and one of its component.
MESHLINE_FUNCTION(meshline_components_serialize) {
	using namespace meshline;
	const match::Components &components = pg::StateArgument<pg::ComponentsState>(fcinfo, 0)->components;
	std::string bytes;
	for (std::uint32_t node = 0; node < components.size(); ++node) {
		pg::AppendName(bytes, components.name(node));
		pg::AppendName(bytes, components.name(components.Root(node)));
	}
	return pg::BytesDatum(bytes);
}

MESHLINE_FUNCTION(meshline_components_deserialize) {
	using namespace meshline;
	pg::ComponentsState *state = pg::NewComponents(CurrentMemoryContext);
	std::string_view bytes = pg::TextView(PG_GETARG_DATUM(0));
	while (!bytes.empty()) {
		const std::string_view name = pg::TakeName(bytes);
		state->components.Add(name, pg::TakeName(bytes));
	}
	return pg::StateDatum(state);
}

// An array of (id, component_id), sorted by component and id.
MESHLINE_FUNCTION(meshline_connected_components) {
	using namespace meshline;
	const auto *state = pg::StateArgument<pg::ComponentsState>(fcinfo, 0);
	if (state == nullptr) {
		PG_RETURN_NULL();
	}
	const match::Components &components = state->components;
	pg::ContextResource memory;
	const auto least = components.LeastNames(&memory);
	Vector<std::pair<std::string_view, std::string_view>> members(&memory);
	for (std::uint32_t node = 0; node < components.size(); ++node) {
		members.emplace_back(least[node], components.name(node));
	}
	std::sort(members.begin(), members.end());
	pg::CompositeArray rows(fcinfo, members.size());
	for (const auto &[component, id] : members) {
		rows.Add({pg::TextDatum(id), pg::TextDatum(component)});
	}
	return rows.Array();
}
