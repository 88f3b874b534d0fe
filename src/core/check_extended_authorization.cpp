// SPDX-License-Identifier: PostgreSQL
// Family payment, of captures that came after the usual window of their authorization: processors charge
// extra.
#include <algorithm>

#include "core/extended_authorization.hpp"

namespace meshline {

namespace {

// The first capture that the source of an authorization tells of; a processor's own record may keep the
// moment of the authorization.
const RecordView *
CaptureOf(const Movement &payment, const RecordView &authorization) {
	const RecordView *first = nullptr;
	for (const RecordView *record : payment.records) {
		if (HasMoved(record->status) && record->connection_id == authorization.connection_id &&
		    record->occurred_at && (first == nullptr || record->occurred_at < first->occurred_at)) {
			first = record;
		}
	}
	return first;
}

} // namespace

std::optional<LateCapture>
LateCaptureOf(const OrderBook &book, const Movement &payment) {
	for (const RecordView *record : payment.records) {
		const ConnectionPolicy *policy = book.policy.Of(record->connection_id);
		if (record->status != Status::authorized || !record->expected_at || !record->occurred_at ||
		    policy == nullptr || !policy->authorization_window_days) {
			continue;
		}
		const Instant usual_end = DaysAfter(record->occurred_at, *policy->authorization_window_days);
		const RecordView *capture = CaptureOf(payment, *record);
		if (capture != nullptr && *capture->occurred_at > usual_end &&
		    *capture->occurred_at <= *record->expected_at) {
			const auto late = Wide{*capture->occurred_at} - usual_end;
			constexpr Instant microseconds_per_hour = 3'600'000'000;
			return LateCapture{record, capture,
			                   Clamp((late + microseconds_per_hour - 1) / microseconds_per_hour)};
		}
	}
	return std::nullopt;
}

void
RaiseExtended(const Movement &payment, const LateCapture &late, Minor extra, Sink &sink) {
	const std::string_view subject = sink.Id(*late.capture);
	Finding *finding = sink.Raise(Reason::extended_auth_fee, subject, payment.currency);
	if (finding == nullptr) {
		return;
	}
	finding->expected = 0;
	finding->actual = extra;
	finding->at_risk = extra;
	sink.AddRecords(*finding, payment);
	finding->terms.push_back({"hours_after_the_usual_window", late.hours, subject, true});
	finding->terms.push_back({"extra_fee", extra, {}});
	finding->formula = "hours_after_the_usual_window <= 0";
	finding->explanation =
	    sink.Text({subject, " captured ", sink.Money(payment.moved, payment.currency),
	               " after the usual window of the authorization ", sink.Id(*late.authorization),
	               extra > 0 ? ", which cost " : ", for which processors charge extra",
	               extra > 0 ? sink.Money(extra, payment.currency) : std::string_view{},
	               extra > 0 ? " on top of the agreed fee" : ""});
	if (extra > 0) {
		finding->correction = Correction{"fee", extra};
	}
	finding->remedy =
	    "the extra fee booked, and captures made within the usual window; then resolve_exception()";
}

} // namespace meshline
