// SPDX-License-Identifier: PostgreSQL
// Records of an invented shop (shopify, connection 1), its processor (stripe, 2) and ledger (netsuite, 3).
#pragma once

#include <algorithm>
#include <optional>
#include <string_view>
#include <vector>

#include "core/reconcile.hpp"

namespace meshline {

inline constexpr Instant minute = 60'000'000;
inline constexpr Instant day = 1440 * minute;

// One record to be. Text must outlive it: literals, mostly.
struct Record {
	RecordView view;
	std::vector<std::string_view> same;
	std::vector<std::string_view> ref;
	std::vector<Item> items;

	Record
	As(Status status) const {
		Record copy = *this;
		copy.view.status = status;
		return copy;
	}
	Record
	In(std::string_view currency) const {
		Record copy = *this;
		copy.view.currency = currency;
		return copy;
	}
	Record
	At(std::optional<Instant> moment) const {
		Record copy = *this;
		copy.view.occurred_at = moment;
		return copy;
	}
	Record
	Same(std::string_view id) const {
		Record copy = *this;
		copy.same.push_back(id);
		return copy;
	}
	Record
	Ref(std::string_view id) const {
		Record copy = *this;
		copy.ref.push_back(id);
		return copy;
	}
	Record
	About(std::string_view id) const {
		Record copy = *this;
		copy.view.about = id;
		return copy;
	}
	Record
	Carrying(std::vector<Item> carried) const {
		Record copy = *this;
		copy.items = std::move(carried);
		return copy;
	}
	template <typename Change>
	Record
	With(Change &&change) const {
		Record copy = *this;
		change(copy.view);
		return copy;
	}
};

inline Record
Make(Kind kind, Role role, std::string_view system, std::string_view object, std::string_view id,
     std::int64_t connection_id, std::optional<Minor> amount, Status status) {
	Record record;
	record.view.kind = kind;
	record.view.role = role;
	record.view.system = system;
	record.view.object = object;
	record.view.external_id = id;
	record.view.connection_id = connection_id;
	record.view.amount = amount;
	record.view.currency = "USD";
	record.view.status = status;
	record.view.occurred_at = 0;
	return record;
}

inline Record
Order(std::optional<Minor> total, Status status = Status::pending) {
	return Make(Kind::order, Role::store, "shopify", "order", "1", 1, total, status).Same("shopify.order/1");
}
inline Record
Transaction(std::string_view id, Minor amount, Status status = Status::paid) {
	return Make(Kind::payment, Role::store, "shopify", "transaction", id, 1, amount, status)
	    .Ref("shopify.order/1")
	    .Same(id);
}
inline Record
Charge(std::string_view id, Minor amount, Status status = Status::paid) {
	return Make(Kind::payment, Role::processor, "stripe", "charge", id, 2, amount, status).Same(id);
}
inline Record
Intent(std::string_view id, Minor amount, Status status = Status::paid) {
	return Make(Kind::payment, Role::processor, "stripe", "payment_intent", id, 2, amount, status)
	    .Same(id)
	    .With([](RecordView &view) { view.is_summary = true; });
}
inline Record
ShopRefund(std::string_view id, Minor amount, Status status = Status::paid) {
	return Make(Kind::refund, Role::store, "shopify", "transaction", id, 1, amount, status).Same(id);
}
inline Record
RefundDocument(std::string_view id, Minor amount, Status status = Status::paid) {
	return Make(Kind::refund, Role::store, "shopify", "refund", id, 1, amount, status)
	    .Same(id)
	    .With([](RecordView &view) { view.is_summary = true; });
}
inline Record
Refund(std::string_view id, Minor amount, Status status = Status::paid) {
	return Make(Kind::refund, Role::processor, "stripe", "refund", id, 2, amount, status).Same(id);
}
inline Record
Dispute(std::string_view id, Minor amount, Status status = Status::pending) {
	return Make(Kind::dispute, Role::processor, "stripe", "dispute", id, 2, amount, status)
	    .Same(id)
	    .With([](RecordView &view) { view.version_at = view.occurred_at; });
}
inline Record
Posted(Posting posting, std::string_view object, std::string_view id, std::optional<Minor> amount,
       Status status = Status::paid) {
	return Make(Kind::posting, Role::ledger, "netsuite", object, id, 3, amount, status)
	    .Same(id)
	    .With([&](RecordView &view) { view.posting = posting; });
}
inline Record
Line(std::string_view id, std::string_view about, Minor amount) {
	return Make(Kind::settlement_line, Role::processor, "stripe", "balance_transaction", id, 2, amount,
	            Status::paid)
	    .About(about);
}

// The views of records; they point into `records`.
inline std::vector<RecordView>
ViewsOf(std::vector<Record> &records) {
	std::vector<RecordView> views;
	for (Record &record : records) {
		for (auto *ids : {&record.same, &record.ref}) {
			std::sort(ids->begin(), ids->end());
			ids->erase(std::unique(ids->begin(), ids->end()), ids->end());
		}
		record.view.same_ids = record.same;
		record.view.ref_ids = record.ref;
		record.view.items = record.items;
		views.push_back(record.view);
	}
	return views;
}

// The policy of the invented shop: the processor settles within 7 days, nobody posts unless asked.
struct Shop {
	Shop() : connections(2) {
		connections[0].connection_id = 1;
		connections[1].connection_id = 2;
		connections[1].settlement_window_days = 7;
	}

	std::vector<ConnectionPolicy> connections;
	Policy policy;
	Instant as_of = 365 * day;

	static Shop
	WithLedger() {
		Shop shop;
		shop.connections[0].ledger_connection_id = 3;
		return shop;
	}
	// Settlement is a subject of its own: most tests leave it out.
	static Shop
	WithoutSettlement() {
		Shop shop;
		shop.connections[1].settlement_window_days.reset();
		return shop;
	}
	static Shop
	Until(Instant moment) {
		Shop shop = WithoutSettlement();
		shop.as_of = moment;
		return shop;
	}
};

} // namespace meshline
