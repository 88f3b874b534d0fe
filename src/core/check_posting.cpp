// SPDX-License-Identifier: PostgreSQL
// Family posting: what the ledgers hold against order, refunds and payments.
#include <algorithm>
#include <tuple>

#include "core/order_book.hpp"
#include "core/posted.hpp"
#include "core/wide.hpp"

namespace meshline {

namespace {

// What a posting type is compared with: the order, the refunds or the captures.
struct Source {
	std::string_view subject; // of the findings; "" for the sale itself
	std::string_view name;    // in the formula
	Minor amount;
	Minor count;
	std::optional<Instant> latest; // after which late postings have their grace
};

// A sum of postings against what it books: booked twice, or another amount. False when it agrees.
bool
RaiseDifference(const OrderBook &book, const Posted &posted, const Source &source, Sink &sink) {
	const Minor sum = Clamp(posted.sum);
	const bool is_more = sum > source.amount;
	const bool is_duplicate = is_more && source.count > 0 && posted.count > source.count;
	const bool is_confused =
	    posted.posting == Posting::sale && book.order != nullptr && book.order->presentment == sum;
	// Documents that book nothing themselves are the order itself, exported more than once.
	const Reason reason = is_confused                ? Reason::presentment_settlement_confusion
	                      : !is_duplicate            ? Reason::posting_amount_mismatch
	                      : posted.first->is_summary ? Reason::duplicate_order_connector
	                                                 : Reason::posting_duplicate;
	const Minor tolerance = book.Tolerance(reason);
	const Minor gap = Apart(sum, source.amount);
	if (gap <= tolerance) {
		return false;
	}
	// What was right when its period was closed and was altered since is that finding.
	if (book.policy.closed_through &&
	    Apart(Clamp(posted.sum + TakenByAlteration(book, posted)), source.amount) <= tolerance) {
		return true;
	}
	const std::string_view money = sink.Money(gap, book.totals.currency);
	// A document of a sale states the whole; refunds and payments are booked one after the other, and the
	// ledger may hear of them first.
	const bool may_follow = is_confused ? false : is_more ? source.count == 0 : source.count > posted.count;
	const Instant due_at = is_more ? DaysAfter(posted.latest, book.policy.mapping_grace_days)
	                               : DaysAfter(source.latest, book.policy.posting_grace_days);
	const std::string_view follows = is_more ? " are posted and to come in" : " are to be posted";
	Finding *finding = may_follow ? sink.RaiseIfDue(reason, source.subject, book.totals.currency, due_at, gap,
	                                                sink.Text({money, follows}))
	                              : sink.Raise(reason, is_confused ? sink.Id(*posted.first) : source.subject,
	                                           book.totals.currency);
	if (finding == nullptr) {
		return true;
	}
	finding->expected = source.amount;
	finding->actual = sum;
	finding->at_risk = gap;
	if (book.order != nullptr) {
		sink.AddRecord(*finding, *book.order);
	}
	AddPostings(book, posted, *finding, sink);
	finding->terms.push_back({"posted", sum, {}});
	finding->terms.push_back({source.name, source.amount, {}});
	finding->terms.push_back({"tolerance", tolerance, {}});
	finding->formula = is_more ? sink.Text({"posted <= ", source.name, " + tolerance"})
	                           : sink.Text({"posted >= ", source.name, " - tolerance"});
	finding->explanation = sink.Text({posted.first->system, posted.object.empty() ? "" : " ", posted.object,
	                                  " books ", sink.Money(sum, book.totals.currency), " against ",
	                                  sink.Money(source.amount, book.totals.currency), " ", source.name,
	                                  is_confused    ? ": the number of the order's other currency"
	                                  : is_duplicate ? ": it is booked more than once"
	                                                 : ": they differ by ",
	                                  is_confused || is_duplicate ? std::string_view{} : money});
	finding->remedy = is_duplicate ? sink.Text({"one of the documents voided: ", money, " less posted"})
	                               : sink.Text({"a posting that is ", money, is_more ? " lower" : " higher"});
	if (is_confused) {
		finding->correction = Correction{"restatement", Minus(source.amount, sum)};
	}
	return true;
}

// A source of postings that the ledger has no document for, once the grace for posting is over.
void
RaiseMissing(const OrderBook &book, const Source &source, Sink &sink) {
	const std::string_view money = sink.Money(source.amount, book.totals.currency);
	Finding *finding =
	    sink.RaiseIfDue(Reason::posting_missing, source.subject, book.totals.currency,
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

// When the last of the movements in the order's currency took place.
std::optional<Instant>
LatestOf(const OrderBook &book, const Vector<Movement> &movements) {
	std::optional<Instant> latest;
	for (const Movement &movement : movements) {
		if (movement.MovedIn(book.totals.currency) > 0) {
			latest = std::max(latest, movement.occurred_at);
		}
	}
	return latest;
}

// Whether the ledger has such a document at all; what is wrong with it is another finding.
bool
HasPosting(const OrderBook &book, Posting posting, std::int64_t connection_id) {
	return std::any_of(book.records.begin(), book.records.end(), [&](const RecordView *record) {
		return record->posting == posting && record->connection_id == connection_id &&
		       (IsPosting(book, *record) || IsAltered(book, *record));
	});
}

// The documents that the ledger of this store owes: the sale, then its refund.
void
CheckMissing(const OrderBook &book, const Source &sale, const Source &refund, Sink &sink) {
	const ConnectionPolicy *policy = book.policy.Of(book.order->connection_id);
	const bool is_paid = book.totals.captured > 0 || book.order->status == Status::paid;
	if (policy == nullptr || !policy->ledger_connection_id || !is_paid || sale.amount <= 0) {
		return;
	}
	const std::int64_t ledger = *policy->ledger_connection_id;
	if (!HasPosting(book, Posting::sale, ledger)) {
		RaiseMissing(book, sale, sink);
	} else if (refund.amount > 0 && !HasPosting(book, Posting::refund, ledger)) {
		RaiseMissing(book, refund, sink);
	}
}

// Whether the posting books, in the buyer's currency, what the order or one of its movements is in it.
bool
IsInBuyersMoney(const OrderBook &book, const RecordView &posting) {
	const auto tolerance = book.Tolerance(Reason::posting_amount_mismatch);
	if (posting.posting == Posting::sale) {
		return book.order->presentment && posting.currency == book.order->presentment_currency &&
		       Apart(*posting.amount, *book.order->presentment) <= tolerance;
	}
	const auto &movements = posting.posting == Posting::refund ? book.refunds : book.payments;
	return std::any_of(movements.begin(), movements.end(), [&](const Movement &movement) {
		return movement.IsIn(posting.currency) && movement.IsIn(book.totals.currency) &&
		       Apart(movement.MovedIn(posting.currency), *posting.amount) <= tolerance;
	});
}

// Postings in another currency than the order's.
void
CheckCurrency(const OrderBook &book, Sink &sink) {
	for (const RecordView *record : book.records) {
		if (!IsCounted(book, *record) || record->currency == book.totals.currency ||
		    IsInBuyersMoney(book, *record)) {
			continue;
		}
		const std::string_view subject = sink.Id(*record);
		if (Finding *finding = sink.Raise(Reason::currency_mismatch, subject, record->currency)) {
			finding->at_risk = std::max<Minor>(0, *record->amount);
			finding->actual = *record->amount;
			sink.AddRecord(*finding, *record);
			sink.AddRecord(*finding, *book.order);
			finding->terms.push_back({"postings_in_other_currencies", 1, subject, true});
			finding->formula = "postings_in_other_currencies = 0";
			finding->explanation = sink.Text({"the order is in ", book.totals.currency, ", but ", subject,
			                                  " books ", sink.Money(*record->amount, record->currency)});
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
	const Vector<Posted> all = SumPostings(book);
	const Source sale{{}, "total", *book.totals.total, 1, book.totals.ordered_at};
	const Source refund{"refund", "refunded", book.totals.refunded, book.totals.refund_count,
	                    LatestOf(book, book.refunds)};
	const Source payment{"payment", "captured", book.totals.captured, book.totals.payment_count,
	                     LatestOf(book, book.payments)};
	for (const Posted &posted : all) {
		switch (posted.posting) {
		case Posting::sale:
			if (!RaiseDifference(book, posted, sale, sink)) {
				CheckPostedParts(book, posted, sink);
				CheckPostedDays(book, posted, sink);
			}
			break;
		case Posting::refund:
			if (!RaiseDifference(book, posted, refund, sink)) {
				CheckPostedDays(book, posted, sink);
			}
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
		CheckMissing(book, sale, refund, sink);
	}
}

} // namespace meshline
