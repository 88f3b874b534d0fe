// SPDX-License-Identifier: PostgreSQL
// Any text as a condition of a match model: it is refused with a reason, or answers for any values, and the
// keys of its equalities agree with it.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/error.hpp"
#include "core/match/condition.hpp"

using namespace meshline;

extern "C" int
LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
	const std::string_view sql(reinterpret_cast<const char *>(data), size);
	try {
		match::ColumnNames columns;
		const match::Condition condition = match::Condition::Compile(sql, columns);
		const std::size_t count = columns.all().size();
		for (const char *const left_value : {"", "Ann Smith", "1815-12-10", "-1.5e3", "Žofie"}) {
			for (const char *const right_value : {"", "Anne Smith", "1815-12-10"}) {
				const auto record = [&](const char *value) {
					return match::RecordValues(count, *value == 0 ? std::nullopt
					                                              : std::optional<std::string>(value));
				};
				const match::RecordValues left = record(left_value), right = record(right_value);
				const bool holds = condition.Evaluate(left, right) == true;
				bool is_all = false;
				for (const auto &[own, other] : condition.Equalities(is_all)) {
					const bool has_keys = own.Text(left).has_value() && other.Text(right).has_value();
					if (holds && !has_keys) {
						std::abort();
					}
				}
			}
		}
	} catch (const Error &error) {
		if (std::string_view(error.detail()).empty()) {
			std::abort();
		}
	}
	return 0;
}
