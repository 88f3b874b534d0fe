// SPDX-License-Identifier: PostgreSQL
// Family settlement, of months: a payout that is booked as a whole and holds lines of two of them.
#include <algorithm>

#include "core/order_book.hpp"
#include "core/wide.hpp"

namespace meshline {

void
CheckSettlementMonth(const RecordView &payout, std::span<const PayoutLines> lines, const OrderBook &book,
                     Sink &sink) {
	const ConnectionPolicy *policy = book.policy.Of(payout.connection_id);
	if (policy == nullptr || !policy->is_split_by_month) {
		return;
	}
	std::int64_t first = 0;
	std::int64_t last = 0;
	for (const PayoutLines &line : lines) {
		if (line.currency == payout.currency && line.month != 0) {
			first = first == 0 ? line.month : std::min(first, line.month);
			last = std::max(last, line.month);
		}
	}
	const std::string_view subject = first != last ? sink.Id(payout) : std::string_view{};
	Finding *finding =
	    first != last ? sink.Raise(Reason::settlement_split_period, subject, payout.currency) : nullptr;
	if (finding == nullptr) {
		return;
	}
	Wide earlier = 0;
	for (const PayoutLines &line : lines) {
		earlier += line.currency == payout.currency && line.month != 0 && line.month < last ? line.net : 0;
	}
	const Minor sum = Clamp(earlier);
	const std::string_view money = sink.Money(sum, payout.currency);
	finding->expected = 0;
	finding->actual = sum;
	finding->at_risk = Apart(sum, 0);
	sink.AddRecord(*finding, payout);
	finding->terms.push_back({"first_month", first, {}, true});
	finding->terms.push_back({"last_month", last, {}, true});
	finding->terms.push_back({"of_earlier_months", sum, {}});
	finding->formula = "first_month = last_month";
	finding->explanation =
	    sink.Text({subject, " settles two months: ", money, " of it are of the earlier one"});
	finding->remedy = sink.Text({"two documents in the ledger, one of ", money,
	                             " dated to the earlier month; then resolve_exception()"});
}

} // namespace meshline
