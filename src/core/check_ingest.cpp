// SPDX-License-Identifier: PostgreSQL
// Family ingest, of what has come in as a record: unreadable records, test records, money that no order is
// known for, orders that share an identifier.
#include <algorithm>

#include "core/order_book.hpp"
#include "core/wide.hpp"

namespace meshline {

namespace {

// Whether an identifier of the record is that of a shop's order. What a processor calls an order of its own
// (PayPal does) is a payment.
bool
IsOrderId(std::string_view id, const RecordView &record) {
	const std::string_view name = id.substr(0, id.find('/'));
	const std::string_view base = name.substr(0, name.find('@'));
	if (base.starts_with("order_name")) {
		return true;
	}
	const bool is_own = record.role == Role::processor && base.substr(0, base.find('.')) == record.system;
	return base.ends_with(".order") && !is_own;
}

// The order that a record names, "" when it names none.
std::string_view
NamedOrder(const RecordView &record) {
	for (const auto &ids : {record.same_ids, record.ref_ids}) {
		const auto at =
		    std::find_if(ids.begin(), ids.end(), [&](const auto id) { return IsOrderId(id, record); });
		if (at != ids.end()) {
			return *at;
		}
	}
	return {};
}

std::string_view
NamedOrder(const Movement &movement) {
	for (const RecordView *record : movement.records) {
		if (const auto named = NamedOrder(*record); !named.empty()) {
			return named;
		}
	}
	return {};
}

// A record whose order has not come in within the grace for mapping.
void
RaiseUnmapped(const RecordView &record, std::string_view named, const OrderBook &book, Sink &sink) {
	const std::string_view subject = sink.Id(record);
	Finding *finding =
	    sink.RaiseIfDue(Reason::unmapped_order, subject, record.currency,
	                    DaysAfter(record.occurred_at, book.policy.mapping_grace_days),
	                    record.amount.value_or(0), sink.Text({"an order is to come in for ", subject}));
	if (finding == nullptr) {
		return;
	}
	finding->at_risk = std::max<Minor>(0, record.amount.value_or(0));
	finding->actual = record.amount;
	sink.AddRecord(*finding, record);
	finding->terms.push_back({"orders", 0, {}, true});
	finding->formula = "orders >= 1";
	finding->explanation = named.empty()
	                           ? sink.Text({subject, " belongs to no order that has come in"})
	                           : sink.Text({subject, " names ", named, ", and no such order has come in"});
	finding->remedy = named.empty() ? "the order that it belongs to, with an identifier that both carry"
	                                : sink.Text({"the order ", named});
}

// A capture that no identifier ties to any order, once the grace for mapping is over.
void
RaiseOrphan(const Movement &payment, const OrderBook &book, Sink &sink) {
	const RecordView &record = *payment.authority;
	const std::string_view subject = sink.Id(record);
	const std::string_view money = sink.Money(payment.moved, payment.currency);
	Finding *finding =
	    sink.RaiseIfDue(Reason::orphan_payment, subject, payment.currency,
	                    DaysAfter(payment.occurred_at, book.policy.mapping_grace_days), payment.moved,
	                    sink.Text({"an order is to come in for the payment of ", money, " in ", subject}));
	if (finding == nullptr) {
		return;
	}
	finding->expected = 0;
	finding->actual = payment.moved;
	finding->at_risk = payment.moved;
	sink.AddRecords(*finding, payment);
	finding->terms.push_back({"captured", payment.moved, subject});
	finding->terms.push_back({"known_to_orders", 0, {}});
	finding->formula = "captured <= known_to_orders";
	finding->explanation =
	    sink.Text({money, " were captured in ", subject, ", and no identifier ties it to an order"});
	finding->remedy = sink.Text({"a record that names both ", subject, " and its order"});
}

// Captures in a cluster without an order.
void
CheckUnmappedPayments(const OrderBook &book, Sink &sink) {
	for (const Movement &payment : book.payments) {
		if (payment.moved <= 0) {
			continue;
		}
		if (const auto named = NamedOrder(payment); !named.empty()) {
			RaiseUnmapped(*payment.authority, named, book, sink);
		} else {
			RaiseOrphan(payment, book, sink);
		}
	}
}

// Parcels and booked sales in a cluster without order and money.
void
CheckUnmappedDocuments(const OrderBook &book, Sink &sink) {
	for (const RecordView *record : book.records) {
		const bool is_sale = record->kind == Kind::posting && record->posting == Posting::sale;
		if ((is_sale || record->kind == Kind::fulfillment) && IsUsable(*record) && !IsDead(record->status)) {
			RaiseUnmapped(*record, NamedOrder(*record), book, sink);
		}
	}
}

// Several live orders of one kind of system that strong identifiers have made one.
void
CheckAmbiguous(const OrderBook &book, Sink &sink) {
	if (book.orders.size() < 2) {
		return;
	}
	Finding *finding = sink.Raise(Reason::ambiguous_mapping, {}, book.totals.currency);
	if (finding == nullptr) {
		return;
	}
	const auto count = static_cast<Minor>(book.orders.size());
	for (const RecordView *order : book.orders) {
		sink.AddRecord(*finding, *order);
		if (order != book.order) {
			finding->at_risk = Plus(finding->at_risk, std::max<Minor>(0, order->amount.value_or(0)));
		}
	}
	finding->terms.push_back({"orders", count, {}, true});
	finding->formula = "orders <= 1";
	finding->explanation =
	    sink.Text({"several orders share a strong identifier; the sums are those of ", sink.Id(*book.order)});
	finding->remedy = "the identifier corrected at the source, so that each payment belongs to one order";
}

// An order without a customer, of a store that requires one.
void
RaiseUnmappedCustomer(const OrderBook &book, Sink &sink) {
	const std::string_view subject = sink.Id(*book.order);
	Finding *finding = sink.RaiseIfDue(Reason::unmapped_customer, {}, book.totals.currency,
	                                   DaysAfter(book.order->occurred_at, book.policy.mapping_grace_days), 0,
	                                   sink.Text({subject, " is to name its customer"}));
	if (finding == nullptr) {
		return;
	}
	sink.AddRecord(*finding, *book.order);
	finding->terms.push_back({"customers", 0, subject, true});
	finding->formula = "customers >= 1";
	finding->explanation = sink.Text({subject, " names no customer"});
	finding->remedy = "the order given to a customer at its source";
}

} // namespace

void
CheckIngest(const OrderBook &book, Sink &sink) {
	for (const RecordView *record : book.records) {
		const std::string_view subject =
		    record->is_test || record->is_invalid ? sink.Id(*record) : std::string_view{};
		if (record->is_test) {
			if (Finding *finding = sink.Raise(Reason::test_mode_record, subject, record->currency)) {
				sink.AddRecord(*finding, *record);
				finding->terms.push_back({"test_records", 1, subject, true});
				finding->formula = "test_records = 0";
				finding->explanation =
				    sink.Text({subject, " is a record of the source's test mode and takes part in no sum"});
				finding->remedy = "nothing: it is excluded";
			}
		} else if (record->is_invalid) {
			if (Finding *finding = sink.Raise(Reason::invalid_payload, subject, record->currency)) {
				sink.AddRecord(*finding, *record);
				finding->terms.push_back({"problems", 1, subject, true});
				finding->formula = "problems = 0";
				finding->explanation = sink.Text({subject, " cannot be used: ", record->problems});
				finding->remedy = "the payload corrected at the source, or the connector definition, and the "
				                  "event replayed";
			}
		}
	}
}

void
CheckMapping(const OrderBook &book, Sink &sink) {
	CheckAmbiguous(book, sink);
	if (book.order != nullptr) {
		if (book.order->lacks_customer && IsUsable(*book.order) && !book.IsOrderDead()) {
			RaiseUnmappedCustomer(book, sink);
		}
		return;
	}
	CheckUnmappedPayments(book, sink);
	const bool has_money = std::any_of(book.payments.begin(), book.payments.end(),
	                                   [](const Movement &payment) { return payment.moved > 0; });
	if (!has_money && book.refunds.empty()) {
		CheckUnmappedDocuments(book, sink);
	}
}

} // namespace meshline
