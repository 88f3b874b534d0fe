// SPDX-License-Identifier: PostgreSQL
#include <algorithm>
#include <string>

#include "core/match/party_keys.hpp"
#include "core/match/role_model.hpp"
#include "pg/json_document.hpp"
#include "pg/match_store.hpp"
#include "pg/queue.hpp"
#include "pg/spi.hpp"

namespace meshline::pg {

namespace {

// Between the members of a key on their way into the table.
constexpr char separator = '\x1f';
constexpr double least_weight = -5; // of pairs that are kept as candidates

// A record as "connection_id/object/external_id"; names of objects hold no slash.
struct Member {
	std::int64_t connection_id;
	std::string_view object;
	std::string_view external_id;
};

Member
ParseMember(std::string_view text) {
	Member member{};
	const std::size_t first = text.find('/'), second = text.find('/', first + 1);
	member.connection_id = ToInteger(text.substr(0, first));
	member.object = text.substr(first + 1, second - first - 1);
	member.external_id = text.substr(second + 1);
	return member;
}

std::string_view
MemberText(const Batch &batch, const Fact &fact) {
	std::string text = std::to_string(batch.connection.connection_id);
	text.append("/").append(fact.object).append("/").append(fact.external_id);
	return Intern(text, batch.arena);
}

// Orders of stores and marketplaces, booked sales of ledgers, and customers of anybody can be there twice. An
// id that holds the separator of members cannot be told from two.
bool
CanBeTwice(const Fact &fact, Role role) noexcept {
	if (fact.external_id.find(separator) != std::string_view::npos) {
		return false;
	}
	switch (fact.kind) {
	case Kind::customer:
		return true;
	case Kind::order:
		return role == Role::store || role == Role::marketplace;
	case Kind::posting:
		return role == Role::ledger && fact.posting == Posting::sale;
	default:
		return false;
	}
}

struct KeyMember {
	std::int64_t key;
	std::uint32_t record; // index into Batch::records
	auto operator<=>(const KeyMember &) const = default;
};

Vector<KeyMember>
CollectKeys(const Batch &batch) {
	Vector<KeyMember> keys(batch.arena);
	for (std::uint32_t i = 0; i < batch.records.size(); ++i) {
		const BatchRecord &record = batch.records[i];
		if (record.is_applied && record.problems.empty() && !record.fact->is_test &&
		    CanBeTwice(*record.fact, batch.connection.role)) {
			for (const auto key : match::PartyKeys(*record.fact, batch.arena)) {
				keys.push_back({key, i});
			}
		}
	}
	std::sort(keys.begin(), keys.end());
	return keys;
}

// Who else has a record's key.
struct Meeting {
	std::uint32_t record;   // index into Batch::records
	std::string_view other; // a member
	auto operator<=>(const Meeting &) const = default;
};

// Adds the batch's records to the members of their keys.
void
StoreKeys(const Batch &batch, const Vector<KeyMember> &keys, Vector<Meeting> &meetings) {
	static RowsPlan plan(
	    "INSERT INTO meshline.match_key AS m (merchant_id, match_key, members) SELECT $1, u.match_key,"
	    " pg_catalog.string_to_array(u.members, E'\\x1f') FROM {rows} ON CONFLICT (merchant_id, match_key) DO"
	    " UPDATE SET members = (m.members || excluded.members)[GREATEST(1, pg_catalog.cardinality(m.members)"
	    " + pg_catalog.cardinality(excluded.members) - 15):] WHERE NOT m.members @> excluded.members"
	    " RETURNING m.match_key, m.members",
	    {INT8OID}, {{"match_key", INT8OID}, {"members", TEXTOID}});
	Column numbers(INT8OID, keys.size()), members(TEXTOID, keys.size());
	std::string together;
	for (std::size_t i = 0; i < keys.size(); ++i) {
		if (!together.empty()) {
			together += separator;
		}
		together.append(MemberText(batch, *batch.records[keys[i].record].fact));
		if (i + 1 == keys.size() || keys[i + 1].key != keys[i].key) {
			numbers.Int8(keys[i].key);
			members.Text(together);
			together.clear();
		}
	}
	const Rows rows = plan.Run({Int64GetDatum(batch.connection.merchant_id)}, {&numbers, &members});
	for (std::uint64_t row = 0; row < rows.count(); ++row) {
		const auto all = rows.Texts(row, 2, batch.arena);
		if (all.size() < 2) {
			continue;
		}
		const std::int64_t key = rows.Int8(row, 1);
		for (auto at = std::lower_bound(keys.begin(), keys.end(), KeyMember{key, 0});
		     at != keys.end() && at->key == key; ++at) {
			for (const auto member : all) {
				meetings.push_back({at->record, Intern(member, batch.arena)});
			}
		}
	}
}

// Pairs that the records are in already: what they say may have changed.
void
AddKnownMeetings(const Batch &batch, Vector<Meeting> &meetings) {
	static RowsPlan plan(
	    "SELECT u.record, p.other_connection_id || '/' || p.other_object || '/' || p.other_external_id"
	    " FROM {rows} JOIN meshline.duplicate_pair AS p ON p.merchant_id = $1 AND p.connection_id = $2"
	    " AND p.object = u.object AND p.external_id = u.external_id",
	    {INT8OID, INT8OID}, {{"record", INT4OID}, {"object", TEXTOID}, {"external_id", TEXTOID}});
	const std::size_t n = batch.records.size();
	Column numbers(INT4OID, n), objects(TEXTOID, n), external_ids(TEXTOID, n);
	for (std::uint32_t i = 0; i < n; ++i) {
		const BatchRecord &record = batch.records[i];
		if (record.is_applied && batch.clusters[record.cluster].like_count > 0 &&
		    CanBeTwice(*record.fact, batch.connection.role)) {
			numbers.Int4(static_cast<std::int32_t>(i));
			objects.Text(record.fact->object);
			external_ids.Text(record.fact->external_id);
		}
	}
	if (numbers.size() == 0) {
		return;
	}
	const Rows rows =
	    plan.Run({Int64GetDatum(batch.connection.merchant_id), Int64GetDatum(batch.connection.connection_id)},
	             {&numbers, &objects, &external_ids});
	for (std::uint64_t row = 0; row < rows.count(); ++row) {
		meetings.push_back(
		    {static_cast<std::uint32_t>(rows.Int4(row, 1)), Intern(rows.Text(row, 2), batch.arena)});
	}
}

match::RecordValues
ValuesOf(const Party &party, const match::ColumnNames &columns) {
	match::RecordValues values(columns.all().size());
	for (std::size_t c = 0; c < values.size(); ++c) {
		if (const auto field = ParsePartyField(columns.all()[c])) {
			const std::string_view value = party[static_cast<std::size_t>(*field)];
			values[c] = value.empty() ? std::nullopt : std::optional(std::string(value));
		}
	}
	return values;
}

struct Pair {
	Member own;
	Member other;
	std::string_view kind;
	double weight;
};

// Weighs the meetings, and gives each pair from both its sides.
Vector<Pair>
Weigh(const Batch &batch, const Vector<Meeting> &meetings) {
	static RowsPlan plan(
	    "SELECT u.meeting, r.kind, r.party::pg_catalog.text FROM {rows} JOIN meshline.record AS r"
	    " ON r.merchant_id = $1 AND r.connection_id = u.connection_id AND r.object = u.object"
	    " AND r.external_id = u.external_id WHERE r.party IS NOT NULL",
	    {INT8OID},
	    {{"meeting", INT4OID}, {"connection_id", INT8OID}, {"object", TEXTOID}, {"external_id", TEXTOID}});
	const std::size_t n = meetings.size();
	Column numbers(INT4OID, n), connections(INT8OID, n), objects(TEXTOID, n), external_ids(TEXTOID, n);
	for (std::uint32_t i = 0; i < n; ++i) {
		const Member other = ParseMember(meetings[i].other);
		numbers.Int4(static_cast<std::int32_t>(i));
		connections.Int8(other.connection_id);
		objects.Text(other.object);
		external_ids.Text(other.external_id);
	}
	const Rows rows = plan.Run({Int64GetDatum(batch.connection.merchant_id)},
	                           {&numbers, &connections, &objects, &external_ids});
	Vector<Pair> pairs(batch.arena);
	for (std::uint64_t row = 0; row < rows.count(); ++row) {
		const Meeting &meeting = meetings[static_cast<std::size_t>(rows.Int4(row, 1))];
		const Fact &fact = *batch.records[meeting.record].fact;
		const bool is_customer = fact.kind == Kind::customer;
		if (is_customer != (rows.Text(row, 2) == Name(Kind::customer))) {
			continue;
		}
		const match::RoleModel &model = batch.config.MatchModelOf(is_customer);
		double weight = model.prior_weight();
		for (const auto &step : model.Score(ValuesOf(fact.party, model.columns()),
		                                    ReadRecord(rows.Text(row, 3), model.columns()))) {
			weight += step.weight;
		}
		if (weight >= least_weight) {
			const Member own{batch.connection.connection_id, fact.object, fact.external_id};
			const Member other = ParseMember(meeting.other);
			const std::string_view kind = is_customer ? customer_kind : order_kind;
			pairs.push_back({own, other, kind, weight});
			pairs.push_back({other, own, kind, weight});
		}
	}
	return pairs;
}

auto
KeyOf(const Pair &pair) noexcept {
	return std::tie(pair.own.connection_id, pair.own.object, pair.own.external_id, pair.other.connection_id,
	                pair.other.object, pair.other.external_id);
}

void
StorePairs(const Batch &batch, Vector<Pair> &pairs) {
	static RowsPlan plan(
	    "INSERT INTO meshline.duplicate_pair AS p (merchant_id, connection_id, object, external_id,"
	    " other_connection_id, other_object, other_external_id, kind, weight, found_at) SELECT $1,"
	    " u.connection_id, u.object, u.external_id, u.other_connection_id, u.other_object,"
	    " u.other_external_id, u.kind, u.weight, $2 FROM {rows} ON CONFLICT (merchant_id,"
	    " connection_id, object, external_id, other_connection_id, other_object, other_external_id) DO UPDATE"
	    " SET weight = excluded.weight WHERE p.weight <> excluded.weight",
	    {INT8OID, TIMESTAMPTZOID},
	    {{"connection_id", INT8OID},
	     {"object", TEXTOID},
	     {"external_id", TEXTOID},
	     {"other_connection_id", INT8OID},
	     {"other_object", TEXTOID},
	     {"other_external_id", TEXTOID},
	     {"kind", TEXTOID},
	     {"weight", FLOAT8OID}});
	// In one order everywhere, so that sessions do not wait for each other in a circle.
	std::sort(pairs.begin(), pairs.end(), [](const Pair &a, const Pair &b) { return KeyOf(a) < KeyOf(b); });
	pairs.erase(std::unique(pairs.begin(), pairs.end(),
	                        [](const Pair &a, const Pair &b) { return KeyOf(a) == KeyOf(b); }),
	            pairs.end());
	const std::size_t n = pairs.size();
	Column connections(INT8OID, n), objects(TEXTOID, n), external_ids(TEXTOID, n),
	    other_connections(INT8OID, n), other_objects(TEXTOID, n), other_external_ids(TEXTOID, n),
	    kinds(TEXTOID, n), weights(FLOAT8OID, n);
	for (const Pair &pair : pairs) {
		connections.Int8(pair.own.connection_id);
		objects.Text(pair.own.object);
		external_ids.Text(pair.own.external_id);
		other_connections.Int8(pair.other.connection_id);
		other_objects.Text(pair.other.object);
		other_external_ids.Text(pair.other.external_id);
		kinds.Text(pair.kind);
		weights.Float8(pair.weight);
	}
	plan.Run({Int64GetDatum(batch.connection.merchant_id), TimestampTzGetDatum(ToTimestamp(batch.as_of))},
	         {&connections, &objects, &external_ids, &other_connections, &other_objects, &other_external_ids,
	          &kinds, &weights});
}

} // namespace

void
StoreLikes(Batch &batch) {
	Vector<Meeting> meetings(batch.arena);
	if (const auto keys = CollectKeys(batch); !keys.empty()) {
		StoreKeys(batch, keys, meetings);
	}
	AddKnownMeetings(batch, meetings);
	std::sort(meetings.begin(), meetings.end());
	meetings.erase(std::unique(meetings.begin(), meetings.end()), meetings.end());
	meetings.erase(std::remove_if(meetings.begin(), meetings.end(),
	                              [&](const Meeting &meeting) {
		                              return meeting.other ==
		                                     MemberText(batch, *batch.records[meeting.record].fact);
	                              }),
	               meetings.end());
	if (meetings.empty()) {
		return;
	}
	Vector<Pair> pairs = Weigh(batch, meetings);
	batch.has_likes = !pairs.empty();
	if (batch.has_likes) {
		StorePairs(batch, pairs);
	}
}

void
ReadLikes(ReconcileSet &set) {
	static RowsPlan plan(
	    "SELECT u.entity, u.record, o.canonical_id, o.connection_id, o.object, o.external_id, o.status,"
	    " o.amount_minor, o.currency, o.occurred_at, o.line_count, p.weight,"
	    " p.decision IS NOT NULL,"
	    " o.kind = 'posting' AND EXISTS (SELECT FROM meshline.record AS s WHERE s.merchant_id = $1"
	    " AND s.canonical_id = o.canonical_id AND s.kind = 'order') FROM {rows} JOIN meshline.duplicate_pair "
	    "AS p ON p.merchant_id = $1"
	    " AND p.connection_id = u.connection_id AND p.object = u.object AND p.external_id = u.external_id"
	    " JOIN meshline.record AS o ON o.merchant_id = $1 AND o.connection_id = p.other_connection_id"
	    " AND o.object = p.other_object AND o.external_id = p.other_external_id"
	    " WHERE p.decision IS DISTINCT FROM 'rejected' AND o.problems IS NULL AND NOT o.is_test"
	    " ORDER BY u.entity, u.record, o.connection_id, o.object, o.external_id",
	    {INT8OID},
	    {{"entity", INT4OID},
	     {"record", INT4OID},
	     {"connection_id", INT8OID},
	     {"object", TEXTOID},
	     {"external_id", TEXTOID}});
	std::size_t n = 0;
	for (const Entity &entity : set.entities) {
		n += entity.records.size();
	}
	Column entities(INT4OID, n), records(INT4OID, n), connections(INT8OID, n), objects(TEXTOID, n),
	    external_ids(TEXTOID, n);
	for (std::uint32_t e = 0; e < set.entities.size(); ++e) {
		const Entity &entity = set.entities[e];
		for (std::uint32_t r = 0; r < entity.records.size(); ++r) {
			const RecordView &record = entity.records[r];
			const bool is_sale = record.kind == Kind::posting && record.posting == Posting::sale;
			const bool can_be_twice = is_sale || record.kind == Kind::order || record.kind == Kind::customer;
			if (can_be_twice && entity.may_have_likes) {
				entities.Int4(static_cast<std::int32_t>(e));
				records.Int4(static_cast<std::int32_t>(r));
				connections.Int8(record.connection_id);
				objects.Text(record.object);
				external_ids.Text(record.external_id);
			}
		}
	}
	if (entities.size() == 0) {
		return;
	}
	const Rows rows = plan.Run({Int64GetDatum(set.merchant_id)},
	                           {&entities, &records, &connections, &objects, &external_ids});
	for (std::uint64_t row = 0; row < rows.count(); ++row) {
		Entity &entity = set.entities[static_cast<std::size_t>(rows.Int4(row, 1))];
		const Uuid other = rows.Id(row, 3);
		const Connection *connection = set.config.Find(set.merchant_id, rows.Int8(row, 4));
		if (other == entity.canonical_id || connection == nullptr) {
			continue;
		}
		LikeRecord &like = entity.likes.emplace_back();
		like.own = &entity.records[static_cast<std::size_t>(rows.Int4(row, 2))];
		like.id = RecordId(connection->connector, rows.Text(row, 5), rows.Text(row, 6), set.arena);
		like.connection_id = rows.Int8(row, 4);
		like.status = ParseStatus(rows.Text(row, 7)).value_or(Status::unknown);
		like.amount = rows.OptionalInt8(row, 8);
		like.currency = Intern(rows.Text(row, 9), set.arena);
		like.occurred_at = rows.OptionalTime(row, 10);
		like.line_count = rows.Int4(row, 11);
		like.weight = rows.Float8(row, 12);
		like.is_confirmed = rows.Bool(row, 13);
		like.is_booking = rows.Bool(row, 14);
		const bool is_new = entity.is_inserted;
		const auto own_id = RecordId(like.own->system, like.own->object, like.own->external_id, set.arena);
		const bool is_later = std::pair(like.own->occurred_at, own_id) > std::pair(like.occurred_at, like.id);
		(is_new && is_later ? set.earlier_likes : set.likes).push_back(other);
	}
}

namespace {

void
SortUnique(Vector<Uuid> &ids) {
	std::sort(ids.begin(), ids.end());
	ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
}

// Notes on entities that they are in a pair, which is all that a later record means to them: when one of them
// changes, the other is looked at again.
void
NoteLikes(const ReconcileSet &set) {
	static Plan unaware_plan("SELECT c.canonical_id FROM meshline.canonical AS c WHERE c.merchant_id = $1"
	                         " AND c.canonical_id = ANY ($2) AND c.like_count = 0",
	                         {INT8OID, UUIDARRAYOID});
	static Plan note_plan("UPDATE meshline.canonical AS c SET like_count = 1 FROM (SELECT k.canonical_id FROM"
	                      " meshline.canonical AS k WHERE k.merchant_id = $1 AND k.canonical_id = ANY ($2)"
	                      " ORDER BY k.canonical_id FOR UPDATE SKIP LOCKED) AS free"
	                      " WHERE c.merchant_id = $1 AND c.canonical_id = free.canonical_id",
	                      {INT8OID, UUIDARRAYOID});
	Vector<Uuid> others(set.earlier_likes.begin(), set.earlier_likes.end(), set.arena);
	SortUnique(others);
	if (others.empty()) {
		return;
	}
	Column asked(UUIDOID, others.size());
	for (const Uuid &id : others) {
		asked.Id(id);
	}
	const Rows unaware = unaware_plan.Run({Int64GetDatum(set.merchant_id), asked.Array()});
	if (unaware.count() == 0) {
		return;
	}
	Vector<Uuid> ids(set.arena);
	Column unaware_ids(UUIDOID, unaware.count());
	for (std::uint64_t row = 0; row < unaware.count(); ++row) {
		ids.push_back(unaware.Id(row, 1));
		unaware_ids.Id(ids.back());
	}
	if (note_plan.Run({Int64GetDatum(set.merchant_id), unaware_ids.Array()}).count() < ids.size()) {
		QueueEntities(set, Span(ids));
	}
}

} // namespace

void
ReconcileLikes(const ReconcileSet &set) {
	Vector<Uuid> others(set.likes.begin(), set.likes.end(), set.arena);
	SortUnique(others);
	others.erase(std::remove_if(others.begin(), others.end(),
	                            [&](const Uuid &id) {
		                            const auto at =
		                                std::lower_bound(set.entities.begin(), set.entities.end(), id,
		                                                 [](const Entity &entity, const Uuid &wanted) {
			                                                 return entity.canonical_id < wanted;
		                                                 });
		                            return at != set.entities.end() && at->canonical_id == id;
	                            }),
	             others.end());
	if (!others.empty()) {
		ReconcileSet again(set.config, set.merchant_id, set.as_of, set.arena);
		LockEntities(again, {others.data(), others.size()}, LockWait::skip);
		RunChecks(again);
		StoreResults(again);
		if (again.entities.size() < others.size()) {
			QueueEntities(set, {others.data(), others.size()});
		}
	}
	NoteLikes(set);
}

} // namespace meshline::pg
