// SPDX-License-Identifier: PostgreSQL
#include "core/movement.hpp"

#include <algorithm>
#include <numeric>
#include <tuple>

#include "core/wide.hpp"

namespace meshline {

namespace {

using Records = Vector<const RecordView *>;
using Movements = Vector<Movement>;

// Whose word counts first: a source of truth, then who moved the money, then what restates it, then the
// store.
constexpr int truth_rank = 0, store_rank = 3, last_rank = 4;

int
AuthorityRank(const RecordView &record) noexcept {
	return record.is_authority ? truth_rank
	                           : (IsProcessor(record) ? 1 : store_rank) + (record.is_summary ? 1 : 0);
}

// The rank of the records whose word counts. A dead attempt at the processor yields to what restates a
// living one (a failed charge beside the succeeded payment intent), never to the store.
int
CountingRank(const Movement &movement) noexcept {
	int best = last_rank;
	int best_alive = last_rank;
	for (const RecordView *record : movement.records) {
		const int rank = AuthorityRank(*record);
		best = std::min(best, rank);
		best_alive = IsDead(record->status) ? best_alive : std::min(best_alive, rank);
	}
	return best != truth_rank && best < store_rank && best_alive < store_rank ? best_alive : best;
}

// The record that speaks for a movement: the first of its rank that moved money, else that reserved or
// announced some, else the first.
const RecordView *
ChooseAuthority(const Movement &movement, int rank) noexcept {
	const auto merit = [](const RecordView &record) {
		return HasMoved(record.status)               ? 3
		       : record.status == Status::authorized ? 2
		       : IsDead(record.status)               ? 0
		                                             : 1;
	};
	const RecordView *best = nullptr;
	for (const RecordView *record : movement.records) {
		if (AuthorityRank(*record) == rank && (best == nullptr || merit(*record) > merit(*best))) {
			best = record;
		}
	}
	return best;
}

// What a record with two moneys says of the movement in the one that the movement is not in. It says it of
// the whole movement or not at all.
void
DescribeExchange(Movement &movement) {
	for (const RecordView *record : movement.records) {
		if (!record->presentment || !record->amount || movement.exchanged) {
			continue;
		}
		const bool is_own = record->currency == movement.currency;
		const Minor stated = is_own ? *record->amount : *record->presentment;
		const std::string_view currency = is_own ? record->presentment_currency : record->currency;
		const Minor other = is_own ? *record->presentment : *record->amount;
		if (!is_own && record->presentment_currency != movement.currency) {
			continue;
		}
		if (HasMoved(record->status) && movement.moved == stated && movement.reserved == 0) {
			movement.exchanged = Exchanged{currency, other, 0};
		} else if (record->status == Status::authorized && movement.reserved == stated &&
		           movement.moved == 0) {
			movement.exchanged = Exchanged{currency, 0, other};
		}
	}
}

// Whether two records of the movement, of the rank whose word counts, state one id for what they moved.
bool
IsNotedAgain(const Movement &movement, int rank) {
	Vector<std::string_view> ids(movement.records.get_allocator());
	for (const RecordView *record : movement.records) {
		if (AuthorityRank(*record) == rank && HasMoved(record->status)) {
			ids.insert(ids.end(), record->same_ids.begin(), record->same_ids.end());
		}
	}
	std::sort(ids.begin(), ids.end());
	return std::adjacent_find(ids.begin(), ids.end()) != ids.end();
}

// Fills in what the records of a movement say about its money.
void
Describe(Movement &movement) {
	const int rank = CountingRank(movement);
	movement.authority = ChooseAuthority(movement, rank);
	movement.currency = movement.authority->currency;
	movement.occurred_at = movement.authority->occurred_at;
	Wide moved_sum = 0;
	Minor moved_most = 0;
	int moved_count = 0;
	Wide reserved_sum = 0;
	Minor reserved_most = 0;
	for (const RecordView *record : movement.records) {
		movement.has_processor = movement.has_processor || IsProcessor(*record);
		movement.has_store = movement.has_store || !IsProcessor(*record);
		if (AuthorityRank(*record) != rank || record->currency != movement.currency) {
			continue;
		}
		const Minor amount = record->amount.value_or(0);
		if (HasMoved(record->status)) {
			moved_sum += amount;
			moved_most = std::max(moved_most, amount);
			++moved_count;
		} else if (record->status == Status::authorized) {
			reserved_sum += amount;
			reserved_most = std::max(reserved_most, amount);
		} else if (record->status == Status::pending) {
			movement.is_pending = true;
		}
	}
	const Minor reserved = rank < store_rank ? Clamp(reserved_sum) : reserved_most;
	// Several records of a store under one processor id are one payment noted again, unless they are the
	// parts of what was authorized. Captures that only name their authorization are each money of their own.
	const bool is_parts = rank < store_rank || (reserved > 0 && moved_sum <= reserved) ||
	                      (moved_count > 1 && !IsNotedAgain(movement, rank));
	movement.moved = is_parts ? Clamp(moved_sum) : moved_most;
	movement.reserved = std::max<Minor>(0, Minus(reserved, movement.moved));
	DescribeExchange(movement);
}

// Whether a store's record is what became of an authorization of the store that it names.
bool
IsOfAuthorization(const RecordView &record, const RecordView &named) noexcept {
	return record.role == Role::store && named.status == Status::authorized &&
	       named.connection_id == record.connection_id;
}

// The movements that shared identifiers make, and references to authorizations.
Movements
GroupByIds(const Records &records, std::pmr::memory_resource *arena) {
	const auto n = static_cast<std::uint32_t>(records.size());
	Vector<std::uint32_t> parent(n, std::uint32_t{0}, arena);
	std::iota(parent.begin(), parent.end(), std::uint32_t{0});
	const auto find = [&](std::uint32_t i) {
		while (parent[i] != i) {
			i = parent[i] = parent[parent[i]];
		}
		return i;
	};
	Vector<std::pair<std::string_view, std::uint32_t>> ids(arena);
	for (std::uint32_t i = 0; i < n; ++i) {
		for (const auto id : records[i]->same_ids) {
			ids.emplace_back(id, i);
		}
	}
	std::sort(ids.begin(), ids.end());
	const auto join = [&](std::uint32_t i, std::uint32_t j) {
		const std::uint32_t a = find(i);
		const std::uint32_t b = find(j);
		parent[std::max(a, b)] = std::min(a, b);
	};
	for (std::size_t i = 1; i < ids.size(); ++i) {
		if (ids[i].first == ids[i - 1].first) {
			join(ids[i].second, ids[i - 1].second);
		}
	}
	for (std::uint32_t i = 0; i < n; ++i) {
		for (const auto id : records[i]->ref_ids) {
			for (auto at = std::lower_bound(ids.begin(), ids.end(), std::pair(id, std::uint32_t{0}));
			     at != ids.end() && at->first == id; ++at) {
				if (IsOfAuthorization(*records[i], *records[at->second])) {
					join(i, at->second);
				}
			}
		}
	}
	Movements movements(arena);
	Vector<std::uint32_t> place(n, std::uint32_t{0}, arena);
	for (std::uint32_t i = 0; i < n; ++i) {
		const std::uint32_t root = find(i);
		if (root == i) {
			place[i] = static_cast<std::uint32_t>(movements.size());
			movements.emplace_back(arena);
		}
		movements[place[root]].records.push_back(records[i]);
	}
	for (Movement &movement : movements) {
		Describe(movement);
	}
	return movements;
}

// Whether a movement says that it belongs to the document.
bool
RefersTo(const Movement &movement, const Movement &document) {
	for (const RecordView *record : movement.records) {
		for (const RecordView *summary : document.records) {
			for (const auto id : summary->same_ids) {
				if (std::binary_search(record->ref_ids.begin(), record->ref_ids.end(), id)) {
					return true;
				}
			}
		}
	}
	return false;
}

// Whether only documents of a store tell of the movement.
bool
IsDocument(const Movement &movement) {
	return movement.authority->is_summary && !movement.has_processor;
}

// By money, then by moment, then by name: the order in which pairs are made.
auto
SortKey(const Movement &movement) {
	return std::tuple(movement.currency, movement.moved, movement.reserved, movement.occurred_at,
	                  movement.authority->system, movement.authority->object,
	                  movement.authority->external_id);
}

// Whether one states the other's money beside its own.
bool
IsExchangeOf(const Movement &a, const Movement &b) {
	return a.IsIn(b.currency) && (b.moved != 0 ? a.exchanged->moved == b.moved
	                                           : b.reserved != 0 && a.exchanged->reserved == b.reserved);
}

// Whether two movements may be one that no identifier joins: of one currency, and equal in what moved,
// else in what is reserved, else in what is announced. Nothing is known to be equal of dead ones.
bool
IsSameMoney(const Movement &a, const Movement &b) {
	if (a.currency != b.currency) {
		return IsExchangeOf(a, b) || IsExchangeOf(b, a);
	}
	if (a.moved != b.moved) {
		return false;
	}
	if (a.moved != 0) {
		return true;
	}
	if (a.reserved != 0 || b.reserved != 0) {
		return a.reserved == b.reserved;
	}
	return a.is_pending && b.is_pending && a.authority->amount == b.authority->amount;
}

// Whether the store notes the movement with the document's amount, whatever its processor says of it.
bool
IsNotedBy(const Movement &movement, const Movement &document) {
	return document.moved != 0 &&
	       std::any_of(movement.records.begin(), movement.records.end(), [&](const RecordView *record) {
		       return !IsProcessor(*record) && HasMoved(record->status) &&
		              record->connection_id == document.authority->connection_id &&
		              record->currency == document.currency && record->amount == document.moved;
	       });
}

// Puts the records of one movement into another, which keeps its own word on the money.
void
Absorb(Movement &into, Movement &from) {
	into.records.insert(into.records.end(), from.records.begin(), from.records.end());
	into.has_store = into.has_store || from.has_store;
	into.has_processor = into.has_processor || from.has_processor;
	if (!into.exchanged && from.exchanged && from.exchanged->currency == into.currency) {
		into.exchanged = Exchanged{from.currency, from.moved, from.reserved};
	}
	from.records.clear();
}

// Removes what has been absorbed.
void
DropEmpty(Movements &movements) {
	movements.erase(std::remove_if(movements.begin(), movements.end(),
	                               [](const Movement &movement) { return movement.records.empty(); }),
	                movements.end());
}

// A store's document of a refund counts only when nothing else tells of that money.
void
AbsorbDocuments(Movements &movements) {
	for (Movement &document : movements) {
		if (document.records.empty() || !IsDocument(document)) {
			continue;
		}
		Movement *by_amount = nullptr;
		Movement *by_note = nullptr;
		Movement *by_reference = nullptr;
		for (Movement &movement : movements) {
			if (&movement == &document || movement.records.empty() || IsDocument(movement)) {
				continue;
			}
			if (by_reference == nullptr && RefersTo(movement, document)) {
				by_reference = &movement;
			}
			const bool has_document =
			    std::any_of(movement.records.begin(), movement.records.end(), [](const RecordView *record) {
				    return record->is_summary && !IsProcessor(*record);
			    });
			if (by_note == nullptr && !has_document && IsNotedBy(movement, document)) {
				by_note = &movement;
			}
			if (by_amount == nullptr && !has_document && IsSameMoney(movement, document)) {
				by_amount = &movement;
			}
		}
		Movement *const by_money = by_note != nullptr ? by_note : by_amount;
		if (Movement *into = by_reference != nullptr ? by_reference : by_money) {
			Absorb(*into, document);
		}
	}
	DropEmpty(movements);
}

// Whether any money has moved, is reserved or is announced.
bool
IsAlive(const Movement &movement) {
	return movement.moved != 0 || movement.reserved != 0 || movement.is_pending;
}

// The processor that the store names, in the record that counts or in another one: the order that lists a
// refund may say what the refund leaves out.
std::string_view
NamedProcessor(const Movement &store) {
	if (!store.authority->processor.empty()) {
		return store.authority->processor;
	}
	const auto named = std::find_if(store.records.begin(), store.records.end(),
	                                [](const RecordView *record) { return !record->processor.empty(); });
	return named == store.records.end() ? std::string_view{} : (*named)->processor;
}

// Whether the store says that this processor moves the money, and both are as far with it.
bool
IsNamedProcessor(const Movement &store, const Movement &processor) {
	return NamedProcessor(store) == processor.authority->system && store.currency == processor.currency &&
	       IsAlive(store) && IsAlive(processor) && (store.moved > 0) == (processor.moved > 0);
}

// Joins a store's movements to the processor's that no identifier ties to them: first of equal amount,
// then of the processor that the store names, whose amount is the true one.
void
PairLeftovers(Movements &movements) {
	for (const auto is_match : {IsSameMoney, IsNamedProcessor}) {
		for (Movement &store : movements) {
			if (store.records.empty() || store.has_processor || IsDocument(store)) {
				continue;
			}
			for (Movement &processor : movements) {
				if (!processor.records.empty() && processor.has_processor && !processor.has_store &&
				    is_match(store, processor)) {
					Absorb(processor, store);
					break;
				}
			}
		}
	}
	DropEmpty(movements);
}

} // namespace

bool
IsUsable(const RecordView &record) noexcept {
	return !record.is_test && !record.is_invalid;
}

bool
IsDead(Status status) noexcept {
	return status == Status::voided || status == Status::deleted || status == Status::failed;
}

bool
HasMoved(Status status) noexcept {
	return status == Status::paid || status == Status::partially_refunded || status == Status::refunded;
}

bool
IsTaken(const RecordView &dispute) noexcept {
	return dispute.status == Status::pending || HasMoved(dispute.status);
}

bool
IsAbout(const RecordView &record, const RecordView &other) noexcept {
	return std::any_of(other.same_ids.begin(), other.same_ids.end(), [&](const auto id) {
		return record.about == id || std::binary_search(record.ref_ids.begin(), record.ref_ids.end(), id) ||
		       std::binary_search(record.same_ids.begin(), record.same_ids.end(), id);
	});
}

bool
IsAbout(const RecordView &record, const Movement &movement) noexcept {
	return std::any_of(movement.records.begin(), movement.records.end(),
	                   [&](const RecordView *other) { return IsAbout(record, *other); });
}

Vector<Movement>
GroupMovements(std::span<const RecordView *const> records, Kind kind, std::pmr::memory_resource *arena) {
	Records chosen(arena);
	for (const RecordView *record : records) {
		if (record->kind == kind && record->role != Role::ledger && IsUsable(*record)) {
			chosen.push_back(record);
		}
	}
	Movements movements = GroupByIds(chosen, arena);
	std::sort(movements.begin(), movements.end(),
	          [](const Movement &a, const Movement &b) { return SortKey(a) < SortKey(b); });
	AbsorbDocuments(movements);
	PairLeftovers(movements);
	return movements;
}

} // namespace meshline
