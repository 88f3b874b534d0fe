// SPDX-License-Identifier: PostgreSQL
// Stripe objects, plain and inside event envelopes.
#include "payloads.hpp"

namespace meshline::sample::stripe {

namespace {

std::uint64_t
Hash(std::string_view text) { // FNV-1a
	std::uint64_t hash = 0xcbf29ce484222325ULL;
	for (const char letter : text) {
		hash = (hash ^ static_cast<unsigned char>(letter)) * 0x100000001b3ULL;
	}
	return hash;
}

void
WriteMetadata(JsonWriter &json, const Order &order, bool has_order) {
	json.Object("metadata");
	if (has_order) {
		json.Text("order_id", std::to_string(order.id)).Text("order_name", "#" + order.name);
	}
	json.End();
}

void
WriteBillingDetails(JsonWriter &json, const Customer &customer) {
	json.Object("billing_details")
	    .Object("address")
	    .Text("city", customer.city)
	    .Text("country", "US")
	    .Text("line1", customer.street)
	    .Null("line2")
	    .Text("postal_code", customer.zip)
	    .Text("state", customer.province_code)
	    .End()
	    .Text("email", customer.email)
	    .Text("name", customer.first_name + " " + customer.last_name)
	    .Text("phone", customer.phone)
	    .End();
}

void
WriteCard(JsonWriter &json, const Payment &payment) {
	const std::uint64_t hash = Hash(payment.charge);
	json.Object("payment_method_details")
	    .Object("card")
	    .Text("brand", hash % 3 == 0 ? "mastercard" : "visa")
	    .Object("checks")
	    .Text("address_postal_code_check", "pass")
	    .Text("cvc_check", "pass")
	    .End()
	    .Text("country", "US")
	    .Number("exp_month", static_cast<std::int64_t>(1 + hash % 12))
	    .Number("exp_year", 2029)
	    .Text("funding", "credit")
	    .Text("last4", std::to_string(10'000 + hash / 16 % 10'000).substr(1))
	    .Null("wallet")
	    .End()
	    .Text("type", "card")
	    .End();
}

void
WriteCharge(JsonWriter &json, const Order &order, const Payment &payment, ChargeState state) {
	json.Text("id", payment.charge)
	    .Text("object", "charge")
	    .Number("amount", payment.amount)
	    .Number("amount_captured", state.is_captured ? payment.amount : 0)
	    .Number("amount_refunded", state.refunded)
	    .Null("application")
	    .Null("application_fee_amount");
	if (state.is_captured && !order.is_test) {
		json.Text("balance_transaction", payment.balance_transaction);
	} else {
		json.Null("balance_transaction");
	}
	WriteBillingDetails(json, *order.customer);
	json.Text("calculated_statement_descriptor", "NORTHWIND GOODS")
	    .Bool("captured", state.is_captured)
	    .Number("created", payment.created_at)
	    .Text("currency", payment.currency->lower)
	    .Null("customer")
	    .Null("description")
	    .Bool("disputed", false)
	    .Null("failure_code")
	    .Null("failure_message")
	    .Null("invoice")
	    .Bool("livemode", !order.is_test);
	WriteMetadata(json, order, payment.has_metadata);
	json.Object("outcome")
	    .Text("network_status", "approved_by_network")
	    .Text("risk_level", "normal")
	    .Number("risk_score", static_cast<std::int64_t>(Hash(payment.charge) % 60))
	    .Text("seller_message", "Payment complete.")
	    .Text("type", "authorized")
	    .End()
	    .Bool("paid", true)
	    .Text("payment_intent", payment.intent)
	    .Text("payment_method", "pm_1" + payment.charge.substr(4));
	WriteCard(json, payment);
	json.Text("receipt_email", order.customer->email)
	    .Null("receipt_number")
	    .Text("receipt_url", "https://pay.stripe.example/receipts/" + payment.charge)
	    .Bool("refunded", state.refunded >= payment.amount)
	    .Null("review")
	    .Null("shipping")
	    .Null("source_transfer")
	    .Null("statement_descriptor")
	    .Text("status", "succeeded")
	    .Null("transfer_data")
	    .Null("transfer_group");
}

void
WriteIntent(JsonWriter &json, const Order &order, const Payment &payment) {
	json.Text("id", payment.intent)
	    .Text("object", "payment_intent")
	    .Number("amount", payment.amount)
	    .Number("amount_capturable", 0)
	    .Number("amount_received", payment.amount)
	    .Null("canceled_at")
	    .Text("capture_method", payment.is_authorized_first ? "manual" : "automatic")
	    .Text("confirmation_method", "automatic")
	    .Number("created", payment.created_at - 2)
	    .Text("currency", payment.currency->lower)
	    .Null("customer")
	    .Null("description")
	    .Null("last_payment_error")
	    .Text("latest_charge", payment.charge)
	    .Bool("livemode", true);
	WriteMetadata(json, order, payment.has_metadata);
	json.Null("next_action")
	    .Text("payment_method", "pm_1" + payment.charge.substr(4))
	    .Array("payment_method_types")
	    .Text("", "card")
	    .End()
	    .Text("receipt_email", order.customer->email)
	    .Null("shipping")
	    .Text("status", "succeeded")
	    .Null("transfer_group");
}

// As the refund's own payload shows it, or whole, as a settlement line embeds it.
void
WriteRefund(JsonWriter &json, const Order &order, const Refund &refund, bool is_embedded) {
	const Payment &payment = order.payments.front();
	const bool has_charge = is_embedded || refund.link != RefundLink::settlement;
	const bool has_order = !is_embedded && refund.link == RefundLink::order;
	json.Text("id", refund.refund)
	    .Text("object", "refund")
	    .Number("amount", refund.amount)
	    .Text("balance_transaction", refund.balance_transaction);
	if (has_charge) {
		json.Text("charge", payment.charge);
	} else {
		json.Null("charge");
	}
	json.Number("created", refund.created_at).Text("currency", order.currency->lower);
	WriteMetadata(json, order, has_order);
	if (has_order) {
		json.Text("payment_intent", payment.intent);
	} else {
		json.Null("payment_intent");
	}
	json.Text("reason", "requested_by_customer")
	    .Null("receipt_number")
	    .Null("source_transfer_reversal")
	    .Text("status", "succeeded")
	    .Null("transfer_reversal");
}

void
WritePayout(JsonWriter &json, const Payout &payout) {
	json.Text("id", payout.id)
	    .Text("object", "payout")
	    .Number("amount", payout.amount)
	    .Number("arrival_date", payout.arrival_at)
	    .Bool("automatic", true)
	    .Text("balance_transaction", "txn_1" + payout.id.substr(4))
	    .Number("created", payout.created_at)
	    .Text("currency", payout.currency->lower)
	    .Text("description", "STRIPE PAYOUT")
	    .Text("destination", "ba_1Northwind" + std::string(payout.currency->code))
	    .Null("failure_code")
	    .Null("failure_message")
	    .Bool("livemode", true)
	    .Object("metadata")
	    .End()
	    .Text("method", "standard")
	    .Text("reconciliation_status", "completed")
	    .Text("source_type", "card")
	    .Text("status", "paid")
	    .Text("type", "bank_account");
}

// Opens an envelope up to data.object, which the caller fills and CloseEvent closes.
void
OpenEvent(JsonWriter &json, std::string_view event_id, Seconds created_at) {
	json.Object()
	    .Text("id", event_id)
	    .Text("object", "event")
	    .Text("api_version", "2024-06-20")
	    .Number("created", created_at)
	    .Object("data")
	    .Object("object");
}

std::string
CloseEvent(JsonWriter &json, std::string_view event_id, std::string_view type, bool is_live) {
	json.End()
	    .End()
	    .Bool("livemode", is_live)
	    .Number("pending_webhooks", 1)
	    .Object("request")
	    .Text("id", "req_" + std::string(event_id.substr(event_id.size() - 14)))
	    .Null("idempotency_key")
	    .End()
	    .Text("type", type)
	    .End();
	return json.Take();
}

} // namespace

std::string
EventId(std::string_view type, std::string_view object_id) {
	Random random(Hash(object_id), Hash(type));
	return "evt_3" + random.Token(base62, 23);
}

std::string
ChargePayload(const Order &order, const Payment &payment, ChargeState state) {
	JsonWriter json;
	json.Object();
	WriteCharge(json, order, payment, state);
	json.End();
	return json.Take();
}

std::string
ChargeEvent(const Order &order, const Payment &payment, std::string_view type, std::string_view event_id,
            Seconds created_at, ChargeState state) {
	JsonWriter json;
	OpenEvent(json, event_id, created_at);
	WriteCharge(json, order, payment, state);
	return CloseEvent(json, event_id, type, !order.is_test);
}

std::string
IntentEvent(const Order &order, const Payment &payment, std::string_view event_id) {
	JsonWriter json;
	OpenEvent(json, event_id, payment.captured_at + 1);
	WriteIntent(json, order, payment);
	return CloseEvent(json, event_id, "payment_intent.succeeded", true);
}

std::string
RefundPayload(const Order &order, const Refund &refund) {
	JsonWriter json;
	json.Object();
	WriteRefund(json, order, refund, false);
	json.End();
	return json.Take();
}

std::string
RefundEvent(const Order &order, const Refund &refund) {
	const std::string event_id = EventId("refund.created", refund.refund);
	JsonWriter json;
	OpenEvent(json, event_id, refund.created_at + 1);
	WriteRefund(json, order, refund, false);
	return CloseEvent(json, event_id, "refund.created", true);
}

std::string
BalanceTransactionPayload(const Payout &payout, const SettlementLine &line) {
	const bool is_refund = line.refund != nullptr;
	JsonWriter json;
	json.Object()
	    .Text("id", line.id)
	    .Text("object", "balance_transaction")
	    .Number("amount", line.amount)
	    .Number("available_on", payout.arrival_at)
	    .Number("created", line.created_at)
	    .Text("currency", line.currency->lower)
	    .Null("description")
	    .Null("exchange_rate")
	    .Number("fee", line.fee)
	    .Array("fee_details");
	if (line.fee != 0) {
		json.Object()
		    .Number("amount", line.fee)
		    .Null("application")
		    .Text("currency", line.currency->lower)
		    .Text("description", "Stripe processing fees")
		    .Text("type", "stripe_fee")
		    .End();
	}
	json.End()
	    .Number("net", line.amount - line.fee)
	    .Text("payout", payout.id)
	    .Text("reporting_category", is_refund ? "refund" : "charge");
	if (!is_refund) {
		json.Text("source", line.payment->charge);
	} else if (line.refund->link == RefundLink::settlement) {
		json.Object("source");
		WriteRefund(json, *line.order, *line.refund, true);
		json.End();
	} else {
		json.Text("source", line.refund->refund);
	}
	json.Text("status", "available").Text("type", is_refund ? "refund" : "charge").End();
	return json.Take();
}

std::string
PayoutPayload(const Payout &payout) {
	JsonWriter json;
	json.Object();
	WritePayout(json, payout);
	json.End();
	return json.Take();
}

std::string
PayoutEvent(const Payout &payout) {
	const std::string event_id = EventId("payout.paid", payout.id);
	JsonWriter json;
	OpenEvent(json, event_id, payout.arrival_at + 6 * hour);
	WritePayout(json, payout);
	return CloseEvent(json, event_id, "payout.paid", true);
}

} // namespace meshline::sample::stripe
