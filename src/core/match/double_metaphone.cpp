// SPDX-License-Identifier: PostgreSQL
// The rules of Double Metaphone, letter by letter: L. Philips, The Double Metaphone Search Algorithm,
// C/C++ Users Journal 18(6), 2000. 0 is the sound of "th", X that of "sh" and "ch".
#include "core/match/double_metaphone.hpp"

#include <algorithm>
#include <cstddef>
#include <initializer_list>

#include "core/interrupt.hpp"
#include "core/match/normalize.hpp"
#include "core/memory.hpp"
#include "core/match/text_buffer.hpp"

namespace meshline::match {

namespace {

using Choices = std::initializer_list<std::string_view>;

constexpr std::size_t poll_steps = 65536;

bool
IsVowel(char c) noexcept {
	return c == 'A' || c == 'E' || c == 'I' || c == 'O' || c == 'U' || c == 'Y';
}

class Encoder {
public:
	// `word` is ASCII in upper case; every character that is no letter reads as a gap.
	Encoder(std::string_view word, std::pmr::memory_resource *arena)
	    : word_(word), last_(word.size() - 1), is_slavo_germanic_(IsSlavoGermanic(word)), primary_(arena),
	      alternate_(arena) {
	}

	PhoneticKeys
	Encode() {
		// The first letter is silent.
		if (At(0, {"GN", "KN", "PN", "WR", "PS"})) {
			at_ = 1;
		}
		if (Letter(0) == 'X') { // Xavier
			Add("S");
			at_ = 1;
		}
		std::size_t next_poll = poll_steps;
		while (at_ < word_.size()) {
			at_ += Step();
			if (at_ >= next_poll) {
				poll_interrupts();
				next_poll = at_ + poll_steps;
			}
		}
		return {primary_.View(), alternate_.View()};
	}

private:
	static bool
	IsSlavoGermanic(std::string_view word) noexcept {
		return word.find_first_of("WK") != std::string_view::npos ||
		       word.find("CZ") != std::string_view::npos;
	}
	// The letter so many places from here; a gap beyond either end.
	char
	Letter(std::ptrdiff_t offset) const noexcept {
		const std::size_t place =
		    at_ + static_cast<std::size_t>(offset); // wraps where it is before the start
		return place < word_.size() ? word_[place] : ' ';
	}
	bool
	IsVowelAt(std::ptrdiff_t offset) const noexcept {
		return IsVowel(Letter(offset));
	}
	// Whether one of the choices stands so many places from here.
	bool
	At(std::ptrdiff_t offset, Choices choices) const noexcept {
		const std::size_t place = at_ + static_cast<std::size_t>(offset);
		return place < word_.size() &&
		       std::any_of(choices.begin(), choices.end(), [&](std::string_view choice) {
			       return word_.substr(place, choice.size()) == choice;
		       });
	}
	// Whether the whole word begins with one of the choices.
	bool
	BeginsWith(Choices choices) const noexcept {
		return std::any_of(choices.begin(), choices.end(),
		                   [&](std::string_view choice) { return word_.starts_with(choice); });
	}
	bool
	IsGermanic() const noexcept {
		return BeginsWith({"VAN ", "VON ", "SCH"});
	}
	void
	Add(std::string_view both) {
		Add(both, both);
	}
	void
	Add(std::string_view primary, std::string_view alternate) {
		primary_.Append(primary);
		alternate_.Append(alternate);
	}
	// 2 where the letter is written twice, else 1.
	std::size_t
	SkipDouble(char letter) const noexcept {
		return Letter(1) == letter ? 2 : 1;
	}

