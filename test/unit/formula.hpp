// SPDX-License-Identifier: PostgreSQL
// Evaluates the formula of a finding on its terms, the way an SQL session would.
#pragma once

#include <cctype>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

#include "core/reconcile.hpp"

namespace meshline {

// Booleans are 0 and 1. Grammar: or < and < comparison < + - < *; names, whole numbers, parentheses.
class Formula {
public:
	Formula(std::string_view text, const Vector<Term> &terms) : rest_(text), terms_(terms) {
	}

	bool
	Holds() {
		const __int128 value = Or();
		Skip();
		if (!rest_.empty()) {
			throw std::runtime_error("unread: " + std::string(rest_));
		}
		return value != 0;
	}

private:
	void
	Skip() {
		while (!rest_.empty() && rest_.front() == ' ') {
			rest_.remove_prefix(1);
		}
	}
	bool
	Take(std::string_view token) {
		Skip();
		if (!rest_.starts_with(token)) {
			return false;
		}
		rest_.remove_prefix(token.size());
		return true;
	}
	__int128
	Or() {
		__int128 value = And();
		while (Take("or ")) {
			const __int128 right = And();
			value = value != 0 || right != 0;
		}
		return value;
	}
	__int128
	And() {
		__int128 value = Comparison();
		while (Take("and ")) {
			const __int128 right = Comparison();
			value = value != 0 && right != 0;
		}
		return value;
	}
	__int128
	Comparison() {
		const __int128 left = Sum();
		// Each right side is read before it is compared: the longer operators come first.
		if (Take("<=")) {
			return left <= Sum();
		}
		if (Take(">=")) {
			return left >= Sum();
		}
		if (Take("<>")) {
			return left != Sum();
		}
		if (Take("<")) {
			return left < Sum();
		}
		if (Take(">")) {
			return left > Sum();
		}
		if (Take("=")) {
			return left == Sum();
		}
		return left;
	}
	__int128
	Sum() {
		__int128 value = Product();
		while (true) {
			if (Take("+")) {
				value += Product();
			} else if (Take("-")) {
				value -= Product();
			} else {
				return value;
			}
		}
	}
	__int128
	Product() {
		__int128 value = Atom();
		while (Take("*")) {
			value *= Atom();
		}
		return value;
	}
	__int128
	Atom() {
		if (Take("(")) {
			const __int128 value = Or();
			if (!Take(")")) {
				throw std::runtime_error("no closing parenthesis");
			}
			return value;
		}
		std::size_t size = 0;
		while (size < rest_.size() &&
		       (std::isalnum(static_cast<unsigned char>(rest_[size])) || rest_[size] == '_')) {
			++size;
		}
		const std::string_view word = rest_.substr(0, size);
		rest_.remove_prefix(size);
		if (!word.empty() && std::isdigit(static_cast<unsigned char>(word.front()))) {
			return std::stoll(std::string(word));
		}
		for (const Term &term : terms_) {
			if (term.name == word) {
				return term.value;
			}
		}
		throw std::runtime_error("no term \"" + std::string(word) + "\"");
	}

	std::string_view rest_;
	const Vector<Term> &terms_;
};

} // namespace meshline
