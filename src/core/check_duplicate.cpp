// SPDX-License-Identifier: PostgreSQL
// Family ingest, of what looks like something that is there already: orders sent twice or keyed in again by
// hand, customers with two records. Of two, the later one is reported.
#include <cmath>

#include "core/order_book.hpp"
#include "core/wide.hpp"

namespace meshline {

namespace {

constexpr Instant microseconds_per_second = 1'000'000;

bool
IsLater(const LikeRecord &like, std::string_view own_id) noexcept {
	const auto own = std::pair(like.own->occurred_at, own_id);
	return own > std::pair(like.occurred_at, like.id);
}

bool
IsWithin(const LikeRecord &like, Instant seconds) noexcept {
	return like.own->occurred_at && like.occurred_at &&
	       Apart(*like.own->occurred_at, *like.occurred_at) <= seconds * microseconds_per_second;
}

Reason
ReasonOf(const LikeRecord &like) noexcept {
	if (like.own->kind == Kind::customer) {
		return Reason::duplicate_customer;
	}
	return like.own->connection_id == like.connection_id ? Reason::duplicate_order_retry
	                                                     : Reason::duplicate_order_manual;
}

// Whether the two are near enough to each other that their likeness means something. A customer who buys the
// same again the day after has two orders.
bool
IsNear(const LikeRecord &like, Reason reason, const Policy &policy) noexcept {
	if (reason == Reason::duplicate_customer) {
		return true;
	}
	if (like.own->amount != like.amount || like.own->currency != like.currency) {
		return false;
	}
	if (reason == Reason::duplicate_order_manual) {
		return IsWithin(like, Instant{policy.duplicate_order_days} * 86'400);
	}
	const bool is_other_cart =
	    like.own->line_count > 0 && like.line_count > 0 && like.own->line_count != like.line_count;
	return !is_other_cart && IsWithin(like, Instant{policy.duplicate_order_minutes} * 60);
}

// A ledger's copy of an order is no second order: who buys the same again has two orders and two bookings.
bool
IsBooking(const LikeRecord &like, const OrderBook &book) noexcept {
	return like.is_booking || (like.own->kind == Kind::posting && book.order != nullptr);
}

void
Explain(const LikeRecord &like, Reason reason, const OrderBook &book, Finding &finding, Sink &sink) {
	const std::string_view subject = finding.subject;
	if (like.is_confirmed) {
		finding.terms.push_back({"confirmed_duplicates", 1, subject, true});
		finding.formula = "confirmed_duplicates = 0";
		finding.explanation = sink.Text({subject, " is ", like.id, " once more, as somebody confirmed"});
	} else {
		const auto weight = static_cast<Minor>(std::llround(like.weight * 1000));
		finding.terms.push_back({"match_weight_thousandths", weight, subject, true});
		finding.terms.push_back(
		    {"reported_from_thousandths", Minor{book.policy.duplicate_weight} * 1000, {}, true});
		finding.formula = "match_weight_thousandths < reported_from_thousandths";
		finding.explanation =
		    reason == Reason::duplicate_customer
		        ? sink.Text({subject, " looks like the person of ", like.id})
		        : sink.Text({subject, " looks like ", like.id, " once more: the same buyer and ",
		                     sink.Money(like.amount.value_or(0), like.currency)});
	}
	finding.remedy =
	    reason == Reason::duplicate_customer
	        ? "the two merged at their source, or meshline.reject_match() if they are two people"
	        : sink.Text(
	              {subject, " voided at its source, or meshline.reject_match() if they are two orders"});
}

} // namespace

void
CheckDuplicate(std::span<const LikeRecord> likes, const OrderBook &book, Sink &sink) {
	for (const LikeRecord &like : likes) {
		const RecordView &own = *like.own;
		const std::string_view subject = sink.Id(own);
		const Reason reason = ReasonOf(like);
		if (!IsUsable(own) || IsDead(own.status) || IsDead(like.status) || IsBooking(like, book) ||
		    !IsLater(like, subject)) {
			continue;
		}
		if (!like.is_confirmed &&
		    (like.weight < book.policy.duplicate_weight || !IsNear(like, reason, book.policy))) {
			continue;
		}
		Finding *finding = sink.Raise(reason, subject, own.currency);
		if (finding == nullptr) {
			continue;
		}
		finding->actual = own.amount;
		finding->at_risk = std::max<Minor>(0, own.amount.value_or(0));
		sink.AddRecord(*finding, own);
		finding->record_ids.push_back(like.id);
		Explain(like, reason, book, *finding, sink);
	}
}

} // namespace meshline
