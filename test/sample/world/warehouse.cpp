// SPDX-License-Identifier: PostgreSQL
// A warehouse: what was moved, and for which order of the shop.
#include "payloads.hpp"

namespace meshline::sample::warehouse_world {

std::string
Movement(std::string_view id, std::int64_t order, std::string_view reason, const std::vector<Pieces> &pieces,
         Seconds at) {
	JsonWriter json;
	json.Object().Text("id", id).Text("reason", reason).Text("moved_at", IsoTime(at, 0));
	json.Number("order", order).Array("pieces");
	for (const Pieces &each : pieces) {
		json.Object().Text("sku", each.sku).Number("moved", each.moved).End();
	}
	return json.End().End().Take();
}

} // namespace meshline::sample::warehouse_world
