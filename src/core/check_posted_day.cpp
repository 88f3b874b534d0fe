// SPDX-License-Identifier: PostgreSQL
// Family posting, of days: the period that a ledger gives to what it books, against that of the sale or
// refund.
#include <algorithm>
#include <charconv>

#include "core/posted.hpp"

namespace meshline {

namespace {

constexpr Instant microseconds_per_day = 86'400'000'000;

bool
IsSamePeriod(const Policy &policy, Day a, Day b) noexcept {
	return MonthOf(a) == MonthOf(b) &&
	       (!policy.closed_through || (a <= *policy.closed_through) == (b <= *policy.closed_through));
}

// Whether no time zone can put an edge of a period between two moments: most are settled without any zone.
bool
IsFarFromEdge(const Policy &policy, Instant a, Instant b) noexcept {
	return IsSamePeriod(policy, DayInUtc(Minus(std::min(a, b), microseconds_per_day)),
	                    DayInUtc(Plus(std::max(a, b), microseconds_per_day)));
}

// What a posting books, and when it took place.
struct Booked {
	const RecordView *posting;
	Vector<Instant> moments; // of the sale or the refunds that it may book
	Calendar store;
	Calendar ledger;
	Day day; // the ledger's
};

// 20260131 for 2026-01-31, so that a formula can be read; it rises with the days.
Minor
DayNumber(Day day) noexcept {
	constexpr std::size_t month_and_day = 6; // "-01-31"
	char buffer[day_text_size];
	const std::string_view text = FormatDay(day, buffer);
	const char *const rest = text.data() + text.size() - month_and_day;
	Minor year = 0;
	Minor month = 0;
	Minor day_of_month = 0;
	std::from_chars(text.data(), rest, year);
	std::from_chars(rest + 1, rest + 3, month);
	std::from_chars(rest + 4, rest + 6, day_of_month);
	return year * 10'000 + month * 100 + day_of_month;
}

// Writes down both days; `moment` is that of the sale or refund.
void
Describe(const OrderBook &book, const Booked &booked, Instant moment, Finding &finding, Sink &sink) {
	const RecordView &posting = *booked.posting;
	finding.at_risk = std::max<Minor>(0, *posting.amount);
	sink.AddRecord(finding, posting);
	sink.AddRecord(finding, *book.order);
	finding.terms.push_back({"posted", *posting.amount, sink.Id(posting)});
	finding.terms.push_back({"posted_on", DayNumber(booked.day), sink.Id(posting), true});
	const Day day = booked.store.DayOf(moment);
	const bool is_sale = posting.posting == Posting::sale;
	finding.terms.push_back({is_sale ? "sold_on" : "refunded_on", DayNumber(day), {}, true});
	char posted_text[day_text_size];
	char day_text[day_text_size];
	const std::string_view on = sink.Text({FormatDay(day, day_text)});
	finding.explanation =
	    sink.Text({sink.Id(posting), " books ", sink.Money(*posting.amount, posting.currency), " on ",
	               FormatDay(booked.day, posted_text), ", and it was ", is_sale ? "sold" : "refunded", " on ",
	               on, " in the store's time zone: that is another period"});
	finding.remedy = sink.Text({"the document dated ", on});
}

// A date that is right in UTC or in the ledger's own zone, and puts the money into another period.
bool
RaiseCutoff(const OrderBook &book, const Booked &booked, Sink &sink) {
	for (const Instant moment : booked.moments) {
		const bool is_date_only =
		    booked.ledger.IsMidnight(*booked.posting->occurred_at) || moment == *booked.posting->occurred_at;
		if (!is_date_only || (booked.day != DayInUtc(moment) && booked.day != booked.ledger.DayOf(moment))) {
			continue;
		}
		const std::string_view subject = sink.Id(*booked.posting);
		if (Finding *finding = sink.Raise(Reason::timezone_cutoff, subject, booked.posting->currency)) {
			Describe(book, booked, moment, *finding, sink);
			finding->formula =
			    booked.posting->posting == Posting::sale ? "posted_on = sold_on" : "posted_on = refunded_on";
		}
		return true;
	}
	return false;
}

// A refund in a period before the one in which it was made: mostly that of its order. The day before may be
// the same day, of a ledger that writes its dates as moments of another zone.
void
RaiseEarlyRefund(const OrderBook &book, const Booked &booked, Sink &sink) {
	const Instant first = *std::min_element(booked.moments.begin(), booked.moments.end());
	if (booked.posting->posting != Posting::refund || booked.day >= booked.store.DayOf(first) - 1) {
		return;
	}
	const std::string_view subject = sink.Id(*booked.posting);
	if (Finding *finding = sink.Raise(Reason::refund_wrong_period, subject, booked.posting->currency)) {
		Describe(book, booked, first, *finding, sink);
		finding->formula = "posted_on >= refunded_on";
	}
}

// The moments that a posting may rightly be dated by: of a sale, its order's and its captures'; of a refund,
// those of the refunds that it names or that are of its amount, else of all.
void
CollectMoments(const OrderBook &book, const RecordView &posting, Vector<Instant> &moments) {
	const auto add = [&](const std::optional<Instant> &moment) {
		if (moment) {
			moments.push_back(*moment);
		}
	};
	if (posting.posting == Posting::sale) {
		add(book.order->occurred_at);
		return;
	}
	const auto fits = [&](const Movement &refund) {
		return refund.moved == *posting.amount ||
		       std::any_of(refund.records.begin(), refund.records.end(),
		                   [&](const RecordView *record) { return IsAbout(posting, *record); });
	};
	for (const bool must_fit : {true, false}) {
		for (const Movement &refund : book.refunds) {
			if (refund.moved > 0 && refund.currency == posting.currency && (!must_fit || fits(refund))) {
				add(refund.occurred_at);
			}
		}
		if (!moments.empty()) {
			return;
		}
	}
}

// Whether the day of one of the captures is what the sale was booked by.
bool
IsDatedByCapture(const OrderBook &book, const Booked &booked) {
	return booked.posting->posting == Posting::sale &&
	       std::any_of(book.payments.begin(), book.payments.end(), [&](const Movement &payment) {
		       return payment.moved > 0 && payment.occurred_at &&
		              IsSamePeriod(book.policy, booked.store.DayOf(*payment.occurred_at), booked.day);
	       });
}

void
CheckDay(const OrderBook &book, const RecordView &posting, Sink &sink) {
	Booked booked{&posting, Vector<Instant>(book.arena), {}, {}, 0};
	CollectMoments(book, posting, booked.moments);
	const auto is_settled = [&](Instant moment) {
		return IsFarFromEdge(book.policy, moment, *posting.occurred_at);
	};
	if (booked.moments.empty() || std::any_of(booked.moments.begin(), booked.moments.end(), is_settled)) {
		return;
	}
	booked.store = book.policy.CalendarOf(book.order->connection_id);
	booked.ledger = book.policy.CalendarOf(posting.connection_id);
	booked.day = booked.ledger.DayOf(*posting.occurred_at);
	const bool is_right = std::any_of(booked.moments.begin(), booked.moments.end(), [&](Instant moment) {
		return IsSamePeriod(book.policy, booked.store.DayOf(moment), booked.day);
	});
	if (!is_right && !IsDatedByCapture(book, booked) && !RaiseCutoff(book, booked, sink)) {
		RaiseEarlyRefund(book, booked, sink);
	}
}

} // namespace

void
CheckPostedDays(const OrderBook &book, const Posted &posted, Sink &sink) {
	for (const RecordView *record : book.records) {
		// What was altered in a closed period, or added to one, is a finding of its own.
		const bool is_period_kept = record->frozen != nullptr
		                                ? !IsAltered(book, *record)
		                                : !book.policy.IsClosed(record->connection_id, record->occurred_at);
		if (IsPartOf(book, *record, posted) && !record->is_summary && record->occurred_at && is_period_kept) {
			CheckDay(book, *record, sink);
		}
	}
}

} // namespace meshline
