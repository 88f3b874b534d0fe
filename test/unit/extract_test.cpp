// SPDX-License-Identifier: PostgreSQL
// How facts are made, by definitions made for the purpose.
#include "core/extract.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

#include "core/error.hpp"
#include "extraction.hpp"

namespace meshline {
namespace {

using test::DefineThing;
using test::Extract;
using test::Extracted;
using test::Identifiers;
using test::ProblemTexts;
using Texts = std::vector<std::string>;

// The value of an amount in US dollars, or the problems with it.
std::string
Amount(const std::string &program, const std::string &payload, const std::string &currency = "USD") {
	const auto definition = DefineThing(R"("currency":"currency","amount":)" + program,
	                                    R"("currency_exponents":{"ISK":2,"MGA":0},)");
	const Extracted extracted =
	    Extract(*definition, "thing", R"({"id":"1","currency":")" + currency + R"(",)" + payload + "}");
	std::string text = extracted.fact().amount ? std::to_string(*extracted.fact().amount) : "";
	for (const std::string &problem : ProblemTexts(extracted.fact().problems)) {
		text += problem;
	}
	return text;
}

TEST(Extract, ReadsAmountsExactly) {
	const std::string major = R"({"value":"a","unit":"major"})";
	const std::string minor = R"({"value":"a","unit":"minor"})";
	EXPECT_EQ(Amount(major, R"("a":"598.94")"), "59894");
	EXPECT_EQ(Amount(major, R"("a":598.94)"), "59894");
	EXPECT_EQ(Amount(major, R"("a":0.1)"), "10");
	EXPECT_EQ(Amount(major, R"("a":90071992547409.93)"), "9007199254740993"); // not a double
	EXPECT_EQ(Amount(major, R"("a":11840)", "JPY"), "11840");
	EXPECT_EQ(Amount(major, R"("a":1.234)", "KWD"), "1234");
	EXPECT_EQ(Amount(minor, R"("a":2000)"), "2000");
	EXPECT_EQ(Amount(minor, R"("a":2000)", "JPY"), "2000");
	EXPECT_EQ(Amount(minor, R"("a":2000)", "usd"), "2000");
	EXPECT_EQ(Amount(minor, R"("a":2000)", "ISK"), "20"); // the system has two decimals, ISO none
	EXPECT_EQ(Amount(minor, R"("a":20)", "MGA"), "2000");
	EXPECT_EQ(Amount(minor, R"("a":2001)", "ISK"), "amount (a): '2001' has more decimals than ISK has");
	EXPECT_EQ(Amount(minor, R"("a":9223372036854775807)"), "9223372036854775807");
	EXPECT_EQ(Amount(minor, R"("a":9223372036854775808)"),
	          "amount (a): '9223372036854775808' is out of range");
	EXPECT_EQ(Amount(major, R"("a":1e400)"), "amount (a): '1e400' is out of range");
	EXPECT_EQ(Amount(major, R"("a":"12.345")"), "amount (a): '12.345' has more decimals than USD has");
	EXPECT_EQ(Amount(major, R"("a":"free")"), "amount (a): 'free' is not a number");
	EXPECT_EQ(Amount(major, R"("a":true)"), "amount (a): 'true' is not a number");
	EXPECT_EQ(Amount(major, R"("a":[5])"), "amount (a): is a list where a single value belongs");
	EXPECT_EQ(Amount(major, R"("a":{"b":5})"), "amount (a): is an object where a single value belongs");
	EXPECT_EQ(Amount(major, R"("a":"5\u0000")"), "amount (a): holds the character U+0000");
	EXPECT_EQ(Amount(major, R"("b":1)"), "");
	EXPECT_EQ(Amount(R"({"value":"a","unit":"major","sign":"absolute"})", R"("a":-5)"), "500");
	EXPECT_EQ(Amount(R"({"value":"a","unit":"major","sign":"negate"})", R"("a":5)"), "-500");
	EXPECT_EQ(Amount(R"({"value":"a","unit":"minor","sign":"negate"})", R"("a":-9223372036854775808)"),
	          "amount (a): '-9223372036854775808' is out of range");
}

TEST(Extract, MarksWhatIsGone) {
	const std::string payload =
	    R"("id":"1","version":"2024-01-01T00:00:00Z","status":"PAID","refunds":[{"id":"2"}]})";
	const auto definition = Definition::Compile(
	    R"({"connector":"c","version":"1","title":"C","role":"store","objects":{
	    "order":{"kind":"order","id":"id","version":{"time":"version"},"required":["amount"],
	      "amount":{"value":"total","unit":"major"},"status":{"map":{"PAID":"paid"},"of":"status"},
	      "nested":[{"object":"refund","path":"refunds[]"}]},
	    "refund":{"kind":"refund","id":"id"}}})");
	const Extracted there = Extract(*definition, "order", "{" + payload);
	const Extracted gone = Extract(*definition, "order", std::string(deletion_mark) + payload);
	EXPECT_EQ(there.extraction.facts.size(), 2U);
	EXPECT_EQ(there.fact().problems.size(), 1U);
	ASSERT_EQ(gone.extraction.facts.size(), 1U); // what is nested is not taken along
	EXPECT_EQ(gone.fact().status, Status::deleted);
	EXPECT_TRUE(gone.fact().problems.empty());
	// The version is that of the object, so that the very same object may come back.
	EXPECT_EQ(gone.fact().version_at, there.fact().version_at);
	EXPECT_EQ(gone.fact().version_sequence, there.fact().version_sequence);
	EXPECT_NE(gone.fact().content_hash, there.fact().content_hash);
}

