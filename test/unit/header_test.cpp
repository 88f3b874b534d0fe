// SPDX-License-Identifier: PostgreSQL
// The event id in a webhook's headers.
#include <gtest/gtest.h>

#include <memory_resource>

#include "core/header.hpp"

namespace meshline {
namespace {

using Names = std::vector<std::vector<std::string>>;

std::string
IdOf(std::string_view headers, const Names &names) {
	std::pmr::monotonic_buffer_resource arena;
	return std::string(EventIdOfHeaders(headers, names, &arena));
}

TEST(Header, TheFirstThatIsThereCounts) {
	const Names names{{"X-Topic", "X-Event"}, {"X-Event"}, {"X-Delivery"}};
	EXPECT_EQ(IdOf(R"({"X-Topic": "a/b", "X-Event": "1", "X-Delivery": "2"})", names), "a/b:1");
	EXPECT_EQ(IdOf(R"({"X-Event": "1", "X-Delivery": "2"})", names), "1");
	EXPECT_EQ(IdOf(R"({"X-Topic": "a/b", "X-Delivery": "2"})", names), "2");
	EXPECT_EQ(IdOf(R"({"X-Topic": "a/b"})", names), "");
}

TEST(Header, NamesComeInEitherCaseAndValuesInLists) {
	EXPECT_EQ(IdOf(R"({"x-EVENT": " 1 "})", {{"X-Event"}}), "1");
	EXPECT_EQ(IdOf(R"({"x-event": ["1", "2"]})", {{"X-Event"}}), "1");
	EXPECT_EQ(IdOf(R"({"x-event-id": "1"})", {{"X-Event"}}), "");
}

TEST(Header, WhatIsNoTextIsNotThere) {
	for (const auto *headers :
	     {"", "null", "[]", "[\"X-Event\"]", "{", R"({"X-Event": 1})", R"({"X-Event": null})",
	      R"({"X-Event": []})", R"({"X-Event": {"X-Event": "1"}})", R"({"X-Event": "  "})"}) {
		EXPECT_EQ(IdOf(headers, {{"X-Event"}}), "") << headers;
	}
	EXPECT_EQ(IdOf(R"({"X-Event": "1"})", {}), "");
}

} // namespace
} // namespace meshline
