// SPDX-License-Identifier: PostgreSQL
// Movements of money: the records of all systems that speak of one payment, or of one refund, as one.
#pragma once

#include <memory_resource>
#include <optional>
#include <span>
#include <string_view>

#include "core/reconcile.hpp"

namespace meshline {

// Whether the record takes part in sums: neither of the source's test mode nor unreadable.
bool IsUsable(const RecordView &record) noexcept;
// Whether the source says that the thing is gone or never came about.
bool IsDead(Status status) noexcept;
// Whether money has changed hands; of a payment that was paid back later it has, too.
bool HasMoved(Status status) noexcept;

// Of a dispute: whether its money is gone, for the time being or for good.
bool IsTaken(const RecordView &dispute) noexcept;

// One payment or refund, counted once however many systems report it.
struct Movement {
	explicit Movement(std::pmr::memory_resource *arena) : records(arena) {
	}

	Vector<const RecordView *> records;    // in the order of the book
	const RecordView *authority = nullptr; // the record whose word counts
	std::string_view currency;             // the authority's
	std::optional<Instant> occurred_at;    // the authority's
	Minor moved = 0;                       // captured, or refunded
	Minor reserved = 0;                    // authorized and not captured
	bool is_pending = false;               // announced; nothing has moved
	bool has_store = false;                // a store reports it
	bool has_processor = false;            // the processor itself does
};

// Whether a record is about another, or about any record of a movement, or refers to it.
bool IsAbout(const RecordView &record, const RecordView &other) noexcept;
bool IsAbout(const RecordView &record, const Movement &movement) noexcept;

// Groups the records of one kind (payment or refund) into movements. Records are one movement when they
// share an own or same identifier; what no identifier joins, but store and processor both report, is
// paired by currency and amount. The result depends on the set of records only.
Vector<Movement> GroupMovements(std::span<const RecordView *const> records, Kind kind,
                                std::pmr::memory_resource *arena);

} // namespace meshline

#ifdef POSTGRES_H
#error "the core sees no PostgreSQL header"
#endif
