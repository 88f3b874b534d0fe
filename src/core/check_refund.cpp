// SPDX-License-Identifier: PostgreSQL
// Family refund: refunds against what was captured, and against each other.
#include <algorithm>
#include <tuple>

#include "core/order_book.hpp"

namespace meshline {

namespace {

constexpr Instant microseconds_per_minute = 60'000'000;

std::string_view
IdsOf(const Movement &refund, Sink &sink) {
	std::string_view all;
	for (const RecordView *record : refund.records) {
		for (const auto &ids : {record->same_ids, record->ref_ids}) {
			for (const auto id : ids) {
				all = all.empty() ? id : sink.Text({all, ", ", id});
			}
		}
	}
	return all;
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
		finding->at_risk = amount;
		finding->due_at = refund.occurred_at;
		sink.AddRecords(*finding, refund);
		finding->terms.push_back({"refunded", amount, subject});
		finding->terms.push_back({"captured", 0, {}});
		finding->formula = "refunded <= captured";
		finding->explanation =
		    sink.Text({"a refund of ", sink.Money(amount, refund.currency), " carries ", IdsOf(refund, sink),
		               ", and none of these leads to an order or a payment"});
		finding->remedy = sink.Text({"a record that names both ", subject, " and its payment or order"});
	}
}

void
CheckOverRefund(const OrderBook &book, Sink &sink) {
	const Minor tolerance = book.Tolerance(Reason::over_refund);
	const Minor excess = book.totals.refunded - book.totals.captured;
	if (excess <= tolerance) {
		return;
	}
	// Without any capture the payment may still be on its way.
	std::optional<Instant> first;
	for (const Movement &refund : book.refunds) {
		if (refund.moved > 0 && refund.occurred_at && (!first || *refund.occurred_at < *first)) {
			first = refund.occurred_at;
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
	finding->actual = book.totals.refunded;
	finding->at_risk = excess;
	finding->terms.push_back({"refunded", book.totals.refunded, {}});
	finding->terms.push_back({"captured", book.totals.captured, {}});
	finding->terms.push_back({"tolerance", tolerance, {}});
	for (const auto *movements : {&book.payments, &book.refunds}) {
		for (const Movement &movement : *movements) {
			sink.AddRecords(*finding, movement);
		}
	}
	finding->formula = "refunded <= captured + tolerance";
	finding->explanation = sink.Text({"refunded ", sink.Money(book.totals.refunded, book.totals.currency), " of ",
	                                  sink.Money(book.totals.captured, book.totals.currency), " captured: ",
	                                  sink.Money(excess, book.totals.currency), " too much"});
	finding->remedy = sink.Text({sink.Money(excess, book.totals.currency), " less refunded"});
}

std::string_view
AboutOf(const Movement &refund) {
	for (const RecordView *record : refund.records) {
		if (!record->about.empty() && record->system == refund.authority->system) {
			return record->about;
		}
	}
	return {};
}

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
	const Instant gap = *a.occurred_at > *b.occurred_at ? *a.occurred_at - *b.occurred_at
	                                                    : *b.occurred_at - *a.occurred_at;
	return gap <= policy.duplicate_refund_minutes * microseconds_per_minute;
}

void
RaiseDuplicate(const Movement &first, const Movement &second, Sink &sink) {
	const std::string_view subject = sink.Id(*second.authority);
	Finding *finding = sink.Raise(Reason::duplicate_refund, subject, second.currency);
	if (finding == nullptr) {
		return;
	}
	finding->expected = second.moved;
	finding->actual = AddClamped(first.moved, second.moved);
	finding->at_risk = second.moved;
	sink.AddRecords(*finding, first);
	sink.AddRecords(*finding, second);
	finding->terms.push_back({"equal_refunds", 2, {}});
	finding->formula = "equal_refunds <= 1";
	finding->explanation = sink.Text({"two refunds of ", sink.Money(second.moved, second.currency),
	                                  " within minutes: ", sink.Id(*first.authority), " and ", subject});
	finding->remedy = sink.Text({"the refund ", subject, " taken back"});
}

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
	CheckDuplicateRefunds(book, sink);
}

} // namespace meshline
