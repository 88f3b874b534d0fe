// SPDX-License-Identifier: PostgreSQL
#include "core/match/fold.hpp"

#include <unicode/utf16.h>
#include <unicode/utf8.h>

#include <array>
#include <cstring>

#include "core/match/normalize.hpp"
#include "core/match/text_buffer.hpp"
#include "core/match/unicode.hpp"

namespace meshline::match {

namespace {

// What an ASCII character is to a fold: the letter or digit that it becomes, or one of these.
constexpr char a_break = 0;
constexpr char an_apostrophe = 1;
constexpr char an_ampersand = 2;
constexpr char a_number_sign = 3;
constexpr char first_letter = '0';

constexpr std::array<char, 128> ascii_folds = [] {
	std::array<char, 128> folds{};
	for (unsigned char c = '0'; c <= '9'; ++c) {
		folds[c] = static_cast<char>(c);
	}
	for (unsigned char lower = 'a', upper = 'A'; lower <= 'z'; ++lower, ++upper) {
		folds[lower] = static_cast<char>(lower);
		folds[upper] = static_cast<char>(lower);
	}
	folds['\''] = an_apostrophe;
	folds['`'] = an_apostrophe;
	folds['&'] = an_ampersand;
	folds['#'] = a_number_sign;
	return folds;
}();

// The most bytes that one byte of ASCII or one UTF-16 unit is written as: a space and a word of the rules.
constexpr std::size_t longest_word = 6;

// Writes words into a buffer, one space between two of them.
class WordWriter {
public:
	WordWriter(const FoldRules &rules, std::pmr::memory_resource *arena) : rules_(rules), buffer_(arena) {
	}

	void
	WriteAscii(std::string_view text) {
		const bool may_grow = !rules_.ampersand.empty() || !rules_.number_sign.empty();
		Begin(may_grow ? text.size() * longest_word : text.size() + 1);
		for (std::size_t at = 0; at < text.size(); ++at) {
			const char fold = Fold(text[at]);
			if (fold >= first_letter) {
				Put(fold);
			} else if (fold == an_apostrophe && rules_.joins_apostrophes && !is_between_ && is_started_ &&
			           at + 1 < text.size() && Fold(text[at + 1]) >= first_letter) {
				continue;
			} else {
				PutSign(fold);
			}
		}
		buffer_.CommitTo(at_);
	}

	void
	WriteByIcu(std::string_view text) {
		const icu::UnicodeString folded = FoldUnicode(text, rules_.joins_apostrophes);
		const char16_t *units = folded.getBuffer();
		const std::int32_t length = folded.length();
		Begin(static_cast<std::size_t>(length) * longest_word);
		for (std::int32_t at = 0; at < length;) {
			UChar32 c = 0;
			U16_NEXT(units, at, length, c);
			if (c < 0x80) {
				const char fold = Fold(static_cast<char>(c));
				fold >= first_letter ? Put(fold) : PutSign(fold);
			} else if (!IsWordCharacter(c) || IsApostrophe(c)) {
				is_between_ = true;
			} else {
				char bytes[U8_MAX_LENGTH];
				std::int32_t count = 0;
				U8_APPEND_UNSAFE(bytes, count, c);
				Put(bytes[0]);
				for (std::int32_t i = 1; i < count; ++i) {
					*at_++ = bytes[i];
				}
			}
		}
		buffer_.CommitTo(at_);
	}

	std::string_view
	View() const noexcept {
		return buffer_.View();
	}

private:
	static char
	Fold(char c) noexcept {
		return ascii_folds[static_cast<unsigned char>(c)];
	}
	void
	Begin(std::size_t bytes) {
		at_ = buffer_.Reserve(bytes);
	}
	// The first byte of a letter or digit.
	void
	Put(char c) noexcept {
		if (is_between_ && is_started_) {
			*at_++ = ' ';
		}
		is_between_ = false;
		is_started_ = true;
		*at_++ = c;
	}
	void
	PutSign(char sign) noexcept {
		const std::string_view word = sign == an_ampersand    ? rules_.ampersand
		                              : sign == a_number_sign ? rules_.number_sign
		                                                      : std::string_view();
		is_between_ = true;
		if (!word.empty()) {
			Put(word.front());
			for (const char c : word.substr(1)) {
				*at_++ = c;
			}
			is_between_ = true;
		}
	}

	const FoldRules &rules_;
	TextBuffer buffer_;
	char *at_ = nullptr;
	bool is_between_ = false;
	bool is_started_ = false;
};

} // namespace

bool
IsAscii(std::string_view text) noexcept {
	const char *at = text.data();
	std::size_t left = text.size();
	std::uint64_t bits = 0;
	for (; left >= sizeof bits; at += sizeof bits, left -= sizeof bits) {
		std::uint64_t block;
		std::memcpy(&block, at, sizeof block);
		bits |= block;
	}
	for (; left > 0; ++at, --left) {
		bits |= static_cast<unsigned char>(*at);
	}
	return (bits & 0x8080808080808080U) == 0;
}

std::string_view
FoldText(std::string_view text, const FoldRules &rules, std::pmr::memory_resource *arena) {
	WordWriter writer(rules, arena);
	ForEachChunk(text, [&](std::string_view chunk) {
		IsAscii(chunk) ? writer.WriteAscii(chunk) : writer.WriteByIcu(chunk);
	});
	return writer.View();
}

std::string_view
detail::FoldByIcu(std::string_view text, const FoldRules &rules, std::pmr::memory_resource *arena) {
	WordWriter writer(rules, arena);
	ForEachChunk(text, [&](std::string_view chunk) { writer.WriteByIcu(chunk); });
	return writer.View();
}

std::string_view
NormalizeText(std::string_view text, std::pmr::memory_resource *arena) {
	return FoldText(text, FoldRules{}, arena);
}

Words
SplitWords(std::string_view folded, std::pmr::memory_resource *arena) {
	Words words{Words::allocator_type(Allocator<std::string_view>(arena))};
	while (!folded.empty()) {
		const std::size_t end = std::min(folded.find(' '), folded.size());
		words.push_back(folded.substr(0, end));
		folded.remove_prefix(std::min(end + 1, folded.size()));
	}
	return words;
}

std::string_view
JoinWords(const Words &words, std::pmr::memory_resource *arena) {
	TextBuffer joined(arena);
	std::size_t size = 0;
	for (const std::string_view word : words) {
		size += word.size() + 1;
	}
	joined.Reserve(size);
	for (const std::string_view word : words) {
		if (!joined.empty()) {
			joined.Append(" ");
		}
		joined.Append(word);
	}
	return joined.View();
}

} // namespace meshline::match
