// SPDX-License-Identifier: PostgreSQL
#include "core/assumed_currency.hpp"
#include "pg/order_currency.hpp"

#include <algorithm>
#include <string_view>

#include "pg/spi.hpp"

namespace meshline::pg {

namespace {

// The canonical ids of the records that `is_meant` picks.
template <typename Test>
Column
EntitiesWith(const Batch &batch, Test is_meant) {
	Column ids(UUIDOID, batch.records.size());
	for (const BatchRecord &record : batch.records) {
		if (is_meant(*record.fact)) {
			ids.Id(batch.clusters[record.cluster].canonical_id);
		}
	}
	return ids;
}

bool
IsAssumed(const Fact &fact) {
	return fact.is_currency_assumed;
}

} // namespace

void
TakeOrderCurrencies(Batch &batch) {
	const Column ids = EntitiesWith(batch, IsAssumed);
	if (ids.size() == 0) {
		return;
	}
	static Plan plan(
	    "SELECT o.currency FROM unnest($3) WITH ORDINALITY AS u (canonical_id, place)"
	    " LEFT JOIN LATERAL (SELECT r.currency FROM meshline.record AS r WHERE r.merchant_id = $1"
	    " AND r.connection_id = $2 AND r.canonical_id = u.canonical_id AND r.kind = 'order'"
	    " AND r.currency IS NOT NULL ORDER BY r.object, r.external_id LIMIT 1) AS o ON true"
	    " ORDER BY u.place",
	    {INT8OID, INT8OID, UUIDARRAYOID});
	const Rows rows = plan.Run({Int64GetDatum(batch.connection.merchant_id),
	                            Int64GetDatum(batch.connection.connection_id), ids.Array()});
	std::uint64_t row = 0;
	for (const BatchRecord &record : batch.records) {
		if (IsAssumed(*record.fact)) {
			const std::string_view currency = rows.Text(row++, 1);
			if (!currency.empty() && currency != record.fact->currency) {
				TakeCurrency(*record.fact, Intern(currency, batch.arena));
			}
		}
	}
}

void
SpreadOrderCurrencies(Batch &batch) {
	if (batch.connection.definition == nullptr || !batch.connection.definition->AssumesCurrency()) {
		return;
	}
	const Column ids =
	    EntitiesWith(batch, [](const Fact &fact) { return IsAssumed(fact) || fact.kind == Kind::order; });
	if (ids.size() == 0) {
		return;
	}
	// The arithmetic of TakeCurrency().
	static Plan plan(
	    "UPDATE meshline.record AS r SET currency = s.currency, amount_minor = s.amount_minor,"
	    " fee_minor = s.fee_minor, net_minor = s.net_minor,"
	    " parts = CASE WHEN s.factor = 1 THEN r.parts END, items = CASE WHEN s.factor = 1 THEN r.items END"
	    " FROM (SELECT k.object, k.external_id, o.currency, f.factor, k.amount_minor * f.factor AS "
	    "amount_minor,"
	    " k.fee_minor * f.factor AS fee_minor, k.net_minor * f.factor AS net_minor"
	    " FROM (SELECT DISTINCT c.canonical_id FROM unnest($3) AS c (canonical_id)) AS u"
	    " JOIN meshline.record AS k ON k.merchant_id = $1 AND k.connection_id = $2"
	    " AND k.canonical_id = u.canonical_id AND k.is_currency_assumed"
	    " CROSS JOIN LATERAL (SELECT m.currency FROM meshline.record AS m WHERE m.merchant_id = $1"
	    " AND m.connection_id = $2 AND m.canonical_id = u.canonical_id AND m.kind = 'order'"
	    " AND m.currency IS NOT NULL ORDER BY m.object, m.external_id LIMIT 1) AS o"
	    " CROSS JOIN LATERAL (SELECT 10::pg_catalog.numeric ^ (meshline.currency_exponent(o.currency) -"
	    " meshline.currency_exponent(k.currency)) AS factor) AS f WHERE o.currency <> k.currency) AS s"
	    " WHERE r.merchant_id = $1 AND r.connection_id = $2 AND r.object = s.object"
	    " AND r.external_id = s.external_id AND NOT EXISTS (SELECT"
	    " FROM (VALUES (s.amount_minor), (s.fee_minor), (s.net_minor)) AS v (minor)"
	    " WHERE v.minor % 1 <> 0 OR pg_catalog.abs(v.minor) > 9223372036854775807)"
	    " RETURNING r.object, r.external_id, r.currency",
	    {INT8OID, INT8OID, UUIDARRAYOID});
	const Rows rows = plan.Run({Int64GetDatum(batch.connection.merchant_id),
	                            Int64GetDatum(batch.connection.connection_id), ids.Array()});
	for (std::uint64_t row = 0; row < rows.count(); ++row) {
		const auto of_batch =
		    std::find_if(batch.records.begin(), batch.records.end(), [&](const BatchRecord &record) {
			    return record.is_applied && record.fact->object == rows.Text(row, 1) &&
			           record.fact->external_id == rows.Text(row, 2);
		    });
		if (of_batch != batch.records.end()) {
			TakeCurrency(*of_batch->fact, Intern(rows.Text(row, 3), batch.arena));
		}
	}
}

} // namespace meshline::pg