TEST(Extract, SumsAmountsExactly) {
	const std::string all = R"({"value":{"sum":"l[].a"},"unit":"major"})";
	const std::string some =
	    R"({"value":{"first":[{"sum":"l[].a","if":{"path":"k","is":"refund"}},"b"]},"unit":"major"})";
	EXPECT_EQ(Amount(all, R"("l":[{"a":"0.10"},{"a":0.2},{"x":1},{"a":null}])"), "30");
	EXPECT_EQ(Amount(all, R"("l":{"a":"5"})"), "500");
	EXPECT_EQ(Amount(all, R"("l":[])"), "0");
	EXPECT_EQ(Amount(all, R"("m":1)"), "");
	EXPECT_EQ(Amount(some, R"("l":[{"a":1,"k":"refund"},{"a":2,"k":"sale"}],"b":9)"), "100");
	EXPECT_EQ(Amount(some, R"("b":9)"), "900");
	EXPECT_EQ(Amount(all, R"("l":[{"a":"1"},{"a":"x"},{"a":"2"}])"), "amount (l[].a): 'x' is not a number");
	EXPECT_EQ(Amount(all, R"("l":[{"a":"92233720368547758.07"},{"a":"0.01"}])"),
	          "amount (l[].a): a sum is out of range");
}

TEST(Extract, SumsSeveralAmounts) {
	const std::string program =
	    R"({"value":{"sum":[{"sum":"l[].a"},{"sum":"m[].b[].c"},"tip"]},"unit":"major"})";
	EXPECT_EQ(
	    Amount(program, R"("l":[{"a":"0.10"}],"m":[{"b":[{"c":-1},{"c":2}]},{"b":[{"c":3}]}],"tip":"5")"),
	    "910");
	EXPECT_EQ(Amount(program, R"("tip":"5")"), "500");
	EXPECT_EQ(Amount(program, R"("m":[{"b":[]}])"), "0");
	EXPECT_EQ(Amount(program, R"("x":1)"), "");
	EXPECT_EQ(Amount(program, R"("l":[{"a":"1"}],"tip":"x")"), "amount (l[].a): 'x' is not a number");
	EXPECT_EQ(Amount(program, R"("l":[{"a":"92233720368547758.07"}],"tip":0.01)"),
	          "amount (l[].a): a sum is out of range");
}

TEST(Extract, ReadsPages) {
	const auto definition = Definition::Compile(R"({"connector":"test","version":"1","title":"Test",
		"role":"store","objects":{
		"thing":{"kind":"order","id":"id","only_nested":{"path":"things","exists":true},
			"nested":[{"object":"part","path":"things[]"}]},
		"part":{"kind":"payment","id":"id","version":{"time":"at"}}}})");
	const Extracted page =
	    Extract(*definition, "thing", R"({"things":[{"id":1,"at":"2024-01-31T12:00:00Z"},{"id":2}]})");
	ASSERT_EQ(page.extraction.facts.size(), 2U);
	EXPECT_EQ(page.fact(0).object, "part");
	EXPECT_EQ(page.fact(0).path, "things[0]");
	EXPECT_EQ(page.fact(0).version_at, 1706702400000000);
	EXPECT_EQ(page.fact(1).external_id, "2");
	EXPECT_EQ(Extract(*definition, "thing", R"({"id":7})").fact().external_id, "7");
	const Extracted odd = Extract(*definition, "thing", R"({"things":[{"id":1},{"x":2}]})");
	EXPECT_EQ(ProblemTexts(odd.fact().problems), Texts{"id (things[1].id): is missing"});
	const Extracted none = Extract(*definition, "thing", R"({"things":[{"x":2}]})");
	EXPECT_EQ(ProblemTexts(none.extraction.problems), Texts{"id (things[0].id): is missing"});
	const Extracted empty = Extract(*definition, "thing", R"({"things":[],"id":1})");
	EXPECT_EQ(ProblemTexts(empty.extraction.problems), Texts{" (): holds nothing that the definition reads"});
	EXPECT_TRUE(empty.extraction.facts.empty());
}

