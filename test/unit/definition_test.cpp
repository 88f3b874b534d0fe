// SPDX-License-Identifier: PostgreSQL
#include "core/definition.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "core/error.hpp"
#include "extraction.hpp"

namespace meshline {
namespace {

using test::DefineThing;

// Expects a refusal whose detail is as given; the hint must hold `hint`.
void
ExpectRefused(const std::string &json, const std::string &detail, const std::string &hint = {}) {
	try {
		Definition::Compile(json);
		ADD_FAILURE() << "accepted: " << json;
	} catch (const Error &error) {
		EXPECT_STREQ(error.sqlstate(), "ML001");
		EXPECT_STREQ(error.what(), "invalid connector definition");
		EXPECT_EQ(error.detail(), detail);
		EXPECT_NE(std::string(error.hint()).find(hint), std::string::npos) << error.hint();
	}
}

// The same for the members of an object "thing".
void
ExpectThingRefused(const std::string &members, const std::string &detail, const std::string &hint = {}) {
	ExpectRefused(
	    R"({"connector":"test","version":"1","title":"Test","role":"store","objects":{"thing":{"kind":"order","id":"id",)" +
	        members + "}}}",
	    "objects.thing." + detail, hint);
}

TEST(Definition, TellsWhatItIs) {
	const auto definition = Definition::Compile(R"({
		"$schema": "definition.schema.json", "description": "of a test",
		"connector": "my_shop", "version": "2.1", "title": "My Shop", "role": "marketplace",
		"namespaces": {"my_shop.order": {"rank": 0}, "order_name": {"rank": 10, "scope": "store"}, "my_shop.x": {}},
		"expectations": {"settlement_window_days": 14},
		"objects": {"order": {"kind": "order", "id": "id"},
		            "payment": {"kind": {"map": {"r": "refund"}, "of": "t", "default": "payment"}, "id": "id"},
		            "event": {"envelope": {"body": "data", "object": {"map": {"o": "order"}, "of": "type"}}}}})");
	EXPECT_EQ(definition->name(), "my_shop");
	EXPECT_EQ(definition->version(), "2.1");
	EXPECT_EQ(definition->title(), "My Shop");
	EXPECT_EQ(definition->role(), Role::marketplace);
	EXPECT_EQ(definition->defaults().settlement_window_days, 14);
	ASSERT_EQ(definition->namespaces().size(), 3U);
	EXPECT_EQ(definition->namespaces()[1].name, "order_name");
	EXPECT_EQ(definition->namespaces()[1].rank, 10);
	EXPECT_EQ(definition->namespaces()[1].scope, Scope::store);
	EXPECT_EQ(definition->namespaces()[2].rank, 50);
	EXPECT_EQ(definition->namespaces()[2].scope, Scope::global);
	ASSERT_EQ(definition->objects().size(), 3U);
	EXPECT_EQ(definition->objects()[1].name, "payment");
	EXPECT_EQ(definition->objects()[1].kind, Kind::payment);
	EXPECT_TRUE(definition->HasObject("event"));
	EXPECT_FALSE(definition->HasObject("invoice"));
}

TEST(Definition, RefusesABadHead) {
	ExpectRefused("", "the definition is not JSON: it is empty");
	ExpectRefused("[1", "the definition is not JSON: the text ends inside a list at byte 2");
	ExpectRefused("[]", "the definition: must be an object");
	ExpectRefused("{}", "the definition: the member \"connector\" is missing");
	const std::string end = R"(,"objects":{"a":{"kind":"order","id":"id"}}})";
	ExpectRefused(R"({"connector":"My Shop","version":"1","title":"T","role":"store")" + end,
	              "connector: \"My Shop\" is not a name", "lower-case letters");
	ExpectRefused(R"({"connector":"x","version":1,"title":"T","role":"store")" + end,
	              "version: must be a string");
	ExpectRefused(R"({"connector":"x","version":"1","title":" ","role":"store")" + end,
	              "title: must not be empty");
	ExpectRefused(R"({"connector":"x","version":"1","title":"T","role":"shop")" + end,
	              "role: \"shop\" is not a role", "processor");
	ExpectRefused(R"({"connector":"x","version":"1","title":"T","role":"store","extra":1)" + end,
	              "extra: is not known here", "objects");
	ExpectRefused(R"({"connector":"x","connector":"y","version":"1","title":"T","role":"store")" + end,
	              "the definition: has the member \"connector\" twice");
	ExpectRefused(
	    R"({"connector":"x","version":"1","title":"T","role":"store","namespaces":{"n":{"rank":-1}})" + end,
	    "namespaces.n.rank: must be a whole number from 0 to 1000");
	ExpectRefused(
	    R"({"connector":"x","version":"1","title":"T","role":"store","namespaces":{"n":{"scope":"shop"}})" +
	        end,
	    "namespaces.n.scope: \"shop\" is not known here", "global, connection, store");
	ExpectRefused(
	    R"({"connector":"x","version":"1","title":"T","role":"store","currency_exponents":{"USA":2})" + end,
	    "currency_exponents.USA: \"USA\" is not an ISO 4217 currency");
	ExpectRefused(R"({"connector":"x","version":"1","title":"T","role":"store","ignore":["a*b"])" + end,
	              "ignore[0]: a \"*\" may only stand at the end, behind a prefix");
	ExpectRefused(R"({"connector":"x","version":"1","title":"T","role":"store","objects":{}})",
	              "objects: must have an object");
	ExpectRefused(R"({"connector":"x","version":"1","title":"T","role":"store","objects":{"A":{}}})",
	              "objects.A: \"A\" is not a name");
	ExpectRefused(R"({"connector":"x","version":"1","title":"T","role":"store","objects":{"a":{"id":"id"}}})",
	              "objects.a: the member \"kind\" is missing");
	ExpectRefused(
	    R"({"connector":"x","version":"1","title":"T","role":"store","objects":{"a":{"kind":"order"}}})",
	    "objects.a: the member \"id\" is missing");
}

TEST(Definition, RefusesBadWords) {
	ExpectThingRefused(R"("colour":"red")", "colour: is not known here", "identifiers");
	ExpectRefused(
	    R"({"connector":"t","version":"1","title":"T","role":"store","objects":{"a":{"kind":"ordr","id":"id"}}})",
	    "objects.a.kind: \"ordr\" is not a kind", "settlement_line");
	ExpectThingRefused(R"("status":"state")", "status: a status must come out of a \"map\" or a \"const\"",
	                   "voided");
	ExpectThingRefused(R"("status":{"map":{"x":"payed"},"of":"state"})", "status: \"payed\" is not a status",
	                   "paid");
	ExpectThingRefused(R"("status":{"map":{"x":"paid"},"of":"state","default":"?"})",
	                   "status: \"?\" is not a status");
	ExpectThingRefused(R"("status":{"when":[{"if":"a","then":"b"}]})",
	                   "status: a status must come out of a \"map\" or a \"const\"");
	ExpectThingRefused(R"("posting":"sales")", "posting: \"sales\" is not a posting type", "sale");
	ExpectThingRefused(R"("amount":"total")", "amount: must be an object");
	ExpectThingRefused(R"("amount":{"value":"total"})", "amount: the member \"unit\" is missing");
	ExpectThingRefused(R"("amount":{"value":"total","unit":"cents"})",
	                   "amount.unit: \"cents\" is not known here", "major, minor");
	ExpectThingRefused(R"("amount":{"value":"total","unit":"major","sign":"flip"})",
	                   "amount.sign: \"flip\" is not known here", "absolute");
	ExpectThingRefused(R"("currency":"c","currency_fallback":"yes")",
	                   "currency_fallback: \"yes\" is not known here", "merchant");
	ExpectThingRefused(R"("required":["amount"])",
	                   "required[0]: the object does not say where \"amount\" is");
	ExpectThingRefused(R"("required":["colour"])", "required[0]: \"colour\" is no word that can be required",
	                   "amount");
	ExpectThingRefused(R"("version":"updated_at")", "version: must be an object");
	ExpectThingRefused(R"("version":{"at":"x"})", "version.at: is not known here", "time, sequence");
}

TEST(Definition, RefusesBadIdentifiers) {
	ExpectThingRefused(R"("identifiers":{})", "identifiers: must be a list");
	ExpectThingRefused(R"("identifiers":[{"namespace":"n","value":"id"}])",
	                   "identifiers[0]: the member \"role\" is missing");
	ExpectThingRefused(R"("identifiers":[{"namespace":"n","value":"id","role":"mine"}])",
	                   "identifiers[0].role: \"mine\" is not known here", "own, same, ref");
	ExpectThingRefused(R"("identifiers":[{"namespace":"n","role":"own"}])",
	                   "identifiers[0]: the member \"value\" is missing");
	ExpectThingRefused(R"("identifiers":[{"namespace":"n","value":"id","role":"own","strength":"weakish"}])",
	                   "identifiers[0].strength: \"weakish\" is not known here", "strong, weak");
	ExpectThingRefused(R"("about":{"namespace":"n","value":"id","role":"ref"})",
	                   "about.role: is not known here");
	ExpectThingRefused(R"("payout":[{"namespace":"","value":"id"}])",
	                   "payout[0].namespace: must not be empty");
}

TEST(Definition, RefusesBadExpressions) {
	ExpectThingRefused(R"("occurred":7)", "occurred: is not an expression", "{\"first\": [...]}");
	ExpectThingRefused(R"("occurred":{})", "occurred: is not an expression");
	ExpectThingRefused(R"("occurred":{"path":"a","transfrom":"lower"})",
	                   "occurred.transfrom: is not known here");
	ExpectThingRefused(R"("occurred":{"path":"a","transform":"capitals"})",
	                   "occurred.transform: is not a transform", "strip_prefix");
	ExpectThingRefused(R"("occurred":{"path":"a","transform":[{"regex":"("}]})",
	                   "occurred.transform[0].regex: is not a regular expression: missing ): (", "RE2");
	ExpectThingRefused(R"("occurred":{"path":"a","transform":{"regex":"x","group":1}})",
	                   "occurred.transform.group: must be a whole number from 0 to 0");
	ExpectThingRefused(R"("occurred":{"path":"a","transform":{"date_format":"%d/%m/%Q"}})",
	                   "occurred.transform.date_format: \"%Q\" is not known in a date format", "%Y");
	ExpectThingRefused(R"("occurred":{"path":"a","transform":{"date_format":"%d/%m"}})",
	                   "occurred.transform.date_format: a date format must name a year, a month and a day");
	ExpectThingRefused(R"("occurred":{"path":"a","transform":{"date_format":"%Y-%m-%d %I"}})",
	                   "occurred.transform.date_format: %I and %p belong together");
	ExpectThingRefused(R"("occurred":{"path":"a","transform":{"scale":19}})",
	                   "occurred.transform.scale: must be a whole number from -18 to 18");
	ExpectThingRefused(R"("occurred":{"path":"a","transform":{"map":{}}})",
	                   "occurred.transform.map: must have a member");
	ExpectThingRefused(R"("occurred":{"first":[]})", "occurred.first: must have an element");
	ExpectThingRefused(R"("occurred":{"join":["a","b"]})", "occurred: the member \"with\" is missing");
	ExpectThingRefused(R"("occurred":{"when":[]})", "occurred.when: must have an element");
	ExpectThingRefused(R"("occurred":{"when":[{"then":"a"}]})",
	                   "occurred.when[0]: the member \"if\" is missing");
	ExpectThingRefused(R"("occurred":{"sum":"a[].b"})", "occurred: a sum can only be an amount");
	ExpectThingRefused(R"("keyless":"yes")", "keyless: must be true, false or a list of expressions");
	ExpectThingRefused(R"("keyless":[])", "keyless: must have an element");
	ExpectThingRefused(R"("only_nested":"a")", "only_nested: the object has nothing nested");
	ExpectThingRefused(R"("occurred":{"sum":["a"]})", "occurred: a sum can only be an amount");
	ExpectThingRefused(R"("amount":{"value":{"sum":[]},"unit":"major"})",
	                   "amount.value.sum: must have an element");
	ExpectThingRefused(R"("amount":{"value":{"sum":"a.b"},"unit":"major"})",
	                   "amount.value.sum: must go through a list: \"lines[].price\"");
	ExpectRefused(
	    R"({"connector":"x","version":"1","title":"T","role":"bank","objects":{"a":{"kind":"payout","id":"id","authority":true}}})",
	    "objects.a.authority: only orders, payments and refunds are told by several systems");
	ExpectThingRefused(R"("line_count":{"count":"lines"})",
	                   "line_count.count: must go through a list: \"lines[].price\"");
	ExpectThingRefused(R"("when":{"path":"a","equals":1})", "when.equals: is not known here");
	ExpectThingRefused(R"("when":{"path":"a","is":[1]})",
	                   "when.is: must be a string, a whole number, true or false");
	ExpectThingRefused(R"("when":{"path":"a","is":1.5})",
	                   "when.is: must be a string, a whole number, true or false");
	ExpectThingRefused(R"("when":{"path":"a","matches":"["})",
	                   "when.matches: is not a regular expression: missing ]: [");
	ExpectThingRefused(R"("when":{"all":[]})", "when.all: must have an element");
	ExpectThingRefused(R"("when":true)", "when: is not a condition", "\"exists\"");
}

TEST(Definition, RefusesBadPaths) {
	for (const char *path : {"a..b", ".a", "a.", "a[", "a]b", "a[].", "a[]b", "a[x]", "a[=x]", "^", "^a",
	                         "^nobody.a", "^.", "^.^thing.a"}) {
		try {
			DefineThing(R"("occurred":")" + std::string(path) + '"');
			ADD_FAILURE() << path;
		} catch (const Error &error) {
			EXPECT_NE(std::string(error.hint()).find("Paths look like"), std::string::npos) << path;
		}
	}
	for (const char *path : {"a", "a.b", "a[]", "a[][].b", "a[b=c.d].e", "a[b=]", "@id", ".", "#", "^.a",
	                         "^.^.a", "^thing.a", "[].a", "a-b c"}) {
		EXPECT_NO_THROW(DefineThing(R"("occurred":")" + std::string(path) + '"')) << path;
	}
}

TEST(Definition, RefusesEndlessNesting) {
	const auto nested = [](const std::string &a, const std::string &b) {
		return R"({"connector":"t","version":"1","title":"T","role":"store","objects":{"a":{"kind":"order","id":"id","nested":[{"object":")" +
		       a + R"(","path":"x[]"}]},"b":{"kind":"order","id":"id","nested":[{"object":")" + b +
		       R"(","path":"y"}]},"c":{"kind":"order","id":"id"}}})";
	};
	EXPECT_NO_THROW(Definition::Compile(nested("b", "c")));
	ExpectRefused(nested("b", "a"), "objects: objects are nested in each other without end");
	ExpectRefused(nested("a", "c"), "objects: objects are nested in each other without end");
	ExpectRefused(nested("d", "c"), "objects.a.nested[0].object: \"d\" is not an object of this definition");
	for (const std::string path : {"a[b=c].d", "[][]", "a[][]", "^.a", "#"}) {
		ExpectThingRefused(R"("nested":[{"object":"thing","path":")" + path + "\"}]",
		                   "nested[0].path: must be \".\" or a path of members, each with or without \"[]\", "
		                   "perhaps behind a first \"[]\"");
	}
	// Only a payload is read as a list, which ends.
	EXPECT_NO_THROW(Definition::Compile(
	    R"({"connector":"t","version":"1","title":"T","role":"store","objects":{"a":{"kind":"order","id":"id","nested":[{"object":"a","path":"[]"}]}}})"));
	ExpectThingRefused(R"("nested":[{"object":"thing","path":"a","inherit":["amount"]}])",
	                   "nested[0].inherit[0]: \"amount\" is not known here", "currency");
}

