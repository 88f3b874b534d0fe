// SPDX-License-Identifier: PostgreSQL
#include "core/match/condition_node.hpp"

#include <unicode/locid.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <optional>

#include "core/match/characters.hpp"
#include "core/match/set_similarity.hpp"
#include "core/match/text_distance.hpp"
#include "core/match/unicode.hpp"

namespace meshline::match {

namespace {

constexpr FunctionEntry functions[] = {
    {"abs", Operation::abs, 1, 1},
    {"damerau_levenshtein", Operation::damerau_levenshtein, 2, 2},
    {"epoch", Operation::epoch, 1, 1},
    {"jaccard", Operation::jaccard, 2, 2},
    {"jaro_similarity", Operation::jaro_similarity, 2, 2},
    {"jaro_winkler_similarity", Operation::jaro_winkler_similarity, 2, 2},
    {"length", Operation::length, 1, 1},
    {"levenshtein", Operation::levenshtein, 2, 2},
    {"lower", Operation::lower, 1, 1},
    {"nullif", Operation::nullif, 2, 2},
    {"regexp_extract", Operation::regexp_extract, 2, 3},
    {"substr", Operation::substring, 2, 3},
    {"substring", Operation::substring, 2, 3},
    {"try_strptime", Operation::try_strptime, 2, 2},
};

bool
IsNull(const SqlValue &value) noexcept {
	return std::holds_alternative<Null>(value);
}

// A number, or a text that is one.
std::optional<double>
NumberIn(const SqlValue &value) noexcept {
	if (const double *number = std::get_if<double>(&value)) {
		return *number;
	}
	if (const std::string *text = std::get_if<std::string>(&value)) {
		double number = 0;
		const char *const end = text->data() + text->size();
		const auto [stop, error] = std::from_chars(text->data(), end, number);
		if (error == std::errc() && stop == end) {
			return number;
		}
	}
	return std::nullopt;
}

SqlValue
OrNull(const std::optional<double> &number) {
	return number ? SqlValue(*number) : SqlValue(Null{});
}

// Negative, zero or positive; none when the two cannot be compared.
std::optional<int>
Order(const SqlValue &a, const SqlValue &b) {
	if (IsNull(a) || IsNull(b)) {
		return std::nullopt;
	}
	const auto *x = std::get_if<std::string>(&a), *y = std::get_if<std::string>(&b);
	if (x != nullptr && y != nullptr) {
		return x->compare(*y);
	}
	if (const auto *p = std::get_if<bool>(&a), *q = std::get_if<bool>(&b); p != nullptr && q != nullptr) {
		return static_cast<int>(*p) - static_cast<int>(*q);
	}
	const auto m = NumberIn(a), n = NumberIn(b);
	if (!m || !n || std::isnan(*m) || std::isnan(*n)) {
		return std::nullopt;
	}
	return *m < *n ? -1 : *m > *n ? 1 : 0;
}

SqlValue
Compared(Operation operation, const SqlValue &a, const SqlValue &b) {
	const auto order = Order(a, b);
	if (!order) {
		return Null{};
	}
	switch (operation) {
	case Operation::equal:
		return *order == 0;
	case Operation::not_equal:
		return *order != 0;
	case Operation::less:
		return *order < 0;
	case Operation::less_or_equal:
		return *order <= 0;
	case Operation::greater:
		return *order > 0;
	default:
		return *order >= 0;
	}
}

SqlValue
Calculated(Operation operation, const SqlValue &a, const SqlValue &b) {
	const auto x = NumberIn(a), y = NumberIn(b);
	if (!x || !y) {
		return Null{};
	}
	switch (operation) {
	case Operation::add:
		return *x + *y;
	case Operation::subtract:
		return *x - *y;
	case Operation::multiply:
		return *x * *y;
	default:
		return *y == 0 ? SqlValue(Null{}) : SqlValue(*x / *y);
	}
}

// A whole number of exactly so many digits at the start of text, which it is taken off.
std::optional<unsigned>
TakeDigits(std::string_view &text, std::size_t digits) {
	unsigned number = 0;
	if (text.size() < digits ||
	    std::from_chars(text.data(), text.data() + digits, number).ptr != text.data() + digits) {
		return std::nullopt;
	}
	text.remove_prefix(digits);
	return number;
}

// Seconds since 1970 of a text in a format of %Y, %m, %d, %H, %M, %S and what stands between; none for
// others.
std::optional<double>
ParseTime(std::string_view text, std::string_view format) {
	unsigned year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0;
	while (!format.empty()) {
		if (format[0] != '%' || format.size() < 2) {
			if (text.empty() || text[0] != format[0]) {
				return std::nullopt;
			}
			text.remove_prefix(1);
			format.remove_prefix(1);
			continue;
		}
		unsigned *const part = format[1] == 'Y'   ? &year
		                       : format[1] == 'm' ? &month
		                       : format[1] == 'd' ? &day
		                       : format[1] == 'H' ? &hour
		                       : format[1] == 'M' ? &minute
		                       : format[1] == 'S' ? &second
		                                          : nullptr;
		const auto number = part == nullptr ? std::nullopt : TakeDigits(text, format[1] == 'Y' ? 4 : 2);
		if (!number) {
			return std::nullopt;
		}
		*part = *number;
		format.remove_prefix(2);
	}
	const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(year)),
	                                       std::chrono::month(month), std::chrono::day(day)};
	if (!text.empty() || !date.ok() || hour > 23 || minute > 59 || second > 59) {
		return std::nullopt;
	}
	const auto days = std::chrono::sys_days(date).time_since_epoch().count();
	return static_cast<double>(days) * 86'400 + hour * 3600 + minute * 60 + second;
}