TEST(Extract, NamesObjectsWithoutIdsByTheirContent) {
	const auto definition = Definition::Compile(R"({"connector":"test","version":"1","title":"Test",
		"role":"bank","objects":{
		"line":{"kind":"bank_line","id":"id","keyless":true,"nested":[{"object":"part","path":"parts[]"}]},
		"part":{"kind":"fee","keyless":true}}})");
	const Extracted one = Extract(*definition, "line", R"({"a":1,"b":"x"})");
	EXPECT_TRUE(one.fact().is_keyless);
	EXPECT_EQ(one.fact().external_id.size(), 32U);
	EXPECT_EQ(Extract(*definition, "line", R"({"b":"x", "a":1,"_fivetran_synced":5})").fact().external_id,
	          one.fact().external_id);
	EXPECT_EQ(Extract(*definition, "line", R"({"b":"x","a":1,"id":""})").fact().is_keyless, true);
	EXPECT_NE(Extract(*definition, "line", R"({"a":2,"b":"x"})").fact().external_id, one.fact().external_id);
	const Extracted with_id = Extract(*definition, "line", R"({"id":7})");
	EXPECT_EQ(with_id.fact().external_id, "7");
	EXPECT_FALSE(with_id.fact().is_keyless);
	EXPECT_EQ(ProblemTexts(Extract(*definition, "line", R"({"id":[1]})").extraction.problems),
	          Texts{"id (id): is a list where a single value belongs"});
	// Nested ones are numbered in their payload.
	const Extracted nested = Extract(*definition, "line", R"({"id":1,"parts":[{"a":1},{"a":2},{"a":1}]})");
	ASSERT_EQ(nested.extraction.facts.size(), 4U);
	EXPECT_NE(nested.fact(2).external_id, nested.fact(1).external_id);
	EXPECT_EQ(nested.fact(3).external_id, std::string(nested.fact(1).external_id) + ":2");
	EXPECT_FALSE(nested.fact(3).is_keyless);
}

TEST(Extract, NamesObjectsWithoutIdsByWhatTheirValuesMean) {
	const auto definition = Definition::Compile(R"({"connector":"test","version":"1","title":"Test",
		"role":"bank","objects":{"line":{"kind":"bank_line","keyless":["day",{"first":["sum-paid","sum_paid"]},"note"]}}})");
	const auto name = [&](const char *payload) {
		return std::string(Extract(*definition, "line", payload).fact().external_id);
	};
	const std::string one =
	    name(R"({"day":"2026-10-04 10:00:00 UTC","sum-paid":"12.50","note":"","place":"A"})");
	EXPECT_EQ(one.size(), 32U);
	// As a typed table says it; what is not listed does not tell lines apart.
	EXPECT_EQ(name(R"({"day":"2026-10-04T12:00:00+02:00","sum_paid":12.5,"note":null,"loaded":7})"), one);
	EXPECT_NE(name(R"({"day":"2026-10-04 10:00:01 UTC","sum-paid":"12.50"})"), one);
	EXPECT_NE(name(R"({"day":"2026-10-04 10:00:00 UTC","sum-paid":"12.51"})"), one);
	EXPECT_NE(name(R"({"day":"2026-10-04 10:00:00 UTC","sum-paid":"12.50","note":"x"})"), one);
	// A value is one at its place only.
	EXPECT_NE(name(R"({"note":"12.5","day":"2026-10-04T10:00:00Z"})"), one);
}

TEST(Extract, ReadsAnObjectAsTwo) {
	const auto definition = Definition::Compile(R"({"connector":"test","version":"1","title":"Test",
		"role":"store","objects":{
		"thing":{"kind":"order","id":"id","nested":[{"object":"payment","path":"."}]},
		"payment":{"kind":"payment","id":"paid.by","when":{"path":"paid","exists":true}}}})");
	const Extracted read = Extract(*definition, "thing", R"({"id":1,"paid":{"by":"card"}})");
	ASSERT_EQ(read.extraction.facts.size(), 2U);
	EXPECT_EQ(read.fact(1).object, "payment");
	EXPECT_EQ(read.fact(1).external_id, "card");
	EXPECT_EQ(read.fact(1).path, "");
	EXPECT_EQ(Extract(*definition, "thing", R"({"id":1})").extraction.facts.size(), 1U);
}

TEST(Extract, ReadsDecimalCommas) {
	const std::string program = R"({"value":{"path":"a","transform":"decimal_comma"},"unit":"major"})";
	EXPECT_EQ(Amount(program, R"("a":"-1.234,50")"), "-123450");
	EXPECT_EQ(Amount(program, R"("a":"0,5")"), "50");
	EXPECT_EQ(Amount(program, R"("a":"1 234,5")"), "123450");
	EXPECT_EQ(Amount(program, R"("a":"1,234")"), "123400"); // thousands
	EXPECT_EQ(Amount(program, R"("a":"1,234.50")"), "123450");
	EXPECT_EQ(Amount(program, R"("a":"12.34")"), "1234");
	EXPECT_EQ(Amount(program, R"("a":"1,234,5")"), "amount (a): '1,234,5' is not a number");
	EXPECT_EQ(Amount(program, R"("a":",")"), "amount (a): ',' is not a number");
}

