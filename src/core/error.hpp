// SPDX-License-Identifier: PostgreSQL
// An error that knows its SQLSTATE; pure C++, so the core can throw it.
#pragma once

#include <algorithm>
#include <exception>
#include <string>
#include <utility>

namespace meshline {

// The SQLSTATEs that meshline raises beside PostgreSQL's own (class ML).
namespace sqlstate {
inline constexpr char invalid_parameter[] = "22023";
inline constexpr char invalid_text[] = "22P02";
inline constexpr char wrong_state[] = "55000";
inline constexpr char out_of_range[] = "22003";
inline constexpr char null_not_allowed[] = "22004";
inline constexpr char limit_exceeded[] = "54000";
inline constexpr char invalid_definition[] = "ML001"; // a connector definition that cannot be compiled
inline constexpr char unknown_object[] =
    "ML002"; // no such connector, connection, object, record or exception
} // namespace sqlstate

class Error : public std::exception {
public:
	Error(const char (&state)[6], std::string message, std::string detail = {}, std::string hint = {})
	    : message_(std::move(message)), detail_(std::move(detail)), hint_(std::move(hint)) {
		std::copy_n(state, 6, sqlstate_);
	}

	const char *
	what() const noexcept override {
		return message_.c_str();
	}
	const char *
	sqlstate() const noexcept {
		return sqlstate_;
	}
	const char *
	detail() const noexcept {
		return detail_.c_str();
	}
	const char *
	hint() const noexcept {
		return hint_.c_str();
	}

private:
	char sqlstate_[6];
	std::string message_;
	std::string detail_;
	std::string hint_;
};

} // namespace meshline

#ifdef POSTGRES_H
#error "the core sees no PostgreSQL header"
#endif
