// SPDX-License-Identifier: PostgreSQL
#include "world.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <stdexcept>
#include <utility>

namespace meshline::sample {

namespace {

constexpr std::array<std::string_view, 12> titles = {
    "Trail Mug",    "Wool Socks",   "Rain Shell", "Camp Stove",   "Head Lamp", "Dry Bag",
    "Hiking Poles", "Sleeping Mat", "Merino Cap", "Water Filter", "Map Case",  "Guy Lines"};

constexpr std::array<std::string_view, 40> first_names = {
    "Ada",  "Bruno", "Carla", "David", "Elif",  "Farid",  "Greta", "Hugo",  "Irene", "Jonas",
    "Kira", "Luis",  "Mara",  "Nils",  "Olga",  "Pablo",  "Quinn", "Rosa",  "Sami",  "Tessa",
    "Umar", "Vera",  "Wim",   "Xenia", "Yusuf", "Zoe",    "Anton", "Bella", "Cyril", "Dora",
    "Emil", "Flora", "Georg", "Hanna", "Ivan",  "Juliet", "Karl",  "Lena",  "Mikko", "Nora"};

constexpr std::array<std::string_view, 40> last_names = {
    "Abel",   "Brandt", "Castro", "Dufour", "Eriksen", "Falk",  "Gomez",  "Hansen", "Ito",    "Jansen",
    "Keller", "Lopez",  "Moreau", "Novak",  "Okafor",  "Perez", "Quist",  "Rossi",  "Silva",  "Tanaka",
    "Ulrich", "Vogel",  "Weber",  "Xu",     "Yilmaz",  "Zeman", "Archer", "Bishop", "Carver", "Draper",
    "Easton", "Fisher", "Glover", "Harper", "Ingram",  "Judd",  "Kemp",   "Lowell", "Mercer", "Norris"};

std::ofstream
OpenFile(const std::filesystem::path &path) {
	std::ofstream file(path, std::ios::binary | std::ios::trunc);
	if (!file) {
		throw std::runtime_error("cannot write " + path.string());
	}
	return file;
}

std::string
Lower(std::string_view text) {
	std::string lower(text);
	std::transform(lower.begin(), lower.end(), lower.begin(), [](char letter) {
		return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter + 32) : letter;
	});
	return lower;
}

} // namespace

Minor
Sale::Goods() const {
	Minor sum = 0;
	for (const CartLine &line : lines) {
		sum += line.price * line.quantity;
	}
	return sum;
}

Minor
Sale::Total() const {
	return Goods() - discount + shipping + tax + tip;
}

std::string_view
ProductTitle(int product) {
	return titles[static_cast<std::size_t>(product)];
}

std::string
ProductSku(int product) {
	return "SKU-" + std::to_string(100 + product);
}

World::World(const WorldOptions &options) : options_(options) {
	const std::filesystem::path folder = options.out;
	std::filesystem::create_directories(folder);
	events_ = OpenFile(folder / "events.tsv");
	late_ = OpenFile(folder / "late.tsv");
	truth_ = OpenFile(folder / "truth.tsv");
	groups_ = OpenFile(folder / "groups.tsv");
}

std::string
World::Line(const Account &account, std::string_view object, std::string_view payload,
            std::string_view event_id) {
	std::string line;
	line.reserve(payload.size() + 96);
	line.append(account.connector).append("_").append(object);
	line.append("\t").append(account.merchant).append("\t").append(account.connector).append("\t");
	line.append(account.account).append("\t");
	line.append(event_id.empty() ? "\\N" : CopyField(event_id)).append("\t");
	line.append(CopyField(payload)).append("\n");
	return line;
}

void
World::Send(Seconds at, const Account &account, std::string_view object, std::string payload,
            std::string_view event_id) {
	waiting_.push({at, ++sequence_, Line(account, object, payload, event_id)});
}

void
World::SendLate(const Account &account, std::string_view object, std::string_view payload) {
	late_ << Line(account, object, payload, {});
	++payloads_;
}

void
World::Plant(std::string_view reason, std::string_view record, Minor amount, Money money, bool is_open) {
	const std::string_view id = record.substr(record.find(':', record.find(':') + 1) + 1);
	truth_ << id << '\t' << reason << '\t' << record << '\t' << amount << '\t' << money.code << '\t'
	       << (is_open ? "open" : "auto") << '\n';
	++planted_;
}

void
World::Group(std::int64_t group, std::string_view record) {
	groups_ << group << '\t' << record << '\n';
}

void
World::WriteUntil(Seconds time) {
	while (!waiting_.empty() && waiting_.top().at < time) {
		events_ << waiting_.top().line;
		waiting_.pop();
		++payloads_;
	}
}

void
World::Finish() {
	WriteUntil(INT64_MAX);
	for (std::ofstream *file : {&events_, &late_, &truth_, &groups_}) {
		file->close();
		if (!*file) {
			throw std::runtime_error("cannot write to " + options_.out);
		}
	}
}

Sale
InventSale(Random &random, std::int64_t number, Seconds at, Money money) {
	Sale sale;
	sale.number = number;
	sale.at = at;
	sale.money = money;
	Person &person = sale.person;
	person.first_name = first_names[random.Below(first_names.size())];
	person.last_name = last_names[random.Below(last_names.size())];
	person.email = Lower(person.first_name) + "." + Lower(person.last_name) + "." + std::to_string(number) +
	               "@mail.example";
	person.phone = "+1 212 " + Code("", number, "0123456789", 7);
	person.street = std::to_string(1 + random.Below(900)) + " Mill Road";
	person.city = "Springfield";
	person.postcode = Code("", number * 7919 % 100000, "0123456789", 5);
	const Minor unit = money.exponent == 3 ? 10 : 1; // Stripe wants the third decimal of KWD to be 0
	const auto count = static_cast<int>(1 + random.Below(3));
	for (int i = 0; i < count; ++i) {
		const auto product = static_cast<int>((number + i * 5) % static_cast<std::int64_t>(titles.size()));
		sale.lines.push_back(
		    {product, static_cast<int>(1 + random.Below(3)), unit * random.Between(900, 9000)});
	}
	sale.shipping = unit * (random.PerMille(700) ? 495 : 0);
	sale.tax = Percent(sale.Goods(), 800) / unit * unit;
	sale.discount = random.PerMille(200) ? Percent(sale.Goods(), 1000) / unit * unit : 0;
	return sale;
}

std::string_view
ChooseDefect(const WorldOptions &options, std::int64_t count, const std::vector<std::string_view> &defects) {
	const auto size = static_cast<std::int64_t>(defects.size());
	if (options.is_clean || defects.empty()) {
		return {};
	}
	const std::int64_t every = count < 2 * size ? 2 : 25;
	if (count % every != 1) {
		return {};
	}
	// Each seed begins elsewhere in the list, so that many small worlds show all of it.
	const auto first = static_cast<std::int64_t>((options.seed + defects.size() - 1) * 7 % defects.size());
	return defects[static_cast<std::size_t>((count / every + first) % size)];
}

std::string
Code(std::string_view prefix, std::int64_t number, std::string_view alphabet, std::size_t length) {
	std::string digits(length, alphabet[0]);
	auto rest = static_cast<std::uint64_t>(number);
	for (std::size_t i = length; i-- > 0 && rest > 0; rest /= alphabet.size()) {
		digits[i] = alphabet[rest % alphabet.size()];
	}
	return std::string(prefix) + digits;
}

Minor
Percent(Minor amount, std::int64_t basis_points) {
	return (amount * basis_points + 5000) / 10000;
}

} // namespace meshline::sample
