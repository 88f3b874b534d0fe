// SPDX-License-Identifier: PostgreSQL
#include "core/payload_walk.hpp"

#include <cstring>

namespace meshline {

namespace {

bool
IsDigit(char c) noexcept {
	return c >= '0' && c <= '9';
}

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
    : text_(text.data()), text_end_(text.data() + text.size()), at_(structure.data()),
      end_(structure.data() + structure.size()), vocabulary_(vocabulary), backslash_(text.data()),
      unescaped_(unescaped), nodes_(nodes) {
	const void *found = std::memchr(text_, '\\', text.size());
	backslash_ = found == nullptr ? text_end_ : static_cast<const char *>(found);
}

bool
PayloadWalk::Fail(const char *reason) {
	reason_ = reason;
	position_ = AtEnd() ? static_cast<std::size_t>(text_end_ - text_) : *at_;
	return false;
}

bool
PayloadWalk::Document(Hash128 &hash) {
	NodeIndex last = no_node;
	const NodeIndex root = AddNode(no_node, last, no_key);
	if (!Value(0, root, hash)) {
		return false;
	}
	return AtEnd() || Fail("something follows the document");
}

// Appends a node behind the parent's last child.
NodeIndex
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

// From the current structural character to the next, without the white space behind.
std::string_view
PayloadWalk::Token() const noexcept {
	const char *const begin = text_ + *at_;
	const char *end = text_ + at_[1];
	while (IsBlank(end[-1])) { // ends at the token's first character
		--end;
	}
	return {begin, static_cast<std::size_t>(end - begin)};
}

bool
PayloadWalk::Value(unsigned depth, NodeIndex node, Hash128 &hash) {
	if (AtEnd()) {
		return Fail("the text ends where a value is expected");
	}
	bool is_read = false;
	switch (Current()) {
	case '{':
		is_read = Object(depth, node, hash);
		break;
	case '[':
		is_read = Array(depth, node, hash);
		break;
	case '"': {
		std::string_view text;
		bool has_nul = false;
		is_read = String(text, has_nul);
		hash = HashString(text);
		if (node != no_node) {
			nodes_[node].type = NodeType::string;
			nodes_[node].text = text;
			nodes_[node].has_nul = has_nul;
		}
		break;
	}
	case 't':
	case 'f':
	case 'n':
		is_read = Literal(node, hash);
		break;
	default:
		is_read = Number(node, hash);
	}
	if (is_read && node != no_node) {
		nodes_[node].hash = hash;
	}
	return is_read;
}

bool
PayloadWalk::Literal(NodeIndex node, Hash128 &hash) {
	const std::string_view token = Token();
	NodeType type = NodeType::boolean;
	if (token == "null") {
		hash = hash_of_null;
		type = NodeType::null;
	} else if (token == "true") {
		hash = hash_of_true;
	} else if (token == "false") {
		hash = hash_of_false;
	} else {
		return Fail("a word that is not true, false or null");
	}
	if (node != no_node) {
		nodes_[node].type = type;
		nodes_[node].text = type == NodeType::null ? std::string_view{} : token;
	}
	++at_;
	return true;
}

bool
PayloadWalk::Number(NodeIndex node, Hash128 &hash) {
	const std::string_view token = Token();
	if (!IsNumber(token)) {
		return Fail(IsDigit(token.front()) || token.front() == '-' ? "a number that is not well formed"
		                                                           : "an unexpected character");
	}
	hash = HashNumber(token);
	if (node != no_node) {
		nodes_[node].type = NodeType::number;
		nodes_[node].text = token;
	}
	++at_;
	return true;
}

bool
PayloadWalk::Array(unsigned depth, NodeIndex node, Hash128 &hash) {
	if (depth >= PayloadReader::max_depth) {
		is_too_deep_ = true;
		return Fail("");
	}
	if (node != no_node) {
		nodes_[node].type = NodeType::array;
	}
	ArrayHash elements;
	++at_;
	if (!AtEnd() && Current() == ']') {
		++at_;
		hash = elements.Finish();
		return true;
	}
	for (NodeIndex last = no_node;;) {
		const NodeIndex child = node == no_node ? no_node : AddNode(node, last, no_key);
		Hash128 element;
		if (!Value(depth + 1, child, element)) {
			return false;
		}
		elements.Add(element);
		if (AtEnd()) {
			return Fail("the text ends inside an array");
		}
		const char separator = Current();
		if (separator != ',' && separator != ']') {
			return Fail("a comma or the end of an array is missing");
		}
		++at_;
		if (separator == ']') {
			hash = elements.Finish();
			return true;
		}
	}
}

bool
PayloadWalk::Object(unsigned depth, NodeIndex node, Hash128 &hash) {
	if (depth >= PayloadReader::max_depth) {
		is_too_deep_ = true;
		return Fail("");
	}
	if (node != no_node) {
		nodes_[node].type = NodeType::object;
	}
	ObjectHash members;
	++at_;
	if (!AtEnd() && Current() == '}') {
		++at_;
		hash = members.Finish();
		return true;
	}
	NodeIndex last = no_node;
	for (std::uint64_t seen = 0;;) {
		if (!Member(depth, node, last, seen, members)) {
			return false;
		}
		if (AtEnd()) {
			return Fail("the text ends inside an object");
		}
		const char separator = Current();
		if (separator != ',' && separator != '}') {
			return Fail("a comma or the end of an object is missing");
		}
		++at_;
		if (separator == '}') {
			hash = members.Finish();
			return true;
		}
	}
}

bool
PayloadWalk::Member(unsigned depth, NodeIndex node, NodeIndex &last, std::uint64_t &seen,
                    ObjectHash &members) {
	if (AtEnd()) {
		return Fail("the text ends inside an object");
	}
	if (Current() != '"') {
		return Fail("a member's name is missing");
	}
	std::string_view name;
	bool has_nul = false;
	if (!String(name, has_nul)) {
		return false;
	}
	if (AtEnd()) {
		return Fail("the text ends inside an object");
	}
	if (Current() != ':') {
		return Fail("a colon is missing");
	}
	++at_;
	const std::uint64_t name_hash = HashKey(name);
	NodeIndex child = no_node;
	bool is_repeated = false;
	if (node != no_node) {
		const KeyId key = vocabulary_.Find(name, name_hash);
		if (key != no_key) {
			is_repeated = TakesKeyAgain(node, key, seen);
			child = AddNode(node, last, key);
		}
	}
	Hash128 value;
	if (!Value(depth + 1, child, value)) {
		return false;
	}
	if (is_repeated) {
		members.AddRepeated(name_hash, value);
	} else if (!vocabulary_.IsIgnored(name)) {
		members.Add(name_hash, value);
	}
	return true;
}

// The last of several members with one name wins: takes the name from the one before. Names that no
// program reads are not looked after, so that hashing them stays cheap.
bool
PayloadWalk::TakesKeyAgain(NodeIndex object, KeyId key, std::uint64_t &seen) {
	const std::uint64_t bit = std::uint64_t{1} << (key % 64U);
	if ((seen & bit) == 0) {
		seen |= bit;
		return false;
	}
	for (NodeIndex at = nodes_[object].first_child; at != no_node; at = nodes_[at].next_sibling) {
		if (nodes_[at].key == key) {
			nodes_[at].key = no_key;
			return true;
		}
	}
	return false;
}

bool
PayloadWalk::HasEscape(const char *begin, const char *end) noexcept {
	if (backslash_ < begin) {
		const void *found = std::memchr(begin, '\\', static_cast<std::size_t>(text_end_ - begin));
		backslash_ = found == nullptr ? text_end_ : static_cast<const char *>(found);
	}
	return backslash_ < end;
}

bool
PayloadWalk::String(std::string_view &text, bool &has_nul) {
	const std::string_view token = Token();
	if (token.size() < 2 || token.back() != '"') {
		return Fail("the text ends inside a string");
	}
	text = token.substr(1, token.size() - 2);
	if (HasEscape(text.data(), text.data() + text.size()) && !Unescape(text, text, has_nul)) {
		return false;
	}
	++at_;
	return true;
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
			return Fail("a string has an escape that JSON does not know");
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
