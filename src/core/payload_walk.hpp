// SPDX-License-Identifier: PostgreSQL
// The second stage of reading a payload: from simdjson's index of structural characters to checked
// values, their fingerprint and the tree of the members that matter.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "core/hash.hpp"
#include "core/payload.hpp"

namespace meshline {

class PayloadWalk {
public:
	// `text` has padding behind it; `structure` are the offsets of its structural characters and of the
	// first character of each scalar, with text.size() behind them. `unescaped` has text.size() bytes.
	PayloadWalk(std::string_view text, std::span<const std::uint32_t> structure, const Vocabulary &vocabulary,
	            char *unescaped, std::vector<Node> &nodes);

	// Reads the whole document into nodes[root_node]. False: see reason() and position().
	bool Document(Hash128 &hash);

	const char *
	reason() const noexcept {
		return reason_;
	}
	std::size_t
	position() const noexcept {
		return position_;
	}
	bool
	is_too_deep() const noexcept {
		return is_too_deep_;
	}

private:
	bool Value(unsigned depth, NodeIndex node, Hash128 &hash);
	bool Object(unsigned depth, NodeIndex node, Hash128 &hash);
	bool Member(unsigned depth, NodeIndex node, NodeIndex &last, std::uint64_t &seen, ObjectHash &members);
	bool Array(unsigned depth, NodeIndex node, Hash128 &hash);
	bool String(std::string_view &text, bool &has_nul);
	bool Literal(NodeIndex node, Hash128 &hash);
	bool Number(NodeIndex node, Hash128 &hash);
	bool Unescape(std::string_view raw, std::string_view &text, bool &has_nul);
	bool AppendEscape(const char *&from, const char *end, bool &has_nul);
	void AppendCharacter(std::uint32_t code_point);
	bool HasEscape(const char *begin, const char *end) noexcept;
	std::string_view Token() const noexcept;
	NodeIndex AddNode(NodeIndex parent, NodeIndex &last, KeyId key);
	bool TakesKeyAgain(NodeIndex object, KeyId key, std::uint64_t &seen);
	bool Fail(const char *reason);

	bool
	AtEnd() const noexcept {
		return at_ == end_;
	}
	char
	Current() const noexcept {
		return text_[*at_];
	}

	const char *text_;
	const char *text_end_;
	const std::uint32_t *at_;
	const std::uint32_t *end_;
	const Vocabulary &vocabulary_;
	const char *backslash_; // the first at or behind where strings are being read
	char *unescaped_;
	std::vector<Node> &nodes_;
	const char *reason_ = "";
	std::size_t position_ = 0;
	bool is_too_deep_ = false;
};

} // namespace meshline

#ifdef POSTGRES_H
#error "the core sees no PostgreSQL header"
#endif
