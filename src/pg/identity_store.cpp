// SPDX-License-Identifier: PostgreSQL
#include "pg/identity_store.hpp"

#include <algorithm>
#include <numeric>

#include "pg/spi.hpp"

namespace meshline::pg {

namespace {

using Indexes = Vector<std::uint32_t>;

// Union-find whose smaller index is the root, so that the result does not depend on the order of unions.
class Unions {
public:
	Unions(std::size_t n, std::pmr::memory_resource *arena) : parent_(n, std::uint32_t{0}, arena) {
		std::iota(parent_.begin(), parent_.end(), std::uint32_t{0});
	}
	std::uint32_t
	Find(std::uint32_t i) {
		while (parent_[i] != i) {
			parent_[i] = parent_[parent_[i]];
			i = parent_[i];
		}
		return i;
	}
	void
	Join(std::uint32_t a, std::uint32_t b) {
		a = Find(a);
		b = Find(b);
		parent_[std::max(a, b)] = std::min(a, b);
	}

private:
	Indexes parent_;
};

// A stored canonical entity that this batch has locked.
struct Root {
	Uuid canonical_id;
	int anchor_rank;
	std::string_view anchor_name;
	std::string_view anchor_value;
	std::string_view kind;
	std::int32_t finding_count;
	std::int32_t like_count;
};

auto
AnchorOf(const BatchIdentifier &identifier) {
	return std::tuple(identifier.rank, identifier.name, identifier.value);
}

// Makes batch.identifiers sorted and unique, with the records' indexes following.
void
SortIdentifiers(Batch &batch) {
	const auto less = [](const BatchIdentifier &a, const BatchIdentifier &b) {
		return std::tie(a.name, a.value) < std::tie(b.name, b.value);
	};
	Indexes order(batch.identifiers.size(), std::uint32_t{0}, batch.arena);
	std::iota(order.begin(), order.end(), std::uint32_t{0});
	std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
		return less(batch.identifiers[a], batch.identifiers[b]);
	});
	Vector<BatchIdentifier> unique(batch.arena);
	Indexes place(batch.identifiers.size(), std::uint32_t{0}, batch.arena);
	for (const auto index : order) {
		const BatchIdentifier &identifier = batch.identifiers[index];
		if (unique.empty() || less(unique.back(), identifier)) {
			unique.push_back(identifier);
		} else {
			unique.back().rank = std::min(unique.back().rank, identifier.rank);
			unique.back().kind = unique.back().kind == order_kind ? identifier.kind : unique.back().kind;
		}
		place[index] = static_cast<std::uint32_t>(unique.size() - 1);
	}
	batch.identifiers = std::move(unique);
	for (BatchRecord &record : batch.records) {
		for (auto &index : record.identifiers) {
			index = place[index];
		}
	}
}

// Groups the identifiers by the records that carry them; each group is a cluster with a proposed id.
void
MakeClusters(Batch &batch) {
	Unions unions(batch.identifiers.size(), batch.arena);
	for (const BatchRecord &record : batch.records) {
		for (const auto index : record.identifiers) {
			unions.Join(record.identifiers.front(), index);
		}
	}
	Indexes number(batch.identifiers.size(), std::uint32_t{0}, batch.arena);
	for (std::uint32_t i = 0; i < batch.identifiers.size(); ++i) {
		BatchIdentifier &identifier = batch.identifiers[i];
		const std::uint32_t root = unions.Find(i);
		if (root == i) {
			number[i] = static_cast<std::uint32_t>(batch.clusters.size());
			batch.clusters.emplace_back();
			batch.clusters.back().kind = order_kind;
		}
		identifier.cluster = number[root];
		Cluster &cluster = batch.clusters[identifier.cluster];
		if (AnchorOf(identifier) <
		    std::tuple(cluster.anchor_rank, cluster.anchor_name, cluster.anchor_value)) {
			std::tie(cluster.anchor_rank, cluster.anchor_name, cluster.anchor_value) = AnchorOf(identifier);
		}
		if (identifier.kind != order_kind) {
			cluster.kind = identifier.kind;
		}
	}
	for (Cluster &cluster : batch.clusters) {
		cluster.canonical_id = CanonicalId(batch.connection.merchant_id, cluster.kind, cluster.anchor_name,
		                                   cluster.anchor_value);
		cluster.is_new = true;
		cluster.is_inserted = true;
	}
}

