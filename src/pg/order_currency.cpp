// SPDX-License-Identifier: PostgreSQL
#include "core/assumed_currency.hpp"
#include "pg/order_currency.hpp"

#include "pg/spi.hpp"

namespace meshline::pg {

void
TakeOrderCurrencies(ReconcileSet &set) {
	for (Entity &entity : set.entities) {
		for (RecordView &record : entity.records) {
			if (TakeOrderCurrency(record, Span(entity.records))) {
				set.in_order_currency.push_back(&record);
			}
		}
	}
}

void
StoreOrderCurrencies(const ReconcileSet &set) {
	if (set.in_order_currency.empty()) {
		return;
	}
	// As TakeOrderCurrency() does: what the amount is made up of is known in the minor units of before.
	static RowsPlan plan(
	    "UPDATE meshline.record AS r SET currency = u.currency, amount_minor = u.amount_minor, fee_minor ="
	    " u.fee_minor, net_minor = u.net_minor,"
	    " parts = CASE WHEN meshline.currency_exponent(r.currency) = meshline.currency_exponent(u.currency)"
	    " THEN r.parts END,"
	    " items = CASE WHEN meshline.currency_exponent(r.currency) = meshline.currency_exponent(u.currency)"
	    " THEN r.items END FROM {rows} WHERE r.merchant_id = $1 AND r.connection_id = u.connection_id"
	    " AND r.object = u.object AND r.external_id = u.external_id",
	    {INT8OID},
	    {{"connection_id", INT8OID},
	     {"object", TEXTOID},
	     {"external_id", TEXTOID},
	     {"currency", TEXTOID},
	     {"amount_minor", INT8OID},
	     {"fee_minor", INT8OID},
	     {"net_minor", INT8OID}});
	const std::size_t n = set.in_order_currency.size();
	Column connections(INT8OID, n), objects(TEXTOID, n), external_ids(TEXTOID, n), currencies(TEXTOID, n),
	    amounts(INT8OID, n), fees(INT8OID, n), nets(INT8OID, n);
	for (const RecordView *record : set.in_order_currency) {
		connections.Int8(record->connection_id);
		objects.Text(record->object);
		external_ids.Text(record->external_id);
		currencies.Text(record->currency);
		amounts.Int8(record->amount);
		fees.Int8(record->fee);
		nets.Int8(record->net);
	}
	plan.Run({Int64GetDatum(set.merchant_id)},
	         {&connections, &objects, &external_ids, &currencies, &amounts, &fees, &nets});
}

} // namespace meshline::pg
