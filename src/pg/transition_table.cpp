// SPDX-License-Identifier: PostgreSQL
#include <utility>

#include "core/error.hpp"
#include "pg/transition_table.hpp"

namespace meshline::pg {

TransitionTable::TransitionTable(FunctionCallInfo fcinfo)
    : trigger_(reinterpret_cast<TriggerData *>(fcinfo->context)) {
	if (!CALLED_AS_TRIGGER(fcinfo) || !TRIGGER_FIRED_AFTER(trigger_->tg_event) ||
	    (TRIGGER_FIRED_FOR_STATEMENT(trigger_->tg_event) ? trigger_->tg_newtable == nullptr
	                                                     : TRIGGER_FIRED_BY_DELETE(trigger_->tg_event))) {
		throw Error("0A000", "this function is for AFTER triggers with new rows",
		            "meshline creates such triggers itself.",
		            "Use meshline.connect() or meshline.attach_table().");
	}
	if (TRIGGER_FIRED_FOR_ROW(trigger_->tg_event)) {
		slot_ = TRIGGER_FIRED_BY_UPDATE(trigger_->tg_event) ? trigger_->tg_newslot : trigger_->tg_trigslot;
		return;
	}
	slot_ = PgCall([&] {
		tuplestore_rescan(trigger_->tg_newtable);
		return MakeSingleTupleTableSlot(RelationGetDescr(trigger_->tg_relation), &TTSOpsMinimalTuple);
	});
}

TransitionTable::~TransitionTable() {
	if (TRIGGER_FIRED_FOR_STATEMENT(trigger_->tg_event)) {
		// Frees memory of our own and unpins our relation's descriptor: nothing in it raises.
		ExecDropSingleTupleTableSlot(slot_);
	}
}

void
TransitionTable::Seek(std::int64_t rows) {
	if (TRIGGER_FIRED_FOR_ROW(trigger_->tg_event)) {
		is_row_read_ = rows > 0;
		return;
	}
	PgCall([&] {
		ExecClearTuple(slot_);
		tuplestore_rescan(trigger_->tg_newtable);
		tuplestore_skiptuples(trigger_->tg_newtable, rows, true);
	});
}

Oid
TransitionTable::Owner() const {
	return RelationGetForm(trigger_->tg_relation)->relowner;
}

int
TransitionTable::ColumnNumber(const char *name) const {
	const TupleDesc columns = RelationGetDescr(trigger_->tg_relation);
	for (int i = 0; i < columns->natts; ++i) {
		const Form_pg_attribute column = TupleDescAttr(columns, i);
		if (!column->attisdropped && namestrcmp(&column->attname, name) == 0) {
			return i + 1;
		}
	}
	return 0;
}

bool
TransitionTable::Next() {
	if (TRIGGER_FIRED_FOR_ROW(trigger_->tg_event)) {
		return !std::exchange(is_row_read_, true);
	}
	// A tuple that was spilled to disk comes back in the current context, which must live as long as
	// the slot holds it.
	return PgCall([&] {
		const MemoryContext before = MemoryContextSwitchTo(slot_->tts_mcxt);
		const bool found = tuplestore_gettupleslot(trigger_->tg_newtable, true, false, slot_);
		MemoryContextSwitchTo(before);
		return found;
	});
}

Datum
TransitionTable::Value(int column, bool *is_null) const {
	if (column == 0) {
		*is_null = true;
		return 0;
	}
	return slot_getattr(slot_, column, is_null);
}

bool
TransitionTable::IsNull(int column) const {
	bool is_null;
	Value(column, &is_null);
	return is_null;
}

std::int64_t
TransitionTable::Int8(int column) const {
	bool is_null;
	const Datum value = Value(column, &is_null);
	return is_null ? 0 : DatumGetInt64(value);
}

std::string_view
TransitionTable::Text(int column) const {
	bool is_null;
	const Datum value = Value(column, &is_null);
	return is_null ? std::string_view{} : TextView(value);
}

std::string_view
TransitionTable::AnyText(int column) const {
	bool is_null;
	const Datum value = Value(column, &is_null);
	if (is_null) {
		return {};
	}
	const Oid type = TupleDescAttr(RelationGetDescr(trigger_->tg_relation), column - 1)->atttypid;
	return PgCall([&] {
		Oid output;
		bool is_varlena;
		getTypeOutputInfo(type, &output, &is_varlena);
		return std::string_view(OidOutputFunctionCall(output, value));
	});
}

std::string_view
TransitionTable::RowAsJson() const {
	return PgCall([&] {
		const Datum row = ExecFetchSlotHeapTupleDatum(slot_);
		const Datum json = OidFunctionCall1(F_ROW_TO_JSON_RECORD, row);
		const text *t = DatumGetTextPP(json);
		return std::string_view(VARDATA_ANY(t), VARSIZE_ANY_EXHDR(t));
	});
}

TimestampTz
TransitionTable::Time(int column) const {
	bool is_null;
	const Datum value = Value(column, &is_null);
	return is_null ? GetCurrentTimestamp() : DatumGetTimestampTz(value);
}

std::string_view
TransitionTable::Argument(int index) const {
	const Trigger *trigger = trigger_->tg_trigger;
	return index < trigger->tgnargs ? std::string_view(trigger->tgargs[index]) : std::string_view{};
}

} // namespace meshline::pg
