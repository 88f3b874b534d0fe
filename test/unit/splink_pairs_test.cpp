// SPDX-License-Identifier: PostgreSQL
#include "core/match/splink_pairs.hpp"

#include <gtest/gtest.h>
#include <simdjson.h>

#include <map>
#include <random>
#include <string>

#include "core/match/components.hpp"

namespace meshline::match {
namespace {

std::pmr::memory_resource *
Memory() {
	return std::pmr::new_delete_resource();
}

SplinkModel
Model(const std::string &rules) {
	const std::string json = R"({"probability_two_random_records_match": 0.01, "comparisons": [
		{"output_column_name": "name", "comparison_levels": [
			{"sql_condition": "name_l IS NULL OR name_r IS NULL", "is_null_level": true},
			{"sql_condition": "name_l = name_r", "m_probability": 0.8, "u_probability": 0.1, "tf_adjustment_column": "name"},
			{"sql_condition": "ELSE", "m_probability": 0.2, "u_probability": 0.9}]},
		{"output_column_name": "town", "comparison_levels": [
			{"sql_condition": "town_l = town_r", "m_probability": 0.9, "u_probability": 0.3},
			{"sql_condition": "ELSE", "m_probability": 0.1, "u_probability": 0.7}]}],
		"blocking_rules_to_generate_predictions": )" +
	                         rules + "}";
	static simdjson::dom::parser parser;
	return SplinkModel::Read(JsonReader(parser.parse(json), {}, "match model"));
}

SplinkTable
RandomTable(const SplinkModel &model, std::uint32_t records, std::uint32_t left_size) {
	std::mt19937 random(7);
	SplinkTable table;
	table.left_size = left_size;
	for (std::uint32_t i = 0; i < records; ++i) {
		table.ids.push_back(std::to_string(i));
		RecordValues &values = table.records.emplace_back(model.columns().all().size());
		for (std::size_t c = 0; c < values.size(); ++c) {
			const auto letter = random() % 6;
			if (!model.FrequencyColumns()[c] && letter > 0) {
				values[c] = std::string(1, static_cast<char>('a' + letter)) + (random() % 2 == 0 ? "x" : "y");
			}
		}
	}
	table.AddFrequencies(model);
	return table;
}

// Every pair of records, asked every rule.
std::map<std::pair<std::uint32_t, std::uint32_t>, double>
ReferencePairs(const SplinkModel &model, const SplinkTable &table) {
	std::map<std::pair<std::uint32_t, std::uint32_t>, double> pairs;
	for (std::uint32_t a = 0; a < table.size(); ++a) {
		for (std::uint32_t b = a + 1; b < table.size(); ++b) {
			const bool is_pair = table.left_size == 0 || (a < table.left_size && b >= table.left_size);
			for (const SplinkRule &rule : model.rules()) {
				if (is_pair && rule.condition.Evaluate(table.records[a], table.records[b]) == true) {
					double weight = model.prior_weight();
					for (const ScoreStep &step : model.Score(table.records[a], table.records[b])) {
						weight += step.weight;
					}
					pairs[{a, b}] = weight;
				}
			}
		}
	}
	return pairs;
}

TEST(SplinkPairs, AreThoseOfTheRules) {
	for (
	    const std::string rules :
	    {R"([{"blocking_rule": "l.name = r.name", "sql_dialect": "duckdb"}, {"blocking_rule": "l.town = r.name"}])",
	     R"-(["l.town = r.town AND substr(l.name, 1, 1) = substr(r.name, 1, 1)", "l.name = r.name and l.town <> r.town"])-"}) {
		const SplinkModel model = Model(rules);
		for (const std::uint32_t left : {0u, 70u}) {
			const SplinkTable table = RandomTable(model, 150, left);
			const auto expected = ReferencePairs(model, table);
			const SplinkPairs found = FindSplinkPairs(model, table, -100, Memory());
			ASSERT_GT(expected.size(), 100u);
			ASSERT_EQ(found.edges.size(), expected.size()) << rules;
			EXPECT_EQ(found.compared, expected.size());
			auto at = expected.begin();
			for (const Edge &edge : found.edges) {
				EXPECT_EQ(std::pair(edge.a, edge.b), at->first);
				EXPECT_DOUBLE_EQ(edge.weight, at->second);
				++at;
			}
		}
	}
}

TEST(SplinkPairs, ThresholdAndOversizedBlocks) {
	const SplinkModel model = Model(R"(["l.name = r.name"])");
	const SplinkTable table = RandomTable(model, 3000, 0);
	const SplinkPairs all = FindSplinkPairs(model, table, -100, Memory());
	const SplinkPairs some = FindSplinkPairs(model, table, all.edges[0].weight, Memory());
	EXPECT_LT(some.edges.size(), all.edges.size());
	EXPECT_EQ(all.oversized_records, 0u);
	const SplinkPairs bounded = FindSplinkPairs(model, table, -100, Memory(), 100);
	EXPECT_GT(bounded.oversized_records, 2000u);
	EXPECT_LE(bounded.edges.size(), 3000u * 50);
	EXPECT_LT(bounded.edges.size(), all.edges.size());
}

TEST(SplinkPairs, FrequenciesAreSharesOfWhatIsThere) {
	const SplinkModel model = Model(R"(["l.name = r.name"])");
	SplinkTable table;
	for (const char *name : {"ann", "ann", "bob", ""}) {
		table.ids.emplace_back(std::to_string(table.ids.size()));
		RecordValues &values = table.records.emplace_back(model.columns().all().size());
		if (*name != 0) {
			values[0] = name;
		}
	}
	ASSERT_EQ(model.columns().all()[0], "name");
	table.AddFrequencies(model);
	const auto frequency = [&](std::size_t record) { return TermFrequency(table.records[record][1]); };
	EXPECT_DOUBLE_EQ(frequency(0).value(), 2.0 / 3);
	EXPECT_DOUBLE_EQ(frequency(2).value(), 1.0 / 3);
	EXPECT_EQ(frequency(3), std::nullopt);
}

TEST(Components, AreThoseOfAFloodFill) {
	std::mt19937 random(3);
	for (int round = 0; round < 50; ++round) {
		Components all(Memory()), halves[2] = {Components(Memory()), Components(Memory())};
		std::map<std::string, std::string> least; // relaxed until nothing changes
		std::vector<std::pair<std::string, std::string>> edges;
		for (int i = 0; i < 60; ++i) {
			edges.emplace_back(std::to_string(random() % 80), std::to_string(random() % 80));
			all.Add(edges.back().first, edges.back().second);
			halves[i % 2].Add(edges.back().first, edges.back().second);
			least.emplace(edges.back().first, edges.back().first);
			least.emplace(edges.back().second, edges.back().second);
		}
		for (bool is_changed = true; is_changed;) {
			is_changed = false;
			for (const auto &[a, b] : edges) {
				const std::string lesser = std::min(least[a], least[b]);
				is_changed = is_changed || least[a] != lesser || least[b] != lesser;
				least[a] = least[b] = lesser;
			}
		}
		halves[0].Add(halves[1]);
		for (const Components *components : {&all, &halves[0]}) {
			ASSERT_EQ(components->size(), least.size());
			const auto names = components->LeastNames(Memory());
			for (std::uint32_t node = 0; node < components->size(); ++node) {
				EXPECT_EQ(names[node], least[std::string(components->name(node))]);
			}
		}
	}
}

} // namespace
} // namespace meshline::match
