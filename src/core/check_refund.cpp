// SPDX-License-Identifier: PostgreSQL
// Family refund: refunds against what was captured, and against each other.
#include <algorithm>
#include <iterator>
#include <tuple>

#include "core/order_book.hpp"
#include "core/wide.hpp"

namespace meshline {

namespace {

constexpr Instant microseconds_per_minute = 60'000'000;

// The identifiers of a refund, for a sentence: a dozen tell as much as a thousand.
std::string_view
IdsOf(const Movement &refund, const OrderBook &book, Sink &sink) {
	constexpr std::size_t most = 12;
	Vector<std::string_view> ids(book.arena);
	for (const RecordView *record : refund.records) {
		ids.insert(ids.end(), record->same_ids.begin(), record->same_ids.end());
		ids.insert(ids.end(), record->ref_ids.begin(), record->ref_ids.end());
	}
	std::sort(ids.begin(), ids.end());
	ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
	std::string_view all = ids.empty() ? "no identifier" : ids.front();
	for (std::size_t i = 1; i < std::min(ids.size(), most); ++i) {
		all = sink.Text({all, ", ", ids[i]});
	}
	return ids.size() > most ? sink.Text({all, " and more"}) : all;
}

// A refund whose order and payment are both unknown.
void
CheckRefundWithoutOrder(const OrderBook &book, Sink &sink) {
	for (const Movement &refund : book.refunds) {
		if (refund.moved <= 0 && !refund.is_pending) {
			continue;
		}
		const std::string_view subject = sink.Id(*refund.authority);
		const Minor amount = refund.moved > 0 ? refund.moved : refund.authority->amount.value_or(0);
		Finding *finding = sink.Raise(Reason::refund_without_order, subject, refund.currency);
		if (finding == nullptr) {
			continue;
		}
		finding->expected = 0;
		finding->actual = amount;
		finding->at_risk = std::max<Minor>(0, amount);
		finding->due_at = refund.occurred_at;
		sink.AddRecords(*finding, refund);
		finding->terms.push_back({"refunded", amount, subject});
		finding->terms.push_back({"orders", 0, {}, true});
		finding->terms.push_back({"payments", 0, {}, true});
		finding->formula = "orders + payments >= 1";
		finding->explanation =
		    sink.Text({"a refund of ", sink.Money(amount, refund.currency), " carries ",
		               IdsOf(refund, book, sink), ", and none of these leads to an order or a payment"});
		finding->remedy = sink.Text({"a record that names both ", subject, " and its payment or order"});
	}
}

// R + D > C + tolerance, but for what CHARGEBACK_AND_REFUND says of single captures.
void
CheckOverRefund(const OrderBook &book, Sink &sink) {
	const Minor tolerance = book.Tolerance(Reason::over_refund);
	Wide sum = Wide{book.totals.refunded} + book.totals.disputed - book.totals.captured;
	for (const DisputedCapture &capture : book.disputed_captures) {
		sum -= capture.payment->currency == book.totals.currency ? ExcessOf(capture, book) : 0;
	}
	const Minor excess = Clamp(sum);
	if (excess <= tolerance) {
		return;
	}
	// Without any capture the payment may still be on its way.
	std::optional<Instant> first;
	bool is_first = true;
	for (const Movement &refund : book.refunds) {
		// No moment sorts before every moment: it counts as long ago.
		if (refund.MovedIn(book.totals.currency) > 0 && (is_first || refund.occurred_at < first)) {
			first = refund.occurred_at;
			is_first = false;
		}
	}
	for (const RecordView *dispute : book.disputes) {
		if (IsTaken(*dispute) && dispute->currency == book.totals.currency &&
		    (is_first || dispute->occurred_at < first)) {
			first = dispute->occurred_at;
			is_first = false;
		}
	}
	const Instant due_at = DaysAfter(first, book.totals.captured > 0 ? 0 : book.policy.mapping_grace_days);
	Finding *finding = book.totals.captured > 0
	                       ? sink.Raise(Reason::over_refund, {}, book.totals.currency)
	                       : sink.RaiseIfDue(Reason::over_refund, {}, book.totals.currency, due_at, excess,
	                                         "the payment that was refunded is to come in");
	if (finding == nullptr) {
		return;
	}
	finding->expected = book.totals.captured;
	finding->actual = Plus(book.totals.refunded, book.totals.disputed);
	finding->at_risk = excess;
	finding->terms.push_back({"refunded", book.totals.refunded, {}});
	finding->terms.push_back({"disputed", book.totals.disputed, {}});
	finding->terms.push_back({"captured", book.totals.captured, {}});
	finding->terms.push_back({"tolerance", tolerance, {}});
	for (const auto *movements : {&book.payments, &book.refunds}) {
		for (const Movement &movement : *movements) {
			sink.AddRecords(*finding, movement);
		}
	}
	for (const RecordView *dispute : book.disputes) {
		sink.AddRecord(*finding, *dispute);
	}
	finding->formula = "refunded + disputed <= captured + tolerance";
	const std::string_view disputed =
	    book.totals.disputed == 0
	        ? std::string_view{}
	        : sink.Text({" and disputed ", sink.Money(book.totals.disputed, book.totals.currency)});
	finding->explanation =
	    sink.Text({"refunded ", sink.Money(book.totals.refunded, book.totals.currency), disputed, " of ",
	               sink.Money(book.totals.captured, book.totals.currency),
	               " captured: ", sink.Money(excess, book.totals.currency), " too much"});
	finding->remedy = sink.Text({sink.Money(excess, book.totals.currency), " less refunded"});
}

// The payment that the authority says it pays back, "" when it says none.
std::string_view
AboutOf(const Movement &refund) {
	for (const RecordView *record : refund.records) {
		if (!record->about.empty() && record->system == refund.authority->system) {
			return record->about;
		}
	}
	return {};
}

// Whether two refunds are so alike and so close that one of them may be a second click.
bool
IsSuspect(const Movement &a, const Movement &b, const Policy &policy) {
	if (a.moved <= 0 || a.moved != b.moved || a.currency != b.currency || !a.occurred_at || !b.occurred_at ||
	    a.authority->system != b.authority->system) {
		return false;
	}
	const std::string_view about_a = AboutOf(a);
	const std::string_view about_b = AboutOf(b);
	if (!about_a.empty() && !about_b.empty() && about_a != about_b) {
		return false;
	}
	return Apart(*a.occurred_at, *b.occurred_at) <= policy.duplicate_refund_minutes * microseconds_per_minute;
}

// Names the later of two refunds as the suspect.
void
RaiseDuplicate(const Movement &first, const Movement &second, Sink &sink) {
	const std::string_view subject = sink.Id(*second.authority);
	Finding *finding = sink.Raise(Reason::duplicate_refund, subject, second.currency);
	if (finding == nullptr) {
		return;
	}
	finding->expected = second.moved;
	finding->actual = Plus(first.moved, second.moved);
	finding->at_risk = second.moved;
	sink.AddRecords(*finding, first);
	sink.AddRecords(*finding, second);
	finding->terms.push_back({"equal_refunds", 2, {}, true});
	finding->formula = "equal_refunds <= 1";
	finding->explanation = sink.Text({"two refunds of ", sink.Money(second.moved, second.currency),
	                                  " within minutes: ", sink.Id(*first.authority), " and ", subject});
	finding->remedy = sink.Text({"the refund ", subject, " taken back"});
}

// Each refund against the earlier ones.
void
CheckDuplicateRefunds(const OrderBook &book, Sink &sink) {
	Vector<const Movement *> by_time(book.arena);
	for (const Movement &refund : book.refunds) {
		by_time.push_back(&refund);
	}
	std::sort(by_time.begin(), by_time.end(), [](const Movement *a, const Movement *b) {
		return std::tuple(a->occurred_at, a->authority->external_id) <
		       std::tuple(b->occurred_at, b->authority->external_id);
	});
	for (std::size_t i = 1; i < by_time.size(); ++i) {
		for (std::size_t j = i; j-- > 0;) {
			if (IsSuspect(*by_time[j], *by_time[i], book.policy)) {
				RaiseDuplicate(*by_time[j], *by_time[i], sink);
				break;
			}
		}
	}
}

// The notes of a refund that a store keeps: its transactions, not its documents.
bool
IsNote(const RecordView &record) {
	return !IsProcessor(record) && !record.is_summary && HasMoved(record.status);
}

// Whether two records name one refund of a processor.
bool
HaveCommonId(const RecordView &a, const RecordView &b) {
	return std::any_of(a.same_ids.begin(), a.same_ids.end(), [&](const auto id) {
		return std::binary_search(b.same_ids.begin(), b.same_ids.end(), id);
	});
}

// Names the later of two notes of one refund.
void
RaiseNotedTwice(const RecordView &first, const RecordView &second, Sink &sink) {
	const std::string_view subject = sink.Id(second);
	Finding *finding = sink.Raise(Reason::duplicate_refund, subject, second.currency);
	if (finding == nullptr) {
		return;
	}
	const Minor amount = std::max<Minor>(0, second.amount.value_or(0));
	finding->expected = first.amount;
	finding->actual = Plus(first.amount.value_or(0), second.amount.value_or(0));
	finding->at_risk = amount;
	sink.AddRecord(*finding, first);
	sink.AddRecord(*finding, second);
	finding->terms.push_back({"notes_of_the_refund", 2, {}, true});
	finding->formula = "notes_of_the_refund <= 1";
	finding->explanation = sink.Text({"one refund of the processor is noted twice: in ", sink.Id(first),
	                                  " and ", subject, ", ", sink.Money(amount, second.currency)});
	finding->remedy = sink.Text({"the note ", subject, " deleted"});
}

// One refund of the processor that the store has noted twice: it counts once, the store's books twice.
void
CheckNotedTwice(const OrderBook &book, Sink &sink) {
	Vector<const RecordView *> notes(book.arena);
	for (const Movement &refund : book.refunds) {
		notes.clear();
		std::copy_if(refund.records.begin(), refund.records.end(), std::back_inserter(notes),
		             [](const RecordView *record) { return IsNote(*record); });
		std::sort(notes.begin(), notes.end(), [](const RecordView *a, const RecordView *b) {
			return std::tie(a->occurred_at, a->external_id, a->connection_id) <
			       std::tie(b->occurred_at, b->external_id, b->connection_id);
		});
		for (std::size_t i = 1; i < notes.size(); ++i) {
			for (std::size_t j = i; j-- > 0;) {
				if (notes[i]->object == notes[j]->object &&
				    notes[i]->connection_id == notes[j]->connection_id &&
				    HaveCommonId(*notes[i], *notes[j])) {
					RaiseNotedTwice(*notes[j], *notes[i], sink);
					break;
				}
			}
		}
	}
}

// Refunds in a currency in which nothing was captured. Where a payment has the same currency, that payment
// is the finding.
void
CheckCurrency(const OrderBook &book, Sink &sink) {
	for (const Movement &refund : book.refunds) {
		const bool is_explained =
		    std::any_of(book.payments.begin(), book.payments.end(), [&](const Movement &payment) {
			    return payment.moved > 0 && payment.currency == refund.currency;
		    });
		if (refund.moved <= 0 || refund.IsIn(book.totals.currency) || is_explained) {
			continue;
		}
		const std::string_view subject = sink.Id(*refund.authority);
		Finding *finding = sink.Raise(Reason::currency_mismatch, subject, refund.currency);
		if (finding == nullptr) {
			continue;
		}
		finding->actual = refund.moved;
		finding->at_risk = refund.moved;
		sink.AddRecord(*finding, *book.order);
		sink.AddRecords(*finding, refund);
		finding->terms.push_back({"refunds_in_other_currencies", 1, subject, true});
		finding->formula = "refunds_in_other_currencies = 0";
		finding->explanation = sink.Text({"the order is in ", book.totals.currency, ", but ",
		                                  sink.Money(refund.moved, refund.currency), " were refunded"});
		finding->remedy = sink.Text({"the refund in ", book.totals.currency});
	}
}

} // namespace

void
CheckRefund(const OrderBook &book, Sink &sink) {
	const bool has_payment = std::any_of(book.payments.begin(), book.payments.end(),
	                                     [](const Movement &payment) { return payment.moved > 0; });
	if (book.order == nullptr && !has_payment) {
		CheckRefundWithoutOrder(book, sink);
	} else {
		CheckOverRefund(book, sink);
	}
	if (book.is_order_known) {
		CheckCurrency(book, sink);
	}
	CheckDuplicateRefunds(book, sink);
	CheckNotedTwice(book, sink);
}

} // namespace meshline
