// SPDX-License-Identifier: PostgreSQL
// Plans that do not depend on how full the tables happen to be.
#pragma once

namespace meshline::pg {

// While one lives, statements are planned as if every table held a billion rows and nothing were known
// about them. A kept plan is made once and runs for months: planned on the empty tables of the first
// day, or by statistics of that day, it would read whole indexes where it must read a row.
class PlanForGrowth {
public:
	PlanForGrowth() noexcept;
	~PlanForGrowth();
	PlanForGrowth(const PlanForGrowth &) = delete;
	PlanForGrowth &operator=(const PlanForGrowth &) = delete;

	// Puts the planner's hooks in place; once, when the library is loaded.
	static void Install() noexcept;

private:
	bool before_;
	bool jit_before_;
	bool hashjoin_before_;
	bool mergejoin_before_;
};

} // namespace meshline::pg
