// SPDX-License-Identifier: PostgreSQL
#include "core/payload_walk.hpp"

#include <cstring>

#include "core/text.hpp"

namespace meshline {

namespace {

// RFC 8259: -? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)?
bool
IsNumber(std::string_view token) noexcept {
	const char *at = token.data();
	const char *const end = at + token.size();
	const auto digits = [&] {
		const char *const start = at;
		while (at != end && IsDigit(*at)) {
			++at;
		}
		return at != start;
	};
	if (at != end && *at == '-') {
		++at;
	}
	const bool is_zero_led = at != end && *at == '0';
	const char *const whole = at;
	if (!digits() || (is_zero_led && at - whole > 1)) {
		return false;
	}
	if (at != end && *at == '.') {
		++at;
		if (!digits()) {
			return false;
		}
	}
	if (at != end && (*at == 'e' || *at == 'E')) {
		++at;
		if (at != end && (*at == '+' || *at == '-')) {
			++at;
		}
		if (!digits()) {
			return false;
		}
	}
	return at == end;
}

// The value of four hexadecimal digits, or a number above 0xFFFF.
std::uint32_t
ReadHex(const char *from, const char *end) noexcept {
	constexpr std::uint32_t bad = 0xFFFFFFFF;
	if (end - from < 4) {
		return bad;
	}
	std::uint32_t value = 0;
	for (int i = 0; i < 4; ++i) {
		const char c = from[i];
		const int digit = IsDigit(c)             ? c - '0'
		                  : c >= 'a' && c <= 'f' ? c - 'a' + 10
		                  : c >= 'A' && c <= 'F' ? c - 'A' + 10
		                                         : -1;
		if (digit < 0) {
			return bad;
		}
		value = value * 16 + static_cast<std::uint32_t>(digit);
	}
	return value;
}

bool
IsBlank(char c) noexcept {
	return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

} // namespace

PayloadWalk::PayloadWalk(std::string_view text, std::span<const std::uint32_t> structure,
                         const Vocabulary &vocabulary, char *unescaped, std::vector<Node> &nodes)
    : text_(text.data()), text_end_(text.data() + text.size()), begin_(structure.data()),
      end_(structure.data() + structure.size()), vocabulary_(vocabulary), backslash_(text.data()),
      unescaped_(unescaped), nodes_(nodes) {
	FindEscape(text_, text_end_);
}

PayloadWalk::Place
PayloadWalk::Fail(Place at, const char *reason, const char *reason_at_end) {
	reason_ = at == end_ ? reason_at_end : reason;
	position_ = *at;
	return nullptr;
}

PayloadWalk::Place
PayloadWalk::FailDepth(Place at) {
	is_too_deep_ = true;
	return Fail(at, "", "");
}

bool
PayloadWalk::Document(Hash128 &hash) {
	NodeIndex last = no_node;
	const NodeIndex root = AddNode(no_node, last, no_key);
	const Place at = Value(begin_, 0, root, hash);
	return at == end_ || (at != nullptr && Fail(at, "something follows the document", "") != nullptr);
}

// Appends a node behind the parent's last child.
inline NodeIndex
PayloadWalk::AddNode(NodeIndex parent, NodeIndex &last, KeyId key) {
	const auto index = static_cast<NodeIndex>(nodes_.size());
	nodes_.emplace_back().key = key;
	if (last != no_node) {
		nodes_[last].next_sibling = index;
	} else if (parent != no_node) {
		nodes_[parent].first_child = index;
	}
	last = index;
	return index;
}

// From a place to the next, without the white space between.
inline std::string_view
PayloadWalk::Token(Place at) const noexcept {
	const char *const begin = text_ + at[0];
	const char *end = text_ + at[1];
	while (end != begin && IsBlank(end[-1])) {
		--end;
	}
	return {begin, static_cast<std::size_t>(end - begin)};
}

bool
PayloadWalk::FindEscape(const char *begin, const char *end) noexcept {
	const void *found = std::memchr(begin, '\\', static_cast<std::size_t>(text_end_ - begin));
	backslash_ = found == nullptr ? text_end_ : static_cast<const char *>(found);
	return backslash_ < end;
}

// At a quote. Up to the next place there are the string, its other quote and white space.
inline PayloadWalk::Place
PayloadWalk::String(Place at, std::string_view &text, bool &has_nul) {
	const char *const begin = text_ + at[0] + 1;
	const char *end = text_ + at[1] - 1;
	while (*end != '"') {
		--end;
	}
	if (end < begin) {
		return Fail(at, "the text ends inside a string", "");
	}
	text = {begin, static_cast<std::size_t>(end - begin)};
	const bool has_escape = backslash_ < end && (backslash_ >= begin || FindEscape(begin, end));
	if (has_escape && !Unescape(text, text, has_nul)) {
		return Fail(at, "a string has an escape that JSON does not know", "");
	}
	return at + 1;
}

inline PayloadWalk::Place
PayloadWalk::Value(Place at, unsigned depth, NodeIndex node, Hash128 &hash) {
	switch (text_[*at]) {
	case '"': {
		std::string_view text;
		bool has_nul = false;
		at = String(at, text, has_nul);
		hash = HashString(text);
		if (node != no_node) {
			Node &value = nodes_[node];
			value.type = NodeType::string;
			value.text = text;
			value.has_nul = has_nul;
			value.hash = hash;
		}
		return at;
	}
	case '{':
		return Object(at, depth, node, hash);
	case '[':
		return Array(at, depth, node, hash);
	case 't':
	case 'f':
	case 'n':
		return Literal(at, node, hash);
	default:
		return Number(at, node, hash);
	}
}

PayloadWalk::Place
PayloadWalk::Literal(Place at, NodeIndex node, Hash128 &hash) {
	const std::string_view token = Token(at);
	NodeType type = NodeType::boolean;
	if (token == "null") {
		hash = hash_of_null;
		type = NodeType::null;
	} else if (token == "true") {
		hash = hash_of_true;
	} else if (token == "false") {
		hash = hash_of_false;
	} else {
		return Fail(at, "a word that is not true, false or null", "");
	}
	if (node != no_node) {
		nodes_[node].type = type;
		nodes_[node].text = type == NodeType::null ? std::string_view{} : token;
		nodes_[node].hash = hash;
	}
	return at + 1;
}

PayloadWalk::Place
PayloadWalk::Number(Place at, NodeIndex node, Hash128 &hash) {
	const std::string_view token = at == end_ ? std::string_view{} : Token(at);
	if (!IsNumber(token)) {
		const bool is_number = !token.empty() && (IsDigit(token.front()) || token.front() == '-');
		return Fail(at, is_number ? "a number that is not well formed" : "an unexpected character",
		            "the text ends where a value is expected");
	}
	hash = HashNumber(token);
	if (node != no_node) {
		nodes_[node].type = NodeType::number;
		nodes_[node].text = token;
		nodes_[node].hash = hash;
	}
	return at + 1;
}

PayloadWalk::Place
PayloadWalk::Array(Place at, unsigned depth, NodeIndex node, Hash128 &hash) {
	if (depth >= PayloadReader::max_depth) {
		return FailDepth(at);
	}
	ArrayHash elements;
	++at;
	if (text_[*at] == ']') {
		++at;
	} else {
		NodeIndex last = no_node;
		for (char separator = ','; separator == ',';) {
			const NodeIndex child = node == no_node ? no_node : AddNode(node, last, no_key);
			Hash128 element;
			at = Value(at, depth + 1, child, element);
			if (at == nullptr) {
				return nullptr;
			}
			elements.Add(element);
			separator = text_[*at];
			if (separator != ',' && separator != ']') {
				return Fail(at, "a comma or the end of a list is missing", "the text ends inside a list");
			}
			++at;
		}
	}
	hash = elements.Finish();
	if (node != no_node) {
		nodes_[node].type = NodeType::array;
		nodes_[node].hash = hash;
	}
	return at;
}

PayloadWalk::Place
PayloadWalk::Object(Place at, unsigned depth, NodeIndex node, Hash128 &hash) {
	if (depth >= PayloadReader::max_depth) {
		return FailDepth(at);
	}
	static constexpr char at_end[] = "the text ends inside an object";
	ObjectHash members;
	++at;
	if (text_[*at] == '}') {
		++at;
	} else {
		NodeIndex last = no_node;
		std::uint64_t seen = 0;
		for (char separator = ','; separator == ',';) {
			if (text_[*at] != '"') {
				return Fail(at, "a member's name is missing", at_end);
			}
			std::string_view name;
			bool has_nul = false;
			at = String(at, name, has_nul);
			if (at == nullptr) {
				return nullptr;
			}
			if (text_[*at] != ':') {
				return Fail(at, "a colon is missing", at_end);
			}
			const std::uint64_t name_hash = HashKey(name);
			bool is_repeated = false;
			const NodeIndex child =
			    node == no_node ? no_node : AddMember(node, name, name_hash, last, seen, is_repeated);
			Hash128 value;
			at = Value(at + 1, depth + 1, child, value);
			if (at == nullptr) {
				return nullptr;
			}
			if (is_repeated) {
				members.AddRepeated(name_hash, value);
			} else if (!vocabulary_.IsIgnored(name)) {
				members.Add(name_hash, value);
			}
			separator = text_[*at];
			if (separator != ',' && separator != '}') {
				return Fail(at, "a comma or the end of an object is missing", at_end);
			}
			++at;
		}
	}
	hash = members.Finish();
	if (node != no_node) {
		nodes_[node].type = NodeType::object;
		nodes_[node].hash = hash;
	}
	return at;
}

// A node for a member whose name is in the vocabulary.
inline NodeIndex
PayloadWalk::AddMember(NodeIndex object, std::string_view name, std::uint64_t name_hash, NodeIndex &last,
                       std::uint64_t &seen, bool &is_repeated) {
	const KeyId key = vocabulary_.Find(name, name_hash);
	if (key == no_key) {
		return no_node;
	}
	const std::uint64_t bit = std::uint64_t{1} << (key % 64U);
	is_repeated = (seen & bit) != 0 && TakesKeyAgain(object, key);
	seen |= bit;
	return AddNode(object, last, key);
}

// The last of several members with one name wins: takes the name from the one before. Names that no
// program reads are not looked after, so that hashing them stays cheap.
bool
PayloadWalk::TakesKeyAgain(NodeIndex object, KeyId key) {
	for (NodeIndex at = nodes_[object].first_child; at != no_node; at = nodes_[at].next_sibling) {
		if (nodes_[at].key == key) {
			nodes_[at].key = no_key;
			return true;
		}
	}
	return false;
}

bool
PayloadWalk::Unescape(std::string_view raw, std::string_view &text, bool &has_nul) {
	char *const start = unescaped_;
	const char *from = raw.data();
	const char *const end = from + raw.size();
	while (from != end) {
		const void *found = std::memchr(from, '\\', static_cast<std::size_t>(end - from));
		const char *const plain_end = found == nullptr ? end : static_cast<const char *>(found);
		std::memcpy(unescaped_, from, static_cast<std::size_t>(plain_end - from));
		unescaped_ += plain_end - from;
		from = plain_end;
		if (from != end && !AppendEscape(from, end, has_nul)) {
			return false;
		}
	}
	text = {start, static_cast<std::size_t>(unescaped_ - start)};
	return true;
}

// Half a surrogate pair stands for no character; it is read as U+FFFD, so that one bad letter in a
// note does not make an order unreadable.
bool
PayloadWalk::AppendEscape(const char *&from, const char *end, bool &has_nul) {
	static constexpr char letters[] = "\"\\/bfnrt";
	static constexpr char meanings[] = "\"\\/\b\f\n\r\t";
	if (end - from < 2) {
		return false;
	}
	const char letter = from[1];
	if (letter != 'u') {
		const char *known = letter == '\0' ? nullptr : std::strchr(letters, letter);
		if (known == nullptr) {
			return false;
		}
		*unescaped_++ = meanings[known - letters];
		from += 2;
		return true;
	}
	std::uint32_t code_point = ReadHex(from + 2, end);
	if (code_point > 0xFFFF) {
		return false;
	}
	from += 6;
	has_nul = has_nul || code_point == 0;
	if (code_point >= 0xD800 && code_point <= 0xDBFF && end - from >= 6 && from[0] == '\\' &&
	    from[1] == 'u') {
		const std::uint32_t low = ReadHex(from + 2, end);
		if (low >= 0xDC00 && low <= 0xDFFF) {
			code_point = 0x10000 + ((code_point - 0xD800) << 10U) + (low - 0xDC00);
			from += 6;
		}
	}
	AppendCharacter(code_point >= 0xD800 && code_point <= 0xDFFF ? 0xFFFD : code_point);
	return true;
}

// Never more bytes than the escape had.
void
PayloadWalk::AppendCharacter(std::uint32_t code_point) {
	const auto append = [&](std::uint32_t byte) { *unescaped_++ = static_cast<char>(byte); };
	const auto tail = [&](unsigned shift) { append(0x80U | ((code_point >> shift) & 0x3FU)); };
	if (code_point < 0x80) {
		append(code_point);
	} else if (code_point < 0x800) {
		append(0xC0U | (code_point >> 6U));
		tail(0);
	} else if (code_point < 0x10000) {
		append(0xE0U | (code_point >> 12U));
		tail(6);
		tail(0);
	} else {
		append(0xF0U | (code_point >> 18U));
		tail(12);
		tail(6);
		tail(0);
	}
}

} // namespace meshline
