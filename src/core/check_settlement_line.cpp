// SPDX-License-Identifier: PostgreSQL
// Family settlement, of single lines: what the processor kept of a capture, and captures settled twice.
#include <algorithm>
#include <tuple>

#include "core/extended_authorization.hpp"
#include "core/order_book.hpp"
#include "core/wide.hpp"

namespace meshline {

namespace {

constexpr Minor basis_points_of_all = 10'000;

// The live settlement lines that name the payment as what they are about, and nothing that came after it.
Vector<const RecordView *>
LinesOf(const OrderBook &book, const Movement &payment) {
	Vector<const RecordView *> lines(book.arena);
	for (const RecordView *line : book.records) {
		if (line->kind != Kind::settlement_line || line->role == Role::ledger || !IsUsable(*line) ||
		    IsDead(line->status) || line->currency != payment.currency || !line->amount) {
			continue;
		}
		const bool is_about =
		    std::any_of(payment.records.begin(), payment.records.end(), [&](const RecordView *record) {
			    return std::binary_search(record->same_ids.begin(), record->same_ids.end(), line->about);
		    });
		if (is_about) {
			lines.push_back(line);
		}
	}
	std::sort(lines.begin(), lines.end(), [](const RecordView *a, const RecordView *b) {
		return std::tie(a->occurred_at, a->external_id, a->connection_id) <
		       std::tie(b->occurred_at, b->external_id, b->connection_id);
	});
	return lines;
}

// Whether both are rows of one report: what another report of the system says of a capture is no repeat.
bool
IsOfOneReport(const RecordView &a, const RecordView &b) {
	return a.connection_id == b.connection_id && a.object == b.object;
}

// Whether an earlier line of the report settles the same amount.
bool
IsRepeat(const Vector<const RecordView *> &lines, std::size_t i) {
	for (std::size_t j = 0; j < i; ++j) {
		if (*lines[j]->amount == *lines[i]->amount && *lines[i]->amount > 0 &&
		    IsOfOneReport(*lines[j], *lines[i])) {
			return true;
		}
	}
	return false;
}

// Whether an earlier line of the report is the same to the last byte.
bool
IsCopy(const Vector<const RecordView *> &lines, std::size_t i) {
	return std::any_of(
	    lines.begin(), lines.begin() + static_cast<std::ptrdiff_t>(i), [&](const RecordView *earlier) {
		    return IsOfOneReport(*earlier, *lines[i]) && earlier->content_hash == lines[i]->content_hash;
	    });
}

// What the report of a line says of the capture in all.
Wide
SumOfReport(const Vector<const RecordView *> &lines, const RecordView &line) {
	Wide sum = 0;
	for (const RecordView *other : lines) {
		sum += IsOfOneReport(*other, line) ? *other->amount : 0;
	}
	return sum;
}

// The last repeat in the report of a line that is all of what the report has too much; null when there is
// none.
const RecordView *
ExactRepeat(const Vector<const RecordView *> &lines, const RecordView &line, Wide excess) {
	for (std::size_t i = lines.size(); i-- > 1;) {
		if (IsOfOneReport(*lines[i], line) && IsRepeat(lines, i) && *lines[i]->amount == excess) {
			return lines[i];
		}
	}
	return nullptr;
}

// A capture of which the balance shows more than was captured, by a line that is there twice.
void
CheckRepeats(const OrderBook &book, const Movement &payment, const Vector<const RecordView *> &lines,
             Sink &sink) {
	const Minor tolerance = book.Tolerance(Reason::settlement_line_duplicate);
	Vector<const RecordView *> named(book.arena);
	for (std::size_t i = lines.size(); i-- > 1;) {
		const RecordView &line = *lines[i];
		if (!IsRepeat(lines, i)) {
			continue;
		}
		const Wide sum = SumOfReport(lines, line);
		const RecordView *const exact = ExactRepeat(lines, line, sum - payment.moved);
		// What later lines of the report have explained already; each explains no more than there is.
		Wide excess = sum - payment.moved;
		for (const RecordView *other : named) {
			excess -= IsOfOneReport(*other, line) ? *other->amount : 0;
		}
		if (excess <= tolerance || (exact != nullptr && exact != &line)) {
			continue;
		}
		named.push_back(&line);
		const std::string_view subject = sink.Id(line);
		Finding *finding = sink.Raise(Reason::settlement_line_duplicate, subject, line.currency);
		if (finding == nullptr) {
			continue;
		}
		finding->expected = payment.moved;
		finding->actual = Clamp(sum);
		finding->at_risk = Clamp(std::min<Wide>(*line.amount, excess));
		sink.AddRecords(*finding, payment);
		for (const RecordView *one : lines) {
			if (IsOfOneReport(*one, line)) {
				sink.AddRecord(*finding, *one);
			}
		}
		finding->terms.push_back({"settled", Clamp(sum), {}});
		finding->terms.push_back({"captured", payment.moved, sink.Id(*payment.authority)});
		finding->terms.push_back({"tolerance", tolerance, {}});
		finding->formula = "settled <= captured + tolerance";
		finding->explanation =
		    sink.Text({subject, " settles ", sink.Money(*line.amount, line.currency), " of ",
		               sink.Id(*payment.authority), " once more: ", sink.Money(payment.moved, line.currency),
		               " were captured"});
		finding->remedy =
		    sink.Text({"the line ", subject, " taken out of the settlement, or one that takes it back"});
		if (*line.amount == excess && IsCopy(lines, i)) {
			finding->correction = Correction{"settlement", Minus(0, *line.amount)};
		}
	}
}

// What the merchant's schedule says of the currency; null when it says nothing.
const FeeRate *
RateOf(const OrderBook &book, const RecordView &line) {
	const ConnectionPolicy *policy = book.policy.Of(line.connection_id);
	if (policy == nullptr) {
		return nullptr;
	}
	const auto at = std::find_if(policy->fee_schedule.begin(), policy->fee_schedule.end(),
	                             [&](const FeeRate &rate) { return rate.currency == line.currency; });
	return at == policy->fee_schedule.end() ? nullptr : &*at;
}

// A fee that is not what the schedule says, in one direction or the other. Gives what it is too much of a
// capture that came late, which is a finding of its own.
Minor
CheckFee(const OrderBook &book, const Movement &payment, bool is_late, const RecordView &line, Sink &sink) {
	const FeeRate *rate = RateOf(book, line);
	if (rate == nullptr || !line.fee || *line.amount <= 0) {
		return 0;
	}
	const Minor tolerance = book.policy.Tolerance(Reason::fee_mismatch, 0);
	// In ten thousandths, so that nothing is rounded.
	const Wide due = Wide{*line.amount} * rate->basis_points + Wide{rate->fixed_minor} * basis_points_of_all;
	const Wide gap = Wide{*line.fee} * basis_points_of_all - due;
	if (gap <= Wide{tolerance} * basis_points_of_all && -gap <= Wide{tolerance} * basis_points_of_all) {
		return 0;
	}
	const Minor expected = Clamp((due + basis_points_of_all / 2) / basis_points_of_all);
	if (is_late && gap > 0 && book.policy.IsEnabled(Reason::extended_auth_fee)) {
		return Minus(*line.fee, expected);
	}
	const std::string_view subject = sink.Id(line);
	Finding *finding = sink.Raise(Reason::fee_mismatch, subject, line.currency);
	if (finding == nullptr) {
		return 0;
	}
	finding->expected = expected;
	finding->actual = *line.fee;
	finding->at_risk = Apart(*line.fee, expected);
	sink.AddRecord(*finding, line);
	sink.AddRecords(*finding, payment);
	finding->terms.push_back({"fee", *line.fee, subject});
	finding->terms.push_back({"captured", *line.amount, subject});
	finding->terms.push_back({"basis_points", rate->basis_points, {}, true});
	finding->terms.push_back({"fixed", rate->fixed_minor, {}});
	finding->terms.push_back({"tolerance", tolerance, {}});
	finding->formula = "(fee - fixed) * 10000 <= captured * basis_points + tolerance * 10000 and "
	                   "(fee - fixed) * 10000 >= captured * basis_points - tolerance * 10000";
	finding->explanation = sink.Text({subject, " costs ", sink.Money(*line.fee, line.currency), " for ",
	                                  sink.Money(*line.amount, line.currency), ", and the schedule says ",
	                                  sink.Money(expected, line.currency),
	                                  gap > 0 ? ": too much was kept" : ": too little was kept"});
	finding->remedy = sink.Text(
	    {"a fee of ", sink.Money(expected, line.currency), ", or a schedule that says what was agreed"});
	return 0;
}

// What the settlement says of a capture's fee and of its refunds.
struct FeeReturn {
	Wide kept = 0;
	Wide returned = 0;
	Wide refunded = 0;
	const RecordView *refund_line = nullptr;