TEST(Extract, NamesWhatIsMissing) {
	const auto definition = DefineThing(
	    R"("required":["amount","currency","status","occurred"],"currency":"cur","occurred":{"first":["at","date"]},
		"amount":{"value":"total","unit":"major"},"status":{"map":{"ok":"paid"},"of":"state"})");
	const Extracted extracted = Extract(*definition, "thing", R"({"id":1,"state":"odd"})");
	EXPECT_EQ(ProblemTexts(extracted.fact().problems),
	          (Texts{"status (state): is missing", "currency (cur): is missing", "amount (total): is missing",
	                 "occurred (at): is missing"}));
	EXPECT_EQ(extracted.fact().status, Status::unknown);
	EXPECT_EQ(extracted.fact().external_id, "1");
	const Extracted whole =
	    Extract(*definition, "thing",
	            R"({"id":1,"state":"ok","cur":"EUR","total":"1","date":"2024-01-31T12:00:00Z"})");
	EXPECT_EQ(ProblemTexts(whole.fact().problems), Texts{});
	EXPECT_EQ(whole.fact().occurred_at, 1706702400000000);
}

TEST(Extract, ReadsCurrencies) {
	const std::string program =
	    R"("required":["currency"],"currency":"cur","amount":{"value":"a","unit":"major"})";
	const auto strict = DefineThing(program);
	const auto lenient = DefineThing(program + R"(,"currency_fallback":"merchant")");
	const auto problems = [](const Extracted &extracted) { return ProblemTexts(extracted.fact().problems); };
	EXPECT_EQ(Extract(*strict, "thing", R"({"id":1,"cur":" eur ","a":1})").fact().currency, "EUR");
	EXPECT_EQ(problems(Extract(*strict, "thing", R"({"id":1,"cur":"USA","a":1})")),
	          Texts{"currency (cur): 'USA' is not an ISO 4217 currency"});
	EXPECT_EQ(problems(Extract(*strict, "thing", R"({"id":1,"a":1})", {{}, "EUR"})),
	          Texts{"currency (cur): is missing"});
	const Extracted fallen = Extract(*lenient, "thing", R"({"id":1,"cur":"USA","a":1})", {{}, "JPY"});
	EXPECT_EQ(fallen.fact().currency, "JPY");
	EXPECT_EQ(fallen.fact().amount, 1);
	EXPECT_EQ(problems(fallen), Texts{});
	EXPECT_EQ(Extract(*lenient, "thing", R"({"id":1,"a":1})", {{}, "JPY"}).fact().currency, "JPY");
	EXPECT_EQ(problems(Extract(*lenient, "thing", R"({"id":1,"cur":"USA","a":1})")),
	          Texts{"currency (cur): 'USA' is not an ISO 4217 currency"});
	const auto none = DefineThing(R"("required":["amount"],"amount":{"value":"a","unit":"major"})");
	EXPECT_EQ(problems(Extract(*none, "thing", R"({"id":1,"a":1})")), Texts{"amount (a): has no currency"});
}

TEST(Extract, ReadsTimes) {
	const auto definition = DefineThing(
	    R"("occurred":"at","expected":"due","version":{"time":"updated","sequence":"n"},"status":{"const":"paid"})");
	const ExtractOptions options{{[](void *hours, Instant local) -> Instant {
		                              return local - *static_cast<int *>(hours) * 3600000000LL;
	                              },
	                              nullptr},
	                             {}};
	int hours = 2;
	ExtractOptions local = options;
	local.local_time.context = &hours;
	const Extracted read = Extract(
	    *definition, "thing",
	    R"({"id":1,"at":1706702400,"due":"2024-01-31","updated":"2024-01-31T12:00:00.5Z","n":"3"})", local);
	EXPECT_EQ(read.fact().occurred_at, 1706702400000000);
	EXPECT_EQ(read.fact().expected_at, 1706652000000000); // midnight there, two hours ahead
	EXPECT_EQ(read.fact().version_at, 1706702400500000);
	EXPECT_EQ(read.fact().version_sequence, 3 * 16 + 4);
	const Extracted none = Extract(*definition, "thing", R"({"id":1,"n":-5})");
	EXPECT_EQ(none.fact().version_at, std::nullopt);
	EXPECT_EQ(none.fact().version_sequence, 4);
	const Extracted bad = Extract(*definition, "thing", R"({"id":1,"at":"soon","due":[1],"n":"x"})");
	EXPECT_EQ(ProblemTexts(bad.fact().problems),
	          (Texts{"occurred (at): 'soon' is not a time that can be read",
	                 "expected (due): is a list where a single value belongs",
	                 "version (n): 'x' is not a whole number"}));
	const Extracted huge = Extract(*definition, "thing", R"({"id":1,"n":9223372036854775807})");
	EXPECT_GT(huge.fact().version_sequence, 0);
}

