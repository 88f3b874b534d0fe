// SPDX-License-Identifier: PostgreSQL
#include "core/payload.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "core/hash.hpp"

namespace meshline {
namespace {

class PayloadTest : public ::testing::Test {
protected:
	PayloadTest() {
		vocabulary_.AddIgnored("_airbyte_*");
		vocabulary_.AddIgnored("noise");
		for (const char *key : {"a", "b", "list"}) {
			vocabulary_.Add(key);
		}
	}

	bool
	Read(std::string_view payload) {
		return reader_.Read(payload, vocabulary_);
	}
	Hash128
	HashOf(std::string_view payload) {
		EXPECT_TRUE(Read(payload)) << payload << ": " << reader_.error();
		return reader_.payload_hash();
	}
	std::string
	ErrorOf(std::string_view payload) {
		EXPECT_FALSE(Read(payload)) << payload;
		EXPECT_TRUE(reader_.nodes().empty());
		EXPECT_EQ(reader_.payload_hash(), HashBytes(payload));
		return reader_.error();
	}
	const Node &
	Child(std::string_view key) {
		return reader_.nodes()[reader_.Member(root_node, vocabulary_.Find(key, HashKey(key)))];
	}

	Vocabulary vocabulary_;
	PayloadReader reader_;
};

TEST_F(PayloadTest, HashDoesNotDependOnOrderAndSpace) {
	const Hash128 hash = HashOf(R"({"a":1,"b":{"x":[1,"2",null],"y":true},"list":[]})");
	EXPECT_EQ(
	    HashOf(
	        "\xEF\xBB\xBF {\n\t\"list\" : [ ] , \"b\":{\"y\":true , \"x\":[1, \"2\" ,null]}\r\n,\"a\":1 } "),
	    hash);
	EXPECT_EQ(HashOf(R"({"\u0061":1,"b":{"x":[1,"\u0032",null],"y":true},"list":[]})"), hash);
}

TEST_F(PayloadTest, HashTellsValuesApart) {
	const std::vector<std::string> payloads{"1",
	                                        "1.0",
	                                        "10",
	                                        "\"1\"",
	                                        "\"\"",
	                                        "null",
	                                        "\"null\"",
	                                        "true",
	                                        "\"true\"",
	                                        "false",
	                                        "[]",
	                                        "{}",
	                                        "[[]]",
	                                        "[{}]",
	                                        "[null]",
	                                        "[1,2]",
	                                        "[2,1]",
	                                        "[[1],2]",
	                                        "[1,[2]]",
	                                        "[1,2,null]",
	                                        R"({"a":1})",
	                                        R"({"b":1})",
	                                        R"({"a":"1"})",
	                                        R"({"a":[1]})",
	                                        R"({"a":1,"b":2})",
	                                        R"({"a":2,"b":1})",
	                                        R"({"a":{"b":1}})",
	                                        R"({"b":{"a":1}})",
	                                        R"({"a":null})",
	                                        R"({"":1})",
	                                        R"({"a":1,"b":1})",
	                                        R"([{"a":1},{"b":1}])",
	                                        R"([{"a":1,"b":1}])",
	                                        "\"aaaaaaaaa\"",
	                                        "\"aaaaaaaaaa\"",
	                                        "\"aaaaaaaaaaaaaaaaa\"",
	                                        "\"aaaaaaaaaaaaaaaaaa\"",
	                                        "\"\\u0000\"",
	                                        "\"\\u0000\\u0000\"",
	                                        R"({"a":1,"a":2})",
	                                        R"({"a":2,"a":1})",
	                                        R"({"a":2})"};
	for (std::size_t i = 0; i < payloads.size(); ++i) {
		for (std::size_t j = i + 1; j < payloads.size(); ++j) {
			EXPECT_NE(HashOf(payloads[i]), HashOf(payloads[j])) << payloads[i] << " " << payloads[j];
		}
	}
}

// Stored hashes must be found again by later versions.
TEST_F(PayloadTest, HashIsForEver) {
	const Hash128 hash =
	    HashOf(R"({"id":450789469,"name":"#1001","list":[1.50,true,null,"a text of more than 16"],
		"note":"a text that is longer than thirty-two bytes, so that XXH3 hashes it"})");
	EXPECT_EQ(hash.high, 7556245414345069785U);
	EXPECT_EQ(hash.low, 11701064869842589992U);
}

TEST_F(PayloadTest, HashLeavesToolsOut) {
	const Hash128 hash = HashOf(R"({"a":1,"b":[{"x":2}]})");
	EXPECT_EQ(HashOf(R"({"_airbyte_raw_id":"7f","a":1,"noise":{"n":[1]},"b":[{"x":2,"_airbyte_meta":{}}]})"),
	          hash);
	EXPECT_NE(HashOf(R"({"_airbyt":"7f","a":1,"b":[{"x":2}]})"), hash);
	EXPECT_NE(HashOf(R"({"noises":1,"a":1,"b":[{"x":2}]})"), hash);
}

// A value to print in any member order and with any white space.
struct Value {
	std::string name; // as a member
	std::string scalar;
	bool is_array = false;
	std::vector<Value> members;
};

Value
RandomValue(std::mt19937 &random, int depth) {
	static const char *scalars[] = {
	    "0", "-1.5e3", "\"\"", "\"text\"", "\"\\u00e9\\n\"", "null", "true", "false", "12345678901234567890"};
	Value value;
	if (depth == 0 || random() % 3 == 0) {
		value.scalar = scalars[random() % std::size(scalars)];
		return value;
	}
	value.is_array = random() % 2 == 0;
	for (unsigned i = random() % 6; i > 0; --i) {
		value.members.push_back(RandomValue(random, depth - 1));
		value.members.back().name = "k" + std::to_string(i);
	}
	return value;
}

void
Print(const Value &value, std::mt19937 &random, std::string &text) {
	const auto space = [&] { text.append(random() % 3, " \n\t"[random() % 3]); };
	if (!value.scalar.empty()) {
		text += value.scalar;
		return;
	}
	auto members = value.members;
	if (!value.is_array) {
		std::shuffle(members.begin(), members.end(), random);
	}
	text += value.is_array ? '[' : '{';
	for (std::size_t i = 0; i < members.size(); ++i) {
		text += i == 0 ? "" : ",";
		space();
		if (!value.is_array) {
			text += '"' + members[i].name + '"';
			space();
			text += ':';
			space();
		}
		Print(members[i], random, text);
		space();
	}
	text += value.is_array ? ']' : '}';
}

TEST_F(PayloadTest, HashOfShuffledValuesIsTheSame) {
	std::mt19937 random(3);
	for (int i = 0; i < 2000; ++i) {
		const Value value = RandomValue(random, 5);
		std::string first;
		std::string second;
		Print(value, random, first);
		Print(value, random, second);
		const Hash128 hash = HashOf(first);
		EXPECT_EQ(HashOf(second), hash) << first << "\n" << second;
	}
}

TEST_F(PayloadTest, KeepsTheVocabularyOnly) {
	ASSERT_TRUE(Read(R"({"x":{"a":1},"a":"t\u00e9xt","b":{"a":-1.50,"x":2},"list":[1,{"a":null}]})"));
	EXPECT_EQ(reader_.nodes().size(), 8U); // root, a, b, b.a, list, 1, {}, its a
	EXPECT_EQ(Child("a").text, "t\u00e9xt");
	EXPECT_EQ(Child("a").type, NodeType::string);
	EXPECT_EQ(Child("b").type, NodeType::object);
	EXPECT_EQ(reader_.nodes()[Child("b").first_child].text, "-1.50");
	EXPECT_EQ(Child("list").type, NodeType::array);
	const Hash128 list_hash = Child("list").hash;
	EXPECT_EQ(list_hash, HashOf(R"([1,{"a":null}])"));
}

TEST_F(PayloadTest, LastOfRepeatedNamesWins) {
	ASSERT_TRUE(Read(R"({"a":1,"b":2,"a":3})"));
	EXPECT_EQ(Child("a").text, "3");
	EXPECT_EQ(Child("b").text, "2");
}

TEST_F(PayloadTest, Unescapes) {
	ASSERT_TRUE(Read(R"({"a":"\"\\\/\b\f\n\r\t\u0041\u00e9\u20ac\ud83d\ude00","b":"\ud800x\udc00"})"));
	EXPECT_EQ(Child("a").text, "\"\\/\b\f\n\r\tA\u00e9\u20ac\U0001F600");
	EXPECT_FALSE(Child("a").has_nul);
	EXPECT_EQ(Child("b").text, "\uFFFDx\uFFFD");
	ASSERT_TRUE(Read(R"({"a":"x\u0000y"})"));
	EXPECT_EQ(Child("a").text, std::string_view("x\0y", 3));
	EXPECT_TRUE(Child("a").has_nul);
}

TEST_F(PayloadTest, SaysWhyItIsNotJson) {
	EXPECT_EQ(ErrorOf(""), "not JSON: it is empty");
	EXPECT_EQ(ErrorOf(" \n"), "not JSON: it is empty");
	EXPECT_EQ(ErrorOf("\xEF\xBB\xBF"), "not JSON: it is empty");
	EXPECT_EQ(ErrorOf(R"({"a":1)"), "not JSON: the text ends inside an object at byte 6");
	EXPECT_EQ(ErrorOf(R"({"a":)"), "not JSON: the text ends where a value is expected at byte 5");
	EXPECT_EQ(ErrorOf(R"({"a")"), "not JSON: the text ends inside an object at byte 4");
	EXPECT_EQ(ErrorOf("{"), "not JSON: the text ends inside an object at byte 1");
	EXPECT_EQ(ErrorOf("[1,"), "not JSON: the text ends where a value is expected at byte 3");
	EXPECT_EQ(ErrorOf("[1"), "not JSON: the text ends inside a list at byte 2");
	EXPECT_EQ(ErrorOf(R"({"a":"x)"), "not JSON: the text ends inside a string");
	EXPECT_EQ(ErrorOf(R"({"a":"x\)"), "not JSON: the text ends inside a string");
	EXPECT_EQ(ErrorOf("{\"a\":\"\xFF\"}"), "not JSON: it is not UTF-8 at byte 6");
	EXPECT_EQ(ErrorOf("{\"a\":\"x\ny\"}"), "not JSON: a string has a bare control character at byte 7");
	EXPECT_EQ(ErrorOf(R"({"a":1} x)"), "not JSON: something follows the document at byte 8");
	EXPECT_EQ(ErrorOf(R"({"a":"\x"})"), "not JSON: a string has an escape that JSON does not know at byte 5");
	EXPECT_EQ(ErrorOf(R"({"a" 1})"), "not JSON: a colon is missing at byte 5");
	EXPECT_EQ(ErrorOf(R"({"a":1 "b":2})"), "not JSON: a comma or the end of an object is missing at byte 7");
	EXPECT_EQ(ErrorOf("[1 2]"), "not JSON: a comma or the end of a list is missing at byte 3");
	EXPECT_EQ(ErrorOf("<xml/>"), "not JSON: an unexpected character at byte 0");
	EXPECT_EQ(ErrorOf("{a:1}"), "not JSON: a member's name is missing at byte 1");
}

TEST_F(PayloadTest, KeepsToTheGrammar) {
	for (const char *payload : {"01",          "-",          "+1",
	                            "1.",          ".5",         "1e",
	                            "1e+",         "0x1",        "1_000",
	                            "NaN",         "Infinity",   "tru",
	                            "truex",       "nul",        "True",
	                            "'a'",         "[1,]",       "{\"a\":1,}",
	                            "[,1]",        "{,}",        "{1:2}",
	                            "{\"a\"}",     "]",          "}",
	                            "[}",          "{]",         ":",
	                            ",",           "\"a\"\"b\"", "\"a\"b",
	                            "b\"a\"",      "1\"a\"",     "\"\\u12\"",
	                            "\"\\u12G4\"", "\"\\\"",     "[1]]",
	                            "{}{}",        "1 2",        "{\"a\":1 /* no */}",
	                            "\x01",        "[\x01]",     "1\x01"}) {
		EXPECT_FALSE(Read(payload)) << payload;
	}
	for (const char *payload : {"0", "-0", "1e400", "-1.5E+10", "123456789012345678901234567890.123456789",
	                            "\"\"", "null", " true ", "[]", "{}", "[[],{}]", "{\"\":\"\"}", "\"\x7f\""}) {
		EXPECT_TRUE(Read(payload)) << payload << ": " << reader_.error();
	}
	EXPECT_FALSE(Read(std::string_view("\"a\0b\"", 5)));
	EXPECT_FALSE(Read(std::string_view("1\0", 2)));
}

TEST_F(PayloadTest, LimitsTheDepth) {
	const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
	EXPECT_TRUE(Read(nested(512)));
	EXPECT_EQ(ErrorOf(nested(513)), "nested deeper than 512 levels");
	EXPECT_EQ(ErrorOf(nested(10'000)), "nested deeper than 512 levels");
	EXPECT_EQ(ErrorOf(std::string(10'000, '[')), "nested deeper than 512 levels");
	std::string objects;
	for (int i = 0; i < 10'000; ++i) {
		objects += R"({"a":)";
	}
	EXPECT_EQ(ErrorOf(objects), "nested deeper than 512 levels");
}

TEST_F(PayloadTest, ReadsLargePayloadsAndSmallOnesAfterThem) {
	std::string large = "{\"list\":[";
	while (large.size() < 5'000'000) {
		large += R"({"a":"some \"quoted\" text","b":[1,2,3],"x":null},)";
	}
	large += "1]}";
	EXPECT_TRUE(Read(large)) << reader_.error();
	EXPECT_GT(reader_.nodes().size(), 100'000U);
	const Hash128 hash = reader_.payload_hash();
	EXPECT_TRUE(Read(R"({"a":1})"));
	EXPECT_EQ(Child("a").text, "1");
	EXPECT_EQ(HashOf(large), hash);
	large.resize(large.size() - 2);
	EXPECT_FALSE(Read(large));
}

// Every prefix of a payload is refused, and none is read beyond its end (run under a sanitizer).
TEST_F(PayloadTest, RefusesEveryPrefix) {
	const std::string payload = R"({"a":"te\u00e9xt","b":[1.5e3,true,false,null,{}],"list":{"x":"y"}})";
	for (std::size_t size = 0; size < payload.size(); ++size) {
		const std::unique_ptr<char[]> exact(new char[size + 1]);
		std::copy_n(payload.begin(), size, exact.get());
		EXPECT_FALSE(Read({exact.get(), size})) << payload.substr(0, size);
	}
	EXPECT_TRUE(Read(payload));
}

TEST(Hash, DistinguishesManyShortTexts) {
	std::vector<Hash128> hashes;
	for (int i = 0; i < 200'000; ++i) {
		hashes.push_back(HashString(std::to_string(i)));
		hashes.push_back(HashString("id_" + std::to_string(i) + "_and_more"));
		hashes.push_back(HashNumber(std::to_string(i)));
	}
	std::vector<std::uint64_t> lows;
	for (const Hash128 &hash : hashes) {
		lows.push_back(hash.low);
	}
	std::sort(hashes.begin(), hashes.end());
	std::sort(lows.begin(), lows.end());
	EXPECT_EQ(std::adjacent_find(hashes.begin(), hashes.end()), hashes.end());
	EXPECT_EQ(std::adjacent_find(lows.begin(), lows.end()), lows.end());
}

TEST(Vocabulary, FindsWhatWasAdded) {
	Vocabulary vocabulary;
	std::vector<std::pair<std::string, KeyId>> added;
	for (int i = 0; i < 500; ++i) {
		const std::string key = "key" + std::to_string(i);
		added.emplace_back(key, vocabulary.Add(key));
	}
	for (const auto &[key, id] : added) {
		EXPECT_EQ(vocabulary.Find(key, HashKey(key)), id);
		EXPECT_EQ(vocabulary.Add(key), id);
		EXPECT_EQ(vocabulary.Name(id), key);
	}
	EXPECT_EQ(vocabulary.Find("key500", HashKey("key500")), no_key);
	EXPECT_EQ(vocabulary.Find("", HashKey("")), no_key);
}

} // namespace
} // namespace meshline
