// SPDX-License-Identifier: PostgreSQL
// Exceptions about what did not come: silence, missing triggers, rows that a tool left out, money that is
// kept back. sweep() finds them with SQL and has them stored here.
#include <string>

#include "core/error.hpp"
#include "core/json_text.hpp"
#include "pg/exception_write.hpp"
#include "pg/memory_resource.hpp"
#include "pg/spi.hpp"

namespace meshline::pg {

namespace {

// (merchant_id, connection_id, reason_code, subject, object, external_id, explanation, formula, remedy,
// term_name, term_value, due_at, as_of, amount_minor, currency); object and external_id name the record that
// it is about, "" when there is none; without a currency the term is a count.
void
ReportGap(FunctionCallInfo fcinfo) {
	ContextResource memory;
	const std::int64_t merchant_id = PG_GETARG_INT64(0), connection_id = PG_GETARG_INT64(1);
	const auto reason = ParseReason(TextView(PG_GETARG_DATUM(2)));
	if (!reason) {
		throw Error("22023",
		            "reason code \"" + std::string(TextView(PG_GETARG_DATUM(2))) + "\" is not known");
	}
	Finding finding(&memory);
	finding.reason = *reason;
	finding.subject = TextView(PG_GETARG_DATUM(3));
	finding.explanation = TextView(PG_GETARG_DATUM(6));
	finding.formula = TextView(PG_GETARG_DATUM(7));
	finding.remedy = TextView(PG_GETARG_DATUM(8));
	finding.at_risk = PG_GETARG_INT64(13);
	finding.currency = TextView(PG_GETARG_DATUM(14));
	finding.terms.push_back(
	    {TextView(PG_GETARG_DATUM(9)), PG_GETARG_INT64(10), {}, finding.currency.empty()});
	finding.due_at = ToInstant(PG_GETARG_TIMESTAMPTZ(11));
	const std::string_view external_id = TextView(PG_GETARG_DATUM(5));
	if (!external_id.empty()) {
		finding.record_ids.push_back(finding.subject);
	}
	std::string scope;
	AppendNumber(scope, connection_id);
	ConnectSpi();
	ExceptionWriter writer(Config::Current(), merchant_id, ToInstant(PG_GETARG_TIMESTAMPTZ(12)), &memory);
	writer.PutForRecord(finding, FindingKey(Name(*reason), scope, finding.subject, &memory), connection_id,
	                    TextView(PG_GETARG_DATUM(4)), external_id, 1);
	writer.Write();
	FinishSpi();
}

} // namespace

} // namespace meshline::pg

MESHLINE_FUNCTION(meshline_report_gap) {
	meshline::pg::ReportGap(fcinfo);
	PG_RETURN_VOID();
}

// (merchant_id, exception_id, as_of)
MESHLINE_FUNCTION(meshline_close_gap) {
	using namespace meshline::pg;
	ContextResource memory;
	ConnectSpi();
	ExceptionWriter writer(Config::Current(), PG_GETARG_INT64(0), ToInstant(PG_GETARG_TIMESTAMPTZ(2)),
	                       &memory);
	writer.Close(PG_GETARG_INT64(1));
	writer.Write();
	FinishSpi();
	PG_RETURN_VOID();
}
