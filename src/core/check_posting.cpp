// SPDX-License-Identifier: PostgreSQL
// Family posting: what the ledgers hold against order, refunds and payments.
#include <algorithm>
#include <tuple>

#include "core/order_book.hpp"

namespace meshline {

namespace {

// The live postings of one ledger connection, object and type.
struct Posted {
	std::int64_t connection_id;
	std::string_view object;
	Posting posting;
	Minor sum = 0;
	Minor count = 0;
	const RecordView *first = nullptr;
};

bool
IsCounted(const OrderBook &book, const RecordView &record) {
	if (record.kind != Kind::posting || !IsUsable(record) || IsDead(record.status) || !record.amount) {
		return false;
	}
	const auto &objects = book.policy.ledger_posting_objects;
	return record.posting != Posting::sale || objects.empty() ||
	       std::find(objects.begin(), objects.end(), record.object) != objects.end();
}

Vector<Posted>
SumByObject(const OrderBook &book) {
	Vector<Posted> all(book.arena);
	const auto key = [](const Posted &p) { return std::tie(p.posting, p.connection_id, p.object); };
	for (const RecordView *record : book.records) {
		if (!IsCounted(book, *record) || record->currency != book.totals.currency) {
			continue;
		}
		const Posted wanted{record->connection_id, record->object, record->posting};
		auto at = std::find_if(all.begin(), all.end(), [&](const Posted &p) { return key(p) == key(wanted); });
		if (at == all.end()) {
			all.push_back(wanted);
			at = all.end() - 1;
			at->first = record;
		}
		at->sum = AddClamped(at->sum, *record->amount);
		++at->count;
	}
	std::sort(all.begin(), all.end(), [&](const Posted &a, const Posted &b) { return key(a) < key(b); });
	return all;
}

void
AddPostings(const OrderBook &book, const Posted &posted, Finding &finding, Sink &sink) {
	for (const RecordView *record : book.records) {
		if (record->connection_id == posted.connection_id && record->object == posted.object &&
		    record->posting == posted.posting && IsCounted(book, *record)) {
			sink.AddRecord(finding, *record);
		}
	}
}

// What a posting type is compared with: the order, the refunds or the captures.
struct Source {
	std::string_view subject; // of the findings; "" for the sale itself
	std::string_view name;    // in the formula
	Minor amount;
	Minor count;
	std::optional<Instant> latest; // after which late postings have their grace
};

void
RaiseDifference(const OrderBook &book, const Posted &posted, const Source &source, Sink &sink) {
	const bool is_more = posted.sum > source.amount;
	const bool is_duplicate = is_more && posted.count > source.count;
	const Reason reason = is_duplicate ? Reason::posting_duplicate : Reason::posting_amount_mismatch;
	const Minor tolerance = book.Tolerance(reason);
	const Minor gap = is_more ? posted.sum - source.amount : source.amount - posted.sum;
	if (gap <= tolerance) {
		return;
	}
	const std::string_view money = sink.Money(gap, book.totals.currency);
	// A document of a sale states the whole; refunds and payments are booked one after the other.
	const bool may_follow = !is_more && source.count > posted.count;
	Finding *finding = may_follow
	                       ? sink.RaiseIfDue(reason, source.subject, book.totals.currency,
	                                         DaysAfter(source.latest, book.policy.posting_grace_days), gap,
	                                         sink.Text({money, " are to be posted"}))
	                       : sink.Raise(reason, source.subject, book.totals.currency);
	if (finding == nullptr) {
		return;
	}
	finding->expected = source.amount;
	finding->actual = posted.sum;
	finding->at_risk = gap;
	if (book.order != nullptr) {
		sink.AddRecord(*finding, *book.order);
	}
	AddPostings(book, posted, *finding, sink);
	finding->terms.push_back({"posted", posted.sum, {}});
	finding->terms.push_back({source.name, source.amount, {}});
	finding->terms.push_back({"tolerance", tolerance, {}});
	finding->formula = is_more ? sink.Text({"posted <= ", source.name, " + tolerance"})
	                           : sink.Text({"posted >= ", source.name, " - tolerance"});
	finding->explanation = sink.Text({posted.first->system, " ", posted.object, " books ",
	                                  sink.Money(posted.sum, book.totals.currency), " against ",
	                                  sink.Money(source.amount, book.totals.currency), " ", source.name,
	                                  is_duplicate ? ": it is booked more than once" : ": they differ by ",
	                                  is_duplicate ? std::string_view{} : money});
	finding->remedy = is_duplicate ? sink.Text({"one of the documents voided: ", money, " less posted"})
	                               : sink.Text({"a posting that is ", money, is_more ? " lower" : " higher"});
}

void
RaiseMissing(const OrderBook &book, const Source &source, Sink &sink) {
	const std::string_view money = sink.Money(source.amount, book.totals.currency);
	Finding *finding = sink.RaiseIfDue(Reason::posting_missing, source.subject, book.totals.currency,
	                                   DaysAfter(source.latest, book.policy.posting_grace_days), source.amount,
	                                   sink.Text({money, " ", source.name, " are to be posted"}));
	if (finding == nullptr) {
		return;
	}
	finding->expected = source.amount;
	finding->actual = 0;
	finding->at_risk = source.amount;
	sink.AddRecord(*finding, *book.order);
	finding->terms.push_back({"posted", 0, {}});
	finding->terms.push_back({source.name, source.amount, sink.Id(*book.order)});
	finding->formula = sink.Text({"posted >= ", source.name});
	finding->explanation = sink.Text({"the ledger has no document for ", money, " ", source.name});
	finding->remedy = sink.Text({"a posting of ", money});
}

std::optional<Instant>
LatestRefund(const OrderBook &book) {
	std::optional<Instant> latest;
	for (const Movement &refund : book.refunds) {
		if (refund.moved > 0 && (!latest || refund.occurred_at > latest)) {
			latest = refund.occurred_at;
		}
	}
	return latest;
}

bool
HasPosting(const Vector<Posted> &all, Posting posting, std::int64_t connection_id) {
	return std::any_of(all.begin(), all.end(), [&](const Posted &p) {
		return p.posting == posting && p.connection_id == connection_id;
	});
}

void
CheckMissing(const OrderBook &book, const Vector<Posted> &all, const Source &sale, const Source &refund, Sink &sink) {
	const ConnectionPolicy *policy = book.policy.Of(book.order->connection_id);
	const bool is_paid = book.totals.captured > 0 || book.order->status == Status::paid;
	if (policy == nullptr || !policy->ledger_connection_id || !is_paid || sale.amount <= 0) {
		return;
	}
	const std::int64_t ledger = *policy->ledger_connection_id;
	if (!HasPosting(all, Posting::sale, ledger)) {
		RaiseMissing(book, sale, sink);
	} else if (refund.amount > 0 && !HasPosting(all, Posting::refund, ledger)) {
		RaiseMissing(book, refund, sink);
	}
}

void
CheckCurrency(const OrderBook &book, Sink &sink) {
	for (const RecordView *record : book.records) {
		if (!IsCounted(book, *record) || record->currency == book.totals.currency) {
			continue;
		}
		const std::string_view subject = sink.Id(*record);
		if (Finding *finding = sink.Raise(Reason::currency_mismatch, subject, record->currency)) {
			finding->at_risk = *record->amount;
			finding->actual = *record->amount;
			sink.AddRecord(*finding, *record);
			sink.AddRecord(*finding, *book.order);
			finding->terms.push_back({"postings_in_other_currencies", 1, subject});
			finding->formula = "postings_in_other_currencies = 0";
			finding->explanation = sink.Text({"the order is in ", book.totals.currency, ", but ", subject, " books ",
			                                  sink.Money(*record->amount, record->currency)});
			finding->remedy = sink.Text({"the posting in ", book.totals.currency});
		}
	}
}

} // namespace

void
CheckPosting(const OrderBook &book, Sink &sink) {
	if (!book.is_order_known) {
		return;
	}
	const Vector<Posted> all = SumByObject(book);
	const Source sale{{}, "total", *book.totals.total, 1, book.totals.ordered_at};
	const Source refund{"refund", "refunded", book.totals.refunded, book.totals.refund_count, LatestRefund(book)};
	const Source payment{"payment", "captured", book.totals.captured, book.totals.payment_count,
	                     book.totals.ordered_at};
	for (const Posted &posted : all) {
		switch (posted.posting) {
		case Posting::sale:
			RaiseDifference(book, posted, sale, sink);
			break;
		case Posting::refund:
			RaiseDifference(book, posted, refund, sink);
			break;
		case Posting::payment:
			RaiseDifference(book, posted, payment, sink);
			break;
		case Posting::none:
			break;
		}
	}
	CheckCurrency(book, sink);
	if (!book.IsOrderDead()) {
		CheckMissing(book, all, sale, refund, sink);
	}
}

} // namespace meshline
