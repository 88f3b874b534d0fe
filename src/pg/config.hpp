// SPDX-License-Identifier: PostgreSQL
// The configuration as this session knows it: compiled connectors, connections, policies.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/definition.hpp"
#include "core/reconcile.hpp"
#include "pg/postgres_api.hpp"

namespace meshline::match {
class RoleModel;
}

namespace meshline::pg {

struct Connection {
	std::int64_t merchant_id = 0;
	std::int64_t connection_id = 0;
	std::string connector;
	std::string account;
	Role role = Role::store;
	std::shared_ptr<const Definition> definition; // null: the stored definition does not compile
	std::string definition_error;
	bool is_deferred = false;
	bool is_mirror = false;               // attached tables say what there is: policy tables_mirror_source
	std::int64_t store_connection_id = 0; // the store it serves, itself for a store; 0: not known
	pg_tz *time_zone = nullptr;
	std::string base_currency;
};

// How good an anchor a namespace is, and where its values are unique.
struct NamespaceRule {
	int rank = 50;
	Scope scope = Scope::global;
};

// What a reason code does to the exceptions of its findings.
struct ReasonRule {
	std::string name;
	std::string owner_queue;
	std::string severity;
	bool is_holding = false;
	bool is_auto_resolved = false;
	bool is_enabled = true;
};

// A configuration that somebody only asks about: what differs from the stored one.
struct PolicyChange {
	std::int64_t connection_id; // 0: the whole merchant
	std::string key;
	std::string value; // JSON; "" returns to the default
};
struct ConfigChanges {
	std::int64_t merchant_id = 0;
	std::vector<PolicyChange> policies;
	std::vector<std::pair<Reason, bool>> enabled;
};

class Config {
public:
	// The stored configuration with changes that are kept nowhere. SPI must be connected.
	static std::unique_ptr<Config> With(const ConfigChanges &changes);

	// The current configuration, read anew after any session changed it. SPI must be connected.
	static const Config &Current();
	// While one lives Current() gives the same, whatever others change: what a batch holds of it stays.
	class Pin {
	public:
		Pin() noexcept;
		~Pin();
		Pin(const Pin &) = delete;
		Pin &operator=(const Pin &) = delete;
	};
	// Registers for the notices that Current() depends on; once, when the library is loaded.
	static void Watch();

	// Null when there is none such.
	const Connection *Find(std::int64_t merchant_id, std::int64_t connection_id) const;
	// The merchant's only connection of a connector; null when it has none or several.
	const Connection *FindOnly(std::int64_t merchant_id, std::string_view connector) const;
	const Policy &PolicyOf(std::int64_t merchant_id) const;
	const ReasonRule &RuleOf(std::int64_t merchant_id, Reason reason) const;
	// The rule of a namespace of the installed connectors; the default rule for an unknown one.
	NamespaceRule RuleOf(std::string_view name_space) const;
	const Connection *StoreOf(const Connection &connection) const;
	// The table of the checks that merchants added, InvalidOid while it is empty.
	Oid
	own_checks() const noexcept {
		return own_checks_;
	}
	// By which customers, or else orders, are weighed against those that look like them.
	const match::RoleModel &MatchModelOf(bool is_customer) const;

private:
	// A merchant's policy with the storage that its spans point into.
	struct MerchantPolicy {
		Policy policy;
		std::vector<ConnectionPolicy> connections;
		// Per connection, with the currencies that its rates point to.
		std::map<std::int64_t, std::pair<std::vector<std::string>, std::vector<FeeRate>>> fees;
		std::vector<std::string> posting_objects;
		std::vector<std::string_view> posting_object_views;
	};

	void Load(const ConfigChanges &changes);
	void LoadConnections();
	void LoadNamespaces();
	void LoadReasons();
	void SwitchReasons(const ConfigChanges &changes);
	void LoadMatchModels();
	void LoadPolicies(const ConfigChanges &changes);
	void LoadCalendars();
	void ResolveStores();
	void ResolveLedgers();
	static void ApplyFees(MerchantPolicy &merchant, ConnectionPolicy &connection, const std::string &value);
	void Apply(std::int64_t merchant_id, std::int64_t connection_id, const std::string &key,
	           const std::string &value);

	std::vector<Connection> connections_;
	std::map<std::string, NamespaceRule, std::less<>> namespaces_;
	Oid own_checks_ = InvalidOid;
	std::vector<ReasonRule> reasons_;
	// All reasons of the merchants that set any with set_reason().
	std::map<std::int64_t, std::vector<ReasonRule>> merchant_reasons_;
	std::shared_ptr<const match::RoleModel> customer_model_;
	std::shared_ptr<const match::RoleModel> order_model_;
	std::map<std::int64_t, MerchantPolicy> policies_;
	Policy default_policy_;
};

// The day of a moment in a zone; a Calendar's function whose zone is the pg_tz.
Day DayInZone(const void *time_zone, Instant moment) noexcept;

// Turns a wall-clock time of a zone into an instant; a LocalTime callback whose context is the pg_tz.
Instant LocalToInstant(void *time_zone, Instant local);

} // namespace meshline::pg
