// SPDX-License-Identifier: PostgreSQL
// Schedules which payload reaches which staging table when, and which records describe one order.
#include <algorithm>
#include <tuple>
#include <utility>

#include "payloads.hpp"
#include "plan.hpp"

namespace meshline::sample {

namespace {

// Collects the payloads about one canonical order (or payout).
class Courier {
public:
	Courier(Month &month, std::int64_t group, Random random) : month_(month), group_(group), random_(random) {
	}

	// `subject` is the record that the payload is about, "system:object:external_id".
	void
	Send(Seconds arrives_at, std::string_view table, std::string event_id, std::string subject,
	     std::function<std::string()> payload) {
		if (group_ != 0) {
			month_.groups.push_back({group_, subject});
		}
		Delivery delivery;
		delivery.arrives_at = arrives_at;
		delivery.sequence = month_.deliveries.size();
		delivery.table = table;
		delivery.event_id = std::move(event_id);
		delivery.subject = std::move(subject);
		delivery.may_repeat = may_repeat;
		delivery.payload = std::move(payload);
		month_.deliveries.push_back(std::move(delivery));
	}

	// A record that arrives inside another's payload.
	void
	Embed(std::string subject) {
		if (group_ != 0) {
			month_.groups.push_back({group_, std::move(subject)});
		}
	}

	// From here on, records are members of no group.
	void
	Leave() {
		group_ = 0;
	}

	Random &
	random() {
		return random_;
	}

