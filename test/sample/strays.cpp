// SPDX-License-Identifier: PostgreSQL
// Plans what belongs to no order of the month: money without an order, test records, bad payloads.
#include <array>
#include <utility>

#include "plan.hpp"

namespace meshline::sample {

namespace {

struct StrayQuota {
	Defect defect;
	int per_mille;
};

constexpr std::array<StrayQuota, 5> stray_quotas{{
    {Defect::unmapped_order, 5},
    {Defect::orphan_payment, 5},
    {Defect::refund_without_order, 5},
    {Defect::invalid_payload, 4},
    {Defect::test_mode_record, 4},
}};

void
AddLostRefund(Order &stray, Random &random) {
	Refund refund;
	refund.link = RefundLink::charge;
	refund.amount = RoundDown(stray.total * random.Between(20, 100) / 100, *stray.currency);
	refund.created_at = stray.created_at + random.Between(10, 60) * minute;
	refund.is_plain = random.PerMille(500);
	refund.refund = "re_3" + random.Token(base62, 23);
	refund.balance_transaction = "txn_3" + random.Token(base62, 23);
	stray.refunds.push_back(std::move(refund));
}

Order
MakeStray(Month &month, Defect defect, int number) {
	const Options &options = month.options;
	Random random(options.seed, 5, static_cast<std::uint64_t>(number));
	Order stray;
	stray.index = options.orders + number;
	stray.id = 5'600'000'000'000 + stray.index * 65'536LL + random.Between(0, 60'000);
	stray.name = std::to_string(1001 + stray.index);
	stray.currency = &UsDollar();
	stray.created_at = options.start + random.Between(day, 28 * day);
	stray.defect = defect;
	stray.has_posting = false;
	FillStray(month, stray, random);
	stray.customer = &month.customers[month.buyer_count + static_cast<std::size_t>(number) %
	                                                          (month.customers.size() - month.buyer_count)];
	Payment &payment = stray.payments.front();
	payment.is_in_shop = false;
	payment.has_intent_event = false;
	payment.has_metadata = defect == Defect::unmapped_order;
	if (defect == Defect::refund_without_order) {
		AddLostRefund(stray, random);
	} else if (defect == Defect::invalid_payload) { // neither paid nor open, so that nothing else follows
		stray.payments.clear();
		stray.cancelled_at = stray.created_at + hour;
	} else if (defect == Defect::test_mode_record) {
		stray.is_test = true;
		payment.is_settled = false;
		payment.is_in_shop = number % 2 == 0; // a test order of the shop, or a test charge
		payment.is_plain = random.PerMille(500);
	}
	PlanVersions(stray);
	return stray;
}

} // namespace

void
PlanStrays(Month &month) {
	if (month.options.is_clean) {
		return;
	}
	int number = 0;
	for (const StrayQuota &quota : stray_quotas) {
		for (int left = Share(month.options.orders, quota.per_mille); left > 0; --left) {
			month.strays.push_back(MakeStray(month, quota.defect, number));
			++number;
		}
	}
}

} // namespace meshline::sample
