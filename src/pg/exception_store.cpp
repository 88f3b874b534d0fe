// SPDX-License-Identifier: PostgreSQL
#include "pg/exception_store.hpp"

#include "pg/exception_update.hpp"

namespace meshline::pg {

void
StoreExceptions(const ReconcileSet &set) {
	ExceptionUpdate update(set, Finder::library);
	for (std::uint32_t i = 0; i < set.entities.size(); ++i) {
		for (const Finding &finding : set.entities[i].result.findings) {
			update.Found(i, finding, set.config.RuleOf(set.merchant_id, finding.reason));
		}
	}
	update.Write();
}

} // namespace meshline::pg
