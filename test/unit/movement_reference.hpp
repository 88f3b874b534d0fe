// SPDX-License-Identifier: PostgreSQL
// A slow, obvious way to group records into movements, to compare the fast one with.
#pragma once

#include <algorithm>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "core/movement.hpp"

namespace meshline {

// The records in the order of a book.
inline std::vector<const RecordView *>
SortedByKey(const std::vector<RecordView> &views) {
	std::vector<const RecordView *> sorted;
	for (const RecordView &view : views) {
		sorted.push_back(&view);
	}
	std::sort(sorted.begin(), sorted.end(), [](const RecordView *a, const RecordView *b) {
		return std::tie(a->system, a->object, a->external_id, a->connection_id) <
		       std::tie(b->system, b->object, b->external_id, b->connection_id);
	});
	return sorted;
}

inline bool
MovesMoney(const RecordView &record) {
	return record.is_authority || record.role == Role::processor || record.role == Role::marketplace;
}

struct ReferenceMovement {
	std::vector<const RecordView *> records;
	std::string currency;
	__int128 moved = 0;
	__int128 reserved = 0;
	bool is_pending = false;
	const RecordView *authority = nullptr;

	bool
	Has(bool processor) const {
		return std::any_of(records.begin(), records.end(),
		                   [&](const RecordView *r) { return MovesMoney(*r) == processor; });
	}
	bool
	IsDocument() const {
		return !Has(true) && authority->is_summary;
	}
};

inline bool
Shares(std::span<const std::string_view> a, std::span<const std::string_view> b) {
	const std::set<std::string_view> set(a.begin(), a.end());
	return std::any_of(b.begin(), b.end(), [&](const auto id) { return set.count(id) > 0; });
}

// A store's capture, or release, of the authorization that it names.
inline bool
CameOf(const RecordView &record, const RecordView &authorization) {
	return record.role == Role::store && authorization.status == Status::authorized &&
	       authorization.connection_id == record.connection_id &&
	       Shares(record.ref_ids, authorization.same_ids);
}

inline __int128
Saturated(__int128 value) {
	return std::clamp<__int128>(value, INT64_MIN, INT64_MAX);
}

// The word of the class that counts, read off the rules one by one.
inline void
Weigh(ReferenceMovement &movement) {
	const auto of = [&](bool processor, bool summary) {
		std::vector<const RecordView *> some;
		for (const RecordView *r : movement.records) {
			const bool is_processor = MovesMoney(*r);
			if (is_processor == processor && r->is_summary == summary) {
				some.push_back(r);
			}
		}
		return some;
	};
	const auto alive = [](const std::vector<const RecordView *> &some) {
		return std::any_of(some.begin(), some.end(), [](const RecordView *r) {
			return r->status != Status::failed && r->status != Status::voided && r->status != Status::deleted;
		});
	};
	std::vector<const RecordView *> truth;
	std::copy_if(movement.records.begin(), movement.records.end(), std::back_inserter(truth),
	             [](const RecordView *r) { return r->is_authority; });
	const auto charges = of(true, false);
	const auto intents = of(true, true);
	const auto notes = of(false, false);
	const auto counting = !truth.empty()                                            ? truth
	                      : !charges.empty() && (alive(charges) || !alive(intents)) ? charges
	                      : !intents.empty()                                        ? intents
	                      : !notes.empty()                                          ? notes
	                                                                                : of(false, true);
	const auto first = [&](auto is_wanted) {
		for (const RecordView *r : counting) {
			if (movement.authority == nullptr && is_wanted(r->status)) {
				movement.authority = r;
			}
		}
	};
	const auto has_moved = [](Status s) {
		return s == Status::paid || s == Status::partially_refunded || s == Status::refunded;
	};
	first(has_moved);
	first([](Status s) { return s == Status::authorized; });
	first([](Status s) { return s != Status::failed && s != Status::voided && s != Status::deleted; });
	first([](Status) { return true; });
	movement.currency = movement.authority->currency;
	std::vector<__int128> moved;
	std::vector<__int128> reserved;
	for (const RecordView *r : counting) {
		if (r->currency == movement.currency) {
			if (has_moved(r->status)) {
				moved.push_back(r->amount.value_or(0));
			} else if (r->status == Status::authorized) {
				reserved.push_back(r->amount.value_or(0));
			}
			movement.is_pending = movement.is_pending || r->status == Status::pending;
		}
	}
	const auto sum = [](const std::vector<__int128> &all) {
		__int128 total = 0;
		for (const __int128 one : all) {
			total += one;
		}
		return total;
	};
	const auto most = [](const std::vector<__int128> &all) {
		__int128 highest = 0;
		for (const __int128 one : all) {
			highest = std::max(highest, one);
		}
		return highest;
	};
	const bool adds_up = movement.Has(true);
	bool is_noted_again = false;
	for (const RecordView *one : counting) {
		for (const RecordView *other : counting) {
			is_noted_again =
			    is_noted_again || (one != other && has_moved(one->status) && has_moved(other->status) &&
			                       Shares(one->same_ids, other->same_ids));
		}
	}
	const __int128 held = Saturated(adds_up ? sum(reserved) : most(reserved));
	movement.moved = Saturated(
	    adds_up || (moved.size() > 1 && !is_noted_again) || (held > 0 && sum(moved) <= held) ? sum(moved)
	                                                                                         : most(moved));
	movement.reserved = std::max<__int128>(0, Saturated(held - movement.moved));
}

inline auto
ReferenceKey(const ReferenceMovement &m) {
	return std::tuple(m.currency, m.moved, m.reserved, m.authority->occurred_at, m.authority->system,
	                  m.authority->object, m.authority->external_id);
}

inline bool
IsEqualMoney(const ReferenceMovement &a, const ReferenceMovement &b) {
	return a.currency == b.currency && a.moved == b.moved &&
	       (a.moved != 0 ||
	        (a.reserved != 0 || b.reserved != 0
	             ? a.reserved == b.reserved
	             : a.is_pending && b.is_pending && a.authority->amount == b.authority->amount));
}

// Puts the first movement that `gives` into the first that `takes` it, again and again, in sorted order.
template <typename Gives, typename Takes>
void
Pair(std::vector<ReferenceMovement> &all, Gives gives, Takes takes) {
	for (std::size_t i = 0; i < all.size();) {
		bool is_taken = false;
		for (std::size_t j = 0; gives(all[i]) && j < all.size() && !is_taken; ++j) {
			if (j != i && takes(all[i], all[j])) {
				all[j].records.insert(all[j].records.end(), all[i].records.begin(), all[i].records.end());
				is_taken = true;
			}
		}
		if (is_taken) {
			all.erase(all.begin() + static_cast<std::ptrdiff_t>(i));
			i = 0;
		} else {
			++i;
		}
	}
}

inline std::vector<ReferenceMovement>
ReferenceMovements(const std::vector<const RecordView *> &records, Kind kind) {
	std::vector<ReferenceMovement> all;
	for (const RecordView *r : records) {
		if (r->kind == kind && r->role != Role::ledger && !r->is_test && !r->is_invalid) {
			all.emplace_back().records.push_back(r);
		}
	}
	// Merge any two groups that share an identifier until none do.
	for (bool is_changed = true; is_changed;) {
		is_changed = false;
		for (std::size_t i = 0; i < all.size() && !is_changed; ++i) {
			for (std::size_t j = i + 1; j < all.size() && !is_changed; ++j) {
				for (const RecordView *a : all[i].records) {
					for (const RecordView *b : all[j].records) {
						is_changed = is_changed || Shares(a->same_ids, b->same_ids) || CameOf(*a, *b) ||
						             CameOf(*b, *a);
					}
				}
				if (is_changed) {
					all[i].records.insert(all[i].records.end(), all[j].records.begin(), all[j].records.end());
					all.erase(all.begin() + static_cast<std::ptrdiff_t>(j));
				}
			}
		}
	}
	for (ReferenceMovement &movement : all) {
		std::sort(movement.records.begin(), movement.records.end(), [&](const auto *a, const auto *b) {
			return std::find(records.begin(), records.end(), a) <
			       std::find(records.begin(), records.end(), b);
		});
		Weigh(movement);
	}
	std::stable_sort(all.begin(), all.end(),
	                 [](const auto &a, const auto &b) { return ReferenceKey(a) < ReferenceKey(b); });
	const auto refers = [](const ReferenceMovement &document, const ReferenceMovement &other) {
		bool does = false;
		for (const RecordView *r : other.records) {
			for (const RecordView *d : document.records) {
				does = does || Shares(r->ref_ids, d->same_ids);
			}
		}
		return !other.IsDocument() && does;
	};
	const auto has_document = [](const ReferenceMovement &m) {
		return std::any_of(m.records.begin(), m.records.end(),
		                   [](const RecordView *r) { return r->is_summary && !MovesMoney(*r); });
	};
	const auto is_noted = [](const ReferenceMovement &m, const ReferenceMovement &document) {
		return document.moved != 0 &&
		       std::any_of(m.records.begin(), m.records.end(), [&](const RecordView *r) {
			       return !MovesMoney(*r) && HasMoved(r->status) &&
			              r->connection_id == document.authority->connection_id &&
			              r->currency == document.currency && r->amount == document.moved;
		       });
	};
	// Each document in turn: to what refers to it, else to what its store notes with the same amount, else to
	// what is equal to it.
	for (std::size_t i = 0; i < all.size();) {
		const ReferenceMovement document = all[i];
		auto into = all.end();
		if (document.IsDocument()) {
			into = std::find_if(all.begin(), all.end(), [&](const auto &m) { return refers(document, m); });
			if (into == all.end()) {
				into = std::find_if(all.begin(), all.end(), [&](const auto &m) {
					return !m.IsDocument() && !has_document(m) && is_noted(m, document);
				});
			}
			if (into == all.end()) {
				into = std::find_if(all.begin(), all.end(), [&](const auto &m) {
					return !m.IsDocument() && !has_document(m) && IsEqualMoney(m, document);
				});
			}
		}
		if (into == all.end()) {
			++i;
			continue;
		}
		into->records.insert(into->records.end(), document.records.begin(), document.records.end());
		all.erase(all.begin() + static_cast<std::ptrdiff_t>(i));
	}
	const auto is_store = [](const ReferenceMovement &m) { return !m.Has(true) && !m.IsDocument(); };
	const auto is_alive = [](const ReferenceMovement &m) {
		return m.moved != 0 || m.reserved != 0 || m.is_pending;
	};
	Pair(all, is_store, [](const auto &store, const auto &m) {
		return m.Has(true) && !m.Has(false) && IsEqualMoney(store, m);
	});
	const auto named_by = [](const ReferenceMovement &store) {
		std::string_view named = store.authority->processor;
		for (const RecordView *r : store.records) {
			named = named.empty() ? r->processor : named;
		}
		return named;
	};
	Pair(all, is_store, [&](const auto &store, const auto &m) {
		return m.Has(true) && !m.Has(false) && store.currency == m.currency && is_alive(store) &&
		       is_alive(m) && (store.moved > 0) == (m.moved > 0) && named_by(store) == m.authority->system;
	});
	return all;
}

// Movements as text, sorted: what two ways of grouping must agree on.
template <typename Movements>
std::vector<std::string>
Describe(const Movements &movements) {
	std::vector<std::string> lines;
	for (const auto &movement : movements) {
		std::vector<std::string> ids;
		for (const RecordView *r : movement.records) {
			ids.push_back(std::string(r->system) + ":" + std::string(r->object) + ":" +
			              std::string(r->external_id));
		}
		std::sort(ids.begin(), ids.end());
		std::string line = std::to_string(static_cast<std::int64_t>(movement.moved)) + " " +
		                   std::to_string(static_cast<std::int64_t>(movement.reserved)) + " " +
		                   std::string(movement.currency) + (movement.is_pending ? " pending " : " ") +
		                   std::string(movement.authority->external_id);
		for (const std::string &id : ids) {
			line += " " + id;
		}
		lines.push_back(line);
	}
	std::sort(lines.begin(), lines.end());
	return lines;
}

} // namespace meshline
