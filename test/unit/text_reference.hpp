// SPDX-License-Identifier: PostgreSQL
// Distances and similarities of texts as their definitions read: slow and obvious.
#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace meshline::reference {

// Characters of valid UTF-8.
inline std::u32string
Decode(std::string_view text) {
	std::u32string characters;
	for (const char byte : text) {
		const auto b = static_cast<unsigned char>(byte);
		if (b < 0x80) {
			characters += b;
		} else if (b < 0xC0) {
			characters.back() = characters.back() << 6 | (b & 0x3F);
		} else {
			characters += b < 0xE0 ? b & 0x1F : b < 0xF0 ? b & 0x0F : b & 0x07;
		}
	}
	return characters;
}

inline std::string
Encode(const std::u32string &characters) {
	std::string text;
	for (const char32_t c : characters) {
		if (c < 0x80) {
			text += static_cast<char>(c);
		} else if (c < 0x800) {
			text += static_cast<char>(0xC0 | c >> 6);
			text += static_cast<char>(0x80 | (c & 0x3F));
		} else if (c < 0x10000) {
			text += static_cast<char>(0xE0 | c >> 12);
			text += static_cast<char>(0x80 | (c >> 6 & 0x3F));
			text += static_cast<char>(0x80 | (c & 0x3F));
		} else {
			text += static_cast<char>(0xF0 | c >> 18);
			text += static_cast<char>(0x80 | (c >> 12 & 0x3F));
			text += static_cast<char>(0x80 | (c >> 6 & 0x3F));
			text += static_cast<char>(0x80 | (c & 0x3F));
		}
	}
	return text;
}

using Matrix = std::vector<std::vector<std::size_t>>;

inline Matrix
EmptyMatrix(const std::u32string &a, const std::u32string &b) {
	Matrix d(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
	for (std::size_t i = 0; i <= a.size(); ++i) {
		d[i][0] = i;
	}
	for (std::size_t j = 0; j <= b.size(); ++j) {
		d[0][j] = j;
	}
	return d;
}

inline std::size_t
EditDistance(const std::u32string &a, const std::u32string &b, bool has_swaps) {
	Matrix d = EmptyMatrix(a, b);
	for (std::size_t i = 1; i <= a.size(); ++i) {
		for (std::size_t j = 1; j <= b.size(); ++j) {
			d[i][j] = std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + (a[i - 1] != b[j - 1])});
			if (has_swaps && i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
				d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
			}
		}
	}
	return d[a.size()][b.size()];
}

inline std::size_t
Levenshtein(std::string_view a, std::string_view b) {
	return EditDistance(Decode(a), Decode(b), false);
}

inline std::size_t
OptimalStringAlignment(std::string_view a, std::string_view b) {
	return EditDistance(Decode(a), Decode(b), true);
}

// Lowrance and Wagner, with the whole matrix.
inline std::size_t
DamerauLevenshtein(std::string_view text_a, std::string_view text_b) {
	const std::u32string a = Decode(text_a), b = Decode(text_b);
	Matrix d = EmptyMatrix(a, b);
	std::map<char32_t, std::size_t> last_row;
	for (std::size_t i = 1; i <= a.size(); ++i) {
		std::size_t last_column = 0;
		for (std::size_t j = 1; j <= b.size(); ++j) {
			const std::size_t k = last_row[b[j - 1]], l = last_column;
			d[i][j] = std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + (a[i - 1] != b[j - 1])});
			if (k > 0 && l > 0) {
				d[i][j] = std::min(d[i][j], d[k - 1][l - 1] + (i - k - 1) + 1 + (j - l - 1));
			}
			if (a[i - 1] == b[j - 1]) {
				last_column = j;
			}
		}
		last_row[a[i - 1]] = i;
	}
	return d[a.size()][b.size()];
}

inline double
Jaro(std::string_view text_a, std::string_view text_b) {
	std::u32string a = Decode(text_a), b = Decode(text_b);
	if (a.empty() && b.empty()) {
		return 1;
	}
	if (a.size() < b.size() || (a.size() == b.size() && a < b)) {
		std::swap(a, b);
	}
	const std::size_t half = a.size() / 2, reach = half > 0 ? half - 1 : 0;
	std::vector<bool> taken(a.size()), common(b.size());
	std::size_t m = 0;
	for (std::size_t j = 0; j < b.size(); ++j) {
		for (std::size_t i = j > reach ? j - reach : 0; i < a.size() && i <= j + reach; ++i) {
			if (!taken[i] && a[i] == b[j]) {
				taken[i] = common[j] = true;
				++m;
				break;
			}
		}
	}
	if (m == 0) {
		return 0;
	}
	std::u32string from_a, from_b;
	for (std::size_t i = 0; i < a.size(); ++i) {
		if (taken[i]) {
			from_a += a[i];
		}
	}
	for (std::size_t j = 0; j < b.size(); ++j) {
		if (common[j]) {
			from_b += b[j];
		}
	}
	std::size_t swapped = 0;
	for (std::size_t i = 0; i < m; ++i) {
		swapped += from_a[i] != from_b[i];
	}
	const double x = static_cast<double>(m);
	return (x / static_cast<double>(a.size()) + x / static_cast<double>(b.size()) +
	        (x - static_cast<double>(swapped / 2)) / x) /
	       3;
}

inline double
JaroWinkler(std::string_view text_a, std::string_view text_b) {
	const std::u32string a = Decode(text_a), b = Decode(text_b);
	const double jaro = Jaro(text_a, text_b);
	std::size_t prefix = 0;
	while (prefix < 4 && prefix < a.size() && prefix < b.size() && a[prefix] == b[prefix]) {
		++prefix;
	}
	return jaro > 0.7 ? jaro + static_cast<double>(prefix) * 0.1 * (1 - jaro) : jaro;
}

inline std::size_t
LongestCommonSubsequence(std::string_view text_a, std::string_view text_b) {
	const std::u32string a = Decode(text_a), b = Decode(text_b);
	Matrix d(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
	for (std::size_t i = 1; i <= a.size(); ++i) {
		for (std::size_t j = 1; j <= b.size(); ++j) {
			d[i][j] = a[i - 1] == b[j - 1] ? d[i - 1][j - 1] + 1 : std::max(d[i - 1][j], d[i][j - 1]);
		}
	}
	return d[a.size()][b.size()];
}

} // namespace meshline::reference
