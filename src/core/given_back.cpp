// SPDX-License-Identifier: PostgreSQL
#include "core/given_back.hpp"

#include <algorithm>

namespace meshline {

GivenBack::GivenBack(const OrderBook &book, std::string_view currency)
    : refunds(book.arena), disputes(book.arena) {
	for (const Movement &refund : book.refunds) {
		const Minor moved = refund.MovedIn(currency);
		const bool is_for_goods =
		    std::any_of(refund.records.begin(), refund.records.end(),
		                [](const RecordView *record) { return !record->items.empty(); });
		if (moved > 0 && !is_for_goods) {
			sum += moved;
			refunds.push_back(&refund);
		}
	}
	for (const RecordView *dispute : book.disputes) {
		if (IsTaken(*dispute) && dispute->currency == currency) {
			sum += dispute->amount.value_or(0);
			disputes.push_back(dispute);
		}
	}
}

Minor
GivenBack::LeftOf(Minor excess) const noexcept {
	return Clamp(std::max<Wide>(excess - sum, 0));
}

void
GivenBack::AddTo(Finding &finding, Sink &sink) const {
	finding.terms.push_back({"given_back", Clamp(sum), {}});
	for (const Movement *refund : refunds) {
		sink.AddRecords(finding, *refund);
	}
	for (const RecordView *dispute : disputes) {
		sink.AddRecord(finding, *dispute);
	}
}

} // namespace meshline
