// SPDX-License-Identifier: PostgreSQL
#include "core/reconcile.hpp"

#include <algorithm>
#include <tuple>

#include "core/item_book.hpp"
#include "core/order_book.hpp"

namespace meshline {

namespace {

// Sorted, without repeats.
void
SortUnique(Vector<std::string_view> &ids) {
	std::sort(ids.begin(), ids.end());
	ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
}

// Leaves one expectation per reason and subject, the one due first, and none of what is a finding already.
void
KeepFirstDue(Reconciliation &result) {
	auto &expectations = result.expectations;
	const auto pair = [](const auto &item) { return std::tie(item.reason, item.subject); };
	std::sort(expectations.begin(), expectations.end(), [&](const Expectation &a, const Expectation &b) {
		return std::tie(a.reason, a.subject, a.due_at) < std::tie(b.reason, b.subject, b.due_at);
	});
	expectations.erase(std::unique(expectations.begin(), expectations.end(),
	                               [&](const auto &a, const auto &b) { return pair(a) == pair(b); }),
	                   expectations.end());
	expectations.erase(
	    std::remove_if(expectations.begin(), expectations.end(),
	                   [&](const Expectation &expectation) {
		                   const auto at = std::lower_bound(
		                       result.findings.begin(), result.findings.end(), expectation,
		                       [&](const auto &a, const auto &b) { return pair(a) < pair(b); });
		                   return at != result.findings.end() && pair(*at) == pair(expectation);
	                   }),
	    expectations.end());
	std::sort(expectations.begin(), expectations.end(), [](const Expectation &a, const Expectation &b) {
		return std::tie(a.due_at, a.reason, a.subject) < std::tie(b.due_at, b.reason, b.subject);
	});
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
	KeepFirstDue(result);
	if (!result.expectations.empty()) {
		result.next_due_at = result.expectations.front().due_at;
	}
}

} // namespace

Reconciliation
ReconcileOrder(std::span<const RecordView> records, std::span<const LikeRecord> likes, const Policy &policy,
               Instant as_of, std::pmr::memory_resource *arena) {
	Reconciliation result(arena);
	const OrderBook book(records, policy, as_of, arena);
	const ItemBook items(book);
	Sink sink(book, result);
	result.totals = book.totals;
	CheckIngest(book, sink);
	CheckMapping(book, sink);
	CheckDuplicate(likes, book, sink);
	CheckPayment(items, book, sink);
	CheckRefund(book, sink);
	CheckRefundProgress(book, sink);
	CheckDispute(book, sink);
	CheckFulfillment(book, sink);
	CheckItems(items, book, sink);
	CheckStock(items, book, sink);
	CheckSettlement(book, sink);
	CheckSettlementLines(book, sink);
	CheckPosting(book, sink);
	CheckPeriod(book, sink);
	Finish(result);
	return result;
}

Reconciliation
ReconcileCustomer(std::span<const RecordView> records, std::span<const LikeRecord> likes,
                  const Policy &policy, Instant as_of, std::pmr::memory_resource *arena) {
	Reconciliation result(arena);
	const OrderBook book(records, policy, as_of, arena);
	Sink sink(book, result);
	CheckIngest(book, sink);
	CheckDuplicate(likes, book, sink);
	Finish(result);
	return result;
}

Reconciliation
ReconcileTransfer(std::span<const RecordView> records, const Policy &policy, Instant as_of,
                  std::pmr::memory_resource *arena) {
	Reconciliation result(arena);
	const OrderBook book(records, policy, as_of, arena);
	Sink sink(book, result);
	CheckTransfer(book, sink);
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
