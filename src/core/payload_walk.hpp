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
	// A place in the structure. Every reader takes where its value begins and gives what follows it, or
	// null when the text is refused. The last place is behind the text, on its padding, where no reader
	// finds what it looks for: so the end needs no test of its own.
	using Place = const std::uint32_t *;

	[[gnu::always_inline]] inline Place Value(Place at, unsigned depth, NodeIndex node, Hash128 &hash);
	Place Object(Place at, unsigned depth, NodeIndex node, Hash128 &hash);
	Place Array(Place at, unsigned depth, NodeIndex node, Hash128 &hash);
	[[gnu::always_inline]] inline Place String(Place at, std::string_view &text, bool &has_nul);
	Place Literal(Place at, NodeIndex node, Hash128 &hash);
	Place Number(Place at, NodeIndex node, Hash128 &hash);
	NodeIndex AddMember(NodeIndex object, std::string_view name, std::uint64_t name_hash, NodeIndex &last,
	                    std::uint64_t &seen, bool &is_repeated);
	NodeIndex AddNode(NodeIndex parent, NodeIndex &last, KeyId key);
	bool TakesKeyAgain(NodeIndex object, KeyId key);
	std::string_view Token(Place at) const noexcept;

	bool FindEscape(const char *begin, const char *end) noexcept;
	bool Unescape(std::string_view raw, std::string_view &text, bool &has_nul);
	bool AppendEscape(const char *&from, const char *end, bool &has_nul);
	void AppendCharacter(std::uint32_t code_point);
	Place Fail(Place at, const char *reason, const char *reason_at_end);
	Place FailDepth(Place at);

	const char *text_;
	const char *text_end_;
	Place begin_;
	Place end_;
	const Vocabulary &vocabulary_;
	const char *backslash_; // the first one behind what has been read
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