	bool may_repeat = true;

private:
	Month &month_;
	std::int64_t group_;
	Random random_;
};

std::string
Subject(std::string_view object, std::string_view id) {
	return std::string(object) + ":" + std::string(id);
}

std::string
Subject(std::string_view object, std::int64_t id) {
	return std::string(object) + ":" + std::to_string(id);
}

// The id that Shopify's webhook headers carry.
std::string
WebhookId(Random &random) {
	std::string id = random.Token(hexadecimal, 32);
	id[12] = '4';
	id[16] = 'a';
	for (const std::size_t dash : {8U, 13U, 18U, 23U}) {
		id.insert(dash, 1, '-');
	}
	return id;
}

void
SendVersions(Courier &courier, const Order &order) {
	const bool is_polled = order.is_polled || order.is_late;
	Random &random = courier.random();
	for (std::size_t i = 0; i < order.versions.size(); ++i) {
		Seconds arrives_at = order.versions[i].updated_at;
		arrives_at += is_polled ? random.Between(1, 5 * hour) : random.Between(3, 90);
		if (order.is_late) {
			arrives_at += 2 * day;
		} else if (order.defect == Defect::stale_event && i == 0) {
			arrives_at = order.versions[1].updated_at + random.Between(2, 300) * minute;
		}
		courier.Send(arrives_at, "shopify_order", is_polled ? std::string() : WebhookId(random),
		             Subject("shopify:order", order.id),
		             [&order, i] { return shopify::OrderPayload(order, i); });
	}
}

void
SendTransaction(Courier &courier, const Order &order, const Payment &payment) {
	const Seconds delay = courier.random().Between(5, 20 * minute);
	if (payment.is_authorized_first) {
		courier.Send(payment.created_at + delay, "shopify_transaction", {},
		             Subject("shopify:transaction", payment.authorization_id),
		             [&order, &payment] { return shopify::TransactionPayload(order, payment, true); });
	}
	courier.Send(payment.captured_at + delay, "shopify_transaction", {},
	             Subject("shopify:transaction", payment.transaction_id),
	             [&order, &payment] { return shopify::TransactionPayload(order, payment, false); });
}

void
SendChargeEvent(Courier &courier, const Order &order, const Payment &payment, std::string_view type,
                Seconds time, stripe::ChargeState state) {
	std::string event_id = stripe::EventId(type, payment.charge);
	const Seconds arrives_at = time + courier.random().Between(1, 60);
	courier.Send(arrives_at, "stripe_event", event_id, Subject("stripe:charge", payment.charge),
	             [&order, &payment, type, time, state, event_id] {
		             return stripe::ChargeEvent(order, payment, type, event_id, time, state);
	             });
}

void
SendCharge(Courier &courier, const Order &order, const Payment &payment) {
	if (payment.is_plain) {
		courier.Send(payment.captured_at + courier.random().Between(10, 3 * hour), "stripe_charge", {},
		             Subject("stripe:charge", payment.charge),
		             [&order, &payment] { return stripe::ChargePayload(order, payment, {}); });
	} else {
		const bool is_captured = !payment.is_authorized_first;
		SendChargeEvent(courier, order, payment, "charge.succeeded", payment.created_at, {is_captured, 0});
		if (payment.is_authorized_first) {
			SendChargeEvent(courier, order, payment, "charge.captured", payment.captured_at, {});
		}
	}
}

void
SendIntent(Courier &courier, const Order &order, const Payment &payment) {
	std::string event_id = stripe::EventId("payment_intent.succeeded", payment.intent);
	const Seconds arrives_at = payment.captured_at + courier.random().Between(2, 90);
	courier.Send(arrives_at, "stripe_event", event_id, Subject("stripe:payment_intent", payment.intent),
	             [&order, &payment, event_id] { return stripe::IntentEvent(order, payment, event_id); });
}

// An event about the intent, and one of the same id about the charge. Which of them a receiver
// believes is its own affair: nothing else depends on them, so neither is a member of the group.
void
SendReusedEvent(Courier courier, const Order &order, const Payment &payment) {
	courier.Leave();
	courier.may_repeat = false;
	SendIntent(courier, order, payment);
	std::string event_id = stripe::EventId("payment_intent.succeeded", payment.intent);
	courier.Send(payment.captured_at + courier.random().Between(2, 20) * hour, "stripe_event", event_id,
	             Subject("stripe:charge", payment.charge), [&order, &payment, event_id] {
		             return stripe::ChargeEvent(order, payment, "charge.succeeded", event_id,
		                                        payment.created_at, {});
	             });
}

void
SendPayments(Courier &courier, const Order &order) {
	for (const Payment &payment : order.payments) {
		if (payment.is_in_shop || payment.tender != Tender::card) {
			SendTransaction(courier, order, payment);
		}
		if (payment.tender != Tender::card || (order.is_test && payment.is_in_shop)) {
			continue;
		}
		SendCharge(courier, order, payment);
		if (order.defect == Defect::event_id_reused) {
			SendReusedEvent(courier, order, payment);
		} else if (payment.has_intent_event) {
			SendIntent(courier, order, payment);
		}
	}
}

void
SendShopRefund(Courier &courier, const Order &order, const Refund &refund) {
	Random &random = courier.random();
	if (refund.link != RefundLink::settlement) {
		courier.Embed(Subject("shopify:refund", refund.id));
		courier.Embed(Subject("shopify:transaction", refund.transaction_id));
	}
	if (!refund.is_standalone) {
		return;
	}
	const std::string webhook_id = WebhookId(random);
	courier.Send(refund.created_at + random.Between(5, 90), "shopify_refund", webhook_id,
	             Subject("shopify:refund", refund.id),
	             [&order, &refund] { return shopify::RefundPayload(order, refund); });
	if (random.PerMille(500)) {
		courier.Send(refund.created_at + random.Between(5, 20 * minute), "shopify_transaction", {},
		             Subject("shopify:transaction", refund.transaction_id),
		             [&order, &refund] { return shopify::RefundTransactionPayload(order, refund); });
	}
}

void
SendProcessorRefund(Courier &courier, const Order &order, std::size_t number) {
	const Refund &refund = order.refunds[number];
	const Payment &payment = order.payments.front();
	Random &random = courier.random();
	const Seconds arrives_at = refund.created_at + random.Between(2, 60);
	const std::string subject = Subject("stripe:refund", refund.refund);
	if (refund.is_plain) {
		courier.Send(arrives_at + hour, "stripe_refund", {}, subject,
		             [&order, &refund] { return stripe::RefundPayload(order, refund); });
	} else {
		courier.Send(arrives_at, "stripe_event", stripe::EventId("refund.created", refund.refund), subject,
		             [&order, &refund] { return stripe::RefundEvent(order, refund); });
	}
	if (refund.link == RefundLink::settlement || order.defect == Defect::refund_without_order ||
	    !random.PerMille(700)) {
		return;
	}
	std::string event_id = stripe::EventId("charge.refunded", refund.refund);
	const Minor refunded = order.Refunded(number + 1);
	courier.Send(arrives_at + 1, "stripe_event", event_id, Subject("stripe:charge", payment.charge),
	             [&order, &payment, &refund, event_id, refunded] {
		             return stripe::ChargeEvent(order, payment, "charge.refunded", event_id,
		                                        refund.created_at + 1, {true, refunded});
	             });
}

// NetSuite is polled in the morning.
Seconds
PolledMorning(Seconds time, Random &random) {
	return time - time % day + day + 14 * hour + random.Between(0, 2 * hour);
}

void
SendPostings(Courier &courier, const Order &order) {
	using netsuite::Sale;
	Random &random = courier.random();
	const Seconds arrives_at = PolledMorning(order.created_at, random);
	const auto sell = [&](Sale sale) {
		courier.Send(arrives_at, "netsuite_cash_sale", {},
		             Subject("netsuite:cash_sale", netsuite::CashSaleId(order, sale)),
		             [&order, sale] { return netsuite::CashSalePayload(order, sale); });
	};
	if (order.has_posting) {
		sell(Sale::first);
	}
	if (order.defect == Defect::posting_duplicate) {
		sell(Sale::again);
	}
	if (order.has_deposit) {
		courier.Send(arrives_at, "netsuite_customer_deposit", {},
		             Subject("netsuite:customer_deposit", netsuite::DepositId(order)),
		             [&order] { return netsuite::CustomerDepositPayload(order); });
	}
	for (std::size_t i = 0; i < order.refunds.size(); ++i) {
		courier.Send(PolledMorning(order.refunds[i].created_at, random), "netsuite_customer_refund", {},
		             Subject("netsuite:customer_refund", netsuite::RefundId(order, i)),
		             [&order, i] { return netsuite::CustomerRefundPayload(order, i); });
	}
}

// Wholesale orders are written down in QuickBooks too, beside the books of record.
void
SendWholesale(Courier &courier, const Order &order) {
	const Seconds arrives_at = order.created_at + 22 * hour + courier.random().Between(0, hour);
	const std::int64_t id = quickbooks::OrderDocumentId(order);
	if (quickbooks::IsInvoiced(order)) {
		courier.Send(arrives_at, "quickbooks_invoice", {}, Subject("quickbooks:invoice", id),
		             [&order] { return quickbooks::InvoicePayload(order); });
		courier.Send(arrives_at + minute, "quickbooks_payment", {}, Subject("quickbooks:payment", id),
		             [&order] { return quickbooks::PaymentPayload(order); });
	} else {
		courier.Send(arrives_at, "quickbooks_sales_receipt", {}, Subject("quickbooks:sales_receipt", id),
		             [&order] { return quickbooks::SalesReceiptPayload(order); });
	}
	for (std::size_t i = 0; i < order.refunds.size(); ++i) {
		courier.Send(order.refunds[i].created_at + 22 * hour, "quickbooks_refund_receipt", {},
		             Subject("quickbooks:refund_receipt", quickbooks::RefundReceiptId(order, i)),
		             [&order, i] { return quickbooks::RefundReceiptPayload(order, i); });
	}
}

void
SendOrder(Courier &courier, const Order &order) {
	SendVersions(courier, order);
	SendPayments(courier, order);
	if (order.fulfilled_at != 0) {
		const std::string webhook_id = WebhookId(courier.random());
		const Seconds arrives_at = order.fulfilled_at + courier.random().Between(5, 120);
		courier.Send(arrives_at, "shopify_fulfillment", webhook_id,
		             Subject("shopify:fulfillment", shopify::FulfillmentId(order)),
		             [&order] { return shopify::FulfillmentPayload(order); });
	}
	for (std::size_t i = 0; i < order.refunds.size(); ++i) {
		SendShopRefund(courier, order, order.refunds[i]);
		SendProcessorRefund(courier, order, i);
	}
	SendPostings(courier, order);
	if (order.is_wholesale && order.has_posting) {
		SendWholesale(courier, order);
	}
}

// A payload that lacks its total, or that was cut off on the way.
void
SendInvalid(Courier &courier, const Order &order) {
	const bool is_cut = order.index % 2 == 0;
	courier.Send(order.versions.back().updated_at + 20, "shopify_order", WebhookId(courier.random()),
	             Subject("shopify:order", order.id), [&order, is_cut] {
		             const std::size_t last = order.versions.size() - 1;
		             std::string payload = is_cut ? shopify::OrderPayload(order, last)
		                                          : shopify::OrderWithoutTotal(order, last);
		             payload.resize(is_cut ? payload.size() * 2 / 3 : payload.size());
		             return payload;
	             });
}

void
SendStray(Courier &courier, const Order &stray) {
	courier.may_repeat = stray.defect != Defect::invalid_payload && !stray.is_test;
	if (stray.defect == Defect::invalid_payload) {
		courier.Leave();
		SendInvalid(courier, stray);
	} else if (stray.defect == Defect::refund_without_order) {
		SendProcessorRefund(courier, stray, 0);
	} else if (stray.is_test) {
		courier.Leave();
		if (stray.payments.front().is_in_shop) {
			SendVersions(courier, stray);
		}
		SendPayments(courier, stray);
	} else {
		SendPayments(courier, stray);
	}
}

void
SendPayout(Courier &courier, const Payout &payout) {
	const std::string subject = Subject("stripe:payout", payout.id);
	if (payout.number % 3 == 0) {
		courier.Send(payout.arrival_at + 8 * hour, "stripe_payout", {}, subject,
		             [&payout] { return stripe::PayoutPayload(payout); });
	} else {
		courier.Send(payout.arrival_at + 6 * hour + 20, "stripe_event",
		             stripe::EventId("payout.paid", payout.id), subject,
		             [&payout] { return stripe::PayoutEvent(payout); });
	}
	if (payout.has_deposit) {
		courier.Send(payout.arrival_at + 16 * hour, "quickbooks_deposit", {},
		             Subject("quickbooks:deposit", quickbooks::DepositId(payout)),
		             [&payout] { return quickbooks::DepositPayload(payout); });
	}
}

} // namespace

void
PlanDeliveries(Month &month) {
	const std::uint64_t seed = month.options.seed;
	const auto group_of = [](const Order &order) { return static_cast<std::int64_t>(order.index) + 1; };
	const auto courier_of = [&](const Order &order) {
		return Courier(month, group_of(order), Random(seed, 8, static_cast<std::uint64_t>(order.index)));
	};
	for (const Order &order : month.orders) {
		Courier courier = courier_of(order);
		SendOrder(courier, order);
	}
	for (const Order &stray : month.strays) {
		Courier courier = courier_of(stray);
		SendStray(courier, stray);
	}
	for (const Payout &payout : month.payouts) {
		Courier of_payout(month, -payout.number - 1,
		                  Random(seed, 9, static_cast<std::uint64_t>(payout.number)));
		SendPayout(of_payout, payout);
		for (const SettlementLine &line : payout.lines) {
			Courier courier(month, group_of(*line.order), Random(seed));
			courier.Send(payout.created_at + 2 * hour, "stripe_balance_transaction", {},
			             Subject("stripe:balance_transaction", line.id),
			             [&payout, &line] { return stripe::BalanceTransactionPayload(payout, line); });
		}
	}
	std::sort(month.groups.begin(), month.groups.end(), [](const Membership &left, const Membership &right) {
		return std::tie(left.group, left.record) < std::tie(right.group, right.record);
	});
	const auto repeated = std::unique(month.groups.begin(), month.groups.end(),
	                                  [](const Membership &left, const Membership &right) {
		                                  return left.group == right.group && left.record == right.record;
	                                  });
	month.groups.erase(repeated, month.groups.end());
}

} // namespace meshline::sample