// Claims the identifiers for their clusters; true when none of them was known. A second session that
// claims one of them waits here until this transaction ends, and then finds it.
bool
InsertIdentifiers(Batch &batch) {
	static RowsPlan plan(
	    "INSERT INTO meshline.identifier AS i (merchant_id, name, value, canonical_id) SELECT $1,"
	    " u.name, u.value, u.canonical_id FROM {rows} ON CONFLICT DO NOTHING RETURNING i.name, i.value",
	    {INT8OID}, {{"name", TEXTOID}, {"value", TEXTOID}, {"canonical_id", UUIDOID}});
	const std::size_t n = batch.identifiers.size();
	Column names(TEXTOID, n), values(TEXTOID, n), ids(UUIDOID, n);
	for (const BatchIdentifier &identifier : batch.identifiers) {
		names.Text(identifier.name);
		values.Text(identifier.value);
		ids.Id(batch.clusters[identifier.cluster].canonical_id);
	}
	const Rows rows = plan.Run({Int64GetDatum(batch.connection.merchant_id)}, {&names, &values, &ids});
	if (rows.count() == n) {
		return true;
	}
	// RETURNING keeps the order of the input and leaves out what was there.
	std::size_t at = 0;
	for (std::uint64_t row = 0; row < rows.count(); ++row) {
		while (batch.identifiers[at].name != rows.Text(row, 1) ||
		       batch.identifiers[at].value != rows.Text(row, 2)) {
			++at;
		}
		batch.identifiers[at].is_new = true;
		batch.identifiers[at].canonical_id = batch.clusters[batch.identifiers[at].cluster].canonical_id;
	}
	return false;
}

void
LookUpIdentifiers(Batch &batch) {
	static RowsPlan plan("SELECT i.name, i.value, i.canonical_id FROM {rows} JOIN meshline.identifier AS i ON"
	                     " i.merchant_id = $1 AND i.name = u.name AND i.value = u.value",
	                     {INT8OID}, {{"name", TEXTOID}, {"value", TEXTOID}});
	const std::size_t n = batch.identifiers.size();
	Column names(TEXTOID, n), values(TEXTOID, n);
	std::size_t asked = 0;
	for (const BatchIdentifier &identifier : batch.identifiers) {
		if (!identifier.is_new) {
			names.Text(identifier.name);
			values.Text(identifier.value);
			++asked;
		}
	}
	const Rows rows = plan.Run({Int64GetDatum(batch.connection.merchant_id)}, {&names, &values});
	if (rows.count() != asked) {
		throw LockOrderConflict(); // taken back between the insert and the look-up
	}
	for (std::uint64_t row = 0; row < rows.count(); ++row) {
		const std::pair key(rows.Text(row, 1), rows.Text(row, 2));
		const auto at = std::lower_bound(
		    batch.identifiers.begin(), batch.identifiers.end(), key,
		    [](const BatchIdentifier &i, const auto &k) { return std::pair(i.name, i.value) < k; });
		at->canonical_id = rows.Id(row, 3);
	}
}

// Locks the entities behind the known identifiers, in the order of their ids, and gives for each id
// asked for the entity that it stands for now. None for one that was merged while this waited for its lock.
void
LockRoots(const Batch &batch, Vector<Uuid> &asked, Vector<Root> &roots,
          FlatMap<Uuid, std::uint32_t> &root_of) {
	static Plan plan(
	    "SELECT asked.id, c.canonical_id, c.anchor_rank, c.anchor_name, c.anchor_value, c.kind,"
	    " c.finding_count, c.like_count"
	    " FROM pg_catalog.unnest($2) AS asked (id)"
	    " LEFT JOIN meshline.canonical_alias AS s ON s.merchant_id = $1 AND s.alias_id = asked.id"
	    " JOIN meshline.canonical AS c ON c.merchant_id = $1"
	    " AND c.canonical_id = COALESCE(s.canonical_id, asked.id)"
	    " ORDER BY c.canonical_id FOR UPDATE OF c",
	    {INT8OID, UUIDARRAYOID});
	Column ids(UUIDOID, asked.size());
	for (const Uuid &id : asked) {
		ids.Id(id);
	}
	const Rows rows = plan.Run({Int64GetDatum(batch.connection.merchant_id), ids.Array()});
	for (std::uint64_t row = 0; row < rows.count(); ++row) {
		const Uuid id = rows.Id(row, 2);
		if (roots.empty() || roots.back().canonical_id != id) {
			roots.push_back({id, rows.Int4(row, 3), Intern(rows.Text(row, 4), batch.arena),
			                 Intern(rows.Text(row, 5), batch.arena), Intern(rows.Text(row, 6), batch.arena),
			                 rows.Int4(row, 7), rows.Int4(row, 8)});
		}
		root_of.emplace(rows.Id(row, 1), static_cast<std::uint32_t>(roots.size() - 1));
	}
}

