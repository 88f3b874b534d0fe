// SPDX-License-Identifier: PostgreSQL
#include "core/date_format.hpp"

#include <algorithm>
#include <cstdio>
#include <optional>

namespace meshline {

namespace {

constexpr std::string_view directives = "YymbdHIMSfpz%";
constexpr std::string_view months[] = {"jan", "feb", "mar", "apr", "may", "jun",
                                       "jul", "aug", "sep", "oct", "nov", "dec"};

bool
IsLetter(char c) noexcept {
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

struct Pieces {
	int year = 0;
	int month = 0;
	int day = 0;
	int hour = 0;
	int minute = 0;
	int second = 0;
	std::string_view fraction;
	std::string_view zone;
	std::optional<bool> is_afternoon;
};

// Reads a text from its front.
class FormatReader {
public:
	explicit FormatReader(std::string_view text) noexcept : text_(text) {
	}

	// False when the format does not fit the whole text.
	bool
	Read(std::string_view format, Pieces &pieces) noexcept {
		for (std::size_t i = 0; i < format.size(); ++i) {
			const bool fits = format[i] == '%' ? ReadDirective(format[++i], pieces) : ReadLiteral(format[i]);
			if (!fits) {
				return false;
			}
		}
		return text_.empty();
	}

private:
	// A space stands for any number of them.
	bool
	ReadLiteral(char literal) noexcept {
		if (literal == ' ') {
			const std::size_t count = std::min(text_.find_first_not_of(' '), text_.size());
			text_.remove_prefix(count);
			return count > 0;
		}
		const bool fits = text_.starts_with(literal);
		text_.remove_prefix(fits ? 1 : 0);
		return fits;
	}

	bool
	ReadDirective(char directive, Pieces &pieces) noexcept {
		switch (directive) {
		case 'Y':
			return ReadNumber(4, 4, pieces.year);
		case 'y':
			if (!ReadNumber(2, 2, pieces.year)) {
				return false;
			}
			pieces.year += pieces.year < 69 ? 2000 : 1900; // as POSIX has it
			return true;
		case 'm':
			return ReadNumber(1, 2, pieces.month);
		case 'b':
			return ReadMonth(pieces);
		case 'd':
			return ReadNumber(1, 2, pieces.day);
		case 'H':
			return ReadNumber(1, 2, pieces.hour);
		case 'I':
			return ReadNumber(1, 2, pieces.hour) && pieces.hour >= 1 && pieces.hour <= 12;
		case 'M':
			return ReadNumber(2, 2, pieces.minute);
		case 'S':
			return ReadNumber(2, 2, pieces.second);
		case 'f':
			pieces.fraction = TakeWhile(IsDigit);
			return !pieces.fraction.empty();
		case 'p':
			return ReadHalf(pieces);
		case 'z':
			pieces.zone = TakeWhile(
			    [](char c) { return IsDigit(c) || IsLetter(c) || c == '+' || c == '-' || c == ':'; });
			return !pieces.zone.empty();
		default:
			return ReadLiteral('%');
		}
	}

	bool
	ReadNumber(std::size_t fewest, std::size_t most, int &value) noexcept {
		std::size_t digits = 0;
		value = 0;
		for (; digits < most && digits < text_.size() && IsDigit(text_[digits]); ++digits) {
			value = value * 10 + (text_[digits] - '0');
		}
		text_.remove_prefix(digits);
		return digits >= fewest;
	}

	// "Jan" or "January", in English as exports have it.
	bool
	ReadMonth(Pieces &pieces) noexcept {
		const std::string_view word = TakeWhile(IsLetter);
		for (int i = 0; i < 12 && word.size() >= 3; ++i) {
			if (EqualsIgnoringCase(word.substr(0, 3), months[i])) {
				pieces.month = i + 1;
				return true;
			}
		}
		return false;
	}

	bool
	ReadHalf(Pieces &pieces) noexcept {
		const std::string_view word = TakeWhile(IsLetter);
		pieces.is_afternoon = EqualsIgnoringCase(word, "pm");
		return *pieces.is_afternoon || EqualsIgnoringCase(word, "am");
	}

	template <typename Test>
	std::string_view
	TakeWhile(Test is_wanted) noexcept {
		std::size_t count = 0;
		while (count < text_.size() && is_wanted(text_[count])) {
			++count;
		}
		const std::string_view taken = text_.substr(0, count);
		text_.remove_prefix(count);
		return taken;
	}

	std::string_view text_;
};

bool
Names(std::string_view format, char directive) noexcept {
	for (std::size_t i = 0; i + 1 < format.size(); ++i) {
		if (format[i] == '%' && format[++i] == directive) {
			return true;
		}
	}
	return false;
}

} // namespace

std::string
CheckDateFormat(std::string_view format) {
	for (std::size_t i = 0; i < format.size(); ++i) {
		if (format[i] == '%' &&
		    (++i == format.size() || directives.find(format[i]) == std::string_view::npos)) {
			return "\"" + std::string(format.substr(i - 1, 2)) + "\" is not known in a date format";
		}
	}
	if (!(Names(format, 'Y') || Names(format, 'y')) || !(Names(format, 'm') || Names(format, 'b')) ||
	    !Names(format, 'd')) {
		return "a date format must name a year, a month and a day";
	}
	if (Names(format, 'I') != Names(format, 'p')) {
		return "%I and %p belong together";
	}
	return {};
}

std::string_view
ReadDateFormat(std::string_view format, std::string_view text, TextArena &texts) {
	if (Trim(text).empty()) {
		return {};
	}
	Pieces pieces;
	if (!FormatReader(Trim(text)).Read(format, pieces)) {
		return texts.Copy("not " + std::string(format) + ": " + std::string(text));
	}
	if (pieces.is_afternoon) {
		pieces.hour = pieces.hour % 12 + (*pieces.is_afternoon ? 12 : 0);
	}
	char clock[32];
	const int size = std::snprintf(clock, sizeof clock, "%04d-%02d-%02dT%02d:%02d:%02d", pieces.year,
	                               pieces.month, pieces.day, pieces.hour, pieces.minute, pieces.second);
	std::string iso(clock, static_cast<std::size_t>(size));
	if (!pieces.fraction.empty()) {
		iso.append(".").append(pieces.fraction);
	}
	iso.append(pieces.zone);
	return texts.Copy(iso);
}

} // namespace meshline
