// SPDX-License-Identifier: PostgreSQL
// Any bytes, normalised every way: no crash, UTF-8 comes out, what comes out is normal, and text in ASCII
// is folded as ICU folds it.
#include <cstdint>
#include <cstdlib>
#include <memory_resource>
#include <optional>
#include <string_view>

#include "core/match/double_metaphone.hpp"
#include "core/match/fold.hpp"
#include "core/match/normalize.hpp"
#include "core/text.hpp"

namespace {

using namespace meshline;

void
Require(bool condition) {
	if (!condition) {
		std::abort();
	}
}

} // namespace

extern "C" int
LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
	const std::string_view text(reinterpret_cast<const char *>(data), size);
	std::pmr::monotonic_buffer_resource arena;
	for (const auto normalize :
	     {match::NormalizeText, match::NormalizeName, match::NormalizeCompany, match::NormalizeAddress}) {
		const std::string_view once = normalize(text, &arena);
		Require(!FindInvalidUtf8(once));
		Require(normalize(once, &arena) == once);
	}
	if (match::IsAscii(text)) {
		for (const match::FoldRules &rules : {match::FoldRules{}, match::FoldRules{true, "and", "unit"}}) {
			Require(match::FoldText(text, rules, &arena) == match::detail::FoldByIcu(text, rules, &arena));
		}
	}
	if (const auto email = match::NormalizeEmail(text, &arena)) {
		Require(match::NormalizeEmail(*email, &arena) == email);
	}
	if (const auto phone = match::NormalizePhone(text, "US", &arena)) {
		Require(match::NormalizePhone(*phone, "GB", &arena) == phone);
	}
	Require(match::IsAscii(match::Transliterate(text, &arena)));
	const match::PhoneticKeys keys = match::DoubleMetaphone(text, &arena);
	const match::PhoneticKeys again = match::DoubleMetaphone(text, &arena);
	Require(keys.primary == again.primary && keys.alternate == again.alternate);
	return 0;
}
