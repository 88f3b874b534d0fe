// SPDX-License-Identifier: PostgreSQL
#include "core/assumed_currency.hpp"

#include <optional>

#include "core/currency.hpp"
#include "core/wide.hpp"

namespace meshline {

namespace {

// The amount times a power of ten, where that is whole and fits.
std::optional<Minor>
Shifted(Minor amount, int power) {
	Wide shifted = amount;
	for (; power > 0; --power) {
		shifted *= 10;
	}
	for (; power < 0; ++power) {
		if (shifted % 10 != 0) {
			return std::nullopt;
		}
		shifted /= 10;
	}
	return Clamp(shifted) == shifted ? std::optional(Clamp(shifted)) : std::nullopt;
}

} // namespace

bool
TakeCurrency(Fact &fact, std::string_view currency) {
	const auto from = CurrencyExponent(fact.currency);
	const auto to = CurrencyExponent(currency);
	if (!from || !to) {
		return false;
	}
	if (*from != *to) {
		std::optional<Minor> shifted[3];
		std::optional<Minor> *const amounts[] = {&fact.amount, &fact.fee, &fact.net};
		for (int i = 0; i < 3; ++i) {
			shifted[i] = *amounts[i] ? Shifted(**amounts[i], *to - *from) : std::nullopt;
			if (amounts[i]->has_value() != shifted[i].has_value()) {
				return false;
			}
		}
		for (int i = 0; i < 3; ++i) {
			*amounts[i] = shifted[i];
		}
		fact.parts = {};
		fact.items.clear();
	}
	fact.currency = currency;
	return true;
}

} // namespace meshline
