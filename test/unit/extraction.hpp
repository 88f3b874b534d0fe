// SPDX-License-Identifier: PostgreSQL
// What the tests of extraction share: definitions, fixtures, and facts as text.
#pragma once

#include <fstream>
#include <iterator>
#include <memory>
#include <memory_resource>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/definition.hpp"
#include "core/extract.hpp"

namespace meshline::test {

inline std::string
ReadFile(const std::string &path) {
	std::ifstream file(path, std::ios::binary);
	return {std::istreambuf_iterator<char>(file), {}};
}

inline std::string
SourcePath(std::string_view path) {
	return std::string(MESHLINE_SOURCE_DIR) + "/" + std::string(path);
}

inline std::string
Fixture(std::string_view name) {
	return ReadFile(SourcePath("test/fixtures/") + std::string(name) + ".json");
}

// One of the connectors that come with meshline.
inline std::shared_ptr<const Definition>
Connector(std::string_view name) {
	return Definition::Compile(ReadFile(SourcePath("src/connectors/") + std::string(name) + ".json"));
}

// An extraction with the arena that it lives in.
struct Extracted {
	std::unique_ptr<std::pmr::monotonic_buffer_resource> arena;
	Extraction extraction;

	const Fact &
	fact(std::size_t i = 0) const {
		return extraction.facts.at(i);
	}
};

inline Extracted
Extract(const Definition &definition, std::string_view object, std::string_view payload,
        const ExtractOptions &options = {}) {
	auto arena = std::make_unique<std::pmr::monotonic_buffer_resource>();
	Extractor extractor;
	Extraction extraction = extractor.Extract(definition, object, payload, options, arena.get());
	return {std::move(arena), std::move(extraction)};
}

// "own shopify.order/1", "ref order_name/1001 store weak"
inline std::string
Text(const Identifier &identifier) {
	static constexpr std::string_view roles[] = {"own ", "same ", "ref "};
	static constexpr std::string_view scopes[] = {"", " connection", " store"};
	std::string text(roles[static_cast<std::size_t>(identifier.role)]);
	text.append(identifier.name).append("/").append(identifier.value);
	text.append(scopes[static_cast<std::size_t>(identifier.scope)]);
	return text + (identifier.is_strong ? "" : " weak");
}

inline std::set<std::string>
Identifiers(const Fact &fact) {
	std::set<std::string> all;
	for (const Identifier &identifier : fact.identifiers) {
		all.insert(Text(identifier));
	}
	return all;
}

// "amount (total_price): is missing"
template <typename Problems>
std::vector<std::string>
ProblemTexts(const Problems &problems) {
	std::vector<std::string> all;
	for (const Problem &problem : problems) {
		all.push_back(std::string(problem.field) + " (" + std::string(problem.path) +
		              "): " + std::string(problem.reason));
	}
	return all;
}

// A definition of one object, "thing", from its members.
inline std::shared_ptr<const Definition>
DefineThing(const std::string &members, const std::string &head = {}) {
	return Definition::Compile(R"({"connector":"test","version":"1","title":"Test","role":"store",)" + head +
	                           R"("objects":{"thing":{"kind":"order","id":"id")" +
	                           (members.empty() ? "" : ",") + members + "}}}");
}

} // namespace meshline::test