TEST(Definition, RefusesBadEnvelopes) {
	const auto with = [](const std::string &envelope, const std::string &more = {}) {
		return R"({"connector":"t","version":"1","title":"T","role":"store","objects":{"a":{"kind":"order","id":"id")" +
		       more + R"(},"event":{"envelope":)" + envelope + "}}}";
	};
	EXPECT_NO_THROW(Definition::Compile(with(R"({"body":"d","object":{"const":"a"}})")));
	ExpectRefused(with(R"({"object":{"const":"a"}})"),
	              "objects.event.envelope: the member \"body\" is missing");
	ExpectRefused(with(R"({"body":"d","object":"type"})"),
	              "objects.event.envelope.object: an object of this definition must come out of a \"map\" or "
	              "a \"const\"");
	ExpectRefused(with(R"({"body":"d","object":{"const":"b"}})"),
	              "objects.event.envelope.object: \"b\" is not an object of this definition");
	ExpectRefused(with(R"({"body":"d","object":{"const":"event"}})"),
	              "objects.event.envelope.object: \"event\" is not an object of this definition");
	ExpectRefused(
	    with(R"({"body":"d","object":{"const":"a"}})", R"(,"nested":[{"object":"event","path":"x"}])"),
	    "objects: the envelope \"event\" cannot be nested");
}

