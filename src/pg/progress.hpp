// SPDX-License-Identifier: PostgreSQL
// Tells whoever waits for long work how far it is, by NOTICEs some seconds apart.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "pg/guard.hpp"

namespace meshline::pg {

inline void
Notice(const std::string &text) {
	PgCall([&] { ereport(NOTICE, (errmsg_internal("%s", text.c_str()))); });
}

inline void
NoticeRecords(std::uint32_t records) {
	Notice(std::to_string(records) + " records read");
}

class Progress {
public:
	// `total` steps, as far as that can be known; `what` is a literal.
	Progress(std::string_view what, double total) noexcept
	    : what_(what), total_(total), started_(GetCurrentTimestamp()), told_(started_) {
	}

	// One more step is done.
	void
	Step() {
		if ((++done_ & 0xFFFF) == 0) {
			Tell();
		}
	}

private:
	static constexpr TimestampTz pause = 5 * USECS_PER_SEC;

	void
	Tell() {
		const TimestampTz now = GetCurrentTimestamp();
		if (now - told_ < pause) {
			return;
		}
		told_ = now;
		const double done = static_cast<double>(done_), share = done < total_ ? done / total_ : 0.99;
		const double left = static_cast<double>(now - started_) / USECS_PER_SEC * (1 - share) / share;
		Notice(std::string(what_) + ": " + std::to_string(static_cast<int>(100 * share)) + " %, about " +
		       std::to_string(static_cast<std::int64_t>(left) + 1) + " s left");
	}

	std::string_view what_;
	double total_;
	std::uint64_t done_ = 0;
	TimestampTz started_;
	TimestampTz told_;
};

} // namespace meshline::pg
