// SPDX-License-Identifier: PostgreSQL
// Family posting, of closed periods: their postings stay as they were, and none is added.
#include <algorithm>

#include "core/posted.hpp"

namespace meshline {

namespace {

// A document that books nothing itself may change: what follows from it is booked by another.
bool
IsBooking(const RecordView &record) {
	return record.kind == Kind::posting && !record.is_summary && IsUsable(record);
}

std::string_view
DayText(Day day, const Sink &sink) {
	char buffer[day_text_size];
	return sink.Text({FormatDay(day, buffer)});
}

void
RaiseAltered(const OrderBook &book, const RecordView &record, const ChangeSinceClose &change, Sink &sink) {
	const std::string_view subject = sink.Id(record);
	const std::string_view currency = record.frozen->currency;
	Finding *finding = sink.Raise(Reason::posting_altered_after_match, subject, currency);
	if (finding == nullptr) {
		return;
	}
	const Minor gap = Apart(change.posted, change.frozen);
	finding->expected = change.frozen;
	finding->actual = change.posted;
	finding->at_risk = gap != 0 ? gap : change.part_gap;
	sink.AddRecord(*finding, record);
	if (book.order != nullptr) {
		sink.AddRecord(*finding, *book.order);
	}
	finding->terms.push_back({"posted", change.posted, subject});
	finding->terms.push_back({"posted_at_close", change.frozen, {}});
	finding->terms.push_back({"other_changes", change.others, subject, true});
	finding->formula = "posted = posted_at_close and other_changes = 0";
	const std::string_view what =
	    IsDead(record.status) ? "it is gone"
	    : gap != 0            ? sink.Text({"it books ", sink.Money(change.posted, currency), " there now"})
	                          : "its date or its parts have changed";
	finding->explanation = sink.Text({subject, " booked ", sink.Money(change.frozen, currency),
	                                  " when its period was closed, and ", what});
	finding->remedy = sink.Text({subject, " set back to what it was, with a document of an open period for "
	                                      "the difference"});
}

void
RaiseOutOfPeriod(const OrderBook &book, const RecordView &record, Sink &sink) {
	const std::string_view subject = sink.Id(record);
	Finding *finding = sink.Raise(Reason::posting_out_of_period, subject, record.currency);
	if (finding == nullptr) {
		return;
	}
	const Minor amount = record.amount.value_or(0);
	const Day day = book.policy.CalendarOf(record.connection_id).DayOf(*record.occurred_at);
	finding->expected = 0;
	finding->actual = amount;
	finding->at_risk = std::max<Minor>(0, amount);
	sink.AddRecord(*finding, record);
	if (book.order != nullptr) {
		sink.AddRecord(*finding, *book.order);
	}
	finding->terms.push_back({"postings_added_to_closed_periods", 1, subject, true});
	finding->terms.push_back({"posted", amount, subject});
	finding->formula = "postings_added_to_closed_periods = 0";
	finding->explanation = sink.Text({subject, " books ", sink.Money(amount, record.currency), " on ",
	                                  DayText(day, sink), ", and the books were closed through ",
	                                  DayText(*book.policy.closed_through, sink), " without it"});
	finding->remedy = sink.Text({subject, " dated to an open period"});
}

} // namespace

ChangeSinceClose::ChangeSinceClose(const OrderBook &book, const RecordView &record) {
	const FrozenPosting &before = *record.frozen;
	frozen = before.amount.value_or(0);
	if (!IsUsable(record) || record.content_hash == before.content_hash) {
		posted = frozen;
		return;
	}
	const Calendar calendar = book.policy.CalendarOf(record.connection_id);
	const Day day = record.occurred_at ? calendar.DayOf(*record.occurred_at) : 0;
	const Day day_before = before.occurred_at ? calendar.DayOf(*before.occurred_at) : day;
	const bool is_there = !IsDead(record.status) && record.currency == before.currency &&
	                      book.policy.IsClosed(record.connection_id, record.occurred_at) &&
	                      MonthOf(day) == MonthOf(day_before);
	posted = is_there ? record.amount.value_or(0) : 0;
	others += is_there && day == day_before ? 0 : 1;
	for (std::size_t i = 0; i < part_count; ++i) {
		const auto &was = before.parts[static_cast<Part>(i)];
		const auto &is = record.parts[static_cast<Part>(i)];
		if (was && is && *was != *is) {
			++others;
			part_gap = std::max(part_gap, Apart(*was, *is));
		}
	}
}

void
CheckPeriod(const OrderBook &book, Sink &sink) {
	if (!book.policy.closed_through) {
		return;
	}
	for (const RecordView *record : book.records) {
		if (!IsBooking(*record)) {
			continue;
		}
		if (record->frozen != nullptr) {
			const ChangeSinceClose change(book, *record);
			if (change.IsAny()) {
				RaiseAltered(book, *record, change, sink);
			}
		} else if (!IsDead(record->status) &&
		           book.policy.IsClosed(record->connection_id, record->occurred_at)) {
			RaiseOutOfPeriod(book, *record, sink);
		}
	}
}

} // namespace meshline
