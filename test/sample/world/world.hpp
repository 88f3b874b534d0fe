// SPDX-License-Identifier: PostgreSQL
// The world: several businesses over all systems, written as one stream in order of arrival.
#pragma once

#include <cstdint>
#include <fstream>
#include <map>
#include <memory>
#include <queue>
#include <string>
#include <string_view>
#include <vector>

#include "sample/random.hpp"
#include "sample/text.hpp"

namespace meshline::sample {

constexpr Seconds minute = 60;
constexpr Seconds hour = 3600;
constexpr Seconds day = 86400;

struct WorldOptions {
	std::uint64_t seed = 1;
	std::int64_t orders = 400;
	Seconds start = 0;
	int days = 60;
	bool is_clean = false;
	std::string out;
};

struct Money {
	std::string_view code;
	int exponent;
};

constexpr Money us_dollar{"USD", 2};
constexpr Money euro{"EUR", 2};
constexpr Money yen{"JPY", 0};
constexpr Money kuwaiti_dinar{"KWD", 3};

struct Person {
	std::string first_name;
	std::string last_name;
	std::string email;
	std::string phone;
	std::string street;
	std::string city;
	std::string postcode;
};

struct CartLine {
	int product = 0;
	int quantity = 1;
	Minor price = 0; // of one
};

// What a customer bought, before any system writes it down.
struct Sale {
	std::int64_t number = 0; // from 1, over all businesses
	std::int64_t id = 0;     // the store's
	std::string name;        // without '#'
	Seconds at = 0;
	Money money = us_dollar;
	Person person;
	std::vector<CartLine> lines;
	Minor shipping = 0;
	Minor tax = 0;
	Minor discount = 0;
	Minor tip = 0;
	Money shown_money = us_dollar; // what the buyer saw, where `shown` is not 0
	Minor shown = 0;

	Minor Goods() const;
	Minor Total() const;
};

std::string_view ProductTitle(int product);
std::string ProductSku(int product);

// The open end of the stream. Payloads are handed over in any order within a sale, and leave sorted by
// arrival: what waits in memory is what arrives later than the sale that is being invented.
class World {
public:
	explicit World(const WorldOptions &options);

	// One account at one system.
	struct Account {
		std::string_view merchant;
		std::string_view connector;
		std::string_view account;
	};

	// `event_id` "" for none.
	void Send(Seconds at, const Account &account, std::string_view object, std::string payload,
	          std::string_view event_id = {});

	// What arrives after the books of the sales were closed.
	void SendLate(const Account &account, std::string_view object, std::string_view payload);

	// The discrepancy that `record` (system:object:external_id) belongs to. Nothing is planted when clean.
	void Plant(std::string_view reason, std::string_view record, Minor amount, Money money,
	           bool is_open = true);

	// The records of one order, named one by one.
	void Group(std::int64_t group, std::string_view record);

	// Writes what arrives before `time`.
	void WriteUntil(Seconds time);
	void Finish();

	std::int64_t
	payloads() const {
		return payloads_;
	}
	std::int64_t
	planted() const {
		return planted_;
	}
	const WorldOptions &
	options() const {
		return options_;
	}
	Seconds
	end() const {
		return options_.start + options_.days * day;
	} // of the sales
	Seconds
	last_day() const {
		return end() + 20 * day;
	} // of what follows from them

private:
	static std::string Line(const Account &account, std::string_view object, std::string_view payload,
	                        std::string_view event_id);

	struct Delivery {
		Seconds at;
		std::int64_t sequence;
		std::string line;
	};
	struct IsLater {
		bool
		operator()(const Delivery &left, const Delivery &right) const {
			return left.at != right.at ? left.at > right.at : left.sequence > right.sequence;
		}
	};

	WorldOptions options_;
	std::ofstream events_;
	std::ofstream late_;
	std::ofstream truth_;
	std::ofstream groups_;
	std::priority_queue<Delivery, std::vector<Delivery>, IsLater> waiting_;
	std::int64_t sequence_ = 0;
	std::int64_t payloads_ = 0;
	std::int64_t planted_ = 0;
};

// A business sells, and closes each day: settlements, bank lines, the books.
class Business {
public:
	virtual ~Business() = default;
	virtual void Sell(std::int64_t number, Seconds at) = 0;
	virtual void CloseDay(Seconds midnight) = 0;
};

std::unique_ptr<Business> MakeOutdoorShop(World &world); // Shopify, Stripe, NetSuite, QuickBooks, bank
std::unique_ptr<Business> MakeAtelier(World &world);     // WooCommerce, PayPal, Stripe, Xero, bank
std::unique_ptr<Business> MakeTrader(World &world);      // Amazon, QuickBooks, HubSpot, bank

// A sale with a cart and a customer of its own.
Sale InventSale(Random &random, std::int64_t number, Seconds at, Money money);

// Which discrepancy the n-th sale of a business shows; "" for none. All of them come once before any
// comes again.
std::string_view ChooseDefect(const WorldOptions &options, std::int64_t count,
                              const std::vector<std::string_view> &defects);

// The digits, or capitals, of an id that no other record has.
std::string Code(std::string_view prefix, std::int64_t number, std::string_view alphabet, std::size_t length);

Minor Percent(Minor amount, std::int64_t basis_points);

} // namespace meshline::sample