	// Encodes what stands here; gives the number of letters that this took.
	std::size_t
	Step() {
		const char letter = Letter(0);
		switch (letter) {
		case 'A':
		case 'E':
		case 'I':
		case 'O':
		case 'U':
		case 'Y':
			if (at_ == 0) { // vowels count at the beginning only
				Add("A");
			}
			return 1;
		case 'B':
			Add("P");
			return SkipDouble('B');
		case 'C':
			return StepC();
		case 'D':
			return StepD();
		case 'F':
			Add("F");
			return SkipDouble('F');
		case 'G':
			return StepG();
		case 'H':
			if ((at_ == 0 || IsVowelAt(-1)) && IsVowelAt(1)) {
				Add("H");
				return 2;
			}
			return 1;
		case 'J':
			return StepJ();
		case 'K':
			Add("K");
			return SkipDouble('K');
		case 'L':
			return StepL();
		case 'M':
			Add("M");
			// Dumb, thumb, plumber
			return (At(-1, {"UMB"}) && (at_ + 1 == last_ || At(2, {"ER"}))) || Letter(1) == 'M' ? 2 : 1;
		case 'N':
			Add("N");
			return SkipDouble('N');
		case 'P':
			if (Letter(1) == 'H') {
				Add("F");
				return 2;
			}
			Add("P");
			return At(1, {"P", "B"}) ? 2 : 1; // Campbell, raspberry
		case 'Q':
			Add("K");
			return SkipDouble('Q');
		case 'R':
			// French: Rogier
			if (at_ == last_ && !is_slavo_germanic_ && At(-2, {"IE"}) && !At(-4, {"ME", "MA"})) {
				Add("", "R");
			} else {
				Add("R");
			}
			return SkipDouble('R');
		case 'S':
			return StepS();
		case 'T':
			return StepT();
		case 'V':
			Add("F");
			return SkipDouble('V');
		case 'W':
			return StepW();
		case 'X':
			// French: breaux
			if (!(at_ == last_ && (At(-3, {"IAU", "EAU"}) || At(-2, {"AU", "OU"})))) {
				Add("KS");
			}
			return At(1, {"C", "X"}) ? 2 : 1;
		case 'Z':
			return StepZ();
		default:
			return 1;
		}
	}

	std::size_t
	StepC() {
		// Germanic: Bacher, Macher
		if (at_ > 1 && !IsVowelAt(-2) && At(-1, {"ACH"}) && Letter(2) != 'I' &&
		    (Letter(2) != 'E' || At(-2, {"BACHER", "MACHER"}))) {
			Add("K");
			return 2;
		}
		if (at_ == 0 && At(0, {"CAESAR"})) {
			Add("S");
			return 2;
		}
		if (At(0, {"CHIA"})) { // Chianti
			Add("K");
			return 2;
		}
		if (At(0, {"CH"})) {
			return StepCh();
		}
		if (At(0, {"CZ"}) && !At(-2, {"WICZ"})) { // Czerny
			Add("S", "X");
			return 2;
		}
		if (At(1, {"CIA"})) { // Focaccia
			Add("X");
			return 3;
		}
		// "CC" but not McClellan
		if (At(0, {"CC"}) && !(at_ == 1 && BeginsWith({"M"}))) {
			if (At(2, {"I", "E", "H"}) && !At(2, {"HU"})) {
				// Accident, accede, succeed; else Bacci, Bertucci
				if ((at_ == 1 && BeginsWith({"A"})) || At(-1, {"UCCEE", "UCCES"})) {
					Add("KS");
				} else {
					Add("X");
				}
				return 3;
			}
			Add("K"); // Pierce's rule
			return 2;
		}
		if (At(0, {"CK", "CG", "CQ"})) {
			Add("K");
			return 2;
		}
		if (At(0, {"CI", "CE", "CY"})) {
			if (At(0, {"CIO", "CIE", "CIA"})) { // Italian
				Add("S", "X");
			} else {
				Add("S");
			}
			return 2;
		}
		Add("K");
		if (At(1, {" C", " Q", " G"})) { // Mac Caffrey, Mac Gregor
			return 3;
		}
		return At(1, {"C", "K", "Q"}) && !At(1, {"CE", "CI"}) ? 2 : 1;
	}

	std::size_t
	StepCh() {
		if (at_ > 0 && At(0, {"CHAE"})) { // Michael
			Add("K", "X");
			return 2;
		}
		// Greek roots: chemistry, chorus
		if (at_ == 0 && At(1, {"HARAC", "HARIS", "HOR", "HYM", "HIA", "HEM"}) && !BeginsWith({"CHORE"})) {
			Add("K");
			return 2;
		}
		// Germanic and Greek otherwise: architect but not arch, orchestra, orchid, Wachtler, Tichner
		if (IsGermanic() || At(-2, {"ORCHES", "ARCHIT", "ORCHID"}) || At(2, {"T", "S"}) ||
		    ((At(-1, {"A", "O", "U", "E"}) || at_ == 0) &&
		     (At(2, {"L", "R", "N", "M", "B", "H", "F", "V", "W", " "}) || at_ + 2 > last_))) {
			Add("K");
		} else if (at_ == 0) {
			Add("X");
		} else { // McHugh; elsewhere it depends
			Add(BeginsWith({"MC"}) ? "K" : "X", "K");
		}
		return 2;
	}

	std::size_t
	StepD() {
		if (At(0, {"DG"})) {
			if (At(2, {"I", "E", "Y"})) { // Edge
				Add("J");
				return 3;
			}
			Add("TK"); // Edgar
			return 2;
		}
		Add("T");
		return At(0, {"DT", "DD"}) ? 2 : 1;
	}

