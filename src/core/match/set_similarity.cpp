// SPDX-License-Identifier: PostgreSQL
#include "core/match/set_similarity.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <string>

#include "core/interrupt.hpp"
#include "core/match/characters.hpp"
#include "core/match/text_distance.hpp"

namespace meshline::match {

namespace {

template <typename Elements>
void
SortUnique(Elements &elements) {
	std::sort(elements.begin(), elements.end());
	elements.erase(std::unique(elements.begin(), elements.end()), elements.end());
}

double
Measured(SetMeasure measure, std::size_t common, std::size_t size_a, std::size_t size_b) noexcept {
	const auto shared = static_cast<double>(common), a = static_cast<double>(size_a),
	           b = static_cast<double>(size_b);
	switch (measure) {
	case SetMeasure::jaccard:
		return shared / (a + b - shared);
	case SetMeasure::dice:
		return 2 * shared / (a + b);
	case SetMeasure::cosine:
		break;
	}
	return shared / std::sqrt(a * b);
}

// The places at which the q-grams of a text begin, sorted by what they say, each gram once.
template <typename Text> class Qgrams {
public:
	Qgrams(Text text, std::size_t q) : text_(text), q_(std::min(q, text.size())) {
		for (std::size_t i = 0; i + q_ <= text.size(); ++i) {
			starts_.push_back(i);
		}
		std::sort(starts_.begin(), starts_.end(),
		          [&](std::size_t a, std::size_t b) { return Compare(a, *this, b) < 0; });
		poll_interrupts();
		starts_.erase(std::unique(starts_.begin(), starts_.end(),
		                          [&](std::size_t a, std::size_t b) { return Compare(a, *this, b) == 0; }),
		              starts_.end());
	}

	std::size_t
	size() const noexcept {
		return starts_.size();
	}
	std::size_t
	CountCommonWith(const Qgrams &other) const {
		std::size_t common = 0;
		for (std::size_t i = 0, j = 0; i < size() && j < other.size();) {
			const int order = Compare(starts_[i], other, other.starts_[j]);
			common += order == 0;
			i += order <= 0;
			j += order >= 0;
		}
		return common;
	}

private:
	int
	Compare(std::size_t start, const Qgrams &other, std::size_t other_start) const noexcept {
		const std::size_t both = std::min(q_, other.q_);
		for (std::size_t i = 0; i < both; ++i) {
			if (text_[start + i] != other.text_[other_start + i]) {
				return text_[start + i] < other.text_[other_start + i] ? -1 : 1;
			}
		}
		return q_ == other.q_ ? 0 : q_ < other.q_ ? -1 : 1;
	}

	Text text_;
	std::size_t q_;
	WorkingVector<std::size_t, 64> starts_;
};

using Tokens = WorkingVector<std::string_view, 16>;

// The number of bytes of the white space that text begins with, 0 if it is none: ASCII, no-break and
// ideographic space, and the spaces of U+2000.
std::size_t
SpaceLength(std::string_view text) noexcept {
	const char first = text[0];
	if (first == ' ' || (first >= '\t' && first <= '\r')) {
		return 1;
	}
	if (text.starts_with("\u00A0") || text.starts_with("\u0085")) {
		return 2;
	}
	if (text.starts_with("\u3000") || text.starts_with("\u202F") ||
	    (text.size() >= 3 && text.starts_with("\xE2\x80") && static_cast<unsigned char>(text[2]) <= 0x8A)) {
		return 3;
	}
	return 0;
}

Tokens
Split(std::string_view text) {
	Tokens tokens;
	std::size_t start = 0, at = 0;
	const auto end_token = [&] {
		if (at > start) {
			tokens.push_back(text.substr(start, at - start));
		}
	};
	while (at < text.size()) {
		const std::size_t space = SpaceLength(text.substr(at));
		if (space == 0) {
			++at;
			continue;
		}
		end_token();
		at += space;
		start = at;
	}
	end_token();
	return tokens;
}

void
AppendJoined(std::string &text, const Tokens &tokens) {
	for (const auto token : tokens) {
		if (!text.empty()) {
			text += ' ';
		}
		text.append(token);
	}
}

double
BestMean(const Tokens &from, const Tokens &to) {
	double sum = 0;
	for (const auto token : from) {
		poll_interrupts();
		double best = 0;
		for (const auto other : to) {
			best = std::max(best, JaroWinklerSimilarity(token, other, best));
		}
		sum += best;
	}
	return sum / static_cast<double>(from.size());
}

} // namespace

std::optional<SetMeasure>
ParseSetMeasure(std::string_view name) noexcept {
	if (name == "jaccard") {
		return SetMeasure::jaccard;
	}
	if (name == "dice") {
		return SetMeasure::dice;
	}
	return name == "cosine" ? std::optional(SetMeasure::cosine) : std::nullopt;
}

double
JaccardSimilarity(std::string_view a, std::string_view b) {
	return QgramSimilarity(a, b, 1, SetMeasure::jaccard);
}

double
QgramSimilarity(std::string_view a, std::string_view b, std::size_t q, SetMeasure measure) {
	if (a.empty() || b.empty()) {
		return a.empty() && b.empty() ? 1 : 0;
	}
	return WithCharacters(a, b, [=](auto x, auto y) {
		const Qgrams grams_a(x, q), grams_b(y, q);
		return Measured(measure, grams_a.CountCommonWith(grams_b), grams_a.size(), grams_b.size());
	});
}

double
TokenSortRatio(std::string_view a, std::string_view b) {
	std::string sorted_a, sorted_b;
	for (auto [text, sorted] : {std::pair(a, &sorted_a), std::pair(b, &sorted_b)}) {
		Tokens tokens = Split(text);
		std::sort(tokens.begin(), tokens.end());
		AppendJoined(*sorted, tokens);
	}
	return LcsRatio(sorted_a, sorted_b);
}

double
TokenSetRatio(std::string_view a, std::string_view b) {
	Tokens tokens_a = Split(a), tokens_b = Split(b), common, only_a, only_b;
	SortUnique(tokens_a);
	SortUnique(tokens_b);
	if (tokens_a.empty() || tokens_b.empty()) {
		return tokens_a.empty() && tokens_b.empty() ? 1 : 0;
	}
	std::set_intersection(tokens_a.begin(), tokens_a.end(), tokens_b.begin(), tokens_b.end(),
	                      std::back_inserter(common));
	std::set_difference(tokens_a.begin(), tokens_a.end(), common.begin(), common.end(),
	                    std::back_inserter(only_a));
	std::set_difference(tokens_b.begin(), tokens_b.end(), common.begin(), common.end(),
	                    std::back_inserter(only_b));
	if (!common.empty() && (only_a.empty() || only_b.empty())) {
		return 1;
	}
	std::string shared;
	AppendJoined(shared, common);
	std::string with_a = shared, with_b = shared;
	AppendJoined(with_a, only_a);
	AppendJoined(with_b, only_b);
	const double best = LcsRatio(with_a, with_b);
	return shared.empty() ? best : std::max({best, LcsRatio(shared, with_a), LcsRatio(shared, with_b)});
}

double
MongeElkanSimilarity(std::string_view a, std::string_view b) {
	const Tokens tokens_a = Split(a), tokens_b = Split(b);
	if (tokens_a.empty() || tokens_b.empty()) {
		return tokens_a.empty() && tokens_b.empty() ? 1 : 0;
	}
	return (BestMean(tokens_a, tokens_b) + BestMean(tokens_b, tokens_a)) / 2;
}

} // namespace meshline::match
