// SPDX-License-Identifier: PostgreSQL
// Exceptions about deliveries: what no check over an order's records could know.
#include <algorithm>
#include <string>
#include <tuple>

#include "core/json_text.hpp"
#include "core/key_hash.hpp"
#include "pg/exception_store.hpp"
#include "pg/exception_write.hpp"
#include "pg/spi.hpp"

namespace meshline::pg {

namespace {

// What should hold of a delivery, over one number, and what would make it hold.
struct DeliveryRule {
	std::string_view formula;
	std::string_view term;
	std::string_view remedy;
};

constexpr DeliveryRule once{"deliveries = 1", "deliveries",
                            "nothing: the copy is kept in staging and counted"};
constexpr DeliveryRule one_payload{"payloads = 1", "payloads",
                                   "meshline.resolve_exception(), once it is decided which payload is true "
                                   "and the source has sent the other "
                                   "under an event id of its own"};
constexpr DeliveryRule in_order{"newer_versions = 0", "newer_versions", "nothing: the newer version stands"};
constexpr DeliveryRule readable{
    "problems = 0", "problems",
    "correct the payload at the source, or the connector definition, and replay the event"};

constexpr std::string_view repeat_explanation = "the same event was delivered again; the copy has no effect";

// One thing to say about one delivery. Several about one record become one exception with a count.
struct Remark {
	Reason reason;
	std::string_view subject; // "system:object:external_id", or what stands for it
	std::string_view object;
	std::string_view external_id; // "" when no record can be named
	std::string_view explanation;
	const DeliveryRule *rule;
	Minor number; // of the rule's term
};

class Remarks {
public:
	explicit Remarks(const Batch &batch) : batch_(batch), remarks_(batch.arena) {
	}

	void
	Add(Reason reason, std::string_view object, std::string_view external_id, std::string_view subject,
	    std::string_view explanation, const DeliveryRule &rule, Minor number) {
		remarks_.push_back(
		    {reason, subject, object, external_id, Intern(explanation, batch_.arena), &rule, number});
	}
	void
	AddForRecord(Reason reason, std::string_view object, std::string_view external_id,
	             std::string_view explanation, const DeliveryRule &rule, Minor number) {
		Add(reason, object, external_id,
		    RecordId(batch_.connection.connector, object, external_id, batch_.arena), explanation, rule,
		    number);
	}

	void
	Write() {
		if (remarks_.empty()) {
			return;
		}
		const auto key = [](const Remark &r) { return std::tie(r.reason, r.subject); };
		std::stable_sort(remarks_.begin(), remarks_.end(),
		                 [&](const Remark &a, const Remark &b) { return key(a) < key(b); });
		ExceptionWriter writer(batch_.config, batch_.connection.merchant_id, batch_.as_of, batch_.arena);
		Vector<Finding> findings(batch_.arena);
		findings.reserve(remarks_.size()); // the writer keeps pointers
		for (std::size_t i = 0, end = 0; i < remarks_.size(); i = end) {
			while (end < remarks_.size() && key(remarks_[end]) == key(remarks_[i])) {
				++end;
			}
			if (IsSwitchedOff(remarks_[i].reason)) {
				continue;
			}
			Put(writer, findings.emplace_back(batch_.arena), remarks_[i], static_cast<std::int32_t>(end - i));
		}
		writer.Write();
	}

private:
	// What still needs somebody's decision is told of whatever the settings say: nothing else would.
	bool
	IsSwitchedOff(Reason reason) const {
		const ReasonRule &rule = batch_.config.RuleOf(batch_.connection.merchant_id, reason);
		return rule.is_auto_resolved && !rule.is_enabled;
	}

	void
	Put(ExceptionWriter &writer, Finding &finding, const Remark &remark, std::int32_t copies) {
		finding.reason = remark.reason;
		finding.subject = remark.subject;
		finding.explanation = remark.explanation;
		finding.formula = remark.rule->formula;
		finding.remedy = remark.rule->remedy;
		const bool is_of_record = !remark.external_id.empty();
		finding.terms.push_back(
		    {remark.rule->term, remark.number, is_of_record ? remark.subject : std::string_view{}, true});
		if (is_of_record) {
			finding.record_ids.push_back(remark.subject);
		}
		writer.PutForRecord(finding, EventFindingKey(batch_, remark.reason, remark.subject, is_of_record),
		                    batch_.connection.connection_id, remark.object, remark.external_id, copies);
	}