	std::size_t
	StepG() {
		if (Letter(1) == 'H') {
			return StepGh();
		}
		if (Letter(1) == 'N') {
			if (at_ == 1 && IsVowel(word_.front()) && !is_slavo_germanic_) {
				Add("KN", "N");
			} else if (!At(2, {"EY"}) && Letter(1) != 'Y' && !is_slavo_germanic_) { // not Cagney
				Add("N", "KN");
			} else {
				Add("KN");
			}
			return 2;
		}
		if (At(1, {"LI"}) && !is_slavo_germanic_) { // Tagliaro
			Add("KL", "L");
			return 2;
		}
		// -ges-, -gep-, -gel- at the beginning
		if (at_ == 0 &&
		    (Letter(1) == 'Y' || At(1, {"ES", "EP", "EB", "EL", "EY", "IB", "IL", "IN", "IE", "EI", "ER"}))) {
			Add("K", "J");
			return 2;
		}
		// -ger-, -gy-
		if ((At(1, {"ER"}) || Letter(1) == 'Y') && !BeginsWith({"DANGER", "RANGER", "MANGER"}) &&
		    !At(-1, {"E", "I", "RGY", "OGY"})) {
			Add("K", "J");
			return 2;
		}
		// Italian: Biaggi
		if (At(1, {"E", "I", "Y"}) || At(-1, {"AGGI", "OGGI"})) {
			if (IsGermanic() || At(1, {"ET"})) {
				Add("K");
			} else if (At(1, {"IER "}) || (At(1, {"IER"}) && at_ + 3 == last_)) {
				Add("J");
			} else {
				Add("J", "K");
			}
			return 2;
		}
		Add("K");
		return SkipDouble('G');
	}

	std::size_t
	StepGh() {
		if (at_ > 0 && !IsVowelAt(-1)) {
			Add("K");
			return 2;
		}
		if (at_ == 0) { // Ghislane, Ghiradelli
			Add(Letter(2) == 'I' ? "J" : "K");
			return 2;
		}
		// Parker's rule, with exceptions: Hugh, bough, Broughton
		if ((at_ > 1 && At(-2, {"B", "H", "D"})) || (at_ > 2 && At(-3, {"B", "H", "D"})) ||
		    (at_ > 3 && At(-4, {"B", "H"}))) {
			return 2;
		}
		// Laugh, McLaughlin, cough, gough, rough, tough
		if (at_ > 2 && Letter(-1) == 'U' && At(-3, {"C", "G", "L", "R", "T"})) {
			Add("F");
		} else if (Letter(-1) != 'I') {
			Add("K");
		}
		return 2;
	}

	std::size_t
	StepJ() {
		// Spanish: Jose, San Jacinto
		if (At(0, {"JOSE"}) || BeginsWith({"SAN "})) {
			if ((at_ == 0 && (Letter(4) == ' ')) || BeginsWith({"SAN "})) {
				Add("H");
			} else {
				Add("J", "H");
			}
			return 1;
		}
		if (at_ == 0) { // Yankelovich, Jankelowicz
			Add("J", "A");
		} else if (IsVowelAt(-1) && !is_slavo_germanic_ && At(1, {"A", "O"})) { // Spanish: bajador
			Add("J", "H");
		} else if (at_ == last_) {
			Add("J", "");
		} else if (!At(1, {"L", "T", "K", "S", "N", "M", "B", "Z"}) && !At(-1, {"S", "K", "L"})) {
			Add("J");
		}
		return SkipDouble('J');
	}

	std::size_t
	StepL() {
		if (Letter(1) != 'L') {
			Add("L");
			return 1;
		}
		// Spanish: Cabrillo, Gallegos
		const bool ends_spanish = last_ >= 1 && (word_.ends_with("AS") || word_.ends_with("OS") ||
		                                         word_.ends_with("A") || word_.ends_with("O"));
		if ((at_ + 3 == word_.size() && At(-1, {"ILLO", "ILLA", "ALLE"})) ||
		    (ends_spanish && At(-1, {"ALLE"}))) {
			Add("L", "");
		} else {
			Add("L");
		}
		return 2;
	}

