// SPDX-License-Identifier: PostgreSQL
#include "core/assumed_currency.hpp"

#include <optional>
#include <tuple>

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

// The order that the record's source knows; of several, which are ambiguous and reported, the first.
const RecordView *
OrderOf(const RecordView &record, std::span<const RecordView> records) {
	const RecordView *order = nullptr;
	for (const RecordView &other : records) {
		if (other.kind == Kind::order && other.connection_id == record.connection_id &&
		    !other.currency.empty() &&
		    (order == nullptr ||
		     std::tie(other.object, other.external_id) < std::tie(order->object, order->external_id))) {
			order = &other;
		}
	}
	return order;
}

} // namespace

bool
TakeOrderCurrency(RecordView &record, std::span<const RecordView> records) {
	if (!record.is_currency_assumed) {
		return false;
	}
	const RecordView *order = OrderOf(record, records);
	if (order == nullptr || order->currency == record.currency) {
		return false;
	}
	const auto from = CurrencyExponent(record.currency);
	const auto to = CurrencyExponent(order->currency);
	if (!from || !to) {
		return false;
	}
	if (*from != *to) {
		std::optional<Minor> shifted[3];
		std::optional<Minor> *const amounts[] = {&record.amount, &record.fee, &record.net};
		for (int i = 0; i < 3; ++i) {
			shifted[i] = *amounts[i] ? Shifted(**amounts[i], *to - *from) : std::nullopt;
			if (amounts[i]->has_value() != shifted[i].has_value()) {
				return false;
			}
		}
		for (int i = 0; i < 3; ++i) {
			*amounts[i] = shifted[i];
		}
		record.parts = {};
		record.items = {};
	}
	record.currency = order->currency;
	return true;
}

} // namespace meshline
