// SPDX-License-Identifier: PostgreSQL
#include "payloads.hpp"

namespace meshline::sample::hubspot_world {

std::string
Contact(std::string_view id, const Person &person, Seconds at) {
	JsonWriter json;
	const std::string time = IsoTime(at, 0).substr(0, 19) + ".000Z";
	json.Object()
	    .Text("id", id)
	    .Object("properties")
	    .Text("email", person.email)
	    .Text("firstname", person.first_name);
	json.Text("lastname", person.last_name).Text("phone", person.phone).Text("address", person.street);
	json.Text("zip", person.postcode)
	    .Text("city", person.city)
	    .Text("createdate", time)
	    .Text("lastmodifieddate", time);
	return json.End().Text("createdAt", time).Text("updatedAt", time).Bool("archived", false).End().Take();
}

std::string
Order(std::string_view id, const Sale &sale, std::string_view store_order, Seconds at) {
	JsonWriter json;
	const std::string time = IsoTime(at, 0).substr(0, 19) + ".000Z";
	json.Object().Text("id", id).Object("properties").Text("hs_external_order_id", store_order);
	json.Text("hs_total_price", Decimal(sale.Total(), sale.money.exponent))
	    .Text("hs_currency_code", sale.money.code);
	json.Text("hs_payment_status", "paid").Text("hs_createdate", time).Text("hs_lastmodifieddate", time);
	return json.End().Text("createdAt", time).Text("updatedAt", time).Bool("archived", false).End().Take();
}

} // namespace meshline::sample::hubspot_world
