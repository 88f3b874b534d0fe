// SPDX-License-Identifier: PostgreSQL
#include "core/match/role.hpp"

#include <boost/container/small_vector.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdlib>

#include "core/match/normalize.hpp"
#include "core/match/set_similarity.hpp"
#include "core/match/text_distance.hpp"
#include "core/text.hpp"

namespace meshline::match {

namespace {

constexpr std::array<std::string_view, 16> role_names{
    "given_name", "surname", "full_name", "company",  "email",     "phone",  "date", "event_date",
    "postcode",   "address", "place",     "category", "reference", "amount", "memo", "text"};

// Levels by role. Thresholds are those that record linkage commonly works with; what a level is worth is
// learnt from the data.
constexpr std::array<std::string_view, 5> given_name_levels{
    "else", "same initial", "jaro_winkler >= 0.8 or initial", "jaro_winkler >= 0.92", "equal"};
constexpr std::array<std::string_view, 5> name_levels{"else", "jaro_winkler >= 0.75", "jaro_winkler >= 0.85",
                                                      "jaro_winkler >= 0.92", "equal"};
constexpr std::array<std::string_view, 5> full_name_levels{"else", "token_sort >= 0.7", "token_sort >= 0.82",
                                                           "token_sort >= 0.92", "equal"};
constexpr std::array<std::string_view, 5> email_levels{"else", "mailbox two edits", "one edit",
                                                       "same mailbox name", "equal"};
constexpr std::array<std::string_view, 3> edit_levels{"else", "one edit", "equal"};
constexpr std::array<std::string_view, 6> date_levels{
    "else", "two edits", "same year or same day", "two edits, same year", "one edit or day and month swapped",
    "equal"};
constexpr std::array<std::string_view, 5> postcode_levels{"else", "same district", "same sector", "one edit",
                                                          "equal"};
constexpr std::array<std::string_view, 5> address_levels{
    "else", "token_sort >= 0.7", "token_sort >= 0.8 or all words", "token_sort >= 0.92", "equal"};
constexpr std::array<std::string_view, 4> category_levels{"else", "jaro_winkler >= 0.8 or all words",
                                                          "jaro_winkler >= 0.92", "equal"};
constexpr std::array<std::string_view, 8> event_date_levels{
    "else", "within 31 days", "within 14 days", "within 7 days", "within 4 days", "2 days", "1 day", "equal"};
constexpr std::array<std::string_view, 6> amount_levels{"else",       "within 10 %",  "within 5 %",
                                                        "within 2 %", "within 0.5 %", "equal"};
constexpr std::array<std::string_view, 6> memo_levels{
    "else", "same first word", "5 letters in common", "9 letters in common", "one begins with the other",
    "equal"};
constexpr std::array<std::string_view, 6> text_levels{"else",           "qgrams >= 0.35", "qgrams >= 0.5",
                                                      "qgrams >= 0.65", "qgrams >= 0.8",  "equal"};

constexpr std::array<std::string_view, 1> whole_key{"whole"};
constexpr std::array<std::string_view, 3> name_keys{"whole", "start", "consonants"};
constexpr std::array<std::string_view, 3> full_name_keys{"whole", "words in order", "consonants"};
constexpr std::array<std::string_view, 2> part_keys{"whole", "start"};
constexpr std::array<std::string_view, 3> date_keys{"whole", "year", "month-day"};
constexpr std::array<std::string_view, 5> event_date_keys{"whole", "8 days", "8 days, shifted", "32 days",
                                                          "32 days, shifted"};
constexpr std::array<std::string_view, 3> amount_keys{"whole", "10 %", "10 %, shifted"};
constexpr std::array<std::string_view, 3> memo_keys{"whole", "two words", "start"};
constexpr std::array<std::string_view, 2> postcode_keys{"whole", "district"};
constexpr std::array<std::string_view, 2> email_keys{"whole", "mailbox"};

// What a column's name holds, in order: the first that is found decides.
struct NamePart {
	std::string_view part;
	Role role;
};
constexpr NamePart name_parts[] = {
    {"email", Role::email},
    {"e_mail", Role::email},
    {"phone", Role::phone},
    {"mobile", Role::phone},
    {"first_and_surname", Role::full_name},
    {"first_name", Role::given_name},
    {"given_name", Role::given_name},
    {"forename", Role::given_name},
    {"surname", Role::surname},
    {"last_name", Role::surname},
    {"family_name", Role::surname},
    {"company", Role::company},
    {"organi", Role::company},
    {"postcode", Role::postcode},
    {"postal", Role::postcode},
    {"zip", Role::postcode},
    {"birth_place", Role::place},
    {"dob", Role::date},
    {"birth", Role::date},
    {"date", Role::event_date},
    {"street_number", Role::reference},
    {"addr", Role::address},
    {"street", Role::address},
    {"city", Role::place},
    {"town", Role::place},
    {"suburb", Role::place},
    {"state", Role::place},
    {"country", Role::place},
    {"region", Role::place},
    {"gender", Role::category},
    {"occupation", Role::category},
    {"type", Role::category},
    {"venue", Role::category},
    {"soc_sec", Role::reference},
    {"reference", Role::reference},
    {"number", Role::reference},
    {"year", Role::reference},
    {"amount", Role::amount},
    {"price", Role::amount},
    {"memo", Role::memo},
    {"title", Role::text},
    {"description", Role::text},

    {"authors", Role::full_name},
    {"name", Role::full_name},
};

bool
IsAlnum(char c) noexcept {
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (static_cast<unsigned char>(c) & 0x80) != 0;
}

// Letters and digits only, in lower case.
std::string_view
Squeezed(std::string_view text, std::pmr::memory_resource *arena) {
	auto *copy = static_cast<char *>(arena->allocate(std::max<std::size_t>(text.size(), 1), 1));
	std::size_t size = 0;
	for (char c : text) {
		c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
		if (IsAlnum(c)) {
			copy[size++] = c;
		}
	}
	return {copy, size};
}

// The national part: what is written with and without a country code ends alike.
constexpr std::size_t phone_digits = 9;

std::string_view
PreparedPhone(std::string_view text, std::pmr::memory_resource *arena) {
	auto *copy = static_cast<char *>(arena->allocate(std::max<std::size_t>(text.size(), 1), 1));
	std::size_t size = 0;
	for (const char c : text) {
		if (c >= '0' && c <= '9') {
			copy[size++] = c;
		}
	}
	const std::size_t kept = std::min(size, phone_digits);
	return {copy + size - kept, kept};
}

// Digits, sign and point: "$ 1,234.50" is 1234.5, as numeric zeros behind the point say nothing.
std::string_view
PreparedAmount(std::string_view text, std::pmr::memory_resource *arena) {
	auto *copy = static_cast<char *>(arena->allocate(std::max<std::size_t>(text.size(), 1), 1));
	std::size_t size = 0;
	bool has_point = false;
	for (const char c : text) {
		if ((c >= '0' && c <= '9') || (c == '-' && size == 0) || (c == '.' && !has_point)) {
			has_point = has_point || c == '.';
			copy[size++] = c;
		}
	}
	while (has_point && (copy[size - 1] == '0' || copy[size - 1] == '.')) {
		has_point = copy[--size] != '.';
	}
	return {copy, size};
}

std::size_t
GivenNameLevel(std::string_view a, std::string_view b) {
	const double similarity = JaroWinklerSimilarity(a, b, 0.8);
	if (similarity >= 0.92) {
		return 3;
	}
	const bool is_same_initial = a[0] == b[0];
	if (similarity >= 0.8 || (is_same_initial && (a.size() == 1 || b.size() == 1))) {
		return 2;
	}
	return is_same_initial ? 1 : 0;
}

std::size_t
SurnameLevel(std::string_view a, std::string_view b) {
	const double similarity = JaroWinklerSimilarity(a, b, 0.75);
	return similarity >= 0.92 ? 3 : similarity >= 0.85 ? 2 : similarity >= 0.75 ? 1 : 0;
}

std::size_t
FullNameLevel(std::string_view a, std::string_view b) {
	const double ratio = TokenSortRatio(a, b);
	return ratio >= 0.92 ? 3 : ratio >= 0.82 ? 2 : ratio >= 0.7 ? 1 : 0;
}

std::size_t
AddressLevel(std::string_view a, std::string_view b) {
	const double ratio = TokenSortRatio(a, b);
	if (ratio >= 0.92) {
		return 3;
	}
	if (ratio >= 0.8 || (ratio >= 0.5 && TokenSetRatio(a, b) == 1)) {
		return 2;
	}
	return ratio >= 0.7 ? 1 : 0;
}

std::size_t
EmailLevel(std::string_view a, std::string_view b) {
	const std::string_view mailbox_a = a.substr(0, a.find('@')), mailbox_b = b.substr(0, b.find('@'));
	if (mailbox_a == mailbox_b) {
		return 3;
	}
	if (OptimalStringAlignment(a, b, 1) <= 1) {
		return 2;
	}
	return OptimalStringAlignment(mailbox_a, mailbox_b, 2) <= 2 ? 1 : 0;
}

// YYYYMMDD, which Prepare() leaves of 1970-12-31.
constexpr std::size_t date_size = 8;

std::size_t
DateLevel(std::string_view a, std::string_view b) {
	const std::size_t edits = OptimalStringAlignment(a, b, 2);
	if (edits <= 1) {
		return 4;
	}
	if (a.size() == date_size && b.size() == date_size) {
		if (a.substr(0, 4) == b.substr(0, 4)) {
			if (a.substr(4, 2) == b.substr(6) && a.substr(6) == b.substr(4, 2)) {
				return 4;
			}
			return edits == 2 ? 3 : 2;
		}
		// January 1 is what is written when only the year is known.
		if (a.substr(4) == b.substr(4) && a.substr(4) != "0101") {
			return 2;
		}
	}
	return edits == 2 ? 1 : 0;
}

// Days since 1970 of YYYYMMDD; none for what is no date.
std::optional<std::int32_t>
DayOf(std::string_view date) noexcept {
	unsigned number = 0;
	if (date.size() != date_size ||
	    std::from_chars(date.data(), date.data() + date_size, number).ptr != date.data() + date_size) {
		return std::nullopt;
	}
	const std::chrono::year_month_day day{std::chrono::year(static_cast<int>(number / 10'000)),
	                                      std::chrono::month(number / 100 % 100),
	                                      std::chrono::day(number % 100)};
	return day.ok() ? std::optional(
	                      static_cast<std::int32_t>(std::chrono::sys_days(day).time_since_epoch().count()))
	                : std::nullopt;
}

std::size_t
EventDateLevel(std::string_view a, std::string_view b) noexcept {
	const auto x = DayOf(a), y = DayOf(b);
	if (!x || !y) {
		return 0;
	}
	const std::int32_t days = std::abs(*x - *y);
	return days <= 1    ? 6
	       : days == 2  ? 5
	       : days <= 4  ? 4
	       : days <= 7  ? 3
	       : days <= 14 ? 2
	       : days <= 31 ? 1
	                    : 0;
}

// Fractions are enough to tell how far amounts are apart; equality is that of their text.
double
AmountOf(std::string_view text) noexcept {
	double amount = 0;
	std::from_chars(text.data(), text.data() + text.size(), amount);
	return amount;
}

std::size_t
AmountLevel(std::string_view a, std::string_view b) noexcept {
	const double x = AmountOf(a), y = AmountOf(b),
	             apart = std::abs(x - y) / std::max({std::abs(x), std::abs(y), 1e-9});
	return apart <= 0.005 ? 4 : apart <= 0.02 ? 3 : apart <= 0.05 ? 2 : apart <= 0.1 ? 1 : 0;
}

std::size_t
MemoLevel(std::string_view a, std::string_view b) noexcept {
	const std::size_t limit = std::min(a.size(), b.size());
	const auto common = static_cast<std::size_t>(
	    std::mismatch(a.begin(), a.begin() + static_cast<std::ptrdiff_t>(limit), b.begin()).first -
	    a.begin());
	if (common == limit) {
		return 4;
	}
	return common >= 9 ? 3 : common >= 5 ? 2 : a.substr(0, a.find(' ')) == b.substr(0, b.find(' ')) ? 1 : 0;
}

// Without its last three characters: the district of a British postcode, the area of others.
std::string_view
District(std::string_view postcode) noexcept {
	return postcode.substr(0, postcode.size() > 3 ? postcode.size() - 3 : postcode.size());
}

std::size_t
PostcodeLevel(std::string_view a, std::string_view b) {
	if (OptimalStringAlignment(a, b, 1) <= 1) {
		return 3;
	}
	const std::string_view district = District(a);
	if (district != District(b) || district.size() == a.size() || district.size() == b.size()) {
		return 0;
	}
	return a[district.size()] == b[district.size()] ? 2 : 1;
}

std::size_t
CategoryLevel(std::string_view a, std::string_view b) {
	const double similarity = JaroWinklerSimilarity(a, b, 0.8);
	if (similarity >= 0.92) {
		return 2;
	}
	return similarity >= 0.8 || TokenSetRatio(a, b) == 1 ? 1 : 0;
}

std::size_t
TextLevel(std::string_view a, std::string_view b) {
	const double similarity = QgramSimilarity(a, b, 3, SetMeasure::cosine);
	return similarity >= 0.8    ? 4
	       : similarity >= 0.65 ? 3
	       : similarity >= 0.5  ? 2
	       : similarity >= 0.35 ? 1
	                            : 0;
}

// The first letter and the consonants behind it, doubled ones once: spellings of one sound often agree.
std::string_view
Consonants(std::string_view text, std::string &buffer) {
	constexpr std::size_t longest = 4;
	buffer.assign(1, text[0]);
	for (const char c : text.substr(1)) {
		if (buffer.size() == longest) {
			break;
		}
		if (std::string_view("aeiouhwy ").find(c) == std::string_view::npos && c != buffer.back()) {
			buffer += c;
		}
	}
	return buffer;
}

// The words in alphabetical order: a surname may be written before or behind.
std::string_view
InOrder(std::string_view text, std::string &buffer) {
	boost::container::small_vector<std::string_view, 8> words;
	for (std::size_t start = 0; start <= text.size();) {
		const std::size_t end = std::min(text.find(' ', start), text.size());
		words.push_back(text.substr(start, end - start));
		start = end + 1;
	}
	std::sort(words.begin(), words.end());
	buffer.clear();
	for (const auto word : words) {
		buffer.append(word).append(1, ' ');
	}
	return buffer;
}

// A window of days; half a window later it starts anew, so that days of less than half a window apart share
// one.
std::string_view
EventDateKey(std::size_t kind, std::string_view value, std::string &buffer) {
	const auto day = DayOf(value);
	if (!day) {
		return {};
	}
	const std::int32_t width = kind <= 2 ? 8 : 32, shift = kind % 2 == 0 ? width / 2 : 0;
	buffer = std::to_string((*day + shift) / width);
	return buffer;
}

// Windows of 10 %, likewise.
std::string_view
AmountKey(std::size_t kind, std::string_view value, std::string &buffer) {
	const double amount = AmountOf(value);
	if (amount == 0) {
		return {};
	}
	buffer = (amount < 0 ? "-" : "") +
	         std::to_string(static_cast<long>(
	             std::floor(std::log(std::abs(amount)) / std::log(1.1) + (kind == 2 ? 0.5 : 0))));
	return buffer;
}

std::string_view
TwoWords(std::string_view text) noexcept {
	const std::size_t first = text.find(' ');
	return first == std::string_view::npos ? text : text.substr(0, text.find(' ', first + 1));
}

} // namespace

std::string_view
Name(Role role) noexcept {
	return role_names[static_cast<std::size_t>(role)];
}

std::optional<Role>
ParseRole(std::string_view name) noexcept {
	const auto at = std::find(role_names.begin(), role_names.end(), name);
	return at == role_names.end() ? std::nullopt : std::optional(static_cast<Role>(at - role_names.begin()));
}

std::string
RoleNames() {
	std::string all;
	for (const auto name : role_names) {
		if (!all.empty()) {
			all += ", ";
		}
		all.append(name);
	}
	return all;
}

std::optional<Role>
GuessRole(std::string_view column) noexcept {
	for (const NamePart &entry : name_parts) {
		if (column.find(entry.part) != std::string_view::npos) {
			return entry.role;
		}
	}
	return std::nullopt;
}

std::string_view
Prepare(Role role, std::string_view value, std::pmr::memory_resource *arena) {
	if (role != Role::amount && IsPlaceholder(value)) { // no money is an amount too
		return {};
	}
	switch (role) {
	case Role::given_name:
	case Role::surname:
	case Role::full_name:
		return NormalizeName(value, arena);
	case Role::company:
		return NormalizeCompany(value, arena);
	case Role::email: {
		const auto email = NormalizeEmail(value, arena);
		return email ? *email : NormalizeText(value, arena);
	}
	case Role::phone:
		return PreparedPhone(value, arena);
	case Role::date:
		return Squeezed(value, arena);
	case Role::event_date:
		// The day of a moment.
		return Squeezed(value.substr(0, value.find_first_of(" T")), arena);
	case Role::amount:
		return PreparedAmount(value, arena);
	case Role::postcode:
	case Role::reference:
		return Squeezed(value, arena);
	case Role::address:
		return NormalizeAddress(value, arena);
	case Role::place:
	case Role::category:
	case Role::memo:
	case Role::text:
		break;
	}
	return NormalizeText(value, arena);
}

std::span<const std::string_view>
LevelNames(Role role) noexcept {
	switch (role) {
	case Role::given_name:
		return given_name_levels;
	case Role::surname:
		return name_levels;
	case Role::full_name:
	case Role::company:
		return full_name_levels;
	case Role::email:
		return email_levels;
	case Role::date:
		return date_levels;
	case Role::postcode:
		return postcode_levels;
	case Role::event_date:
		return event_date_levels;
	case Role::amount:
		return amount_levels;
	case Role::memo:
		return memo_levels;
	case Role::address:
		return address_levels;
	case Role::place:
	case Role::category:
		return category_levels;
	case Role::text:
		return text_levels;
	case Role::phone:
	case Role::reference:
		break;
	}
	return edit_levels;
}

std::size_t
LevelOf(Role role, std::string_view a, std::string_view b) {
	if (a == b) {
		return LevelNames(role).size() - 1;
	}
	switch (role) {
	case Role::given_name:
		return GivenNameLevel(a, b);
	case Role::surname:
		return SurnameLevel(a, b);
	case Role::full_name:
	case Role::company:
		return FullNameLevel(a, b);
	case Role::email:
		return EmailLevel(a, b);
	case Role::date:
		return DateLevel(a, b);
	case Role::postcode:
		return PostcodeLevel(a, b);
	case Role::event_date:
		return EventDateLevel(a, b);
	case Role::amount:
		return AmountLevel(a, b);
	case Role::memo:
		return MemoLevel(a, b);
	case Role::address:
		return AddressLevel(a, b);
	case Role::place:
	case Role::category:
		return CategoryLevel(a, b);
	case Role::text:
		return TextLevel(a, b);
	case Role::phone:
	case Role::reference:
		break;
	}
	return OptimalStringAlignment(a, b, 1) <= 1 ? 1 : 0;
}

std::span<const std::string_view>
KeyNames(Role role) noexcept {
	switch (role) {
	case Role::given_name:
	case Role::surname:
		return name_keys;
	case Role::full_name:
	case Role::company:
		return full_name_keys;
	case Role::date:
		return date_keys;
	case Role::event_date:
		return event_date_keys;
	case Role::amount:
		return amount_keys;
	case Role::memo:
		return memo_keys;
	case Role::postcode:
		return postcode_keys;
	case Role::email:
		return email_keys;
	case Role::phone:
	case Role::address:
	case Role::place:
	case Role::category:
	case Role::text:
		return part_keys;
	case Role::reference:
		break;
	}
	return whole_key;
}

std::string_view
KeyOf(Role role, std::size_t kind, std::string_view value, std::string &buffer) {
	if (kind == 0 || value.empty()) {
		return value;
	}
	switch (role) {
	case Role::given_name:
		return kind == 1 ? value.substr(0, 2) : Consonants(value, buffer);
	case Role::surname:
		return kind == 1 ? value.substr(0, 4) : Consonants(value, buffer);
	case Role::full_name:
	case Role::company:
		return kind == 1 ? InOrder(value, buffer) : Consonants(value, buffer);
	case Role::date:
		if (value.size() != date_size) {
			return {};
		}
		return kind == 1 ? value.substr(0, 4) : value.substr(4);
	case Role::event_date:
		return EventDateKey(kind, value, buffer);
	case Role::amount:
		return AmountKey(kind, value, buffer);
	case Role::memo:
		return kind == 1 ? TwoWords(value) : value.substr(0, 4);
	case Role::postcode:
		return District(value);
	case Role::email:
		return value.substr(0, value.find('@'));
	case Role::phone:
		return value.substr(0, 5);
	case Role::text:
		return value.substr(0, 8);
	case Role::address:
	case Role::place:
	case Role::category:
	case Role::reference:
		break;
	}
	return value.substr(0, 4);
}

} // namespace meshline::match
