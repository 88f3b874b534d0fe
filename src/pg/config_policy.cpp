// SPDX-License-Identifier: PostgreSQL
// The policies of merchants and connections, as a configuration.
#include <algorithm>
#include <array>
#include <limits>

#include "pg/config.hpp"
#include "pg/guard.hpp"
#include "pg/json_document.hpp"
#include "pg/spi.hpp"

namespace meshline::pg {

namespace {

// The policies of a merchant that are plain numbers.
constexpr std::array<std::pair<std::string_view, int Policy::*>, 13> merchant_numbers{
    {{"posting_grace_days", &Policy::posting_grace_days},
     {"mapping_grace_days", &Policy::mapping_grace_days},
     {"pending_payment_days", &Policy::pending_payment_days},
     {"settlement_grace_days", &Policy::settlement_grace_days},
     {"duplicate_refund_minutes", &Policy::duplicate_refund_minutes},
     {"duplicate_order_minutes", &Policy::duplicate_order_minutes},
     {"duplicate_order_days", &Policy::duplicate_order_days},
     {"duplicate_weight", &Policy::duplicate_weight},
     {"authorization_alert_lead_hours", &Policy::authorization_alert_lead_hours},
     {"refund_grace_days", &Policy::refund_grace_days},
     {"pending_refund_days", &Policy::pending_refund_days},
     {"unpaid_shipment_days", &Policy::unpaid_shipment_days},
     {"dispute_credit_window_days", &Policy::dispute_credit_window_days}}};

} // namespace

void
Config::LoadPolicies(const ConfigChanges &changes) {
	for (const auto &c : connections_) {
		auto &merchant = policies_.try_emplace(c.merchant_id).first->second;
		ConnectionPolicy policy;
		policy.connection_id = c.connection_id;
		if (c.definition != nullptr) {
			policy.settlement_window_days = c.definition->defaults().settlement_window_days;
			policy.authorization_window_days = c.definition->defaults().authorization_window_days;
			if (const auto &fees = c.definition->defaults().fee_schedule; !fees.empty()) {
				auto &rates = merchant.fees[c.connection_id].second;
				for (const Definition::Fee &fee : fees) {
					rates.push_back({fee.currency, fee.basis_points, fee.fixed_minor});
				}
				policy.fee_schedule = rates;
			}
		}
		const bool has_bank =
		    std::any_of(connections_.begin(), connections_.end(), [&](const Connection &other) {
			    return other.merchant_id == c.merchant_id && other.role == Role::bank;
		    });
		if (has_bank) {
			policy.bank_arrival_window_days = default_bank_arrival_window_days;
		}
		merchant.connections.push_back(policy);
	}
	for (const auto &[merchant_id, reasons] : merchant_reasons_) {
		policies_.try_emplace(merchant_id);
	}
	if (!changes.enabled.empty()) {
		policies_.try_emplace(changes.merchant_id);
	}
	for (auto &[id, merchant] : policies_) {
		merchant.policy = default_policy_;
	}
	SwitchReasons(changes);
	static Plan plan(
	    "SELECT p.merchant_id, p.connection_id, p.key, p.value::pg_catalog.text FROM meshline.policy p", {});
	const Rows rows = plan.Run({});
	const auto is_changed = [&](std::int64_t merchant_id, std::int64_t connection_id, std::string_view key) {
		return std::any_of(changes.policies.begin(), changes.policies.end(), [&](const PolicyChange &change) {
			return changes.merchant_id == merchant_id && change.connection_id == connection_id &&
			       change.key == key;
		});
	};
	// What a connection has of its own goes before what its merchant has.
	for (const bool is_own : {false, true}) {
		for (std::uint64_t i = 0; i < rows.count(); ++i) {
			const std::int64_t merchant_id = rows.Int8(i, 1), connection_id = rows.Int8(i, 2);
			const std::string key(rows.Text(i, 3));
			if ((connection_id != 0) == is_own && !is_changed(merchant_id, connection_id, key)) {
				Apply(merchant_id, connection_id, key, std::string(rows.Text(i, 4)));
			}
		}
		for (const PolicyChange &change : changes.policies) {
			if ((change.connection_id != 0) == is_own) {
				Apply(changes.merchant_id, change.connection_id, change.key, change.value);
			}
		}
	}
	for (auto &[id, merchant] : policies_) {
		for (const auto &name : merchant.posting_objects) {
			merchant.posting_object_views.push_back(name);
		}
		merchant.policy.connections = merchant.connections;
		merchant.policy.ledger_posting_objects = merchant.posting_object_views;
	}
}

void
Config::Apply(std::int64_t merchant_id, std::int64_t connection_id, const std::string &key,
              const std::string &value) {
	static constexpr std::string_view tolerance = "tolerance_minor.";
	static constexpr std::string_view auto_correct = "auto_correct_minor.";
	auto &merchant = policies_.try_emplace(merchant_id).first->second;
	Policy &policy = merchant.policy;
	const std::int64_t number = ToInteger(value);
	// Of windows that may be switched off.
	const std::optional<int> days =
	    value.empty() ? std::nullopt : std::optional<int>(static_cast<int>(number));
	const auto of = std::find_if(merchant.connections.begin(), merchant.connections.end(),
	                             [&](const ConnectionPolicy &c) { return c.connection_id == connection_id; });
	if (key.starts_with(tolerance)) {
		if (const auto reason = ParseReason(std::string_view(key).substr(tolerance.size()))) {
			policy.tolerance_minor[static_cast<std::size_t>(*reason)] = value.empty() ? -1 : number;
		}
	} else if (key.starts_with(auto_correct)) {
		if (const auto reason = ParseReason(std::string_view(key).substr(auto_correct.size()))) {
			policy.auto_correct_minor[static_cast<std::size_t>(*reason)] = number;
		}
	} else if (const auto at = std::find_if(merchant_numbers.begin(), merchant_numbers.end(),
	                                        [&](const auto &known) { return known.first == key; });
	           at != merchant_numbers.end()) {
		policy.*at->second = value.empty() ? Policy{}.*at->second : static_cast<int>(number);
	} else if (key == "fulfillment_sla_days" && connection_id == 0) {
		policy.fulfillment_sla_days = days;
	} else if (key == "bank_arrival_window_days" && connection_id == 0) {
		for (ConnectionPolicy &c : merchant.connections) {
			c.bank_arrival_window_days = days;
		}
	} else if (key == "stock_grace_days") {
		policy.stock_grace_days = days;
	} else if (of == merchant.connections.end()) {
		return;
	} else if (key == "settlement_window_days") {
		of->settlement_window_days = days;
	} else if (key == "authorization_window_days") {
		of->authorization_window_days = days;
	} else if (key == "bank_arrival_window_days") {
		of->bank_arrival_window_days = days;
	} else if (key == "fulfillment_sla_days") {
		of->fulfillment_sla_days = days;
	} else if (key == "dispute_fee_minor") {
		of->dispute_fee = value.empty() ? std::nullopt : std::optional<Minor>(number);
	} else if (key == "fee_schedule") {
		ApplyFees(merchant, *of, value);
	} else if (key == "fee_returned_on_refund") {
		of->is_fee_returned_on_refund = value == "true";
	} else if (key == "settlements_by_month") {
		of->is_split_by_month = value == "true";
	} else if (key == "customer_required") {
		of->is_customer_required = value == "true";
	} else if (key == "ledger_connection_id") {
		of->ledger_connection_id = value.empty() ? 0 : number;
	} else if (key == "ledger_posting_objects") {
		// A JSON array of plain object names, checked by set_policy().
		for (std::size_t quote = value.find('"'); quote != std::string::npos;
		     quote = value.find('"', quote + 1)) {
			const std::size_t end = value.find('"', quote + 1);
			merchant.posting_objects.push_back(value.substr(quote + 1, end - quote - 1));
			quote = end;
		}
	} else if (const auto connection = std::find_if(connections_.begin(), connections_.end(),
	                                                [&](const Connection &c) {
		                                                return c.merchant_id == merchant_id &&
		                                                       c.connection_id == connection_id;
	                                                });
	           connection != connections_.end()) {
		// JSON strings without escapes, checked by set_policy(); "" returns to what the merchant has.
		const std::string name = value.size() > 2 ? value.substr(1, value.size() - 2) : std::string{};
		if (key == "tables_mirror_source") {
			connection->is_mirror = value == "true";
		} else if (key == "base_currency" && !name.empty()) {
			connection->base_currency = name;
		} else if (key == "time_zone" && !name.empty()) {
			connection->time_zone = PgCall([&] { return pg_tzset(name.c_str()); });
		}
	}
}

// {"USD": {"basis_points": 290, "fixed_minor": 30}}, checked by set_policy(); "" takes the definition's away.
void
Config::ApplyFees(MerchantPolicy &merchant, ConnectionPolicy &connection, const std::string &value) {
	connection.fee_schedule = {};
	if (value.empty()) {
		return;
	}
	const JsonDocument document(value);
	auto &[currencies, rates] = merchant.fees[connection.connection_id];
	const auto members = JsonReader(document.root(), {}, "policy").Members();
	rates.clear();
	currencies.reserve(members.size());
	for (const auto &[currency, rate] : members) {
		currencies.push_back(currency);
		const int most = std::numeric_limits<int>::max();
		rates.push_back({currencies.back(), rate.Require("basis_points").Integer(0, most),
		                 rate.Require("fixed_minor").Integer(0, most)});
	}
	connection.fee_schedule = rates;
}

} // namespace meshline::pg
