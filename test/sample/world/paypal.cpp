// SPDX-License-Identifier: PostgreSQL
#include "payloads.hpp"

namespace meshline::sample::paypal_world {

namespace {

std::string
Time(Seconds at) {
	return IsoTime(at, 0).substr(0, 19) + "Z";
}

void
WriteAmount(JsonWriter &json, std::string_view key, Minor amount, Money money) {
	json.Object(key).Text("currency_code", money.code).Text("value", Decimal(amount, money.exponent)).End();
}

void
WriteLink(JsonWriter &json, std::string_view host, const std::string &path, std::string_view rel) {
	json.Object()
	    .Text("href", "https://" + std::string(host) + "/v2" + path)
	    .Text("rel", rel)
	    .Text("method", "GET")
	    .End();
}

} // namespace

std::string
CapturePayload(const Capture &capture, Seconds updated_at) {
	JsonWriter json;
	const std::string_view host = capture.is_sandbox ? "api.sandbox.paypal.com" : "api.paypal.com";
	json.Object().Text("id", capture.id).Text("status", capture.status);
	WriteAmount(json, "amount", capture.amount, capture.money);
	json.Bool("final_capture", true);
	if (!capture.invoice.empty()) {
		json.Text("invoice_id", capture.invoice);
	}
	json.Object("seller_receivable_breakdown");
	WriteAmount(json, "gross_amount", capture.amount, capture.money);
	WriteAmount(json, "paypal_fee", capture.fee, capture.money);
	WriteAmount(json, "net_amount", capture.amount - capture.fee, capture.money);
	json.End().Object("supplementary_data").Object("related_ids").Text("order_id", capture.order);
	if (!capture.authorization.empty()) {
		json.Text("authorization_id", capture.authorization);
	}
	json.End()
	    .End()
	    .Text("create_time", Time(capture.at))
	    .Text("update_time", Time(updated_at))
	    .Array("links");
	WriteLink(json, host, "/payments/captures/" + capture.id, "self");
	return json.End().End().Take();
}

std::string
Authorization(std::string_view id, std::string_view invoice, Minor amount, Money money, Seconds at,
              Seconds expires_at, std::string_view status) {
	JsonWriter json;
	json.Object().Text("id", id).Text("status", status);
	WriteAmount(json, "amount", amount, money);
	json.Text("invoice_id", invoice).Text("expiration_time", Time(expires_at)).Text("create_time", Time(at));
	json.Text("update_time", Time(at)).Array("links");
	WriteLink(json, "api.paypal.com", "/payments/authorizations/" + std::string(id), "self");
	return json.End().End().Take();
}

std::string
Refund(std::string_view id, const Capture &capture, Minor amount, Seconds at, std::string_view status) {
	JsonWriter json;
	json.Object().Text("id", id).Text("status", status);
	WriteAmount(json, "amount", amount, capture.money);
	json.Text("create_time", Time(at)).Text("update_time", Time(at)).Array("links");
	WriteLink(json, "api.paypal.com", "/payments/refunds/" + std::string(id), "self");
	WriteLink(json, "api.paypal.com", "/payments/captures/" + capture.id, "up");
	return json.End().End().Take();
}

std::string
Dispute(std::string_view id, const Capture &capture, Seconds at, std::string_view outcome) {
	JsonWriter json;
	json.Object().Text("dispute_id", id).Text("create_time", Time(at)).Text("update_time", Time(at));
	json.Array("disputed_transactions").Object().Text("seller_transaction_id", capture.id).End().End();
	json.Text("reason", "MERCHANDISE_OR_SERVICE_NOT_RECEIVED");
	WriteAmount(json, "dispute_amount", capture.amount, capture.money);
	json.Text("status", outcome.empty() ? "WAITING_FOR_SELLER_RESPONSE" : "RESOLVED");
	json.Text("dispute_life_cycle_stage", "CHARGEBACK");
	if (!outcome.empty()) {
		json.Object("dispute_outcome").Text("outcome_code", outcome).End();
	}
	json.Text("seller_response_due_date", Time(at + 10 * day));
	return json.End().Take();
}

std::string
Transaction(std::string_view id, std::string_view code, std::string_view reference, Minor amount, Minor fee,
            Money money, Seconds at, std::string_view status) {
	JsonWriter json;
	json.Object().Object("transaction_info").Text("transaction_id", id).Text("transaction_event_code", code);
	json.Text("transaction_initiation_date", IsoTime(at, 0).substr(0, 19) + "+0000");
	json.Text("transaction_updated_date", IsoTime(at, 0).substr(0, 19) + "+0000");
	WriteAmount(json, "transaction_amount", amount, money);
	if (fee != 0) {
		WriteAmount(json, "fee_amount", -fee, money);
	}
	json.Text("transaction_status", status);
	if (!reference.empty()) {
		json.Text("paypal_reference_id", reference).Text("paypal_reference_id_type", "TXN");
	}
	return json.End().End().Take();
}

} // namespace meshline::sample::paypal_world
