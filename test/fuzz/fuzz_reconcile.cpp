// SPDX-License-Identifier: PostgreSQL
// Orders made of the fuzzer's bytes: whatever they are, movements agree with the slow reference, the result
// is well formed, every formula is false on its terms, and the order of the records does not matter.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <iostream>

#include "formula.hpp"
#include "movement_reference.hpp"
#include "random_order.hpp"

namespace meshline {
namespace {

class Bytes {
public:
	Bytes(const std::uint8_t *data, std::size_t size) : data_(data), size_(size) {
	}
	std::uint32_t
	operator()(std::size_t limit) {
		if (size_ == 0) {
			return 0;
		}
		--size_;
		return static_cast<std::uint32_t>(*data_++ % limit);
	}

private:
	const std::uint8_t *data_;
	std::size_t size_;
};

void
Require(bool condition, const char *what) {
	if (!condition) {
		std::cerr << what << '\n';
		std::abort();
	}
}

void
CheckMovements(const std::vector<RecordView> &views) {
	const std::vector<const RecordView *> sorted = SortedByKey(views);
	std::pmr::monotonic_buffer_resource arena;
	for (const Kind kind : {Kind::payment, Kind::refund}) {
		Require(Describe(GroupMovements(sorted, kind, &arena)) == Describe(ReferenceMovements(sorted, kind)),
		        "movements differ from the reference");
	}
}

void
CheckResult(const Reconciliation &result, Instant as_of) {
	for (std::size_t i = 0; i < result.findings.size(); ++i) {
		const Finding &finding = result.findings[i];
		Require(!Formula(finding.formula, finding.terms).Holds(), "a formula holds");
		Require(finding.at_risk >= 0, "less than nothing is at risk");
		Require(!finding.record_ids.empty(), "a finding names no record");
		if (i > 0) {
			const Finding &before = result.findings[i - 1];
			Require(std::pair(before.reason, before.subject) < std::pair(finding.reason, finding.subject),
			        "findings are not sorted");
		}
	}
	for (const Expectation &expectation : result.expectations) {
		Require(expectation.due_at > as_of, "an expectation is late");
	}
}

bool
IsEqual(const Reconciliation &a, const Reconciliation &b) {
	const auto same_finding = [](const Finding &x, const Finding &y) {
		return x.reason == y.reason && x.subject == y.subject && x.at_risk == y.at_risk &&
		       x.expected == y.expected && x.actual == y.actual && x.due_at == y.due_at &&
		       x.explanation == y.explanation && x.remedy == y.remedy &&
		       std::equal(x.record_ids.begin(), x.record_ids.end(), y.record_ids.begin(), y.record_ids.end());
	};
	const auto same_expectation = [](const Expectation &x, const Expectation &y) {
		return x.reason == y.reason && x.subject == y.subject && x.due_at == y.due_at &&
		       x.amount == y.amount && x.explanation == y.explanation;
	};
	return std::equal(a.findings.begin(), a.findings.end(), b.findings.begin(), b.findings.end(),
	                  same_finding) &&
	       std::equal(a.expectations.begin(), a.expectations.end(), b.expectations.begin(),
	                  b.expectations.end(), same_expectation) &&
	       a.totals.captured == b.totals.captured && a.totals.refunded == b.totals.refunded;
}

} // namespace
} // namespace meshline

extern "C" int
LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
	using namespace meshline;
	Bytes draw(data, size);
	Shop shop = RandomShop(draw);
	shop.policy.connections = shop.connections;
	std::vector<Record> records = RandomOrder(draw);
	std::vector<RecordView> views = ViewsOf(records);
	CheckMovements(views);
	std::pmr::monotonic_buffer_resource arena;
	const Reconciliation result = ReconcileOrder(views, {}, shop.policy, shop.as_of, &arena);
	CheckResult(result, shop.as_of);
	std::reverse(views.begin(), views.end());
	Require(IsEqual(result, ReconcileOrder(views, {}, shop.policy, shop.as_of, &arena)),
	        "the order of records matters");
	return 0;
}