	std::size_t
	StepS() {
		if (At(-1, {"ISL", "YSL"})) { // island, Carlisle
			return 1;
		}
		if (at_ == 0 && At(0, {"SUGAR"})) {
			Add("X", "S");
			return 1;
		}
		if (At(0, {"SH"})) {
			Add(At(1, {"HEIM", "HOEK", "HOLM", "HOLZ"}) ? "S" : "X"); // Germanic
			return 2;
		}
		if (At(0, {"SIO", "SIA", "SIAN"})) { // Italian and Armenian
			Add("S", is_slavo_germanic_ ? "S" : "X");
			return 3;
		}
		// German and Anglicised: Smith and Schmidt, Snider and Schneider; Slavic -sz-
		if ((at_ == 0 && At(1, {"M", "N", "L", "W"})) || Letter(1) == 'Z') {
			Add("S", "X");
			return SkipDouble('Z');
		}
		if (At(0, {"SC"})) {
			return StepSc();
		}
		// French: Resnais, Artois
		if (at_ == last_ && At(-2, {"AI", "OI"})) {
			Add("", "S");
		} else {
			Add("S");
		}
		return At(1, {"S", "Z"}) ? 2 : 1;
	}

	std::size_t
	StepSc() {
		if (Letter(2) == 'H') { // Schlesinger's rule
			// Dutch: school, schooner, Schermerhorn, Schenker
			if (At(3, {"OO", "ER", "EN", "UY", "ED", "EM"})) {
				if (At(3, {"ER", "EN"})) {
					Add("X", "SK");
				} else {
					Add("SK");
				}
			} else if (at_ == 0 && !IsVowel(Letter(3)) && Letter(3) != 'W') { // Schmidt
				Add("X", "S");
			} else {
				Add("X");
			}
			return 3;
		}
		Add(At(2, {"I", "E", "Y"}) ? "S" : "SK");
		return 3;
	}

	std::size_t
	StepT() {
		if (At(0, {"TION"}) || At(0, {"TIA", "TCH"})) {
			Add("X");
			return 3;
		}
		if (At(0, {"TH", "TTH"})) {
			if (At(2, {"OM", "AM"}) || IsGermanic()) { // Thomas, Thames
				Add("T");
			} else {
				Add("0", "T");
			}
			return 2;
		}
		Add("T");
		return At(1, {"T", "D"}) ? 2 : 1;
	}

	std::size_t
	StepW() {
		if (At(0, {"WR"})) { // in the middle of a word too
			Add("R");
			return 2;
		}
		if (at_ == 0 && (IsVowelAt(1) || At(0, {"WH"}))) {
			if (IsVowelAt(1)) { // Wasserman and Vasserman
				Add("A", "F");
			} else { // Uomo and Womo
				Add("A");
			}
		}
		// Arnow and Arnoff
		if ((at_ == last_ && IsVowelAt(-1)) || At(-1, {"EWSKI", "EWSKY", "OWSKI", "OWSKY"}) ||
		    BeginsWith({"SCH"})) {
			Add("", "F");
			return 1;
		}
		if (At(0, {"WICZ", "WITZ"})) { // Polish: Filipowicz
			Add("TS", "FX");
			return 4;
		}
		return 1;
	}

	std::size_t
	StepZ() {
		if (Letter(1) == 'H') { // Chinese pinyin: Zhao
			Add("J");
			return 2;
		}
		if (At(1, {"ZO", "ZI", "ZA"}) || (is_slavo_germanic_ && at_ > 0 && Letter(-1) != 'T')) {
			Add("S", "TS");
		} else {
			Add("S");
		}
		return SkipDouble('Z');
	}

	std::string_view word_;
	std::size_t last_;
	std::size_t at_ = 0;
	bool is_slavo_germanic_;
	TextBuffer primary_;
	TextBuffer alternate_;
};

// Letters in upper case, one space between words; an apostrophe leaves no gap.
std::string_view
UpperLetters(std::string_view ascii, std::pmr::memory_resource *arena) {
	TextBuffer buffer(arena);
	char *const begin = buffer.Reserve(ascii.size());
	char *at = begin;
	bool is_between = false;
	for (const char c : ascii) {
		const bool is_lower = c >= 'a' && c <= 'z';
		if (is_lower || (c >= 'A' && c <= 'Z')) {
			if (is_between && at != begin) {
				*at++ = ' ';
			}
			is_between = false;
			*at++ = is_lower ? static_cast<char>(c - 'a' + 'A') : c;
		} else if (c != '\'' && c != '`') {
			is_between = true;
		}
	}
	buffer.CommitTo(at);
	return buffer.View();
}

} // namespace

PhoneticKeys
DoubleMetaphone(std::string_view text, std::pmr::memory_resource *arena) {
	const std::string_view word = UpperLetters(Transliterate(text, arena), arena);
	return word.empty() ? PhoneticKeys{} : Encoder(word, arena).Encode();
}

} // namespace meshline::match
