// SPDX-License-Identifier: PostgreSQL
// E-mail addresses: RFC 5321 without quoted local parts, RFC 6531 for other scripts, UTS 46 for domains.
#include "core/match/normalize.hpp"

#include <unicode/idna.h>
#include <unicode/normalizer2.h>

#include <algorithm>
#include <memory>
#include <string>

#include "core/match/fold.hpp"
#include "core/match/unicode.hpp"
#include "core/memory.hpp"
#include "core/text.hpp"

namespace meshline::match {

namespace {

constexpr std::size_t longest_local_part = 64;
constexpr std::size_t longest_domain = 253;
constexpr std::size_t longest_label = 63;
constexpr std::size_t longest_email = 254;
// Nothing longer folds to an address, whatever its characters become.
constexpr std::size_t longest_input = 4096;

bool
IsLetterOrDigit(char c) noexcept {
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

// RFC 5322 dot-atom; every character beyond ASCII is allowed where it is no space or control.
bool
IsLocalPart(std::string_view local) noexcept {
	constexpr std::string_view signs = "!#$%&'*+-/=?^_`{|}~.";
	if (local.empty() || local.size() > longest_local_part || local.front() == '.' || local.back() == '.' ||
	    local.find("..") != std::string_view::npos) {
		return false;
	}
	return std::all_of(local.begin(), local.end(), [&](char c) {
		return IsLetterOrDigit(c) || (static_cast<unsigned char>(c) & 0x80U) != 0 ||
		       signs.find(c) != std::string_view::npos;
	});
}

// Two labels or more of letters, digits and inner hyphens, the last of them no number.
bool
IsAsciiDomain(std::string_view domain) noexcept {
	if (domain.empty() || domain.size() > longest_domain) {
		return false;
	}
	std::size_t labels = 0;
	for (;;) {
		const std::size_t end = std::min(domain.find('.'), domain.size());
		const std::string_view label = domain.substr(0, end);
		const bool is_label =
		    !label.empty() && label.size() <= longest_label && label.front() != '-' && label.back() != '-' &&
		    std::all_of(label.begin(), label.end(), [](char c) { return IsLetterOrDigit(c) || c == '-'; });
		if (!is_label) {
			return false;
		}
		++labels;
		if (end == domain.size()) {
			return labels > 1 && std::any_of(label.begin(), label.end(), [](char c) { return c > '9'; });
		}
		domain.remove_prefix(end + 1);
	}
}

// What ICU has to look at: other scripts, and labels that are encoded ones.
bool
NeedsIdna(std::string_view domain) noexcept {
	return !IsAscii(domain) || domain.find("--") != std::string_view::npos;
}

// The domain in ASCII; empty when it is none.
std::string
ToAsciiDomain(std::string_view domain) {
	if (!NeedsIdna(domain)) {
		std::string lower(domain);
		std::transform(lower.begin(), lower.end(), lower.begin(),
		               [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
		return lower;
	}
	UErrorCode status = U_ZERO_ERROR;
	static const std::unique_ptr<icu::IDNA> idna = [] {
		UErrorCode made = U_ZERO_ERROR;
		std::unique_ptr<icu::IDNA> instance(icu::IDNA::createUTS46Instance(
		    UIDNA_USE_STD3_RULES | UIDNA_CHECK_BIDI | UIDNA_CHECK_CONTEXTJ | UIDNA_NONTRANSITIONAL_TO_ASCII,
		    made));
		CheckIcu(made);
		return instance;
	}();
	std::string ascii;
	icu::StringByteSink<std::string> sink(&ascii);
	icu::IDNAInfo info;
	idna->nameToASCII_UTF8(icu::StringPiece(domain.data(), static_cast<std::int32_t>(domain.size())), sink,
	                       info, status);
	CheckIcu(status);
	return info.hasErrors() ? std::string() : ascii;
}

// NFKC_Casefold: accents stay, as they tell mailboxes apart.
std::string
FoldLocalPart(std::string_view local) {
	std::string folded;
	if (IsAscii(local)) {
		folded.assign(local);
		std::transform(folded.begin(), folded.end(), folded.begin(),
		               [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
		return folded;
	}
	UErrorCode status = U_ZERO_ERROR;
	const icu::Normalizer2 *normalizer = icu::Normalizer2::getNFKCCasefoldInstance(status);
	CheckIcu(status);
	const icu::UnicodeString result = normalizer->normalize(ToUtf16(local), status);
	CheckIcu(status);
	for (std::int32_t at = 0; at < result.length(); at = result.moveIndex32(at, 1)) {
		const UChar32 c = result.char32At(at);
		if (u_isUWhiteSpace(c) || u_iscntrl(c)) {
			return {};
		}
	}
	return result.toUTF8String(folded);
}

} // namespace

std::optional<std::string_view>
NormalizeEmail(std::string_view email, std::pmr::memory_resource *arena) {
	email = Trim(email);
	const std::size_t at = email.rfind('@');
	if (at == std::string_view::npos || email.size() > longest_input || FindInvalidUtf8(email)) {
		return std::nullopt;
	}
	std::string domain = ToAsciiDomain(email.substr(at + 1));
	if (domain.ends_with('.')) {
		domain.pop_back();
	}
	std::string local = FoldLocalPart(email.substr(0, at));
	if (!IsAsciiDomain(domain) || local.empty()) {
		return std::nullopt;
	}
	if (const std::size_t plus = local.find('+', 1); plus != std::string::npos) {
		local.resize(plus);
	}
	if (domain == "gmail.com" || domain == "googlemail.com") {
		domain = "gmail.com";
		local.erase(std::remove(local.begin(), local.end(), '.'), local.end());
	}
	if (!IsLocalPart(local) || local.size() + 1 + domain.size() > longest_email) {
		return std::nullopt;
	}
	return Intern(local + '@' + domain, arena);
}

} // namespace meshline::match
