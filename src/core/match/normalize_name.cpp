// SPDX-License-Identifier: PostgreSQL
// Names of people and of companies.
#include "core/match/normalize.hpp"

#include <algorithm>
#include <iterator>

#include "core/match/fold.hpp"
#include "core/match/text_buffer.hpp"
#include "core/match/word_set.hpp"

namespace meshline::match {

namespace {

constexpr auto titles = MakeWordSet(
    "mr", "mister", "mrs", "ms", "miss", "mx", "dr", "doctor", "prof", "professor", "sir", "dame", "lady",
    "lord", "rev", "reverend", "hon", "honorable", "honourable", "capt", "captain", "col", "colonel", "gen",
    "general", "lt", "lieutenant", "maj", "major", "sgt", "sergeant", "cpl", "madam", "mme", "madame", "mlle",
    "mademoiselle", "monsieur", "herr", "frau", "fraulein", "dhr", "mevr", "mevrouw", "meneer", "senor",
    "senora", "senorita", "sr", "sra", "srta", "sig", "signor", "signora", "dott", "ing", "shri", "smt");

constexpr auto suffixes = MakeWordSet("jr", "junior", "jnr", "sr", "senior", "snr", "ii", "iii", "iv", "2nd",
                                      "3rd", "4th", "esq", "esquire", "phd", "md", "dds", "dvm", "mba", "cpa",
                                      "rn", "msc", "bsc", "obe", "mbe", "cbe", "qc", "kc");

// Suffixes that stand behind the surname in "Smith Jr, John" too; no given name reads like them.
constexpr auto inner_suffixes = MakeWordSet("jr", "jnr", "ii", "iii", "esq", "phd");

constexpr auto legal_forms = MakeWordSet(
    // English
    "inc", "incorporated", "corp", "corporation", "co", "company", "ltd", "limited", "llc", "llp", "lp",
    "lllp", "plc", "pllc", "pc", "pbc", "cic", "pty", "pte", "pvt", "private", "proprietary", "bhd", "sdn",
    // German, Dutch, Nordic
    "gmbh", "ggmbh", "mbh", "ag", "kg", "kgaa", "ohg", "gbr", "ug", "se", "ek", "ev", "bv", "nv", "vof",
    "cvba", "ab", "as", "asa", "aps", "hf", "ehf", "oy", "oyj", "ky", "tmi",
    // Romance
    "sa", "sas", "sasu", "sarl", "eurl", "sci", "snc", "spa", "srl", "srls", "sapa", "sl", "slu", "sau",
    "sab", "cv", "lda", "ltda", "eireli", "unipessoal",
    // central and eastern Europe
    "sro", "doo", "dd", "ad", "ood", "eood", "kft", "zrt", "nyrt", "bt", "ou", "uab", "sia", "ooo", "oao",
    "zao", "ооо", "оао", "зао", "пао", "тов",
    // Asia
    "kk", "gk", "kabushiki", "kaisha", "株式会社", "有限会社", "合同会社", "有限公司", "股份有限公司");

// Forms that are written in front, too, or without a space; 有限公司 last, as it ends others.
constexpr std::string_view leading_forms[] = {"ооо", "оао", "зао", "пао", "тов"};
constexpr std::string_view attached_forms[] = {"株式会社",     "有限会社",     "合同会社",
                                               "股份有限公司", "有限责任公司", "有限公司"};

bool
EndsWith(const Words &words, std::string_view last_but_one, std::string_view last) {
	const std::size_t n = words.size();
	return n > 2 && words[n - 2] == last_but_one && words[n - 1] == last;
}

// Initials in a row become one word: "i b m" was I.B.M. The joined words live in the arena.
void
JoinInitials(Words &words, std::pmr::memory_resource *arena) {
	std::size_t kept = 0;
	for (std::size_t at = 0; at < words.size();) {
		std::size_t end = at;
		while (end < words.size() && words[end].size() == 1) {
			++end;
		}
		if (end - at < 2) {
			words[kept++] = words[at++];
			continue;
		}
		TextBuffer joined(arena);
		for (; at < end; ++at) {
			joined.Append(words[at]);
		}
		words[kept++] = joined.View();
	}
	words.resize(kept);
}

void
DropLegalForms(Words &words) {
	for (;;) {
		if (EndsWith(words, "sp", "zoo") || EndsWith(words, "de", "cv")) {
			words.pop_back();
		} else if (words.size() < 2 || !Contains(legal_forms, words.back())) {
			return;
		}
		words.pop_back();
		if (words.size() > 1 && words.back() == "and") { // GmbH & Co. KG
			words.pop_back();
		}
	}
}

// Takes a form off the ends of a word as long as something is left.
std::string_view
WithoutAttachedForms(std::string_view word) {
	for (bool is_changed = true; is_changed;) {
		is_changed = false;
		for (const std::string_view form : attached_forms) {
			if (word.size() > form.size() && word.ends_with(form)) {
				word.remove_suffix(form.size());
				is_changed = true;
			} else if (word.size() > form.size() && word.starts_with(form)) {
				word.remove_prefix(form.size());
				is_changed = true;
			}
		}
	}
	return word;
}

bool
IsLeadingForm(std::string_view word) {
	return word == "the" ||
	       std::find(std::begin(leading_forms), std::end(leading_forms), word) != std::end(leading_forms);
}

} // namespace

std::string_view
NormalizeName(std::string_view name, std::pmr::memory_resource *arena) {
	const std::string_view folded = FoldText(name, {.joins_apostrophes = true}, arena);
	Words words = SplitWords(folded, arena);
	const std::size_t count = words.size();
	std::size_t leading = 0;
	while (leading + 1 < words.size() && Contains(titles, words[leading])) {
		++leading;
	}
	words.erase(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(leading));
	if (!words.empty()) {
		words.erase(std::remove_if(words.begin() + 1, words.end(),
		                           [](std::string_view word) { return Contains(inner_suffixes, word); }),
		            words.end());
	}
	for (;;) {
		if (EndsWith(words, "ph", "d") || EndsWith(words, "m", "d")) {
			words.pop_back();
		} else if (words.size() < 2 || !Contains(suffixes, words.back())) {
			break;
		}
		words.pop_back();
	}
	return words.size() == count ? folded : JoinWords(words, arena);
}

std::string_view
NormalizeCompany(std::string_view company, std::pmr::memory_resource *arena) {
	Words words =
	    SplitWords(FoldText(company, {.joins_apostrophes = true, .ampersand = "and"}, arena), arena);
	for (std::string_view &word : words) {
		word = WithoutAttachedForms(word);
	}
	JoinInitials(words, arena);
	while (words.size() > 1 && IsLeadingForm(words.front())) {
		words.erase(words.begin());
	}
	DropLegalForms(words);
	return JoinWords(words, arena);
}

} // namespace meshline::match
