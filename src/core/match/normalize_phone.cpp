// SPDX-License-Identifier: PostgreSQL
// Phone numbers, by libphonenumber: numbering plans are tables that others keep.
#include "core/match/normalize.hpp"

#include <phonenumbers/logger.h>
#include <phonenumbers/phonenumberutil.h>

#include <algorithm>
#include <string>

#include "core/error.hpp"
#include "core/memory.hpp"
#include "core/text.hpp"

namespace meshline::match {

namespace {

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

// The library's regular expressions take time that grows with the square of the text.
constexpr std::size_t longest_input = 250;

// The library makes its tables at the first call, in about 12 ms, and keeps them for the process.
const PhoneNumberUtil &
Library() {
	static const PhoneNumberUtil &library = []() -> const PhoneNumberUtil & {
		PhoneNumberUtil *instance = PhoneNumberUtil::GetInstance();
		instance->SetLogger(new i18n::phonenumbers::NullLogger()); // it owns it; the default one prints
		return *instance;
	}();
	return library;
}

// The ISO code of a region that is named by ISO code or calling code; empty when there is none.
std::string
RegionCode(std::string_view region) {
	region = Trim(region);
	std::string code(region.starts_with('+') ? region.substr(1) : region);
	if (!code.empty() && code.size() <= 3 &&
	    std::all_of(code.begin(), code.end(), [](char c) { return c >= '0' && c <= '9'; })) {
		Library().GetRegionCodeForCountryCode(std::stoi(code), &code);
	}
	std::transform(code.begin(), code.end(), code.begin(),
	               [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
	return Library().GetCountryCodeForRegion(code) == 0 ? std::string() : code;
}

bool
IsOneDigitRepeated(const PhoneNumber &number) {
	std::string digits;
	Library().GetNationalSignificantNumber(number, &digits);
	return digits.find_first_not_of(digits.front()) == std::string::npos;
}

} // namespace

std::optional<std::string_view>
NormalizePhone(std::string_view phone, std::string_view region, std::pmr::memory_resource *arena) {
	const PhoneNumberUtil &library = Library();
	const std::string code = RegionCode(region);
	if (code.empty()) {
		throw Error(sqlstate::invalid_parameter, "phone region \"" + Quotable(region) + "\" does not exist",
		            {}, "Regions are ISO 3166 codes (US) or calling codes (+1).");
	}
	if (phone.size() > longest_input || FindInvalidUtf8(phone)) {
		return std::nullopt;
	}
	PhoneNumber number;
	if (library.Parse(std::string(phone), code, &number) != PhoneNumberUtil::NO_PARSING_ERROR ||
	    library.IsPossibleNumberWithReason(number) != PhoneNumberUtil::IS_POSSIBLE ||
	    (IsOneDigitRepeated(number) && !library.IsValidNumber(number))) {
		return std::nullopt;
	}
	std::string e164;
	library.Format(number, PhoneNumberUtil::E164, &e164);
	return Intern(e164, arena);
}

} // namespace meshline::match
