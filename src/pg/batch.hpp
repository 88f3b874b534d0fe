// SPDX-License-Identifier: PostgreSQL
// Staged rows on their way through the stations: event, record, identity, reconcile, exception.
#pragma once

#include <cstdint>
#include <memory_resource>
#include <optional>
#include <span>
#include <string_view>

#include "core/canonical.hpp"
#include "core/fact.hpp"
#include "pg/config.hpp"

namespace meshline::pg {

// One row of a staging table, or of meshline.attached_payload.
struct StagedRow {
	std::int64_t stage_id = 0;
	std::int64_t event_id = 0; // of a replay: the event it is already
	Uuid event_key;
	std::string_view payload;
	std::string_view source_event_id; // as the loader gave it; "" when not
	std::string_view headers;         // of the delivery, a JSON object; "" when none were kept
	Instant received_at = 0;
	// What came together: rows of equal values are one delivery. See keyless.hpp.
	std::int64_t delivery = 0;
	std::int64_t written_by = 0; // of a row that waited: the transaction that wrote it
};

// Kinds of canonical entities.
inline constexpr std::string_view order_kind = "order", payout_kind = "payout", customer_kind = "customer",
                                  transfer_kind = "transfer";

enum class Outcome : std::uint8_t { applied, stale, invalid, excluded, held, repeat };

// A staged row with what was read from it.
struct Event {
	Event(const StagedRow &staged, Extraction &&read) : row(staged), extraction(std::move(read)) {
	}

	StagedRow row;
	Extraction extraction;
	Uuid key;
	Uuid first_key; // of a reused source event id: the key of the event that had it first
	std::int64_t event_id = 0;
	Outcome outcome = Outcome::applied;
	bool is_reused = false; // its source event id came before with another payload
	// The source states no version, or the payload is a typed row, whose clock may stand still while it is
	// changed: a return to an earlier content is news.
	bool is_ordered_by_arrival = false;

	const Fact *
	main_fact() const noexcept {
		return extraction.facts.empty() ? nullptr : &extraction.facts.front();
	}
};

// One fact on its way into meshline.record.
struct BatchRecord {
	explicit BatchRecord(std::pmr::memory_resource *arena) : identifiers(arena) {
	}

	const Fact *fact = nullptr;
	std::uint32_t event = 0; // index into Batch::events
	bool is_main = false;    // the payload's own object, not one nested in it
	bool is_applied = false; // it is now the current version
	Instant version_at = 0;
	std::uint32_t cluster = 0;         // index into Batch::clusters
	Vector<std::uint32_t> identifiers; // indexes into Batch::identifiers
	std::string_view same_ids;         // "name/value" joined by the unit separator, for string_to_array
	std::string_view ref_ids;
	std::string_view weak_ids;
	std::string_view about;
	std::string_view problems; // why it cannot be used, "" when it can
	std::optional<Uuid> payout_id;
	std::span<const Minor>
	    stated; // of an order: the totals of all its versions in this batch, where they differ
};

// A strong identifier of this batch.
struct BatchIdentifier {
	std::string_view name; // with "@connection" where its scope asks for it
	std::string_view value;
	int rank = 50;
	std::uint32_t cluster = 0;
	std::string_view kind =
	    order_kind;      // of the entity that it names: payouts and customers are apart from orders
	Uuid canonical_id;   // what the table says
	bool is_new = false; // this batch put it there
};

// A canonical entity that this batch touches.
struct Cluster {
	Uuid canonical_id;
	std::string_view kind;
	int anchor_rank = 1'000;
	std::string_view anchor_name;
	std::string_view anchor_value;
	bool is_new = false;      // no row yet in meshline.canonical
	bool is_inserted = false; // nothing but this batch knows it: its records need not be read back
	std::int32_t finding_count = 0;
	std::int32_t like_count = 0; // pairs of things that look alike which it was in
};

// A canonical id that this batch merged into another.
struct Merge {
	Uuid from;
	std::uint32_t cluster; // the index of the one it went into
	std::int32_t finding_count;
};

struct Batch {
	Batch(const Config &c, const Connection &conn, std::string_view object_name, bool attached, Instant now,
	      std::pmr::memory_resource *memory)
	    : config(c), connection(conn), object(object_name), is_attached(attached), as_of(now), arena(memory),
	      events(memory), records(memory), identifiers(memory), clusters(memory), merges(memory) {
	}

	const Config &config;
	const Connection &connection;
	std::string_view object;
	bool is_attached;
	bool is_typed_row = false; // the payloads are rows of an attached table, or as good as that
	bool is_replay = false;
	bool is_scan = false;      // a table is read again
	bool judges_later = false; // its entities are queued instead of being judged
	bool has_likes = false;    // some of its records look like others
	Instant as_of;
	std::pmr::memory_resource *arena;
	Vector<Event> events;
	Vector<BatchRecord> records;
	Vector<BatchIdentifier> identifiers;
	Vector<Cluster> clusters;
	Vector<Merge> merges;
};

} // namespace meshline::pg
