// SPDX-License-Identifier: PostgreSQL
#include "pg/exception_update.hpp"

#include <algorithm>
#include <tuple>

#include "pg/own_check.hpp"
#include "pg/spi.hpp"

namespace meshline::pg {

ExceptionUpdate::ExceptionUpdate(const ReconcileSet &set, Finder finder)
    : set_(set), known_(set.arena), writer_(set.config, set.merchant_id, set.as_of, set.arena) {
	ReadKnown(finder);
	for (const Entity &entity : set.entities) {
		if (entity.is_merged) {
			writer_.Touch(entity.canonical_id);
		}
	}
}

void
ExceptionUpdate::ReadKnown(Finder finder) {
	static Plan plan(
	    "SELECT x.canonical_id, x.reason_code, x.subject, x.exception_id, x.explanation, x.expected_minor,"
	    " x.actual_minor, x.amount_at_risk_minor, x.currency, x.due_at, x.record_ids, "
	    "x.evidence::pg_catalog.text"
	    " FROM meshline.recon_exception AS x"
	    " WHERE x.merchant_id = $1 AND x.canonical_id = ANY ($2) AND x.is_present"
	    " AND NOT meshline._is_found_apart(x.reason_code)",
	    {INT8OID, UUIDARRAYOID});
	FlatMap<Uuid, std::uint32_t> entity_of(set_.arena);
	Column ids(UUIDOID, set_.entities.size() + set_.superseded.size());
	for (std::uint32_t i = 0; i < set_.entities.size(); ++i) {
		// What own checks found is not counted.
		const Entity &entity = set_.entities[i];
		if (finder == Finder::library ? entity.finding_count > 0 : !entity.is_inserted) {
			entity_of.emplace(entity.canonical_id, i);
			ids.Id(entity.canonical_id);
		}
	}
	for (const auto &[id, entity] : set_.superseded) {
		entity_of.emplace(id, entity);
		ids.Id(id);
	}
	if (entity_of.empty()) {
		return;
	}
	const Rows rows = plan.Run({Int64GetDatum(set_.merchant_id), ids.Array()});
	for (std::uint64_t i = 0; i < rows.count(); ++i) {
		const std::string_view reason = rows.Text(i, 2);
		if (IsOfOwnCheck(reason) != (finder == Finder::own_check)) {
			continue;
		}
		const Uuid id = rows.Id(i, 1);
		const std::uint32_t entity = entity_of.at(id);
		known_.push_back({entity, reason, rows.Text(i, 3), rows.Int8(i, 4),
		                  set_.entities[entity].canonical_id != id, rows.Text(i, 5), rows.OptionalInt8(i, 6),
		                  rows.OptionalInt8(i, 7), rows.Int8(i, 8), rows.Text(i, 9), rows.OptionalTime(i, 10),
		                  rows.Texts(i, 11, set_.arena), rows.Text(i, 12)});
	}
	std::sort(known_.begin(), known_.end(), [](const Known &a, const Known &b) {
		return std::tie(a.entity, a.reason, a.subject, a.is_moved, a.exception_id) <
		       std::tie(b.entity, b.reason, b.subject, b.is_moved, b.exception_id);
	});
}

bool
ExceptionUpdate::IsSame(const Known &known, const Finding &finding) {
	return !known.is_moved && known.explanation == finding.explanation &&
	       known.expected == finding.expected && known.actual == finding.actual &&
	       known.at_risk == finding.at_risk && known.currency == finding.currency &&
	       known.due_at == finding.due_at &&
	       std::equal(known.record_ids.begin(), known.record_ids.end(), finding.record_ids.begin(),
	                  finding.record_ids.end()) &&
	       known.evidence == EvidenceJson(finding);
}

ExceptionUpdate::Known *
ExceptionUpdate::Find(std::uint32_t entity, std::string_view reason, std::string_view subject) {
	const auto key = std::tuple(entity, reason, subject);
	const auto at =
	    std::lower_bound(known_.begin(), known_.end(), key, [](const Known &k, const auto &wanted) {
		    return std::tuple(k.entity, k.reason, k.subject) < wanted;
	    });
	return at == known_.end() || std::tuple(at->entity, at->reason, at->subject) != key ? nullptr : &*at;
}

void
ExceptionUpdate::Found(std::uint32_t entity, const Finding &finding, const ReasonRule &rule) {
	const Uuid &canonical_id = set_.entities[entity].canonical_id;
	const std::string_view scope(reinterpret_cast<const char *>(canonical_id.bytes.data()), 16);
	const Uuid key = FindingKey(rule.name, scope, finding.subject, set_.arena);
	if (Known *before = Find(entity, rule.name, finding.subject); before != nullptr) {
		before->is_matched = true;
		if (IsSame(*before, finding)) {
			if (finding.correction &&
			    set_.config.PolicyOf(set_.merchant_id)
			            .auto_correct_minor[static_cast<std::size_t>(finding.reason)] > 0) {
				writer_.Correct(key); // what the merchant allows may have changed
				writer_.Touch(canonical_id);
			}
			return;
		}
		if (before->is_moved) {
			writer_.Move(before->exception_id, canonical_id, key);
		}
	}
	writer_.Put(finding, rule, key, canonical_id);
}

void
ExceptionUpdate::Keep(std::string_view reason) {
	for (Known &known : known_) {
		known.is_matched = known.is_matched || known.reason == reason;
	}
}

void
ExceptionUpdate::Write() {
	for (const Known &known : known_) {
		if (!known.is_matched) {
			writer_.Close(known.exception_id, set_.entities[known.entity].canonical_id);
		}
	}
	writer_.Write();
}

} // namespace meshline::pg
