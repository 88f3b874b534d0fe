// SPDX-License-Identifier: PostgreSQL
#include "pg/keyless.hpp"

#include <algorithm>
#include <map>
#include <new>
#include <utility>

#include "core/extract.hpp"
#include "core/key_hash.hpp"
#include "pg/memory_resource.hpp"
#include "pg/spi.hpp"

namespace meshline::pg {

namespace {

// How often each object has come in this transaction. It lives in the transaction's memory and is left to
// end with it.
struct Counts {
	struct Counted {
		std::int64_t *count;
		SubTransactionId in;
	};

	explicit Counts(MemoryContext context) : memory(context), counts(&memory), journal(&memory) {
	}

	ContextResource memory;
	std::pmr::map<std::pair<std::uint64_t, std::uint64_t>, std::int64_t> counts; // by hash
	Vector<Counted> journal;                                                     // in the order of counting
};

Counts *transaction_counts = nullptr;

void
ForgetTransaction(XactEvent event, void *) {
	if (event != XACT_EVENT_PRE_COMMIT && event != XACT_EVENT_PRE_PREPARE) {
		transaction_counts = nullptr;
	}
}

// What an undone subtransaction counted has not come. Those that began in it have higher ids.
void
TakeBack(SubXactEvent event, SubTransactionId id, SubTransactionId, void *) {
	if (event != SUBXACT_EVENT_ABORT_SUB || transaction_counts == nullptr) {
		return;
	}
	auto &journal = transaction_counts->journal;
	while (!journal.empty() && journal.back().in >= id) {
		--*journal.back().count;
		journal.pop_back();
	}
}

Counts &
CountsOfTransaction() {
	static bool is_watching = false;
	if (!is_watching) {
		PgCall([] {
			RegisterXactCallback(ForgetTransaction, nullptr);
			RegisterSubXactCallback(TakeBack, nullptr);
		});
		is_watching = true;
	}
	if (transaction_counts == nullptr) {
		ContextResource memory(TopTransactionContext);
		transaction_counts =
		    new (memory.allocate(sizeof(Counts), alignof(Counts))) Counts(TopTransactionContext);
	}
	return *transaction_counts;
}

// The number of this object among its equals of one delivery, from 1.
std::int64_t
NextNumber(const Batch &batch, const StagedRow &row, const Fact &fact) {
	KeyHash key(batch.arena);
	key.Add(static_cast<std::uint64_t>(batch.connection.connection_id)).Add(batch.object);
	key.Add(static_cast<std::uint64_t>(row.delivery)).Add(static_cast<std::uint64_t>(row.written_by));
	Counts &counts = CountsOfTransaction();
	const Hash128 hash = key.Add(fact.external_id).Finish();
	std::int64_t &count = counts.counts[{hash.high, hash.low}];
	counts.journal.push_back({&count, GetCurrentSubTransactionId()});
	return ++count;
}

// A replay finds the number in the id that the event got at first.
void
RestoreNumbers(Batch &batch, const Vector<std::uint32_t> &replayed) {
	static RowsPlan plan("SELECT e.event_key, e.external_id FROM {rows} JOIN meshline.event AS e"
	                     " ON e.merchant_id = $1 AND e.connection_id = $2 AND e.event_key = u.event_key",
	                     {INT8OID, INT8OID}, {{"event_key", UUIDOID}});
	Column keys(UUIDOID, replayed.size());
	for (const auto index : replayed) {
		keys.Id(batch.events[index].row.event_key);
	}
	const Rows rows =
	    plan.Run({Int64GetDatum(batch.connection.merchant_id), Int64GetDatum(batch.connection.connection_id)},
	             {&keys});
	for (std::uint64_t i = 0; i < rows.count(); ++i) {
		const Uuid key = rows.Id(i, 1);
		const std::string_view stored = rows.Text(i, 2);
		const auto at = std::find_if(replayed.begin(), replayed.end(), [&](std::uint32_t index) {
			return batch.events[index].row.event_key == key;
		});
		const std::size_t colon = stored.find(':');
		if (at != replayed.end() && colon != std::string_view::npos) {
			Fact &fact = batch.events[*at].extraction.facts.front();
			fact.external_id =
			    Intern(std::string(fact.external_id).append(stored.substr(colon)), batch.arena);
		}
	}
}

} // namespace

std::int64_t
NewDelivery() noexcept {
	static std::int64_t last = 0;
	return ++last;
}

void
NumberKeyless(Batch &batch) {
	Vector<std::uint32_t> replayed(batch.arena);
	for (std::uint32_t i = 0; i < batch.events.size(); ++i) {
		Event &event = batch.events[i];
		if (event.extraction.facts.empty() || !event.extraction.facts.front().is_keyless) {
			continue;
		}
		Fact &fact = event.extraction.facts.front();
		if (!event.row.source_event_id.empty()) {
			// The loader tells equal rows apart itself, by a line number for example.
			fact.external_id = event.row.source_event_id;
		} else if (batch.is_replay) {
			replayed.push_back(i);
		} else {
			fact.external_id = NumberedId(fact.external_id, NextNumber(batch, event.row, fact), batch.arena);
		}
	}
	if (!replayed.empty()) {
		RestoreNumbers(batch, replayed);
	}
}

} // namespace meshline::pg