TEST(Extract, ReadsIdentifiers) {
	const auto definition = DefineThing(
	    R"("identifiers":[
		{"namespace":"thing","value":"id","role":"own"},
		{"namespace":"number","value":{"path":"no","transform":"trim"},"role":"own","strength":"weak"},
		{"namespace":"other","value":"refs[].id","role":"ref"},
		{"namespace":"only","value":"refs[].id","role":"ref","single":true},
		{"namespace":"same","value":"same","role":"same","scope":"global","if":{"path":"kind","is":"payment"}},
		{"namespace":"note","value":{"path":"note","transform":{"regex":"o[0-9]+"}},"role":"ref","single":true}])",
	    R"("namespaces":{"thing":{"scope":"connection"},"number":{"scope":"store"},"same":{"scope":"store"}},)");
	EXPECT_EQ(
	    Identifiers(
	        Extract(
	            *definition, "thing",
	            R"({"id":7,"no":" 12 ","refs":[{"id":"a"},{"id":"b"},{"id":"a"}],"kind":"payment","same":"s","note":"o1, o1"})")
	            .fact()),
	    (std::set<std::string>{"own thing/7 connection", "own number/12 store weak", "ref other/a",
	                           "ref other/b", "same same/s", "ref note/o1"}));
	EXPECT_EQ(
	    Identifiers(Extract(*definition, "thing",
	                        R"({"id":7,"refs":{"id":"a"},"kind":"refund","same":"s","note":"o1 and o2"})")
	                    .fact()),
	    (std::set<std::string>{"own thing/7 connection", "ref other/a", "ref only/a"}));
	EXPECT_EQ(
	    Identifiers(Extract(*definition, "thing", R"({"id":7,"refs":[{"id":"a"},{"id":"N/A"}]})").fact()),
	    (std::set<std::string>{"own thing/7 connection", "ref other/a", "ref only/a"}));
}

TEST(Extract, DropsWhatIdentifiesNothing) {
	const auto definition = DefineThing(R"("identifiers":[{"namespace":"n","value":"list[]","role":"ref"}])");
	const std::string longest(512, 'x');
	const Extracted extracted = Extract(
	    *definition, "thing",
	    R"({"id":"a","list":["","null","0","N/A","none","NONE","undefined"," \t ",null,"00","x\u0000",")" +
	        longest + "\",\"" + longest + "x\"]}");
	EXPECT_EQ(Identifiers(extracted.fact()), (std::set<std::string>{"ref n/00", "ref n/" + longest}));
	ASSERT_EQ(extracted.fact().problems.size(), 1U);
	EXPECT_EQ(extracted.fact().problems[0].reason,
	          "'" + std::string(80, 'x') + "...' is longer than 512 bytes");
}

TEST(Extract, LinksToTheFirstThatIsThere) {
	const auto definition = DefineThing(
	    R"("about":[{"namespace":"charge","value":"charge"},{"namespace":"intent","value":"intent","scope":"store"}],"payout":{"namespace":"payout","value":"po","if":"paid"})");
	const Extracted both =
	    Extract(*definition, "thing", R"({"id":1,"charge":{"id":"c"},"intent":"i","po":"p","paid":true})");
	EXPECT_EQ(test::Text(*both.fact().about), "ref charge/c");
	EXPECT_EQ(test::Text(*both.fact().payout), "ref payout/p");
	const Extracted one = Extract(*definition, "thing", R"({"id":1,"charge":"none","intent":"i","po":"p"})");
	EXPECT_EQ(test::Text(*one.fact().about), "ref intent/i store");
	EXPECT_FALSE(one.fact().payout);
}

TEST(Extract, NeedsAnId) {
	const auto definition = DefineThing("");
	const auto problems = [&](const std::string &payload) {
		const Extracted extracted = Extract(*definition, "thing", payload);
		EXPECT_TRUE(extracted.extraction.facts.empty());
		return ProblemTexts(extracted.extraction.problems);
	};
	EXPECT_EQ(problems("{}"), Texts{"id (id): is missing"});
	EXPECT_EQ(problems(R"({"id":null})"), Texts{"id (id): is missing"});
	EXPECT_EQ(problems(R"({"id":[]})"), Texts{"id (id): is missing"});
	EXPECT_EQ(problems(R"({"id":"N/A"})"), Texts{"id (id): 'N/A' is not an id"});
	EXPECT_EQ(problems(R"({"id":{"x":1}})"), Texts{"id (id): is an object where a single value belongs"});
	EXPECT_EQ(problems(R"({"id":[1]})"), Texts{"id (id): is a list where a single value belongs"});
	EXPECT_EQ(problems(R"({"id":"\u0000"})"), Texts{"id (id): holds the character U+0000"});
	EXPECT_EQ(problems(R"({"id":")" + std::string(513, '1') + "\"}"),
	          Texts{"id (id): is longer than 512 bytes"});
	EXPECT_EQ(problems("[]"), Texts{" (): is a list, not an object"});
	EXPECT_EQ(problems("\"text\""), Texts{" (): is a string, not an object"});
	EXPECT_EQ(problems("null"), Texts{" (): is null, not an object"});
	EXPECT_EQ(problems("not json"), Texts{" (): not JSON: a word that is not true, false or null at byte 0"});
}

