// SPDX-License-Identifier: PostgreSQL
#include "core/fact_reader.hpp"

#include <algorithm>
#include <limits>

#include "core/currency.hpp"
#include "core/instant.hpp"
#include "core/key_hash.hpp"
#include "core/money.hpp"
#include "core/plain_value.hpp"
#include "core/wide.hpp"

namespace meshline {

namespace {

constexpr std::size_t longest_identifier = 512;
constexpr std::int64_t status_numbers = 16;
constexpr std::int64_t most_sequence = std::numeric_limits<std::int64_t>::max() / status_numbers - 1;

std::string
Quoted(std::string_view text) {
	return "'" + Quotable(text) + "'";
}

std::string
Explain(const AmountReading &reading, std::string_view currency) {
	const std::string amount = reading.text.empty() ? "a sum" : Quoted(reading.text);
	switch (reading.money.error) {
	case MoneyError::too_precise:
		return amount + " has more decimals than " +
		       std::string(currency.empty() ? "the currency" : currency) + " has";
	case MoneyError::out_of_range:
		return amount + " is out of range";
	default:
		return amount + " is not a number";
	}
}

Money
Signed(Money money, Sign sign) noexcept {
	const bool is_turned = sign == Sign::negate || (sign == Sign::absolute && money.amount < 0);
	if (!is_turned || money.error != MoneyError::none) {
		return money;
	}
	if (money.amount == std::numeric_limits<Minor>::min()) {
		return {0, MoneyError::out_of_range};
	}
	return {-money.amount, MoneyError::none};
}

} // namespace

std::optional<Instant>
ReadInstant(std::string_view text, const LocalTime &local_time) {
	const auto parsed = ParseInstant(text);
	if (!parsed) {
		return std::nullopt;
	}
	if (parsed->is_local && local_time.to_instant != nullptr) {
		return local_time.to_instant(local_time.context, parsed->value);
	}
	return parsed->value;
}

void
FactReader::AddProblem(std::string_view field, std::string_view path, const std::string &reason) {
	fact_.problems.push_back({field, context_.texts.Copy(path), context_.texts.Copy(reason)});
}

// A word without a value: a problem when the value is there but of no use, or when it is required.
void
FactReader::AddMissing(Word word, const Expression &expression, std::string_view misfit) {
	if (!misfit.empty()) {
		AddProblem(Name(word), expression.label, std::string(misfit));
	} else if (program_.Requires(word) && fact_.status != Status::deleted) {
		AddProblem(Name(word), expression.label, "is missing");
	}
}

bool
FactReader::ReadId(Problem &problem) {
	evaluator_.TakeMisfit();
	const auto text = program_.id ? evaluator_.First(*program_.id, frame_) : std::nullopt;
	const std::string_view misfit = evaluator_.TakeMisfit();
	std::string reason;
	if (program_.is_keyless && (!text || IsPlaceholder(*text)) && misfit.empty()) {
		fact_.is_keyless = true;
		fact_.external_id = ContentId();
		return true;
	}
	if (!text) {
		reason = misfit.empty() ? "is missing" : misfit;
	} else if (IsPlaceholder(*text)) {
		reason = Quoted(*text) + " is not an id";
	} else if (Trim(*text).size() > longest_identifier) {
		reason = "is longer than " + std::to_string(longest_identifier) + " bytes";
	} else {
		fact_.external_id = context_.texts.Copy(Trim(*text));
		return true;
	}
	problem = {Name(Word::id), context_.texts.Copy(program_.id ? program_.id->label : ""),
	           context_.texts.Copy(reason)};
	return false;
}

// The hash of the values that tell one object from another, as they are meant: "" where there is none.
Hash128
FactReader::HashOfValues() {
	KeyHash hash(context_.texts.resource());
	for (const Expression &value : program_.keyless_values) {
		const auto text = evaluator_.First(value, frame_);
		hash.Add(text ? PlainValue(*text, context_.texts) : std::string_view{});
	}
	evaluator_.TakeMisfit();
	return hash.Finish();
}

// The hash of the object's content as text.
std::string_view
FactReader::ContentId() {
	static constexpr char digits[] = "0123456789abcdef";
	const Hash128 hash =
	    program_.keyless_values.empty() ? context_.payload.nodes()[frame_.node].hash : HashOfValues();
	char *const start = context_.texts.Allocate(32);
	char *at = start;
	for (const std::uint64_t half : {hash.high, hash.low}) {
		for (int shift = 60; shift >= 0; shift -= 4) {
			*at++ = digits[half >> shift & 15];
		}
	}
	return {start, 32};
}

void
FactReader::Read(const Surroundings &around) {
	fact_.object = Pooled(program_.pooled_name);
	fact_.content_hash = context_.payload.nodes()[frame_.node].hash;
	ReadState(around);
	ReadCurrency(around);
	fact_.amount = ReadAmount(Word::amount, program_.amount);
	fact_.fee = ReadAmount(Word::fee, program_.fee);
	fact_.net = ReadAmount(Word::net, program_.net);
	ReadPresentment();
	ReadTimes(around);
	ReadIdentifiers();
	fact_.about = ReadLink(Word::about, program_.about);
	fact_.payout = ReadLink(Word::payout, program_.payout);
	ReadParty();
	ReadParts();
	ReadItems();
}

// What cannot be read is not known: nobody is kept from paying by a name that is too long.
void
FactReader::ReadParty() {
	for (const auto &[field, expression] : program_.party) {
		fact_.party[static_cast<std::size_t>(field)] = TextIfAny(expression, frame_);
	}
	evaluator_.TakeMisfit();
}

// A part that cannot be read is not known, and not compared: the whole is what counts.
void
FactReader::ReadParts() {
	for (const auto &[part, program] : program_.parts) {
		const auto amount = AmountIfAny(program, frame_, fact_.currency);
		if (amount && (part != Part::authorized || amount != fact_.amount)) { // else captured in full
			fact_.parts[part] = amount;
		}
	}
	evaluator_.TakeMisfit();
}

// The power of ten between an amount as it is written and the currency's minor unit.
int
FactReader::ScaleOf(const AmountProgram &program, std::string_view currency, int exponent) const noexcept {
	return exponent - (program.is_minor ? context_.definition.MinorExponent(currency, exponent) : 0);
}

// What cannot be read is not known, and no problem.
std::optional<Minor>
FactReader::AmountIfAny(const AmountProgram &program, const Frame &frame, std::string_view currency) {
	const auto exponent = CurrencyExponent(currency);
	const auto reading = exponent
	                         ? evaluator_.Amount(program.value, frame, ScaleOf(program, currency, *exponent))
	                         : std::nullopt;
	const Money money = reading ? Signed(reading->money, program.sign) : Money{0, MoneyError::not_a_number};
	return money.error == MoneyError::none ? std::optional(money.amount) : std::nullopt;
}

std::string_view
FactReader::TextIfAny(const std::optional<Expression> &expression, const Frame &frame) {
	const auto text = expression ? evaluator_.First(*expression, frame) : std::nullopt;
	return text && !IsPlaceholder(*text) && text->size() <= longest_identifier
	           ? context_.texts.Copy(Trim(*text))
	           : std::string_view{};
}

// A list that cannot be read whole is not known: half of it would look like too little.
void
FactReader::ReadItems() {
	for (const ItemsProgram &program : program_.items) {
		std::size_t position = 0;
		const bool is_whole = evaluator_.EachNode(program.path, frame_, [&](NodeIndex node) {
			const Frame element{node, &frame_, &program_, position++};
			if (program.condition && !evaluator_.Holds(*program.condition, element)) {
				return true;
			}
			const auto item = ReadItem(program, element);
			if (item) {
				fact_.items.push_back(*item);
			}
			return item.has_value();
		});
		if (!is_whole) {
			fact_.items.clear();
		}
		if (position > 0) {
			break;
		}
	}
	evaluator_.TakeMisfit();
}

std::optional<Item>
FactReader::ReadItem(const ItemsProgram &program, const Frame &element) {
	Item item;
	const auto quantity = ItemNumber(program.quantity, element);
	item.available = ItemNumber(program.available, element);
	if (!quantity && !item.available) {
		return std::nullopt;
	}
	item.quantity = quantity.value_or(0);
	item.current = ItemNumber(program.current, element);
	item.line = TextIfAny(program.line, element);
	item.sku = TextIfAny(program.sku, element);
	item.product = TextIfAny(program.product, element);
	if (program.returned) {
		item.returned = ParseReturned(evaluator_.First(*program.returned, element).value_or(""))
		                    .value_or(Returned::unknown);
	}
	item.amount = program.amount ? AmountIfAny(*program.amount, element, fact_.currency) : std::nullopt;
	if (item.amount && program.is_unit_amount) {
		item.amount = Clamp(Wide{*item.amount} * item.quantity);
	}
	return item;
}

std::optional<Minor>
FactReader::ItemNumber(const std::optional<Expression> &expression, const Frame &element) {
	const auto text = expression ? evaluator_.First(*expression, element) : std::nullopt;
	const Money number = text ? ParseMoney(*text, 0) : Money{0, MoneyError::not_a_number};
	return number.error == MoneyError::none ? std::optional(number.amount) : std::nullopt;
}

std::optional<std::string_view>
FactReader::ReadText(Word word, const std::optional<Expression> &expression) {
	if (!expression) {
		return std::nullopt;
	}
	evaluator_.TakeMisfit();
	auto text = evaluator_.First(*expression, frame_);
	if (!text) {
		AddMissing(word, *expression, evaluator_.TakeMisfit());
	}
	return text;
}

void
FactReader::ReadState(const Surroundings &around) {
	const bool is_nested = around.nested != nullptr;
	fact_.kind = program_.kind;
	if (program_.kind_of) {
		const auto name = evaluator_.First(*program_.kind_of, frame_);
		fact_.kind = name ? ParseKind(*name).value_or(program_.kind) : program_.kind;
	}
	if (program_.deleted && evaluator_.Holds(*program_.deleted, frame_)) {
		fact_.status = Status::deleted;
	} else if (const auto status = ReadText(Word::status, program_.status)) {
		fact_.status = ParseStatus(*status).value_or(Status::unknown);
	}
	if (const auto posting = ReadText(Word::posting, program_.posting)) {
		fact_.posting = ParsePosting(*posting).value_or(Posting::none);
	}
	if (const auto processor = ReadText(Word::processor, program_.processor)) {
		fact_.processor = context_.texts.Copy(*processor);
	} else if (is_nested && around.nested->inherits_processor) {
		fact_.processor = around.processor;
	}
	fact_.is_test = (program_.test && evaluator_.Holds(*program_.test, frame_)) ||
	                ((!is_nested || around.nested->inherits_test) && around.is_test);
	fact_.is_summary = program_.summary && evaluator_.Holds(*program_.summary, frame_);
	fact_.is_authority = program_.authority && evaluator_.Holds(*program_.authority, frame_);
	fact_.is_closed = program_.closed && evaluator_.Holds(*program_.closed, frame_);
	if (program_.line_count) {
		const auto count = ParseMoney(evaluator_.First(*program_.line_count, frame_).value_or(""), 0);
		fact_.line_count = static_cast<std::int32_t>(
		    std::clamp<Minor>(count.amount, 0, std::numeric_limits<std::int32_t>::max()));
	}
}

void
FactReader::ReadCurrency(const Surroundings &around) {
	if (!program_.currency) {
		if (around.nested != nullptr && around.nested->inherits_currency) {
			fact_.currency = around.currency;
		}
		return;
	}
	evaluator_.TakeMisfit();
	const auto text = evaluator_.First(*program_.currency, frame_);
	const std::string_view misfit = evaluator_.TakeMisfit();
	if (text) {
		const std::string_view code = context_.texts.UpperCopy(Trim(*text));
		if (CurrencyExponent(code)) {
			fact_.currency = code;
			return;
		}
	} else if (around.nested != nullptr && around.nested->inherits_currency && !around.currency.empty()) {
		fact_.currency = around.currency;
		return;
	}
	if (program_.currency_fallback != CurrencyFallback::none &&
	    CurrencyExponent(context_.options.base_currency)) {
		fact_.currency = context_.texts.Copy(context_.options.base_currency);
		fact_.is_currency_assumed = !text && program_.currency_fallback == CurrencyFallback::order;
		return;
	}
	// A deleted record says little of itself; what it does not say is no problem.
	is_currency_refused_ = text.has_value() || program_.Requires(Word::currency);
	if (text) {
		AddProblem(Name(Word::currency), program_.currency->label,
		           Quoted(*text) + " is not an ISO 4217 currency");
	} else {
		AddMissing(Word::currency, *program_.currency, misfit);
	}
}

std::optional<Minor>
FactReader::ReadAmount(Word word, const std::optional<AmountProgram> &program) {
	if (!program) {
		return std::nullopt;
	}
	const auto exponent = CurrencyExponent(fact_.currency);
	evaluator_.TakeMisfit();
	auto reading = evaluator_.Amount(program->value, frame_,
	                                 exponent ? ScaleOf(*program, fact_.currency, *exponent) : 0);
	if (!reading) {
		AddMissing(word, program->value, evaluator_.TakeMisfit());
		return std::nullopt;
	}
	// Without its currency an amount means nothing, and the currency is a problem already.
	if (!exponent) {
		if (!is_currency_refused_ && program_.Requires(word)) {
			AddProblem(Name(word), program->value.label, "has no currency");
		}
		return std::nullopt;
	}
	reading->money = Signed(reading->money, program->sign);
	if (reading->money.error != MoneyError::none) {
		AddProblem(Name(word), program->value.label, Explain(*reading, fact_.currency));
		return std::nullopt;
	}
	return reading->money.amount;
}

// The amount in the buyer's currency, where that is another one; what cannot be read is not known.
void
FactReader::ReadPresentment() {
	if (!program_.presentment || !program_.presentment_currency || !fact_.amount) {
		return;
	}
	const auto text = evaluator_.First(*program_.presentment_currency, frame_);
	const std::string_view code = text ? context_.texts.UpperCopy(Trim(*text)) : std::string_view{};
	const auto amount = AmountIfAny(*program_.presentment, frame_, code);
	if (amount && code != fact_.currency) {
		fact_.presentment = amount;
		fact_.presentment_currency = code;
	}
	evaluator_.TakeMisfit();
}

std::optional<Instant>
FactReader::ReadTime(Word word, const std::optional<Expression> &expression) {
	const auto text = ReadText(word, expression);
	if (!text) {
		return std::nullopt;
	}
	const auto instant = ReadInstant(*text, context_.options.local_time);
	if (!instant) {
		AddProblem(Name(word), expression->label, Quoted(*text) + " is not a time that can be read");
	}
	return instant;
}

void
FactReader::ReadTimes(const Surroundings &around) {
	fact_.occurred_at = ReadTime(Word::occurred, program_.occurred);
	if (!fact_.occurred_at && around.nested != nullptr && around.nested->inherits_occurred) {
		fact_.occurred_at = around.occurred_at;
	}
	fact_.expected_at = ReadTime(Word::expected, program_.expected);
	ReadVersion(around, ReadTime(Word::version, program_.version_time));
}

void
FactReader::ReadVersion(const Surroundings &around, const std::optional<Instant> &stated) {
	if (around.envelope_version_at) {
		fact_.version_at = around.envelope_version_at;
	} else if (around.nested == nullptr) {
		fact_.version_at = stated;
	} else {
		// optional compares absent as earliest, which is what is wanted
		fact_.version_at = std::max(stated ? stated : fact_.occurred_at, around.version_at);
	}
	std::int64_t sequence = 0;
	if (program_.version_sequence) {
		if (const auto text = evaluator_.First(*program_.version_sequence, frame_)) {
			const Money number = ParseMoney(*text, 0);
			if (number.error != MoneyError::none) {
				AddProblem(Name(Word::version), program_.version_sequence->label,
				           Quoted(*text) + " is not a whole number");
			}
			sequence = std::clamp<std::int64_t>(number.amount, 0, most_sequence);
		}
	}
	fact_.version_sequence = sequence * status_numbers + static_cast<std::int64_t>(fact_.status);
}

Identifier
FactReader::MakeIdentifier(const IdentifierProgram &program, std::string_view value) {
	Identifier identifier;
	identifier.name = Pooled(program.name);
	identifier.value = value == fact_.external_id ? fact_.external_id : context_.texts.Copy(value);
	identifier.role = program.role;
	identifier.scope = program.scope;
	identifier.is_strong = program.is_strong;
	return identifier;
}

// Whether a trimmed text can identify anything.
bool
FactReader::IsUsable(const IdentifierProgram &program, std::string_view value) {
	if (IsPlaceholder(value)) {
		return false;
	}
	if (value.size() <= longest_identifier) {
		return true;
	}
	AddProblem(Pooled(program.name), program.value.label,
	           Quoted(value) + " is longer than " + std::to_string(longest_identifier) + " bytes");
	return false;
}

void
FactReader::AddIdentifier(const IdentifierProgram &program, std::string_view value) {
	const std::string_view name = Pooled(program.name);
	for (const Identifier &known : fact_.identifiers) {
		if (known.value == value && known.name == name && known.role == program.role) {
			return;
		}
	}
	fact_.identifiers.push_back(MakeIdentifier(program, value));
}

void
FactReader::ReadIdentifiers() {
	fact_.identifiers.reserve(program_.identifiers.size());
	for (const IdentifierProgram &program : program_.identifiers) {
		if (!program.condition || evaluator_.Holds(*program.condition, frame_)) {
			ReadIdentifier(program);
		}
	}
}

void
FactReader::ReadIdentifier(const IdentifierProgram &program) {
	std::optional<std::string_view> only;
	bool is_ambiguous = false;
	bool has_text = false;
	evaluator_.TakeMisfit();
	evaluator_.Each(program.value, frame_, [&](std::string_view text) {
		has_text = true;
		const std::string_view value = Trim(text);
		if (!IsUsable(program, value)) {
			return true;
		}
		if (!program.is_single) {
			AddIdentifier(program, value);
			return true;
		}
		is_ambiguous = only && *only != value;
		only = value;
		return !is_ambiguous;
	});
	const std::string_view misfit = evaluator_.TakeMisfit();
	if (only && !is_ambiguous) {
		AddIdentifier(program, *only);
	}
	if (!has_text && !misfit.empty() && program.is_strong) {
		AddProblem(Pooled(program.name), program.value.label, std::string(misfit));
	}
}

std::optional<Identifier>
FactReader::ReadLink(Word word, const std::vector<IdentifierProgram> &programs) {
	for (const IdentifierProgram &program : programs) {
		if (program.condition && !evaluator_.Holds(*program.condition, frame_)) {
			continue;
		}
		const auto text = evaluator_.First(program.value, frame_);
		if (text && IsUsable(program, Trim(*text))) {
			return MakeIdentifier(program, Trim(*text));
		}
	}
	if (!programs.empty()) {
		AddMissing(word, programs.front().value, {});
	}
	return std::nullopt;
}

} // namespace meshline
