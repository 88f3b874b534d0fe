// SPDX-License-Identifier: PostgreSQL
// Reads one JSON payload: checks all of it, hashes all of it, and keeps a tree of the members whose
// names are in a vocabulary.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/fact.hpp"
#include "core/vocabulary.hpp"

namespace meshline {

enum class NodeType : std::uint8_t { null, boolean, number, string, array, object };

using NodeIndex = std::uint32_t;
inline constexpr NodeIndex no_node = 0xFFFFFFFF;
inline constexpr NodeIndex root_node = 0;

// One value. Scalars have their text: unescaped for strings, as written for the others.
struct Node {
	std::string_view text;
	NodeIndex first_child = no_node;
	NodeIndex next_sibling = no_node;
	KeyId key = no_key; // of a member; no_key for elements and for members that a later one replaces
	NodeType type = NodeType::null;
	bool has_nul = false; // U+0000, which PostgreSQL's text cannot hold
	Hash128 hash;
};

class PayloadReader {
public:
	static constexpr unsigned max_depth = 512;

	PayloadReader();
	~PayloadReader();
	PayloadReader(const PayloadReader &) = delete;
	PayloadReader &operator=(const PayloadReader &) = delete;

	// Reads a payload. False when it is not JSON or nested too deep: then error() says why, and the
	// tree is empty. What was read before is gone. Throws only std::bad_alloc.
	bool Read(std::string_view payload, const Vocabulary &vocabulary);

	// A plain sentence, with the byte offset where one is known.
	const std::string &
	error() const noexcept {
		return error_;
	}
	// Independent of member order and white space; of the bytes when the payload is not JSON.
	const Hash128 &
	payload_hash() const noexcept {
		return payload_hash_;
	}
	const std::vector<Node> &
	nodes() const noexcept {
		return nodes_;
	}
	// The member of an object, or no_node.
	NodeIndex
	Member(NodeIndex object, KeyId key) const noexcept {
		for (NodeIndex at = nodes_[object].first_child; at != no_node; at = nodes_[at].next_sibling) {
			if (nodes_[at].key == key) {
				return at;
			}
		}
		return no_node;
	}

private:
	struct Buffers;

	void Reserve(std::size_t size);
	bool Refuse(std::string_view payload, std::string reason);

	std::unique_ptr<Buffers> buffers_;
	std::vector<Node> nodes_;
	std::string error_;
	Hash128 payload_hash_;
};

} // namespace meshline

#ifdef POSTGRES_H
#error "the core sees no PostgreSQL header"
#endif
