// SPDX-License-Identifier: PostgreSQL
#include "pg/customer_store.hpp"

#include <algorithm>
#include <tuple>

#include "pg/spi.hpp"

namespace meshline::pg {

namespace {

RecordView *
FindRecord(ReconcileSet &set, std::int64_t connection_id, std::string_view object,
           std::string_view external_id) {
	for (Entity &entity : set.entities) {
		for (RecordView &record : entity.records) {
			if (std::tie(record.connection_id, record.object, record.external_id) ==
			    std::tie(connection_id, object, external_id)) {
				return &record;
			}
		}
	}
	return nullptr;
}

} // namespace

void
ReadCustomers(ReconcileSet &set) {
	const auto connections = set.config.PolicyOf(set.merchant_id).connections;
	Column stores(INT8OID, connections.size());
	std::size_t asked = 0;
	for (const ConnectionPolicy &policy : connections) {
		if (policy.is_customer_required) {
			stores.Int8(policy.connection_id);
			++asked;
		}
	}
	if (asked == 0) {
		return;
	}
	static Plan plan(
	    "SELECT r.connection_id, r.object, r.external_id FROM meshline.record AS r"
	    " WHERE r.merchant_id = $1 AND r.canonical_id = ANY ($2) AND r.connection_id = ANY ($3) AND r.kind ="
	    " 'order' AND NOT EXISTS (SELECT FROM pg_catalog.unnest(r.weak_ids) AS w (id) WHERE w.id LIKE"
	    " '%.customer/%' OR w.id LIKE '%.customer@%')",
	    {INT8OID, UUIDARRAYOID, INT8ARRAYOID});
	Column ids(UUIDOID, set.entities.size());
	for (const Entity &entity : set.entities) {
		ids.Id(entity.canonical_id);
	}
	const Rows rows = plan.Run({Int64GetDatum(set.merchant_id), ids.Array(), stores.Array()});
	for (std::uint64_t i = 0; i < rows.count(); ++i) {
		if (RecordView *order = FindRecord(set, rows.Int8(i, 1), rows.Text(i, 2), rows.Text(i, 3))) {
			order->lacks_customer = true;
		}
	}
}

} // namespace meshline::pg
