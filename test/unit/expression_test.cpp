// SPDX-License-Identifier: PostgreSQL
// Paths, expressions, transforms and conditions of the definition language.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/extract.hpp"
#include "extraction.hpp"

namespace meshline {
namespace {

using test::DefineThing;
using test::Extract;
using test::Extracted;
using test::ProblemTexts;
using Texts = std::vector<std::string>;

// The processor word takes any expression: what it gives for a payload.
std::string
Evaluate(const std::string &expression, const std::string &payload) {
	const auto definition = DefineThing(R"("processor":)" + expression);
	const Extracted extracted = Extract(*definition, "thing", R"({"id":"1",)" + payload + "}");
	EXPECT_EQ(ProblemTexts(extracted.extraction.problems), Texts{});
	return std::string(extracted.fact().processor);
}

bool
Holds(const std::string &condition, const std::string &payload) {
	const auto definition = DefineThing(R"("test":)" + condition);
	return Extract(*definition, "thing", R"({"id":"1",)" + payload + "}").fact().is_test;
}

TEST(Path, Walks) {
	EXPECT_EQ(Evaluate(R"("a.b")", R"("a":{"b":"x"})"), "x");
	EXPECT_EQ(Evaluate(R"("a.b")", R"("a":{"c":"x"})"), "");
	EXPECT_EQ(Evaluate(R"("a.b")", R"("a":null)"), "");
	EXPECT_EQ(Evaluate(R"("a[].b")", R"("a":[{"c":1},{"b":null},{"b":""},{"b":"x"},{"b":"y"}])"), "x");
	EXPECT_EQ(Evaluate(R"("a[].b")", R"("a":{"b":"one object"})"), "one object");
	EXPECT_EQ(Evaluate(R"("a[]")", R"("a":["x"])"), "x");
	EXPECT_EQ(Evaluate(R"("a[][].b")", R"("a":[[],[{"b":"x"}]])"), "x");
	EXPECT_EQ(
	    Evaluate(R"("a[n=two].v")", R"("a":[{"n":"one","v":1},7,{"n":["two"],"v":2},{"n":"two","v":3}])"),
	    "3");
	EXPECT_EQ(Evaluate(R"("a[n=2].v")", R"("a":[{"n":1,"v":1},{"n":2,"v":"x"}])"), "x");
	EXPECT_EQ(Evaluate(R"("@a")", R"("@a":"x")"), "x");
	EXPECT_EQ(Evaluate(R"("a")", R"("a":1.50)"), "1.50");
	EXPECT_EQ(Evaluate(R"("a")", R"("a":true)"), "true");
	EXPECT_EQ(Evaluate(R"("a")", R"("a":{"id":"of the object"})"), "of the object");
	EXPECT_EQ(Evaluate(R"(".")", R"("a":1)"), "1");   // the object's own id
	EXPECT_EQ(Evaluate(R"("a.b")", R"("a":[])"), ""); // PHP's empty object
}

TEST(Expression, Combines) {
	EXPECT_EQ(Evaluate(R"({"const":"x"})", R"("a":1)"), "x");
	EXPECT_EQ(Evaluate(R"({"const":7})", R"("a":1)"), "7");
	EXPECT_EQ(Evaluate(R"({"first":["a","b","c"]})", R"("a":null,"b":"","c":"x")"), "x");
	EXPECT_EQ(Evaluate(R"({"join":["a",{"const":"-"},"b"],"with":"/"})", R"("a":"x","b":2)"), "x/-/2");
	EXPECT_EQ(Evaluate(R"({"join":["a","b"],"with":"/"})", R"("a":"x")"), "");
	EXPECT_EQ(
	    Evaluate(
	        R"({"when":[{"if":{"path":"a","is":1},"then":"b"},{"if":"c","then":"d"}],"else":{"const":"e"}})",
	        R"("a":1,"b":"x")"),
	    "x");
	EXPECT_EQ(
	    Evaluate(
	        R"({"when":[{"if":{"path":"a","is":1},"then":"b"},{"if":"c","then":"d"}],"else":{"const":"e"}})",
	        R"("c":true,"d":"y")"),
	    "y");
	EXPECT_EQ(Evaluate(R"({"when":[{"if":"c","then":"d"}],"else":{"const":"e"}})", R"("c":false)"), "e");
	EXPECT_EQ(Evaluate(R"({"when":[{"if":"c","then":"d"}]})", R"("c":false)"), "");
	EXPECT_EQ(Evaluate(R"({"map":{"a":"x","b":"y"},"of":"a"})", R"("a":"b")"), "y");
	EXPECT_EQ(Evaluate(R"({"map":{"a":"x"},"of":"a"})", R"("a":"c")"), "");
	EXPECT_EQ(Evaluate(R"({"map":{"a":"x"},"of":"a","default":"z"})", R"("a":"c")"), "z");
	EXPECT_EQ(Evaluate(R"({"map":{"a":"x"},"of":"a","default":null})", R"("a":"c")"), "");
	EXPECT_EQ(Evaluate(R"({"map":{"true":"x"},"of":"a"})", R"("a":true)"), "x");
	EXPECT_EQ(Evaluate(R"({"count":"a[]"})", R"("a":[1,null,{}])"), "2");
	EXPECT_EQ(Evaluate(R"({"count":"a[]","if":{"path":"b","is":"x"}})", R"("a":[{"b":"x"},{"b":"y"},{}])"),
	          "1");
	EXPECT_EQ(Evaluate(R"({"count":"a[]"})", R"("b":1)"), "0");
}

TEST(Expression, Transforms) {
	const auto transformed = [](const std::string &transform, const std::string &text) {
		return Evaluate(R"({"path":"a","transform":)" + transform + "}", R"("a":")" + text + '"');
	};
	EXPECT_EQ(transformed(R"("lower")", "AbÉ"), "abÉ");
	EXPECT_EQ(transformed(R"("upper")", "usd"), "USD");
	EXPECT_EQ(transformed(R"("trim")", R"( \t x y \n)"), "x y");
	EXPECT_EQ(transformed(R"({"strip_prefix":"#"})", "#1001"), "1001");
	EXPECT_EQ(transformed(R"({"strip_prefix":"#"})", "1001"), "1001");
	EXPECT_EQ(transformed(R"({"strip_suffix":".0"})", "1001.0"), "1001");
	EXPECT_EQ(transformed(R"({"strip_suffix":".0"})", "1001.01"), "1001.01");
	EXPECT_EQ(transformed(R"("gid")", "gid://shopify/Order/450789469"), "450789469");
	EXPECT_EQ(transformed(R"("gid")", "gid://shopify/InventoryLevel/1?inventory_item_id=2/3"), "1");
	EXPECT_EQ(transformed(R"("gid")", "450789469"), "450789469");
	EXPECT_EQ(transformed(R"({"regex":"ch_[a-z0-9]+"})", "auth ch_12ab, card"), "ch_12ab");
	EXPECT_EQ(transformed(R"_({"regex":"order #?([0-9]+)","group":1})_", "for order #1001."), "1001");
	EXPECT_EQ(transformed(R"_({"regex":"(x)|(y)","group":2})_", "x"), ""); // the group took no part
	EXPECT_EQ(transformed(R"_({"regex":"(x)|(y)","group":2})_", "xy"), "y");
	EXPECT_EQ(transformed(R"({"regex":"[0-9]+"})", "none"), "");
	EXPECT_EQ(transformed(R"({"regex":"z*"})", "abc"), "");
	EXPECT_EQ(transformed(R"({"map":{"a":"x"},"default":"d"})", "b"), "d");
	EXPECT_EQ(transformed(R"(["trim","lower",{"strip_prefix":"so-"},{"map":{"1":"one"}}])", " SO-1 "), "one");
	EXPECT_EQ(transformed(R"({"scale":-6})", "12345678"), "12.345678");
	EXPECT_EQ(transformed(R"({"scale":-6})", "-5"), "-0.000005");
	EXPECT_EQ(transformed(R"({"scale":-4})", "1990000"), "199.0000");
	EXPECT_EQ(transformed(R"({"scale":2})", "12.3456"), "1234.56");
	EXPECT_EQ(transformed(R"({"scale":2})", "0.5"), "050");
	EXPECT_EQ(transformed(R"({"scale":3})", "+7"), "+7000");
	EXPECT_EQ(transformed(R"({"scale":3})", "1e3"), "1e3"); // no plain number
	EXPECT_EQ(transformed(R"({"scale":3})", "1.2.3"), "1.2.3");
	EXPECT_EQ(Evaluate(R"({"path":{"first":["x","a"]},"transform":"upper"})", R"("a":"b")"), "B");
	EXPECT_EQ(Evaluate(R"({"join":["a","a"],"with":"","transform":"upper"})", R"("a":"b")"), "BB");
}

TEST(Expression, PlainValues) {
	const auto plain = [](const std::string &text) {
		return Evaluate(R"({"path":"a","transform":"plain"})", R"("a":")" + text + '"');
	};
	for (const char *same : {"12.5", "+12.5", "12.50", " 12.500 "}) {
		EXPECT_EQ(plain(same), "12.5");
	}
	EXPECT_EQ(Evaluate(R"({"path":"a","transform":"plain"})", R"("a":12.50)"), "12.5");
	EXPECT_EQ(plain("-3.00"), "-3");
	EXPECT_EQ(plain("100"), "100");
	EXPECT_EQ(plain("-0.0"), "0");
	EXPECT_EQ(plain("0.05"), "0.05");
	for (const char *other : {"007", "1.", ".5", "1.2.3", "1e3", "2,329.86", "--1", "-",
	                          "702-0000001-0000001", "2026-13-01", "2026-10"}) {
		EXPECT_EQ(plain(other), other);
	}
	for (const char *same : {"2026-06-17T08:14:22Z", "2026-06-17 08:14:22 UTC", "2026-06-17T10:14:22+02:00",
	                         "2026-06-17T08:14:22.000+00:00"}) {
		EXPECT_EQ(plain(same), "2026-06-17T08:14:22Z");
	}
	EXPECT_EQ(plain("2026-06-17T08:14:22.120Z"), "2026-06-17T08:14:22.12Z");
	EXPECT_EQ(plain("2026-06-17T00:00:00+00:00"), "2026-06-17T00:00:00Z");
	EXPECT_EQ(plain("1969-12-31T23:59:59.999999Z"), "1969-12-31T23:59:59.999999Z");
	EXPECT_EQ(plain("2026-06-17 10:00"), "2026-06-17T10:00:00"); // a time of day of wherever it was written
	EXPECT_EQ(plain("2026-06-17"), "2026-06-17T00:00:00");
}

TEST(Expression, DateFormats) {
	const auto read = [](const std::string &format, const std::string &text) {
		return Evaluate(R"({"path":"a","transform":{"date_format":")" + format + R"("}})",
		                R"("a":")" + text + '"');
	};
	EXPECT_EQ(read("%d/%m/%Y %H:%M", "03/04/2024 9:05"), "2024-04-03T09:05:00");
	EXPECT_EQ(read("%m/%d/%y", "3/4/24"), "2024-03-04T00:00:00");
	EXPECT_EQ(read("%m/%d/%y", "3/4/69"), "1969-03-04T00:00:00");
	EXPECT_EQ(read("%b %d, %Y %I:%M:%S %p", "January 31, 2024 12:00:01 AM"), "2024-01-31T00:00:01");
	EXPECT_EQ(read("%b %d, %Y %I:%M:%S %p", "Jan 31,  2024 12:00:01 pm"), "2024-01-31T12:00:01");
	EXPECT_EQ(read("%Y%m%d%H%M%S.%f%z", "20240131101112.123+0100"), "2024-01-31T10:11:12.123+0100");
	EXPECT_EQ(read("%Y%m%d", "20240131"), "2024-01-31T00:00:00");
	// A built-in form would take it for the 3rd of April.
	EXPECT_EQ(read("%m.%d.%Y %H", "03.04.2024"), "not %m.%d.%Y %H: 03.04.2024");
	EXPECT_EQ(read("%Y-%m-%d", "2024-01-31x"), "not %Y-%m-%d: 2024-01-31x");
	EXPECT_EQ(read("%Y-%m-%d", ""), "");
}

TEST(Condition, Tests) {
	EXPECT_TRUE(Holds(R"("a")", R"("a":true)"));
	EXPECT_TRUE(Holds(R"("a")", R"("a":"T")"));
	EXPECT_TRUE(Holds(R"({"path":"a"})", R"("a":1)"));
	EXPECT_FALSE(Holds(R"("a")", R"("a":false)"));
	EXPECT_FALSE(Holds(R"("a")", R"("a":"no")"));
	EXPECT_FALSE(Holds(R"("a")", R"("b":1)"));
	EXPECT_TRUE(Holds(R"({"path":"a","is":false})", R"("a":false)"));
	EXPECT_FALSE(Holds(R"({"path":"a","is":false})", R"("b":1)"));
	EXPECT_TRUE(Holds(R"({"path":"a[]","is":"x"})", R"("a":["y","x"])"));
	EXPECT_TRUE(Holds(R"({"path":"a","in":["x",7]})", R"("a":7)"));
	EXPECT_FALSE(Holds(R"({"path":"a","in":[]})", R"("a":7)"));
	EXPECT_TRUE(Holds(R"({"path":"a","exists":true})", R"("a":{})"));
	EXPECT_TRUE(Holds(R"({"path":"a","exists":false})", R"("a":null)"));
	EXPECT_FALSE(Holds(R"({"path":{"first":["a","b"]},"exists":true})", R"("a":"")"));
	EXPECT_TRUE(Holds(R"({"path":"a","matches":"(?i)void"})", R"("a":"is Voided")"));
	EXPECT_FALSE(Holds(R"({"path":"a","matches":"^void"})", R"("a":"is Voided")"));
	EXPECT_TRUE(Holds(R"({"all":["a",{"not":"b"}]})", R"("a":true,"b":false)"));
	EXPECT_FALSE(Holds(R"({"all":["a","b"]})", R"("a":true)"));
	EXPECT_TRUE(Holds(R"({"any":["a","b"]})", R"("b":true)"));
	EXPECT_FALSE(Holds(R"({"any":["a","b"]})", R"("c":true)"));
	EXPECT_TRUE(Holds(R"({"path":{"path":"a","transform":"lower"},"is":"x"})", R"("a":"X")"));
}

} // namespace
} // namespace meshline