TEST(Definition, RefusesDeepDefinitions) {
	std::string condition = "\"a\"";
	for (int i = 0; i < 200; ++i) {
		condition = "{\"not\":" + condition + "}";
	}
	ExpectRefused(R"({"connector":)" + condition + "}", "the definition is nested deeper than 100 levels");
}

TEST(Definition, RefusesMoreNamesThanItHasIdsFor) {
	const auto names = [](int n) {
		std::string first;
		for (int i = 0; i < n; ++i) {
			first += (i == 0 ? "\"n" : ",\"n") + std::to_string(i) + '"';
		}
		return R"({"connector":"t","version":"1","title":"T","role":"store","objects":{"a":{"kind":"order","id":"id","occurred":{"first":[)" +
		       first + "]}}}}";
	};
	EXPECT_NO_THROW(Definition::Compile(names(9'999)));
	ExpectRefused(names(10'000), "objects: reads more than 10000 different names");
	ExpectRefused(names(70'000), "objects: reads more than 10000 different names");
}

// Whatever is done to a definition, it is accepted or refused in the one way.
TEST(Definition, SurvivesMutations) {
	std::mt19937 random(5);
	const std::string original = test::ReadFile(test::SourcePath("src/connectors/shopify.json"));
	for (int i = 0; i < 1500; ++i) {
		std::string json = original;
		for (unsigned changes = 1 + random() % 3; changes > 0; --changes) {
			const std::size_t at = random() % json.size();
			switch (random() % 3) {
			case 0:
				json[at] = "{}[]\",:.^#*ax01"[random() % 15];
				break;
			case 1:
				json.erase(at, 1 + random() % 20);
				break;
			default:
				json.insert(at, json.substr(random() % json.size(), random() % 20));
			}
		}
		try {
			Definition::Compile(json);
		} catch (const Error &error) {
			EXPECT_STREQ(error.sqlstate(), "ML001");
			EXPECT_STRNE(error.detail(), "");
		}
	}
}

} // namespace
} // namespace meshline
