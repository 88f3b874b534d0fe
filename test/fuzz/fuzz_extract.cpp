// SPDX-License-Identifier: PostgreSQL
// Any bytes, read as any object of the connectors: no crash, text that a database can hold, the same
// result twice, and simdjson's own opinion of what is JSON. The first byte chooses the object; 255 takes
// the rest as a definition.
#include <simdjson.h>

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <memory_resource>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/error.hpp"
#include "core/extract.hpp"
#include "core/text.hpp"
#include "extraction.hpp"

namespace {

using namespace meshline;

struct Target {
	std::shared_ptr<const Definition> definition;
	std::string object;
};

const std::vector<Target> &
Targets() {
	static const std::vector<Target> targets = [] {
		std::vector<Target> all;
		for (const char *connector : {"shopify", "woocommerce", "stripe", "paypal", "netsuite", "quickbooks",
		                              "amazon", "xero", "hubspot", "bank"}) {
			const auto definition = test::Connector(connector);
			for (const Definition::ObjectInfo &object : definition->objects()) {
				all.push_back({definition, object.name});
			}
		}
		return all;
	}();
	return targets;
}

void
Require(bool condition) {
	if (!condition) {
		std::abort();
	}
}

void
RequireText(std::string_view text) {
	Require(text.find('\0') == std::string_view::npos && !FindInvalidUtf8(text));
}

template <typename Problems>
void
RequireProblems(const Problems &problems) {
	for (const Problem &problem : problems) {
		Require(!problem.reason.empty());
		RequireText(problem.reason);
		RequireText(problem.path);
	}
}

void
RequireSound(const Extraction &extraction) {
	Require(!extraction.facts.empty() || !extraction.problems.empty());
	RequireText(extraction.source_event_id);
	RequireProblems(extraction.problems);
	for (const Fact &fact : extraction.facts) {
		Require(!fact.external_id.empty() && fact.version_sequence >= 0);
		RequireText(fact.external_id);
		RequireText(fact.processor);
		RequireProblems(fact.problems);
		for (const Identifier &identifier : fact.identifiers) {
			Require(!IsPlaceholder(identifier.value));
			RequireText(identifier.value);
		}
	}
}

bool
IsRefused(const Extraction &extraction) {
	return extraction.problems.size() == 1 && (extraction.problems[0].reason.starts_with("not JSON") ||
	                                           extraction.problems[0].reason.starts_with("nested deeper"));
}

// simdjson refuses some JSON that is read here: numbers beyond a double, half surrogates.
void
CompareWithSimdjson(std::string_view payload, const Extraction &extraction) {
	static simdjson::dom::parser parser;
	if (payload.starts_with("\xEF\xBB\xBF")) {
		payload.remove_prefix(3);
	}
	const simdjson::error_code error = parser.parse(simdjson::padded_string(payload)).error();
	switch (error) {
	case simdjson::NUMBER_ERROR:
	case simdjson::STRING_ERROR:
	case simdjson::DEPTH_ERROR:
		return;
	default:
		break;
	}
	const bool is_deep = IsRefused(extraction) && extraction.problems[0].reason.starts_with("nested");
	Require(is_deep || IsRefused(extraction) == (error != simdjson::SUCCESS));
}

void
CompileDefinition(std::string_view json) {
	try {
		Definition::Compile(json);
	} catch (const Error &) {
	}
}

} // namespace

extern "C" int
LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
	if (size == 0) {
		return 0;
	}
	const std::string_view payload(reinterpret_cast<const char *>(data) + 1, size - 1);
	if (data[0] == 255) {
		CompileDefinition(payload);
		return 0;
	}
	static Extractor extractor; // reused, as in a session
	const Target &target = Targets()[data[0] % Targets().size()];
	std::pmr::monotonic_buffer_resource arena;
	const ExtractOptions options{{}, "USD"};
	const Extraction first = extractor.Extract(*target.definition, target.object, payload, options, &arena);
	RequireSound(first);
	CompareWithSimdjson(payload, first);
	Extractor fresh;
	const Extraction second = fresh.Extract(*target.definition, target.object, payload, options, &arena);
	Require(second.payload_hash == first.payload_hash && second.facts.size() == first.facts.size());
	return 0;
}