TEST(Extract, QuotesWithoutCuttingCharacters) {
	const auto definition = DefineThing(R"("occurred":"at")");
	std::string umlauts;
	for (int i = 0; i < 100; ++i) {
		umlauts += "ü";
	}
	const Extracted extracted = Extract(*definition, "thing", R"({"id":1,"at":")" + umlauts + R"(\n"})");
	EXPECT_EQ(extracted.fact().problems[0].reason,
	          "'" + umlauts.substr(0, 160) + "...' is not a time that can be read");
	const Extracted control = Extract(*definition, "thing", R"({"id":1,"at":"a\nb\u0001"})");
	EXPECT_EQ(control.fact().problems[0].reason, "'a?b?' is not a time that can be read");
}

TEST(Extract, MarksTheDeleted) {
	const auto definition = DefineThing(
	    R"("required":["amount"],"currency":"c","amount":{"value":"a","unit":"major"},"deleted":"gone","status":{"const":"paid"})");
	const Extracted deleted = Extract(*definition, "thing", R"({"id":1,"gone":true})");
	EXPECT_EQ(deleted.fact().status, Status::deleted);
	EXPECT_EQ(ProblemTexts(deleted.fact().problems), Texts{});
	EXPECT_EQ(deleted.fact().version_sequence, 9);
	EXPECT_EQ(Extract(*definition, "thing", R"({"id":1,"gone":false,"a":1,"c":"EUR"})").fact().status,
	          Status::paid);
}

// An order with refunds, each with transactions.
std::shared_ptr<const Definition>
Nested() {
	return Definition::Compile(R"({"connector":"t","version":"1","title":"T","role":"store","objects":{
		"order":{"kind":"order","id":"id","unwrap":["order"],"currency":"currency","test":"test","version":{"time":"updated"},
			"nested":[{"object":"refund","path":"refunds[]","inherit":["currency","test"]},{"object":"address","path":"ship.to"}]},
		"refund":{"kind":"refund","id":"id","occurred":"at","currency":"currency","summary":true,
			"identifiers":[{"namespace":"order","value":"^.id","role":"ref"}],
			"nested":[{"object":"transaction","path":"transactions[]","inherit":["currency","test","occurred"]}]},
		"transaction":{"kind":"refund","id":{"join":["^refund.id","#"],"with":":"},"when":"ok","occurred":"at","required":["amount"],
			"amount":{"value":"amount","unit":"major"},"version":{"time":"updated"},
			"identifiers":[{"namespace":"order","value":"^order.id","role":"ref"},{"namespace":"grand","value":"^.^.id","role":"ref"}]},
		"address":{"kind":"customer","id":"id"}}})");
}

TEST(Extract, ReadsNestedFacts) {
	const Extracted extracted = Extract(
	    *Nested(), "order",
	    R"({"order":{"id":1,"currency":"EUR","test":true,"updated":"2024-01-02","ship":{"to":{"id":"A"}},
		"refunds":[{"id":10,"at":"2024-01-01","transactions":[{"ok":true,"amount":5,"updated":"2024-01-03"},{"ok":false},{"ok":true,"amount":"x"}]},
		           {"id":11,"currency":"USD","transactions":{"ok":true,"amount":"1.5"}}]}})");
	const auto &facts = extracted.extraction.facts;
	ASSERT_EQ(facts.size(), 7U);
	const auto summary = [&](std::size_t i) {
		return std::string(facts[i].object) + " " + std::string(facts[i].external_id) + " " +
		       std::string(facts[i].path) + " " + std::string(facts[i].currency) +
		       (facts[i].is_test ? " test" : "") + (facts[i].is_summary ? " summary" : "");
	};
	EXPECT_EQ(summary(0), "order 1 order EUR test");
	EXPECT_EQ(summary(1), "refund 10 order.refunds[0] EUR test summary");
	EXPECT_EQ(summary(2), "transaction 10:0 order.refunds[0].transactions[0] EUR test");
	EXPECT_EQ(summary(3), "transaction 10:2 order.refunds[0].transactions[2] EUR test");
	EXPECT_EQ(summary(4), "refund 11 order.refunds[1] USD test summary");
	EXPECT_EQ(summary(5), "transaction 11:0 order.refunds[1].transactions[0] USD test");
	EXPECT_EQ(summary(6), "address A order.ship.to ");
	EXPECT_EQ(facts[2].amount, 500);
	EXPECT_EQ(Identifiers(facts[1]), (std::set<std::string>{"ref order/1"}));
	EXPECT_EQ(Identifiers(facts[2]), (std::set<std::string>{"ref order/1", "ref grand/1"}));
	EXPECT_EQ(ProblemTexts(facts[3].problems), Texts{"amount (amount): 'x' is not a number"});
	constexpr Instant day = 86'400'000'000;
	constexpr Instant second_of_january = 19724 * day;
	EXPECT_EQ(facts[0].version_at, second_of_january);
	EXPECT_EQ(facts[1].version_at, second_of_january); // its own is earlier
	EXPECT_EQ(facts[2].version_at, second_of_january + day);
	EXPECT_EQ(facts[2].occurred_at, second_of_january - day); // inherited
}