void
CollectKnownIds(const Batch &batch, Vector<Uuid> &asked) {
	for (const BatchIdentifier &identifier : batch.identifiers) {
		if (!identifier.is_new) {
			asked.push_back(identifier.canonical_id);
		}
	}
	std::sort(asked.begin(), asked.end());
	asked.erase(std::unique(asked.begin(), asked.end()), asked.end());
}

// Joins clusters that meet in one stored entity, chooses the id of each by its best anchor, and notes
// which stored entities are thereby superseded.
void
MergeClusters(Batch &batch, const Vector<Root> &roots, const FlatMap<Uuid, std::uint32_t> &root_of) {
	const auto count = static_cast<std::uint32_t>(batch.clusters.size());
	Unions unions(count + roots.size(), batch.arena);
	for (const BatchIdentifier &identifier : batch.identifiers) {
		if (!identifier.is_new) {
			const auto at = root_of.find(identifier.canonical_id);
			if (at == root_of.end()) {
				throw LockOrderConflict();
			}
			unions.Join(identifier.cluster, count + at->second);
		}
	}
	for (std::uint32_t i = 0; i < count; ++i) {
		Cluster &into = batch.clusters[unions.Find(i)];
		const Cluster &from = batch.clusters[i];
		if (std::tie(from.anchor_rank, from.anchor_name, from.anchor_value) <
		    std::tie(into.anchor_rank, into.anchor_name, into.anchor_value)) {
			std::tie(into.anchor_rank, into.anchor_name, into.anchor_value) =
			    std::tie(from.anchor_rank, from.anchor_name, from.anchor_value);
		}
	}
	for (std::uint32_t r = 0; r < roots.size(); ++r) {
		Cluster &into = batch.clusters[unions.Find(count + r)];
		const Root &root = roots[r];
		into.kind = root.kind;
		into.like_count += root.like_count;
		into.is_inserted = false;
		if (std::tie(root.anchor_rank, root.anchor_name, root.anchor_value) <
		    std::tie(into.anchor_rank, into.anchor_name, into.anchor_value)) {
			std::tie(into.anchor_rank, into.anchor_name, into.anchor_value) =
			    std::tie(root.anchor_rank, root.anchor_name, root.anchor_value);
		}
	}
	// Compact: keep the clusters that are roots of the union, and renumber.
	Indexes number(count, std::uint32_t{0}, batch.arena);
	Vector<Cluster> kept(batch.arena);
	for (std::uint32_t i = 0; i < count; ++i) {
		if (unions.Find(i) == i) {
			number[i] = static_cast<std::uint32_t>(kept.size());
			kept.push_back(batch.clusters[i]);
			Cluster &cluster = kept.back();
			cluster.canonical_id = CanonicalId(batch.connection.merchant_id, cluster.kind,
			                                   cluster.anchor_name, cluster.anchor_value);
		}
	}
	for (std::uint32_t r = 0; r < roots.size(); ++r) {
		const std::uint32_t index = number[unions.Find(count + r)];
		if (roots[r].canonical_id == kept[index].canonical_id) {
			kept[index].is_new = false;
			kept[index].finding_count += roots[r].finding_count;
		} else {
			batch.merges.push_back({roots[r].canonical_id, index, roots[r].finding_count});
		}
	}
	for (BatchIdentifier &identifier : batch.identifiers) {
		identifier.cluster = number[unions.Find(identifier.cluster)];
	}
	batch.clusters = std::move(kept);
}

// Points identifiers that were claimed for another id than their entity turned out to have to it.
void
RepointIdentifiers(const Batch &batch) {
	static RowsPlan plan("UPDATE meshline.identifier AS i SET canonical_id = u.canonical_id FROM {rows} WHERE"
	                     " i.merchant_id = $1 AND i.name = u.name AND i.value = u.value",
	                     {INT8OID}, {{"name", TEXTOID}, {"value", TEXTOID}, {"canonical_id", UUIDOID}});
	const std::size_t n = batch.identifiers.size();
	Column names(TEXTOID, n), values(TEXTOID, n), ids(UUIDOID, n);
	std::size_t moved = 0;
	for (const BatchIdentifier &identifier : batch.identifiers) {
		const Uuid &id = batch.clusters[identifier.cluster].canonical_id;
		if (identifier.is_new && identifier.canonical_id != id) {
			names.Text(identifier.name);
			values.Text(identifier.value);
			ids.Id(id);
			++moved;
		}
	}
	if (moved > 0) {
		plan.Run({Int64GetDatum(batch.connection.merchant_id)}, {&names, &values, &ids});
	}
}

