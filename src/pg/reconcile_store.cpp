// SPDX-License-Identifier: PostgreSQL
#include "core/item_text.hpp"
#include "core/json_text.hpp"
#include "pg/reconcile_store.hpp"

#include <algorithm>
#include <string>

#include "pg/customer_store.hpp"
#include "pg/exception_store.hpp"
#include "pg/match_store.hpp"
#include "pg/order_currency.hpp"
#include "pg/own_check.hpp"
#include "pg/period_store.hpp"
#include "pg/spi.hpp"

namespace meshline::pg {

namespace {

std::span<const std::string_view>
Split(std::string_view joined, std::pmr::memory_resource *arena) {
	if (joined.empty()) {
		return {};
	}
	const auto count = static_cast<std::size_t>(std::count(joined.begin(), joined.end(), '\x1f')) + 1;
	auto *parts = static_cast<std::string_view *>(
	    arena->allocate(count * sizeof(std::string_view), alignof(std::string_view)));
	for (std::size_t i = 0; i < count; ++i) {
		const std::size_t end = std::min(joined.find('\x1f'), joined.size());
		new (&parts[i]) std::string_view(joined.substr(0, end));
		joined.remove_prefix(std::min(end + 1, joined.size()));
	}
	return {parts, count};
}

// A record of the batch as the checks see it.
RecordView
ViewOf(const Batch &batch, const BatchRecord &record) {
	const Fact &fact = *record.fact;
	RecordView view;
	view.kind = fact.kind;
	view.status = fact.status;
	view.posting = fact.posting;
	view.role = batch.connection.role;
	view.is_test = fact.is_test;
	view.is_summary = fact.is_summary;
	view.is_authority = fact.is_authority;
	view.is_currency_assumed = fact.is_currency_assumed;
	view.is_invalid = !fact.problems.empty();
	view.system = batch.connection.connector;
	view.object = fact.object;
	view.external_id = fact.external_id;
	view.currency = fact.currency;
	view.processor = fact.processor;
	view.about = record.about;
	view.connection_id = batch.connection.connection_id;
	view.amount = fact.amount;
	view.fee = fact.fee;
	view.net = fact.net;
	view.occurred_at = fact.occurred_at;
	view.expected_at = fact.expected_at;
	view.version_at = record.version_at;
	view.line_count = fact.line_count;
	view.parts = fact.parts;
	view.items = Span(fact.items);
	view.stated = record.stated;
	view.is_closed = fact.is_closed;
	view.presentment = fact.presentment;
	view.presentment_currency = fact.presentment_currency;
	view.same_ids = Split(record.same_ids, batch.arena);
	view.ref_ids = Split(record.ref_ids, batch.arena);
	view.problems = record.problems;
	view.content_hash = fact.content_hash;
	return view;
}

// What ViewOf() reads of a record, from the second column of a query on, and the number of the column behind
// it.
constexpr std::string_view record_columns =
    "r.connection_id, r.object, r.external_id, r.kind, r.status, r.posting_type, r.is_test,"
    " r.is_summary, r.amount_minor, r.fee_minor, r.net_minor, r.currency, r.processor, r.about,"
    " r.occurred_at, r.expected_at, r.line_count, r.same_ids, r.ref_ids, r.problems, r.content_hash,"
    " r.version_at, r.parts, r.items, r.is_closed,"
    " r.presentment_minor, r.presentment_currency, r.stated_minor,"
    " r.is_authority, r.is_currency_assumed";
constexpr int column_after_record =
    static_cast<int>(3 + std::count(record_columns.begin(), record_columns.end(), ','));

RecordView
ViewOf(const ReconcileSet &set, const Rows &rows, std::uint64_t i) {
	RecordView view;
	const Connection *connection = set.config.Find(set.merchant_id, rows.Int8(i, 2));
	if (connection != nullptr) {
		view.role = connection->role;
		view.system = connection->connector;
	}
	view.connection_id = rows.Int8(i, 2);
	view.object = rows.Text(i, 3);
	view.external_id = rows.Text(i, 4);
	view.kind = ParseKind(rows.Text(i, 5)).value_or(Kind::order);
	view.status = ParseStatus(rows.Text(i, 6)).value_or(Status::unknown);
	view.posting = ParsePosting(rows.Text(i, 7)).value_or(Posting::none);
	view.is_test = rows.Bool(i, 8);
	view.is_summary = rows.Bool(i, 9);
	view.amount = rows.OptionalInt8(i, 10);
	view.fee = rows.OptionalInt8(i, 11);
	view.net = rows.OptionalInt8(i, 12);
	view.currency = rows.Text(i, 13);
	view.processor = rows.Text(i, 14);
	view.about = rows.Text(i, 15);
	view.occurred_at = rows.OptionalTime(i, 16);
	view.expected_at = rows.OptionalTime(i, 17);
	view.line_count = rows.Int4(i, 18);
	view.same_ids = rows.Texts(i, 19, set.arena);
	view.ref_ids = rows.Texts(i, 20, set.arena);
	view.problems = rows.Text(i, 21);
	view.is_invalid = !view.problems.empty();
	view.content_hash = ToHash(rows.Id(i, 22));
	view.version_at = rows.OptionalTime(i, 23);
	rows.Int8s(i, 24, view.parts);
	view.items = ParseItems(rows.Text(i, 25), set.arena);
	view.is_closed = rows.Bool(i, 26);
	view.presentment = rows.OptionalInt8(i, 27);
	view.presentment_currency = rows.Text(i, 28);
	view.stated = rows.Int8Array(i, 29, set.arena);
	view.is_authority = rows.Bool(i, 30);
	view.is_currency_assumed = rows.Bool(i, 31);
	return view;
}

Entity *
FindEntity(ReconcileSet &set, const Uuid &id) {
	const auto at =
	    std::lower_bound(set.entities.begin(), set.entities.end(), id,
	                     [](const Entity &e, const Uuid &wanted) { return e.canonical_id < wanted; });
	return at == set.entities.end() || at->canonical_id != id ? nullptr : &*at;
}

// Runs a query of (merchant, canonical ids) for the entities that are asked about and gives each of its rows
// to the entity that its first column names. Runs nothing when none is asked about.
template <typename IsAsked, typename Take>
void
ReadForEntities(ReconcileSet &set, Plan &plan, IsAsked is_asked, Take take) {
	Column ids(UUIDOID, set.entities.size());
	std::size_t asked = 0;
	for (const Entity &entity : set.entities) {
		if (is_asked(entity)) {
			ids.Id(entity.canonical_id);
			++asked;
		}
	}
	if (asked == 0) {
		return;
	}
	const Rows rows = plan.Run({Int64GetDatum(set.merchant_id), ids.Array()});
	for (std::uint64_t i = 0; i < rows.count(); ++i) {
		if ((i & 4095) == 4095) {
			CheckInterrupts();
		}
		take(*FindEntity(set, rows.Id(i, 1)), rows, i);
	}
}

void
ReadRecords(ReconcileSet &set) {
	static const std::string sql =
	    std::string("SELECT r.canonical_id, ").append(record_columns) +
	    " FROM meshline.record AS r WHERE r.merchant_id = $1 AND r.canonical_id = ANY ($2)";
	static Plan plan(sql.c_str(), {INT8OID, UUIDARRAYOID});
	ReadForEntities(
	    set, plan, [](const Entity &entity) { return !entity.is_inserted; },
	    [&](Entity &entity, const Rows &rows, std::uint64_t i) {
		    entity.records.push_back(ViewOf(set, rows, i));
	    });
}

void
ReadPayoutLines(ReconcileSet &set) {
	static Plan plan(
	    "SELECT r.payout_id, r.currency, sum(COALESCE(r.net_minor, r.amount_minor, 0))::pg_catalog.int8,"
	    " count(*)"
	    " FROM meshline.record AS r"
	    " WHERE r.merchant_id = $1 AND r.payout_id = ANY ($2) AND NOT r.is_test"
	    " AND r.status NOT IN ('failed', 'voided', 'deleted')"
	    " GROUP BY r.payout_id, r.currency ORDER BY r.payout_id, r.currency",
	    {INT8OID, UUIDARRAYOID});
	static Plan monthly(
	    "SELECT r.payout_id, r.currency, sum(COALESCE(r.net_minor, r.amount_minor, 0))::pg_catalog.int8,"
	    " count(*), COALESCE(pg_catalog.to_char(r.occurred_at AT TIME ZONE COALESCE(p.value #>> '{}',"
	    " m.time_zone), 'YYYYMM')::pg_catalog.int8, 0) AS month"
	    " FROM meshline.record AS r JOIN meshline.merchant AS m ON m.merchant_id = r.merchant_id"
	    " LEFT JOIN meshline.policy AS p ON p.merchant_id = r.merchant_id AND p.connection_id = "
	    "r.connection_id"
	    " AND p.key = 'time_zone'"
	    " WHERE r.merchant_id = $1 AND r.payout_id = ANY ($2) AND NOT r.is_test"
	    " AND r.status NOT IN ('failed', 'voided', 'deleted')"
	    " GROUP BY r.payout_id, r.currency, month ORDER BY r.payout_id, r.currency, month",
	    {INT8OID, UUIDARRAYOID});
	const auto connections = set.config.PolicyOf(set.merchant_id).connections;
	const bool by_month =
	    std::any_of(connections.begin(), connections.end(),
	                [](const ConnectionPolicy &policy) { return policy.is_split_by_month; });
	ReadForEntities(
	    set, by_month ? monthly : plan, [](const Entity &entity) { return entity.kind == payout_kind; },
	    [&](Entity &entity, const Rows &rows, std::uint64_t i) {
		    entity.lines.push_back(
		        {rows.Text(i, 2), rows.Int8(i, 3), rows.Int8(i, 4), by_month ? rows.Int8(i, 5) : 0});
	    });
}

// The payouts and bank lines that meet in an entity.
void
ReadTransfers(ReconcileSet &set) {
	static const std::string sql =
	    std::string("SELECT r.payout_id, ").append(record_columns) +
	    ", r.weak_ids FROM meshline.record AS r WHERE r.merchant_id = $1 AND r.payout_id = ANY ($2)";
	static Plan plan(sql.c_str(), {INT8OID, UUIDARRAYOID});
	ReadForEntities(
	    set, plan, [](const Entity &entity) { return entity.kind == transfer_kind; },
	    [&](Entity &entity, const Rows &rows, std::uint64_t i) {
		    RecordView &view = entity.records.emplace_back(ViewOf(set, rows, i));
		    view.weak_ids = rows.Texts(i, column_after_record, set.arena);
	    });
}

std::string
ExpectationsJson(const Reconciliation &result) {
	std::string json;
	for (const Expectation &expectation : result.expectations) {
		json += json.empty() ? "[{" : ",{";
		json += "\"reason_code\":";
		AppendJsonString(json, Name(expectation.reason));
		json += ",\"subject\":";
		AppendJsonString(json, expectation.subject);
		json += ",\"amount_minor\":";
		expectation.amount ? AppendNumber(json, *expectation.amount) : static_cast<void>(json += "null");
		json += ",\"currency\":";
		AppendJsonString(json, expectation.currency);
		json += ",\"due_at_us\":";
		AppendNumber(json, expectation.due_at);
		json += ",\"explanation\":";
		AppendJsonString(json, expectation.explanation);
		json += '}';
	}
	if (!json.empty()) {
		json += ']';
	}
	return json;
}

void
StoreSums(const ReconcileSet &set) {
	static RowsPlan plan(
	    "INSERT INTO meshline.canonical AS c (merchant_id, canonical_id, kind, anchor_rank, anchor_name,"
	    " anchor_value, has_order, order_status, ordered_at, currency, total_minor, authorized_minor,"
	    " captured_minor, refunded_minor, disputed_minor, posted_minor, refund_posted_minor, settled_minor, "
	    "fee_minor,"
	    " payment_count, refund_count, finding_count, like_count, expectations, next_due_at, reconciled_at) "
	    "SELECT"
	    " $1, u.canonical_id, u.kind, u.anchor_rank, u.anchor_name, u.anchor_value, u.has_order,"
	    " u.order_status, u.ordered_at, u.currency, u.total_minor, u.authorized_minor, u.captured_minor,"
	    " u.refunded_minor, u.disputed_minor, u.posted_minor, u.refund_posted_minor, u.settled_minor, "
	    "u.fee_minor,"
	    " u.payment_count, u.refund_count, u.finding_count, u.like_count, u.expectations::pg_catalog.jsonb,"
	    " u.next_due_at, $2 FROM {rows} ON CONFLICT (merchant_id, canonical_id) DO UPDATE SET has_order"
	    " = excluded.has_order, order_status = excluded.order_status, ordered_at = excluded.ordered_at,"
	    " currency = excluded.currency, total_minor = excluded.total_minor, authorized_minor ="
	    " excluded.authorized_minor, captured_minor = excluded.captured_minor, refunded_minor ="
	    " excluded.refunded_minor, posted_minor = excluded.posted_minor, refund_posted_minor ="
	    " excluded.refund_posted_minor, settled_minor = excluded.settled_minor, fee_minor ="
	    " excluded.fee_minor, payment_count = excluded.payment_count, refund_count ="
	    " excluded.refund_count, finding_count = excluded.finding_count, like_count = excluded.like_count, "
	    "disputed_minor = "
	    "excluded.disputed_minor, expectations ="
	    " excluded.expectations, next_due_at = excluded.next_due_at, reconciled_at ="
	    " excluded.reconciled_at, anchor_rank = excluded.anchor_rank, anchor_name ="
	    " excluded.anchor_name, anchor_value = excluded.anchor_value",
	    {INT8OID, TIMESTAMPTZOID}, {{"canonical_id", UUIDOID},     {"kind", TEXTOID},
	                                {"anchor_rank", INT4OID},      {"anchor_name", TEXTOID},
	                                {"anchor_value", TEXTOID},     {"has_order", BOOLOID},
	                                {"order_status", TEXTOID},     {"ordered_at", TIMESTAMPTZOID},
	                                {"currency", TEXTOID},         {"total_minor", INT8OID},
	                                {"authorized_minor", INT8OID}, {"captured_minor", INT8OID},
	                                {"refunded_minor", INT8OID},   {"disputed_minor", INT8OID},
	                                {"posted_minor", INT8OID},     {"refund_posted_minor", INT8OID},
	                                {"settled_minor", INT8OID},    {"fee_minor", INT8OID},
	                                {"payment_count", INT4OID},    {"refund_count", INT4OID},
	                                {"finding_count", INT4OID},    {"like_count", INT4OID},
	                                {"expectations", TEXTOID},     {"next_due_at", TIMESTAMPTZOID}});
	const std::size_t n = set.entities.size();
	Column ids(UUIDOID, n), kinds(TEXTOID, n), ranks(INT4OID, n), names(TEXTOID, n), values(TEXTOID, n),
	    has_order(BOOLOID, n), statuses(TEXTOID, n), ordered(TIMESTAMPTZOID, n), currencies(TEXTOID, n),
	    totals(INT8OID, n), authorized(INT8OID, n), captured(INT8OID, n), refunded(INT8OID, n),
	    disputed(INT8OID, n), posted(INT8OID, n), refund_posted(INT8OID, n), settled(INT8OID, n),
	    fees(INT8OID, n), payments(INT4OID, n), refunds(INT4OID, n), findings(INT4OID, n), likes(INT4OID, n),
	    expectations(TEXTOID, n), due(TIMESTAMPTZOID, n);
	for (const Entity &entity : set.entities) {
		const OrderTotals &totals_of = entity.result.totals;
		ids.Id(entity.canonical_id);
		kinds.Text(entity.kind);
		ranks.Int4(entity.anchor_rank);
		names.Text(entity.anchor_name);
		values.Text(entity.anchor_value);
		has_order.Bool(totals_of.has_order);
		totals_of.has_order ? statuses.Text(Name(totals_of.order_status)) : statuses.Null();
		ordered.Time(totals_of.ordered_at);
		currencies.TextOrNull(totals_of.currency);
		totals.Int8(totals_of.total);
		authorized.Int8(totals_of.authorized);
		captured.Int8(totals_of.captured);
		refunded.Int8(totals_of.refunded);
		disputed.Int8(totals_of.disputed);
		posted.Int8(totals_of.posted);
		refund_posted.Int8(totals_of.refund_posted);
		settled.Int8(totals_of.settled);
		fees.Int8(totals_of.fee);
		payments.Int4(totals_of.payment_count);
		refunds.Int4(totals_of.refund_count);
		findings.Int4(static_cast<std::int32_t>(entity.result.findings.size()));
		likes.Int4(static_cast<std::int32_t>(entity.likes.size()));
		expectations.TextOrNull(ExpectationsJson(entity.result));
		due.Time(entity.result.next_due_at);
	}
	plan.Run({Int64GetDatum(set.merchant_id), TimestampTzGetDatum(ToTimestamp(set.as_of))},
	         {&ids,      &kinds,    &ranks,      &names,         &values,       &has_order,
	          &statuses, &ordered,  &currencies, &totals,        &authorized,   &captured,
	          &refunded, &disputed, &posted,     &refund_posted, &settled,      &fees,
	          &payments, &refunds,  &findings,   &likes,         &expectations, &due});
}

} // namespace

std::string_view
RecordId(std::string_view system, std::string_view object, std::string_view external_id,
         std::pmr::memory_resource *arena) {
	std::string id;
	id.reserve(system.size() + object.size() + external_id.size() + 2);
	id.append(system).append(":").append(object).append(":").append(external_id);
	return Intern(id, arena);
}

ReconcileSet
EntitiesOf(const Batch &batch) {
	ReconcileSet set(batch.config, batch.connection.merchant_id, batch.as_of, batch.arena);
	Vector<std::uint32_t> order(batch.arena), place(batch.clusters.size(), std::uint32_t{0}, batch.arena);
	for (std::uint32_t i = 0; i < batch.clusters.size(); ++i) {
		order.push_back(i);
	}
	std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
		return batch.clusters[a].canonical_id < batch.clusters[b].canonical_id;
	});
	set.entities.reserve(order.size());
	for (const auto index : order) {
		const Cluster &cluster = batch.clusters[index];
		place[index] = static_cast<std::uint32_t>(set.entities.size());
		Entity &entity = set.entities.emplace_back(batch.arena);
		entity.canonical_id = cluster.canonical_id;
		entity.kind = cluster.kind;
		entity.anchor_rank = cluster.anchor_rank;
		entity.anchor_name = cluster.anchor_name;
		entity.anchor_value = cluster.anchor_value;
		entity.is_inserted = cluster.is_inserted;
		entity.finding_count = cluster.finding_count;
		entity.may_have_likes = batch.has_likes || cluster.like_count > 0;
	}
	for (const BatchRecord &record : batch.records) {
		Entity &entity = set.entities[place[record.cluster]];
		if (entity.is_inserted) {
			entity.records.push_back(ViewOf(batch, record));
		}
	}
	for (const Merge &merge : batch.merges) {
		set.entities[place[merge.cluster]].is_merged = true;
		if (merge.finding_count > 0 || batch.config.own_checks() != InvalidOid) {
			set.superseded.emplace_back(merge.from, place[merge.cluster]);
		}
	}
	return set;
}