TEST(Extract, ReadsNestedFactsThroughLists) {
	const auto definition = Definition::Compile(
	    R"({"connector":"t","version":"1","title":"T","role":"store","objects":{
		"order":{"kind":"order","id":"id","nested":[{"object":"capture","path":"units[].payments.captures[]"},
			{"object":"receipt","path":"."}]},
		"capture":{"kind":"payment","id":{"join":["id","#","^order.id"],"with":":"}},
		"receipt":{"kind":"payment","id":"^.id","when":"paid"}}})");
	const auto read = [&](const std::string &payload) {
		const Extracted extracted = Extract(*definition, "order", payload);
		Texts all;
		for (const Fact &fact : extracted.extraction.facts) {
			all.push_back(std::string(fact.object) + " " + std::string(fact.external_id) + " " +
			              std::string(fact.path));
			for (const std::string &problem : ProblemTexts(fact.problems)) {
				all.push_back(problem);
			}
		}
		return all;
	};
	EXPECT_EQ(read(R"({"id":7,"paid":true,"units":[{},{"payments":{"captures":[{"id":"a"},{"id":"b"}]}},
		{"payments":{"captures":{"id":"c"}}}]})"),
	          (Texts{"order 7 ", "capture a:0:7 units[1].payments.captures[0]",
	                 "capture b:1:7 units[1].payments.captures[1]",
	                 "capture c:0:7 units[2].payments.captures[0]", "receipt 7 "}));
	EXPECT_EQ(read(R"({"id":7,"units":"none"})"),
	          (Texts{"order 7 ", "capture (units[].payments.captures[]): is inside a single value where an "
	                             "object belongs"}));
	EXPECT_EQ(read(R"({"id":7,"units":[{"payments":{"captures":[5]}}]})"),
	          (Texts{"order 7 ", "capture (units[0].payments.captures[0]): is a number, not an object"}));
}

