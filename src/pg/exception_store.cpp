// SPDX-License-Identifier: PostgreSQL
#include <algorithm>
#include <tuple>

#include "core/key_hash.hpp"
#include "pg/exception_store.hpp"
#include "pg/exception_write.hpp"
#include "pg/spi.hpp"

namespace meshline::pg {

namespace {

// An exception that holds at present.
struct Known {
	std::uint32_t entity;
	Reason reason;
	std::string_view subject;
	std::int64_t exception_id;
	bool is_moved; // it belongs to an entity that was merged into this one
	std::string_view explanation;
	std::optional<Minor> expected;
	std::optional<Minor> actual;
	Minor at_risk;
	std::string_view currency;
	std::optional<Instant> due_at;
	std::span<const std::string_view> record_ids;
	std::string_view evidence;
	bool is_matched = false;
};

void
ReadKnown(const ReconcileSet &set, Vector<Known> &known) {
	static Plan plan(
	    "SELECT x.canonical_id, x.reason_code, x.subject, x.exception_id, x.explanation, x.expected_minor,"
	    " x.actual_minor, x.amount_at_risk_minor, x.currency, x.due_at, x.record_ids, "
	    "x.evidence::pg_catalog.text"
	    " FROM meshline.recon_exception AS x"
	    " WHERE x.merchant_id = $1 AND x.canonical_id = ANY ($2) AND x.is_present"
	    " AND x.reason_code NOT IN ('DUPLICATE_EVENT', 'STALE_EVENT', 'EVENT_ID_REUSED')",
	    {INT8OID, UUIDARRAYOID});
	FlatMap<Uuid, std::uint32_t> entity_of(set.arena);
	Column ids(UUIDOID, set.entities.size() + set.superseded.size());
	for (std::uint32_t i = 0; i < set.entities.size(); ++i) {
		if (set.entities[i].finding_count > 0) {
			entity_of.emplace(set.entities[i].canonical_id, i);
			ids.Id(set.entities[i].canonical_id);
		}
	}
	for (const auto &[id, entity] : set.superseded) {
		entity_of.emplace(id, entity);
		ids.Id(id);
	}
	if (entity_of.empty()) {
		return;
	}
	const Rows rows = plan.Run({Int64GetDatum(set.merchant_id), ids.Array()});
	for (std::uint64_t i = 0; i < rows.count(); ++i) {
		const auto reason = ParseReason(rows.Text(i, 2));
		const Uuid id = rows.Id(i, 1);
		if (!reason) {
			continue;
		}
		const std::uint32_t entity = entity_of.at(id);
		known.push_back({entity, *reason, rows.Text(i, 3), rows.Int8(i, 4),
		                 set.entities[entity].canonical_id != id, rows.Text(i, 5), rows.OptionalInt8(i, 6),
		                 rows.OptionalInt8(i, 7), rows.Int8(i, 8), rows.Text(i, 9), rows.OptionalTime(i, 10),
		                 rows.Texts(i, 11, set.arena), rows.Text(i, 12)});
	}
	std::sort(known.begin(), known.end(), [](const Known &a, const Known &b) {
		return std::tie(a.entity, a.reason, a.subject, a.is_moved, a.exception_id) <
		       std::tie(b.entity, b.reason, b.subject, b.is_moved, b.exception_id);
	});
}

bool
IsSame(const Known &known, const Finding &finding) {
	return !known.is_moved && known.explanation == finding.explanation &&
	       known.expected == finding.expected && known.actual == finding.actual &&
	       known.at_risk == finding.at_risk && known.currency == finding.currency &&
	       known.due_at == finding.due_at &&
	       std::equal(known.record_ids.begin(), known.record_ids.end(), finding.record_ids.begin(),
	                  finding.record_ids.end()) &&
	       known.evidence == EvidenceJson(finding);
}

Known *
FindKnown(Vector<Known> &known, std::uint32_t entity, const Finding &finding) {
	const auto key = std::tuple(entity, finding.reason, finding.subject);
	const auto at = std::lower_bound(known.begin(), known.end(), key, [](const Known &k, const auto &wanted) {
		return std::tuple(k.entity, k.reason, k.subject) < wanted;
	});
	return at == known.end() || std::tuple(at->entity, at->reason, at->subject) != key ? nullptr : &*at;
}

} // namespace

Uuid
FindingKey(Reason reason, std::string_view scope, std::string_view subject,
           std::pmr::memory_resource *arena) {
	KeyHash hash(arena);
	hash.Add(Name(reason)).Add(scope).Add(subject);
	return ToUuid(hash.Finish());
}

void
StoreExceptions(ReconcileSet &set) {
	Vector<Known> known(set.arena);
	ReadKnown(set, known);
	ExceptionWriter writer(set.config, set.merchant_id, set.as_of, set.arena);
	for (std::uint32_t i = 0; i < set.entities.size(); ++i) {
		const Entity &entity = set.entities[i];
		if (entity.is_merged) {
			writer.Touch(entity.canonical_id);
		}
		const std::string_view scope(reinterpret_cast<const char *>(entity.canonical_id.bytes.data()), 16);
		for (const Finding &finding : entity.result.findings) {
			Known *before = FindKnown(known, i, finding);
			const Uuid key = FindingKey(finding.reason, scope, finding.subject, set.arena);
			if (before != nullptr) {
				before->is_matched = true;
				if (IsSame(*before, finding)) {
					continue;
				}
				if (before->is_moved) {
					writer.Move(before->exception_id, entity.canonical_id, key);
				}
			}
			writer.Put(finding, key, entity.canonical_id);
		}
	}
	for (const Known &k : known) {
		if (!k.is_matched) {
			writer.Close(k.exception_id, set.entities[k.entity].canonical_id);
		}
	}
	writer.Write();
}

} // namespace meshline::pg
