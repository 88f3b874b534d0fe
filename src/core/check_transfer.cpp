// SPDX-License-Identifier: PostgreSQL
// Family settlement, of the bank: payouts against statement lines of their currency and amount.
#include <algorithm>
#include <tuple>

#include "core/order_book.hpp"
#include "core/wide.hpp"

namespace meshline {

namespace {

constexpr Instant microseconds_per_day = 86'400'000'000;

// When a payout should be at the bank, or when a line was booked.
std::optional<Instant>
ArrivalOf(const RecordView &record) noexcept {
	return record.kind == Kind::payout && record.expected_at ? record.expected_at : record.occurred_at;
}

// Until how many days after its moment the counterpart is waited for; absent: it is not expected at all.
std::optional<int>
WindowOf(const OrderBook &book, const RecordView &record) noexcept {
	const ConnectionPolicy *policy = book.policy.Of(record.connection_id);
	return policy == nullptr ? std::nullopt : policy->bank_arrival_window_days;
}

// The live ones of a kind, in the order of their moments.
Vector<const RecordView *>
InOrder(const OrderBook &book, Kind kind) {
	Vector<const RecordView *> records(book.arena);
	for (const RecordView *record : book.records) {
		if (record->kind == kind && IsUsable(*record) && !IsDead(record->status)) {
			records.push_back(record);
		}
	}
	std::stable_sort(records.begin(), records.end(),
	                 [](const RecordView *a, const RecordView *b) { return ArrivalOf(*a) < ArrivalOf(*b); });
	return records;
}

// Banks may book a payout up to a day before the processor expects it.
bool
IsPair(const RecordView &payout, const RecordView &line, int window_days) noexcept {
	const auto due = ArrivalOf(payout);
	const auto booked = ArrivalOf(line);
	return due && booked && *booked >= Clamp(Wide{*due} - microseconds_per_day) &&
	       *booked <= Clamp(*due + Wide{window_days} * microseconds_per_day);
}

std::string_view
NamespaceOf(std::string_view id) noexcept {
	return id.substr(0, id.find('/'));
}

// Whether the line's text names this payout; absent: it names none of this payout's kind.
std::optional<bool>
Names(const RecordView &line, const RecordView &payout) noexcept {
	std::optional<bool> names;
	for (const std::string_view named : line.weak_ids) {
		for (const std::string_view own : payout.same_ids) {
			if (named == own) {
				return true;
			}
			if (NamespaceOf(named) == NamespaceOf(own)) {
				names = false;
			}
		}
	}
	return names;
}

// Takes the line of a payout out of those that are left: one whose text names it, whenever it was booked, or
// the earliest of its days that names none of its kind. Whether there is one.
bool
TakeLine(Vector<const RecordView *> &lines, const RecordView &payout, int window_days, bool by_name) {
	const auto line = std::find_if(lines.begin(), lines.end(), [&](const RecordView *candidate) {
		const auto names = Names(*candidate, payout);
		return by_name ? names == true : !names && IsPair(payout, *candidate, window_days);
	});
	const bool is_there = line != lines.end();
	if (is_there) {
		lines.erase(line);
	}
	return is_there;
}

void
Describe(const RecordView &record, Finding &finding, Sink &sink) {
	finding.at_risk = record.amount.value_or(0);
	sink.AddRecord(finding, record);
}

void
RaiseNotInBank(const RecordView &payout, int window_days, Sink &sink) {
	const std::string_view subject = sink.Id(payout);
	const Minor amount = payout.amount.value_or(0);
	const std::string_view money = sink.Money(amount, payout.currency);
	Finding *finding = sink.RaiseIfDue(Reason::payout_not_in_bank, subject, payout.currency,
	                                   DaysAfter(ArrivalOf(payout), window_days), amount,
	                                   sink.Text({money, " of ", subject, " are to arrive at the bank"}));
	if (finding == nullptr) {
		return;
	}
	Describe(payout, *finding, sink);
	finding->expected = amount;
	finding->actual = 0;
	finding->terms.push_back({"paid_out", amount, subject});
	finding->terms.push_back({"received", 0, {}});
	finding->formula = "received >= paid_out";
	finding->explanation = sink.Text({money, " were paid out in ", subject,
	                                  ", and no line of the bank of that "
	                                  "amount is left for it"});
	finding->remedy = sink.Text({"a line of the bank of ", money, ", or ", subject, " failed at its source"});
}

void
RaiseUnexplained(const RecordView &line, int window_days, Sink &sink) {
	const std::string_view subject = sink.Id(line);
	const Minor amount = line.amount.value_or(0);
	const std::string_view money = sink.Money(amount, line.currency);
	Finding *finding = sink.RaiseIfDue(Reason::bank_line_unexplained, subject, line.currency,
	                                   DaysAfter(ArrivalOf(line), window_days), amount,
	                                   sink.Text({"a payout is to explain ", money, " of ", subject}));
	if (finding == nullptr) {
		return;
	}
	Describe(line, *finding, sink);
	finding->expected = 0;
	finding->actual = amount;
	finding->terms.push_back({"received", amount, subject});
	finding->terms.push_back({"paid_out", 0, {}});
	finding->formula = "paid_out >= received";
	finding->explanation = sink.Text(
	    {"the bank has received ", money, " in ", subject, ", and no payout of that amount explains it"});
	finding->remedy = sink.Text({"a payout of ", money, " that arrives then"});
}

} // namespace

void
CheckTransfer(const OrderBook &book, Sink &sink) {
	const Vector<const RecordView *> payouts = InOrder(book, Kind::payout);
	Vector<const RecordView *> lines = InOrder(book, Kind::bank_line), unnamed(book.arena);
	const auto days_of = [&](const RecordView &payout) {
		return WindowOf(book, payout).value_or(default_bank_arrival_window_days);
	};
	for (const RecordView *payout : payouts) {
		if (!TakeLine(lines, *payout, days_of(*payout), true)) {
			unnamed.push_back(payout);
		}
	}
	for (const RecordView *payout : unnamed) {
		if (!TakeLine(lines, *payout, days_of(*payout), false) && WindowOf(book, *payout)) {
			RaiseNotInBank(*payout, days_of(*payout), sink);
		}
	}
	for (const RecordView *line : lines) {
		if (const std::optional<int> window = WindowOf(book, *line)) {
			RaiseUnexplained(*line, *window, sink);
		}
	}
}

} // namespace meshline
