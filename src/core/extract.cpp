// SPDX-License-Identifier: PostgreSQL
#include "core/extract.hpp"

#include <charconv>
#include <map>
#include <span>
#include <string>

#include "core/error.hpp"
#include "core/evaluate.hpp"
#include "core/fact_reader.hpp"
#include "core/function_ref.hpp"
#include "core/payload.hpp"
#include "core/program.hpp"
#include "core/text.hpp"

namespace meshline {

namespace {

std::string_view
TypeName(NodeType type) noexcept {
	switch (type) {
	case NodeType::null:
		return "null";
	case NodeType::boolean:
		return "true or false";
	case NodeType::number:
		return "a number";
	case NodeType::string:
		return "a string";
	case NodeType::array:
		return "a list";
	case NodeType::object:
		break;
	}
	return "an object";
}

// One payload on its way to facts.
class Reading {
public:
	Reading(const CompiledDefinition &definition, const PayloadReader &payload, const ExtractOptions &options,
	        Extraction &result, std::pmr::memory_resource *arena)
	    : definition_(definition), payload_(payload), options_(options), result_(result), arena_(arena),
	      texts_(arena), evaluator_(payload, definition.vocabulary_, definition.id_key_, texts_),
	      context_{definition, payload, options_, evaluator_, texts_, texts_.Copy(definition.pool_)},
	      equal_(arena) {
	}

	void
	Read(const ObjectProgram &program) {
		if (program.envelope) {
			ReadEnvelope(program);
			return;
		}
		const auto [node, path] = Unwrap(program);
		ReadBody(program, node, path, {});
	}

private:
	void
	AddProblem(std::string_view field, std::string_view path, const std::string &reason) {
		result_.problems.push_back({field, texts_.Copy(path), texts_.Copy(reason)});
	}

	// The object inside of {"order": {...}}, where the program expects that.
	std::pair<NodeIndex, std::string_view>
	Unwrap(const ObjectProgram &program) {
		const Node &root = payload_.nodes()[root_node];
		if (root.type == NodeType::object && payload_.Member(root_node, definition_.id_key_) == no_node) {
			for (const KeyId key : program.unwrap) {
				const NodeIndex inner = payload_.Member(root_node, key);
				if (inner != no_node && payload_.nodes()[inner].type == NodeType::object) {
					return {inner, texts_.Copy(definition_.vocabulary_.Name(key))};
				}
			}
		}
		return {root_node, {}};
	}

	void
	ReadBody(const ObjectProgram &program, NodeIndex node, std::string_view path,
	         const Surroundings &around) {
		const NodeType type = payload_.nodes()[node].type;
		if (type == NodeType::array && program.ReadsLists()) {
			ReadPage({node, nullptr, &program, 0}, path, around);
			return;
		}
		if (type != NodeType::object) {
			AddProblem({}, path, std::string("is ").append(TypeName(type)).append(", not an object"));
			return;
		}
		const Frame frame{node, nullptr, &program, 0};
		if (program.when && !evaluator_.Holds(*program.when, frame)) {
			AddProblem({}, path,
			           "is not what the definition takes for one of its objects '" + program.name + "'");
			return;
		}
		result_.facts.reserve(program.nested.empty() ? 1 : 4);
		if (program.only_nested && evaluator_.Holds(*program.only_nested, frame)) {
			ReadPage(frame, path, around);
			return;
		}
		Problem problem;
		if (!ReadFact(frame, path, around, problem)) {
			result_.problems.push_back(problem);
		}
	}

	// The facts nested in an object that is none itself.
	void
	ReadPage(const Frame &frame, std::string_view path, Surroundings around) {
		result_.is_page = true;
		const bool is_list = payload_.nodes()[frame.node].type == NodeType::array;
		for (const NestedProgram &nested : frame.program->nested) {
			if (nested.is_of_list == is_list) {
				around.nested = &nested;
				ReadNested(frame, 0, path, around);
			}
		}
		if (result_.facts.empty() && result_.problems.empty()) {
			AddProblem({}, path, "holds nothing that the definition reads");
		}
	}

