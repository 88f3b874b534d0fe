// SPDX-License-Identifier: PostgreSQL
#include "core/canonical.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace meshline {
namespace {

std::string
TextOf(const Uuid &id) {
	static constexpr char digits[] = "0123456789abcdef";
	std::string text;
	for (std::size_t i = 0; i < id.bytes.size(); ++i) {
		if (i == 4 || i == 6 || i == 8 || i == 10) {
			text += '-';
		}
		text += digits[id.bytes[i] >> 4];
		text += digits[id.bytes[i] & 15];
	}
	return text;
}

// The expected values are those of Python: uuid.uuid5(uuid.uuid5(uuid.NAMESPACE_DNS, "meshline"), name).
TEST(Canonical, NamespaceIsThatOfPython) {
	EXPECT_EQ(TextOf(canonical_namespace), "db5bb6a7-133c-5df5-b887-74c0c04ec61f");
}

TEST(Canonical, IdIsThatOfPython) {
	EXPECT_EQ(TextOf(CanonicalId(1, "order", "shopify.order", "450789469")),
	          "f7aba37f-60e5-5eb7-a8de-253eb42c4d0a");
}

TEST(Canonical, TextBeyondAsciiAndNoTextAreHashedByByte) {
	EXPECT_EQ(TextOf(CanonicalId(-7, "customer", "email", "j\xc3\xbcrgen@example.org")),
	          "6f35e2bf-2a30-595f-847d-6695a4f914e5");
	EXPECT_EQ(TextOf(Uuid5(canonical_namespace, "")), "23d6bab8-0b46-55f0-ad83-dc0a3dc58102");
	EXPECT_EQ(TextOf(Uuid5(canonical_namespace, std::string(1000, 'x'))),
	          "410f15eb-9793-5523-886b-824a32bb5cbc");
	EXPECT_EQ(TextOf(CanonicalId(std::numeric_limits<std::int64_t>::min(), "order", "a", "b")),
	          "4a157a3f-594a-544a-b0bc-0010203fd5ae");
}

TEST(Canonical, EveryPartCounts) {
	const Uuid id = CanonicalId(1, "order", "shopify.order", "1");
	EXPECT_EQ(id, CanonicalId(1, "order", "shopify.order", "1"));
	EXPECT_NE(id, CanonicalId(2, "order", "shopify.order", "1"));
	EXPECT_NE(id, CanonicalId(1, "payment", "shopify.order", "1"));
	EXPECT_NE(id, CanonicalId(1, "order", "amazon.order", "1"));
	EXPECT_NE(id, CanonicalId(1, "order", "shopify.order", "2"));
}

TEST(Canonical, IsOfVersionFive) {
	const Uuid id = CanonicalId(1, "order", "shopify.order", "1");
	EXPECT_EQ(id.bytes[6] >> 4, 5);
	EXPECT_EQ(id.bytes[8] >> 6, 2);
}

} // namespace
} // namespace meshline