void
LockEntities(ReconcileSet &set, std::span<const Uuid> ids, LockWait mode) {
	// Joined, not IN (...): a semi-join is planned as a scan of all the merchant's entities.
	static const std::string sql =
	    "SELECT c.canonical_id, c.kind, c.anchor_rank, c.anchor_name, c.anchor_value, c.finding_count"
	    " FROM (SELECT DISTINCT COALESCE(s.canonical_id, asked.id) AS canonical_id"
	    " FROM pg_catalog.unnest($2) AS asked (id) LEFT JOIN meshline.canonical_alias AS s"
	    " ON s.merchant_id = $1 AND s.alias_id = asked.id) AS root"
	    " JOIN meshline.canonical AS c ON c.merchant_id = $1 AND c.canonical_id = root.canonical_id"
	    " ORDER BY c.canonical_id FOR UPDATE OF c";
	static const std::string skipping_sql = sql + " SKIP LOCKED";
	static Plan waiting(sql.c_str(), {INT8OID, UUIDARRAYOID});
	static Plan skipping(skipping_sql.c_str(), {INT8OID, UUIDARRAYOID});
	Plan &plan = mode == LockWait::wait ? waiting : skipping;
	Column asked(UUIDOID, ids.size());
	for (const Uuid &id : ids) {
		asked.Id(id);
	}
	const Rows rows = plan.Run({Int64GetDatum(set.merchant_id), asked.Array()});
	for (std::uint64_t i = 0; i < rows.count(); ++i) {
		Entity &entity = set.entities.emplace_back(set.arena);
		entity.canonical_id = rows.Id(i, 1);
		entity.kind = rows.Text(i, 2);
		entity.anchor_rank = rows.Int4(i, 3);
		entity.anchor_name = rows.Text(i, 4);
		entity.anchor_value = rows.Text(i, 5);
		entity.finding_count = rows.Int4(i, 6);
	}
}

