// SPDX-License-Identifier: PostgreSQL
// What the checks say about some records, and what every result promises.
#pragma once

#include <gtest/gtest.h>

#include <memory_resource>
#include <string>
#include <tuple>
#include <vector>

#include "formula.hpp"
#include "records.hpp"

namespace meshline {

// What every result promises, whatever the records are.
inline void
ExpectWellFormed(const Reconciliation &result, Instant as_of) {
	const auto key = [](const auto &x) { return std::pair(x.reason, x.subject); };
	for (std::size_t i = 0; i < result.findings.size(); ++i) {
		const Finding &finding = result.findings[i];
		SCOPED_TRACE(std::string(Name(finding.reason)) + " " + std::string(finding.subject));
		if (i > 0) {
			EXPECT_LT(key(result.findings[i - 1]), key(finding));
		}
		EXPECT_GE(finding.at_risk, 0);
		EXPECT_FALSE(finding.record_ids.empty());
		for (std::size_t j = 1; j < finding.record_ids.size(); ++j) {
			EXPECT_LT(finding.record_ids[j - 1], finding.record_ids[j]);
		}
		EXPECT_FALSE(finding.explanation.empty());
		EXPECT_FALSE(finding.remedy.empty());
		EXPECT_FALSE(Formula(finding.formula, finding.terms).Holds()) << finding.formula;
		// A refund without anything is late from the start, whatever the moment that is looked at; of an open
		// dispute evidence may be due later.
		if (finding.due_at && finding.reason != Reason::refund_without_order &&
		    finding.reason != Reason::chargeback_open) {
			EXPECT_LE(*finding.due_at, as_of);
		}
	}
	for (std::size_t i = 0; i < result.expectations.size(); ++i) {
		const Expectation &expectation = result.expectations[i];
		EXPECT_GT(expectation.due_at, as_of);
		EXPECT_FALSE(expectation.explanation.empty());
		if (i > 0) {
			EXPECT_LE(std::tuple(result.expectations[i - 1].due_at, key(result.expectations[i - 1])),
			          std::tuple(expectation.due_at, key(expectation)));
		}
	}
	EXPECT_EQ(result.next_due_at.has_value(), !result.expectations.empty());
	if (result.next_due_at && !result.expectations.empty()) {
		EXPECT_EQ(*result.next_due_at, result.expectations.front().due_at);
	}
}

// The checks run over some records; owns all that the result points to.
class Outcome {
public:
	Outcome(std::vector<Record> records, Shop shop = Shop::WithoutSettlement())
	    : records_(std::move(records)), views_(ViewsOf(records_)), shop_(std::move(shop)), result(Run()) {
		ExpectWellFormed(result, shop_.as_of);
	}
	Outcome(const Outcome &) = delete;
	Outcome &operator=(const Outcome &) = delete;

private:
	Reconciliation
	Run() {
		shop_.policy.connections = shop_.connections;
		return ReconcileOrder(views_, {}, shop_.policy, shop_.as_of, &arena_);
	}

	std::pmr::monotonic_buffer_resource arena_;
	std::vector<Record> records_;
	std::vector<RecordView> views_;
	Shop shop_;

public:
	Reconciliation result;

	const Finding *
	Find(Reason reason, std::string_view subject) const {
		for (const Finding &finding : result.findings) {
			if (finding.reason == reason && finding.subject == subject) {
				return &finding;
			}
		}
		return nullptr;
	}
	const Expectation *
	Expected(Reason reason, std::string_view subject) const {
		for (const Expectation &expectation : result.expectations) {
			if (expectation.reason == reason && expectation.subject == subject) {
				return &expectation;
			}
		}
		return nullptr;
	}
	// "REASON subject; REASON subject" of the findings, which makes a test's answer readable.
	std::string
	Findings() const {
		return List(result.findings);
	}
	std::string
	Expectations() const {
		return List(result.expectations);
	}

private:
	template <typename Items>
	static std::string
	List(const Items &items) {
		std::string text;
		for (const auto &item : items) {
			text += text.empty() ? "" : "; ";
			text += Name(item.reason);
			text += item.subject.empty() ? "" : " ";
			text += item.subject;
		}
		return text;
	}
};

} // namespace meshline
