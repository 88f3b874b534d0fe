// SPDX-License-Identifier: PostgreSQL
// What the tests of the built-in connectors share: fixtures that must read without a problem, and facts as
// text.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "extraction.hpp"

namespace meshline::test {

// The fixture test/fixtures/<connector>/<fixture>, by default that of the object's name, for a merchant whose
// currency is USD.
inline Extracted
Read(std::string_view connector, std::string_view object, std::string_view fixture) {
	const std::string name = std::string(connector) + "/" + std::string(fixture.empty() ? object : fixture);
	Extracted extracted = Extract(*Connector(connector), object, Fixture(name), {{}, "USD"});
	EXPECT_EQ(ProblemTexts(extracted.extraction.problems), std::vector<std::string>{}) << name;
	for (const Fact &fact : extracted.extraction.facts) {
		EXPECT_EQ(ProblemTexts(fact.problems), std::vector<std::string>{}) << name << " " << fact.external_id;
	}
	return extracted;
}

// "payment paid USD 11840"
inline std::string
Summary(const Fact &fact) {
	std::string text(Name(fact.kind));
	text.append(" ").append(Name(fact.status));
	if (fact.posting != Posting::none) {
		text.append(" ").append(Name(fact.posting));
	}
	if (!fact.currency.empty()) {
		text.append(" ").append(fact.currency);
	}
	text += fact.amount ? " " + std::to_string(*fact.amount) : "";
	text += fact.fee ? " fee " + std::to_string(*fact.fee) : "";
	text += fact.net ? " net " + std::to_string(*fact.net) : "";
	text += fact.is_summary ? " summary" : "";
	text += fact.is_authority ? " authority" : "";
	return text + (fact.is_test ? " test" : "");
}

} // namespace meshline::test
