// SPDX-License-Identifier: PostgreSQL
// A connector definition (JSON, see docs/connectors.md) compiled into programs, one per object.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/fact.hpp"

namespace meshline {

class Definition {
public:
	// A namespace of identifiers that this connector's system issues. `rank` says how good an
	// anchor it is for a canonical order: 0 a store's own order id, higher is worse.
	struct Namespace {
		std::string name;
		int rank;
		Scope scope;
	};
	struct ObjectInfo {
		std::string name;
		Kind kind; // of the object's usual fact; a fact may differ (a shop transaction that is a refund)
	};
	// What is kept of a capture of one currency.
	struct Fee {
		std::string currency;
		int basis_points; // hundredths of a percent
		int fixed_minor;
	};
	// What the connector expects by default of its own system; a merchant's policy overrides it.
	struct Defaults {
		std::optional<int> settlement_window_days;    // absent: captures are not expected in a settlement
		std::optional<int> authorization_window_days; // absent: authorizations are not known to expire
		std::optional<int> event_gap_hours;           // absent: silence says nothing
		std::vector<Fee> fee_schedule;                // empty: fees are not checked
	};

	// Throws Error(ML001) whose detail is "<JSON path>: <reason>" when the definition is refused.
	// The result is immutable; sharing it between extractors is safe.
	static std::shared_ptr<const Definition> Compile(std::string_view json);

	virtual ~Definition() = default;
	virtual const std::string &name() const noexcept = 0;
	virtual const std::string &version() const noexcept = 0;
	virtual const std::string &title() const noexcept = 0;
	virtual Role role() const noexcept = 0;
	virtual const std::vector<ObjectInfo> &objects() const noexcept = 0;
	virtual const std::vector<Namespace> &namespaces() const noexcept = 0;
	virtual const Defaults &defaults() const noexcept = 0;
	// The HTTP headers that name a delivery's event, best first; of a list each part is needed.
	virtual const std::vector<std::vector<std::string>> &event_id_headers() const noexcept = 0;
	virtual bool HasObject(std::string_view object) const noexcept = 0;
};

} // namespace meshline

#ifdef POSTGRES_H
#error "the core sees no PostgreSQL header"
#endif