	const Batch &batch_;
	Vector<Remark> remarks_;
};

// What an unreadable payload is called: its hash, the only thing about it that is known.
std::string
UnreadableSubject(const Hash128 &payload_hash) {
	static constexpr char hex[] = "0123456789abcdef";
	std::string subject = "payload:";
	for (const auto byte : ToUuid(payload_hash).bytes) {
		subject += hex[byte >> 4];
		subject += hex[byte & 15];
	}
	return subject;
}

std::string
DescribeUnreadable(const Batch &batch, const Event &event) {
	std::string text =
	    "the " + batch.connection.connector + " " + std::string(batch.object) + " in staging row ";
	AppendNumber(text, event.row.stage_id);
	text += " cannot be read: ";
	bool is_first = true;
	for (const Problem &problem : event.extraction.problems) {
		if (!is_first) {
			text += "; ";
		}
		is_first = false;
		if (!problem.field.empty()) {
			text.append(problem.field);
			if (!problem.path.empty()) {
				text.append(" (").append(problem.path).append(")");
			}
			text += ": ";
		}
		text.append(problem.reason);
	}
	return text;
}

// The records of the events that were stored first under event ids that came again with other payloads.
void
AddFirstOfReused(const Batch &batch, Remarks &remarks) {
	static Plan plan(
	    "SELECT DISTINCT e.record_object, e.external_id, e.source_event_id FROM meshline.event AS e"
	    " WHERE e.merchant_id = $1 AND e.connection_id = $2 AND e.source_event_id = ANY ($3)"
	    " AND e.external_id IS NOT NULL AND e.event_key = ANY ($4)",
	    {INT8OID, INT8OID, TEXTARRAYOID, UUIDARRAYOID});
	Column ids(TEXTOID, batch.events.size()), keys(UUIDOID, batch.events.size());
	std::size_t n = 0;
	for (const Event &event : batch.events) {
		if (event.is_reused) {
			ids.Text(event.row.source_event_id.empty() ? event.extraction.source_event_id
			                                           : event.row.source_event_id);
			keys.Id(event.first_key);
			++n;
		}
	}
	if (n == 0) {
		return;
	}
	const Rows rows = plan.Run({Int64GetDatum(batch.connection.merchant_id),
	                            Int64GetDatum(batch.connection.connection_id), ids.Array(), keys.Array()});
	for (std::uint64_t i = 0; i < rows.count(); ++i) {
		remarks.AddForRecord(Reason::event_id_reused, rows.Text(i, 1), rows.Text(i, 2),
		                     "event id " + std::string(rows.Text(i, 3)) + " came with more than one payload",
		                     one_payload, 2);
	}
}

} // namespace

Uuid
EventFindingKey(const Batch &batch, Reason reason, std::string_view subject, bool is_readable) {
	std::string scope;
	AppendNumber(scope, batch.connection.connection_id);
	if (!is_readable) {
		scope.append("/").append(batch.object); // equal payloads of two objects are two things to mend
	}
	return FindingKey(Name(reason), scope, subject, batch.arena);
}

void
StoreEventExceptions(const Batch &batch) {
	Remarks remarks(batch);
	for (const Event &event : batch.events) {
		if (batch.is_scan && event.outcome == Outcome::repeat) {
			continue;
		}
		const Fact *fact = event.main_fact();
		if (fact == nullptr) {
			const std::string_view subject =
			    Intern(UnreadableSubject(event.extraction.payload_hash), batch.arena);
			if (event.outcome == Outcome::repeat) {
				remarks.Add(Reason::duplicate_event, {}, {}, subject, repeat_explanation, once, 2);
			} else {
				remarks.Add(Reason::invalid_payload, {}, {}, subject, DescribeUnreadable(batch, event),
				            readable, static_cast<Minor>(event.extraction.problems.size()));
			}
			continue;
		}
		if (event.is_reused) {
			remarks.AddForRecord(Reason::event_id_reused, fact->object, fact->external_id,
			                     "event id " +
			                         std::string(event.row.source_event_id.empty()
			                                         ? event.extraction.source_event_id
			                                         : event.row.source_event_id) +
			                         " came with more than one payload",
			                     one_payload, 2);
		} else if (event.outcome == Outcome::repeat) {
			remarks.AddForRecord(Reason::duplicate_event, fact->object, fact->external_id, repeat_explanation,
			                     once, 2);
		} else if (event.outcome == Outcome::stale && !batch.is_replay) {
			remarks.AddForRecord(Reason::stale_event, fact->object, fact->external_id,
			                     "an older version arrived after a newer one; it is kept and not applied",
			                     in_order, 1);
		}
	}
	AddFirstOfReused(batch, remarks);
	remarks.Write();
}

Hash128
TextHash(std::string_view payload, std::pmr::memory_resource *arena) {
	KeyHash hash(arena);
	return hash.Add(payload).Finish();
}

void
CloseUnreadable(const Batch &batch) {
	static Plan plan("SELECT x.exception_id FROM meshline.recon_exception AS x"
	                 " WHERE x.merchant_id = $1 AND x.finding_key = ANY ($2) AND x.is_present",
	                 {INT8OID, UUIDARRAYOID});
	Column keys(UUIDOID, 2 * batch.events.size());
	for (const Event &event : batch.events) {
		if (event.main_fact() == nullptr) {
			continue;
		}
		// What failed before it was read has the hash of its text.
		for (const Hash128 &hash :
		     {event.extraction.payload_hash, TextHash(event.row.payload, batch.arena)}) {
			keys.Id(EventFindingKey(batch, Reason::invalid_payload, UnreadableSubject(hash), false));
		}
	}
	const Rows rows = plan.Run({Int64GetDatum(batch.connection.merchant_id), keys.Array()});
	ExceptionWriter writer(batch.config, batch.connection.merchant_id, batch.as_of, batch.arena);
	for (std::uint64_t i = 0; i < rows.count(); ++i) {
		writer.Close(rows.Int8(i, 1));
	}
	writer.Write();
}

} // namespace meshline::pg
