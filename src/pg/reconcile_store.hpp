// SPDX-License-Identifier: PostgreSQL
// Reads the records of canonical entities, runs the checks over them and stores what they say.
#pragma once

#include <span>

#include "core/reconcile.hpp"
#include "pg/batch.hpp"

namespace meshline::pg {

// A canonical entity to be reconciled. Its row is locked, or is known to nobody else yet.
struct Entity {
	explicit Entity(std::pmr::memory_resource *arena)
	    : records(arena), lines(arena), likes(arena), result(arena) {
	}

	Uuid canonical_id;
	std::string_view kind;
	int anchor_rank = 0;
	std::string_view anchor_name;
	std::string_view anchor_value;
	bool is_inserted = false; // all its records are at hand, none need be read
	bool is_merged = false;   // another was merged into it just now
	std::int32_t finding_count = 0;
	bool may_have_likes = true; // whether it may be in pairs of things that look alike
	Vector<RecordView> records;
	Vector<PayoutLines> lines;
	Vector<LikeRecord> likes;
	Reconciliation result;
};

// What one call of Reconcile works on.
struct ReconcileSet {
	ReconcileSet(const Config &c, std::int64_t merchant, Instant now, std::pmr::memory_resource *memory)
	    : config(c), merchant_id(merchant), as_of(now), arena(memory), entities(memory),
	      in_order_currency(memory), superseded(memory), likes(memory), earlier_likes(memory) {
	}

	const Config &config;
	std::int64_t merchant_id;
	Instant as_of;
	std::pmr::memory_resource *arena;
	Vector<Entity> entities; // sorted by canonical_id
	// Records that have the currency of their order now, not that of their stored row.
	Vector<const RecordView *> in_order_currency;
	// Entities merged away just now that may have findings, with the index of the entity they went into.
	Vector<std::pair<Uuid, std::uint32_t>> superseded;
	Vector<Uuid> likes; // other entities that these look like, and that may have to be judged anew
	// Those of which nothing changes but that they are in a pair: of two the later is reported, and the later
	// is new.
	Vector<Uuid> earlier_likes;
};

// The entities that a batch touched, with the records of those that only it knows.
ReconcileSet EntitiesOf(const Batch &batch);

enum class LockWait : std::uint8_t { wait, skip };

// Locks stored entities, in the order of their ids, following merges; unknown ids are left out, and with
// `skip` those that another transaction has locked.
void LockEntities(ReconcileSet &set, std::span<const Uuid> ids, LockWait mode = LockWait::wait);

// What the checks of the entities read.
void ReadEntities(ReconcileSet &set);

// Runs the checks over what was read, by a policy that need not be the stored one.
void JudgeEntities(ReconcileSet &set, const Policy &policy);

// Reads the records of the entities and runs the checks.
void RunChecks(ReconcileSet &set);

// Stores the sums on the canonical rows and findings as exceptions.
void StoreResults(ReconcileSet &set);

// "system:object:external_id"
std::string_view RecordId(std::string_view system, std::string_view object, std::string_view external_id,
                          std::pmr::memory_resource *arena);

} // namespace meshline::pg
