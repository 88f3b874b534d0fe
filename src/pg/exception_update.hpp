// SPDX-License-Identifier: PostgreSQL
// What is found now against the exceptions that hold at present.
#pragma once

#include <optional>
#include <string_view>

#include "pg/exception_write.hpp"
#include "pg/reconcile_store.hpp"

namespace meshline::pg {

// Whose findings a reason stands for: this library's, or those of checks that merchants add.
enum class Finder : std::uint8_t { library, own_check };

// Takes the findings of a set's entities, tells which are new, changed or gone, and writes that. Findings and
// rules live until Write().
class ExceptionUpdate {
public:
	// Reads the exceptions of that finder.
	ExceptionUpdate(const ReconcileSet &set, Finder finder);

	void Found(std::uint32_t entity, const Finding &finding, const ReasonRule &rule);
	// Nobody could say whether the exceptions of a reason still hold: they stay as they are.
	void Keep(std::string_view reason);
	// Whatever held and was not found is closed.
	void Write();

private:
	// An exception that holds at present.
	struct Known {
		std::uint32_t entity;
		std::string_view reason;
		std::string_view subject;
		std::int64_t exception_id;
		bool is_moved; // it belongs to an entity that was merged into this one
		std::string_view explanation;
		std::optional<Minor> expected;
		std::optional<Minor> actual;
		Minor at_risk;
		std::string_view currency;
		std::optional<Instant> due_at;
		std::span<const std::string_view> record_ids;
		std::string_view evidence;
		bool is_matched = false;
	};

	void ReadKnown(Finder finder);
	Known *Find(std::uint32_t entity, std::string_view reason, std::string_view subject);
	static bool IsSame(const Known &known, const Finding &finding);

	const ReconcileSet &set_;
	Vector<Known> known_;
	ExceptionWriter writer_;
};

} // namespace meshline::pg
