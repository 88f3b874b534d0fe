// SPDX-License-Identifier: PostgreSQL
#include "pg/keyless.hpp"

#include <algorithm>

#include "core/extract.hpp"
#include "pg/spi.hpp"

namespace meshline::pg {

namespace {

// A replay finds the number in the id that the event got at first.
void
RestoreNumbers(Batch &batch, const Vector<Event *> &replayed) {
	static RowsPlan plan("SELECT e.event_key, e.external_id FROM {rows} JOIN meshline.event AS e"
	                     " ON e.merchant_id = $1 AND e.connection_id = $2 AND e.event_key = u.event_key",
	                     {INT8OID, INT8OID}, {{"event_key", UUIDOID}});
	Column keys(UUIDOID, replayed.size());
	for (const Event *event : replayed) {
		keys.Id(event->row.event_key);
	}
	const Rows rows =
	    plan.Run({Int64GetDatum(batch.connection.merchant_id), Int64GetDatum(batch.connection.connection_id)},
	             {&keys});
	for (std::uint64_t i = 0; i < rows.count(); ++i) {
		const Uuid key = rows.Id(i, 1);
		const std::string_view stored = rows.Text(i, 2);
		const auto at = std::find_if(replayed.begin(), replayed.end(),
		                             [&](const Event *event) { return event->row.event_key == key; });
		const std::size_t colon = stored.find(':');
		if (at != replayed.end() && colon != std::string_view::npos) {
			Fact &fact = (*at)->extraction.facts.front();
			fact.external_id =
			    Intern(std::string(fact.external_id).append(stored.substr(colon)), batch.arena);
		}
	}
}

} // namespace

std::int64_t
EqualCounter::Next(const Connection &connection, const StagedRow &row, const Hash128 &content) {
	const Key key{connection.merchant_id, connection.connection_id, row.delivery, content};
	taken_.push_back(key);
	return ++counts_[key];
}

void
EqualCounter::Keep() noexcept {
	taken_.clear();
}

void
EqualCounter::TakeBack() {
	for (const Key &key : taken_) {
		--counts_[key];
	}
	taken_.clear();
}

void
NumberKeyless(Batch &batch, EqualCounter &counter) {
	Vector<Event *> replayed(batch.arena);
	for (Event &event : batch.events) {
		if (event.extraction.facts.empty() || !event.extraction.facts.front().is_keyless) {
			continue;
		}
		Fact &fact = event.extraction.facts.front();
		if (!event.row.source_event_id.empty()) {
			// The loader tells equal rows apart itself, by a line number for example.
			fact.external_id = event.row.source_event_id;
		} else if (batch.is_replay) {
			replayed.push_back(&event);
		} else {
			fact.external_id = NumberedId(
			    fact.external_id, counter.Next(batch.connection, event.row, fact.content_hash), batch.arena);
		}
	}
	if (!replayed.empty()) {
		RestoreNumbers(batch, replayed);
	}
}

} // namespace meshline::pg