	void
	Add(const RecordView &line) {
		const Minor fee = line.fee.value_or(0);
		if (*line.amount > 0) {
			kept += fee;
			return;
		}
		returned -= fee;
		refunded -= *line.amount;
		refund_line = &line;
	}
};

// Over the lines of the capture and, once each, those of its refunds.
FeeReturn
SumFeeReturn(const OrderBook &book, const Movement &payment, const Vector<const RecordView *> &lines) {
	FeeReturn sum;
	for (const RecordView *line : lines) {
		sum.Add(*line);
	}
	for (const Movement &refund : book.refunds) {
		if (refund.moved <= 0 || refund.payment != &payment) {
			continue;
		}
		for (const RecordView *line : LinesOf(book, refund)) {
			if (std::find(lines.begin(), lines.end(), line) == lines.end()) {
				sum.Add(*line);
			}
		}
	}
	return sum;
}

// The part of a capture's fee that a processor should give back with what was refunded, and has not.
void
CheckReturnedFee(const OrderBook &book, const Movement &payment, const Vector<const RecordView *> &lines,
                 Sink &sink) {
	const bool is_agreed_anywhere =
	    std::any_of(book.policy.connections.begin(), book.policy.connections.end(),
	                [](const ConnectionPolicy &policy) { return policy.is_fee_returned_on_refund; });
	if (!is_agreed_anywhere) {
		return;
	}
	const auto [kept, returned, refunded, refund_line] = SumFeeReturn(book, payment, lines);
	const ConnectionPolicy *policy =
	    refund_line == nullptr ? nullptr : book.policy.Of(refund_line->connection_id);
	if (policy == nullptr || !policy->is_fee_returned_on_refund || kept <= 0 || refunded <= 0) {
		return;
	}
	const Minor tolerance = book.Tolerance(Reason::fee_not_returned_on_refund);
	// kept * refunded / captured, compared without a division
	const Wide share = kept * std::min<Wide>(refunded, payment.moved);
	if ((returned + tolerance) * payment.moved >= share) {
		return;
	}
	const std::string_view subject = sink.Id(*payment.authority);
	Finding *finding = sink.Raise(Reason::fee_not_returned_on_refund, subject, payment.currency);
	if (finding == nullptr) {
		return;
	}
	const Minor expected = Clamp((share + payment.moved / 2) / payment.moved);
	const Minor missing = Minus(expected, Clamp(returned));
	finding->expected = expected;
	finding->actual = Clamp(returned);
	finding->at_risk = missing;
	sink.AddRecords(*finding, payment);
	sink.AddRecord(*finding, *refund_line);
	finding->terms.push_back({"fee", Clamp(kept), subject});
	finding->terms.push_back({"fee_returned", Clamp(returned), sink.Id(*refund_line)});
	finding->terms.push_back({"refunded", Clamp(std::min<Wide>(refunded, payment.moved)), {}});
	finding->terms.push_back({"captured", payment.moved, subject});
	finding->terms.push_back({"tolerance", tolerance, {}});
	finding->formula = "(fee_returned + tolerance) * captured >= fee * refunded";
	finding->explanation =
	    sink.Text({"of the fee of ", sink.Money(Clamp(kept), payment.currency), " for ", subject, ", ",
	               sink.Money(expected, payment.currency), " should have come back with the refund, and ",
	               sink.Money(Clamp(returned), payment.currency), " did"});
	finding->remedy = sink.Text(
	    {"a line of the processor that gives ", sink.Money(missing, payment.currency), " of the fee back"});
	finding->correction = Correction{"fee", missing};
}

} // namespace

void
CheckSettlementLines(const OrderBook &book, Sink &sink) {
	for (const Movement &payment : book.payments) {
		if (payment.moved <= 0) {
			continue;
		}
		const std::optional<LateCapture> late = LateCaptureOf(book, payment);
		if (!payment.has_processor) {
			if (late) {
				RaiseExtended(payment, *late, 0, sink);
			}
			continue;
		}
		const Vector<const RecordView *> lines = LinesOf(book, payment);
		CheckRepeats(book, payment, lines, sink);
		CheckReturnedFee(book, payment, lines, sink);
		Minor extra = 0;
		for (const RecordView *line : lines) {
			extra = Plus(extra, CheckFee(book, payment, late.has_value(), *line, sink));
		}
		if (late) {
			RaiseExtended(payment, *late, extra, sink);
		}
	}
}

} // namespace meshline
