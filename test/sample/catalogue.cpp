// SPDX-License-Identifier: PostgreSQL
// Who buys and what is sold.
#include <array>

#include "model.hpp"

namespace meshline::sample {

namespace {

constexpr Currency us_dollar{"USD", "usd", "United States Dollar", 2, 1};
constexpr Currency euro{"EUR", "eur", "Euro", 2, 1};
constexpr Currency yen{"JPY", "jpy", "Japanese Yen", 0, 1};
constexpr Currency kuwaiti_dinar{"KWD", "kwd", "Kuwaiti Dinar", 3, 10};

constexpr std::array<Product, 24> products{{
    {"NW-MUG-WHT", "Stoneware mug", 1800},
    {"NW-MUG-BLU", "Stoneware mug, blue", 1850},
    {"NW-KETTLE-1L", "Enamel kettle 1 l", 6490},
    {"NW-TEAPOT", "Cast iron teapot", 8900},
    {"NW-TOWEL-2", "Linen towel, set of 2", 2400},
    {"NW-APRON", "Canvas apron", 3950},
    {"NW-BOARD-S", "Oak board, small", 2999},
    {"NW-BOARD-L", "Oak board, large", 5499},
    {"NW-KNIFE-CH", "Chef's knife 20 cm", 12900},
    {"NW-KNIFE-PA", "Paring knife 9 cm", 4250},
    {"NW-PAN-24", "Iron pan 24 cm", 7200},
    {"NW-PAN-28", "Iron pan 28 cm", 8600},
    {"NW-JAR-05", "Storage jar 0.5 l", 1195},
    {"NW-JAR-10", "Storage jar 1 l", 1495},
    {"NW-CANDLE", "Beeswax candle", 995},
    {"NW-BLANKET", "Wool blanket \"Fjord\"", 14900},
    {"NW-CUSHION", "Felt cushion", 4595},
    {"NW-SOAP-3", "Olive soap, set of 3", 1450},
    {"NW-BRUSH", "Dish brush", 850},
    {"NW-BASKET", "Willow basket", 5650},
    {"NW-LAMP", "Table lamp", 18900},
    {"NW-VASE", "Glass vase", 3375},
    {"NW-COFFEE-250", "Coffee, 250 g", 1325},
    {"NW-GRINDER", "Hand grinder", 9900},
}};

constexpr std::array<std::string_view, 32> first_names{
    "Ada",   "Bruno",  "Carla", "Dmitri", "Eun-ji", "Farid",   "Grace", "Hannah", "Ivan",   "Joël", "Keiko",
    "Lucía", "Marcus", "Nadia", "Olu",    "Priya",  "Quentin", "Rosa",  "Søren",  "Tamsin", "Umar", "Vera",
    "Wei",   "Ximena", "Yara",  "Zoë",    "Amos",   "Bettina", "Chidi", "Delia",  "Emeka",  "Fiona"};

constexpr std::array<std::string_view, 40> last_names{
    "Abbott",  "Berg",   "Castillo", "Dubois",  "Eriksen", "Fontaine",  "Gupta",   "Hale",
    "Ibrahim", "Jensen", "Kowalski", "Larsson", "Müller",  "Nakamura",  "O'Brien", "Petrov",
    "Quinn",   "Rossi",  "Silva",    "Tanaka",  "Ueda",    "Vargas",    "Whitman", "Xu",
    "Yilmaz",  "Zhang",  "Achebe",   "Bianchi", "Cohen",   "Díaz",      "Engel",   "Farrell",
    "Greene",  "Haddad", "Ito",      "Johnson", "Khan",    "Lindqvist", "Moreau",  "Novák"};

struct City {
	std::string_view name;
	std::string_view province;
	std::string_view province_code;
	int zip;
};

constexpr std::array<City, 10> cities{{
    {"Portland", "Oregon", "OR", 97201},
    {"Austin", "Texas", "TX", 78701},
    {"Denver", "Colorado", "CO", 80201},
    {"Madison", "Wisconsin", "WI", 53701},
    {"Louisville", "Kentucky", "KY", 40201},
    {"Burlington", "Vermont", "VT", 5401},
    {"Tucson", "Arizona", "AZ", 85701},
    {"Duluth", "Minnesota", "MN", 55801},
    {"Savannah", "Georgia", "GA", 31401},
    {"Boise", "Idaho", "ID", 83701},
}};

constexpr std::array<std::string_view, 12> streets{
    "Alder Street", "Birch Road", "Cedar Avenue", "Dock Lane",   "Elm Court",    "Ferry Street",
    "Grove Road",   "Harbor Way", "Iris Street",  "Juniper Row", "Kiln Terrace", "Linden Avenue"};

} // namespace

const Currency &
UsDollar() {
	return us_dollar;
}

const Currency &
Euro() {
	return euro;
}

const Currency &
Yen() {
	return yen;
}

const Currency &
KuwaitiDinar() {
	return kuwaiti_dinar;
}

Minor
RoundDown(Minor amount, const Currency &currency) {
	return amount - amount % currency.step;
}

std::span<const Product>
Products() {
	return products;
}

// Fills in the customers: about seven for every ten orders, each with an email of their own, and one
// more for each stray.
void
PlanCustomers(Month &month) {
	const int buyers = month.options.orders * 7 / 10 + 20;
	const int count = buyers + month.options.orders / 20 + 20;
	month.buyer_count = static_cast<std::size_t>(buyers);
	month.customers.reserve(static_cast<std::size_t>(count));
	for (int i = 0; i < count; ++i) {
		Random random(month.options.seed, 1, static_cast<std::uint64_t>(i));
		const City &city = cities[random.Below(cities.size())];
		Customer customer;
		customer.id = 7'100'000'000'000 + i * 32'768LL + random.Between(0, 999);
		customer.first_name = first_names[random.Below(first_names.size())];
		customer.last_name = last_names[random.Below(last_names.size())];
		customer.email = random.Token("abcdefghijklmnopqrstuvwxyz", 7);
		customer.email += std::to_string(i) + "@mail.example";
		customer.phone = "+1503" + std::to_string(random.Between(2'000'000, 9'999'999));
		customer.street = std::to_string(random.Between(1, 2999)) + " ";
		customer.street += streets[random.Below(streets.size())];
		customer.city = city.name;
		customer.zip = std::to_string(100'000 + city.zip + random.Between(0, 60)).substr(1);
		customer.province = city.province;
		customer.province_code = city.province_code;
		month.customers.push_back(std::move(customer));
	}
}

} // namespace meshline::sample