void
ReadEntities(ReconcileSet &set) {
	ReadRecords(set);
	ReadPayoutLines(set);
	ReadTransfers(set);
	ReadLikes(set);
	ReadFrozen(set);
	ReadCustomers(set);
	TakeOrderCurrencies(set);
}

void
JudgeEntities(ReconcileSet &set, const Policy &policy) {
	std::size_t done = 0;
	for (Entity &entity : set.entities) {
		if ((++done & 1023) == 0) {
			CheckInterrupts();
		}
		if (entity.kind == payout_kind) {
			const auto payout = std::find_if(entity.records.begin(), entity.records.end(),
			                                 [](const RecordView &r) { return r.kind == Kind::payout; });
			if (payout != entity.records.end()) {
				entity.result = ReconcilePayout(*payout, Span(entity.lines), policy, set.as_of, set.arena);
			}
		} else if (entity.kind == transfer_kind) {
			entity.result = ReconcileTransfer(Span(entity.records), policy, set.as_of, set.arena);
		} else {
			const auto check = entity.kind == customer_kind ? ReconcileCustomer : ReconcileOrder;
			entity.result = check(Span(entity.records), Span(entity.likes), policy, set.as_of, set.arena);
		}
	}
}

void
RunChecks(ReconcileSet &set) {
	ReadEntities(set);
	JudgeEntities(set, set.config.PolicyOf(set.merchant_id));
}

void
StoreResults(ReconcileSet &set) {
	StoreOrderCurrencies(set);
	StoreSums(set);
	StoreExceptions(set);
	if (set.config.own_checks() != InvalidOid) {
		RunOwnChecks(set);
	}
}

} // namespace meshline::pg
