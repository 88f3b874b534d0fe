// SPDX-License-Identifier: PostgreSQL
#include "pg/plan_for_growth.hpp"

#include <algorithm>

#include "pg/postgres_api.hpp"

extern "C" {
#include "optimizer/cost.h"
#include "optimizer/plancat.h"
#include "utils/selfuncs.h"
}

namespace meshline::pg {

namespace {

// So many that even four equal columns, each taken to leave one row in two hundred, do not seem to
// find a single row while the column that does is left out.
constexpr double rows_at_least = 1e9;
constexpr BlockNumber pages_at_least = 50'000'000;
constexpr BlockNumber index_pages_at_least = 5'000'000;

bool is_planning_for_growth = false;
get_relation_info_hook_type next_relation_info = nullptr;
get_relation_stats_hook_type next_relation_stats = nullptr;
get_index_stats_hook_type next_index_stats = nullptr;

void
RelationInfo(PlannerInfo *root, Oid relation, bool is_parent, RelOptInfo *info) {
	if (next_relation_info != nullptr) {
		next_relation_info(root, relation, is_parent, info);
	}
	if (!is_planning_for_growth) {
		return;
	}
	info->tuples = std::max(info->tuples, rows_at_least);
	info->pages = std::max(info->pages, pages_at_least);
	ListCell *cell;
	foreach (cell, info->indexlist) {
		auto *index = static_cast<IndexOptInfo *>(lfirst(cell));
		index->tuples = std::max(index->tuples, rows_at_least);
		index->pages = std::max(index->pages, index_pages_at_least);
		index->tree_height = std::max(index->tree_height, 2);
	}
}

// True with nothing in `data`: the column's statistics are as unknown as on the first day.
bool
RelationStats(PlannerInfo *root, RangeTblEntry *entry, AttrNumber column, VariableStatData *data) {
	return is_planning_for_growth ||
	       (next_relation_stats != nullptr && next_relation_stats(root, entry, column, data));
}

bool
IndexStats(PlannerInfo *root, Oid index, AttrNumber column, VariableStatData *data) {
	return is_planning_for_growth ||
	       (next_index_stats != nullptr && next_index_stats(root, index, column, data));
}

} // namespace

// JIT is out of place in plans that find single rows, and a billion rows would call for it; so are joins that
// read the whole of an index, which the guess of how many rows `= ANY ($2)` finds would call for.
PlanForGrowth::PlanForGrowth() noexcept
    : before_(is_planning_for_growth), jit_before_(jit_enabled), hashjoin_before_(enable_hashjoin),
      mergejoin_before_(enable_mergejoin) {
	is_planning_for_growth = true;
	jit_enabled = enable_hashjoin = enable_mergejoin = false;
}

PlanForGrowth::~PlanForGrowth() {
	is_planning_for_growth = before_;
	jit_enabled = jit_before_;
	enable_hashjoin = hashjoin_before_;
	enable_mergejoin = mergejoin_before_;
}

void
PlanForGrowth::Install() noexcept {
	next_relation_info = get_relation_info_hook;
	get_relation_info_hook = RelationInfo;
	next_relation_stats = get_relation_stats_hook;
	get_relation_stats_hook = RelationStats;
	next_index_stats = get_index_stats_hook;
	get_index_stats_hook = IndexStats;
}

} // namespace meshline::pg
