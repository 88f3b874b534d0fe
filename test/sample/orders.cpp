// SPDX-License-Identifier: PostgreSQL
// Plans the month's orders: carts, payments, refunds, postings, and which of them go wrong.
#include <algorithm>
#include <array>
#include <utility>

#include "plan.hpp"

namespace meshline::sample {

namespace {

struct Quota {
	Defect defect;
	int per_mille;
};

constexpr std::array<Quota, 14> order_quotas{{
    {Defect::event_id_reused, 3},
    {Defect::underpayment, 6},
    {Defect::overcapture, 5},
    {Defect::duplicate_payment, 5},
    {Defect::currency_mismatch, 4},
    {Defect::minor_unit_error, 3},
    {Defect::void_with_money, 5},
    {Defect::over_refund, 5},
    {Defect::duplicate_refund, 5},
    {Defect::posting_missing, 8},
    {Defect::posting_duplicate, 5},
    {Defect::posting_amount_mismatch, 8},
    {Defect::missing_settlement, 6},
    {Defect::stale_event, 5},
}};

// Which order has which defect: at most one each, at least one of each kind while orders last.
std::vector<Defect>
AssignDefects(const Options &options) {
	const auto count = static_cast<std::size_t>(options.orders);
	std::vector<Defect> defects(count, Defect::none);
	if (options.is_clean) {
		return defects;
	}
	std::vector<std::size_t> free(count);
	for (std::size_t i = 0; i < count; ++i) {
		free[i] = i;
	}
	Random random(options.seed, 2);
	for (const Quota &quota : order_quotas) {
		for (int left = Share(options.orders, quota.per_mille); left > 0 && !free.empty(); --left) {
			std::swap(free[random.Below(free.size())], free.back());
			defects[free.back()] = quota.defect;
			free.pop_back();
		}
	}
	return defects;
}

// When customers order, in order: more by day than by night.
std::vector<Seconds>
OrderTimes(const Options &options) {
	Random random(options.seed, 3);
	std::vector<Seconds> times(static_cast<std::size_t>(options.orders));
	for (Seconds &time : times) {
		const Seconds by_day = random.Between(7 * hour, 22 * hour);
		const Seconds any = random.Between(0, day - 1);
		const bool is_by_day = random.PerMille(850);
		time = options.start + random.Between(0, 29) * day + (is_by_day ? by_day : any);
	}
	std::sort(times.begin(), times.end());
	return times;
}

Minor
PriceIn(const Currency &currency, Minor cents) {
	if (currency.exponent == 0) {
		return cents * 3 / 20 * 10; // about 150 yen to the dollar
	}
	if (currency.exponent == 3) {
		return RoundDown(cents * 3, currency); // about 0.3 dinar
	}
	return cents;
}

int
TaxRate(const Currency &currency) {
	return currency.exponent == 0 ? 1000 : currency.exponent == 3 ? 500 : 825; // of 10,000
}

void
FillLines(Order &order, Random &random) {
	constexpr std::array<int, 10> line_counts{1, 1, 1, 1, 2, 2, 2, 3, 4, 5};
	const int count = line_counts[random.Below(line_counts.size())];
	const std::size_t first = random.Below(Products().size());
	for (int i = 0; i < count; ++i) {
		const std::size_t number = (first + static_cast<std::size_t>(i) * 7) % Products().size();
		Line line;
		line.product = &Products()[number];
		line.product_number = static_cast<int>(number);
		line.quantity = random.PerMille(750) ? 1 : static_cast<int>(random.Between(2, 3));
		line.price = PriceIn(*order.currency, line.product->cents);
		order.lines.push_back(line);
	}
}

// Spreads a tenth off over the lines; the last line takes the remainder.
void
SpreadDiscount(Order &order) {
	Minor gross = 0;
	for (const Line &line : order.lines) {
		gross += line.price * line.quantity;
	}
	order.discount = RoundDown(gross / 10, *order.currency);
	Minor left = order.discount;
	for (Line &line : order.lines) {
		line.discount = RoundDown(line.price * line.quantity / 10, *order.currency);
		line.discount = &line == &order.lines.back() ? left : std::min(left, line.discount);
		left -= line.discount;
	}
}

void
SumUp(Order &order) {
	const Currency &currency = *order.currency;
	order.subtotal = 0;
	order.tax = 0;
	for (std::size_t i = 0; i < order.lines.size(); ++i) {
		Line &line = order.lines[i];
		line.id = 14'000'000'000'000 + order.index * 4096LL + static_cast<std::int64_t>(i) * 32 + 7;
		line.tax = RoundDown((line.Net() * TaxRate(currency) + 5000) / 10000, currency);
		order.subtotal += line.Net();
		order.tax += line.tax;
	}
	order.total = order.subtotal + order.shipping + order.tax;
}

void
FillCart(Month &month, Order &order, Random &random) {
	order.customer = &month.customers[random.Below(month.buyer_count)];
	FillLines(order, random);
	if (random.PerMille(200)) {
		SpreadDiscount(order);
	}
	constexpr std::array<Minor, 4> shipping_cents{0, 590, 590, 990};
	order.shipping = PriceIn(*order.currency, shipping_cents[random.Below(shipping_cents.size())]);
	SumUp(order);
}

// The same customer orders the same cart again a day later: a second order, not a duplicate.
bool
RepeatCart(const Month &month, Order &order) {
	const auto earlier = [&](const Order &other) { return other.created_at >= order.created_at - 28 * hour; };
	const auto found = std::find_if(month.orders.begin(), month.orders.end(), earlier);
	if (found == month.orders.end() || found->created_at > order.created_at - 20 * hour ||
	    found->currency != order.currency) {
		return false;
	}
	order.customer = found->customer;
	order.lines = found->lines;
	order.discount = found->discount;
	order.shipping = found->shipping;
	SumUp(order);
	return true;
}

Payment &
AddPayment(Order &order, Random &random, Tender tender, Minor amount) {
	const auto number = static_cast<std::int64_t>(order.payments.size());
	Payment payment;
	payment.tender = tender;
	payment.currency = order.currency;
	payment.amount = amount;
	payment.created_at = order.created_at + random.Between(2, 40) + number * 45;
	payment.captured_at = payment.created_at;
	payment.transaction_id = 6'800'000'000'000 + order.index * 4096LL + number * 64 + 13;
	payment.has_intent_event = random.PerMille(600);
	payment.is_plain = random.PerMille(250);
	payment.is_late = random.PerMille(10);
	payment.charge = "ch_3" + random.Token(base62, 23);
	payment.intent = "pi_3" + random.Token(base62, 23);
	payment.balance_transaction = "txn_3" + random.Token(base62, 23);
	order.payments.push_back(std::move(payment));
	return order.payments.back();
}

// How the shop and the processor refer to each other, for an order with a single card payment.
void
ChooseReference(Payment &payment, Random &random) {
	const std::uint64_t roll = random.Below(100);
	if (roll < 20) {
		payment.has_metadata = false;
	} else if (roll < 35) {
		payment.names_intent = true;
		payment.has_metadata = roll < 28;
	} else if (roll < 45) {
		payment.is_in_shop = false;
	}
}

void
AddEqualHalves(Order &order, Random &random, Tender first) {
	if (order.total / order.currency->step % 2 != 0) {
		order.shipping += order.currency->step;
		SumUp(order);
	}
	AddPayment(order, random, first, order.total / 2);
	AddPayment(order, random, Tender::card, order.total / 2);
}

void
AuthorizeFirst(Order &order, Random &random) {
	Payment &payment = AddPayment(order, random, Tender::card, order.total);
	payment.is_authorized_first = true;
	payment.authorization_id = payment.transaction_id - 5;
	payment.captured_at = order.fulfilled_at - 20 * minute;
}

// Pays an order that nothing is wrong with.
void
PayWell(Order &order, Random &random) {
	const std::uint64_t roll = random.Below(1000);
	if (roll < 800) {
		ChooseReference(AddPayment(order, random, Tender::card, order.total), random);
		order.has_deposit = random.PerMille(60);
	} else if (roll < 870) {
		AuthorizeFirst(order, random);
	} else if (roll < 900) {
		AddEqualHalves(order, random, Tender::card);
	} else if (roll < 920) {
		AddEqualHalves(order, random, Tender::gift_card);
	} else if (roll < 945) {
		const Minor part = RoundDown(order.total * random.Between(10, 40) / 100, *order.currency);
		AddPayment(order, random, Tender::gift_card, part);
		AddPayment(order, random, Tender::card, order.total - part);
	} else if (roll < 995) {
		AddPayment(order, random, Tender::manual, order.total);
	} else { // never paid, cancelled
		order.fulfilled_at = 0;
		order.cancelled_at = order.created_at + random.Between(1, 3) * day;
		order.has_posting = false;
	}
}

// Pays an order in the way its defect asks for.
void
PayWithDefect(Order &order, Random &random) {
	const Minor part = std::max(10 * order.currency->step, order.total * random.Between(3, 15) / 100);
	const Minor off = RoundDown(part, *order.currency);
	Minor amount = order.total;
	switch (order.defect) {
	case Defect::underpayment:
		amount -= off;
		order.fulfilled_at = 0;
		break;
	case Defect::overcapture:
		amount += off;
		break;
	case Defect::minor_unit_error:
		amount *= 100;
		break;
	case Defect::currency_mismatch:
		order.fulfilled_at = 0;
		break;
	case Defect::void_with_money:
		order.fulfilled_at = 0;
		order.cancelled_at = order.created_at + random.Between(3, 30) * hour;
		order.has_posting = false;
		break;
	case Defect::posting_missing:
		order.has_posting = false;
		break;
	case Defect::posting_amount_mismatch:
		order.posting_error = random.PerMille(500) ? off : -off;
		break;
	default:
		break;
	}
	Payment &payment = AddPayment(order, random, Tender::card, amount);
	ChooseReference(payment, random);
	if (order.defect == Defect::currency_mismatch) {
		payment.currency = &Euro();
	} else if (order.defect == Defect::missing_settlement) {
		payment.is_settled = false;
	} else if (order.defect == Defect::event_id_reused) {
		payment.is_in_shop = true;
		payment.names_intent = false;
		payment.has_intent_event = true;
	} else if (order.defect == Defect::duplicate_payment) {
		payment.is_in_shop = true;
		const Seconds again = payment.created_at + random.Between(10, 50) * minute;
		Payment &second = AddPayment(order, random, Tender::card, amount);
		second.created_at = again;
		second.captured_at = again;
	}
}

} // namespace

int
Share(int orders, int per_mille) {
	return std::max(1, static_cast<int>(static_cast<std::int64_t>(orders) * per_mille / 1000));
}

void
FillStray(Month &month, Order &stray, Random &random) {
	FillCart(month, stray, random);
	AddPayment(stray, random, Tender::card, stray.total);
}

void
PlanOrders(Month &month) {
	const Options &options = month.options;
	const std::vector<Defect> defects = AssignDefects(options);
	const std::vector<Seconds> times = OrderTimes(options);
	for (int i = 0; i < options.orders; ++i) {
		const auto index = static_cast<std::size_t>(i);
		Random random(options.seed, 4, index);
		Order order;
		order.index = i;
		order.id = 5'600'000'000'000 + i * 65'536LL + random.Between(0, 60'000);
		order.name = std::to_string(1001 + i);
		order.created_at = times[index];
		order.defect = defects[index];
		const std::uint64_t roll = random.Below(1000);
		order.currency = roll < 40 ? &Yen() : roll < 60 ? &KuwaitiDinar() : &UsDollar();
		if (order.defect == Defect::minor_unit_error) {
			order.currency = &Yen();
		} else if (order.defect == Defect::currency_mismatch) {
			order.currency = &UsDollar();
		}
		const bool repeats_cart = order.defect == Defect::none && random.PerMille(8);
		if (!repeats_cart || !RepeatCart(month, order)) {
			FillCart(month, order, random);
		}
		order.fulfilled_at = order.created_at + random.Between(6 * hour, 61 * hour);
		order.is_polled = random.PerMille(350) && order.defect != Defect::stale_event;
		order.is_wholesale = random.PerMille(options.wholesale_percent * 10) && order.defect == Defect::none;
		if (order.defect == Defect::none) {
			PayWell(order, random);
		} else {
			PayWithDefect(order, random);
		}
		PlanRefunds(order, random);
		PlanVersions(order);
		month.orders.push_back(std::move(order));
	}
}

} // namespace meshline::sample