// Moves what belongs to superseded entities to the ones that took their place. Aliases are repointed
// too, so that following one is a single step for ever. One that stands again, because what joins two
// entities chose its id, is no alias any more.
void
StoreMerges(const Batch &batch) {
	static RowsPlan repoint("UPDATE meshline.canonical_alias AS s SET canonical_id = u.into_id FROM {rows}"
	                        " WHERE s.merchant_id = $1 AND s.canonical_id = u.from_id",
	                        {INT8OID}, {{"from_id", UUIDOID}, {"into_id", UUIDOID}});
	static RowsPlan revive("DELETE FROM meshline.canonical_alias AS s USING {rows}"
	                       " WHERE s.merchant_id = $1 AND s.alias_id = u.into_id",
	                       {INT8OID}, {{"into_id", UUIDOID}});
	static RowsPlan supersede(
	    "WITH superseded AS (DELETE FROM meshline.canonical AS c USING {rows} WHERE c.merchant_id = $1"
	    " AND c.canonical_id = u.from_id RETURNING u.into_id, c.*) INSERT INTO meshline.canonical_alias"
	    " (merchant_id, alias_id, canonical_id, kind, anchor_rank, anchor_name, anchor_value)"
	    " SELECT d.merchant_id, d.canonical_id, d.into_id, d.kind, d.anchor_rank, d.anchor_name,"
	    " d.anchor_value FROM superseded AS d",
	    {INT8OID}, {{"from_id", UUIDOID}, {"into_id", UUIDOID}});
	static RowsPlan records(
	    "UPDATE meshline.record AS r SET canonical_id = u.into_id FROM {rows} WHERE r.merchant_id = $1"
	    " AND r.canonical_id = u.from_id",
	    {INT8OID}, {{"from_id", UUIDOID}, {"into_id", UUIDOID}});
	// What checks find moves when the entity that took over is reconciled; the rest is not found by that.
	static RowsPlan exceptions(
	    "UPDATE meshline.recon_exception AS x SET canonical_id = u.into_id FROM {rows} WHERE"
	    " x.merchant_id = $1 AND x.canonical_id = u.from_id AND "
	    " meshline._is_found_apart(x.reason_code)",
	    {INT8OID}, {{"from_id", UUIDOID}, {"into_id", UUIDOID}});
	static RowsPlan history(
	    "INSERT INTO meshline.canonical_merge (merchant_id, from_id, into_id, reason, merged_at) SELECT"
	    " $1, u.from_id, u.into_id, 'a strong identifier belongs to both', $2 FROM {rows}",
	    {INT8OID, TIMESTAMPTZOID}, {{"from_id", UUIDOID}, {"into_id", UUIDOID}});
	Column from(UUIDOID, batch.merges.size()), into(UUIDOID, batch.merges.size());
	for (const Merge &merge : batch.merges) {
		from.Id(merge.from);
		into.Id(batch.clusters[merge.cluster].canonical_id);
	}
	const Datum merchant = Int64GetDatum(batch.connection.merchant_id);
	repoint.Run({merchant}, {&from, &into});
	revive.Run({merchant}, {&into});
	supersede.Run({merchant}, {&from, &into});
	records.Run({merchant}, {&from, &into});
	exceptions.Run({merchant}, {&from, &into});
	history.Run({merchant, TimestampTzGetDatum(ToTimestamp(batch.as_of))}, {&from, &into});
}

} // namespace

void
ResolveIdentities(Batch &batch) {
	SortIdentifiers(batch);
	MakeClusters(batch);
	if (!InsertIdentifiers(batch)) {
		LookUpIdentifiers(batch);
		Vector<Uuid> asked(batch.arena);
		Vector<Root> roots(batch.arena);
		FlatMap<Uuid, std::uint32_t> root_of(batch.arena);
		CollectKnownIds(batch, asked);
		LockRoots(batch, asked, roots, root_of);
		MergeClusters(batch, roots, root_of);
		RepointIdentifiers(batch);
		if (!batch.merges.empty()) {
			StoreMerges(batch);
		}
	}
	for (BatchRecord &record : batch.records) {
		record.cluster = batch.identifiers[record.identifiers.front()].cluster;
	}
}

} // namespace meshline::pg
