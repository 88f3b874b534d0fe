// SPDX-License-Identifier: PostgreSQL
#include "pg/period_store.hpp"

#include "pg/spi.hpp"

namespace meshline::pg {

void
ReadFrozen(ReconcileSet &set) {
	if (!set.config.PolicyOf(set.merchant_id).closed_through) {
		return;
	}
	static RowsPlan plan(
	    "SELECT u.place, f.amount_minor, f.currency, f.occurred_at, f.parts, f.content_hash"
	    " FROM {rows} JOIN meshline.frozen_posting AS f ON f.merchant_id = $1"
	    " AND f.connection_id = u.connection_id AND f.object = u.object"
	    " AND f.external_id = u.external_id",
	    {INT8OID},
	    {{"place", INT4OID}, {"connection_id", INT8OID}, {"object", TEXTOID}, {"external_id", TEXTOID}});
	Vector<RecordView *> postings(set.arena);
	for (Entity &entity : set.entities) {
		// An entity that nobody knew before has nothing that was there when a period was closed.
		if (entity.is_inserted) {
			continue;
		}
		for (RecordView &record : entity.records) {
			if (record.kind == Kind::posting) {
				postings.push_back(&record);
			}
		}
	}
	if (postings.empty()) {
		return;
	}
	const std::size_t n = postings.size();
	Column places(INT4OID, n), connections(INT8OID, n), objects(TEXTOID, n), external_ids(TEXTOID, n);
	for (std::size_t i = 0; i < n; ++i) {
		places.Int4(static_cast<std::int32_t>(i));
		connections.Int8(postings[i]->connection_id);
		objects.Text(postings[i]->object);
		external_ids.Text(postings[i]->external_id);
	}
	const Rows rows =
	    plan.Run({Int64GetDatum(set.merchant_id)}, {&places, &connections, &objects, &external_ids});
	for (std::uint64_t i = 0; i < rows.count(); ++i) {
		auto *frozen = new (set.arena->allocate(sizeof(FrozenPosting), alignof(FrozenPosting))) FrozenPosting;
		frozen->amount = rows.OptionalInt8(i, 2);
		frozen->currency = rows.Text(i, 3);
		frozen->occurred_at = rows.OptionalTime(i, 4);
		rows.Int8s(i, 5, frozen->parts);
		frozen->content_hash = ToHash(rows.Id(i, 6));
		postings[static_cast<std::size_t>(rows.Int4(i, 1))]->frozen = frozen;
	}
}

} // namespace meshline::pg
