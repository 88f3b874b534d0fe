// SPDX-License-Identifier: PostgreSQL
#include "core/reconcile.hpp"

#include <algorithm>
#include <tuple>

#include "core/order_book.hpp"

namespace meshline {

namespace {

void
SortUnique(Vector<std::string_view> &ids) {
	std::sort(ids.begin(), ids.end());
	ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
}

// Brings the result into the order that it promises.
void
Finish(Reconciliation &result) {
	for (Finding &finding : result.findings) {
		SortUnique(finding.record_ids);
	}
	const auto key = [](const Finding &finding) { return std::tie(finding.reason, finding.subject); };
	std::stable_sort(result.findings.begin(), result.findings.end(),
	                 [&](const Finding &a, const Finding &b) { return key(a) < key(b); });
	result.findings.erase(std::unique(result.findings.begin(), result.findings.end(),
	                                  [&](const Finding &a, const Finding &b) { return key(a) == key(b); }),
	                      result.findings.end());
	std::stable_sort(result.expectations.begin(), result.expectations.end(),
	                 [](const Expectation &a, const Expectation &b) {
		                 return std::tie(a.due_at, a.reason, a.subject) <
		                        std::tie(b.due_at, b.reason, b.subject);
	                 });
	if (!result.expectations.empty()) {
		result.next_due_at = result.expectations.front().due_at;
	}
}

} // namespace

Reconciliation
ReconcileOrder(std::span<const RecordView> records, const Policy &policy, Instant as_of,
               std::pmr::memory_resource *arena) {
	Reconciliation result(arena);
	const OrderBook book(records, policy, as_of, arena);
	Sink sink(book, result);
	result.totals = book.totals;
	CheckIngest(book, sink);
	CheckMapping(book, sink);
	CheckPayment(book, sink);
	CheckRefund(book, sink);
	CheckSettlement(book, sink);
	CheckPosting(book, sink);
	Finish(result);
	return result;
}

Reconciliation
ReconcilePayout(const RecordView &payout, std::span<const PayoutLines> lines, const Policy &policy,
                Instant as_of, std::pmr::memory_resource *arena) {
	Reconciliation result(arena);
	const OrderBook book({&payout, 1}, policy, as_of, arena);
	Sink sink(book, result);
	CheckIngest(book, sink);
	CheckPayout(payout, lines, book, sink);
	Finish(result);
	return result;
}

} // namespace meshline