// As SQL's substring: from character `start`, counted from 1, at most `length` characters.
std::string
Substring(const std::string &text, double start, std::optional<double> length) {
	const double end = length ? start + *length : 1e18;
	std::string part;
	double at = 1;
	for (std::size_t i = 0; i < text.size(); ++at) {
		std::size_t next = i + 1;
		while (next < text.size() && (static_cast<unsigned char>(text[next]) & 0xC0) == 0x80) {
			++next;
		}
		if (at >= start && at < end) {
			part.append(text, i, next - i);
		}
		i = next;
	}
	return part;
}

// The function of two texts.
double
OfTexts(Operation operation, const std::string &a, const std::string &b) {
	switch (operation) {
	case Operation::damerau_levenshtein:
		return static_cast<double>(DamerauLevenshtein(a, b));
	case Operation::levenshtein:
		return static_cast<double>(Levenshtein(a, b));
	case Operation::jaccard:
		return JaccardSimilarity(a, b);
	case Operation::jaro_similarity:
		return JaroSimilarity(a, b);
	default:
		return JaroWinklerSimilarity(a, b);
	}
}

std::optional<bool>
Truth(const SqlValue &value) noexcept {
	const bool *truth = std::get_if<bool>(&value);
	return truth == nullptr ? std::nullopt : std::optional(*truth);
}

} // namespace

const FunctionEntry *
FindFunction(std::string_view lower_name) noexcept {
	const auto *at = std::find_if(std::begin(functions), std::end(functions),
	                              [&](const FunctionEntry &entry) { return entry.name == lower_name; });
	return at == std::end(functions) ? nullptr : at;
}

SqlValue
ConditionNode::Evaluate(const RecordValues &left, const RecordValues &right) const {
	const auto operand = [&](std::size_t i) { return operands[i]->Evaluate(left, right); };
	switch (operation) {
	case Operation::left_column:
	case Operation::right_column: {
		const auto &found = (operation == Operation::left_column ? left : right)[column];
		return found ? SqlValue(*found) : SqlValue(Null{});
	}
	case Operation::constant:
		return value;
	case Operation::is_null:
		return IsNull(operand(0));
	case Operation::logical_not: {
		const auto truth = Truth(operand(0));
		return truth ? SqlValue(!*truth) : SqlValue(Null{});
	}
	case Operation::logical_and:
	case Operation::logical_or: {
		// One operand can decide though the other is unknown.
		const bool decides = operation == Operation::logical_or;
		const auto a = Truth(operand(0)), b = Truth(operand(1));
		if (a == decides || b == decides) {
			return decides;
		}
		return a && b ? SqlValue(!decides) : SqlValue(Null{});
	}
	case Operation::equal:
	case Operation::not_equal:
	case Operation::less:
	case Operation::less_or_equal:
	case Operation::greater:
	case Operation::greater_or_equal:
		return Compared(operation, operand(0), operand(1));
	case Operation::add:
	case Operation::subtract:
	case Operation::multiply:
	case Operation::divide:
		return Calculated(operation, operand(0), operand(1));
	case Operation::negate: {
		const auto number = NumberIn(operand(0));
		return OrNull(number ? std::optional(-*number) : std::nullopt);
	}
	case Operation::abs: {
		const auto number = NumberIn(operand(0));
		return OrNull(number ? std::optional(std::abs(*number)) : std::nullopt);
	}
	case Operation::epoch: {
		const SqlValue moment = operand(0);
		return std::holds_alternative<double>(moment) ? moment : SqlValue(Null{});
	}
	case Operation::nullif: {
		const SqlValue a = operand(0);
		return Order(a, operand(1)) == 0 ? SqlValue(Null{}) : a;
	}
	default:
		return OfText(left, right);
	}
}

SqlValue
ConditionNode::OfText(const RecordValues &left, const RecordValues &right) const {
	const SqlValue first = operands[0]->Evaluate(left, right);
	const auto *text = std::get_if<std::string>(&first);
	if (text == nullptr) {
		return Null{};
	}
	if (operation == Operation::length) {
		return static_cast<double>(Characters(*text).text().size());
	}
	if (operation == Operation::lower) {
		std::string lower;
		ToUtf16(*text).toLower(icu::Locale::getRoot()).toUTF8String(lower);
		return lower;
	}
	const SqlValue second = operands[1]->Evaluate(left, right);
	if (operation == Operation::substring) {
		const auto start = NumberIn(second);
		const auto length = operands.size() > 2 ? NumberIn(operands[2]->Evaluate(left, right)) : std::nullopt;
		return start && (length || operands.size() == 2) ? SqlValue(Substring(*text, *start, length))
		                                                 : SqlValue(Null{});
	}
	const auto *other = std::get_if<std::string>(&second);
	if (other == nullptr) {
		return Null{};
	}
	if (operation == Operation::try_strptime) {
		return OrNull(ParseTime(*text, *other));
	}
	if (operation == Operation::regexp_extract) {
		const auto group =
		    operands.size() > 2 ? NumberIn(operands[2]->Evaluate(left, right)) : std::optional(0.0);
		std::vector<re2::StringPiece> groups(static_cast<std::size_t>(pattern->NumberOfCapturingGroups()) +
		                                     1);
		if (!group || *group < 0 || *group >= static_cast<double>(groups.size()) ||
		    !pattern->Match(*text, 0, text->size(), RE2::UNANCHORED, groups.data(),
		                    static_cast<int>(groups.size()))) {
			return std::string(); // as DuckDB
		}
		return std::string(groups[static_cast<std::size_t>(*group)]);
	}
	return OfTexts(operation, *text, *other);
}

} // namespace meshline::match
