// SPDX-License-Identifier: PostgreSQL
#include "core/interrupt.hpp"
#include "core/reconcile.hpp"
#include "pg/config.hpp"
#include "pg/guard.hpp"
#include "pg/pipeline.hpp"
#include "pg/plan_for_growth.hpp"

extern "C" {
PG_MODULE_MAGIC;
PGDLLEXPORT void _PG_init(void);

void
_PG_init(void) {
	meshline::poll_interrupts = [] { meshline::pg::CheckInterrupts(); };
	meshline::pg::DefineSettings();
	meshline::pg::Config::Watch();
	meshline::pg::PlanForGrowth::Install();
}
}

// Tells every session, at commit, that the configuration has changed.
MESHLINE_FUNCTION(meshline_config_changed) {
	const Oid relation = PG_GETARG_OID(0);
	meshline::pg::PgCall([=] { CacheInvalidateRelcacheByRelid(relation); });
	PG_RETURN_VOID();
}