	// A fact and those nested in it. False when it has no id.
	bool
	ReadFact(const Frame &frame, std::string_view path, const Surroundings &around, Problem &problem) {
		Surroundings inner;
		const std::size_t place = result_.facts.size();
		{
			Fact &fact = result_.facts.emplace_back(arena_);
			FactReader reader(context_, frame, fact);
			if (!reader.ReadId(problem)) {
				result_.facts.pop_back();
				return false;
			}
			if (fact.is_keyless && around.nested != nullptr) {
				NumberEqual(fact, *frame.program);
			}
			reader.Read(around);
			fact.path = path;
			inner = {nullptr, fact.currency, fact.processor, fact.is_test, fact.occurred_at, fact.version_at,
			         {}};
		} // nested facts move this one
		for (const NestedProgram &nested : frame.program->nested) {
			if (!nested.is_of_list) {
				inner.nested = &nested;
				ReadNested(frame, place, path, inner);
			}
		}
		return true;
	}

	// Several nested objects without ids may be equal and none of them a repeat.
	void
	NumberEqual(Fact &fact, const ObjectProgram &program) {
		const int number = ++equal_[{&program, fact.external_id}];
		fact.is_keyless = false;
		fact.external_id = NumberedId(fact.external_id, number, arena_);
	}

	void
	ReadNested(const Frame &frame, std::size_t place, std::string_view path, const Surroundings &around) {
		const NestedProgram &nested = *around.nested;
		const ObjectProgram &program = definition_.programs_[nested.object];
		evaluator_.TakeMisfit();
		bool is_found = false;
		EachNested(nested.parts, frame, path,
		           [&](NodeIndex node, std::string_view inner_path, std::size_t position) {
			           is_found = true;
			           const Frame inner{node, &frame, &program, position};
			           Problem problem;
			           if (payload_.nodes()[node].type != NodeType::object) {
				           const std::string_view type = TypeName(payload_.nodes()[node].type);
				           AddNestedProblem(
				               place,
				               {texts_.Copy(program.name), inner_path,
				                texts_.Copy(std::string("is ").append(type).append(", not an object"))});
			           } else if (program.when && !evaluator_.Holds(*program.when, inner)) {
				           return;
			           } else if (!ReadFact(inner, inner_path, around, problem)) {
				           problem.path = JoinPath(inner_path, problem.path);
				           AddNestedProblem(place, problem);
			           }
		           });
		const std::string_view misfit = evaluator_.TakeMisfit();
		if (!is_found && !misfit.empty()) {
			AddNestedProblem(place, {texts_.Copy(program.name), JoinPath(path, nested.text), misfit});
		}
	}

	// The values that a nested path leads to, with their own paths and their places in the last list.
	void
	EachNested(std::span<const Path> parts, const Frame &from, std::string_view path,
	           FunctionRef<void(NodeIndex, std::string_view, std::size_t)> visit) {
		std::size_t position = 0;
		evaluator_.EachNode(parts.front(), from, [&](NodeIndex node) {
			const std::string_view inner_path = NestedPath(parts.front(), path, position);
			if (parts.size() == 1) {
				visit(node, inner_path, position);
			} else {
				EachNested(parts.subspan(1), {node, from.parent, from.program, position}, inner_path, visit);
			}
			++position;
			return true;
		});
	}

	// Part of a payload that cannot become a fact is a problem of the fact around it; of a page, of the
	// page's first.
	void
	AddNestedProblem(std::size_t place, const Problem &problem) {
		if (place < result_.facts.size()) {
			result_.facts[place].problems.push_back(problem);
		} else {
			result_.problems.push_back(problem);
		}
	}

	std::string_view
	JoinPath(std::string_view outer, std::string_view inner) {
		return outer.empty() ? texts_.Copy(inner) : texts_.Copy(std::string(outer).append(".").append(inner));
	}

	// "refunds[]" of the fact at "order", for its second element: "order.refunds[1]".
	std::string_view
	NestedPath(const Path &part, std::string_view outer, std::size_t position) {
		if (part.steps.empty()) {
			return outer;
		}
		std::string_view text = part.text;
		if (part.steps.back().op != PathStep::Op::every) {
			return JoinPath(outer, text);
		}
		text.remove_suffix(1); // the bracket
		char *const start = texts_.Allocate(outer.size() + text.size() + 24);
		char *at = start;
		if (!outer.empty()) {
			at = std::copy(outer.begin(), outer.end(), at);
			*at++ = '.';
		}
		at = std::copy(text.begin(), text.end(), at);
		at = std::to_chars(at, at + 20, position).ptr;
		*at++ = ']';
		return {start, static_cast<std::size_t>(at - start)};
	}

