// SPDX-License-Identifier: PostgreSQL
#include <algorithm>

#include "payloads.hpp"

namespace meshline::sample::stripe_world {

namespace {

std::string
LowerCode(Money money) {
	std::string code(money.code);
	std::transform(code.begin(), code.end(), code.begin(),
	               [](char letter) { return static_cast<char>(letter + 32); });
	return code;
}

} // namespace

std::string
ChargePayload(const Charge &charge) {
	JsonWriter json;
	json.Object().Text("id", charge.id).Text("object", "charge").Number("amount", charge.amount);
	json.Number("amount_captured", charge.is_captured ? charge.captured : 0)
	    .Number("amount_refunded", charge.refunded);
	json.Bool("captured", charge.is_captured)
	    .Number("created", charge.at)
	    .Text("currency", LowerCode(charge.money));
	json.Bool("livemode", charge.is_live).Bool("paid", charge.status == "succeeded");
	json.Bool("refunded", charge.refunded == charge.captured && charge.refunded > 0);
	json.Text("status", charge.status).Null("description").Object("metadata");
	if (!charge.metadata_key.empty()) {
		json.Text(charge.metadata_key, charge.metadata_value);
	}
	json.End();
	charge.intent.empty() ? json.Null("payment_intent") : json.Text("payment_intent", charge.intent);
	json.Object("payment_method_details").Text("type", "card").Object("card").Text("brand", "visa");
	json.Text("last4", "4242").End().End();
	return json.End().Take();
}

std::string
TippedIntent(std::string_view id, std::string_view charge, Minor amount, Minor tip, Money money, Seconds at) {
	JsonWriter json;
	json.Object().Text("id", id).Text("object", "payment_intent").Number("amount", amount);
	json.Number("amount_received", amount).Object("amount_details").Object("tip").Number("amount", tip);
	json.End().End().Number("created", at).Text("currency", LowerCode(money)).Text("latest_charge", charge);
	json.Bool("livemode", true).Object("metadata").End().Text("status", "succeeded");
	return json.End().Take();
}

std::string
RefundPayload(std::string_view id, std::string_view charge, Minor amount, Money money, Seconds at,
              std::string_view status) {
	JsonWriter json;
	json.Object().Text("id", id).Text("object", "refund").Number("amount", amount).Text("charge", charge);
	json.Number("created", at).Text("currency", LowerCode(money)).Object("metadata").End();
	json.Null("payment_intent").Null("reason").Text("status", status);
	return json.End().Take();
}

std::string
DisputePayload(std::string_view id, std::string_view charge, Minor amount, Money money, Seconds at,
               std::string_view status) {
	JsonWriter json;
	json.Object().Text("id", id).Text("object", "dispute").Number("amount", amount).Text("charge", charge);
	json.Number("created", at).Text("currency", LowerCode(money)).Bool("livemode", true);
	json.Object("evidence_details").Number("due_by", at + 9 * day).Bool("has_evidence", false).End();
	json.Text("reason", "fraudulent").Text("status", status);
	return json.End().Take();
}

std::string
BalanceTransaction(std::string_view id, std::string_view type, std::string_view source,
                   std::string_view payout, Minor amount, Minor fee, Money money, Seconds at) {
	JsonWriter json;
	json.Object().Text("id", id).Text("object", "balance_transaction").Number("amount", amount);
	json.Number("available_on", at + 2 * day).Number("created", at).Text("currency", LowerCode(money));
	json.Number("fee", fee).Number("net", amount - fee).Text("payout", payout).Text("source", source);
	json.Text("status", "available").Text("type", type).Text("reporting_category", type);
	return json.End().Take();
}

std::string
PayoutPayload(std::string_view id, Minor amount, Money money, Seconds at, Seconds arrival,
              std::string_view status) {
	JsonWriter json;
	json.Object()
	    .Text("id", id)
	    .Text("object", "payout")
	    .Number("amount", amount)
	    .Number("arrival_date", arrival);
	json.Bool("automatic", true)
	    .Number("created", at)
	    .Text("currency", LowerCode(money))
	    .Bool("livemode", true);
	json.Text("method", "standard").Text("status", status).Text("type", "bank_account");
	return json.End().Take();
}

std::string
Event(std::string_view id, std::string_view type, std::string_view object, Seconds at) {
	JsonWriter json;
	json.Object()
	    .Text("id", id)
	    .Text("object", "event")
	    .Text("api_version", "2024-06-20")
	    .Number("created", at);
	json.Object("data").Raw("object", object).End().Bool("livemode", true).Text("type", type);
	return json.End().Take();
}

} // namespace meshline::sample::stripe_world