// As an ETL tool writes a nested object into a column.
TEST(Extract, ReadsObjectsInTexts) {
	const auto definition = DefineThing(
	    R"("currency":"money.currency","amount":{"value":"money.amount","unit":"major"},"test":"meta.flags.test","identifiers":[
		{"namespace":"order","value":{"first":["meta.order_id","meta.order.id"]},"role":"ref"},
		{"namespace":"all","value":"meta.ids[]","role":"ref"},{"namespace":"of","value":"meta.order","role":"ref"}])");
	const auto read = [&](const std::string &payload) { return Extract(*definition, "thing", payload); };
	const Extracted whole = read(
	    R"({"id":1,"money":"{\"amount\":\"1.50\",\"currency\":\"eur\"}","meta":"{\"flags\":{\"test\":true},\"order\":{\"id\":\"\u0037\"},\"ids\":[4,\"5\"]}"})");
	EXPECT_EQ(ProblemTexts(whole.fact().problems), Texts{});
	EXPECT_EQ(whole.fact().amount, 150);
	EXPECT_EQ(whole.fact().currency, "EUR");
	EXPECT_TRUE(whole.fact().is_test);
	EXPECT_EQ(Identifiers(whole.fact()),
	          (std::set<std::string>{"ref order/7", "ref all/4", "ref all/5", "ref of/7"}));
	// An object without what is looked for is no problem; text that is no JSON, or JSON in JSON in JSON, is
	// one.
	EXPECT_EQ(ProblemTexts(read(R"({"id":1,"meta":"{\"other\":1}"})").fact().problems), Texts{});
	const std::string misfit = " (meta.order_id): is inside a single value where an object belongs";
	for (const std::string meta : {R"("{broken")", R"("plain text")", "5"}) {
		EXPECT_EQ(ProblemTexts(read(R"({"id":1,"meta":)" + meta + "}").fact().problems).front(),
		          "order" + misfit)
		    << meta;
	}
	EXPECT_EQ(ProblemTexts(read(R"({"id":1,"meta":"{\"order\":\"{}\"}"})").fact().problems).front(),
	          "order" + misfit);
}

TEST(Extract, HashesEachFactsOwnPart) {
	const auto definition = Nested();
	const std::string refund = R"({"id":10,"transactions":[{"ok":true,"amount":5}]})";
	const Extracted a = Extract(*definition, "order", R"({"id":1,"note":"x","refunds":[)" + refund + "]}");
	const Extracted b =
	    Extract(*definition, "order",
	            R"({"refunds":[{"transactions":[{"amount":5,"ok":true}],"id":10}],"note":"y","id":1})");
	const Extracted alone = Extract(*definition, "refund", refund);
	EXPECT_NE(a.extraction.payload_hash, b.extraction.payload_hash);
	EXPECT_EQ(a.fact(0).content_hash, a.extraction.payload_hash);
	EXPECT_EQ(a.fact(1).content_hash, b.fact(1).content_hash);
	EXPECT_EQ(a.fact(1).content_hash, alone.fact(0).content_hash);
	EXPECT_EQ(alone.fact(0).content_hash, alone.extraction.payload_hash);
	EXPECT_EQ(a.fact(2).content_hash, b.fact(2).content_hash);
}

TEST(Extract, NamesNestedPartsOfNoUse) {
	const Extracted extracted =
	    Extract(*Nested(), "order", R"({"id":1,"refunds":["x",{"at":"2024-01-01"},null],"ship":[{"to":1}]})");
	ASSERT_EQ(extracted.extraction.facts.size(), 1U);
	EXPECT_EQ(ProblemTexts(extracted.fact().problems),
	          (Texts{"refund (refunds[0]): is a string, not an object", "id (refunds[1].id): is missing",
	                 "address (ship.to): is inside a list where an object belongs"}));
}

TEST(Extract, ReadsEnvelopes) {
	const auto definition =
	    Definition::Compile(R"({"connector":"t","version":"1","title":"T","role":"processor","objects":{
		"charge":{"kind":"payment","id":"id","version":{"time":"updated"}},
		"event":{"envelope":{"body":"data.object","event_id":"id","version_time":"created","object":{"map":{"charge":"charge"},"of":"data.object.object"}},
		         "test":{"path":"live","is":false}}}})");
	const Extracted event = Extract(
	    *definition, "event",
	    R"({"id":"evt_1","created":1706702400,"live":false,"data":{"object":{"object":"charge","id":"ch_1","updated":1700000000}}})");
	EXPECT_EQ(event.extraction.source_event_id, "evt_1");
	EXPECT_EQ(event.fact().object, "charge");
	EXPECT_EQ(event.fact().path, "data.object");
	EXPECT_EQ(event.fact().version_at, 1706702400000000);
	EXPECT_TRUE(event.fact().is_test);
	const auto problems = [&](const std::string &payload) {
		const Extracted extracted = Extract(*definition, "event", payload);
		EXPECT_TRUE(extracted.extraction.facts.empty());
		return ProblemTexts(extracted.extraction.problems);
	};
	EXPECT_EQ(problems(R"({"id":"evt_1","data":{"object":{"object":"dispute","id":"dp_1"}}})"),
	          Texts{"object (data.object.object): object type 'dispute' is not handled"});
	EXPECT_EQ(problems(R"({"id":"evt_1","data":{"object":{"id":"dp_1"}}})"),
	          Texts{"object (data.object.object): is missing"});
	EXPECT_EQ(problems(R"({"id":"evt_1","data":null})"), Texts{"body (data.object): is missing"});
	EXPECT_EQ(problems(R"({"created":"soon","data":{"object":{"object":"charge","id":1}}})"),
	          Texts{"version (created): 'soon' is not a time that can be read"});
	EXPECT_EQ(problems("[1]"), Texts{" (): is a list, not an object"});
}

TEST(Extract, RefusesUnknownObjects) {
	const auto definition = DefineThing("");
	std::pmr::monotonic_buffer_resource arena;
	Extractor extractor;
	try {
		extractor.Extract(*definition, "invoice", "{}", {}, &arena);
		FAIL();
	} catch (const Error &error) {
		EXPECT_STREQ(error.sqlstate(), "ML002");
		EXPECT_STREQ(error.what(), "connector \"test\" has no object \"invoice\"");
	}
}

TEST(Extract, OutlivesItsSources) {
	std::pmr::monotonic_buffer_resource arena;
	Extraction extraction(&arena);
	{
		const auto definition = DefineThing(
		    R"("currency":"c","occurred":"at","identifiers":[{"namespace":"long.namespace","value":"id","role":"own"}])");
		std::string payload = R"({"id":"a long identifier","c":"eur","at":"never"})";
		Extractor extractor;
		extraction = extractor.Extract(*definition, "thing", payload, {}, &arena);
		payload.assign(payload.size(), 'z');
		extractor.Extract(*definition, "thing", R"({"id":"another long identifier"})", {}, &arena);
	}
	EXPECT_EQ(extraction.facts[0].object, "thing");
	EXPECT_EQ(extraction.facts[0].currency, "EUR");
	EXPECT_EQ(test::Text(extraction.facts[0].identifiers[0]), "own long.namespace/a long identifier");
	EXPECT_EQ(ProblemTexts(extraction.facts[0].problems),
	          Texts{"occurred (at): 'never' is not a time that can be read"});
}

} // namespace
} // namespace meshline
