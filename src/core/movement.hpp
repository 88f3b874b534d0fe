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

// A movement's money in another currency, as a record of it, or its order, states it.
struct Exchanged {
	std::string_view currency;
	Minor moved = 0;
	Minor reserved = 0;
};

// Whether the record is of a system that moves money itself: by its role, or by the word of its definition.
inline bool
IsProcessor(const RecordView &record) noexcept {
	return record.is_authority || record.role == Role::processor || record.role == Role::marketplace;
}

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
	std::optional<Exchanged> exchanged;
	const Movement *payment =
	    nullptr;                // of a refund in a book: the capture that it gives back; null: not known
	bool is_pending = false;    // announced; nothing has moved
	bool has_store = false;     // a store reports it
	bool has_processor = false; // the processor itself does

	// Whether it is known what moved in this currency.
	bool
	IsIn(std::string_view of) const noexcept {
		return currency == of || (exchanged && exchanged->currency == of);
	}
	// What moved, or is reserved, in a currency; 0 when that is not known.
	Minor
	MovedIn(std::string_view of) const noexcept {
		return currency == of ? moved : IsIn(of) ? exchanged->moved : 0;
	}
	Minor
	ReservedIn(std::string_view of) const noexcept {
		return currency == of ? reserved : IsIn(of) ? exchanged->reserved : 0;
	}
};

// Whether a record is about another, or about any record of a movement, or refers to it.
bool IsAbout(const RecordView &record, const RecordView &other) noexcept;
bool IsAbout(const RecordView &record, const Movement &movement) noexcept;

// Groups the records of one kind (payment or refund) into movements. Records are one movement when they
// share an own or same identifier, or one is a store's and names an authorization of the same store; what no
// identifier joins, but store and processor both report, is paired by currency and amount. The result depends
// on the set of records only.
Vector<Movement> GroupMovements(std::span<const RecordView *const> records, Kind kind,
                                std::pmr::memory_resource *arena);

} // namespace meshline

#ifdef POSTGRES_H
#error "the core sees no PostgreSQL header"
#endif
