// SPDX-License-Identifier: PostgreSQL
#include "pg/config.hpp"

#include <algorithm>

#include "core/error.hpp"
#include "core/match/role_model.hpp"
#include "pg/batch.hpp"
#include "pg/guard.hpp"
#include "pg/json_document.hpp"
#include "pg/spi.hpp"

namespace meshline::pg {

namespace {

Oid watched_relation = InvalidOid;
bool is_stale = true;
int pins = 0;
Config *current = nullptr;

// Functions that change the configuration send a relcache notice for meshline.connection, which
// costs nothing while nothing changes; a query per statement would.
void
OnRelationChanged(Datum, Oid relation) noexcept {
	if (relation == InvalidOid || relation == watched_relation || watched_relation == InvalidOid) {
		is_stale = true;
	}
}

std::shared_ptr<const Definition>
CompileOrExplain(std::string_view json, std::string &error) {
	try {
		return Definition::Compile(json);
	} catch (const Error &e) {
		// One broken definition must stop its own connections only.
		error = std::string(e.what()) + ": " + e.detail();
		return nullptr;
	}
}

} // namespace

Instant
LocalToInstant(void *time_zone, Instant local) {
	struct pg_tm tm;
	fsec_t fsec;
	if (timestamp2tm(ToTimestamp(local), nullptr, &tm, &fsec, nullptr, nullptr) != 0) {
		return local;
	}
	const int west = DetermineTimeZoneOffset(&tm, static_cast<pg_tz *>(time_zone));
	return local + static_cast<Instant>(west) * 1'000'000;
}

Day
DayInZone(const void *time_zone, Instant moment) noexcept {
	const std::int64_t seconds = moment / 1'000'000 - (moment % 1'000'000 < 0 ? 1 : 0);
	const pg_time_t time = seconds;
	const pg_tm *local = pg_localtime(&time, static_cast<const pg_tz *>(time_zone));
	if (local == nullptr) { // further away than the calendar reaches
		return DayInUtc(moment);
	}
	return date2j(local->tm_year + 1900, local->tm_mon + 1, local->tm_mday) - UNIX_EPOCH_JDATE;
}

void
Config::Watch() {
	CacheRegisterRelcacheCallback(OnRelationChanged, 0);
}

Config::Pin::Pin() noexcept {
	++pins;
}

Config::Pin::~Pin() {
	--pins;
}

const Config &
Config::Current() {
	if (current == nullptr || (is_stale && pins == 0)) {
		auto fresh = std::make_unique<Config>();
		// Cleared first: a notice that arrives while we read must not be lost.
		is_stale = false;
		try {
			fresh->Load({});
		} catch (...) {
			is_stale = true;
			throw;
		}
		delete current;
		current = fresh.release();
	}
	return *current;
}

std::unique_ptr<Config>
Config::With(const ConfigChanges &changes) {
	auto config = std::make_unique<Config>();
	config->Load(changes);
	return config;
}

void
Config::Load(const ConfigChanges &changes) {
	static Plan plan("SELECT 'meshline.connection'::pg_catalog.regclass::pg_catalog.oid,"
	                 " (SELECT c.tableoid FROM meshline.own_check AS c LIMIT 1)",
	                 {});
	const Rows rows = plan.Run({});
	watched_relation = static_cast<Oid>(rows.Int4(0, 1));
	own_checks_ = static_cast<Oid>(rows.Int4(0, 2));
	LoadConnections();
	LoadNamespaces();
	LoadReasons();
	LoadMatchModels();
	ResolveStores();
	LoadPolicies(changes);
	ResolveLedgers();
	LoadCalendars();
}

// The time zones of connections are policies, and so are known last.
void
Config::LoadCalendars() {
	for (auto &[id, merchant] : policies_) {
		for (auto &policy : merchant.connections) {
			policy.calendar = {DayInZone, Find(id, policy.connection_id)->time_zone};
		}
	}
	static Plan plan("SELECT p.merchant_id, pg_catalog.max(p.through_date) - DATE '1970-01-01'"
	                 " FROM meshline.period AS p WHERE p.reopened_at IS NULL GROUP BY p.merchant_id",
	                 {});
	const Rows rows = plan.Run({});
	for (std::uint64_t i = 0; i < rows.count(); ++i) {
		policies_[rows.Int8(i, 1)].policy.closed_through = rows.Int4(i, 2);
	}
}

void
Config::LoadConnections() {
	// To compile them all would cost every new session what a hundred orders cost.
	static Plan definitions(
	    "SELECT c.connector, c.definition::pg_catalog.text FROM meshline.connector c"
	    " WHERE EXISTS (SELECT FROM meshline.connection n WHERE n.connector = c.connector)",
	    {});
	std::map<std::string, std::pair<std::shared_ptr<const Definition>, std::string>, std::less<>> compiled;
	const Rows found = definitions.Run({});
	for (std::uint64_t i = 0; i < found.count(); ++i) {
		std::string error;
		auto definition = CompileOrExplain(found.Text(i, 2), error);
		compiled.emplace(found.Text(i, 1), std::pair(std::move(definition), std::move(error)));
	}

	static Plan plan(
	    "SELECT n.merchant_id, n.connection_id, n.connector, n.account, c.role,"
	    " n.settings->>'mode' = 'deferred', n.settings->>'store_connection_id', m.base_currency, m.time_zone"
	    " FROM meshline.connection n"
	    " JOIN meshline.connector c ON c.connector = n.connector"
	    " JOIN meshline.merchant m ON m.merchant_id = n.merchant_id"
	    " ORDER BY n.merchant_id, n.connection_id",
	    {});
	const Rows rows = plan.Run({});
	for (std::uint64_t i = 0; i < rows.count(); ++i) {
		Connection c;
		c.merchant_id = rows.Int8(i, 1);
		c.connection_id = rows.Int8(i, 2);
		c.connector = rows.Text(i, 3);
		c.account = rows.Text(i, 4);
		c.role = ParseRole(rows.Text(i, 5)).value_or(Role::store);
		c.is_deferred = rows.Bool(i, 6);
		c.store_connection_id = ToInteger(rows.Text(i, 7));
		c.base_currency = rows.Text(i, 8);
		const std::string zone(rows.Text(i, 9));
		c.time_zone = PgCall([&] { return pg_tzset(zone.c_str()); });
		const auto &[definition, error] = compiled[c.connector];
		c.definition = definition;
		c.definition_error = error;
		connections_.push_back(std::move(c));
	}
}

void
Config::LoadNamespaces() {
	static Plan plan("SELECT s.key, COALESCE((s.value->>'rank')::pg_catalog.int4, -1), s.value->>'scope'"
	                 " FROM meshline.connector c"
	                 " CROSS JOIN LATERAL pg_catalog.jsonb_each(c.definition->'namespaces') s"
	                 " ORDER BY c.connector COLLATE \"C\"",
	                 {});
	const Rows rows = plan.Run({});
	for (std::uint64_t i = 0; i < rows.count(); ++i) {
		NamespaceRule rule;
		rule.rank = rows.Int4(i, 2) < 0 ? rule.rank : rows.Int4(i, 2);
		rule.scope = ParseScope(rows.Text(i, 3)).value_or(rule.scope);
		namespaces_[std::string(rows.Text(i, 1))] = rule;
	}
}

void
Config::LoadReasons() {
	// Merchant 0 is everybody; those who set a reason follow, with that reason.
	static Plan plan(
	    "SELECT 0::pg_catalog.int8, r.reason_code, r.owner_queue, r.severity, r.is_holding,"
	    " r.is_auto_resolved, r.is_enabled FROM meshline.reason_code AS r"
	    " UNION ALL"
	    " SELECT s.merchant_id, s.reason_code, COALESCE(s.owner_queue, r.owner_queue), COALESCE(s.severity,"
	    " r.severity), COALESCE(s.is_holding, r.is_holding), r.is_auto_resolved, COALESCE(s.is_enabled,"
	    " r.is_enabled) FROM meshline.reason_setting AS s"
	    " JOIN meshline.reason_code AS r ON r.reason_code = s.reason_code"
	    " ORDER BY 1",
	    {});
	reasons_.resize(reason_count);
	const Rows rows = plan.Run({});
	for (std::uint64_t i = 0; i < rows.count(); ++i) {
		const auto reason = ParseReason(rows.Text(i, 2));
		if (!reason) {
			continue;
		}
		const std::int64_t merchant_id = rows.Int8(i, 1);
		auto &reasons =
		    merchant_id == 0 ? reasons_ : merchant_reasons_.try_emplace(merchant_id, reasons_).first->second;
		reasons[static_cast<std::size_t>(*reason)] = {std::string(rows.Text(i, 2)),
		                                              std::string(rows.Text(i, 3)),
		                                              std::string(rows.Text(i, 4)),
		                                              rows.Bool(i, 5),
		                                              rows.Bool(i, 6),
		                                              rows.Bool(i, 7)};
	}
	for (std::size_t i = 0; i < reason_count; ++i) {
		default_policy_.is_enabled[i] = reasons_[i].is_enabled;
	}
}

// Which reasons are on for merchants that differ from the others in that.
void
Config::SwitchReasons(const ConfigChanges &changes) {
	for (const auto &[merchant_id, reasons] : merchant_reasons_) {
		auto &is_enabled = policies_.at(merchant_id).policy.is_enabled;
		for (std::size_t i = 0; i < reason_count; ++i) {
			is_enabled[i] = reasons[i].is_enabled;
		}
	}
	for (const auto &[reason, is_enabled] : changes.enabled) {
		policies_.at(changes.merchant_id).policy.is_enabled[static_cast<std::size_t>(reason)] = is_enabled;
	}
}

void
Config::LoadMatchModels() {
	static Plan plan("SELECT m.kind, m.model::pg_catalog.text FROM meshline.match_model m", {});
	const Rows rows = plan.Run({});
	for (std::uint64_t i = 0; i < rows.count(); ++i) {
		const JsonDocument document(rows.Text(i, 2));
		auto &model = rows.Text(i, 1) == customer_kind ? customer_model_ : order_model_;
		model = std::make_shared<const match::RoleModel>(
		    match::RoleModel::Read(JsonReader(document.root(), {}, "match model")));
	}
}

const match::RoleModel &
Config::MatchModelOf(bool is_customer) const {
	const auto &model = is_customer ? customer_model_ : order_model_;
	if (model == nullptr) {
		throw Error(sqlstate::invalid_definition, "there is no match model of this kind", {},
		            "Set it with meshline.set_match_model().");
	}
	return *model;
}

void
Config::ResolveStores() {
	const auto is_store = [](const Connection &c) {
		return c.role == Role::store || c.role == Role::marketplace;
	};
	for (auto &c : connections_) {
		if (is_store(c)) {
			c.store_connection_id = c.connection_id;
		} else if (c.store_connection_id == 0) {
			std::int64_t only = 0;
			int stores = 0;
			for (const auto &other : connections_) {
				if (other.merchant_id == c.merchant_id && is_store(other)) {
					only = other.connection_id;
					++stores;
				}
			}
			c.store_connection_id = stores == 1 ? only : 0;
		}
	}
}

void
Config::ResolveLedgers() {
	for (auto &[id, merchant] : policies_) {
		std::int64_t only = 0;
		int ledgers = 0;
		for (const auto &c : connections_) {
			if (c.merchant_id == id && c.role == Role::ledger) {
				only = c.connection_id;
				++ledgers;
			}
		}
		for (auto &policy : merchant.connections) {
			if (policy.ledger_connection_id == std::int64_t{0}) {
				policy.ledger_connection_id.reset(); // set to null on purpose: nobody posts
			} else if (!policy.ledger_connection_id && ledgers == 1) {
				policy.ledger_connection_id = only;
			}
		}
	}
}

const Connection *
Config::Find(std::int64_t merchant_id, std::int64_t connection_id) const {
	for (const auto &c : connections_) {
		if (c.merchant_id == merchant_id && c.connection_id == connection_id) {
			return &c;
		}
	}
	return nullptr;
}

const Connection *
Config::FindOnly(std::int64_t merchant_id, std::string_view connector) const {
	const Connection *found = nullptr;
	for (const auto &c : connections_) {
		if (c.merchant_id == merchant_id && c.connector == connector) {
			if (found != nullptr) {
				return nullptr;
			}
			found = &c;
		}
	}
	return found;
}

const Policy &
Config::PolicyOf(std::int64_t merchant_id) const {
	const auto at = policies_.find(merchant_id);
	return at == policies_.end() ? default_policy_ : at->second.policy;
}

const ReasonRule &
Config::RuleOf(std::int64_t merchant_id, Reason reason) const {
	const auto at = merchant_reasons_.find(merchant_id);
	return (at == merchant_reasons_.end() ? reasons_ : at->second)[static_cast<std::size_t>(reason)];
}

NamespaceRule
Config::RuleOf(std::string_view name_space) const {
	const auto at = namespaces_.find(name_space);
	return at == namespaces_.end() ? NamespaceRule{} : at->second;
}

const Connection *
Config::StoreOf(const Connection &connection) const {
	return Find(connection.merchant_id, connection.store_connection_id);
}

} // namespace meshline::pg
