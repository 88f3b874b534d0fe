// SPDX-License-Identifier: PostgreSQL
#include "core/match/condition.hpp"

#include <gtest/gtest.h>

#include <string>

#include "core/error.hpp"

namespace meshline::match {
namespace {

// What a condition says of two records with columns a and b; "" is NULL.
std::optional<bool>
Say(std::string_view sql, const std::vector<std::string> &left, const std::vector<std::string> &right) {
	ColumnNames columns;
	columns.Index("a");
	columns.Index("b");
	const Condition condition = Condition::Compile(sql, columns);
	const auto record = [](const std::vector<std::string> &values) {
		RecordValues read;
		for (const auto &value : values) {
			read.push_back(value.empty() ? std::nullopt : std::optional(value));
		}
		return read;
	};
	return condition.Evaluate(record(left), record(right));
}

std::string
Complaint(std::string_view sql) {
	ColumnNames columns;
	try {
		Condition::Compile(sql, columns);
	} catch (const Error &error) {
		return error.detail();
	}
	return "none";
}

TEST(Condition, ComparesColumnsOfBothSides) {
	EXPECT_EQ(Say("\"a_l\" = \"a_r\"", {"x", ""}, {"x", ""}), true);
	EXPECT_EQ(Say("a_l = a_r", {"x", ""}, {"y", ""}), false);
	EXPECT_EQ(Say("a_l = b_r AND a_r = b_l", {"x", "y"}, {"y", "x"}), true);
	EXPECT_EQ(Say("levenshtein(\"a_l\", \"a_r\") <= 1", {"anna", ""}, {"anne", ""}), true);
	EXPECT_EQ(Say("jaro_winkler_similarity(a_l, a_r) >= 0.97", {"martha", ""}, {"marhta", ""}), false);
	EXPECT_EQ(Say("damerau_levenshtein(a_l, a_r) < 2", {"ab", ""}, {"ba", ""}), true);
}

TEST(Condition, NullsAsInSql) {
	EXPECT_EQ(Say("a_l = a_r", {"", ""}, {"x", ""}), std::nullopt);
	EXPECT_EQ(Say("a_l IS NULL OR a_r IS NULL", {"", ""}, {"x", ""}), true);
	EXPECT_EQ(Say("a_l is not null", {"", ""}, {"x", ""}), false);
	EXPECT_EQ(Say("a_l = a_r OR b_l = b_r", {"", "y"}, {"x", "y"}), true);
	EXPECT_EQ(Say("a_l = a_r OR b_l = b_r", {"", "y"}, {"x", "z"}), std::nullopt);
	EXPECT_EQ(Say("a_l = a_r AND b_l = b_r", {"", "y"}, {"x", "z"}), false);
	EXPECT_EQ(Say("NOT a_l = a_r", {"", ""}, {"x", ""}), std::nullopt);
	EXPECT_EQ(Say("levenshtein(a_l, a_r) <= 9", {"", ""}, {"x", ""}), std::nullopt);
	EXPECT_EQ(Say("NULLIF(a_l, 'x') IS NULL", {"x", ""}, {"", ""}), true);
}

TEST(Condition, NumbersTimesAndParts) {
	EXPECT_EQ(Say("ABS(a_l - a_r) <= 5 + 2 * 0.5", {"10", ""}, {"16", ""}), true);
	EXPECT_EQ(Say("abs(a_l - a_r) / a_l > 0.5", {"10", ""}, {"16", ""}), true);
	EXPECT_EQ(Say("a_l - a_r < 0", {"ten", ""}, {"16", ""}), std::nullopt);
	EXPECT_EQ(Say("a_l / b_l = 1", {"1", "0"}, {"", ""}), std::nullopt);
	EXPECT_EQ(Say("ABS(EPOCH(try_strptime(\"a_l\", '%Y-%m-%d')) - EPOCH(try_strptime(\"a_r\", '%Y-%m-%d'))) "
	              "<= 86400.0",
	              {"2026-02-28", ""}, {"2026-03-01", ""}),
	          true);
	EXPECT_EQ(Say("try_strptime(a_l, '%Y-%m-%d') IS NULL", {"2026-02-30", ""}, {"", ""}), true);
	EXPECT_EQ(
	    Say("NULLIF(regexp_extract(a_l, '^[^@]+', 0), '') = NULLIF(regexp_extract(a_r, '^[^@]+', 0), '')",
	        {"ann@x.org", ""}, {"ann@y.org", ""}),
	    true);
	EXPECT_EQ(Say("regexp_extract(a_l, '(b)(c)', 2) = 'c' AND regexp_extract(a_l, 'z') = ''", {"abc", ""},
	              {"", ""}),
	          true);
	EXPECT_EQ(Say("SUBSTRING(a_l, 2, 2) = 'ëa' AND substr(a_l, 3) = 'a'", {"Zëa", ""}, {"", ""}), true);
	EXPECT_EQ(Say("lower(a_l) = 'žofie' AND length(a_l) = 5", {"ŽOFIE", ""}, {"", ""}), true);
}

TEST(Condition, Precedence) {
	EXPECT_EQ(Say("a_l = '1' OR a_l = '2' AND b_l = '3'", {"1", "4"}, {"", ""}), true);
	EXPECT_EQ(Say("(a_l = '1' OR a_l = '2') AND b_l = '3'", {"1", "4"}, {"", ""}), false);
	EXPECT_EQ(Say("1 + 2 * 3 = 7 AND -2 - 1 = -3", {"", ""}, {"", ""}), true);
	EXPECT_EQ(Say("'it''s' = a_l", {"it's", ""}, {"", ""}), true);
}

TEST(Condition, TellsWhatItDoesNotUnderstand) {
	EXPECT_NE(Complaint("a_l =").find("character 6: a value is expected"), std::string::npos)
	    << Complaint("a_l =");
	EXPECT_NE(Complaint("cosine(a_l, a_r) > 1").find("there is no function cosine"), std::string::npos);
	EXPECT_NE(Complaint("name = 'x'").find("ends neither in _l nor in _r"), std::string::npos);
	EXPECT_NE(Complaint("levenshtein(a_l) < 1").find("does not take 1 arguments"), std::string::npos);
	EXPECT_NE(Complaint("a_l = 'x").find("the quote is not closed"), std::string::npos);
	EXPECT_NE(Complaint("a_l = a_r b_l").find("what follows is not understood"), std::string::npos);
	EXPECT_NE(Complaint("regexp_extract(a_l, '(') = ''").find("the pattern is wrong"), std::string::npos);
	EXPECT_NE(Complaint("(a_l = a_r").find("\")\" is expected"), std::string::npos);
	EXPECT_NE(Complaint(std::string(5000, '(') + "a_l").find("nested too deeply"), std::string::npos);
	EXPECT_NE(Complaint(std::string(5000, '-') + "1").find("nested too deeply"), std::string::npos);
	EXPECT_NE(Complaint("").find("a value is expected"), std::string::npos);
}

TEST(Condition, KnowsExactAgreement) {
	ColumnNames columns;
	EXPECT_EQ(Condition::Compile("\"a_l\" = \"a_r\"", columns).EqualColumn(), columns.Index("a"));
	EXPECT_EQ(Condition::Compile("a_r = a_l", columns).EqualColumn(), columns.Index("a"));
	EXPECT_EQ(Condition::Compile("a_l = b_r", columns).EqualColumn(), std::nullopt);
	EXPECT_EQ(Condition::Compile("a_l = a_r AND b_l = b_r", columns).EqualColumn(), std::nullopt);
	EXPECT_EQ(Condition::Compile("a_l = a_r AND b_l = a_r", columns).Columns().size(), 2u);
}

TEST(Condition, QualifiedColumns) {
	EXPECT_EQ(Say("l.a = r.a", {"x", ""}, {"x", ""}), true);
	EXPECT_EQ(Say("L.\"a\" = r . b", {"x", ""}, {"", "x"}), true);
	EXPECT_EQ(Say("SUBSTRING(l.a, 1, 1) = SUBSTRING(r.a, 1, 1)", {"xy", ""}, {"xz", ""}), true);
	EXPECT_NE(Complaint("l. = r.a").find("a column is expected"), std::string::npos);
}

TEST(Condition, KnowsTheEqualitiesItDemands) {
	ColumnNames columns;
	const auto count = [&](std::string_view sql) {
		bool is_all = false;
		const std::size_t equalities = Condition::Compile(sql, columns).Equalities(is_all).size();
		return std::to_string(equalities) + (is_all ? " all" : "");
	};
	EXPECT_EQ(count("l.a = r.a"), "1 all");
	EXPECT_EQ(count("(l.a = r.a) AND (r.b = lower(l.b))"), "2 all");
	EXPECT_EQ(count("l.a = r.a and levenshtein(l.b, r.b) < 2"), "1");
	EXPECT_EQ(count("l.a = r.a and l.b = 'x'"), "1");
	EXPECT_EQ(count("l.a = r.a or l.b = r.b"), "0");
	EXPECT_EQ(count("l.a = l.b"), "0");

	bool is_all = false;
	const auto sides = Condition::Compile("r.b = lower(l.a)", columns).Equalities(is_all);
	const RecordValues record{"X", "Y"};
	EXPECT_EQ(sides.at(0).first.Text(record), "x");
	EXPECT_EQ(sides.at(0).second.Text(record), "Y");
	EXPECT_EQ(sides.at(0).second.Text({"X", std::nullopt}), std::nullopt);
	EXPECT_EQ(Condition::Compile("length(l.a) + 0.5", columns).Text(record), "1.5");
}

} // namespace
} // namespace meshline::match
