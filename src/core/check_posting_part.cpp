// SPDX-License-Identifier: PostgreSQL
// Family posting, of what an amount is made up of: the parts of a booked sale against the order's.
#include <algorithm>

#include "core/posted.hpp"

namespace meshline {

namespace {

struct Compared {
	Part part;
	Reason reason;
};

constexpr Compared compared[] = {{Part::tax, Reason::tax_mismatch},
                                 {Part::shipping, Reason::shipping_mismatch},
                                 {Part::discount, Reason::discount_mismatch}};

// What the postings of a sum say of the part; nothing when one of them does not say, or is altered, which is
// a finding of its own.
std::optional<Minor>
PostedPart(const OrderBook &book, const Posted &posted, Part part) {
	Wide sum = 0;
	for (const RecordView *record : book.records) {
		if (IsPartOf(book, *record, posted)) {
			const auto amount = record->parts[part];
			if (!amount || IsAltered(book, *record)) {
				return std::nullopt;
			}
			sum += *amount;
		}
	}
	return Clamp(sum);
}

void
ComparePart(const OrderBook &book, const Posted &posted, const Compared &what, Sink &sink) {
	const auto of_order = book.order->parts[what.part];
	const auto of_ledger = of_order ? PostedPart(book, posted, what.part) : std::nullopt;
	if (!of_ledger) {
		return;
	}
	const Minor gap = Apart(*of_order, *of_ledger);
	// Tax that is rounded per line here and on the sum there differs by no more than that can.
	const bool is_rounding = gap <= book.Tolerance(what.reason);
	const Minor tolerance = is_rounding ? 0 : book.Tolerance(what.reason);
	if (gap == 0 || (is_rounding && what.part != Part::tax)) {
		return;
	}
	const std::string_view subject = sink.Id(*posted.first);
	Finding *finding =
	    sink.Raise(is_rounding ? Reason::tax_rounding : what.reason, subject, book.totals.currency);
	if (finding == nullptr) {
		return;
	}
	const std::string_view name = Name(what.part);
	finding->expected = *of_order;
	finding->actual = *of_ledger;
	finding->at_risk = gap;
	sink.AddRecord(*finding, *book.order);
	AddPostings(book, posted, *finding, sink);
	finding->terms.push_back({"posted", *of_ledger, subject});
	finding->terms.push_back({name, *of_order, sink.Id(*book.order)});
	finding->terms.push_back({"tolerance", tolerance, {}});
	finding->formula = sink.Text({"posted - ", name, " <= tolerance and ", name, " - posted <= tolerance"});
	finding->explanation =
	    sink.Text({"the order has ", sink.Money(*of_order, book.totals.currency), " of ", name, ", and ",
	               subject, " books ", sink.Money(*of_ledger, book.totals.currency)});
	if (is_rounding) {
		finding->correction = Correction{"rounding", Minus(*of_order, *of_ledger)};
	}
	finding->remedy =
	    sink.Text({"the ", name, " of the posting changed to ", sink.Money(*of_order, book.totals.currency)});
}

} // namespace

void
CheckPostedParts(const OrderBook &book, const Posted &posted, Sink &sink) {
	for (const Compared &what : compared) {
		ComparePart(book, posted, what, sink);
	}
}

} // namespace meshline
