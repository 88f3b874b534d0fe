// SPDX-License-Identifier: PostgreSQL
#include "core/payload.hpp"

#include <simdjson.h>

#include <algorithm>
#include <cstring>
#include <new>

#include "core/hash.hpp"
#include "core/payload_walk.hpp"
#include "core/text.hpp"

namespace meshline {

namespace {

constexpr std::size_t least_capacity = 16'384;
// Buffers above this are not kept for small payloads that follow.
constexpr std::size_t kept_capacity = 4U << 20U;
// simdjson counts in 32 bits, and wants room above.
constexpr std::size_t most_bytes = 0xFFFFFFFFU - 4096;

// Why simdjson's first stage refuses a text, found by a slow second look.
std::string
Diagnose(std::string_view text) {
	if (Trim(text).empty()) {
		return "not JSON: it is empty";
	}
	if (const auto offset = FindInvalidUtf8(text)) {
		return "not JSON: it is not UTF-8 at byte " + std::to_string(*offset);
	}
	bool is_inside = false;
	for (std::size_t at = 0; at < text.size(); ++at) {
		if (is_inside && static_cast<unsigned char>(text[at]) < ' ') {
			return "not JSON: a string has a bare control character at byte " + std::to_string(at);
		}
		if (is_inside && text[at] == '\\') {
			++at;
		} else if (text[at] == '"') {
			is_inside = !is_inside;
		}
	}
	return is_inside ? "not JSON: the text ends inside a string" : "not JSON";
}

} // namespace

// simdjson's first stage, used without its second: that would turn numbers into doubles, and On-Demand
// leaves unchecked what nobody asks for. Which instructions it uses is settled at run time.
struct PayloadReader::Buffers {
	explicit Buffers(std::size_t size)
	    : capacity(size), text(new char[size + simdjson::SIMDJSON_PADDING]), unescaped(new char[size]) {
		const simdjson::error_code error =
		    simdjson::get_active_implementation()->create_dom_parser_implementation(size, 1, parser);
		if (error != simdjson::SUCCESS) {
			throw std::bad_alloc();
		}
	}

	std::size_t capacity;
	std::unique_ptr<char[]> text;
	std::unique_ptr<char[]> unescaped; // texts of strings that have escapes
	std::unique_ptr<simdjson::internal::dom_parser_implementation> parser;
};

PayloadReader::PayloadReader() = default;
PayloadReader::~PayloadReader() = default;

void
PayloadReader::Reserve(std::size_t size) {
	const bool is_large = buffers_ != nullptr && buffers_->capacity > kept_capacity;
	if (is_large && size <= kept_capacity) {
		buffers_.reset();
		nodes_.shrink_to_fit();
	}
	if (buffers_ == nullptr || buffers_->capacity < size) {
		const std::size_t capacity = std::max(size + size / 4, least_capacity);
		buffers_.reset(); // first, so that two large ones never stand side by side
		buffers_ = std::make_unique<Buffers>(std::min(capacity, most_bytes));
	}
}

bool
PayloadReader::Refuse(std::string_view payload, std::string reason) {
	nodes_.clear();
	error_ = std::move(reason);
	payload_hash_ = HashBytes(payload);
	return false;
}

bool
PayloadReader::Read(std::string_view payload, const Vocabulary &vocabulary) {
	static constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
	nodes_.clear();
	std::string_view text = payload;
	if (text.starts_with(byte_order_mark)) {
		text.remove_prefix(byte_order_mark.size());
	}
	if (text.size() > most_bytes) {
		return Refuse(payload, "the payload is larger than 4 GB");
	}
	if (text.empty()) {
		return Refuse(payload, Diagnose(text));
	}
	Reserve(text.size());
	char *const copy = buffers_->text.get();
	std::memcpy(copy, text.data(), text.size());
	std::memset(copy + text.size(), ' ', simdjson::SIMDJSON_PADDING);

	auto &parser = *buffers_->parser;
	const simdjson::error_code error = parser.stage1(reinterpret_cast<const std::uint8_t *>(copy),
	                                                 text.size(), simdjson::stage1_mode::regular);
	if (error != simdjson::SUCCESS) {
		return Refuse(payload, Diagnose(text));
	}
	PayloadWalk walk({copy, text.size()}, {parser.structural_indexes.get(), parser.n_structural_indexes},
	                 vocabulary, buffers_->unescaped.get(), nodes_);
	if (walk.Document(payload_hash_)) {
		error_.clear();
		return true;
	}
	if (walk.is_too_deep()) {
		return Refuse(payload, "nested deeper than " + std::to_string(max_depth) + " levels");
	}
	return Refuse(payload,
	              std::string("not JSON: ") + walk.reason() + " at byte " + std::to_string(walk.position()));
}

} // namespace meshline
