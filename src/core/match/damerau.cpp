// SPDX-License-Identifier: PostgreSQL
// Damerau-Levenshtein distance in space linear in the shorter text.
#include <algorithm>
#include <unordered_map>

#include "core/interrupt.hpp"
#include "core/match/characters.hpp"
#include "core/match/text_distance.hpp"

namespace meshline::match {

namespace {

// The last row (from 1) that each character was seen in; 0 for none.
class LastRows {
public:
	std::size_t
	operator[](char32_t c) const {
		if (c < std::size(ascii_)) {
			return ascii_[c];
		}
		const auto at = others_.find(c);
		return at == others_.end() ? 0 : at->second;
	}
	void
	Set(char32_t c, std::size_t row) {
		if (c < std::size(ascii_)) {
			ascii_[c] = row;
		} else {
			others_[c] = row;
		}
	}

private:
	std::size_t ascii_[128] = {};
	std::unordered_map<char32_t, std::size_t> others_;
};

// A swap costs one edit and one more for each character between the two on either side, so a swap with
// characters between on both sides never beats substitutions: only two kinds of swap need a look, and both
// start from a cell that was seen not long ago.
template <typename Text>
std::size_t
Distance(Text a, Text b) {
	using Cells = WorkingVector<std::size_t, 64>;
	const std::size_t far = a.size() + b.size();
	LastRows last_rows;
	// Cell j + 1 is column j of the matrix; cell 0 is a column that no path comes from.
	Cells rows[2] = {Cells(b.size() + 2, far), Cells(b.size() + 2, far)};
	std::size_t *row = rows[0].data(), *above = rows[1].data();
	// For each column j, D[i' - 1][j - 2] of the last row i' whose character was b[j].
	Cells before_match(b.size() + 2, far);
	for (std::size_t j = 0; j <= b.size(); ++j) {
		row[j + 1] = j;
	}
	for (std::size_t i = 1; i <= a.size(); ++i) {
		poll_interrupts();
		std::swap(row, above);
		const auto c = a[i - 1];
		std::size_t match_column = 0;        // the last column of this row whose character is c, 0: none
		std::size_t before_column = far;     // D[i - 2][match_column - 1]
		std::size_t two_above_left = row[1]; // D[i - 2][j - 1]: `row` still holds the row before the last
		row[1] = i;
		for (std::size_t j = 1; j <= b.size(); ++j) {
			std::size_t cell = std::min({above[j] + (c == b[j - 1] ? 0u : 1u), row[j] + 1, above[j + 1] + 1});
			if (c == b[j - 1]) {
				match_column = j;
				before_match[j] = above[j - 1];
				before_column = two_above_left;
			} else {
				const std::size_t match_row = last_rows[b[j - 1]];
				if (match_column != 0 && match_row != 0) {
					if (j - match_column == 1) {
						cell = std::min(cell, before_match[j] + (i - match_row));
					} else if (i - match_row == 1) {
						cell = std::min(cell, before_column + (j - match_column));
					}
				}
			}
			two_above_left = row[j + 1];
			row[j + 1] = cell;
		}
		last_rows.Set(c, i);
	}
	return row[b.size() + 1];
}

} // namespace

std::size_t
DamerauLevenshtein(std::string_view a, std::string_view b, std::size_t cutoff) {
	return WithCharacters(a, b, [=](auto x, auto y) {
		RemoveCommonEnds(x, y);
		const std::size_t least = x.size() < y.size() ? y.size() - x.size() : x.size() - y.size();
		if (least > cutoff) {
			return cutoff + 1;
		}
		const std::size_t distance = x.empty() || y.empty() ? least : Distance(x, y);
		return distance > cutoff ? cutoff + 1 : distance;
	});
}

} // namespace meshline::match
