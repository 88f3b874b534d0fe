// SPDX-License-Identifier: PostgreSQL
#include "core/posted.hpp"

#include <algorithm>
#include <tuple>

namespace meshline {

namespace {

// The object by which a posting is summed.
std::string_view
ObjectOf(const RecordView &record) {
	return record.posting == Posting::sale ? record.object : std::string_view{};
}

} // namespace

bool
IsPosting(const OrderBook &book, const RecordView &record) {
	if (record.kind != Kind::posting || record.is_test || IsDead(record.status)) {
		return false;
	}
	const auto &objects = book.policy.ledger_posting_objects;
	return record.posting != Posting::sale || objects.empty() ||
	       std::find(objects.begin(), objects.end(), record.object) != objects.end();
}

bool
IsCounted(const OrderBook &book, const RecordView &record) {
	return IsPosting(book, record) && IsUsable(record) && record.amount;
}

Vector<Posted>
SumPostings(const OrderBook &book) {
	Vector<Posted> all(book.arena);
	const auto key = [](const Posted &p) { return std::tie(p.posting, p.connection_id, p.object); };
	for (const RecordView *record : book.records) {
		if (!IsCounted(book, *record) || record->currency != book.totals.currency) {
			continue;
		}
		const Posted wanted{record->connection_id, ObjectOf(*record), record->posting};
		auto at =
		    std::find_if(all.begin(), all.end(), [&](const Posted &p) { return key(p) == key(wanted); });
		if (at == all.end()) {
			all.push_back(wanted);
			at = all.end() - 1;
			at->first = record;
		}
		at->sum += *record->amount;
		++at->count;
		at->latest = std::max(at->latest, record->occurred_at);
	}
	std::sort(all.begin(), all.end(), [&](const Posted &a, const Posted &b) { return key(a) < key(b); });
	return all;
}

bool
IsPartOf(const OrderBook &book, const RecordView &record, const Posted &posted) {
	return record.connection_id == posted.connection_id && record.posting == posted.posting &&
	       ObjectOf(record) == posted.object && record.currency == book.totals.currency &&
	       IsCounted(book, record);
}

bool
IsAltered(const OrderBook &book, const RecordView &record) {
	return record.frozen != nullptr && book.policy.IsEnabled(Reason::posting_altered_after_match) &&
	       ChangeSinceClose(book, record).IsAny();
}

Wide
TakenByAlteration(const OrderBook &book, const Posted &posted) {
	Wide taken = 0;
	for (const RecordView *record : book.records) {
		if (record->connection_id == posted.connection_id && record->posting == posted.posting &&
		    ObjectOf(*record) == posted.object && IsAltered(book, *record)) {
			const FrozenPosting &frozen = *record->frozen;
			taken += frozen.currency == book.totals.currency ? frozen.amount.value_or(0) : 0;
			taken -= IsPartOf(book, *record, posted) ? *record->amount : 0;
		}
	}
	return taken;
}

void
AddPostings(const OrderBook &book, const Posted &posted, Finding &finding, Sink &sink) {
	for (const RecordView *record : book.records) {
		if (IsPartOf(book, *record, posted)) {
			sink.AddRecord(finding, *record);
		}
	}
}

} // namespace meshline
