// SPDX-License-Identifier: PostgreSQL
// Items: as definitions read them, and as record.items keeps them.
#include <gtest/gtest.h>

#include <memory_resource>
#include <random>
#include <string>
#include <tuple>
#include <vector>

#include "core/error.hpp"
#include "core/item_text.hpp"
#include "extraction.hpp"

namespace meshline {
namespace {

using test::Extract;
using test::Extracted;

std::string
TextOf(const Fact &fact) {
	return ItemsText({fact.items.data(), fact.items.size()});
}

std::shared_ptr<const Definition>
Basket(const std::string &items) {
	return Definition::Compile(R"({"connector":"test","version":"1","title":"Test","role":"store","objects":{
		"order":{"kind":"order","id":"id","currency":"currency","items":)" +
	                           items + "}}}");
}

const std::string lines = R"([{"path":"lines[]","line":"id","sku":"sku","product":"product","quantity":"n",
	"current":"left","returned":{"map":{"back":"restocked"},"of":"fate","default":"kept"},
	"amount":{"value":"price","unit":"major"},"amount_of":"unit","if":{"not":{"path":"digital","is":true}}},
	{"path":"nodes[]","sku":"s","quantity":"q"}])";

TEST(Items, AreReadWithTheirOwnWords) {
	const auto definition = Basket(lines);
	const auto read = [&](const std::string &rest) {
		return TextOf(Extract(*definition, "order", R"({"id":1,"currency":"USD",)" + rest + "}").fact());
	};
	EXPECT_EQ(
	    read(R"("lines":[{"id":7,"sku":" A ","product":0,"n":"2","left":1,"fate":"back","price":"1.50"},
		{"id":8,"n":1,"digital":true},{"n":1,"fate":"?"},{"n":"3.0","price":"x"}])"),
	    R"([{"line": "7", "sku": "A", "quantity": 2, "current": 1, "amount_minor": 300, "returned": "restocked"}, {"quantity": 1, "returned": "kept"}, )"
	    R"({"quantity": 3}])");
	EXPECT_EQ(read(R"("nodes":[{"s":"B","q":4}])"), R"([{"sku": "B", "quantity": 4}])");
	EXPECT_EQ(read(R"("lines":[],"nodes":[{"s":"B","q":4}])"), R"([{"sku": "B", "quantity": 4}])");
	EXPECT_EQ(read(R"("x":1)"), "");
}

TEST(Items, AreNotKnownByHalves) {
	const auto definition = Basket(lines);
	for (const std::string wrong :
	     {R"({"n":1.5})", R"({"id":1})", R"({"n":"many"})", "7", R"({"n":{"a":1}})"}) {
		const Extracted read = Extract(*definition, "order", R"({"id":1,"lines":[{"n":1},)" + wrong + "]}");
		EXPECT_EQ(TextOf(read.fact()), "") << wrong;
		EXPECT_TRUE(read.fact().problems.empty()) << wrong;
	}
}

TEST(Items, NeedANumber) {
	try {
		Basket(R"([{"path":"lines[]","sku":"sku"}])");
		FAIL() << "accepted";
	} catch (const Error &error) {
		EXPECT_NE(std::string(error.detail()).find("items[0]: has neither \"quantity\" nor \"available\""),
		          std::string::npos)
		    << error.detail();
	}
}

TEST(Items, AreKeptAsTheyAre) {
	std::mt19937_64 random(1); // NOLINT(cert-msc51-cpp): the same items each time
	const auto draw = [&](std::uint64_t below) { return random() % below; };
	static constexpr std::string_view texts[] = {"", "A", "\"\\\n", "\x01", "naïve", "{}"};
	static constexpr Minor numbers[] = {0, 1, -1, std::numeric_limits<Minor>::max(),
	                                    std::numeric_limits<Minor>::min()};
	for (int round = 0; round < 2000; ++round) {
		std::vector<Item> items(draw(4));
		for (Item &item : items) {
			item.line = texts[draw(6)];
			item.sku = texts[draw(6)];
			item.product = texts[draw(6)];
			item.quantity = numbers[draw(5)];
			item.returned = static_cast<Returned>(draw(4));
			for (auto *number : {&item.current, &item.available, &item.amount}) {
				*number = draw(2) == 0 ? std::optional(numbers[draw(5)]) : std::nullopt;
			}
		}
		std::pmr::monotonic_buffer_resource arena;
		const auto kept = ParseItems(ItemsText(items), &arena);
		ASSERT_EQ(kept.size(), items.size());
		const auto tie = [](const Item &item) {
			return std::tie(item.line, item.sku, item.product, item.quantity, item.returned, item.current,
			                item.available, item.amount);
		};
		for (std::size_t i = 0; i < items.size(); ++i) {
			EXPECT_EQ(tie(kept[i]), tie(items[i])) << ItemsText(items);
		}
	}
	std::pmr::monotonic_buffer_resource arena;
	EXPECT_TRUE(ParseItems("{\"line\": 1}", &arena).empty());
	EXPECT_TRUE(ParseItems("[", &arena).empty());
}

} // namespace
} // namespace meshline