	void
	ReadEnvelope(const ObjectProgram &program) {
		const EnvelopeProgram &envelope = *program.envelope;
		const Frame frame{root_node, nullptr, &program, 0};
		if (payload_.nodes()[root_node].type != NodeType::object) {
			ReadBody(program, root_node, {}, {}); // says what it is instead
			return;
		}
		Surroundings around;
		if (envelope.event_id) {
			const auto id = evaluator_.First(*envelope.event_id, frame);
			result_.source_event_id = id && !IsPlaceholder(*id) ? texts_.Copy(Trim(*id)) : std::string_view{};
		}
		if (!ReadEnvelopeTime(envelope, frame, around)) {
			return;
		}
		around.is_test = program.test && evaluator_.Holds(*program.test, frame);
		NodeIndex body = no_node;
		evaluator_.EachNode(envelope.body, frame, [&](NodeIndex node) {
			body = node;
			return false;
		});
		if (body == no_node) {
			AddProblem("body", envelope.body.text, "is missing");
			return;
		}
		if (const ObjectProgram *inner = BodyProgram(envelope, frame)) {
			ReadBody(*inner, body, texts_.Copy(envelope.body.text), around);
		}
	}

	bool
	ReadEnvelopeTime(const EnvelopeProgram &envelope, const Frame &frame, Surroundings &around) {
		const auto text = envelope.version_time ? evaluator_.First(*envelope.version_time, frame)
		                                        : std::optional<std::string_view>{};
		if (!text) {
			return true;
		}
		around.envelope_version_at = ReadInstant(*text, options_.local_time);
		if (!around.envelope_version_at) {
			AddProblem("version", envelope.version_time->label,
			           "'" + Quotable(*text) + "' is not a time that can be read");
		}
		return around.envelope_version_at.has_value();
	}

	const ObjectProgram *
	BodyProgram(const EnvelopeProgram &envelope, const Frame &frame) {
		if (const auto name = evaluator_.First(envelope.object, frame)) {
			return definition_.Find(*name);
		}
		// What the map at the end of the expression did not know.
		Expression raw = envelope.object;
		if (!raw.transforms.empty()) {
			raw.transforms.pop_back();
		}
		const auto type = evaluator_.First(raw, frame);
		AddProblem("object", envelope.object.label,
		           type ? "object type '" + Quotable(*type) + "' is not handled" : "is missing");
		return nullptr;
	}

	const CompiledDefinition &definition_;
	const PayloadReader &payload_;
	const ExtractOptions &options_;
	Extraction &result_;
	std::pmr::memory_resource *arena_;
	TextArena texts_;
	Evaluator evaluator_;
	ReadingContext context_;
	std::pmr::map<std::pair<const ObjectProgram *, std::string_view>, int> equal_; // nested, without ids
};

} // namespace

std::string_view
NumberedId(std::string_view id, std::int64_t number, std::pmr::memory_resource *arena) {
	return number < 2 ? id : Intern(std::string(id).append(":").append(std::to_string(number)), arena);
}

namespace {

// What is nested in an object that is gone has a life of its own.
void
MarkDeleted(Extraction &result) {
	if (result.facts.empty() || result.is_page) {
		return;
	}
	result.facts.erase(result.facts.begin() + 1, result.facts.end());
	result.facts.front().status = Status::deleted;
	result.facts.front().problems.clear();
}

} // namespace

struct Extractor::State {
	PayloadReader payload;
};

Extractor::Extractor() : state_(std::make_unique<State>()) {
}
Extractor::~Extractor() = default;

Extraction
Extractor::Extract(const Definition &definition, std::string_view object, std::string_view payload,
                   const ExtractOptions &options, std::pmr::memory_resource *arena) {
	// Compile() makes nothing else.
	const auto &compiled = static_cast<const CompiledDefinition &>(definition);
	const ObjectProgram *program = compiled.Find(object);
	if (program == nullptr) {
		throw Error(sqlstate::unknown_object,
		            "connector \"" + compiled.name() + "\" has no object \"" + std::string(object) + "\"");
	}
	Extraction result(arena);
	PayloadReader &reader = state_->payload;
	const bool is_read = reader.Read(payload, compiled.vocabulary_);
	result.payload_hash = reader.payload_hash();
	if (is_read) {
		Reading(compiled, reader, options, result, arena).Read(*program);
		if (payload.starts_with(deletion_mark)) {
			MarkDeleted(result);
		}
	} else {
		result.problems.push_back({{}, {}, Intern(reader.error(), arena)});
	}
	return result;
}

} // namespace meshline
